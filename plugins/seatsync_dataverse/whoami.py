"""Who the agent is in the organisation."""

from __future__ import annotations

from typing import TYPE_CHECKING
from uuid import UUID

import msgspec

from seatsync_dataverse.payload import read

if TYPE_CHECKING:
    from seatsync_dataverse.api import Api


class Identity(msgspec.Struct, frozen=True):
    """The answer of the WhoAmI function; our own writes carry `user_id` as their modifier."""

    user_id: UUID = msgspec.field(name="UserId")
    business_unit_id: UUID = msgspec.field(name="BusinessUnitId")
    organization_id: UUID = msgspec.field(name="OrganizationId")


_decoder = msgspec.json.Decoder(Identity)


def who_am_i(api: Api) -> Identity:
    """Ask the organisation; raises why it does not know us."""
    return read(api.get("WhoAmI"), _decoder)
