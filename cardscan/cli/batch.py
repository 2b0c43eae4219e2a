"""``cardscan batch``: many cards to a file of results."""

from __future__ import annotations

import os
import sys
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from cardscan.cli import options
from cardscan.cli.faults import Interrupted, guard, say

if TYPE_CHECKING:
    from cardscan.batch.runner import Counts


def command(
    paths: Annotated[
        list[str], typer.Argument(metavar="PATH...", help="Files, folders, ZIPs, PDFs, or a manifest (CSV).")
    ],
    out: Annotated[Path, typer.Option("--out", "-o", metavar="FILE", help="Results: .jsonl, .parquet or .csv.")],
    workers: Annotated[
        int | None, typer.Option("--workers", min=1, max=256, help="Cards at the same time; default: all cores.")
    ] = None,
    resume: Annotated[bool, typer.Option("--resume", help="Go on with results that are there.")] = False,
    state: options.State = None,
    date: options.Date = None,
    care: options.Care = None,
    network: options.Network = None,
    fast: options.Fast = False,
) -> None:
    """Read many cards on all cores. What is finished is kept, whatever stops the run."""
    with guard():
        from cardscan.batch.results import Results, check_target
        from cardscan.batch.runner import Runner
        from cardscan.batch.sources import plan_batch
        from cardscan.eligibility.facts import parse_visit
        from cardscan.errors import FileNotFound, InvalidOutput, NoPicture
        from cardscan.settings import load_settings

        visit = parse_visit({"state": state, "date": date, "care": care, "network": network})
        settings = load_settings(fast=fast or None)
        check_target(out, resume=resume)
        if not any(os.path.exists(path) for path in paths):
            raise FileNotFound
        runner = Runner(settings, workers=workers)
        plan = plan_batch(paths, visit, settings)
        if not plan.cards:
            _say_counts(None, plan.ignored)
            raise NoPicture("There is none in what was given.")
        try:
            with Results(out, resume=resume) as results, _progress(len(plan.cards)) as progress:
                runner.run(plan.cards, results, progress)
        except KeyboardInterrupt:
            _say_counts(runner.counts, plan.ignored)
            raise Interrupted(
                "Stopped. What is finished is kept: give the same command with --resume to go on."
            ) from None
        except InvalidOutput:
            _say_counts(runner.counts, plan.ignored)
            raise
        _say_counts(runner.counts, plan.ignored)


def _say_counts(counts: Counts | None, ignored: Counter[str]) -> None:
    if counts is not None:
        say(f"done: {counts.done}")
        say(f"outcomes: {_listed(counts.outcomes)}")
        say(f"errors: {_listed(counts.errors)}")
        say(f"skipped as already done: {counts.skipped}")
    say(f"files ignored: {_listed(ignored)}")


def _listed(counts: Counter[str]) -> str:
    """The sum, then each count.

    >>> _listed(Counter(call=2, eligible=1))
    '3 (call 2, eligible 1)'
    """
    each = ", ".join(f"{name} {count}" for name, count in sorted(counts.items()))
    return f"{counts.total()} ({each})" if each else "0"


@contextmanager
def _progress(total: int) -> Iterator[Callable[[int], None] | None]:
    """A bar on stderr, where somebody looks at it."""
    if not sys.stderr.isatty():
        yield None
        return
    from rich.console import Console
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TimeRemainingColumn

    columns = (BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
    with Progress(*columns, console=Console(stderr=True)) as bar:
        task = bar.add_task("cards", total=total)
        yield lambda done: bar.update(task, completed=done)
