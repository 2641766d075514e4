"""The rules of the domain under Manual sync, the way a person does it."""

from __future__ import annotations

from typing import TYPE_CHECKING
from uuid import UUID, uuid4

import pytest

from lab import World
from laboratory import Laboratory
from seatsync.domain.preview import CandidateChange, CandidatePlacement
from seatsync.domain.provider import HealthState
from seatsync.domain.report import SyncOutcome, SyncTrigger
from seatsync.domain.roles import LOCAL
from seatsync.errors import (
    CredentialsRefused,
    CustomerError,
    ProviderUnreachable,
    Refusal,
)
from seatsync.sdk.context import Control

if TYPE_CHECKING:
    from seatsync.domain.account import Account
    from seatsync.domain.contract import BillingContract
    from seatsync.mirror.database import Mirror


class Desk:
    """An account with a contract, whose customer `c-1` holds s-1 on it, and s-2 on none."""

    def __init__(self, lab: Laboratory) -> None:
        self.lab = lab
        lab.world.customer("c-1")
        lab.sync()
        self.account: Account = lab.office.account()
        lab.map("c-1", self.account)
        self.contract: BillingContract = lab.office.contract(self.account)
        lab.world.subscription("s-1")
        lab.proceed(self.contract.id, [lab.id("s-1")])
        lab.world.subscription("s-2")


@pytest.fixture
def desk(lab: Laboratory) -> Desk:
    return Desk(lab)


def outline(lab: Laboratory, contract: UUID) -> dict[str, tuple[str, str, bool]]:
    return {
        one.external_id: (one.change.value, one.placement.value, one.is_selectable)
        for one in lab.preview(contract).candidates
    }


def test_the_preview_shows_new_changed_and_unchanged_ones(desk: Desk) -> None:
    lab = desk.lab
    other = lab.office.contract(desk.account, "Other")
    lab.world.subscription("s-3")
    lab.world.subscription("s-4")
    lab.proceed(other.id, [lab.id("s-3")])
    lab.sync()
    lab.world.subscription("s-5")
    lab.world.change("s-1", quantity=11)
    assert outline(lab, desk.contract.id) == {
        "s-1": (CandidateChange.CHANGED, CandidatePlacement.THIS_CONTRACT, True),
        "s-2": (CandidateChange.UNCHANGED, CandidatePlacement.NOWHERE, True),
        "s-3": (CandidateChange.UNCHANGED, CandidatePlacement.OTHER_CONTRACT, False),
        "s-4": (CandidateChange.UNCHANGED, CandidatePlacement.NOWHERE, True),
        "s-5": (CandidateChange.NEW, CandidatePlacement.NOWHERE, True),
    }


def test_the_preview_shows_old_and_new_values(desk: Desk) -> None:
    desk.lab.world.change("s-1", quantity=11)
    candidates = {one.external_id: one for one in desk.lab.preview(desk.contract.id).candidates}
    [change] = candidates["s-1"].field_changes
    assert (change.field, change.old, change.new) == ("quantity", "10", "11")
    assert candidates["s-1"].id == desk.lab.id("s-1")


def test_the_preview_changes_nothing(desk: Desk) -> None:
    desk.lab.world.change("s-1", quantity=11)
    before = desk.lab.dump()
    desk.lab.preview(desk.contract.id)
    assert desk.lab.dump() == before
    assert desk.lab.rows("SELECT 1 FROM sync_run WHERE outcome = 'RUNNING'") == []


def test_a_quantity_only_change_needs_no_tick(desk: Desk) -> None:
    desk.lab.world.change("s-1", quantity=11)
    run = desk.lab.proceed(desk.contract.id)
    assert desk.lab.changes(run) == [("s-1", "UPDATED")]
    assert desk.lab.events("s-1") == [("CREATE", 10), ("UPDATE", 1)]
    assert (run.trigger, run.outcome) == (SyncTrigger.MANUAL, SyncOutcome.SUCCEEDED)
    assert run.billing_contract_id == desk.contract.id


def test_what_was_ticked_is_created_on_this_contract_whatever_setting_and_defaults_say(
    desk: Desk,
) -> None:
    lab = desk.lab
    lab.office.contract(desk.account, "Default", is_default=True)
    run = lab.proceed(desk.contract.id, [lab.id("s-2")])
    known = lab.subscription("s-2")
    assert (known.billing_contract_id, known.account_id) == (desk.contract.id, desk.account.id)
    assert known.unassigned_reason is None
    assert lab.changes(run) == [("s-2", "CREATED")]


