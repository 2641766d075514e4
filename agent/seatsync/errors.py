"""Everything that can go wrong, grouped by what is to be done about it.

SeatsyncError
├── SetupError            an administrator must change the set-up; exit code 2
│   ├── ConfigInvalid         every problem of config.yaml at once
│   ├── PluginUnusable        a plug-in is unknown, or failed to load
│   ├── SecretKeyUnusable     no key, or the wrong one, to keep secrets with
│   └── DatabaseUnusable      the database cannot be opened, written or is of another version
├── PassingFault          may pass by itself; the job is tried again
│   ├── ProviderUnreachable   no connection, a timeout, a server error
│   ├── ProviderThrottled     still refused for the call rate after all waiting
│   ├── DatabaseBusy          another process held the database for too long
│   ├── CrmMarkExpired        what changed in the CRM cannot be told any more: read all of it
│   └── CrmConflict           a record was changed in the CRM since it was read
├── StandingFault         stays until a person acts; the run stops and says so
│   ├── CredentialsRefused    the provider does not accept who we say we are
│   ├── PermissionMissing     it knows us, and does not let us read
│   ├── AnswerUnreadable      it answers what its documentation does not describe
│   └── CrmListingShrunk      the CRM does not show so many known records that none was removed
├── SkippedFault          one thing is left out, the others go on
│   ├── RecordError           one record cannot be read
│   ├── CustomerError         one customer cannot be read
│   ├── CrmRecordGone         a record, or one that it refers to, is not in the CRM
│   └── CrmRecordExists       a record that was to be made is in the CRM, and differs
├── BadInput              a value that a caller passed means nothing, such as a garbage id
├── Refusal               the caller asked for what the rules forbid; nothing changed
├── NotApplicable         there is nothing to do any more; a job ends quietly with the reason
├── Unauthenticated       nobody knows who is calling: no credentials, or none that hold
├── Forbidden             the caller lacks a role
└── Cancelled             a person, or the shutdown, asked to stop
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence


class SeatsyncError(Exception):
    """Something went wrong; carries a code for programs, a message and a remedy for people."""

    code: str = "INTERNAL"

    def __init__(self, message: str, *, remedy: str | None = None) -> None:
        """Keep the message, which never holds a secret, and what can be done about it."""
        super().__init__(message)
        self.message = message
        self.remedy = remedy


class SetupError(SeatsyncError):
    """An administrator must change the set-up before the agent can work."""

    code = "SETUP"


class ConfigInvalid(SetupError):
    """The configuration has problems; all of them are listed, each with its path."""

    code = "CONFIG_INVALID"

    def __init__(self, source: str, problems: Sequence[str]) -> None:
        """List `problems`, one sentence each, found in `source`."""
        count = "1 problem" if len(problems) == 1 else f"{len(problems)} problems"
        lines = "\n".join(f"  - {problem}" for problem in problems)
        super().__init__(f"{source} has {count}:\n{lines}")
        self.problems = tuple(problems)


class PluginUnusable(SetupError):
    """A plug-in is unknown or did not load."""

    code = "PLUGIN_UNUSABLE"

    def __init__(self, name: str, reason: str) -> None:
        """Name the plug-in by its entry point, and say what is wrong with it."""
        super().__init__(
            f"plug-in {name!r}: {reason}",
            remedy="`seatsync plugins` lists what is installed and why something did not load.",
        )
        self.name = name


class SecretKeyUnusable(SetupError):
    """There is no key, or the wrong key, for the secrets that the agent keeps."""

    code = "SECRET_KEY_UNUSABLE"


class DatabaseUnusable(SetupError):
    """The database cannot be opened, cannot be written, or has another version."""

    code = "DATABASE_UNUSABLE"


class PassingFault(SeatsyncError):
    """A fault that may pass by itself."""

    code = "PASSING"


class ProviderUnreachable(PassingFault):
    """The provider could not be reached, or answered with a fault of its own."""

    code = "PROVIDER_UNREACHABLE"


class ProviderThrottled(PassingFault):
    """The provider still refuses our call rate after all the waiting it asked for."""

    code = "PROVIDER_THROTTLED"


class DatabaseBusy(PassingFault):
    """The database could not be written just now: held by another process, or its disk is full."""

    code = "DATABASE_BUSY"


class CrmMarkExpired(PassingFault):
    """What changed since the last read cannot be told any more: everything must be read."""

    code = "CRM_MARK_EXPIRED"


class CrmConflict(PassingFault):
    """A record was changed in the CRM since the agent read it; nothing was written."""

    code = "CRM_CONFLICT"


class StandingFault(SeatsyncError):
    """A fault that stays until a person does something."""

    code = "STANDING"


class CredentialsRefused(StandingFault):
    """The provider does not accept the credentials."""

    code = "CREDENTIALS_REFUSED"


class PermissionMissing(StandingFault):
    """The provider knows us, and does not let us read."""

    code = "PERMISSION_MISSING"


class AnswerUnreadable(StandingFault):
    """The provider's answer is not what its documentation describes."""

    code = "ANSWER_UNREADABLE"


