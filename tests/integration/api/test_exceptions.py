from __future__ import annotations

from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import TYPE_CHECKING, Any

import pytest

from seatsync.domain.crm import CrmDirection
from seatsync.domain.exception import ExceptionKind
from seatsync.domain.ids import new_id
from seatsync.domain.roles import LOCAL
from seatsync.mirror.codec import decode_uuid
from seatsync.mirror.crm_link import note_failure, note_success

if TYPE_CHECKING:
    from uuid import UUID

    from back_office import BackOffice
    from front_desk import FrontDesk
    from seatsync.domain.contract import BillingContract

PRICED: dict[str, Any] = {"unit_price_amount": Decimal(5), "unit_price_currency": "USD"}


@pytest.fixture
def contract(office: BackOffice) -> BillingContract:
    office.provider()
    return office.contract(office.account("Aster Mills"))


def add_sound(office: BackOffice, contract: BillingContract, **more: Any) -> Any:
    """Add a subscription with which nothing is wrong but what `more` says."""
    customer = office.customer(str(new_id()), office.found_account(contract.account_id))
    values: dict[str, Any] = {
        "account_id": contract.account_id,
        "billing_contract_id": contract.id,
        **PRICED,
    }
    return office.subscription(customer, str(new_id()), **(values | more))


def summary(desk: FrontDesk) -> dict[str, int]:
    counts = desk.ask("{ exceptionSummary { kind count } }")["exceptionSummary"]
    assert len(counts) == len(ExceptionKind)
    return {one["kind"]: one["count"] for one in counts if one["count"]}


def listed(desk: FrontDesk, filters: str = "") -> list[dict[str, Any]]:
    query = f"""{{ exceptions{filters} {{ nodes {{
      kind message remedy since subscription {{ id exceptions {{ kind }} }}
      providerAccount {{ id }} account {{ id }} billingContract {{ id }} provider {{ key }}
    }} }} }}"""
    nodes: list[dict[str, Any]] = desk.ask(query)["exceptions"]["nodes"]
    return nodes


def test_a_sound_mirror_has_no_exception(
    desk: FrontDesk, office: BackOffice, contract: BillingContract
) -> None:
    add_sound(office, contract)
    assert summary(desk) == {}
    assert listed(desk) == []


def test_a_live_subscription_without_account_or_contract_shows_as_both(
    desk: FrontDesk, office: BackOffice, contract: BillingContract
) -> None:
    add_sound(office, contract, account_id=None, billing_contract_id=None)
    assert summary(desk) == {"MISSING_CUSTOMER": 1, "MISSING_BILLING_CONTRACT": 1}


@pytest.mark.parametrize(
    ("state", "kinds"),
    [
        ({"quantity": 0, "status": "CANCELLED"}, {"LICENSE_CHANGE_MISMATCH"}),
        ({"quantity": 0}, {"LICENSE_CHANGE_MISMATCH"}),
        (
            {"quantity": 0, "billing_type": "USAGE"},
            {"MISSING_PRICE_DATA", "LICENSE_CHANGE_MISMATCH"},
        ),
        ({"status": "SUSPENDED"}, {"MISSING_PRICE_DATA"}),
    ],
)
def test_only_what_still_is_billed_lacks_a_price(
    desk: FrontDesk,
    office: BackOffice,
    contract: BillingContract,
    state: dict[str, Any],
    kinds: set[str],
) -> None:
    add_sound(office, contract, unit_price_amount=None, **state)
    assert summary(desk).keys() == kinds


def test_a_missing_subscription_shows_since_when(
    desk: FrontDesk, office: BackOffice, contract: BillingContract
) -> None:
    gone = add_sound(office, contract, missing_since=office.clock.move(days=1))
    [exception] = listed(desk)
    assert exception["kind"] == "MISSING_AT_PROVIDER"
    assert datetime.fromisoformat(exception["since"]) == office.clock.now()
    assert exception["subscription"] == {
        "id": str(gone),
        "exceptions": [{"kind": "MISSING_AT_PROVIDER"}],
    }


def test_mapping_a_provider_account_clears_its_exception(
    desk: FrontDesk, office: BackOffice, contract: BillingContract
) -> None:
    customer = office.customer("stranger")
    assert summary(desk) == {"UNMAPPED_PROVIDER_ACCOUNT": 1}
    office.mappings.map(LOCAL, customer, contract.account_id)
    assert summary(desk) == {}


