"""The exceptions that the data shows now: paged, counted, and by subscription."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any, cast
from uuid import UUID

from seatsync.domain.crm import CrmDirection
from seatsync.domain.exception import ExceptionKind, SyncException
from seatsync.domain.exception_text import explain
from seatsync.domain.filters import ExceptionFilter
from seatsync.domain.paging import decode_cursor
from seatsync.errors import BadInput
from seatsync.mirror.codec import decode_instant, decode_uuid
from seatsync.mirror.conditions import Conditions
from seatsync.mirror.crm_link import link_id
from seatsync.mirror.keyset import Order
from seatsync.mirror.rows import optional
from seatsync.mirror.symptoms import SYMPTOMS, Symptom

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Sequence

    from seatsync.domain.paging import Page, Window
    from seatsync.mirror.database import Mirror

SILENT_FOR = timedelta(minutes=15)
"""A job at work that says nothing for so long is stale."""
LATE_FOR = timedelta(minutes=15)
"""A direction of the exchange with the CRM that fails for so long is late."""
WAITING_FOR = timedelta(hours=1)
"""A job that could have begun so long ago is stale; it may wait behind another of its provider."""

_RANKS = {symptom.kind: rank for rank, symptom in enumerate(SYMPTOMS)}


@dataclass(frozen=True, slots=True)
class _Found:
    kind: ExceptionKind
    key: str
    exception: SyncException


_ORDER: Order[_Found] = Order("exceptions", (), lambda found: (found.kind.value, found.key))


def page_exceptions(mirror: Mirror, wanted: ExceptionFilter, window: Window) -> Page[SyncException]:
    """Return one page, kind by kind, in one statement."""
    query = _Query(mirror, wanted)
    found = query.read(_bounded(query, window), window)
    page = _ORDER.page(found, window, query.count)
    return cast(
        "Page[SyncException]",
        replace(page, items=tuple(item.exception for item in page.items)),  # type: ignore[misc]
    )


def count_exceptions(mirror: Mirror) -> dict[ExceptionKind, int]:
    """Return how many of each kind there are, zeros too, in one statement."""
    return _Query(mirror, ExceptionFilter()).counts()


def exceptions_of(
    mirror: Mirror, subscription_ids: Collection[UUID]
) -> dict[UUID, list[SyncException]]:
    """Return the exceptions that are about each subscription, in one statement."""
    query = _Query(mirror, ExceptionFilter())
    branches = [
        (symptom, query.conditions(symptom, subscription_ids))
        for symptom in SYMPTOMS
        if symptom.subscription == "s.id"
    ]
    grouped: dict[UUID, list[SyncException]] = {one: [] for one in subscription_ids}
    for found in query.read(branches):
        grouped[cast("UUID", found.exception.subscription_id)].append(found.exception)
    return grouped


_Branch = tuple[Symptom, Conditions]


class _Query:
    """One question about all kinds: a union of branches that share their parameters."""

    def __init__(self, mirror: Mirror, wanted: ExceptionFilter) -> None:
        self.mirror = mirror
        self.wanted = wanted
        self.symptoms = [one for one in SYMPTOMS if wanted.kind in {None, one.kind}]
        self.shared = Conditions(mirror)

    def conditions(self, symptom: Symptom, about: Collection[UUID] | None = None) -> Conditions:
        """Return what the rows of one kind must meet; `about` narrows them to subscriptions."""
        branch = self.shared.sharing()
        condition = symptom.condition
        if about is None:
            branch.require(f"({condition})")
        else:
            # Inside a CASE, SQLite does not look for all rows that meet the condition first.
            branch.require(f"CASE WHEN {condition} THEN 1 ELSE 0 END = 1")
            branch.among(symptom.subscription, about)
        branch.equal(symptom.account, self.wanted.account_id)
        branch.equal(symptom.contract, self.wanted.billing_contract_id)
        return branch.equal(symptom.provider, self.wanted.provider_key)

    def source(self, symptom: Symptom) -> str:
        """Return the rows of one kind; what is late or stale depends on the time."""
        if symptom.kind is not ExceptionKind.STALE_JOB:
            return symptom.source
        now, value = datetime.now(UTC), self.shared.value
        return symptom.source.format(
            silent_since=value(now - SILENT_FOR),
            waiting_since=value(now - WAITING_FOR),
            late_since=value(now - LATE_FOR),
            pull_id=value(link_id(CrmDirection.PULL)),
            push_id=value(link_id(CrmDirection.PUSH)),
        )

    def read(self, branches: Iterable[_Branch], window: Window | None = None) -> list[_Found]:
        """Return what the branches find, in list order, or from its end."""
        backward = window is not None and window.backward
        ordered = sorted(branches, key=lambda one: _RANKS[one[0].kind], reverse=backward)
        if not ordered:
            return []
        rows = self.mirror.rows(self._statement(ordered, window), self.shared.params)
        found = sorted((_found(row) for row in rows), key=_place, reverse=backward)
        return found if window is None else found[: window.size + 1]

    def _statement(self, branches: Sequence[_Branch], window: Window | None) -> str:
        """Return a statement that looks for one kind after the other, until the page is full."""
        tables: dict[str, str] = {}
        for symptom, branch in branches:
            source = self.source(symptom)
            select = f"SELECT {_columns(symptom)} FROM {source} {branch.where}"  # noqa: S608
            limit = self._limit(symptom, window, tables) if window is not None else ""
            tables[f"kind{len(tables)}"] = f"{select} {limit}"
        found = ", ".join(f"{name} AS ({select})" for name, select in tables.items())
        return f"WITH {found} " + " UNION ALL ".join(f"SELECT * FROM {name}" for name in tables)  # noqa: S608

    def _limit(self, symptom: Symptom, window: Window, before: Iterable[str]) -> str:
        direction = "DESC" if window.backward else "ASC"
        size = self.shared.value(window.size + 1)
        found = " + ".join(["0", *(f"(SELECT COUNT(*) FROM {name})" for name in before)])  # noqa: S608
        limit = f"CASE WHEN {found} < {size} THEN {size} ELSE 0 END"
        return f"ORDER BY {self.sorted_key(symptom)} {direction} LIMIT {limit}"

    def sorted_key(self, symptom: Symptom) -> str:
        """Return the key as it sorts in both databases and in Python: by code point."""
        is_text = symptom.key == symptom.provider
        return (
            f'{symptom.key} COLLATE "C"' if is_text and not self.mirror.is_sqlite else symptom.key
        )

    def counts(self) -> dict[ExceptionKind, int]:
        """Count what each kind finds."""
        selects = [
            f"SELECT '{symptom.kind}', COUNT(*) FROM {self.source(symptom)} "  # noqa: S608
            + self.conditions(symptom).where
            for symptom in self.symptoms
        ]
        rows = self.mirror.rows(" UNION ALL ".join(selects), self.shared.params)
        return {ExceptionKind(kind): int(count) for kind, count in rows}

    def count(self) -> int:
        """Count everything found."""
        with self.mirror.reading():
            return sum(self.counts().values())


def _columns(symptom: Symptom) -> str:
    columns = (
        f"'{symptom.kind}' AS kind",
        f"{symptom.record_id} AS record_id",
        f"{symptom.since} AS since",
        f"{symptom.name} AS name",
        f"{symptom.detail} AS detail",
        f"{symptom.subscription} AS subscription_id",
        f"{symptom.provider_account} AS provider_account_id",
        f"{symptom.account} AS account_id",
        f"{symptom.contract} AS contract_id",
        f"{symptom.provider} AS provider_key",
    )
    return ", ".join(columns)


def _found(row: Sequence[Any]) -> _Found:
    kind, record_id, since, name, detail, *subjects, provider_key = row
    began_at = decode_instant(since)
    message, remedy = explain(ExceptionKind(kind), name, detail, began_at)
    subscription, provider_account, account, contract = map(optional(decode_uuid), subjects)
    exception = SyncException(
        ExceptionKind(kind),
        message,
        remedy,
        began_at,
        subscription_id=subscription,
        provider_account_id=provider_account,
        account_id=account,
        billing_contract_id=contract,
        provider_key=provider_key,
    )
    key = provider_key if record_id is None else decode_uuid(record_id).hex
    return _Found(exception.kind, key, exception)


def _place(found: _Found) -> tuple[int, str]:
    return _RANKS[found.kind], found.key


def _bounded(query: _Query, window: Window) -> list[_Branch]:
    after = _cursor(window.after) if window.after is not None else None
    before = _cursor(window.before) if window.before is not None else None
    return [
        (symptom, _between(query, symptom, after, before))
        for symptom in query.symptoms
        if (after is None or _RANKS[symptom.kind] >= _RANKS[after[0]])
        and (before is None or _RANKS[symptom.kind] <= _RANKS[before[0]])
    ]


_Place = tuple[ExceptionKind, str]


def _between(
    query: _Query, symptom: Symptom, after: _Place | None, before: _Place | None
) -> Conditions:
    branch = query.conditions(symptom)
    key = query.sorted_key(symptom)
    for place, comparison in ((after, ">"), (before, "<")):
        if place is not None and place[0] is symptom.kind:
            branch.require(f"{key} {comparison} {branch.value(_key(symptom, place[1]))}")
    return branch


def _key(symptom: Symptom, text: str) -> UUID | str:
    if symptom.key == symptom.provider:
        return text
    try:
        return UUID(hex=text)
    except ValueError as error:
        raise BadInput("this is not a cursor of this list") from error


def _cursor(cursor: str) -> _Place:
    kind, key = decode_cursor("exceptions", cursor, 2)
    try:
        return ExceptionKind(kind), key
    except ValueError as error:
        raise BadInput("this is not a cursor of this list") from error
