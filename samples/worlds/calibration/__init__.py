"""The world for fitting confidences: wordings, fonts, layouts, grounds and cameras of its own."""

from __future__ import annotations

from pathlib import Path

from samples.fonts import Family
from samples.kit import Camera, Kit, Theme
from samples.worlds.calibration import backdrops, layouts

KIT = Kit(
    name="calibration",
    folder=Path(__file__).parent,
    families=(
        Family(
            "fonts-crosextra-carlito",
            "truetype/crosextra/Carlito-Regular.ttf",
            "truetype/crosextra/Carlito-Bold.ttf",
            1.12,
        ),
        Family("fonts-cabin", "opentype/cabin/Cabin-Regular.otf", "opentype/cabin/Cabin-Bold.otf", 1.08),
        Family("fonts-hack", "truetype/hack/Hack-Regular.ttf", "truetype/hack/Hack-Bold.ttf", 0.86),
    ),
    fronts=(layouts.front_side_panel, layouts.front_wave, layouts.front_form),
    backs=(layouts.back_boxed, layouts.back_low_stripe, layouts.back_card_of_two),
    panel=layouts.panel,
    themes={
        "kp": (
            Theme((0, 120, 179), (0, 78, 137), (254, 254, 255), emblem="people"),
            Theme((20, 62, 108), (60, 150, 190), emblem="people"),
            Theme((0, 92, 120), (0, 128, 150), (252, 250, 245), emblem="people"),
        ),
        "green": (
            Theme((56, 116, 60), (30, 84, 60), emblem="people"),
            Theme((96, 140, 40), (40, 110, 60), emblem="people"),
        ),
        "cigna": (
            Theme((0, 92, 150), (0, 140, 190), emblem="tree"),
            Theme((40, 120, 60), (120, 180, 60), (252, 254, 250), emblem="tree"),
        ),
        "warm": (
            Theme((190, 60, 40), (230, 130, 50), emblem="rings"),
            Theme((120, 30, 80), (180, 60, 90), emblem="triangle"),
        ),
        "cool": (
            Theme((30, 60, 150), (60, 120, 210), emblem="shield"),
            Theme((0, 110, 110), (30, 70, 120), emblem="cross"),
        ),
    },
    labels={
        "mrn": (
            "Medical/Health Record No.", "Health Record Number", "Med. Record #", "KP Medical Record #", "MRN #",
            "Health/Medical Record No.",
        ),
        "id": ("Customer ID", "ID Number", "Member No.", "Subscriber ID"),
        "group": ("Group No.", "Account", "Group ID", "Grp #"),
        "name": ("Subscriber", "Cardholder", "Member", "Patient name", "Insured"),
        "pcp": ("PCP", "Primary Care Provider", "Personal Physician"),
        "issuer": ("Issuer ID", "Card Issuer", "Issuer"),
        "effective_date": ("Eff", "Effective on", "Coverage Begins", "Effective Date"),
        "issue_date": ("Card Issue Date", "Issued on", "Print Date", "Issue Date"),
        "rx_bin": ("RX BIN", "Rx Bin #", "BIN", "RxBIN"),
        "rx_pcn": ("RX PCN", "Rx PCN #", "PCN", "RxPCN"),
        "rx_group": ("RX GRP", "Rx Group #", "RxGRP"),
        "rx_id": ("RX ID", "Rx ID #", "RxID"),
        "partner": ("Cigna PPO", "Cigna Healthcare", "Cigna"),
        "phones": (
            "Customer care", "Nurse line", "Pharmacists call", "Mental health", "Hearing impaired", "Billing questions",
        ),
    },
    people=(
        ("Carlos", "Emily", "Hassan", "Grace", "Ivan", "Mei", "Noah", "Fatima", "Walter", "Zoe", "Lucille", "Bill"),
        (
            "Anderson", "Castillo", "Dubois", "Evans", "Fischer", "Hernandez", "Ito", "Jackson", "McCall", "Silva",
            "Young", "Illescas",
        ),
    ),
    employers=("Summit Rail", "Pioneer Paper Co.", "City of Fairview", "Lakeshore Clinics", "Granite State Bank"),
    copays=(
        ("Office", "Specialist", "Emergency Room"), ("Primary Care", "Urgent Care", "ER"), ("PCP Visit", "ER"),
        ("Office", "Urgent", "Hospital"),
    ),
    backdrops=backdrops.ALL,
    camera=Camera(
        sizes=((4032, 3024), (3840, 2880), (2592, 1944)), noise=(1.5, 5.0), blur=(0.5, 1.8), focal=(0.95, 1.4),
        warmth=0.08, vignette=0.24,
    ),
)  # fmt: skip
