from __future__ import annotations

from datetime import UTC, date, datetime, timedelta, timezone
from typing import TYPE_CHECKING, Any
from uuid import UUID, uuid4

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from seatsync.mirror.codec import (
    decode_date,
    decode_decimal,
    decode_instant,
    decode_uuid,
    naive_utc,
)

if TYPE_CHECKING:
    from collections.abc import Callable

    from seatsync.mirror.database import Mirror

PROVIDER, ACCOUNT, SUBSCRIPTION = "p", UUID(int=1), UUID(int=2)
NOW = datetime(2026, 3, 29, 1, 30, tzinfo=UTC)
COLUMNS: dict[str, Callable[[Any], Any]] = {
    "id": decode_uuid,
    "subscription_id": decode_uuid,
    "event": str,
    "quantity_delta": int,
    "quantity_after": int,
    "unit_cost_amount": decode_decimal,
    "unit_cost_currency": str,
    "effective_date": decode_date,
    "provisioning_status": str,
    "archived": bool,
    "invoice_reference": str,
    "invoice_account_id": decode_uuid,
    "created_at": decode_instant,
}

texts = st.text(st.characters(codec="utf-8", exclude_characters="\x00"), min_size=1)
offsets = st.builds(timezone, st.integers(-14 * 60, 14 * 60).map(lambda m: timedelta(minutes=m)))
instants = st.one_of(
    st.datetimes(datetime(1970, 1, 2), datetime(2200, 1, 1), timezones=offsets),  # noqa: DTZ001
    st.just(NOW),
    st.just(NOW.replace(microsecond=1)),
)
big = st.integers(-(2**63), 2**63 - 1)
amounts = st.decimals(-999_999_999, 999_999_999, places=6)
changes = st.fixed_dictionaries(
    {
        "id": st.uuids(),
        "subscription_id": st.just(SUBSCRIPTION),
        "event": texts,
        "quantity_delta": big,
        "quantity_after": big,
        "unit_cost_amount": st.none() | amounts,
        "unit_cost_currency": st.none() | st.just(""),
        "effective_date": st.dates(date(1900, 1, 1), date(2200, 1, 1)),
        "provisioning_status": st.sampled_from([" kept as it is ", "'; --", "50% :x ?", "ß→🎈"]),
        "archived": st.booleans(),
        "invoice_reference": st.none() | st.just("") | texts,
        "invoice_account_id": st.none() | st.uuids(),
        "created_at": instants,
    }
)
on_one_database = settings(
    max_examples=60,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)


@pytest.fixture
def stocked(mirror: Mirror) -> Mirror:
    """Give either kind of database, with a subscription."""
    return with_a_subscription(mirror)


@pytest.fixture
def sqlite_stocked(sqlite_mirror: Mirror) -> Mirror:
    """Give an SQLite file, with a subscription."""
    return with_a_subscription(sqlite_mirror)


def with_a_subscription(mirror: Mirror) -> Mirror:
    """Make what license changes can refer to."""
    now = naive_utc(NOW)
    with mirror.writing():
        provider = mirror.db.Provider(
            key=PROVIDER,
            plugin="p",
            display_name="P",
            auto_sync=True,
            is_configured=True,
            health_state="UNKNOWN",
            health={},
        )
        account = mirror.db.ProviderAccount(
            id=ACCOUNT,
            provider=provider,
            external_id="a",
            name="A",
            sync_enabled=True,
            discovered_at=now,
        )
        mirror.db.Subscription(
            id=SUBSCRIPTION,
            provider=provider,
            provider_account=account,
            external_id="s",
            name="S",
            quantity=1,
            status="ACTIVE",
            provider_status="Active",
            billing_type="LICENSE",
            is_trial=False,
            discovered_at=now,
            last_synced_at=now,
        )
    return mirror


def write_rows(mirror: Mirror, change: dict[str, Any]) -> None:
    with mirror.writing():
        row = [mirror.codec.encode(change[name]) for name in COLUMNS]
        mirror.insert("license_change", list(COLUMNS), [row])


