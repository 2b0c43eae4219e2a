"""``cardscan variants``: the cards that are known."""

from __future__ import annotations

import json
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from cardscan.cli import options
from cardscan.cli.faults import guard

if TYPE_CHECKING:
    from cardscan.classify.catalogue import Catalogue
    from cardscan.classify.learn import Proposal

app = typer.Typer(
    help="List and check the card variants of the catalogue, and learn new wording.", no_args_is_help=True
)

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


@app.command("learn")
def learn(
    photos: Annotated[list[str], typer.Argument(metavar="PHOTO...", help="Pictures of cards of the new design.")],
    variant: Annotated[str, typer.Option("--as", metavar="ID", help="The variant that they are.")],
    write: Annotated[
        Path | None, typer.Option("--write", metavar="FOLDER", help="Write a catalogue with what was learned there.")
    ] = None,
    as_json: options.Json = False,
) -> None:
    """Propose wording of a new design for the catalogue, and show what it would change on sample cards."""
    with guard(as_json=as_json):
        from cardscan.batch.files import shown
        from cardscan.batch.gather import on_disk
        from cardscan.classify.learn import propose, written
        from cardscan.pipeline import Pipeline, SourceFile
        from cardscan.settings import load_settings

        settings = load_settings()
        most = int(settings.max_file_mb * 1e6)
        with Pipeline(settings) as pipeline:
            views, private = pipeline.read([SourceFile(shown(path), on_disk(path).read(most)) for path in photos])
            proposal = propose(views, variant, private, pipeline.catalogue)
            told = _told(proposal, pipeline.catalogue)
            if write is not None and proposal.sentences:
                told["written"] = written(proposal, settings.catalogue_dir, write).version
        if as_json:
            typer.echo(json.dumps(told, ensure_ascii=False))
            return
        from cardscan.cli.show import show_proposal

        show_proposal(told)


def _told(proposal: Proposal, catalogue: Catalogue) -> dict[str, Any]:
    """The proposal and its effect on the ladder of sample texts, as plain data."""
    from cardscan.classify.learn import answers, confusions, ladder, with_proposal

    cards = ladder()
    before, after = answers(catalogue, cards), answers(with_proposal(proposal, catalogue), cards)
    return {
        **asdict(proposal),
        "cards": len(cards),
        "before": dict(confusions(before, cards)),
        "after": dict(confusions(after, cards)),
        "changed": [{"card": c, "before": before[c], "after": after[c]} for c in before if before[c] != after[c]],
        "written": None,
    }
