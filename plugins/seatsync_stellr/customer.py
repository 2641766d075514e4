"""A Stellr customer, under whatever names its fields come."""

from __future__ import annotations

from typing import TYPE_CHECKING

import msgspec

from seatsync.domain.customer import RemoteCustomer
from seatsync.errors import RecordError
from seatsync_stellr.fields import Fields

if TYPE_CHECKING:
    from msgspec import Raw

IDS = ("customerNo", "customerNumber", "customerId", "id")
NAMES = ("companyName", "customerName", "company", "organizationName", "name")
DOMAINS = ("domain", "domainName", "primaryDomain")
TENANTS = ("tenantId", "microsoftTenantId", "customerTenantId")


def read_customer(raw: Raw) -> RemoteCustomer:
    """Read a customer; raises `RecordError` that says which keys came."""
    try:
        fields = Fields.read(raw)
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        raise RecordError(str(error)) from error
    customer_id, name = fields.text(*IDS), fields.text(*NAMES)
    if customer_id is None:
        raise RecordError(f"it has no customerNo; its keys are {fields.keys}", name=name)
    return RemoteCustomer(
        customer_id, name or customer_id, fields.text(*DOMAINS), fields.text(*TENANTS)
    )
