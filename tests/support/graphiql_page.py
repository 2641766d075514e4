"""GraphiQL, as a person uses it."""

from __future__ import annotations

import json
import re
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from playwright.sync_api import expect

from black_box import wait_for
from chromium import visit

if TYPE_CHECKING:
    from collections.abc import Iterator

    from playwright.sync_api import Browser, Locator

    from chromium import Visit

_SPACE = re.compile(r"\s+")
_PASTE = """(text) => {
  const clipboardData = new DataTransfer();
  clipboardData.setData("text/plain", text);
  const options = { bubbles: true, cancelable: true, clipboardData };
  document.activeElement.dispatchEvent(new ClipboardEvent("paste", options));
}"""


class GraphiQL:
    """One page of GraphiQL."""

    def __init__(self, opened: Visit) -> None:
        self.visit = opened
        self.page = opened.page
        self._tabs = opened.page.locator(".graphiql-tab-button")

    @property
    def tabs(self) -> list[str]:
        """The names of the tabs."""
        return self._tabs.all_inner_texts()

    def open(self, tab: str) -> None:
        """Go to a tab, and wait until its document is shown."""
        self._tabs.filter(has_text=re.compile(rf"^{tab}$")).click()
        expect(self._editor("query")).to_contain_text(re.compile(rf"\b{tab}\b"))
        self._settle()

    def ask(self, document: str) -> None:
        """Write a document into a new tab."""
        self.page.get_by_label("New tab").click()
        self._write("query", document)

    def give(self, **variables: Any) -> None:
        """Write the variables of the open tab."""
        self.page.get_by_role("button", name="Variables", exact=True).click()
        self._write("variables", json.dumps(variables))

    def authorize(self, key: str) -> None:
        """Write the credentials into the headers of the open tab."""
        self.page.get_by_role("button", name="Headers", exact=True).click()
        self._write("headers", json.dumps({"Authorization": f"Bearer {key}"}))

    def run(self) -> None:
        self.page.locator(".graphiql-execute-button").click()

    def answer(self) -> str:
        """Return the answer that is shown, without any white space."""
        lines = self.page.locator(".graphiql-response .view-lines")
        return _SPACE.sub("", lines.inner_text()) if lines.count() else ""

    def wait_for_answer(self, *parts: str) -> str:
        """Wait until the answer has all these parts, and return it."""

        def look() -> str | None:
            answer = self.answer()
            return answer if all(part in answer for part in parts) else None

        try:
            found: str = wait_for(look, f"{parts}")
        except AssertionError as missing:
            missing.add_note(f"the answer is {self.answer()}")
            raise
        return found

    def stored(self) -> str:
        """Return all that the browser would still know tomorrow."""
        stored: str = self.page.evaluate("JSON.stringify([localStorage, document.cookie])")
        return stored

    def _write(self, editor: str, text: str) -> None:
        self._editor(editor).click()
        self.page.keyboard.press("ControlOrMeta+A")
        # Pasted, because the editor closes the brackets of what is typed.
        self.page.evaluate(_PASTE, text)
        self._settle()

    def _settle(self) -> None:
        """Let the page take in what was written: it waits for half a second whether more comes."""
        self.page.evaluate("new Promise((done) => setTimeout(done, 600))")

    def _editor(self, kind: str) -> Locator:
        places = {
            "query": ".graphiql-query-editor .view-lines",
            "variables": ".graphiql-editor-tool .graphiql-editor:not(.hidden) .view-lines",
            "headers": ".graphiql-editor-tool .graphiql-editor:not(.hidden) .view-lines",
        }
        return self.page.locator(places[kind]).first


@contextmanager
def graphiql(browser: Browser, origin: str) -> Iterator[GraphiQL]:
    """Open GraphiQL of the agent at an origin, with nothing else within reach."""
    with visit(browser, origin) as opened:
        opened.page.goto(f"{origin}/graphql")
        shown = GraphiQL(opened)
        expect(opened.page.locator(".graphiql-query-editor .view-lines")).to_contain_text("query")
        yield shown
