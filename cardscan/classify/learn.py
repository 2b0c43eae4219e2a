"""Learning the wording of a new design: what pictures of it say that the catalogue does not know, as a proposal.

Nothing personal may enter a catalogue: sentences that hold a member's values, or numbers that are no telephone's and
no known one, are left out. A proposal shows what it would change on the ladder of sample texts before it is written.
"""

from __future__ import annotations

import json
import re
import shutil
from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
from rapidfuzz import fuzz

from cardscan.classify.calibrate import ranking
from cardscan.classify.catalogue import BUILT_IN, Catalogue, Variant, load_catalogue
from cardscan.classify.familiar import sentences_of
from cardscan.classify.folding import fold
from cardscan.classify.identify import Attributes, settle
from cardscan.classify.match import match
from cardscan.errors import UsageError
from cardscan.layout import View
from cardscan.records import Line

_SAME = 90.0  # partial ratio from which on two sentences are one
_ALIKE = 80.0  # from which on a sentence does not tell its card from another's
_PHONE = re.compile(r"(?:1[-. ])?\(?\d{3}\)?[-. ]\d{3}[-. ]\d{4}")
_STATED = ("plan", "region", "kind")
_TITLE_WORDS = 7
_LONG_NUMBER = 6  # digits from which on a number may be a member's


@dataclass(frozen=True, slots=True)
class Sentence:
    """A sentence that is new. ``like``: variants that say nearly the same, so that it does not tell them apart."""

    text: str
    like: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Title:
    """A line that may say what was not understood: an attribute of the variant, and its value."""

    text: str
    attribute: str
    value: str


@dataclass(frozen=True, slots=True)
class Proposal:
    """What pictures of a variant add to the catalogue.

    Attributes:
        variant: Its id.
        sentences: New ones.
        titles: Candidates for phrases, where the pictures did not say what the variant states.
        labels: Labels of values.
        contradicts: What the pictures say that the variant does not: they may be of another.
        left_out: Number of new sentences that were left out because they may hold something personal.
    """

    variant: str
    sentences: tuple[Sentence, ...]
    titles: tuple[Title, ...]
    labels: tuple[str, ...]
    contradicts: tuple[str, ...]
    left_out: int

    @property
    def empty(self) -> bool:
        return not (self.sentences or self.titles)


def propose(views: Sequence[View], variant: str, private: Collection[str], catalogue: Catalogue) -> Proposal:
    """What the sides of cards of one design say that is not known.

    Args:
        views: The sides as they were read, of one card or of several.
        variant: Which of the catalogue's variants they are.
        private: Values that belong to a member: no sentence or title with any of them is proposed.
        catalogue: What is known.

    Raises:
        UsageError: There is no such variant.
    """
    known = catalogue.variants.get(variant)
    if known is None:
        raise UsageError(f"There is no variant of that id; there are: {', '.join(sorted(catalogue.variants))}.")
    new = [s for s in dict.fromkeys(sentences_of(views)) if not any(_ratio(s, k) >= _SAME for k in catalogue.sentences)]
    kept_out = _Private.of(private, catalogue)
    safe = [s for s in new if kept_out.allows(s)]
    sentences = tuple(Sentence(s, _like(s, variant, catalogue)) for s in safe)
    finds = match(views, catalogue)
    attributes = settle(finds)
    missing = [
        (name, value)
        for name in _STATED
        if (value := getattr(known, name)) not in (None, "physical", "digital") and getattr(attributes, name) != value
    ]
    lines = [line.text.strip() for view in views for line in view.lines]
    unread = [line for line in dict.fromkeys(lines) if _is_title(line) and kept_out.allows(line)]
    titles = tuple(Title(line, name, str(value)) for name, value in missing for line in unread)
    labels = tuple(dict.fromkeys(m[1] for line in lines if (m := re.match(r"([A-Z][A-Za-z/# ]{2,28}):\s*\S", line))))
    return Proposal(variant, sentences, titles, labels, _contradictions(known, attributes), len(new) - len(safe))


def _contradictions(known: Variant, attributes: Attributes) -> tuple[str, ...]:
    """What the pictures settle otherwise than the variant, or that no variant has."""
    said = [(name, getattr(attributes, name), getattr(known, name)) for name in ("issuer", "plan", "region")]
    other = [f"{name}: {read} ({known.id}: {own})" for name, read, own in said if read and own and read != own]
    return (*other, *([f"exclusion: {attributes.exclusion}"] if attributes.exclusion else []))


def _ratio(a: str, b: str) -> float:
    return fuzz.partial_ratio(fold(a).letters, fold(b).letters)


def _like(sentence: str, variant: str, catalogue: Catalogue) -> tuple[str, ...]:
    return tuple(
        v.id
        for v in catalogue.variants.values()
        if v.id != variant and any(_ratio(sentence, other) >= _ALIKE for other in v.sentences)
    )


