"""Every documented payload becomes records or a named error, and the documentation says which."""

from __future__ import annotations

import pytest

from td_synnex_payloads import PAGES, ion_outcomes, names, with_table


@pytest.mark.parametrize("name", names("streamone_ion"))
def test_every_payload_becomes_something(name: str) -> None:
    assert list(ion_outcomes(name))


def test_the_table_in_the_documentation_is_current() -> None:
    page = PAGES["streamone_ion"].read_text()
    assert with_table("streamone_ion", page) == page, (
        "run: python tests/support/td_synnex_payloads.py"
    )


def test_the_errors_are_named_by_what_is_to_be_done() -> None:
    named = {name: next(ion_outcomes(name)).partition(":")[0] for name in names("streamone_ion")}
    assert {name: kind for name, kind in named.items() if "error" in name} == {
        "error_400_no_page_size": "AnswerUnreadable",
        "error_403": "PermissionMissing",
        "error_403_rbac": "CustomerError",
        "error_404_customer": "CustomerError",
        "error_404_subscription": "CustomerError",
        "error_500": "ProviderUnreachable",
        "token_error_400": "CredentialsRefused",
    }
