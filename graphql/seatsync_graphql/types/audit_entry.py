"""The audit log."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

import strawberry

from seatsync.domain.audit import AuditEntry as AuditEntryRecord
from seatsync_graphql.batch import Batch
from seatsync_graphql.nouns import AUDIT_ENTRY
from seatsync_graphql.types.field_change import FieldChange
from seatsync_graphql.types.node import Node, of_record


@strawberry.type(
    description="Who changed a setting, a default flag, a mapping or an assignment, and when."
)
class AuditEntry(Node):
    """Who changed what, and when."""

    record: strawberry.Private[AuditEntryRecord]
    batch: strawberry.Private[Batch[AuditEntryRecord]]
    actor: str = of_record()
    action: str = of_record()
    target_id: UUID | None = of_record()
    target_key: str | None = of_record("Names what has no id of its own, such as a scheduled job.")
    field_changes: list[FieldChange] = of_record()
    occurred_at: datetime = of_record()


AUDIT_ENTRY.shown_as(AuditEntry)
