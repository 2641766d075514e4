"""Every rule of the conformance suite can fail: for each there is a connector that breaks it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from broken_connectors import broken, forgetful
from seatsync.errors import SeatsyncError
from seatsync.sdk.conformance.bench import open_bench
from seatsync.sdk.conformance.rule import Broken
from seatsync.sdk.conformance.rules import RULES, RULES_BY_NAME
from seatsync_pax8.demonstration import ANATOMY, Demonstration

if TYPE_CHECKING:
    from seatsync.sdk.conformance.rule import Rule


def test_there_is_a_broken_connector_for_every_rule() -> None:
    assert broken().keys() == RULES_BY_NAME.keys()


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.name)
def test_a_connector_that_breaks_a_rule_is_caught(rule: Rule) -> None:
    plugin = broken()[rule.name]()
    with (
        open_bench(plugin, ANATOMY, Demonstration()) as bench,
        pytest.raises((Broken, SeatsyncError)),
    ):
        rule.check(bench)


def test_a_page_that_denies_what_it_has_is_caught() -> None:
    rule = RULES_BY_NAME["page-digests-change-with-their-records"]
    with (
        open_bench(forgetful(), ANATOMY, Demonstration()) as bench,
        pytest.raises(Broken, match="nothing changes"),
    ):
        rule.check(bench)
