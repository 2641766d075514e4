"""The chain of single-use tokens: kept before it is used, shared, and honest about its end."""

from __future__ import annotations

import threading
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import pytest

from seatsync.domain.connectivity import CheckOutcome
from seatsync.errors import (
    AnswerUnreadable,
    Cancelled,
    CredentialsRefused,
    DatabaseBusy,
    ProviderThrottled,
    ProviderUnreachable,
)
from seatsync.sdk.context import MemoryState
from seatsync.sdk.exclusion import MemoryExclusion
from seatsync.sdk.simulator import answers, dropped, garbage, throttled, truncated
from seatsync_streamone_ion import tokens as tokens_module
from seatsync_streamone_ion.chain import read_chain
from seatsync_streamone_ion.tokens import STATE_NAME

if TYPE_CHECKING:
    from collections.abc import Callable

    from seatsync.sdk.context import ConnectorContext
    from seatsync_streamone_ion.chain import Chain
    from seatsync_streamone_ion.connector import IonConnector
    from seatsync_streamone_ion.simulator import Simulator
    from virtual_time import VirtualTime

    Connect = Callable[..., IonConnector]

DAY_S = 86_400
TOKEN_PATH = "/oauth/token$"  # noqa: S105 - an address


def ask(connector: IonConnector) -> int:
    return sum(len(page) for page in connector.customers())


def kept(context: ConnectorContext) -> Chain:
    chain = read_chain(context.state.load(STATE_NAME))
    assert chain is not None
    return chain


def test_the_new_refresh_token_is_kept_before_its_access_token_is_used(
    connect: Connect, ion: Simulator, time: VirtualTime
) -> None:
    ion.faults.plan("/customers", dropped(), times=99)
    with pytest.raises(ProviderUnreachable):
        ask(connect())
    assert kept(time.context).refresh_token in ion.tokens.seen()
    ion.faults.clear()
    assert ask(connect()) == 0
    assert ion.tokens.exchanges == 1


def test_an_access_token_is_used_by_all_jobs_until_it_runs_out(
    connect: Connect, ion: Simulator, time: VirtualTime
) -> None:
    for _ in range(5):
        ask(connect())
    time.clock.passed_s = 6_599
    ask(connect())
    assert ion.tokens.exchanges == 1
    time.clock.passed_s = 6_600
    ask(connect())
    assert ion.tokens.exchanges == 2


def test_many_threads_and_connectors_exchange_once(connect: Connect, ion: Simulator) -> None:
    connectors = [connect(), connect()] * 4
    with ThreadPoolExecutor(8) as pool:
        list(pool.map(ask, connectors))
    assert ion.tokens.exchanges == 1
    assert ion.tokens.refusals == 0


def test_an_access_token_that_is_revoked_is_replaced_once_for_all(
    connect: Connect, ion: Simulator
) -> None:
    first, second = connect(), connect()
    ask(first)
    ask(second)
    ion.tokens.revoke_access()
    ask(first)
    ask(second)
    assert ion.tokens.exchanges == 2


def test_a_refresh_token_older_than_a_week_is_exchanged_by_the_connectivity_check(
    connect: Connect, ion: Simulator, time: VirtualTime
) -> None:
    ion.tokens.access_lifetime_s = 90 * DAY_S
    for day in range(0, 40, 4):
        time.clock.passed_s = day * DAY_S
        checks = list(connect().verify())
        assert {check.outcome for check in checks} == {CheckOutcome.PASSED, CheckOutcome.SKIPPED}
    assert ion.tokens.exchanges == 5


@pytest.mark.parametrize("lost", [truncated(0), truncated(20)])
def test_an_exchange_whose_answer_is_lost_is_tried_once_more_and_then_needs_a_person(
    connect: Connect, ion: Simulator, lost: Any
) -> None:
    ion.faults.plan(TOKEN_PATH, lost)
    with pytest.raises(CredentialsRefused, match=r"needs a new token.* was cut off") as raised:
        ask(connect())
    assert "request new credentials" in str(raised.value.remedy)
    assert (ion.tokens.exchanges, ion.tokens.refusals) == (1, 1)


def test_an_exchange_that_never_reached_ion_is_tried_once_more_with_the_same_token(
    connect: Connect, ion: Simulator
) -> None:
    ion.faults.plan(TOKEN_PATH, dropped())
    assert ask(connect()) == 0
    assert (ion.tokens.exchanges, ion.tokens.refusals) == (1, 0)


@pytest.mark.parametrize(
    ("fault", "kind"),
    [
        (dropped(), ProviderUnreachable),
        (answers(503), ProviderUnreachable),
        (answers(500), ProviderUnreachable),
        (throttled("30"), ProviderThrottled),
    ],
)
def test_a_fault_that_passes_costs_no_token(
    connect: Connect, ion: Simulator, fault: Any, kind: type[Exception]
) -> None:
    ion.faults.plan(TOKEN_PATH, fault, times=2)
    with pytest.raises(kind):
        ask(connect())
    ion.faults.clear()
    assert ask(connect()) == 0
    assert (ion.tokens.exchanges, ion.tokens.refusals) == (1, 0)


@pytest.mark.parametrize(
    "fault",
    [
        garbage(),
        garbage(b'{"access_token": ""}'),
        answers(400, b'{"error": "INVALID_REQUEST", "message": "no", "code": 400}'),
        answers(400, b"<html>a proxy</html>"),
        answers(302, Location="https://elsewhere.example/"),
    ],
)
def test_an_answer_that_is_no_refusal_does_not_end_the_chain(
    connect: Connect, ion: Simulator, fault: Any
) -> None:
    ion.faults.plan(TOKEN_PATH, fault)
    with pytest.raises(AnswerUnreadable):
        ask(connect())
    assert ask(connect()) == 0


