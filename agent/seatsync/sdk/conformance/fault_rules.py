"""Rules about faults: what passes is waited for, what stays is named, nothing ends quietly."""

from __future__ import annotations

from datetime import timedelta
from email.utils import format_datetime
from typing import TYPE_CHECKING

from seatsync.errors import Cancelled, PassingFault, StandingFault
from seatsync.sdk.conformance.rule import Broken, Chapter, Inapplicable, Tier, require, require_same
from seatsync.sdk.simulator import answers, dropped, garbage, slow, throttled, truncated

if TYPE_CHECKING:
    from seatsync.errors import SeatsyncError
    from seatsync.sdk.conformance.bench import Bench, Walk
    from seatsync.sdk.simulator import Fault

FAULTS = Chapter("Faults")

ALWAYS = 1_000_000
ASKED_S = 7
ASKED_LATER_S = 31
TIMEOUT_S = 0.4
PATIENCE_S = 20.0
SERVER_FAULTS = (500, 502, 503, 504)
NO_ANSWERS = (
    b"",
    b"null",
    b'"text"',
    b"{",
    b"\xff\xfe\x00",
    b"<html>not what you asked for</html>",
)


@FAULTS.rule(Tier.SILVER)
def a_401_in_the_middle_is_mended(bench: Bench) -> None:
    """A token that is refused in the middle of a listing is replaced, and the listing goes on."""
    if bench.anatomy.sign_in is None:
        raise Inapplicable("it asks for no tokens")
    for walk in bench.walks():
        require_same(_met(bench, walk, answers(401)), None, f"{walk.what}, after one 401")


@FAULTS.rule(Tier.BRONZE)
def a_401_that_stays_is_told(bench: Bench) -> None:
    """Credentials that are refused for good are a `StandingFault` with a remedy."""
    for walk in bench.walks():
        _require_standing(_met(bench, walk, answers(401), always=True), f"{walk.what}, a 401")


@FAULTS.rule(Tier.BRONZE)
def a_listing_that_is_refused_is_told(bench: Bench) -> None:
    """A 403 for the listing of customers is a `StandingFault` with a remedy."""
    walk = bench.walks()[0]
    _require_standing(_met(bench, walk, answers(403), always=True), "a 403 for customers")


@FAULTS.rule(Tier.SILVER)
def a_429_is_waited_for(bench: Bench) -> None:
    """After a 429 it waits as long as Retry-After says, in seconds or as a date, and goes on."""
    for walk in bench.walks():
        require_same(_met(bench, walk, throttled(str(ASKED_S))), None, f"{walk.what}, a 429")
        _require_waited(bench, ASKED_S)
        later = format_datetime(bench.clock.now() + timedelta(seconds=ASKED_LATER_S), usegmt=True)
        require_same(_met(bench, walk, throttled(later)), None, f"{walk.what}, a 429 with a date")
        _require_waited(bench, ASKED_LATER_S - 1)


@FAULTS.rule(Tier.SILVER)
def a_429_without_a_time_is_waited_for(bench: Bench) -> None:
    """After a 429 without Retry-After it waits for a while, and goes on."""
    for walk in bench.walks():
        require_same(_met(bench, walk, throttled()), None, f"{walk.what}, a 429")
        _require_waited(bench, 0.01)


@FAULTS.rule(Tier.SILVER)
def a_429_that_stays_is_told(bench: Bench) -> None:
    """A 429 that does not end is a `PassingFault`."""
    for walk in bench.walks():
        _require_passing(_met(bench, walk, throttled(), always=True), f"{walk.what}, a 429")


@FAULTS.rule(Tier.SILVER)
def a_server_fault_is_tried_again(bench: Bench) -> None:
    """After one 500, 502, 503 or 504 the listing goes on."""
    for walk in bench.walks():
        for status in SERVER_FAULTS:
            fault = _met(bench, walk, answers(status))
            require_same(fault, None, f"{walk.what}, after one {status}")


