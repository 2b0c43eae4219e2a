"""What a card says: one of the thirteen variants, or one of the many that are not, with the truth about it."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, replace
from functools import lru_cache
from pathlib import Path
from typing import Any

import numpy as np
import yaml

from samples.case import Truth
from samples.kit import Kit, Row, Wording
from samples.numbers import chance, day, digits, issuer_number, person, phone, pick, printed_day, printed_issuer

VARIANTS = (
    "travel", "digital-hmo-epo-pos2", "scal-pos", "scal-ppo", "ncal-pos", "ncal-ppo", "co-pos", "co-ppo",
    "ga-dual-choice-ppo", "mas-out-of-area-ppo", "mas-flexible-choice", "cigna-pos", "cigna-pos-open-access",
)  # fmt: skip
CATEGORIES = (
    "excluded-washington", "excluded-northwest", "excluded-medicare", "excluded-medicaid", "self-funded",
    "no-cigna-evidence", "cigna-other", "other-issuer", "conflict", "not-a-card",
)  # fmt: skip
SUBJECTS = VARIANTS + CATEGORIES

_TEMPLATES = {
    "travel": "travel", "digital-hmo-epo-pos2": "digital", "scal-pos": "pos", "scal-ppo": "ppo", "ncal-pos": "pos",
    "ncal-ppo": "ppo", "co-pos": "pos", "co-ppo": "ppo", "ga-dual-choice-ppo": "ga-dual",
    "mas-out-of-area-ppo": "mas-ooa", "mas-flexible-choice": "mas-flex", "cigna-pos": "cigna-pos",
    "cigna-pos-open-access": "cigna-oa",
}  # fmt: skip
_REGIONS = {
    "scal-pos": "SCAL", "scal-ppo": "SCAL", "ncal-pos": "NCAL", "ncal-ppo": "NCAL", "co-pos": "CO", "co-ppo": "CO",
    "ga-dual-choice-ppo": "GA", "mas-out-of-area-ppo": "MAS", "mas-flexible-choice": "MAS",
}  # fmt: skip
_OUTCOME = {"self-funded": ("call",), "no-cigna-evidence": ("call",), "conflict": ("call",)}


@dataclass(frozen=True, slots=True)
class Draft:
    """A card before it is drawn: its words, and the truth but for the printed fields."""

    wording: Wording
    truth: Truth


@lru_cache(maxsize=16)
def _document(path: Path) -> Any:
    return yaml.safe_load(path.read_text(encoding="utf-8"))


def voices(kit: Kit) -> tuple[str, ...]:
    """Names of the rewordings that a world has."""
    return tuple(_document(kit.folder / "wording.yaml")["voices"])


def draft(kit: Kit, subject: str, rng: np.random.Generator, *, voice: str | None = None) -> Draft:
    """A card of ``subject`` (a variant id or a category other than "not-a-card"), random by ``rng``."""
    if subject in VARIANTS:
        return _variant(kit, subject, rng, voice)
    entries = [e for e in _document(kit.folder / "others.yaml") if e["category"] == subject]
    return _other(kit, pick(rng, entries), rng, voice)


# --- the thirteen ---------------------------------------------------------------------------------------------------


def _variant(kit: Kit, subject: str, rng: np.random.Generator, voice: str | None) -> Draft:
    words = _document(kit.folder / "wording.yaml")
    spoken = words["voices"][voice or pick(rng, list(words["voices"]))]
    template = spoken[_TEMPLATES[subject]]
    plan, region = _plan_and_region(subject, rng)
    fills = _fills(words, spoken, plan, region, rng)
    title = tuple(_fill(t, fills) for t in template["front"])
    back = tuple(_fill(t, fills) for t in template["back"])
    cigna = subject.startswith("cigna-pos")
    shown_plan, shown_region, title = _shown(subject, plan, region, title, fills, rng)
    wording = _cigna_card(kit, title, back, rng) if cigna else _kp_card(kit, subject, plan, title, back, rng)
    physical = _TEMPLATES[subject] not in ("travel", "digital")
    truth = Truth(
        variant=subject, category="variant", outcomes=("eligible",), issuer="cigna" if cigna else "kaiser-permanente",
        kind="physical" if physical else "travel" if subject == "travel" else "digital", plan=shown_plan,
        family="cigna-pos" if cigna else "ppo-pos3" if physical else "hmo-epo-pos2", region=shown_region,
        funding="insured" if physical and not cigna else None,
    )  # fmt: skip
    return Draft(wording, truth)


def _plan_and_region(subject: str, rng: np.random.Generator) -> tuple[str, str | None]:
    if subject in ("travel", "digital-hmo-epo-pos2"):
        region = pick(rng, ["SCAL", "NCAL", "CO", "GA", "HI", "MAS", "NW"])
        return pick(rng, ["HMO", "EPO", "POS 2-Tier"]), region
    if subject.startswith("cigna-pos"):
        return ("Cigna POS Open Access" if subject.endswith("access") else "Cigna POS"), None
    return ("PPO" if subject.endswith("ppo") else "POS 3-Tier"), _REGIONS[subject]


def _fills(words: Any, spoken: Any, plan: str, region: str | None, rng: np.random.Generator) -> dict[str, str]:
    fills = {
        **spoken["common"],
        "cigna_claims": words["cigna_claims"],
        "plan": pick(rng, words["plans"].get(plan, [plan])),
    }
    if region:
        fills["region"] = pick(rng, words["regions"][region])
        fills["underwriter"] = words["underwriters"][region]
    return fills


def _fill(template: str, fills: dict[str, str]) -> str:
    for _ in range(2):  # a common sentence may itself hold a place to fill
        for key, value in fills.items():
            template = template.replace("{" + key + "}", value)
    return template


def _shown(
    subject: str,
    plan: str,
    region: str | None,
    title: tuple[str, ...],
    fills: dict[str, str],
    rng: np.random.Generator,
) -> tuple[str | None, str | None, tuple[str, ...]]:
    """Plan and region as far as they are printed: a travel card may leave both out."""
    if subject != "travel":
        return plan, region, title
    with_plan, with_region = chance(rng, 0.5), chance(rng, 0.3)
    if with_plan:
        title = (*title, fills["plan"])
    if with_region:
        title = (*title[:-1], f"{title[-1]} - {fills['region']}") if with_plan else (*title, fills["region"])
    return plan if with_plan else None, region if with_region else None, title


# --- numbers on the front -------------------------------------------------------------------------------------------


def _kp_card(
    kit: Kit, subject: str, plan: str | None, title: tuple[str, ...], back: tuple[str, ...], rng: np.random.Generator
) -> Wording:
    """A Kaiser Permanente card: record number, often group, dates, copays, pharmacy numbers, physician."""
    kpic = plan in ("PPO", "POS 3-Tier")
    travel = subject == "travel"
    rows = [
        Row(
            _label(kit, rng, "mrn"),
            digits(rng, int(rng.integers(7, 13)), zeros=int(rng.choice([0, 0, 0, 1, 2]))),
            "member_id",
        )
    ]
    if chance(rng, 0.85 if kpic else 0.5):
        rows.append(Row(_label(kit, rng, "group"), _group(rng), "group_number"))
    rows += [] if travel and chance(rng, 0.6) else _dates(kit, rng)
    if not travel and chance(rng, 0.3):
        number = issuer_number(rng)
        rows.append(Row(_label(kit, rng, "issuer"), printed_issuer(rng, number), "issuer_number", number))
    if plan in ("HMO", "POS 3-Tier", "POS 2-Tier") and chance(rng, 0.35):
        rows.append(Row(_label(kit, rng, "pcp"), person(rng, *kit.people), "pcp_name"))
    rx = _rx(kit, rng, rows[0].value) if kpic and chance(rng, 0.75) else ()
    loose = {"payer_id": "62308"} if any("62308" in p for p in back) else {}
    partner = pick(rng, ["front", "front", "both", ""] if travel else ["", "", "front", "back", "back"])
    wordmark = "KAISER PERMANENTE"
    return Wording(
        theme=pick(rng, kit.themes["kp"]), wordmark=wordmark, title=title, name=_name(kit, rng), rows=tuple(rows),
        rx=rx, copays=_copays(kit, rng) if not travel and chance(rng, 0.55) else (), back=back,
        phones=_phones(kit, rng), partner=partner, partner_name=pick(rng, kit.labels["partner"]),
        form=digits(rng, 4) if chance(rng, 0.4) else "", loose=loose,
    )  # fmt: skip


def _cigna_card(kit: Kit, title: tuple[str, ...], back: tuple[str, ...], rng: np.random.Generator) -> Wording:
    """A card of Cigna's own plan: employer, id with suffix, PCP, pharmacy numbers, copays."""
    rows = [
        Row(_label(kit, rng, "id"), "U" + digits(rng, 10), "member_id"),
        Row(_label(kit, rng, "group"), digits(rng, 7), "group_number"),
    ]
    rows += _dates(kit, rng)
    if chance(rng, 0.8):
        rows.append(Row(_label(kit, rng, "pcp"), person(rng, *kit.people), "pcp_name"))
    if chance(rng, 0.4):
        number = issuer_number(rng)
        rows.append(Row(_label(kit, rng, "issuer"), printed_issuer(rng, number), "issuer_number", number))
    loose = {"payer_id": "62308"} if any("62308" in p for p in back) else {}
    return Wording(
        theme=pick(rng, kit.themes["cigna"]), wordmark=pick(rng, ["Cigna", "Cigna Healthcare", "CIGNA"]), title=title,
        name=_name(kit, rng), rows=tuple(rows), rx=_rx(kit, rng, "") if chance(rng, 0.8) else (),
        copays=_copays(kit, rng) if chance(rng, 0.85) else (), back=back, phones=_phones(kit, rng),
        employer=pick(rng, kit.employers), loose=loose,
    )  # fmt: skip


