"""The API over a back office."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from front_desk import FrontDesk

if TYPE_CHECKING:
    from collections.abc import Iterator

    from back_office import BackOffice


@pytest.fixture
def desk(office: BackOffice) -> Iterator[FrontDesk]:
    """Serve the back office."""
    desk = FrontDesk(office)
    yield desk
    desk.close()
