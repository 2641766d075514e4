"""Recorded exchanges with a vendor: scrubbed before they reach the disk, replayed offline.

Needs vcrpy, which the development environment has and an installed agent has not.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

import msgspec
from vcr import VCR  # type: ignore[import-untyped]
from vcr.persisters.filesystem import FilesystemPersister  # type: ignore[import-untyped]
from vcr.record_mode import RecordMode  # type: ignore[import-untyped]
from vcr.serialize import serialize  # type: ignore[import-untyped]

if TYPE_CHECKING:
    from contextlib import AbstractContextManager

SCRUBBED = "scrubbed"
"""What stands in a cassette where something secret or personal was."""

SECRET_KEYS = frozenset(
    {"access_token", "client_id", "client_secret", "id_token", "password", "refresh_token"}
)
_KEPT_HEADERS = frozenset({"content-type", "retry-after"})
_encoder = msgspec.json.Encoder(decimal_format="number")


@dataclass(frozen=True, slots=True)
class Label:
    """How a cassette is kept: what it says about itself, and what is taken out of it.

    `recorded_at` and `public_origin` are origins such as `https://api.example.com`; the first
    is written as the second, in links of answers too. JSON values under `scrubbed_keys` are
    replaced.
    """

    source: str
    recorded_at: str
    public_origin: str
    scrubbed_keys: frozenset[str] = SECRET_KEYS


def recorded(path: Path, label: Label) -> AbstractContextManager[object]:
    """Record all exchanges that happen inside the context into a new cassette at `path`."""
    path.unlink(missing_ok=True)
    recorder = VCR(record_mode=RecordMode.ALL, decode_compressed_response=True)
    recorder.register_persister(_ScrubbingPersister(label))
    context: AbstractContextManager[object] = recorder.use_cassette(str(path))
    return context


def replayed(path: Path) -> AbstractContextManager[Any]:
    """Answer from the cassette at `path` inside the context; anything else is an error.

    What is yielded says in `all_played` whether every recorded exchange was asked for.
    """
    context: AbstractContextManager[Any] = VCR(record_mode=RecordMode.NONE).use_cassette(str(path))
    return context


class _ScrubbingPersister:
    """Scrubs where cassettes are written: vcrpy's own filters are bypassed on some rewrites."""

    def __init__(self, label: Label) -> None:
        self._label = label

    def load_cassette(self, path: str, serializer: Any) -> Any:
        return FilesystemPersister.load_cassette(path, serializer)

    def save_cassette(self, path: str, cassette: dict[str, Any], serializer: Any) -> None:
        for request in cassette["requests"]:
            self._scrub_request(request)
        scrubbed = [self._scrubbed_response(response) for response in cassette["responses"]]
        text = serialize({**cassette, "responses": scrubbed}, serializer)
        Path(path).parent.mkdir(parents=True, exist_ok=True)
        Path(path).write_text(f"# Recorded from {self._label.source}, and scrubbed.\n{text}")

    def _scrub_request(self, request: Any) -> None:
        request.uri = request.uri.replace(self._label.recorded_at, self._label.public_origin)
        request.headers = {}
        request.body = self._scrubbed(request.body)

    def _scrubbed_response(self, response: dict[str, Any]) -> dict[str, Any]:
        headers = {
            name: values
            for name, values in response["headers"].items()
            if name.lower() in _KEPT_HEADERS
        }
        body = {"string": self._scrubbed(response["body"]["string"])}
        return {**response, "headers": headers, "body": body}

    def _scrubbed(self, body: bytes | None) -> bytes:
        if not body:
            return b""
        try:
            decoded = json.loads(self._moved(body), parse_float=Decimal)
        except ValueError:
            # What cannot be read cannot be searched for secrets.
            return SCRUBBED.encode()
        return _encoder.encode(scrub(decoded, self._label.scrubbed_keys))

    def _moved(self, body: bytes) -> bytes:
        here, there = self._label.recorded_at, self._label.public_origin
        moved = body.replace(here.encode(), there.encode())
        # Addresses of another scheme name the same host.
        return moved.replace(urlsplit(here).netloc.encode(), urlsplit(there).netloc.encode())


def scrub(value: Any, keys: frozenset[str]) -> Any:
    """Return JSON with every text, number or list under one of `keys` replaced, at any depth."""
    match value:
        case dict():
            return {name: _scrubbed_value(name, held, keys) for name, held in value.items()}
        case list():
            return [scrub(item, keys) for item in value]
        case _:
            return value


def _scrubbed_value(name: str, held: Any, keys: frozenset[str]) -> Any:
    return SCRUBBED if name in keys and held is not None else scrub(held, keys)
