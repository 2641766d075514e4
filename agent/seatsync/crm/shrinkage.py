"""The guard that keeps a read which shows too little from emptying the mirror."""

from __future__ import annotations

import logging
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from seatsync.crm.progress import plural
from seatsync.domain.crm import CrmNoun
from seatsync.domain.missing import exceeds_missing_threshold
from seatsync.errors import CrmListingShrunk
from seatsync.mirror.crm_rows import count_before
from seatsync.mirror.settings import load_settings

if TYPE_CHECKING:
    from seatsync.mirror.crm_rows import Reading
    from seatsync.mirror.database import Mirror

_log = logging.getLogger(__name__)

_GUARDED = frozenset({CrmNoun.ACCOUNT, CrmNoun.BILLING_CONTRACT})
"""What leaves the mirror when the CRM does not have it; all else the CRM gets back."""

_REMEDY = (
    "Check that the application user may still read all rows of these tables. If the records are"
    " really gone, raise the missing threshold for one pull."
)


@dataclass(slots=True)
class Shrinkage:
    """What the whole reads of one pull did not show, as far as that is too much to believe."""

    mirror: Mirror
    _found: list[str] = field(default_factory=list)

    def known(self, noun: CrmNoun, reading: Reading) -> int:
        """Return how many records a whole read that has just begun should show, if guarded."""
        return self._before(noun, reading) if noun in _GUARDED else 0

    def is_too_much(self, noun: CrmNoun, reading: Reading, known: int) -> bool:
        """Tell whether a whole read lacks too many of the `known` records, and remember it."""
        gone = self._before(noun, reading) if known else 0
        with self.mirror.reading():
            percent = load_settings(self.mirror).missing_threshold_percent
        if not exceeds_missing_threshold(gone, known=known, threshold_percent=percent):
            return False
        self._found.append(_found(noun, gone, known, percent))
        _log.warning("%s", self._found[-1])
        return True

    def complain(self) -> None:
        """Raise `CrmListingShrunk` if anything was too much to believe."""
        if self._found:
            raise CrmListingShrunk(" ".join(self._found), remedy=_REMEDY)

    def _before(self, noun: CrmNoun, reading: Reading) -> int:
        with self.mirror.reading():
            return count_before(self.mirror, noun, reading.generation)


def _found(noun: CrmNoun, gone: int, known: int, percent: int) -> str:
    return (
        f"The CRM does not show {gone:,} of {known:,} known {plural(noun)} any more,"
        f" over the missing threshold of {percent} %. None was removed."
    )
