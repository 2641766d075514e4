"""Faults to plan, in the shapes that Dataverse gives them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import msgspec

from seatsync.sdk.simulator import Fault
from seatsync_dataverse.simulator.exchange import JSON_TYPE
from seatsync_dataverse.simulator.problem import Problem

if TYPE_CHECKING:
    from seatsync_dataverse.simulator.throttle import Limit


def refusal(status: int, code: str, message: str = "Simulated.") -> Fault:
    """Answer with the error envelope; the code may be empty."""
    return _json(status, Problem(status, code, message).envelope())


def inner_refusal(status: int, code: str, message: str = "Simulated.") -> Fault:
    """Answer with the envelope that has an `innererror`, which was removed in 2020."""
    inner = {"message": message, "type": "Microsoft.Crm.CrmHttpException", "stacktrace": "..."}
    error = {"code": code, "message": message, "innererror": inner}
    return _json(status, {"error": error})


def legacy_refusal(status: int, code: str, message: str = "Simulated.") -> Fault:
    """Answer with the older envelope that Microsoft's sample library still reads."""
    body = {"Message": message, "ExceptionMessage": message, "StackTrace": "...", "ErrorCode": code}
    return _json(status, body)


def page_of_html(status: int) -> Fault:
    """Answer with what a gateway in between says."""
    body = b"<html><body>The service is unavailable.</body></html>"
    return Fault(status, (("Content-Type", "text/html"),), body)


def limit_exceeded(limit: Limit, retry_after_s: int | None = None) -> Fault:
    """Answer with the 429 of a limit, with or without saying when to come back."""
    code, message = limit.value
    after = None if retry_after_s is None else str(retry_after_s)
    return _json(429, Problem(429, code, message).envelope(), after)


def unavailable(retry_after_s: int | None = None) -> Fault:
    """Answer with the platform's 503."""
    message = "The service is temporarily unavailable."
    after = None if retry_after_s is None else str(retry_after_s)
    return _json(503, Problem(503, "0x80040216", message).envelope(), after)


def deadlock() -> Fault:
    """Answer as when the same row is written at the same time."""
    message = "Generic SQL error. CRM ErrorCode: -2147204784 Sql Number: 1205"
    return refusal(500, "0x80044150", message)


def customization_running() -> Fault:
    """Answer as to a change of metadata while another one is under way; the status is a guess."""
    message = "Cannot start the requested operation because a customization is running."
    return refusal(500, "0x80071151", message)


def too_large() -> Fault:
    """Answer as to a body that is too large."""
    return refusal(413, "", "Request entity too large")


def lost_answer() -> Fault:
    """Let the request take effect, and drop the connection before its answer."""
    return Fault(cut_at=0, replaces=False)


def _json(status: int, body: dict[str, Any], retry_after: str | None = None) -> Fault:
    headers = [("Content-Type", JSON_TYPE)]
    if retry_after is not None:
        headers.append(("Retry-After", retry_after))
    return Fault(status, tuple(headers), msgspec.json.encode(body))
