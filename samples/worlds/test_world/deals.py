"""What a card says and what is true of it, by subject."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any

from samples.case import Truth
from samples.worlds.test_world import people
from samples.worlds.test_world.cards import Brand, CardText, Printed
from samples.worlds.test_world.prints import (
    Rng,
    copays,
    extras,
    kp_brand,
    member,
    payer_on,
    rx_block,
)
from samples.worlds.test_world.texts_io import filled, texts

POS_VARIANTS = {"scal-pos": "SCAL", "ncal-pos": "NCAL", "co-pos": "CO"}
PPO_VARIANTS = {"scal-ppo": "SCAL", "ncal-ppo": "NCAL", "co-ppo": "CO"}
OWN_WORDINGS = {
    "ga-dual-choice-ppo": ("PPO", "GA"),
    "mas-out-of-area-ppo": ("PPO", "MAS"),
    "mas-flexible-choice": ("POS 3-Tier", "MAS"),
}
SMALL_PLANS = ["HMO", "EPO", "POS 2-Tier"]


@dataclass(frozen=True, slots=True)
class Deal:
    """The words of front and back, and the truth without its outcomes and fields.

    Attributes:
        quiet: The side that does not carry the network words.
    """

    front: CardText
    back: CardText
    truth: Truth
    quiet: str = "front"


def _small_plan(rng: Rng, subject: str, quiet: bool) -> Deal:
    """Travel card and digital card."""
    travel = subject == "travel"
    wording = rng.choice(texts("short_plans")[subject])
    plan = rng.choice(SMALL_PLANS)
    region = rng.choice(["SCAL", "NCAL", "CO", "GA", "HI", "MAS", "NW"])
    who = people.person(rng)
    shows_plan = not travel or rng.random() < 0.4
    back = tuple(filled(text, region, plan=plan) for text in wording["back"])
    others = extras(
        rng, who, group=0.3 if travel else 0.8, issued=0.3, effective=0.3, pcp=0 if travel else 0.4, issuer=0.1
    )
    if travel and shows_plan:
        others += (Printed("Plan", plan), Printed("Region", filled("{region_name}", region)))
    text = CardText(
        brand=kp_brand(rng),
        title=filled(wording["title"], region, plan=plan),
        main=member(rng, who),
        others=others,
        back=back,
        copays=copays(rng) if not travel and rng.random() < 0.5 else (),
        notes=tuple(wording.get("front", ())),
        marks=() if quiet or not travel else (rng.choice(["Cigna", "Cigna Healthcare", "Cigna PPO"]),),
        back_fields=payer_on(back),
        digital=not travel,
        rx=rx_block(rng, "011842", "KP", rng.choice(["KPHMO", "NCAL1"])) if not travel and rng.random() < 0.25 else (),
    )
    truth = Truth(
        subject,
        "variant",
        (),
        issuer="kaiser-permanente",
        kind="travel" if travel else "digital",
        plan=plan if shows_plan else None,
        family="hmo-epo-pos2",
        region=region if shows_plan else None,
    )
    return Deal(text, text, truth)


def _kpic_text(rng: Rng, wording: dict[str, Any], plan: str, region: str, who: people.Person, quiet: bool) -> CardText:
    back = tuple(filled(text, region) for text in wording["back"])
    marks = rng.choice(
        [(), ("PHCS", "Cigna Healthcare PPO"), ("Cigna", "PHCS"), ("PHCS",), ("Cigna PPO", "PHCS", "MultiPlan")]
    )
    rx_id = who.record if rng.random() < 0.15 else ""
    return CardText(
        brand=kp_brand(rng, kpic=True),
        title=filled(wording["title"], region),
        main=member(rng, who),
        others=extras(rng, who, group=0.95, issued=0.3, effective=0.5, pcp=0.1, issuer=0.25),
        rx=rx_block(
            rng,
            rng.choice(["003585", "015574", "61234500", "004336"]),
            rng.choice(["ASPROD1", "56340", "KPIC", "ADV"]),
            rng.choice(["KPC01", "KPIC", "RX" + people.digits(rng, 4)]),
            rx_id,
        )
        if rng.random() < 0.85
        else (),
        copays=copays(rng) if rng.random() < 0.6 else (),
        marks=() if quiet else marks,
        back=back,
        back_fields=payer_on(back),
        employer=rng.choice(people.EMPLOYERS) if rng.random() < 0.15 else "",
    )


def wordings_of(variant: str) -> tuple[list[dict[str, Any]], str, str]:
    """The wordings of a KPIC variant, its plan and its region."""
    if variant in POS_VARIANTS:
        return texts("kpic")["pos"], "POS 3-Tier", POS_VARIANTS[variant]
    if variant in PPO_VARIANTS:
        return texts("kpic")["ppo"], "PPO", PPO_VARIANTS[variant]
    plan, region = OWN_WORDINGS[variant]
    return texts("kpic")[variant], plan, region


def _kpic(rng: Rng, subject: str, quiet: bool) -> Deal:
    wordings, plan, region = wordings_of(subject)
    wording = rng.choice(wordings)
    text = _kpic_text(rng, wording, plan, region, people.person(rng), quiet)
    funding = "insured" if "underwrit" in " ".join(text.back).lower() else None
    truth = Truth(
        subject,
        "variant",
        (),
        issuer="kaiser-permanente",
        kind="physical",
        plan=plan,
        family="ppo-pos3",
        region=region,
        funding=funding,
    )
    return Deal(text, text, truth)


def _cigna_text(rng: Rng, wording: dict[str, Any], title: str, back: tuple[str, ...]) -> CardText:
    colour = rng.choice([(0, 130, 202), (0, 84, 60), (0, 110, 90), (20, 60, 150), (240, 130, 30)])
    brand = Brand(
        *rng.choice(
            [
                ("Cigna", colour, ""),
                ("cigna", colour, "healthcare"),
                ("Cigna Healthcare", colour, ""),
                ("CIGNA", colour, "HealthCare"),
            ]
        ),
        "leaf",
    )
    who = people.person(rng)
    number = "U" + people.digits(rng, 8) + rng.choice(["", " 01", "02"])
    main = (
        Printed(rng.choice(["Name", "", "Customer"]), who.name, "member_name"),
        Printed(rng.choice(["ID", "ID #", "Member ID"]), number, "member_id"),
    )
    pcp = 0.9 if "referral" in " ".join(back).lower() else 0.3
    others = extras(
        rng, replace(who, group="3" + people.digits(rng, 6)), group=0.95, issued=0.1, effective=0.6, pcp=pcp, issuer=0.5
    )
    return CardText(
        brand,
        title,
        main,
        others,
        back,
        rx=rx_block(rng, "017010", rng.choice(["0519GWH", "02150000"]), people.digits(rng, 7)),
        copays=copays(rng) if rng.random() < 0.8 else (),
        marks=tuple(wording.get("marks", ())),
        employer=wording.get("employer", "") or rng.choice([*people.EMPLOYERS, "", ""]),
        back_fields=payer_on(back),
    )


def _cigna_pos(rng: Rng, subject: str, quiet: bool) -> Deal:
    wording = rng.choice(texts("cigna")[subject])
    back = tuple(texts("cigna")["plain_back"] if quiet else wording["back"])
    text = _cigna_text(rng, wording, wording["title"], back)
    plan = "Cigna POS" if subject == "cigna-pos" else "Cigna POS Open Access"
    return Deal(
        text,
        text,
        Truth(subject, "variant", (), issuer="cigna", kind="physical", plan=plan, family="cigna-pos"),
        quiet="back",
    )


def _cigna_other(rng: Rng, subject: str, quiet: bool) -> Deal:
    wording = rng.choice(texts("cigna")["others"])
    text = _cigna_text(rng, wording, wording["plan_line"], tuple(wording["back"]))
    return Deal(text, text, Truth(None, subject, (), issuer="cigna", kind="physical"))


EXCLUSIONS = {
    "excluded-washington": ("washington", "WA"),
    "excluded-northwest": ("northwest-ppo-pos3", "NW"),
    "excluded-medicare": ("medicare", None),
    "excluded-medicaid": ("medicaid", None),
}


def _kp_negative(rng: Rng, subject: str, quiet: bool) -> Deal:
    """Excluded, self-funded and Cigna-less Kaiser Permanente cards."""
    entry = rng.choice(texts("excluded")[subject])
    words = {"cms": people.digits(rng, 3), "digits8": people.digits(rng, 8), "employer": rng.choice(people.EMPLOYERS)}
    self_funded = subject == "self-funded"
    back = tuple(filled(text, **words) for text in entry["back"])
    share = {"no-cigna-evidence": 0.0, "self-funded": 0.35}.get(subject, 0.45)
    with_cigna = rng.random() < share
    if with_cigna:
        added = rng.choice(texts("excluded")["cigna_words"])
        back = (*back[:1], added, *back[1:])
    exclusion, region = EXCLUSIONS.get(subject, (None, None))
    brand = kp_brand(rng)
    if self_funded:
        brand = replace(brand, colour=rng.choice([(60, 130, 60), (20, 110, 80), (95, 140, 40)]))
    who = people.person(rng)
    mark = filled(entry.get("mark", ""), **words)
    text = CardText(
        brand,
        filled(entry["title"], **words),
        member(rng, who),
        extras(rng, who, group=0.7, issued=0.3, effective=0.5, pcp=0.3, issuer=0.2),
        back,
        rx=rx_block(rng, "011842", rng.choice(["HMO", "MCRD", "KP"]), "KP" + people.digits(rng, 3))
        if rng.random() < 0.5
        else (),
        copays=copays(rng) if "medicaid" not in subject and rng.random() < 0.5 else (),
        notes=(mark,) if mark else (),
        marks=("Cigna Healthcare PPO",) if with_cigna and not quiet and rng.random() < 0.5 else (),
        employer=words["employer"] if self_funded else "",
        back_fields=payer_on(back),
    )
    truth = Truth(
        None,
        subject,
        (),
        issuer="kaiser-permanente",
        kind="physical",
        plan=entry["plan"],
        region=entry.get("region", region),
        exclusion=exclusion,
        funding="self-funded" if self_funded else None,
    )
    return Deal(text, text, truth)


def _other_issuer(rng: Rng, subject: str, quiet: bool) -> Deal:
    entry = rng.choice(texts("issuers"))
    who = people.person(rng)
    number = entry["id_prefix"] + people.digits(rng, 9)
    brand = Brand(
        entry["name"],
        (entry["colour"][0], entry["colour"][1], entry["colour"][2]),
        rng.choice(["", "", "Health Insurance"]),
        rng.choice(["shield", "ring", "none"]),
    )
    main = (
        Printed(rng.choice(["", "Member", "Name", "Subscriber Name"]), who.name, "member_name"),
        Printed(entry["id_label"], number, "member_id"),
    )
    others = extras(rng, who, group=0.95, issued=0.2, effective=0.5, pcp=0.3, issuer=0)
    if "issuer" in entry:
        compact = entry["issuer"].replace("-", "")[:-1]
        whole = (compact + people.digits(rng, 9))[:9]
        value = whole + str(people.luhn_digit("80840" + whole))
        others += (Printed("Health Plan (80840)", f"{value[:3]}-{value[3:8]}-{value[8:]}", "issuer_number", value),)
    if rng.random() < 0.5:
        others += (Printed(rng.choice(["Payer ID", "Payer ID:", "EDI Payer"]), entry["payer"], "payer_id"),)
    back = tuple(entry["back"])
    text = CardText(
        brand,
        rng.choice(entry["plans"]),
        main,
        others,
        back,
        rx=rx_block(rng, entry["rx"][0], entry["rx"][1], "RX" + people.digits(rng, 4)),
        copays=copays(rng) if rng.random() < 0.7 else (),
        marks=tuple(entry.get("marks", ())),
        employer=rng.choice([*people.EMPLOYERS, "", "", ""]),
        back_fields=payer_on(back, entry["payer"]),
    )
    return Deal(text, text, Truth(None, subject, (), issuer="other", kind="physical"))


def _whole_wordings(variant: str) -> list[dict[str, Any]]:
    return [w for w in wordings_of(variant)[0] if not w.get("needs_front") and not w.get("needs_back")]


def _conflict(rng: Rng, subject: str, quiet: bool) -> Deal:
    """Front of one plan or region, back of another, the same member; or the back of another issuer's card."""
    if rng.random() < 0.3:
        made = _kpic(rng, rng.choice([*POS_VARIANTS, *PPO_VARIANTS, *OWN_WORDINGS]), quiet)
        other = _other_issuer(rng, subject, quiet)
        return Deal(made.front, other.back, replace(made.truth, variant=None, category=subject))
    first, second = rng.sample([*POS_VARIANTS, *PPO_VARIANTS, *OWN_WORDINGS], 2)
    who = people.person(rng)
    one, two = (
        _kpic_text(rng, rng.choice(_whole_wordings(v)), *wordings_of(v)[1:], who, True) for v in (first, second)
    )
    return Deal(
        one, replace(two, brand=one.brand), Truth(None, subject, (), issuer="kaiser-permanente", kind="physical")
    )


