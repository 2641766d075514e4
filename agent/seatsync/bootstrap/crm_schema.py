"""The schema of the CRM that is configured."""

from __future__ import annotations

from typing import TYPE_CHECKING

from seatsync.bootstrap.crm_context import crm_context
from seatsync.sdk.context import Clock, Control

if TYPE_CHECKING:
    from seatsync.config.load import CrmConfig
    from seatsync.sdk.crm import CrmSchema


def open_schema(crm: CrmConfig) -> CrmSchema:
    """Return what makes and compares the CRM's tables; to be closed."""
    schema: CrmSchema = crm.plugin.schema(crm.settings, crm_context(crm, Control(), Clock()))
    return schema
