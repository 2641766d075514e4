"""An OpenID Connect issuer on a port of loopback, whose keys a test rotates."""

from __future__ import annotations

import json
import time
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

import jwt
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from jwt import algorithms

from seatsync.sdk.simulator import served

if TYPE_CHECKING:
    from collections.abc import Iterator

AUDIENCE = "api://seatsync"


class LocalIssuer:
    """Publishes keys, and signs whatever a test wants signed."""

    def __init__(self) -> None:
        self.url = ""
        self.asked: list[str] = []
        self.is_down = False
        self.claims_to_be: str | None = None
        self.keys: dict[str, Any] = {}
        self.rotate("first")

    def rotate(self, key_id: str, kind: str = "rsa") -> None:
        """Replace all keys by a new one."""
        self.keys = {}
        self.add(key_id, kind)

    def add(self, key_id: str, kind: str = "rsa") -> None:
        new: Any = (
            rsa.generate_private_key(65537, 2048)
            if kind == "rsa"
            else ec.generate_private_key(ec.SECP256R1())
        )
        self.keys[key_id] = new

    def token(self, key_id: str | None = None, algorithm: str = "RS256", **claims: Any) -> str:
        """Sign a token that is good for everything, but for what `claims` change; None drops."""
        name = key_id or next(iter(self.keys))
        now = int(time.time())
        good = {
            "iss": self.url,
            "aud": AUDIENCE,
            "sub": "subject",
            "roles": ["Boss"],
            "iat": now,
            "exp": now + 600,
        }
        kept = {name: value for name, value in (good | claims).items() if value is not None}
        return jwt.encode(kept, self.keys[name], algorithm, headers={"kid": name})

    def published(self) -> list[dict[str, Any]]:
        return [self._jwk(key_id, key) for key_id, key in self.keys.items()]

    @staticmethod
    def _jwk(key_id: str, key: Any) -> dict[str, Any]:
        kind: Any = (
            algorithms.RSAAlgorithm
            if isinstance(key, rsa.RSAPrivateKey)
            else algorithms.ECAlgorithm
        )
        public: dict[str, Any] = json.loads(kind.to_jwk(key.public_key()))
        return public | {"kid": key_id, "use": "sig"}

    @contextmanager
    def open(self) -> Iterator[LocalIssuer]:
        async def app(scope: Any, _receive: Any, send: Any) -> None:
            await self._answer(scope["path"], send)

        with served(app) as url:
            self.url = url
            yield self

    async def _answer(self, path: str, send: Any) -> None:
        self.asked.append(path)
        documents = {
            "/.well-known/openid-configuration": {
                "issuer": self.claims_to_be or self.url,
                "jwks_uri": f"{self.url}/keys",
            },
            "/keys": {"keys": self.published()},
        }
        body = json.dumps(documents.get(path, {})).encode()
        status = 503 if self.is_down else 200
        headers = [(b"content-type", b"application/json")]
        await send({"type": "http.response.start", "status": status, "headers": headers})
        await send({"type": "http.response.body", "body": body})
