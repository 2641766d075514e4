"""The troubleshooting checklist, from a contract that is as expected to every way it is not."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

import pytest

from seatsync.domain.change import FieldChange
from seatsync.domain.connectivity import Consent, ConsentKind, ConsentState
from seatsync.domain.ids import new_id
from seatsync.domain.preview import Candidate, CandidateChange, CandidatePlacement, Preview
from seatsync.domain.provider import HealthState, ProviderHealth
from seatsync.domain.report import SyncFailure
from seatsync.domain.roles import LOCAL
from seatsync.errors import ProviderUnreachable
from seatsync.mirror.health import store_health
from seatsync.services.setting_changes import SettingEdit

if TYPE_CHECKING:
    from uuid import UUID

    from back_office import BackOffice
    from front_desk import FrontDesk

DIAGNOSE = """query D($contract: ID!, $subscription: ID) {
  diagnose(billingContractId: $contract, subscriptionId: $subscription) {
    conclusion
    checks { kind outcome message remedy }
  }
}"""
ORDER = [
    "PROVIDER_ACCOUNT_MAPPING",
    "CONNECTIVITY",
    "CONSENT",
    "CHANGE_AT_PROVIDER",
    "SYNC_REPORT",
    "JOBS",
    "SETTING",
    "DEFAULT_CONTRACT",
    "CONTRACT_ASSIGNMENT",
    "PRICE_DATA",
]
COUNTS = ("fetched", "created", "updated", "unchanged", "unassigned", "missing", "failed")


@pytest.fixture
def migrated_url(migrated_sqlite_url: str) -> str:
    """What is read for it is read on both databases elsewhere."""
    return migrated_sqlite_url


class Case:
    """A contract with a customer and a subscription, all as expected."""

    def __init__(self, desk: FrontDesk, office: BackOffice) -> None:
        self.desk = desk
        self.office = office
        office.provider()
        self.account = office.account()
        self.contract = office.contract(self.account, is_default=True)
        self.customer = office.customer("c-1", self.account)
        self.subscription = office.subscription(
            self.customer,
            account_id=self.account.id,
            billing_contract_id=self.contract.id,
            unit_price_amount="1",
            unit_price_currency="USD",
        )
        office.settings.update(LOCAL, SettingEdit(associate_default_billing_contract=True))
        self.health(HealthState.HEALTHY, ConsentState.GRANTED)
        self.run("SUCCEEDED")
        self.job = office.syncs.sync_provider(LOCAL, "px")
        self.shown = Candidate(
            self.subscription,
            "s-1",
            "Subscription s-1",
            self.customer,
            CandidateChange.UNCHANGED,
            CandidatePlacement.THIS_CONTRACT,
            10,
            (),
        )
        self.provider_shows(self.shown)

    def health(
        self, state: HealthState, consent: ConsentState, ends: datetime | None = None
    ) -> None:
        held = Consent(ConsentKind.ADMIN, consent, ends, "Ask an administrator.")
        health = ProviderHealth(state, self.office.clock.now(), (), (held,))
        with self.office.mirror.writing():
            store_health(self.office.mirror, "px", health)

    def run(self, outcome: str) -> UUID:
        run = new_id()
        with self.office.mirror.writing():
            self.office._insert(
                "sync_run",
                id=run,
                trigger_kind="AUTOMATIC",
                provider_key="px",
                requested_by="schedule",
                started_at=self.office.clock.now(),
                outcome=outcome,
                **dict.fromkeys(COUNTS, 0),
            )
        return run

    def provider_shows(
        self, *candidates: Candidate, failures: tuple[SyncFailure, ...] = ()
    ) -> None:
        now = self.office.clock.now()
        preview = Preview(self.contract.id, now, candidates, failures, "checksum")
        self.desk.agent.engine.preview_to_give = preview

    def change(self, sql: str) -> None:
        with self.office.mirror.writing():
            self.office.mirror.execute(sql)

    def diagnosed(self, *, subscription: bool = True) -> Any:
        one = str(self.subscription) if subscription else None
        asked = {"contract": str(self.contract.id), "subscription": one}
        found = self.desk.ask(DIAGNOSE, **asked)["diagnose"]
        assert [check["kind"] for check in found["checks"]] == ORDER
        return found

    def failed(self, *, subscription: bool = True) -> list[str]:
        """Return the kinds of the checks that failed; the conclusion is the first one's."""
        found = self.diagnosed(subscription=subscription)
        failed = [check for check in found["checks"] if check["outcome"] == "FAILED"]
        assert found["conclusion"] == (failed[0]["message"] if failed else None)
        return [check["kind"] for check in failed]

    def outcome(self, kind: str) -> str:
        [check] = [one for one in self.diagnosed()["checks"] if one["kind"] == kind]
        return str(check["outcome"])


@pytest.fixture
def case(desk: FrontDesk, office: BackOffice) -> Case:
    return Case(desk, office)


@pytest.mark.parametrize("about", ["the contract", "the subscription"])
def test_a_contract_that_is_as_expected_passes_every_check(case: Case, about: str) -> None:
    found = case.diagnosed(subscription=about == "the subscription")
    assert found["conclusion"] is None
    assert {check["outcome"] for check in found["checks"]} == {"PASSED"}


def test_a_contract_that_nobody_is_mapped_to(case: Case) -> None:
    case.change("UPDATE provider_account SET account_id = NULL")
    assert case.failed() == ["PROVIDER_ACCOUNT_MAPPING"]
    assert case.failed(subscription=False) == ["PROVIDER_ACCOUNT_MAPPING"]


