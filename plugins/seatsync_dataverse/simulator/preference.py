"""The `Prefer` header (Web API, compose HTTP requests)."""

from __future__ import annotations

import re
from dataclasses import dataclass

_PART = re.compile(r'([\w.-]+)\s*(?:=\s*(?:"([^"]*)"|([^,;\s]*)))?')
LARGEST_PAGE = 5000


@dataclass(frozen=True, slots=True)
class Preferences:
    """What a request prefers."""

    named: dict[str, str]

    @classmethod
    def read(cls, header: str) -> Preferences:
        """Read a header of comma-separated preferences; an unknown one is harmless."""
        found = (match.groups() for match in _PART.finditer(header))
        return cls({name.lower(): quoted or plain or "" for name, quoted, plain in found})

    @property
    def tracks_changes(self) -> bool:
        """Whether changes are to be tracked from this read on."""
        return "odata.track-changes" in self.named

    @property
    def wants_representation(self) -> bool:
        """Whether a write is to answer with the row."""
        return self.named.get("return") == "representation"

    @property
    def continues_on_error(self) -> bool:
        """Whether a batch goes on after a request that failed."""
        return "odata.continue-on-error" in self.named

    @property
    def page_size(self) -> int | None:
        """The rows wanted per page, at most 5000, or None."""
        wanted = self.named.get("odata.maxpagesize", "")
        return min(int(wanted), LARGEST_PAGE) if wanted.isdigit() and int(wanted) else None

    @property
    def annotations(self) -> frozenset[str]:
        """The annotations that are to come along; `*` is all."""
        wanted = self.named.get("odata.include-annotations", "")
        return frozenset(name.strip() for name in wanted.split(",") if name.strip())

    def includes(self, annotation: str) -> bool:
        """Tell whether an annotation is wanted, by its name or by a pattern."""
        prefix = annotation.rpartition(".")[0]
        return not self.annotations.isdisjoint({"*", annotation, f"{prefix}.*"})

    @property
    def applied(self) -> str:
        """What `Preference-Applied` says."""
        known = {
            "odata.track-changes": self.tracks_changes,
            f"odata.maxpagesize={self.page_size}": self.page_size is not None,
            "return=representation": self.wants_representation,
        }
        return ",".join(name for name, holds in known.items() if holds)
