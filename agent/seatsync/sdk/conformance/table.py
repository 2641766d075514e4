"""The table of connector and rule, as Markdown."""

from __future__ import annotations

from typing import TYPE_CHECKING

from seatsync.sdk.conformance.rules import CHAPTERS
from seatsync.sdk.quality import Promise, Standing

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from seatsync.sdk.quality import Quality

_UNSAID = Promise(Standing.TODO)


def render_table(qualities: Mapping[str, Quality | None]) -> str:
    """Return all rules, chapter by chapter, and how each plug-in stands to them.

    A plug-in without a quality.yaml has everything to do. Why one is exempt stands below.
    """
    names = sorted(qualities)
    lines = [_row("rule", "", "tier", *names), _row(*["---"] * (len(names) + 3))]
    for chapter in CHAPTERS:
        lines.append(_row(f"**{chapter.title}**", *[""] * (len(names) + 2)))
        for rule in chapter:
            cells = (_promise(qualities[name], rule.name).standing for name in names)
            lines.append(_row(f"`{rule.name}`", rule.sentence, rule.tier, *cells))
    lines.append(_row("**tier**", "", "", *(_tier(qualities[name]) for name in names)))
    return "\n".join([*lines, "", *_reasons(qualities)])


def _row(*cells: str) -> str:
    return f"| {' | '.join(cells)} |"


def _promise(quality: Quality | None, rule: str) -> Promise:
    return quality.promise(rule) if quality else _UNSAID


def _tier(quality: Quality | None) -> str:
    return quality.tier if quality else ""


def _reasons(qualities: Mapping[str, Quality | None]) -> Iterator[str]:
    for name in sorted(qualities):
        quality = qualities[name]
        for rule, promise in quality.every() if quality else ():
            if promise.reason:
                yield f"- {name} is exempt from `{rule}`: {promise.reason}"
