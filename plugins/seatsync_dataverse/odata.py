"""Addresses of the Web API: keys, literals and queries, and links that are taken as they come."""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal
from typing import TYPE_CHECKING
from urllib.parse import quote, urlsplit
from uuid import UUID

from seatsync.errors import AnswerUnreadable, BadInput

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

Literal = str | int | bool | Decimal | UUID | datetime | date | None
KeyValue = str | int | Decimal | UUID | date

FORBIDDEN_IN_KEYS = frozenset("/<>*%&:\\?+")
"""What the value of an alternate key must not hold: such a row is never found by it, encoded or
not (define alternate keys). Instants hold colons, so they are no keys either."""

_QUOTE = "'"
_PLAIN_IN_QUERIES = "$,()'@*=/:"
_PRINTABLE = range(0x21, 0x7F)


def literal(value: Literal) -> str:
    """Return a value as filters and keys spell it, not yet percent-encoded.

    Texts are quoted, their quotes doubled; instants must be aware.
    """
    if isinstance(value, str):
        return f"'{value.replace(_QUOTE, _QUOTE * 2)}'"
    if isinstance(value, bool) or value is None:
        return {True: "true", False: "false", None: "null"}[value]
    if isinstance(value, datetime | date):
        return _instant(value)
    return f"{value:f}" if isinstance(value, Decimal) else str(value)


def _instant(value: datetime | date) -> str:
    if isinstance(value, datetime) and value.tzinfo is None:
        message = "an instant without a time zone"
        raise BadInput(message)
    return value.isoformat().replace("+00:00", "Z")


def row_path(entity_set: str, row_id: UUID) -> str:
    """Return the address of a row by its primary key."""
    return f"{entity_set}({row_id})"


def key_path(entity_set: str, key: Mapping[str, KeyValue]) -> str:
    """Return the address of a row by an alternate key, percent-encoded.

    Columns are in the order given. Raises `BadInput` for an empty key, and for a text with a
    character that no key may hold.
    """
    if not key:
        message = f"an alternate key of {entity_set} without columns"
        raise BadInput(message)
    parts = (f"{column}={_key_value(column, value)}" for column, value in key.items())
    return f"{entity_set}({','.join(parts)})"


def _key_value(column: str, value: KeyValue) -> str:
    if not isinstance(value, str):
        return quote(literal(value), safe="")
    if not fits_a_key(value):
        forbidden = " ".join(sorted(FORBIDDEN_IN_KEYS))
        message = f"the key {column} must not be empty or hold any of {forbidden}"
        raise BadInput(message)
    return f"'{quote(value.replace(_QUOTE, _QUOTE * 2), safe='')}'"


def fits_a_key(value: str) -> bool:
    """Tell whether a text can be found by an alternate key."""
    return bool(value) and value.isprintable() and FORBIDDEN_IN_KEYS.isdisjoint(value)


def query(path: str, **options: str | int | None) -> str:
    """Return an address with system query options, `$` left out of their names; None is left out.

    `tag` is no system query option, and goes without its `$` (optional parameters).
    """
    parts = [
        f"{name if name == 'tag' else '$' + name}={quote(str(value), safe=_PLAIN_IN_QUERIES)}"
        for name, value in options.items()
        if value is not None
    ]
    return f"{path}?{'&'.join(parts)}" if parts else path


def columns(names: Sequence[str]) -> str | None:
    """Return a select list; None for no columns, which leaves the option out."""
    return ",".join(names) or None


def own_link(text: str, origins: Sequence[str]) -> str:
    """Return a link of an answer as it is; raises `AnswerUnreadable` for one that leads elsewhere.

    The token is sent along with it, so it goes to none but these origins.
    """
    if any(ord(character) not in _PRINTABLE for character in text):
        message = "Dataverse answers with a link that is no address"
        raise AnswerUnreadable(message)
    if _origin(text) not in {_origin(origin) for origin in origins}:
        message = f"Dataverse answers with a link that leads elsewhere: {urlsplit(text).netloc!r}"
        raise AnswerUnreadable(message, remedy="Check url and base_url of the CRM in config.yaml.")
    return text


def _origin(url: str) -> tuple[str, str]:
    parts = urlsplit(url)
    return parts.scheme.lower(), parts.netloc.lower()
