"""A Partner Center customer, as the listing shows it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import msgspec

from seatsync.domain.customer import RemoteCustomer
from seatsync.errors import RecordError
from seatsync_partner_center.folded import read_folded
from seatsync_partner_center.marks import read_marks
from seatsync_partner_center.payload import CompanyProfile, Customer
from seatsync_partner_center.words import read_guid

if TYPE_CHECKING:
    from collections.abc import Callable


def read_customer(raw: msgspec.Raw) -> RemoteCustomer:
    """Read a customer; raises `RecordError`."""
    try:
        customer = read_folded(raw, Customer)
    except (msgspec.DecodeError, ValueError) as error:
        raise RecordError(str(error), customer_external_id=customer_id_of(raw)) from error
    external_id = read_guid(customer.id)
    if external_id is None:
        raise RecordError("its id is empty")
    profile = customer.companyprofile or CompanyProfile()
    return RemoteCustomer(
        external_id,
        profile.companyname or profile.domain or external_id,
        _host(profile.domain),
        # The id of a customer is the id of its tenant ("Get a list of customers").
        tenant_id=external_id,
    )


def customer_id_of(raw: msgspec.Raw) -> str | None:
    """Return a customer's id without reading it whole, or None where it says none."""
    return read_guid(read_marks(raw).id)


def unseen(seen: set[str]) -> Callable[[msgspec.Raw], bool]:
    """Return a test for customers that are listed for the first time; `seen` remembers them.

    The list can shift while it is walked, and then shows the same customer twice. One that
    says no id is let through, to be reported.
    """

    def is_new(raw: msgspec.Raw) -> bool:
        external_id = customer_id_of(raw)
        if external_id in seen:
            return False
        if external_id is not None:
            seen.add(external_id)
        return True

    return is_new


def _host(domain: str | None) -> str | None:
    host = (domain or "").strip()
    return host if "." in host.strip(".") else None
