"""Callers of the API while a pull is under way: what they say is neither lost nor overwritten."""

from __future__ import annotations

from threading import Thread
from typing import TYPE_CHECKING

from seatsync.domain.crm import CrmNoun
from seatsync.domain.roles import LOCAL
from seatsync.services.contract_changes import ContractEdit

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from uuid import UUID

    import pytest

    from reader_of_crm import ReaderOfCrm
    from seatsync.domain.crm import CrmValue

    Kept = Callable[[CrmNoun, Mapping[str, CrmValue]], Mapping[str, CrmValue]]

CONTRACT = CrmNoun.BILLING_CONTRACT


def test_a_command_given_before_its_page_is_taken_over_stays_noted(crm: ReaderOfCrm) -> None:
    contract = crm.contract(crm.account(), "Seats")
    crm.pull()
    crm.crm.edit(CONTRACT, contract, currency="CHF")
    crm.crm.before_reading[CONTRACT] = lambda: _rename(crm, contract)
    crm.pull()
    held = crm.held(CONTRACT, contract)
    assert (held["name"], held["currency"]) == ("Ours", "CHF")
    assert _bases(crm, contract) == {"name": ("Seats",)}


def test_a_command_given_while_a_page_is_taken_over_comes_after_it(
    crm: ReaderOfCrm, monkeypatch: pytest.MonkeyPatch
) -> None:
    contract = crm.contract(crm.account(), "Seats")
    crm.pull()
    crm.crm.edit(CONTRACT, contract, name="Theirs")
    caller = Thread(target=_rename, args=(crm, contract))
    monkeypatch.setattr(crm.crm, "kept", _starting(caller, crm.crm.kept))
    crm.pull()
    caller.join(timeout=30)
    assert crm.held(CONTRACT, contract)["name"] == "Ours"
    assert _bases(crm, contract) == {"name": ("Theirs",)}
    assert [entry[0] for entry in crm.audited()] == ["Mira Holt", "local"]


def _starting(thread: Thread, kept: Kept) -> Kept:
    """Let a thread begin in the middle of a transaction, which has asked what the CRM shows."""

    def started(noun: CrmNoun, values: Mapping[str, CrmValue]) -> Mapping[str, CrmValue]:
        if not thread.ident:
            thread.start()
        return kept(noun, values)

    return started


def _rename(crm: ReaderOfCrm, contract: UUID) -> None:
    crm.office.contracts.update(LOCAL, contract, ContractEdit(name="Ours"))


def _bases(crm: ReaderOfCrm, contract: UUID) -> Mapping[str, tuple[CrmValue, ...]]:
    pending = crm.pending(CONTRACT, contract)
    assert pending is not None
    return pending.bases
