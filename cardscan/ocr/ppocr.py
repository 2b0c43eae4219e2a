"""The embedded engine: PP-OCRv6 on OpenVINO. Offline, on the CPU, one inference thread a call.

Finds lines of text, settles which way they stand, has them read (``agreement``), and puts them in reading order.
"""

from __future__ import annotations

import threading
from concurrent.futures import ThreadPoolExecutor
from typing import Literal

import cv2
import numpy as np

from cardscan.errors import EngineFailed
from cardscan.inference import PARALLEL
from cardscan.ocr.agreement import Glyphs, certainties, read_lines
from cardscan.ocr.detect import CARD, PAGE, SMALL, Detector
from cardscan.ocr.direction import in_reading_direction, opposite
from cardscan.ocr.engine import on_card
from cardscan.ocr.models import model_bytes
from cardscan.ocr.recognise import Recogniser
from cardscan.ocr.strip import HEIGHT, cut_out
from cardscan.records import Corners, Line, Pixels, Reading
from cardscan.settings import Settings

_VOTES = 2  # lines read both ways before one looks who leads
_CERTAIN = 0.95  # of as many lines: they need not be read the other way; upside down none of 122 cards had so much
_MOST_VOTES = 8
_LARGE = 0.08  # of the shorter side: print that is lower is seen anyway
_SEEN = 0.3  # of large print's area, under lines that were seen: it is those once more
_SQUARE = 1.6  # times as long as high, at most, is the box of a dot or of a letter
_DOTS = 60
_SURELY = 0.85  # least confidence of a stamp
_LETTERS = 3  # of it at least
_PAGE_SIDE = 1700  # pictures longer than this, and not of a card's shape, are looked at as a page


class PpOcr:
    """PP-OCRv6, embedded."""

    name = "ppocr"
    version = "PP-OCRv6 det-tiny rec-small+tiny"

    def __init__(self, settings: Settings) -> None:
        self._parallel = min(settings.workers, PARALLEL)
        self._models: tuple[Detector, Recogniser, Recogniser] | None = None
        self._lock = threading.Lock()

    def warm_up(self) -> None:
        blank = np.full((608, 960, 3), 255, np.uint8)
        cv2.putText(blank, "Member 0123456789", (40, 300), cv2.FONT_HERSHEY_SIMPLEX, 2, (0, 0, 0), 3)
        self.read(blank)

    def find_text(self, pixels: Pixels) -> list[Corners]:
        """Boxes of lines of text, without reading them: a hint where cards are."""
        try:
            return self._load()[0].find(pixels)
        except (cv2.error, RuntimeError) as error:
            raise EngineFailed(f"({type(error).__name__})") from error

    def read(self, pixels: Pixels) -> Reading:
        return self.read_card(pixels, margin=0, skim=False)

    def read_card(self, pixels: Pixels, *, margin: int, skim: bool) -> Reading:
        """As ``read``; see ``CardEngine``. Skimmed, a number is read once and never sure."""
        detector, small, tiny = self._load()
        try:
            return _read(pixels, detector, small, tiny, margin, skim=skim)
        except (cv2.error, RuntimeError, ValueError, IndexError) as error:
            raise EngineFailed(f"({type(error).__name__})") from error

    def _load(self) -> tuple[Detector, Recogniser, Recogniser]:
        with self._lock:
            if self._models is None:
                self._models = _load_models(self._parallel)
            return self._models


def _read(
    pixels: Pixels, detector: Detector, small: Recogniser, tiny: Recogniser, margin: int, *, skim: bool
) -> Reading:
    height, width = pixels.shape[:2]
    is_page = max(height, width) > _PAGE_SIDE
    found = [box for box in detector.find(pixels, PAGE if is_page else CARD) if on_card(box, (width, height), margin)]
    found = found if is_page else _without_dots(found)
    boxes = in_reading_direction([*found, *(_stamps(pixels, found, detector) if found and not is_page else [])])
    boxes, stamps = boxes[: len(found)], boxes[len(found) :]
    upright, known = _upright(pixels, boxes, tiny)
    if not upright:
        boxes, stamps = [opposite(box) for box in boxes], [opposite(box) for box in stamps]
    lines = read_lines(pixels, boxes, tiny, small, known=known, skim=skim)
    stamped = [line for line in read_lines(pixels, stamps, tiny, small) if _is_stamp(line)]
    return Reading((*_in_order(lines), *stamped), PpOcr.name, PpOcr.version, _rotation([line.box for line in lines]))


def _without_dots(boxes: list[Corners]) -> list[Corners]:
    """The boxes without those of a ground that is dotted all over: no card has so many letters that stand alone."""
    words = [box for box in boxes if max(sides := _sides(box)) > _SQUARE * min(sides)]
    return words if len(boxes) - len(words) > _DOTS else boxes


