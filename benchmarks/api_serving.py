"""Serving one contender until its standard input is closed."""

from __future__ import annotations

import socket
import sys
import threading
from typing import Any

import uvicorn


def serve(app: Any) -> None:
    """Serve on a free port of loopback, and print which."""
    listening = socket.create_server(("127.0.0.1", 0))
    listening.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    server = uvicorn.Server(
        uvicorn.Config(app, ws="none", log_config=None, access_log=False, server_header=False)
    )
    threading.Thread(target=_end_with_input, args=[server], daemon=True).start()
    print(listening.getsockname()[1], flush=True)
    server.run(sockets=[listening])


def _end_with_input(server: uvicorn.Server) -> None:
    sys.stdin.read()
    server.should_exit = True
