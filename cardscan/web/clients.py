"""What clients may hold: requests under way for each of them, and bytes in memory for all together."""

from __future__ import annotations

import threading
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager

from cardscan.errors import Busy, TooManyRequests


class Clients:
    """Counts open uploads by address. Used from the event loop only.

    Args:
        limit: Most uploads of one client at the same time.
    """

    def __init__(self, limit: int) -> None:
        self.limit = limit
        self._open: Counter[str] = Counter()

    @contextmanager
    def one_more(self, client: str) -> Iterator[None]:
        """Hold a place while a request is under way. Raises TooManyRequests."""
        if self._open[client] >= self.limit:
            raise TooManyRequests(f"At most {self.limit} are taken at once.")
        self._open[client] += 1
        try:
            yield
        finally:
            self._open[client] -= 1
            if not self._open[client]:
                del self._open[client]


class Memory:
    """Bytes of uploads that are in memory. Safe to use from several threads.

    Args:
        limit: Most bytes of all uploads together.
    """

    def __init__(self, limit: int) -> None:
        self.limit = limit
        self.held = 0
        self._lock = threading.Lock()

    def lease(self) -> Lease:
        return Lease(self)

    def change(self, by: int) -> None:
        """Raises Busy where the limit would be passed."""
        with self._lock:
            if by > 0 and self.held + by > self.limit:
                raise Busy("The memory for uploads is full.")
            self.held += by


class Lease:
    """The bytes of one upload, held until its cards are read."""

    def __init__(self, memory: Memory) -> None:
        self._memory = memory
        self._bytes = 0

    def take(self, count: int) -> None:
        """Raises Busy where there is no memory left."""
        self._memory.change(count)
        self._bytes += count

    def release(self) -> None:
        """Give all back. Doing so again does nothing."""
        self._memory.change(-self._bytes)
        self._bytes = 0
