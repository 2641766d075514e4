"""Random GraphQL documents and variables: some that fit a schema, some that were mutated."""

from __future__ import annotations

import json
import random
import string
from typing import TYPE_CHECKING, Any

from graphql import (
    GraphQLEnumType,
    GraphQLInputObjectType,
    GraphQLObjectType,
    get_named_type,
    is_abstract_type,
    is_composite_type,
    is_list_type,
    is_non_null_type,
    is_required_argument,
)

if TYPE_CHECKING:
    from graphql import GraphQLField, GraphQLSchema

STRANGE = (
    '"\\u0000"',
    '"\\ud800"',
    '"' + "9" * 400 + '"',
    "9" * 30,
    "-1",
    "1e400",
    "0.0",
    "null",
    "true",
    "[]",
    "{}",
    '[["a"]]',
    '""',
    '"""block"""',
    "NOTHING",
    '"2026-01-01T00:00:00Z"',
    '"0001-01-01T00:00:00+14:00"',
    '"WyJhIl0"',
    '"1E+999999"',
    '"NaN"',
)
SPLINTERS = ("{", "}", "(", ")", "...", "on", "fragment", "@skip(if: true)", "$x", '"', "#", "\x00")


class Documents:
    """Writes documents; the same seed writes the same ones."""

    def __init__(self, schema: GraphQLSchema, ids: list[str], seed: int) -> None:
        self._schema = schema
        self._ids = ids
        self._random = random.Random(seed)  # noqa: S311 - for tests

    def request(self) -> Any:
        """Return the body of one request."""
        query = self._operation()
        for _ in range(self._random.choice((0, 0, 0, 0, 1, 1, 3))):
            query = self._mutated(query)
        body: Any = {"query": query}
        if self._chance(0.3):
            body["variables"] = self._json(3)
        if self._chance(0.05):
            body[self._random.choice(("operationName", "extensions", "query"))] = self._json(2)
        return self._json(3) if self._chance(0.02) else body

    def _chance(self, probability: float) -> bool:
        return self._random.random() < probability

    def _operation(self) -> str:
        roots = {"query": self._schema.query_type, "mutation": self._schema.mutation_type}
        kind = "mutation" if self._chance(0.25) else "query"
        fields = self._selection(roots[kind], 4)
        declared = self._random.choice(("($x: ID)", "($x: Int = 3)", "($x: String)"))
        return f"{kind} Q{declared if '$x' in fields else ''} {fields}"

    def _selection(self, kind: Any, depth: int) -> str:
        if is_abstract_type(kind):
            kind = self._random.choice(self._schema.get_possible_types(kind))
            return f"{{ __typename ... on {kind.name} {self._selection(kind, depth)} }}"
        assert isinstance(kind, GraphQLObjectType)
        names = self._random.sample(sorted(kind.fields), min(3, len(kind.fields)))
        shown = [self._field(name, kind.fields[name], depth) for name in names]
        return "{ " + " ".join([one for one in shown if one] or ["__typename"]) + " }"

    def _field(self, name: str, field: GraphQLField, depth: int) -> str:
        inner = get_named_type(field.type)
        if is_composite_type(inner):
            if not depth:
                return ""
            return (
                f"{self._alias()}{name}{self._arguments(field)} {self._selection(inner, depth - 1)}"
            )
        return f"{self._alias()}{name}{self._arguments(field)}"

    def _alias(self) -> str:
        return f"a{self._random.randrange(9)}: " if self._chance(0.1) else ""

    def _arguments(self, field: GraphQLField) -> str:
        given = [
            f"{name}: {self._value(argument.type)}"
            for name, argument in field.args.items()
            if is_required_argument(argument) or self._chance(0.25)
        ]
        return f"({', '.join(given)})" if given else ""

    def _value(self, kind: Any, depth: int = 3) -> str:
        if self._chance(0.04):
            return self._random.choice((*STRANGE, "$x"))
        if is_non_null_type(kind):
            return self._value(kind.of_type, depth)
        if is_list_type(kind):
            count = self._random.randrange(3)
            return "[" + ", ".join(self._value(kind.of_type, depth) for _ in range(count)) + "]"
        if isinstance(kind, GraphQLEnumType):
            return str(self._random.choice(sorted(kind.values)))
        if isinstance(kind, GraphQLInputObjectType):
            return self._object(kind, depth)
        return self._scalar(kind.name)

    def _object(self, kind: GraphQLInputObjectType, depth: int) -> str:
        given = [
            f"{name}: {self._value(field.type, depth - 1)}"
            for name, field in kind.fields.items()
            if is_non_null_type(field.type) or (depth and self._chance(0.4))
        ]
        return "{" + ", ".join(given) + "}"

    def _scalar(self, name: str) -> str:
        match name:
            case "Int":
                return str(self._random.choice((1, 2, 50, 500, 501, 0, -1, 2**31 - 1, 2**31)))
            case "Boolean":
                return self._random.choice(("true", "false"))
            case "ID":
                return json.dumps(self._random.choice(self._ids))
            case "Decimal":
                return self._random.choice(('"1.25"', '"1E+30"', '"-0.00001"', "7", '"1e-400"'))
            case _:
                return json.dumps(
                    self._random.choice(("px", "USD", "name", "", "2026-05-04", "%_"))
                )

    def _mutated(self, text: str) -> str:
        at = self._random.randrange(len(text) + 1)
        end = min(len(text), at + self._random.randrange(1, 12))
        match self._random.randrange(5):
            case 0:
                return text[:at] + text[end:]
            case 1:
                return text[:at] + text[at:end] * self._random.randrange(2, 30) + text[end:]
            case 2:
                return text[:at] + self._random.choice(SPLINTERS) + text[at:]
            case 3:
                return text[:at] + self._random.choice(STRANGE) + text[end:]
            case _:
                strange = self._random.choice(string.printable + "\u00e9\u65e5\U0001f986\ud800")
                return text[:at] + strange + text[end:]

    def _json(self, depth: int) -> Any:
        plain = (None, True, 0, -1, 2**31, 10**40, 1.5, 1e308, "", "\x00", "\ud800", "x" * 3000)
        match self._random.randrange(6 if depth else 3):
            case 0:
                return self._random.choice(plain)
            case 1 | 2:
                return self._random.choice((*self._ids, "px", "WAITING", "2026-01-01T00:00:00Z"))
            case 3:
                return [self._json(depth - 1) for _ in range(self._random.randrange(4))]
            case _:
                names = self._random.sample(("x", "id", "first", "filter", "status", "a"), 3)
                return {name: self._json(depth - 1) for name in names}
