"""Reads of rows that do not track changes: one row, a page of many, how many there are."""

from __future__ import annotations

from collections import OrderedDict
from dataclasses import dataclass, field
from itertools import islice
from typing import TYPE_CHECKING, Any

from seatsync_dataverse.simulator.condition import read_condition
from seatsync_dataverse.simulator.exchange import Answer, shown
from seatsync_dataverse.simulator.link import PageCookie, link_to
from seatsync_dataverse.simulator.preference import LARGEST_PAGE
from seatsync_dataverse.simulator.problem import bad_question
from seatsync_dataverse.simulator.representation import context_of, view_of
from seatsync_dataverse.simulator.value import comparable

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from seatsync_dataverse.simulator.condition import Condition, Fields
    from seatsync_dataverse.simulator.exchange import Asked
    from seatsync_dataverse.simulator.organization import Organization
    from seatsync_dataverse.simulator.rows import Row
    from seatsync_dataverse.simulator.table import Table

_OPTIONS = frozenset({"$select", "$filter", "$orderby", "$top", "$count", "$expand", "$skiptoken"})
_MOST_COUNTED = 5000
_KEPT_SEARCHES = 32


@dataclass
class Reader:
    """Answers reads.

    What a filter or an order finds is kept while its pages are fetched, so that only the first
    page costs a search. Without them a page is cut from the rows in the order of their creation.
    """

    organization: Organization
    _searches: OrderedDict[int, Sequence[str]] = field(default_factory=OrderedDict)
    _searched: int = 0

    def one(self, asked: Asked, table: Table, row: Row) -> Answer:
        """Answer with a row, or with 304 if the client has it (conditional operations)."""
        if self._is_known(asked, table, row):
            return Answer(304, b"", {"ETag": row.etag})
        return self.representation(asked, table, row)

    def representation(self, asked: Asked, table: Table, row: Row, status: int = 200) -> Answer:
        """Answer with a row."""
        view = view_of(self.organization, table, asked.options, asked.prefers)
        context = context_of(table, asked.options.get("$select"))
        whole = {"@odata.context": f"{asked.base}$metadata#{context}/$entity", **view.show(row)}
        return shown(whole, status, ETag=row.etag, Preference_Applied=asked.prefers.applied)

    def many(self, asked: Asked, table: Table) -> Answer:
        """Answer with a page of rows."""
        _check_options(asked)
        view = view_of(self.organization, table, asked.options, asked.prefers)
        context = context_of(table, asked.options.get("$select"))
        body: dict[str, Any] = {"@odata.context": f"{asked.base}$metadata#{context}"}
        body |= self._counted(asked, table)
        rows, cookie = self._page(asked, table)
        body["value"] = [view.show(row) for row in rows]
        if cookie is not None:
            body["@odata.nextLink"] = link_to(asked, "$skiptoken", cookie.write())
        return shown(body, Preference_Applied=asked.prefers.applied)

    def count(self, asked: Asked, table: Table) -> Answer:
        """Answer with how many rows there are, 5000 at most."""
        number = min(self._number(asked, table), _MOST_COUNTED)
        return Answer(200, str(number).encode(), {"Content-Type": "text/plain"})

    def _is_known(self, asked: Asked, table: Table, row: Row) -> bool:
        plain = not asked.prefers.annotations and "$expand" not in asked.options
        return plain and table.has_versions and asked.headers.get("if-none-match") == row.etag

    def _counted(self, asked: Asked, table: Table) -> dict[str, Any]:
        if asked.options.get("$count") != "true":
            return {}
        number = self._number(asked, table)
        counted: dict[str, Any] = {"@odata.count": min(number, _MOST_COUNTED)}
        name = "Microsoft.Dynamics.CRM.totalrecordcountlimitexceeded"
        if asked.prefers.includes(name):
            counted[f"@{name}"] = number > _MOST_COUNTED
        return counted

    def _number(self, asked: Asked, table: Table) -> int:
        if "$filter" not in asked.options:
            return len(table.rows)
        return sum(1 for _ in self.found(table, read_condition(asked.options["$filter"])))

    def _page(self, asked: Asked, table: Table) -> tuple[list[Row], PageCookie | None]:
        size = asked.prefers.page_size
        top = asked.options.get("$top", "")
        # With a page size, `$top` is ignored (page results).
        limit = int(top) if top.isdigit() and size is None else None
        size = min(size or LARGEST_PAGE, LARGEST_PAGE if limit is None else limit)
        token = asked.options.get("$skiptoken")
        cookie = PageCookie.read(token) if token is not None else None
        if "$filter" in asked.options or "$orderby" in asked.options:
            page = self._searched_page(asked, table, size, cookie)
        else:
            page = _plain_page(table, size, cookie)
        return page if limit is None else (page[0], None)

    def _searched_page(
        self, asked: Asked, table: Table, size: int, cookie: PageCookie | None
    ) -> tuple[list[Row], PageCookie | None]:
        search, start = cookie.places if cookie else (self._search(asked, table), 0)
        ids = self._searches.get(search)
        if ids is None:
            raise bad_question("The skiptoken is not known any more.")
        found = [table.rows.get(row_id) for row_id in ids[start : start + size]]
        number = cookie.page + 1 if cookie else 2
        following = PageCookie(number, (search, start + size))
        return [row for row in found if row], following if start + size < len(ids) else None

    def _search(self, asked: Asked, table: Table) -> int:
        text = asked.options.get("$filter")
        rows: Iterable[Row] = table.rows.walk(0)
        if text is not None:
            rows = self.found(table, read_condition(text))
        for term in reversed(asked.options.get("$orderby", "").split(",")):
            if term.strip():
                rows = _ordered(table, rows, term.split())
        self._searched += 1
        self._searches[self._searched] = [row.row_id for row in rows]
        while len(self._searches) > _KEPT_SEARCHES:
            self._searches.popitem(last=False)
        return self._searched

    def found(self, table: Table, condition: Condition) -> Iterator[Row]:
        """Yield the rows for which a condition holds, by an index where there is one."""
        for name in condition.names:
            self._check_name(table, name)
        candidates = _candidates(table, condition)
        return (row for row in candidates if condition.holds(self._fields(table, row)))

    def _check_name(self, table: Table, name: str) -> None:
        navigation, slash, inner = name.partition("/")
        if not slash:
            table.column_shown_as(name)
        elif navigation in table.navigations:
            target = table.navigations[navigation][1]
            self.organization.tables[target].column_shown_as(inner)
        else:
            table.column_shown_as(navigation)

    def _fields(self, table: Table, row: Row) -> Fields:
        def value(name: str) -> Any:
            navigation, slash, inner = name.partition("/")
            if not slash:
                return row.value(table.shown[name].slot)
            column, target = table.navigations[navigation]
            neighbours = self.organization.tables[target]
            found = neighbours.rows.get(row.value(column.slot) or "")
            return None if found is None else found.value(neighbours.shown[inner].slot)

        return value


