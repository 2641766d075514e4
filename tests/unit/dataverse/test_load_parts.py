"""How a load is cut into messages, and what follows from one that failed."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from seatsync.errors import AnswerUnreadable, Cancelled, CredentialsRefused
from seatsync_dataverse.errors import (
    CrmBusy,
    CrmUnreachable,
    RequestMistaken,
    RowExists,
    RowRefused,
    TooMuchAtOnce,
)
from seatsync_dataverse.load_parts import Next, Parts, after
from seatsync_dataverse.problem import Problem

if TYPE_CHECKING:
    from seatsync.errors import SeatsyncError

SAID = Problem(400)


@given(st.integers(0, 60), st.integers(1, 20))
def test_parts_hold_every_row_once_and_in_order(count: int, size: int) -> None:
    parts = list(Parts(range(count), size))
    assert [row for part in parts for row in part] == list(range(count))
    assert all(1 <= len(part) <= size for part in parts)


@given(st.integers(1, 60), st.integers(1, 20), st.data())
def test_rows_keep_their_order_whatever_fails(count: int, size: int, data: st.DataObject) -> None:
    done: list[int] = []
    parts = Parts(range(count), size)
    for part in parts:
        failing = st.sampled_from([None, Next.SINGLY, Next.HALVES, Next.SMALLER])
        then = data.draw(failing) if len(part) > 1 else None
        if then is None:
            done += part
        else:
            parts.put_back(part, then)
    assert done == list(range(count))


def test_smaller_messages_stay_smaller() -> None:
    parts = Parts(range(12), 8)
    sizes: list[int] = []
    for part in parts:
        sizes.append(len(part))
        if len(part) == 8:
            parts.put_back(part, Next.SMALLER)
    assert sizes == [8, 4, 4, 4]


@pytest.mark.parametrize(
    ("fault", "then"),
    [
        (RowRefused(SAID), Next.HALVES),
        (RowExists(SAID), Next.SINGLY),
        (CrmUnreachable(SAID), Next.SINGLY),
        (CrmUnreachable(SAID, may_have_happened=False), Next.STOP),
        (CrmBusy(SAID), Next.SINGLY),
        (RequestMistaken(SAID), Next.SINGLY),
        (AnswerUnreadable("?"), Next.SINGLY),
        (TooMuchAtOnce(SAID), Next.SMALLER),
        (CredentialsRefused("no"), Next.STOP),
        (Cancelled(), Next.STOP),
    ],
)
def test_each_fault_of_a_message_has_its_consequence(fault: SeatsyncError, then: Next) -> None:
    assert after(fault) is then
