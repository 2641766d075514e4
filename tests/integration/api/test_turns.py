"""Answers leave jobs their share of the processor."""

from __future__ import annotations

import threading
import time
from concurrent.futures import ThreadPoolExecutor

import pytest

from seatsync_graphql import turns as module
from seatsync_graphql.turns import Turns

WORK_S = 0.05


def answer_often(turns: Turns, times: int) -> tuple[float, int]:
    """Answer from many threads; return the seconds, and how many were at it at once."""
    at_once, most, counting = 0, 0, threading.Lock()

    def answer(_: int) -> None:
        nonlocal at_once, most
        with turns.one():
            with counting:
                at_once += 1
                most = max(most, at_once)
            time.sleep(WORK_S)
            with counting:
                at_once -= 1

    begun = time.monotonic()
    with ThreadPoolExecutor(times) as pool:
        list(pool.map(answer, range(times)))
    return time.monotonic() - begun, most


def test_without_jobs_answers_are_made_side_by_side() -> None:
    _, most = answer_often(Turns(lambda: False), 4)
    assert most > 1


def test_beside_a_job_answers_take_turns_and_rest() -> None:
    seconds, most = answer_often(Turns(lambda: True), 4)
    assert most == 1
    assert seconds >= 4 * WORK_S + 3 * WORK_S * module.REST


def test_no_rest_is_long(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "LONGEST_REST_S", 0.0)
    monkeypatch.setattr(module, "REST", 1_000.0)
    seconds, _ = answer_often(Turns(lambda: True), 3)
    assert seconds < 1_000 * WORK_S


def test_an_answer_that_fails_ends_its_turn() -> None:
    turns = Turns(lambda: True)
    with pytest.raises(LookupError), turns.one():
        raise LookupError
    with turns.one():
        pass
