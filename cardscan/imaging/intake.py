"""The safe door for pictures: a caller's bytes become arrays, in worker processes that may die for it.

A worker may crash, hang or ask for all memory; the file it had is answered with an error, the next one gets a new
worker. Nothing a worker says reaches stdout or stderr, and workers die with this process, however it ends.
"""

from __future__ import annotations

import mmap
import signal
import threading
from collections.abc import Callable
from concurrent.futures import BrokenExecutor, CancelledError, Future
from types import TracebackType
from typing import Any, TypeVar

import numpy as np
from pebble import ProcessExpired, ProcessPool

from cardscan.errors import EmptyFile, FileTooLarge, PictureCrash, PictureError, PictureTooSlow
from cardscan.imaging.decoding import ALL, Limits, Page
from cardscan.imaging.formats import sniff
from cardscan.imaging.handover import decode_onto
from cardscan.imaging.isolation import GRACE_SECONDS, Sheet, enter_worker, run_capped, worker_context
from cardscan.records import Photo

__all__ = ["Intake", "Limits"]

T = TypeVar("T")

# A worker is replaced after this many files: what decoders leak must not add up to a memory limit.
_FILES_PER_WORKER = 500
# Above the time limit: for the start of a worker on a busy machine, before its clock runs.
_START_SECONDS = 30.0


class Intake:
    """Opens files as pictures. Safe to call from several threads; costs nothing until the first file.

    Args:
        limits: What one file may cost.
        workers: Files decoded at the same time; further callers wait.
    """

    def __init__(self, limits: Limits, workers: int = 2) -> None:
        self._limits = limits
        self._workers = workers
        self._slots = threading.Semaphore(workers)
        self._lock = threading.Lock()
        self._pool: ProcessPool | None = None
        self._waiting: dict[Future[Any], ProcessPool] = {}
        self._closed = False

    def __enter__(self) -> Intake:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def open(
        self, name: str, data: bytes, *, target_side: int | None = None, page: int | None = None
    ) -> tuple[Photo, ...]:
        """All pages of a file, in order, or one of them.

        Args:
            name: The caller's name for it; it becomes ``Photo.source`` and goes nowhere else.
            data: The file.
            target_side: Pixels that suffice for the long side: the pixels of the answer have at least as many (where
                the file has) and mostly less than twice. None: all pixels.

        Raises:
            PictureError: A subclass for each way in which it cannot be opened.
            RuntimeError: The intake is closed.
        """
        if target_side is not None and target_side < 1:
            raise ValueError("target_side is at least 1")
        if not data:
            raise EmptyFile
        if len(data) > self._limits.max_bytes:
            raise FileTooLarge(f"The limit is {self._limits.max_bytes / 1e6:g} MB; it has {len(data) / 1e6:.2f}.")
        sniff(data)  # no need to trouble a worker with what is no picture
        with Sheet() as sheet:
            wanted = ALL if page is None else slice(page, page + 1)
            pages = self._run(decode_onto, sheet.path, data, self._limits, target_side, wanted)
            return _photos(name, pages, sheet, page or 0)

    def start(self) -> None:
        """Start the workers now and wait until one answers, so that the first file does not pay for it."""
        self._run(len, b"")

    def close(self) -> None:
        """Stop the workers. Who still waits for a file gets a RuntimeError."""
        with self._lock:
            self._closed = True
            pool, self._pool = self._pool, None
        if pool is not None:
            self._stop(pool)

    def _run(self, job: Callable[..., T], *args: Any) -> T:
        """The answer of ``job(*args)`` in a worker.

        A pool that broke is replaced, and a worker that died is believed to have died of the picture only when the next
        one does, too: once in thousands of files it is something else.
        """
        with self._slots:
            for last in (False, True):
                pool = self._running()
                try:
                    answer = self._ask(pool, job, args)
                except (BrokenExecutor, RuntimeError):
                    self._drop(pool)
                    continue
                if isinstance(answer, PictureCrash) and not last:
                    continue
                if isinstance(answer, PictureError):
                    raise answer
                return answer
        raise PictureCrash("The process that opened it died.")

    def _ask(self, pool: ProcessPool, job: Callable[..., T], args: tuple[Any, ...]) -> T | PictureError:
        seconds = self._limits.seconds
        slow = PictureTooSlow(f"The limit is {seconds:g} seconds.")
        future = pool.schedule(run_capped, args=(job, seconds, args), timeout=seconds)
        with self._lock:
            self._waiting[future] = pool
        try:
            answer: T | PictureError = future.result(seconds + GRACE_SECONDS + _START_SECONDS)
            return answer
        except CancelledError:  # the pool was stopped under it
            raise BrokenExecutor from None
        except ProcessExpired as expired:
            if expired.exitcode == -signal.SIGALRM:
                return slow
            return PictureCrash("The process that opened it died.")
        except TimeoutError:
            if not future.done():  # the worker was lost before it could say that it had begun
                self._drop(pool)
                return PictureCrash("The process that opened it was lost.")
            return slow
        finally:
            with self._lock:
                del self._waiting[future]

    def _running(self) -> ProcessPool:
        with self._lock:
            if self._closed:
                raise RuntimeError("the intake is closed")
            if self._pool is None:
                self._pool = ProcessPool(
                    max_workers=self._workers,
                    max_tasks=_FILES_PER_WORKER,
                    initializer=enter_worker,
                    initargs=(self._limits.memory_mb,),
                    context=worker_context(),
                )
            return self._pool

    def _drop(self, pool: ProcessPool) -> None:
        with self._lock:
            if self._pool is pool:
                self._pool = None
        self._stop(pool)

    def _stop(self, pool: ProcessPool) -> None:
        pool.stop()  # type: ignore[no-untyped-call]
        pool.join()
        with self._lock:
            left = [future for future, its_pool in self._waiting.items() if its_pool is pool]
        for future in left:  # pebble leaves them waiting for ever
            future.cancel()


def _photos(name: str, pages: tuple[Page, ...], sheet: Sheet, first: int) -> tuple[Photo, ...]:
    if any(page.rgb for page in pages):  # it could not reach the sheet
        rgb: bytes | mmap.mmap | None = b"".join(page.rgb for page in pages)
    else:
        rgb = sheet.read(sum(page.rows * page.columns * 3 for page in pages))
    if rgb is None:
        raise PictureCrash("The process that opened it left no picture.")
    photos, start = [], 0
    for number, page in enumerate(pages, start=first):
        size = page.rows * page.columns * 3
        pixels = np.frombuffer(rgb, np.uint8, size, start).reshape(page.rows, page.columns, 3)
        photos.append(Photo(name, number, pixels, page.width, page.height))
        start += size
    return tuple(photos)
