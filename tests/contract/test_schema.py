"""The served schema against the contract that CRM front ends are written against."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from graphql import (
    DangerousChangeType,
    find_breaking_changes,
    find_dangerous_changes,
    get_named_type,
)
from graphql import build_schema as parse_schema

from seatsync_graphql.schema import build_schema

if TYPE_CHECKING:
    from pathlib import Path

    from graphql import GraphQLSchema


@pytest.fixture(scope="module")
def contract(pytestconfig: pytest.Config) -> GraphQLSchema:
    path: Path = pytestconfig.rootpath / "fixtures" / "contract" / "schema.graphql"
    return parse_schema(path.read_text())


@pytest.fixture(scope="module")
def served() -> GraphQLSchema:
    return parse_schema(build_schema().as_str())


def test_the_served_schema_breaks_no_part_of_the_contract(
    contract: GraphQLSchema, served: GraphQLSchema
) -> None:
    assert [change.description for change in find_breaking_changes(contract, served)] == []
    dangerous = find_dangerous_changes(contract, served)
    added = {DangerousChangeType.VALUE_ADDED_TO_ENUM, DangerousChangeType.OPTIONAL_ARG_ADDED}
    assert [change.description for change in dangerous if change.type not in added] == []


def test_the_exported_schema_is_the_one_that_is_served(pytestconfig: pytest.Config) -> None:
    path: Path = pytestconfig.rootpath / "graphql" / "schema.graphql"
    # `seatsync schema > graphql/schema.graphql` makes it so.
    assert path.read_text("utf-8") == str(build_schema()).rstrip() + "\n"


def test_every_description_of_the_contract_is_served(
    contract: GraphQLSchema, served: GraphQLSchema
) -> None:
    missing = [
        f"{type_name}.{field_name}"
        for type_name, kind in contract.type_map.items()
        for field_name, field in getattr(kind, "fields", {}).items()
        if field.description and type_name in served.type_map
        if (shown := getattr(served.type_map[type_name], "fields", {}).get(field_name))
        if shown.description != field.description
    ]
    assert missing == []


def test_every_type_and_every_operation_says_what_it_is(served: GraphQLSchema) -> None:
    roots = (served.query_type, served.mutation_type, served.subscription_type)
    told = [*served.type_map.items()]
    told += [item for root in roots if root for item in root.fields.items()]
    assert [name for name, shown in told if not shown.description] == []


def test_a_description_is_one_sentence_and_never_the_code_behind_it(served: GraphQLSchema) -> None:
    own = [kind for name, kind in served.type_map.items() if not name.startswith("__")]
    said = [kind.description or "" for kind in own if kind.ast_node]
    assert [text for text in said if "\n" in text or not text.endswith(".")] == []


def test_all_that_is_listed_in_pages_is_a_node_except_what_is_derived(
    served: GraphQLSchema,
) -> None:
    node = served.type_map["Node"]
    edges = [kind for name, kind in served.type_map.items() if name.endswith("Edge")]
    listed = [get_named_type(getattr(edge, "fields", {})["node"].type) for edge in edges]
    strangers = [kind.name for kind in listed if node not in getattr(kind, "interfaces", ())]
    assert strangers == ["SyncException"]
