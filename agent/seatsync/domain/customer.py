"""A customer as a provider knows it."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class RemoteCustomer:
    """One customer (tenant, company) as the provider lists it.

    `external_id` is the provider's own id; `domain` is a bare host name such as `example.com`.
    """

    external_id: str
    name: str
    domain: str | None = None

    def canonical(self) -> RemoteCustomer:
        """Return the one spelling of this value: stripped, the domain in lower case."""
        domain = self.domain.strip().lower().removeprefix("www.") if self.domain else None
        return RemoteCustomer(self.external_id.strip(), self.name.strip(), domain or None)
