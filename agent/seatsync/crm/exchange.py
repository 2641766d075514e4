"""Everything that happens between the agent and its CRM, one turn after the other."""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING

from seatsync.crm.pull import Pull
from seatsync.crm.push import Push
from seatsync.crm.relayed_control import RelayedControl
from seatsync.crm.requests import Requests
from seatsync.domain.crm import CrmDirection, CrmNoun
from seatsync.errors import PassingFault, StandingFault
from seatsync.mirror.crm_link import note_failure, note_success, read_links
from seatsync.mirror.crm_rows import nouns_read

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from seatsync.crm.requests import Desk
    from seatsync.domain.progress import ProgressSink
    from seatsync.mirror.database import Mirror
    from seatsync.mirror.locks import Locks
    from seatsync.sdk.context import Clock, Control
    from seatsync.sdk.crm import CrmConnection

LOCK = "crm"
"""What is held during a turn: what the CRM says must not be older than what it was told last."""


class CrmExchange:
    """The turns of one CRM; only one is taken at a time, in any process of the same database."""

    def __init__(
        self,
        mirror: Mirror,
        locks: Locks,
        clock: Clock,
        connect: Callable[[Control], CrmConnection],
        desk: Desk,
    ) -> None:
        """Open the connection with `connect` when it is first needed; carry requests to `desk`."""
        self._mirror = mirror
        self._locks = locks
        self._clock = clock
        self._pull = Pull(mirror, clock)
        self._push = Push(mirror, clock, self._pull)
        self._requests = Requests(mirror, clock, desk)
        self._line = _Line(connect)

    def pull(self, control: Control, progress: ProgressSink) -> None:
        """Take over what changed in the CRM, and take up what its users ask for."""
        with self._turn(CrmDirection.PULL, control) as crm:
            self._read(crm, control, progress)

    def push(self, control: Control, progress: ProgressSink) -> None:
        """Tell the CRM what changed here, and how its users' requests are doing."""
        self.ensure_read(control, progress)
        self._requests.settle()
        with self._turn(CrmDirection.PUSH, control) as crm:
            self._push.drain(crm, control, progress)

    def ensure_read(self, control: Control, progress: ProgressSink) -> None:
        """Read the CRM if that was never done, or wait until another process has.

        Before that a sync must not begin: it would discover, license and leave unassigned what
        the CRM has had for long. Later a CRM that is away holds up no sync.
        """
        if self._was_read():
            return
        with self._turn(CrmDirection.PULL, control) as crm:
            if not self._was_read():
                self._read(crm, control, progress)

    def lateness(self) -> dict[str, str]:
        """Return, for each direction that is late, since when and why."""
        with self._mirror.reading():
            links = read_links(self._mirror)
        return {
            f"crm {link.direction}": f"late since {link.late_since.isoformat()}: {link.last_error}"
            for link in links
            if link.late_since
        }

    def close(self) -> None:
        """Give back the connection."""
        self._line.close()

    def _read(self, crm: CrmConnection, control: Control, progress: ProgressSink) -> None:
        # Requests are read before all else, and taken up after: by then everything is here that
        # was there when they were made.
        self._pull.everything(crm, control, progress)
        self._requests.take_up()

    def _was_read(self) -> bool:
        with self._mirror.reading():
            return nouns_read(self._mirror) >= frozenset(CrmNoun)

    @contextmanager
    def _turn(self, direction: CrmDirection, control: Control) -> Iterator[CrmConnection]:
        with self._locks.hold(LOCK, control):
            try:
                with self._line.connected(control) as crm:
                    yield crm
            except (PassingFault, StandingFault) as fault:
                self._line.close()
                with self._mirror.writing():
                    note_failure(self._mirror, direction, fault.message, self._clock.now())
                raise
            with self._mirror.writing():
                note_success(self._mirror, direction, self._clock.now())


class _Line:
    """The connection of this process, opened when it is needed and kept while it is good."""

    def __init__(self, connect: Callable[[Control], CrmConnection]) -> None:
        self._connect = connect
        self._control = RelayedControl()
        self._crm: CrmConnection | None = None

    @contextmanager
    def connected(self, control: Control) -> Iterator[CrmConnection]:
        with self._control.standing_for(control):
            if self._crm is None:
                self._crm = self._connect(self._control)
            yield self._crm

    def close(self) -> None:
        crm, self._crm = self._crm, None
        if crm is not None:
            crm.close()
