"""The same idempotency key over HTTP: one job, whatever happens in between."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from threading import Barrier
from typing import TYPE_CHECKING, Any

import pytest

from back_office import BackOffice
from front_desk import FrontDesk
from seatsync.mirror.database import Mirror

if TYPE_CHECKING:
    from collections.abc import Iterator

SYNC = """mutation Sync($key: String, $provider: String!) {
  syncProvider(input: {providerKey: $provider, idempotencyKey: $key}) {
    job { id status }
    userErrors { code path }
  }
}"""


@pytest.fixture
def other_desk(office: BackOffice, migrated_url: str) -> Iterator[FrontDesk]:
    """Serve the same database as another process would."""
    mirror = Mirror.open(migrated_url)
    desk = FrontDesk(BackOffice(mirror))
    yield desk
    desk.close()
    mirror.close()


def sync(desk: FrontDesk, key: str | None, provider: str = "px") -> Any:
    return desk.ask(SYNC, key=key, provider=provider)["syncProvider"]


def test_the_same_key_and_input_return_the_first_job_even_when_it_has_ended(
    desk: FrontDesk, office: BackOffice
) -> None:
    office.provider()
    first = sync(desk, "k")["job"]
    desk.ask(f'mutation {{ cancelJob(input: {{jobId: "{first["id"]}"}}) {{ job {{ id }} }} }}')
    assert sync(desk, "k")["job"] == {"id": first["id"], "status": "CANCELLED"}
    assert sync(desk, "another")["job"]["id"] != first["id"]
    assert sync(desk, None)["job"]["id"] != first["id"]


def test_another_input_under_the_same_key_is_a_conflict(
    desk: FrontDesk, office: BackOffice
) -> None:
    office.provider()
    office.provider("py")
    sync(desk, "k")
    answer = sync(desk, "k", "py")
    assert answer["job"] is None
    assert [error["code"] for error in answer["userErrors"]] == ["IDEMPOTENCY_CONFLICT"]
    assert len(office.rows("SELECT id FROM job")) == 1


def test_a_key_is_remembered_by_another_process_and_after_a_restart(
    desk: FrontDesk, other_desk: FrontDesk, office: BackOffice
) -> None:
    office.provider()
    first = sync(desk, "k")["job"]
    assert sync(other_desk, "k")["job"] == first


def test_two_requests_at_once_get_one_job(
    desk: FrontDesk, other_desk: FrontDesk, office: BackOffice
) -> None:
    office.provider()
    for attempt in range(5):
        together = Barrier(4)

        def ask(one: FrontDesk, key: str = f"k{attempt}", start: Barrier = together) -> Any:
            start.wait()
            return sync(one, key)["job"]["id"]

        with ThreadPoolExecutor(4) as pool:
            found = set(pool.map(ask, [desk, other_desk, desk, other_desk]))
        assert len(found) == 1
