"""The default rule, as a property of any set of contracts."""

from __future__ import annotations

from collections import Counter
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from attempt import attempted
from seatsync.domain.billing import BillingFrequency, BillingPolicy, BillingType
from seatsync.domain.contract import BillingContract, ContractStatus
from seatsync.domain.defaults import DefaultWish, decide_default
from seatsync.errors import Refusal

ACCOUNT = UUID(int=1)
SCOPES = st.sampled_from([None, *BillingType])
WISHES = st.builds(
    DefaultWish,
    is_default=st.booleans(),
    narrowed_to=SCOPES,
    replace_existing=st.booleans(),
)


def contract(
    number: int, *, is_default: bool, scope: BillingType | None, status: ContractStatus
) -> BillingContract:
    return BillingContract(
        id=UUID(int=number),
        name=f"Contract {number}",
        account_id=ACCOUNT,
        is_default=is_default,
        default_for=scope if is_default else None,
        billing_policy=BillingPolicy.ADVANCE,
        billing_frequency=BillingFrequency.MONTHLY,
        currency="USD",
        status=status,
    )


@st.composite
def accounts(draw: st.DrawFn) -> list[BillingContract]:
    """Draw the contracts of an account, as a CRM may hold them: with several defaults, too."""
    return [
        contract(
            number,
            is_default=draw(st.booleans()),
            scope=draw(SCOPES),
            status=draw(st.sampled_from(ContractStatus)),
        )
        for number in range(100, 100 + draw(st.integers(1, 6)))
    ]


def carried_out(
    contracts: list[BillingContract], changed: tuple[BillingContract, ...]
) -> list[BillingContract]:
    after = {one.id: one for one in contracts} | {one.id: one for one in changed}
    return list(after.values())


def defaults_by_scope(contracts: list[BillingContract]) -> Counter[BillingType | None]:
    return Counter(one.default_for for one in contracts if one.is_landing)


@given(accounts(), st.data(), WISHES)
def test_a_default_that_is_set_is_the_only_one_of_its_scope(
    contracts: list[BillingContract], data: st.DataObject, wish: DefaultWish
) -> None:
    chosen = data.draw(st.sampled_from(contracts))
    decided = attempted(lambda: decide_default(chosen, contracts, wish))
    if isinstance(decided, Refusal):
        assert decided.code in {"CONTRACT_INACTIVE", "DEFAULT_CONTRACT_EXISTS"}
        return
    after = carried_out(contracts, decided)
    [found] = [one for one in after if one.id == chosen.id]
    assert found.is_default is wish.is_default
    assert found.default_for is (wish.narrowed_to if wish.is_default else None)
    if wish.is_default:
        assert defaults_by_scope(after)[wish.narrowed_to] == 1


@given(accounts(), st.data(), WISHES)
def test_no_scope_ends_with_more_defaults_than_it_had_or_than_one(
    contracts: list[BillingContract], data: st.DataObject, wish: DefaultWish
) -> None:
    chosen = data.draw(st.sampled_from(contracts))
    decided = attempted(lambda: decide_default(chosen, contracts, wish))
    if isinstance(decided, Refusal):
        return
    after = carried_out(contracts, decided)
    before = defaults_by_scope(contracts)
    for scope, count in defaults_by_scope(after).items():
        assert count <= max(1, before[scope])


@given(accounts(), st.data(), WISHES)
def test_deciding_again_changes_nothing(
    contracts: list[BillingContract], data: st.DataObject, wish: DefaultWish
) -> None:
    chosen = data.draw(st.sampled_from(contracts))
    decided = attempted(lambda: decide_default(chosen, contracts, wish))
    if isinstance(decided, Refusal):
        return
    after = carried_out(contracts, decided)
    [found] = [one for one in after if one.id == chosen.id]
    assert decide_default(found, after, wish) == ()


@given(accounts(), st.data(), SCOPES)
def test_replacing_is_refused_for_inactive_contracts_only(
    contracts: list[BillingContract], data: st.DataObject, scope: BillingType | None
) -> None:
    chosen = data.draw(st.sampled_from(contracts))
    wish = DefaultWish(narrowed_to=scope, replace_existing=True)
    if chosen.status is ContractStatus.ACTIVE:
        decide_default(chosen, contracts, wish)
    else:
        with pytest.raises(Refusal, match="inactive"):
            decide_default(chosen, contracts, wish)
