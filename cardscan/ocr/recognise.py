"""Reading lines of text: PP-OCR's recogniser on OpenVINO, one line an inference, widths from a short list.

Lines are cut at gaps between words to at most ``WIDTHS[-1]`` pixels, and padded to the next width of the list: no
tensor shape outside it is ever used, so memory stays flat. Each width may have a copy of the model for itself, because
every change of shape costs as much as a short line.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Sequence
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

from cardscan.inference import Requests, core
from cardscan.ocr.spacing import Glyph, with_spaces
from cardscan.ocr.strip import HEIGHT
from cardscan.records import Pixels

WIDTHS = (128, 256, 384, 512, 640)
_WORD_GAP = 0.17  # of HEIGHT: the least space between two words
_FAINT = 0.3  # of the strongest contrast: less is paper
_EXTRA = "®™℠–—’‘“”•·°áéíóúüñÑ"


class Recogniser:
    """Reads lines. Safe to call from several threads.

    Args:
        model: In ONNX form.
        alphabet: What its classes stand for, a character a line.
        parallel: Lines read at the same time.
        busy: Whether it reads most lines: then each width has a copy for itself, for memory.
    """

    def __init__(self, model: bytes, alphabet: bytes, *, parallel: int, busy: bool) -> None:
        columns, self._starts, self._characters = _alphabet(alphabet)
        narrow = _narrowed(core().read_model(model, b""), columns)
        copies = Requests.several(narrow, len(WIDTHS) if busy else 1, parallel, exact=False)
        self._requests = {width: copies[i % len(copies)] for i, width in enumerate(WIDTHS)}

    def read(self, strips: Sequence[Pixels]) -> list[list[Glyph]]:
        """Characters of upright lines. Each strip is RGB, shape (HEIGHT, any width, 3)."""
        return [self._read_line(strip) for strip in strips]

    def _read_line(self, strip: Pixels) -> list[Glyph]:
        glyphs: list[Glyph] = []
        total = strip.shape[1]
        for start, end in cut_at_gaps(strip, WIDTHS[-1]):
            piece = self._read_piece(strip[:, start:end])
            glyphs += [Glyph(g.text, g.confidence, (start + g.x * (end - start)) / total) for g in piece]
            if end < total and _is_word_gap(strip, end):
                glyphs.append(Glyph(" ", 1.0, end / total))
        return with_spaces(glyphs, strip)

    def _read_piece(self, strip: Pixels) -> list[Glyph]:
        width = strip.shape[1]
        padded = next(w for w in WIDTHS if w >= width)
        tensor = np.zeros((1, 3, HEIGHT, padded), np.float32)
        tensor[0, :, :, :width] = (strip[:, :, ::-1].astype(np.float32) / 127.5 - 1).transpose(2, 0, 1)
        with self._requests[padded].take() as request:
            scores = np.add.reduceat(request.infer([tensor], share_inputs=True)[0][0], self._starts, axis=1)
        return self._decode(scores, padded / width)

    def _decode(self, scores: NDArray[np.float32], stretch: float) -> list[Glyph]:
        """CTC: the best class at each step, repeats and blanks dropped."""
        best = scores.argmax(1)
        steps = len(best)
        glyphs = []
        start = 0
        for step in range(1, steps + 1):
            if step < steps and best[step] == best[start]:
                continue
            if best[start] != 0:
                confidence = float(scores[start:step, best[start]].max())
                x = min(1.0, (start + step) / 2 / steps * stretch)
                glyphs.append(Glyph(self._characters[best[start]], min(1.0, confidence), x))
            start = step
        return glyphs


def _narrowed(model: Any, columns: NDArray[np.int64]) -> Any:
    """The model without the classes that are not wanted: its last layer has thousands, a third of the tiny one's work.

    What is likely is then shared out among the wanted ones alone.
    """
    from openvino import opset13

    node = model.outputs[0].get_node()
    layers: list[Any] = []
    while len(layers) < 2:
        node = node.input_value(0).get_node()
        if node.get_type_name() in ("Add", "MatMul"):
            layers.append(node)
    for layer in layers:
        wanted = np.ascontiguousarray(layer.input_value(1).get_node().data[..., columns])
        layer.input(1).replace_source_output(opset13.constant(wanted).output(0))
    model.validate_nodes_and_infer_types()
    return model


def _alphabet(data: bytes) -> tuple[NDArray[np.int64], NDArray[np.int64], list[str]]:
    """Columns of the model that stand for characters found on these cards, and how they fold together.

    The models know 7 000 to 19 000 characters. Full-width and compatibility forms count for their plain form
    (Unicode NFKC); other scripts are left out, so that a dot is never read as a Chinese full stop.
    """
    listed = [line.rstrip("\r") for line in data.decode().split("\n")]
    if listed[-1] == "":
        listed.pop()
    wanted = [chr(c) for c in range(32, 127)] + list(_EXTRA)
    index = {character: i + 1 for i, character in enumerate(wanted)}
    columns, rows = [0], [0]
    for column, character in enumerate([*listed, " "], start=1):
        plain = character if character in index else unicodedata.normalize("NFKC", character)
        if plain in index:
            columns.append(column)
            rows.append(index[plain])
    # columns of one character side by side, so that they add up without a matrix product (whose threads would spin)
    order = np.argsort(rows, kind="stable")
    characters, starts = np.unique(np.array(rows)[order], return_index=True)
    return np.array(columns)[order], starts, [(["", *wanted])[c] for c in characters]


def cut_at_gaps(strip: Pixels, limit: int) -> list[tuple[int, int]]:
    """Cut a long line into pieces of at most ``limit`` pixels, at the widest gap in each piece's last part."""
    width = strip.shape[1]
    pieces: list[tuple[int, int]] = []
    start = 0
    if width > limit:
        ink = _ink(strip)
        while width - start > limit:
            low, high = start + limit // 2, start + limit
            cut = _middle_of_gap(ink[low:high]) + low
            pieces.append((start, cut))
            start = cut
    pieces.append((start, width))
    return pieces