def test_what_was_ticked_and_is_known_is_attached(desk: Desk) -> None:
    lab = desk.lab
    lab.sync()
    assert lab.subscription("s-2").billing_contract_id is None
    run = lab.proceed(desk.contract.id, [lab.id("s-2")])
    assert lab.subscription("s-2").billing_contract_id == desk.contract.id
    assert lab.subscription("s-2").unassigned_reason is None
    assert lab.changes(run) == [("s-2", "ASSIGNED")]


def test_what_was_not_ticked_and_is_not_known_stays_out(desk: Desk) -> None:
    run = desk.lab.proceed(desk.contract.id)
    assert desk.lab.knows("s-2") is False
    assert (run.counts.fetched, run.counts.created) == (2, 0)


def test_what_is_ticked_on_another_contract_stays_there_and_the_run_says_so(desk: Desk) -> None:
    lab = desk.lab
    other = lab.office.contract(desk.account, "Other")
    run = lab.proceed(other.id, [lab.id("s-1")])
    assert lab.subscription("s-1").billing_contract_id == desk.contract.id
    assert lab.failures(run) == ["NOT_SELECTABLE"]
    assert run.outcome is SyncOutcome.PARTIAL


def test_what_is_ticked_and_gone_is_said(desk: Desk) -> None:
    lab = desk.lab
    del lab.world.subscriptions["s-2"]
    run = lab.proceed(desk.contract.id, [lab.id("s-2")])
    assert lab.failures(run) == ["NOT_LISTED"]
    assert run.outcome is SyncOutcome.PARTIAL


def test_what_is_ticked_and_unreadable_is_reported_as_unreadable(desk: Desk) -> None:
    lab = desk.lab
    lab.world.unreadable["s-2"] = "a quantity of minus one"
    run = lab.proceed(desk.contract.id, [lab.id("s-2")])
    assert lab.failures(run) == ["RECORD_UNREADABLE"]
    assert lab.changes(run) == [("s-2", "FAILED")]


def test_what_is_gone_is_marked_missing_by_a_manual_run_too(desk: Desk) -> None:
    lab = desk.lab
    del lab.world.subscriptions["s-1"]
    run = lab.proceed(desk.contract.id)
    assert lab.changes(run) == [("s-1", "MISSING")]
    assert run.counts.missing == 1


def test_a_second_proceed_writes_nothing(desk: Desk) -> None:
    lab = desk.lab
    lab.proceed(desk.contract.id, [lab.id("s-2")])
    before = lab.dump()
    run = lab.proceed(desk.contract.id, [lab.id("s-2")])
    assert (lab.dump(), run.outcome) == (before, SyncOutcome.SUCCEEDED)
    lab.sync()
    assert lab.dump() == before


def test_proceeding_with_the_checksum_does_exactly_what_was_shown(desk: Desk) -> None:
    lab = desk.lab
    lab.world.change("s-1", quantity=11)
    checksum = lab.preview(desk.contract.id).checksum
    run = lab.proceed(desk.contract.id, [lab.id("s-2")], checksum=checksum)
    assert sorted(lab.changes(run)) == [("s-1", "UPDATED"), ("s-2", "CREATED")]


@pytest.mark.parametrize("who", ["provider", "mirror"])
def test_if_either_side_has_moved_nothing_changes(desk: Desk, who: str) -> None:
    lab = desk.lab
    checksum = lab.preview(desk.contract.id).checksum
    if who == "provider":
        lab.world.change("s-2", quantity=11)
    else:
        lab.sync()
    before = {**lab.dump(), "run_failure": []}
    with pytest.raises(Refusal) as refused:
        lab.proceed(desk.contract.id, [lab.id("s-2")], checksum=checksum)
    assert refused.value.code == "PREVIEW_OUTDATED"
    assert {**lab.dump(), "run_failure": []} == before
    assert lab.runs()[-1] == ("MANUAL", "FAILED")


def test_the_same_preview_twice_has_the_same_checksum(desk: Desk) -> None:
    first, second = (desk.lab.preview(desk.contract.id) for _ in range(2))
    assert first.checksum == second.checksum


