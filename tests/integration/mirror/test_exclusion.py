from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from seatsync.errors import Cancelled
from seatsync.mirror.exclusion import MirrorExclusion
from seatsync.mirror.locks import Locks
from seatsync.sdk.context import ConnectorContext, Control

if TYPE_CHECKING:
    from seatsync.mirror.database import Mirror
    from seatsync.sdk.exclusion import Exclusion


class Impatient(Control):
    """Waits no second time."""

    def sleep(self, seconds: float) -> None:
        self.cancel(f"not waiting {seconds} s")
        self.check()


def agent(mirror: Mirror, provider: str = "ion") -> ConnectorContext:
    exclusion: Exclusion = MirrorExclusion(Locks.for_mirror(mirror), provider)
    return ConnectorContext(provider, control=Impatient(), exclusion=exclusion)


def test_what_one_agent_holds_no_other_gets(mirror: Mirror) -> None:
    with agent(mirror).exclusive("token"):
        assert Locks.for_mirror(mirror).is_held("token:ion")
        with pytest.raises(Cancelled), agent(mirror).exclusive("token"):
            pass
    with agent(mirror).exclusive("token"):
        pass


def test_providers_and_names_do_not_exclude_each_other(mirror: Mirror) -> None:
    with (
        agent(mirror).exclusive("token"),
        agent(mirror).exclusive("other"),
        agent(mirror, "another").exclusive("token"),
    ):
        pass
