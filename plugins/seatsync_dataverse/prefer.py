"""The `Prefer` header: what a request would like, all in one header.

Several headers are allowed by HTTP, but the service reads one (compose HTTP requests).
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Prefer:
    """Preferences of one request."""

    page_size: int | None = None
    tracks_changes: bool = False
    representation: bool = False
    """Whether a write is answered with the row: 201 if it made it, 200 if it changed it."""

    def header(self) -> dict[str, str]:
        """Return the header, or none where nothing is preferred."""
        parts = [
            "odata.track-changes" if self.tracks_changes else "",
            f"odata.maxpagesize={self.page_size}" if self.page_size is not None else "",
            "return=representation" if self.representation else "",
        ]
        text = ",".join(part for part in parts if part)
        return {"Prefer": text} if text else {}


NOTHING = Prefer()
