"""Sentences as the net reads them: pieces of words (WordPiece, as BERT has it), long numbers by their kind."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence

START, END, UNKNOWN = "[CLS]", "[SEP]", "[UNK]"
_QUOTES = str.maketrans("‘’–—", "''--")
_KINDS = (
    (re.compile(r"(?:\b1[-. ]?)?\(?\b\d{3}\)?[-. ]\d{3}[-. ]\d{4}\b"), "phone"),
    (re.compile(r"\b\d{1,2}[/-]\d{1,2}(?:[/-]\d{2,4})?\b|\b\d{1,2}/(?:19|20)\d\d\b"), "date"),
    (re.compile(r"\b(?:19|20)\d\d\b"), "year"),
    (re.compile(r"\d{4,}"), "number"),
)
"""Which number it is says nothing about what a sentence means, and is nothing to learn by heart."""
_WORD = re.compile(r"[a-z]+|\d+|[^\sa-z\d]")
_LONGEST = 24  # letters of a piece
_RUN_TOGETHER = 14  # letters of a word that may be several
_PIECE = 5  # letters of a piece of a long word, at least
_TORN = 3  # letters of a part of a word that a reader tore apart


class Pieces:
    """Cuts sentences into the pieces of a vocabulary, longest first.

    Args:
        vocabulary: The pieces; those that go on within a word begin with ``##``.
    """

    def __init__(self, vocabulary: Sequence[str]) -> None:
        self._index = {piece: i for i, piece in enumerate(vocabulary)}

    def of(self, sentence: str) -> list[int]:
        """Indices of the pieces of a sentence, without its start and end."""
        return [index for word in self._mended(words(sentence)) for index in self._of_word(word)]

    def is_strange(self, word: str) -> bool:
        """Whether a word falls into more pieces than its length explains, as misread ones do."""
        return len(self._of_word(word)) > 1 + len(word) // _PIECE

    def _mended(self, read: Sequence[str]) -> list[str]:
        """Words that a reader tore apart, whole again: "ov er", "dr op"."""
        mended: list[str] = []
        for word in read:
            torn = mended and any(self._is_torn(part) for part in (mended[-1], word))
            if torn and word.isalpha() and mended[-1].isalpha() and mended[-1] + word in self._index:
                mended[-1] += word
            else:
                mended.append(word)
        return mended

    def _is_torn(self, part: str) -> bool:
        return len(part) <= _TORN and part not in self._index

    @property
    def ends(self) -> tuple[int, int]:
        """Indices of what stands before and after a sentence."""
        return self._index[START], self._index[END]

    def _of_word(self, word: str) -> list[int]:
        if len(word) >= _RUN_TOGETHER and word not in self._index and (apart := self._parted(word)):
            return apart
        pieces: list[int] = []
        start = 0
        while start < len(word):
            mark = "##" if start else ""
            for end in range(min(len(word), start + _LONGEST), start, -1):
                index = self._index.get(mark + word[start:end])
                if index is not None:
                    pieces.append(index)
                    start = end
                    break
            else:
                return [self._index[UNKNOWN]]
        return pieces

    def _parted(self, run: str) -> list[int]:
        """Words that a reader ran together, as few as may be; nothing where they are none."""
        ways: list[list[int] | None] = [[], *[None] * len(run)]
        for end in range(2, len(run) + 1):
            for start in range(max(0, end - _LONGEST), end - 1):
                before, index = ways[start], self._index.get(run[start:end])
                known = ways[end]
                if before is not None and index is not None and (known is None or len(before) + 1 < len(known)):
                    ways[end] = [*before, index]
        return ways[-1] or []


def words(sentence: str) -> list[str]:
    """Words, numbers and signs in small letters without accents; long numbers by their kind."""
    plain = sentence.translate(_QUOTES).lower()
    if not plain.isascii():
        plain = "".join(c for c in unicodedata.normalize("NFD", plain) if unicodedata.category(c) != "Mn")
    for pattern, kind in _KINDS:
        plain = pattern.sub(kind, plain)
    return _WORD.findall(plain)
