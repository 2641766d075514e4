"""Bad input, from outside: each kind ends in its own message, and nothing else is lost."""

from __future__ import annotations

import os
import resource
import subprocess
import sys
from typing import TYPE_CHECKING, Any

import httpx
import pytest

from black_box import (
    PROVIDER,
    Api,
    free_port,
    is_ready,
    served_pax8,
    start,
    wait_for,
    write_config,
)
from seatsync.mirror.migration import migrate
from seatsync.sdk.simulator import answers, garbage

if TYPE_CHECKING:
    from pathlib import Path

    from black_box import Lab

BAD_SETTING = 2
WITHOUT_PRIVILEGE = (
    ("setpriv", "--bounding-set=-dac_override,-dac_read_search", "--") if os.getuid() == 0 else ()
)
"""What lets the permissions of files hold for root too."""


def _seatsync(
    folder: Path, *arguments: str, through: tuple[str, ...] = ()
) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [*through, sys.executable, "-m", "seatsync", *arguments],
        cwd=folder,
        capture_output=True,
        text=True,
        check=False,
    )


def _two_known(world: Lab) -> tuple[str, str, str]:
    """Return a company and two of its subscriptions, which are known already."""
    company = world.company("Fig Fictional")
    first, second = world.licence(company), world.licence(company)
    world.api.sync()
    return company, first, second


def _goes_on(world: Lab, external_id: str, quantity: int) -> None:
    """Show that the agent still follows the provider once it is well again."""
    world.pax8.faults.clear()
    world.pax8.set_quantity(external_id, quantity)
    world.api.sync()
    assert world.api.subscription(external_id)["quantity"] == quantity


@pytest.mark.parametrize(
    ("document", "said"),
    [
        ("providers: [", "line 1"),
        ("providers:\n  - {key: px, plugin: pax9}\n", "pax9"),
        (
            "providers:\n  - key: px\n    plugin: pax8\n    settings: {client_id: me}\n",
            "providers[0].settings.client_secret",
        ),
        (
            (
                "providers:\n  - key: px\n    plugin: pax8\n"
                "    settings: {client_id: me, client_secret: '${NOT_SET_ANYWHERE}'}\n"
            ),
            "NOT_SET_ANYWHERE",
        ),
    ],
    ids=["broken YAML", "unknown plug-in", "missing secret", "unset variable"],
)
def test_a_bad_configuration_is_told_before_anything_is_touched(
    tmp_path: Path, document: str, said: str
) -> None:
    (tmp_path / "config.yaml").write_text(document)

    done = _seatsync(tmp_path, "serve")

    assert done.returncode == BAD_SETTING
    assert said in done.stderr
    assert "Traceback" not in done.stderr
    assert [path.name for path in tmp_path.iterdir()] == ["config.yaml"]


def test_a_provider_that_is_down_is_tried_again_and_the_rest_of_the_agent_works(
    world: Lab,
) -> None:
    _, first, _ = _two_known(world)
    for path in ("/v1/companies", "/v1/subscriptions"):
        world.pax8.faults.plan(path, answers(503), times=1_000)

    job = world.api.change("syncProvider", "job { id }", providerKey=PROVIDER)["job"]
    waiting = wait_for(lambda: _in_retry(world, job["id"]), "the job to be tried again")

    assert waiting["errorCode"] == "PROVIDER_UNREACHABLE"
    assert world.api.subscription(first)["missingSince"] is None
    world.api.change("cancelJob", jobId=job["id"])
    _goes_on(world, first, 8)


def test_an_answer_that_is_no_json_ends_the_run_and_says_so(world: Lab) -> None:
    _, first, _ = _two_known(world)
    world.pax8.faults.plan("/v1/subscriptions", garbage(), times=1_000)

    job = world.api.change("syncProvider", "job { id }", providerKey=PROVIDER)["job"]
    finished = world.api.finish(job["id"])

    assert (finished["status"], finished["errorCode"]) == ("FAILED", "ANSWER_UNREADABLE")
    assert world.api.subscription(first)["missingSince"] is None
    _goes_on(world, first, 8)


def test_a_page_that_repeats_ends_the_listing_and_marks_nothing_missing(world: Lab) -> None:
    company, first, _ = _two_known(world)
    for _ in range(250):
        world.licence(company)
    page = _page_of(world, number=0)
    world.pax8.faults.plan("/v1/subscriptions.*page=1", garbage(page), times=1_000)

    run = world.api.sync()

    assert run["outcome"] == "PARTIAL"
    assert [failure["code"] for failure in run["failures"]] == ["ANSWER_UNREADABLE"]
    assert run["counts"]["missing"] == 0
    _goes_on(world, first, 8)