def _label(kit: Kit, rng: np.random.Generator, key: str) -> str:
    return pick(rng, kit.labels[key])


def _name(kit: Kit, rng: np.random.Generator) -> Row:
    return Row(pick(rng, kit.labels["name"]), person(rng, *kit.people), "member_name")


def _group(rng: np.random.Generator) -> str:
    return pick(rng, [digits(rng, 6), digits(rng, 9, zeros=1), f"{digits(rng, 6)}-{digits(rng, 3, zeros=1)}"])


def _dates(kit: Kit, rng: np.random.Generator) -> list[Row]:
    rows = []
    for key, share in (("effective_date", 0.5), ("issue_date", 0.35)):
        if chance(rng, share):
            date = day(rng, dt.date(2023, 1, 1), dt.date(2026, 2, 1))
            rows.append(Row(pick(rng, kit.labels[key]), printed_day(rng, date), key, date.isoformat()))
    return rows


def _rx(kit: Kit, rng: np.random.Generator, same_id: str) -> tuple[Row, ...]:
    rows = [Row(_label(kit, rng, "rx_bin"), digits(rng, 6, zeros=int(rng.choice([0, 0, 1, 2]))), "rx_bin")]
    rows.append(
        Row(
            _label(kit, rng, "rx_pcn"),
            pick(rng, ["ADV", "MCN", "A4", digits(rng, 8, zeros=2), "KPIC", "05190000"]),
            "rx_pcn",
        )
    )
    if chance(rng, 0.7):
        group = pick(rng, ["RX", "KP", "GRP", "C"]) + digits(rng, 4)
        rows.append(Row(_label(kit, rng, "rx_group"), group, "rx_group"))
    if chance(rng, 0.35):
        rows.append(Row(_label(kit, rng, "rx_id"), same_id or digits(rng, 9), "rx_id"))
    return tuple(rows)


