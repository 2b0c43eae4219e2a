"""Every card of the reference wording is identified, whole and damaged; no damage may turn one into another."""

from __future__ import annotations

from dataclasses import replace
from random import Random

import pytest
from card_text import card
from reference import (
    ONE_EACH,
    Wording,
    broken,
    catalogue,
    confused,
    data,
    identify,
    printed,
    read,
    without_spaces,
    wordings,
)

from cardscan.classify.calibrate import ranking
from cardscan.classify.familiar import unfamiliar
from cardscan.classify.identify import settle
from cardscan.classify.match import match
from cardscan.classify.weights import CONTENDERS

ALL = list(wordings())
VARIANTS = list(catalogue().variants)
NEED_THE_FRONT = {"cigna-pos", "digital-hmo-epo-pos2"}
"""Their backs name neither the plan nor the kind of card: not to guess is right."""


def _name(wording: Wording) -> str:
    return f"{wording.variant}: {wording.front[1]}"


def test_the_reference_and_the_catalogue_know_the_same_cards() -> None:
    assert set(data()["cards"]) == set(catalogue().variants)


@pytest.mark.parametrize("wording", ALL, ids=_name)
def test_the_whole_card(wording: Wording) -> None:
    found = read(printed(wording.front), printed(wording.back))
    assert found.variant == wording.variant
    assert found.attributes.conflicts == ()
    assert found.attributes.exclusion is None
    entry = data()["cards"][wording.variant]
    assert found.attributes.plan in (*entry["plans"], *((None,) if wording.variant == "travel" else ()))


@pytest.mark.parametrize("wording", ONE_EACH, ids=_name)
def test_the_back_alone(wording: Wording) -> None:
    found = read(printed(wording.back))
    assert found.variant == (None if wording.variant in NEED_THE_FRONT else wording.variant)
    assert found.attributes.conflicts == ()


@pytest.mark.parametrize("share", [0.5, 1.0])
@pytest.mark.parametrize("wording", ONE_EACH, ids=_name)
def test_dropped_spaces(wording: Wording, share: float) -> None:
    rng = Random(f"{wording.variant} {share}")
    sides = [without_spaces(printed(texts), rng, share) for texts in (wording.front, wording.back)]
    assert read(*sides).variant == wording.variant


@pytest.mark.parametrize("seed", range(3))
@pytest.mark.parametrize("wording", ONE_EACH, ids=_name)
def test_lines_broken_at_random_places(wording: Wording, seed: int) -> None:
    rng = Random(f"{wording.variant} {seed}")
    back = [line for text in wording.back for line in (*broken(text, rng), "")]
    assert read(printed(wording.front), back).variant == wording.variant


@pytest.mark.parametrize("wording", ONE_EACH, ids=_name)
def test_all_paragraphs_run_together(wording: Wording) -> None:
    back = [line for line in printed(wording.back) if line]
    assert read(printed(wording.front), back).variant == wording.variant


def test_two_sides_in_one_picture() -> None:
    for wording in ONE_EACH:
        assert read([*printed(wording.front), "", *printed(wording.back)]).variant == wording.variant


def test_sides_in_the_other_order() -> None:
    for wording in ONE_EACH:
        assert read(printed(wording.back), printed(wording.front)).variant == wording.variant


@pytest.mark.parametrize(("rate", "least"), [(0.03, 0.95), (0.08, 0.85)])
def test_misread_letters(rate: float, least: float) -> None:
    """The rate of letters and digits misread; at least this share identified; none taken for another card."""
    right, wrong, misread, letters = 0, [], 0, 0
    trials = 5
    for wording in ONE_EACH:
        for seed in range(trials):
            rng = Random(f"{wording.variant}-{seed}-{rate}")
            front, in_front = confused(printed(wording.front), rng, rate)
            back, in_back = confused([x for text in wording.back for x in (*broken(text, rng), "")], rng, rate)
            misread += in_front + in_back
            letters += sum(c.isalnum() for text in (*front, *back) for c in text)
            variant = read(front, back).variant
            right += variant == wording.variant
            if variant not in (None, wording.variant):
                wrong.append(f"{wording.variant} taken for {variant}")
    assert wrong == []
    assert 0.85 * rate < misread / letters < 1.15 * rate
    assert right / (trials * len(ONE_EACH)) >= least


@pytest.mark.parametrize("variant", ["travel", "co-ppo"])
def test_a_misread_travel_title_makes_no_digital_card(variant: str) -> None:
    wording = next(w for w in ONE_EACH if w.variant == variant)
    title = {"travel": "Trayel Carcl", "co-ppo": "Prefcrred Provlder Organizafion (PP) Plan - Co1orado"}[variant]
    found = read(printed((wording.front[0], title, *wording.front[2:])), printed(wording.back))
    assert found.variant in (variant, None)


def test_nothing_is_identified_from_nothing() -> None:
    found = identify([])
    assert (found.variant, found.attributes.issuer, found.finds) == (None, None, ())
    assert read([]).variant is None
    assert read(["....", "-- --"]).variant is None


def test_the_wording_of_the_reference_is_familiar_however_it_is_printed() -> None:
    for wording in wordings():
        assert not unfamiliar(card(printed(wording.front), printed(wording.back)), catalogue(), VARIANTS), (
            wording.variant
        )


def test_other_words_for_the_same_are_noticed_and_few_words_are_not() -> None:
    said = (
        "Members away from home may see any doctor whom Cigna Healthcare lists in its national PPO directory.",
        "",
        "Choices two and three are backed by the insurance arm of Kaiser Permanente; choice one is the health plan's.",
    )
    assert unfamiliar(card(["KAISER PERMANENTE"], printed(said)), catalogue(), VARIANTS)
    assert not unfamiliar(card(["KAISER PERMANENTE", "PPO Plan - Colorado"]), catalogue(), VARIANTS)


@pytest.mark.parametrize("wording", ONE_EACH, ids=_name)
def test_many_other_variants_change_no_answer_and_few_are_asked_for_their_sentences(wording: Wording) -> None:
    known = catalogue()
    others = {
        f"other-{i}": model.model_copy(update={"id": f"other-{i}", "region": None, "plan": None, "issuer": "other"})
        for i in range(500)
        for model in [known.variants[VARIANTS[i % len(VARIANTS)]]]
    }
    large = replace(known, variants={**others, **known.variants})
    sides = card(printed(wording.front), printed(wording.back))
    finds = match(sides, large)
    assert {f.meaning for f in match(sides, known)} <= {f.meaning for f in finds}
    assert len({f.meaning.value for f in finds if f.meaning.attribute == "variant"}) <= CONTENDERS
    assert ranking(settle(finds), finds, large)[0].id == identify(sides).variant
