"""The rows that every contender answers with, read by the agent's own statements.

Needs the standard library only: one contender runs in an environment without the agent.
"""

from __future__ import annotations

import json
import sqlite3
from base64 import urlsafe_b64decode, urlsafe_b64encode
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any
from uuid import UUID

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

RELATIONS = {
    "account": ("accounts", "account_id"),
    "billingContract": ("contracts", "billing_contract_id"),
    "providerAccount": ("provider_accounts", "provider_account_id"),
}
"""Which statement finds what a subscription refers to, and by which of its columns."""


@dataclass(frozen=True, slots=True)
class Statement:
    """A statement with `:p0`, `:p1` ... as parameters, and the names of its columns."""

    sql: str
    columns: tuple[str, ...]


class Rows:
    """The database, as dictionaries by column."""

    def __init__(self, database: str, statements: Mapping[str, Statement]) -> None:
        """Open the database for one thread."""
        self._connection = sqlite3.connect(database)
        self._connection.execute("PRAGMA cache_size = -32768")
        self._statements = statements

    @classmethod
    def open(cls, description: Path) -> Rows:
        """Open what a file describes that the benchmark has written."""
        told = json.loads(description.read_text("utf-8"))
        statements = {
            name: Statement(sql, tuple(columns))
            for name, (sql, columns) in told["statements"].items()
        }
        return cls(told["database"], statements)

    def page(self, first: int, after: str | None = None) -> Page:
        """Read one page of subscriptions."""
        if after is None:
            rows = self._read("first_page", first + 1)
        else:
            name, key = _place(after)
            rows = self._read("next_page", name, key, first + 1)
        return Page(self, rows[:first], has_next=len(rows) > first)

    def by_id(self, name: str, ids: list[bytes]) -> dict[bytes, dict[str, Any]]:
        """Read records by their ids, in one statement."""
        return {row["id"]: row for row in self._read(name, b"".join(ids), len(ids))}

    def _read(self, name: str, *values: Any) -> list[dict[str, Any]]:
        statement = self._statements[name]
        parameters = {f"p{index}": value for index, value in enumerate(values)}
        found = self._connection.execute(statement.sql, parameters)
        return [dict(zip(statement.columns, row, strict=True)) for row in found]


@dataclass(slots=True)
class Page:
    """Subscriptions that were read together; what they refer to is read for all at once."""

    source: Rows
    rows: list[dict[str, Any]]
    has_next: bool
    _loaded: dict[str, dict[bytes, dict[str, Any]]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        for row in self.rows:
            row["page"] = self

    @property
    def end_cursor(self) -> str | None:
        """Return the cursor of the last record, spelled as the agent does."""
        if not self.rows:
            return None
        last = self.rows[-1]
        text = json.dumps(
            [1, "name", last["name"], last["id"].hex()], separators=(",", ":"), ensure_ascii=False
        )
        return urlsafe_b64encode(text.encode()).decode().rstrip("=")

    def related(self, row: dict[str, Any], relation: str) -> dict[str, Any] | None:
        """Return what a row refers to, or None."""
        statement, column = RELATIONS[relation]
        if relation not in self._loaded:
            keys = dict.fromkeys(one[column] for one in self.rows)
            ids = [key for key in keys if key is not None]
            self._loaded[relation] = self.source.by_id(statement, ids)
        return self._loaded[relation].get(row[column])


def _place(cursor: str) -> tuple[str, bytes]:
    decoded = json.loads(urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4)))
    return decoded[2], bytes.fromhex(decoded[3])


def identifier(value: bytes) -> str:
    """Spell an id."""
    return str(UUID(bytes=value))


def instant(value: str | None) -> str | None:
    """Spell an instant, which the database keeps in naive UTC."""
    if value is None:
        return None
    text = value.replace(" ", "T")
    return f"{text.removesuffix('.000000')}+00:00"


def unit_cost(row: Mapping[str, Any]) -> dict[str, Any] | None:
    """Return the cost of one unit; the amount is spelled as exact numbers are."""
    amount = row["unit_cost_amount"]
    if amount is None:
        return None
    return {"amount": decimal(amount), "currency": row["unit_cost_currency"]}


def decimal(value: Any) -> str:
    """Spell an exact number, without trailing zeros."""
    text = str(value)
    return text.rstrip("0").rstrip(".") if "." in text else text