def _two_people(rng: Rng, subject: str, quiet: bool) -> Deal:
    """Front of one member's card, back of another's; both cards are of one plan."""
    variant = rng.choice([*POS_VARIANTS, *PPO_VARIANTS, *OWN_WORDINGS])
    wordings, plan, region = wordings_of(variant)
    wording = rng.choice(wordings)
    one, two = (_kpic_text(rng, wording, plan, region, people.person(rng), True) for _ in range(2))
    while two.main[0].value == one.main[0].value:
        two = _kpic_text(rng, wording, plan, region, people.person(rng), True)
    name, record = two.main
    back = replace(two, brand=one.brand, back_member=(replace(name, label="Member:"), record))
    return Deal(
        one, back, Truth(None, subject, (), issuer="kaiser-permanente", kind="physical", plan=plan, region=region)
    )


def _limited(rng: Rng, subject: str, quiet: bool) -> Deal:
    """A variant's card with a sentence that takes the network away, or with dates that the visit is outside of."""
    made = _kpic(rng, rng.choice([*POS_VARIANTS, *PPO_VARIANTS, *OWN_WORDINGS]), quiet)
    text, limits = made.front, texts("limits")
    if subject == "network-denied":
        at = rng.randint(0, len(text.back))
        text = replace(text, back=(*text.back[:at], rng.choice(limits["denied"]), *text.back[at:]))
    else:
        label = rng.choice(limits["ended"])
        day = people.date_between(rng, dt.date(2023, 6, 30), dt.date(2026, 2, 28)).strftime(
            rng.choice(people.DATE_FORMS)
        )
        text = replace(text, others=(*text.others, Printed(label, day)))
    return Deal(text, text, replace(made.truth, category=subject))


