"""`$batch`: several requests in one, some of them in change sets that hold whole or not at all."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from http import HTTPStatus
from typing import TYPE_CHECKING
from urllib.parse import unquote
from uuid import uuid4

from seatsync_dataverse.simulator.exchange import ROOT, Answer, refused
from seatsync_dataverse.simulator.multipart import (
    Part,
    boundary_in,
    not_readable,
    read_headers,
    read_parts,
    write_parts,
)
from seatsync_dataverse.simulator.problem import Problem

if TYPE_CHECKING:
    from collections.abc import Callable

    from seatsync_dataverse.simulator.exchange import Asked
    from seatsync_dataverse.simulator.ledger import Ledger

    Ask = Callable[[Asked], Answer]

_LINE = re.compile(r"(\w+) (\S+) HTTP/1\.1")
_MOST_REQUESTS = 1000
_OK = 400


class _Undone(Exception):
    """A change set failed with this answer."""

    def __init__(self, part: bytes, status: int) -> None:
        super().__init__(status)
        self.part = part
        self.status = status


@dataclass(frozen=True)
class Batch:
    """Answers batches; `ask` answers each request in them, `ledger` undoes change sets."""

    ask: Ask
    ledger: Ledger

    def answer(self, asked: Asked) -> Answer:
        """Answer a batch; raises `Problem` for one that is rejected as a whole."""
        boundary = boundary_in(asked.headers.get("content-type", ""))
        if boundary is None:
            raise not_readable()
        parts = read_parts(asked.body, boundary)
        inner = [_inside(part) for part in parts]
        if sum(max(len(held), 1) for held in inner) > _MOST_REQUESTS:
            raise Problem(400, "0x80048d19", "A batch holds at most 1000 requests.")
        answers, status = self._run(asked, parts, inner)
        name = f"batchresponse_{uuid4()}"
        kind = f"multipart/mixed; boundary={name}"
        return Answer(status, write_parts(answers, name), {"Content-Type": kind})

    def _run(
        self, asked: Asked, parts: list[Part], inner: list[list[Part]]
    ) -> tuple[list[bytes], int]:
        answers: list[bytes] = []
        for part, held in zip(parts, inner, strict=True):
            answer, status = self._set(asked, held) if held else self._one(asked, part)
            answers.append(answer)
            if status >= _OK and not asked.prefers.continues_on_error:
                # The outer status says how the first failure ended (execute batch operations).
                return answers, status
        return answers, 200

    def _one(self, asked: Asked, part: Part) -> tuple[bytes, int]:
        answer = self.ask(_request(asked, part, {}))
        return _written(answer, None), answer.status

    def _set(self, asked: Asked, parts: list[Part]) -> tuple[bytes, int]:
        status, bound = 200, dict[str, str]()
        try:
            with self.ledger.atomically():
                written = [self._changed(asked, part, bound) for part in parts]
        except _Undone as undone:
            status, written = undone.status, [undone.part]
        name = f"changesetresponse_{uuid4()}"
        head = f"Content-Type: multipart/mixed; boundary={name}\r\n\r\n".encode()
        return head + write_parts(written, name).removesuffix(b"\r\n"), status

    def _changed(self, asked: Asked, part: Part, bound: dict[str, str]) -> bytes:
        inside = _request(asked, part, bound)
        number = part.headers.get("content-id")
        if inside.method == "GET" or number is None:
            problem = Problem(400, "0x80048d19", "A change set holds writes with a Content-ID.")
            raise _Undone(_written(refused(problem, inside), number), problem.status)
        answer = self.ask(inside)
        written = _written(answer, number)
        if answer.status >= _OK:
            raise _Undone(written, answer.status)
        bound[f"${number}"] = answer.headers.get("OData-EntityId", "")
        return written


def _inside(part: Part) -> list[Part]:
    if part.boundary is None:
        return []
    # The last line's end may be the one that belongs to the boundary around.
    return read_parts(part.content.removesuffix(b"\r\n") + b"\r\n", part.boundary)


def _request(asked: Asked, part: Part, bound: dict[str, str]) -> Asked:
    head, _, body = part.content.partition(b"\r\n\r\n")
    line, _, headers = head.decode().partition("\r\n")
    match = _LINE.fullmatch(line)
    if match is None:
        raise not_readable()
    address, _, query = match[2].partition("?")
    path = _path(address, bound)
    if path == "$batch":
        raise Problem(400, "0x80048d19", "A batch cannot hold a batch.")
    return replace(
        asked,
        method=match[1],
        path=path,
        query=query,
        headers=read_headers(headers),
        body=body.removesuffix(b"\r\n") if body.strip() else b"",
        bound=dict(bound),
    )


def _path(address: str, bound: dict[str, str]) -> str:
    first, slash, rest = _below_root(address).partition("/")
    return unquote(_below_root(f"{bound.get(first, first)}{slash}{rest}"))


def _below_root(address: str) -> str:
    before, root, after = address.partition(ROOT)
    return after if root else before.lstrip("/")


def _written(answer: Answer, number: str | None) -> bytes:
    outer = ["Content-Type: application/http", "Content-Transfer-Encoding: binary"]
    if number is not None:
        outer.append(f"Content-ID: {number}")
    phrase = HTTPStatus(answer.status).phrase
    headers = {"OData-Version": "4.0", **answer.headers}
    if "OData-EntityId" in headers:
        headers["Location"] = headers["OData-EntityId"]
    lines = [f"{name}: {value}" for name, value in headers.items()]
    status = f"HTTP/1.1 {answer.status} {phrase}"
    return "\r\n".join([*outer, "", status, *lines, "", ""]).encode() + answer.body
