"""What the tests of several folders share: one pipeline with the real engine, loaded once."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from cardscan.ocr.ppocr import PpOcr
from cardscan.pipeline import Pipeline
from cardscan.settings import Settings, load_settings


@pytest.fixture(scope="session")
def ppocr() -> PpOcr:
    """The embedded engine, loaded."""
    engine = PpOcr(Settings())
    engine.warm_up()
    return engine


@pytest.fixture(scope="session")
def real_pipeline(ppocr: PpOcr) -> Iterator[Pipeline]:
    """The whole pipeline with the embedded engine. Not named ``pipeline``: other folders build their own."""
    with Pipeline(load_settings(), ppocr) as built:
        yield built
