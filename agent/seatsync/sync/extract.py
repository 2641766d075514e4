"""Extract: read listings page by page; several at a time on threads of their own."""

from __future__ import annotations

import threading
from concurrent.futures import ThreadPoolExecutor
from contextlib import AbstractContextManager, closing, nullcontext
from dataclasses import dataclass
from queue import Full, Queue
from typing import TYPE_CHECKING, Generic, TypeVar

from seatsync.errors import SeatsyncError
from seatsync.sync.read_ahead import ReadAhead

if TYPE_CHECKING:
    from collections.abc import Callable, Generator, Iterable, Iterator, Sequence

    from seatsync.sdk.context import Control

T = TypeVar("T")

PAGES_AHEAD = 4
"""How many pages of several listings may wait to be applied; what bounds the memory of a run."""

RECORDS_AHEAD = 2_000
"""How many records of a single listing may; pages differ in size from provider to provider."""

_POLL_S = 0.1


@dataclass(frozen=True, slots=True)
class Source(Generic[T]):
    """One listing to be read: whose it is (None: everybody's), and how."""

    owner: str | None
    read: Callable[[], Iterator[Sequence[T]]]


@dataclass(frozen=True, slots=True)
class PageRead(Generic[T]):
    """One page of a listing."""

    owner: str | None
    records: Sequence[T]


@dataclass(frozen=True, slots=True)
class ListingEnded:
    """The end of a listing; it was complete unless there is a fault."""

    owner: str | None
    fault: SeatsyncError | None = None

    @property
    def is_complete(self) -> bool:
        """Tell whether absence from this listing means anything."""
        return self.fault is None


class Extraction(Generic[T]):
    """Reads several listings at once, and tells their pages and their ends as events.

    A fault ends its own listing only. Closing the iteration early stops the readers.
    """

    def __init__(self, sources: Iterable[Source[T]], readers: int, control: Control) -> None:
        """Prepare to read so many of `sources` at a time."""
        self._sources = iter(sources)
        self._readers = readers
        self._control = control
        self._lock = threading.Lock()
        self._abandoned = threading.Event()
        self._broken_off: set[str | None] = set()
        self._queue: Queue[PageRead[T] | ListingEnded | None] = Queue(maxsize=PAGES_AHEAD)
        self._here = ReadAhead(self._read_here(), _records_in, RECORDS_AHEAD)

    def events(self) -> Generator[PageRead[T] | ListingEnded, None, None]:
        """Yield pages as they arrive, and one end for each listing; raise what broke a reader."""
        # One reader alone would only wait for the other thread, and it for the reader.
        arriving = self._here if self._readers == 1 else self._read_on_threads()
        with closing(arriving):
            for event in arriving:
                self._control.check()
                if event.owner not in self._broken_off:
                    yield event

    def look_at(
        self, page: PageRead[T], look: Callable[[Sequence[T]], None]
    ) -> ListingEnded | None:
        """Have the records of a page looked at; a fault in that ends its listing.

        Returns that end, after which no more is told of the listing.
        """
        try:
            look(page.records)
        except SeatsyncError as fault:
            self._control.check()
            self._broken_off.add(page.owner)
            return ListingEnded(page.owner, fault)
        return None

    def reading_on(self) -> AbstractContextManager[None]:
        """Have the readers go on while the body is busy with what has arrived."""
        return self._here.reading_on() if self._readers == 1 else nullcontext()

    def _read_here(self) -> Generator[PageRead[T] | ListingEnded, None, None]:
        for source in self._sources:
            yield from _events_of(source)

    def _read_on_threads(self) -> Generator[PageRead[T] | ListingEnded, None, None]:
        with ThreadPoolExecutor(self._readers, thread_name_prefix="extract") as pool:
            tasks = [pool.submit(self._work) for _ in range(self._readers)]
            try:
                yield from self._drain()
            finally:
                self._abandoned.set()
            for task in tasks:
                task.result()

    def _drain(self) -> Iterator[PageRead[T] | ListingEnded]:
        running = self._readers
        while running:
            event = self._queue.get()
            if event is None:
                running -= 1
            else:
                yield event

    def _work(self) -> None:
        try:
            while (source := self._next_source()) is not None:
                for event in _events_of(source):
                    self._put(event)
                    if self._abandoned.is_set():
                        break
        finally:
            self._put(None)

    def _next_source(self) -> Source[T] | None:
        with self._lock:
            return None if self._abandoned.is_set() else next(self._sources, None)

    def _put(self, event: PageRead[T] | ListingEnded | None) -> None:
        while not self._abandoned.is_set():
            try:
                self._queue.put(event, timeout=_POLL_S)
            except Full:
                continue
            return


def _records_in(event: PageRead[T] | ListingEnded) -> int:
    return len(event.records) if isinstance(event, PageRead) else 0


def _events_of(source: Source[T]) -> Iterator[PageRead[T] | ListingEnded]:
    """Yield the pages of one listing, and its end."""
    try:
        for page in source.read():
            yield PageRead(source.owner, page)
    except SeatsyncError as fault:
        yield ListingEnded(source.owner, fault)
    else:
        yield ListingEnded(source.owner)
