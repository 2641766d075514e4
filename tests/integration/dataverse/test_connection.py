"""The organisation as the agent's CRM: what is read, what is written, and what it costs."""

from __future__ import annotations

from datetime import UTC, date, datetime
from decimal import Decimal
from typing import TYPE_CHECKING, Any
from uuid import UUID, uuid4

import pytest

from seatsync.domain.crm import CrmGone, CrmNoun, CrmRecord, CrmUnreadable
from seatsync.errors import (
    BadInput,
    CrmConflict,
    CrmMarkExpired,
    CrmRecordExists,
    CrmRecordGone,
    SkippedFault,
    StandingFault,
)
from seatsync.sdk.crm import CrmWrite

if TYPE_CHECKING:
    from collections.abc import Callable

    from seatsync.domain.crm import CrmChange, CrmValue
    from seatsync_dataverse.connection import DataverseConnection
    from seatsync_dataverse.simulator import Simulator
    from virtual_time import VirtualTime

    Link = Callable[..., DataverseConnection]

NOON = datetime(2026, 1, 5, 12, 0, 0, 123456, tzinfo=UTC)
SUBSCRIPTION, CONTRACT = CrmNoun.SUBSCRIPTION, CrmNoun.BILLING_CONTRACT
TABLE = "syn_subscription"


def read(agent: DataverseConnection, noun: CrmNoun, mark: str | None = None) -> list[CrmChange]:
    return [change for page in agent.changes(noun, mark) for change in page.changes]


def mark_of(agent: DataverseConnection, noun: CrmNoun, mark: str | None = None) -> str:
    *_, last = agent.changes(noun, mark)
    assert last.mark is not None
    return last.mark


def one(agent: DataverseConnection, noun: CrmNoun, record_id: UUID) -> CrmRecord:
    [found] = agent.fetch(noun, [record_id])
    assert isinstance(found, CrmRecord), found
    return found


def account(org: Simulator, **values: Any) -> UUID:
    return UUID(org.add("account", {"name": "Example Bakery", **values}))


def create(
    agent: DataverseConnection, noun: CrmNoun, values: dict[str, CrmValue], **more: Any
) -> UUID:
    record_id = uuid4()
    agent.write(CrmWrite(noun, record_id, values, is_create=True, **more))
    return record_id


def contract_values(**changed: CrmValue) -> dict[str, CrmValue]:
    return {
        "name": "Licences",
        "account_id": None,
        "is_default": True,
        "default_for": None,
        "billing_policy": "ADVANCE",
        "billing_frequency": "MONTHLY",
        "currency": "EUR",
        "status": "ACTIVE",
        **changed,
    }


def subscription_values(**changed: CrmValue) -> dict[str, CrmValue]:
    return {
        "provider_key": "pax8",
        "external_id": "S-1",
        "name": "Office",
        "quantity": 3,
        "status": "ACTIVE",
        "provider_status": "active",
        "billing_type": "LICENSE",
        "is_trial": False,
        "auto_renew": None,
        "discovered_at": NOON,
        "unit_cost_amount": Decimal("1.234567"),
        "unit_cost_currency": "EUR",
        **changed,
    }


def test_an_idle_poll_is_one_request_for_each_table_and_two_more_in_a_new_process(
    agent: DataverseConnection, org: Simulator
) -> None:
    marks = {noun: mark_of(agent, noun) for noun in CrmNoun}
    assert agent.agent_user == UUID(org.organization.agent_id)
    assert org.requests("^/api/") == len(CrmNoun) + 2
    org.forget()
    for noun, mark in marks.items():
        mark_of(agent, noun, mark)
    assert agent.agent_user == UUID(org.organization.agent_id)
    assert org.requests() == len(CrmNoun)


def test_a_poll_of_priced_subscriptions_asks_for_currencies_once(
    agent: DataverseConnection, org: Simulator
) -> None:
    create(agent, SUBSCRIPTION, subscription_values())
    org.edit(TABLE, org.rows(TABLE)[0]["syn_subscriptionid"], {"syn_unitprice": Decimal("9.99")})
    org.forget()
    [found] = read(agent, SUBSCRIPTION)
    assert isinstance(found, CrmRecord)
    assert found.values["unit_price_amount"] == Decimal("9.99")
    assert found.values["unit_price_currency"] == "EUR"
    read(agent, SUBSCRIPTION)
    assert org.requests("transactioncurrencies") == 1


