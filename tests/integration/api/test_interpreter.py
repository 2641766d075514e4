"""How Python itself runs while the application serves."""

from __future__ import annotations

import asyncio
import gc
import sys
from typing import TYPE_CHECKING

from front_desk import FrontDesk
from seatsync_graphql.interpreter import SWITCH_S

if TYPE_CHECKING:
    from back_office import BackOffice


def tuning() -> tuple[float, bool]:
    """Return after how long threads change places, and whether garbage is left alone anywhere."""
    return sys.getswitchinterval(), gc.get_freeze_count() > 0


async def tuning_while_serving(desk: FrontDesk) -> tuple[float, bool]:
    async with desk.app.router.lifespan_context(desk.app):
        return tuning()


def test_python_is_tuned_while_the_application_serves_and_as_before_when_it_has_ended(
    office: BackOffice,
) -> None:
    before = tuning()
    serving = asyncio.run(tuning_while_serving(FrontDesk(office)))
    assert serving == (SWITCH_S, True)
    assert tuning() == before != serving
