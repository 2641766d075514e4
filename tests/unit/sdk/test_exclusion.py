"""One holder at a time, among the threads of a process."""

from __future__ import annotations

import threading
import time
from concurrent.futures import ThreadPoolExecutor

import pytest

from seatsync.errors import Cancelled
from seatsync.sdk.context import ConnectorContext, Control
from seatsync.sdk.exclusion import MemoryExclusion


def test_two_threads_never_hold_the_same_name_at_once() -> None:
    exclusion, inside, most = MemoryExclusion(), [0], [0]

    def work(_: int) -> None:
        with exclusion.hold("token", Control()):
            inside[0] += 1
            most[0] = max(most[0], inside[0])
            time.sleep(0.001)
            inside[0] -= 1

    with ThreadPoolExecutor(4) as pool:
        list(pool.map(work, range(20)))
    assert most == [1]


def test_different_names_are_held_at_once() -> None:
    context = ConnectorContext("any")
    with context.exclusive("one"), context.exclusive("two"):
        pass


def test_waiting_ends_when_the_work_is_cancelled() -> None:
    exclusion, control = MemoryExclusion(), Control()
    with exclusion.hold("token", Control()):
        threading.Timer(0.05, control.cancel).start()
        with pytest.raises(Cancelled), exclusion.hold("token", control):
            pass


def test_a_fault_inside_frees_the_name() -> None:
    exclusion = MemoryExclusion()
    with pytest.raises(ValueError, match="inside"), exclusion.hold("token", Control()):
        raise ValueError("inside")
    with exclusion.hold("token", Control()):
        pass
