"""`seatsync plugins`: what is installed, and what each plug-in takes."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click
from rich.console import Console
from rich.table import Table
from rich.text import Text

from seatsync.errors import PluginUnusable
from seatsync.sdk.plugin import Maturity, ProviderPlugin
from seatsync.sdk.quality import TIERS, Standing, read_quality
from seatsync.sdk.registry import discover
from seatsync.sdk.settings import SettingDescription, describe_settings

if TYPE_CHECKING:
    from seatsync.sdk.plugin import Plugin
    from seatsync.sdk.registry import Registry


@click.command()
@click.option("--rules", is_flag=True, help="Print how each stands to every rule, as Markdown.")
def plugins(*, rules: bool) -> None:
    """List the installed plug-ins, their settings, and why any did not load.

    The quality of each connector is what the conformance suite finds: bronze, silver or gold.
    """
    registry = discover()
    if rules:
        click.echo(_table(registry))
        return
    console = Console(soft_wrap=True, highlight=False)
    for plugin in registry.plugins.values():
        _print_plugin(console, plugin)
    _print_failures(console, registry)


def _print_plugin(console: Console, plugin: Plugin) -> None:
    console.print(Text(f"{plugin.name}", "bold"), _title(plugin))
    if isinstance(plugin, ProviderPlugin):
        console.print(f"  {_capabilities(plugin)}")
        console.print(f"  quality: {_quality(plugin)}")
    else:
        console.print("  a CRM that is kept in step")
    table = Table("setting", "", "what it is", box=None, padding=(0, 0, 0, 2))
    for setting in describe_settings(plugin.settings):
        table.add_row(setting.name, _kind(setting), setting.description)
    console.print(table)
    console.print()


def _title(plugin: Plugin) -> str:
    label = "" if plugin.maturity is Maturity.STABLE else f", {plugin.maturity}"
    return f"{plugin.display_name}, version {plugin.version}{label}"


def _kind(setting: SettingDescription) -> str:
    kinds = ("required" if setting.required else "optional", "secret" if setting.secret else "")
    return ", ".join(kind for kind in kinds if kind)


def _capabilities(plugin: ProviderPlugin) -> str:
    can = plugin.capabilities
    parts = [
        "lists all subscriptions in one scan"
        if can.lists_all_subscriptions
        else f"reads {can.readers} customers at a time",
        "ended ones included" if can.includes_ended else "ended ones left out",
    ]
    if can.knows_unit_costs:
        parts.append("knows unit costs")
    if plugin.simulator:
        parts.append("has a simulator")
    return "; ".join(parts)


def _quality(plugin: ProviderPlugin) -> str:
    try:
        quality = read_quality(plugin)
    except PluginUnusable as fault:
        return str(fault)
    if quality is None:
        return "not stated, without a quality.yaml"
    counts = ", ".join(f"{quality.count(standing)} {standing}" for standing in Standing)
    left = [name for tier in TIERS for name in quality.todo(tier)]
    return f"{quality.tier} ({counts})" + (f"; to do: {', '.join(left)}" if left else "")


def _table(registry: Registry) -> str:
    from seatsync.sdk.conformance.table import (  # noqa: PLC0415 - it brings the whole suite
        render_table,
    )

    return render_table({name: read_quality(one) for name, one in registry.providers.items()})


def _print_failures(console: Console, registry: Registry) -> None:
    for failure in registry.failures.values():
        console.print(Text(f"not usable: {failure}", "red"))
    if not registry.plugins and not registry.failures:
        console.print("No plug-in is installed.")
