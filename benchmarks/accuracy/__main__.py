"""``python -m benchmarks.accuracy``: the ladder of capture conditions, as a table, with floors.

Every case is drawn by seed, so a figure can be repeated. Worst cases are listed by id; ``--keep DIR`` writes their
pictures for looking at.
"""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Iterable, Iterator
from concurrent.futures import ProcessPoolExecutor
from multiprocessing import get_context
from pathlib import Path
from typing import Any

from benchmarks.accuracy.report import check_floors, rows_by_condition, table
from benchmarks.accuracy.score import Score, score_case
from cardscan.pipeline import Pipeline
from cardscan.settings import load_settings
from samples.draw import CONDITIONS, draw_case

_pipeline: Pipeline | None = None


def _start(engine: str | None) -> None:
    global _pipeline
    _pipeline = Pipeline(load_settings(engine=engine, workers=1))
    _pipeline.warm_up()


def _score(job: tuple[str, int, str]) -> dict[str, Any]:
    assert _pipeline is not None
    world, seed, condition = job
    return score_case(draw_case(world, seed, condition=condition), _pipeline).as_dict()


def conditions_of(world: str) -> dict[str, str]:
    if world != "test":
        return dict(CONDITIONS)
    from samples.worlds.test_world import CONDITIONS as TEST_CONDITIONS

    return dict(TEST_CONDITIONS)


def run(jobs: list[tuple[str, int, str]], workers: int, engine: str | None) -> Iterator[Score]:
    context = get_context("spawn")
    with ProcessPoolExecutor(workers, mp_context=context, initializer=_start, initargs=(engine,)) as pool:
        for done, answer in enumerate(pool.map(_score, jobs, chunksize=2), start=1):
            print(f"\r{done}/{len(jobs)}", end="", file=sys.stderr, flush=True)
            yield Score(**answer)
    print(file=sys.stderr)


def main(arguments: Iterable[str] | None = None) -> int:
    parser = argparse.ArgumentParser(description="Accuracy by capture condition.")
    parser.add_argument("--world", default="test", choices=["tuning", "calibration", "test"])
    parser.add_argument("--cases", type=int, default=20, help="cases a condition")
    parser.add_argument("--seed", type=int, default=0, help="first seed")
    parser.add_argument("--conditions", default="", help="only these, by commas")
    parser.add_argument("--workers", type=int, default=2)
    parser.add_argument("--engine")
    parser.add_argument("--json", type=Path, help="write every score there")
    parser.add_argument("--no-floors", action="store_true", help="print only, do not compare with floors.yaml")
    options = parser.parse_args(None if arguments is None else list(arguments))
    conditions = [c for c in options.conditions.split(",") if c] or list(conditions_of(options.world))
    jobs = [
        (options.world, options.seed + number * 1000 + i, condition)
        for number, condition in enumerate(conditions)
        for i in range(options.cases)
    ]
    scores = list(run(jobs, options.workers, options.engine))
    print(table(rows_by_condition(scores)))
    for score in scores:
        if score.variant == "wrong" or score.wrong_eligible or score.member_id_wrong_and_sure:
            print(f"look at {score.id}: variant {score.variant}, outcome {score.outcome}, {score.fields}")
    if options.json:
        options.json.write_text(json.dumps([s.as_dict() for s in scores], indent=1), encoding="utf-8")
    faults = [] if options.no_floors or options.world != "test" else check_floors(scores)
    for fault in faults:
        print(f"below its floor: {fault}", file=sys.stderr)
    return 1 if faults else 0


if __name__ == "__main__":
    sys.exit(main())
