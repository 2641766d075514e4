"""Every mutation over HTTP: what it answers when it is done, and when it is refused."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from seatsync.domain.ids import new_id

if TYPE_CHECKING:
    from back_office import BackOffice
    from mutation_desk import MutationDesk

UNKNOWN = str(new_id())


def refusal(payload: dict[str, Any]) -> tuple[str, list[str] | None]:
    [error] = payload["userErrors"]
    assert error["message"]
    return error["code"], error["path"]


def test_an_account_and_its_contracts_are_created_and_read_back(desk: MutationDesk) -> None:
    crm_id = str(new_id())
    created = desk.change(
        "createAccount", "account { id name domain }", id=crm_id, name="Aster Mills"
    )
    assert created == {
        "account": {"id": crm_id, "name": "Aster Mills", "domain": None},
        "userErrors": [],
    }
    fields = (
        "billingContract { name account { id } isDefault defaultFor billingPolicy"
        " billingFrequency currency status }"
    )
    contract = desk.change("createBillingContract", fields, accountId=crm_id, name="Monthly")
    assert contract["billingContract"] == {
        "name": "Monthly",
        "account": {"id": crm_id},
        "isDefault": False,
        "defaultFor": None,
        "billingPolicy": "ADVANCE",
        "billingFrequency": "MONTHLY",
        "currency": "USD",
        "status": "ACTIVE",
    }


def test_a_refusal_is_in_the_answer_and_nothing_else_is(desk: MutationDesk) -> None:
    payload = desk.change("createAccount", "account { id }", name=" ")
    assert payload["account"] is None
    assert refusal(payload) == ("INVALID_INPUT", ["name"])
    assert desk.ask("{ accounts { totalCount } }") == {"accounts": {"totalCount": 0}}


def test_the_default_is_set_refused_and_replaced(desk: MutationDesk, office: BackOffice) -> None:
    account = office.account()
    first, second = (str(office.contract(account, name).id) for name in ("First", "Second"))
    fields = "billingContract { name isDefault defaultFor account { defaultContractState } }"
    payload = desk.change(
        "setDefaultBillingContract", fields, billingContractId=first, defaultFor="USAGE"
    )
    assert payload["billingContract"] == {
        "name": "First",
        "isDefault": True,
        "defaultFor": "USAGE",
        "account": {"defaultContractState": "ONE"},
    }
    again = {"billingContractId": second, "defaultFor": "USAGE"}
    payload = desk.change("setDefaultBillingContract", fields, **again)
    assert payload["billingContract"] is None
    assert refusal(payload) == ("DEFAULT_CONTRACT_EXISTS", None)
    payload = desk.change("setDefaultBillingContract", fields, **again, replaceExisting=True)
    assert payload["billingContract"]["account"] == {"defaultContractState": "ONE"}


def test_a_contract_is_changed_and_inactivated(desk: MutationDesk, office: BackOffice) -> None:
    contract = str(office.contract(office.account()).id)
    payload = desk.change(
        "updateBillingContract",
        "billingContract { name status currency }",
        billingContractId=contract,
        status="INACTIVE",
        name=None,
    )
    assert payload["billingContract"] == {
        "name": "Monthly",
        "status": "INACTIVE",
        "currency": "USD",
    }
    payload = desk.change(
        "setDefaultBillingContract", "billingContract { id }", billingContractId=contract
    )
    assert refusal(payload) == ("CONTRACT_INACTIVE", ["billingContractId"])


def test_a_provider_account_is_mapped_switched_and_unmapped(
    desk: MutationDesk, office: BackOffice
) -> None:
    office.provider()
    customer, account = str(office.customer()), str(office.account().id)
    fields = "providerAccount { account { id } syncEnabled }"
    payload = desk.change(
        "mapProviderAccount", fields, providerAccountId=customer, accountId=account
    )
    assert payload["providerAccount"] == {"account": {"id": account}, "syncEnabled": True}
    payload = desk.change(
        "setProviderAccountSync", fields, providerAccountId=customer, syncEnabled=False
    )
    assert payload["providerAccount"]["syncEnabled"] is False
    payload = desk.change("mapProviderAccount", fields, providerAccountId=customer)
    assert payload["providerAccount"]["account"] is None


def test_subscriptions_are_moved_all_or_none(desk: MutationDesk, office: BackOffice) -> None:
    office.provider()
    account = office.account()
    contract = str(office.contract(account).id)
    customer = office.customer("c-1", account)
    one = str(office.subscription(customer, account_id=account.id))
    fields = "subscriptions { id billingContract { id } unassignedReason }"
    payload = desk.change(
        "assignSubscriptions",
        fields,
        subscriptionIds=[one, UNKNOWN],
        billingContractId=contract,
    )
    assert payload["subscriptions"] == []
    assert refusal(payload) == ("NOT_FOUND", ["subscriptionIds", "1"])
    payload = desk.change(
        "assignSubscriptions", fields, subscriptionIds=[one], billingContractId=contract
    )
    assert payload["subscriptions"] == [
        {"id": one, "billingContract": {"id": contract}, "unassignedReason": None}
    ]
    payload = desk.change("assignSubscriptions", fields, subscriptionIds=[one])
    assert payload["subscriptions"] == [
        {"id": one, "billingContract": None, "unassignedReason": "UNASSIGNED_BY_USER"}
    ]


def test_a_price_is_set_exactly(desk: MutationDesk, office: BackOffice) -> None:
    office.provider()
    one = str(office.subscription(office.customer(), unassigned_reason="SETTING_DISABLED"))
    payload = desk.change(
        "setSubscriptionPrice",
        "subscriptions { unitPrice { amount currency } }",
        subscriptionIds=[one],
        amount="27.500000",
        currency="EUR",
    )
    assert payload["subscriptions"] == [{"unitPrice": {"amount": "27.5", "currency": "EUR"}}]


def test_a_manual_subscription_is_created_and_changed(
    desk: MutationDesk, office: BackOffice
) -> None:
    contract = str(office.contract(office.account()).id)
    fields = (
        "subscriptions { id quantity status startsAt provider { key } providerAccount { name }"
        " licenseChanges { nodes { event quantityDelta } } }"
    )
    payload = desk.change(
        "createSubscription",
        fields,
        billingContractId=contract,
        name="Backup",
        quantity=5,
        startsAt="2026-05-01T02:00:00+02:00",
    )
    [created] = payload["subscriptions"]
    assert created["provider"] == {"key": "manual"}
    assert created["providerAccount"] == {"name": "Aster Mills"}
    assert created["startsAt"] == "2026-05-01T00:00:00+00:00"
    assert created["licenseChanges"]["nodes"] == [{"event": "CREATE", "quantityDelta": 5}]
    payload = desk.change(
        "updateSubscription", fields, subscriptionId=created["id"], status="CANCELLED"
    )
    [ended] = payload["subscriptions"]
    assert (ended["quantity"], ended["status"]) == (0, "CANCELLED")
    deltas = {change["quantityDelta"] for change in ended["licenseChanges"]["nodes"]}
    assert deltas == {5, -5}


def test_subscriptions_of_automatic_providers_are_refused(
    desk: MutationDesk, office: BackOffice
) -> None:
    office.provider()
    one = str(office.subscription(office.customer(), unassigned_reason="SETTING_DISABLED"))
    payload = desk.change(
        "updateSubscription", "subscriptions { id }", subscriptionId=one, quantity=1
    )
    assert payload["subscriptions"] == []
    assert refusal(payload) == ("NOT_MANUAL", ["subscriptionId"])


def test_a_move_to_another_account_is_refused_over_http(
    desk: MutationDesk, office: BackOffice
) -> None:
    office.provider()
    account, other = office.account(), office.account("Birch Foods")
    one = office.subscription(office.customer("c-1", account), account_id=other.id)
    office.license_change(one, "INV-17", other.id)
    fields = "subscriptions { id }"
    third = office.contract(office.account("Cedar Labs"))
    payload = desk.change(
        "assignSubscriptions",
        fields,
        subscriptionIds=[str(one)],
        billingContractId=str(third.id),
    )
    assert refusal(payload) == ("ACCOUNT_MISMATCH", ["subscriptionIds", "0"])
    payload = desk.change(
        "assignSubscriptions",
        fields,
        subscriptionIds=[str(one)],
        billingContractId=str(office.contract(account).id),
    )
    assert refusal(payload) == ("INVOICE_REFERENCE_CONFLICT", ["subscriptionIds", "0"])


@pytest.mark.parametrize(
    ("mutation", "fields", "input_", "path"),
    [
        ("cancelJob", "job { id }", {"jobId": UNKNOWN}, "jobId"),
        ("retryJob", "job { id }", {"jobId": UNKNOWN}, "jobId"),
        (
            "mapProviderAccount",
            "providerAccount { id }",
            {"providerAccountId": UNKNOWN},
            "providerAccountId",
        ),
        (
            "createBillingContract",
            "billingContract { id }",
            {"accountId": UNKNOWN, "name": "Monthly"},
            "accountId",
        ),
        (
            "createSubscription",
            "subscriptions { id }",
            {"billingContractId": UNKNOWN, "name": "Backup", "quantity": 1},
            "billingContractId",
        ),
    ],
)
def test_an_unknown_id_is_a_user_error(
    desk: MutationDesk, mutation: str, fields: str, input_: dict[str, Any], path: str
) -> None:
    assert refusal(desk.change(mutation, fields, **input_)) == ("NOT_FOUND", [path])


@pytest.mark.parametrize(
    ("mutation", "argument", "input_"),
    [
        ("cancelJob", "JobInput", {"jobId": "garbage"}),
        ("mapProviderAccount", "MapProviderAccountInput", {"providerAccountId": "garbage"}),
        (
            "mapProviderAccount",
            "MapProviderAccountInput",
            {"providerAccountId": UNKNOWN, "accountId": ""},
        ),
        (
            "assignSubscriptions",
            "AssignSubscriptionsInput",
            {"subscriptionIds": ["garbage"]},
        ),
        ("createAccount", "CreateAccountInput", {"id": "garbage", "name": "Aster Mills"}),
    ],
)
def test_a_garbage_id_is_bad_user_input(
    desk: MutationDesk, mutation: str, argument: str, input_: dict[str, Any]
) -> None:
    document = (
        f"mutation($input: {argument}!) {{ {mutation}(input: $input) {{ userErrors {{ code }} }} }}"
    )
    assert desk.refused(document, input=input_) == "BAD_USER_INPUT"


def test_mutations_of_one_document_run_one_after_the_other(desk: MutationDesk) -> None:
    document = """
        mutation($id: ID!) {
          first: createAccount(input: {id: $id, name: "Aster Mills"}) { account { name } }
          second: createAccount(input: {id: $id, name: "Birch Foods"}) { userErrors { code } }
          third: createBillingContract(input: {accountId: $id, name: "Monthly"}) {
            billingContract { account { name } }
          }
        }
    """
    assert desk.ask(document, id=str(new_id())) == {
        "first": {"account": {"name": "Aster Mills"}},
        "second": {"userErrors": [{"code": "INVALID_INPUT"}]},
        "third": {"billingContract": {"account": {"name": "Aster Mills"}}},
    }


def test_a_mutation_is_in_the_audit_log_under_its_name(desk: MutationDesk) -> None:
    desk.change("createAccount", "account { id }", name="Aster Mills")
    answer = desk.ask(
        "{ auditLog { nodes { actor action fieldChanges { field oldValue newValue } } } }"
    )
    [entry] = answer["auditLog"]["nodes"]
    assert (entry["actor"], entry["action"]) == ("local", "createAccount")
    assert {"field": "name", "oldValue": None, "newValue": "Aster Mills"} in entry["fieldChanges"]
