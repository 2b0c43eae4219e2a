"""``cardscan variants``: the cards that are known."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Annotated

import typer

from cardscan.cli import options
from cardscan.cli.faults import guard

app = typer.Typer(help="List and check the card variants of the catalogue.", no_args_is_help=True)

_COLUMNS = ("id", "issuer", "kind", "plan", "region", "title")


@app.command("list")
def list_(as_json: options.Json = False) -> None:
    """List the card variants."""
    with guard(as_json=as_json):
        from cardscan.classify.catalogue import load_catalogue
        from cardscan.settings import load_settings

        catalogue = load_catalogue(load_settings().catalogue_dir)
        rows = [variant.model_dump(mode="json") for _, variant in sorted(catalogue.variants.items())]
        if as_json:
            typer.echo(json.dumps(rows, ensure_ascii=False))
            return
        from cardscan.cli.show import show_table

        show_table(_COLUMNS, [[row[name] for name in _COLUMNS] for row in rows])


@app.command("check")
def check(
    folder: Annotated[
        Path | None, typer.Argument(help="Folder of a catalogue; default: the one set, or the built-in.")
    ] = None,
) -> None:
    """Check a catalogue and list all faults with file and line."""
    with guard():
        from cardscan.classify.catalogue import load_catalogue
        from cardscan.settings import load_settings

        catalogue = load_catalogue(folder or load_settings().catalogue_dir)
        phrases = sum(map(len, catalogue.phrases.values()))
        typer.echo(f"{len(catalogue.variants)} variants, {phrases} phrases, version {catalogue.version}: no faults.")
