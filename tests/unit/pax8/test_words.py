"""Dates, terms and statuses, as Pax8 spells them."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st

from seatsync.domain.billing import BillingFrequency, BillingType
from seatsync.domain.subscription import SubscriptionStatus
from seatsync.sdk.instant import read_instant
from seatsync_pax8.status import read_status
from seatsync_pax8.term import is_trial_term, read_billing_type, read_frequency, read_term

MINUTES = st.integers(-14 * 60, 14 * 60)
INSTANTS = st.datetimes(
    datetime(1900, 1, 2),  # noqa: DTZ001 - the time zone is drawn beside it
    datetime(2200, 1, 1),  # noqa: DTZ001
)


@pytest.mark.parametrize(
    ("text", "instant"),
    [
        ("2020-11-11", datetime(2020, 11, 11, tzinfo=UTC)),
        ("2021-01-01T08:30:00Z", datetime(2021, 1, 1, 8, 30, tzinfo=UTC)),
        ("2020-12-01T13:20:13.153-0700", datetime(2020, 12, 1, 20, 20, 13, 153000, tzinfo=UTC)),
        ("2020-12-01T13:20:13.1531234Z", datetime(2020, 12, 1, 13, 20, 13, 153123, tzinfo=UTC)),
        ("2020-12-01T13:20:13+05:30", datetime(2020, 12, 1, 7, 50, 13, tzinfo=UTC)),
        ("2020-12-01T13:20:13", datetime(2020, 12, 1, 13, 20, 13, tzinfo=UTC)),
        (" 2020-11-11 ", datetime(2020, 11, 11, tzinfo=UTC)),
        ("", None),
        (None, None),
    ],
)
def test_every_documented_date_is_read(text: str | None, instant: datetime | None) -> None:
    assert read_instant(text) == instant


@given(INSTANTS, MINUTES, st.sampled_from(["%z", "with colon"]))
def test_an_instant_survives_its_spelling(naive: datetime, minutes: int, offset: str) -> None:
    instant = naive.replace(tzinfo=timezone(timedelta(minutes=minutes)))
    spelled = instant.isoformat()
    if offset == "%z":
        spelled = spelled[:-3] + spelled[-2:]
    assert read_instant(spelled) == instant


@given(st.text(max_size=30))
def test_what_is_no_date_is_a_value_error_and_nothing_else(text: str) -> None:
    try:
        instant = read_instant(text)
    except ValueError:
        return
    assert instant is None or instant.tzinfo is UTC


def test_an_instant_beyond_the_calendar_is_a_value_error() -> None:
    with pytest.raises(ValueError, match="out of range"):
        read_instant("9999-12-31T23:59:59-14:00")


@pytest.mark.parametrize(
    ("text", "term"),
    [
        ("1-Year", "P1Y"),
        ("3-Year", "P3Y"),
        ("3 Year", "P3Y"),
        ("1-Month", "P1M"),
        ("36 months", "P36M"),
        ("Monthly", "P1M"),
        ("Annual", "P1Y"),
        ("annually", "P1Y"),
        ("0-Year", None),
        ("One-Time", None),
        ("Activation", None),
        ("-1-Year", None),
        ("", None),
        (None, None),
    ],
)
def test_a_known_term_is_a_duration_and_an_unknown_one_no_guess(
    text: str | None, term: str | None
) -> None:
    assert read_term(text) == term


@given(st.integers(1, 999), st.sampled_from(["Year", "Month", "year", "months"]))
def test_a_counted_term_keeps_its_count(count: int, unit: str) -> None:
    assert read_term(f"{count}-{unit}") == f"P{count}{unit[0].upper()}"


@given(st.text(max_size=20))
def test_no_text_breaks_the_reading_of_terms(text: str) -> None:
    assert read_term(text) is None or read_term(text) == read_term(text.strip())


@pytest.mark.parametrize(
    ("text", "frequency"),
    [
        ("Monthly", BillingFrequency.MONTHLY),
        ("Annual", BillingFrequency.ANNUAL),
        ("3-Year", BillingFrequency.TRIENNIAL),
        ("2-Year", None),
        ("One-Time", None),
        ("Arrears", None),
        (None, None),
    ],
)
def test_a_billing_term_is_a_frequency_where_we_have_the_word(
    text: str | None, frequency: BillingFrequency | None
) -> None:
    assert read_frequency(text) is frequency


def test_only_arrears_is_usage() -> None:
    assert read_billing_type("Arrears") is BillingType.USAGE
    assert read_billing_type("Activation") is BillingType.LICENSE
    assert read_billing_type(None) is BillingType.LICENSE


def test_a_trial_term_is_a_trial() -> None:
    assert is_trial_term("Trial")
    assert not is_trial_term(None)


@pytest.mark.parametrize(
    ("text", "status"),
    [
        ("Active", SubscriptionStatus.ACTIVE),
        ("Activated", SubscriptionStatus.ACTIVE),
        ("Trial", SubscriptionStatus.ACTIVE),
        ("PendingCancel", SubscriptionStatus.ACTIVE),
        ("PendingManual", SubscriptionStatus.PENDING),
        ("PendingAutomated", SubscriptionStatus.PENDING),
        ("PendingActivation", SubscriptionStatus.PENDING),
        ("WaitingForDetails", SubscriptionStatus.PENDING),
        ("Cancelled", SubscriptionStatus.CANCELLED),
        ("Converted", SubscriptionStatus.CANCELLED),
        ("Paused", SubscriptionStatus.UNKNOWN),
        ("", SubscriptionStatus.UNKNOWN),
        (None, SubscriptionStatus.UNKNOWN),
    ],
)
def test_every_documented_status_has_our_word(text: str | None, status: SubscriptionStatus) -> None:
    assert read_status(text) is status
