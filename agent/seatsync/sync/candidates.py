"""From a plan to the candidates of a preview, and the checksum of what they would do."""

from __future__ import annotations

import json
from hashlib import sha256
from typing import TYPE_CHECKING

from seatsync.domain.preview import Candidate, CandidateChange, CandidatePlacement

if TYPE_CHECKING:
    from collections.abc import Iterable
    from uuid import UUID

    from seatsync.domain.plan import Step


def candidate_of(step: Step, contract_id: UUID) -> Candidate:
    """Show a step of a preview, seen from the contract of the preview."""
    return Candidate(
        id=step.subscription_id,
        external_id=step.record.external_id,
        name=step.record.name,
        provider_account_id=step.customer.id,
        change=_change(step),
        placement=_placement(step, contract_id),
        quantity=step.record.quantity,
        field_changes=tuple(
            change for change in step.field_changes if change.field != "billingContract"
        ),
    )


def _change(step: Step) -> CandidateChange:
    if step.known is None:
        return CandidateChange.NEW
    return CandidateChange.UNCHANGED if step.change is None else CandidateChange.CHANGED


def _placement(step: Step, contract_id: UUID) -> CandidatePlacement:
    if step.known is None or step.known.contract_id is None:
        return CandidatePlacement.NOWHERE
    if step.known.contract_id == contract_id:
        return CandidatePlacement.THIS_CONTRACT
    return CandidatePlacement.OTHER_CONTRACT


def checksum_of(contract_id: UUID, candidates: Iterable[Candidate]) -> str:
    """Return the fingerprint of what proceeding would do; the order of candidates is nothing."""
    facts = sorted(
        [
            str(candidate.id),
            candidate.change.value,
            candidate.placement.value,
            candidate.quantity,
            [[change.field, change.old, change.new] for change in candidate.field_changes],
        ]
        for candidate in candidates
    )
    return sha256(json.dumps([str(contract_id), facts]).encode()).hexdigest()
