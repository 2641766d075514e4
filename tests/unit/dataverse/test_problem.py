"""Refusals in every shape that the service has, and what each means."""

from __future__ import annotations

from typing import Any

import httpx
import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from seatsync.errors import (
    AnswerUnreadable,
    CredentialsRefused,
    PassingFault,
    PermissionMissing,
    ProviderThrottled,
    ProviderUnreachable,
    SeatsyncError,
    SkippedFault,
)
from seatsync_dataverse.errors import (
    CrmBusy,
    CrmThrottled,
    CrmUnreachable,
    DuplicateSuspected,
    FullReadNeeded,
    Limit,
    PluginObjected,
    RequestMistaken,
    RowChanged,
    RowExists,
    RowMissing,
    RowRefused,
    TooMuchAtOnce,
)
from seatsync_dataverse.meaning import fault_for
from seatsync_dataverse.problem import Problem, problem_of, read_code

JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
    max_leaves=10,
)


def answer(status: int, body: Any = None, sent: dict[str, str] | None = None) -> httpx.Response:
    request = httpx.Request("PATCH", "https://crm.example/things", headers=sent)
    content = body if isinstance(body, bytes) else msgspec.json.encode(body)
    return httpx.Response(status, content=content, request=request)


def told(status: int, code: str, message: str = "said", **sent: str) -> SeatsyncError:
    body = {"error": {"code": code, "message": message}}
    headers = {name.replace("_", "-"): value for name, value in sent.items()}
    return fault_for(problem_of(answer(status, body, headers)))


@pytest.mark.parametrize(
    ("body", "code", "message"),
    [
        ({"error": {"code": "0x80040217", "message": "gone"}}, "0x80040217", "gone"),
        ({"error": {"code": "0x8006088A", "message": "x"}}, "0x8006088a", "x"),
        ({"error": {"code": "", "message": "x", "innererror": {"message": "y"}}}, None, "x"),
        ({"error": {"code": "0x0", "message": "x"}}, None, "x"),
        ({"error": {"code": -2147220969, "message": "x"}}, "0x80040217", "x"),
        ({"error": {"code": "-2147015902"}}, "0x80072322", None),
        (
            {"Message": "x", "ExceptionMessage": "y", "StackTrace": "z", "ErrorCode": "0x80040216"},
            *("0x80040216", "x"),
        ),
        ({"error": "invalid_token", "error_description": "expired"}, None, "expired"),
        (
            {"error": {"code": "", "message": "Generic SQL error. CRM ErrorCode: -2147204784 Sql"}},
            *("0x80044150", "Generic SQL error. CRM ErrorCode: -2147204784 Sql"),
        ),
        (b"\xef\xbb\xbf" + b'{"error":{"code":"0x1","message":"marked"}}', "0x1", "marked"),
        (b"<html>busy</html>", None, None),
        (b"", None, None),
        ([], None, None),
        ({"error": {"code": None, "message": None}}, None, None),
    ],
)
def test_an_envelope_is_read_as_far_as_there_is_one(
    body: Any, code: str | None, message: str | None
) -> None:
    problem = problem_of(answer(400, body))
    assert (problem.code, problem.message) == (code, message)


@given(st.integers(300, 599), st.binary() | JSON.map(msgspec.json.encode))
def test_any_body_stands_for_some_fault(status: int, body: bytes) -> None:
    fault = fault_for(problem_of(answer(status, body)))
    assert fault.remedy
    assert str(status) in fault.message


@given(st.integers() | st.text() | st.none() | st.booleans())
def test_any_code_is_read_as_text_or_as_none(code: Any) -> None:
    assert read_code(code) is None or isinstance(read_code(code), str)


@given(st.integers(0, 0x7FFFFFFF))
def test_a_signed_code_and_its_hexadecimal_are_the_same(low: int) -> None:
    whole = 0x80000000 | low
    expected = f"0x{whole:08x}"
    assert {read_code(f"0x{whole:08X}"), read_code(f"{whole:08x}")} == {expected}
    if len(str(whole - 2**32)) > 9:
        assert read_code(whole - 2**32) == expected