def test_a_customer_whose_sync_is_switched_off(case: Case) -> None:
    case.change("UPDATE provider_account SET sync_enabled = 0")
    assert case.failed() == ["PROVIDER_ACCOUNT_MAPPING"]


@pytest.mark.parametrize(
    ("state", "outcome"), [("FAILED", "FAILED"), ("DEGRADED", "WARNING"), ("UNKNOWN", "WARNING")]
)
def test_a_connection_that_does_not_work(case: Case, state: str, outcome: str) -> None:
    case.health(HealthState(state), ConsentState.GRANTED)
    assert case.outcome("CONNECTIVITY") == outcome


@pytest.mark.parametrize(
    ("state", "days", "outcome"),
    [
        ("MISSING", None, "FAILED"),
        ("EXPIRED", -1, "FAILED"),
        ("GRANTED", 5, "WARNING"),
        ("GRANTED", 50, "PASSED"),
    ],
)
def test_a_consent_that_is_not_in_force(
    case: Case, state: str, days: int | None, outcome: str
) -> None:
    ends = None if days is None else datetime.now(UTC) + timedelta(days=days)
    case.health(HealthState.HEALTHY, ConsentState(state), ends)
    assert case.outcome("CONSENT") == outcome


def test_a_change_that_only_the_provider_shows(case: Case) -> None:
    change = FieldChange("quantity", "10", "12")
    behind = replace(case.shown, change=CandidateChange.CHANGED, field_changes=(change,))
    case.provider_shows(behind)
    assert case.failed() == ["CHANGE_AT_PROVIDER"]
    case.provider_shows(case.shown, replace(behind, id=new_id()))
    assert case.failed() == []
    assert case.failed(subscription=False) == ["CHANGE_AT_PROVIDER"]
    case.provider_shows(replace(behind, placement=CandidatePlacement.OTHER_CONTRACT))
    assert case.failed() == []


def test_a_subscription_that_the_provider_does_not_list(case: Case) -> None:
    case.provider_shows()
    assert case.failed() == ["CHANGE_AT_PROVIDER"]
    assert case.failed(subscription=False) == []


def test_a_provider_that_cannot_be_asked(case: Case) -> None:
    case.desk.agent.engine.preview_to_give = ProviderUnreachable("no answer", remedy="Wait.")
    [check] = [one for one in case.diagnosed()["checks"] if one["outcome"] == "FAILED"]
    assert check["kind"] == "CHANGE_AT_PROVIDER"
    assert check["remedy"] == "Wait."
    case.provider_shows(failures=(SyncFailure("px", "CUSTOMER_UNREADABLE", "not ours"),))
    assert case.failed() == ["CHANGE_AT_PROVIDER"]


def test_a_sync_that_failed_or_could_not_read_it(case: Case) -> None:
    run = case.run("PARTIAL")
    assert case.failed() == []
    with case.office.mirror.writing():
        case.office._insert(
            "run_failure",
            id=new_id(),
            run_id=run,
            provider_key="px",
            provider_account_id=case.customer,
            code="CUSTOMER_UNREADABLE",
            message="not ours any more",
        )
    assert case.failed() == ["SYNC_REPORT"]
    case.run("FAILED")
    assert case.failed() == ["SYNC_REPORT"]
    case.run("SUCCEEDED")
    assert case.failed() == []


def test_a_job_that_failed(case: Case) -> None:
    case.change("UPDATE job SET status = 'FAILED', error_code = 'X', error_message = 'no answer'")
    assert case.failed() == ["JOBS"]


def test_a_new_subscription_that_landed_nowhere(case: Case) -> None:
    case.office.settings.update(LOCAL, SettingEdit(associate_default_billing_contract=False))
    assert case.failed() == []
    assert case.outcome("SETTING") == "WARNING"
    case.change(
        "UPDATE subscription SET billing_contract_id = NULL, unassigned_reason = 'SETTING_DISABLED'"
    )
    assert case.failed() == ["SETTING", "CONTRACT_ASSIGNMENT"]
    assert case.failed(subscription=False) == ["SETTING", "CONTRACT_ASSIGNMENT"]
    case.change("UPDATE billing_contract SET is_default = 0")
    assert case.failed() == ["SETTING", "DEFAULT_CONTRACT", "CONTRACT_ASSIGNMENT"]


def test_an_account_with_two_defaults(case: Case) -> None:
    case.office.contract(case.account, "Other")
    case.change("UPDATE billing_contract SET is_default = 1")
    assert case.failed() == ["DEFAULT_CONTRACT"]


def test_a_subscription_on_another_contract(case: Case) -> None:
    other = case.office.contract(case.account, "Other")
    asked = {"contract": str(other.id), "subscription": str(case.subscription)}
    found = case.desk.ask(DIAGNOSE, **asked)["diagnose"]
    assert "is on another contract" in found["conclusion"]


def test_a_subscription_without_a_price(case: Case) -> None:
    case.change("UPDATE subscription SET unit_price_amount = NULL, unit_price_currency = NULL")
    assert case.failed() == ["PRICE_DATA"]
    assert case.failed(subscription=False) == ["PRICE_DATA"]


@pytest.mark.parametrize(
    "asked", [("garbage", None), ("00000000-0000-0000-0000-000000000007", None)]
)
def test_a_contract_that_does_not_exist(desk: FrontDesk, asked: tuple[str, str | None]) -> None:
    contract, subscription = asked
    found = desk.refused(DIAGNOSE, contract=contract, subscription=subscription)
    assert found == "BAD_USER_INPUT"


def test_a_subscription_that_does_not_exist(case: Case) -> None:
    asked = {"contract": str(case.contract.id), "subscription": str(new_id())}
    assert case.desk.refused(DIAGNOSE, **asked) == "BAD_USER_INPUT"
