"""Our tables, derived from the fields that pass between the agent and the CRM."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from seatsync.domain.crm import CrmNoun
from seatsync.domain.ownership import FIELDS
from seatsync_dataverse.mapped import shapes_for
from seatsync_dataverse.schema import OURS, column_name, option_label
from seatsync_dataverse.settings import TableNames

if TYPE_CHECKING:
    from collections.abc import Callable

    from seatsync_dataverse.settings import DataverseSettings

    Settings = Callable[..., DataverseSettings]


@pytest.mark.parametrize(
    ("field", "column"),
    [
        ("is_default", "syn_IsDefault"),
        ("account_id", "syn_AccountId"),
        ("provider_key", "syn_Provider"),
        ("unit_price_amount", "syn_UnitPrice"),
        ("quantity_delta", "syn_QuantityDelta"),
    ],
)
def test_columns_are_called_what_they_hold(field: str, column: str) -> None:
    assert column_name(field) == column


def test_every_field_has_a_column_and_no_two_share_one() -> None:
    for noun, shape in OURS.items():
        assert [column.field for column in shape.columns] == list(FIELDS[noun])
        names = [column.logical_name for column in shape.columns]
        assert len({*names, f"{shape.logical_name}id"}) == len(names) + 1
        assert all(name.startswith("syn_") for name in names if noun is not CrmNoun.ACCOUNT) or {
            "statecode",
            "transactioncurrencyid",
        }.issuperset(name for name in names if not name.startswith("syn_"))


def test_every_word_of_a_choice_has_a_value_of_its_own() -> None:
    for shape in OURS.values():
        for column in shape.columns:
            words = [word.value for word in column.field.words or ()]
            assert list(column.options) == words
            assert [column.words[column.options[word]] for word in words] == words


def test_words_are_labelled_as_people_write_them() -> None:
    assert [option_label(word) for word in ("ADVANCE", "SET_DEFAULT")] == ["Advance", "Set Default"]


def test_the_key_of_a_table_fits_into_its_index() -> None:
    for shape in OURS.values():
        keys = [column for column in shape.columns if column.field.is_key]
        assert sum(2 * (column.length or 0) for column in keys) <= 900


def test_without_tables_every_shape_is_ours() -> None:
    assert dict(shapes_for({})) == dict(OURS)


def test_a_mapped_table_has_its_own_names_and_is_not_ours() -> None:
    names = TableNames.model_validate(
        {
            "table": "cr1_log",
            "columns": {"name": "cr1_title", "event": "cr1_kind", "unit_cost_amount": None},
            "options": {"event": {"CREATE": 1, "UPDATE": 1}},
        }
    )
    shape = shapes_for({"license_change": names})[CrmNoun.LICENSE_CHANGE]
    assert (shape.logical_name, shape.title, shape.is_ours) == ("cr1_log", "cr1_title", False)
    event = shape.by_field["event"]
    assert (event.logical_name, event.is_ours, event.words) == ("cr1_kind", False, {1: "CREATE"})
    assert "unit_cost_amount" not in shape.by_field
    assert shape.by_field["quantity_delta"].is_ours


def test_a_table_without_an_amount_has_no_currency() -> None:
    names = TableNames.model_validate({"columns": {"unit_price_amount": None}})
    shape = shapes_for({"subscription": names})[CrmNoun.SUBSCRIPTION]
    assert "unit_price_currency" not in shape.by_field


def test_the_primary_name_of_a_mapped_table_is_left_alone() -> None:
    names = TableNames.model_validate({"table": "cr1_log"})
    assert shapes_for({"license_change": names})[CrmNoun.LICENSE_CHANGE].title is None


@pytest.mark.parametrize(
    ("tables", "problem"),
    [
        ({"contract": {}}, "contract is none of account, billing_contract"),
        (
            {"subscription": {"columns": {"seats": "cr1_seats"}}},
            "subscription.columns.seats is none of account_id",
        ),
        (
            {"subscription": {"columns": {"external_id": None}}},
            "subscription.columns.external_id must name a column",
        ),
        (
            {"billing_contract": {"columns": {"currency": None}}},
            "billing_contract.columns.currency must name a column",
        ),
        (
            {"billing_contract": {"columns": {"account_id": None}}},
            "billing_contract.columns.account_id must name a column",
        ),
        (
            {"subscription": {"columns": {"unit_price_currency": "cr1_iso"}}},
            "subscription.columns.unit_price_currency is none of",
        ),
        (
            {"account": {"options": {"name": {"A": 1}}}},
            "account.options.name is none of nothing",
        ),
        (
            {"billing_contract": {"options": {"billing_policy": {"WEEKLY": 1}}}},
            "billing_contract.options.billing_policy.WEEKLY is none of ADVANCE, ARREARS",
        ),
    ],
)
def test_names_that_are_none_of_ours_are_refused_by_config_yaml(
    settings: Settings, tables: object, problem: str
) -> None:
    with pytest.raises(ValueError, match=r"none of|must name") as raised:
        settings(tables=tables)
    assert problem in str(raised.value)
