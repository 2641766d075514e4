"""The default rule: an account never gets two default contracts of one scope through the API."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from seatsync.domain.contract import ContractStatus
from seatsync.errors import Refusal

if TYPE_CHECKING:
    from collections.abc import Iterable

    from seatsync.domain.billing import BillingType
    from seatsync.domain.contract import BillingContract


@dataclass(frozen=True, slots=True)
class DefaultWish:
    """What a contract's default flag should be; `narrowed_to` None means any billing type."""

    is_default: bool = True
    narrowed_to: BillingType | None = None
    replace_existing: bool = False


def decide_default(
    contract: BillingContract, siblings: Iterable[BillingContract], wish: DefaultWish
) -> tuple[BillingContract, ...]:
    """Return the contracts of the account that change, as they are afterwards.

    `siblings` are the contracts of the account, with or without `contract` itself. Raises
    `Refusal`: CONTRACT_INACTIVE, or DEFAULT_CONTRACT_EXISTS unless the others are replaced.
    """
    if not wish.is_default:
        return _changed(contract, replace(contract, is_default=False, default_for=None))
    require_active(contract)
    wanted = replace(contract, is_default=True, default_for=wish.narrowed_to)
    cleared = _cleared(wanted, siblings) if wish.replace_existing else ()
    if not wish.replace_existing:
        refuse_second_default(wanted, siblings)
    return (*cleared, *_changed(contract, wanted))


def refuse_second_default(wanted: BillingContract, siblings: Iterable[BillingContract]) -> None:
    """Raise DEFAULT_CONTRACT_EXISTS if `wanted` would be a second active default of its scope."""
    if not wanted.is_landing:
        return
    for other in _same_scope(wanted, siblings):
        if other.is_landing:
            raise Refusal(
                "DEFAULT_CONTRACT_EXISTS",
                f"the account has another default contract {_scope(wanted)}: {other.name}; "
                "ask to replace it",
            )


def require_active(contract: BillingContract) -> None:
    """Raise CONTRACT_INACTIVE unless subscriptions may be put on the contract."""
    if contract.status is not ContractStatus.ACTIVE:
        raise Refusal(
            "CONTRACT_INACTIVE",
            f"the billing contract {contract.name} is inactive",
            path=("billingContractId",),
        )


def _cleared(
    wanted: BillingContract, siblings: Iterable[BillingContract]
) -> tuple[BillingContract, ...]:
    return tuple(
        replace(other, is_default=False, default_for=None)
        for other in _same_scope(wanted, siblings)
    )


def _same_scope(
    wanted: BillingContract, siblings: Iterable[BillingContract]
) -> list[BillingContract]:
    return [
        other
        for other in siblings
        if other.id != wanted.id and other.is_default and other.default_for is wanted.default_for
    ]


def _changed(old: BillingContract, new: BillingContract) -> tuple[BillingContract, ...]:
    return () if old == new else (new,)


def _scope(contract: BillingContract) -> str:
    return f"for {contract.default_for}" if contract.default_for else "for any billing type"
