"""HTTP clients for connectors: one factory, made of transport layers, one per file.

From the outside in: faults named (`faults`), tries repeated (`retry`), everybody held back after
a 429 (`pause`), calls spaced (`pace`), exchanges logged without secrets (`log`), the wire (`wire`).
"""

from seatsync.sdk.http.answer import decoded, fault_of, raise_for_answer
from seatsync.sdk.http.client import open_client
from seatsync.sdk.http.retry import REPEATABLE, REPEATABLE_WHEN_THROTTLED, RetryPolicy
from seatsync.sdk.http.token import Token, TokenAuth, read_token
from seatsync.sdk.http.url import ServiceUrl

__all__ = [
    "REPEATABLE",
    "REPEATABLE_WHEN_THROTTLED",
    "RetryPolicy",
    "ServiceUrl",
    "Token",
    "TokenAuth",
    "decoded",
    "fault_of",
    "open_client",
    "raise_for_answer",
    "read_token",
]
