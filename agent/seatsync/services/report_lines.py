"""The Subscription Sync Report as lines of text, for terminals and spreadsheets."""

from __future__ import annotations

from dataclasses import astuple, dataclass, fields
from typing import TYPE_CHECKING

from seatsync.domain.paging import LARGEST_SIZE, Window

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from uuid import UUID

    from seatsync.domain.change import FieldChange
    from seatsync.domain.filters import SyncReportFilter
    from seatsync.domain.report import ReportEntry
    from seatsync.domain.roles import Caller
    from seatsync.services.door import Reading

# A spreadsheet reads past white space, and takes the full-width signs for the plain ones.
_FORMULA_STARTS = ("=", "+", "-", "@", "\uff1d", "\uff0b", "\uff0d", "\uff20")


@dataclass(frozen=True, slots=True)
class ReportLine:
    """One entry of the report in words; what it does not have is empty."""

    occurred_at: str
    provider: str
    customer: str
    subscription: str
    change: str
    field_changes: str
    billing_contract: str
    unassigned_reason: str
    message: str
    external_id: str
    subscription_id: str
    run_id: str

    def cells(self) -> tuple[str, ...]:
        """Return the values for a spreadsheet, which must not take any of them for a formula."""
        return tuple(f"'{value}" if _is_formula(value) else value for value in astuple(self))


def _is_formula(value: str) -> bool:
    return value.lstrip().startswith(_FORMULA_STARTS) or value.startswith(("\t", "\r", "\n"))


COLUMNS = tuple(field.name for field in fields(ReportLine))
"""The names of a line's values, in their order."""


def report_lines(
    reading: Reading, caller: Caller, wanted: SyncReportFilter
) -> Iterator[ReportLine]:
    """Yield the report, newest first, page by page: a long one is never held as a whole."""
    window = Window(LARGEST_SIZE)
    while True:
        page = reading.report.page(caller, wanted, window)
        yield from _lines(reading, caller, page.items)
        if not page.has_next:
            return
        window = Window(LARGEST_SIZE, after=page.cursor_at(-1))


def _lines(
    reading: Reading, caller: Caller, entries: tuple[ReportEntry, ...]
) -> Iterator[ReportLine]:
    names = _names(reading, caller, entries)
    for entry in entries:
        yield ReportLine(
            occurred_at=entry.occurred_at.isoformat(timespec="seconds"),
            provider=entry.provider_key,
            customer=_text(names.get(entry.provider_account_id)),
            subscription=entry.subscription_name,
            change=entry.change.value,
            field_changes=_changes(entry),
            billing_contract=_text(names.get(entry.billing_contract_id)),
            unassigned_reason=_text(entry.unassigned_reason),
            message=_text(entry.message),
            external_id=entry.external_id,
            subscription_id=_text(entry.subscription_id),
            run_id=str(entry.run_id),
        )


def _names(
    reading: Reading, caller: Caller, entries: tuple[ReportEntry, ...]
) -> dict[UUID | None, str]:
    """Return the names of the customers and contracts of a page, in two statements."""
    customers = _present(entry.provider_account_id for entry in entries)
    contracts = _present(entry.billing_contract_id for entry in entries)
    names: dict[UUID | None, str] = {}
    for one in reading.provider_accounts.by_ids(caller, customers).values():
        names[one.id] = one.name
    for contract in reading.contracts.by_ids(caller, contracts).values():
        names[contract.id] = contract.name
    return names


def _present(ids: Iterable[UUID | None]) -> set[UUID]:
    return {one for one in ids if one is not None}


def _text(value: object) -> str:
    return "" if value is None else str(value)


def _changes(entry: ReportEntry) -> str:
    return "; ".join(map(spell_change, entry.field_changes))


def spell_change(change: FieldChange) -> str:
    """Spell one field change in a line: `quantity: 10 -> 12`, or `quantity: 10` for a new one."""
    if change.old is None:
        return f"{change.field}: {change.new}"
    return f"{change.field}: {change.old} -> {_text(change.new) or 'none'}"
