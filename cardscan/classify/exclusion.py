"""Whether a card is of an excluded product: by its name, or by a plan that an excluded region sells."""

from __future__ import annotations

from cardscan.classify.weights import CLEAR, LIKELY, STRONG, SURE, Weights
from cardscan.records import Exclusion, Issuer, Plan, Region

_OF_REGIONS = {"washington", "northwest-ppo-pos3"}
"""Exclusions of Kaiser Permanente's own regions: another issuer's plan may be called "Elect PPO", too."""


def settle_exclusion(
    weights: dict[str, Weights], issuer: Issuer | None, region: Region | None, plan: Plan | None
) -> tuple[Exclusion | None, tuple[str, ...]]:
    """The exclusion that is named beyond doubt, or none, and whether there is a doubt of one."""
    named, product = weights["exclusion"], weights["product"]
    ranked = [v for v in named.ranked() if v != "set-aside" and not (issuer == "other" and v in _OF_REGIONS)]
    for value in ranked:
        if named.best(value) >= STRONG * 0.9 or named.total(value) >= STRONG:
            return value, ()  # type: ignore[return-value]
    if region == "WA":
        return "washington", ()
    named_broad = max(weights["plan"].best("PPO"), weights["plan"].best("POS 3-Tier")) >= SURE * 0.9
    broad = plan in ("PPO", "POS 3-Tier") or (plan is None and named_broad)  # even where the card contradicts itself
    three_tiers = region == "NW" and product.best("added-choice") >= STRONG  # that is how it is sold there
    two_tiers_said = plan == "POS 2-Tier" and says_tiers(weights["plan"])
    if (region == "NW" and broad) or (three_tiers and not two_tiers_said):
        return "northwest-ppo-pos3", ()
    tiers_unsaid = plan in ("POS 2-Tier", "POS 3-Tier") and not says_tiers(weights["plan"])
    if issuer == "cigna" and ranked == ["washington"]:
        return None, ()  # a place or a name: that region's cards are Kaiser Permanente's own
    doubtful = (
        three_tiers
        or (ranked and named.best(ranked[0]) >= LIKELY * 0.9)
        or (issuer != "cigna" and _maybe_excluded(weights["region"], region, broad))
        or (tiers_unsaid and (region == "NW" or (region is None and weights["region"].best("NW") >= 0.9)))
    )
    return None, ("exclusion",) if doubtful else ()


def _maybe_excluded(places: Weights, region: Region | None, broad: bool) -> bool:
    """A trace of an excluded region, too weak to settle it. Oregon's cards name south-west Washington too."""
    return (places.best("WA") >= 0.9 and region != "NW") or (broad and places.best("NW") >= 0.9)


def says_tiers(plan: Weights) -> bool:
    """Whether the number of tiers of a POS plan is said."""
    return max(plan.best("POS 2-Tier"), plan.best("POS 3-Tier")) >= CLEAR
