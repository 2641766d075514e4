"""The CRM's buttons bring along the documents that front ends are given."""

from __future__ import annotations

import re
from pathlib import Path

from graphql import OperationDefinitionNode, parse, print_ast

from crm_form import WEB_RESOURCES

OPERATIONS = Path(__file__).parents[2] / "graphql" / "operations"


def test_the_documents_of_the_buttons_are_those_for_front_ends() -> None:
    script = (WEB_RESOURCES / "seatsync-agent.js").read_text()
    brought = dict(re.findall(r"^    (\w+): `([^`]+)`", script, re.MULTILINE))
    known = {}
    for path in OPERATIONS.glob("*.graphql"):
        [operation] = parse(path.read_text()).definitions
        assert isinstance(operation, OperationDefinitionNode)
        assert operation.name is not None
        known[operation.name.value] = print_ast(operation)
    assert brought.keys() == {"Job", "Preview", "Proceed", "SetDefault"}
    for name, document in brought.items():
        assert print_ast(parse(document)) == known[name]
