"""A store in a folder of its own, and verifications to put into it. All of it is made up."""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from cardscan.records import CardIdentity, Decision, Timing, Verification, Versions, Visit
from cardscan.settings import Settings, load_settings
from cardscan.store import Store

Make = Callable[..., Verification]


def make_verification(**changes: Any) -> Verification:
    """A verification; ``changes`` name facts of the card, or ``outcome``, ``created_at`` and ``source``."""
    card = {key: changes[key] for key in ("issuer", "variant", "region") if key in changes}
    return Verification(
        id=uuid.uuid4().hex,
        created_at=changes.get("created_at", dt.datetime.now(dt.UTC)),
        source=changes.get("source", ("front.jpg",)),
        card=CardIdentity(**card),
        fields={},
        images=(),
        decision=Decision(outcome=changes.get("outcome", "eligible")),
        visit=Visit(),
        timing_ms=Timing(total=1.0),
        versions=Versions(cardscan="0", catalogue="0", rules="0", engine="none"),
    )


@pytest.fixture
def make() -> Make:
    return make_verification


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    return load_settings(data_dir=tmp_path / "data", keep_pictures=True)


@pytest.fixture
def store(settings: Settings) -> Iterator[Store]:
    opened = Store.open(settings)
    yield opened
    opened.close()
