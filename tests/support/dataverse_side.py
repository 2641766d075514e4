"""A simulated Dataverse from the side of its users, in the words of the domain."""

from __future__ import annotations

from contextlib import contextmanager
from decimal import Decimal
from typing import TYPE_CHECKING, Any
from uuid import UUID

from seatsync.domain.ownership import FieldKind
from seatsync.sdk.context import ConnectorContext, Control
from seatsync_dataverse.mapped import shapes_for
from seatsync_dataverse.plugin import PLUGIN
from seatsync_dataverse.settings import DataverseSettings
from seatsync_dataverse.shape import WEBSITE
from seatsync_dataverse.simulator import SettableClock, Simulator
from simulated_crm import switchboard

if TYPE_CHECKING:
    from collections.abc import Iterator

    from seatsync.domain.crm import CrmNoun, CrmValue
    from seatsync.sdk.crm import CrmConnection
    from seatsync_dataverse.shape import Column

REFUSAL = "A plug-in of the organisation refuses this row."


class Hurried(Control):
    """Lets the CRM's time pass instead of waiting for it."""

    def __init__(self, clock: SettableClock) -> None:
        super().__init__()
        self._clock = clock

    def sleep(self, seconds: float) -> None:
        self._clock.advance(seconds)


class DataverseSide:
    """An organisation that `seatsync crm setup` has prepared, served on loopback."""

    def __init__(self) -> None:
        self.clock = SettableClock()
        self.simulator = Simulator(self.clock)
        board, self.origin = switchboard()
        board.app = self.simulator.app
        quick = {"max_requests_per_second": 10_000}
        given = self.simulator.settings(self.origin) | quick
        self.settings = DataverseSettings.model_validate(given)
        self.shapes = shapes_for({})
        self._refusals = 0
        self.simulator.refuse_writes(self._refuse)
        self.set_up()

    def set_up(self) -> None:
        """Make the tables, as an administrator does before anything else."""
        hurried = ConnectorContext("crm", control=self.control(), clock=self.clock)
        schema = PLUGIN.schema(self.settings, hurried)
        list(schema.set_up())
        schema.close()

    def control(self) -> Control:
        return Hurried(self.clock)

    def connect(self, control: Control) -> CrmConnection:
        connection: CrmConnection = PLUGIN.connect(
            self.settings, ConnectorContext("crm", control=control, clock=self.clock)
        )
        return connection

    def add(self, noun: CrmNoun, **values: CrmValue) -> UUID:
        return UUID(self.simulator.add(self.table(noun), self.columns(noun, values)))

    def edit(self, noun: CrmNoun, record_id: UUID, **values: CrmValue) -> None:
        self.simulator.edit(self.table(noun), str(record_id), self.columns(noun, values))

    def delete(self, noun: CrmNoun, record_id: UUID) -> None:
        self.simulator.delete(self.table(noun), str(record_id))

    def ids(self, noun: CrmNoun) -> list[UUID]:
        table = self.table(noun)
        return [UUID(row[f"{table}id"]) for row in self.simulator.rows(table)]

    def expire(self) -> None:
        self.clock.advance(days=8)

    def lose_answers(self, times: int) -> None:
        self.simulator.drop_after_commit("syn_|accounts", method="PATCH|POST", times=times)

    def refuse(self, times: int) -> None:
        self._refusals = times

    @contextmanager
    def away(self) -> Iterator[None]:
        with self.simulator.outage():
            yield

    def calm_down(self) -> None:
        self._refusals = 0
        self.simulator.traffic.faults.clear()

    def changes_made(self) -> int:
        return len(self.simulator.journal)

    def table(self, noun: CrmNoun) -> str:
        """Return the logical name of a noun's table."""
        return self.shapes[noun].logical_name

    def columns(self, noun: CrmNoun, values: dict[str, CrmValue]) -> dict[str, Any]:
        """Return a row of the values, by the logical names of the columns."""
        shape = self.shapes[noun]
        named = [(shape.by_field[name], value) for name, value in values.items()]
        return {column.logical_name: self._spelled(column, value) for column, value in named}

    def value(self, noun: CrmNoun, record_id: UUID, name: str) -> Any:
        """Return what a row shows for a field; choices by their words."""
        column = self.shapes[noun].by_field[name]
        row = self.simulator.row(self.table(noun), str(record_id)) or {}
        stored = row[column.logical_name]
        return column.words[stored] if column.options and stored is not None else stored

    def _spelled(self, column: Column, value: CrmValue) -> Any:
        if value is None:
            return None
        if column.options:
            return column.options[str(value)]
        match column.field.kind:
            case FieldKind.CURRENCY:
                return self._currency(str(value))
            case FieldKind.REFERENCE:
                return str(value)
            case FieldKind.MONEY | FieldKind.DECIMAL:
                return Decimal(str(value))
        return f"https://www.{value}/" if column.logical_name == WEBSITE else value

    def _currency(self, code: str) -> str:
        """Return the id of a currency, which an administrator adds when it is first needed."""
        rows = self.simulator.rows("transactioncurrency")
        for row in rows:
            if row["isocurrencycode"] == code:
                found: str = row["transactioncurrencyid"]
                return found
        return self.simulator.add("transactioncurrency", {"isocurrencycode": code})

    def _refuse(self, _table: str, _columns: dict[str, Any]) -> str | None:
        self._refusals -= 1
        return REFUSAL if self._refusals >= 0 else None
