"""Both directions converge, whatever happens in whatever order."""

from __future__ import annotations

from typing import TYPE_CHECKING

from hypothesis import HealthCheck, settings
from hypothesis.stateful import run_state_machine_as_test

from converging import Converging
from crm_sides import MemorySide
from seatsync.mirror.database import Mirror

if TYPE_CHECKING:
    from crm_sides import CrmSide


class InMemory(Converging):
    """With a CRM in memory, which is quick."""

    def make_side(self) -> CrmSide:
        return MemorySide()


def test_mirror_crm_and_provider_agree_at_rest_after_any_history(migrated_sqlite_url: str) -> None:
    InMemory.mirror = Mirror.open(migrated_sqlite_url)
    run_state_machine_as_test(
        InMemory,
        settings=settings(
            max_examples=60,
            stateful_step_count=25,
            deadline=None,
            suppress_health_check=list(HealthCheck),
        ),
    )
    InMemory.mirror.close()