def test_what_was_written_reads_back_as_the_connection_said_it_would(
    agent: DataverseConnection, org: Simulator
) -> None:
    holder = account(org)
    contract = create(agent, CONTRACT, contract_values(account_id=holder))
    values = subscription_values(
        name="ä" * 500,
        account_id=holder,
        billing_contract_id=contract,
        unit_price_amount=Decimal("2.345678"),
        unit_price_currency="EUR",
        starts_at=NOON,
    )
    found = one(agent, SUBSCRIPTION, create(agent, SUBSCRIPTION, values))
    kept = agent.kept(SUBSCRIPTION, values)
    assert {name: found.values[name] for name in kept} == kept
    assert len(str(kept["name"])) == 400
    assert kept["starts_at"] == NOON.replace(microsecond=0)
    assert kept["unit_price_amount"] == Decimal("2.3457")
    assert kept["unit_cost_amount"] == Decimal("1.234567")
    assert found.changed_by == found.created_by == agent.agent_user


def test_every_noun_goes_there_and_back(agent: DataverseConnection, org: Simulator) -> None:
    holder = account(org)
    provider_account = create(
        agent,
        CrmNoun.PROVIDER_ACCOUNT,
        {"provider_key": "pax8", "external_id": "C/1", "name": "Bakery", "account_id": holder},
    )
    held = create(agent, SUBSCRIPTION, subscription_values(provider_account_id=provider_account))
    change = create(
        agent,
        CrmNoun.LICENSE_CHANGE,
        {
            "subscription_id": held,
            "event": "CREATE",
            "quantity_delta": 3,
            "quantity_after": 3,
            "effective_date": date(2026, 1, 5),
            "created_at": NOON,
        },
    )
    assert one(agent, SUBSCRIPTION, held).values["provider_account_id"] == provider_account
    found = one(agent, CrmNoun.LICENSE_CHANGE, change)
    assert (found.values["event"], found.values["effective_date"]) == ("CREATE", date(2026, 1, 5))
    assert org.rows("syn_licensechange")[0]["syn_name"] == "Create +3"


def test_an_inactive_contract_is_written_and_read_by_its_state(
    agent: DataverseConnection, org: Simulator
) -> None:
    made = create(agent, CONTRACT, contract_values(status="INACTIVE"))
    row = org.row("syn_billingcontract", str(made))
    assert row is not None
    assert (row["statecode"], row["statuscode"]) == (1, 2)
    agent.write(CrmWrite(CONTRACT, made, {"status": "ACTIVE"}))
    assert one(agent, CONTRACT, made).values["status"] == "ACTIVE"


def test_the_domain_of_an_account_is_the_bare_host_of_its_website(
    agent: DataverseConnection, org: Simulator
) -> None:
    holder = account(org, websiteurl="http://WWW.Bakery.example/about?x=1")
    assert one(agent, CrmNoun.ACCOUNT, holder).values["domain"] == "bakery.example"
    agent.write(CrmWrite(CrmNoun.ACCOUNT, holder, {"domain": "harbour.example"}))
    row = org.row("account", str(holder))
    assert row is not None
    assert row["websiteurl"] == "https://harbour.example"
    assert one(agent, CrmNoun.ACCOUNT, holder).values["domain"] == "harbour.example"


def test_an_update_names_only_what_it_was_given(agent: DataverseConnection, org: Simulator) -> None:
    made = create(agent, SUBSCRIPTION, subscription_values())
    org.forget()
    agent.write(CrmWrite(SUBSCRIPTION, made, {"quantity": 5, "missing_since": NOON}))
    [happening] = org.journal
    assert happening.columns.keys() - {"modifiedby", "modifiedon"} == {
        "syn_quantity",
        "syn_missingsince",
    }


@pytest.mark.parametrize("name", ["unit_price_amount", "unit_price_currency"])
def test_an_update_can_never_name_the_price(agent: DataverseConnection, name: str) -> None:
    with pytest.raises(BadInput, match="must not name"):
        agent.write(CrmWrite(SUBSCRIPTION, uuid4(), {name: None}))


def test_a_lookup_is_emptied(agent: DataverseConnection, org: Simulator) -> None:
    made = create(agent, SUBSCRIPTION, subscription_values(account_id=account(org)))
    agent.write(CrmWrite(SUBSCRIPTION, made, {"account_id": None}))
    assert one(agent, SUBSCRIPTION, made).values["account_id"] is None


