"""The world for building: the reference wording and four rewordings, DejaVu, Liberation and FreeFont."""

from __future__ import annotations

from pathlib import Path

from samples.fonts import Family
from samples.kit import Camera, Kit, Theme
from samples.worlds.tuning import backdrops, layouts

_LIBERATION = "truetype/liberation/Liberation"
_FREE = "truetype/freefont/Free"
_DEJAVU = "truetype/dejavu/DejaVu"

KIT = Kit(
    name="tuning",
    folder=Path(__file__).parent,
    families=(
        Family("fonts-liberation", f"{_LIBERATION}Sans-Regular.ttf", f"{_LIBERATION}Sans-Bold.ttf"),
        Family("fonts-liberation", f"{_LIBERATION}SansNarrow-Regular.ttf", f"{_LIBERATION}SansNarrow-Bold.ttf", 1.1),
        Family("fonts-freefont-ttf", f"{_FREE}Sans.ttf", f"{_FREE}SansBold.ttf"),
        Family("fonts-dejavu-core", f"{_DEJAVU}Sans.ttf", f"{_DEJAVU}Sans-Bold.ttf", 0.9),
        Family("fonts-liberation", f"{_LIBERATION}Serif-Regular.ttf", f"{_LIBERATION}Serif-Bold.ttf", 1.05),
    ),
    fronts=(layouts.front_band, layouts.front_plain, layouts.front_shade),
    backs=(layouts.back_stripe, layouts.back_columns, layouts.back_full),
    panel=layouts.panel,
    themes={
        "kp": (
            Theme((0, 107, 166), (0, 61, 112), emblem="people"),
            Theme((0, 84, 140), (27, 130, 178), (250, 252, 254), emblem="people"),
            Theme((13, 28, 61), (0, 107, 166), emblem="people"),
        ),
        "green": (Theme((46, 125, 50), (120, 170, 60), (250, 254, 248), emblem="people"),),
        "cigna": (
            Theme((0, 101, 163), (240, 126, 38), emblem="tree"),
            Theme((0, 120, 80), (0, 101, 163), emblem="tree"),
        ),
        "oxbridge": (Theme((104, 33, 92), (150, 60, 120), emblem="rings"),),
        "providence": (Theme((0, 61, 121), (0, 133, 100), emblem="cross"),),
        "nalc": (Theme((20, 40, 90), (170, 30, 40), emblem="shield"),),
        "uhc": (Theme((0, 38, 119), (232, 119, 34), emblem="rings"),),
        "aetna": (Theme((125, 63, 152), (210, 30, 95), emblem="triangle"),),
        "blue": (Theme((0, 105, 184), (0, 60, 120), emblem="shield"),),
        "humana": (Theme((78, 160, 70), (30, 110, 50), emblem="triangle"),),
    },
    labels={
        "mrn": (
            "Health/Medical Record number", "Health Record #", "Medical Record Number", "MRN", "Medical Rec. No.",
            "Health/Medical Record #",
        ),
        "id": ("ID", "Member ID", "ID #", "Member ID #"),
        "group": ("Group", "Group #", "Group Number", "Grp No."),
        "name": ("Member", "Name", "Member Name", "", "Member name"),
        "pcp": ("PCP", "Primary Care Physician", "PCP Name"),
        "issuer": ("Issuer", "Health Plan", "Health Plan Issuer"),
        "effective_date": ("Effective Date", "Coverage Effective", "Eff. Date", "Effective"),
        "issue_date": ("Issue Date", "Issued", "Card Issued", "Date Issued"),
        "rx_bin": ("RxBIN", "Rx BIN", "RXBIN", "BIN"),
        "rx_pcn": ("RxPCN", "Rx PCN", "RXPCN", "PCN"),
        "rx_group": ("RxGrp", "Rx Group", "RXGRP", "RxGroup"),
        "rx_id": ("RxID", "Rx ID", "RXID"),
        "partner": ("Cigna Healthcare", "Cigna", "Cigna PPO Network"),
        "phones": (
            "Member Services", "Advice Nurse", "Pharmacy Help Desk", "Behavioral Health", "TTY", "Appointments",
        ),
    },
    people=(
        (
            "Maria", "James", "Linda", "Robert", "Aisha", "Wei", "Daniel", "Priya", "Angel", "Susan", "Tyrone",
            "Olga", "Illya",
        ),
        (
            "Gonzalez", "Brown", "Nguyen", "Williams", "Okafor", "Patel", "Kim", "O'Neil", "Lopez-Ruiz", "Hill",
            "Zimmer", "Ali",
        ),
    ),
    employers=("Acme Tooling", "Bluebird Logistics", "Tri-County Schools", "Harbor Foods", "Northgate Software"),
    copays=(
        ("Office", "ER"), ("Office", "Specialist", "ER"), ("PCP", "Specialist", "Urgent Care", "ER"),
        ("Office Visit", "Urgent Care", "Emergency"), ("Primary", "Specialty", "Hospital"),
    ),
    backdrops=backdrops.ALL,
    camera=Camera(
        sizes=((4000, 3000), (4000, 3000), (3264, 2448)), noise=(2.0, 6.0), blur=(0.6, 1.6), focal=(1.1, 1.6),
        warmth=0.10, vignette=0.18,
    ),
)  # fmt: skip
