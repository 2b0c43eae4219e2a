"""The embedded engine: PP-OCRv6 on OpenVINO. Offline, on the CPU, one inference thread a call.

Two recognisers take part. The tiny one reads every line, and its reading stands where it is sure of every letter and no
number is in it but those of a sentence (an address, a telephone number). A line with other numbers it reads twice, the
second time with more room around it; where both readings are the same, they stand. The small one reads all other lines;
where the two disagree on a number, it reads the line once more, and the doubt is kept in that word's confidence. A
number that was read only once is never a sure number.
"""

from __future__ import annotations

import threading
from typing import Literal

import cv2
import numpy as np
from rapidfuzz.distance import Levenshtein

from cardscan.errors import EngineFailed
from cardscan.inference import PARALLEL, core
from cardscan.ocr.detect import Detector
from cardscan.ocr.direction import in_reading_direction, opposite
from cardscan.ocr.models import model_bytes
from cardscan.ocr.recognise import HEIGHT, Recogniser
from cardscan.ocr.spacing import Glyph
from cardscan.records import Corners, Line, Pixels, Reading, Word
from cardscan.settings import Settings

_QUICK_MEAN = 0.97
_QUICK_LEAST = 0.55
_QUICK_ALONE = 0.9  # the same for a digit, and for a letter that no sentence bears out
_SMALL_WORDS = 3
_READ_ONCE = 0.85  # what is left of a number's confidence that was read only once
_DOUBT = 0.5  # what a second reader's disagreement leaves of a word's confidence
_OUTVOTED = 0.8  # the same, where a third reading agrees with the first: given, but never a sure number
_ROOM = 0.1  # of a line's height: what the third reading sees around it
_MIN_CONFIDENCE = 0.35  # below this a "line" is texture, not text
_MIN_ALONE = 0.8  # the same for one or two letters by themselves: dots and waves in the ground look like some
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
        return self._checked(pixels, skim=False)

    def skim(self, pixels: Pixels) -> Reading:
        """Read with the tiny reader wherever it is sure: for a decision; a number that it read alone is not sure."""
        return self._checked(pixels, skim=True)

    def _checked(self, pixels: Pixels, *, skim: bool) -> Reading:
        detector, small, tiny = self._load()
        try:
            return self._read(pixels, detector, small, tiny, skim)
        except (cv2.error, RuntimeError, ValueError, IndexError) as error:
            raise EngineFailed(f"({type(error).__name__})") from error

    def _load(self) -> tuple[Detector, Recogniser, Recogniser]:
        with self._lock:
            if self._models is None:
                self._models = _load_models(self._parallel)
            return self._models

    def _read(self, pixels: Pixels, detector: Detector, small: Recogniser, tiny: Recogniser, skim: bool) -> Reading:
        boxes = detector.find(pixels, page=_is_page(pixels))
        boxes = in_reading_direction(boxes)
        upright, known = _upright(pixels, boxes, tiny)
        if not upright:
            boxes = [opposite(box) for box in boxes]
        read = (_read_line(pixels, box, small, tiny, known.get(i), skim=skim) for i, box in enumerate(boxes))
        lines = [line for line in read if line is not None]
        return Reading(_in_order(lines), self.name, self.version, _rotation([line.box for line in lines]))


def _load_models(parallel: int) -> tuple[Detector, Recogniser, Recogniser]:
    """The models, for so many pictures at the same time; the small reader, which few lines need, for one."""
    small, tiny = model_bytes("small/rec/rec.onnx"), model_bytes("tiny/rec/rec.onnx")
    return (
        Detector(core(), model_bytes("tiny/det/det.onnx"), parallel),
        Recogniser(core(), small, model_bytes("ppocrv6_dict.txt"), parallel=1),
        Recogniser(core(), tiny, model_bytes("ppocrv6_tiny_dict.txt"), parallel=parallel),
    )


def _is_page(pixels: Pixels) -> bool:
    height, width = pixels.shape[:2]
    return bool(max(height, width) > _PAGE_SIDE)


