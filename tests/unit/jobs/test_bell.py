from __future__ import annotations

import threading
import time

from seatsync.jobs.bell import Bell


def test_a_ring_wakes_whoever_waits() -> None:
    bell = Bell()
    threading.Timer(0.02, bell.ring).start()
    began = time.monotonic()
    bell.wait(bell.rings, 10)
    assert time.monotonic() - began < 5


def test_a_ring_between_looking_and_waiting_is_not_missed() -> None:
    bell = Bell()
    heard = bell.rings
    bell.ring()
    began = time.monotonic()
    bell.wait(heard, 10)
    assert time.monotonic() - began < 5


def test_a_silent_bell_keeps_nobody_longer_than_asked() -> None:
    bell = Bell()
    bell.wait(bell.rings, 0.01)
    assert bell.rings == 0
