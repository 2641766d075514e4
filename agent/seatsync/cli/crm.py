"""`seatsync crm`: makes the CRM's tables, and compares them with what seatsync needs."""

from __future__ import annotations

from contextlib import closing
from typing import TYPE_CHECKING

import click

from seatsync.bootstrap.crm_schema import open_schema
from seatsync.cli.options import config_option, read_config
from seatsync.cli.trouble import FAILED
from seatsync.errors import SetupError

if TYPE_CHECKING:
    from pathlib import Path

    from seatsync.config.load import CrmConfig
    from seatsync.sdk.crm import CrmFinding


@click.group()
def crm() -> None:
    """Prepare the CRM that `crm:` in config.yaml names, and see whether it is ready."""


@crm.command()
@config_option
def setup(config_path: Path) -> None:
    """Make what the CRM lacks: tables, columns, keys, change tracking, a security role.

    Asks nothing, waits until the keys are of use, and writes nothing when it is repeated. Needs
    an application user who may customise; afterwards the role that it makes is enough.
    """
    made = 0
    with closing(open_schema(_configured(config_path))) as schema:
        for sentence in schema.set_up():
            click.echo(f"  {sentence}")
            made += 1
    click.echo(f"Done: {made} made." if made else "Nothing was missing.")


@crm.command()
@config_option
@click.pass_context
def check(ctx: click.Context, config_path: Path) -> None:
    """Compare the CRM's live metadata with what seatsync needs; change nothing.

    All problems are told at once. The exit code is 0 if there are none, else 1.
    """
    with closing(open_schema(_configured(config_path))) as schema:
        findings = list(schema.check())
    for finding in findings:
        click.echo(_told(finding))
    click.echo(f"{len(findings)} problem(s)." if findings else "The CRM has what seatsync needs.")
    ctx.exit(FAILED if findings else 0)


def _configured(config_path: Path) -> CrmConfig:
    configured = read_config(config_path).crm
    if configured is None:
        raise SetupError(
            "crm.plugin is local: the mirror itself is the CRM, and needs no preparation",
            remedy="Name a CRM in `crm:` of config.yaml; `seatsync plugins` lists what is there.",
        )
    return configured


def _told(finding: CrmFinding) -> str:
    return f"  {finding.where}: {finding.message}\n      {finding.remedy}"
