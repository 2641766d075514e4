"""Both directions converge, whatever happens in whatever order."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

import pytest
from hypothesis import HealthCheck, settings
from hypothesis.stateful import run_state_machine_as_test

from converging import Converging
from crm_sides import MemorySide
from dataverse_side import DataverseSide
from seatsync.mirror.database import Mirror

if TYPE_CHECKING:
    from crm_sides import CrmSide


HISTORIES = int(os.environ.get("SEATSYNC_HISTORIES", "1"))
"""How many times the usual number of histories are tried."""


class InMemory(Converging):
    """With a CRM in memory, which is quick."""

    def make_side(self) -> CrmSide:
        return MemorySide()


class OnDataverse(Converging):
    """With a simulated Dataverse, over HTTP."""

    def make_side(self) -> CrmSide:
        return DataverseSide()


@pytest.mark.parametrize(
    ("machine", "histories", "steps"), [(InMemory, 40, 25), (OnDataverse, 8, 20)]
)
def test_mirror_crm_and_provider_agree_at_rest_after_any_history(
    machine: type[Converging], histories: int, steps: int, migrated_sqlite_url: str
) -> None:
    machine.mirror = Mirror.open(migrated_sqlite_url)
    run_state_machine_as_test(
        machine,
        settings=settings(
            max_examples=histories * HISTORIES,
            stateful_step_count=steps,
            deadline=None,
            suppress_health_check=[HealthCheck.too_slow, HealthCheck.filter_too_much],
        ),
    )
    machine.mirror.close()
