"""The catalogue: what cards may say (``catalogue/attributes``) and which cards there are (``catalogue/variants``).

All faults of all files are reported together, each with file and line, and nothing starts.
"""

from __future__ import annotations

import hashlib
import re
from collections import Counter, defaultdict
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from operator import attrgetter
from pathlib import Path
from typing import Annotated, Any, Literal, TypeVar, get_args

from pydantic import BaseModel, ConfigDict, StringConstraints, ValidationError

from cardscan.classify.folding import fold
from cardscan.classify.index import PhraseIndex
from cardscan.classify.phrases import Expression, Meaning, Phrase, Says, Title, unmarked
from cardscan.classify.sentences import Effect, Judged
from cardscan.errors import BadData
from cardscan.records import Exclusion, Family, Funding, Issuer, Kind, Plan, Region
from cardscan.yamldata import Fault, line_of, read_yaml

BUILT_IN = Path(__file__).parent / "catalogue"

STRENGTH = {"aside": 0.0, "hint": 1.0, "likely": 1.5, "clear": 2.0, "strong": 2.5, "sure": 3.0}
"""How much a phrase says of its attribute. ``aside``: nothing; it keeps the text from being read as something else."""

ATTRIBUTES: dict[str, tuple[str, ...]] = {
    "issuer": ("set-aside", *get_args(Issuer)),
    "network": ("set-aside", "cigna", "denied", "other-payer"),
    "limit": ("network", "urgent"),
    "plan": ("set-aside", "HMO", "EPO", "POS 2-Tier", "POS 3-Tier", "POS", "PPO", "other"),
    "family": ("set-aside", *get_args(Family)[:2]),
    "region": ("set-aside", *get_args(Region)),
    "kind": ("travel", "digital"),
    "exclusion": ("set-aside", *get_args(Exclusion)),
    "funding": get_args(Funding),
    "product": (
        "set-aside",
        *("dual-choice", "out-of-area", "flexible-choice", "added-choice", "indemnity"),
        *("open-access", "pcp-referral", "no-referral"),
    ),
    "side": ("front", "back"),
    "card": ("health-plan", "form", "page"),
}
"""Attributes and their values: the words of the reasoning in identify.py, region.py and exclusion.py."""

Text = Annotated[str, StringConstraints(min_length=2)]
Strength = Literal["aside", "hint", "likely", "clear", "strong", "sure"]


class _Frame(BaseModel):
    model_config = ConfigDict(extra="forbid", strict=False)


class _PhraseFrame(_Frame):
    text: Text
    strength: Strength
    near: tuple[Text, ...] = ()


class _TokenFrame(_Frame):
    token: Text
    strength: Strength
    near: tuple[Text, ...] = ()


class _PatternFrame(_Frame):
    pattern: Text
    says: Text
    strength: Strength


class _TitleFrame(_Frame):
    title: Text
    says: Text
    strength: Strength


class _JudgedFrame(_Frame):
    """Sentences that the net finds to say this."""

    judged: Effect
    says: Text
    strength: Strength


class _NumberFrame(_Frame):
    digits: Annotated[str, StringConstraints(pattern=r"^\d{4,}$")]
    says: Text
    strength: Strength


class _ValueFrame(_Frame):
    phrases: tuple[_PhraseFrame, ...] = ()
    tokens: tuple[_TokenFrame, ...] = ()
    patterns: tuple[_PatternFrame, ...] = ()
    numbers: tuple[_NumberFrame, ...] = ()
    sentences: tuple[_JudgedFrame, ...] = ()
    titles: tuple[_TitleFrame, ...] = ()

    @property
    def regular_expressions(self) -> list[str]:
        return [p.pattern for p in self.patterns] + [t.title for t in self.titles]


class _AttributeFrame(_Frame):
    attribute: Text
    whole_words: bool = False
    values: dict[str, _ValueFrame]


class _SentencesFrame(_Frame):
    sentences: tuple[Text, ...]


STATED = ("issuer", "kind", "family", "plan", "region")
"""The attributes that a variant states; no two variants state the same."""

stated: Callable[[Variant], tuple[str | None, ...]] = attrgetter(*STATED)