def test_the_order_of_the_answer_does_not_outdate_a_preview(desk: Desk) -> None:
    lab = desk.lab
    checksum = lab.preview(desk.contract.id).checksum
    lab.world.subscriptions = dict(reversed(lab.world.subscriptions.items()))
    assert lab.preview(desk.contract.id).checksum == checksum


def test_a_contract_that_no_provider_account_maps_to(desk: Desk) -> None:
    lab = desk.lab
    lonely = lab.office.contract(lab.office.account("Birch Works"))
    preview = lab.preview(lonely.id)
    assert [failure.code for failure in preview.failures] == ["PROVIDER_ACCOUNT_UNMAPPED"]
    assert preview.candidates == ()
    with pytest.raises(Refusal) as refused:
        lab.proceed(lonely.id)
    assert refused.value.code == "PROVIDER_ACCOUNT_UNMAPPED"


def test_a_contract_that_does_not_exist(lab: Laboratory) -> None:
    with pytest.raises(Refusal) as refused:
        lab.preview(uuid4())
    assert refused.value.code == "NOT_FOUND"


def test_a_contract_that_is_inactive_takes_nothing(desk: Desk) -> None:
    lab = desk.lab
    with lab.mirror.writing():
        lab.mirror.execute("UPDATE billing_contract SET status = 'INACTIVE'")
    with pytest.raises(Refusal) as refused:
        lab.proceed(desk.contract.id, [lab.id("s-2")])
    assert refused.value.code == "CONTRACT_INACTIVE"
    assert lab.knows("s-2") is False


def test_accounts_whose_sync_is_off_are_not_asked(desk: Desk) -> None:
    lab = desk.lab
    lab.office.mappings.set_sync(LOCAL, lab.customer_id("c-1"), sync_enabled=False)
    with pytest.raises(Refusal):
        lab.proceed(desk.contract.id, [lab.id("s-2")])


def test_a_customer_that_is_mapped_elsewhere_while_the_provider_is_asked_is_not_imported(
    desk: Desk,
) -> None:
    lab = desk.lab
    gate = lab.world.gate("c-1")
    running = lab.start(lambda: lab.proceed(desk.contract.id, [lab.id("s-2")]))
    assert gate.reached.wait(10)
    lab.map("c-1", lab.office.account("Birch Works"))
    gate.opened.set()
    assert running.result(20).outcome is SyncOutcome.PARTIAL
    assert lab.knows("s-2") is False


def test_two_proceeds_at_once_end_with_the_same_rows_and_no_double_entries(desk: Desk) -> None:
    lab = desk.lab
    gate = lab.world.gate("c-1")
    first = lab.start(lambda: lab.proceed(desk.contract.id, [lab.id("s-2")]))
    assert gate.reached.wait(10)
    second = lab.start(lambda: lab.proceed(desk.contract.id, [lab.id("s-2")]))
    gate.opened.set()
    outcomes = {first.result(20).outcome, second.result(20).outcome}
    assert outcomes == {SyncOutcome.SUCCEEDED}
    assert [change for change in lab.changes() if change[0] == "s-2"] == [("s-2", "CREATED")]
    assert lab.mismatches() == []


def test_a_manual_run_during_the_automatic_one_waits_and_both_end_well(desk: Desk) -> None:
    lab = desk.lab
    gate = lab.world.gate(lab.world.listing("c-1"))
    automatic = lab.start()
    assert gate.reached.wait(10)
    manual = lab.start(lambda: lab.proceed(desk.contract.id, [lab.id("s-2")]))
    gate.opened.set()
    assert automatic.result(20).outcome is SyncOutcome.SUCCEEDED
    assert manual.result(20).outcome is SyncOutcome.SUCCEEDED
    assert lab.subscription("s-2").billing_contract_id == desk.contract.id
    assert lab.events("s-2") == [("CREATE", 10)]
    assert "RUNNING" not in {outcome for _, outcome in lab.runs()}


def test_a_waiting_run_can_be_cancelled(desk: Desk) -> None:
    lab = desk.lab
    gate = lab.world.gate(lab.world.listing("c-1"))
    automatic = lab.start()
    assert gate.reached.wait(10)
    control = Control()
    manual = lab.start(lambda: lab.proceed(desk.contract.id, control=control))
    control.cancel()
    with pytest.raises(Exception, match="cancelled"):
        manual.result(20)
    gate.opened.set()
    automatic.result(20)


