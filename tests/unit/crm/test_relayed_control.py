"""One connection serves job after job: each is asked to stop by its own control, and no other."""

from __future__ import annotations

import pytest

from seatsync.crm.relayed_control import RelayedControl
from seatsync.errors import Cancelled
from seatsync.sdk.context import Control


def test_a_connection_stops_when_its_job_is_asked_to() -> None:
    relayed, job = RelayedControl(), Control()
    with relayed.standing_for(job):
        relayed.check()
        job.cancel("the administrator said so")
        assert relayed.is_cancelled
        with pytest.raises(Cancelled, match="administrator"):
            relayed.check()
        with pytest.raises(Cancelled, match="administrator"):
            relayed.sleep(60)


def test_the_next_job_is_not_stopped_by_what_was_said_to_the_one_before() -> None:
    relayed = RelayedControl()
    with relayed.standing_for(Control()):
        relayed.cancel("not this one")
    assert not relayed.is_cancelled
    with relayed.standing_for(Control()):
        relayed.check()
        relayed.sleep(0)


def test_what_is_said_to_the_connection_reaches_the_job() -> None:
    relayed, job = RelayedControl(), Control()
    with relayed.standing_for(job):
        relayed.cancel("the agent is going down")
    with pytest.raises(Cancelled, match="going down"):
        job.check()
