"""Tesseract, as installed on the machine: found and checked through pytesseract, fed through a pipe.

pytesseract's own calls write the picture and the text to temporary files. Pictures of cards are never written to disk
here, so the picture goes to the program's standard input and the table of words comes back from its standard output.

Measured on flattened cards: page segmentation 11 reads sparse fronts best, 6 dense backs; whichever reads more, more
surely, is kept. Below 1600 pixels of card width small print is lost, so pictures are scaled up.
"""

from __future__ import annotations

import math
import os
import subprocess
import time
from collections.abc import Iterable, Iterator, Sequence
from itertools import groupby
from typing import Literal

import cv2
import numpy as np
import pytesseract

from cardscan.errors import EngineFailed, EngineUnavailable
from cardscan.records import Corners, Line, Pixels, Reading, Word
from cardscan.settings import Settings

_SPARSE, _BLOCK = 11, 6  # page segmentation modes
_WIDTH = 1600
_MOST_GROWTH = 4.0
_RIM = 24  # pixels added all around: text that touches the rim is not found
_COLUMNS = 12  # of Tesseract's table
_LEAST_WORD = 0.2  # below this a "word" is texture
_COLUMN_GAP = 2.5  # line heights between words that belong to different columns
_FEW_LETTERS = 25
_POOR = 0.6
_REMEDY = "Install it, for example with: apt-get install tesseract-ocr."
_Turn = Literal[0, 90, 180, 270]


class Tesseract:
    """Tesseract with its English model. One process a call, one thread a process. Safe to call from several threads."""

    name = "tesseract"

    def __init__(self, settings: Settings) -> None:
        self._seconds = settings.engine_seconds
        self._version: str | None = None

    @property
    def version(self) -> str:
        """Of the installed program, ``not installed`` where there is none."""
        try:
            return self._checked()
        except EngineUnavailable:
            return "not installed"

    def warm_up(self) -> None:
        """Check that the program and its English model are there.

        Raises:
            EngineUnavailable: One of them is missing; the message says how to install it.
        """
        self._checked()

    def read(self, pixels: Pixels) -> Reading:
        """Read RGB pixels, shape (h, w, 3), whichever way the text stands.

        Raises:
            EngineUnavailable: The program or its English model is missing.
            EngineFailed: It crashed, took longer than ``engine_seconds`` or answered nonsense.
        """
        version = self._checked()
        end = time.monotonic() + self._seconds
        gray, scale = _prepared(pixels)
        turn, lines = _better_turn(gray, end)
        if lines:
            lines = max(lines, _run(_turned(gray, turn), _BLOCK, end), key=_worth)
        height, width = gray.shape
        placed = [_placed(line, turn, (width, height), scale, pixels.shape[:2]) for line in _in_rows(lines)]
        return Reading(tuple(placed), self.name, version, turn if placed else 0)

    def _checked(self) -> str:
        if self._version is None:
            self._version = _installed_version()
        return self._version


def _installed_version() -> str:
    try:
        number = str(pytesseract.get_tesseract_version())
        languages = pytesseract.get_languages()
    except pytesseract.TesseractNotFoundError:
        raise EngineUnavailable(f"The program 'tesseract' is not installed. {_REMEDY}") from None
    except (SystemExit, OSError, ValueError, subprocess.SubprocessError):
        raise EngineUnavailable(f"The program 'tesseract' does not run, or is older than 3.05. {_REMEDY}") from None
    if "eng" not in languages:
        remedy = "Install it, for example with: apt-get install tesseract-ocr-eng."
        raise EngineUnavailable(f"Tesseract's English model ('eng') is missing. {remedy}")
    return f"{number} eng"


def _prepared(pixels: Pixels) -> tuple[Pixels, float]:
    """The picture in gray, large enough, with a rim; and by how much it was scaled."""
    gray = cv2.cvtColor(pixels, cv2.COLOR_RGB2GRAY)
    scale = min(max(1.0, _WIDTH / max(gray.shape)), _MOST_GROWTH)
    if scale > 1:
        gray = cv2.resize(gray, None, fx=scale, fy=scale, interpolation=cv2.INTER_CUBIC)
    grown = cv2.copyMakeBorder(gray, _RIM, _RIM, _RIM, _RIM, cv2.BORDER_REPLICATE)
    return np.asarray(grown, np.uint8), scale


def _better_turn(gray: Pixels, end: float) -> tuple[_Turn, list[Line]]:
    """Upright if that can be read, else the turn of which most is read; the lines are in the turned picture."""
    turn: _Turn = 0
    lines = _run(gray, _SPARSE, end)
    if not _is_poor(lines):
        return turn, lines
    others: tuple[_Turn, ...] = (180, 90, 270)
    for other in others:
        tried = _run(_turned(gray, other), _SPARSE, end)
        if _worth(tried) > _worth(lines):
            turn, lines = other, tried
            if not _is_poor(lines):
                break
    return turn, lines


