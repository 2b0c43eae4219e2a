"""What the docstrings show is true."""

from __future__ import annotations

import doctest
import importlib
from pathlib import Path

import pytest

import cardscan

_ROOT = Path(cardscan.__file__).parent
_SHOWN = sorted(
    ".".join(("cardscan", *path.relative_to(_ROOT).with_suffix("").parts)).removesuffix(".__init__")
    for path in _ROOT.rglob("*.py")
    if ">>>" in path.read_text(encoding="utf-8")
)


def test_the_printed_numbers_all_show_how_they_are_used() -> None:
    assert {"cardscan.luhn", *(f"cardscan.extract.{name}" for name in ("member_id", "npi", "rx_bin"))} < {*_SHOWN}


@pytest.mark.parametrize("name", _SHOWN)
def test_the_examples_hold(name: str) -> None:
    tried = doctest.testmod(importlib.import_module(name))
    assert tried.attempted
    assert not tried.failed
