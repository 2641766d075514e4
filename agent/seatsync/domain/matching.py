"""Which accounts a provider's customer is likely to be: by domain, and by words of the name."""

from __future__ import annotations

import re
from collections import defaultdict
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable

    from seatsync.domain.account import Account

SAME_DOMAIN = 0.95
SAME_NAME = 0.9
LEAST_SCORE = 0.3
"""Below this a suggestion would be noise."""

_LEGAL_FORMS = frozenset(
    {"ab", "ag", "as", "bv", "co", "corp", "corporation", "gmbh", "inc", "kg", "limited"}
    | {"llc", "llp", "ltd", "nv", "oy", "plc", "pty", "sa", "sarl", "srl"}
)


@dataclass(frozen=True, slots=True)
class AccountMatch:
    """A likely account; `score` is from 0 to 1, `reason` a sentence."""

    account: Account
    score: float
    reason: str


class AccountIndex:
    """All accounts by domain and by word, so that a suggestion need not look at each of them."""

    def __init__(self, accounts: Iterable[Account]) -> None:
        """Take the accounts in."""
        self._by_domain: dict[str, list[Account]] = defaultdict(list)
        self._by_word: dict[str, list[Account]] = defaultdict(list)
        for account in accounts:
            if account.domain:
                self._by_domain[account.domain.lower()].append(account)
            for word in name_words(account.name):
                self._by_word[word].append(account)

    def suggest(self, name: str, domain: str | None, limit: int) -> list[AccountMatch]:
        """Return at most `limit` likely accounts, the best first."""
        matches = {match.account.id: match for match in self._named(name)}
        for account in self._by_domain.get((domain or "").lower(), ()):
            reason = f"It has the same domain, {account.domain}."
            matches[account.id] = AccountMatch(account, SAME_DOMAIN, reason)
        ranked = sorted(matches.values(), key=_rank)
        return ranked[:limit]

    def _named(self, name: str) -> list[AccountMatch]:
        words = name_words(name)
        candidates = {
            account.id: account for word in words for account in self._by_word.get(word, ())
        }
        matches = (_by_name(words, account) for account in candidates.values())
        return [match for match in matches if match.score >= LEAST_SCORE]


def name_words(name: str) -> frozenset[str]:
    """Return the words of a company's name that tell it from others."""
    words = frozenset(re.findall(r"\w+", name.casefold()))
    return (words - _LEGAL_FORMS) or words


def _by_name(words: frozenset[str], account: Account) -> AccountMatch:
    others = name_words(account.name)
    if words == others:
        return AccountMatch(account, SAME_NAME, f"Its name is the same: {account.name}.")
    share = len(words & others) / len(words | others)
    shared = ", ".join(sorted(words & others))
    return AccountMatch(account, round(share * SAME_NAME, 2), f"Its name shares: {shared}.")


def _rank(match: AccountMatch) -> tuple[float, str, str]:
    return -match.score, match.account.name, match.account.id.hex
