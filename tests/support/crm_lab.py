"""An agent between a simulated Pax8 and a simulated Dataverse, reached by HTTP alone."""

from __future__ import annotations

from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import httpx

from black_box import Lab, lab, wait_for
from dataverse_side import DataverseSide

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path
    from uuid import UUID

    from seatsync.domain.crm import CrmNoun

SECRET = "simulated-webhook-secret"  # noqa: S105 - opens nothing but the agent of a test
HEADER = "X-Seatsync-Webhook-Secret"


@dataclass
class CrmLab:
    """The agent, its provider, and the CRM that its users work in."""

    lab: Lab
    crm: DataverseSide

    def wake(self) -> None:
        """Tell the agent that something changed, as the CRM's webhook does."""
        answer = self.lab.api.http.post("/webhooks/crm", headers={HEADER: SECRET}, content=b"{}")
        assert answer.status_code == httpx.codes.ACCEPTED

    def add(self, noun: CrmNoun, **values: Any) -> UUID:
        """Make a record in the CRM, of which its webhook tells."""
        record = self.crm.add(noun, **values)
        self.wake()
        return record

    def edit(self, noun: CrmNoun, record_id: UUID, **values: Any) -> None:
        """Change a record in the CRM, of which its webhook tells."""
        self.crm.edit(noun, record_id, **values)
        self.wake()

    def shown(self, noun: CrmNoun, record_id: UUID, *names: str) -> tuple[Any, ...] | None:
        """Return what the CRM shows of a record, or None while it shows none."""
        if record_id not in self.crm.ids(noun):
            return None
        return tuple(self.crm.value(noun, record_id, name) for name in names)

    def comes_to_show(self, noun: CrmNoun, record_id: UUID, **values: Any) -> None:
        """Wait until the CRM shows these values of a record."""
        wanted = tuple(values.values())
        wait_for(
            lambda: self.shown(noun, record_id, *values) == wanted,
            f"the {noun} to show {values}; it shows {self.shown(noun, record_id, *values)}",
        )


def section_of(crm: DataverseSide) -> dict[str, Any]:
    """Return the `crm:` of config.yaml that names this CRM."""
    return {
        "plugin": "dataverse",
        "settings": crm.simulator.settings(crm.origin) | {"max_requests_per_second": 10_000},
        "webhook_secrets": [SECRET],
    }


@contextmanager
def crm_lab(folder: Path, database_url: str | None = None) -> Iterator[CrmLab]:
    """Run an agent whose CRM is a simulated Dataverse that has been set up."""
    crm = DataverseSide()
    with lab(folder, database_url, {"crm": section_of(crm)}) as running:
        yield CrmLab(running, crm)
