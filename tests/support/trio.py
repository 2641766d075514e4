"""A mirror, its CRM and its provider: turns between them, and that they agree at rest."""

from __future__ import annotations

from contextlib import closing, suppress
from typing import TYPE_CHECKING, Any, TypeVar

from crm_sides import Killed, Mortal, everything
from lab import World
from laboratory import Laboratory, emptied
from seatsync.crm.exchange import CrmExchange
from seatsync.domain.crm import CrmNoun
from seatsync.domain.ownership import FIELDS
from seatsync.domain.progress import no_progress
from seatsync.errors import PassingFault
from seatsync.mirror.codec import decode_uuid
from seatsync.mirror.crm_values import record_values

if TYPE_CHECKING:
    from collections.abc import Sequence
    from uuid import UUID

    from crm_sides import CrmSide
    from seatsync.domain.change_request import ChangeRequest
    from seatsync.domain.crm import CrmValue
    from seatsync.mirror.database import Mirror
    from seatsync.sdk.context import Control
    from seatsync.sdk.crm import CrmConnection

T = TypeVar("T")

ROUNDS = 8
"""In so many turns both sides must have come to rest, whatever happened before."""

NOUNS: list[CrmNoun] = [noun for noun in CrmNoun if noun is not CrmNoun.CHANGE_REQUEST]


def pick(among: Sequence[T], which: int | None) -> T | None:
    """Return one of several, or None."""
    return among[which % len(among)] if among and which is not None else None


class Trio:
    """Three who should hold the same, each in its own way."""

    mirror: Mirror
    """Given by the test, migrated; it is emptied."""

    def __init__(self) -> None:
        self.world = World(scans=True)
        for which in range(3):
            self.world.customer(f"c-{which}", domain=f"a{which}.example")
            self.world.subscription(f"s-{which}", f"c-{which}")
        self.lab = Laboratory(emptied(self.mirror), self.world)
        self.mirror.feeds_crm = True
        self.office = self.lab.office
        self.side = self.make_side()
        self.exchange = self.open_exchange(None)

    def make_side(self) -> CrmSide:
        """Make the CRM of one run."""
        raise NotImplementedError

    def restart(self) -> None:
        """Begin anew, as a process does; what is in the database is all that is left."""
        self.exchange.close()
        self.exchange = self.open_exchange(None)

    def open_exchange(self, calls: tuple[int, bool] | None) -> CrmExchange:
        def connect(control: Control) -> CrmConnection:
            crm = self.side.connect(control)
            return Mortal(crm, calls[0], is_after=calls[1]) if calls else crm

        return CrmExchange(self.mirror, self.lab.locks, self.lab.clock, connect, NoDesk())

    def turn(self, name: str, calls: tuple[int, bool] | None) -> None:
        """Take one turn, which may end in any way."""
        exchange = self.open_exchange(calls) if calls else self.exchange
        with suppress(PassingFault, Killed):
            getattr(exchange, name)(self.side.control(), no_progress)
        if calls:
            exchange.close()
            self.restart()

    def held(self, noun: CrmNoun) -> list[UUID]:
        """Return which records the mirror has, the oldest first."""
        return list(self.values(noun))

    def values(self, noun: CrmNoun) -> dict[UUID, dict[str, CrmValue]]:
        """Return the mirror's records as the CRM would see them."""
        with self.mirror.reading():
            rows = self.mirror.rows(f"SELECT id FROM {noun} ORDER BY rowid")  # noqa: S608
            ids = [decode_uuid(row[0]) for row in rows]
            held = record_values(self.mirror, noun, ids)
            return {one: held[one] for one in ids}

    def end(self) -> None:
        """Come to rest, and fail unless all three agree and stay so."""
        try:
            self.come_to_rest()
            self.require_agreement()
            self.require_rest()
        finally:
            self.exchange.close()
            self.mirror.feeds_crm = False

    def come_to_rest(self) -> None:
        """Let nothing go wrong any more, and take turns until nothing changes."""
        self.side.calm_down()
        for _ in range(ROUNDS):
            before = self.side.changes_made(), self.lab.dump()
            self.take_turns()
            if (self.side.changes_made(), self.lab.dump()) == before:
                return
        message = f"no rest after {ROUNDS} rounds"
        raise AssertionError(message)

    def take_turns(self) -> None:
        """Sync, pull and push, two hours later: what was put off is due by then."""
        self.lab.clock.move(hours=2)
        self.lab.sync()
        self.exchange.pull(self.side.control(), no_progress)
        self.exchange.push(self.side.control(), no_progress)

    def require_agreement(self) -> None:
        """Fail unless mirror and CRM hold the same, field by field, and the provider's seats."""
        with closing(self.side.connect(self.side.control())) as crm:
            self.require_the_same(crm)
        self.require_seats()

    def require_the_same(self, crm: CrmConnection) -> None:
        """Fail unless both have the same records, with the same values."""
        mirrored: dict[CrmNoun, dict[UUID, Any]] = {noun: self.values(noun) for noun in NOUNS}
        for noun in NOUNS:
            shown = {
                one: seen(dict(record.values), noun, mirrored)
                for one, record in everything(crm, noun).items()
            }
            if noun is CrmNoun.BILLING_CONTRACT:
                shown = {one: values for one, values in shown.items() if values["account_id"]}
            told = {one: dict(crm.kept(noun, values)) for one, values in mirrored[noun].items()}
            assert shown == told, noun

    def require_seats(self) -> None:
        """Fail unless the license changes add up, and the provider's seats are those here."""
        assert self.lab.mismatches() == []
        rows = self.lab.rows(
            "SELECT external_id, quantity FROM subscription"
            " WHERE provider_key = 'lab' AND missing_since IS NULL"
        )
        held = dict(rows)
        for external_id, record in self.world.subscriptions.items():
            assert held.get(external_id) == record.canonical().quantity

    def require_rest(self) -> None:
        """Fail if a further round writes anything, on either side."""
        before = self.side.changes_made(), self.lab.dump()
        self.take_turns()
        assert (self.side.changes_made(), self.lab.dump()) == before
        assert self.lab.rows("SELECT noun, record_id, last_error FROM crm_outbox") == []


class NoDesk:
    """Nobody asks for anything."""

    def sync(self, request: ChangeRequest, subscription_ids: tuple[UUID, ...]) -> UUID:
        raise NotImplementedError(request, subscription_ids)

    def set_default(self, request: ChangeRequest) -> str:
        raise NotImplementedError(request)

    def map(self, request: ChangeRequest) -> str:
        raise NotImplementedError(request)

    def ending(self, job_id: UUID) -> None:
        raise NotImplementedError(job_id)


def seen(
    values: dict[str, CrmValue], noun: CrmNoun, mirrored: dict[CrmNoun, dict[UUID, Any]]
) -> dict[str, CrmValue]:
    """Return a CRM's values; what cannot be mirrored, such as nobody's contract, is no target."""
    for field in FIELDS[noun]:
        target = field.refers_to
        if target and values[field.name] not in mirrored[target]:
            values[field.name] = None
    return values