@dataclass(frozen=True, slots=True)
class _Private:
    """What may not be learned: words of a member's values, and numbers that no card shares with others."""

    words: frozenset[str]
    shared: frozenset[str]

    @classmethod
    def of(cls, values: Collection[str], catalogue: Catalogue) -> _Private:
        words = (fold(word).letters for value in values for word in value.split())
        numbers = (number for sentence in catalogue.sentences for number in _numbers(sentence))
        return cls(frozenset(word for word in words if len(word) > 2), frozenset(numbers))

    def allows(self, text: str) -> bool:
        letters = fold(text).letters
        if any(word in letters for word in self.words):
            return False
        return all(len(number) < _LONG_NUMBER or number in self.shared for number in _numbers(_PHONE.sub("", text)))


def _numbers(text: str) -> list[str]:
    """Runs of digits, however they are grouped."""
    return [re.sub(r"\D", "", found) for found in re.findall(r"\d[\d.\- ]*\d", text)]


def _is_title(line: str) -> bool:
    words = line.split()
    return (
        len(words) <= _TITLE_WORDS
        and len(fold(line).letters) >= 5
        and not any(c.isdigit() for c in line)
        and ":" not in line
    )


# --- what it would change -------------------------------------------------------------------------------------------


@cache
def ladder() -> tuple[dict[str, Any], ...]:
    """Texts of synthetic cards, with the right variant of each: {card, variant, sides}."""
    content = json.loads((Path(__file__).parent / "ladder.json").read_text(encoding="utf-8"))
    return tuple(content["cards"])


def answers(catalogue: Catalogue, cards: Sequence[Mapping[str, Any]]) -> dict[str, str | None]:
    """The variant that a catalogue finds in each card's text; None where it does not settle on one."""
    return {
        card["card"]: variant_of([_view(lines, i) for i, lines in enumerate(card["sides"])], catalogue)
        for card in cards
    }


def variant_of(views: Sequence[View], catalogue: Catalogue) -> str | None:
    """The variant whose text the sides are; None where the catalogue does not settle on one."""
    finds = match(views, catalogue)
    attributes = settle(finds)
    first = ranking(attributes, finds, catalogue)[0]
    return first.id if first.fits and not attributes.conflicts else None


def confusions(named: Mapping[str, str | None], cards: Sequence[Mapping[str, Any]]) -> Counter[str]:
    """How many of the cards are right, abstained from, and wrong."""
    return Counter(
        "right" if named[c["card"]] == c["variant"] else "abstained" if named[c["card"]] is None else "wrong"
        for c in cards
    )


def _view(lines: Sequence[str], number: int) -> View:
    made = []
    for i, text in enumerate(lines):
        top, right = 50.0 * i, 40 + 15.0 * len(text)
        made.append(Line(text, 0.99, np.array([[40, top], [right, top], [right, top + 34], [40, top + 34]])))
    return View(number, tuple(made))


def with_proposal(proposal: Proposal, catalogue: Catalogue) -> Catalogue:
    """The catalogue with the proposed sentences, in memory."""
    known = catalogue.variants[proposal.variant]
    said = (*known.sentences, *(s.text for s in proposal.sentences))
    return replace(catalogue, variants={**catalogue.variants, known.id: known.model_copy(update={"sentences": said})})


# --- writing --------------------------------------------------------------------------------------------------------


def written(proposal: Proposal, source: Path | None, target: Path) -> Catalogue:
    """A copy of a catalogue with the proposal in it, checked.

    Args:
        proposal: What to add: its new sentences. Titles are for a person to choose from.
        source: Folder of the catalogue it was made for; None: the built-in one.
        target: Folder to write; the source itself may be named, another must not exist.

    Raises:
        UsageError: The pictures say that they are of another card; or the target exists and is not the source, or is
            the built-in catalogue.
        BadData: What was written has faults.
    """
    if proposal.contradicts:
        said = "; ".join(proposal.contradicts)
        raise UsageError(f"The pictures are not of that variant ({said}): name the right one with --as.")
    source = source or BUILT_IN
    if target.resolve() == BUILT_IN.resolve():
        raise UsageError("The built-in catalogue is not changed: name another folder, and set CARDSCAN_CATALOGUE_DIR.")
    if target.resolve() != source.resolve():
        if target.exists():
            raise UsageError(
                "The folder exists and is not the catalogue in use: name one that does not exist, or set "
                "CARDSCAN_CATALOGUE_DIR to it."
            )
        shutil.copytree(source, target)
    path = target / "variants" / f"{proposal.variant}.yaml"
    lines = "".join(f"  - {json.dumps(s.text, ensure_ascii=False)}\n" for s in proposal.sentences)
    path.write_text(path.read_text(encoding="utf-8").rstrip("\n") + "\n" + lines, encoding="utf-8")
    return load_catalogue(target)
