"""What a customer's cloud profiles say: its Microsoft tenant, and the domain of it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import msgspec

if TYPE_CHECKING:
    from collections.abc import Mapping

REREAD_AFTER_S = 7 * 86_400.0


@dataclass(frozen=True, slots=True)
class Profile:
    """The tenant of one customer; `read_at` is in seconds since 1970."""

    tenant_id: str | None = None
    domain: str | None = None
    read_at: float = 0.0

    def is_stale(self, now: float) -> bool:
        """Tell whether it is to be read again."""
        return now - self.read_at >= REREAD_AFTER_S


NO_PROFILE = Profile()


class _CloudProfile(msgspec.Struct, rename="camel"):
    customer_tenant_id: str | None = None
    customer_domain: str | None = None


class _ProfilesAnswer(msgspec.Struct, rename="camel"):
    customer_cloud_profiles: list[_CloudProfile] = []


profiles_decoder = msgspec.json.Decoder(_ProfilesAnswer)
_kept_decoder = msgspec.json.Decoder(dict[str, Profile])


def profile_in(answer: _ProfilesAnswer, now: float) -> Profile:
    """Return the tenant if all cloud profiles that name one agree; several are nobody's."""
    named = {
        (profile.customer_tenant_id, profile.customer_domain)
        for profile in answer.customer_cloud_profiles
        if profile.customer_tenant_id
    }
    if len({tenant for tenant, _ in named}) != 1:
        return Profile(read_at=now)
    tenant, domain = min(named, key=str)
    return Profile(tenant, domain or None, now)


def read_kept(text: str | None) -> dict[str, Profile]:
    """Return the profiles that were kept; none if they cannot be read any more."""
    try:
        return _kept_decoder.decode(text or "{}")
    except msgspec.DecodeError:
        return {}


def write_kept(profiles: Mapping[str, Profile]) -> str:
    """Return the text under which profiles are kept."""
    return msgspec.json.encode(dict(profiles)).decode()
