"""The suite holds a connector to its quality.yaml, and names what it leaves out."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING
from unittest import SkipTest

import pytest

from seatsync.sdk.conformance import ConnectorConformance, suite
from seatsync.sdk.conformance.rule import Broken, Unproved
from seatsync.sdk.conformance.rules import RULES
from seatsync.sdk.connector import Capabilities
from seatsync.sdk.quality import Promise, Quality, Standing
from seatsync_pax8 import PLUGIN

if TYPE_CHECKING:
    from collections.abc import Callable

    from seatsync.sdk.plugin import ProviderPlugin

    Try = Callable[[ProviderPlugin, str, Promise | None], None]

KEPT = "the-plug-in-introduces-itself"
SCAN = "one-scan-tells-what-customers-tell"
SINGLY = replace(PLUGIN, capabilities=Capabilities())
NAMELESS = replace(PLUGIN, version="")
DONE, TODO, EXEMPT = (Promise(standing, "because") for standing in Standing)


@pytest.fixture
def put_through(monkeypatch: pytest.MonkeyPatch) -> Try:
    """Put a plug-in through one rule, with a promise about it or without any quality.yaml."""

    def put(tried: ProviderPlugin, rule: str, promise: Promise | None) -> None:
        class Conformance(ConnectorConformance):
            plugin = tried

        quality = Quality({"bronze": {rule: promise}}) if promise else None
        monkeypatch.setattr(suite, "read_quality", lambda _: quality)
        getattr(Conformance(), f"test_{rule.replace('-', '_')}")()

    return put


def test_each_rule_is_a_test_with_a_name_and_a_sentence_of_its_own() -> None:
    tests = [getattr(type("C", (ConnectorConformance,), {}), rule.test_name) for rule in RULES]
    assert len({test.__name__ for test in tests}) == len(RULES)
    assert len({test.__doc__ for test in tests}) == len(RULES)
    assert all(rule.sentence.endswith(".") for rule in RULES)


def test_what_is_kept_passes_if_it_is_called_done_or_nothing_is_said(put_through: Try) -> None:
    put_through(PLUGIN, KEPT, DONE)
    put_through(PLUGIN, KEPT, None)


@pytest.mark.parametrize("promise", [TODO, EXEMPT])
def test_what_is_kept_must_be_called_done(put_through: Try, promise: Promise) -> None:
    with pytest.raises(Broken, match=f"{KEPT} is kept: say `done`"):
        put_through(PLUGIN, KEPT, promise)


@pytest.mark.parametrize("promise", [DONE, None])
def test_what_is_broken_fails_if_it_is_called_done(
    put_through: Try, promise: Promise | None
) -> None:
    with pytest.raises(Broken, match="version is empty"):
        put_through(NAMELESS, KEPT, promise)


def test_what_is_left_to_do_is_skipped_with_its_name_and_what_is_wrong(put_through: Try) -> None:
    with pytest.raises(SkipTest, match=rf"{KEPT} is todo.*version is empty"):
        put_through(NAMELESS, KEPT, TODO)


@pytest.mark.parametrize("promise", [EXEMPT, None])
def test_what_is_not_declared_is_skipped_by_name(put_through: Try, promise: Promise | None) -> None:
    with pytest.raises(SkipTest, match=f"{SCAN}: it does not declare lists_all_subscriptions"):
        put_through(SINGLY, SCAN, promise)


@pytest.mark.parametrize("promise", [DONE, TODO])
def test_what_is_not_declared_must_be_called_exempt(put_through: Try, promise: Promise) -> None:
    with pytest.raises(Broken, match=f"quality.yaml calls {SCAN}"):
        put_through(SINGLY, SCAN, promise)


def test_what_cannot_be_tried_here_is_skipped_and_nothing_is_held_against_it(
    put_through: Try, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("seatsync.sdk.conformance.secrecy_rules.find_spec", lambda _: None)
    with pytest.raises(Unproved, match="cassettes-hold-no-secret: vcrpy"):
        put_through(PLUGIN, "cassettes-hold-no-secret", DONE)


def test_a_plug_in_without_a_simulator_is_told_so(put_through: Try) -> None:
    with pytest.raises(Broken, match="pax8 names no simulator"):
        put_through(replace(PLUGIN, simulator=None), KEPT, None)


def test_a_simulator_must_say_where_things_are(put_through: Try) -> None:
    with pytest.raises(Broken, match="has no `anatomy`"):
        put_through(replace(PLUGIN, simulator=object), KEPT, None)  # type: ignore[arg-type]


def test_a_quality_yaml_names_every_rule_in_its_tier(monkeypatch: pytest.MonkeyPatch) -> None:
    class Conformance(ConnectorConformance):
        plugin = PLUGIN

    Conformance().test_quality_yaml_names_every_rule()
    monkeypatch.setattr(suite, "read_quality", lambda _: Quality({"gold": {KEPT: DONE}}))
    with pytest.raises(Broken, match=KEPT):
        Conformance().test_quality_yaml_names_every_rule()
