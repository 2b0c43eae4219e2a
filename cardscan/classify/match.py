"""Finding what the catalogue knows on the sides of a card, each find with the place where the card says it.

A side is searched twice: paragraph by paragraph (so that two columns do not run into each other) and row by row (so
that a sentence which the layout broke is still found). Lists of states are set aside before regions are looked for.
"""

from __future__ import annotations

import re
from bisect import bisect_left, bisect_right
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from heapq import nlargest
from itertools import pairwise

import numpy as np

from cardscan.classify.catalogue import Catalogue
from cardscan.classify.finds import Find
from cardscan.classify.persons import is_name, is_sure, names_beside_labels
from cardscan.classify.phrases import Hit, Meaning, Phrase, find
from cardscan.classify.text import BREAK, Text
from cardscan.classify.weights import CONTENDERS, Support
from cardscan.layout import Placed, View, paragraphs, place
from cardscan.records import Box, Corners, Line, box_of

_STATES = (
    "california|colorado|district of columbia|d\\.?c\\.?|georgia|hawaii|maryland|oregon|virginia"
    "|washington(?:,? d\\.?c\\.?)?"
    "|ca|co|ga|hi|md|or|va|wa|dc"
)
STATE_LIST = re.compile(rf"(?<![a-z])(?:(?:{_STATES})(?:[\s,;/&.·•|()]+|and|or(?=\s|,)|the)*){{3,}}", re.IGNORECASE)
"""Three or more Kaiser Permanente states in a row: a list of where the plan works, not of whose plan it is."""
_OF_ONE_REGION = re.compile(
    r"(?:(?:maryland|md|virginia|va|washington(?=,? d)|(?:the )?district of columbia|d\.?c\.?)[\s,;/&.·•|()]*"
    r"(?:and|or|the)?\s*)+",
    re.IGNORECASE,
)
"""The states of the Mid-Atlantic States alone: a list that says whose plan it is."""

_MAYBE_WASHINGTON = Meaning("Washington, as a name or a place", "exclusion", "washington", 1.5)
"""A name that no label beside it calls one: "Washington, Core" is a plan of an excluded region."""

_CELL = 6  # words that a cell of a table holds, at most
_OF_NETWORK = re.compile(r"\bCigna\b|\bPPO\b|\bnetwork\b", re.IGNORECASE)
_IN_COLUMNS = {"limit"}  # whole sentences: a row of two columns has halves of two
_OWN_LINE = re.compile(
    r"\W*(?:member|subscriber|name|health|medical|mrn|id|group|grp|rx\w*|pcp|primary|er|emergency room|urgent care"
    r"|office|specialist|deductible|copay\w*|dependents?|dental|vision|pharmacy|effective|issued?|tier|preventive|plan"
    r"|referral)\b(?=[^.]{0,30}(?:[:$#\d]|no\b|none\b|waived|not\b))",
    re.IGNORECASE,
)
"""A line with a label of its own goes on with no sentence: fronts have no full stops."""

_LABELS_ONLY = re.compile(
    r"\W*(?:(?:coverage|effective|eff|issued?|issuer|80840|date|member|subscriber|customer|name|health|medical|record|mrn|hrn|id"
    r"|number|no|group|grp|account|rx\s?(?:bin|pcn|grp|group|id)?|bin|pcn|pcp|dob|since)\b\W*)+",
    re.IGNORECASE,
)
"""A line of nothing but labels, with their values in other lines."""

_OPEN = re.compile(
    r"\b(?:the|an?|of|to|for|and|or|by|at|with|from|are|is|be|was|were|as|your|our|their|its|this|that|any|than|if|when"
    r"|until|unless|will|may|can|must)\s+$",
    re.IGNORECASE,
)
"""The last word of a line whose sentence is not yet at its end."""

