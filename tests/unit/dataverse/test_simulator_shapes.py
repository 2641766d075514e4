"""What the simulated Dataverse answers has the shapes of the documented payloads."""

from __future__ import annotations

from decimal import Decimal
from pathlib import Path
from typing import TYPE_CHECKING, Any

import msgspec
import pytest

from seatsync_dataverse.simulator.happening import Happening
from seatsync_dataverse.simulator.remote_context import write_context
from simulated_crm import THING, THINGS, simulated_crm

if TYPE_CHECKING:
    from collections.abc import Iterator

    from simulated_crm import SimulatedCrm

PAYLOADS = Path(__file__).parents[3] / "fixtures" / "dataverse"
COLUMNS = "demo_externalid,demo_quantity,_demo_accountid_value,_modifiedby_value,modifiedon"
TRACK = "odata.track-changes"


@pytest.fixture
def crm() -> Iterator[SimulatedCrm]:
    with simulated_crm() as crm:
        yield crm


def documented(name: str) -> Any:
    return msgspec.json.decode((PAYLOADS / f"{name}.json").read_bytes())


def shape(value: Any) -> Any:
    """Return what a payload is made of: properties, and the kinds of their values."""
    if isinstance(value, dict):
        return {name: shape(inner) for name, inner in value.items()}
    if isinstance(value, list):
        kinds = [shape(inner) for inner in value]
        return [kind for place, kind in enumerate(kinds) if kind not in kinds[:place]]
    return "number" if type(value) in {int, float} else type(value).__name__


def add(crm: SimulatedCrm, number: int) -> str:
    account = crm.simulator.add("account", {"name": f"Customer {number}"})
    return crm.add_thing(number, demo_accountid=account, demo_quantity=number)


def test_a_token(crm: SimulatedCrm) -> None:
    assert shape(crm.token().json()) == shape(documented("token"))


def test_a_token_that_is_refused(crm: SimulatedCrm) -> None:
    refused = crm.token(client_secret="wrong")  # noqa: S106 - to be refused
    assert shape(refused.json()) == shape(documented("token_refused"))


def test_who_am_i(crm: SimulatedCrm) -> None:
    assert shape(crm.get("WhoAmI").json()) == shape(documented("who_am_i"))


def test_a_page(crm: SimulatedCrm) -> None:
    for number in range(3):
        add(crm, number)
    page = crm.get(f"{THINGS}?$select={COLUMNS}", "odata.maxpagesize=1").json()
    assert shape(page) == shape(documented("page"))
    assert page["@odata.context"].endswith(f"$metadata#{THINGS}({COLUMNS})")


def test_the_last_page_of_tracked_rows_and_the_changes_after_it(crm: SimulatedCrm) -> None:
    things = [add(crm, number) for number in range(2)]
    page = crm.get(f"{THINGS}?$select={COLUMNS}", TRACK).json()
    assert shape(page) == shape(documented("last_page_of_tracked_rows"))
    crm.simulator.edit(THING, things[0], {"demo_quantity": 9})
    crm.simulator.delete(THING, things[1])
    changes = crm.get(page["@odata.deltaLink"]).json()
    assert shape(changes) == shape(documented("changes"))
    assert list(changes) == list(documented("changes"))


def test_a_row_with_annotations(crm: SimulatedCrm) -> None:
    thing = add(crm, 1)
    crm.simulator.edit(THING, thing, {"demo_price": 5, "demo_status": 100000001})
    columns = "demo_quantity,demo_price,demo_status,_demo_accountid_value,statecode,modifiedon"
    wanted = (
        "OData.Community.Display.V1.FormattedValue,Microsoft.Dynamics.CRM.lookuplogicalname,"
        "Microsoft.Dynamics.CRM.associatednavigationproperty"
    )
    preference = f'odata.include-annotations="{wanted}"'
    row = crm.get(f"{THINGS}({thing})?$select={columns}", preference).json()
    expected = shape(documented("row_with_annotations"))
    currency = "_transactioncurrencyid_value@Microsoft.Dynamics.CRM"
    kept = {name: value for name, value in row.items() if not name.startswith(currency)}
    assert shape(kept) == expected


def test_a_row_that_was_created(crm: SimulatedCrm) -> None:
    address = f"{THINGS}(demo_externalid='T-1')?$select=demo_thingid"
    row = crm.send("PATCH", address, {}, "return=representation").json()
    assert shape(row) == shape(documented("created_row"))


def test_many_rows_that_were_created(crm: SimulatedCrm) -> None:
    targets = [{"@odata.type": f"Microsoft.Dynamics.CRM.{THING}"}] * 2
    place = f"{THINGS}/Microsoft.Dynamics.CRM.CreateMultiple"
    answer = crm.send("POST", place, {"Targets": targets}).json()
    assert shape(answer) == shape(documented("created_many"))


def test_a_refusal(crm: SimulatedCrm) -> None:
    answer = crm.send("PATCH", f"{THINGS}({crm.add_thing()})", {}, If_Match='W/"1"')
    assert answer.json() == documented("refusal")


def test_the_definition_of_a_table(crm: SimulatedCrm) -> None:
    payload = documented("definition_of_a_table")
    wanted = [name for name in payload if name not in {"@odata.context", "MetadataId"}]
    address = f"EntityDefinitions(LogicalName='{THING}')?$select={','.join(wanted)}"
    definition = crm.get(address).json()
    assert shape(definition) == shape(payload)
    assert {name: definition[name] for name in wanted} == {name: payload[name] for name in wanted}


def posted(crm: SimulatedCrm, message: str, columns: dict[str, Any], tag: str | None) -> Any:
    organization = crm.simulator.organization
    happening = Happening(message, THING, crm.add_thing(), organization.agent_id, tag, columns)
    body, _ = write_context(organization, happening, organization.system_id)
    return msgspec.json.decode(body)


def test_the_webhook_of_an_update(crm: SimulatedCrm) -> None:
    columns = {"demo_quantity": 30, "demo_price": Decimal(375), "demo_status": 100000001}
    body = posted(crm, "Update", columns, "sample-agent")
    assert shape(body) == shape(documented("webhook_of_an_update"))


def test_the_webhook_of_a_delete(crm: SimulatedCrm) -> None:
    body = posted(crm, "Delete", {}, None)
    assert shape(body) == shape(documented("webhook_of_a_delete"))


def test_the_webhook_that_was_too_large(crm: SimulatedCrm) -> None:
    body = posted(crm, "Update", {"demo_name": "x" * 300_000}, None)
    assert shape(body) == shape(documented("webhook_that_was_too_large"))