MAKERS: dict[str, Callable[[Rng, str, bool], Deal]] = {
    "travel": _small_plan,
    "digital-hmo-epo-pos2": _small_plan,
    **dict.fromkeys([*POS_VARIANTS, *PPO_VARIANTS, *OWN_WORDINGS], _kpic),
    "cigna-pos": _cigna_pos,
    "cigna-pos-open-access": _cigna_pos,
    **dict.fromkeys([*EXCLUSIONS, "self-funded", "no-cigna-evidence"], _kp_negative),
    "cigna-other": _cigna_other,
    "other-issuer": _other_issuer,
    "conflict": _conflict,
    "two-people": _two_people,
    **dict.fromkeys(["network-denied", "not-in-force"], _limited),
}


def _with_small_talk(rng: Rng, text: CardText, issuer: str | None) -> CardText:
    """Backs are fuller than their one paragraph that matters: service lines, fraud and language notes."""
    if rng.random() < 0.35:
        return text
    added = tuple(rng.sample(texts("small_talk")[issuer or "other"], rng.randint(1, 3)))
    return replace(text, back=(*added, *text.back) if rng.random() < 0.5 else (*text.back, *added))


def deal(rng: Rng, subject: str, *, quiet: bool) -> Deal:
    """The card of a subject. ``quiet``: one of its sides carries no network words."""
    dealt = MAKERS[subject](rng, subject, quiet)
    return replace(dealt, back=_with_small_talk(rng, dealt.back, dealt.truth.issuer))
