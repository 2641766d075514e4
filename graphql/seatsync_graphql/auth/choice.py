"""Choosing how callers are known."""

from __future__ import annotations

from typing import TYPE_CHECKING

from seatsync_graphql.auth.identity import Authenticator, Everybody
from seatsync_graphql.auth.keys import KeyRing
from seatsync_graphql.auth.tokens import TokenReader

if TYPE_CHECKING:
    from seatsync_graphql.agent import AuthSettings


def choose_authenticator(auth: AuthSettings) -> Authenticator:
    """Return what the configuration asks for."""
    if auth.mode == "keys":
        return KeyRing(auth.keys)
    if auth.mode == "oidc" and auth.oidc is not None:
        return TokenReader(auth.oidc)
    if auth.mode != "none":
        raise ValueError(f"there is no auth.mode {auth.mode}")
    return Everybody()
