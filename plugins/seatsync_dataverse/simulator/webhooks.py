"""Webhooks: which steps are registered for a write, and what they post (register webhooks)."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any
from urllib.parse import urlencode, urlsplit
from xml.etree import ElementTree as ET

from seatsync_dataverse.simulator.courier import Courier, Delivery
from seatsync_dataverse.simulator.remote_context import write_context

if TYPE_CHECKING:
    from seatsync_dataverse.simulator.happening import Happening
    from seatsync_dataverse.simulator.organization import Organization
    from seatsync_dataverse.simulator.rows import Row

_WEBHOOK = 8
_WEBHOOK_KEY, _HTTP_HEADER, _QUERY_STRING = 4, 5, 6
_STEPS = "sdkmessageprocessingstep"


@dataclass
class Webhooks:
    """Hears of every write, and posts it to the endpoints of the steps registered for it."""

    organization: Organization
    courier: Courier = field(default_factory=Courier)
    loses_all: bool = False
    """Whether what happens now is never told, as when the endpoint's answer is a failure."""

    def hear(self, happening: Happening) -> None:
        """Send what happened to whom it concerns."""
        if self.loses_all or not happening.wakes_steps:
            return
        for step in self.organization.tables[_STEPS].rows:
            if step.row_id not in happening.silenced and self._concerns(step, happening):
                self._send(step, happening)

    def _concerns(self, step: Row, happening: Happening) -> bool:
        if self._cell(_STEPS, step, "statecode") != 0:
            return False
        if self._neighbour(step, "sdkmessageid", "sdkmessage", "name") != happening.message:
            return False
        table = self._neighbour(
            step, "sdkmessagefilterid", "sdkmessagefilter", "primaryobjecttypecode"
        )
        if table not in {None, happening.table}:
            return False
        wanted = (self._cell(_STEPS, step, "filteringattributes") or "").split(",")
        is_filtered = happening.message == "Update" and wanted != [""]
        return not is_filtered or not happening.columns.keys().isdisjoint(wanted)

    def _send(self, step: Row, happening: Happening) -> None:
        endpoints = self.organization.tables["serviceendpoint"]
        endpoint = endpoints.rows.get(self._cell(_STEPS, step, "eventhandler") or "")
        if endpoint is None or self._cell("serviceendpoint", endpoint, "contract") != _WEBHOOK:
            return
        url = self._cell("serviceendpoint", endpoint, "url")
        given = self._cell("serviceendpoint", endpoint, "authvalue") or ""
        kind = self._cell("serviceendpoint", endpoint, "authtype")
        body, is_cut = write_context(self.organization, happening, step.row_id)
        headers = {
            "Content-Type": "application/json",
            "x-ms-dynamics-organization": "org.example",
            "x-ms-dynamics-entity-name": happening.table,
            "x-ms-dynamics-request-name": happening.message,
            "x-ms-correlation-request-id": step.row_id,
            **({"x-ms-dynamics-msg-size-exceeded": "true"} if is_cut else {}),
            **(_settings(given) if kind == _HTTP_HEADER else {}),
        }
        self.courier.send(Delivery(_with_secret(url, kind, given), headers, body))

    def _cell(self, table: str, row: Row, column: str) -> Any:
        return row.value(self.organization.tables[table].columns[column].slot)

    def _neighbour(self, step: Row, lookup: str, table: str, column: str) -> Any:
        found = self.organization.tables[table].rows.get(self._cell(_STEPS, step, lookup) or "")
        return None if found is None else self._cell(table, found, column)


def _settings(text: str) -> dict[str, str]:
    root = ET.fromstring(text)  # noqa: S314 - written by the test that registers it
    return {item.attrib["name"]: item.attrib["value"] for item in root.iter("setting")}


def _with_secret(url: str, kind: int, given: str) -> str:
    if kind == _WEBHOOK_KEY:
        query = urlencode({"code": given})
    elif kind == _QUERY_STRING:
        query = urlencode(_settings(given))
    else:
        return url
    return f"{url}{'&' if urlsplit(url).query else '?'}{query}"