def _stamps(pixels: Pixels, boxes: list[Corners], detector: Detector) -> list[Corners]:
    """Boxes of print so large that a close look does not see it, such as VOID across the card."""
    least = _LARGE * min(pixels.shape[:2])
    large = [
        b for b in detector.find(pixels, SMALL) if min(np.linalg.norm(b[1] - b[0]), np.linalg.norm(b[3] - b[0])) > least
    ]
    return [box for box in large if sum(_shared(box, other) for other in boxes) < _SEEN * _area(box)]


def _sides(box: Corners) -> tuple[float, float]:
    """How long a box is along its text, and how high, in pixels."""
    across, down = (float(np.linalg.norm(box[k] - box[0])) for k in (1, 3))
    return across, down


def _area(box: Corners) -> float:
    return float(cv2.contourArea(box.astype(np.float32)))


def _shared(box: Corners, other: Corners) -> float:
    return float(cv2.intersectConvexConvex(box.astype(np.float32), other.astype(np.float32))[0])


def _is_stamp(line: Line) -> bool:
    return line.confidence > _SURELY and sum(c.isalpha() for c in line.text) >= _LETTERS


def _load_models(parallel: int) -> tuple[Detector, Recogniser, Recogniser]:
    """The models, for so many pictures at the same time; the small reader, which few lines need, for one."""
    with ThreadPoolExecutor(1) as thread:
        small = thread.submit(_recogniser, "small/rec/rec.onnx", "ppocrv6_dict.txt", 1, busy=False)
        tiny = _recogniser("tiny/rec/rec.onnx", "ppocrv6_tiny_dict.txt", parallel, busy=True)
        return Detector(model_bytes("tiny/det/det.onnx"), parallel), small.result(), tiny


def _recogniser(model: str, alphabet: str, parallel: int, *, busy: bool) -> Recogniser:
    return Recogniser(model_bytes(model), model_bytes(alphabet), parallel=parallel, busy=busy)


def _upright(pixels: Pixels, boxes: list[Corners], reader: Recogniser) -> tuple[bool, dict[int, Glyphs]]:
    """Read a few good lines both ways; the way that reads better is up.

    Returns:
        Whether the lines stand upright, and if so, what was read, by the index of the line.
    """

    def wide(i: int) -> float:
        across, down = _sides(boxes[i])
        return min(across / max(down, 1), 12) * min(down, 40)

    vote = 0.0
    known: dict[int, Glyphs] = {}
    best = sorted(range(len(boxes)), key=wide, reverse=True)[:_MOST_VOTES]
    for start in range(0, len(best), _VOTES):
        strips = {i: cut_out(pixels, boxes[i]) for i in best[start : start + _VOTES]}
        read = dict(zip(strips, reader.read(list(strips.values())), strict=True))
        known |= read
        ahead = [_certainty(glyphs) for glyphs in read.values()]
        if not vote and len(ahead) == _VOTES and min(ahead) > _CERTAIN:
            break
        turned = [np.ascontiguousarray(strip[::-1, ::-1][:, : HEIGHT * 8]) for strip in strips.values()]
        vote += sum(ahead) - sum(_certainty(glyphs) for glyphs in reader.read(turned))
        if abs(vote) > 0.5 * len(known) ** 0.5:
            break
    return (True, known) if vote >= 0 else (False, {})


def _certainty(glyphs: Glyphs) -> float:
    letters = certainties(glyphs)
    return float(np.mean(letters)) * min(1.0, len(letters) / 4) if letters else 0.0


def _in_order(lines: list[Line]) -> tuple[Line, ...]:
    """Reading order: rows of lines that overlap vertically, each row from left to right, in the text's own frame."""
    if not lines:
        return ()
    right = np.sum([line.box[1] - line.box[0] for line in lines], axis=0)
    right = right / (np.linalg.norm(right) or 1)
    down = np.array([-right[1], right[0]])
    placed = [(float(line.box.mean(0) @ down), float(line.box.mean(0) @ right), line) for line in lines]
    placed.sort(key=lambda p: p[0])
    ordered: list[Line] = []
    row: list[tuple[float, float, Line]] = []
    for item in placed:
        height = float(np.linalg.norm(item[2].box[3] - item[2].box[0]))
        if row and item[0] - np.mean([r[0] for r in row]) > height * 0.5:
            ordered += [line for _, _, line in sorted(row, key=lambda p: p[1])]
            row = []
        row.append(item)
    ordered += [line for _, _, line in sorted(row, key=lambda p: p[1])]
    return tuple(ordered)


def _rotation(boxes: list[Corners]) -> Literal[0, 90, 180, 270]:
    """Degrees clockwise to turn the picture so that the text stands upright."""
    if not boxes:
        return 0
    right = np.sum([box[1] - box[0] for box in boxes], axis=0)
    angle = np.degrees(np.arctan2(right[1], right[0]))  # 90: the text runs downwards
    turns: tuple[Literal[0, 90, 180, 270], ...] = (0, 270, 180, 90)
    return turns[round(float(angle) / 90) % 4]
