"""The shape of a document, measured before it is validated, which costs more than measuring."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from graphql import (
    FieldNode,
    FragmentDefinitionNode,
    FragmentSpreadNode,
    InlineFragmentNode,
    OperationDefinitionNode,
)

from seatsync_graphql.errors import TOO_COMPLEX, InvalidRequest

if TYPE_CHECKING:
    from graphql import DocumentNode, SelectionNode, SelectionSetNode

    from seatsync_graphql.agent import Limits

MOST_COMPARISONS = 50_000
"""Fields that are answered under one name are compared with each other, two by two."""


def require_fitting(document: DocumentNode, limits: Limits) -> None:
    """Raise `InvalidRequest` for a document of a shape that costs too much."""
    shape = _Shape(document)
    too_much = (
        (shape.depth > limits.depth, f"fields are nested more than {limits.depth} deep"),
        (shape.aliases > limits.aliases, f"more than {limits.aliases} fields are renamed"),
        (shape.comparisons > MOST_COMPARISONS, "fields of one name are asked for too often"),
    )
    for is_too_much, message in too_much:
        if is_too_much:
            raise InvalidRequest.saying(message, TOO_COMPLEX)


@dataclass
class _Shape:
    """Counts while it goes through every selection once."""

    document: DocumentNode
    aliases: int = 0
    depth: int = 0
    _names: Counter[str] = field(default_factory=Counter)
    _depths: dict[str, int] = field(default_factory=dict)
    _fragments: dict[str, SelectionSetNode] = field(default_factory=dict)

    def __post_init__(self) -> None:
        for definition in self.document.definitions:
            if isinstance(definition, FragmentDefinitionNode):
                self._fragments[definition.name.value] = definition.selection_set
        for name in self._fragments:
            self._fragment_depth(name)
        for definition in self.document.definitions:
            if isinstance(definition, OperationDefinitionNode):
                self.depth = max(self.depth, self._depth_of(definition.selection_set))

    @property
    def comparisons(self) -> int:
        return sum(count * count for count in self._names.values())

    def _depth_of(self, selections: SelectionSetNode | None) -> int:
        if selections is None:
            return 0
        return max(map(self._selection_depth, selections.selections), default=0)

    def _selection_depth(self, selection: SelectionNode) -> int:
        match selection:
            case FieldNode():
                return self._field_depth(selection)
            case FragmentSpreadNode():
                return self._fragment_depth(selection.name.value)
            case InlineFragmentNode():
                return 1 + self._depth_of(selection.selection_set)
            case _:
                return 0

    def _field_depth(self, selection: FieldNode) -> int:
        self.aliases += selection.alias is not None
        self._names[(selection.alias or selection.name).value] += 1
        inner = self._depth_of(selection.selection_set)
        # How deep the schema may be asked for, a rule of graphql-core's own says.
        return 0 if selection.name.value.startswith("__") else 1 + inner

    def _fragment_depth(self, name: str) -> int:
        if name not in self._depths:
            self._depths[name] = 0  # ends a circle, which validation refuses
            self._depths[name] = self._depth_of(self._fragments.get(name))
        return self._depths[name]
