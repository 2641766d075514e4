"""The CRM's command buttons in a real browser, calling the agent from another origin."""

from __future__ import annotations

import hashlib
import json
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

import pytest
from playwright.sync_api import expect

from black_box import lab
from chromium import visit
from crm_form import Crm, Form, serve_crm

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from playwright.sync_api import Browser, Route

    from black_box import Lab

PROVISIONING, READER = "key-of-a-provisioner", "key-of-a-reader"
JOBS = "{ jobs(filter: { kind: SYNC_SUBSCRIPTIONS }) { totalCount } }"


@pytest.fixture
def crm() -> Iterator[Crm]:
    """The CRM, on an origin that the agent knows."""
    with serve_crm() as served:
        yield served


@pytest.fixture
def world(tmp_path: Path, migrated_sqlite_url: str, crm: Crm) -> Iterator[Lab]:
    """An agent that welcomes the CRM's pages, with their token."""
    del migrated_sqlite_url
    keys = [_entry(PROVISIONING, "PROVISIONING", "BILLING"), _entry(READER, "READER")]
    sections = {
        "server": {"cors_origins": [crm.origin]},
        "auth": {"mode": "keys", "keys": keys},
    }
    with lab(tmp_path, sections=sections) as running:
        running.api.http.headers["Authorization"] = f"Bearer {PROVISIONING}"
        crm.agent, crm.token = running.api.origin, PROVISIONING
        yield running


def _entry(key: str, *roles: str) -> dict[str, Any]:
    return {
        "name": key,
        "sha256": hashlib.sha256(key.encode()).hexdigest(),
        "roles": list(roles),
    }


@pytest.fixture
def contract(world: Lab) -> str:
    """A contract whose account is not mapped yet."""
    return world.api.contract(world.api.account("Imaginary Mills"), "Yearly")


@pytest.fixture
def company(world: Lab, contract: str) -> str:
    """The provider's customer, mapped to the contract's account."""
    found = world.api.ask(ACCOUNT, id=contract)["billingContract"]["account"]["id"]
    return world.company("Imaginary Mills", found)


ACCOUNT = "query Account($id: ID!) { billingContract(id: $id) { account { id } } }"


@contextmanager
def _form(browser: Browser, crm: Crm, contract: str) -> Iterator[Form]:
    with visit(browser, crm.origin, crm.agent) as opened:
        opened.page.goto(crm.form(contract))
        yield Form(opened.page)
    assert opened.strangers == []


def _tick_and_proceed(form: Form, name: str) -> None:
    form.press("preview")
    form.dialog.get_by_label(name).check()
    form.dialog.get_by_role("button", name="Sync now").click()


def test_a_ticked_subscription_comes_onto_the_contract(
    world: Lab, crm: Crm, contract: str, company: str, browser: Browser
) -> None:
    licence = world.licence(company, 7)
    with _form(browser, crm, contract) as form:
        _tick_and_proceed(form, "Example Suite")
        form.expect_told("Synced: 1 new, 0 changed, 0 unchanged.")
        form.close_dialog()
        expect(form.page.locator("#refreshed")).to_have_text("1")
    assert world.api.subscription(licence)["billingContract"]["id"] == contract


def test_what_is_on_the_contract_follows_when_the_user_confirms(
    world: Lab, crm: Crm, contract: str, company: str, browser: Browser
) -> None:
    licence = world.licence(company, 7)
    ticked = [one["id"] for one in world.api.preview(contract)["candidates"]]
    world.api.proceed(contract, ticked)
    world.pax8.set_quantity(licence, 9)
    world.licence(company, 1)
    with _form(browser, crm, contract) as form:
        form.press("sync")
        form.confirm("quantity 7 → 9", "1 new, left out")
        form.expect_notice("Synced: 0 new, 1 changed")
        expect(form.page.locator("#refreshed")).to_have_text("1")
    assert world.api.subscription(licence)["quantity"] == 9
    [updated] = world.api.report(change="UPDATED")
    assert updated["run"]["trigger"] == "MANUAL"


def test_two_clicks_are_one_job(
    world: Lab, crm: Crm, contract: str, company: str, browser: Browser
) -> None:
    world.licence(company, 7)
    with _form(browser, crm, contract) as form:
        form.press("preview")
        form.dialog.get_by_label("Example Suite").check()
        form.dialog.get_by_role("button", name="Sync now").dblclick()
        form.expect_told("Synced: 1 new")
        form.close_dialog()
        form.page.locator("nav #sync").dblclick()
        form.confirm("Nothing has changed.")
        form.expect_notice("Synced: 0 new, 0 changed, 1 unchanged.")
    assert world.api.ask(JOBS)["jobs"]["totalCount"] == 2


