"""Taking a port, and what comes in on it."""

from __future__ import annotations

import asyncio
import socket
from contextlib import closing

from seatsync.bootstrap.server import listen


async def _accepted_without_delay(listening: socket.socket) -> bool:
    """Connect, and tell whether what the agent writes there is sent at once."""
    accepted: asyncio.Queue[asyncio.StreamWriter] = asyncio.Queue()
    server = await asyncio.start_server(
        lambda _, writer: accepted.put_nowait(writer), sock=listening
    )
    async with server:
        _, client = await asyncio.open_connection(*listening.getsockname()[:2])
        writer = await accepted.get()
        option = writer.get_extra_info("socket").getsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY)
        for each in (client, writer):
            each.close()
            await each.wait_closed()
    return bool(option)


def test_an_answer_does_not_wait_for_the_client_to_acknowledge_its_beginning() -> None:
    with closing(listen("127.0.0.1", 0)) as listening:
        assert asyncio.run(_accepted_without_delay(listening))
