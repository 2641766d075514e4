"""What the agent reads of an organisation, and what it costs."""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING, Any
from uuid import UUID, uuid4

import pytest

from dataverse_rows import (
    CONTRACT,
    SUBSCRIPTION,
    TABLE,
    account,
    contract_values,
    create,
    mark_of,
    one,
    read,
    subscription_values,
)
from seatsync.domain.crm import CrmGone, CrmNoun, CrmRecord, CrmUnreadable
from seatsync.errors import (
    CrmMarkExpired,
    StandingFault,
)
from seatsync.sdk.crm import CrmWrite

if TYPE_CHECKING:
    from collections.abc import Callable

    from seatsync_dataverse.connection import DataverseConnection
    from seatsync_dataverse.simulator import Simulator
    from virtual_time import VirtualTime

    Link = Callable[..., DataverseConnection]


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
        ({"syn_name": " "}, "Name (syn_name) is empty"),
        ({"syn_currency": "Euro"}, "Currency (syn_currency) is 'Euro'"),
    ],
)
def test_a_contract_that_means_nothing_says_why(
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
