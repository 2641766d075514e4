"""The simulated Dataverse takes bulk messages, with their quirks."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any
from uuid import uuid4

import pytest

from simulated_crm import THING, THINGS, error_of, simulated_crm

if TYPE_CHECKING:
    from collections.abc import Iterator

    import httpx

    from simulated_crm import SimulatedCrm

TYPE = f"Microsoft.Dynamics.CRM.{THING}"


@pytest.fixture
def crm() -> Iterator[SimulatedCrm]:
    with simulated_crm() as crm:
        yield crm


def bulk(crm: SimulatedCrm, message: str, *targets: dict[str, Any]) -> httpx.Response:
    body = {"Targets": [{"@odata.type": TYPE, **target} for target in targets]}
    return crm.send("POST", f"{THINGS}/Microsoft.Dynamics.CRM.{message}", body)


def by_key(number: int) -> str:
    return f"{THINGS}(demo_externalid='T-{number}')"


def quantities(crm: SimulatedCrm) -> list[int]:
    return [row["demo_quantity"] for row in crm.simulator.rows(THING)]


def test_creating_many_answers_their_identifiers_in_order(crm: SimulatedCrm) -> None:
    mine = str(uuid4())
    answer = bulk(
        crm, "CreateMultiple", {"demo_quantity": 1}, {"demo_quantity": 2, "demo_thingid": mine}
    )
    assert answer.status_code == 200
    ids = [row["demo_thingid"] for row in crm.simulator.rows(THING)]
    assert answer.json()["Ids"] == ids
    assert ids[1] == mine


def test_updating_many_answers_nothing(crm: SimulatedCrm) -> None:
    things = [crm.add_thing(number) for number in range(2)]
    answer = bulk(
        crm, "UpdateMultiple", *({"demo_thingid": thing, "demo_quantity": 7} for thing in things)
    )
    assert (answer.status_code, answer.content) == (204, b"")
    assert quantities(crm) == [7, 7]


def test_upserting_many_answers_nothing(crm: SimulatedCrm) -> None:
    old, mine = crm.add_thing(1), str(uuid4())
    answer = bulk(
        crm,
        "UpsertMultiple",
        {"@odata.id": by_key(1), "demo_quantity": 1},
        {"@odata.id": by_key(2), "demo_quantity": 2},
        {"demo_thingid": mine, "demo_quantity": 3},
    )
    assert (answer.status_code, answer.content) == (204, b"")
    rows = crm.simulator.rows(THING)
    assert [row["demo_quantity"] for row in rows] == [1, 2, 3]
    assert [row["demo_externalid"] for row in rows] == ["T-1", "T-2", None]
    assert (rows[0]["demo_thingid"], rows[2]["demo_thingid"]) == (old, mine)


def test_a_key_in_the_body_of_an_upsert_fails_only_where_the_row_is_not(
    crm: SimulatedCrm,
) -> None:
    crm.add_thing(1)
    target = {"@odata.id": by_key(1), "demo_externalid": "T-1", "demo_quantity": 1}
    assert bulk(crm, "UpsertMultiple", target).status_code == 204
    target = {"@odata.id": by_key(2), "demo_externalid": "T-2", "demo_quantity": 1}
    answer = bulk(crm, "UpsertMultiple", target)
    assert error_of(answer) == (400, "0x80040216")
    assert answer.json()["error"]["message"] == "An unexpected error occurred."


@pytest.mark.parametrize(
    ("message", "bad", "status"),
    [
        ("CreateMultiple", {"demo_status": 5}, 400),
        ("CreateMultiple", {"demo_externalid": "T-1"}, 412),
        ("UpdateMultiple", {"demo_thingid": str(uuid4()), "demo_quantity": 5}, 404),
        ("UpsertMultiple", {"@odata.id": by_key(9), "demo_quantity": "five"}, 400),
    ],
)
def test_one_bad_target_undoes_all_and_is_not_named(
    crm: SimulatedCrm, message: str, bad: dict[str, Any], status: int
) -> None:
    first, second = crm.add_thing(1, demo_quantity=1), crm.add_thing(2, demo_quantity=2)
    good = {} if message.startswith("Create") else {"demo_thingid": first}
    etags = [crm.simulator.etag(THING, thing) for thing in (first, second)]
    answer = bulk(crm, message, {**good, "demo_quantity": 8}, bad, {"demo_quantity": 9, **good})
    assert answer.status_code == status
    assert "1" not in answer.json()["error"]["message"].partition("With Id")[0]
    assert quantities(crm) == [1, 2]
    assert [crm.simulator.etag(THING, thing) for thing in (first, second)] == etags


def test_what_was_undone_is_in_no_change_and_no_journal(crm: SimulatedCrm) -> None:
    crm.add_thing(1)
    page = crm.get(f"{THINGS}?$select=demo_name", "odata.track-changes").json()
    crm.simulator.forget()
    bulk(crm, "CreateMultiple", {"demo_name": "Two"}, {"demo_status": 5})
    assert crm.get(page["@odata.deltaLink"]).json()["value"] == []
    assert crm.simulator.journal == []
    assert crm.get(by_key(1)).status_code == 200


def test_every_target_names_its_type(crm: SimulatedCrm) -> None:
    body = {"Targets": [{"demo_name": "One"}]}
    answer = crm.send("POST", f"{THINGS}/Microsoft.Dynamics.CRM.CreateMultiple", body)
    assert error_of(answer) == (400, "0x80048d19")


@pytest.mark.parametrize("body", [{}, {"Targets": []}, {"Targets": 1}])
def test_a_bulk_message_has_targets(crm: SimulatedCrm, body: dict[str, Any]) -> None:
    answer = crm.send("POST", f"{THINGS}/Microsoft.Dynamics.CRM.UpsertMultiple", body)
    assert answer.status_code == 400


def test_deleting_many_is_for_elastic_tables_only(crm: SimulatedCrm) -> None:
    assert bulk(crm, "DeleteMultiple", {"demo_thingid": crm.add_thing()}).status_code == 404


def test_too_many_targets_run_into_a_timeout_of_the_database(crm: SimulatedCrm) -> None:
    crm.simulator.bulk.most_targets = 2
    targets = [{"demo_quantity": number} for number in range(3)]
    assert error_of(bulk(crm, "CreateMultiple", *targets)) == (500, "0x80044151")
    assert bulk(crm, "CreateMultiple", *targets[:2]).status_code == 200


def test_the_messages_of_a_table_can_be_looked_up(crm: SimulatedCrm) -> None:
    question = f"sdkmessageid/name eq 'UpsertMultiple' and primaryobjecttypecode eq '{THING}'"
    answer = crm.get(f"sdkmessagefilters?$select=sdkmessagefilterid&$filter={question}")
    assert len(answer.json()["value"]) == 1
