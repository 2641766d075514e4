"""Every payload becomes records or a named error, and the documentation says which."""

from __future__ import annotations

import pytest

from td_synnex_payloads import PAGES, names, stellr_outcomes, with_table


@pytest.mark.parametrize("name", names("stellr"))
def test_every_payload_becomes_something(name: str) -> None:
    assert list(stellr_outcomes(name))


def test_the_table_in_the_documentation_is_current() -> None:
    page = PAGES["stellr"].read_text()
    assert with_table("stellr", page) == page, "run: python tests/support/td_synnex_payloads.py"


def test_an_empty_listing_becomes_an_error() -> None:
    assert next(stellr_outcomes("customers_empty")).startswith("AnswerUnreadable: ")