def test_a_dead_token_is_never_sent_again(connect: Connect, ion: Simulator) -> None:
    ion.tokens.revoke_refresh()
    for _ in range(3):
        with pytest.raises(CredentialsRefused, match=r"needs a new token.*used before"):
            ask(connect())
    assert ion.tokens.refusals == 1


def test_a_new_configured_token_replaces_a_dead_chain(connect: Connect, ion: Simulator) -> None:
    ion.tokens.revoke_refresh()
    with pytest.raises(CredentialsRefused):
        ask(connect())
    new = ion.request_new_credentials()
    assert ask(connect(refresh_token=new)) == 0


def test_the_token_that_a_chain_began_with_does_not_begin_another(
    connect: Connect, ion: Simulator
) -> None:
    old = ion.refresh_token
    ask(connect(refresh_token=old))
    new = ion.request_new_credentials()
    ask(connect(refresh_token=new))
    # One agent has the new configuration already, the other has not.
    for configured in (old, new, old, new):
        ion.tokens.revoke_access()
        ask(connect(refresh_token=configured))
    assert ion.tokens.refusals == 0


def test_a_chain_that_somebody_else_uses_says_so(connect: Connect, ion: Simulator) -> None:
    ask(connect())
    ion.tokens.revoke_access()
    ion.tokens.revoke_refresh()
    with pytest.raises(CredentialsRefused, match="expired, or was used by somebody else"):
        ask(connect())


class DyingState(MemoryState):
    """Ends the process, so to speak, at a chosen write; counts all of them."""

    def __init__(self, dies_at: int) -> None:
        super().__init__()
        self.dies_at = dies_at
        self.writes = 0

    def store(self, name: str, value: str) -> None:
        self.writes += 1
        if self.writes == self.dies_at:
            raise KeyboardInterrupt
        super().store(name, value)


def test_a_process_that_dies_between_answer_and_commit_is_explained_to_the_next(
    connect: Connect, ion: Simulator, time: VirtualTime
) -> None:
    context = replace(time.context, state=DyingState(dies_at=2))
    with pytest.raises(KeyboardInterrupt):
        ask(connect(context))
    time.clock.passed_s += 60
    with pytest.raises(
        CredentialsRefused, match=r"began at 2026-01-05T12:00:00\+00:00 was cut off"
    ):
        ask(connect(context))
    assert ion.tokens.refusals == 1


def test_what_cannot_be_kept_is_not_exchanged(
    connect: Connect, ion: Simulator, time: VirtualTime
) -> None:
    context = replace(time.context, state=DyingState(dies_at=1))
    with pytest.raises(KeyboardInterrupt):
        ask(connect(context))
    assert ion.tokens.exchanges == 0


class BusyState(MemoryState):
    """Is busy for some writes, from the second on."""

    def __init__(self, times: int) -> None:
        super().__init__()
        self.busy = range(2, 2 + times)
        self.writes = 0

    def store(self, name: str, value: str) -> None:
        self.writes += 1
        if self.writes in self.busy:
            raise DatabaseBusy("busy")
        super().store(name, value)


def test_a_busy_database_does_not_lose_the_new_token(
    connect: Connect, ion: Simulator, time: VirtualTime, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(tokens_module, "SAVE_WAIT_S", 0.0)
    context = replace(time.context, state=BusyState(times=50))
    assert ask(connect(context)) == 0
    assert kept(context).refresh_token in ion.tokens.seen()


def test_cancelling_does_not_cut_off_an_exchange(
    connect: Connect, ion: Simulator, time: VirtualTime
) -> None:
    class CancellingState(MemoryState):
        def store(self, name: str, value: str) -> None:
            time.control.cancel("shutdown")
            super().store(name, value)

    context = replace(time.context, state=CancellingState())
    with pytest.raises(Cancelled):
        ask(connect(context))
    assert ion.tokens.exchanges == 1
    assert kept(context).refresh_token in ion.tokens.seen()


class InterruptedState(MemoryState):
    """Lets another agent have its turn after the first write."""

    def __init__(self) -> None:
        super().__init__()
        self.turns: list[Callable[[], object]] = []

    def store(self, name: str, value: str) -> None:
        super().store(name, value)
        if self.turns:
            self.turns.pop()()


def test_a_lock_that_a_restarted_server_forgot_ends_no_chain(
    connect: Connect, ion: Simulator, time: VirtualTime
) -> None:
    state = InterruptedState()
    mine = replace(time.context, state=state)
    other = connect(replace(mine, exclusion=MemoryExclusion()))
    state.turns.append(lambda: ask(other))
    assert ask(connect(mine)) == 0
    assert (ion.tokens.exchanges, ion.tokens.refusals) == (1, 1)


def test_waiting_for_another_agent_ends_when_the_work_is_cancelled(
    connect: Connect, time: VirtualTime
) -> None:
    threading.Timer(0.05, time.control.cancel).start()
    with time.context.exclusive("token"), pytest.raises(Cancelled):
        ask(connect())


def test_a_state_of_another_version_is_said(connect: Connect, time: VirtualTime) -> None:
    time.context.state.store(STATE_NAME, '{"version": 9}')
    with pytest.raises(AnswerUnreadable, match="kept state") as raised:
        ask(connect())
    assert raised.value.remedy


def test_no_token_shows_in_a_repr_or_a_message(
    connect: Connect, ion: Simulator, time: VirtualTime, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level("DEBUG")
    connector = connect()
    ask(connector)
    ion.tokens.revoke_access()
    ion.tokens.revoke_refresh()
    with pytest.raises(CredentialsRefused) as raised:
        ask(connector)
    seen = f"{kept(time.context)!r}{raised.value!r}{raised.value.__cause__!r}{caplog.text}"
    assert "simulated-" not in seen
