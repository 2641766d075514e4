"""Change tracking: all rows first, and from then on what changed (use change tracking)."""

from __future__ import annotations

from dataclasses import dataclass, field
from itertools import islice
from typing import TYPE_CHECKING, Any

from seatsync_dataverse.simulator.exchange import Answer, shown
from seatsync_dataverse.simulator.link import DeltaToken, PageCookie, link_to
from seatsync_dataverse.simulator.preference import LARGEST_PAGE
from seatsync_dataverse.simulator.problem import bad_question, not_tracked
from seatsync_dataverse.simulator.representation import context_of, view_of

if TYPE_CHECKING:
    from seatsync_dataverse.simulator.exchange import Asked
    from seatsync_dataverse.simulator.organization import Organization
    from seatsync_dataverse.simulator.rows import Rows
    from seatsync_dataverse.simulator.table import Table

REFUSED_OPTIONS = ("$filter", "$orderby", "$expand", "$top")
_EXPIRY_COLUMN = "expirechangetrackingindays"


@dataclass
class Tracker:
    """Answers reads that track changes, each page from the log of versions."""

    organization: Organization
    splits_changes: bool = field(default=True)
    """Whether the pages of changes heed the page size; an open point of the specification."""

    def is_asked(self, asked: Asked) -> bool:
        """Tell whether a read tracks changes, by its preference or by the link it follows."""
        if "$deltatoken" in asked.options or asked.prefers.tracks_changes:
            return True
        return 'istracking="True"' in asked.options.get("$skiptoken", "")

    def answer(self, asked: Asked, table: Table) -> Answer:
        """Answer with a page; the last one has the delta link."""
        for name in REFUSED_OPTIONS:
            if name in asked.options:
                raise bad_question(
                    f'The "{name}" query parameter isn\'t supported when Change Tracking is '
                    "enabled."
                )
        if not table.tracks_changes:
            raise not_tracked(table.logical)
        if "$deltatoken" in asked.options:
            return self._changes(asked, table)
        return self._everything(asked, table)

    def count(self, asked: Asked, table: Table) -> Answer:
        """Answer with how many rows changed or vanished since a delta token."""
        token = self._token(asked)
        start, end = table.rows.log_place(token.version), table.rows.log_place(self._version)
        number = sum(1 for _ in _entries(table.rows, 0, start, start, end))
        return Answer(200, str(number).encode(), {"Content-Type": "text/plain"})

    @property
    def _version(self) -> int:
        return self.organization.ledger.version

    def _everything(self, asked: Asked, table: Table) -> Answer:
        token = asked.options.get("$skiptoken")
        first = PageCookie(1, (0, self._version), is_tracking=True)
        cookie = PageCookie.read(token) if token is not None else first
        position, version = cookie.places
        size = asked.prefers.page_size or LARGEST_PAGE
        rows = list(islice(table.rows.walk(position), size + 1))
        view = view_of(self.organization, table, asked.options, asked.prefers)
        body: dict[str, Any] = {
            "@odata.context": self._context(asked, table),
            "value": [view.show(row) for row in rows[:size]],
        }
        if len(rows) > size:
            following = PageCookie(
                cookie.page + 1, (rows[size].position, version), is_tracking=True
            )
            body["@odata.nextLink"] = link_to(asked, "$skiptoken", following.write())
        else:
            body["@odata.deltaLink"] = self._delta_link(asked, version)
        return shown(body, Preference_Applied=asked.prefers.applied)

    def _changes(self, asked: Asked, table: Table) -> Answer:
        token = self._token(asked)
        start = table.rows.log_place(token.version)
        skip = asked.options.get("$skiptoken")
        first = PageCookie(1, (0, start, self._version), is_tracking=True)
        cookie = PageCookie.read(skip) if skip is not None else first
        phase, place, version = cookie.places
        entries = _entries(table.rows, phase, start, place, table.rows.log_place(version))
        size = (self.splits_changes and asked.prefers.page_size) or LARGEST_PAGE
        page = list(islice(entries, size + 1))
        body: dict[str, Any] = {"@odata.context": f"{self._context(asked, table)}/$delta"}
        if len(page) > size:
            following = PageCookie(cookie.page + 1, (*page[size][0], version), is_tracking=True)
            keeping = f"{token.write()}&$skiptoken={following.write()}"
            body["@odata.nextLink"] = link_to(asked, "$deltatoken", keeping)
        else:
            body["@odata.deltaLink"] = self._delta_link(asked, version)
        view = view_of(self.organization, table, asked.options, asked.prefers)
        body["value"] = [
            _gone(asked, table, entry) if isinstance(entry, str) else view.show(entry)
            for _, entry in page[:size]
        ]
        return shown(body)

    def _token(self, asked: Asked) -> DeltaToken:
        token = DeltaToken.read(asked.options["$deltatoken"])
        token.check(self.organization.clock.now(), self._days())
        return token

    def _days(self) -> int:
        table = self.organization.tables["organization"]
        row = table.rows.get(self.organization.organization_id)
        days = None if row is None else row.value(table.columns[_EXPIRY_COLUMN].slot)
        return days or 0

    def _context(self, asked: Asked, table: Table) -> str:
        return f"{asked.base}$metadata#{context_of(table, asked.options.get('$select'))}"

    def _delta_link(self, asked: Asked, version: int) -> str:
        token = DeltaToken(version, self.organization.clock.now())
        return link_to(asked, "$deltatoken", token.write())


def _entries(rows: Rows, phase: int, start: int, place: int, end: int) -> Any:
    """Yield places and what is there: first the rows that changed, then the ids that are gone."""
    if phase == 0:
        for at, row in rows.changed(place, end):
            yield (0, at), row
        place = start
    for at, row_id in rows.deleted(place, end):
        yield (1, at), row_id


def _gone(asked: Asked, table: Table, row_id: str) -> dict[str, str]:
    return {
        "@odata.context": f"{asked.base}$metadata#{table.set_name}/$deletedEntity",
        "id": row_id,
        "reason": "deleted",
    }
