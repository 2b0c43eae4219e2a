"""What a running service consists of, and the one way in which it reads a card."""

from __future__ import annotations

import asyncio
import datetime as dt
import logging
import uuid
from collections.abc import Coroutine, Sequence
from concurrent.futures import Future
from functools import partial
from typing import Any

from sqlalchemy.exc import SQLAlchemyError

from cardscan.errors import BadSettings, CardscanError
from cardscan.pipeline import Pipeline, SourceFile
from cardscan.records import Verification, Visit
from cardscan.settings import Settings
from cardscan.store import Batches, NewPicture, Store
from cardscan.web.clients import Clients, Lease, Memory
from cardscan.web.errors import Interrupted, NotReady, StoreUnavailable
from cardscan.web.jobs import Jobs
from cardscan.web.metrics import Metrics
from cardscan.web.pool import ReaderPool
from cardscan.web.problems import RETRY_SECONDS, log_failure

log = logging.getLogger("cardscan.web")

UPLOAD_BYTES = 1_000_000_000
"""Most bytes of uploads in memory, of all requests together."""
SWEEP_SECONDS = 600.0
"""Pause between two sweeps of the pictures, in seconds."""


class Service:
    """The parts of a running service.

    Args:
        settings: The settings it runs with.
        pipeline: The pipeline to use; None: one is built at the start, and closed at the stop.
    """

    def __init__(self, settings: Settings, pipeline: Pipeline | None) -> None:
        self.settings = settings
        self.metrics = Metrics()
        self.jobs = Jobs()
        self.clients = Clients(limit=max(8, 2 * (settings.workers + settings.queue)))
        self.memory = Memory(UPLOAD_BYTES)
        self.pool = ReaderPool(settings.workers, settings.queue)
        self.running_batches = 0
        self._pipeline = pipeline
        self._owns_pipeline = pipeline is None
        self._failure: CardscanError | None = None
        self._warm = False
        self._store: Store | None = None
        self._tasks: set[asyncio.Task[None]] = set()
        self.metrics.running.set_function(lambda: self.pool.running)
        self.metrics.waiting.set_function(lambda: self.pool.waiting)
        self.metrics.ready.set_function(lambda: float(self._warm))

    # --- life ---------------------------------------------------------------------------------------------------

    async def start(self) -> None:
        """Open the store, then warm up in the background, so that the service answers while it gets ready.

        Raises:
            BadSettings: The store cannot be opened.
        """
        self._store = await asyncio.to_thread(Store.open, self.settings)
        await asyncio.to_thread(self.batches.fail_interrupted, error_note(Interrupted()))
        self.spawn(self._warm_up())
        self.spawn(self._sweep())

    async def stop(self) -> None:
        """Finish what is being read, drop what waits, and close everything."""
        for task in tuple(self._tasks):
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        await asyncio.to_thread(self.pool.close)
        if self._owns_pipeline and self._pipeline is not None:
            await asyncio.to_thread(self._pipeline.close)
        if self._store is not None:
            try:
                await asyncio.to_thread(self.batches.fail_interrupted, error_note(Interrupted()))
            except SQLAlchemyError as error:  # the next start does it
                log_failure(error, "stop")
            await asyncio.to_thread(self._store.close)

    def spawn(self, work: Coroutine[Any, Any, None]) -> None:
        """Run a coroutine beside the requests; it is cancelled at the stop."""
        task = asyncio.create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._ended)

    def _ended(self, task: asyncio.Task[None]) -> None:
        self._tasks.discard(task)
        error = None if task.cancelled() else task.exception()
        if error is not None:  # left to the event loop, its message would be printed
            log_failure(error, "background")

    async def _warm_up(self) -> None:
        try:
            await asyncio.to_thread(self._build)
            self._warm = True
            log.info("ready")
        except CardscanError as error:
            self._failure = error
            log.error("not ready: %s", error.code)
        except Exception as error:  # noqa: BLE001 - whatever it is, /readyz must say that the service is not ready
            self._failure = CardscanError()
            log_failure(error, "start")

    def _build(self) -> None:
        if self._pipeline is None:
            self._pipeline = Pipeline(self.settings)
        self._pipeline.warm_up()

    async def _sweep(self) -> None:
        while True:
            await asyncio.sleep(SWEEP_SECONDS)
            try:
                await asyncio.to_thread(self.store.sweep)
            except Exception as error:  # noqa: BLE001 - a sweep that fails must not end the sweeping
                log_failure(error, "sweep")

    # --- parts --------------------------------------------------------------------------------------------------

    @property
    def store(self) -> Store:
        if self._store is None:
            raise NotReady
        return self._store

    @property
    def batches(self) -> Batches:
        return Batches(self.store.database)

    @property
    def pipeline(self) -> Pipeline:
        """The pipeline, as soon as it is built: rules and lists need no engine.

        Raises:
            NotReady: It is not built yet.
            CardscanError: It could not be built.
        """
        if self._pipeline is None:
            raise self._failure or NotReady()
        return self._pipeline

    def check_ready(self) -> None:
        """Raises NotReady, or why the service cannot get ready."""
        if not self._warm:
            raise self._failure or NotReady()

    def retry_after(self) -> int:
        """Seconds after which a refused caller should try again."""
        return self.pool.retry_after() if self._warm else RETRY_SECONDS

    def today(self) -> dt.date:
        return dt.date.today()

    # --- reading ------------------------------------------------------------------------------------------------

    def submit(
        self,
        files: Sequence[SourceFile],
        visit: Visit,
        *,
        as_id: str | None = None,
        item: tuple[str, int] | None = None,
    ) -> Future[Verification]:
        """Queue one card for reading and keeping.

        Args:
            as_id: The id that was promised to the caller; None: the pipeline's own.
            item: The batch and the place in it that the answer settles.

        Raises:
            Busy: The queue is full.
        """
        return self.pool.submit(partial(self._read, tuple(files), visit, as_of=self.today(), as_id=as_id, item=item))

    def submit_later(self, files: Sequence[SourceFile], visit: Visit, lease: Lease) -> str:
        """Queue one card whose caller comes back for the answer, and release its memory when it is read.

        Gives the id to ask for.

        Raises:
            Busy: The queue is full.
        """
        job_id = uuid.uuid4().hex
        self.jobs.start(job_id)
        try:
            future = self.submit(files, visit, as_id=job_id)
        except BaseException:
            self.jobs.done(job_id)
            raise
        future.add_done_callback(partial(self._settle, job_id))
        future.add_done_callback(lambda _done: lease.release())
        return job_id

    def _read(
        self,
        files: tuple[SourceFile, ...],
        visit: Visit,
        *,
        as_of: dt.date,
        as_id: str | None,
        item: tuple[str, int] | None,
    ) -> Verification:
        verification = self.pipeline.verify(files, visit, as_of=as_of)
        if as_id is not None:
            verification = verification.model_copy(update={"id": as_id})
        pictures = [NewPicture(file.name, file.data) for file in files]
        batch_id, position = item or (None, None)
        try:
            self.store.save(verification, pictures=pictures, batch_id=batch_id, position=position)
        except (SQLAlchemyError, OSError, BadSettings) as error:
            log_failure(error, "save")
            raise StoreUnavailable from None
        self.metrics.note(verification)
        return verification

    def _settle(self, job_id: str, future: Future[Verification]) -> None:
        if future.cancelled():
            self.jobs.fail(job_id, Interrupted())
            return
        error = future.exception()
        if error is None:
            self.jobs.done(job_id)
        elif isinstance(error, CardscanError):
            self.jobs.fail(job_id, error)
        else:
            log_failure(error, "later")
            self.jobs.fail(job_id, CardscanError())


def error_note(error: CardscanError) -> dict[str, str]:
    """An error as a batch notes it for one of its cards."""
    return {"code": error.code, "message": error.message, "remedy": error.remedy}
