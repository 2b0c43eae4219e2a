"""From what is known of a card to what a person is told: the rules, once the evidence allows them to speak.

The rules answer on facts. Whether the facts are good enough is settled here: an unreadable picture or an unseen side is
``retake``, evidence that is incomplete or in conflict is ``call``, and only what is beyond doubt goes to the rules. A
certain "no" (an exclusion, another issuer, a state where the network does not apply) needs no further evidence.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Literal

from cardscan.classify.identify import Attributes
from cardscan.classify.weights import Conflict
from cardscan.extract.validity import UNREAD
from cardscan.records import Decision, ImageReport, Precertification, QualityCode, QualityProblem, Reason, Side

_NETWORK_EVIDENCE = 2.0
_LEAST_CONFIDENCE = 0.5
_HIDING = set(QualityCode) - {QualityCode.NO_CARD}
_HIDDEN = {"plan-hidden", "number-hidden", "print-hidden", "print-unclear"}
"""Reasons for a retake that give way to a last day: no better picture makes a card valid that is past it."""
_OF_THE_PLAN = {"before-start", "after-end", "care-not-covered", "existing-processes"}  # another may be free of it
_Capture = Literal["front", "back", "same_side_again"]


@dataclass(frozen=True, slots=True)
class Seen:
    """What was seen of the card.

    Attributes:
        images: Reports on the pictures.
        letters: Number of letters read, of all sides.
        certainty: 0-1, the engine's own, weighted by letters.
        confidence: 0-1, that the variant (or the attributes, where there is no variant) is right.
        two_members: Whether two different member IDs were read.
        member: Whether a member's number was read: that is what makes a page a card.
        titled: Whether the plan or the kind of card was read as such, not only inferred from its terms, on the side
            that bears the member's number.
        strange: Whether most of what the card says of its network is worded in a way that is not known.
        hidden: Whether print goes on beneath light or a hand, or beyond the picture.
        garbled: Whether many words on a side are none: it was misread, however sure the reader is.
    """

    images: Sequence[ImageReport]
    letters: int
    certainty: float
    confidence: float
    two_members: bool
    member: bool = True
    titled: bool = True
    strange: bool = False
    hidden: bool = False
    garbled: bool = False

    @property
    def sides(self) -> set[Side]:
        found: set[Side] = {image.side for image in self.images}
        return found | {"front", "back"} if "both" in found or {"front", "back"} <= found else found

    @property
    def both(self) -> bool:
        """Both sides seen; two or more pictures that show cards, and of which none is told apart, count as both."""
        shown = [image.side for image in self.images if image.quality.score]
        return {"front", "back"} <= self.sides or (len(shown) > 1 and "unknown" in shown)

    @property
    def readable(self) -> bool:
        return self.letters >= 40 and self.certainty >= 0.6

    @property
    def problems(self) -> list[QualityProblem]:
        return [problem for image in self.images for problem in image.quality.problems]

    @property
    def clear(self) -> bool:
        """Read well, and nothing stands in the way of what was not read."""
        return self.letters >= 60 and self.certainty >= 0.85 and not any(p.code in _HIDING for p in self.problems)


def without_brand(attributes: Attributes, seen: Seen) -> Attributes:
    """A health plan's card that was read clearly and names neither Kaiser Permanente nor Cigna is somebody else's.

    A name alone is that of a network that many rent, or of the issuer: the other side says which.
    """
    told = seen.both or not attributes.named
    if attributes.issuer is None and attributes.health_plan and seen.clear and told and not attributes.conflicts:
        return replace(attributes, issuer="other")
    return attributes


def without_hidden(attributes: Attributes, seen: Seen) -> Attributes:
    """A Cigna POS card on which something is hidden and nothing speaks of referrals may be of the Open Access plan."""
    if "referral" in attributes.doubts and not seen.clear:
        return replace(attributes, plan=None, family=None)
    return attributes


def conclude(
    attributes: Attributes,
    seen: Seen,
    by_rules: Decision,
    number_to_call: Precertification | None,
    *,
    unopened: bool = False,
    not_in_force: str | None = None,
    unlabelled_date: bool = False,
) -> Decision:
    """The decision.

    Args:
        attributes: What the text settles.
        seen: What was seen of the card.
        by_rules: What the rules say to the facts as far as they are known.
        number_to_call: For a call where the rules say no, and name none.
        unopened: Whether there was a picture that could not be opened.
        not_in_force: A date on the card by which it is not in force on the day of the visit; or that one is unread.
        unlabelled_date: Whether a past day stands on the card, and no label to it was read.
    """
    decision = _weigh(attributes, seen, by_rules)
    hidden = decision.outcome == "retake" and decision.reasons[0].code in _HIDDEN
    if not_in_force is not None and (decision.outcome == "eligible" or (hidden and not_in_force != UNREAD)):
        text = f"By its dates ({not_in_force}) the card may not be in force on the day of the visit."
        decision = _call(by_rules, _reason("not-in-force", text))
    if unlabelled_date and decision.outcome == "eligible" and not seen.clear:
        text = "A date on the card has no label that can be read in this picture: it may be the card's last day."
        decision = _retake("same_side_again", seen, "date-unread", text)
    if unopened and decision.outcome == "eligible" and not seen.both:
        text = "A picture could not be opened, and a side of the card was not seen: what stands there may exclude."
        decision = _retake(_other_side(seen), seen, "not-opened", text)
    if seen.strange and decision.outcome != "retake" and attributes.issuer in ("kaiser-permanente", "cigna"):
        decision = decision.model_copy(update={"reasons": (*decision.reasons, _UNFAMILIAR)})
    if decision.outcome == "call" and decision.precertification is None:
        decision = decision.model_copy(update={"precertification": number_to_call})
    return decision


def _weigh(attributes: Attributes, seen: Seen, by_rules: Decision) -> Decision:
    if by_rules.outcome == "not_eligible" and _certain(attributes, seen, by_rules):
        return by_rules
    if not seen.readable:
        return _retake("same_side_again", seen, "unreadable", "The text on the card cannot be read in this picture.")
    if attributes.conflicts or seen.two_members:
        return _call(by_rules, *[_quote(c) for c in attributes.conflicts], *_two_members(seen))
    if attributes.issuer is None:
        return _no_issuer(attributes, seen)
    if attributes.issuer == "kaiser-permanente":
        return _kaiser_permanente(attributes, seen, by_rules)
    return _cigna(attributes, seen, by_rules) if attributes.issuer == "cigna" else by_rules


def _certain(attributes: Attributes, seen: Seen, by_rules: Decision) -> bool:
    """Whether a "no" of the rules rests on something that more pictures could not undo."""
    if attributes.exclusion is not None:
        return True
    if attributes.issuer == "other":
        return seen.readable
    if attributes.issuer == "cigna":
        settled = attributes.plan is None and "plan" not in attributes.doubts and not attributes.conflicts
        return seen.clear and seen.both and seen.member and settled
    if {reason.code for reason in by_rules.reasons} <= _OF_THE_PLAN:
        return seen.readable and (seen.both or _names_plan(attributes))
    return attributes.issuer is not None


def _names_plan(attributes: Attributes) -> bool:
    """Whether the card says which plans it can be, and they are not inferred from a part of its terms."""
    if attributes.plan is None:
        return attributes.family is None or attributes.kind == "travel"
    line = attributes.decisive.get("plan")
    return line is not None and line.meaning.value == attributes.plan


def _no_issuer(attributes: Attributes, seen: Seen) -> Decision:
    if not attributes.health_plan:
        message = "No health plan's card is recognised in this picture."
        return _retake("same_side_again", seen, "no-card", message)
    if attributes.named and not seen.both:
        text = "Whose card it is does not show on this side: a name on it may be that of a network."
        return _retake(_other_side(seen), seen, "issuer-unreadable", text)
    return _retake(
        "same_side_again", seen, "issuer-unreadable", "The name of the health plan cannot be read on the card."
    )


def _kaiser_permanente(attributes: Attributes, seen: Seen, by_rules: Decision) -> Decision:
    if by_rules.outcome == "not_eligible":
        text = "Which plan it is follows from a part of its terms alone; the other side may say."
        return by_rules if seen.both else _retake(_other_side(seen), seen, "plan-unknown", text)
    if (against := _spoken_against(attributes, seen, by_rules)) is not None:
        return against
    if attributes.funding == "self-funded" and by_rules.outcome == "call":
        return by_rules  # whatever else the card says or does not say
    if attributes.network < _NETWORK_EVIDENCE:
        text = "The card names Kaiser Permanente but not the Cigna PPO Network."
        return _unless_seen(seen, by_rules, "no-network-evidence", text, "back")
    if attributes.family is None:
        text = "The card does not say which kind of plan it is (HMO, EPO, POS or PPO)."
        return _unless_seen(seen, by_rules, "plan-unknown", text, "front")
    if attributes.family == "ppo-pos3" and attributes.region is None:
        text = (
            "The card does not say which region it belongs to; PPO and POS 3-Tier cards of some regions are excluded."
        )
        return _unless_seen(seen, by_rules, "region-unknown", text, "front")
    if "funding" in attributes.doubts:
        return _call(by_rules, _reason("possibly-self-funded", "The card may belong to a self-funded plan."))
    return _if_beyond_doubt(attributes, seen, by_rules)


def _spoken_against(attributes: Attributes, seen: Seen, by_rules: Decision) -> Decision | None:
    """A call where the card itself denies the network, or may be of an excluded product."""
    if attributes.denied is not None and attributes.denied.meaning.attribute == "card" and not seen.member:
        text = f"This is {attributes.denied.meaning.says}: “{attributes.denied.matched.strip()}”."
        return _retake("same_side_again", seen, "no-card", text)
    if attributes.denied is not None:
        return _call(by_rules, _reason("network-denied", f"The card says: “{attributes.denied.matched.strip()}”."))
    if "exclusion" in attributes.doubts:
        return _call(by_rules, _reason("possible-exclusion", "The card may belong to a product that is excluded."))
    return None


def _if_beyond_doubt(attributes: Attributes, seen: Seen, by_rules: Decision) -> Decision:
    """What the rules say, if it is a card that said so, and nothing hides what might exclude its member."""
    if by_rules.outcome != "eligible":
        return by_rules
    if "issuer" in attributes.doubts:
        text = (
            "Who issued the card is in doubt: its name may be an employer's, or stands on one side alone or beside "
            "another payer, and the other side may be another card's."
        )
        return _unless_seen(seen, by_rules, "issuer-doubtful", text, "back")
    if "network" in attributes.doubts:
        text = "One line alone names the Cigna PPO Network: no number, address or second line bears it out."
        return _unless_seen(seen, by_rules, "network-doubtful", text, "back")
    if seen.member and not seen.titled and attributes.family == "ppo-pos3":
        text = "The side with the member's number does not show the plan that another names: it may be another card's."
        return _call(by_rules, _reason("plan-doubtful", text))
    if not seen.both and any(not image.quality.score for image in seen.images):
        text = "Nothing of a card is seen in one of the pictures: it may show the side that excludes the member."
        return _retake(_other_side(seen), seen, "side-unread", text)
    if not seen.member and ("front" not in seen.sides or all(image.corners is None for image in seen.images)):
        text = "The words are there, but neither a member's number nor the front of a card is seen."
        return _retake(_other_side(seen), seen, "no-card", text)
    if not seen.titled and any(p.code in _HIDING for p in seen.problems):
        text = "The plan line of the card cannot be seen, and what hides it may hide an exclusion."
        return _retake("same_side_again", seen, "plan-hidden", text)
    if not seen.member:
        text = "A member's number cannot be read, and what hides it may hide more."
        return _retake("same_side_again", seen, "number-hidden", text)
    if seen.hidden:
        text = "A part of what is printed is hidden or outside the picture, and that may limit what the rest says."
        return _retake("same_side_again", seen, "print-hidden", text)
    if seen.garbled:
        text = "Many words on a side are misread: what it says of the network or of exclusions is not known."
        return _retake("same_side_again", seen, "print-unclear", text)
    if seen.confidence < _LEAST_CONFIDENCE:
        return _call(by_rules, _reason("low-confidence", "The evidence on the card is too weak to rely on."))
    return by_rules


def _cigna(attributes: Attributes, seen: Seen, by_rules: Decision) -> Decision:
    if by_rules.outcome == "eligible" and (against := _spoken_against(attributes, seen, by_rules)) is not None:
        return against
    if by_rules.outcome == "not_eligible" and attributes.exclusion is None:
        text = "A Cigna card; whether it is a POS plan is not seen."
        return _retake("same_side_again" if seen.both else _other_side(seen), seen, "plan-unknown", text)
    return _if_beyond_doubt(attributes, seen, by_rules)


def _unless_seen(seen: Seen, by_rules: Decision, code: str, text: str, wanted: Literal["front", "back"]) -> Decision:
    """Evidence is missing: the side that has it, or a better picture of it; a call once both sides were clear."""
    if not seen.both:
        missing = _other_side(seen)
        return _retake(missing if missing != "same_side_again" else wanted, seen, code, text)
    if not seen.clear:
        return _retake("same_side_again", seen, code, text)
    return _call(by_rules, _reason(code, text))


def _other_side(seen: Seen) -> _Capture:
    if "front" not in seen.sides and "back" in seen.sides:
        return "front"
    return "back" if "back" not in seen.sides else "same_side_again"


def _retake(capture: _Capture, seen: Seen, code: str, text: str) -> Decision:
    quality = [_reason(p.code.value, p.message) for p in seen.problems]
    unique = list({reason.code: reason for reason in quality}.values())
    if capture in ("front", "back"):
        unique.append(_reason("side-missing", f"Take a picture of the {capture} of the card."))
    elif not unique:
        unique.append(
            _reason("take-again", "Take the picture again: the card flat, sharp, evenly lit, filling the frame.")
        )
    return Decision(outcome="retake", next_capture=capture, reasons=(_reason(code, text), *unique))


def _call(by_rules: Decision, *reasons: Reason) -> Decision:
    """A call instead of what the rules would say; what they say against or of the number to call stays."""
    kept = by_rules.reasons if by_rules.outcome == "call" else ()
    return Decision(
        outcome="call", appeals=by_rules.appeals if by_rules.outcome == "call" else None,
        precertification=by_rules.precertification, missing=by_rules.missing, reasons=(*reasons, *kept),
    )  # fmt: skip


def _quote(conflict: Conflict) -> Reason:
    first, second = conflict.first.matched.strip(), conflict.second.matched.strip()
    return _reason(
        "evidence-in-conflict", f"The card contradicts itself about its {conflict.about}: “{first}” and “{second}”."
    )


def _two_members(seen: Seen) -> list[Reason]:
    if not seen.two_members:
        return []
    return [
        _reason(
            "two-members", "The pictures show the cards of two different members: send one member's card at a time."
        )
    ]


def _reason(code: str, text: str) -> Reason:
    return Reason(code=code, text=text)


_UNFAMILIAR = _reason(
    "unfamiliar-wording",
    "The wording of this card is not one that is known: it was understood by its parts. Its design may have changed.",
)
