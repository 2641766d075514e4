"""Links to follow byte for byte: to the next page, and to later changes.

Their spelling is that of the documented samples: capital and small percent-encodings, encoded
and plain characters mixed, so that a client which spells them anew shows itself.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from seatsync_dataverse.simulator.problem import bad_question, version_expired

if TYPE_CHECKING:
    from seatsync_dataverse.simulator.exchange import Asked

_COOKIE = re.compile(
    r'<cookie pagenumber="(\d+)" pagingcookie="([\w.-]*)" istracking="(True|False)" />'
)
_MOMENT = "%m/%d/%Y %H:%M:%S"


@dataclass(frozen=True, slots=True)
class PageCookie:
    """Where the next page begins; opaque to clients."""

    page: int
    places: tuple[int, ...]
    is_tracking: bool = False

    @classmethod
    def read(cls, text: str) -> PageCookie:
        """Read a skip token; raises `Problem`."""
        match = _COOKIE.fullmatch(text)
        if match is None:
            raise bad_question("The skiptoken is malformed.")
        places = tuple(int(part) for part in match[2].split("."))
        return cls(int(match[1]), places, match[3] == "True")

    def write(self) -> str:
        """Return the skip token, encoded."""
        places = ".".join(map(str, self.places))
        return (
            f"%3Ccookie%20pagenumber=%22{self.page}%22%20pagingcookie=%22{places}%22"
            f"%20istracking=%22{self.is_tracking}%22%20/%3E"
        )


@dataclass(frozen=True, slots=True)
class DeltaToken:
    """The version up to which a client knows everything, and when it was told so."""

    version: int
    moment: datetime

    @classmethod
    def read(cls, text: str) -> DeltaToken:
        """Read a token; raises `Problem`."""
        version, _, moment = text.partition("!")
        try:
            told = datetime.strptime(moment, _MOMENT).replace(tzinfo=UTC)
            return cls(int(version), told)
        except ValueError as error:
            raise bad_question("The deltatoken is malformed.") from error

    def write(self) -> str:
        """Return the token, encoded."""
        moment = self.moment.strftime(_MOMENT).replace("/", "%2f").replace(":", "%3a")
        return f"{self.version}%21{moment.replace(' ', '%20')}"

    def check(self, now: datetime, days: float) -> None:
        """Raise `Problem` if the token is from too many days ago."""
        if (now - self.moment).total_seconds() > days * 86_400:
            raise version_expired()


def link_to(asked: Asked, option: str, token: str) -> str:
    """Return the address that was asked for, with a token in the place of any before."""
    kept = [
        part
        for part in asked.query.split("&")
        if part and not part.startswith(("$skiptoken=", "$deltatoken=", "%24skip", "%24delta"))
    ]
    return f"{asked.base}{asked.path}?{'&'.join([*kept, f'{option}={token}'])}"
