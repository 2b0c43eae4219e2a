"""What is looked for before an expression: never absent where the expression is found."""

from __future__ import annotations

import random
import re
import string
from pathlib import Path

import pytest
import yaml

from cardscan.classify.catalogue import load_catalogue
from cardscan.classify.necessary import necessary, small
from cardscan.classify.phrases import Expression
from cardscan.classify.sentences import Judged

CATALOGUE = load_catalogue()
PATTERNS = [e for every in CATALOGUE.expressions.values() for e in every if isinstance(e, Expression) and e.pieces]


@pytest.mark.parametrize(
    ("pattern", "pieces"),
    [
        (r"\bspecimen\b", {"specimen"}),
        (r"gr[ae]y\s?wolf", {"wolf"}),
        (r"cats?\.", {"cat.", "cats."}),
        (r"(?:one|two)\W+\w", {"one", "two"}),
        (r"(?<!no )(?-i:VOID)(?! IF)", {"void"}),
        (r"(?:ab){2,5}", {"ab"}),
        (r"\d+|sample", set()),  # digits may be all there is
        (r"[a-z]+\s?x?", set()),
        (r"[^ab]", set()),
        (r"(?P<a>same)(?P=a)", {"same"}),
        (r"", set()),
    ],
)
def test_the_pieces_of_a_pattern(pattern: str, pieces: set[str]) -> None:
    assert set(necessary(re.compile(pattern, re.IGNORECASE))) == pieces


def test_letters_that_ignoring_case_takes_for_others_are_taken_for_them() -> None:
    for text in ("ſpecimen card", "SPECİMEN CARD", "specımen card", "Kaiser specimen CARD"):
        for pattern in (r"specimen\s?card", r"kaiser"):
            if re.search(pattern, text, re.IGNORECASE):
                assert any(piece in small(text) for piece in necessary(re.compile(pattern, re.IGNORECASE)))


def test_most_patterns_of_the_catalogue_have_pieces() -> None:
    patterns = [
        e for every in CATALOGUE.expressions.values() for e in every if isinstance(e, Expression) and not e.core
    ]
    assert len(PATTERNS) > 0.9 * len(patterns) > 50


def test_no_expression_is_held_back_from_a_text_in_which_it_is_found() -> None:
    rng = random.Random(5)
    wording = yaml.safe_load(Path(__file__).with_name("wording.yaml").read_text())
    texts = [*map(str, _strings(wording)), *CATALOGUE.sentences]
    texts += [p.meaning.says for every in CATALOGUE.phrases.values() for p in every]
    texts += [e.meaning.says for every in CATALOGUE.expressions.values() for e in every if isinstance(e, Expression)]
    texts += [
        m.says for every in CATALOGUE.expressions.values() for e in every if isinstance(e, Judged) for _, m in e.told
    ]
    texts += ["".join(rng.choice(string.ascii_letters) if rng.random() < 0.05 else c for c in t) for t in texts]
    found = 0
    for text in (form for t in texts for form in (t, t.upper(), t.lower())):
        for expression in PATTERNS:
            if expression.pattern.search(text):
                found += 1
                assert any(piece in small(text) for piece in expression.pieces), (expression.pieces, text)
    assert found > 1000


def _strings(node: object) -> list[str]:
    if isinstance(node, dict):
        return [s for value in node.values() for s in _strings(value)]
    if isinstance(node, list):
        return [s for value in node for s in _strings(value)]
    return [node] if isinstance(node, str) else []
