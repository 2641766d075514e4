"""Metadata as it is read: selected, filtered and expanded definitions."""

from __future__ import annotations

import re
from functools import partial
from typing import TYPE_CHECKING, Any

from seatsync_dataverse.simulator.attribute import BASE_PROPERTIES
from seatsync_dataverse.simulator.condition import read_condition
from seatsync_dataverse.simulator.problem import unknown_property

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from seatsync_dataverse.simulator.attribute import Definition

    Expand = Callable[[Definition, str, dict[str, str]], Any]

_ALWAYS = ("@odata.type", "MetadataId")
_KNOWN = frozenset(
    {
        *("Description", "DisplayCollectionName", "HasActivities", "HasNotes", "IsActivity"),
        *("MinValue", "MaxValue", "Precision", "PrecisionSource", "MaxLength", "Format"),
        *("FormatName", "DateTimeBehavior", "Targets", "DefaultFormValue", "DefaultValue"),
    }
)
"""Properties that exist also where nobody gave them a value."""
_HIDDEN = frozenset({"OptionSet", "GlobalOptionSet"})
"""Neighbours of a column's definition, which come only where they are expanded."""
_EXPANDED = re.compile(r"(\w+)(?:\(((?:[^()]|\([^()]*\))*)\))?(?:,|$)")


def filtered(definitions: Iterable[Definition], text: str | None) -> list[Definition]:
    """Return the definitions that a `$filter` asks for; raises `Problem`."""
    if text is None:
        return list(definitions)
    condition = read_condition(text)
    return [found for found in definitions if condition.holds(partial(_at, found))]


def view(
    definition: Definition, options: dict[str, str], expand: Expand, *, is_cast: bool = True
) -> Definition:
    """Return a definition as `$select` and `$expand` ask for it; raises `Problem`.

    `is_cast` tells whether the properties of the type itself may be selected.
    """
    shown = _selected(definition, options.get("$select"), is_cast=is_cast)
    for name, inner in expansions(options.get("$expand", "")):
        shown[name] = expand(definition, name, inner)
    return shown


def expansions(text: str) -> list[tuple[str, dict[str, str]]]:
    """Return the neighbours that are to come along, each with options of its own."""
    return [
        (match[1], dict(part.split("=", 1) for part in (match[2] or "").split(";") if part))
        for match in _EXPANDED.finditer(text)
    ]


def _selected(definition: Definition, select: str | None, *, is_cast: bool) -> Definition:
    if select is None:
        return {name: value for name, value in definition.items() if name not in _HIDDEN}
    wanted = [name.strip() for name in select.split(",")]
    for name in wanted:
        is_there = (name in definition and name not in _HIDDEN) or name in _KNOWN
        if not is_there or (not is_cast and name not in BASE_PROPERTIES):
            raise unknown_property(name, "MetadataBase")
    always = [name for name in _ALWAYS if name in definition and (name[0] != "@" or not is_cast)]
    return {name: definition.get(name) for name in [*always, *wanted]}


def _at(definition: Definition, name: str) -> Any:
    value: Any = definition
    for step in name.split("/"):
        value = value.get(step) if isinstance(value, dict) else None
    return value
