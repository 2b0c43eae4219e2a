"""How sure the answer is: candidates ranked by how their attributes are borne out, and a calibrated confidence.

The raw score is what the weakest link is worth: the least well supported of the attributes that the answer needs. It is
turned into a probability by a curve fitted on pictures that were not used to build anything else
(``python -m benchmarks.calibrate`` writes ``calibration.yaml``).
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import yaml

from cardscan.classify.catalogue import Catalogue, Variant
from cardscan.classify.finds import Find
from cardscan.classify.identify import Attributes
from cardscan.classify.weights import Support, Weights

_TEMPERATURE = 1.2
_UNDECIDED = 0.3  # a Kaiser Permanente card that is none of the variants, for no reason that is known


@dataclass(frozen=True, slots=True)
class Ranked:
    """A variant that was weighed. ``fits``: every attribute it states is borne out; ``share``: 0-1, all sum to 1."""

    id: str
    score: float
    share: float
    fits: bool


def ranking(attributes: Attributes, finds: Sequence[Find], catalogue: Catalogue) -> list[Ranked]:
    """All variants, best first."""
    support, said = Support(finds), Weights(finds, "variant")
    front_seen = Weights(finds, "side").best("front") >= 1.5
    # words of travel, and no title that names a plan: it may be a travel card whose title was misread
    maybe_travel = attributes.plan is None and "travel" in Weights(finds, "kind").finds
    no_travel_card = front_seen and not maybe_travel
    scored = [
        (v, _fits(v, attributes, no_travel_card), support.of(v) + said.best(v.id)) for v in catalogue.variants.values()
    ]
    scored.sort(key=lambda s: (s[1], s[2]), reverse=True)
    weighed = [math.exp((score + (4 if fits else 0)) / _TEMPERATURE) for _, fits, score in scored]
    total = sum(weighed)
    return [Ranked(v.id, score, w / total, fits) for (v, fits, score), w in zip(scored, weighed, strict=True)]


def _fits(variant: Variant, attributes: Attributes, no_travel_card: bool) -> bool:
    if variant.kind == "digital" and attributes.kind is None and not no_travel_card:
        return False  # a travel card says so on its front
    return (
        variant.issuer == attributes.issuer
        and variant.family == attributes.family
        and variant.plan in (None, attributes.plan)
        and variant.region in (None, attributes.region)
        and (variant.kind == "travel") == (attributes.kind == "travel")
        and (attributes.issuer != "kaiser-permanente" or attributes.network >= 2.0)
        and attributes.exclusion is None
        and attributes.funding != "self-funded"
    )


def confidence_of(attributes: Attributes, candidates: Sequence[Ranked], certainty: float) -> float:
    """0-1: how likely the identification is right.

    Args:
        attributes: As settled.
        candidates: As ranked.
        certainty: 0-1, the engine's own, of the text read.
    """
    if attributes.issuer is None or attributes.conflicts:
        return 0.0
    raw = raw_score(attributes, candidates, certainty)
    slope, middle = _fixed or _curve()
    return 1 / (1 + math.exp(-slope * (raw - middle)))


def raw_score(attributes: Attributes, candidates: Sequence[Ranked], certainty: float) -> float:
    """What the weakest link is worth, about 0-1."""
    needed = ["issuer"]
    if attributes.issuer == "kaiser-permanente":
        needed += ["network", "family" if attributes.plan is None else "plan"]
        needed += ["region"] if attributes.family == "ppo-pos3" else []
        needed = ["issuer", "exclusion"] if attributes.exclusion else needed
    elif attributes.issuer == "cigna" and attributes.plan:
        needed += ["plan"]
    links = []
    for name in needed:
        found = attributes.decisive.get(name)
        if found is not None:
            links.append(min(1.0, found.strength / 2.5) * found.score)
        elif name == "plan":  # settled by tiers and family, not by a plan line of its own
            links.append(0.8)
        else:
            links.append(0.55)
    fitting = [c for c in candidates if c.fits]
    margin = 1.0
    if fitting and len(candidates) > 1:
        margin = min(1.0, 0.5 + 0.25 * max(0.0, fitting[0].score - candidates[1].score))
    decided = fitting or attributes.issuer != "kaiser-permanente" or attributes.exclusion or attributes.funding
    return 0.55 * min(links) + 0.2 * margin + 0.25 * certainty - (0.0 if decided else _UNDECIDED)


@cache
def _curve() -> tuple[float, float]:
    data = yaml.safe_load((Path(__file__).parent / "calibration.yaml").read_text(encoding="utf-8"))
    return float(data["slope"]), float(data["middle"])


_fixed: tuple[float, float] | None = None


def set_curve(slope: float, middle: float) -> None:
    """Use another curve in this process: for fitting one."""
    global _fixed
    _fixed = (slope, middle)
