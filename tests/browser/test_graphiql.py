"""GraphiQL in a real browser, with nothing within reach but the agent itself."""

from __future__ import annotations

import hashlib
import re
from typing import TYPE_CHECKING

import pytest
from playwright.sync_api import expect

from black_box import PROVIDER, lab, wait_for
from chromium import find_chromium, visit
from graphiql_page import graphiql
from seatsync.sdk.simulator import slow

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from playwright.sync_api import Browser

    from black_box import Lab

KEY = "a-key-that-only-this-test-knows"
STORIES = [
    *("FindContracts", "Preview", "Proceed", "FollowJob", "Report"),
    *("SwitchLanding", "SetDefault", "SyncProvider", "Unassigned", "FindExceptions"),
]


@pytest.fixture
def guarded(tmp_path: Path, migrated_sqlite_url: str) -> Iterator[Lab]:
    """An agent that answers those who have the key."""
    del migrated_sqlite_url
    digest = hashlib.sha256(KEY.encode()).hexdigest()
    entry = {"name": "front-end", "sha256": digest, "roles": ["PROVISIONING"]}
    with lab(tmp_path, sections={"auth": {"mode": "keys", "keys": [entry]}}) as running:
        running.api.http.headers["Authorization"] = f"Bearer {KEY}"
        yield running


def test_the_page_comes_from_the_agent_alone_and_keeps_its_policy(
    world: Lab, browser: Browser
) -> None:
    with graphiql(browser, world.api.origin) as page:
        assert page.tabs == STORIES
        page.run()
        page.wait_for_answer('"billingContracts"')
        page.open("Preview")
        page.page.wait_for_load_state("networkidle")
    assert page.visit.requests
    assert page.visit.strangers == []
    assert page.visit.complaints == []


def test_a_query_is_run_and_its_result_is_shown(world: Lab, browser: Browser) -> None:
    contract = world.api.contract(world.api.account("Imaginary Mills"), "Yearly")
    with graphiql(browser, world.api.origin) as page:
        page.run()
        assert contract in page.wait_for_answer('"ImaginaryMills"', '"Yearly"')


def test_the_schema_can_be_looked_up(world: Lab, browser: Browser) -> None:
    with graphiql(browser, world.api.origin) as page:
        page.page.get_by_label("Show Documentation Explorer").click()
        docs = page.page.locator(".graphiql-plugin")
        docs.get_by_text("LiveUpdates", exact=True).click()
        expect(docs).to_contain_text("syncReport")
        docs.get_by_text("Job", exact=True).click()
        expect(docs).to_contain_text("progress")


def test_the_editor_marks_what_the_schema_does_not_have(world: Lab, browser: Browser) -> None:
    with graphiql(browser, world.api.origin) as page:
        page.ask("query { viewer { nickname } }")
        expect(page.page.locator(".squiggly-error").first).to_be_attached()


def test_the_first_story_can_be_lived_through_in_its_tabs(world: Lab, browser: Browser) -> None:
    account = world.api.account("Imaginary Mills")
    contract = world.api.contract(account)
    licence = world.licence(world.company("Imaginary Mills", account), 5)
    with graphiql(browser, world.api.origin) as page:
        page.open("Preview")
        page.give(billingContractId=contract)
        page.run()
        previewed = page.wait_for_answer('"checksum"', '"NEW"')
        [ticked] = re.findall(r'"candidates":\[\{"id":"([0-9a-f-]{36})"', previewed)
        world.pax8.faults.plan("/v1/subscriptions", slow(1.0))
        page.open("Proceed")
        page.give(billingContractId=contract, subscriptionIds=[ticked])
        page.run()
        [job] = re.findall(
            r'"job":\{"id":"([0-9a-f-]{36})"', page.wait_for_answer('"userErrors":[]')
        )
        page.open("FollowJob")
        page.give(jobId=job)
        page.run()
        page.wait_for_answer(job, '"SUCCEEDED"')
        page.open("Report")
        page.run()
        page.wait_for_answer('"CREATED"', '"ExampleSuite"')
    assert page.visit.complaints == []
    assert world.api.subscription(licence)["billingContract"]["id"] == contract


