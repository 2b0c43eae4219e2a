"""Which card it is: attributes from what was found, and the variant that is their combination.

Nothing here is sure because one sentence matched. Brand *and* network evidence are needed; an exclusion beats every
inclusion; two statements that cannot both be true are a conflict, and are reported as one, never averaged.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field

from cardscan.classify.exclusion import says_tiers, settle_exclusion
from cardscan.classify.finds import Find
from cardscan.classify.region import settle_region
from cardscan.classify.weights import CLEAR, LIKELY, STRONG, SURE, Conflict, Weights
from cardscan.records import Exclusion, Family, Funding, Issuer, Kind, Plan, Region

FAMILY_OF: dict[str, Family] = {
    "HMO": "hmo-epo-pos2",
    "EPO": "hmo-epo-pos2",
    "POS 2-Tier": "hmo-epo-pos2",
    "POS 3-Tier": "ppo-pos3",
    "PPO": "ppo-pos3",
    "Cigna POS": "cigna-pos",
    "Cigna POS Open Access": "cigna-pos",
}


@dataclass(frozen=True, slots=True)
class Attributes:
    """What the text settles, attribute by attribute.

    Attributes:
        network: How strong the evidence of the Cigna PPO Network is: 0 none, 2 clear, 3 sure.
        denied: Wording that takes the network away, or that stands on a paper or a page and on no card.
        health_plan: Whether the words are those of a health plan's card.
        named: Whether the name of Kaiser Permanente or Cigna stands anywhere.
        conflicts: Statements that exclude each other.
        doubts: Attributes with evidence that is too weak to say yes and too strong to ignore.
        decisive: The finds on which each attribute rests.
    """

    issuer: Issuer | None
    kind: Kind | None
    plan: Plan | None
    family: Family | None
    region: Region | None
    exclusion: Exclusion | None
    funding: Funding | None
    network: float
    denied: Find | None
    health_plan: bool
    named: bool
    conflicts: tuple[Conflict, ...]
    doubts: tuple[str, ...]
    decisive: dict[str, Find] = field(default_factory=dict)


def settle(finds: Sequence[Find]) -> Attributes:
    """Attributes of the card that the finds speak of."""
    weights = {
        name: Weights(finds, name)
        for name in (
            *("issuer", "network", "limit", "plan", "family", "region"),
            *("kind", "exclusion", "funding", "product", "side", "card"),
        )
    }
    conflicts: list[Conflict] = []
    issuer = _issuer(weights["issuer"], weights["network"], conflicts)
    if issuer == "cigna":
        plan: Plan | None = _cigna_plan(weights["plan"], weights["product"], conflicts)
        family: Family | None = "cigna-pos" if plan else None
        region, kind = None, None
    elif issuer == "kaiser-permanente":
        region = settle_region(weights["region"], weights["product"], conflicts)
        kind = _kind(weights["kind"])
        plan, family = _plan(weights, region, kind, conflicts)
    else:
        plan, family, region, kind = None, None, None, None
    exclusion, doubts = settle_exclusion(weights, issuer, region, plan)
    if issuer is not None and (
        _brand_in_doubt(issuer, weights["issuer"])
        or _strange_front(issuer, weights)
        or _paid_by_another(weights["network"])
    ):
        doubts = (*doubts, "issuer")
    if issuer == "kaiser-permanente" and _said_once(weights["network"]):
        doubts = (*doubts, "network")
    if plan == "Cigna POS" and weights["product"].total("pcp-referral") < LIKELY:
        doubts = (*doubts, "referral")  # nothing says that it is not the Open Access plan
    if issuer == "cigna" and plan is None and _speaks_like_pos(weights["plan"], weights["product"]):
        doubts = (*doubts, "plan")
    funding: Funding | None = "self-funded" if weights["funding"].total("self-funded") >= STRONG else None
    if funding is None and weights["funding"].best("self-funded") >= LIKELY:
        doubts = (*doubts, "funding")
    decisive = {
        name: found
        for name, value in (
            ("issuer", issuer), ("plan", plan), ("family", family), ("region", region),
            ("kind", kind), ("exclusion", exclusion), ("funding", funding), ("network", "cigna"),
        )
        if value is not None and (found := _rests_on(weights[name], value)) is not None
    }  # fmt: skip
    return Attributes(
        issuer, kind, plan, family, region, exclusion, funding,
        network=weights["network"].total("cigna") if _is_named(weights["network"]) else 0.0,
        denied=_denied(weights, family),
        health_plan=weights["card"].total("health-plan") >= STRONG,
        named=max(weights["issuer"].best(name) for name in ("kaiser-permanente", "cigna")) > 0,
        conflicts=tuple(conflicts), doubts=doubts, decisive=decisive,
    )  # fmt: skip


def _denied(weights: dict[str, Weights], family: Family | None) -> Find | None:
    """What takes the network away, or shows that this is no card."""
    said = [("network", "denied"), ("limit", "network"), ("card", "page"), ("card", "form")]
    if family != "hmo-epo-pos2":
        said.append(("limit", "urgent"))
    found = (weights[attribute].top(value) for attribute, value in said)
    return next((f for f in found if f is not None and f.strength * f.score >= LIKELY * 0.9), None)


def _rests_on(weights: Weights, value: str) -> Find | None:
    """The find that a value rests on; a POS plan whose tiers or issuer are said elsewhere rests on its being one."""
    return weights.top(value) or (weights.top("POS") if "POS" in value else None)


def _issuer(weights: Weights, network: Weights, conflicts: list[Conflict]) -> Issuer | None:
    kaiser, cigna, other = (weights.best(v) for v in ("kaiser-permanente", "cigna", "other"))
    first, second = weights.top("kaiser-permanente"), weights.top("other")
    if other >= STRONG and kaiser >= STRONG and (_own(weights) or _apart(weights, "kaiser-permanente", "other")):
        assert first and second
        conflicts.append(Conflict("issuer", first, second))
        return None
    if other >= STRONG:
        return "other"
    apart = _apart(weights, "cigna", "kaiser-permanente")
    if apart is not None and first and _own(weights):
        conflicts.append(Conflict("issuer", first, apart))
        return None
    if kaiser >= LIKELY and (_own(weights) or cigna < STRONG):
        return "kaiser-permanente"
    if cigna >= CLEAR:
        return "cigna"  # a Kaiser Permanente name on it is the employer's
    if kaiser >= LIKELY:
        return "kaiser-permanente"
    if other >= CLEAR:
        return "other"
    return None  # its name in a sentence is that of a network, which many issuers rent


def _apart(weights: Weights, value: str, rival: str) -> Find | None:
    """A clear statement of a value on a side that says nothing of its rival: the sides may be of two cards."""
    sides = {f.view for f in weights.finds.get(rival, ()) if f.strength * f.score >= LIKELY * 0.9}
    found = weights.top(value)
    return found if found and found.strength * found.score >= STRONG * 0.9 and found.view not in sides else None


def _own(weights: Weights) -> bool:
    """Whether something only Kaiser Permanente prints on its cards is there, beyond its name."""
    finds = weights.finds.get("kaiser-permanente", ())
    return any(f.meaning.strength >= SURE and f.score >= 0.86 for f in finds)


def _is_named(network: Weights) -> bool:
    """Whether something names the network: its numbers alone stand on cards that name another in its place."""
    return any("cigna" in f.meaning.says.lower() for f in network.finds.get("cigna", ()))


def _paid_by_another(network: Weights) -> bool:
    """Whether claims go to a payer that is neither Cigna nor Kaiser Permanente, and nothing of Cigna's beside it."""
    own = (f.meaning.says for f in network.finds.get("cigna", ()))
    return "other-payer" in network.finds and not any("62308" in says or "188061" in says for says in own)


