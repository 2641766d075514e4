"""Who is calling."""

from __future__ import annotations

import strawberry

from seatsync.domain.roles import Role


@strawberry.type
class Viewer:
    """The caller's name, and what the caller may do."""

    name: str
    roles: list[Role]