_NUMBER_LAST = re.compile(r"\d{3}\W*$")
_HEAD_ALONE = re.compile(
    rf"(?:^|[.!{BREAK}])\W*(?:\w\W+)?(?:(?:cigna|health\s?cares?|kaiser|permanente|for|all|our|and|providers?|members?|claims?|networks?"
    r"|emergenc(?:y|ies)|care|questions|pharmac(?:y|ies)|hospitals?|physicians|doctors|customer|services?|information)\b\W*)+$",
    re.IGNORECASE,
)
"""A paragraph that so far is a logo or a heading."""

_TOLD = {"exclusion", "funding"}  # what an abbreviation in a sentence says of these is as true as anywhere
_HEAD = 60  # letters of a logo or a heading, at most
_GUTTER = 0.8  # line heights between two columns, at least
_STOP = re.compile(r"[.!?]\W*$")
_A_FEW = 3  # lines of several words: on a side with so many, one ends with a full stop
_SEVERAL = 4
_RUNS_ON = re.compile(r"(?<![A-Za-z])[a-z]+ $")  # a sentence whose last line stands alone: "... may be / not covered."
_Part = tuple[int, int, int]
"""The id of a line, and its first and last letter that are meant."""


@dataclass(frozen=True, slots=True)
class _Stream:
    """Lines in some order as one text.

    Attributes:
        text: Its text.
        likely: The phrases that it may say, by attribute.
        lines: Its lines.
        starts: Positions at which they begin.
        labelled: Ids of the lines beside which a label says that they are a person's name.
        walls: Positions that nothing found may reach across: another column begins there.
    """

    text: Text
    likely: dict[str, list[Phrase]]
    lines: tuple[Line, ...]
    starts: tuple[int, ...]
    labelled: frozenset[int]
    walls: tuple[int, ...] = ()


def match(views: Sequence[View], catalogue: Catalogue) -> tuple[Find, ...]:
    """Everything the catalogue knows that the views say, strongest first within an attribute and value."""
    sides = [_streams(view, catalogue) for view in views]
    finds = [
        found
        for number, streams in enumerate(sides)
        for attribute in catalogue.phrases
        for found in _best(_told(*streams, attribute, catalogue), number, views[number].image)
    ]
    support = Support(finds)
    contenders = nlargest(CONTENDERS, catalogue.variants.values(), key=support.of)
    sentences = [phrase for variant in contenders for phrase in catalogue.said[variant.id]]
    for number, streams in enumerate(sides):
        said = [
            (hit, stream) for stream in streams[:2] for hit in _within_walls(find(sentences, (), stream.text), stream)
        ]
        finds += _best(said, number, views[number].image)
    return tuple(sorted(finds, key=lambda f: -f.strength * f.score))


def speaks_of(attribute: str, views: Sequence[View], catalogue: Catalogue) -> bool:
    """Whether anything in the views says anything of an attribute: much sooner known than all that they say."""
    return any(_told(*_streams(view, catalogue), attribute, catalogue) for view in views)


def _told(
    columns: _Stream, rows: _Stream, cells: _Stream, attribute: str, catalogue: Catalogue
) -> list[tuple[Hit, _Stream]]:
    """What a side says of an attribute, and in which order of its lines."""
    if attribute in _IN_COLUMNS:
        sentences = [(hit, columns) for hit in _search(columns, attribute, catalogue)]
        return sentences + [(hit, cells) for hit in find((), catalogue.expressions.get(attribute, ()), cells.text)]
    by_column = _search(columns, attribute, catalogue)
    # what a paragraph sets aside speaks no more where its lines stand in a row with those of another
    aside = [part for hit in by_column if not hit.meaning.strength for part in _parts(hit, columns)]
    across = _search(rows, attribute, catalogue, _state_lists(columns))
    by_row = [hit for hit in across if not _covered(_parts(hit, rows), aside)]
    if attribute == "plan":  # "RxPCN" and "HMO" may stand in one row and two columns
        aside = [part for hit in by_row if not hit.meaning.strength for part in _parts(hit, rows)]
        by_column = [hit for hit in by_column if not _covered(_parts(hit, columns), aside)]
    return [*((hit, columns) for hit in by_column), *((hit, rows) for hit in by_row)]