def _is_word_gap(strip: Pixels, cut: int) -> bool:
    """Whether the empty columns around a cut are as many as between words: a title may be all one word."""
    gray = cv2.cvtColor(strip[:, max(0, cut - HEIGHT) : cut + HEIGHT], cv2.COLOR_RGB2GRAY).astype(np.float32)
    contrast = gray.max(0) - gray.min(0)
    inked = np.flatnonzero(contrast > contrast.min() + _FAINT * (contrast.max() - contrast.min() + 1e-6))
    at = min(cut, HEIGHT)
    before, after = inked[inked < at], inked[inked >= at]
    gap = (int(after[0]) if len(after) else len(contrast)) - (int(before[-1]) if len(before) else -1) - 1
    return gap >= _WORD_GAP * HEIGHT


def _ink(strip: Pixels) -> NDArray[np.float32]:
    """How much each column differs from the line's background, smoothed over a letter gap."""
    gray = cv2.cvtColor(strip, cv2.COLOR_RGB2GRAY).astype(np.float32)
    contrast = gray.max(0) - gray.min(0)
    return np.convolve(contrast, np.ones(9, np.float32) / 9, "same").astype(np.float32)


def _middle_of_gap(ink: NDArray[np.float32]) -> int:
    """The middle of the widest run of nearly empty columns; the later one when two are alike."""
    empty = ink <= ink.min() + 0.15 * (ink.max() - ink.min() + 1e-6)
    best, best_length, start = int(ink.argmin()), 0, None
    for i, is_empty in enumerate([*empty, False]):
        if is_empty and start is None:
            start = i
        elif not is_empty and start is not None:
            if i - start >= best_length:
                best, best_length = (start + i) // 2, i - start
            start = None
    return best
