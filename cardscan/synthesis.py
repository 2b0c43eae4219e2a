"""What all sides together say of the card: attributes, variant, confidence, evidence, and a report on each picture."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np

from cardscan.classify.calibrate import confidence_of, ranking
from cardscan.classify.catalogue import Catalogue
from cardscan.classify.desk import without_desk
from cardscan.classify.familiar import unfamiliar
from cardscan.classify.finds import Find
from cardscan.classify.identify import Attributes, settle
from cardscan.classify.match import match, speaks_of
from cardscan.classify.sentences import judge
from cardscan.classify.weights import CONTENDERS
from cardscan.extract.fields import all_values
from cardscan.extract.labels import Sheet, read_sheet
from cardscan.imaging.quality import problem
from cardscan.members import two_members
from cardscan.reader import Side
from cardscan.records import (
    Candidate,
    CardFacts,
    CardIdentity,
    Corners,
    Evidence,
    FieldValue,
    ImageReport,
    Photo,
    Quality,
    QualityCode,
    box_of,
)
from cardscan.records import Side as SideName
from cardscan.verdict import Seen, without_brand, without_hidden

_MOST_EVIDENCE = 24
_TITLES = {"plan", "product", "kind"}
_HIDDEN = 0.8  # the most confidence of a value beside light or a hand
_UNSEEN = {QualityCode.DARK, QualityCode.NO_CARD, QualityCode.COVERED}
_WELL_READ = 0.95  # certainty from which on strange words are those of another language
_WHOLE_CARD = 60  # letters; a whole card has more on either side


@dataclass(frozen=True, slots=True)
class Identity:
    """Which card it is, with everything the verdict needs.

    Attributes:
        sheets: Of all sides; ``cards``: without what lies beside the cards.
    """

    card: CardIdentity
    facts: CardFacts
    attributes: Attributes
    seen: Seen
    images: tuple[ImageReport, ...]
    sides: tuple[Side, ...]
    sheets: tuple[Sheet, ...]
    cards: tuple[Sheet, ...]


def identify_card(sides: Sequence[Side], photos: Sequence[Photo], catalogue: Catalogue) -> Identity:
    """Identity of the card that the sides show."""
    views = [side.view for side in sides]
    sheets = tuple(read_sheet(view) for view in views)
    finds, attributes = _settled(sides, catalogue)
    names = [_side_name([f for f in finds if f.view == i]) for i in range(len(sides))]
    images = report_images(sides, photos, finds, names)
    letters, certainty = _read_quality(sides)
    candidates = ranking(attributes, finds, catalogue)
    confidence = confidence_of(attributes, candidates, certainty)
    members = [v for v in all_values("member_id", sheets) if v.status == "valid"]
    bearing = {i for i, sheet in enumerate(sheets) if any(v.value for v in all_values("member_id", [sheet]))}
    titled = _is_titled(attributes, finds, bearing)
    strange = unfamiliar(views, catalogue, [c.id for c in candidates[:CONTENDERS]])
    own = _on_card(sides, finds)
    # a form on the desk has labels of names, too, and other people's beneath them
    cards = [sheet for i, sheet in enumerate(sheets) if i in own or i in bearing]
    hidden = _hides([sides[i] for i in own], [names[i] for i in own])
    garbled = any(_is_garbled(sides[i]) for i in own)
    seen = Seen(
        images, letters, certainty, confidence, two_members(cards), bool(members), titled, strange, hidden, garbled
    )
    attributes = without_hidden(without_brand(attributes, seen), seen)
    unsettled = attributes.issuer == "cigna" and attributes.plan is None
    agreed = not attributes.conflicts and not seen.two_members and not unsettled
    variant = candidates[0].id if agreed and candidates and candidates[0].fits else None
    kind = catalogue.variants[variant].kind if variant and attributes.kind is None else attributes.kind
    card = CardIdentity(
        issuer=attributes.issuer,
        kind=kind,
        variant=variant,
        plan=attributes.plan,
        family=attributes.family,
        region=attributes.region,
        exclusion=attributes.exclusion,
        funding=attributes.funding,
        confidence=round(confidence, 4),
        candidates=tuple(Candidate(variant=c.id, confidence=round(c.share, 4)) for c in candidates[:5]),
        evidence=_evidence(finds, attributes),
    )
    facts = CardFacts(
        issuer=attributes.issuer, kind=kind, plan=attributes.plan, family=attributes.family,
        region=attributes.region, exclusion=attributes.exclusion, funding=attributes.funding,
    )  # fmt: skip
    return Identity(card, facts, attributes, seen, images, tuple(sides), sheets, tuple(cards))


def is_excluded(sides: Sequence[Side], catalogue: Catalogue) -> bool:
    """Whether what was seen so far excludes the member, whatever else there may be to see."""
    if not speaks_of("exclusion", [side.view for side in sides], catalogue):
        return False  # one that follows from the region alone is found when all is read
    return _settled(sides, catalogue)[1].exclusion is not None


def _is_titled(attributes: Attributes, finds: Sequence[Find], bearing: set[int]) -> bool:
    """Whether the plan is named, and on a side that bears the member's number, where that was read."""
    naming = {f.view for f in finds if f.meaning.attribute in _TITLES and f.strength >= 1}
    known = "plan" in attributes.decisive or attributes.kind is not None
    return known and (not bearing or bool(bearing & naming))