def _check_options(asked: Asked) -> None:
    for name in asked.options:
        if name.startswith("$") and name not in _OPTIONS:
            raise bad_question(f'The query parameter "{name}" is not supported.')


def _candidates(table: Table, condition: Condition) -> Iterable[Row]:
    for name, values in condition.among:
        if name in table.shown:
            rows = {row for value in values for row in _having(table, name, value)}
            return sorted(rows, key=lambda row: row.position)
    return table.rows.walk(0)


def _having(table: Table, name: str, value: Any) -> Iterable[Row]:
    if name != table.id_column:
        return table.rows.matching(table.shown[name].slot, value)
    row = table.rows.get(str(value))
    return () if row is None else (row,)


def _plain_page(
    table: Table, size: int, cookie: PageCookie | None
) -> tuple[list[Row], PageCookie | None]:
    start = cookie.places[0] if cookie else 0
    rows = list(islice(table.rows.walk(start), size + 1))
    if len(rows) <= size:
        return rows, None
    number = cookie.page + 1 if cookie else 2
    return rows[:size], PageCookie(number, (rows[size].position,))


def _ordered(table: Table, rows: Iterable[Row], term: list[str]) -> list[Row]:
    column = table.column_shown_as(term[0])
    is_descending = term[1:] == ["desc"]

    def place(row: Row) -> tuple[bool, Any]:
        value = comparable(row.value(column.slot))
        return (value is not None, 0 if value is None else value)

    return sorted(rows, key=place, reverse=is_descending)
