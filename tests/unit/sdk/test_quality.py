"""quality.yaml, read and counted."""

from __future__ import annotations

import pytest

from seatsync.errors import PluginUnusable
from seatsync.sdk.quality import Standing, parse_quality

EXEMPT = "{exempt: it cannot}"


def _text(bronze: str = "done", silver: str = "done", gold: str = "done") -> str:
    return f"bronze: {{a: {bronze}}}\nsilver: {{b: {silver}}}\ngold: {{c: {gold}}}\n"


@pytest.mark.parametrize(
    ("text", "tier"),
    [
        (_text(), "gold"),
        (_text(gold=EXEMPT), "gold"),
        (_text(gold="todo"), "silver"),
        (_text(silver="todo"), "bronze"),
        (_text(bronze="todo"), "none"),
        ("bronze: {a: done}", "bronze"),
        ("silver: {a: done}", "none"),
    ],
)
def test_a_tier_is_reached_when_nothing_is_left_up_to_it(text: str, tier: str) -> None:
    assert parse_quality("toy", text).tier == tier


def test_each_standing_is_counted_and_an_exemption_says_why() -> None:
    quality = parse_quality("toy", _text(silver="todo", gold=EXEMPT))
    assert [quality.count(standing) for standing in Standing] == [1, 1, 1]
    assert str(quality.promise("c")) == "exempt (it cannot)"


def test_what_is_not_mentioned_is_left_to_do() -> None:
    assert parse_quality("toy", _text()).promise("d").standing is Standing.TODO


def test_rules_that_are_missing_unknown_or_in_another_tier_are_amiss() -> None:
    quality = parse_quality("toy", _text())
    assert quality.amiss({"a": "bronze", "b": "gold", "d": "gold"}) == ["b", "c", "d"]


@pytest.mark.parametrize(
    "text",
    [
        "[]",
        "platinum: {a: done}",
        "bronze: [a]",
        "bronze: {a: perhaps}",
        "bronze: {a: exempt}",
        "bronze: {a: {exempt: ''}}",
        "bronze: {a: {exempt: x, todo: y}}",
        "bronze: {",
    ],
)
def test_anything_else_is_refused_with_what_is_wrong(text: str) -> None:
    with pytest.raises(PluginUnusable, match=r"quality\.yaml"):
        parse_quality("toy", text)
