"""One request to the Web API, and its answer, whether they travel alone or inside a batch."""

from __future__ import annotations

from dataclasses import dataclass, field
from decimal import Decimal
from functools import cached_property
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qsl, quote

import msgspec

from seatsync_dataverse.simulator.preference import Preferences
from seatsync_dataverse.simulator.problem import malformed

if TYPE_CHECKING:
    from collections.abc import Mapping

    from seatsync_dataverse.simulator.problem import Problem

ROOT = "/api/data/v9.2/"
JSON_TYPE = "application/json; odata.metadata=minimal"
_PLAIN = "/()',=$@;!"
"""What addresses spell without percent signs."""
_ENCODER = msgspec.json.Encoder(decimal_format="number")
_DECODER = msgspec.json.Decoder(float_hook=Decimal)


@dataclass(frozen=True)
class Asked:
    """A request: `path` is decoded and below the root, `query` is as it was sent."""

    method: str
    path: str
    query: str
    headers: Mapping[str, str]
    """By name in lower case."""
    body: bytes
    origin: str
    """Where the organisation is reached, without a slash at the end."""
    user_id: str
    bound: Mapping[str, str] = field(default_factory=dict)
    """What `$1` and the like stand for, inside a change set."""

    @cached_property
    def options(self) -> dict[str, str]:
        """The query options, decoded."""
        return dict(parse_qsl(self.query, keep_blank_values=True))

    @cached_property
    def prefers(self) -> Preferences:
        """What the request prefers."""
        return Preferences.read(self.headers.get("prefer", ""))

    @property
    def base(self) -> str:
        """The address of the service document."""
        return f"{self.origin}{ROOT}"

    @property
    def place(self) -> str:
        """The address that was asked for, without its query."""
        return f"{self.base}{quote(self.path, safe=_PLAIN)}"

    def fields(self) -> dict[str, Any]:
        """Return the body, a JSON object with exact decimals; raises `Problem`."""
        try:
            decoded = _DECODER.decode(self.body or b"{}")
        except msgspec.DecodeError as error:
            raise malformed(self.path, "The payload is not valid JSON.") from error
        if not isinstance(decoded, dict):
            raise malformed(self.path, "An object was expected.")
        return decoded


@dataclass(frozen=True, slots=True)
class Answer:
    """An answer, with what the whole service adds to it left out."""

    status: int
    body: bytes = b""
    headers: dict[str, str] = field(default_factory=dict)


def shown(body: object, status: int = 200, **headers: str) -> Answer:
    """Answer with JSON; an underscore in a header's name stands for a hyphen."""
    named = {name.replace("_", "-"): value for name, value in headers.items() if value}
    return Answer(status, _ENCODER.encode(body), {"Content-Type": JSON_TYPE, **named})


def done(**headers: str) -> Answer:
    """Answer 204."""
    return Answer(204, b"", {name.replace("_", "-"): headers[name] for name in headers})


def refused(problem: Problem, asked: Asked) -> Answer:
    """Answer with an error envelope."""
    annotated = "*" in asked.prefers.annotations
    return shown(problem.envelope(annotated=annotated), problem.status)
