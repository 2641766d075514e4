"""Executing documents that are parsed and validated already."""

from __future__ import annotations

from typing import TYPE_CHECKING

from strawberry.extensions import SchemaExtension

if TYPE_CHECKING:
    from collections.abc import Iterator


class Prepared(SchemaExtension):
    """Hands the parsed document over; it was validated when it was parsed."""

    def on_operation(self) -> Iterator[None]:
        """Put the document in place of the text."""
        self.execution_context.graphql_document = self.execution_context.context.document
        self.execution_context.pre_execution_errors = []
        yield
