"""Callers known by the tokens (JWT) of one OpenID Connect issuer."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import jwt

from seatsync.domain.roles import RESERVED_NAMES, Caller
from seatsync.errors import Unauthenticated
from seatsync_graphql.auth.identity import Identity, bearer
from seatsync_graphql.auth.issuer import Issuer

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from seatsync.domain.roles import Role
    from seatsync_graphql.agent import OidcSettings

ALGORITHMS = {
    "RSA": ("RS256", "RS384", "RS512", "PS256", "PS384", "PS512"),
    "EC": ("ES256", "ES384", "ES512"),
    "OKP": ("EdDSA",),
}
"""What may be signed with each type of key; never with a shared secret, never with nothing."""

NAME_CLAIMS = ("preferred_username", "email", "azp", "appid", "sub")
"""Where a token names its bearer, the most readable first."""

LONGEST_TOKEN = 16_384

_FLAWS: Mapping[type[jwt.PyJWTError], str] = {
    jwt.ExpiredSignatureError: "the token has expired",
    jwt.ImmatureSignatureError: "the token is not valid yet",
    jwt.InvalidIssuedAtError: "the token is not valid yet",
    jwt.InvalidAudienceError: "the token is for another audience",
    jwt.InvalidIssuerError: "the token is from another issuer",
}


class TokenReader:
    """Believes the tokens of one issuer for one audience, while they are in force."""

    def __init__(self, oidc: OidcSettings, issuer: Issuer | None = None) -> None:
        """Believe what the settings say."""
        self._oidc = oidc
        self._issuer = issuer or Issuer(oidc.issuer)

    async def identify(self, authorization: str | None) -> Identity:
        """Return the bearer of a token; raise `Unauthenticated` saying what is wrong with it."""
        token = bearer(authorization)
        if len(token) > LONGEST_TOKEN:
            raise Unauthenticated("the token is too long")
        try:
            claims = await self._claims(token)
        except jwt.PyJWTError as error:
            raise Unauthenticated(_FLAWS.get(type(error), "this is not a valid token")) from error
        caller = Caller(_name(claims), frozenset(self._roles(claims)))
        return Identity(caller, float(claims["exp"]) + self._oidc.clock_skew_s)

    async def _claims(self, token: str) -> dict[str, Any]:
        key_id = jwt.get_unverified_header(token).get("kid")
        key = await self._issuer.key(key_id)
        claims: dict[str, Any] = jwt.decode(
            token,
            key.key,
            algorithms=ALGORITHMS[str(key.key_type)],
            audience=self._oidc.audience,
            issuer=self._oidc.issuer,
            leeway=self._oidc.clock_skew_s,
            options={"require": ["exp", "iss", "aud"]},
        )
        return claims

    def _roles(self, claims: Mapping[str, Any]) -> Iterator[Role]:
        given = claims.get(self._oidc.roles_claim, ())
        # A list, as in Entra ID's `roles`, or words in one text, as in its `scp`.
        names = given.split() if isinstance(given, str) else given
        for name in names if isinstance(names, list) else ():
            if isinstance(name, str) and name in self._oidc.role_map:
                yield self._oidc.role_map[name]


def _name(claims: Mapping[str, Any]) -> str:
    for claim in NAME_CLAIMS:
        name = claims.get(claim)
        if isinstance(name, str) and name.strip() and name.strip() not in RESERVED_NAMES:
            return name.strip()
    return "unnamed"
