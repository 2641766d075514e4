"""Verify Connectivity, stage by stage."""

from __future__ import annotations

from seatsync.domain.connectivity import CheckOutcome
from seatsync.errors import CredentialsRefused
from seatsync.sdk.verification import Stage, Warned, run_stages


def refuse() -> str:
    raise CredentialsRefused("no", remedy="Ask.")


def test_a_stage_that_fails_says_why_and_skips_the_later_ones() -> None:
    stages = (Stage("one", lambda: "fine"), Stage("two"), Stage("three", refuse), Stage("four"))
    checks = list(run_stages(stages))
    assert [check.outcome for check in checks] == [
        CheckOutcome.PASSED,
        CheckOutcome.SKIPPED,
        CheckOutcome.FAILED,
        CheckOutcome.SKIPPED,
    ]
    assert (checks[2].message, checks[2].remedy) == ("no", "Ask.")
    assert checks[3].message == "three failed"


def test_a_stage_that_passes_but_not_for_long_is_a_warning_and_the_next_one_runs() -> None:
    stages = (
        Stage("first", lambda: Warned("it runs out", "Renew it.")),
        Stage("second", lambda: "well"),
    )
    first, second = run_stages(stages)
    assert (first.outcome, first.message, first.remedy) == (
        CheckOutcome.WARNING,
        "it runs out",
        "Renew it.",
    )
    assert second.outcome is CheckOutcome.PASSED