def test_two_defaults_of_one_scope_are_an_exception_and_of_two_scopes_are_not(
    desk: FrontDesk, office: BackOffice, contract: BillingContract
) -> None:
    with office.mirror.writing():
        office.mirror.execute("UPDATE billing_contract SET is_default = :yes", {"yes": True})
    second = office.contract(office.found_account(contract.account_id), "second")
    mark = "UPDATE billing_contract SET is_default = :yes, default_for = :scope WHERE id = :id"
    with office.mirror.writing():
        office.mirror.execute(mark, {"yes": True, "scope": "USAGE", "id": second.id})
    assert summary(desk) == {}
    with office.mirror.writing():
        office.mirror.execute(mark, {"yes": True, "scope": None, "id": second.id})
    [exception] = listed(desk)
    assert exception["kind"] == "MULTIPLE_DEFAULT_CONTRACTS"
    assert exception["account"] == {"id": str(contract.account_id)}


def test_deltas_that_do_not_add_up_are_an_exception(
    desk: FrontDesk, office: BackOffice, contract: BillingContract
) -> None:
    add_sound(office, contract, quantity=11)
    [exception] = listed(desk)
    assert exception["kind"] == "LICENSE_CHANGE_MISMATCH"
    assert "add up to 10," in exception["message"]


def test_a_contract_of_another_account_than_the_provider_accounts_is_an_exception(
    desk: FrontDesk, office: BackOffice, contract: BillingContract
) -> None:
    other = office.contract(office.account("Birch Works"))
    add_sound(office, contract, billing_contract_id=other.id)
    [exception] = listed(desk)
    assert exception["kind"] == "ACCOUNT_MISMATCH"
    assert exception["billingContract"] == {"id": str(other.id)}


def test_a_failed_provider_is_an_exception(
    desk: FrontDesk, office: BackOffice, contract: BillingContract
) -> None:
    with office.mirror.writing():
        office.mirror.execute(
            "UPDATE provider SET health_state = 'FAILED', health_checked_at = :at",
            {"at": office.clock.now()},
        )
    [exception] = listed(desk)
    assert (exception["kind"], exception["provider"]) == ("PROVIDER_UNHEALTHY", {"key": "px"})


@pytest.mark.parametrize(
    ("status", "minutes", "stale"),
    [
        ("IN_PROGRESS", 16, 1),
        ("IN_PROGRESS", 14, 0),
        ("WAITING", 61, 1),
        ("WAITING", 59, 0),
        ("SUCCEEDED", 999, 0),
    ],
)
def test_a_job_that_has_not_moved_for_too_long_is_an_exception(
    desk: FrontDesk, office: BackOffice, status: str, minutes: int, stale: int
) -> None:
    then = datetime.now(UTC) - timedelta(minutes=minutes)
    with office.mirror.writing():
        office._insert(
            "job",
            id=new_id(),
            kind="SYNC_PROVIDER",
            status=status,
            arguments="{}",
            attempts=1,
            max_attempts=5,
            progress_done=0,
            requested_by="schedule",
            created_at=then,
            run_after=then,
            updated_at=then,
            cancel_requested=False,
        )
    assert summary(desk).get("STALE_JOB", 0) == stale


def park(office: BackOffice, noun: str, record_id: UUID, *, parked: bool = True) -> None:
    """Let the CRM have refused a record."""
    with office.mirror.writing():
        office._insert(
            "crm_outbox",
            id=new_id(),
            noun=noun,
            record_id=record_id,
            operation="UPDATE",
            fields="quantity",
            bases="",
            revision=0,
            created_at=office.clock.now(),
            attempts=5,
            next_attempt_at=office.clock.now(),
            last_error="no such column",
            parked=parked,
        )


def test_a_parked_crm_write_is_an_exception_with_the_words_of_the_crm(
    desk: FrontDesk, office: BackOffice, contract: BillingContract
) -> None:
    subscription = add_sound(office, contract)
    park(office, "subscription", subscription)
    park(office, "billing_contract", contract.id, parked=False)
    [exception] = listed(desk)
    assert exception["kind"] == "CRM_WRITE_FAILED"
    name = office.found_subscription(subscription).name
    assert exception["message"] == f"The CRM did not take the subscription {name}: no such column"
    assert exception["subscription"] == {
        "id": str(subscription),
        "exceptions": [{"kind": "CRM_WRITE_FAILED"}],
    }


