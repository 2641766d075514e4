"""The page on which queries can be tried; it works without internet.

It is GraphiQL where `make graphiql` has built it, and else a plain page, complete in itself, that
says how to get GraphiQL.
"""

from __future__ import annotations

import secrets
from pathlib import Path
from typing import TYPE_CHECKING

from starlette.exceptions import HTTPException
from starlette.responses import FileResponse, HTMLResponse
from starlette.routing import Route

if TYPE_CHECKING:
    from starlette.requests import Request

BUNDLE = Path(__file__).parent / "graphiql"
"""Where `make graphiql` puts what it builds."""

_PLAIN_PAGE = Path(__file__).parent / "plain_page.html"

_STRICT = "default-src 'none'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
_PLAIN_POLICY = (
    f"{_STRICT}; connect-src 'self'; script-src 'nonce-{{nonce}}'; style-src 'nonce-{{nonce}}'"
)
# The editor (monaco) writes the place of each line as a style attribute, and the colours of its
# theme as style elements, so styles cannot be named one by one; its icons and fonts are in its
# style sheet. Scripts and workers come from files of the bundle only.
_GRAPHIQL_POLICY = (
    f"{_STRICT}; connect-src 'self'; script-src 'nonce-{{nonce}}'; worker-src 'self';"
    " style-src 'self' 'unsafe-inline'; font-src 'self' data:; img-src data:"
)
_FILE_HEADERS = {
    "Cache-Control": "public, max-age=31536000, immutable",
    "Content-Security-Policy": _STRICT,
    "X-Content-Type-Options": "nosniff",
}
"""A file whose name tells its content never changes. Workers obey the policy they come with."""


class Page:
    """Serves the page, and the files that it is made of."""

    def __init__(self, bundle: Path) -> None:
        """Serve what is in the folder `bundle`; the plain page, if that is not there."""
        built = bundle / "page.html"
        self._policy = _GRAPHIQL_POLICY if built.is_file() else _PLAIN_POLICY
        self._template = (built if built.is_file() else _PLAIN_PAGE).read_text("utf-8")
        self._files = {path.name: path for path in bundle.glob("*-*")}
        self.routes = [Route("/graphiql/{name}", self._give, methods=["GET"])]

    def answer(self) -> HTMLResponse:
        """Return the page; only its own scripts may run in it."""
        nonce = secrets.token_urlsafe(16)
        headers = {
            "Content-Security-Policy": self._policy.format(nonce=nonce),
            "Cache-Control": "no-store",
        }
        return HTMLResponse(self._template.replace("{{nonce}}", nonce), headers=headers)

    async def _give(self, request: Request) -> FileResponse:
        path = self._files.get(request.path_params["name"])
        if path is None or not path.is_file():
            raise HTTPException(404)
        return FileResponse(path, headers=_FILE_HEADERS)
