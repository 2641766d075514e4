"""The move rule and the mapping rule, as properties."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from uuid import UUID

from hypothesis import assume, given
from hypothesis import strategies as st

from attempt import attempted
from seatsync.domain.billing import BillingFrequency, BillingPolicy, BillingType
from seatsync.domain.contract import BillingContract, ContractStatus
from seatsync.domain.landing import LandingSetting, qualifying_defaults
from seatsync.domain.mapping import decide_mapped
from seatsync.domain.moves import Assignment, Movable, decide_move, decide_removal
from seatsync.domain.subscription import UnassignedReason
from seatsync.errors import Refusal

NOON = datetime(2026, 5, 4, 12, tzinfo=UTC)
ACCOUNTS = st.sampled_from([UUID(int=1), UUID(int=2), UUID(int=3)])
MAYBE_ACCOUNTS = st.none() | ACCOUNTS
UNMAPPED = UnassignedReason.PROVIDER_ACCOUNT_UNMAPPED
INSTANTS = st.integers(-3, 3).map(lambda hours: NOON + timedelta(hours=hours))


def contracts_of(account: st.SearchStrategy[UUID]) -> st.SearchStrategy[BillingContract]:
    return st.builds(
        BillingContract,
        id=st.uuids(),
        name=st.just("Contract"),
        account_id=account,
        is_default=st.booleans(),
        default_for=st.sampled_from([None, *BillingType]),
        billing_policy=st.just(BillingPolicy.ADVANCE),
        billing_frequency=st.just(BillingFrequency.MONTHLY),
        currency=st.just("USD"),
        status=st.sampled_from(ContractStatus),
    )


@st.composite
def assignments(draw: st.DrawFn) -> Assignment:
    contract = draw(st.none() | st.uuids())
    reason = None if contract else draw(st.sampled_from(UnassignedReason))
    return Assignment(draw(MAYBE_ACCOUNTS), contract, reason)


@given(
    assignments(),
    MAYBE_ACCOUNTS,
    st.frozensets(ACCOUNTS),
    contracts_of(ACCOUNTS),
)
def test_a_move_is_made_or_refused_for_the_reason_that_holds(
    assignment: Assignment,
    mapped: UUID | None,
    invoiced: frozenset[UUID],
    contract: BillingContract,
) -> None:
    subject = Movable("Subscription", assignment, mapped, invoiced)
    belongs = contract.account_id in {assignment.account_id, mapped}
    moved = attempted(lambda: decide_move(subject, contract, path=("subscriptionIds", "0")))
    if isinstance(moved, Refusal):
        code = "INVOICE_REFERENCE_CONFLICT" if belongs else "ACCOUNT_MISMATCH"
        assert (moved.code, moved.path) == (code, ("subscriptionIds", "0"))
        assert not belongs or invoiced - {contract.account_id}
        return
    assert moved == Assignment(contract.account_id, contract.id, None)
    assert belongs
    assert invoiced <= {contract.account_id}


@given(assignments())
def test_what_is_taken_off_is_on_no_contract_and_says_why(assignment: Assignment) -> None:
    removed = decide_removal(assignment)
    assert removed.billing_contract_id is None
    assert removed.unassigned_reason is not None
    assert removed.account_id == assignment.account_id
    assert decide_removal(removed) == removed


@given(
    assignments(),
    MAYBE_ACCOUNTS,
    st.none() | INSTANTS,
    INSTANTS,
    st.lists(contracts_of(st.just(UUID(int=1))), max_size=4),
    st.sampled_from(BillingType),
)
def test_a_mapping_moves_the_account_and_nothing_that_was_decided(
    assignment: Assignment,
    account_id: UUID | None,
    since: datetime | None,
    discovered_at: datetime,
    contracts: list[BillingContract],
    billing_type: BillingType,
) -> None:
    assume(assignment.unassigned_reason is not UNMAPPED)
    followed = decide_mapped(
        assignment,
        account_id,
        setting=LandingSetting(since),
        contracts=contracts,
        discovered_at=discovered_at,
        billing_type=billing_type,
    )
    assert followed == Assignment(
        account_id, assignment.billing_contract_id, assignment.unassigned_reason
    )


@given(
    st.none() | INSTANTS,
    INSTANTS,
    st.lists(contracts_of(st.just(UUID(int=1))), max_size=4),
    st.sampled_from(BillingType),
)
def test_a_deferred_landing_never_picks_between_two_and_never_reaches_back(
    since: datetime | None,
    discovered_at: datetime,
    contracts: list[BillingContract],
    billing_type: BillingType,
) -> None:
    landed = decide_mapped(
        Assignment(None, None, UNMAPPED),
        UUID(int=1),
        setting=LandingSetting(since),
        contracts=contracts,
        discovered_at=discovered_at,
        billing_type=billing_type,
    )
    assert (landed.billing_contract_id is None) != (landed.unassigned_reason is None)
    assert landed.unassigned_reason is not UNMAPPED
    if landed.billing_contract_id is not None:
        assert since is not None
        assert since <= discovered_at
        [only] = qualifying_defaults(contracts, billing_type)
        assert only.id == landed.billing_contract_id
