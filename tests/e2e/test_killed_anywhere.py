"""A sync that is killed at any commit is completed by the next: nothing twice, nothing lost."""

from __future__ import annotations

import shutil
import signal
from contextlib import closing
from typing import TYPE_CHECKING, Any
from uuid import uuid4

import pytest

import killed_sync
from killed_sync import CONTRACT, Errand
from seatsync.mirror.database import Mirror

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from local_postgres import PostgresServer

STATE = {
    "subscriptions": """
        SELECT s.external_id, p.external_id, s.account_id, s.billing_contract_id,
            s.unassigned_reason, s.name, s.quantity, s.status, s.missing_since IS NULL,
            s.unreadable_since IS NULL, s.fingerprint, s.id
        FROM subscription s JOIN provider_account p ON p.id = s.provider_account_id""",
    "license changes": """
        SELECT s.external_id, l.event, l.quantity_delta, l.quantity_after
        FROM license_change l JOIN subscription s ON s.id = l.subscription_id""",
    "customers": """
        SELECT external_id, name, domain, account_id, sync_enabled, fingerprint,
            last_synced_at IS NULL, last_error, id FROM provider_account""",
    "entries": """
        SELECT external_id, change_kind, subscription_name, field_changes, unassigned_reason,
            subscription_id, provider_account_id, billing_contract_id
        FROM report_entry WHERE change_kind <> 'FAILED'""",
}
OF_ONE_RUN = {
    "unreadable": "SELECT external_id, message FROM report_entry WHERE change_kind = 'FAILED'",
    "failures": "SELECT code, message, external_id FROM run_failure",
    "runs": "SELECT outcome, fetched, created, updated, unassigned, missing, failed FROM sync_run",
}
MISMATCHES = """
    SELECT s.external_id FROM subscription s
    LEFT JOIN license_change l ON l.subscription_id = s.id GROUP BY s.id, s.external_id, s.quantity
    HAVING COALESCE(SUM(l.quantity_delta), 0) <> s.quantity
"""


@pytest.fixture(params=["sqlite", "postgresql"])
def fresh(request: pytest.FixtureRequest, tmp_path: Path) -> Callable[[], str]:
    """Give what makes the one database empty again, and returns its URL."""
    if request.param == "sqlite":
        migrated: Path = request.getfixturevalue("migrated_file")
        return lambda: _copied(migrated, tmp_path)
    server: PostgresServer = request.getfixturevalue("postgres_server")
    name: str = request.getfixturevalue("migrated_database")
    return lambda: _cleared(server, name)


def _copied(migrated: Path, folder: Path) -> str:
    for path in folder.glob("seatsync.db-*"):
        path.unlink()
    shutil.copyfile(migrated, folder / "seatsync.db")
    return f"sqlite:///{folder / 'seatsync.db'}"


def _cleared(server: PostgresServer, name: str) -> str:
    server.clear_database(name)
    return server.url(name)


def prepared(fresh: Callable[[], str], *, scans: bool) -> str:
    url = fresh()
    with closing(Mirror.open(url)) as mirror:
        killed_sync.prepare(mirror, scans=scans)
    return url


def state(url: str, queries: dict[str, str]) -> dict[str, list[str]]:
    with closing(Mirror.open(url)) as mirror, mirror.reading():
        assert mirror.rows(MISMATCHES) == []
        return {name: _plain(mirror.rows(query)) for name, query in queries.items()}


def _plain(rows: list[tuple[Any, ...]]) -> list[str]:
    return sorted(
        repr([bytes(value) if isinstance(value, memoryview) else value for value in row])
        for row in rows
    )


def finish(errand: Errand) -> int:
    exit_code, commits = killed_sync.run(errand)
    assert exit_code == 0
    return commits


def kill(errand: Errand) -> None:
    exit_code, _ = killed_sync.run(errand)
    assert exit_code == -signal.SIGKILL


def outcomes(url: str) -> list[str]:
    with closing(Mirror.open(url)) as mirror, mirror.reading():
        return [row[0] for row in mirror.rows("SELECT outcome FROM sync_run ORDER BY id")]


@pytest.mark.parametrize("scans", [False, True], ids=["by customer", "in one scan"])
def test_an_automatic_run_killed_at_any_commit_is_completed_by_its_job(
    fresh: Callable[[], str], *, scans: bool
) -> None:
    everything = STATE | OF_ONE_RUN
    job = uuid4()
    url = prepared(fresh, scans=scans)
    commits = finish(Errand(url, scans, job))
    expected = state(url, everything)
    assert commits > 10
    for number in range(1, commits + 1):
        url = prepared(fresh, scans=scans)
        kill(Errand(url, scans, job, kill_at=number, after=True))
        finish(Errand(url, scans, job))
        assert state(url, everything) == expected, number


@pytest.mark.parametrize("scans", [False, True], ids=["by customer", "in one scan"])
def test_an_automatic_run_killed_before_any_commit_is_completed_by_the_next_run(
    fresh: Callable[[], str], *, scans: bool
) -> None:
    url = prepared(fresh, scans=scans)
    commits = finish(Errand(url, scans))
    expected = state(url, STATE)
    for number in range(1, commits + 1):
        url = prepared(fresh, scans=scans)
        before = outcomes(url)
        kill(Errand(url, scans, kill_at=number))
        began = len(outcomes(url)) > len(before)
        finish(Errand(url, scans))
        assert state(url, STATE) == expected, number
        assert outcomes(url) == [*before, *["FAILED"] * began, "PARTIAL"]


def test_a_manual_run_killed_at_any_commit_is_completed_by_its_job(
    fresh: Callable[[], str],
) -> None:
    everything = STATE | OF_ONE_RUN
    job = uuid4()
    url = prepared(fresh, scans=True)
    commits = finish(Errand(url, scans=True, job=job, contract=CONTRACT))
    expected = state(url, everything)
    for number in range(1, commits + 1):
        for after in (False, True):
            url = prepared(fresh, scans=True)
            kill(Errand(url, scans=True, job=job, contract=CONTRACT, kill_at=number, after=after))
            finish(Errand(url, scans=True, job=job, contract=CONTRACT))
            assert state(url, everything) == expected, (number, after)
