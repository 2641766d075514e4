"""docs/conformance.md shows what every connector promises."""

from __future__ import annotations

from pathlib import Path

from click.testing import CliRunner

from seatsync.cli.program import program
from seatsync.sdk.quality import TIERS, read_quality
from seatsync.sdk.registry import discover

PAGE = Path(__file__).parents[2] / "docs" / "conformance.md"


def test_the_table_in_the_docs_is_what_the_connectors_promise() -> None:
    table = CliRunner().invoke(program, ["plugins", "--rules"]).stdout
    assert PAGE.read_text().endswith(f"\n\n{table}"), "take what `seatsync plugins --rules` prints"


def test_every_connector_of_ours_says_how_good_it_is() -> None:
    qualities = [read_quality(plugin) for plugin in discover().providers.values()]
    assert len(qualities) >= 4
    assert {quality and quality.tier for quality in qualities} <= set(TIERS)


def test_the_command_shows_the_quality_of_each() -> None:
    shown = CliRunner().invoke(program, ["plugins"]).stdout
    assert shown.count("quality: ") == len(discover().providers)