def _said_once(network: Weights) -> bool:
    """Whether one line alone speaks of the network: misread by a letter, a denial of it reads like its name."""
    finds = network.finds.get("cigna", ())
    if not finds or any(sum(c.isdigit() for c in f.meaning.says) >= 5 for f in finds):
        return False  # a number of the network's own bears it out
    view, top, bottom = finds[0].view, finds[0].box[0][1], finds[0].box[3][1]
    low, high = min(top, bottom), max(top, bottom)
    return all(f.view == view and low < (f.box[0][1] + f.box[3][1]) / 2 < high for f in finds)


def _brand_in_doubt(issuer: Issuer, weights: Weights) -> bool:
    """Whether the name may be an employer's: a partner's card prints it, and many firms are called Kaiser."""
    if issuer == "cigna":
        marks = any(f.meaning.strength >= CLEAR for f in weights.finds.get("cigna", ()))
        return weights.best("kaiser-permanente") >= CLEAR * 0.9 or not marks  # its name alone is that of its network
    return issuer == "kaiser-permanente" and not _own(weights)


def _strange_front(issuer: Issuer, weights: dict[str, Weights]) -> bool:
    """Whether the only front of a card does not name the issuer that another side names: it may be of another card."""
    least = LIKELY if issuer == "kaiser-permanente" else 1.0  # in "Health/Medical Record Number" there is a hint of one
    named = {f.view for f in weights["issuer"].finds.get(issuer, ()) if f.strength * f.score >= least * 0.9}
    looks: dict[str, dict[int, float]] = {name: defaultdict(float) for name in ("front", "back")}
    for name, views in looks.items():
        for found in weights["side"].finds.get(name, ()):
            views[found.view] += found.strength * found.score
    fronts = {view for view, weight in looks["front"].items() if weight >= STRONG and weight > looks["back"][view]}
    return bool(fronts) and not fronts & named


