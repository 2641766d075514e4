"""Tell schemathesis how a Decimal is written and how pages are asked for; it loads this file.

It gives every argument that a field has. A page has one direction only, so that no request of it
would ever see one.
"""

from __future__ import annotations

from importlib import import_module
from itertools import count
from typing import Any
from zlib import crc32

from graphql import REMOVE, parse, print_ast, visit
from graphql.language import ArgumentNode, Visitor
from hypothesis import strategies

OFTEN = 1000
"""After so many requests it says how many there were."""

PAGING = {"first", "after", "last", "before"}
WAYS = (PAGING, {"first"}, {"last"}, {"first", "after"}, {"last", "before"})
"""Which of these arguments are left, by turns."""

# It is installed beside the agent's requirements and not among them.
schemathesis = import_module("schemathesis")

DECIMALS = strategies.decimals(allow_nan=True, allow_infinity=True).map(str) | strategies.text()
_requests = count(1)

schemathesis.graphql.scalar("Decimal", DECIMALS.map(schemathesis.graphql.nodes.String))


class OneWay(Visitor):
    """Leaves to each field those arguments only with which a page can be asked for."""

    def __init__(self, left: set[str]) -> None:
        super().__init__()
        self._removed = PAGING - left

    def enter_argument(self, node: ArgumentNode, *_: object) -> Any:
        return REMOVE if node.name.value in self._removed else None


@schemathesis.hook  # type: ignore[untyped-decorator]
def before_call(context: object, case: Any, kwargs: object) -> None:
    """Ask for pages in one of the ways, always the same one for the same document."""
    document = parse(case.body)
    left = WAYS[crc32(case.body.encode()) % len(WAYS)]
    case.body = print_ast(visit(document, OneWay(left)))


@schemathesis.hook  # type: ignore[untyped-decorator]
def after_call(context: object, case: object, response: object) -> None:
    """Count a request that has been answered."""
    if (number := next(_requests)) % OFTEN == 0:
        print(f"  {number:,} requests", flush=True)
