"""What every card of the test world prints: brands, member data, pharmacy codes, amounts."""

from __future__ import annotations

import datetime as dt
import random
import re

from samples.worlds.test_world import people
from samples.worlds.test_world.cards import Brand, Printed

Rng = random.Random
KP_COLOURS = [(0, 107, 166), (0, 59, 113), (0, 120, 138), (13, 28, 61), (0, 90, 120), (44, 82, 140)]
KP_NAMES = ["KAISER PERMANENTE®", "KAISER PERMANENTE.", "Kaiser Permanente", "KAISER PERMANENTE"]
RECORD_LABELS = [
    "Health/Medical Record Number",
    "Health Record #",
    "MRN",
    "HRN",
    "Medical Rec. No.",
    "Medical Record Number",
    "Health Record No.",
    "Member ID",
    "Health/Medical Record No.",
    "MEDICAL RECORD #",
]
GROUP_LABELS = ["Group", "Group Number", "Grp #", "Group No.", "GRP", "Group #", "GROUP"]
RX_LABELS = [
    ("RxBIN", "RxPCN", "RxGrp"),
    ("BIN", "PCN", "Rx Group"),
    ("Rx BIN", "Rx PCN", "Rx GRP"),
    ("RXBIN", "RXPCN", "RXGRP"),
    ("Rx Bin #", "Rx PCN #", "Rx Grp #"),
]
OFFICE = ["Office", "Office Visit", "PCP", "Primary care", "OV"]


def kp_brand(rng: Rng, kpic: bool = False) -> Brand:
    tagline = rng.choice(["Kaiser Permanente Insurance Company", ""]) if kpic else rng.choice(["", "", "thrive"])
    return Brand(rng.choice(KP_NAMES), rng.choice(KP_COLOURS), tagline, rng.choice(["figures", "figures", "ring"]))


def member(rng: Rng, who: people.Person) -> tuple[Printed, ...]:
    name = Printed(rng.choice(["", "Member Name", "Name", "Member", "MEMBER NAME"]), who.name, "member_name")
    return (name, Printed(rng.choice(RECORD_LABELS), who.record, "member_id"))


def rx_block(rng: Rng, binary: str, pcn: str, group: str, who_id: str = "") -> tuple[Printed, ...]:
    labels = rng.choice(RX_LABELS)
    rows = [
        Printed(labels[0], binary, "rx_bin"),
        Printed(labels[1], pcn, "rx_pcn"),
        Printed(labels[2], group, "rx_group"),
    ]
    if who_id:
        rows.append(Printed("Rx ID", who_id, "rx_id"))
    return tuple(rows)


def copays(rng: Rng) -> tuple[tuple[str, str], ...]:
    rows = [
        (rng.choice(OFFICE), f"${rng.choice([10, 15, 20, 25, 30, 40])}"),
        (rng.choice(["Specialist", "Spec"]), f"${rng.choice([35, 45, 50, 60])}"),
        (rng.choice(["Urgent Care", "UC"]), f"${rng.choice([35, 50, 75])}"),
        (rng.choice(["ER", "Emergency", "Emergency Room"]), f"${rng.choice([100, 150, 200, 250, 300, 350])}"),
    ]
    if rng.random() < 0.2:
        rows.append(("Inpatient", rng.choice(["20%", "$1,500", "10%"])))
    return tuple(rows[i] for i in sorted(rng.sample(range(len(rows)), rng.randint(2, len(rows)))))


def dated(rng: Rng, label: list[str], key: str) -> Printed:
    day = (
        people.first_of_month(rng)
        if key == "effective_date"
        else people.date_between(rng, dt.date(2023, 1, 5), dt.date(2026, 1, 30))
    )
    form = rng.choice(people.DATE_FORMS)
    return Printed(rng.choice(label), day.strftime(form), key, day.isoformat())


def extras(
    rng: Rng, who: people.Person, *, group: float, issued: float, effective: float, pcp: float, issuer: float
) -> tuple[Printed, ...]:
    """Other fields of the front, each with its own probability."""
    rows: list[Printed] = []
    if rng.random() < group:
        rows.append(Printed(rng.choice(GROUP_LABELS), who.group, "group_number"))
    if rng.random() < effective:
        rows.append(dated(rng, ["Effective Date", "Eff. Date", "Effective", "Coverage effective"], "effective_date"))
    if rng.random() < issued:
        rows.append(dated(rng, ["Issue Date", "Issued", "Card Issued", "Date Issued"], "issue_date"))
    if rng.random() < pcp:
        rows.append(
            Printed(rng.choice(["PCP", "Primary Care Physician", "PCP Name"]), rng.choice(people.DOCTORS), "pcp_name")
        )
    if rng.random() < issuer:
        number = people.issuer_number(rng)
        shown = rng.choice([number, f"{number[:3]}-{number[3:8]}-{number[8:]}"])
        rows.append(Printed(rng.choice(["Issuer (80840)", "Health Plan (80840)"]), shown, "issuer_number", number))
    if rng.random() < 0.25:
        born = people.date_between(rng, dt.date(1942, 1, 1), dt.date(2015, 12, 31))
        rows.append(Printed(rng.choice(["DOB", "Date of Birth"]), born.strftime("%m/%d/%Y")))
    rng.shuffle(rows)
    return tuple(rows)


_PAYER = re.compile(
    r"\b(?:pay[eo]r|EDI)\b[^.\d]{0,25}?(\d{5})(?![-\d])|\belectronic\w*\b[^.\d]{0,25}?(\d{5})(?![-\d])", re.I
)


def payer_on(back: tuple[str, ...], payer: str = "62308") -> dict[str, str]:
    """The payer ID that a back's sentences give: ``payer`` where it stands there, else the first one."""
    if any(payer in text for text in back):
        return {"payer_id": payer}
    found = _PAYER.search(" ".join(back))
    return {"payer_id": found.group(1) or found.group(2)} if found else {}
