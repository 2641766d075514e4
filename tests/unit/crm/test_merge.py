"""Every case of one field, and any number of them together."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from seatsync.crm.canonical import canonical
from seatsync.crm.merge import Merged, Ours, merge
from seatsync.domain.crm import CrmNoun
from seatsync.domain.ownership import Owner, fields_of
from seatsync.mirror.outbox import Operation
from seatsync.mirror.pending import Pending

if TYPE_CHECKING:
    from collections.abc import Mapping

    from seatsync.domain.crm import CrmValue

NOUN = CrmNoun.SUBSCRIPTION
AGENTS, CRMS, ALONE = "name", "account_id", "unit_price_currency"
ONE, TWO, THREE = (UUID(int=number) for number in (1, 2, 3))
UPDATE, CREATE = Operation.UPDATE, Operation.CREATE


def _show(values: Mapping[str, CrmValue]) -> dict[str, CrmValue]:
    return canonical(NOUN, values)


def _merge(
    theirs: dict[str, Any],
    ours: dict[str, Any],
    pending: Pending | None = None,
    usable: dict[str, Any] | None = None,
) -> Merged:
    return merge(NOUN, theirs, Ours(ours, pending), _show, usable)


def _noted(name: str, *bases: CrmValue, operation: Operation = UPDATE) -> Pending:
    return Pending(operation, frozenset({name}), {name: bases} if bases else {})


NOTHING = Merged()


@pytest.mark.parametrize("name", [AGENTS, CRMS, ALONE])
def test_what_is_alike_is_left(name: str) -> None:
    assert _merge({name: ONE}, {name: ONE}) == NOTHING


def test_a_drift_is_noted() -> None:
    assert _merge({AGENTS: "x"}, {AGENTS: "y"}) == Merged(drifted=frozenset({AGENTS}))


def test_a_drift_that_is_noted_already_stays_noted() -> None:
    pending = _noted(AGENTS)
    assert _merge({AGENTS: "x"}, {AGENTS: "y"}, pending) == Merged(pending=pending)


@pytest.mark.parametrize("name", [CRMS, ALONE])
def test_what_the_crm_owns_is_taken_over(name: str) -> None:
    assert _merge({name: ONE}, {name: TWO}) == Merged(taken={name: ONE})


def test_a_command_on_what_the_crm_still_shows_stays_noted() -> None:
    pending = _noted(CRMS, ONE)
    assert _merge({CRMS: ONE}, {CRMS: TWO}, pending) == Merged(pending=pending)


def test_a_command_on_what_is_shown_differently_gives_way() -> None:
    assert _merge({CRMS: THREE}, {CRMS: TWO}, _noted(CRMS, ONE)) == Merged(taken={CRMS: THREE})


def test_a_command_that_nobody_knows_the_base_of_gives_way() -> None:
    assert _merge({CRMS: THREE}, {CRMS: TWO}, _noted(CRMS)) == Merged(taken={CRMS: THREE})


def test_a_command_that_was_carried_out_without_an_answer_is_no_change_of_a_user() -> None:
    pending = _noted(CRMS, None, ONE)
    merged = _merge({CRMS: ONE}, {CRMS: TWO}, pending)
    assert merged == Merged(pending=_noted(CRMS, ONE))


@pytest.mark.parametrize("name", [AGENTS, CRMS])
@pytest.mark.parametrize("operation", list(Operation))
def test_what_the_crm_shows_already_need_not_be_told(name: str, operation: Operation) -> None:
    assert _merge({name: ONE}, {name: ONE}, _noted(name, TWO, operation=operation)) == NOTHING


def test_what_was_to_be_made_and_is_there_is_told_what_of_the_agents_differs() -> None:
    theirs = {AGENTS: "x", CRMS: ONE, ALONE: "EUR"}
    ours = {AGENTS: "y", CRMS: TWO, ALONE: None}
    merged = _merge(theirs, ours, Pending(CREATE, frozenset()))
    assert merged == Merged(
        taken={CRMS: ONE, ALONE: "EUR"}, pending=Pending(UPDATE, frozenset({AGENTS}))
    )


def test_a_field_that_the_schema_lacks_stays_as_it_is() -> None:
    pending = _noted(CRMS, ONE)
    assert _merge({}, {CRMS: TWO}, pending) == Merged(pending=pending)


def test_a_reference_to_what_is_gone_is_taken_over_as_none() -> None:
    assert _merge({CRMS: ONE}, {CRMS: TWO}, usable={CRMS: None}) == Merged(taken={CRMS: None})
    assert _merge({CRMS: ONE}, {CRMS: None}, usable={CRMS: None}) == NOTHING


def test_a_command_away_from_what_is_gone_stays_noted() -> None:
    pending = _noted(CRMS, ONE)
    merged = _merge({CRMS: ONE}, {CRMS: None}, pending, usable={CRMS: None})
    assert merged == Merged(pending=pending)


def test_what_follows_from_what_is_taken_over_is_compared_as_it_is_then() -> None:
    def follow(_values: object, taken: object) -> dict[str, CrmValue]:
        assert taken == {CRMS: ONE}
        return {AGENTS: "y"}

    ours = Ours({CRMS: TWO, AGENTS: "x"}, None, follow)
    merged = merge(NOUN, {CRMS: ONE, AGENTS: "x"}, ours, _show)
    assert merged == Merged(taken={CRMS: ONE}, followed={AGENTS: "y"}, drifted=frozenset({AGENTS}))
    assert merged.written == {CRMS: ONE, AGENTS: "y"}
    assert not merge(NOUN, {CRMS: ONE, AGENTS: "y"}, ours, _show).drifted


_NAMES = [AGENTS, CRMS, ALONE, "quantity", "billing_contract_id"]
_VALUE = st.sampled_from([None, "a", "b", "c"])
_VALUES = st.fixed_dictionaries(dict.fromkeys(_NAMES, _VALUE))
_TELLABLE = fields_of(NOUN, Owner.AGENT, Owner.CRM).intersection(_NAMES)
_PENDING = st.none() | st.builds(
    Pending,
    st.sampled_from(Operation),
    st.frozensets(st.sampled_from(sorted(_TELLABLE))),
    st.dictionaries(
        st.sampled_from([CRMS, "billing_contract_id"]), st.lists(_VALUE, max_size=2).map(tuple)
    ),
)


def _identity(values: Mapping[str, CrmValue]) -> Mapping[str, CrmValue]:
    return values


@given(theirs=_VALUES, ours=_VALUES, pending=_PENDING)
def test_afterwards_every_field_is_alike_or_will_be_told(
    theirs: dict[str, Any], ours: dict[str, Any], pending: Pending | None
) -> None:
    merged = merge(NOUN, theirs, Ours(ours, pending), _identity)
    after = {**ours, **merged.written}
    told = merged.drifted | (merged.pending.fields if merged.pending else frozenset())
    assert {name for name in _NAMES if after[name] != theirs[name]} == told


@given(theirs=_VALUES, ours=_VALUES, pending=_PENDING)
def test_no_field_of_the_other_side_is_written(
    theirs: dict[str, Any], ours: dict[str, Any], pending: Pending | None
) -> None:
    merged = merge(NOUN, theirs, Ours(ours, pending), _identity)
    assert merged.written.keys() <= fields_of(NOUN, Owner.CRM, Owner.CRM_ALONE)
    assert merged.drifted <= fields_of(NOUN, Owner.AGENT)
    if merged.pending:
        assert merged.pending.operation is UPDATE
        commanded = merged.pending.fields - fields_of(NOUN, Owner.AGENT)
        assert commanded <= (pending.bases.keys() if pending else set())


@given(theirs=_VALUES, ours=_VALUES, pending=_PENDING)
def test_taking_the_same_record_over_again_changes_nothing(
    theirs: dict[str, Any], ours: dict[str, Any], pending: Pending | None
) -> None:
    first = merge(NOUN, theirs, Ours(ours, pending), _identity)
    left = first.pending
    if first.drifted:
        fields = first.drifted | (left.fields if left else frozenset())
        left = Pending(UPDATE, fields, left.bases if left else {})
    again = merge(NOUN, theirs, Ours({**ours, **first.written}, left), _identity)
    assert again == Merged(pending=left)
