"""The page on which queries can be tried, complete in itself: it works without internet."""

from __future__ import annotations

import secrets
from functools import cache
from importlib.resources import files

from starlette.responses import HTMLResponse

_POLICY = (
    "default-src 'none'; style-src 'nonce-{nonce}'; script-src 'nonce-{nonce}';"
    " connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
)


def page_response() -> HTMLResponse:
    """Return the page; only its own script and style may run in it."""
    nonce = secrets.token_urlsafe(16)
    headers = {"Content-Security-Policy": _POLICY.format(nonce=nonce), "Cache-Control": "no-store"}
    return HTMLResponse(_template().replace("{{nonce}}", nonce), headers=headers)


@cache
def _template() -> str:
    return files("seatsync_graphql").joinpath("graphiql.html").read_text("utf-8")
