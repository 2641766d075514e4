"""Carrying out what was decided about the records of a page, whatever their noun."""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING, Any

from seatsync.crm.references import referrers
from seatsync.domain.audit import audited_change
from seatsync.mirror.crm_rows import forget_rows, read_again, rows_among
from seatsync.mirror.crm_takeover import insert_records, write_columns
from seatsync.mirror.outbox import note_changed, note_created
from seatsync.mirror.pending import settle

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping, Sequence
    from uuid import UUID

    from seatsync.crm.merge import Merged
    from seatsync.crm.page import Page
    from seatsync.crm.turn import Turn

_log = logging.getLogger(__name__)

_NAMED = 5
"""So many of the records that are left alone are named in the log, and the rest are counted."""


def apply_merged(
    turn: Turn,
    page: Page,
    merged: Mapping[UUID, Merged],
    along: Mapping[UUID, Mapping[str, Any]] | None = None,
) -> None:
    """Write what the CRM says, and note what it has to be told; `along` are further columns."""
    left = {one: merged[one].pending for one in merged if one in page.pending}
    settle(turn.mirror, page.noun, left, turn.now)
    drifted = {one: each.drifted for one, each in merged.items() if each.drifted}
    note_changed(turn.mirror, page.noun, drifted, turn.now)
    written = {one: each.written for one, each in merged.items() if each.written}
    further = along or {}
    columns = {one: {**values, **further.get(one, {})} for one, values in written.items()}
    write_columns(turn.mirror, page.noun, columns)
    turn.count(taken_over=len(written), put_back=len(drifted))


def audit_taken(
    turn: Turn, page: Page, merged: Mapping[UUID, Merged], action: str, names: Sequence[str]
) -> None:
    """Note which of the named fields were taken over, under whoever changed them in the CRM."""
    for one, each in merged.items():
        changes = tuple(
            audited_change(name, page.held[one][name], each.written[name])
            for name in names
            if name in each.written
        )
        turn.notes(page.actor(turn, one), action).note(changes, target_id=one)


def insert_new(turn: Turn, page: Page, rows: Sequence[Mapping[str, Any]]) -> None:
    """Add records that the mirror lacked.

    What refers to those that were missed was taken over without them: it is read again.
    """
    ids = [row["id"] for row in rows]
    if rows_among(turn.mirror, page.noun, ids):
        read_again(turn.mirror, referrers(page.noun))
    insert_records(turn.mirror, page.noun, rows)
    turn.count(taken_over=len(rows))


def leave_alone(turn: Turn, page: Page, reasons: Mapping[UUID, str]) -> None:
    """Say which records of the CRM mean nothing here, and why."""
    turn.count(left_alone=len(reasons))
    if reasons:
        named = [f"{one}: {why}" for one, why in list(reasons.items())[:_NAMED]]
        more = len(reasons) - len(named)
        _log.warning(
            "left alone in the CRM: %s %s%s",
            page.noun,
            "; ".join(named),
            f"; and {more:,} more" if more else "",
        )


def put_back(turn: Turn, page: Page, ids: Collection[UUID]) -> None:
    """Have the CRM get back records that somebody deleted there, and that are the agent's."""
    forget_rows(turn.mirror, page.noun, ids)
    note_created(turn.mirror, page.noun, ids, turn.now)
    turn.count(put_back=len(ids))
