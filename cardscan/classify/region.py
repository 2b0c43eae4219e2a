"""Which region a card is of. Sides that speak of different ones may be of two cards: that is a conflict."""

from __future__ import annotations

from collections.abc import Sequence

from cardscan.classify.weights import CLEAR, STRONG, SURE, Conflict, Weights
from cardscan.records import Region

_SOLD_IN = {"out-of-area": {"MAS", "NW", "WA"}, "flexible-choice": {"MAS", "WA"}, "dual-choice": {"GA", "WA"}}
"""Regions that sell a product, as far as the documents know, and one whose members are excluded whatever they have."""


def settle_region(weights: Weights, product: Weights, conflicts: list[Conflict]) -> Region | None:
    """The region that is named beyond doubt; what contradicts it goes to ``conflicts``."""
    ranked = weights.ranked()
    if not ranked:
        return None
    best = ranked[0]
    rivals = [r for r in ranked[1:] if weights.best(r) >= CLEAR and not _same_place(best, r, weights)]
    if rivals and weights.best(best) >= CLEAR:
        first, second = weights.top(best), weights.top(rivals[0])
        assert first and second
        if weights.total(rivals[0]) >= STRONG * 0.9 or weights.best(best) < STRONG:
            conflicts.append(Conflict("region", first, second))
            return None
    if weights.best(best) < CLEAR * 0.9 and weights.total(best) < CLEAR:
        return None
    foreign = _on_another_side(weights, ranked) or _not_sold_there(weights, product, best)
    if foreign is not None:
        conflicts.append(foreign)
        return None
    return None if _either_half(best, weights) else best  # type: ignore[return-value]


def _on_another_side(weights: Weights, ranked: Sequence[str]) -> Conflict | None:
    """A second region on a side that does not name the first: the sides may be of two cards."""
    sides = {region: {f.view for f in weights.finds[region]} for region in ranked}
    for rival in ranked[1:]:
        apart = not sides[rival] & sides[ranked[0]] and not _same_place(ranked[0], rival, weights)
        first, second = weights.top(ranked[0]), weights.top(rival)
        if apart and first and second and weights.best(rival) >= CLEAR * 0.85:
            return Conflict("region", first, second)
    return None


def _not_sold_there(weights: Weights, product: Weights, region: str) -> Conflict | None:
    """A product of some regions on a card of another: the sides may be of two cards."""
    for name, homes in _SOLD_IN.items():
        title, place = product.top(name), weights.top(region)
        if title and place and product.best(name) >= SURE * 0.9 and region not in homes:
            return Conflict("region", title, place)
    return None


def _either_half(best: str, weights: Weights) -> bool:
    """Whether California is named, and nothing tells which half of it."""
    says = [{find.meaning.says for find in weights.finds.get(half, ())} for half in ("SCAL", "NCAL")]
    return best in ("SCAL", "NCAL") and says[0] == says[1]


def _same_place(a: str, b: str, weights: Weights) -> bool:
    """Whether two regions do not exclude each other here.

    Oregon and south-west Washington are one region, and both names stand on its cards. "California" alone speaks for
    both halves: beside the name of one half it says nothing of the other.
    """
    own = {f.meaning.says for f in weights.finds[a]} ^ {f.meaning.says for f in weights.finds[b]}
    shared = bool({f.meaning.says for f in weights.finds[a]} & {f.meaning.says for f in weights.finds[b]})
    only_one = not ({f.meaning.says for f in weights.finds[b]} & own)
    return {a, b} == {"NW", "WA"} or ({a, b} == {"SCAL", "NCAL"} and shared and only_one)