def _cigna_plan(plan: Weights, product: Weights, conflicts: list[Conflict]) -> Plan | None:
    pos = max(plan.best(v) for v in ("POS", "POS 2-Tier", "POS 3-Tier"))
    open_access = product.best("open-access")
    if max(pos, open_access) < STRONG * 0.9:
        return None
    rivals = _other_plans(plan)
    if rivals:
        first, second = plan.top("POS") or product.top("open-access"), plan.top(rivals[0])
        if first and second:
            conflicts.append(Conflict("plan", first, second))
        return None
    needs, free = product.total("pcp-referral"), product.total("no-referral")
    if open_access >= STRONG * 0.9 or (open_access >= 1 and free > needs):
        return "Cigna POS Open Access"
    if free > needs or open_access >= 1:  # "no referral" without its name, or its name where referrals are required
        said, other = product.top("no-referral") or product.top("open-access"), plan.top("POS")
        if said and other:
            conflicts.append(Conflict("referral", said, other))
        return None
    return "Cigna POS"


def _other_plans(plan: Weights) -> list[str]:
    """The plans, none of them POS, that a card names beyond doubt."""
    return [v for v in ("PPO", "HMO", "EPO", "other") if plan.best(v) >= STRONG]


def _speaks_like_pos(plan: Weights, product: Weights) -> bool:
    """Whether a Cigna card of no known plan speaks of a PCP and referrals as POS cards do: the title may be misread."""
    return not _other_plans(plan) and max(product.total("pcp-referral"), product.total("no-referral")) >= CLEAR


def _kind(weights: Weights) -> Kind | None:
    travel, digital = weights.total("travel"), weights.total("digital")
    if travel >= CLEAR * 0.9 and travel >= digital - 0.5:
        return "travel"
    return "digital" if digital >= CLEAR * 0.9 else None


def _plan(
    weights: dict[str, Weights], region: Region | None, kind: Kind | None, conflicts: list[Conflict]
) -> tuple[Plan | None, Family | None]:
    plan, family, product = weights["plan"], weights["family"], weights["product"]
    limited, broad = family.total("hmo-epo-pos2"), family.total("ppo-pos3")
    if plan.best("other") >= STRONG * 0.9:
        return None, None
    pos = max(("POS", "POS 2-Tier", "POS 3-Tier"), key=plan.best)
    pos_best, ppo_best = plan.best(pos), plan.best("PPO")
    closed = max(("HMO", "EPO"), key=plan.total)
    if (
        min(pos_best, ppo_best) >= STRONG * 0.9
        and abs(pos_best - ppo_best) < 1
        and not _in_passing(plan, pos, weights["network"])
    ):
        first, second = plan.top(pos), plan.top("PPO")
        assert first and second
        conflicts.append(Conflict("plan", first, second))
        return None, "ppo-pos3" if broad > limited else None
    foreign = _other_plan_apart(plan, pos, closed)
    if foreign is not None:
        conflicts.append(foreign)
        return None, None
    named: Plan | None = None
    if max(pos_best, ppo_best) >= CLEAR * 0.9:
        named = "PPO" if ppo_best > pos_best else _tiers(plan, limited, broad)
        if named is None and pos_best > ppo_best:
            return None, None
    elif plan.best(closed) >= CLEAR * 0.9 and not _both_closed(plan):
        named = closed  # type: ignore[assignment]
    if named is not None:
        return _agreed(named, kind, weights, limited, broad, conflicts)
    title, terms = weights["kind"].top("travel"), family.top("ppo-pos3")
    if kind == "travel" and title and terms and broad >= CLEAR * 0.9 and _on_other_sides(family):
        conflicts.append(Conflict("plan", title, terms))
        return None, None
    if kind == "travel" or limited > broad + 0.5:
        return None, "hmo-epo-pos2" if kind == "travel" or limited >= CLEAR else None
    if product.best("dual-choice") >= STRONG and region in (None, "GA"):
        return "PPO", "ppo-pos3"
    return None, "ppo-pos3" if broad >= SURE else None