def _best(hits: Sequence[tuple[Hit, _Stream]], view: int, image: int) -> list[Find]:
    """The hits of one side as finds: of each thing said the one that says it best."""
    best: dict[Meaning, tuple[float, Hit, _Stream]] = {}
    for hit, stream in hits:
        strength = _strength(hit, stream)
        if hit.meaning not in best or best[hit.meaning][0] * best[hit.meaning][1].score < strength * hit.score:
            best[hit.meaning] = strength, hit, stream
    return [_as_find(hit, stream, strength, view, image) for strength, hit, stream in best.values()]


def _streams(view: View, catalogue: Catalogue) -> tuple[_Stream, _Stream, _Stream]:
    """The text of a side column by column, row by row, and the rows of tables that speak of the network."""
    placed = place(view)
    chains = paragraphs(placed)
    labelled = names_beside_labels(placed)
    columns = _stream(catalogue, [line for chain in chains for line in (*chain, None)], labelled)
    rows = _stream(catalogue, placed, labelled, _gutters(placed, chains))
    return columns, rows, _stream(catalogue, list(_cells(placed)), labelled)


def _cells(placed: Sequence[Placed]) -> Iterator[Placed | None]:
    """What names the network in a few words, each with what stands next to it: "Cigna PPO Network", "Not included"."""
    short = [p for p in placed if len(p.line.text.split()) <= _CELL]
    for head in short:
        level = [p for p in short if p.left > head.right and abs(p.middle - head.middle) < 0.5 * head.height]
        if level and _OF_NETWORK.search(head.line.text):
            yield from (head, min(level, key=lambda p: p.left), None)


def _gutters(placed: Sequence[Placed], chains: Sequence[Sequence[Placed]]) -> frozenset[int]:
    """Indices of lines that stand in another column than the line before: no sentence runs on there."""
    column = {id(line): number for number, chain in enumerate(chains) if len(chain) > 1 for line in chain}
    return frozenset(
        i
        for i, (before, line) in enumerate(pairwise(placed), start=1)
        if column.get(id(before), -1) != column.get(id(line), -1)
        and {id(before), id(line)} <= column.keys()
        and _across(before, line) > _GUTTER * max(line.height, before.height)
    )


def _across(before: Placed, line: Placed) -> float:
    """How far apart two lines are that follow each other in a row, or from the end of one to the start of the next."""
    same_row = before.top < line.middle < before.bottom
    return line.left - before.right if same_row else before.left - line.right


def _stream(
    catalogue: Catalogue, lines: Sequence[Placed | None], labelled: frozenset[int], gutters: Collection[int] = ()
) -> _Stream:
    raw, kept, starts, walls = "", [], [], []
    for number, placed in enumerate(lines):
        if number in gutters:
            walls.append(len(raw))
        if placed is None:
            raw += f" {BREAK} "
            continue
        kept.append(placed.line)
        starts.append(len(raw))
        raw += placed.line.text + " "
    text = Text(raw)
    likely = catalogue.index.likely(text.folded.letters)
    return _Stream(text, likely, tuple(kept), tuple(starts), labelled, tuple(walls))


def _state_lists(columns: _Stream) -> list[_Part]:
    """Where lists of states stand: in a row of two columns they may be broken."""
    return [
        part for match in _lists_of_states(columns.text.raw) for part in _stretch(match.start(), match.end(), columns)
    ]


def _lists_of_states(raw: str) -> list[re.Match[str]]:
    """The lists of states that are not those of one region alone."""
    return [match for match in STATE_LIST.finditer(raw) if not _OF_ONE_REGION.fullmatch(match[0])]


def _without(raw: str, start: int, end: int) -> str:
    """A text with breaks in place of a stretch of it."""
    return raw[:start] + BREAK * (end - start) + raw[end:]


