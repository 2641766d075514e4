"""The words of a `$filter`."""

from __future__ import annotations

import re
from typing import NamedTuple

from seatsync_dataverse.simulator.problem import bad_question

_TOKEN = re.compile(
    r"\s*(?:(?P<text>'(?:[^']|'')*')"
    r"|(?P<guid>[0-9a-fA-F]{8}(?:-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12})"
    r"|(?P<moment>\d{4}-\d\d-\d\d(?:T[\d:.]+(?:Z|[+-]\d\d:\d\d)?)?)"
    r"|(?P<number>-?\d+(?:\.\d+)?)"
    r"|(?P<member>[A-Za-z][\w.]*'[^']*')"
    r"|(?P<word>[\w.]+(?:/[\w.]+)*)"
    r"|(?P<mark>[(),=\[\]\"]))"
)


class Token(NamedTuple):
    """A word: its kind is the name of the group that it matched."""

    kind: str
    text: str


class Tokens:
    """The words of a filter, one after the other."""

    def __init__(self, text: str) -> None:
        """Cut `text` up; raises `Problem`."""
        self._tokens = list(_cut(text))
        self._next = 0

    @property
    def ahead(self) -> str:
        """The next word, empty at the end."""
        return self._tokens[self._next].text if self._next < len(self._tokens) else ""

    def take(self) -> Token:
        """Return the next word; raises `Problem` at the end."""
        if self._next >= len(self._tokens):
            raise bad_question("Syntax error: the filter ends too early.")
        self._next += 1
        return self._tokens[self._next - 1]

    def accept(self, text: str) -> bool:
        """Take the next word if it is this one."""
        is_it = self.ahead == text
        self._next += is_it
        return is_it

    def expect(self, text: str) -> None:
        """Take this word; raises `Problem`."""
        if not self.accept(text):
            raise bad_question(f"Syntax error: '{text}' expected, '{self.ahead}' found.")


def _cut(text: str) -> list[Token]:
    tokens, place = [], 0
    text = text.rstrip()
    while place < len(text):
        match = _TOKEN.match(text, place)
        if match is None:
            raise bad_question(f"Syntax error at position {place} in '{text}'.")
        kind = match.lastgroup or ""
        tokens.append(Token(kind, match[kind]))
        place = match.end()
    return tokens
