"""The JSON of the ION API v3, as far as listings go; no effects."""

from __future__ import annotations

from codecs import BOM_UTF8
from typing import Any

import msgspec

from seatsync.errors import RecordError


class CustomersAnswer(msgspec.Struct, rename="camel"):
    """A page of customers; its records stay undecoded bytes."""

    customers: list[msgspec.Raw] | None = None
    next_page_token: str | None = None


class PaginationResponse(msgspec.Struct, rename="camel"):
    """How many records a listing has."""

    total_size: int | None = None


class SubscriptionsAnswer(msgspec.Struct, rename="camel"):
    """A page of subscriptions; counts may be texts, and what is empty may be left out."""

    items: list[msgspec.Raw] | None = None
    pagination_response: PaginationResponse | None = None
    total_count: int | None = None

    @property
    def total(self) -> int | None:
        """How many records the listing has, under either name."""
        paging = self.pagination_response or PaginationResponse()
        return self.total_count if paging.total_size is None else paging.total_size

    @property
    def is_listing(self) -> bool:
        """Tell whether this is a page at all: `{}` is one of nothing."""
        return not (self.items is None and self.pagination_response is None and self.total is None)


class _ErrorAnswer(msgspec.Struct):
    message: str | None = None
    error: str | None = None


class _Marks(msgspec.Struct, rename="camel"):
    """What may tell which record it is that cannot be read; of any type."""

    id: Any = None
    name: Any = None
    customer_id: Any = None
    subscription_name: Any = None
    customer_organization: Any = None


customers_decoder = msgspec.json.Decoder(CustomersAnswer)
subscriptions_decoder = msgspec.json.Decoder(SubscriptionsAnswer, strict=False)
_error_decoder = msgspec.json.Decoder(_ErrorAnswer)
_marks_decoder = msgspec.json.Decoder(_Marks)


def read_reason(body: bytes) -> str | None:
    """Return ION's own explanation from an error answer, or None."""
    try:
        answer = _error_decoder.decode(body.removeprefix(BOM_UTF8))
    except (msgspec.DecodeError, UnicodeDecodeError):
        return None
    reason = answer.message or answer.error
    return reason[:200] if reason else None


def unreadable(raw: msgspec.Raw, reason: str) -> RecordError:
    """Return the error for a record, named as far as its own text tells."""
    try:
        marks = _marks_decoder.decode(raw)
    except (msgspec.DecodeError, UnicodeDecodeError):
        marks = _Marks()
    return RecordError(
        reason,
        external_id=_text(marks.id) or _text(marks.name),
        customer_external_id=_text(marks.customer_id),
        name=_text(marks.subscription_name) or _text(marks.customer_organization),
    )


def _text(value: object) -> str | None:
    if isinstance(value, int) and not isinstance(value, bool):
        return str(value)
    return value.strip() or None if isinstance(value, str) else None
