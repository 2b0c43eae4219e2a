"""The judge of sentences: how it cuts and packs them, and that what it says does not hang on how they are packed."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from cardscan.classify import sentences
from cardscan.classify.phrases import Meaning
from cardscan.classify.sentences import Judge, Judged, Judgement, judge
from cardscan.classify.text import Text
from cardscan.classify.wordpiece import Pieces, words
from cardscan.errors import EngineUnavailable

HARMLESS = "Cigna PPO Network providers: for eligibility, benefits and precertification call 888-831-0761."
DENIAL = "The Cigna PPO Network is not available to members of this group."
ENDED = "This card was cancelled and replaced by a new one."
URGENT = "Away from home only emergency and urgent care is covered."


def test_numbers_count_by_their_kind_and_accents_do_not() -> None:
    assert words("Llame al 1-888-831-0761, médico") == ["llame", "al", "phone", ",", "medico"]
    assert words("ends 12/31/2025 or in 2026: 0012345678 $20") == [
        *("ends", "date", "or", "in", "year", ":", "number", "$", "20"),
    ]  # fmt: skip


def test_a_word_is_cut_into_the_longest_pieces_and_what_has_none_is_unknown() -> None:
    pieces = Pieces(["[CLS]", "[SEP]", "[UNK]", "net", "##work", "##s", "n"])
    assert pieces.of("networks net ~") == [3, 4, 5, 3, 2]


@pytest.mark.parametrize(
    ("sentence", "effect"), [(HARMLESS, None), (DENIAL, "denies"), (ENDED, "ended"), (URGENT, "urgent")]
)
def test_what_sentences_do(sentence: str, effect: str | None) -> None:
    assert judge().judge([sentence])[0].effect == effect


def test_packed_with_others_a_sentence_means_what_it_means_alone() -> None:
    every = [HARMLESS, DENIAL, ENDED, URGENT, "Rx BIN 015574", "KAISER PERMANENTE"] * 7
    alone = [Judge().judge([sentence])[0] for sentence in every[:6]]
    for sentence, packed in enumerate(Judge().judge(every)):
        assert packed.harmless == pytest.approx(alone[sentence % 6].harmless, abs=0.05)
        assert packed.effect == alone[sentence % 6].effect


def test_of_a_long_sentence_the_worst_part_counts() -> None:
    long = " ".join([HARMLESS.rstrip(".")] * 6)
    assert judge().judge([long])[0].effect is None
    assert judge().judge([f"{long} {DENIAL}"])[0].effect == "denies"


@pytest.mark.parametrize("title", ["KAISER PERMANENTE Kaiser Permanente Insurance Company", "Kaiser Permanente®"])
def test_a_denial_behind_the_titles_of_an_issuer_is_judged_without_them(title: str) -> None:
    denial = "Services at Cigna PPO Network providers are the member's own expense, not the plan's."
    denied = Judged((("denies", Meaning("x", "network", "denied", 3.0)),))
    (hit,) = denied.hits(Text(f"{title} {denial}"))[-1:]
    assert hit.start >= len(title)


@pytest.mark.parametrize("before", ["Send claims to P.O. Box 188061 / Payer ID 62308", "OTHER KP STATES USE PHCS"])
def test_a_denial_behind_a_line_without_a_full_stop_is_judged_without_it(before: str) -> None:
    denied = Judged((("denies", Meaning("x", "network", "denied", 3.0)),))
    assert denied.hits(Text(f"{before} The Cigna PPO Network will be added to this plan at renewal."))
    assert denied.hits(Text(f"{before} Members in this tier don't have the Cigna PPO Network"))


def test_what_says_nothing_is_harmless() -> None:
    assert judge().judge(["", "  "]) == [Judgement(1.0, 0.0, 0.0, 0.0)] * 2


def test_a_second_judgement_is_the_first_one_and_no_word_is_kept() -> None:
    own = Judge()
    assert own.judge([DENIAL]) == own.judge([DENIAL])
    assert all(isinstance(key, bytes) and len(key) == 16 for key in own._known)


def test_a_model_that_is_missing_or_was_changed_is_refused(tmp_path: Path) -> None:
    with pytest.raises(EngineUnavailable, match="missing"):
        Judge(tmp_path).judge([DENIAL])
    for name in sentences.SHA256:
        shutil.copy(Path(sentences.__file__).parent / "models" / name, tmp_path)
    (tmp_path / "sentences.txt").write_text("other\n", encoding="utf-8")
    with pytest.raises(EngineUnavailable, match="hash"):
        Judge(tmp_path).judge([DENIAL])


@pytest.fixture
def asked(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """What the judge is asked; it finds nothing."""
    given: list[str] = []

    class Asked:
        def judge(self, sentences: list[str]) -> list[Judgement]:
            given.extend(sentence.strip() for sentence in sentences)
            return [Judgement(1.0, 0.0, 0.0, 0.0)] * len(sentences)

    monkeypatch.setattr(sentences, "judge", Asked)
    return given


def test_a_sentence_is_judged_with_the_stop_that_ends_it(asked: list[str]) -> None:
    assert Judged(()).hits(Text("Our group went elsewhere. Call us first ¶ Send it here")) == []
    assert asked == ["Our group went elsewhere.", "Call us first", "Send it here"]


@pytest.mark.parametrize(
    ("line", "judged"),
    [
        ("ID del miembro / Member 263571584", False),
        ("Fecha efectiva / Effective 01 MAY 2024", False),
        ("Fecha efectiva / Effective 003585 RxBIN ASPROD1 RxPCN RXK125 RxGrp", False),
        ("PCN 2026-12-31 Valid through", False),
        ("Cigna ID Grupo / Group no", False),
        ("Eligibility and precertification — Cigna PPO Network offices only — 888-831-0761.", False),
        ("No Cigna member ID", True),
        ("Member ID 263571584 inactive", True),
        ("Coverage dates 01/01/2025 12/31/2025", True),
        ("Fecha efectiva / Effective 01 MAY 2024 only", True),
    ],
)
def test_labels_with_their_values_are_not_judged(line: str, judged: bool, asked: list[str]) -> None:
    Judged(()).hits(Text(line))
    assert bool(asked) is judged
