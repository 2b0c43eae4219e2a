"""Reads the cards of a batch on all cores of this machine. A worker may die or hang: that costs its card, no other."""

from __future__ import annotations

import datetime as dt
import os
import time
from collections import Counter, deque
from collections.abc import Callable, Sequence
from concurrent.futures import FIRST_COMPLETED, BrokenExecutor, CancelledError, Future, wait
from dataclasses import dataclass, field

from pebble import ProcessExpired, ProcessPool

from cardscan.batch.errors import WorkerCrash, WorkerTimeout
from cardscan.batch.files import Card, LazyFile
from cardscan.batch.quiet import quiet_context
from cardscan.batch.results import Results
from cardscan.batch.worker import Factory, Line, enter, error_line, read_card
from cardscan.errors import CardscanError
from cardscan.pipeline import Pipeline
from cardscan.settings import Settings

_START_SECONDS = 60.0
"""For the start of a worker and of its engine on a busy machine."""
_CARDS_PER_WORKER = 2000
"""Then it is replaced: what libraries leak must not add up over a long night."""
_TRIES = 3
"""How often a card is given to a new pool where the pool as a whole broke."""
_POLL_SECONDS = 0.5


@dataclass(slots=True)
class Counts:
    """What became of the cards."""

    done: int = 0
    skipped: int = 0
    outcomes: Counter[str] = field(default_factory=Counter)
    errors: Counter[str] = field(default_factory=Counter)


@dataclass(frozen=True, slots=True)
class _Job:
    card: Card[LazyFile]
    tries: int
    deadline: float


class Runner:
    """Runs cards through workers and writes the results as they come.

    Args:
        settings: Of every worker's pipeline.
        workers: Processes; None: as many as this process may use cores.
        factory: Makes the pipeline, within the worker.
        card_seconds: Longest time for one card; None: what opening and reading its files may take.
        as_of: The day that counts as today.
    """

    def __init__(
        self,
        settings: Settings,
        *,
        workers: int | None = None,
        factory: Factory = Pipeline,
        card_seconds: float | None = None,
        as_of: dt.date | None = None,
    ) -> None:
        self.workers = workers or cores()
        self._context = quiet_context()
        self.counts = Counts()
        self._settings = settings.model_copy(update={"workers": 1})
        self._factory = factory
        self._card_seconds = card_seconds
        self._as_of = as_of or dt.date.today()
        self._jobs: dict[Future[Line | CardscanError], _Job] = {}
        self._pool: ProcessPool | None = None

    def run(
        self, cards: Sequence[Card[LazyFile]], results: Results, progress: Callable[[int], None] | None = None
    ) -> Counts:
        """Read what is missing in ``results``, then finish them.

        Args:
            progress: Called with the number of lines that are there, now and then.

        Raises:
            CardscanError: No card can be read: the rules, the catalogue or the settings have faults, or no engine runs.
            InvalidOutput: The results cannot be written.
            KeyboardInterrupt: As it came; what is finished is on disk.
        """
        todo = deque((card, 1) for card in results.missing(cards))
        self.counts.skipped = len(cards) - len(todo)
        self.workers = max(1, min(self.workers, len(todo)))
        try:
            while todo or self._jobs:
                while todo and len(self._jobs) < self.workers:
                    self._submit(*todo.popleft())
                for line, again in self._collect():
                    if again is not None:
                        todo.appendleft(again)
                    if line is not None:
                        self._note(line, results)
                results.keep_up()
                if progress is not None:
                    progress(self.counts.skipped + self.counts.done)
        finally:
            self._stop()
            results.sync()
        results.finish()
        return self.counts

    def _submit(self, card: Card[LazyFile], tries: int) -> None:
        seconds = self._card_seconds or self._allowance(card)
        future: Future[Line | CardscanError]
        try:
            future = self._running().schedule(read_card, args=(card, self._as_of), timeout=seconds)
        except (BrokenExecutor, RuntimeError):  # broken since the last card
            future = Future()
            future.set_exception(BrokenExecutor())
        self._jobs[future] = _Job(card, tries, time.monotonic() + seconds + _START_SECONDS)

    def _collect(self) -> list[tuple[Line | None, tuple[Card[LazyFile], int] | None]]:
        """Results that have come, and cards to be tried again."""
        finished, waiting = wait(self._jobs, timeout=_POLL_SECONDS, return_when=FIRST_COMPLETED)
        now = time.monotonic()
        found: list[tuple[Line | None, tuple[Card[LazyFile], int] | None]] = []
        lost: list[_Job] = []
        for future in finished:
            line = self._outcome(future, self._jobs[future])
            if line is None:
                lost.append(self._jobs.pop(future))
            else:
                del self._jobs[future]
                found.append((line, None))
        # Past its deadline the worker was lost before it could say that it had begun.
        lost += [self._jobs.pop(future) for future in waiting if now > self._jobs[future].deadline]
        if lost:
            self._stop()
            # What else was under way there comes back by no other way, and has done nothing that would count as a try.
            found += [(None, (job.card, job.tries)) for job in self._jobs.values()]
            self._jobs.clear()
        for job in lost:
            again = job.tries < _TRIES
            found.append((None, (job.card, job.tries + 1)) if again else (error_line(job.card, WorkerCrash()), None))
        return found

    def _outcome(self, future: Future[Line | CardscanError], job: _Job) -> Line | None:
        """What became of a card; None where the pool as a whole failed, which is not this card's fault."""
        try:
            answer = future.result()
        except TimeoutError:
            return error_line(job.card, WorkerTimeout())
        except ProcessExpired:
            return error_line(job.card, WorkerCrash())
        except (BrokenExecutor, CancelledError, OSError, RuntimeError):
            return None
        if isinstance(answer, CardscanError):
            raise answer
        return answer

    def _note(self, line: Line, results: Results) -> None:
        results.add(line.text)
        self.counts.done += 1
        if line.error:
            self.counts.errors[line.error] += 1
        else:
            self.counts.outcomes[line.outcome] += 1

    def _allowance(self, card: Card[LazyFile]) -> float:
        """Seconds that a card may take, the start of a worker included."""
        files = max(1, len(card.files))
        return _START_SECONDS + files * (2 * self._settings.decode_seconds + self._settings.engine_seconds)

    def _running(self) -> ProcessPool:
        if self._pool is None:
            self._pool = ProcessPool(
                max_workers=self.workers,
                max_tasks=_CARDS_PER_WORKER,
                initializer=enter,
                initargs=(self._factory, self._settings),
                context=self._context,
            )
        return self._pool

    def _stop(self) -> None:
        """Stop the workers; the next card gets new ones."""
        pool, self._pool = self._pool, None
        if pool is not None:
            pool.stop()  # type: ignore[no-untyped-call]
            pool.join()


def cores() -> int:
    """Cores that this process may use."""
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1
