"""Which records the CRM holds, in which version, and how far each noun has been read.

Every function runs in the session that is open. A full read has a generation of its own, which
every row that it comes across gets: what has an older one at its end is gone.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from seatsync.domain.crm import CrmNoun
from seatsync.domain.ids import NIL
from seatsync.mirror.codec import decode_uuid

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Mapping
    from datetime import datetime
    from uuid import UUID

    from seatsync.mirror.database import Mirror

UNKNOWN = ""
"""Stands for a version that was not told; no record has it, so whatever is read is looked at."""

_MISSED = """
    INSERT INTO crm_row (noun, record_id, version, generation) VALUES (?, ?, ?, 0)
    ON CONFLICT (noun, record_id) DO NOTHING
"""

_SEEN = """
    INSERT INTO crm_row (noun, record_id, version, generation) VALUES (?, ?, ?, ?)
    ON CONFLICT (noun, record_id) DO UPDATE
        SET version = excluded.version, generation = excluded.generation
"""

_WRITTEN = """
    INSERT INTO crm_row (noun, record_id, version, generation) VALUES (?, ?, ?, 0)
    ON CONFLICT (noun, record_id) DO UPDATE SET version = excluded.version
"""

_BEGUN = """
    INSERT INTO crm_reading (noun, generation) VALUES (:noun, 1)
    ON CONFLICT (noun) DO UPDATE SET generation = crm_reading.generation + 1, mark = NULL
"""


@dataclass(frozen=True, slots=True)
class Reading:
    """How far a noun has been read: where to continue, if anywhere; `is_first` until once done."""

    mark: str | None
    generation: int
    is_first: bool


def versions_of(mirror: Mirror, noun: CrmNoun, ids: Collection[UUID]) -> dict[UUID, str]:
    """Return the versions that the CRM's records had last, of those that are known to be there."""
    return {one: version for one, version in _rows(mirror, noun, ids) if version != UNKNOWN}


def rows_among(mirror: Mirror, noun: CrmNoun, ids: Collection[UUID]) -> set[UUID]:
    """Return which of these records the CRM is known to hold, or to refer to."""
    return {one for one, _ in _rows(mirror, noun, ids)}


def _rows(mirror: Mirror, noun: CrmNoun, ids: Collection[UUID]) -> list[tuple[UUID, str]]:
    if not ids:
        return []
    listed, params = mirror.in_ids("ids", ids)
    found = mirror.rows(
        "SELECT record_id, version FROM crm_row"  # noqa: S608
        f" WHERE noun = :noun AND record_id IN ({listed})",
        {"noun": noun, **params},
    )
    return [(decode_uuid(record_id), version) for record_id, version in found]


def keep_seen(mirror: Mirror, noun: CrmNoun, versions: Mapping[UUID, str], generation: int) -> None:
    """Note which versions a read of this generation showed."""
    uuid = mirror.codec.uuid
    rows = [(noun.value, uuid(one), version, generation) for one, version in versions.items()]
    mirror.execute_many(_SEEN, rows)


def keep_missed(mirror: Mirror, noun: CrmNoun, ids: Iterable[UUID]) -> None:
    """Note that records of the CRM refer to these, which the mirror does not have."""
    uuid = mirror.codec.uuid
    mirror.execute_many(_MISSED, [(noun.value, uuid(one), UNKNOWN) for one in ids])


def leave_out(mirror: Mirror, noun: CrmNoun, ids: Collection[UUID], generation: int) -> None:
    """Note that a read of this generation showed records which the mirror does not take.

    Nothing is known of them but whether they are missed.
    """
    listed, params = mirror.in_ids("ids", ids)
    among = f"noun = :noun AND record_id IN ({listed})"
    mirror.execute(
        f"DELETE FROM crm_row WHERE {among} AND version <> :unknown",  # noqa: S608
        {"noun": noun, "unknown": UNKNOWN, **params},
    )
    mirror.execute(
        f"UPDATE crm_row SET generation = :generation WHERE {among}",  # noqa: S608
        {"noun": noun, "generation": generation, **params},
    )


