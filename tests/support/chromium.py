"""A real Chromium, cut off from everything but this machine."""

from __future__ import annotations

import os
import shutil
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import pytest
from playwright.sync_api import expect, sync_playwright

if TYPE_CHECKING:
    from collections.abc import Iterator

    from playwright.sync_api import Browser, ConsoleMessage, Page, Route, WebSocket

PATIENCE_MS = 30_000
_NAMES = ["chromium", "chromium-browser", "google-chrome"]
_TELL_VIOLATIONS = """
addEventListener("securitypolicyviolation", (event) =>
  console.error(`violates ${event.violatedDirective}: ${event.blockedURI}`));
"""


@contextmanager
def run_chromium() -> Iterator[Browser]:
    """Run the machine's Chromium without a window; no name is looked up."""
    arguments = ["--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1"]
    if os.geteuid() == 0 or os.environ.get("CI"):
        # Chromium gives root none, and containers leave no room for one; all pages are our own.
        arguments.append("--no-sandbox")
    expect.set_options(timeout=PATIENCE_MS)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=find_chromium(), args=arguments)
        yield browser
        browser.close()


def find_chromium() -> str:
    """Return its path; without one, fail the test and say how to get it."""
    for name in _NAMES:
        if path := shutil.which(name):
            return path
    pytest.fail("this test needs Chromium; on Debian: apt-get install chromium")


@dataclass
class Visit:
    """A page that is being looked at, and what happened behind it."""

    page: Page
    requests: list[str] = field(default_factory=list)
    strangers: list[str] = field(default_factory=list)
    """Requests that were not to any of the origins that the visit may reach; none got through."""
    complaints: list[str] = field(default_factory=list)
    """What the browser objected to: errors, and violations of the page's policy."""

    frames: list[str | bytes] = field(default_factory=list)
    """What went out over WebSockets."""

    def hear(self, message: ConsoleMessage) -> None:
        if message.type in {"error", "warning"}:
            self.complaints.append(message.text)

    def overhear(self, socket: WebSocket) -> None:
        self.requests.append(socket.url)
        socket.on("framesent", self.note)

    def note(self, frame: str | bytes) -> None:
        self.frames.append(frame)


@contextmanager
def visit(browser: Browser, *origins: str) -> Iterator[Visit]:
    """Open a page of a person whom the browser does not know yet, that can reach these origins."""
    with browser.new_context(viewport={"width": 1500, "height": 900}) as context:
        context.set_default_timeout(PATIENCE_MS)
        context.add_init_script(_TELL_VIOLATIONS)
        opened = Visit(context.new_page())

        def let_through(route: Route) -> None:
            url = route.request.url
            opened.requests.append(url)
            if url.startswith(tuple(f"{origin}/" for origin in origins)):
                route.continue_()
            else:
                opened.strangers.append(url)
                route.abort()

        context.route("**/*", let_through)
        context.on("console", opened.hear)
        opened.page.on("websocket", opened.overhear)
        context.on("weberror", lambda error: opened.complaints.append(str(error.error)))
        yield opened
