"""The ready-made queries of the page that the agent serves."""

from __future__ import annotations

import re
from importlib.resources import files

import pytest
from graphql import OperationType, get_operation_ast, parse, validate

from seatsync_graphql.schema import build_schema

PAGE = files("seatsync_graphql").joinpath("graphiql.html").read_text("utf-8")
QUERIES = re.findall(r"query: `([^`]+)`", PAGE)


def test_the_page_tells_both_stories() -> None:
    kinds = [
        operation.operation for query in QUERIES if (operation := get_operation_ast(parse(query)))
    ]
    assert len(kinds) == PAGE.count("title: ")
    assert kinds.count(OperationType.MUTATION) == 3


@pytest.mark.parametrize("query", QUERIES)
def test_every_ready_made_query_can_be_asked(query: str) -> None:
    assert validate(build_schema().graphql_schema, parse(query)) == []
