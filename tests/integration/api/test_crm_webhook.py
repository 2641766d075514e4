"""The CRM's hint that something changed: who may give it, and what it sets going."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from pydantic import SecretStr

from front_desk import Crm, FrontDesk

if TYPE_CHECKING:
    from collections.abc import Iterator

    from back_office import BackOffice

OLD, NEW = "old-secret-0123456789", "new-secret-0123456789"
HEADER = "X-Seatsync-Webhook-Secret"
JOBS = "{ jobs { nodes { kind requestedBy status } } }"


@pytest.fixture
def woken(office: BackOffice) -> Iterator[FrontDesk]:
    """Serve a back office whose CRM's webhook has two secrets."""
    desk = FrontDesk(office, crm=Crm((SecretStr(OLD), SecretStr(NEW))))
    yield desk
    desk.close()


@pytest.mark.parametrize("secret", [OLD, NEW])
def test_either_secret_has_the_crm_read_at_once(woken: FrontDesk, secret: str) -> None:
    answer = woken.send("POST", "/webhooks/crm", headers={HEADER: secret}, content=b"{}")
    assert answer.status_code == 202
    [job] = woken.ask(JOBS)["jobs"]["nodes"]
    assert job == {"kind": "CRM_PULL", "requestedBy": "webhook", "status": "WAITING"}


def test_hints_that_come_together_are_one_pull(woken: FrontDesk) -> None:
    for _ in range(3):
        woken.send("POST", "/webhooks/crm", headers={HEADER: NEW}, content=b"anything")
    assert len(woken.ask(JOBS)["jobs"]["nodes"]) == 1


@pytest.mark.parametrize("headers", [{}, {HEADER: ""}, {HEADER: NEW + "x"}, {HEADER: "ä"}])
def test_nobody_else_sets_anything_going(woken: FrontDesk, headers: dict[str, str]) -> None:
    sent = {name: value.encode() for name, value in headers.items()}
    answer = woken.send("POST", "/webhooks/crm", headers=sent, content=b"{}")
    assert answer.status_code == 401
    assert answer.json()["errors"][0]["extensions"]["code"] == "UNAUTHENTICATED"
    assert OLD not in answer.text
    assert woken.ask(JOBS)["jobs"]["nodes"] == []


def test_without_secrets_there_is_no_such_path(office: BackOffice, desk: FrontDesk) -> None:
    assert desk.send("POST", "/webhooks/crm", headers={HEADER: ""}).status_code == 404
    bare = FrontDesk(office, crm=Crm(()))
    assert bare.send("POST", "/webhooks/crm", headers={HEADER: ""}).status_code == 404
    bare.close()


def test_what_is_behind_is_told_by_an_agent_that_is_ready(desk: FrontDesk) -> None:
    desk.agent.late = {"crm": "nothing was read since 2026-01-05"}
    answer = desk.send("GET", "/readyz")
    assert answer.status_code == 200
    assert answer.json() == {"status": "ready", "late": desk.agent.late}