def _turned(gray: Pixels, turn: _Turn) -> Pixels:
    return np.ascontiguousarray(np.rot90(gray, -turn // 90))


def _run(gray: Pixels, segmentation: int, end: float) -> list[Line]:
    """The lines that one run of the program reads, boxes in pixels of ``gray``."""
    height, width = gray.shape
    command = [pytesseract.pytesseract.tesseract_cmd, "stdin", "stdout", "-l", "eng", "--psm", str(segmentation), "tsv"]
    # more OpenMP threads than one cost four times the processor time where other work runs beside
    environment = {**os.environ, "OMP_THREAD_LIMIT": "1"}
    portable_graymap = b"P5\n%d %d\n255\n" % (width, height) + gray.tobytes()
    left = max(0.01, end - time.monotonic())
    try:
        done = subprocess.run(command, input=portable_graymap, capture_output=True, env=environment, timeout=left)
    except subprocess.TimeoutExpired:
        raise EngineFailed("It took longer than the setting engine_seconds allows.") from None
    except OSError as error:
        raise EngineFailed(f"({type(error).__name__})") from None
    if done.returncode:
        raise EngineFailed(f"(exit status {done.returncode})")
    try:
        return list(_lines(done.stdout.decode().splitlines()))
    except (UnicodeDecodeError, ValueError):
        raise EngineFailed("Its answer is not understood.") from None


def _lines(table: Sequence[str]) -> Iterator[Line]:
    """Lines of Tesseract's table; a wide gap between two words ends a line.

    Raises:
        ValueError: It is not such a table.
    """
    if not table or table[0].split("\t")[:1] != ["level"] or table[0].count("\t") != _COLUMNS - 1:
        raise ValueError("no heading")
    rows = [row.split("\t") for row in table[1:]]
    if any(len(row) != _COLUMNS for row in rows):
        raise ValueError("a row of another length")
    words = [row for row in rows if row[0] == "5" and row[11].strip()]
    for _, of_line in groupby(words, key=lambda row: tuple(row[1:5])):
        run: list[Word] = []
        for word in filter(None, map(_word, of_line)):
            if run and word.box[0, 0] - run[-1].box[1, 0] > _COLUMN_GAP * _height([*run, word]):
                yield _line(run)
                run = []
            run.append(word)
        if run:
            yield _line(run)


def _word(row: Sequence[str]) -> Word | None:
    confidence = float(row[10]) / 100
    if not math.isfinite(confidence) or confidence > 1:
        raise ValueError("no confidence")
    left, top, width, height = map(int, row[6:10])
    if confidence < _LEAST_WORD:
        return None
    return Word(row[11].strip(), confidence, _rectangle(left, top, left + width, top + height))


def _line(words: Sequence[Word]) -> Line:
    corners = np.concatenate([word.box for word in words])
    letters = sum(len(word.text) for word in words)
    confidence = sum(len(word.text) * word.confidence for word in words) / letters
    box = _rectangle(*corners.min(0), *corners.max(0))
    return Line(" ".join(word.text for word in words), confidence, box, tuple(words))


def _rectangle(left: float, top: float, right: float, bottom: float) -> Corners:
    return np.array([(left, top), (right, top), (right, bottom), (left, bottom)], np.float64)


def _height(words: Iterable[Word]) -> float:
    return float(np.median([word.box[3, 1] - word.box[0, 1] for word in words]))


def _letters(lines: Iterable[Line]) -> int:
    return sum(c.isalnum() for line in lines for c in line.text)


def _worth(lines: Sequence[Line]) -> float:
    """Letters, each weighed by how surely it was read."""
    return sum(line.confidence * _letters([line]) for line in lines)


def _is_poor(lines: Sequence[Line]) -> bool:
    letters = _letters(lines)
    return letters < _FEW_LETTERS or _worth(lines) / letters < _POOR


def _in_rows(lines: Sequence[Line]) -> list[Line]:
    """Top to bottom, lines of one row from left to right."""
    ordered: list[Line] = []
    row: list[Line] = []
    for line in sorted(lines, key=lambda one: float(one.box[:, 1].mean())):
        middle = float(np.mean([other.box[:, 1].mean() for other in row])) if row else 0.0
        if row and line.box[:, 1].mean() - middle > (line.box[3, 1] - line.box[0, 1]) / 2:
            ordered += sorted(row, key=lambda one: float(one.box[0, 0]))
            row = []
        row.append(line)
    return ordered + sorted(row, key=lambda one: float(one.box[0, 0]))


def _placed(line: Line, turn: _Turn, size: tuple[int, int], scale: float, shape: tuple[int, ...]) -> Line:
    """A line of the turned, scaled, rimmed picture in pixels of the picture that was given."""
    limit = np.array([shape[1], shape[0]], np.float64)

    def back(box: Corners) -> Corners:
        return np.clip((_turned_back(box, turn, size) - _RIM) / scale, 0.0, limit)

    words = tuple(Word(word.text, word.confidence, back(word.box)) for word in line.words)
    return Line(line.text, line.confidence, back(line.box), words)


def _turned_back(box: Corners, turn: _Turn, size: tuple[int, int]) -> Corners:
    """Points of a picture of ``size`` (width, height) that was turned clockwise, in the picture before the turn."""
    width, height = size
    x, y = box[:, 0], box[:, 1]
    if turn == 90:
        x, y = y, height - x
    elif turn == 180:
        x, y = width - x, height - y
    elif turn == 270:
        x, y = width - y, x
    return np.stack([x, y], axis=1)
