"""The redirect that ends a sign-in in the browser, received on loopback (RFC 8252, section 7.3)."""

from __future__ import annotations

import threading
import time
from contextlib import contextmanager
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler, HTTPServer
from typing import TYPE_CHECKING
from urllib.parse import parse_qs, urlsplit

from seatsync.errors import SetupError

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from seatsync.sdk.context import Control

_POLL_S = 0.1
_THANKS = b"<!doctype html><title>seatsync</title><p>You may close this window."


class Redirect:
    """Waits for one redirect, and holds its query."""

    def __init__(self, server: _Server) -> None:
        """Listen with `server`."""
        self._server = server

    @property
    def port(self) -> int:
        """The port that is listened on."""
        return int(self._server.server_address[1])

    def wait(self, control: Control, patience_s: float) -> Mapping[str, str] | None:
        """Return the redirect's parameters, or None if none came within `patience_s`."""
        end = time.monotonic() + patience_s
        while not self._server.came.wait(_POLL_S):
            control.check()
            if time.monotonic() > end:
                return None
        return self._server.query


@contextmanager
def awaited_redirect(port: int) -> Iterator[Redirect]:
    """Listen on loopback for a redirect to `/`; port 0 takes any free one.

    Raises `SetupError` when the port is taken.
    """
    try:
        server = _Server(port)
    except OSError as error:
        message = f"port {port} of this machine cannot be listened on: {error.strerror}"
        raise SetupError(message, remedy="Choose another port with --port.") from error
    thread = threading.Thread(target=server.serve_forever, args=(_POLL_S,), daemon=True)
    thread.start()
    try:
        yield Redirect(server)
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


class _Server(HTTPServer):
    def __init__(self, port: int) -> None:
        self.came = threading.Event()
        self.query: Mapping[str, str] = {}
        super().__init__(("127.0.0.1", port), _Handler)

    def take(self, query: Mapping[str, list[str]]) -> None:
        """Keep the first answer that carries a result; browsers also ask for icons."""
        if not self.came.is_set() and query.keys() & {"code", "error"}:
            self.query = {name: values[0] for name, values in query.items()}
            self.came.set()


class _Handler(BaseHTTPRequestHandler):
    def do_GET(self) -> None:
        """Take what the browser brings, and say that it may go."""
        if isinstance(self.server, _Server):
            self.server.take(parse_qs(urlsplit(self.path).query))
        self.send_response(HTTPStatus.OK)
        self.send_header("Content-Type", "text/html; charset=utf-8")
        self.send_header("Content-Length", str(len(_THANKS)))
        self.end_headers()
        self.wfile.write(_THANKS)

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - as inherited
        """Log nothing: the address holds a code that is as good as a password."""
