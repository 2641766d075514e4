"""The simulated Dataverse posts webhooks as documented."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import msgspec
import pytest

from seatsync.sdk.simulator import served
from simulated_crm import THING, THINGS, simulated_crm

if TYPE_CHECKING:
    from collections.abc import Iterator

    from seatsync.sdk.simulator import Message, Receive, Send
    from simulated_crm import SimulatedCrm

HEADERS = '<settings><setting name="x-sample-secret" value="hush" /></settings>'


@dataclass
class Endpoint:
    """Takes webhooks, and answers with the statuses that it is given, then with 202."""

    url: str = ""
    statuses: list[int] = field(default_factory=list)
    calls: list[tuple[str, dict[str, str], dict[str, Any]]] = field(default_factory=list)

    async def __call__(self, scope: Message, receive: Receive, send: Send) -> None:
        body, more = b"", True
        while more:
            message = await receive()
            body, more = body + message["body"], message["more_body"]
        headers = {name.decode(): value.decode() for name, value in scope["headers"]}
        place = f"{scope['path']}?{scope['query_string'].decode()}"
        self.calls.append((place, headers, msgspec.json.decode(body)))
        status = self.statuses.pop(0) if self.statuses else 202
        await send({"type": "http.response.start", "status": status, "headers": []})
        await send({"type": "http.response.body", "body": b""})


@pytest.fixture
def crm() -> Iterator[SimulatedCrm]:
    with simulated_crm() as crm:
        yield crm


@pytest.fixture
def endpoint() -> Iterator[Endpoint]:
    endpoint = Endpoint()
    with served(endpoint) as origin:
        endpoint.url = f"{origin}/webhooks/crm"
        yield endpoint


def one(crm: SimulatedCrm, address: str) -> dict[str, Any]:
    [found] = crm.get(address).json()["value"]
    row: dict[str, Any] = found
    return row


def register(
    crm: SimulatedCrm,
    endpoint: Endpoint,
    message: str,
    *,
    table: str = THING,
    attributes: str | None = None,
    authtype: int = 5,
    authvalue: str = HEADERS,
) -> str:
    body = {
        "name": "sample",
        "url": endpoint.url,
        "contract": 8,
        "messageformat": 2,
        "authtype": authtype,
        "authvalue": authvalue,
    }
    made = crm.send("POST", "serviceendpoints", body, "return=representation").json()
    assert "authvalue" not in made
    sdk = one(crm, f"sdkmessages?$select=sdkmessageid&$filter=name eq '{message}'")
    where = f"sdkmessageid/name eq '{message}' and primaryobjecttypecode eq '{table}'"
    kept = one(crm, f"sdkmessagefilters?$select=sdkmessagefilterid&$filter={where}")
    step = {
        "name": f"sample: {message} of {table}",
        "stage": 40,
        "mode": 1,
        "rank": 1,
        "supporteddeployment": 0,
        "asyncautodelete": True,
        "filteringattributes": attributes,
        "eventhandler_serviceendpoint@odata.bind": (
            f"/serviceendpoints({made['serviceendpointid']})"
        ),
        "sdkmessageid@odata.bind": f"/sdkmessages({sdk['sdkmessageid']})",
        "sdkmessagefilterid@odata.bind": f"/sdkmessagefilters({kept['sdkmessagefilterid']})",
    }
    address = "sdkmessageprocessingsteps?$select=name"
    row = crm.send("POST", address, step, "return=representation").json()
    step_id: str = row["sdkmessageprocessingstepid"]
    return step_id


def heard(crm: SimulatedCrm, endpoint: Endpoint) -> list[dict[str, Any]]:
    assert crm.simulator.webhooks.courier.settle()
    return [body for _, _, body in endpoint.calls]


def attributes_of(body: dict[str, Any]) -> dict[str, Any]:
    target = body["InputParameters"][0]["value"]
    return {item["key"]: item["value"] for item in target["Attributes"]}


def test_a_change_by_a_user_is_posted_with_the_static_header(
    crm: SimulatedCrm, endpoint: Endpoint
) -> None:
    register(crm, endpoint, "Update")
    person = crm.simulator.add_user("Robin Example")
    thing = crm.add_thing()
    crm.simulator.edit(THING, thing, {"demo_quantity": 30}, by=person)
    [body] = heard(crm, endpoint)
    _, headers, _ = endpoint.calls[0]
    assert headers["x-sample-secret"] == "hush"
    assert headers["x-ms-dynamics-entity-name"] == THING
    assert headers["x-ms-dynamics-request-name"] == "Update"
    assert not [name for name in headers if "signature" in name]
    assert (body["MessageName"], body["PrimaryEntityId"]) == ("Update", thing)
    assert (body["InitiatingUserId"], body["SharedVariables"]) == (person, [])


def test_the_target_has_changed_columns_and_those_of_the_system_only(
    crm: SimulatedCrm, endpoint: Endpoint
) -> None:
    register(crm, endpoint, "Update")
    account = crm.simulator.add("account", {"name": "Customer 1"})
    thing = crm.add_thing()
    values = {
        "demo_status": 100000001,
        "demo_price": 5,
        "demo_accountid": account,
        "demo_endsat": "2026-03-01T00:00:00Z",
        "demo_ison": None,
    }
    crm.simulator.edit(THING, thing, values)
    [body] = heard(crm, endpoint)
    found = attributes_of(body)
    system = {"demo_thingid", "modifiedon", "modifiedby", "modifiedonbehalfby"}
    assert set(found) == set(values) | system
    assert found["demo_status"]["Value"] == 100000001
    assert found["demo_status"]["__type"].startswith("OptionSetValue:")
    assert found["demo_price"]["__type"].startswith("Money:")
    assert (found["demo_accountid"]["Id"], found["demo_accountid"]["LogicalName"]) == (
        account,
        "account",
    )
    assert found["demo_endsat"] == "/Date(1772323200000)/"
    assert found["demo_ison"] is None


def test_our_own_write_is_known_by_its_tag(crm: SimulatedCrm, endpoint: Endpoint) -> None:
    register(crm, endpoint, "Update")
    thing = crm.add_thing()
    crm.send("PATCH", f"{THINGS}({thing})?tag=sample-agent", {"demo_quantity": 1})
    [body] = heard(crm, endpoint)
    assert body["SharedVariables"] == [{"key": "tag", "value": "sample-agent"}]


def test_a_delete_refers_to_what_is_gone(crm: SimulatedCrm, endpoint: Endpoint) -> None:
    register(crm, endpoint, "Delete")
    thing = crm.add_thing()
    crm.simulator.delete(THING, thing)
    [body] = heard(crm, endpoint)
    target = body["InputParameters"][0]["value"]
    assert target["__type"].startswith("EntityReference:")
    assert target["Id"] == thing


def test_only_registered_messages_and_tables_and_columns_are_posted(
    crm: SimulatedCrm, endpoint: Endpoint
) -> None:
    register(crm, endpoint, "Update", attributes="demo_quantity,demo_status")
    thing = crm.add_thing()
    crm.simulator.edit(THING, thing, {"demo_name": "Other"})
    crm.simulator.add("demo_note", {"demo_text": "x"})
    crm.simulator.edit(THING, thing, {"demo_quantity": 1})
    assert [
        set(attributes_of(body)) & {"demo_name", "demo_quantity"} for body in heard(crm, endpoint)
    ] == [{"demo_quantity"}]


def test_a_step_that_is_switched_off_is_silent(crm: SimulatedCrm, endpoint: Endpoint) -> None:
    step = register(crm, endpoint, "Create")
    crm.send("PATCH", f"sdkmessageprocessingsteps({step})", {"statecode": 1})
    crm.add_thing()
    assert heard(crm, endpoint) == []


def test_every_row_of_a_bulk_message_is_posted(crm: SimulatedCrm, endpoint: Endpoint) -> None:
    register(crm, endpoint, "Create")
    targets = [{"@odata.type": f"Microsoft.Dynamics.CRM.{THING}"} for _ in range(3)]
    place = f"{THINGS}/Microsoft.Dynamics.CRM.CreateMultiple"
    crm.send("POST", place, {"Targets": targets})
    assert [body["MessageName"] for body in heard(crm, endpoint)] == ["Create"] * 3


def test_what_was_undone_is_not_posted(crm: SimulatedCrm, endpoint: Endpoint) -> None:
    register(crm, endpoint, "Create")
    kind = f"Microsoft.Dynamics.CRM.{THING}"
    targets = [{"@odata.type": kind}, {"@odata.type": kind, "demo_status": 5}]
    place = f"{THINGS}/Microsoft.Dynamics.CRM.CreateMultiple"
    crm.send("POST", place, {"Targets": targets})
    assert heard(crm, endpoint) == []


def test_a_write_that_bypasses_business_logic_is_not_posted(
    crm: SimulatedCrm, endpoint: Endpoint
) -> None:
    register(crm, endpoint, "Create")
    crm.send("POST", THINGS, {}, **{"MSCRM.BypassBusinessLogicExecution": "CustomAsync"})
    assert heard(crm, endpoint) == []


def test_a_step_can_be_left_out_by_its_identifier(crm: SimulatedCrm, endpoint: Endpoint) -> None:
    silent, _ = register(crm, endpoint, "Create"), register(crm, endpoint, "Create")
    crm.send("POST", THINGS, {}, **{"MSCRM.BypassBusinessLogicExecutionStepIds": silent})
    [body] = heard(crm, endpoint)
    assert body["OwningExtension"]["Id"] != silent


@pytest.mark.parametrize(
    ("statuses", "calls"), [([503], 2), ([502, 504, 200], 2), ([500], 1), ([404], 1), ([200], 1)]
)
def test_there_is_one_more_try_and_only_after_a_gateway_failed(
    crm: SimulatedCrm, endpoint: Endpoint, statuses: list[int], calls: int
) -> None:
    register(crm, endpoint, "Create")
    endpoint.statuses = list(statuses)
    crm.add_thing()
    assert len(heard(crm, endpoint)) == calls


def test_a_key_comes_in_the_query(crm: SimulatedCrm, endpoint: Endpoint) -> None:
    register(crm, endpoint, "Create", authtype=4, authvalue="hu sh")
    register(crm, endpoint, "Create", authtype=6, authvalue=HEADERS)
    crm.add_thing()
    assert len(heard(crm, endpoint)) == 2
    assert [place for place, _, _ in endpoint.calls] == [
        "/webhooks/crm?code=hu+sh",
        "/webhooks/crm?x-sample-secret=hush",
    ]


def test_a_body_that_is_too_large_loses_its_parts(crm: SimulatedCrm, endpoint: Endpoint) -> None:
    register(crm, endpoint, "Create", table="account")
    crm.simulator.organization.tables["account"].columns["description"].max_length = None
    account = crm.simulator.add("account", {"description": "x" * 300_000})
    [body] = heard(crm, endpoint)
    assert endpoint.calls[0][1]["x-ms-dynamics-msg-size-exceeded"] == "true"
    assert "InputParameters" not in body
    assert body["PrimaryEntityId"] == account


def test_webhooks_can_get_lost(crm: SimulatedCrm, endpoint: Endpoint) -> None:
    register(crm, endpoint, "Create")
    crm.simulator.webhooks.loses_all = True
    crm.add_thing(1)
    crm.simulator.webhooks.loses_all = False
    crm.add_thing(2)
    assert len(heard(crm, endpoint)) == 1


def test_an_endpoint_that_is_not_there_stops_nothing(crm: SimulatedCrm) -> None:
    register(crm, Endpoint("http://127.0.0.1:9/webhooks"), "Create")
    assert crm.send("POST", THINGS).status_code == 204
    assert crm.simulator.webhooks.courier.settle()
    assert crm.simulator.webhooks.courier.deliveries[0].statuses == [None]
