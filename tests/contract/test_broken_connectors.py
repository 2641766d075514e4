"""Every rule of the conformance suite can fail: for each there is a connector that breaks it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from broken_connectors import broken, with_pages
from lab import LabPage
from seatsync.errors import SeatsyncError
from seatsync.sdk.conformance.bench import open_bench
from seatsync.sdk.conformance.rule import Broken
from seatsync.sdk.conformance.rules import RULES, RULES_BY_NAME
from seatsync_pax8.demonstration import ANATOMY, Demonstration

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence
    from typing import Any

    from seatsync.sdk.conformance.rule import Rule
    from seatsync.sdk.listing import Listed


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


class Denying(LabPage):
    """A page that has not even the fingerprints that it has."""

    def still_has(self, fingerprints: bytes) -> bool:
        return not fingerprints


def denying(pages: Iterable[Sequence[Listed[Any]]]) -> Iterator[Sequence[Listed[Any]]]:
    for number, page in enumerate(pages):
        yield Denying(str(number), page, None)


def test_a_page_that_denies_what_it_has_is_caught() -> None:
    rule = RULES_BY_NAME["page-digests-change-with-their-records"]
    with (
        open_bench(with_pages(denying), ANATOMY, Demonstration()) as bench,
        pytest.raises(Broken, match="nothing changes"),
    ):
        rule.check(bench)
