"""The program `seatsync`: its verbs, and what holds for all of them."""

from __future__ import annotations

import click

import seatsync
from seatsync.cli.check import check
from seatsync.cli.consent import consent
from seatsync.cli.crm import crm
from seatsync.cli.demo import demo
from seatsync.cli.key import key
from seatsync.cli.logs import FORMATS, LEVELS, set_up_logs
from seatsync.cli.migrate import migrate_database
from seatsync.cli.new_plugin import new_plugin
from seatsync.cli.plugins import plugins
from seatsync.cli.report import report
from seatsync.cli.schema import schema
from seatsync.cli.serve import serve
from seatsync.cli.sync import sync
from seatsync.cli.trouble import TellingGroup, catch_unexpected
from seatsync.cli.verify import verify
from seatsync.cli.worker import worker

_EPILOG = """\b
Examples:
  seatsync demo                          try it, without any account anywhere
  seatsync check                         is config.yaml right?
  seatsync verify pax8                   does the provider let us in?
  seatsync sync pax8 --dry-run           what would a sync change?
  seatsync serve                         run the agent
  seatsync report --since 7d --format csv > changes.csv

Exit codes: 0 done, 1 failed, 2 wrong configuration or arguments, 3 partly done."""


@click.group(
    cls=TellingGroup, epilog=_EPILOG, context_settings={"help_option_names": ["-h", "--help"]}
)
@click.version_option(seatsync.__version__, prog_name="seatsync")
@click.option("--log-level", type=click.Choice(LEVELS), default="info", show_default=True)
@click.option("--log-format", type=click.Choice(FORMATS), default="human", show_default=True)
@click.option("--verbose", "-v", is_flag=True, help="The same as --log-level debug.")
def program(log_level: str, log_format: str, *, verbose: bool) -> None:
    """Keep the seat counts in a CRM equal to what the licence providers hold."""
    set_up_logs("debug" if verbose else log_level, log_format)


for _command in (
    check,
    consent,
    crm,
    demo,
    key,
    migrate_database,
    new_plugin,
    plugins,
    report,
    schema,
    serve,
    sync,
    verify,
    worker,
):
    program.add_command(_command)


def main() -> None:
    """Run the program with the process's arguments, and exit."""
    catch_unexpected()
    program(prog_name="seatsync")
