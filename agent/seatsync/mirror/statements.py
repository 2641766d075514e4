"""Respelling our `:name` and `?` as the `%(name)s` and `%s` that psycopg2 wants."""

from __future__ import annotations

import re
from functools import lru_cache

_TOKENS = re.compile(
    r"(?P<text>'(?:[^']|'')*'|\"[^\"]*\")|(?P<cast>::)|:(?P<name>[A-Za-z_]\w*)|(?P<mark>\?)|(?P<percent>%)"
)


@lru_cache(maxsize=256)  # statements with lists come in any length
def to_pyformat(sql: str) -> str:
    """Return the statement with psycopg2's marks; what stands in quotes stays as it is."""
    return _TOKENS.sub(_respell, sql)


def _respell(match: re.Match[str]) -> str:
    if match["name"]:
        return f"%({match['name']})s"
    return "%s" if match["mark"] else match[0].replace("%", "%%")
