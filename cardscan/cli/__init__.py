"""The command line: one face of the pipeline, with no logic of its own.

What a command needs is imported when it runs: ``cardscan rules explain`` starts without any OCR.
"""

from __future__ import annotations

import io
import sys
from typing import Annotated

import typer

from cardscan import __version__
from cardscan.cli import batch, rules, serve, variants, verify

__all__ = ["app", "main"]

app = typer.Typer(
    name="cardscan",
    help="Verifies health-insurance ID cards from pictures: which card it is, what it says, and what the plan allows.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,  # a traceback could show what stands on a card
    context_settings={"help_option_names": ["-h", "--help"]},
)
app.command("verify")(verify.command)
app.command("batch")(batch.command)
app.command("serve")(serve.command)
app.add_typer(rules.app, name="rules")
app.add_typer(variants.app, name="variants")


def _version(wanted: bool) -> None:
    if wanted:
        typer.echo(f"cardscan {__version__}")
        raise typer.Exit


@app.callback()
def _common(
    version: Annotated[
        bool, typer.Option("--version", callback=_version, is_eager=True, help="Print the version and leave.")
    ] = False,
) -> None:
    pass


def main() -> None:
    """The entry point ``cardscan``."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):  # JSON is UTF-8, whatever the terminal's locale
            stream.reconfigure(encoding="utf-8", errors="replace")
    try:
        app()
    except KeyboardInterrupt:
        sys.exit(130)
