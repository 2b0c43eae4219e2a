"""What a line says, by two recognisers: how sure one must be to stand alone, and what their disagreement is worth.

The tiny recogniser reads every line, and its reading stands where it is sure of every letter and no number is in it but
those of a sentence (an address, a telephone number). A line with other numbers it reads twice, the second time with
more room around it; where both readings are the same, they stand. The small one reads all other lines; where the two
disagree on a number, it reads the line once more, and the doubt is kept in that word's confidence. A number that was
read only once is never a sure number. Where words are wanted soon (``skim``), the tiny one's reading stands more often,
and no number is read twice for being one.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

import numpy as np
from rapidfuzz.distance import Levenshtein

from cardscan.ocr.spacing import Glyph
from cardscan.ocr.strip import cut_out, with_room
from cardscan.records import Corners, Line, Pixels, Word

_QUICK_MEAN = 0.97
_QUICK_LEAST = 0.55
_QUICK_ALONE = 0.9  # the same for a digit, and for a letter that no sentence bears out
_SKIM_MEAN, _SKIM_LEAST = 0.9, 0.55  # the same where words are wanted soon
_SMALL_WORDS = 3
_READ_ONCE = 0.85  # what is left of a number's confidence that was read only once
_DOUBT = 0.5  # what a second reader's disagreement leaves of a word's confidence
_OUTVOTED = 0.8  # the same, where a third reading agrees with the first: given, but never a sure number
_MIN_CONFIDENCE = 0.35  # below this a "line" is texture, not text
_MIN_ALONE = 0.8  # the same for one or two letters by themselves: dots and waves in the ground look like some

Glyphs = list[Glyph]


class LineReader(Protocol):
    """Reads pictures of lines, as ``strip.cut_out`` makes them."""

    def read(self, strips: Sequence[Pixels]) -> list[Glyphs]: ...


def read_lines(
    pixels: Pixels,
    boxes: Sequence[Corners],
    tiny: LineReader,
    small: LineReader,
    *,
    known: dict[int, Glyphs] | None = None,
    skim: bool = False,
) -> list[Line]:
    """The lines that say something.

    Args:
        pixels: RGB.
        boxes: Of the lines, from the text's own top-left clockwise.
        tiny: The quick reader.
        small: The careful one.
        known: What the quick one made of some lines already, by their index.
        skim: Words rather than numbers, sooner.
    """
    quick = _quickly(pixels, boxes, tiny, known or {})
    once = {i for i, glyphs in enumerate(quick) if (_will_do(glyphs) if skim else _stands(glyphs, numbers=False))}
    again = [i for i, glyphs in enumerate(quick) if i not in once and _stands(glyphs, numbers=True)]
    second = tiny.read([cut_out(pixels, with_room(boxes[i])) for i in again])
    twice = {i for i, other in zip(again, second, strict=True) if _agree(quick[i], other)}
    careful = _carefully(pixels, boxes, [i for i in range(len(boxes)) if i not in once | twice], quick, small)
    lines = []
    for i, box in enumerate(boxes):
        glyphs, words = careful.get(i) or (quick[i], _words(quick[i], box))
        if i in once:
            words = [_read_once(word) for word in words]
        if words and _is_text(glyphs):
            confidence = float(np.mean(certainties(glyphs)))
            lines.append(Line(" ".join(word.text for word in words), confidence, box, tuple(words)))
    return lines


def certainties(glyphs: Glyphs) -> list[float]:
    """How sure the reader is of each letter, 0-1; spaces left out."""
    return [g.confidence for g in glyphs if g.text.strip()]


def _quickly(pixels: Pixels, boxes: Sequence[Corners], tiny: LineReader, known: dict[int, Glyphs]) -> list[Glyphs]:
    new = [i for i in range(len(boxes)) if i not in known]
    read = dict(zip(new, tiny.read([cut_out(pixels, boxes[i]) for i in new]), strict=True))
    return [known[i] if i in known else read[i] for i in range(len(boxes))]


def _carefully(
    pixels: Pixels, boxes: Sequence[Corners], wanted: Sequence[int], quick: Sequence[Glyphs], small: LineReader
) -> dict[int, tuple[Glyphs, list[Word]]]:
    """The lines at the ``wanted`` indices as the careful reader reads them; the quick one's readings are witnesses."""
    glyphs = dict(zip(wanted, small.read([cut_out(pixels, boxes[i]) for i in wanted]), strict=True))
    words = {i: _words(glyphs[i], boxes[i]) for i in wanted}
    doubtful = [i for i in wanted if _doubts(words[i], _text(quick[i]))]
    third = small.read([cut_out(pixels, with_room(boxes[i])) for i in doubtful])
    for i, other in zip(doubtful, third, strict=True):
        words[i] = _cross_check(words[i], [_text(quick[i]), _text(other)])
    return {i: (glyphs[i], words[i]) for i in wanted}


def _is_text(glyphs: Glyphs) -> bool:
    """Whether a reading is sure enough to be one of text at all."""
    letters = certainties(glyphs)
    return float(np.mean(letters)) >= (_MIN_ALONE if len(letters) <= 2 else _MIN_CONFIDENCE)


def _stands(glyphs: Glyphs, *, numbers: bool) -> bool:
    """Whether a quick reading needs no other: sure of every letter, and with numbers only inside a sentence.

    Args:
        glyphs: As the tiny reader read them.
        numbers: They may stand anywhere.
    """
    letters = certainties(glyphs)
    sentence = _is_sentence(_text(glyphs))
    least = _QUICK_LEAST if sentence else _QUICK_ALONE
    if not letters or min(letters) <= least or float(np.mean(letters)) <= _QUICK_MEAN:
        return False
    digits = [g.confidence for g in glyphs if g.text.isdigit() or g.text == "$"]
    return not digits or ((sentence or numbers) and min(digits) > _QUICK_ALONE)


def _will_do(glyphs: Glyphs) -> bool:
    """Whether a quick reading is good enough for a decision, which rests on words and on no number's last digit."""
    certain = certainties(glyphs)
    return bool(certain) and min(certain) > _SKIM_LEAST and float(np.mean(certain)) > _SKIM_MEAN


def _is_sentence(text: str) -> bool:
    """Whether a line has words as only sentences do: a member's numbers stand in none."""
    return sum(word.isalpha() and word.islower() and len(word) > 1 for word in text.split()) >= _SMALL_WORDS


def _has_digit(text: str) -> bool:
    return any(character.isdigit() for character in text)


def _read_once(word: Word) -> Word:
    return Word(word.text, word.confidence * _READ_ONCE, word.box) if _has_digit(word.text) else word


def _words(glyphs: Glyphs, box: Corners) -> list[Word]:
    words: list[Word] = []
    run: Glyphs = []
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


def _text(glyphs: Glyphs) -> str:
    return "".join(g.text for g in glyphs)


def _agree(glyphs: Glyphs, others: Glyphs) -> bool:
    """Whether two readings are the same to the letter; spaces depend on the room around a line."""
    return _text(glyphs).replace(" ", "") == _text(others).replace(" ", "")