def test_a_record_without_an_id_is_told_and_takes_nothing_for_absent(world: Lab) -> None:
    _, first, second = _two_known(world)
    world.pax8.break_subscription(second, b'{"quantity": 5, "companyId": "none"}')

    run = world.api.sync()

    assert run["outcome"] == "PARTIAL"
    assert "without an id" in run["failures"][0]["message"]
    assert run["counts"]["missing"] == 0
    assert world.api.subscription(second)["missingSince"] is None
    _goes_on(world, first, 8)


def test_a_negative_quantity_is_told_and_the_known_one_stays(world: Lab) -> None:
    _, first, second = _two_known(world)
    world.pax8.set_quantity(second, -3)

    run = world.api.sync()

    assert run["outcome"] == "PARTIAL"
    assert "-3" in run["failures"][0]["message"]
    assert world.api.subscription(second)["quantity"] == 5
    _goes_on(world, first, 8)


@pytest.mark.parametrize(
    "body",
    [b"not json", b"[]", b'{"query": 5}', b'{"query": "{ nonsense }"}', b"\xff\xfe", b""],
)
def test_a_bad_request_is_answered_in_json_without_a_stack_trace(world: Lab, body: bytes) -> None:
    answer = world.api.http.post(
        "/graphql", content=body, headers={"content-type": "application/json"}
    )

    assert answer.status_code < 500
    errors = answer.json()["errors"]
    assert all(error["extensions"]["code"] for error in errors)
    assert "Traceback" not in answer.text


def test_garbage_ids_are_bad_user_input(world: Lab) -> None:
    answer = world.api.raw("query Q($id: ID!) { subscription(id: $id) { id } }", id="%%%")

    assert [error["extensions"]["code"] for error in answer["errors"]] == ["BAD_USER_INPUT"]


def test_a_full_disk_is_told_and_the_work_is_done_once_there_is_room(tmp_path: Path) -> None:
    port = free_port()
    with served_pax8() as (pax8, settings):
        company = pax8.add_company("Fig Fictional")
        for _ in range(2_000):
            pax8.add_subscription(company, "none", 5)
        process = start(write_config(tmp_path, port, settings))
        try:
            api = Api(f"http://127.0.0.1:{port}")
            wait_for(lambda: is_ready(api, process), "the agent")
            used = (tmp_path / "seatsync.db-wal").stat().st_size
            _limit_files(process.pid, used + 100_000)
            job = api.change("syncProvider", "job { id }", providerKey=PROVIDER)["job"]
            said = wait_for(lambda: _logged(tmp_path, "disk"), "the agent to say it")
            assert api.ask("{ providers { key } }")["providers"]

            _limit_files(process.pid, resource.RLIM_INFINITY)

            finished = api.finish(job["id"])
            assert finished["status"] == "SUCCEEDED"
            assert finished["syncRun"]["counts"]["created"] == 2_000
            assert "Traceback" not in said
            api.http.close()
        finally:
            process.terminate()
            assert process.wait(30) == 0


def test_a_database_file_that_is_read_only_is_told(tmp_path: Path) -> None:
    database = tmp_path / "seatsync.db"
    migrate(f"sqlite:///{database}")
    write_config(tmp_path, 8365, {"client_id": "me", "client_secret": "simulated-secret"})
    database.chmod(0o444)
    tmp_path.chmod(0o555)

    done = _seatsync(tmp_path, "sync", PROVIDER, through=WITHOUT_PRIVILEGE)

    tmp_path.chmod(0o755)
    assert done.returncode in {1, BAD_SETTING}
    assert "seatsync.db" in done.stderr
    assert "Traceback" not in done.stderr
    assert "unexpected" not in done.stderr


def _in_retry(world: Lab, job_id: str) -> Any:
    document = "query J($id: ID!) { job(id: $id) { status errorCode errorMessage } }"
    job = world.api.ask(document, id=job_id)["job"]
    return job if job["status"] == "RETRY" else None


def _page_of(world: Lab, number: int) -> bytes:
    """Return a page of subscriptions as the simulated Pax8 gives it."""
    settings, state = world.pax8_settings, world.pax8.state
    credentials = {
        "client_id": state.client_id,
        "client_secret": state.client_secret,
        "audience": state.audience,
        "grant_type": "client_credentials",
    }
    token = httpx.post(settings["token_url"], json=credentials).json()
    answer = httpx.get(
        f"{settings['base_url']}/subscriptions",
        params={"page": number, "size": 200, "sort": "createdDate,asc"},
        headers={"Authorization": f"Bearer {token['access_token']}"},
    )
    return answer.content


def _limit_files(pid: int, most_bytes: int) -> None:
    resource.prlimit(pid, resource.RLIMIT_FSIZE, (most_bytes, resource.RLIM_INFINITY))


def _logged(folder: Path, word: str) -> str | None:
    log = (folder / "agent.log").read_text()
    return log if word in log else None