def _settled(sides: Sequence[Side], catalogue: Catalogue) -> tuple[tuple[Find, ...], Attributes]:
    loose = {i for i, side in enumerate(sides) if side.flat.corners is None}
    finds = without_desk(match([side.view for side in sides], catalogue), loose)
    return finds, settle(finds)


def _evidence(finds: Sequence[Find], attributes: Attributes) -> tuple[Evidence, ...]:
    """The finds that decided first, then the others that say something of the card, strongest first."""
    decisive = list(attributes.decisive.values())
    said = [f for f in finds if f.strength > 0 and f.meaning.attribute not in ("side", "card") and f not in decisive]
    return tuple(
        Evidence(
            phrase=f.meaning.says,
            matched=f.matched.strip(),
            score=round(f.score, 3),
            image=f.image,
            box=f.box,
            says=f"{f.meaning.attribute}: {f.meaning.value}",
        )
        for f in (decisive + said)[:_MOST_EVIDENCE]
    )


def _read_quality(sides: Sequence[Side]) -> tuple[int, float]:
    """Letters read, and the engine's certainty of them, weighted by their number."""
    lines = [line for side in sides for line in side.view.lines]
    letters = sum(len(line.text.replace(" ", "")) for line in lines)
    certain = sum(len(line.text.replace(" ", "")) * line.confidence for line in lines)
    return letters, certain / letters if letters else 0.0


def _on_card(sides: Sequence[Side], finds: Sequence[Find]) -> list[int]:
    """Numbers of the sides that are not of the desk: where one in a picture says something, those that say nothing."""
    speaking = {f.view for f in finds if f.strength > 0}
    told = {sides[i].view.image for i in speaking}
    return [i for i, side in enumerate(sides) if i in speaking or side.view.image not in told]


def _is_garbled(side: Side) -> bool:
    """Whether many of the words read on a side are none, and the reader was not quite sure of them."""
    return _read_quality([side])[1] < _WELL_READ and judge().is_garbled(line.text for line in side.view.lines)


def _hides(sides: Sequence[Side], names: Sequence[SideName]) -> bool:
    """Whether print is hidden on a side of which no other picture shows at least as much, with nothing on it."""
    clear = [(name, side) for name, side in zip(names, sides, strict=True) if not side.hidden and name != "unknown"]
    return any(
        side.hidden and not any(other == name and better.letters >= side.letters for other, better in clear)
        for name, side in zip(names, sides, strict=True)
    )


def report_images(
    sides: Sequence[Side], photos: Sequence[Photo], finds: Sequence[Find], names: Sequence[SideName]
) -> tuple[ImageReport, ...]:
    """One report a picture: which side it shows, where the card is, which way up, and what is wrong with it."""
    reports = []
    speaking, on_card = {f.view for f in finds if f.strength > 0}, _on_card(sides, finds)
    for index, photo in enumerate(photos):
        own = [(i, side) for i, side in enumerate(sides) if side.view.image == index]
        known = {names[i] for i, _ in own} - {"unknown"}
        name: SideName = "both" if len(known) > 1 else known.pop() if known else "unknown"
        # a card, where there is one, and not the text beside it
        side = max((s for _, s in own), key=lambda s: (s.flat.corners is not None, s.letters), default=None)
        corners = _corners(side) if side else None
        quality = _quality([s for i, s in own if i in on_card], speaks=any(i in speaking for i, _ in own))
        reports.append(
            ImageReport(
                source=photo.source, page=photo.page, width=photo.width, height=photo.height, side=name,
                corners=box_of(corners) if corners is not None else None,
                rotation=_rotation(side), quality=quality,
                cards=tuple(box_of(c) for _, s in own if (c := _corners(s)) is not None),
            )
        )  # fmt: skip
    return tuple(reports)


