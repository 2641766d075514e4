"""What a plug-in package registers under the entry-point group `seatsync.plugins`."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING, Any

from seatsync.sdk.connector import Capabilities

if TYPE_CHECKING:
    from collections.abc import Callable

    from seatsync.sdk.connector import Connector
    from seatsync.sdk.context import ConnectorContext
    from seatsync.sdk.crm import CrmConnection, CrmSchema
    from seatsync.sdk.demonstration import SimulatedProvider
    from seatsync.sdk.settings import PluginSettings


class PluginKind(StrEnum):
    """Which side of the agent a plug-in serves."""

    PROVIDER = "PROVIDER"
    CRM = "CRM"


class Maturity(StrEnum):
    """How far a plug-in can be relied upon."""

    STABLE = "stable"
    PREVIEW = "preview"
    """Made from incomplete documentation: what it reads is to be compared with the portal."""


@dataclass(frozen=True, slots=True)
class ProviderPlugin:
    """A connector: its settings class, and how to make one from settings and a context.

    `name` is the entry-point name, which config.yaml uses. `record_version` must be raised
    whenever the mapping from the vendor's record to ours changes, so that unchanged answers
    are read again once.
    """

    name: str
    display_name: str
    version: str
    settings: type[PluginSettings]
    connect: Callable[[Any, ConnectorContext], Connector]
    capabilities: Capabilities = Capabilities()
    record_version: int = 1
    kind: PluginKind = PluginKind.PROVIDER
    maturity: Maturity = Maturity.STABLE
    simulator: Callable[[], SimulatedProvider] | None = None
    """Makes a stand-in for the vendor, empty; the demo plays on it."""


@dataclass(frozen=True, slots=True)
class CrmPlugin:
    """A CRM: its settings class, and how to connect to it and to the schema it keeps for us.

    `identify` returns what tells one CRM of its kind from another, such as its address, and
    nothing secret: what is known of one CRM's records is never held against another's.
    """

    name: str
    display_name: str
    version: str
    settings: type[PluginSettings]
    connect: Callable[[Any, ConnectorContext], CrmConnection]
    schema: Callable[[Any, ConnectorContext], CrmSchema]
    identify: Callable[[Any], str]
    kind: PluginKind = PluginKind.CRM
    maturity: Maturity = Maturity.STABLE


Plugin = ProviderPlugin | CrmPlugin
"""Anything that the entry-point group may hold."""
