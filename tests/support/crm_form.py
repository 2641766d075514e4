"""A page on an origin of its own that stands in for a contract form of a model-driven app."""

from __future__ import annotations

import json
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from playwright.sync_api import expect
from starlette.applications import Starlette
from starlette.responses import FileResponse, PlainTextResponse, Response
from starlette.routing import Route

from seatsync.sdk.simulator import served

if TYPE_CHECKING:
    from collections.abc import Iterator

    from playwright.sync_api import Page
    from starlette.requests import Request

HERE = Path(__file__).parent
WEB_RESOURCES = HERE.parents[1] / "web" / "crm"
FOLDER = "syn_/seatsync"
"""Where the CRM keeps them, by their names."""


@dataclass
class Crm:
    """The CRM's pages, and how they are set up to call the agent."""

    origin: str = ""
    agent: str = ""
    token: str = ""
    policy: str | None = None
    """The Content-Security-Policy of the environment, if it is a strict one."""

    def form(self, contract: str) -> str:
        """Return the address of a contract's form."""
        return f"{self.origin}/{FOLDER}/crm-form.html?id={contract}"

    async def answer(self, request: Request) -> Response:
        name = request.path_params["name"]
        answer = self._setup() if name == "seatsync-config.js" else FileResponse(_file(name))
        if self.policy is not None:
            answer.headers["Content-Security-Policy"] = self.policy
        return answer

    def _setup(self) -> Response:
        options = f"agent: {json.dumps(self.agent)}, pollMs: 100, retries: 2"
        token = f"token: async () => {json.dumps(self.token)}"
        return PlainTextResponse(
            f"Seatsync.configure({{ {options}, {token} }});", media_type="text/javascript"
        )


def _file(name: str) -> Path:
    own = {"crm-form.html": HERE / "crm_form.html", "crm-form.js": HERE / "crm_form.js"}
    return own.get(name, WEB_RESOURCES / name)


@contextmanager
def serve_crm() -> Iterator[Crm]:
    """Serve the CRM's pages on a loopback origin of their own."""
    crm = Crm()
    with served(Starlette(routes=[Route(f"/{FOLDER}/{{name}}", crm.answer)])) as origin:
        crm.origin = origin
        yield crm


class Form:
    """The form, as a person uses it."""

    def __init__(self, page: Page) -> None:
        self.page = page
        self.dialog = page.frame_locator("#page iframe")

    def press(self, button: str) -> None:
        self.page.locator(f"nav #{button}").click()

    def confirm(self, *texts: str) -> None:
        """Say yes to what is asked, which must mention these texts."""
        for text in texts:
            expect(self.page.locator("#confirm")).to_contain_text(text)
        self.page.locator("#confirm").get_by_role("button", name="Yes").click()

    def close_dialog(self) -> None:
        self.page.locator("#page > button").click()

    def expect_notice(self, text: str, level: str = "INFO") -> None:
        """Wait until the form's one notification has this text and level."""
        expect(self.page.locator(f"#notices li.{level}")).to_contain_text(text)
        expect(self.page.locator("#notices li")).to_have_count(1)

    def expect_told(self, text: str) -> None:
        """Wait until the preview's dialog tells this."""
        expect(self.dialog.locator("#notice")).to_contain_text(text)