def _in_passing(plan: Weights, pos: str, network: Weights) -> bool:
    """Whether "PPO" is only a word on another side than a plainly named POS plan: of its network, not of its plan."""
    named = plan.top(pos)
    if named is None or named.strength * named.score < SURE * 0.9:
        return False
    names = [f for f in network.finds.get("cigna", ()) if f.meaning.strength >= STRONG]
    return all(
        f.meaning.says == "PPO" and f.view != named.view and (not f.title or any(_overlapping(f, n) for n in names))
        for f in plan.finds.get("PPO", ())
    )


def _overlapping(a: Find, b: Find) -> bool:
    """Whether two finds stand on the same spot of one side."""
    (ax, ay), (bx, by) = (zip(*f.box, strict=True) for f in (a, b))
    apart = max(ax) <= min(bx) or max(bx) <= min(ax) or max(ay) <= min(by) or max(by) <= min(ay)
    return a.view == b.view and not apart


def _on_other_sides(family: Weights) -> bool:
    """Whether no side with the terms of a PPO or POS 3-Tier plan has those of the others."""
    limited, broad = ({f.view for f in family.finds.get(v, ())} for v in ("hmo-epo-pos2", "ppo-pos3"))
    return not limited & broad


def _other_plan_apart(plan: Weights, pos: str, closed: str) -> Conflict | None:
    """An HMO or EPO card's front with the back of a PPO or POS: on a POS card's own front its title stands too."""
    first = plan.top(closed)
    second = max((f for f in (plan.top(pos), plan.top("PPO")) if f), key=lambda f: f.strength * f.score, default=None)
    if not first or not second or min(f.strength * f.score for f in (first, second)) < STRONG * 0.9:
        return None
    open_plans = [f for v in ("PPO", "POS", "POS 2-Tier", "POS 3-Tier") for f in plan.finds.get(v, ())]
    shared = any(f.view == first.view and f.strength * f.score >= LIKELY for f in open_plans)
    return None if shared else Conflict("plan", first, second)


def _both_closed(plan: Weights) -> bool:
    return min(plan.best("HMO"), plan.best("EPO")) >= CLEAR * 0.9 and abs(plan.total("HMO") - plan.total("EPO")) < 0.5


def _tiers(plan: Weights, limited: float, broad: float) -> Plan | None:
    two, three = plan.best("POS 2-Tier"), plan.best("POS 3-Tier")
    if says_tiers(plan):
        return None if abs(two - three) < 0.3 else "POS 3-Tier" if three > two else "POS 2-Tier"
    if abs(limited - broad) < 0.5:
        return None
    return "POS 3-Tier" if broad > limited else "POS 2-Tier"


def _agreed(
    named: Plan,
    kind: Kind | None,
    weights: dict[str, Weights],
    limited: float,
    broad: float,
    conflicts: list[Conflict],
) -> tuple[Plan | None, Family | None]:
    """A plan line against what the rest of the card says of its terms."""
    family = FAMILY_OF[named]
    other: Family = "ppo-pos3" if family == "hmo-epo-pos2" else "hmo-epo-pos2"
    against = broad if family == "hmo-epo-pos2" else limited
    backing = limited if family == "hmo-epo-pos2" else broad
    travel = weights["kind"].top("travel") if kind == "travel" and family == "ppo-pos3" else None
    statement = travel or weights["family"].top(other)
    line = weights["plan"].top(named) or weights["plan"].top("POS")
    least = CLEAR * 0.9 if weights["network"].total("cigna") >= CLEAR else SURE  # a front alone has no terms yet
    if statement and line and (travel is not None or against >= max(backing + CLEAR * 0.9, least)):
        conflicts.append(Conflict("plan", line, statement))
        return None, None
    return named, family
