"""RapidOCR with its defaults, in an environment of its own (requirements.txt). Imports nothing of cardscan.

Reads paths of pictures from standard input, a JSON list a line, and answers each with a line of JSON: the lines of text
with their boxes and scores, and the wall and processor time that it took.
"""

from __future__ import annotations

import importlib.util
import json
import sys
import time
from pathlib import Path

_spec = importlib.util.spec_from_file_location("cpu", Path(__file__).with_name("cpu.py"))
assert _spec and _spec.loader
cpu = importlib.util.module_from_spec(_spec)
_spec.loader.exec_module(cpu)


def main() -> None:
    from rapidocr import RapidOCR

    engine = RapidOCR(params={"Global.log_level": "error"})
    for request in sys.stdin:
        start, used = time.perf_counter(), cpu.cpu_seconds()
        sides = []
        for path in json.loads(request)["files"]:
            found = engine(path)
            texts = found.txts or ()
            boxes = found.boxes if found.boxes is not None else ()
            sides.append(
                [
                    {"text": text, "box": [[float(x), float(y)] for x, y in box], "score": float(score)}
                    for text, box, score in zip(texts, boxes, found.scores or (), strict=True)
                ]
            )
        answer = {"wall_s": time.perf_counter() - start, "cpu_s": cpu.cpu_seconds() - used, "sides": sides}
        print(json.dumps(answer), flush=True)


if __name__ == "__main__":
    main()