def keep_written(mirror: Mirror, noun: CrmNoun, versions: Mapping[UUID, str]) -> None:
    """Note which versions the agent's own writes made.

    That is `UNKNOWN` where none was told, and where the version before was not the agent's to
    know: what somebody changed before the write would look like the write's own echo.
    """
    uuid = mirror.codec.uuid
    rows = [(noun.value, uuid(one), version) for one, version in versions.items()]
    mirror.execute_many(_WRITTEN, rows)


def forget_rows(mirror: Mirror, noun: CrmNoun, ids: Iterable[UUID]) -> None:
    """Note that the CRM does not hold these records any more."""
    uuid = mirror.codec.uuid
    rows = [(noun.value, uuid(one)) for one in ids]
    mirror.execute_many("DELETE FROM crm_row WHERE noun = ? AND record_id = ?", rows)


def rows_before(mirror: Mirror, noun: CrmNoun, generation: int, limit: int) -> list[UUID]:
    """Return some of the records that no read of this generation showed."""
    rows = mirror.rows(
        "SELECT record_id FROM crm_row WHERE noun = :noun AND generation < :generation"
        " ORDER BY record_id LIMIT :limit",
        {"noun": noun, "generation": generation, "limit": limit},
    )
    return [decode_uuid(row[0]) for row in rows]


def count_before(mirror: Mirror, noun: CrmNoun, generation: int) -> int:
    """Return how many records of the mirror the CRM held, and no read of this generation showed."""
    rows = mirror.rows(
        f"SELECT count(*) FROM crm_row r JOIN {noun} m ON m.id = r.record_id"  # noqa: S608
        " WHERE r.noun = :noun AND r.generation < :generation",
        {"noun": noun, "generation": generation},
    )
    return int(rows[0][0])


def records_without_row(
    mirror: Mirror, noun: CrmNoun, after: UUID | None, limit: int
) -> list[UUID]:
    """Return some records of the mirror that the CRM lacks, in order, from behind `after` on."""
    rows = mirror.rows(
        f"SELECT m.id FROM {noun} m WHERE m.id > :after AND NOT EXISTS"  # noqa: S608
        " (SELECT 1 FROM crm_row r WHERE r.noun = :noun AND r.record_id = m.id)"
        " ORDER BY m.id LIMIT :limit",
        {"noun": noun, "after": after or NIL, "limit": limit},
    )
    return [decode_uuid(row[0]) for row in rows]


def reading_of(mirror: Mirror, noun: CrmNoun) -> Reading:
    """Return how far a noun has been read."""
    rows = mirror.rows(
        "SELECT mark, generation, read_at FROM crm_reading WHERE noun = :noun", {"noun": noun}
    )
    mark, generation, read_at = rows[0] if rows else (None, 0, None)
    return Reading(mark, generation, read_at is None)


def begin_full_read(mirror: Mirror, noun: CrmNoun) -> None:
    """Forget the mark of a noun, and count its generation up."""
    mirror.execute(_BEGUN, {"noun": noun})


def end_read(
    mirror: Mirror, noun: CrmNoun, generation: int, mark: str | None, now: datetime
) -> None:
    """Note that a noun was read to its end, and where the next read continues.

    Nothing is noted if it was to be read again meanwhile.
    """
    mirror.execute(
        "UPDATE crm_reading SET mark = :mark, read_at = :now"
        " WHERE noun = :noun AND generation = :generation",
        {"noun": noun, "generation": generation, "mark": mark, "now": now},
    )


def read_again(mirror: Mirror, nouns: Iterable[CrmNoun]) -> None:
    """Let the next read of these nouns be a full one, even of those being read now."""
    listed, params = mirror.in_texts("nouns", [noun.value for noun in nouns])
    mirror.execute(
        "UPDATE crm_reading SET mark = NULL, generation = generation + 1"  # noqa: S608
        f" WHERE noun IN ({listed})",
        params,
    )


def nouns_read(mirror: Mirror) -> frozenset[CrmNoun]:
    """Return the nouns that have been read to their end at least once."""
    rows = mirror.rows("SELECT noun FROM crm_reading WHERE read_at IS NOT NULL")
    return frozenset(CrmNoun(row[0]) for row in rows)
