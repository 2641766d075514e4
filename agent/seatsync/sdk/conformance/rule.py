"""A rule that every connector keeps, and how its check ends."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING
from unittest import SkipTest

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from seatsync.sdk.conformance.bench import Bench


class Tier(StrEnum):
    """How much a connector is to be relied upon; each tier includes the ones before it."""

    BRONZE = "bronze"
    SILVER = "silver"
    GOLD = "gold"


class Broken(AssertionError):
    """A connector does not keep a rule; the message says what was expected, and what came."""


class Inapplicable(SkipTest):
    """A rule asks for what this connector says that it cannot do; the message names that."""


class Unproved(SkipTest):
    """A rule could not be tried in this environment; the message says what it lacks."""


@dataclass(frozen=True, slots=True)
class Rule:
    """One rule: its name, which quality.yaml uses, a sentence, and the check.

    The check returns when the rule is kept, and raises `Broken`, `Inapplicable` or `Unproved`.
    """

    name: str
    tier: Tier
    sentence: str
    check: Callable[[Bench], None]

    @property
    def test_name(self) -> str:
        """Return the name of its test method."""
        return f"test_{self.name.replace('-', '_')}"


class Chapter:
    """Rules that are about the same thing, in the order in which they are written down."""

    def __init__(self, title: str) -> None:
        """Start without rules."""
        self.title = title
        self._rules: list[Rule] = []

    def __iter__(self) -> Iterator[Rule]:
        return iter(self._rules)

    def rule(self, tier: Tier) -> Callable[[Callable[[Bench], None]], Callable[[Bench], None]]:
        """Take a check as a rule: its name becomes the rule's, its docstring the sentence."""

        def take(check: Callable[[Bench], None]) -> Callable[[Bench], None]:
            name = check.__name__.replace("_", "-")
            sentence = " ".join((check.__doc__ or "").split())
            self._rules.append(Rule(name, tier, sentence, check))
            return check

        return take


def require(condition: object, message: str) -> None:
    """Raise `Broken` with this message unless the condition holds."""
    if not condition:
        raise Broken(message)


def require_same(came: object, expected: object, what: str) -> None:
    """Raise `Broken` unless what came is what was expected."""
    require(came == expected, f"{what}: expected {expected!r}, and {came!r} came")


def require_all(found: Sequence[object], what: str) -> None:
    """Raise `Broken` that lists what was found, unless nothing was."""
    require(not found, f"{what}: {', '.join(map(str, found))}")
