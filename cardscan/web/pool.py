"""The readers: a bounded pool of threads, so that reading never holds up the event loop nor grows without limit."""

from __future__ import annotations

import math
import threading
import time
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from typing import TypeVar

from cardscan.errors import Busy

T = TypeVar("T")


class ReaderPool:
    """Runs jobs in threads: at most ``workers`` at once, and at most ``queue`` waiting.

    Args:
        workers: Jobs at the same time.
        queue: Jobs that may wait for a reader.
    """

    def __init__(self, workers: int, queue: int) -> None:
        self.workers = workers
        self.capacity = workers + queue
        self._threads = ThreadPoolExecutor(workers, thread_name_prefix="reader")
        self._lock = threading.Lock()
        self._inside = 0
        self._seconds = 1.0

    @property
    def running(self) -> int:
        return min(self._inside, self.workers)

    @property
    def waiting(self) -> int:
        return max(0, self._inside - self.workers)

    def check_room(self) -> None:
        """Refuse early, before an upload is read for nothing. Raises Busy."""
        if self._inside >= self.capacity:
            raise Busy

    def submit(self, job: Callable[[], T]) -> Future[T]:
        """Queue a job.

        Raises:
            Busy: All readers are busy and the queue is full.
        """
        with self._lock:
            if self._inside >= self.capacity:
                raise Busy
            self._inside += 1
        try:
            future = self._threads.submit(self._timed, job)
        except BaseException:
            self._leave()
            raise
        future.add_done_callback(lambda _done: self._leave())
        return future

    def retry_after(self) -> int:
        """Seconds after which a place should be free: what waits, at the pace of the last jobs."""
        return max(1, min(60, math.ceil((self.waiting + 1) * self._seconds / self.workers)))

    def close(self) -> None:
        """Finish the jobs that run, drop those that wait."""
        self._threads.shutdown(wait=True, cancel_futures=True)

    def _timed(self, job: Callable[[], T]) -> T:
        began = time.monotonic()
        try:
            return job()
        finally:
            self._seconds += 0.2 * (time.monotonic() - began - self._seconds)

    def _leave(self) -> None:
        with self._lock:
            self._inside -= 1