def write_entity(mirror: Mirror, change: dict[str, Any]) -> None:
    values = {**change, "created_at": naive_utc(change["created_at"])}
    with mirror.writing():
        values["subscription"] = mirror.db.Subscription[values.pop("subscription_id")]
        mirror.db.LicenseChange(**values)


def read_rows(mirror: Mirror, key: UUID) -> dict[str, Any]:
    with mirror.reading():
        (row,) = mirror.rows(
            f"SELECT {', '.join(COLUMNS)} FROM license_change WHERE id = :id",  # noqa: S608
            {"id": key},
        )
    decoders = zip(COLUMNS.items(), row, strict=True)
    return {n: None if value is None else decode(value) for (n, decode), value in decoders}


def read_entity(mirror: Mirror, key: UUID) -> dict[str, Any]:
    with mirror.reading():
        entity = mirror.db.LicenseChange[key]
        found = {name: getattr(entity, name) for name in COLUMNS if name != "subscription_id"}
        found["subscription_id"] = entity.subscription.id
    found["created_at"] = decode_instant(found["created_at"])
    return found


def stored(mirror: Mirror, key: UUID) -> tuple[Any, ...]:
    """Read what is really in the file, apart from the key."""
    columns = ", ".join(f"quote({name})" for name in COLUMNS if name != "id")
    with mirror.reading():
        (row,) = mirror.rows(
            f"SELECT {columns} FROM license_change WHERE id = :id",  # noqa: S608
            {"id": key},
        )
    return row


@on_one_database
@given(change=changes)
def test_what_statements_write_both_ways_of_reading_find(
    stocked: Mirror, change: dict[str, Any]
) -> None:
    change = {**change, "id": uuid4()}
    write_rows(stocked, change)
    assert read_rows(stocked, change["id"]) == change
    assert read_entity(stocked, change["id"]) == change


@on_one_database
@given(change=changes)
def test_what_entities_write_both_ways_of_reading_find(
    stocked: Mirror, change: dict[str, Any]
) -> None:
    change = {**change, "id": uuid4()}
    write_entity(stocked, change)
    assert read_rows(stocked, change["id"]) == change
    assert read_entity(stocked, change["id"]) == change


@on_one_database
@given(change=changes)
def test_both_ways_of_writing_leave_the_same_in_the_file(
    sqlite_stocked: Mirror, change: dict[str, Any]
) -> None:
    first, second = {**change, "id": uuid4()}, {**change, "id": uuid4()}
    write_rows(sqlite_stocked, first)
    write_entity(sqlite_stocked, second)
    assert stored(sqlite_stocked, first["id"]) == stored(sqlite_stocked, second["id"])


def test_parameters_are_encoded_as_rows_are(stocked: Mirror) -> None:
    keys = [uuid4(), uuid4()]
    change: dict[str, Any] = dict.fromkeys(COLUMNS)
    change |= {"subscription_id": SUBSCRIPTION, "event": "CREATE", "quantity_delta": 1}
    change |= {"quantity_after": 1, "effective_date": NOW.date(), "provisioning_status": "DONE"}
    change |= {"archived": False, "unit_cost_amount": None}
    for hours, key in enumerate(keys):
        write_rows(stocked, change | {"id": key, "created_at": NOW + timedelta(hours=hours)})
    east = timezone(timedelta(hours=5))
    with stocked.reading():
        found = stocked.rows(
            "SELECT id FROM license_change WHERE created_at > :after AND effective_date = :day"
            " AND subscription_id = :subscription AND archived = :archived",
            {
                "after": NOW.astimezone(east),
                "day": NOW.date(),
                "subscription": SUBSCRIPTION,
                "archived": False,
            },
        )
    assert [decode_uuid(row[0]) for row in found] == keys[1:]


def test_a_server_takes_lists(postgres_mirror: Mirror) -> None:
    with postgres_mirror.reading():
        ids = [SUBSCRIPTION, ACCOUNT]
        sql = "SELECT :one = ANY(:many), 7 % 4, 'a:b' LIKE '%:b'"
        assert postgres_mirror.rows(sql, {"one": ACCOUNT, "many": ids}) == [(True, 3, True)]
