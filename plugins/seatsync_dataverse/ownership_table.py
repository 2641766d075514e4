"""`python -m seatsync_dataverse.ownership_table`: which column holds which field, and whose it is.

docs/dataverse.md shows what this prints; a test holds the two together.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from seatsync.domain.ownership import FieldKind, Owner
from seatsync_dataverse.schema import OURS, option_label

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from seatsync_dataverse.shape import Column, Shape

_WHOSE: Mapping[Owner, str] = {
    Owner.AGENT: "seatsync",
    Owner.CRM: "CRM",
    Owner.CRM_ALONE: "CRM alone",
}


def render() -> str:
    """Return the tables of all nouns, as Markdown."""
    return "\n\n".join("\n".join(_lines(shape)) for shape in OURS.values()) + "\n"


def _lines(shape: Shape) -> Iterator[str]:
    yield f"**{shape.name}**: `{shape.noun}`, table `{shape.logical_name}`"
    yield ""
    yield "| field | column | holds | whose |"
    yield "|---|---|---|---|"
    for column in shape.columns:
        field = column.field
        name = f"`{field.name}` | `{column.logical_name}`"
        yield f"| {name} | {_held(column)} | {_WHOSE[field.owner]} |"


def _held(column: Column) -> str:
    field = column.field
    if field.kind is FieldKind.REFERENCE and field.refers_to:
        return f"lookup of `{OURS[field.refers_to].logical_name}`"
    if column.options:
        return ", ".join(f"{option_label(word)} ({one})" for word, one in column.options.items())
    length = f", {column.length} characters" if column.length else ""
    return f"{field.kind}{length}{', key' if field.is_key else ''}"


if __name__ == "__main__":
    print(render(), end="")  # noqa: T201 - what it is for
