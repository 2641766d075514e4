"""How many writes go on at the same time."""

from __future__ import annotations

import threading
from typing import TYPE_CHECKING

import pytest

from seatsync.errors import Cancelled
from seatsync.sdk.context import Control
from seatsync_dataverse.lanes import UNADVISED, Lanes

if TYPE_CHECKING:
    from collections.abc import Callable


@pytest.mark.parametrize(
    ("hint", "width"),
    [
        ("8", 8),
        (" 8 ", 8),
        ("0", 1),
        ("1000", 16),
        *((text, UNADVISED) for text in (None, "", "many", "-3", "8.5", "9" * 5000)),
    ],
)
def test_a_hint_is_followed_between_1_and_16(hint: str | None, width: int) -> None:
    lanes = Lanes(Control())
    lanes.advise(hint)
    assert lanes.width == width


def test_no_more_writes_go_on_than_there_are_lanes() -> None:
    lanes, going, most = Lanes(Control()), 0, 0
    lanes.advise("3")
    guard, full = threading.Lock(), threading.Barrier(3)

    def write() -> None:
        nonlocal going, most
        with lanes.one():
            with guard:
                going += 1
                most = max(most, going)
            full.wait(5)
            with guard:
                going -= 1

    _run_all([write] * 9)
    assert most == 3


def test_whoever_waits_goes_on_when_more_lanes_are_advised() -> None:
    lanes, came = Lanes(Control()), threading.Event()
    lanes.advise("1")

    def write() -> None:
        with lanes.one():
            came.set()

    with lanes.one():
        thread = threading.Thread(target=write)
        thread.start()
        assert not came.wait(0.05)
        lanes.advise("2")
        assert came.wait(5)
    thread.join(5)


def test_whoever_waits_stops_when_asked_to() -> None:
    control = Control()
    lanes = Lanes(control)
    lanes.advise("1")
    with lanes.one():
        control.cancel()
        with pytest.raises(Cancelled), lanes.one():
            pytest.fail("two writes in one lane")


def test_a_lane_is_given_back_by_a_write_that_fails() -> None:
    lanes = Lanes(Control())
    lanes.advise("1")
    with pytest.raises(ZeroDivisionError), lanes.one():
        raise ZeroDivisionError
    with lanes.one():
        pass


def _run_all(targets: list[Callable[[], None]]) -> None:
    threads = [threading.Thread(target=target) for target in targets]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(10)
