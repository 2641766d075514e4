"""JSON whose property names are matched without regard to case.

Partner Center answers in camelCase where its documentation writes otherwise, and in PascalCase
inside audit records and webhooks (specification of the REST API, body quirks).
"""

from __future__ import annotations

from codecs import BOM_UTF8
from typing import Any, TypeVar

import msgspec

StructT = TypeVar("StructT", bound=msgspec.Struct)

_top_level = msgspec.json.Decoder(dict[str, msgspec.Raw])
_whole = msgspec.json.Decoder()


def fold(value: Any) -> Any:
    """Return JSON with all property names in lower case, and empty text as null."""
    match value:
        case dict():
            return {name.lower(): fold(held) for name, held in value.items()}
        case list():
            return [fold(item) for item in value]
        case "":
            return None
        case _:
            return value


def read_folded(raw: bytes | msgspec.Raw, kind: type[StructT]) -> StructT:
    """Read a struct whose fields are in lower case; raises `msgspec.DecodeError`, `ValueError`."""
    return msgspec.convert(fold(_whole.decode(without_bom(raw))), kind, strict=False)


def top_level(body: bytes) -> dict[str, msgspec.Raw]:
    """Return the properties of a JSON object undecoded, by their names in lower case."""
    return {name.lower(): raw for name, raw in _top_level.decode(without_bom(body)).items()}


def without_bom(body: bytes | msgspec.Raw) -> bytes:
    """Return the bytes of a body without a byte order mark (Azure/msrest-for-python, 144)."""
    return bytes(body).removeprefix(BOM_UTF8)
