"""Tell schemathesis how a Decimal is written, and let it tell how far it is; it loads this file."""

from __future__ import annotations

from importlib import import_module
from itertools import count

from hypothesis import strategies

OFTEN = 1000
"""After so many requests it says how many there were."""

# It is installed beside the agent's requirements and not among them.
schemathesis = import_module("schemathesis")

DECIMALS = strategies.decimals(allow_nan=True, allow_infinity=True).map(str) | strategies.text()
_requests = count(1)

schemathesis.graphql.scalar("Decimal", DECIMALS.map(schemathesis.graphql.nodes.String))


@schemathesis.hook  # type: ignore[untyped-decorator]
def after_call(context: object, case: object, response: object) -> None:
    """Count a request that has been answered."""
    if (number := next(_requests)) % OFTEN == 0:
        print(f"  {number:,} requests", flush=True)
