"""How many requests each client has under way, so that one of them cannot hold all places."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager

from cardscan.errors import TooManyRequests


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