def test_a_job_that_had_done_its_run_gets_it_again_instead_of_an_outdated_preview(
    desk: Desk,
) -> None:
    lab = desk.lab
    job = uuid4()
    checksum = lab.preview(desk.contract.id).checksum
    first = lab.proceed(desk.contract.id, [lab.id("s-2")], checksum=checksum, job=job)
    again = lab.proceed(desk.contract.id, [lab.id("s-2")], checksum=checksum, job=job)
    assert again == first


class Pair:
    """An account with a contract that two providers serve, each with one new subscription."""

    def __init__(self, lab: Laboratory) -> None:
        self.lab = lab
        account = lab.office.account()
        for key, world in lab.worlds.items():
            world.customer("c-1")
            lab.sync(key)
            lab.map("c-1", account, key)
            world.subscription(f"s-{key}")
        self.contract = lab.office.contract(account)
        self.one, self.two = (lab.id(f"s-{key}", key) for key in lab.worlds)


@pytest.fixture
def pair(mirror: Mirror) -> Pair:
    return Pair(Laboratory(mirror, World("one"), World("two")))


def test_every_provider_that_serves_the_account_is_asked(pair: Pair) -> None:
    run = pair.lab.proceed(pair.contract.id, [pair.one, pair.two])
    assert sorted(pair.lab.changes(run)) == [("s-one", "CREATED"), ("s-two", "CREATED")]
    assert run.provider_key is None


def test_only_the_chosen_providers_are_asked(pair: Pair) -> None:
    run = pair.lab.proceed(pair.contract.id, [pair.two], keys=("two",))
    assert pair.lab.changes(run) == [("s-two", "CREATED")]
    assert run.provider_key == "two"


def test_a_provider_that_refuses_leaves_the_other_alone(pair: Pair) -> None:
    pair.lab.worlds["one"].refuses_to_connect = CredentialsRefused("the secret has expired")
    run = pair.lab.proceed(pair.contract.id, [pair.two])
    assert run.outcome is SyncOutcome.PARTIAL
    assert pair.lab.failures(run) == ["CREDENTIALS_REFUSED"]
    assert pair.lab.changes(run) == [("s-two", "CREATED")]
    assert pair.lab.health("one") is HealthState.FAILED


def test_when_no_provider_answers_all_of_them_are_named(pair: Pair) -> None:
    pair.lab.worlds["one"].refuses_to_connect = CredentialsRefused("the secret has expired")
    pair.lab.worlds["two"].refuses_to_connect = ProviderUnreachable("no answer")
    with pytest.raises(ProviderUnreachable):
        pair.lab.proceed(pair.contract.id, [pair.one, pair.two])
    codes = [
        code for (code,) in pair.lab.rows("SELECT code FROM run_failure ORDER BY provider_key")
    ]
    assert codes == ["CREDENTIALS_REFUSED", "PROVIDER_UNREACHABLE"]
    assert pair.lab.health("one") is HealthState.FAILED


def test_a_customer_that_cannot_be_read_is_a_failure_of_the_preview_and_of_the_run(
    desk: Desk,
) -> None:
    lab = desk.lab
    lab.world.faults["c-1", 0] = CustomerError("c-1", "no consent")
    preview = lab.preview(desk.contract.id)
    assert [failure.code for failure in preview.failures] == ["CUSTOMER_UNREADABLE"]
    run = lab.proceed(desk.contract.id)
    assert lab.failures(run) == ["CUSTOMER_UNREADABLE"]
    assert lab.subscription("s-1").missing_since is None


def test_runs_of_one_contract_over_different_providers_do_not_end_each_other(
    pair: Pair,
) -> None:
    gate = pair.lab.worlds["one"].gate("c-1")
    first = pair.lab.start(lambda: pair.lab.proceed(pair.contract.id, keys=("one",)))
    assert gate.reached.wait(10)
    second = pair.lab.start(lambda: pair.lab.proceed(pair.contract.id, keys=("two",)))
    gate.opened.set()
    assert first.result(20).outcome is SyncOutcome.SUCCEEDED
    assert second.result(20).outcome is SyncOutcome.SUCCEEDED
    assert pair.lab.rows("SELECT code FROM run_failure") == []