def _search(stream: _Stream, attribute: str, catalogue: Catalogue, lists: Sequence[_Part] = ()) -> list[Hit]:
    raw, text, likely = stream.text.raw, stream.text, stream.likely
    names = _names(stream) if attribute in ("region", "exclusion") else []
    for start, end, _ in names:
        raw = _without(raw, start, end)
    if attribute == "region":
        for states in _lists_of_states(raw):
            raw = _without(raw, *states.span())
        starts = {id(line): start for line, start in zip(stream.lines, stream.starts, strict=True)}
        for line, first, last in lists:
            raw = _without(raw, starts[line] + first, starts[line] + last)
    if attribute == "issuer":  # "UNDERHILL, OSCAR" above "Health Record Number" is not Oscar Health
        for at, own in zip(stream.starts, stream.lines, strict=True):
            if id(own) in stream.labelled:
                raw = _broken_before(at + len(own.text) + 1, raw)
    if attribute in _IN_COLUMNS:
        for at, own in zip(stream.starts, stream.lines, strict=True):
            if at and _begins_anew(own.text, raw[:at]):
                raw = _broken_before(at, raw)
    if raw != text.raw:
        text = Text(raw)
        likely = catalogue.index.likely(text.folded.letters)
    hits = find(likely.get(attribute, ()), catalogue.expressions.get(attribute, ()), text)
    if attribute in _IN_COLUMNS and _has_lost_stops(stream):
        hits += find((), catalogue.expressions.get(attribute, ()), Text(_line_by_line(raw, stream), ended=True))
    for title in catalogue.titles.get(attribute, ()):
        lines = zip(stream.lines, stream.starts, strict=True)
        alone = [hit for line, at in lines if (hit := title.hit(line.text, at)) is not None]
        hits += [hit for hit in alone if not _RUNS_ON.search(stream.text.raw[: hit.start])]
    if attribute == "exclusion":
        unsure = [(start, end) for start, end, labelled in names if not labelled]
        hits += [Hit(_MAYBE_WASHINGTON, 1.0, a, b, 0.0) for a, b in unsure if "washington" in stream.text.small[a:b]]
    return _within_walls(hits, stream)


def _has_lost_stops(stream: _Stream) -> bool:
    """Whether no line of a text ends a sentence: a screen's pattern or a fax may have taken the full stops."""
    told = [line.text for line in stream.lines if len(line.text.split()) >= _SEVERAL]
    return len(told) >= _A_FEW and not any(map(_STOP.search, told))


def _line_by_line(raw: str, stream: _Stream) -> str:
    """A text in which nothing runs on into a line that begins with a capital."""
    for at, line in zip(stream.starts, stream.lines, strict=True):
        if at and line.text[:1].isupper():
            raw = _broken_before(at, raw)
    return raw


def _broken_before(at: int, raw: str) -> str:
    """A text with a break in place of the space before a line that begins there."""
    return raw[: at - 1] + BREAK + raw[at:]


def _within_walls(hits: Sequence[Hit], stream: _Stream) -> list[Hit]:
    return [hit for hit in hits if not any(hit.start < wall < hit.end for wall in stream.walls)]


def _begins_anew(line: str, before: str) -> bool:
    """Whether no sentence runs on into a line: it has a label of its own, or a number, logo or heading is before."""
    if _OPEN.search(before[-12:]):
        return False
    if _OWN_LINE.match(line) or _LABELS_ONLY.fullmatch(line):
        return True
    ended = _NUMBER_LAST.search(before[-8:]) or _HEAD_ALONE.search(before, max(0, len(before) - _HEAD))
    return line[:1].isupper() and ended is not None


def _names(stream: _Stream) -> list[tuple[int, int, bool]]:
    """The lines that are persons' names: where they begin and end, and whether a label says that they are."""
    found = []
    before = ""
    for line, start in zip(stream.lines, stream.starts, strict=True):
        labelled = id(line) in stream.labelled
        if is_name(line.text, labelled=labelled) and not before.lower().rstrip().endswith(" of"):
            found.append((start, start + len(line.text), is_sure(line.text, labelled=labelled)))
        before = line.text
    return found


