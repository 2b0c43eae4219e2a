"""``python -m benchmarks.calibrate``: fits the curve from raw score to confidence, on the calibration world only.

That world shares no font, layout, wording, background or camera with the ones used for building or for published
figures. Writes ``cardscan/classify/calibration.yaml``.
"""

from __future__ import annotations

import argparse
import math
from concurrent.futures import ProcessPoolExecutor
from multiprocessing import get_context
from multiprocessing.util import Finalize
from pathlib import Path

import numpy as np

import cardscan.classify.calibrate as curve
from benchmarks.accuracy.score import score_case
from cardscan.pipeline import Pipeline
from cardscan.settings import load_settings
from samples.draw import CONDITIONS, draw_case

TARGET = Path(curve.__file__).parent / "calibration.yaml"
_pipeline: Pipeline | None = None


def _start() -> None:
    global _pipeline
    curve.set_curve(1.0, 0.0)  # the answer's confidence is then the plain logistic of its raw score
    _pipeline = Pipeline(load_settings(workers=1))
    _pipeline.warm_up()
    Finalize(None, _pipeline.close, exitpriority=10)  # its pools must end before the worker's threads are joined


def _observe(job: tuple[int, str]) -> tuple[float, bool] | None:
    """Raw score of one case and whether its identification was right; None where none was given."""
    assert _pipeline is not None
    seed, condition = job
    score = score_case(draw_case("calibration", seed, condition=condition), _pipeline)
    if score.confidence <= 0:
        return None
    return math.log(score.confidence / (1 - score.confidence)), score.identity_right


def fit(raw: np.ndarray, right: np.ndarray) -> tuple[float, float]:  # type: ignore[type-arg]
    """Slope and middle of the logistic curve, by Newton's method.

    Targets are Platt's (a little inside 0 and 1), so that a set without mistakes does not give an infinite slope.
    """
    good, bad = float(right.sum()), float(len(right) - right.sum())
    target = np.where(right, (good + 1) / (good + 2), 1 / (bad + 2))
    x = np.stack([raw, np.ones_like(raw)], 1)
    weights = np.array([8.0, -4.0])
    for _ in range(200):
        p = 1 / (1 + np.exp(-np.clip(x @ weights, -30, 30)))
        gradient = x.T @ (p - target) + 1e-3 * weights
        hessian = (x * (p * (1 - p))[:, None]).T @ x + 1e-3 * np.eye(2)
        step = np.linalg.solve(hessian, gradient)
        weights = weights - step
        if np.abs(step).max() < 1e-9:
            break
    slope = max(1.0, float(weights[0]))
    return slope, -float(weights[1]) / slope


def main() -> None:
    parser = argparse.ArgumentParser(description="Fit the confidence curve on the calibration world.")
    parser.add_argument("--cases", type=int, default=12, help="cases a condition")
    parser.add_argument("--seed", type=int, default=100_000)
    parser.add_argument("--workers", type=int, default=2)
    options = parser.parse_args()
    jobs = [(options.seed + n * 1000 + i, c) for n, c in enumerate(CONDITIONS) for i in range(options.cases)]
    context = get_context("spawn")
    with ProcessPoolExecutor(options.workers, mp_context=context, initializer=_start) as pool:
        seen = [pair for pair in pool.map(_observe, jobs, chunksize=2) if pair is not None]
    raw, right = np.array([r for r, _ in seen]), np.array([ok for _, ok in seen])
    slope, middle = fit(raw, right)
    TARGET.write_text(
        "# Logistic curve from raw score to confidence. Fitted by `python -m benchmarks.calibrate` on the calibration\n"
        f"# world: {len(jobs)} cases from seed {options.seed}, {len(seen)} with an answer,"
        f" {int((~right).sum())} of them wrong.\n"
        f"slope: {slope:.3f}\nmiddle: {middle:.4f}\n",
        encoding="utf-8",
    )
    print(TARGET.read_text(encoding="utf-8"))


if __name__ == "__main__":
    main()