def test_the_version_of_a_write_is_told_only_if_nothing_of_others_can_be_in_it(
    agent: DataverseConnection, org: Simulator
) -> None:
    made = uuid4()
    create_it = CrmWrite(SUBSCRIPTION, made, subscription_values(), is_create=True)
    version = agent.write(create_it)
    assert version == org.etag(TABLE, str(made))
    newer = agent.write(CrmWrite(SUBSCRIPTION, made, {"quantity": 4}, version=version))
    assert newer == org.etag(TABLE, str(made))
    assert agent.write(CrmWrite(SUBSCRIPTION, made, {"quantity": 5})) is None
    again = CrmWrite(SUBSCRIPTION, made, {"quantity": 5}, version=version, is_repeated=True)
    assert agent.write(again) is None


def test_a_row_that_somebody_changed_is_a_conflict(
    agent: DataverseConnection, org: Simulator
) -> None:
    made = uuid4()
    version = agent.write(CrmWrite(SUBSCRIPTION, made, subscription_values(), is_create=True))
    org.edit(TABLE, str(made), {"syn_name": "Theirs"})
    with pytest.raises(CrmConflict):
        agent.write(CrmWrite(SUBSCRIPTION, made, {"quantity": 4}, version=version))


def test_a_create_that_was_carried_out_already_is_a_success(
    agent: DataverseConnection, org: Simulator
) -> None:
    write = CrmWrite(SUBSCRIPTION, uuid4(), subscription_values(name="x" * 900), is_create=True)
    agent.write(write)
    org.forget()
    again = CrmWrite(SUBSCRIPTION, write.id, write.values, is_create=True, is_repeated=True)
    assert agent.write(again) is None
    assert org.journal == []


def test_a_create_whose_row_is_there_and_differs_says_so(
    agent: DataverseConnection, org: Simulator
) -> None:
    made = create(agent, SUBSCRIPTION, subscription_values())
    org.edit(TABLE, str(made), {"syn_quantity": 9})
    again = CrmWrite(SUBSCRIPTION, made, subscription_values(), is_create=True, is_repeated=True)
    with pytest.raises(CrmRecordExists):
        agent.write(again)


def test_the_key_of_another_row_is_taken(agent: DataverseConnection) -> None:
    create(agent, SUBSCRIPTION, subscription_values())
    with pytest.raises(CrmRecordExists):
        create(agent, SUBSCRIPTION, subscription_values())


def test_an_answer_that_was_lost_doubles_nothing(
    agent: DataverseConnection, org: Simulator
) -> None:
    org.drop_after_commit(TABLE, method="PATCH")
    made = create(agent, SUBSCRIPTION, subscription_values())
    org.drop_after_commit(TABLE, method="PATCH")
    agent.write(CrmWrite(SUBSCRIPTION, made, {"quantity": 7}))
    assert [row["syn_quantity"] for row in org.rows(TABLE)] == [7]
    assert len(org.journal) == 2


def test_what_is_not_there_cannot_be_changed_nor_referred_to(agent: DataverseConnection) -> None:
    with pytest.raises(CrmRecordGone):
        agent.write(CrmWrite(SUBSCRIPTION, uuid4(), {"quantity": 1}))
    with pytest.raises(CrmRecordGone):
        create(agent, SUBSCRIPTION, subscription_values(account_id=uuid4()))


def test_a_currency_that_the_organisation_lacks_concerns_this_row_alone(
    agent: DataverseConnection, org: Simulator
) -> None:
    values = subscription_values(unit_price_amount=Decimal(1), unit_price_currency="CHF")
    with pytest.raises(SkippedFault, match="no currency CHF"):
        create(agent, SUBSCRIPTION, values)
    org.add("transactioncurrency", {"currencyname": "Franc", "isocurrencycode": "CHF"})
    made = create(agent, SUBSCRIPTION, values)
    assert one(agent, SUBSCRIPTION, made).values["unit_price_currency"] == "CHF"


def test_a_row_that_means_nothing_does_not_hide_the_others(
    agent: DataverseConnection, org: Simulator
) -> None:
    create(agent, CONTRACT, contract_values())
    strange = create(agent, CONTRACT, contract_values())
    column = org.organization.tables["syn_billingcontract"].columns["syn_billingpolicy"]
    column.options[7] = "Sometimes"
    org.edit("syn_billingcontract", str(strange), {"syn_billingpolicy": 7})
    found = read(agent, CONTRACT)
    [unreadable] = [change for change in found if isinstance(change, CrmUnreadable)]
    assert unreadable.id == strange
    assert "Billing Policy (syn_billingpolicy) is 7" in unreadable.reason
    assert sum(isinstance(change, CrmRecord) for change in found) == 1


