"""A simulated Partner Center, and a configuration that reaches it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
import yaml

from cli_shell import Shell
from seatsync.sdk.simulator import served
from seatsync_partner_center.simulator import Simulator

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path


@pytest.fixture
def partner() -> Simulator:
    return Simulator()


@pytest.fixture
def shell(partner: Simulator, tmp_path: Path) -> Iterator[Callable[..., Shell]]:
    """Configure the simulator as the provider `csp`, with some settings changed."""
    with served(partner.app) as origin:

        def configured(*, app_user: bool = False, **changed: Any) -> Shell:
            settings = partner.settings(origin, app_user=app_user)
            settings |= {"max_requests_per_second": 10_000, **changed}
            document = {
                "database": {"url": f"sqlite:///{tmp_path / 'seatsync.db'}"},
                "providers": [{"key": "csp", "plugin": "partner_center", "settings": settings}],
            }
            config = tmp_path / "config.yaml"
            config.write_text(yaml.safe_dump(document))
            return Shell(config)

        yield configured
