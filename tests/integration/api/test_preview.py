from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from seatsync.domain.change import FieldChange
from seatsync.domain.preview import Candidate, CandidateChange, CandidatePlacement, Preview
from seatsync.domain.report import SyncFailure

if TYPE_CHECKING:
    from collections.abc import Sequence
    from uuid import UUID

    from back_office import BackOffice
    from front_desk import FrontDesk

QUERY = """query Preview($id: ID!) {
  subscriptionSyncPreview(billingContractId: $id) {
    billingContract { name account { name } }
    fetchedAt
    checksum
    candidates {
      id externalId name change placement quantity selectable
      fieldChanges { field oldValue newValue }
      providerAccount { name provider { key } }
    }
    failures { providerKey code message remedy externalId providerAccount { name } }
  }
}"""


@pytest.fixture
def preview(office: BackOffice) -> Preview:
    office.provider()
    account = office.account("Aster Mills")
    customer = office.customer("c-1", account)
    candidate = Candidate(
        customer,
        "s-1",
        "Seats",
        customer,
        CandidateChange.CHANGED,
        CandidatePlacement.OTHER_CONTRACT,
        7,
        (FieldChange("quantity", "5", "7"),),
    )
    failure = SyncFailure("px", "CUSTOMER_UNREADABLE", "refused", "Ask.", customer)
    contract = office.contract(account)
    return Preview(contract.id, office.clock.now(), (candidate,), (failure,), "abc")


def test_a_preview_shows_what_proceeding_would_do(desk: FrontDesk, preview: Preview) -> None:
    desk.agent.engine.preview_to_give = preview
    shown = desk.ask(QUERY, id=str(preview.billing_contract_id))["subscriptionSyncPreview"]
    [candidate], [failure] = shown.pop("candidates"), shown.pop("failures")
    assert shown == {
        "billingContract": {"name": "Monthly", "account": {"name": "Aster Mills"}},
        "fetchedAt": preview.fetched_at.isoformat(),
        "checksum": "abc",
    }
    assert candidate == {
        "id": str(preview.candidates[0].id),
        "externalId": "s-1",
        "name": "Seats",
        "change": "CHANGED",
        "placement": "OTHER_CONTRACT",
        "quantity": 7,
        "selectable": False,
        "fieldChanges": [{"field": "quantity", "oldValue": "5", "newValue": "7"}],
        "providerAccount": {"name": "Customer c-1", "provider": {"key": "px"}},
    }
    assert failure["providerAccount"] == {"name": "Customer c-1"}
    assert failure["remedy"] == "Ask."


def test_no_session_is_open_while_a_provider_is_asked(
    desk: FrontDesk, office: BackOffice, preview: Preview, monkeypatch: pytest.MonkeyPatch
) -> None:
    open_sessions: list[bool] = []

    def ask(contract_id: UUID, provider_keys: Sequence[str] | None) -> Preview:
        open_sessions.append(office.mirror._unit.is_open)
        return preview

    monkeypatch.setattr(desk.agent.engine, "preview", ask)
    desk.ask(QUERY, id=str(preview.billing_contract_id))
    assert open_sessions == [False]
