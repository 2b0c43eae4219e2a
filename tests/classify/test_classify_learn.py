"""Learning the wording of a new design: what is proposed, what never is, and what would change."""

from __future__ import annotations

from pathlib import Path

import pytest
from card_text import card
from reference import catalogue, printed

from cardscan.classify.catalogue import BUILT_IN, check_catalogue
from cardscan.classify.familiar import unfamiliar
from cardscan.classify.learn import answers, confusions, ladder, propose, with_proposal, written
from cardscan.errors import UsageError
from cardscan.extract.fields import personal_texts
from cardscan.extract.labels import read_sheet

NEW = "Away from home the bearer may turn to any physician in the national Cigna PPO directory of doctors."
SHARED = "Cigna PPO Network providers: for eligibility, benefits and precertification call 888-831-0761."
FRONT = ["KAISER PERMANENTE", "Point of Service - Golden South", "Member Name: JANE Q SAMPLE", "Member ID: 0012345678"]
PRIVATE = ("JANE Q SAMPLE", "0012345678")


def test_new_sentences_are_proposed_and_known_ones_are_not() -> None:
    views = card(FRONT, printed((NEW, "", SHARED)))
    proposal = propose(views, "scal-pos", PRIVATE, catalogue())
    assert [s.text for s in proposal.sentences] == [NEW.rstrip(".")] or [s.text for s in proposal.sentences] == [NEW]
    assert proposal.sentences[0].like == ()


def test_what_the_variant_states_and_the_card_did_not_say_is_asked_for() -> None:
    proposal = propose(card(FRONT, printed((NEW,))), "scal-pos", PRIVATE, catalogue())
    assert ("region", "SCAL") in {(title.attribute, title.value) for title in proposal.titles}
    assert "Point of Service - Golden South" in {title.text for title in proposal.titles}


@pytest.mark.parametrize(
    "text",
    [
        "Ask for Jane Sample when you call the Cigna PPO Network about this very card, please.",
        "The bearer of card 55443322 may use the Cigna PPO Network wherever Kaiser Permanente has no plan.",
        "Cigna PPO Network: the number 00-1234-5678 is to be given with each request for payment.",
    ],
)
def test_nothing_personal_is_learned(text: str) -> None:
    proposal = propose(card(FRONT, printed((text,))), "scal-pos", PRIVATE, catalogue())
    assert proposal.sentences == ()
    assert proposal.left_out >= 1
    assert all("JANE" not in title.text for title in proposal.titles)


def test_of_several_cards_nothing_of_any_member_is_learned() -> None:
    other = ["KAISER PERMANENTE", "POS Plan", "OTTO BRENNICKE", "Health Record Number", "9988776655"]
    said = "Otto Brennicke and family use the Cigna PPO Network wherever they are away from home."
    views = card(FRONT, printed((NEW,)), other, printed((said,)))
    private = personal_texts([read_sheet(view) for view in views])
    assert {"JANE Q SAMPLE", "OTTO BRENNICKE", "0012345678", "9988776655"} <= set(private)
    proposal = propose(views, "scal-pos", private, catalogue())
    assert [s.text for s in proposal.sentences] == [NEW]
    assert not any("BRENNICKE" in title.text for title in proposal.titles)


@pytest.mark.parametrize("line", ["PPO Plan - Colorado", "Kaiser Permanente Senior Advantage"])
def test_pictures_of_another_card_are_not_learned_from(line: str, tmp_path: Path) -> None:
    views = card(["KAISER PERMANENTE", line, *FRONT[2:]], printed((NEW,)))
    proposal = propose(views, "scal-pos", PRIVATE, catalogue())
    assert proposal.contradicts
    with pytest.raises(UsageError, match="not of that variant"):
        written(proposal, None, tmp_path / "catalogue")
    assert not (tmp_path / "catalogue").exists()


def test_an_unknown_variant_is_refused() -> None:
    with pytest.raises(UsageError, match="no variant"):
        propose(card(FRONT), "no-such", (), catalogue())


def test_the_ladder_is_answered_right_before_and_after() -> None:
    proposal = propose(card(FRONT, printed((NEW,))), "scal-pos", PRIVATE, catalogue())
    cards = [c for c in ladder() if c["variant"] is not None][::3]
    before = confusions(answers(catalogue(), cards), cards)
    after = confusions(answers(with_proposal(proposal, catalogue()), cards), cards)
    assert before["wrong"] == after["wrong"] == 0
    assert after["right"] >= before["right"] > 0.9 * len(cards)


def test_what_is_written_is_a_catalogue_that_knows_the_wording(tmp_path: Path) -> None:
    views = card(FRONT, printed((NEW, "", NEW.replace("Away", "Far"))))
    assert unfamiliar(views, catalogue(), catalogue().variants)
    proposal = propose(views, "scal-pos", PRIVATE, catalogue())
    made = written(proposal, None, tmp_path / "mine")
    assert check_catalogue(tmp_path / "mine") == ()
    assert made.version != catalogue().version
    assert not unfamiliar(views, made, made.variants)
    with pytest.raises(UsageError):
        written(proposal, None, tmp_path / "mine")  # exists, and is not the source
    with pytest.raises(UsageError):
        written(proposal, None, BUILT_IN)
