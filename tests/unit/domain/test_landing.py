"""The landing rule: one contract or one reason, and never a guess."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING
from uuid import UUID

from hypothesis import given
from hypothesis import strategies as st

from seatsync.domain.billing import BillingFrequency, BillingPolicy, BillingType
from seatsync.domain.contract import BillingContract, ContractStatus
from seatsync.domain.landing import (
    LandingSetting,
    decide_deferred_landing,
    decide_landing,
    qualifying_defaults,
)
from seatsync.domain.subscription import UnassignedReason

if TYPE_CHECKING:
    from collections.abc import Sequence

NOON = datetime(2026, 5, 4, 12, tzinfo=UTC)
ON = LandingSetting(since=NOON)
OFF = LandingSetting()
CONTRACTS = st.lists(
    st.builds(
        BillingContract,
        id=st.uuids(),
        name=st.just("A contract"),
        account_id=st.just(UUID(int=1)),
        is_default=st.booleans(),
        default_for=st.none() | st.sampled_from(BillingType),
        billing_policy=st.sampled_from(BillingPolicy),
        billing_frequency=st.just(BillingFrequency.MONTHLY),
        currency=st.just("USD"),
        status=st.sampled_from(ContractStatus),
    ),
    max_size=5,
    unique_by=lambda contract: contract.id,
)
TYPES = st.sampled_from(BillingType)


def defaults_for(
    contracts: Sequence[BillingContract], scope: BillingType | None
) -> list[BillingContract]:
    return [
        one
        for one in contracts
        if one.is_default and one.status is ContractStatus.ACTIVE and one.default_for is scope
    ]


@given(
    setting=st.sampled_from([ON, OFF]),
    account_known=st.booleans(),
    contracts=CONTRACTS,
    billing_type=TYPES,
)
def test_it_lands_on_a_contract_or_says_why_not(
    setting: LandingSetting,
    account_known: bool,  # noqa: FBT001
    contracts: list[BillingContract],
    billing_type: BillingType,
) -> None:
    landing = decide_landing(
        setting, account_known=account_known, contracts=contracts, billing_type=billing_type
    )
    assert (landing.contract_id is None) is not (landing.reason is None)


@given(contracts=CONTRACTS, billing_type=TYPES)
def test_it_never_picks_between_two(
    contracts: list[BillingContract], billing_type: BillingType
) -> None:
    landing = decide_landing(ON, account_known=True, contracts=contracts, billing_type=billing_type)
    narrowed = defaults_for(contracts, billing_type)
    general = defaults_for(contracts, None)
    qualifying = narrowed or general
    if landing.contract_id:
        assert [one.id for one in qualifying] == [landing.contract_id]
    elif qualifying:
        assert len(qualifying) > 1
        assert landing.reason is UnassignedReason.MULTIPLE_DEFAULT_CONTRACTS
    else:
        assert landing.reason is UnassignedReason.NO_DEFAULT_CONTRACT


@given(contracts=CONTRACTS, billing_type=TYPES)
def test_the_order_of_contracts_is_nothing(
    contracts: list[BillingContract], billing_type: BillingType
) -> None:
    landings = {
        decide_landing(ON, account_known=True, contracts=order, billing_type=billing_type)
        for order in (contracts, contracts[::-1])
    }
    assert len(landings) == 1


@given(contracts=CONTRACTS, billing_type=TYPES, account_known=st.booleans())
def test_the_setting_is_looked_at_first_and_the_account_second(
    contracts: list[BillingContract],
    billing_type: BillingType,
    account_known: bool,  # noqa: FBT001
) -> None:
    off = decide_landing(
        OFF, account_known=account_known, contracts=contracts, billing_type=billing_type
    )
    assert off.reason is UnassignedReason.SETTING_DISABLED
    unmapped = decide_landing(
        ON, account_known=False, contracts=contracts, billing_type=billing_type
    )
    assert unmapped.reason is UnassignedReason.PROVIDER_ACCOUNT_UNMAPPED


@given(contracts=CONTRACTS, billing_type=TYPES)
def test_what_is_metered_never_lands_on_a_default_for_licences(
    contracts: list[BillingContract], billing_type: BillingType
) -> None:
    for one in qualifying_defaults(contracts, billing_type):
        assert one.default_for in {None, billing_type}
        assert one.is_landing


@given(contracts=CONTRACTS, billing_type=TYPES, minutes=st.integers(-60, 60))
def test_what_was_discovered_before_the_setting_was_on_stays_where_it_is(
    contracts: list[BillingContract], billing_type: BillingType, minutes: int
) -> None:
    landing = decide_deferred_landing(
        ON,
        discovered_at=NOON + timedelta(minutes=minutes),
        contracts=contracts,
        billing_type=billing_type,
    )
    if minutes < 0:
        assert landing.reason is UnassignedReason.DISCOVERED_BEFORE_SETTING
    else:
        assert landing == decide_landing(
            ON, account_known=True, contracts=contracts, billing_type=billing_type
        )
