"""What goes wrong with a request, in the codes and envelopes of the Web API.

The codes are those of the ErrorCodes enumeration; `error_bodies.json` of the specification says
which status and wording is documented and which is general knowledge.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Sequence


class Problem(Exception):
    """A request is refused: the status, the code (it may be empty) and the message."""

    def __init__(self, status: int, code: str, message: str) -> None:
        """Say what is wrong."""
        super().__init__(message)
        self.status = status
        self.code = code
        self.message = message

    def envelope(self, *, annotated: bool = False) -> dict[str, Any]:
        """Return the error envelope; more details only where annotations are wanted."""
        error: dict[str, Any] = {"code": self.code, "message": self.message}
        if annotated:
            error |= {
                "@Microsoft.PowerApps.CDS.ErrorDetails.OperationStatus": "1",
                "@Microsoft.PowerApps.CDS.TraceText": "\r\n[simulated]\r\n",
                "@Microsoft.PowerApps.CDS.InnerError.Message": self.message,
            }
        return {"error": error}


def does_not_exist(table: str, row_id: str) -> Problem:
    """Return the 404 of a row that is not there."""
    return Problem(404, "0x80040217", f"{table} With Id = {row_id} Does Not Exist")


def no_such_key(table: str) -> Problem:
    """Return the 404 of key values that no row has."""
    return Problem(
        404,
        "0x80060891",
        f"A record with the specified key values does not exist in {table} entity",
    )


def unknown_segment(segment: str) -> Problem:
    """Return the 404 of a set that is not there, or is written in the wrong case."""
    return Problem(404, "0x8006088a", f"Resource not found for the segment '{segment}'.")


def no_resource() -> Problem:
    """Return the 404 of a wrong verb on a function or action, whose code is empty."""
    return Problem(404, "", "No HTTP resource was found that matches the request URI")


def unknown_property(name: str, table: str) -> Problem:
    """Return the 400 of a column that is not there, or is written in the wrong case."""
    return Problem(
        400,
        "0x0",
        f"Could not find a property named '{name}' on type 'Microsoft.Dynamics.CRM.{table}'.",
    )


def malformed(set_name: str, reason: str) -> Problem:
    """Return the 400 of a body that cannot be read."""
    return Problem(
        400,
        "0x80048d19",
        f"Error identified in Payload provided by the user for Entity :'{set_name}' ---->  "
        f"InnerException : Microsoft.OData.ODataException: {reason}",
    )


def undeclared(set_name: str, name: str) -> Problem:
    """Return the 400 of a bind that does not name a navigation property."""
    return malformed(
        set_name,
        f"An undeclared property '{name}' which only has property annotations in the payload "
        "but no property value was found in the payload.",
    )


def stale_version() -> Problem:
    """Return the 412 of an entity tag that is not the row's any more."""
    return Problem(
        412,
        "0x80060882",
        "The version of the existing record doesn't match the RowVersion property provided.",
    )


def not_versioned(table: str) -> Problem:
    """Return the refusal of an entity tag where optimistic concurrency is not enabled."""
    return Problem(400, "0x8006088d", f"Optimistic concurrency isn't enabled for {table}.")


def duplicate_found() -> Problem:
    """Return the 412 of a duplicate detection rule."""
    return Problem(
        412,
        "0x80040333",
        "A record was not created or updated because a duplicate of the current record "
        "already exists.",
    )


def key_taken(columns: Sequence[str], key: str) -> Problem:
    """Return the 412 of an alternate key whose values another row has."""
    return Problem(
        412,
        "0x80060892",
        f"Entity Key {key} violated. A record with the same value for {', '.join(columns)} already "
        "exists.",
    )


def id_taken() -> Problem:
    """Return the 412 of a primary key that is in use."""
    return Problem(412, "0x80040237", "Cannot insert duplicate key.")


def exists_already() -> Problem:
    """Return the 412 of `If-None-Match: *` on a row that is there."""
    return Problem(412, "0x80040237", "A record with matching key values already exists.")


def key_not_defined(names: Sequence[str], table: str) -> Problem:
    """Return the refusal of key columns that are no key, or whose index is not built yet."""
    return Problem(
        400,
        "0x80060890",
        f"The specified key attributes {', '.join(names)} are not a defined key for the "
        f"{table} entity",
    )


def dangerous_path() -> Problem:
    """Return the refusal of a key whose value has a character that keys must not have."""
    return Problem(
        400, "", "A potentially dangerous Request.Path value was detected from the client."
    )


def bad_state() -> Problem:
    """Return the refusal of a state and a status that do not belong together."""
    return Problem(
        400,
        "0x80048408",
        "State code is invalid or state code is valid but status code is invalid for a "
        "specified state code.",
    )


def out_of_range(value: object, column: str, table: str) -> Problem:
    """Return the refusal of a value that is no option of a choice."""
    return Problem(
        400,
        "0x8004431a",
        f"The value {value} of '{column}' on record of type '{table}' is outside the valid range.",
    )


def too_long(column: str, table: str, most: int) -> Problem:
    """Return the refusal of a text that is longer than its column."""
    return Problem(
        400,
        "0x80044331",
        f"A validation error occurred.  The length of the '{column}' attribute of the '{table}' "
        f"entity exceeded the maximum allowed length of '{most}'.",
    )


def unexpected() -> Problem:
    """Return the refusal that says nothing."""
    return Problem(400, "0x80040216", "An unexpected error occurred.")


def bad_question(message: str) -> Problem:
    """Return the refusal of a query that cannot be answered."""
    return Problem(400, "0x80060888", message)


def not_tracked(table: str) -> Problem:
    """Return the refusal to track changes of a table that is not enabled for it."""
    return Problem(400, "0x80072491", f"Entity {table} isn't enabled for change tracking.")


def version_expired() -> Problem:
    """Return the refusal of a delta token from too long ago."""
    return Problem(
        400,
        "0x80044352",
        "Version stamp associated with the client has expired. Please perform a full sync.",
    )


def privilege_missing(user_id: str, privilege: str) -> Problem:
    """Return the 403 of a user who lacks a privilege."""
    return Problem(
        403,
        "0x80040220",
        f"Principal user (Id={user_id}, type=8) is missing {privilege} privilege",
    )


def not_a_member() -> Problem:
    """Return the 403 of an application that has no user here."""
    return Problem(403, "0x80072560", "The user is not a member of the organization.")


def plugin_refused(message: str) -> Problem:
    """Return the refusal of the organisation's own business logic."""
    return Problem(400, "0x80040265", message)
