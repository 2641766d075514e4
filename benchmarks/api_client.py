"""A client that costs next to nothing, so that the servers are what is measured."""

from __future__ import annotations

import asyncio
import time


async def load(port: int, request: bytes, connections: int, seconds: float) -> float:
    """Send one request over and over on some connections; return answers per second."""
    started = time.perf_counter()
    until = started + seconds
    counts = await asyncio.gather(*(_ask_until(port, request, until) for _ in range(connections)))
    return sum(counts) / (time.perf_counter() - started)


async def ask(port: int, request: bytes) -> bytes:
    """Send one request, and return the body of its answer."""
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    try:
        return await exchange(reader, writer, request)
    finally:
        writer.close()


async def _ask_until(port: int, request: bytes, until: float) -> int:
    reader, writer = await asyncio.open_connection("127.0.0.1", port, limit=2**20)
    count = 0
    try:
        while time.perf_counter() < until:
            await exchange(reader, writer, request)
            count += 1
    finally:
        writer.close()
    return count


async def exchange(
    reader: asyncio.StreamReader, writer: asyncio.StreamWriter, request: bytes
) -> bytes:
    """Send one request on an open connection; return the body of its answer, which must be 200."""
    writer.write(request)
    head = await reader.readuntil(b"\r\n\r\n")
    status, *lines = head.decode().lower().split("\r\n")
    [length] = [int(line[15:]) for line in lines if line.startswith("content-length:")]
    body = await reader.readexactly(length)
    if " 200 " not in f"{status} ":
        raise RuntimeError(f"{status}: {body[:500]!r}")
    return body


def get(path: str) -> bytes:
    """Return a GET request."""
    return f"GET {path} HTTP/1.1\r\nHost: localhost\r\n\r\n".encode()


def post(path: str, body: bytes) -> bytes:
    """Return a POST request of JSON."""
    head = (
        f"POST {path} HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n"
        f"Content-Length: {len(body)}\r\n\r\n"
    )
    return head.encode() + body