def _parts(hit: Hit, stream: _Stream) -> list[_Part]:
    return _stretch(hit.start, hit.end, stream)


def _stretch(begin: int, end: int, stream: _Stream) -> list[_Part]:
    """Where a stretch of text stands: lines, each with the first and the last letter that belong to it."""
    parts = []
    for line, start in zip(stream.lines, stream.starts, strict=True):
        first, last = max(begin, start), min(end, start + len(line.text))
        if first < last:
            parts.append((id(line), first - start, last - start))
    return parts


def _covered(parts: Sequence[_Part], others: Sequence[_Part]) -> bool:
    """Whether more than half of what stands there is among the others."""
    letters = sum(last - first for _, first, last in parts)
    shared = sum(
        max(0, min(last, end) - max(first, start))
        for line, first, last in parts
        for other, start, end in others
        if line == other
    )
    return shared > 0.5 * letters


def _as_find(hit: Hit, stream: _Stream, strength: float, view: int, image: int) -> Find:
    matched = stream.text.raw[hit.start : hit.end].replace(BREAK, " ")
    box = _box(hit, stream, *_rows(hit, stream))
    return Find(hit.meaning, matched, hit.score, strength, view, image, box, _is_title(hit, stream))


def _strength(hit: Hit, stream: _Stream) -> float:
    """How much a hit says where it stands."""
    strength = hit.meaning.strength
    if strength and hit.explained >= 6 and _is_title(hit, stream):
        strength = min(3.0, strength + 1.0)
    if strength and hit.explained <= 4 and hit.meaning.attribute not in _TOLD and _is_prose(hit, stream.text.raw):
        strength = max(0.5, strength - 1.0)  # "the PPO tiers": an abbreviation in a sentence names no plan
    return strength


def _is_title(hit: Hit, stream: _Stream) -> bool:
    """Whether a hit is all that its line says."""
    first, last = _rows(hit, stream)
    start = stream.starts[first]
    own = stream.text.letters(start, start + len(stream.lines[first].text))
    return first == last and hit.explained > 0.8 * max(1, own)


def _rows(hit: Hit, stream: _Stream) -> tuple[int, int]:
    """The first and the last line on which a hit stands."""
    return bisect_right(stream.starts, hit.start) - 1, bisect_left(stream.starts, hit.end) - 1


def _is_prose(hit: Hit, raw: str) -> bool:
    """Whether the paragraph around a hit is made of sentences: many words, most of them small."""
    end = raw.find(BREAK, hit.end)
    words = raw[raw.rfind(BREAK, 0, hit.start) + 1 : end if end >= 0 else len(raw)].split()
    return len(words) >= 12 and sum(word[0].islower() for word in words) > 0.45 * len(words)


def _box(hit: Hit, stream: _Stream, first: int, last: int) -> Box:
    parts: list[Corners] = []
    for i in range(first, last + 1):
        line, start = stream.lines[i], stream.starts[i]
        length = max(1, len(line.text))
        left = max(0.0, (hit.start - start) / length)
        right = min(1.0, (hit.end - start) / length)
        rest, after = 1 - left, 1 - right
        weights = np.array([[rest, left, 0, 0], [after, right, 0, 0], [0, 0, right, after], [0, 0, left, rest]])
        parts.append(weights @ line.box)
    if len(parts) == 1:
        return box_of(parts[0])
    return box_of(_around(parts))


def _around(parts: list[Corners]) -> Corners:
    """The smallest box around several lines that stands as their text does."""
    along = np.sum([part[1] - part[0] for part in parts], axis=0)
    along = along / (np.linalg.norm(along) or 1.0)
    down = np.array([-along[1], along[0]])
    points = np.concatenate(parts)
    x, y = points @ along, points @ down
    ends = ((x.min(), y.min()), (x.max(), y.min()), (x.max(), y.max()), (x.min(), y.max()))
    return np.array([u * along + v * down for u, v in ends])
