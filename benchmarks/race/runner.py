"""One contender in a process of its own: ``python -m benchmarks.race.runner NAME``. Speaks JSON lines, like rapid.py.

The contenders that are only readers get cardscan's own matching on top: what is compared is finding and reading.
"""

from __future__ import annotations

import json
import os
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytesseract
from PIL import Image, ImageOps

from benchmarks.accuracy.score import AS_OF, VISIT
from benchmarks.race.cpu import cpu_seconds, rss_mb
from cardscan.pipeline import Pipeline, SourceFile
from cardscan.settings import load_settings

Answer = dict[str, Any]


def main() -> None:
    os.environ["OMP_THREAD_LIMIT"] = "1"  # Tesseract's threads cost more than they save
    contender = _CONTENDERS[sys.argv[1]]()
    for request in sys.stdin:
        asked = json.loads(request)
        start, used = time.perf_counter(), cpu_seconds()
        answer = contender(asked)
        answer |= {"wall_s": time.perf_counter() - start, "cpu_s": cpu_seconds() - used, "rss_mb": rss_mb(os.getpid())}
        print(json.dumps(answer), flush=True)


def _cardscan(*, fast: bool) -> Callable[[Answer], Answer]:
    pipeline = Pipeline(load_settings(workers=os.cpu_count() or 1, fast=fast))
    pipeline.warm_up()

    def verify(asked: Answer) -> Answer:
        files = [SourceFile(Path(path).name, Path(path).read_bytes()) for path in asked["files"]]
        answer = pipeline.verify(files, VISIT, as_of=AS_OF)
        return {
            "variant": answer.card.variant,
            "outcome": answer.decision.outcome,
            "member_id": answer.fields["member_id"].value,
        }

    return verify


def _pytesseract(which: str) -> Callable[[Answer], Answer]:
    def read(asked: Answer) -> Answer:
        return {"sides": [_lines(path) for path in asked[which]]}

    return read


def _lines(path: str) -> list[Answer]:
    """The lines that pytesseract reads with its defaults, as the manual shows it."""
    with Image.open(path) as opened:
        picture = ImageOps.exif_transpose(opened).convert("RGB")
    data = pytesseract.image_to_data(picture, output_type=pytesseract.Output.DICT)
    lines: dict[tuple[int, int, int], list[int]] = {}
    for i, text in enumerate(data["text"]):
        if text.strip():
            lines.setdefault((data["block_num"][i], data["par_num"][i], data["line_num"][i]), []).append(i)
    return [_line(data, words) for words in lines.values()]


def _line(data: dict[str, list[Any]], words: list[int]) -> Answer:
    left, top = min(data["left"][i] for i in words), min(data["top"][i] for i in words)
    right = max(data["left"][i] + data["width"][i] for i in words)
    bottom = max(data["top"][i] + data["height"][i] for i in words)
    return {
        "text": " ".join(data["text"][i] for i in words),
        "box": [[left, top], [right, top], [right, bottom], [left, bottom]],
        "score": float(np.mean([float(data["conf"][i]) for i in words])) / 100,
    }


_CONTENDERS: dict[str, Callable[[], Callable[[Answer], Answer]]] = {
    "cardscan": lambda: _cardscan(fast=False),
    "cardscan_fast": lambda: _cardscan(fast=True),
    "pytesseract_full": lambda: _pytesseract("files"),
    "pytesseract_crops": lambda: _pytesseract("crops"),
}


if __name__ == "__main__":
    main()