@pytest.mark.parametrize(
    ("changed", "reason"),
    [
        ({"syn_currency": None, "syn_name": " "}, "Currency (syn_currency), Name (syn_name) are"),
        ({"syn_currency": "Euro"}, "Currency (syn_currency) is 'Euro'"),
        ({"syn_billingfrequency": None}, "Billing Frequency (syn_billingfrequency) is empty"),
    ],
)
def test_a_contract_that_nothing_can_be_billed_from_says_why(
    agent: DataverseConnection, org: Simulator, changed: dict[str, Any], reason: str
) -> None:
    made = create(agent, CONTRACT, contract_values())
    org.edit("syn_billingcontract", str(made), changed)
    [found] = agent.fetch(CONTRACT, [made])
    assert isinstance(found, CrmUnreadable)
    assert reason in found.reason


def test_what_the_agent_owns_is_never_unreadable_for_a_choice_of_somebody_else(
    agent: DataverseConnection, org: Simulator
) -> None:
    made = create(agent, SUBSCRIPTION, subscription_values())
    org.organization.tables[TABLE].columns["syn_status"].options[8] = "Strange"
    org.edit(TABLE, str(made), {"syn_status": 8})
    assert one(agent, SUBSCRIPTION, made).values["status"] is None


def test_a_row_that_is_older_than_its_flag_says_no(
    agent: DataverseConnection, org: Simulator
) -> None:
    made = create(agent, CONTRACT, contract_values())
    org.edit("syn_billingcontract", str(made), {"syn_isdefault": None, "syn_currency": " eur "})
    values = one(agent, CONTRACT, made).values
    assert (values["is_default"], values["currency"]) == (False, "EUR")


def test_deleted_rows_are_told_and_fetched_as_gone(
    agent: DataverseConnection, org: Simulator
) -> None:
    made, never = create(agent, SUBSCRIPTION, subscription_values()), uuid4()
    mark = mark_of(agent, SUBSCRIPTION)
    org.delete(TABLE, str(made))
    assert read(agent, SUBSCRIPTION, mark) == [CrmGone(SUBSCRIPTION, made)]
    assert agent.fetch(SUBSCRIPTION, [made, never]) == [
        CrmGone(SUBSCRIPTION, made),
        CrmGone(SUBSCRIPTION, never),
    ]


def test_many_rows_are_fetched_in_order_with_few_requests(
    agent: DataverseConnection, org: Simulator
) -> None:
    ids = [account(org, name=f"Example {number}") for number in range(120)]
    org.forget()
    found = agent.fetch(CrmNoun.ACCOUNT, ids)
    assert [change.id for change in found] == ids
    assert org.requests("accounts") == 3


def test_a_read_in_pages_has_one_mark_at_its_end(link: Link, org: Simulator) -> None:
    for number in range(5):
        account(org, name=f"Example {number}")
    pages = list(link(page_size=2).changes(CrmNoun.ACCOUNT, None))
    assert [len(page.changes) for page in pages] == [2, 2, 1]
    assert [page.mark is not None for page in pages] == [False, False, True]


def test_a_mark_that_is_too_old_is_expired(
    agent: DataverseConnection, org: Simulator, time: VirtualTime
) -> None:
    mark = mark_of(agent, CrmNoun.ACCOUNT)
    account(org)
    time.clock.passed_s += 8 * 86_400
    with pytest.raises(CrmMarkExpired):
        read(agent, CrmNoun.ACCOUNT, mark)


@pytest.mark.parametrize("mark", ["", "{}", "garbage", '{"link": "x", "digest": "y"}'])
def test_a_mark_of_something_else_is_expired(agent: DataverseConnection, mark: str) -> None:
    with pytest.raises(CrmMarkExpired):
        read(agent, CrmNoun.ACCOUNT, mark)


def test_another_meaning_of_the_same_columns_wants_everything_again(
    link: Link, org: Simulator
) -> None:
    mark = mark_of(link(), CONTRACT)
    assert org.rows("account") == []
    other = {"billing_contract": {"options": {"billing_policy": {"ADVANCE": 482100001}}}}
    with pytest.raises(CrmMarkExpired):
        read(link(tables=other), CONTRACT, mark)


