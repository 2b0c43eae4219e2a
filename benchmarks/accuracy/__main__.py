"""``python -m benchmarks.accuracy``: the ladder of capture conditions, as a table, with floors.

Every case is drawn by seed, so a figure can be repeated. Worst cases are listed by id; ``--keep DIR`` writes their
pictures for looking at.
"""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Iterable
from pathlib import Path

from benchmarks.accuracy.report import check_floors, rows_by_condition, table
from benchmarks.accuracy.run import run
from samples.draw import CONDITIONS


def conditions_of(world: str) -> dict[str, str]:
    if world != "test":
        return dict(CONDITIONS)
    from samples.worlds.test_world import CONDITIONS as TEST_CONDITIONS

    return dict(TEST_CONDITIONS)


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