class Variant(_Frame):
    """One card variant: a combination of attributes, and sentences that are known to stand on it."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    id: Annotated[str, StringConstraints(pattern=r"^[a-z0-9]+(-[a-z0-9]+)*$")]
    title: Text
    issuer: Issuer
    kind: Kind
    family: Family
    plan: Plan | None
    region: Region | None
    reference: Text
    sentences: tuple[Text, ...]


@dataclass(frozen=True, slots=True)
class Catalogue:
    """What is known of cards.

    Attributes:
        phrases: By attribute.
        expressions: By attribute.
        titles: By attribute; what a line says that says nothing else.
        variants: By id.
        shared: Sentences that many cards share.
        version: It changes with every letter of the files.
        index: Of all phrases.
        said: The sentences of each variant, by its id.
    """

    phrases: dict[str, tuple[Phrase, ...]]
    expressions: dict[str, tuple[Says, ...]]
    titles: dict[str, tuple[Title, ...]]
    variants: dict[str, Variant]
    shared: tuple[str, ...]
    version: str
    index: PhraseIndex = field(init=False, repr=False, compare=False)
    said: dict[str, tuple[Phrase, ...]] = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        every = [phrase for phrases in self.phrases.values() for phrase in phrases]
        object.__setattr__(self, "index", PhraseIndex(every))
        said = {
            v.id: tuple(Phrase.of(s, Meaning(s, "variant", v.id, 1.0)) for s in v.sentences)
            for v in self.variants.values()
        }
        object.__setattr__(self, "said", said)

    @property
    def sentences(self) -> tuple[str, ...]:
        """All that are known."""
        return tuple(dict.fromkeys([*(s for v in self.variants.values() for s in v.sentences), *self.shared]))


_Frame_ = TypeVar("_Frame_", bound=BaseModel)


def load_catalogue(folder: Path | None = None) -> Catalogue:
    """The catalogue of a folder; None: the one that comes with the product.

    Raises:
        BadData: It has faults; all of them are listed, each with file and line.
    """
    catalogue, faults = _read(folder or BUILT_IN)
    if catalogue is None:
        raise BadData("\n" + "\n".join(str(fault) for fault in faults))
    return catalogue


def check_catalogue(folder: Path | None = None) -> tuple[Fault, ...]:
    """All faults of a catalogue; empty: it can be used."""
    return tuple(_read(folder or BUILT_IN)[1])


def _read(folder: Path) -> tuple[Catalogue | None, list[Fault]]:
    faults: list[Fault] = []
    digest = hashlib.sha256()
    attributes = _files(folder / "attributes", _AttributeFrame, faults, digest)
    variants = _files(folder / "variants", Variant, faults, digest)
    shared = _files(folder / "sentences", _SentencesFrame, faults, digest)
    _check_attributes(attributes, faults)
    _check_variants(variants, faults)
    if faults:
        return None, sorted(set(faults))
    phrases: dict[str, list[Phrase]] = defaultdict(list)
    expressions: dict[str, list[Says]] = defaultdict(list)
    titles: dict[str, list[Title]] = defaultdict(list)
    for _, frame in attributes:
        for value, content in frame.values.items():
            phrases[frame.attribute] += _phrases(frame, value, content)
            expressions[frame.attribute] += _expressions(frame.attribute, value, content)
            titles[frame.attribute] += _titles(frame.attribute, value, content)
        expressions[frame.attribute] += _judged(frame)
    return (
        Catalogue(
            {k: tuple(v) for k, v in phrases.items()},
            {k: tuple(v) for k, v in expressions.items()},
            {k: tuple(v) for k, v in titles.items()},
            {v.id: v for _, v in variants},
            tuple(s for _, frame in shared for s in frame.sentences),
            digest.hexdigest()[:12],
        ),
        [],
    )


def _files(folder: Path, frame: type[_Frame_], faults: list[Fault], digest: Any) -> list[tuple[str, _Frame_]]:
    """Every file of a folder in its frame; what does not fit goes to ``faults``."""
    found: list[tuple[str, _Frame_]] = []
    paths = sorted(folder.glob("*.yaml")) if folder.is_dir() else []
    if not paths:
        faults.append(Fault("", 0, f"there are no .yaml files in the folder '{folder.name}', or it cannot be read."))
    for path in paths:
        root, data = read_yaml(path, faults)
        if root is None:
            continue
        digest.update(path.name.encode() + path.read_bytes())
        try:
            found.append((path.name, frame.model_validate(data)))
        except ValidationError as error:
            for e in error.errors():
                where = list(e["loc"])
                place = ".".join(map(str, where)) or "the file"
                faults.append(Fault(path.name, line_of(root, where), f"{place}: {e['msg']}."))
    return found


def _check_attributes(files: Sequence[tuple[str, _AttributeFrame]], faults: list[Fault]) -> None:
    for name, frame in files:
        if frame.attribute not in ATTRIBUTES:
            faults.append(
                Fault(name, 1, f"there is no attribute '{frame.attribute}'; there are: {', '.join(ATTRIBUTES)}.")
            )
            continue
        for value, content in frame.values.items():
            if value not in ATTRIBUTES[frame.attribute]:
                known = ", ".join(ATTRIBUTES[frame.attribute])
                faults.append(Fault(name, 0, f"'{frame.attribute}' has no value '{value}'; it has: {known}."))
            faults += [
                Fault(name, 0, f"not a regular expression: {pattern}.")
                for pattern in content.regular_expressions
                if not _compiles(pattern)
            ]
            twice = [text for text, count in Counter(p.text for p in content.phrases).items() if count > 1]
            faults += [Fault(name, 0, f"the phrase '{text}' stands twice under '{value}'.") for text in twice]
        faults += [Fault(name, 0, told) for told in _told_of_two(frame)]
    present = {frame.attribute for _, frame in files}
    faults += [Fault("", 0, f"the attribute '{a}' has no file.") for a in ATTRIBUTES if a not in present]


def _told_of_two(frame: _AttributeFrame) -> Iterator[str]:
    """Phrases that speak for two values, whatever is near: they tell neither from the other."""
    values: dict[str, str] = {}
    for value, content in frame.values.items():
        for phrase in content.phrases:
            letters = fold(unmarked(phrase.text)).letters
            if not phrase.near and values.setdefault(letters, value) != value:
                yield f"the phrase '{phrase.text}' stands under '{value}' and '{values[letters]}': it tells neither."


def _check_variants(files: Sequence[tuple[str, Variant]], faults: list[Fault]) -> None:
    seen: dict[tuple[object, ...], str] = {}
    for name, variant in files:
        if name != f"{variant.id}.yaml":
            faults.append(Fault(name, 1, f"the file of the variant '{variant.id}' must be named {variant.id}.yaml."))
        what = stated(variant)
        if what in seen:
            faults.append(Fault(name, 0, f"it cannot be told from '{seen[what]}': all their attributes are the same."))
        seen[what] = variant.id


def _compiles(pattern: str) -> bool:
    try:
        re.compile(pattern)
    except re.error:
        return False
    return True


def _phrases(frame: _AttributeFrame, value: str, content: _ValueFrame) -> list[Phrase]:
    found = []
    for p in content.phrases:
        meaning = Meaning(unmarked(p.text), frame.attribute, value, STRENGTH[p.strength])
        found.append(Phrase.of(p.text, meaning, p.near, whole_words=frame.whole_words))
    return found


def _expressions(attribute: str, value: str, content: _ValueFrame) -> list[Says]:
    def meaning(says: str, strength: str) -> Meaning:
        return Meaning(says, attribute, value, STRENGTH[strength])

    return [
        *(Expression.of_token(t.token, meaning(t.token, t.strength), t.near) for t in content.tokens),
        *(
            Expression.of_pattern(re.compile(p.pattern, re.IGNORECASE), meaning(p.says, p.strength))
            for p in content.patterns
        ),
        *(Expression.of_number(n.digits, meaning(n.says, n.strength)) for n in content.numbers),
    ]


def _judged(frame: _AttributeFrame) -> list[Says]:
    """What sentences are found to say: of all values at once, so that each sentence is judged once."""
    told = [
        (s.judged, Meaning(s.says, frame.attribute, value, STRENGTH[s.strength]))
        for value, content in frame.values.items()
        for s in content.sentences
    ]
    return [Judged(tuple(told))] if told else []


def _titles(attribute: str, value: str, content: _ValueFrame) -> list[Title]:
    return [
        Title(Meaning(t.says, attribute, value, STRENGTH[t.strength]), re.compile(t.title, re.IGNORECASE))
        for t in content.titles
    ]
