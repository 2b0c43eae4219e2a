"""The one place where errors become words on stderr and an exit status."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator
from contextlib import contextmanager

import typer

from cardscan.errors import CardscanError, PictureError

INTERRUPTED = 130


class Interrupted(Exception):
    """Ctrl-C, with what the caller should know about it."""


@contextmanager
def guard(*, as_json: bool = False, name: str = "") -> Iterator[None]:
    """Turns what goes wrong inside into a message on stderr and the exit status of the error.

    Args:
        as_json: Say it as one JSON object, too.
        name: The caller's name for the picture, where there is only one.
    """
    try:
        yield
    except CardscanError as error:
        report(error, as_json=as_json, name=name if isinstance(error, PictureError) else "")
        raise typer.Exit(error.exit_status) from None
    except Interrupted as stopped:
        say(f"\n{stopped}")
        raise typer.Exit(INTERRUPTED) from None
    except KeyboardInterrupt:
        say("\nInterrupted.")
        raise typer.Exit(INTERRUPTED) from None
    except (typer.Exit, typer.BadParameter, BrokenPipeError):
        raise
    except Exception as error:  # noqa: BLE001 - its text could hold what stands on a card: only its kind is told
        report(CardscanError(f"({type(error).__name__})"), as_json=as_json)
        raise typer.Exit(CardscanError.exit_status) from None


def report(error: CardscanError, *, as_json: bool = False, name: str = "") -> None:
    """Say on stderr what went wrong, what to do about it, and the error's code."""
    say(f"Error: {name + ': ' if name else ''}{error.message}")
    say(f"{error.remedy} [{error.code}]")
    if as_json:
        say(json.dumps({"error": as_data(error)}, ensure_ascii=False))


def as_data(error: CardscanError) -> dict[str, str]:
    return {"code": error.code, "message": error.message, "remedy": error.remedy}


def say(text: str) -> None:
    """A line on stderr."""
    print(printable(text), file=sys.stderr, flush=True)


def printable(text: str) -> str:
    """Without the characters that steer a terminal: file names and card text come from strangers."""
    return "".join(sign if sign.isprintable() or sign == "\n" else "\N{REPLACEMENT CHARACTER}" for sign in text)