def _strip(pixels: Pixels, box: Corners) -> Pixels:
    """The line under ``box``, upright, HEIGHT pixels high."""
    across = float(np.linalg.norm(box[1] - box[0]) + np.linalg.norm(box[2] - box[3])) / 2
    down = float(np.linalg.norm(box[3] - box[0]) + np.linalg.norm(box[2] - box[1])) / 2
    width = max(8, min(4000, round(HEIGHT * across / max(down, 1))))
    x0, y0 = np.maximum(np.floor(box.min(0)).astype(int) - 2, 0)
    x1, y1 = np.ceil(box.max(0)).astype(int) + 3
    part = pixels[y0:y1, x0:x1]
    shrink = down / HEIGHT
    local = box - (x0, y0)
    if shrink > 2:  # warping skips pixels when it shrinks a lot
        smaller = cv2.resize(part, None, fx=1 / shrink, fy=1 / shrink, interpolation=cv2.INTER_AREA)
        part = np.asarray(smaller, np.uint8)
        local = local / shrink
    target = np.array([(0, 0), (width, 0), (width, HEIGHT), (0, HEIGHT)], np.float32)
    matrix = cv2.getPerspectiveTransform(local.astype(np.float32), target)
    strip = cv2.warpPerspective(part, matrix, (width, HEIGHT), flags=cv2.INTER_CUBIC, borderMode=cv2.BORDER_REPLICATE)
    return np.asarray(strip, np.uint8)


def _upright(pixels: Pixels, boxes: list[Corners], reader: Recogniser) -> tuple[bool, dict[int, list[Glyph]]]:
    """Read a few good lines both ways; the way that reads better is up.

    Returns:
        Whether the lines stand upright, and if so, what was read, by the index of the line.
    """

    def wide(i: int) -> float:
        across, down = (float(np.linalg.norm(boxes[i][k] - boxes[i][0])) for k in (1, 3))
        return min(across / max(down, 1), 12) * min(down, 40)

    vote = 0.0
    known: dict[int, list[Glyph]] = {}
    for tried, i in enumerate(sorted(range(len(boxes)), key=wide, reverse=True)[:8], start=1):
        strip = _strip(pixels, boxes[i])
        known[i] = reader.read(strip)
        turned = np.ascontiguousarray(strip[::-1, ::-1][:, : HEIGHT * 8])
        vote += _certainty(known[i]) - _certainty(reader.read(turned))
        if tried >= 2 and abs(vote) > 0.5 * tried**0.5:
            break
    return (True, known) if vote >= 0 else (False, {})


def _certainty(glyphs: list[Glyph]) -> float:
    letters = [g.confidence for g in glyphs if g.text.strip()]
    return float(np.mean(letters)) * min(1.0, len(letters) / 4) if letters else 0.0


def _read_line(
    pixels: Pixels, box: Corners, small: Recogniser, tiny: Recogniser, known: list[Glyph] | None, *, skim: bool
) -> Line | None:
    """One line; ``known`` is what the tiny reader made of it, if it has looked already."""
    strip = _strip(pixels, box)
    quick = tiny.read(strip) if known is None else known
    if _stands(quick, numbers=skim):
        glyphs, words = quick, [_read_once(word) for word in _words(quick, box)]
    elif _stands(quick, numbers=True) and _agree(quick, tiny.read(_strip(pixels, _grown(box)))):
        glyphs, words = quick, _words(quick, box)
    else:
        glyphs = small.read(strip)
        words = _words(glyphs, box)
        if any(_has_digit(word.text) for word in words):
            others = [_text(quick)]
            if _doubts(words, others[0]):
                others.append(_text(small.read(_strip(pixels, _grown(box)))))
            words = _cross_check(words, others)
    if not words:
        return None
    confidence = float(np.mean([g.confidence for g in glyphs if g.text.strip()]))
    if confidence < (_MIN_ALONE if len(_text(glyphs).replace(" ", "")) <= 2 else _MIN_CONFIDENCE):
        return None
    return Line(" ".join(word.text for word in words), confidence, box, tuple(words))


