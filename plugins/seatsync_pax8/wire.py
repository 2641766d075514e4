"""The JSON of the Pax8 Partner API, and the records that are read from it; no effects."""

from __future__ import annotations

from codecs import BOM_UTF8
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

import msgspec

from seatsync.domain.customer import RemoteCustomer
from seatsync.errors import RecordError
from seatsync.sdk.listing import fingerprint

if TYPE_CHECKING:
    from collections.abc import Sequence


class PageInfo(msgspec.Struct, rename="camel"):
    """Where a page stands in its listing."""

    total_pages: int | None = None
    total_elements: int | None = None


class Envelope(msgspec.Struct):
    """A page of a listing; its records stay undecoded bytes."""

    content: list[msgspec.Raw]
    page: PageInfo | None = None


class Product(msgspec.Struct, frozen=True, rename="camel"):
    """What a product adds to its subscriptions."""

    name: str | None = None
    sku: str | None = None
    vendor_sku: str | None = None

    @property
    def part(self) -> str | None:
        """The part number, where a subscription has none of its own."""
        return self.vendor_sku or self.sku


class ErrorAnswer(msgspec.Struct):
    """The error envelope, as far as it is read."""

    message: str | None = None


class Identity(msgspec.Struct, rename="camel"):
    """The little of a subscription that is read before it is known to have changed."""

    product_id: str | None = None
    product_name: str | None = None
    vendor_sku_id: str | None = None


class Company(msgspec.Struct):
    """A company, as far as it is read."""

    id: str
    name: str | None = None
    website: str | None = None


class _Marks(msgspec.Struct, rename="camel"):
    """What may tell which record it is that cannot be read; of any type."""

    id: Any = None
    company_id: Any = None
    product_name: Any = None
    name: Any = None


envelope_decoder = msgspec.json.Decoder(Envelope)
product_decoder = msgspec.json.Decoder(Product)
error_decoder = msgspec.json.Decoder(ErrorAnswer)
_identity_decoder = msgspec.json.Decoder(Identity)
_identities_decoder = msgspec.json.Decoder(list[Identity])
_company_decoder = msgspec.json.Decoder(Company)
_marks_decoder = msgspec.json.Decoder(_Marks)

NO_PRODUCT = Product()

MARK_BYTES = 6


def mark_of(product_id: str | None, product: Product) -> bytes:
    """Return the part of a subscription's fingerprint that comes from its product.

    No two products share one, and a product has another when it adds something else.
    """
    return fingerprint(repr((product_id, product.name, product.part)).encode())[:MARK_BYTES]


def read_needed_products(raws: Sequence[msgspec.Raw]) -> list[str | None]:
    """Return of each subscription from which product its name or part number must come, or None.

    A record that is too broken to tell needs none.
    """
    try:
        # Decoding all of them at once takes half as long as one after the other.
        identities = _identities_decoder.decode(b"[%b]" % b",".join(raws))
    except (msgspec.DecodeError, UnicodeDecodeError):
        return [_read_needed_product(raw) for raw in raws]
    return list(map(_needed_product, identities))


def _read_needed_product(raw: msgspec.Raw) -> str | None:
    try:
        return _needed_product(_identity_decoder.decode(raw))
    except (msgspec.DecodeError, UnicodeDecodeError):
        return None


def _needed_product(identity: Identity) -> str | None:
    if identity.product_name and identity.vendor_sku_id:
        return None
    return identity.product_id or None


def read_company(raw: msgspec.Raw) -> RemoteCustomer:
    """Read a company; raises `RecordError`."""
    try:
        company = _company_decoder.decode(raw)
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        raise unreadable(raw, str(error)) from error
    if not company.id.strip():
        raise unreadable(raw, "its id is empty")
    return RemoteCustomer(
        external_id=company.id,
        name=company.name or company.id,
        domain=read_domain(company.website),
    )


def read_domain(website: str | None) -> str | None:
    """Return the bare host of a website, or None; the texts are what people typed in."""
    text = (website or "").strip()
    try:
        host = urlsplit(text if "//" in text else f"//{text}").hostname or ""
    except ValueError:
        return None
    looks_like_one = "." in host.strip(".") and not any(map(str.isspace, host))
    return host.removeprefix("www.") if looks_like_one else None


def unreadable(raw: msgspec.Raw, reason: str) -> RecordError:
    """Return the error for a record, named as far as its own text tells."""
    try:
        marks = _marks_decoder.decode(raw)
    except (msgspec.DecodeError, UnicodeDecodeError):
        marks = _Marks()
    return RecordError(
        reason,
        external_id=_text(marks.id),
        customer_external_id=_text(marks.company_id),
        name=_text(marks.product_name) or _text(marks.name),
    )


def _text(value: object) -> str | None:
    return value.strip() or None if isinstance(value, str) else None


def read_reason(body: bytes) -> str | None:
    """Return the provider's own explanation from an error envelope, or None."""
    try:
        message = error_decoder.decode(body.removeprefix(BOM_UTF8)).message
    except (msgspec.DecodeError, UnicodeDecodeError):
        return None
    return message[:200] if message else None
