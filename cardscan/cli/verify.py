"""``cardscan verify``: the pictures of one card to one decision."""

from __future__ import annotations

import datetime as dt
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Annotated

import typer

from cardscan.cli import options
from cardscan.cli.faults import guard, report

if TYPE_CHECKING:
    from cardscan.pipeline import SourceFile
    from cardscan.records import Problem, Verification, Visit
    from cardscan.settings import Settings


def command(
    images: Annotated[
        list[str], typer.Argument(metavar="IMAGE...", help="Pictures of ONE card, in any order: front, back, a PDF.")
    ],
    state: options.State = None,
    date: options.Date = None,
    care: options.Care = None,
    network: options.Network = None,
    npi: options.Npi = None,
    engine: Annotated[str | None, typer.Option("--engine", metavar="NAME", help="OCR engine to use.")] = None,
    fast: options.Fast = False,
    as_json: options.Json = False,
) -> None:
    """Say which card the pictures show, what stands on it, and what the plan's documents allow."""
    with guard(as_json=as_json, name=images[0] if len(images) == 1 else ""):
        from cardscan.eligibility.facts import parse_visit
        from cardscan.settings import load_settings

        visit = parse_visit({"state": state, "date": date, "care": care, "network": network, "npi": npi})
        settings = load_settings(engine=engine, fast=fast or None)
        with _busy("Reading the card"):
            files, problems = _read(images, settings)
            verification = _verify(files, problems, images, visit, settings)
        if as_json:
            typer.echo(verification.to_json())
        else:
            from cardscan.cli.show import show_verification

            show_verification(verification)


def _read(images: list[str], settings: Settings) -> tuple[list[SourceFile], list[Problem]]:
    """The files that can be read, and what is wrong with the others. Raises the last error where none can."""
    from cardscan.batch.files import shown
    from cardscan.batch.gather import on_disk
    from cardscan.errors import PictureError
    from cardscan.pipeline import SourceFile
    from cardscan.records import Problem

    files: list[SourceFile] = []
    problems: list[Problem] = []
    for path in images:
        name = shown(path)
        try:
            files.append(SourceFile(name, on_disk(path).read(int(settings.max_file_mb * 1e6))))
        except PictureError as error:
            problems.append(Problem(source=name, code=error.code, message=error.message, remedy=error.remedy))
            if len(problems) == len(images):
                raise
            report(error, name=name)
    return files, problems


def _verify(
    files: list[SourceFile], problems: list[Problem], images: list[str], visit: Visit, settings: Settings
) -> Verification:
    from cardscan.batch.files import shown
    from cardscan.pipeline import Pipeline

    pipeline = Pipeline(settings, ahead=True)
    try:
        verification = pipeline.verify(files, visit, as_of=dt.date.today())
    finally:
        pipeline.close()
    source = tuple(shown(path) for path in images)
    return verification.model_copy(update={"source": source, "problems": (*verification.problems, *problems)})


@contextmanager
def _busy(what: str) -> Iterator[None]:
    """A sign of life on stderr, where somebody looks at it."""
    if not sys.stderr.isatty():
        yield
        return
    from rich.console import Console

    with Console(stderr=True).status(what):
        yield
