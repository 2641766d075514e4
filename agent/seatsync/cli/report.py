"""`seatsync report`: the Subscription Sync Report."""

from __future__ import annotations

import csv
import json
import re
import sys
from dataclasses import asdict
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, TextIO

import click
from rich.console import Console
from rich.table import Table

from seatsync.bootstrap.agent import open_agent
from seatsync.cli.options import config_option, read_config
from seatsync.domain.filters import SyncReportFilter
from seatsync.domain.roles import LOCAL
from seatsync.services.report_lines import COLUMNS, report_lines

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping
    from pathlib import Path

    from seatsync.services.report_lines import ReportLine

_AGO = re.compile(r"(?P<count>\d{1,6})(?P<unit>[mhdw])")
_UNITS = {"m": "minutes", "h": "hours", "d": "days", "w": "weeks"}


class Since(click.ParamType[datetime]):
    """An instant: ISO 8601, or how long ago, such as `7d`."""

    name = "when"

    def convert(
        self, value: object, param: click.Parameter | None, ctx: click.Context | None
    ) -> datetime:
        """Return the instant, aware; one without an offset is taken as UTC."""
        if isinstance(value, datetime):
            return value
        try:
            return _instant(str(value))
        except (ValueError, OverflowError):
            self.fail(
                f"{value!r} is neither an instant such as 2026-01-31T08:00 nor a time ago: "
                "30m, 24h, 7d, 4w",
                param,
                ctx,
            )


def _instant(text: str) -> datetime:
    if ago := _AGO.fullmatch(text):
        return datetime.now(UTC) - timedelta(**{_UNITS[ago["unit"]]: int(ago["count"])})
    instant = datetime.fromisoformat(text)
    return instant if instant.tzinfo else instant.replace(tzinfo=UTC)


@click.command(
    epilog="""\b
Examples:
  seatsync report
  seatsync report --since 24h --provider pax8
  seatsync report --since 2026-01-01 --format csv > changes.csv"""
)
@click.option("--since", type=Since(), default="7d", show_default=True, help="2026-01-31, 7d, 24h")
@click.option("--provider", "provider_key", metavar="KEY", help="Only what this provider changed.")
@click.option(
    "--format",
    "output_format",
    type=click.Choice(["table", "json", "csv"]),
    default="table",
    show_default=True,
)
@config_option
def report(
    since: datetime, provider_key: str | None, output_format: str, config_path: Path
) -> None:
    """Show what syncs did, subscription by subscription, newest first."""
    wanted = SyncReportFilter(since=since, provider_key=provider_key)
    with open_agent(read_config(config_path)) as agent:
        _WRITERS[output_format](report_lines(agent.services.read, LOCAL, wanted), sys.stdout)


def write_table(lines: Iterable[ReportLine], out: TextIO) -> None:
    """Write a table that fits the terminal."""
    table = Table("when (UTC)", "customer", "subscription", "what")
    for line in lines:
        when = line.occurred_at[:19].replace("T", "\n")
        table.add_row(when, line.customer, line.subscription, _what(line))
    console = Console(file=out, markup=False, highlight=False)
    console.print(table if table.row_count else "No sync has changed anything in this time.")


def _what(line: ReportLine) -> str:
    where = f"on {line.billing_contract}" if line.billing_contract else line.unassigned_reason
    parts = (f"{line.change}  {line.field_changes}", where, line.message)
    return "\n".join(part for part in parts if part)


def write_json(lines: Iterable[ReportLine], out: TextIO) -> None:
    """Write a JSON array, one entry a line."""
    separator = "[\n"
    for line in lines:
        out.write(f"{separator}{json.dumps(asdict(line), ensure_ascii=False)}")
        separator = ",\n"
    out.write("[]\n" if separator == "[\n" else "\n]\n")


def write_csv(lines: Iterable[ReportLine], out: TextIO) -> None:
    """Write a spreadsheet whose cells are never taken for formulas."""
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(COLUMNS)
    writer.writerows(line.cells() for line in lines)


_WRITERS: Mapping[str, Callable[[Iterable[ReportLine], TextIO], None]] = {
    "table": write_table,
    "json": write_json,
    "csv": write_csv,
}
