"""A customer as a provider knows it."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class RemoteCustomer:
    """One customer (tenant, company) as the provider lists it.

    `external_id` is the provider's own id; `domain` is a bare host name such as `example.com`;
    `tenant_id` is the customer's tenant at Microsoft, where the provider tells it.
    """

    external_id: str
    name: str
    domain: str | None = None
    tenant_id: str | None = None

    def canonical(self) -> RemoteCustomer:
        """Return the one spelling of this value: stripped, the domain in lower case."""
        return RemoteCustomer(
            self.external_id.strip(),
            self.name.strip(),
            canonical_domain(self.domain),
            (self.tenant_id or "").strip().lower() or None,
        )


def canonical_domain(domain: str | None) -> str | None:
    """Return the one spelling of a host name, by which customers and accounts are matched."""
    return (domain.strip().lower().removeprefix("www.") or None) if domain else None
