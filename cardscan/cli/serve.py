"""``cardscan serve``: the HTTP service and its page."""

from __future__ import annotations

from typing import Annotated

import typer

from cardscan.cli.faults import guard


def command(
    host: Annotated[
        str | None, typer.Option("--host", help="Address to listen on; default: this machine only.")
    ] = None,
    port: Annotated[int | None, typer.Option("--port", min=0, max=65535, help="Port to listen on; 0: any.")] = None,
) -> None:
    """Serve the HTTP API and the page until Ctrl-C."""
    with guard():
        from cardscan.settings import load_settings

        settings = load_settings(host=host, port=port)
        from cardscan.web.server import run

        run(settings)