def doubted(value: FieldValue, images: Sequence[ImageReport]) -> FieldValue:
    """A value, not sure where light or a hand lies right beside it: a part of it may be hidden."""
    if value.box is None or value.image is None or value.confidence <= _HIDDEN:
        return value
    hiding = (QualityCode.GLARE, QualityCode.COVERED)
    boxes = [p.box for p in images[value.image].quality.problems if p.code in hiding and p.box is not None]
    if any(_near(np.array(value.box), np.array(box)) for box in boxes):
        return value.model_copy(update={"confidence": _HIDDEN})
    return value


def _near(box: Corners, other: Corners) -> bool:
    """Whether two boxes are less than the height of the first apart."""
    room = float(np.linalg.norm(box[3] - box[0]))
    low, high = box.min(0) - room, box.max(0) + room
    return bool((other.max(0) > low).all() and (other.min(0) < high).all())


def _side_name(finds: Sequence[Find]) -> SideName:
    weights = {"front": 0.0, "back": 0.0}
    for found in finds:
        if found.meaning.attribute == "side":
            weights[found.meaning.value] += found.meaning.strength * found.score
    front, back = weights["front"], weights["back"]
    if max(front, back) < 1.5:
        return "unknown"
    if min(front, back) >= 5 and min(front, back) > 0.6 * max(front, back):
        return "both"
    return "front" if front >= back else "back"


def _quality(sides: Sequence[Side], *, speaks: bool) -> Quality:
    """The worst of what a picture shows; with a score of 0 where it shows nothing of a card, and why.

    Args:
        sides: In the picture.
        speaks: Whether something on them is known from cards.
    """
    worst = min((side.quality for side in sides), key=lambda quality: quality.score, default=None)
    located = [side.flat.corners for side in sides if side.flat.corners is not None]
    letters = sum(side.letters for side in sides)
    if worst is not None and speaks:
        if located or worst.problems or letters >= _WHOLE_CARD:
            return worst
        covered = problem(QualityCode.COVERED)  # a few words of a card, sharp, and no outline around them
        return Quality(score=worst.score, problems=(covered,))
    problems = worst.problems if worst is not None else ()
    if not _UNSEEN & {p.code for p in problems}:
        blank = problem(QualityCode.COVERED, box_of(located[0])) if located else problem(QualityCode.NO_CARD)
        problems = (*problems, blank)
    return Quality(score=0.0, problems=problems)


def _reading_direction(side: Side) -> tuple[float, float] | None:
    """Direction of the text in the picture, as a unit vector."""
    boxes = [line.box for line in side.view.lines]
    if not boxes:
        return None
    right = np.sum([box[1] - box[0] for box in boxes], axis=0)
    length = math.hypot(*right)
    return (float(right[0]) / length, float(right[1]) / length) if length else None


def _corners(side: Side) -> Corners | None:
    """The outline, clockwise from the top-left of the text."""
    corners = side.flat.corners
    direction = _reading_direction(side)
    if corners is None or direction is None:
        return corners
    turned = [np.roll(corners, -k, axis=0) for k in range(4)]
    return max(
        turned,
        key=lambda c: float(
            (c[1] - c[0] + c[2] - c[3]) @ np.array(direction) / np.linalg.norm(c[1] - c[0] + c[2] - c[3])
        ),
    )


def _rotation(side: Side | None) -> Literal[0, 90, 180, 270]:
    """Degrees clockwise by which the picture must be turned for its text to be upright."""
    direction = _reading_direction(side) if side else None
    if direction is None:
        return 0
    turns: tuple[Literal[0, 90, 180, 270], ...] = (0, 270, 180, 90)
    return turns[round(math.degrees(math.atan2(direction[1], direction[0])) / 90) % 4]
