"""The only file that knows the order of the stages. (interface being filled in)"""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass

from cardscan.records import CardFacts, Decision, Verification, Visit
from cardscan.settings import Settings


@dataclass(frozen=True, slots=True)
class SourceFile:
    """A file as the caller sent it. ``name`` is shown back to the caller and is never logged."""

    name: str
    data: bytes


class Pipeline:
    """One pipeline behind the command line, HTTP, the batch engine and Python. Safe to call from several threads."""

    def __init__(self, settings: Settings) -> None:
        raise NotImplementedError

    def warm_up(self) -> None:
        """Load the engine and read a picture, so that the next call is fast. Raises EngineUnavailable."""
        raise NotImplementedError

    def verify(self, files: Sequence[SourceFile], visit: Visit, *, as_of: dt.date) -> Verification:
        """Pictures of one card → a decision. Raises CardscanError subclasses (PictureError if none opens)."""
        raise NotImplementedError

    def decide(self, card: CardFacts, visit: Visit, *, as_of: dt.date) -> Decision:
        """The rules alone, from known facts."""
        raise NotImplementedError

    def close(self) -> None:
        raise NotImplementedError
