"""Interactive sign-in: what a plug-in offers whose provider wants to see a person."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol, runtime_checkable

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from seatsync.domain.connectivity import Consent

PATIENCE_S = 900.0


@dataclass(frozen=True, slots=True)
class SignInRequest:
    """How the person is reached.

    `show` is given the address to open in a browser; the browser comes back to `port` on this
    machine's loopback address within `patience_s` seconds.
    """

    show: Callable[[str], None]
    port: int
    patience_s: float = PATIENCE_S


@runtime_checkable
class SignsIn(Protocol):
    """A connector that leads a person through the provider's sign-in and keeps the result."""

    def sign_in(self, request: SignInRequest) -> Sequence[Consent]:
        """Wait for the sign-in, store what it gave, and return the consents now in force.

        Raises `StandingFault` with a remedy when the person, or the provider, refuses;
        `NotApplicable` when this connection needs no sign-in.
        """
        ...
