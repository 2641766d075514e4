"""Tell schemathesis how a Decimal is written; it loads this file by itself."""

from __future__ import annotations

from importlib import import_module

from hypothesis import strategies

# It is installed beside the agent's requirements and not among them.
schemathesis = import_module("schemathesis.graphql")

DECIMALS = strategies.decimals(allow_nan=True, allow_infinity=True).map(str) | strategies.text()

schemathesis.scalar("Decimal", DECIMALS.map(schemathesis.nodes.String))
