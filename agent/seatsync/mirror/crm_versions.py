"""Which version of its records the CRM showed last, so that nobody's change is written over.

Both functions run in the session that is open.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from seatsync.mirror.codec import decode_uuid

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping
    from uuid import UUID

    from seatsync.domain.crm import CrmNoun
    from seatsync.mirror.database import Mirror

_KEEP = """
    INSERT INTO crm_row (noun, record_id, version, generation) VALUES (?, ?, ?, ?)
    ON CONFLICT (noun, record_id) DO UPDATE SET version = excluded.version
"""


def versions_of(mirror: Mirror, noun: CrmNoun, ids: Collection[UUID]) -> dict[UUID, str]:
    """Return the versions of those of the records that the CRM is known to hold, by id."""
    marks, params = mirror.in_ids("ids", ids)
    rows = mirror.rows(
        "SELECT record_id, version FROM crm_row"  # noqa: S608
        f" WHERE noun = :noun AND record_id IN ({marks})",
        {"noun": noun, **params},
    )
    return {decode_uuid(record_id): version for record_id, version in rows}


def keep_versions(mirror: Mirror, noun: CrmNoun, versions: Mapping[UUID, str]) -> None:
    """Remember the versions that the agent's own writes made, as seen in the last full read."""
    if not versions:
        return
    rows = mirror.rows("SELECT generation FROM crm_reading WHERE noun = :noun", {"noun": noun})
    generation = rows[0][0] if rows else 0
    uuid = mirror.codec.uuid
    mirror.execute_many(
        _KEEP,
        [(noun.value, uuid(one), versions[one], generation) for one in sorted(versions)],
    )
