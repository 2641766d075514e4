"""What is gone at the provider: marked only when it is sure, and found again."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from lab import CUSTOMERS
from seatsync.domain.report import SyncOutcome
from seatsync.domain.roles import LOCAL
from seatsync.errors import CustomerError, PermissionMissing, ProviderUnreachable

if TYPE_CHECKING:
    from laboratory import Laboratory
    from seatsync.errors import SeatsyncError


def test_one_that_is_gone_is_marked_missing_and_never_deleted(lab: Laboratory) -> None:
    lab.world.fill(customers=1, each=3)
    lab.sync()
    del lab.world.subscriptions["s-1-2"]
    run = lab.sync()
    known = lab.subscription("s-1-2")
    assert (known.missing_since, known.quantity) == (lab.clock.now(), 10)
    assert lab.changes(run) == [("s-1-2", "MISSING")]
    assert (run.outcome, run.counts.missing) == (SyncOutcome.SUCCEEDED, 1)


def test_one_that_stays_away_is_reported_once(lab: Laboratory) -> None:
    lab.world.fill(customers=1, each=3)
    lab.sync()
    del lab.world.subscriptions["s-1-2"]
    lab.sync()
    before = lab.dump()
    run = lab.sync()
    assert (lab.changes(run), lab.dump()) == ([], before)


@pytest.mark.parametrize("quantity", [10, 4])
def test_one_that_is_found_again_reappears(lab: Laboratory, quantity: int) -> None:
    lab.world.fill(customers=1, each=3)
    lab.sync()
    gone = lab.world.subscriptions.pop("s-1-2")
    lab.sync()
    lab.world.subscriptions["s-1-2"] = gone
    lab.world.change("s-1-2", quantity=quantity)
    run = lab.sync()
    assert lab.changes(run) == [("s-1-2", "REAPPEARED")]
    known = lab.subscription("s-1-2")
    assert (known.missing_since, known.quantity) == (None, quantity)
    assert lab.mismatches() == []


Late = pytest.mark.parametrize("late", [False, True], ids=["at once", "when looked at"])


def fault_after_the_first_page(lab: Laboratory, fault: SeatsyncError, *, late: bool) -> None:
    """End the listing of the first customer early, with two subscriptions gone behind."""
    lab.world.fill(customers=2, each=4)
    lab.sync()
    for name in ("s-1-3", "s-1-4"):
        del lab.world.subscriptions[name]
    lab.world.change("s-1-1", quantity=11)
    lab.world.page_size = 1 if late else 2
    faults = lab.world.late_faults if late else lab.world.faults
    faults[lab.world.listing("c-1"), 1] = fault


@Late
@pytest.mark.parametrize(
    "fault",
    [ProviderUnreachable("no answer"), PermissionMissing("not any more")],
)
def test_absence_from_an_incomplete_listing_means_nothing(
    lab: Laboratory, fault: SeatsyncError, *, late: bool
) -> None:
    fault_after_the_first_page(lab, fault, late=late)
    run = lab.sync()
    assert run.outcome is SyncOutcome.PARTIAL
    assert run.counts.missing == 0
    assert lab.subscription("s-1-1").quantity == 11
    assert fault.code in lab.failures(run)


@Late
def test_a_customer_that_cannot_be_read_is_a_failure_and_the_others_go_on(
    lab: Laboratory, *, late: bool
) -> None:
    if lab.world.scans:
        return
    fault = CustomerError("c-1", "the partner was removed")
    fault_after_the_first_page(lab, fault, late=late)
    del lab.world.subscriptions["s-2-4"]
    run = lab.sync()
    assert lab.failures(run) == ["CUSTOMER_UNREADABLE"]
    assert run.outcome is SyncOutcome.PARTIAL
    assert ("s-2-4", "MISSING") in lab.changes(run)
    assert lab.subscription("s-1-4").missing_since is None
    assert "the partner was removed" in (lab.customer("c-1").last_error or "")
    assert lab.customer("c-2").last_error is None
    lab.world.faults.clear()
    lab.world.late_faults.clear()
    lab.sync()
    assert lab.customer("c-1").last_error is None
    assert lab.subscription("s-1-4").missing_since is not None


def test_a_record_that_was_listed_but_could_not_be_read_is_not_absent(lab: Laboratory) -> None:
    lab.world.fill(customers=1, each=3)
    lab.sync()
    lab.world.unreadable["s-1-2"] = "a quantity of minus one"
    for _ in range(2):
        run = lab.sync()
        assert lab.changes(run) == [("s-1-2", "FAILED")]
        assert lab.failures(run) == ["RECORD_UNREADABLE"]
        assert (run.outcome, run.counts.failed, run.counts.missing) == (SyncOutcome.PARTIAL, 1, 0)
        assert lab.subscription("s-1-2").missing_since is None
    lab.world.unreadable.clear()
    assert lab.sync().outcome is SyncOutcome.SUCCEEDED
    assert lab.sync().outcome is SyncOutcome.SUCCEEDED


def test_a_customer_with_unreadable_subscriptions_says_so_until_they_can_be_read(
    lab: Laboratory,
) -> None:
    if lab.world.scans:
        return
    lab.world.fill(customers=2, each=3)
    lab.world.unreadable["s-1-2"] = "a quantity of minus one"
    for _ in range(2):
        lab.sync()
        expected = "1 subscription could not be read; the sync report says why."
        assert lab.customer("c-1").last_error == expected
        assert lab.customer("c-2").last_error is None
    lab.world.unreadable.clear()
    lab.sync()
    assert lab.customer("c-1").last_error is None


def test_one_that_goes_after_it_could_not_be_read_is_missing(lab: Laboratory) -> None:
    lab.world.fill(customers=1, each=3)
    lab.sync()
    lab.world.unreadable["s-1-2"] = "a quantity of minus one"
    lab.sync()
    del lab.world.subscriptions["s-1-2"]
    assert lab.changes(lab.sync()) == [("s-1-2", "MISSING")]
    assert lab.changes(lab.sync()) == []


def test_a_missing_one_that_is_listed_unreadable_is_not_counted_as_gone_again(
    lab: Laboratory,
) -> None:
    lab.world.fill(customers=1, each=3)
    lab.sync()
    gone = lab.world.subscriptions.pop("s-1-2")
    lab.sync()
    lab.world.subscriptions["s-1-2"] = gone
    lab.world.unreadable["s-1-2"] = "a quantity of minus one"
    lab.sync()
    del lab.world.subscriptions["s-1-2"]
    assert lab.changes(lab.sync()) == []
    lab.world.unreadable.clear()
    lab.world.subscriptions["s-1-2"] = gone
    assert lab.changes(lab.sync()) == [("s-1-2", "REAPPEARED")]


def test_a_record_without_an_id_may_be_any_so_none_of_its_listing_is_absent(
    lab: Laboratory,
) -> None:
    lab.world.fill(customers=2, each=3)
    lab.sync()
    del lab.world.subscriptions["s-1-2"]
    del lab.world.subscriptions["s-2-2"]
    lab.world.nameless = ["c-1"]
    run = lab.sync()
    assert run.outcome is SyncOutcome.PARTIAL
    assert lab.subscription("s-1-2").missing_since is None
    is_missing = lab.subscription("s-2-2").missing_since is not None
    assert is_missing is not lab.world.scans


def test_accounts_whose_sync_is_off_are_left_alone(lab: Laboratory) -> None:
    lab.world.fill(customers=2, each=2)
    lab.sync()
    lab.office.mappings.set_sync(LOCAL, lab.customer_id("c-1"), sync_enabled=False)
    del lab.world.subscriptions["s-1-1"]
    lab.world.change("s-1-2", quantity=99)
    lab.world.subscription("s-1-3", "c-1")
    before = lab.dump()
    run = lab.sync()
    assert (run.outcome, lab.dump()) == (SyncOutcome.SUCCEEDED, before)
    lab.office.mappings.set_sync(LOCAL, lab.customer_id("c-1"), sync_enabled=True)
    assert sorted(lab.changes(lab.sync())) == [
        ("s-1-1", "MISSING"),
        ("s-1-2", "UPDATED"),
        ("s-1-3", "CREATED"),
    ]


def empty(lab: Laboratory, *, left: int) -> None:
    """Let all subscriptions but so many vanish."""
    for name in list(lab.world.subscriptions)[left:]:
        del lab.world.subscriptions[name]


def test_too_much_missing_is_not_believed(lab: Laboratory) -> None:
    lab.world.fill(customers=3, each=20)
    lab.sync()
    empty(lab, left=47)
    lab.world.change("s-1-1", quantity=11)
    run = lab.sync()
    assert run.outcome is SyncOutcome.PARTIAL
    assert lab.failures(run) == ["MISSING_THRESHOLD_EXCEEDED"]
    assert lab.changes(run) == [("s-1-1", "UPDATED")]


def test_as_much_as_the_threshold_may_go_missing(lab: Laboratory) -> None:
    lab.world.fill(customers=3, each=20)
    lab.sync()
    empty(lab, left=48)
    run = lab.sync()
    assert (run.outcome, run.counts.missing) == (SyncOutcome.SUCCEEDED, 12)


def test_ten_may_always_go_missing(lab: Laboratory) -> None:
    lab.world.fill(customers=1, each=12)
    lab.sync()
    empty(lab, left=2)
    assert lab.sync().counts.missing == 10


def test_a_threshold_of_one_hundred_switches_the_guard_off(lab: Laboratory) -> None:
    lab.world.fill(customers=1, each=30)
    lab.sync()
    lab.switch(missing_threshold_percent=100)
    lab.world.subscriptions.clear()
    assert lab.sync().counts.missing == 30


@pytest.mark.parametrize("each", [2, 20])
def test_an_empty_answer_marks_nothing_missing_and_ends_partial(lab: Laboratory, each: int) -> None:
    lab.world.fill(customers=2, each=each)
    lab.sync()
    before = lab.dump()
    lab.world.customers.clear()
    lab.world.subscriptions.clear()
    run = lab.sync()
    after = lab.dump()
    assert run.outcome is SyncOutcome.PARTIAL
    assert (run.counts.missing, lab.changes(run)) == (0, [])
    assert "EMPTY_LISTING" in lab.failures(run)
    assert after["subscription"] == before["subscription"]
    assert after["provider_account"] == before["provider_account"]


def test_a_subscription_of_a_customer_that_is_not_listed_is_reported(lab: Laboratory) -> None:
    if not lab.world.scans:
        return
    lab.world.fill(customers=1, each=1)
    lab.world.subscription("s-9", "c-9")
    run = lab.sync()
    assert run.outcome is SyncOutcome.PARTIAL
    assert lab.changes(run)[-1] == ("s-9", "FAILED")
    assert lab.knows("s-9") is False


def test_an_unreadable_customer_does_not_make_its_subscriptions_absent(lab: Laboratory) -> None:
    lab.world.fill(customers=2, each=2)
    lab.sync()
    lab.world.unreadable_customers = {"c-1"}
    run = lab.sync()
    assert run.outcome is SyncOutcome.PARTIAL
    assert run.counts.missing == 0
    assert lab.customer("c-1").last_error is None


def test_a_customers_listing_that_breaks_off_ends_the_run_before_subscriptions_are_read(
    lab: Laboratory,
) -> None:
    lab.world.fill(customers=4, each=2)
    lab.sync()
    lab.world.customer("c-0")
    lab.world.customers = {"c-0": lab.world.customers.pop("c-0"), **lab.world.customers}
    lab.world.subscriptions.clear()
    lab.world.faults[CUSTOMERS, 1] = ProviderUnreachable("no answer")
    with pytest.raises(ProviderUnreachable):
        lab.sync()
    assert lab.runs()[-1] == ("AUTOMATIC", "FAILED")
    assert lab.customer("c-0").name == "Customer c-0"
    assert lab.rows("SELECT 1 FROM subscription WHERE missing_since IS NOT NULL") == []
    assert lab.rows("SELECT 1 FROM provider_account WHERE last_error IS NOT NULL") == []
