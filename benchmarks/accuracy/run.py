"""Scoring many cases in worker processes, each with its own pipeline."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor
from multiprocessing import get_context
from multiprocessing.util import Finalize
from typing import Any

from benchmarks.accuracy.score import Score, score_case
from cardscan.pipeline import Pipeline
from cardscan.settings import load_settings
from samples.draw import draw_case

_pipeline: Pipeline | None = None


def prepare(engine: str | None) -> None:
    """First thing in a worker."""
    global _pipeline
    _pipeline = Pipeline(load_settings(engine=engine, workers=1))
    _pipeline.warm_up()
    Finalize(None, _pipeline.close, exitpriority=10)  # its pools must end before the worker's threads are joined


def score_one(job: tuple[str, int, str] | tuple[str, int, str, str]) -> dict[str, Any]:
    """The score of one case: world, seed, condition and, where it is not left to the seed, what the card is."""
    assert _pipeline is not None
    world, seed, condition, *subject = job
    case = draw_case(world, seed, condition=condition, subject=subject[0] if subject else None)
    return score_case(case, _pipeline).as_dict()


def run(jobs: list[tuple[str, int, str]], workers: int, engine: str | None) -> Iterator[Score]:
    context = get_context("spawn")
    with ProcessPoolExecutor(workers, mp_context=context, initializer=prepare, initargs=(engine,)) as pool:
        for done, answer in enumerate(pool.map(score_one, jobs, chunksize=2), start=1):
            print(f"\r{done}/{len(jobs)}", end="", file=sys.stderr, flush=True)
            yield Score(**answer)
    print(file=sys.stderr)
