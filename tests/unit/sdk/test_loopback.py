"""The redirect that ends a sign-in, received on loopback."""

from __future__ import annotations

import socket

import httpx
import pytest

from seatsync.errors import Cancelled, SetupError
from seatsync.sdk.context import Control
from seatsync.sdk.http.loopback import awaited_redirect

PATIENCE_S = 10.0


def test_the_first_redirect_with_a_result_is_taken() -> None:
    with awaited_redirect(0) as redirect:
        origin = f"http://127.0.0.1:{redirect.port}"
        assert httpx.get(f"{origin}/favicon.ico").status_code == 200
        httpx.get(f"{origin}/?code=a%2Bb&state=s")
        httpx.get(f"{origin}/?code=another")
        assert redirect.wait(Control(), PATIENCE_S) == {"code": "a+b", "state": "s"}


def test_nobody_coming_is_none() -> None:
    with awaited_redirect(0) as redirect:
        assert redirect.wait(Control(), 0.1) is None


def test_the_wait_ends_when_it_is_asked_to() -> None:
    control = Control()
    control.cancel()
    with awaited_redirect(0) as redirect, pytest.raises(Cancelled):
        redirect.wait(control, PATIENCE_S)


def test_a_port_that_is_taken_is_told_with_a_remedy() -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        with pytest.raises(SetupError) as raised, awaited_redirect(port):
            pass
    assert raised.value.remedy == "Choose another port with --port."


def test_what_the_browser_brings_is_never_logged(capfd: pytest.CaptureFixture[str]) -> None:
    with awaited_redirect(0) as redirect:
        httpx.get(f"http://127.0.0.1:{redirect.port}/?code=as-good-as-a-password")
    assert capfd.readouterr() == ("", "")
