"""Virtual time, and a wire that answers from a script."""

from __future__ import annotations

from typing import TYPE_CHECKING

import httpx
import pytest

from seatsync.sdk.http import RetryPolicy, open_client
from virtual_time import VirtualTime

if TYPE_CHECKING:
    from collections.abc import Callable


class Script(httpx.BaseTransport):
    """Gives its answers in turn, the last one for ever; exceptions are raised."""

    def __init__(self, *answers: httpx.Response | Exception) -> None:
        self.answers = list(answers)
        self.asked: list[httpx.Request] = []

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        self.asked.append(request)
        answer = self.answers.pop(0) if len(self.answers) > 1 else self.answers[0]
        if isinstance(answer, Exception):
            raise answer
        return httpx.Response(answer.status_code, headers=answer.headers, content=answer.content)


@pytest.fixture
def time() -> VirtualTime:
    return VirtualTime()


@pytest.fixture
def script() -> Callable[..., Script]:
    return Script


@pytest.fixture
def client(time: VirtualTime) -> Callable[..., httpx.Client]:
    """Open a client on a script, with the longest possible jitter."""

    def open_on(
        wire: httpx.BaseTransport, auth: httpx.Auth | None = None, per_second: float = 1e9
    ) -> httpx.Client:
        return open_client(
            time.context,
            base_url="https://api.example/v1",
            timeout_s=5,
            max_requests_per_second=per_second,
            auth=auth,
            retry=RetryPolicy(attempts=4, first_wait_s=1.0, jitter=lambda _, most: most),
            wire=wire,
        )

    return open_on
