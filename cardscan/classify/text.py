"""A text in the forms in which it is searched, each made when it is first asked for."""

from __future__ import annotations

import re
from bisect import bisect_left
from functools import cached_property

from cardscan.classify.folding import Folded, fold
from cardscan.classify.necessary import small

BREAK = "¶"  # between paragraphs; folds to nothing, so it must be looked for in the raw text

DIGIT = {"0": "[0OoQD]", "1": "[1lI|]", "5": "[5S]", "8": "[8B]"}
"""What OCR reads for digits."""

_SENTENCE = re.compile(
    rf"(?:[^.!{BREAK}]|[.](?=\S)|(?<=\b[A-Z])[.]|(?<=\bP\.0)[.]|(?<=\bP0)[.]|(?<=\b(?:Inc|Rec))[.]|(?<=\bNo)[.](?=\s?\d)|(?<=\.\.)[.])+"
)
_ANSWER = re.compile(
    r"\W*(?:(?:it|they|access|neither|none|never)\b|(?:this|that)\b(?!\s(?:card|plan|ID)\b)"
    r"|not\b(?!\s(?:transferable|insurance)\b)|no\b(?!\s\w))",
    re.IGNORECASE,
)
_SHORT_ANSWER = 40  # letters
_BARE = str.maketrans(
    {**dict.fromkeys(".-–—()/·•"), **{c.lower(): digit for digit, like in DIGIT.items() for c in like[1:-1]}}
)


class Text:
    """A text as it was read, and what is made of it. ``raw`` may hold ``BREAK`` between paragraphs.

    Args:
        raw: The text.
        ended: Every sentence ends with a full stop, whether or not it was read.
    """

    def __init__(self, raw: str, *, ended: bool = False) -> None:
        self.raw = raw
        self._ended = ended

    @cached_property
    def folded(self) -> Folded:
        return fold(self.raw)

    @cached_property
    def small(self) -> str:
        """In small letters, as ``necessary`` gives its pieces."""
        return small(self.raw)

    @cached_property
    def bare(self) -> str:
        return bare(self.raw)

    @cached_property
    def sentences(self) -> tuple[tuple[int, int], ...]:
        """Where sentences begin and end; one that a short one answers ("It does not now.") ends with the answer."""
        spans = [match.span() for match in _SENTENCE.finditer(self.raw)]
        for i, (start, end) in enumerate(spans[:-1]):
            first, last = spans[i + 1]
            if first - end <= 1 and BREAK not in self.raw[end:first]:
                answer = self.raw[first:last]
                if len(answer) < _SHORT_ANSWER and _ANSWER.match(answer):
                    spans[i] = start, last
        return tuple(spans)

    def sentence(self, start: int, end: int) -> str:
        """A sentence, or the last part of one, with the full stop that ends it."""
        if self._ended:
            return self.raw[start:end].rstrip() + "."
        return self.raw[start : end + (self.raw[end : end + 1] == ".")]

    def letters(self, start: int, end: int) -> int:
        """How many folded letters stand between two positions."""
        origin = self.folded.origin
        return bisect_left(origin, end) - bisect_left(origin, start)


def bare(text: str) -> str:
    """Text without what may stand between digits, in small letters, those that look like digits as digits.

    Whatever a token's or a number's pattern finds in a text, its bare form stands in the bare text.
    """
    return "".join(text.lower().split()).translate(_BARE)
