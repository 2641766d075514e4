"""The Subscription Sync Report as a spreadsheet, streamed."""

from __future__ import annotations

import csv
import io
from datetime import UTC, datetime
from itertools import islice
from typing import TYPE_CHECKING

from starlette.responses import Response, StreamingResponse

from seatsync.domain.filters import SyncReportFilter
from seatsync.domain.roles import Permission
from seatsync.errors import BadInput, Forbidden, Unauthenticated
from seatsync.services.report_lines import COLUMNS, report_lines
from seatsync_graphql.endpoint import refuse
from seatsync_graphql.requests import PLAIN_JSON, render
from seatsync_graphql.scalars import identifier

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Iterable, Iterator

    from starlette.datastructures import QueryParams
    from starlette.requests import Request

    from seatsync.domain.roles import Caller
    from seatsync_graphql.auth.identity import Authenticator
    from seatsync_graphql.execution import Executor

LINES = 250
"""How many lines are written at a time."""

PARAMETERS = frozenset({"since", "until", "providerKey", "billingContractId"})


class ReportCsv:
    """Answers with the report, as far back as a filter says."""

    def __init__(self, executor: Executor, authenticator: Authenticator) -> None:
        """Read where operations are answered."""
        self._executor = executor
        self._authenticator = authenticator

    async def answer(self, request: Request) -> Response:
        """Answer one request of a caller who may read."""
        try:
            identity = await self._authenticator.identify(request.headers.get("authorization"))
            identity.caller.require(Permission.READ)
            cells = self._cells(identity.caller, _filter(request.query_params))
            first = await self._executor.beside(lambda: _next_rows(cells))
        except (Unauthenticated, Forbidden) as refused:
            return refuse(refused)
        except BadInput as bad:
            error = {"message": bad.message, "extensions": {"code": bad.code}}
            return render({"errors": [error]}, PLAIN_JSON, 400)
        return StreamingResponse(
            self._stream(first, cells),
            media_type="text/csv; charset=utf-8",
            headers={"Content-Disposition": 'attachment; filename="sync-report.csv"'},
        )

    def _cells(self, caller: Caller, wanted: SyncReportFilter) -> Iterator[tuple[str, ...]]:
        lines = report_lines(self._executor.services.read, caller, wanted)
        return (line.cells() for line in lines)

    async def _stream(self, first: str, cells: Iterator[tuple[str, ...]]) -> AsyncIterator[str]:
        yield _rows([COLUMNS])
        written = first
        while written:
            yield written
            written = await self._executor.beside(lambda: _next_rows(cells))


def _next_rows(cells: Iterator[tuple[str, ...]]) -> str:
    return _rows(islice(cells, LINES))


def _rows(rows: Iterable[tuple[str, ...]]) -> str:
    text = io.StringIO()
    csv.writer(text, lineterminator="\r\n").writerows(rows)
    return text.getvalue()


def _filter(given: QueryParams) -> SyncReportFilter:
    """Read the parameters; raise `BadInput` for garbage, and for one that does not exist."""
    for name in given:
        if name not in PARAMETERS:
            raise BadInput(f"there is no parameter `{name}`; known are {sorted(PARAMETERS)}")
    contract = given.get("billingContractId")
    return SyncReportFilter(
        since=_instant(given, "since"),
        until=_instant(given, "until"),
        provider_key=given.get("providerKey") or None,
        billing_contract_id=identifier(contract, "billingContractId") if contract else None,
    )


def _instant(given: QueryParams, name: str) -> datetime | None:
    """Read an instant or a date; without an offset it is in UTC."""
    text = given.get(name)
    if not text:
        return None
    try:
        # In an address a plus sign stands for a space, and few people escape it.
        instant = datetime.fromisoformat(text.replace(" ", "+") if "T" in text else text)
        aware = instant if instant.tzinfo else instant.replace(tzinfo=UTC)
        return aware.astimezone(UTC)
    except (ValueError, OverflowError) as error:
        raise BadInput(f"`{name}` must be an ISO 8601 instant or date") from error
