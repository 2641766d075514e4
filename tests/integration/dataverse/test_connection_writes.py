"""What the agent writes to an organisation: once, and naming nothing that is not its own."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import TYPE_CHECKING
from uuid import uuid4

import pytest

from dataverse_rows import (
    CONTRACT,
    NOON,
    SUBSCRIPTION,
    TABLE,
    account,
    contract_values,
    create,
    one,
    subscription_values,
)
from seatsync.domain.crm import CrmNoun
from seatsync.domain.ownership import Owner, fields_of
from seatsync.errors import (
    BadInput,
    CrmConflict,
    CrmRecordExists,
    CrmRecordGone,
    SkippedFault,
)
from seatsync.sdk.crm import CrmWrite

if TYPE_CHECKING:
    from collections.abc import Callable

    from seatsync_dataverse.connection import DataverseConnection
    from seatsync_dataverse.simulator import Simulator

    Link = Callable[..., DataverseConnection]


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


@pytest.mark.parametrize(
    ("noun", "name"),
    [(noun, name) for noun in CrmNoun for name in sorted(fields_of(noun, Owner.CRM_ALONE))],
)
def test_an_update_can_never_name_what_is_the_crms_alone(
    agent: DataverseConnection, noun: CrmNoun, name: str
) -> None:
    with pytest.raises(BadInput, match=f"must not name {name}"):
        agent.write(CrmWrite(noun, uuid4(), {name: None}))


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


def test_as_many_writes_go_on_as_the_service_recommends(agent: DataverseConnection) -> None:
    assert agent.agent_user.int
    assert 1 <= agent.lanes <= 16


def test_every_write_is_marked_as_the_agents(agent: DataverseConnection, org: Simulator) -> None:
    made = create(agent, SUBSCRIPTION, subscription_values())
    agent.write(CrmWrite(SUBSCRIPTION, made, {"quantity": 4}))
    assert {happening.tag for happening in org.journal} == {"seatsync"}


def test_a_word_without_a_value_concerns_this_row_alone(link: Link, org: Simulator) -> None:
    assert org.rows("account") == []
    tables = {"billing_contract": {"options": {"billing_policy": {"ARREARS": 482100001}}}}
    with pytest.raises(SkippedFault, match="no value for ADVANCE") as raised:
        create(link(tables=tables), CONTRACT, contract_values())
    assert "tables" in (raised.value.remedy or "")
