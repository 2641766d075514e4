"""Writing down what is taken back from the CRM, many records at once."""

from __future__ import annotations

from typing import TYPE_CHECKING

from seatsync.crm.adoption import Adopted, adopt
from seatsync.crm.applying import insert_new, leave_alone
from seatsync.crm.references import unusable
from seatsync.mirror.outbox import note_changed

if TYPE_CHECKING:
    from collections.abc import Sequence
    from uuid import UUID

    from seatsync.crm.page import Page
    from seatsync.crm.turn import Turn


def adopt_all(turn: Turn, page: Page, ids: Sequence[UUID]) -> list[Adopted]:
    """Adopt those of the records that are the agent's, and return them; say why the others not."""
    found = {one: _adopt(turn, page, one) for one in ids}
    adopted = [each for each in found.values() if isinstance(each, Adopted)]
    leave_alone(turn, page, {one: why for one, why in found.items() if isinstance(why, str)})
    return adopted


def insert_adopted(turn: Turn, page: Page, adopted: Sequence[Adopted]) -> None:
    """Add adopted records, and have the CRM told what it does not say of them."""
    insert_new(turn, page, [each.row for each in adopted])
    filled = {each.row["id"]: each.filled for each in adopted if each.filled}
    note_changed(turn.mirror, page.noun, filled, turn.now)


def _adopt(turn: Turn, page: Page, record_id: UUID) -> Adopted | str:
    theirs = page.theirs[record_id]
    missing = unusable(page.noun, theirs, page.present)
    values = {**theirs, **missing} if missing else theirs
    return adopt(page.noun, record_id, values, turn.now)
