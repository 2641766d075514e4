"""What a connector may offer beside its listings: which customers need not be read again."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol, runtime_checkable

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping
    from datetime import datetime


@runtime_checkable
class TellsChangedCustomers(Protocol):
    """A connector whose provider keeps a log of changes, read instead of every customer."""

    def due_customers(self, read_at: Mapping[str, datetime]) -> Collection[str] | None:
        """Return the ids of the customers to read in this run, or None for all of them.

        `read_at` tells when each customer was last read completely and without a fault, by
        the provider's own id. Customers that it does not hold are read in any case. Whatever
        the log cannot show must make a customer due after some time; in doubt, all are due.
        """
        ...
