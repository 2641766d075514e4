"""One piece of work between the agent and its CRM, in a process of its own.

Prints wall seconds, processor seconds, and its peak of memory in MiB, as JSON.
"""

from __future__ import annotations

import json
import sys
from contextlib import closing
from typing import TYPE_CHECKING

from seatsync.crm.pull import Pull
from seatsync.crm.push import Push
from seatsync.domain.crm import CrmNoun
from seatsync.domain.progress import no_progress
from seatsync.mirror.crm_identity import settle_identity
from seatsync.mirror.database import Mirror
from seatsync.mirror.migration import migrate
from seatsync.sdk.context import Clock, ConnectorContext, Control
from seatsync_dataverse.plugin import PLUGIN
from seatsync_dataverse.settings import DataverseSettings
from work import measured

if TYPE_CHECKING:
    from collections.abc import Callable


def read(settings: DataverseSettings, _: str) -> Callable[[], object]:
    """Prepare to read and decode every row, and keep none."""

    def work() -> object:
        with closing(PLUGIN.connect(settings, ConnectorContext("crm"))) as crm:
            return sum(len(page.changes) for noun in CrmNoun for page in crm.changes(noun, None))

    return work


def pull(settings: DataverseSettings, url: str) -> Callable[[], object]:
    """Prepare to take over what changed."""
    mirror = opened(settings, url)

    def work() -> object:
        with closing(PLUGIN.connect(settings, ConnectorContext("crm"))) as crm:
            return Pull(mirror, Clock()).everything(crm, Control(), no_progress)

    return work


def push(settings: DataverseSettings, url: str) -> Callable[[], object]:
    """Prepare to find out what another CRM lacks, and to tell it."""
    mirror = opened(settings, url)
    pulls = Pull(mirror, Clock())

    def work() -> object:
        with closing(PLUGIN.connect(settings, ConnectorContext("crm"))) as crm:
            pulls.everything(crm, Control(), no_progress)
            return Push(mirror, Clock(), pulls).drain(crm, Control(), no_progress)

    return work


def opened(settings: DataverseSettings, url: str) -> Mirror:
    """Open the mirror; what it knows of another CRM is forgotten."""
    migrate(url)
    mirror = Mirror.open(url)
    mirror.feeds_crm = True
    with mirror.writing():
        settle_identity(mirror, str(settings.url), Clock().now())
    return mirror


WORKS = {"read": read, "pull": pull, "push": push}


def main() -> None:
    """Do the work that the command line names; the settings come on standard input."""
    kind, database = sys.argv[1], sys.argv[2]
    settings = DataverseSettings.model_validate(json.loads(sys.stdin.read()))
    print(json.dumps(measured(WORKS[kind](settings, database))))


if __name__ == "__main__":
    main()
