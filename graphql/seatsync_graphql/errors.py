"""What a client is told when something goes wrong: a code always, Python's own words never."""

from __future__ import annotations

import logging
import secrets
from typing import TYPE_CHECKING, Any

from graphql import GraphQLError

from seatsync.errors import BadInput, Forbidden, Refusal

if TYPE_CHECKING:
    from collections.abc import Iterable

LOG = logging.getLogger(__name__)

BAD_USER_INPUT = BadInput.code
PARSE_FAILED = "GRAPHQL_PARSE_FAILED"
VALIDATION_FAILED = "GRAPHQL_VALIDATION_FAILED"
TOO_COMPLEX = "QUERY_TOO_COMPLEX"
INTERNAL = "INTERNAL_SERVER_ERROR"


class InvalidRequest(Exception):
    """The request asks nothing that could be executed."""

    def __init__(self, errors: Iterable[GraphQLError], code: str) -> None:
        """Keep the errors, each with `code` unless it has one of its own."""
        super().__init__(code)
        self.errors = [coded(error, code) for error in errors]

    @classmethod
    def saying(cls, message: str, code: str = BAD_USER_INPUT) -> InvalidRequest:
        """Say one thing."""
        return cls([GraphQLError(message)], code)


class TookTooLong(Exception):
    """An operation went on for longer than it may."""

    def __init__(self, seconds: float) -> None:
        """Say how long it may take."""
        super().__init__(f"this takes longer than {seconds:g} s; ask for less at a time")


def coded(error: GraphQLError, code: str) -> GraphQLError:
    """Give an error a code, unless it has one."""
    error.extensions = {"code": code, **(error.extensions or {})}
    return error


def is_about_request(error: GraphQLError) -> bool:
    """Tell whether nothing was executed, as the variables do not fit the document."""
    return error.path is None and isinstance(error.original_error, GraphQLError | None)


def mask(unexpected: Exception) -> dict[str, Any]:
    """Log what nobody expected, and return what the client may see of it."""
    return dict(_masked(unexpected, None).formatted)


def present(error: GraphQLError) -> dict[str, Any]:
    """Return one error of an execution as the client may see it."""
    shown = _shown(error)
    return dict(
        GraphQLError(
            shown.message,
            nodes=error.nodes,
            source=error.source,
            positions=error.positions,
            path=error.path,
            extensions=shown.extensions,
        ).formatted
    )


def _shown(error: GraphQLError) -> GraphQLError:
    match error.original_error:
        case Forbidden() | BadInput() as known:
            return GraphQLError(known.message, extensions={"code": known.code})
        case Refusal() as refusal:
            return GraphQLError(
                refusal.message, extensions={"code": BAD_USER_INPUT, "reason": refusal.code}
            )
        case TookTooLong() as slow:
            return GraphQLError(str(slow), extensions={"code": TOO_COMPLEX})
        case None:
            return coded(error, BAD_USER_INPUT)
        case GraphQLError() as told if told.extensions or told.nodes:
            # An argument: graphql-core names the node, which it does not for a bad result.
            return coded(told, BAD_USER_INPUT)
        case unexpected:
            return _masked(unexpected, error.path)


def _masked(unexpected: Exception, path: list[str | int] | None) -> GraphQLError:
    reference = secrets.token_hex(6)
    LOG.error("GraphQL error %s at %s", reference, path, exc_info=unexpected)
    return GraphQLError(
        "Something went wrong in the agent.", extensions={"code": INTERNAL, "reference": reference}
    )
