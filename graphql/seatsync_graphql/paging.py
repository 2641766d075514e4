"""Relay connections."""

from __future__ import annotations

from typing import Any, Generic, TypeVar

import strawberry

from seatsync.domain.paging import Page

N = TypeVar("N")


@strawberry.type
class PageInfo:
    """Where a page stands in its list."""

    page: strawberry.Private[Page[Any]]

    @strawberry.field
    def has_next_page(self) -> bool:
        """Tell whether there is more after this page."""
        return self.page.has_next

    @strawberry.field
    def has_previous_page(self) -> bool:
        """Tell whether there is more before this page."""
        return self.page.has_previous

    @strawberry.field
    def start_cursor(self) -> str | None:
        """Return the cursor of the first record."""
        return self.page.cursor_at(0) if self.page.items else None

    @strawberry.field
    def end_cursor(self) -> str | None:
        """Return the cursor of the last record."""
        return self.page.cursor_at(-1) if self.page.items else None


@strawberry.type
class Edge(Generic[N]):
    """A record in a list, and the cursor that stands for its place."""

    node: N
    cursor: str


@strawberry.type
class Connection(Generic[N]):
    """One page of a list."""

    page: strawberry.Private[Page[Any]]
    nodes: list[N]

    @strawberry.field
    def edges(self) -> list[Edge[N]]:
        """Return the records with their cursors."""
        pairs = zip(self.nodes, self.page.cursors, strict=True)
        return [Edge(node=node, cursor=cursor) for node, cursor in pairs]

    @strawberry.field
    def page_info(self) -> PageInfo:
        """Return where the page stands."""
        return PageInfo(page=self.page)

    @strawberry.field
    def total_count(self) -> int:
        """Count the whole list; costs a statement of its own."""
        return self.page.count()