@pytest.mark.parametrize(
    ("status", "code", "kind", "group"),
    [
        (404, "0x80040217", RowMissing, SkippedFault),
        (404, "0x80060891", RowMissing, SkippedFault),
        (404, "", RowMissing, SkippedFault),
        (404, "0x8006088a", RequestMistaken, AnswerUnreadable),
        (400, "0x80048d19", RequestMistaken, AnswerUnreadable),
        (400, "0x80060888", RequestMistaken, AnswerUnreadable),
        (400, "0x80060890", RequestMistaken, AnswerUnreadable),
        (412, "0x80060882", RowChanged, PassingFault),
        (412, "0x80040333", DuplicateSuspected, SkippedFault),
        (412, "0x80060892", RowExists, SkippedFault),
        (412, "0x80040237", RowExists, SkippedFault),
        (400, "0x80048408", RowRefused, SkippedFault),
        (400, "0x8004431A", RowRefused, SkippedFault),
        (400, "0x80044331", RowRefused, SkippedFault),
        (400, "0x80040216", RowRefused, SkippedFault),
        (400, "0x80040265", PluginObjected, SkippedFault),
        (403, "0x80040220", PermissionMissing, PermissionMissing),
        (403, "0x80072560", PermissionMissing, PermissionMissing),
        (401, "", CredentialsRefused, CredentialsRefused),
        (400, "0x80044352", FullReadNeeded, PassingFault),
        (500, "0x80044150", CrmBusy, ProviderUnreachable),
        (400, "0x80071151", CrmBusy, ProviderUnreachable),
        (500, "0x80044151", TooMuchAtOnce, PassingFault),
        (413, "", TooMuchAtOnce, PassingFault),
        (429, "0x80072322", CrmThrottled, ProviderThrottled),
        (503, "0x80040216", CrmUnreachable, ProviderUnreachable),
        (302, "", RequestMistaken, AnswerUnreadable),
    ],
)
def test_each_documented_code_is_one_of_our_errors(
    status: int, code: str, kind: type[SeatsyncError], group: type[SeatsyncError]
) -> None:
    fault = told(status, code)
    assert isinstance(fault, kind)
    assert isinstance(fault, group)
    assert "said" in fault.message
    assert fault.remedy


@pytest.mark.parametrize(
    ("message", "kind"),
    [
        ("Version stamp associated with the client has expired.", FullReadNeeded),
        ("Could not find a property named 'Name' on type 'x'.", RequestMistaken),
        ("No HTTP resource was found that matches the request URI", RequestMistaken),
    ],
)
def test_without_a_code_the_message_tells(message: str, kind: type[SeatsyncError]) -> None:
    assert isinstance(told(400, "0x0", message), kind)


@pytest.mark.parametrize(
    ("sent", "kind"),
    [
        ({"If_Match": 'W/"1"'}, RowChanged),
        ({"If_None_Match": "*"}, RowExists),
        ({"MSCRM.SuppressDuplicateDetection": "false"}, DuplicateSuspected),
        ({}, RowExists),
    ],
)
def test_a_412_without_a_code_is_told_apart_by_what_was_demanded(
    sent: dict[str, str], kind: type[SeatsyncError]
) -> None:
    assert isinstance(told(412, "", **sent), kind)


def test_the_code_counts_more_than_what_was_demanded() -> None:
    assert isinstance(told(412, "0x80060892", If_Match='W/"1"'), RowExists)


@pytest.mark.parametrize(
    ("code", "limit"),
    [
        ("0x80072322", Limit.REQUESTS),
        ("0x80072321", Limit.EXECUTION_TIME),
        ("0x80072326", Limit.CONCURRENCY),
        ("", Limit.UNTOLD),
    ],
)
def test_the_three_limits_are_told_apart(code: str, limit: Limit) -> None:
    fault = fault_for(Problem(429, read_code(code)), 37.0)
    assert isinstance(fault, CrmThrottled)
    assert (fault.limit, fault.retry_after_s) == (limit, 37.0)


def test_a_fault_of_the_service_may_have_done_its_work_and_a_deadlock_has_not() -> None:
    broken, deadlock = told(503, ""), told(500, "0x80044150")
    assert isinstance(broken, CrmUnreachable)
    assert broken.may_have_happened
    assert isinstance(deadlock, CrmUnreachable)
    assert not deadlock.may_have_happened


def test_the_message_names_what_support_asks_for() -> None:
    response = answer(400, {"error": {"code": "0x80040265", "message": "No credit left."}})
    response.request.headers["x-ms-client-request-id"] = "ours"
    response.headers["x-ms-service-request-id"] = "theirs"
    assert str(fault_for(problem_of(response))) == (
        "Dataverse: No credit left. (0x80040265, status 400, request ours, service request theirs)"
    )


def test_an_older_header_names_the_request_too() -> None:
    response = answer(500)
    response.headers["REQ_ID"] = "theirs"
    assert problem_of(response).service_request_id == "theirs"


def test_a_401_tells_whose_tokens_are_wanted() -> None:
    response = answer(401, b"")
    place = "https://login.example/other-tenant/oauth2/authorize"
    response.headers["WWW-Authenticate"] = f"Bearer authorization_uri={place}, resource_id=x"
    assert f"it wants a token from {place}" in str(fault_for(problem_of(response)))
