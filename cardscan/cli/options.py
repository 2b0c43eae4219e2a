"""Options that several commands have."""

from __future__ import annotations

from typing import Annotated

import typer

State = Annotated[str | None, typer.Option("--state", metavar="XX", help="Place of service, such as TX.")]
Date = Annotated[
    str | None, typer.Option("--date", metavar="YYYY-MM-DD", help="Date of service. Not given: today is assumed.")
]
Care = Annotated[str | None, typer.Option("--care", metavar="KIND", help="emergency, urgent or routine.")]
Network = Annotated[
    str | None, typer.Option("--network", metavar="in|out", help="Whether the provider is in the Cigna PPO Network.")
]
Npi = Annotated[str | None, typer.Option("--npi", metavar="NUMBER", help="The provider's NPI; kept with the answer.")]
Fast = Annotated[
    bool,
    typer.Option("--fast", help="Read for the decision only: sooner; numbers are read once, and those are not sure."),
]
Json = Annotated[bool, typer.Option("--json", help="Print JSON.")]
