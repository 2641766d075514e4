"""What Dataverse refuses, by what is to be done about it.

SeatsyncError
└── CrmFault                     the CRM said so; carries the `Problem` with its words and ids
    ├── RowMissing                  SkippedFault: the row, or one that it refers to, is not there
    ├── RowExists                   SkippedFault: its id, or its alternate key, is taken
    ├── DuplicateSuspected          SkippedFault: a duplicate detection rule objects
    ├── RowRefused                  SkippedFault: a value does not fit its column
    │   └── PluginObjected             the organisation's own business logic said no
    ├── RowChanged                  PassingFault: changed since it was read; pull and plan again
    ├── FullReadNeeded              PassingFault: the mark for changes is not good any more
    ├── CrmUnreachable              ProviderUnreachable: no answer, or a fault of the service
    │   └── CrmBusy                    rolled back: a deadlock, or a customisation in progress
    ├── TooMuchAtOnce               PassingFault: ask for less at a time
    ├── CrmThrottled                ProviderThrottled: longer than we wait within a call
    ├── CrmCredentialsRefused       CredentialsRefused
    ├── CrmPermissionMissing        PermissionMissing: a privilege, or the application user
    └── RequestMistaken             AnswerUnreadable: a name that the CRM does not have
"""

from __future__ import annotations

from enum import Enum
from typing import TYPE_CHECKING

from seatsync.errors import (
    AnswerUnreadable,
    CredentialsRefused,
    CrmConflict,
    CrmMarkExpired,
    CrmRecordExists,
    CrmRecordGone,
    PassingFault,
    PermissionMissing,
    ProviderThrottled,
    ProviderUnreachable,
    SeatsyncError,
    SkippedFault,
)

if TYPE_CHECKING:
    from seatsync_dataverse.problem import Problem


class CrmFault(SeatsyncError):
    """The CRM refused; its own words are in the message."""

    def __init__(self, problem: Problem, *, remedy: str | None = None) -> None:
        """Quote what the CRM said, and say what can be done about it."""
        super().__init__(f"Dataverse: {problem.words}", remedy=remedy)
        self.problem = problem


class RowMissing(CrmFault, CrmRecordGone):
    """The row is not there, or one that it refers to is not."""

    code = "CRM_ROW_MISSING"


class RowExists(CrmFault, CrmRecordExists):
    """There is a row with this id, or another one with this alternate key."""

    code = "CRM_ROW_EXISTS"


class DuplicateSuspected(CrmFault, SkippedFault):
    """A duplicate detection rule of the organisation finds another row like this one."""

    code = "CRM_DUPLICATE_SUSPECTED"


class RowRefused(CrmFault, SkippedFault):
    """The CRM refuses this row: a value does not fit, or it does not say why."""

    code = "CRM_ROW_REFUSED"


class PluginObjected(RowRefused):
    """The organisation's own business logic refuses this row."""

    code = "CRM_PLUGIN_OBJECTED"


class RowChanged(CrmFault, CrmConflict):
    """The row was changed by somebody else since it was read; nothing was written."""

    code = "CRM_ROW_CHANGED"


class FullReadNeeded(CrmFault, CrmMarkExpired):
    """What was kept of the last read cannot be continued from: the whole table must be read."""

    code = "CRM_FULL_READ_NEEDED"


class CrmUnreachable(CrmFault, ProviderUnreachable):
    """There was no answer, or a fault of the service.

    `may_have_happened` tells whether a write may have been carried out all the same.
    """

    def __init__(
        self, problem: Problem, *, remedy: str | None = None, may_have_happened: bool = True
    ) -> None:
        """Say what is known of the call."""
        super().__init__(problem, remedy=remedy)
        self.may_have_happened = may_have_happened


class CrmBusy(CrmUnreachable):
    """The service rolled the write back: a deadlock, or a customisation holds a lock."""

    def __init__(self, problem: Problem, *, remedy: str | None = None) -> None:
        """Say that nothing was written."""
        super().__init__(problem, remedy=remedy, may_have_happened=False)


class TooMuchAtOnce(CrmFault, PassingFault):
    """The call was too large, or took too long; it was rolled back."""

    code = "CRM_TOO_MUCH_AT_ONCE"


class Limit(Enum):
    """The three limits of service protection (API limits)."""

    REQUESTS = "requests in five minutes"
    EXECUTION_TIME = "execution time in five minutes"
    CONCURRENCY = "requests at the same time"
    UNTOLD = "what it does not say"


class CrmThrottled(CrmFault, ProviderThrottled):
    """The service asks for a longer wait than a call is held back for.

    `retry_after_s` is that wait in seconds, where it was told.
    """

    def __init__(
        self, problem: Problem, limit: Limit, retry_after_s: float | None, *, remedy: str
    ) -> None:
        """Name the limit that was exceeded."""
        super().__init__(problem, remedy=remedy)
        self.limit = limit
        self.retry_after_s = retry_after_s


class CrmCredentialsRefused(CrmFault, CredentialsRefused):
    """The CRM does not accept the token, not even a new one."""


class CrmPermissionMissing(CrmFault, PermissionMissing):
    """The application has no user in the organisation, or its security role lacks a privilege."""


class RequestMistaken(CrmFault, AnswerUnreadable):
    """The request names what the CRM does not have: a table, a column, a key."""

    code = "CRM_REQUEST_MISTAKEN"