def test_a_parked_crm_write_says_which_record_it_is_about(
    desk: FrontDesk, office: BackOffice, contract: BillingContract
) -> None:
    account = office.found_account(contract.account_id)
    customer = office.customer("c-9", account)
    subscription = office.subscription(
        customer, account_id=account.id, billing_contract_id=contract.id, **PRICED
    )
    [[change]] = office.rows("SELECT id FROM license_change")
    parked = {
        "account": (account.id, f"the account {account.name}"),
        "billing_contract": (contract.id, f"the billing contract {contract.name}"),
        "provider_account": (customer, "the provider account Customer c-9"),
        "license_change": (decode_uuid(change), "a license change of Subscription s-1"),
    }
    for noun, (record_id, _) in parked.items():
        park(office, noun, record_id)
    found = listed(desk, f'(filter: {{ accountId: "{account.id}" }})')
    told = {f"The CRM did not take {name}: no such column" for _, name in parked.values()}
    assert {one["message"] for one in found} == told
    [of_change] = [one for one in found if "license change" in one["message"]]
    assert of_change["subscription"]["id"] == str(subscription)


@pytest.mark.parametrize(("minutes", "late"), [(16, 1), (14, 0)])
def test_a_crm_that_cannot_be_reached_is_an_exception_after_a_quarter_of_an_hour(
    desk: FrontDesk, office: BackOffice, minutes: int, late: int
) -> None:
    then = datetime.now(UTC) - timedelta(minutes=minutes)
    with office.mirror.writing():
        note_success(office.mirror, CrmDirection.PULL, then - timedelta(hours=1))
        note_failure(office.mirror, CrmDirection.PULL, "no route", then)
        note_failure(office.mirror, CrmDirection.PULL, "no answer", datetime.now(UTC))
        note_success(office.mirror, CrmDirection.PUSH, then)
    assert summary(desk).get("STALE_JOB", 0) == late
    if late:
        [exception] = listed(desk)
        assert exception["message"] == (
            f"What changed in the CRM has not been read since {then:%Y-%m-%d %H:%M} UTC: no answer"
        )
        assert datetime.fromisoformat(exception["since"]) == then
    with office.mirror.writing():
        note_success(office.mirror, CrmDirection.PULL, datetime.now(UTC))
    assert summary(desk) == {}


def test_late_links_and_stale_jobs_are_paged_together(desk: FrontDesk, office: BackOffice) -> None:
    then = datetime.now(UTC) - timedelta(hours=2)
    with office.mirror.writing():
        for direction in CrmDirection:
            note_failure(office.mirror, direction, "no route", then)
    query = "query($after: String) { exceptions(first: 1, after: $after)"
    query += " { nodes { message } pageInfo { endCursor hasNextPage } } }"
    first = desk.ask(query, after=None)["exceptions"]
    assert first["pageInfo"]["hasNextPage"]
    second = desk.ask(query, after=first["pageInfo"]["endCursor"])["exceptions"]
    assert not second["pageInfo"]["hasNextPage"]
    messages = {first["nodes"][0]["message"], second["nodes"][0]["message"]}
    assert len(messages) == 2


def test_exceptions_are_paged_across_kinds_in_both_directions(
    desk: FrontDesk, office: BackOffice, contract: BillingContract
) -> None:
    for _ in range(3):
        add_sound(office, contract, account_id=None, billing_contract_id=None)
    office.customer("stranger")
    query = """query Q($first: Int, $after: String, $last: Int, $before: String) {
      exceptions(first: $first, after: $after, last: $last, before: $before) {
        totalCount
        edges { cursor node { kind subscription { id } } }
        pageInfo { hasNextPage hasPreviousPage startCursor endCursor }
      }
    }"""
    there: list[Any] = []
    back: list[Any] = []
    page = desk.ask(query, first=2)["exceptions"]
    there += page["edges"]
    while page["pageInfo"]["hasNextPage"]:
        page = desk.ask(query, first=2, after=page["pageInfo"]["endCursor"])["exceptions"]
        there += page["edges"]
    page = desk.ask(query, last=3)["exceptions"]
    back = page["edges"] + back
    while page["pageInfo"]["hasPreviousPage"]:
        page = desk.ask(query, last=3, before=page["pageInfo"]["startCursor"])["exceptions"]
        back = page["edges"] + back
    assert there == back
    assert len(there) == page["totalCount"] == 7


def test_exceptions_can_be_narrowed(
    desk: FrontDesk, office: BackOffice, contract: BillingContract
) -> None:
    add_sound(office, contract, unit_price_amount=None)
    office.customer("stranger")
    assert len(listed(desk)) == 2
    assert len(listed(desk, "(filter: {kind: MISSING_PRICE_DATA})")) == 1
    assert len(listed(desk, f'(filter: {{accountId: "{contract.account_id}"}})')) == 1
    assert len(listed(desk, f'(filter: {{billingContractId: "{contract.id}"}})')) == 1
    assert len(listed(desk, '(filter: {providerKey: "px"})')) == 2
    assert listed(desk, '(filter: {providerKey: "other"})') == []