def _stands(glyphs: list[Glyph], *, numbers: bool) -> bool:
    """Whether a quick reading needs no other: sure of every letter, and with numbers only inside a sentence.

    Args:
        glyphs: As the tiny reader read them.
        numbers: They may stand anywhere.
    """
    letters = [g for g in glyphs if g.text.strip()]
    sentence = _is_sentence(_text(glyphs))
    least = _QUICK_LEAST if sentence else _QUICK_ALONE
    if not letters or min(g.confidence for g in letters) <= least:
        return False
    if float(np.mean([g.confidence for g in letters])) <= _QUICK_MEAN:
        return False
    digits = [g.confidence for g in letters if g.text.isdigit() or g.text == "$"]
    return not digits or ((sentence or numbers) and min(digits) > _QUICK_ALONE)


def _is_sentence(text: str) -> bool:
    """Whether a line has words as only sentences do: a member's numbers stand in none."""
    return sum(word.isalpha() and word.islower() and len(word) > 1 for word in text.split()) >= _SMALL_WORDS


def _has_digit(text: str) -> bool:
    return any(character.isdigit() for character in text)


def _read_once(word: Word) -> Word:
    return Word(word.text, word.confidence * _READ_ONCE, word.box) if _has_digit(word.text) else word


def _words(glyphs: list[Glyph], box: Corners) -> list[Word]:
    words: list[Word] = []
    run: list[Glyph] = []
    for glyph in [*glyphs, Glyph(" ", 1.0, 1.0)]:
        if glyph.text != " ":
            run.append(glyph)
        elif run:
            half = 0.5 / max(len(glyphs), 1)
            left, right = max(0.0, run[0].x - half), min(1.0, run[-1].x + half)
            # the weakest character counts: one doubtful digit makes a doubtful number
            confidence = min(g.confidence for g in run)
            words.append(Word("".join(g.text for g in run), confidence, _part(box, left, right)))
            run = []
    return words


def _part(box: Corners, left: float, right: float) -> Corners:
    top, bottom = box[1] - box[0], box[2] - box[3]
    return np.array([box[0] + left * top, box[0] + right * top, box[3] + right * bottom, box[3] + left * bottom])


def _cross_check(words: list[Word], others: list[str]) -> list[Word]:
    """Lower the confidence of words with digits that another reader read differently; less so if a third agrees."""
    doubts = [_doubts(words, other) for other in others]
    return [
        Word(word.text, word.confidence * (_DOUBT if i in doubts[-1] else _OUTVOTED), word.box)
        if i in doubts[0]
        else word
        for i, word in enumerate(words)
    ]


def _doubts(words: list[Word], second: str) -> set[int]:
    """Indices of the words with digits that a second reader read differently."""
    first = "".join(word.text for word in words)
    places = {edit.src_pos for edit in Levenshtein.editops(first, second.replace(" ", ""))}
    found, at = set(), 0
    for i, word in enumerate(words):
        end = at + len(word.text)
        if _has_digit(word.text) and not places.isdisjoint(range(at, end)):
            found.add(i)
        at = end
    return found


def _text(glyphs: list[Glyph]) -> str:
    return "".join(g.text for g in glyphs)


def _agree(glyphs: list[Glyph], others: list[Glyph]) -> bool:
    """Whether two readings are the same to the letter; spaces depend on the room around a line."""
    return _text(glyphs).replace(" ", "") == _text(others).replace(" ", "")


def _grown(box: Corners) -> Corners:
    """The same line with more room around it: another picture of it for the reader."""
    down = (box[3] - box[0] + box[2] - box[1]) / 2 * _ROOM
    along = (box[1] - box[0]) / max(float(np.linalg.norm(box[1] - box[0])), 1.0) * float(np.linalg.norm(down))
    grown: Corners = box + np.array([-along - down, along - down, along + down, -along + down])
    return grown


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
