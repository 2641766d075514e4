"""Rows as records: what each column may show, and what means nothing."""

from __future__ import annotations

from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

import pytest

from seatsync.domain.crm import CrmNoun, CrmRecord, CrmUnreadable
from seatsync.errors import RecordError
from seatsync_dataverse.crm_record import meaning_of, read_record, selected
from seatsync_dataverse.schema import OURS

ID = UUID(int=7)
CONTRACT, SUBSCRIPTION = OURS[CrmNoun.BILLING_CONTRACT], OURS[CrmNoun.SUBSCRIPTION]
LICENSE_CHANGE = OURS[CrmNoun.LICENSE_CHANGE]


def code_of(currency: UUID) -> str:
    if currency != ID:
        raise RecordError("its currency is none of the CRM's")
    return "EUR"


def subscription(**changed: Any) -> CrmRecord | CrmUnreadable:
    row = dict.fromkeys(selected(SUBSCRIPTION)) | {"@odata.etag": 'W/"1"'} | changed
    return read_record(SUBSCRIPTION, ID, row, code_of)


def value(name: str, column: str, stored: Any) -> Any:
    found = subscription(**{column: stored})
    assert isinstance(found, CrmRecord), found
    return found.values[name]


@pytest.mark.parametrize(
    ("name", "column", "stored", "expected"),
    [
        ("name", "syn_name", "  Office ", "Office"),
        ("name", "syn_name", "", None),
        ("quantity", "syn_quantity", 3, 3),
        ("quantity", "syn_quantity", Decimal("3.0"), 3),
        ("is_trial", "syn_istrial", None, False),
        ("auto_renew", "syn_autorenew", None, None),
        ("starts_at", "syn_startsat", "2026-01-05T10:00:00Z", datetime(2026, 1, 5, 10, tzinfo=UTC)),
        ("starts_at", "syn_startsat", "2026-01-05T10:00:00", datetime(2026, 1, 5, 10, tzinfo=UTC)),
        (
            "starts_at",
            "syn_startsat",
            "2026-01-05T12:00:00+02:00",
            datetime(2026, 1, 5, 10, tzinfo=UTC),
        ),
        ("account_id", "_syn_accountid_value", str(ID).upper(), ID),
        ("status", "syn_status", 482100001, "ACTIVE"),
        ("status", "syn_status", 5, None),
    ],
)
def test_a_column_is_read_as_what_it_means(
    name: str, column: str, stored: Any, expected: Any
) -> None:
    assert value(name, column, stored) == expected


def test_a_day_may_come_with_a_time() -> None:
    row = dict.fromkeys(selected(LICENSE_CHANGE)) | {"syn_effectivedate": "2026-01-05T00:00:00Z"}
    found = read_record(LICENSE_CHANGE, ID, row, code_of)
    assert isinstance(found, CrmRecord)
    assert found.values["effective_date"] == date(2026, 1, 5)


@pytest.mark.parametrize(
    ("column", "stored"),
    [
        ("syn_name", 5),
        ("syn_quantity", "3"),
        ("syn_quantity", True),
        ("syn_quantity", Decimal("2.5")),
        ("syn_unitcost", "1"),
        ("syn_unitcost", True),
        ("syn_istrial", 1),
        ("syn_startsat", "yesterday"),
        ("syn_startsat", 5),
        ("_syn_accountid_value", "me"),
        ("syn_status", "Active"),
    ],
)
def test_a_value_of_another_type_means_nothing(column: str, stored: Any) -> None:
    found = subscription(**{column: stored})
    assert isinstance(found, CrmUnreadable)
    assert (found.id, found.version) == (ID, 'W/"1"')
    assert repr(stored) in found.reason


def test_an_amount_comes_with_its_currency() -> None:
    found = subscription(syn_unitprice=Decimal("9.9900"), _transactioncurrencyid_value=str(ID))
    assert isinstance(found, CrmRecord)
    assert found.values["unit_price_amount"] == Decimal("9.99")
    assert found.values["unit_price_currency"] == "EUR"


def test_a_currency_alone_is_no_price() -> None:
    found = subscription(_transactioncurrencyid_value=str(ID))
    assert isinstance(found, CrmRecord)
    assert found.values["unit_price_currency"] is None


def test_an_amount_in_an_unknown_currency_is_not_guessed() -> None:
    unknown = str(UUID(int=1))
    found = subscription(syn_unitprice=Decimal(1), _transactioncurrencyid_value=unknown)
    assert isinstance(found, CrmUnreadable)
    assert "none of the CRM's" in found.reason


@pytest.mark.parametrize("is_told", [True, False])
def test_an_amount_may_come_without_a_currency(*, is_told: bool) -> None:
    row = dict.fromkeys(selected(SUBSCRIPTION)) | {"syn_unitprice": Decimal(5)}
    if not is_told:
        del row["_transactioncurrencyid_value"]
    found = read_record(SUBSCRIPTION, ID, row, code_of)
    assert isinstance(found, CrmRecord)
    assert found.values["unit_price_amount"] == Decimal(5)
    assert found.values["unit_price_currency"] is None


def test_a_contract_needs_no_more_than_a_name() -> None:
    row = dict.fromkeys(selected(CONTRACT)) | {"syn_name": "Licences"}
    found = read_record(CONTRACT, ID, row, code_of)
    assert isinstance(found, CrmRecord)
    unsaid = ("billing_policy", "billing_frequency", "currency", "status", "default_for")
    assert [found.values[name] for name in unsaid] == [None] * len(unsaid)


def test_a_contract_without_a_name_means_nothing() -> None:
    found = read_record(CONTRACT, ID, dict.fromkeys(selected(CONTRACT)), code_of)
    assert isinstance(found, CrmUnreadable)
    assert found.reason == "Name (syn_name) is empty"


def test_a_row_that_lacks_a_column_is_not_taken_for_an_empty_one() -> None:
    found = read_record(SUBSCRIPTION, ID, {"@odata.etag": "x"}, code_of)
    assert isinstance(found, CrmUnreadable)
    assert found.reason == "the row comes without syn_provider"


def test_what_rows_mean_has_a_digest_of_its_own() -> None:
    digests = {meaning_of(shape) for shape in OURS.values()}
    assert len(digests) == len(OURS)
    assert meaning_of(CONTRACT) == meaning_of(OURS[CrmNoun.BILLING_CONTRACT])