def _copays(kit: Kit, rng: np.random.Generator) -> tuple[Row, ...]:
    names = pick(rng, kit.copays)
    amounts = sorted(
        int(a) for a in rng.choice([10, 15, 20, 25, 30, 35, 40, 50, 60, 75], len(names) - 1, replace=False)
    )
    last = int(rng.choice([100, 150, 200, 250, 300, 350]))
    return tuple(Row(n, f"${a}") for n, a in zip(names, [*amounts, last], strict=True))


def _phones(kit: Kit, rng: np.random.Generator) -> tuple[Row, ...]:
    names = list(kit.labels["phones"])
    order = rng.permutation(len(names))[: int(rng.integers(2, 5))]
    return tuple(Row(names[int(i)], phone(rng)) for i in order)


# --- all the others -------------------------------------------------------------------------------------------------


def _other(kit: Kit, entry: dict[str, Any], rng: np.random.Generator, voice: str | None) -> Draft:
    words = _document(kit.folder / "wording.yaml")
    spoken = words["voices"][voice or pick(rng, list(words["voices"]))]
    about = entry["truth"]
    title = tuple(entry["front"])
    back = tuple(_fill(t, dict(spoken["common"])) for t in entry["back"])
    if entry["theme"] in ("kp", "green"):
        wording = _kp_card(kit, entry["category"], about.get("plan"), title, back, rng)
    else:
        wording = _cigna_card(kit, title, back, rng)
    wording = replace(
        wording, theme=pick(rng, kit.themes[entry["theme"]]), wordmark=entry["wordmark"],
        partner=entry.get("cigna", ""), rows=_special_rows(kit, entry, wording.rows, rng),
        employer=_employer(kit, entry, wording.employer, rng), loose=_loose(entry, back),
    )  # fmt: skip
    outcomes = _OUTCOME.get(entry["category"], ("not_eligible",)) + tuple(entry.get("also", ()))
    return Draft(wording, Truth(variant=None, category=entry["category"], outcomes=outcomes, **about))


def _employer(kit: Kit, entry: dict[str, Any], given: str, rng: np.random.Generator) -> str:
    if "employer_name" in entry:
        return str(entry["employer_name"])
    return pick(rng, kit.employers) if entry.get("employer") or given else ""


def _loose(entry: dict[str, Any], back: tuple[str, ...]) -> dict[str, str]:
    if "payer_id" in entry:
        return {"payer_id": str(entry["payer_id"])}
    return {"payer_id": "62308"} if any("62308" in p for p in back) else {}


def _special_rows(kit: Kit, entry: dict[str, Any], rows: tuple[Row, ...], rng: np.random.Generator) -> tuple[Row, ...]:
    """Medicare cards print a contract and plan number, Medi-Cal cards a CIN."""
    if entry.get("id") == "medicare":
        return (*rows[:2], Row("Issuer", f"CMS-H{digits(rng, 4, zeros=1)} {digits(rng, 3, zeros=2)}"))
    if entry.get("id") == "cin":
        return (*rows[:2], Row("CIN", f"9{digits(rng, 7)}{pick(rng, 'ACDFGH')}"))
    return rows