def test_report_entries_appear_as_they_are_written(world: Lab, browser: Browser) -> None:
    world.licence(world.company("Imaginary Mills"), 5)
    with graphiql(browser, world.api.origin) as page:
        page.ask("subscription { syncReport { subscriptionName change } }")
        page.run()
        wait_for(lambda: page.answer() == "" and page.visit.frames[1:], "the subscription")
        world.api.sync()
        page.wait_for_answer('"change":"CREATED"')


def test_without_a_key_the_answer_says_so_and_with_one_it_is_there(
    guarded: Lab, browser: Browser
) -> None:
    with graphiql(browser, guarded.api.origin) as page:
        page.ask("query { viewer { name roles } }")
        page.run()
        page.wait_for_answer('"UNAUTHENTICATED"')
        page.authorize(KEY)
        page.run()
        page.wait_for_answer('"front-end"', '"PROVISIONING"')


def test_a_key_that_was_given_once_opens_the_other_tabs_too(guarded: Lab, browser: Browser) -> None:
    with graphiql(browser, guarded.api.origin) as page:
        page.authorize(KEY)
        page.run()
        page.wait_for_answer('"billingContracts"')
        page.open("Report")
        page.run()
        page.wait_for_answer('"syncReport"')


def test_live_updates_carry_the_key_too(guarded: Lab, browser: Browser) -> None:
    job = guarded.api.change("syncProvider", "job { id }", providerKey=PROVIDER)["job"]["id"]
    with graphiql(browser, guarded.api.origin) as page:
        page.open("FollowJob")
        page.give(jobId=job)
        page.run()
        page.wait_for_answer("4403")
        page.authorize(KEY)
        page.run()
        page.wait_for_answer(job, '"SUCCEEDED"')


def test_a_key_is_forgotten_with_the_page(guarded: Lab, browser: Browser) -> None:
    with graphiql(browser, guarded.api.origin) as page:
        page.authorize(KEY)
        page.run()
        page.wait_for_answer('"billingContracts"')
        page.open("Preview")
        wait_for(lambda: "graphiql:queries" in page.stored(), "the history")
        assert KEY not in page.stored()
        page.page.reload()
        page.open("FindContracts")
        page.run()
        page.wait_for_answer('"UNAUTHENTICATED"')


def test_what_was_written_is_still_there_after_a_reload(world: Lab, browser: Browser) -> None:
    with graphiql(browser, world.api.origin) as page:
        page.open("Preview")
        page.give(billingContractId="remember-me")
        # Once as what was written last, once in its tab, a moment later.
        wait_for(lambda: page.stored().count("remember-me") == 2, "the page to store it")
        page.page.reload()
        page.open("Preview")
        expect(page.page.locator(".graphiql-editor-tool")).to_contain_text("remember-me")
        assert page.tabs == STORIES


def test_where_graphiql_is_not_built_a_plain_page_works_and_says_how_to_get_it(
    tmp_path: Path, migrated_sqlite_url: str, browser: Browser, monkeypatch: pytest.MonkeyPatch
) -> None:
    del migrated_sqlite_url
    monkeypatch.setattr("seatsync_graphql.app.BUNDLE", tmp_path / "nothing")
    with lab(tmp_path) as world, visit(browser, world.api.origin) as opened:
        opened.page.goto(f"{world.api.origin}/graphql")
        expect(opened.page.locator("body")).to_contain_text("make graphiql")
        expect(opened.page.locator("body")).to_contain_text("Node.js 20")
        opened.page.get_by_role("button", name="Run").click()
        expect(opened.page.locator("#answer")).to_contain_text('"billingContracts"')
    assert opened.complaints == []
    assert opened.strangers == []


def test_a_missing_browser_is_a_failure_that_says_how_to_get_one(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("PATH", "")
    with pytest.raises(pytest.fail.Exception, match="apt-get install chromium"):
        find_chromium()
