"""``python -m benchmarks.negatives``: how often a card that must not be eligible is, of very many.

Cards of other issuers and plans, excluded and self-funded ones, of two people, contradicting themselves, things that
are no card: all of the test world, under every condition; and the variants under conditions in which nobody can read
them. Each case has a seed, so each answer can be repeated. Ends early where a time limit is given; what was counted
until then counts.
"""

from __future__ import annotations

import argparse
import random
import sys
import time
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor
from multiprocessing import get_context
from typing import Any

from benchmarks.accuracy.run import prepare, score_one
from benchmarks.accuracy.score import Score
from cardscan.errors import CardscanError
from samples.worlds.test_world import CONDITIONS, SUBJECTS, VARIANTS

_NEGATIVES = [subject for subject in SUBJECTS if subject not in VARIANTS]
_CERTAINTY = 0.95


def main() -> int:
    parser = argparse.ArgumentParser(description="Wrong eligibles among cards that must not be eligible.")
    parser.add_argument("--cases", type=int, default=5000)
    parser.add_argument("--seed", type=int, default=0, help="first seed")
    parser.add_argument("--minutes", type=float, default=float("inf"), help="begin no case after so many")
    parser.add_argument("--workers", type=int, default=2)
    options = parser.parse_args()
    tried = list(_scored(options.cases, options.seed, options.workers, time.monotonic() + 60 * options.minutes))
    scores = [answer for answer in tried if isinstance(answer, Score)]
    failed = [answer for answer in tried if isinstance(answer, str)]
    print(report(scores))
    for case in failed:
        print(f"  failed: {case}")
    return 1 if failed or any(score.wrong_eligible for score in scores) else 0


def _tried(job: tuple[str, int, str, str]) -> dict[str, Any] | str:
    """The score of a case; what it was where it ended in an error: that is no answer, and is listed."""
    try:
        return score_one(job)
    except CardscanError as error:
        return f"{'-'.join(map(str, job))}: {error.code}"


def _scored(cases: int, seed: int, workers: int, until: float) -> Iterator[Score | str]:
    jobs = [("test", seed + i, *_drawn(seed + i)) for i in range(cases)]
    context = get_context("spawn")
    with ProcessPoolExecutor(workers, mp_context=context, initializer=prepare, initargs=(None,)) as pool:
        for start in range(0, cases, 20 * workers):
            if time.monotonic() > until:
                break
            for answer in pool.map(_tried, jobs[start : start + 20 * workers]):
                score = answer if isinstance(answer, str) else Score(**answer)
                if isinstance(score, Score) and score.wrong_eligible:
                    print(f"\r  wrong: {score.id}", file=sys.stderr, flush=True)
                yield score
            print(f"\r{min(start + 20 * workers, cases)}/{cases}", end="", file=sys.stderr, flush=True)
    print(file=sys.stderr)


def _drawn(seed: int) -> tuple[str, str]:
    """Condition and subject of a seed."""
    rng = random.Random(f"negative {seed}")
    if rng.random() < 0.2:
        return rng.choice([name for name, group in CONDITIONS.items() if group == "unreadable"]), rng.choice(VARIANTS)
    return rng.choice(list(CONDITIONS)), rng.choice(_NEGATIVES)


def report(scores: list[Score]) -> str:
    """What was counted, and the bound that a count of none leaves."""
    wrong = [score for score in scores if score.wrong_eligible]
    lines = [f"{len(scores)} cases, wrong eligible {len(wrong)}, at most {upper_bound(len(wrong), len(scores)):.3%}"]
    lines += [f"  {outcome}: {count}" for outcome, count in Counter(score.outcome for score in scores).most_common()]
    lines += [f"  wrong: {score.id} {score.problems}" for score in wrong]
    lines += [f"  not all opened: {score.id} {score.problems}" for score in scores if score.problems]
    return "\n".join(lines)


def upper_bound(wrong: int, cases: int) -> float:
    """The share that is exceeded with a probability of one in twenty only (Clopper and Pearson, one-sided)."""
    if wrong >= cases:
        return 1.0
    low, high = 0.0, 1.0
    for _ in range(60):
        middle = (low + high) / 2
        low, high = (middle, high) if _at_most(wrong, cases, middle) > 1 - _CERTAINTY else (low, middle)
    return high


def _at_most(wrong: int, cases: int, share: float) -> float:
    """How likely no more than so many of the cases are, where each is with this probability."""
    term = total = (1 - share) ** cases
    for k in range(1, wrong + 1):
        term *= (cases - k + 1) / k * share / (1 - share)
        total += term
    return total


if __name__ == "__main__":
    sys.exit(main())
