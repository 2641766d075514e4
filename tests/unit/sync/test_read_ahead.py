"""Reading on while the consumer is busy: nothing lost, nothing twice, never without bounds."""

from __future__ import annotations

import threading
import time
from typing import TYPE_CHECKING

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from seatsync.sync.read_ahead import ReadAhead

if TYPE_CHECKING:
    from collections.abc import Callable, Generator

PATIENCE_S = 10


class Numbers:
    """Counts up to a number, and can break there; tells how far it was read and by whom."""

    def __init__(self, count: int, fault: BaseException | None = None) -> None:
        self.count = count
        self.fault = fault
        self.given = 0
        self.threads: set[str] = set()
        self.closed = False

    def read(self) -> Generator[int, None, None]:
        try:
            for number in range(self.count):
                self.given += 1
                self.threads.add(threading.current_thread().name)
                yield number
            if self.fault:
                raise self.fault
        finally:
            self.closed = True


def ahead_of(numbers: Numbers, most: int = 10) -> ReadAhead[int]:
    return ReadAhead(numbers.read(), lambda _: 1, most)


def wait_until(is_so: Callable[[], bool]) -> None:
    deadline = time.monotonic() + PATIENCE_S
    while not is_so():
        assert time.monotonic() < deadline
        time.sleep(0.001)


@given(count=st.integers(0, 30), busy=st.lists(st.booleans(), max_size=30))
@settings(max_examples=30, deadline=None)
def test_everything_arrives_once_and_in_order_however_busy_the_consumer_is(
    count: int, busy: list[bool]
) -> None:
    ahead = ahead_of(Numbers(count), most=3)
    arrived = []
    for is_busy in busy:
        if is_busy:
            with ahead.reading_on():
                pass
        arrived += [number for number in [next(ahead, None)] if number is not None]
    assert [*arrived, *ahead] == list(range(count))


def test_it_reads_on_while_the_consumer_is_busy_and_then_waits() -> None:
    numbers = Numbers(100)
    ahead = ahead_of(numbers, most=10)
    assert next(ahead) == 0
    with ahead.reading_on():
        wait_until(lambda: numbers.given == 11)
        time.sleep(0.02)
    assert numbers.given == 11
    assert [next(ahead) for _ in range(10)] == list(range(1, 11))
    assert numbers.given == 11


def test_nobody_else_reads_while_the_consumer_asks_for_itself() -> None:
    numbers = Numbers(5)
    assert list(ahead_of(numbers)) == [0, 1, 2, 3, 4]
    assert numbers.threads == {threading.current_thread().name}


def test_what_breaks_the_reading_is_raised_when_the_consumer_is_no_longer_busy() -> None:
    ahead = ahead_of(Numbers(0, ConnectionError("the cable is cut")))
    done = []

    def consume() -> None:
        with ahead.reading_on():
            done.append("applied")

    with pytest.raises(ConnectionError, match="cable"):
        consume()
    assert done == ["applied"]


def test_a_consumer_that_fails_is_heard_and_leaves_no_reader_behind() -> None:
    ahead = ahead_of(Numbers(1_000))

    def consume() -> None:
        with ahead.reading_on():
            raise OSError("the disk is full")

    with pytest.raises(OSError, match="full"):
        consume()
    assert not [one for one in threading.enumerate() if one.name.startswith("read-ahead")]


def test_closing_it_closes_what_it_reads() -> None:
    numbers = Numbers(5)
    ahead = ahead_of(numbers)
    next(ahead)
    ahead.close()
    assert numbers.closed
    assert list(ahead) == []
