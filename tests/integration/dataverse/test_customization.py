"""An empty organisation that is set up through its metadata."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any
from uuid import UUID

import pytest

from seatsync.errors import ProviderUnreachable, SetupError
from seatsync.sdk.simulator import answers
from seatsync_dataverse import blueprint
from seatsync_dataverse.customization import Customization, Publisher, Solution
from seatsync_dataverse.value import Reference

if TYPE_CHECKING:
    from collections.abc import Callable

    from seatsync_dataverse.client import DataverseClient
    from seatsync_dataverse.simulator import Simulator
    from seatsync_dataverse.value import Value
    from virtual_time import VirtualTime

PUBLISHER = Publisher("demopublisher", "Demo Publisher", "demo", 10_000)
SOLUTION = Solution("DemoSolution", "Demo Solution")
LOCKED = answers(400, b'{"error":{"code":"0x80071151","message":"A customization is running."}}')

BOX = blueprint.table(
    "demo_Box",
    "Box",
    "Boxes",
    "A box of things",
    [
        blueprint.text("demo_Name", "Name", 200, is_primary=True),
        blueprint.text("demo_Code", "Code", 100),
        blueprint.integer("demo_Count", "Count", 0, 1000),
        blueprint.money("demo_Price", "Price"),
        blueprint.choice("demo_State", "State", {1: "Open", 2: "Closed"}),
    ],
)
COLUMNS = [
    blueprint.memo("demo_Note", "Note", 2000),
    blueprint.decimal("demo_Factor", "Factor", 6),
    blueprint.money("demo_Cost", "Cost", precision=4),
    blueprint.boolean("demo_IsOn", "Is On"),
    blueprint.instant("demo_At", "At"),
    blueprint.day("demo_On", "On"),
]
LOOKUP = blueprint.lookup(
    "demo_account_demo_box",
    blueprint.lookup_column("demo_AccountId", "Account"),
    "demo_box",
    "account",
    "accountid",
)
KEY = blueprint.key("demo_CodeKey", "Code Key", ["demo_code"])


@pytest.fixture
def custom(client: DataverseClient) -> Customization:
    return client.customization(SOLUTION)


def steps(custom: Customization) -> list[Callable[[], bool]]:
    return [
        lambda: custom.make_publisher(PUBLISHER),
        lambda: custom.make_solution(PUBLISHER),
        lambda: custom.make_table(BOX),
        *(lambda column=column: custom.make_column("demo_box", column) for column in COLUMNS),
        lambda: custom.make_lookup(LOOKUP),
        lambda: custom.make_key("demo_box", KEY),
        lambda: custom.track_changes("account"),
    ]


def set_up(custom: Customization) -> list[bool]:
    done = [step() for step in steps(custom)]
    if done[-1]:
        custom.publish(["account"])
    custom.await_keys("demo_box", 60)
    return done


def test_what_is_missing_is_made_once(
    client: DataverseClient, custom: Customization, crm: Simulator
) -> None:
    made = set_up(custom)
    assert all(made[:-1])
    crm.forget()
    assert not any(set_up(custom))
    assert crm.requests(method="(POST|PUT|PATCH|DELETE)") == 0
    table = client.metadata.table("demo_box")
    assert table is not None
    assert table.change_tracking_enabled
    assert (table.primary_id_attribute, table.primary_name_attribute) == ("demo_boxid", "demo_name")


def test_what_was_made_can_be_written_and_read(
    client: DataverseClient, custom: Customization
) -> None:
    set_up(custom)
    table = client.metadata.table("demo_box")
    assert table is not None
    [lookup] = [
        one
        for one in client.metadata.lookups("demo_box")
        if one.referencing_attribute == "demo_accountid"
    ]
    assert lookup.navigation == "demo_AccountId"
    values: dict[str, Value] = {
        "demo_name": "Box",
        "demo_code": "B-1",
        "demo_ison": True,
        "demo_accountid": Reference(lookup.navigation, "accounts", None),
    }
    client.writer.create(table.ref, UUID(int=1), values)
    assert client.rows.by_key(table.ref, {"demo_code": "B-1"}, ("demo_name",)) is not None


def test_metadata_is_read_as_it_is(client: DataverseClient, custom: Customization) -> None:
    set_up(custom)
    metadata = client.metadata
    kinds = {name: one.attribute_type for name, one in metadata.columns("demo_box").items()}
    assert {name: kinds[name] for name in ("demo_price", "demo_state", "demo_accountid")} == {
        "demo_price": "Money",
        "demo_state": "Picklist",
        "demo_accountid": "Lookup",
    }
    assert metadata.options("demo_box")["demo_state"] == {1: "Open", 2: "Closed"}
    assert metadata.lengths("demo_box")["demo_code"] == 100
    [key] = metadata.keys("demo_box")
    assert (key.key_attributes, key.is_active) == (["demo_code"], True)
    assert metadata.table("demo_nothing") is None
    assert metadata.privileges("demo_nothing") == ()


def test_the_index_of_a_key_is_waited_for(
    client: DataverseClient, custom: Customization, time: VirtualTime
) -> None:
    custom.make_publisher(PUBLISHER)
    custom.make_solution(PUBLISHER)
    custom.make_table(BOX)
    custom.make_key("demo_box", KEY)
    assert not client.metadata.keys("demo_box")[0].is_active
    custom.await_keys("demo_box", 60)
    assert sum(time.waits) >= 5


def test_a_key_that_cannot_be_of_use_is_told(
    client: DataverseClient, custom: Customization, crm: Simulator
) -> None:
    custom.make_publisher(PUBLISHER)
    custom.make_solution(PUBLISHER)
    custom.make_table(BOX)
    crm.add_many("demo_box", [{"demo_code": "same"}, {"demo_code": "same"}])
    custom.make_key("demo_box", KEY)
    with pytest.raises(SetupError, match="demo_CodeKey is Failed") as raised:
        custom.await_keys("demo_box", 600)
    assert "same values" in (raised.value.remedy or "")
    assert crm.requests("ReactivateEntityKey") == 1


def test_change_tracking_is_switched_on_without_losing_labels(
    client: DataverseClient, custom: Customization, crm: Simulator
) -> None:
    custom.make_publisher(PUBLISHER)
    custom.make_solution(PUBLISHER)
    crm.definitions.entities["account"]["ChangeTrackingEnabled"] = False
    crm.organization.tables["account"].tracks_changes = False
    labels = crm.definitions.entities["account"]["DisplayName"]["LocalizedLabels"]
    labels.append({"Label": "Firma", "LanguageCode": 1031})
    assert custom.track_changes("account")
    custom.publish(["account"])
    account = client.metadata.table("account")
    assert account is not None
    assert account.change_tracking_enabled
    held = crm.definitions.entities["account"]["DisplayName"]["LocalizedLabels"]
    assert "Firma" in {one["Label"] for one in held}
    assert not custom.track_changes("account")


@pytest.mark.parametrize("lost", range(3, 3 + len(COLUMNS) + 2))
def test_a_step_whose_answer_is_lost_is_not_done_twice(
    custom: Customization, crm: Simulator, lost: int
) -> None:
    crm.drop_after_commit("EntityDefinitions|RelationshipDefinitions", method="POST", nth=lost - 2)
    set_up(custom)
    assert crm.requests("Definitions", method="POST") == 1 + len(COLUMNS) + 2


def test_another_customization_is_waited_for(custom: Customization, crm: Simulator) -> None:
    crm.fail(LOCKED, "Definitions", method="POST", times=2)
    assert custom.make_publisher(PUBLISHER)
    assert custom.make_solution(PUBLISHER)
    assert custom.make_table(BOX)


def test_a_customization_that_never_ends_is_passing(custom: Customization, crm: Simulator) -> None:
    crm.fail(LOCKED, "Definitions", method="POST", times=99)
    with pytest.raises(ProviderUnreachable, match="customization is running"):
        custom.make_table(BOX)


def test_a_solution_needs_its_publisher(custom: Customization) -> None:
    with pytest.raises(SetupError, match="no publisher"):
        custom.make_solution(PUBLISHER)


def test_a_role_gets_what_it_lacks_and_nothing_twice(
    client: DataverseClient, custom: Customization, crm: Simulator
) -> None:
    set_up(custom)
    unit = client.who_am_i().business_unit_id
    offered = client.metadata.privileges("demo_box")
    wanted = [right for right in offered if right.privilege_type in {"Read", "Write"}]
    assert [right.name for right in wanted] == ["prvReaddemo_Box", "prvWritedemo_Box"]
    user = UUID(crm.add_user("Example Application"))
    made = [_give_role(client, unit, user, wanted) for _ in range(2)]
    assert made == [(True, True, True), (False, False, False)]


def _give_role(client: DataverseClient, unit: UUID, user: UUID, wanted: Any) -> tuple[bool, ...]:
    made = client.roles.make("Demo Role", unit)
    role = client.roles.find("Demo Role", unit)
    assert role is not None
    return made, client.roles.grant(role, wanted), client.roles.assign(role, user)
