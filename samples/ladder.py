"""The texts of some synthetic cards, for the catalogue to be tried on: ``python -m samples.ladder``.

Writes ``cardscan/classify/ladder.json``: two cards of every subject in the tuning and calibration worlds, as lines of
print, without pictures. ``cardscan variants learn`` compares a catalogue before and after on them.
"""

from __future__ import annotations

import importlib
import json
from pathlib import Path
from typing import Any, cast

import numpy as np

from samples.cards import SUBJECTS, draft
from samples.kit import Kit
from samples.render import render

TARGET = Path(__file__).parents[1] / "cardscan" / "classify" / "ladder.json"
_EACH = 2
_LEFT_OUT = ("not-a-card", "two-people")  # texts alone do not show what these are about


def cards() -> list[dict[str, Any]]:
    made = []
    for world in ("tuning", "calibration"):
        kit = cast(Kit, importlib.import_module(f"samples.worlds.{world}").KIT)
        for number, subject in enumerate(s for s in SUBJECTS if s not in _LEFT_OUT):
            for seed in range(_EACH):
                rng = np.random.default_rng([1931, number, seed])
                card = render(kit, draft(kit, subject, rng), rng)
                sides = [list(side.lines) for side in card.sides]
                made.append({"card": f"{world} {subject} {seed}", "variant": card.truth.variant, "sides": sides})
    return made


def main() -> None:
    content = {"made": "Synthetic cards, by python -m samples.ladder; nobody's names and numbers.", "cards": cards()}
    TARGET.write_text(json.dumps(content, indent=0, ensure_ascii=False) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
