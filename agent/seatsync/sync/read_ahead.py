"""Reading on while what was read so far is applied."""

from __future__ import annotations

from collections import deque
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from threading import Event
from typing import TYPE_CHECKING, Generic, TypeVar

if TYPE_CHECKING:
    from collections.abc import Callable, Generator, Iterator
    from typing import Self

T = TypeVar("T")


class ReadAhead(Generic[T]):
    """An iterator that reads on by itself, on another thread, while its consumer is busy.

    A provider's answer is waited for, and so is a database: at the same time they take less.
    While the consumer is not busy with anything, a second thread would only be in its way.
    """

    def __init__(
        self, items: Generator[T, None, None], weigh: Callable[[T], int], most: int
    ) -> None:
        """Read `items`; what waits weighs little more than `most` in all, so memory is bounded."""
        self._items = items
        self._weigh = weigh
        self._most = most
        self._waiting: deque[T] = deque()
        self._weight = 0

    def __iter__(self) -> Self:
        """Yield the items in their order."""
        return self

    def __next__(self) -> T:
        """Return what waits, or read it now."""
        if not self._waiting:
            return next(self._items)
        item = self._waiting.popleft()
        self._weight -= self._weigh(item)
        return item

    def close(self) -> None:
        """Read no more."""
        self._items.close()

    @contextmanager
    def reading_on(self) -> Iterator[None]:
        """Read on while the body runs; raise afterwards what broke the reading.

        The body must not ask for items. An item that is being read at its end is waited for.
        """
        enough = Event()
        with ThreadPoolExecutor(1, thread_name_prefix="read-ahead") as pool:
            reading = pool.submit(self._read_on, enough)
            try:
                yield
            finally:
                enough.set()
        reading.result()

    def _read_on(self, enough: Event) -> None:
        for item in self._items:
            self._waiting.append(item)
            self._weight += self._weigh(item)
            if self._weight >= self._most or enough.is_set():
                return
