"""JSON in both directions: money stays exact, because numbers with a point become `Decimal`."""

from __future__ import annotations

from codecs import BOM_UTF8
from decimal import Decimal
from typing import TYPE_CHECKING, Any, TypeVar

import msgspec

from seatsync.errors import AnswerUnreadable

if TYPE_CHECKING:
    from collections.abc import Mapping

    import httpx

AnswerT = TypeVar("AnswerT")
Row = dict[str, Any]
"""A row as it was answered, annotations included; numbers are `int` or `Decimal`."""

ETAG = "@odata.etag"

_encoder = msgspec.json.Encoder(decimal_format="number")


class Page(msgspec.Struct):
    """A page of rows, with the link to the next one or, on the last, to the changes after it."""

    value: list[Row]
    next_link: str | None = msgspec.field(default=None, name="@odata.nextLink")
    delta_link: str | None = msgspec.field(default=None, name="@odata.deltaLink")


def _decoder(kind: type[AnswerT]) -> msgspec.json.Decoder[AnswerT]:
    return msgspec.json.Decoder(kind, float_hook=Decimal)


row_decoder = _decoder(Row)
page_decoder = _decoder(Page)


def encoded(body: Mapping[str, object]) -> bytes:
    """Return a body; a `Decimal` is written as a number, digit by digit."""
    return _encoder.encode(body)


def read(response: httpx.Response, decoder: msgspec.json.Decoder[AnswerT]) -> AnswerT:
    """Read the body of a good answer; raises `AnswerUnreadable` if it is not what it should be."""
    try:
        return decoder.decode(response.content.removeprefix(BOM_UTF8))
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        where = response.request.url.path
        message = f"the answer of Dataverse to {where} cannot be read: {error}"
        remedy = "Check url and base_url of the CRM in config.yaml."
        raise AnswerUnreadable(message, remedy=remedy) from error