class CrmListingShrunk(StandingFault):
    """A read of all that the CRM holds lacks too much of what is known to be believed."""

    code = "CRM_LISTING_SHRUNK"


class SkippedFault(SeatsyncError):
    """One thing is left out, and the report says so; the others go on."""

    code = "SKIPPED"


class RecordError(SkippedFault):
    """One record cannot be read."""

    code = "RECORD_UNREADABLE"

    def __init__(
        self,
        reason: str,
        *,
        external_id: str | None = None,
        customer_external_id: str | None = None,
        name: str | None = None,
    ) -> None:
        """Say which record (as far as its own text tells) cannot be read, and why."""
        super().__init__(
            f"record {external_id or 'without an id'}: {reason}",
            remedy="Correct the record at the provider; it is read again in every run.",
        )
        self.reason = reason
        self.external_id = external_id
        self.customer_external_id = customer_external_id
        self.name = name


class CustomerError(SkippedFault):
    """One customer cannot be read; the provider's own reason is in the message."""

    code = "CUSTOMER_UNREADABLE"

    def __init__(
        self, external_id: str, reason: str, *, code: str | None = None, remedy: str | None = None
    ) -> None:
        """Name the customer by the provider's own id; `code` replaces the general one."""
        super().__init__(f"customer {external_id}: {reason}", remedy=remedy)
        self.external_id = external_id
        self.reason = reason
        if code is not None:
            self.code = code


class CrmRecordGone(SkippedFault):
    """A record that was to be changed, or one that it refers to, is not in the CRM."""

    code = "CRM_RECORD_GONE"


class CrmRecordExists(SkippedFault):
    """A record that was to be made is in the CRM already, and differs, or another has its key."""

    code = "CRM_RECORD_EXISTS"


class BadInput(SeatsyncError):
    """A value that a caller passed means nothing; the message says which, never more."""

    code = "BAD_USER_INPUT"


class Refusal(SeatsyncError):
    """The caller asked for what the rules forbid; nothing was changed.

    `code` is one of the contract's `UserErrorCode`s.
    """

    def __init__(self, code: str, message: str, *, path: Sequence[str] = ()) -> None:
        """Refuse with a code, a sentence, and the path into the input that it is about."""
        super().__init__(message)
        self.code = code
        self.path = tuple(path)


class NotApplicable(SeatsyncError):
    """What was asked for has lost its object, such as a provider that is no longer configured."""

    code = "NOT_APPLICABLE"


class Unauthenticated(SeatsyncError):
    """The caller gave no credentials, or none that hold; the message never repeats them."""

    code = "UNAUTHENTICATED"


class Forbidden(SeatsyncError):
    """The caller lacks a role."""

    code = "FORBIDDEN"

    def __init__(self, operation: str, role: str) -> None:
        """Name the operation, and the role that would allow it."""
        super().__init__(f"{operation} needs the role {role}")
        self.role = role


class Cancelled(SeatsyncError):
    """The work was asked to stop, and stopped between two steps."""

    code = "CANCELLED"

    def __init__(self, reason: str = "cancelled") -> None:
        """Say who or what asked."""
        super().__init__(reason)