def test_an_answer_that_is_lost_is_asked_for_again_and_stays_one_job(
    world: Lab, crm: Crm, contract: str, company: str, browser: Browser
) -> None:
    world.licence(company, 7)
    with _form(browser, crm, contract) as form:
        lost: list[str] = []

        def lose_the_first(route: Route) -> None:
            if _asks_for(route, "Proceed") and not lost:
                lost.append(route.fetch().text())
                route.abort("connectionreset")
            else:
                route.continue_()

        form.page.route(f"{crm.agent}/graphql", lose_the_first)
        _tick_and_proceed(form, "Example Suite")
        form.expect_told("Synced: 1 new")
    assert "job" in lost[0]
    assert world.api.ask(JOBS)["jobs"]["totalCount"] == 1


def test_a_connection_that_stays_lost_is_told(
    world: Lab, crm: Crm, contract: str, company: str, browser: Browser
) -> None:
    with _form(browser, crm, contract) as form:
        form.page.route(f"{crm.agent}/graphql", lambda route: route.abort("connectionreset"))
        form.press("sync")
        form.expect_notice(f"seatsync does not answer at {crm.agent}", "ERROR")


def test_pages_of_another_origin_are_refused_and_told_what_may_be_missing(
    world: Lab, crm: Crm, contract: str, company: str, browser: Browser
) -> None:
    with serve_crm() as stranger:
        stranger.agent, stranger.token = crm.agent, crm.token
        with _form(browser, stranger, contract) as form:
            form.press("sync")
            form.expect_notice("server.cors_origins", "ERROR")
    assert world.api.report() == []


@pytest.mark.parametrize("is_named", [True, False])
def test_under_a_strict_policy_the_agent_must_be_named(
    world: Lab, crm: Crm, contract: str, company: str, browser: Browser, *, is_named: bool
) -> None:
    named = f" {crm.agent}" if is_named else ""
    crm.policy = f"default-src 'self'; connect-src 'self'{named}; frame-ancestors 'self'"
    world.licence(company, 7)
    with _form(browser, crm, contract) as form:
        form.press("preview")
        if is_named:
            expect(form.dialog.get_by_label("Example Suite")).to_be_visible()
        else:
            form.expect_told("content security policy")


def test_a_refused_sync_says_why_and_what_to_do(
    world: Lab, crm: Crm, contract: str, browser: Browser
) -> None:
    with _form(browser, crm, contract) as form:
        form.press("preview")
        form.expect_told("Map")
        form.dialog.get_by_role("button", name="Sync now").click()
        form.expect_told("No provider account that is synced is mapped")
        form.expect_told("Map the provider's customer to this account first.")
    assert world.api.ask(JOBS)["jobs"]["totalCount"] == 0


def test_what_moved_after_the_preview_is_told_and_nothing_is_done(
    world: Lab, crm: Crm, contract: str, company: str, browser: Browser
) -> None:
    licence = world.licence(company, 7)
    with _form(browser, crm, contract) as form:
        form.press("preview")
        form.dialog.get_by_label("Example Suite").check()
        world.pax8.set_quantity(licence, 8)
        form.dialog.get_by_role("button", name="Sync now").click()
        form.expect_told("nothing was done. Look at a new preview.")
        form.dialog.get_by_role("button", name="Preview again").click()
        form.expect_told("Tick what is new")
        form.dialog.get_by_label("Example Suite").check()
        form.dialog.get_by_role("button", name="Sync now").click()
        form.expect_told("Synced: 1 new")
    assert world.api.subscription(licence)["quantity"] == 8


def test_another_default_is_replaced_only_when_the_user_says_so(
    world: Lab, crm: Crm, contract: str, browser: Browser
) -> None:
    account = world.api.ask(ACCOUNT, id=contract)["billingContract"]["account"]["id"]
    world.api.contract(account, "Monthly", isDefault=True)
    with _form(browser, crm, contract) as form:
        form.press("default")
        form.confirm("Monthly")
        form.expect_notice("New subscriptions of Imaginary Mills land on Yearly.")
    found = world.api.ask("{ billingContracts { nodes { name isDefault } } }")
    defaults = [one["name"] for one in found["billingContracts"]["nodes"] if one["isDefault"]]
    assert defaults == ["Yearly"]


@pytest.mark.parametrize(
    ("token", "told"), [(READER, "Ask an administrator for this role"), ("", "Sign in again")]
)
def test_who_may_not_sync_is_told_so(
    world: Lab, crm: Crm, contract: str, browser: Browser, token: str, told: str
) -> None:
    crm.token = token
    with _form(browser, crm, contract) as form:
        form.press("sync")
        form.expect_notice(told, "ERROR")


def _asks_for(route: Route, name: str) -> bool:
    asked = route.request.post_data
    return asked is not None and json.loads(asked)["operationName"] == name
