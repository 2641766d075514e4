"""Two agents on one PostgreSQL database share a connection to ION, and are killed all the time."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from typing import TYPE_CHECKING, Any

import pytest
from cryptography.fernet import Fernet

import ion_agent
from ion_agent import PROVIDER
from seatsync.mirror.database import Mirror
from seatsync.mirror.provider_registration import ConfiguredProvider, register_providers
from seatsync.sdk.simulator import dropped, served, throttled
from seatsync_streamone_ion.simulator import Simulator
from shared_clock import SharedClock

if TYPE_CHECKING:
    from pathlib import Path

MINUTES = int(os.environ.get("SEATSYNC_ENDURANCE_MINUTES", "6"))
"""How long the agents are killed, in their own time; `make endurance` takes an hour."""

KEY = Fernet.generate_key().decode()
ACCESS_LIFETIME_S = 1.8
"""An access token is used for nine tenths of this: for little less than from job to job."""


def register(url: str) -> None:
    mirror = Mirror.open(url)
    with mirror.writing():
        provider = ConfiguredProvider(PROVIDER, "streamone_ion", "ION", auto_sync=True)
        register_providers(mirror, [provider])
    mirror.close()


def start(url: str, settings: dict[str, Any], clock: Path, seed: int) -> subprocess.Popen[str]:
    errand = {
        "url": url,
        "key": KEY,
        "settings": settings,
        "clock": str(clock),
        "seed": seed,
        "lasts_s": MINUTES * 60,
    }
    command = [sys.executable, ion_agent.__file__, json.dumps(errand)]
    return subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)


@pytest.mark.timeout(300)
def test_refreshes_and_kills_all_the_time_burn_no_token(
    migrated_postgres_url: str, tmp_path: Path
) -> None:
    register(migrated_postgres_url)
    clock = SharedClock(tmp_path / "clock")
    ion = Simulator(clock=clock)
    ion.tokens.access_lifetime_s = ACCESS_LIFETIME_S
    ion.add_customer("Example Bakery")
    for nth in range(100, 2000, 100):
        ion.faults.plan("/oauth/token", dropped() if nth % 200 else throttled("60"), nth=nth)
    with served(ion.app) as origin:
        settings = ion.settings(origin)
        agents = [
            start(migrated_postgres_url, settings, tmp_path / "clock", seed) for seed in (1, 2)
        ]
        ended = [agent.communicate() for agent in agents]
    assert [agent.returncode for agent in agents] == [0, 0], ended
    kills = [int(told) for told, _ in ended]
    assert ion.tokens.refusals == 0, "a token was sent twice"
    assert clock.passed_s >= MINUTES * 60
    assert ion.tokens.exchanges > 31 * MINUTES
    assert min(kills) * 60 > 50 * MINUTES
