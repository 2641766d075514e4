"""What a pull did, in numbers."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class PullSummary:
    """How many records were taken over, put back in the CRM, unreadable, or left alone there."""

    taken_over: int = 0
    put_back: int = 0
    unreadable: int = 0
    left_alone: int = 0

    @property
    def has_changed(self) -> bool:
        """Tell whether anything is different now, here or in what the CRM is told."""
        return bool(self.taken_over or self.put_back)

    def __add__(self, other: PullSummary) -> PullSummary:
        return PullSummary(
            self.taken_over + other.taken_over,
            self.put_back + other.put_back,
            self.unreadable + other.unreadable,
            self.left_alone + other.left_alone,
        )

    def __str__(self) -> str:
        return (
            f"{self.taken_over:,} taken over, {self.put_back:,} put back, "
            f"{self.unreadable:,} unreadable, {self.left_alone:,} left alone"
        )
