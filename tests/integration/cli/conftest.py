"""A simulated Pax8, and a configuration that reaches it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
import yaml

from cli_shell import Shell
from seatsync.sdk.simulator import served
from seatsync_pax8.simulator import Simulator

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path


@pytest.fixture
def pax8() -> Simulator:
    simulator = Simulator()
    simulator.populate(companies=3, subscriptions=12, products=2)
    return simulator


@pytest.fixture
def shell(pax8: Simulator, tmp_path: Path) -> Iterator[Shell]:
    with served(pax8.app) as origin:
        config = tmp_path / "config.yaml"
        settings = pax8.settings(origin) | {"max_requests_per_second": 10_000}
        document = {
            "database": {"url": f"sqlite:///{tmp_path / 'seatsync.db'}"},
            "providers": [{"key": "pax8-lab", "plugin": "pax8", "settings": settings}],
        }
        config.write_text(yaml.safe_dump(document))
        yield Shell(config)
