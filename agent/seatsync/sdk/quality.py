"""quality.yaml: which rules of the conformance suite a connector keeps, as its author promises."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from importlib import resources
from typing import TYPE_CHECKING, Any

import yaml

from seatsync.errors import PluginUnusable

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from seatsync.sdk.plugin import ProviderPlugin

FILE = "quality.yaml"
TIERS = ("bronze", "silver", "gold")
"""From the least to the most that a connector can promise; each includes the ones before it."""

NO_TIER = "none"


class Standing(StrEnum):
    """How a connector stands to a rule."""

    DONE = "done"
    TODO = "todo"
    EXEMPT = "exempt"


@dataclass(frozen=True, slots=True)
class Promise:
    """What a connector promises about one rule; `reason` is given where it is exempt."""

    standing: Standing
    reason: str | None = None

    def __str__(self) -> str:
        return f"{self.standing} ({self.reason})" if self.reason else str(self.standing)


@dataclass(frozen=True, slots=True)
class Quality:
    """All promises of one connector, by tier and by the name of the rule."""

    promises: Mapping[str, Mapping[str, Promise]]

    @property
    def tier(self) -> str:
        """The highest tier in which, and below which, nothing is left to do; else `none`."""
        reached = NO_TIER
        for tier in TIERS:
            if not self.promises.get(tier) or self.todo(tier):
                break
            reached = tier
        return reached

    def todo(self, tier: str) -> list[str]:
        """Return the rules of a tier that are not kept yet."""
        promised = self.promises.get(tier, {})
        return [name for name, one in promised.items() if one.standing is Standing.TODO]

    def promise(self, rule: str) -> Promise:
        """Return what is promised about a rule; what is not mentioned is to be done."""
        found = (promised[rule] for promised in self.promises.values() if rule in promised)
        return next(found, Promise(Standing.TODO))

    def count(self, standing: Standing) -> int:
        """Return how many rules stand so."""
        return sum(1 for _, one in self.every() if one.standing is standing)

    def every(self) -> list[tuple[str, Promise]]:
        """Return all promises, with the names of their rules."""
        return [pair for promised in self.promises.values() for pair in promised.items()]

    def tiers(self) -> dict[str, str]:
        """Return the tier of each rule that is named."""
        return {name: tier for tier, promised in self.promises.items() for name in promised}

    def amiss(self, expected: Mapping[str, str]) -> list[str]:
        """Return the rules that are missing, unknown, or in another tier than expected."""
        named = self.tiers()
        return sorted(
            name for name in named.keys() | expected.keys() if named.get(name) != expected.get(name)
        )


def read_quality(plugin: ProviderPlugin) -> Quality | None:
    """Read the quality.yaml beside a plug-in's settings class, at the top of its package.

    None if there is none. Raises `PluginUnusable` for one that does not say what it must.
    """
    package = plugin.settings.__module__.partition(".")[0]
    try:
        file = resources.files(package).joinpath(FILE)
        text = file.read_text("utf-8") if file.is_file() else None
    except (ImportError, TypeError, OSError):
        return None
    return None if text is None else parse_quality(plugin.name, text)


def parse_quality(plugin: str, text: str) -> Quality:
    """Read the text of a quality.yaml; raises `PluginUnusable` with every problem of it."""
    try:
        document = yaml.safe_load(text)
    except yaml.YAMLError as error:
        raise PluginUnusable(plugin, f"{FILE} is no YAML: {error}") from error
    problems = list(_problems(document))
    if problems:
        raise PluginUnusable(plugin, f"{FILE}: {'; '.join(problems)}")
    return Quality(
        {
            tier: {name: _promise(value) for name, value in promised.items()}
            for tier, promised in document.items()
        }
    )


def _promise(value: Any) -> Promise:
    if isinstance(value, dict):
        return Promise(Standing.EXEMPT, str(value[Standing.EXEMPT]).strip())
    return Promise(Standing(value))


def _problems(document: Any) -> Iterator[str]:
    if not isinstance(document, dict) or not document.keys() <= set(TIERS):
        yield f"it must hold {', '.join(TIERS)}"
        return
    for tier, promised in document.items():
        if not isinstance(promised, dict):
            yield f"{tier} must name rules"
            continue
        for name, value in promised.items():
            if not _is_promise(value):
                yield f"{tier}.{name} must be done, todo, or {{exempt: a reason}}"


def _is_promise(value: Any) -> bool:
    if isinstance(value, dict):
        reason = value.get(Standing.EXEMPT)
        return set(value) == {Standing.EXEMPT} and isinstance(reason, str) and bool(reason.strip())
    return value in {Standing.DONE, Standing.TODO}
