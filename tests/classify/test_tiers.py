"""Tiers of providers make a Point-of-Service plan; tiers of drugs, which every plan may have, make none."""

from __future__ import annotations

import pytest
from reference import read

FRONT = ("KAISER PERMANENTE", "Northern California", "Member: Jane Q Sample", "Health Record Number: 11223344")
BACK = (
    "Outside Kaiser Permanente states use the Cigna PPO Network.",
    "Providers: 888-831-0761 for eligibility and precertification.",
    "Cigna Medical Claims, P.O. Box 188061, Chattanooga, TN 37422-8061. Payer ID 62308",
)
DRUGS = [
    ("Rx: Tier 1 $10 / Tier 2 $35 / Tier 3 $60",),
    ("Tier 1 Rx $10", "Tier 2 Rx $35", "Tier 3 Rx $60"),
    ("Drug tiers", "Tier 1 $10", "Tier 2 $30", "Tier 3 $60"),
    ("Generic (Tier 1) $10, brand (Tier 2) $30, non-preferred (Tier 3) $60",),
    ("Tier-1 Rx 10 Tier-2 Rx 35 Tier-3 Rx 60",),
    ("Prescription copays: Tier 1: $10 Tier 2: $30 Tier 3: $50 Tier 4: 20%",),
    ("Pharmacy", "Tier 1", "$10", "Tier 2", "$30", "Tier 3", "$60"),
    ("Tier 1 generic $5", "Tier 2 brand $20", "Tier 3 specialty 20%"),
]


@pytest.mark.parametrize("drugs", DRUGS)
def test_tiers_of_drugs_name_no_plan(drugs: tuple[str, ...]) -> None:
    found = read((*FRONT, *drugs), BACK).attributes
    assert (found.plan, found.family) == (None, None)


@pytest.mark.parametrize("drugs", DRUGS)
def test_beside_them_a_plan_is_what_its_title_says(drugs: tuple[str, ...]) -> None:
    assert (
        read((FRONT[0], "Preferred Provider Organization (PPO) Plan", *FRONT[1:], *drugs), BACK).attributes.plan
        == "PPO"
    )


@pytest.mark.parametrize(
    "tiers",
    [
        ("Tier 1 Kaiser Permanente $10", "Tier 2 PPO providers $30", "Tier 3 any provider 30%"),
        ("Point of Service", "Tier 1 $10 Tier 2 $30 Tier 3 40%", "RxBIN 003585 RxPCN 56340"),
        ("Tiers 2 and 3 are underwritten by Kaiser Permanente Insurance Company.",),
        ("Flexible Choice", "Option 1 HMO $15", "Option 2 PPO $30", "Option 3 Out-of-network 30%"),
    ],
)
def test_tiers_of_providers_do(tiers: tuple[str, ...]) -> None:
    assert read((*FRONT, *tiers), BACK).attributes.plan == "POS 3-Tier"


@pytest.mark.parametrize(
    "line", ["Kindly do not bill the member for covered balances.", "Tier 2 doctors do not require referrals."]
)
def test_a_bill_for_balances_is_no_cost_share(line: str) -> None:
    found = read((FRONT[0], "PPO Plan", *FRONT[1:]), (*BACK, line)).attributes
    assert (found.plan, found.conflicts) == ("PPO", ())


@pytest.mark.parametrize(
    "line", ["Do not ask the patient for any payment.", "Please do not charge copays.", "Never collect cost share."]
)
def test_nothing_to_collect_is_said_of_a_closed_plan(line: str) -> None:
    assert read(FRONT, (*BACK, line)).attributes.family == "hmo-epo-pos2"
