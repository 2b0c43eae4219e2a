"""Cards a caller did not want to wait for. Pending ones and failures live in memory, answers in the store."""

from __future__ import annotations

import threading
import time

from cardscan.errors import CardscanError

KEEP_FAILED_SECONDS = 3600.0
KEEP_FAILED = 1000


class Jobs:
    """Which asynchronous verifications are pending, and why some failed. Safe to use from several threads."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._pending: set[str] = set()
        self._failed: dict[str, tuple[float, CardscanError]] = {}

    def start(self, job_id: str) -> None:
        with self._lock:
            self._pending.add(job_id)

    def done(self, job_id: str) -> None:
        with self._lock:
            self._pending.discard(job_id)

    def fail(self, job_id: str, error: CardscanError) -> None:
        now = time.monotonic()
        with self._lock:
            self._pending.discard(job_id)
            self._failed[job_id] = (now, error)
            while self._failed:
                oldest = next(iter(self._failed))
                if len(self._failed) <= KEEP_FAILED and self._failed[oldest][0] > now - KEEP_FAILED_SECONDS:
                    break
                del self._failed[oldest]

    def is_pending(self, job_id: str) -> bool:
        return job_id in self._pending

    def failure(self, job_id: str) -> CardscanError | None:
        """Why a job failed, for an hour after it did."""
        failed = self._failed.get(job_id)
        return None if failed is None else failed[1]
