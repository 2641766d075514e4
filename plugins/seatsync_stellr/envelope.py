"""The envelope of Stellr's listings: `{requestId, data: {total, records}}`, or nearly."""

from __future__ import annotations

from codecs import BOM_UTF8
from dataclasses import dataclass
from typing import TYPE_CHECKING

import msgspec

from seatsync.errors import AnswerUnreadable
from seatsync_stellr.fields import Fields, list_keys

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    import httpx

TOTALS = ("total", "totalCount", "totalRecords", "totalElements")
RECORDS = ("records", "items", "content")
_INSIDE = ("data", "result")
_REASONS = ("message", "error_description", "errorMessage", "error")

_object_decoder = msgspec.json.Decoder(dict[str, msgspec.Raw])
_list_decoder = msgspec.json.Decoder(list[msgspec.Raw])
_total_decoder = msgspec.json.Decoder(int | None, strict=False)


@dataclass(frozen=True, slots=True)
class Envelope:
    """A page of a listing; its records stay undecoded bytes."""

    records: list[msgspec.Raw]
    total: int | None


def read_envelope(response: httpx.Response) -> Envelope:
    """Read a page; raises `AnswerUnreadable` that says which keys came."""
    body = response.content.removeprefix(BOM_UTF8)
    try:
        return _page(_inside(_object_decoder.decode(body)))
    except (msgspec.DecodeError, UnicodeDecodeError, LookupError) as error:
        where = f"{response.request.url.host}{response.request.url.path}"
        message = f"the answer of {where} holds no listing; {_seen(body)}"
        remedy = "Check base_url and region; if both are right, tell the maintainers these keys."
        raise AnswerUnreadable(message, remedy=remedy) from error


def read_reason(body: bytes) -> str | None:
    """Return Stellr's own explanation from an error answer, under any of its names, or None."""
    try:
        reason = Fields.read(body.removeprefix(BOM_UTF8)).text(*_REASONS)
    except (msgspec.DecodeError, UnicodeDecodeError):
        return None
    return reason[:200] if reason else None


def _inside(outer: Mapping[str, msgspec.Raw]) -> Mapping[str, msgspec.Raw]:
    for name in _INSIDE:
        if name in outer:
            return _object_decoder.decode(outer[name])
    return outer


def _page(inner: Mapping[str, msgspec.Raw]) -> Envelope:
    records, total = _first(inner, RECORDS), _first(inner, TOTALS)
    if records is None:
        raise LookupError
    return Envelope(
        _list_decoder.decode(records), None if total is None else _total_decoder.decode(total)
    )


def _first(inner: Mapping[str, msgspec.Raw], names: Sequence[str]) -> msgspec.Raw | None:
    return next((inner[name] for name in names if name in inner), None)


def _seen(body: bytes) -> str:
    try:
        outer = _object_decoder.decode(body)
    except (msgspec.DecodeError, UnicodeDecodeError):
        return "it is no JSON object"
    keys = list_keys(tuple(outer))
    try:
        inside = list_keys(tuple(_inside(outer)))
    except msgspec.DecodeError:
        inside = "no object"
    return f"its keys are {keys}" if inside == keys else f"its keys are {keys}; inside: {inside}"
