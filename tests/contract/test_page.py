"""The ready-made queries of the plain page, which is served where GraphiQL is not built."""

from __future__ import annotations

import re
from importlib.resources import files
from typing import TYPE_CHECKING

import pytest
from graphql import OperationType, get_operation_ast, parse, validate

from seatsync_graphql.page import Page
from seatsync_graphql.schema import build_schema

if TYPE_CHECKING:
    from pathlib import Path

PAGE = files("seatsync_graphql").joinpath("plain_page.html").read_text("utf-8")
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


def test_where_graphiql_is_not_built_the_page_says_how_to_get_it(tmp_path: Path) -> None:
    text = bytes(Page(tmp_path).answer().body).decode()
    assert "make graphiql" in text
    assert "Node.js 20" in text
    assert "src=" not in text
    assert "http" not in text
