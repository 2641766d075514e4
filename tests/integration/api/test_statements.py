"""However long a page is, what hangs on its records is loaded at once."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from seatsync.domain.ids import new_id

if TYPE_CHECKING:
    from uuid import UUID

    from back_office import BackOffice
    from front_desk import FrontDesk

SIZE = 50

SUBSCRIPTIONS = """
query Page($first: Int!) {
  subscriptions(first: $first) {
    nodes {
      name
      lastSyncedAt
      account {
        name
        defaultContractState
        landingContract { name account { name } }
        providerAccounts { name suggestions { score account { name } } }
        billingContracts(first: 3) { totalCount nodes { name lastSyncRun { outcome } } }
        subscriptions(first: 2, filter: { missing: false }) { nodes { name parent { name } } }
      }
      billingContract { name account { name } subscriptions(first: 2) { nodes { name } } }
      provider { key plugin { name } lastSyncRun { id } nextSyncAt accounts { totalCount } }
      providerAccount { name account { name } provider { key } suggestions { reason } }
      parent { name }
      licenseChanges(first: 2) {
        totalCount
        nodes { quantityDelta subscription { name } syncReportEntry { change } }
      }
      syncHistory(first: 2) { nodes { change run { outcome failures { message } } } }
      exceptions { kind message subscription { name } account { name } provider { key } }
    }
  }
}
"""

REPORT = """
query Page($first: Int!) {
  syncReport(first: $first) {
    nodes {
      change
      fieldChanges { field oldValue newValue }
      run { outcome counts { updated } provider { key } job { status syncRun { id } } }
      subscription { name }
      providerAccount { name }
      billingContract { name }
    }
  }
}
"""

EXCEPTIONS = """
query Page($first: Int!) {
  exceptions(first: $first) {
    nodes {
      kind
      subscription { name }
      providerAccount { name }
      account { name }
      billingContract { name }
      provider { key }
    }
  }
}
"""


@pytest.fixture
def crowd(office: BackOffice) -> None:
    """Fill the mirror with a page of customers, a subscription and a report entry each."""
    office.provider()
    run = add_run(office)
    for number in range(SIZE):
        account = office.account(f"account {number}")
        contract = office.contract(account, f"contract {number}", is_default=True)
        customer = office.customer(f"c-{number}", account)
        subscription = office.subscription(
            customer,
            f"s-{number}",
            account_id=account.id,
            billing_contract_id=contract.id,
            parent_external_id="s-0",
        )
        add_entry(office, run, subscription, customer, contract.id)


def add_run(office: BackOffice) -> UUID:
    run = new_id()
    counts = dict.fromkeys(
        ("fetched", "created", "updated", "unchanged", "unassigned", "missing", "failed"), 0
    )
    with office.mirror.writing():
        office._insert(
            "sync_run",
            id=run,
            trigger_kind="AUTOMATIC",
            provider_key="px",
            requested_by="schedule",
            started_at=office.clock.now(),
            outcome="SUCCEEDED",
            **counts,
        )
    return run


def add_entry(
    office: BackOffice, run: UUID, subscription: UUID, customer: UUID, contract: UUID
) -> None:
    with office.mirror.writing():
        office._insert(
            "report_entry",
            id=new_id(),
            run_id=run,
            provider_key="px",
            change_kind="UPDATED",
            subscription_id=subscription,
            external_id="s",
            subscription_name="s",
            provider_account_id=customer,
            billing_contract_id=contract,
            field_changes='[["quantity","1","2"]]',
            occurred_at=office.clock.now(),
        )


@pytest.mark.parametrize("query", [SUBSCRIPTIONS, REPORT, EXCEPTIONS])
def test_a_page_of_50_takes_as_many_statements_as_a_page_of_5(
    desk: FrontDesk, crowd: None, query: str
) -> None:
    assert desk.statements(query, first=SIZE) == desk.statements(query, first=5)


def test_the_report_can_be_narrowed_to_one_field(desk: FrontDesk, crowd: None) -> None:
    query = "query Q($field: String) { syncReport(filter: {field: $field}) { totalCount } }"
    assert desk.ask(query, field="quantity")["syncReport"]["totalCount"] == SIZE
    assert desk.ask(query, field="name")["syncReport"]["totalCount"] == 0
    assert desk.ask(query, field='%"')["syncReport"]["totalCount"] == 0
