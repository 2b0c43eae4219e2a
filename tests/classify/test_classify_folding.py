"""Text as OCR gives it, made equal to what was printed."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cardscan.classify.folding import fold
from cardscan.classify.phrases import Expression, Meaning, Phrase, find, number_pattern, token_pattern
from cardscan.classify.text import BREAK, Text, bare

MEANING = Meaning("says", "attribute", "value", 2.0)


@pytest.mark.parametrize(
    ("a", "b"),
    [
        ("Cigna PPO Network", "CIGNAPPONETWORK"),
        ("Cigna Healthcare℠ PPO", "Cigna Healthcare PPO"),
        ("P.O. Box 188061", "PO B0X l8806I"),
        ("$1,500", "S1500"),
        ("Southern", "Southem"),
        ("International", "Intemational"),
        ("Open Access", "0PEN ACCESS"),
        ("BIN 610014", "8IN 6l00I4"),
        ("Québec café", "QUEBEC CAFE"),
        ("ﬁled", "filed"),
        ("Kaiser–Permanente®", "kaiser permanente"),
    ],
)
def test_what_is_easily_confused_is_equal(a: str, b: str) -> None:
    assert fold(a).letters == fold(b).letters


@pytest.mark.parametrize(
    ("a", "b"), [("Northern", "Southern"), ("PPO", "POS"), ("2", "3"), ("Medi-Cal", "Medicaid"), ("HMO", "EPO")]
)
def test_what_differs_stays_different(a: str, b: str) -> None:
    assert fold(a).letters != fold(b).letters


@given(st.text(max_size=60))
def test_every_letter_knows_where_it_came_from(text: str) -> None:
    folded = fold(text)
    assert len(folded.letters) == len(folded.origin)
    assert list(folded.origin) == sorted(folded.origin)
    assert all(0 <= i < len(text) for i in folded.origin)
    assert folded.letters == folded.letters.upper()
    assert BREAK not in folded.letters


@given(st.text(alphabet="abcmnrSL105O |-.", max_size=40))
def test_spaces_and_points_cost_nothing(text: str) -> None:
    joined = "".join(c for c in text if c not in " -.")
    if "r" not in text:  # "r n" and "rn" are read apart on purpose
        assert fold(text).letters == fold(joined).letters


@pytest.mark.parametrize(
    ("token", "text", "found"),
    [
        ("PPO", "the PPO plan", True),
        ("PPO", "DualChoicePPO", True),
        ("PPO", "PPOPlan", True),
        ("PPO", "PP0 Plan", True),
        ("PPO", "APPOINTMENT", False),
        ("PPO", "ppo", False),
        ("PPO", "SPPO", False),
        ("CO", "Region CO", True),
        ("CO", "Denver, CO 80237", False),
        ("CO", "COPAY", False),
        ("HI", "HI Region", True),
        ("HI", "HIGH", False),
        ("Medicare", "Medicare plan", True),
        ("Medicare", "MEDICARE", True),
        ("Medicare", "MedicareRx", False),  # a phrase of its own
        ("Medicare", "medicares", False),
    ],
)
def test_tokens_are_whole_words(token: str, text: str, found: bool) -> None:
    assert bool(token_pattern(token).search(text)) is found


@pytest.mark.parametrize(
    ("digits", "text", "found"),
    [
        ("62308", "Payer ID 62308.", True),
        ("62308", "6 2 3 0 8", True),
        ("62308", "623OB", True),
        ("62308", "162308", False),
        ("62308", "623081", False),
        ("8888310761", "1 (888) 831-0761", True),
        ("8888310761", "888–831–0761", True),
        ("8888310761", "888-831-0762", False),
    ],
)
def test_numbers_are_whole_numbers(digits: str, text: str, found: bool) -> None:
    assert bool(number_pattern(digits).search(text)) is found


def _hits(phrase: str, text: str, **options: object) -> list[str]:
    found = find([Phrase.of(phrase, MEANING, **options)], [], Text(text))  # type: ignore[arg-type]
    return [text[hit.start : hit.end] for hit in found]


def test_the_marked_part_must_be_right() -> None:
    phrase = "Kaiser Foundation Health Plan, Inc., [Southern] California Region"
    assert _hits(phrase, "Kaiser Foundat1on Heaith Plan, lnc., Southem California Reglon")
    assert not _hits(phrase, "Kaiser Foundation Health Plan, Inc., Northern California Region")
    assert not _hits("POS [2]-Tier plan for members", "POS 3-Tier plan for members")


def test_a_phrase_ends_with_its_paragraph() -> None:
    assert not _hits("Cigna PPO Network", f"Cigna {BREAK} PPO Network")
    assert _hits("Cigna PPO Network", "Cigna\nPPO Network") == ["Cigna\nPPO Network"]


def test_a_word_close_by() -> None:
    assert _hits("[So]. Cal", "So. Cal PPO plan", near=["plan"])
    assert not _hits("[So]. Cal", "So. Cal restaurants", near=["plan"])
    assert not _hits("[So]. Cal", f"So. Cal {BREAK} PPO plan", near=["plan"])


def test_whole_words() -> None:
    assert _hits("Health Net", "by Health Net of Arizona", whole_words=True)
    assert not _hits("Health Net", "Health Network", whole_words=True)
    assert _hits("Health Net", "HealthNetPPO", whole_words=True)


def test_every_place_is_found_and_the_better_explanation_wins() -> None:
    text = "Cigna PPO Network and Cigna PPO Network"
    aside = Phrase.of("Cigna PPO Network", Meaning("network", "plan", "set-aside", 0.0))
    token = Expression(Meaning("PPO", "plan", "PPO", 2.5), token_pattern("PPO"))
    hits = find([aside], [token], Text(text))
    assert [hit.meaning.value for hit in hits] == ["set-aside", "set-aside"]


@given(st.text(alphabet=f"CignaPOHealthpl 0158{BREAK}.,-", max_size=120))
def test_places_lie_in_the_text(text: str) -> None:
    phrases = [Phrase.of("Cigna PPO Plan", MEANING), Phrase.of("Health [Plan]", MEANING)]
    for hit in find(phrases, [], Text(text)):
        assert 0 <= hit.start < hit.end <= len(text)
        assert 0 < hit.score <= 1


@pytest.mark.parametrize("token", ["PPO", "NCAL", "Self", "CO", "SCAL", "POS-OA", "KPIC"])
def test_a_token_is_found_only_where_its_core_stands(token: str) -> None:
    """The quick look for the core may let texts pass; it must never hold one back that the pattern would find."""
    pattern = token_pattern(token)
    for form in (token, token.lower(), token.replace("O", "0"), token.replace("I", "l"), token.replace("I", "|")):
        for text in (form, f"Plan: {form}, x", f"({form})\u00a0Plan", f"Dual{form}Plan"):
            if pattern.search(text):
                assert bare(token) in bare(text)


@pytest.mark.parametrize("text", ["62308", "6 2 3 0 8", "623OB", "62-3D8", "(62)·3Q8", "6\u00a0230 8"])
def test_a_number_is_found_only_where_its_core_stands(text: str) -> None:
    assert number_pattern("62308").search(text)
    assert bare("62308") in bare(text)
