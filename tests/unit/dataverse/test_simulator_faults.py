"""The simulated Dataverse goes wrong when it is told to."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any
from uuid import uuid4

import httpx
import pytest

from sample_metadata import TABLE, order, publish
from seatsync.sdk.simulator import dropped, slow, truncated
from seatsync_dataverse.simulator import Limit, trouble
from simulated_crm import THING, THINGS, error_of, simulated_crm

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from simulated_crm import SimulatedCrm

LIMITS = {
    Limit.REQUESTS: "0x80072322",
    Limit.TIME: "0x80072321",
    Limit.CONCURRENCY: "0x80072326",
}
KIND = f"Microsoft.Dynamics.CRM.{THING}"


@pytest.fixture
def crm() -> Iterator[SimulatedCrm]:
    with simulated_crm() as crm:
        yield crm


@pytest.mark.parametrize("limit", Limit)
@pytest.mark.parametrize("after", [37, None])
def test_a_request_can_meet_each_limit(crm: SimulatedCrm, limit: Limit, after: int | None) -> None:
    crm.simulator.fail(trouble.limit_exceeded(limit, after), THINGS)
    answer = crm.send("POST", THINGS)
    assert error_of(answer) == (429, LIMITS[limit])
    assert answer.headers.get("Retry-After") == (None if after is None else "37")
    assert crm.simulator.rows(THING) == []
    assert crm.send("POST", THINGS).status_code == 204


def test_while_it_throttles_everything_is_refused_and_asking_makes_it_longer(
    crm: SimulatedCrm,
) -> None:
    crm.simulator.throttled(Limit.REQUESTS, 60)
    waits = [int(crm.get(place).headers["Retry-After"]) for place in ("WhoAmI", THINGS)]
    assert waits == [60, 61]
    crm.clock.advance(61)
    assert crm.get("WhoAmI").status_code == 429
    crm.clock.advance(2)
    assert crm.get("WhoAmI").status_code == 200


def test_tokens_are_given_while_it_throttles(crm: SimulatedCrm) -> None:
    crm.simulator.throttled(Limit.TIME, 60)
    assert crm.token().status_code == 200


@pytest.mark.parametrize(
    ("fault", "status", "code"),
    [
        (trouble.unavailable(), 503, "0x80040216"),
        (trouble.deadlock(), 500, "0x80044150"),
        (trouble.too_large(), 413, ""),
        (trouble.customization_running(), 500, "0x80071151"),
        (trouble.refusal(412, "", "Empty code."), 412, ""),
        (trouble.inner_refusal(400, "0x80040216"), 400, "0x80040216"),
    ],
)
def test_a_request_can_be_refused_in_an_envelope(
    crm: SimulatedCrm, fault: Any, status: int, code: str
) -> None:
    crm.simulator.fail(fault)
    assert error_of(crm.get("WhoAmI")) == (status, code)


def test_a_request_can_be_refused_in_an_older_envelope(crm: SimulatedCrm) -> None:
    crm.simulator.fail(trouble.legacy_refusal(500, "0x80040216", "Old."))
    body = crm.get("WhoAmI").json()
    assert set(body) == {"Message", "ExceptionMessage", "StackTrace", "ErrorCode"}


def test_a_request_can_be_refused_by_a_gateway(crm: SimulatedCrm) -> None:
    crm.simulator.fail(trouble.page_of_html(502))
    answer = crm.get("WhoAmI")
    assert (answer.status_code, answer.headers["Content-Type"]) == (502, "text/html")


def test_faults_are_for_the_methods_and_places_and_numbers_that_they_name(
    crm: SimulatedCrm,
) -> None:
    crm.simulator.fail(trouble.unavailable(), THINGS, method="POST", nth=2, times=2)
    assert crm.get(THINGS).status_code == 200
    assert crm.send("POST", "demo_notes").status_code == 204
    statuses = [crm.send("POST", THINGS).status_code for _ in range(4)]
    assert statuses == [204, 503, 503, 204]


def create(crm: SimulatedCrm, mine: str) -> None:
    crm.send("POST", THINGS, {"demo_thingid": mine, "demo_quantity": 2})


def upsert_by_id(crm: SimulatedCrm, mine: str) -> None:
    crm.send("PATCH", f"{THINGS}({mine})", {"demo_quantity": 2}, If_None_Match="*")


def upsert_many(crm: SimulatedCrm, mine: str) -> None:
    target = {"@odata.type": KIND, "demo_thingid": mine, "demo_quantity": 2}
    place = f"{THINGS}/Microsoft.Dynamics.CRM.UpsertMultiple"
    crm.send("POST", place, {"Targets": [target]})


def batch(crm: SimulatedCrm, mine: str) -> None:
    lines = [
        *("--b", "Content-Type: application/http", ""),
        f"PATCH /api/data/v9.2/{THINGS}({mine}) HTTP/1.1",
        *("Content-Type: application/json", "", '{"demo_quantity": 2}', "--b--", ""),
    ]
    headers = {"Content-Type": "multipart/mixed; boundary=b"}
    crm.http.post("$batch", content="\r\n".join(lines).encode(), headers=headers)


@pytest.mark.parametrize("write", [create, upsert_by_id, upsert_many, batch])
def test_a_write_takes_effect_though_its_answer_is_lost(
    crm: SimulatedCrm, write: Callable[[SimulatedCrm, str], None]
) -> None:
    mine = str(uuid4())
    crm.simulator.drop_after_commit()
    with pytest.raises(httpx.RemoteProtocolError):
        write(crm, mine)
    [row] = crm.simulator.rows(THING)
    assert (row["demo_thingid"], row["demo_quantity"]) == (mine, 2)
    assert crm.get("WhoAmI").status_code == 200


def test_a_change_and_a_delete_take_effect_though_their_answers_are_lost(
    crm: SimulatedCrm,
) -> None:
    thing = crm.add_thing(demo_quantity=1)
    etag = crm.simulator.etag(THING, thing)
    crm.simulator.drop_after_commit(THINGS, method="PATCH|DELETE", times=2)
    with pytest.raises(httpx.RemoteProtocolError):
        crm.send("PATCH", f"{THINGS}({thing})", {"demo_quantity": 2}, If_Match=etag)
    assert crm.simulator.rows(THING)[0]["demo_quantity"] == 2
    with pytest.raises(httpx.RemoteProtocolError):
        crm.send("DELETE", f"{THINGS}({thing})")
    assert crm.simulator.rows(THING) == []


def test_metadata_is_made_though_its_answer_is_lost(crm: SimulatedCrm) -> None:
    publish(crm)
    crm.simulator.drop_after_commit("EntityDefinitions")
    with pytest.raises(httpx.RemoteProtocolError):
        crm.send("POST", "EntityDefinitions", order())
    assert crm.get(TABLE).status_code == 200


def test_a_lost_answer_says_nothing_of_the_row(crm: SimulatedCrm) -> None:
    crm.simulator.drop_after_commit()
    request = crm.http.build_request("POST", THINGS, json={})
    answer = crm.http.send(request, stream=True)
    answer.close()
    assert "OData-EntityId" not in answer.headers


def test_a_connection_can_be_dropped_before_anything_happens(crm: SimulatedCrm) -> None:
    crm.simulator.fail(dropped(), method="POST")
    with pytest.raises(httpx.RemoteProtocolError):
        crm.send("POST", THINGS)
    assert crm.simulator.rows(THING) == []


def test_an_answer_can_break_off_and_can_be_late(crm: SimulatedCrm) -> None:
    crm.simulator.fail(truncated(5), "WhoAmI")
    with pytest.raises(httpx.RemoteProtocolError):
        crm.get("WhoAmI")
    crm.simulator.fail(slow(0.01), "WhoAmI")
    assert crm.get("WhoAmI").status_code == 200


def test_an_outage_ends_when_it_is_told_to(crm: SimulatedCrm) -> None:
    with crm.simulator.outage():
        for _ in range(3):
            with pytest.raises(httpx.RemoteProtocolError):
                crm.get("WhoAmI")
    assert crm.get("WhoAmI").status_code == 200


def test_requests_are_counted_by_method_and_place(crm: SimulatedCrm) -> None:
    thing = crm.add_thing()
    crm.get(f"{THINGS}({thing})")
    crm.get(f"{THINGS}(demo_externalid='T-1')")
    crm.send("POST", THINGS)
    batch(crm, thing)
    assert crm.simulator.requests(THINGS) == 4
    assert crm.simulator.requests(rf"{THINGS}\(\*\)$", "GET") == 2
    assert crm.simulator.requests(method="POST") == 2
    crm.simulator.forget()
    assert crm.simulator.requests() == 0
