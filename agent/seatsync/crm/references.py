"""What records refer to: whether the mirror has it."""

from __future__ import annotations

from collections.abc import Mapping
from collections.abc import Set as AbstractSet
from functools import cache
from typing import TYPE_CHECKING
from uuid import UUID

from seatsync.domain.crm import CrmNoun, CrmRecord
from seatsync.domain.ownership import FIELDS
from seatsync.mirror.crm_takeover import existing

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable

    from seatsync.crm.merge import Values
    from seatsync.domain.crm import CrmChange
    from seatsync.mirror.database import Mirror

Present = Mapping[CrmNoun, AbstractSet[UUID]]
"""The ids, of those that records refer to, that the mirror has."""


def referred_to(noun: CrmNoun, changes: Iterable[CrmChange]) -> dict[CrmNoun, set[UUID]]:
    """Return the ids that changed records refer to, by noun."""
    found: dict[CrmNoun, set[UUID]] = {target: set() for _, target in _references(noun)}
    for change in changes:
        if isinstance(change, CrmRecord):
            for name, target in _references(noun):
                value = change.values.get(name)
                if isinstance(value, UUID):
                    found[target].add(value)
    return found


def present_of(mirror: Mirror, referred: Mapping[CrmNoun, AbstractSet[UUID]]) -> Present:
    """Return those of the ids that the mirror has."""
    return {noun: existing(mirror, noun, ids) for noun, ids in referred.items()}


def unusable(noun: CrmNoun, values: Values, present: Present) -> dict[str, None]:
    """Return the fields that refer to what the mirror does not have, which counts as nothing."""
    return {
        name: None
        for name, target in _references(noun)
        if values.get(name) is not None and values[name] not in present[target]
    }


def missing_of(
    noun: CrmNoun, records: Collection[Values], present: Present
) -> dict[CrmNoun, set[UUID]]:
    """Return what records refer to and the mirror does not have, by noun."""
    missing: dict[CrmNoun, set[UUID]] = {}
    for name, target in _references(noun):
        for values in records:
            value = values.get(name)
            if isinstance(value, UUID) and value not in present[target]:
                missing.setdefault(target, set()).add(value)
    return missing


@cache
def referrers(noun: CrmNoun) -> tuple[CrmNoun, ...]:
    """Return the nouns whose records refer to those of this one, and follow them."""
    return tuple(
        other for other in CrmNoun if any(target is noun for _, target in _references(other))
    )


@cache
def _references(noun: CrmNoun) -> tuple[tuple[str, CrmNoun], ...]:
    if noun is CrmNoun.CHANGE_REQUEST:  # says what a user wants, whether that is there or not
        return ()
    return tuple((one.name, one.refers_to) for one in FIELDS[noun] if one.refers_to)
