"""The simulated Dataverse takes batches as documented."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any
from uuid import uuid4

import msgspec
import pytest

from seatsync.sdk.simulator import throttled
from simulated_crm import THING, THINGS, simulated_crm

if TYPE_CHECKING:
    from collections.abc import Iterator

    import httpx

    from simulated_crm import SimulatedCrm

ROOT = "/api/data/v9.2/"
STATUS = re.compile(r"HTTP/1\.1 (\d+) ")


@pytest.fixture
def crm() -> Iterator[SimulatedCrm]:
    with simulated_crm() as crm:
        yield crm


def request(method: str, address: str, body: Any = None, number: int = 0, **headers: str) -> str:
    lines = ["Content-Type: application/http", "Content-Transfer-Encoding: binary"]
    lines += [f"Content-ID: {number}"] if number else []
    lines += ["", f"{method} {ROOT}{address} HTTP/1.1", "Content-Type: application/json"]
    lines += [f"{name.replace('_', '-')}: {value}" for name, value in headers.items()]
    return "\r\n".join([*lines, "", msgspec.json.encode(body or {}).decode()])


def parts(boundary: str, *requests: str) -> str:
    inside = "".join(f"--{boundary}\r\n{part}\r\n" for part in requests)
    return f"{inside}--{boundary}--\r\n"


def change_set(*requests: str) -> str:
    inside = parts("changeset_1", *requests).removesuffix("\r\n")
    return f'Content-Type: multipart/mixed; boundary="changeset_1"\r\n\r\n{inside}'


def post(crm: SimulatedCrm, body: str, prefer: str = "") -> httpx.Response:
    headers = {"Content-Type": 'multipart/mixed; boundary="batch_1"', "Prefer": prefer}
    return crm.http.post("$batch", content=body.encode(), headers=headers)


def statuses(answer: httpx.Response) -> list[int]:
    assert answer.headers["Content-Type"].startswith("multipart/mixed; boundary=batchresponse_")
    return [int(status) for status in STATUS.findall(answer.text)]


def test_requests_of_a_batch_are_answered_in_order(crm: SimulatedCrm) -> None:
    thing = crm.add_thing()
    answer = post(
        crm,
        parts(
            "batch_1",
            request("PATCH", f"{THINGS}({thing})", {"demo_quantity": 5}, If_Match="*"),
            request("GET", f"{THINGS}({thing})?$select=demo_quantity"),
        ),
    )
    assert answer.status_code == 200
    assert statuses(answer) == [204, 200]
    assert '"demo_quantity":5' in answer.text


def test_all_lines_of_an_answer_end_in_crlf(crm: SimulatedCrm) -> None:
    answer = post(crm, parts("batch_1", request("GET", "WhoAmI"), request("GET", "WhoAmI")))
    assert answer.content.endswith(b"--\r\n")
    assert b"\n" not in answer.content.replace(b"\r\n", b"")


@pytest.mark.parametrize("wrong", ["bare line ends", "no last line end", "cut off"])
def test_a_batch_whose_lines_do_not_end_in_crlf_is_rejected(crm: SimulatedCrm, wrong: str) -> None:
    whole = parts("batch_1", request("GET", "WhoAmI"))
    body = {
        "bare line ends": whole.replace("\r\n", "\n"),
        "no last line end": whole.removesuffix("\r\n"),
        "cut off": whole[:-20],
    }[wrong]
    answer = post(crm, body)
    assert answer.status_code == 400
    assert answer.json()["error"]["code"] == "0x80048d19"
    assert answer.json()["error"]["message"] == "Stream was not readable."


def test_the_first_failure_stops_a_batch_and_is_its_status(crm: SimulatedCrm) -> None:
    answer = post(
        crm,
        parts(
            "batch_1",
            request("POST", THINGS, {"demo_quantity": 1}),
            request("POST", THINGS, {"demo_status": 5}),
            request("POST", THINGS, {"demo_quantity": 3}),
        ),
    )
    assert answer.status_code == 400
    assert statuses(answer) == [204, 400]
    assert [row["demo_quantity"] for row in crm.simulator.rows(THING)] == [1]


def test_a_batch_goes_on_after_a_failure_if_it_prefers_to(crm: SimulatedCrm) -> None:
    answer = post(
        crm,
        parts(
            "batch_1",
            request("POST", THINGS, {"demo_status": 5}),
            request("POST", THINGS, {"demo_quantity": 3}),
        ),
        "odata.continue-on-error",
    )
    assert answer.status_code == 200
    assert statuses(answer) == [400, 204]


def test_a_change_set_holds_whole_and_its_parts_can_refer_to_one_another(
    crm: SimulatedCrm,
) -> None:
    thing = crm.add_thing()
    answer = post(
        crm,
        parts(
            "batch_1",
            change_set(
                request("PATCH", f"{THINGS}({thing})", {"demo_quantity": 5}, 1, If_Match="*"),
                request("POST", "demo_notes", {"demo_ThingId@odata.bind": "$1"}, 2),
                request("POST", THINGS, {"demo_name": "New"}, 3),
                request("PATCH", "$3", {"demo_quantity": 6}, 4),
            ),
        ),
    )
    assert answer.status_code == 200
    assert statuses(answer) == [204, 204, 204, 204]
    assert "Content-ID: 2" in answer.text
    assert "Location: " in answer.text
    assert crm.simulator.rows("demo_note")[0]["demo_thingid"] == thing
    assert [row["demo_quantity"] for row in crm.simulator.rows(THING)] == [5, 6]


def test_a_change_set_that_fails_leaves_nothing_and_answers_one_part(crm: SimulatedCrm) -> None:
    thing = crm.add_thing()
    etag = crm.simulator.etag(THING, thing)
    answer = post(
        crm,
        parts(
            "batch_1",
            change_set(
                request("POST", "demo_notes", {"demo_text": "Gone again"}, 1),
                request("PATCH", f"{THINGS}({thing})", {"demo_quantity": 5}, 2, If_Match='W/"1"'),
            ),
            request("GET", "WhoAmI"),
        ),
    )
    assert answer.status_code == 412
    assert statuses(answer) == [412]
    assert "0x80060882" in answer.text
    assert crm.simulator.rows("demo_note") == []
    assert crm.simulator.etag(THING, thing) == etag


@pytest.mark.parametrize(
    "inside", [request("GET", "WhoAmI", number=1), request("POST", THINGS, {"demo_name": "One"})]
)
def test_a_change_set_holds_numbered_writes_only(crm: SimulatedCrm, inside: str) -> None:
    answer = post(crm, parts("batch_1", change_set(inside)))
    assert answer.status_code == 400
    assert crm.simulator.rows(THING) == []


def test_a_batch_holds_no_batch(crm: SimulatedCrm) -> None:
    answer = post(crm, parts("batch_1", request("POST", "$batch")))
    assert answer.status_code == 400


def test_a_batch_holds_a_thousand_requests_at_most(crm: SimulatedCrm) -> None:
    answer = post(crm, parts("batch_1", *(request("GET", "WhoAmI") for _ in range(1001))))
    assert answer.status_code == 400
    assert answer.headers["Content-Type"].startswith("application/json")


def test_a_batch_of_another_type_is_rejected(crm: SimulatedCrm) -> None:
    assert crm.send("POST", "$batch", {}).json()["error"]["code"] == "0x80048d19"


def test_a_part_of_a_batch_can_be_throttled(crm: SimulatedCrm) -> None:
    crm.simulator.fail(throttled("5"), THINGS, method="POST", nth=2)
    one = request("POST", THINGS, {"demo_name": str(uuid4())})
    answer = post(crm, parts("batch_1", one, one), "odata.continue-on-error")
    assert statuses(answer) == [204, 429]


def test_the_tag_and_the_headers_of_a_part_count(crm: SimulatedCrm) -> None:
    post(crm, parts("batch_1", request("POST", f"{THINGS}?tag=agent", {"demo_name": "One"})))
    assert [item.tag for item in crm.simulator.journal] == ["agent"]
