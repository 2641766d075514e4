"""The keys of config.yaml about who may call: names, types, defaults."""

from __future__ import annotations

import re
from collections.abc import Mapping
from enum import StrEnum
from ipaddress import ip_address
from typing import TYPE_CHECKING, Annotated, Any
from urllib.parse import urlsplit

from pydantic import AfterValidator, Field

from seatsync.config.problems import Problem
from seatsync.config.section import Section
from seatsync.domain.roles import RESERVED_NAMES, Role

if TYPE_CHECKING:
    from collections.abc import Iterator

_SHA256 = re.compile(r"[0-9a-fA-F]{64}")


class AuthMode(StrEnum):
    """How callers are known."""

    NONE = "none"
    KEYS = "keys"
    OIDC = "oidc"


def is_loopback(host: str) -> bool:
    """Tell whether a host name or address is reached from this machine only."""
    if host == "localhost":
        return True
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return False


def _digest(text: str) -> str:
    if not _SHA256.fullmatch(text):
        raise ValueError(
            "must be the SHA-256 of a key, 64 hexadecimal digits; `seatsync key NAME` makes one"
        )
    return text.lower()


def _caller_name(name: str) -> str:
    if not name.strip() or name.strip() in RESERVED_NAMES:
        raise ValueError("must name the caller in the audit log; `local` and `schedule` are taken")
    return name.strip()


def _issuer(url: str) -> str:
    parts = urlsplit(url)
    secure = parts.scheme == "https" or (
        parts.scheme == "http" and is_loopback(parts.hostname or "")
    )
    if not secure or not parts.hostname or parts.query or parts.fragment:
        raise ValueError("must be the issuer's https address, exactly as its tokens spell it")
    return url


class ApiKey(Section):
    """One key that a program calls with; the agent knows its digest only."""

    name: Annotated[str, AfterValidator(_caller_name)]
    sha256: Annotated[str, AfterValidator(_digest), Field(repr=False)]
    roles: Annotated[tuple[Role, ...], Field(min_length=1)]


class Oidc(Section):
    """Whose tokens are believed, and what the roles in them mean here."""

    issuer: Annotated[str, AfterValidator(_issuer)]
    audience: Annotated[str, Field(min_length=1)]
    roles_claim: Annotated[str, Field(min_length=1)] = "roles"
    role_map: Annotated[Mapping[str, Role], Field(min_length=1)]
    clock_skew_s: Annotated[int, Field(ge=0, le=600)] = 60


class Auth(Section):
    """How callers are known."""

    mode: AuthMode = AuthMode.NONE
    keys: tuple[ApiKey, ...] = ()
    oidc: Oidc | None = None


def auth_problems(tree: Mapping[str, Any]) -> Iterator[Problem]:
    """Tell what does not go together in a document, whatever else is wrong with it."""
    auth, server = _mapping(tree, "auth"), _mapping(tree, "server")
    mode, host = auth.get("mode", AuthMode.NONE), server.get("host")
    if mode == AuthMode.NONE and isinstance(host, str) and not is_loopback(host):
        yield Problem(
            ("server", "host"),
            "must be a loopback address such as 127.0.0.1 while auth.mode is none: "
            "whoever reaches the agent may do everything",
        )
    if mode == AuthMode.KEYS and not auth.get("keys"):
        message = "must hold a key while auth.mode is keys; `seatsync key NAME` makes one"
        yield Problem(("auth", "keys"), message)
    if mode == AuthMode.OIDC and not auth.get("oidc"):
        yield Problem(("auth", "oidc"), "is required while auth.mode is oidc")
    keys = auth.get("keys")
    yield from _repeated(keys if isinstance(keys, list) else [])


def _repeated(keys: list[Any]) -> Iterator[Problem]:
    seen: dict[tuple[str, str], int] = {}
    for index, key in enumerate(keys):
        for field in ("name", "sha256"):
            value = key.get(field) if isinstance(key, dict) else None
            if not isinstance(value, str):
                continue
            first = seen.setdefault((field, value.strip().lower()), index)
            if first != index:
                message = f"is that of auth.keys[{first}] already"
                yield Problem(("auth", "keys", index, field), message)


def _mapping(tree: Mapping[str, Any], section: str) -> Mapping[str, Any]:
    found = tree.get(section)
    return found if isinstance(found, dict) else {}
