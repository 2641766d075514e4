"""An ION customer."""

from __future__ import annotations

from typing import TYPE_CHECKING

import msgspec

from seatsync.domain.customer import RemoteCustomer
from seatsync_streamone_ion.wire import unreadable

if TYPE_CHECKING:
    from seatsync_streamone_ion.profile import Profile


class _Customer(msgspec.Struct, rename="camel"):
    name: str
    customer_organization: str | None = None


_decoder = msgspec.json.Decoder(_Customer)


def read_customer(raw: msgspec.Raw, profile: Profile) -> RemoteCustomer:
    """Read a customer, with what its cloud profile adds; raises `RecordError`.

    `customerName` is left out on purpose: it is the contact, not the company.
    """
    try:
        customer = _decoder.decode(raw)
        customer_id = id_in(customer.name)
    except (msgspec.DecodeError, ValueError) as error:
        raise unreadable(raw, str(error)) from error
    return RemoteCustomer(
        external_id=customer_id,
        name=customer.customer_organization or customer_id,
        domain=profile.domain,
        tenant_id=profile.tenant_id,
    )


def id_in(resource_name: str) -> str:
    """Return the id at the end of `accounts/1/customers/2`; raises `ValueError` without one.

    The id is the last part of the resource name (ION OpenAPI); `uid` is another one, which no
    path takes.
    """
    customer_id = resource_name.strip().rpartition("/")[2].strip()
    if not customer_id:
        message = f"its name {resource_name!r} holds no id"
        raise ValueError(message)
    return customer_id


def customer_id_of(raw: msgspec.Raw) -> str | None:
    """Return a customer's id, or None for a record too broken to tell."""
    try:
        return id_in(_decoder.decode(raw).name)
    except (msgspec.DecodeError, ValueError):
        return None
