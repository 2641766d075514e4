"""Creating and changing billing contracts, and the default flag among them."""

from __future__ import annotations

from dataclasses import dataclass, replace
from operator import attrgetter
from typing import TYPE_CHECKING

from seatsync.domain.billing import BillingFrequency, BillingPolicy
from seatsync.domain.contract import BillingContract, ContractStatus
from seatsync.domain.defaults import DefaultWish, decide_default, refuse_second_default
from seatsync.domain.ids import new_id
from seatsync.domain.roles import Permission
from seatsync.domain.text import currency_code, invalid, required_text
from seatsync.mirror.contract_changes import insert_contract, update_contract, update_default
from seatsync.mirror.held import account_of_contract, held_account, held_contract, held_contracts
from seatsync.services.found import found, taken

if TYPE_CHECKING:
    from uuid import UUID

    from seatsync.domain.billing import BillingType
    from seatsync.domain.roles import Caller
    from seatsync.services.journal import Journal


@dataclass(frozen=True, slots=True)
class NewContract:
    """What a caller says of a contract that is to be created; `id` is the CRM's own."""

    account_id: UUID
    name: str
    id: UUID | None = None
    is_default: bool = False
    default_for: BillingType | None = None
    billing_policy: BillingPolicy = BillingPolicy.ADVANCE
    billing_frequency: BillingFrequency = BillingFrequency.MONTHLY
    currency: str = "USD"


@dataclass(frozen=True, slots=True)
class ContractEdit:
    """What a caller changes of a contract; None leaves a field as it is."""

    name: str | None = None
    billing_policy: BillingPolicy | None = None
    billing_frequency: BillingFrequency | None = None
    currency: str | None = None
    status: ContractStatus | None = None


@dataclass(frozen=True, slots=True)
class ContractChanges:
    """What a BILLING caller may do to contracts."""

    journal: Journal

    def create(self, caller: Caller, wanted: NewContract) -> BillingContract:
        """Create an active contract; raise `Refusal`, as if its default flag were set later."""
        with self.journal.changing(caller, Permission.BILL, "createBillingContract") as notes:
            mirror = self.journal.mirror
            contract = _new_contract(wanted)
            account = held_account(mirror, wanted.account_id)
            found(account, "account", wanted.account_id, "accountId")
            refuse_second_default(contract, held_contracts(mirror, wanted.account_id))
            if not insert_contract(mirror, contract, notes.at):
                raise taken("billing contract", contract.id)
            notes.record(contract.id, None, contract)
            return contract

    def update(self, caller: Caller, contract_id: UUID, edit: ContractEdit) -> BillingContract:
        """Change what is given; raise `Refusal`.

        An inactive contract keeps its default flag, which counts again when it is active again.
        """
        with self.journal.changing(caller, Permission.BILL, "updateBillingContract") as notes:
            old, siblings = self._held(contract_id)
            new = _edited(old, edit)
            refuse_second_default(new, siblings)
            if new != old:
                update_contract(self.journal.mirror, new, notes.at)
                notes.record(contract_id, old, new)
            return new

    def set_default(self, caller: Caller, contract_id: UUID, wish: DefaultWish) -> BillingContract:
        """Set or clear the default flag, never leaving two of one scope; raise `Refusal`."""
        with self.journal.changing(caller, Permission.BILL, "setDefaultBillingContract") as notes:
            contract, siblings = self._held(contract_id)
            before = {sibling.id: sibling for sibling in siblings}
            # In the order in which whoever tells the CRM locks their items.
            for changed in sorted(decide_default(contract, siblings, wish), key=attrgetter("id")):
                update_default(self.journal.mirror, changed, notes.at)
                notes.record(changed.id, before[changed.id], changed)
            return found(
                held_contract(self.journal.mirror, contract_id), "billing contract", contract_id
            )

    def _held(self, contract_id: UUID) -> tuple[BillingContract, list[BillingContract]]:
        """Return a contract with all contracts of its account, which is held first."""
        mirror = self.journal.mirror
        known = account_of_contract(mirror, contract_id)
        account_id = found(known, "billing contract", contract_id, "billingContractId")
        held_account(mirror, account_id)
        siblings = held_contracts(mirror, account_id)
        contract = next((one for one in siblings if one.id == contract_id), None)
        return found(contract, "billing contract", contract_id, "billingContractId"), siblings


def _new_contract(wanted: NewContract) -> BillingContract:
    if wanted.default_for is not None and not wanted.is_default:
        raise invalid("only a default contract can be narrowed", ("defaultFor",))
    return BillingContract(
        id=wanted.id or new_id(),
        name=required_text(wanted.name, "name"),
        account_id=wanted.account_id,
        is_default=wanted.is_default,
        default_for=wanted.default_for,
        billing_policy=wanted.billing_policy,
        billing_frequency=wanted.billing_frequency,
        currency=currency_code(wanted.currency, "currency"),
        status=ContractStatus.ACTIVE,
    )


def _edited(old: BillingContract, edit: ContractEdit) -> BillingContract:
    name = old.name if edit.name is None else required_text(edit.name, "name")
    currency = old.currency if edit.currency is None else currency_code(edit.currency, "currency")
    return replace(
        old,
        name=name,
        currency=currency,
        billing_policy=edit.billing_policy or old.billing_policy,
        billing_frequency=edit.billing_frequency or old.billing_frequency,
        status=edit.status or old.status,
    )
