"""What a record of the CRM does to the mirror, and what the CRM has to be told back, by field.

| whose field | the CRM shows              | noted for the CRM | what happens              |
|-------------|----------------------------|-------------------|---------------------------|
| anybody's   | what the mirror has        | or not            | nothing is left to tell   |
| the agent's | something else             | no                | the agent's word is noted |
| the agent's | something else             | yes               | it stays noted            |
| the CRM's   | something else             | no                | the mirror takes it over  |
| the CRM's   | what the mirror had before | yes               | it stays noted, upon that |
| the CRM's   | anything else              | yes               | the mirror takes it over  |

What is noted as missing in the CRM, and is there, has every field of the agent's noted.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import cache

from seatsync.domain.crm import CrmNoun, CrmValue
from seatsync.domain.ownership import Owner, fields_of
from seatsync.mirror.outbox import Operation
from seatsync.mirror.pending import Pending

Values = Mapping[str, CrmValue]
Show = Callable[[Values], Values]
"""Returns what the CRM would show of values of the mirror, in their one spelling."""

Follow = Callable[[Values, Values], Values]
"""Returns the agent's own fields that change along with what is taken over, given both."""


def nothing_follows(_values: Values, _taken: Values) -> Values:
    """Let nothing change along."""
    return {}


@dataclass(frozen=True, slots=True)
class Ours:
    """What the mirror holds of a record, what waits to be told of it, and what would follow."""

    values: Values
    pending: Pending | None = None
    follow: Follow = nothing_follows


@dataclass(frozen=True, slots=True)
class Merged:
    """What to do: take values over, let others follow, tell the CRM, and keep this item."""

    taken: Values = field(default_factory=dict)
    followed: Values = field(default_factory=dict)
    drifted: frozenset[str] = frozenset()
    pending: Pending | None = None

    @property
    def written(self) -> Values:
        """Return every value that the mirror gets."""
        return {**self.taken, **self.followed}


def merge(
    noun: CrmNoun, theirs: Values, ours: Ours, show: Show, usable: Values | None = None
) -> Merged:
    """Decide about one record that both have.

    `theirs` are canonical; a field that is not among them stays as it is. `usable` are those of
    them that the mirror can only hold as something else: a reference to what is gone, as None.
    """
    pending = ours.pending
    shown = show(ours.values)
    differing = _differing(_theirs(noun), theirs, shown)
    commanded = _commanded(differing, theirs, pending, show)
    can_take = {**theirs, **(usable or {})}
    taken = {
        name: can_take[name]
        for name in differing - commanded
        if can_take[name] != ours.values[name]
    }
    followed = ours.follow(ours.values, taken)
    now_shown = {**shown, **show(followed)} if followed else shown
    drifted = _differing(_agents(noun), theirs, now_shown)
    return Merged(taken, followed, *_told(theirs, drifted, commanded, pending))


def _differing(names: frozenset[str], theirs: Values, shown: Values) -> frozenset[str]:
    both = names.intersection(theirs).intersection(shown)
    return frozenset(name for name in both if theirs[name] != shown[name])


def _commanded(
    differing: frozenset[str], theirs: Values, pending: Pending | None, show: Show
) -> frozenset[str]:
    """Return the CRM's fields that a command of the agent's users may still go into."""
    if pending is None or not pending.bases:
        return frozenset()
    bases = {
        name: [show({name: base}).get(name) for base in pending.bases.get(name, ())]
        for name in differing
    }
    return frozenset(name for name in differing if theirs[name] in bases[name])


def _told(
    theirs: Values,
    drifted: frozenset[str],
    commanded: frozenset[str],
    pending: Pending | None,
) -> tuple[frozenset[str], Pending | None]:
    """Return which fields have to be noted, and what is left of the item."""
    if pending is None:
        return drifted, None
    unsaid = pending.fields.difference(theirs)
    if pending.operation is Operation.CREATE:
        left = drifted | commanded | unsaid
        newly: frozenset[str] = frozenset()
    else:
        left = drifted.intersection(pending.fields) | commanded | unsaid
        newly = drifted.difference(pending.fields)
    bases = {
        name: (theirs[name],) if name in commanded else bases
        for name, bases in pending.bases.items()
        if name in left
    }
    return newly, Pending(Operation.UPDATE, left, bases) if left else None


@cache
def _theirs(noun: CrmNoun) -> frozenset[str]:
    return fields_of(noun, Owner.CRM, Owner.CRM_ALONE)


@cache
def _agents(noun: CrmNoun) -> frozenset[str]:
    return fields_of(noun, Owner.AGENT)
