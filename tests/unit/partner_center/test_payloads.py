"""Every documented payload becomes a record or a named error, and the docs say which."""

from __future__ import annotations

import pytest

from partner_center_payloads import PAGE, RECORDS, outcomes, with_tables

NAMES = [path.stem for path in sorted(RECORDS.glob("*.json"))]


@pytest.mark.parametrize("name", NAMES)
def test_a_documented_payload_becomes_a_record_or_a_named_error(name: str) -> None:
    assert list(outcomes(name))


def test_the_tables_in_the_docs_are_what_the_code_does() -> None:
    page = PAGE.read_text()
    assert with_tables(page) == page, "run: python tests/support/partner_center_payloads.py"
