"""The Dataverse client: everything that one organisation is asked and told."""

from __future__ import annotations

from typing import TYPE_CHECKING

from seatsync_dataverse.api import Api
from seatsync_dataverse.bulk import Bulk
from seatsync_dataverse.customization import Customization
from seatsync_dataverse.delta import Changes
from seatsync_dataverse.metadata import Metadata
from seatsync_dataverse.roles import Roles
from seatsync_dataverse.rows import Rows
from seatsync_dataverse.whoami import who_am_i
from seatsync_dataverse.writer import Writer

if TYPE_CHECKING:
    from types import TracebackType
    from typing import Self

    import httpx

    from seatsync.sdk.context import ConnectorContext
    from seatsync_dataverse.customization import Solution
    from seatsync_dataverse.settings import DataverseSettings
    from seatsync_dataverse.token import TokenProvider
    from seatsync_dataverse.whoami import Identity


class DataverseClient:
    """One organisation; safe to share between threads, to be closed at the end."""

    def __init__(
        self,
        settings: DataverseSettings,
        context: ConnectorContext,
        *,
        tokens: TokenProvider | None = None,
        wire: httpx.BaseTransport | None = None,
    ) -> None:
        """Prepare it; nothing is sent yet. `tokens` and `wire` replace Entra and the network."""
        self.api = Api(settings, context, tokens=tokens, wire=wire)
        self.rows = Rows(self.api, settings.page_size)
        self.changes = Changes(self.api, settings.page_size)
        self.writer = Writer(self.api, self.rows)
        self.bulk = Bulk(self.api, self.rows, self.writer)
        self.metadata = Metadata(self.api)
        self.roles = Roles(self.api, self.rows)

    @property
    def lanes(self) -> int:
        """How many writes the service recommends at the same time, from 1 to 16."""
        return self.api.lanes.width

    def customization(self, solution: Solution) -> Customization:
        """Return what changes metadata, into a solution."""
        return Customization(self.api, self.rows, self.metadata, solution)

    def who_am_i(self) -> Identity:
        """Ask who the agent is there; its `user_id` is on every row that it writes."""
        return who_am_i(self.api)

    def close(self) -> None:
        """Give back the connections."""
        self.api.close()

    def __enter__(self) -> Self:
        """Use it for a while."""
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        """Close it."""
        self.close()