def test_a_table_that_is_missing_names_the_remedy(link: Link, bare: Simulator) -> None:
    assert bare.rows("account") == []
    with pytest.raises(StandingFault, match="no table syn_subscription") as raised:
        read(link(), SUBSCRIPTION)
    assert "seatsync crm setup" in (raised.value.remedy or "")


def test_many_rows_are_loaded_and_the_bad_ones_are_told(
    agent: DataverseConnection, org: Simulator
) -> None:
    writes = [
        CrmWrite(
            SUBSCRIPTION,
            uuid4(),
            subscription_values(external_id=f"S-{number}", provider_key="p" * length),
            is_create=True,
        )
        for number, length in enumerate([4, 4, 200, 4])
    ]
    dear = subscription_values(unit_price_amount=Decimal(1), unit_price_currency="XTS")
    writes.insert(1, CrmWrite(SUBSCRIPTION, uuid4(), dear, is_create=True))
    org.forget()
    done = list(agent.load(writes))
    assert [one.write for one in done] == writes
    assert [one.fault is None for one in done] == [True, False, True, False, True]
    assert {one.version for one in done} == {None}
    assert len(org.rows(TABLE)) == 3
    assert list(agent.load([])) == []


def test_a_load_is_repeated_without_doubling(agent: DataverseConnection, org: Simulator) -> None:
    writes = [
        CrmWrite(SUBSCRIPTION, uuid4(), subscription_values(external_id=str(one)), is_create=True)
        for one in range(4)
    ]
    list(agent.load(writes[:2]))
    assert [one.fault for one in agent.load(writes)] == [None] * 4
    assert len(org.rows(TABLE)) == 4


def test_people_are_named_once(agent: DataverseConnection, org: Simulator) -> None:
    mira = UUID(org.add_user("Mira Holt"))
    org.forget()
    assert [agent.user_name(mira), agent.user_name(mira)] == ["Mira Holt"] * 2
    assert org.requests("systemusers") == 1
    assert agent.user_name(uuid4()) is None


def test_who_changed_a_row_and_who_made_it_is_told(
    agent: DataverseConnection, org: Simulator
) -> None:
    mira = org.add_user("Mira Holt")
    made = create(agent, SUBSCRIPTION, subscription_values())
    org.edit(TABLE, str(made), {"syn_quantity": 8}, by=mira)
    found = one(agent, SUBSCRIPTION, made)
    assert (found.changed_by, found.created_by) == (UUID(mira), agent.agent_user)


def test_as_many_writes_go_on_as_the_service_recommends(agent: DataverseConnection) -> None:
    assert agent.agent_user.int
    assert 1 <= agent.lanes <= 16


def test_every_write_is_marked_as_the_agents(agent: DataverseConnection, org: Simulator) -> None:
    made = create(agent, SUBSCRIPTION, subscription_values())
    agent.write(CrmWrite(SUBSCRIPTION, made, {"quantity": 4}))
    assert {happening.tag for happening in org.journal} == {"seatsync"}


def test_an_existing_schema_is_read_and_written_by_its_own_names(
    link: Link, org: Simulator
) -> None:
    tables = {
        "account": {"columns": {"domain": None}},
        "billing_contract": {
            "columns": {"name": "syn_name", "is_default": None},
            "options": {"billing_policy": {"ADVANCE": 482100001, "ARREARS": 482100000}},
        },
    }
    mapped = link(tables=tables)
    made = create(mapped, CONTRACT, contract_values())
    row = org.row("syn_billingcontract", str(made))
    assert row is not None
    assert (row["syn_billingpolicy"], row["syn_isdefault"]) == (482100001, None)
    found = one(mapped, CONTRACT, made)
    assert "is_default" not in found.values
    assert found.values["billing_policy"] == "ADVANCE"
    holder = account(org)
    assert one(mapped, CrmNoun.ACCOUNT, holder).values == {"name": "Example Bakery"}
    assert mapped.write(CrmWrite(CrmNoun.ACCOUNT, holder, {"domain": "a.example"})) is None


def test_a_word_without_a_value_concerns_this_row_alone(link: Link, org: Simulator) -> None:
    assert org.rows("account") == []
    tables = {"billing_contract": {"options": {"billing_policy": {"ARREARS": 482100001}}}}
    with pytest.raises(SkippedFault, match="no value for ADVANCE") as raised:
        create(link(tables=tables), CONTRACT, contract_values())
    assert "tables" in (raised.value.remedy or "")
