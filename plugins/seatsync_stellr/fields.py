"""Records whose keys are not certain: looked up by any of several names, in any spelling."""

from __future__ import annotations

import re
from decimal import Decimal
from typing import Any

import msgspec

MOST_KEYS = 60
_KEY = re.compile(r"[A-Za-z_$@][\w.$-]{0,60}", re.ASCII)
_decoder = msgspec.json.Decoder(dict[str, Any], float_hook=Decimal)


class Fields:
    """The fields of one JSON object; `customerNo`, `customer_no` and `CustomerNO` are one key."""

    def __init__(self, held: dict[str, Any]) -> None:
        """Take the object."""
        self._names = tuple(held)
        self._held = {_folded(name): value for name, value in held.items()}

    @classmethod
    def read(cls, raw: bytes | msgspec.Raw) -> Fields:
        """Read the fields of an object; raises `msgspec.DecodeError` for anything else."""
        return cls(_decoder.decode(raw))

    @property
    def keys(self) -> str:
        """The names that came, for people: never the values."""
        return list_keys(self._names)

    def first(self, *names: str) -> Any:
        """Return the first value that is there and is not empty, or None."""
        for name in names:
            value = self._held.get(_folded(name))
            if value is not None and value != "":
                return value
        return None

    def text(self, *names: str) -> str | None:
        """Return the first value as text; what is neither text nor a number is absent."""
        value = self.first(*names)
        if isinstance(value, bool) or not isinstance(value, str | int | Decimal):
            return None
        return str(value).strip() or None


def keys_of(raw: bytes | msgspec.Raw) -> str:
    """Return the names of the keys of an object, for people."""
    try:
        return Fields.read(raw).keys
    except (msgspec.DecodeError, UnicodeDecodeError):
        return "of no object"


def list_keys(names: tuple[str, ...]) -> str:
    """Return names of keys in one line; what does not look like a key is left out."""
    keys = [name for name in names if _KEY.fullmatch(name)]
    more = len(names) - len(keys[:MOST_KEYS])
    listed = ", ".join(keys[:MOST_KEYS]) or "none"
    return f"{listed} and {more} more" if more else listed


def _folded(name: str) -> str:
    return re.sub(r"[^a-z0-9]", "", name.lower())