@FAULTS.rule(Tier.BRONZE)
def a_server_fault_that_stays_is_told(bench: Bench) -> None:
    """A server's fault that does not end is a `PassingFault`."""
    for walk in bench.walks():
        _require_passing(_met(bench, walk, answers(503), always=True), f"{walk.what}, a 503")


@FAULTS.rule(Tier.SILVER)
def a_timeout_is_tried_again(bench: Bench) -> None:
    """After one answer that comes too late the listing goes on."""
    [walk, *_] = bench.walks()
    fault = _met(bench, walk, slow(3 * TIMEOUT_S), timeout_s=TIMEOUT_S)
    require_same(fault, None, f"{walk.what}, one too late")


@FAULTS.rule(Tier.BRONZE)
def a_timeout_that_stays_is_told(bench: Bench) -> None:
    """Answers that always come too late are a `PassingFault`, within the time of its setting."""
    [walk, *_] = bench.walks()
    fault = _met(bench, walk, slow(3 * TIMEOUT_S), always=True, timeout_s=TIMEOUT_S)
    _require_passing(fault, f"{walk.what}, always too late")


@FAULTS.rule(Tier.SILVER)
def a_dropped_connection_is_tried_again(bench: Bench) -> None:
    """After a connection that drops, before or in an answer, the listing goes on."""
    for walk in bench.walks():
        for fault, words in ((dropped(), "before"), (truncated(), "in")):
            met = _met(bench, walk, fault)
            require_same(met, None, f"{walk.what}, a connection that drops {words} an answer")


@FAULTS.rule(Tier.BRONZE)
def a_dropped_connection_that_stays_is_told(bench: Bench) -> None:
    """Connections that always drop are a `PassingFault`."""
    for walk in bench.walks():
        for fault in (dropped(), truncated()):
            _require_passing(_met(bench, walk, fault, always=True), f"{walk.what}, all dropped")


@FAULTS.rule(Tier.BRONZE)
def garbage_is_told(bench: Bench) -> None:
    """What is no answer at all is a fault, never an empty listing."""
    for walk in bench.walks():
        for body in (b"{}", *NO_ANSWERS)[bench.anatomy.leaves_out_empty :]:
            fault = _met(bench, walk, garbage(body), always=True)
            require(fault, f"{walk.what}: {body!r} is taken for an answer")


@FAULTS.rule(Tier.SILVER)
def it_stops_when_it_is_asked_to(bench: Bench) -> None:
    """Once the agent is asked to stop, the next call is not made, and `Cancelled` is raised."""
    for walk in bench.walks():
        with bench.connected() as connector:
            pages = walk.pages(connector)
            bench.control.cancel()
            before = len(bench.meddler.calls)
            try:
                list(pages)
            except Cancelled:
                require_same(len(bench.meddler.calls), before, "calls after the request to stop")
            else:
                raise Broken(f"{walk.what} is read on")


def _met(
    bench: Bench, walk: Walk, fault: Fault, *, always: bool = False, timeout_s: float = PATIENCE_S
) -> SeatsyncError | None:
    """Return the fault that a walk ends with when its second page, or only one, goes wrong."""
    nth = min(2, bench.pages_of(walk))
    bench.fresh()
    bench.meddler.faults.plan(walk.listing.path, fault, nth=nth, times=ALWAYS if always else 1)
    with bench.connected(timeout_s=timeout_s) as connector:
        return walk.outcome(connector)


def _require_waited(bench: Bench, seconds: float) -> None:
    waited_s = bench.control.waited_s
    require(waited_s >= seconds, f"it waits {waited_s:.2f} s, not {seconds} s")


def _require_passing(fault: SeatsyncError | None, what: str) -> None:
    require(isinstance(fault, PassingFault), f"{what}: {fault!r} is no PassingFault")


def _require_standing(fault: SeatsyncError | None, what: str) -> None:
    require(isinstance(fault, StandingFault), f"{what}: {fault!r} is no StandingFault")
    require(fault and fault.remedy, f"{what}: {fault!r} has no remedy")
