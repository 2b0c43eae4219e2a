"""The rules as data: every day has one answer, and nothing in them has a type that YAML guessed."""

from __future__ import annotations

import datetime as dt
import re
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from cardscan.eligibility import Entry, NotInForce, check, decide, load_rules
from cardscan.eligibility.rules import BUILT_IN
from cardscan.eligibility.schema import PLAN, RULES
from cardscan.errors import BadData
from cardscan.records import CardFacts, Visit

BUILT = load_rules()


def _months() -> Iterator[dt.date]:
    for year in range(2020, 2036):
        for month in range(1, 13):
            yield dt.date(year, month, 1)


def test_the_rules_that_come_with_the_product_have_no_faults() -> None:
    assert check() == ()
    assert {rule.id for rule in BUILT} == set(RULES)


@pytest.mark.parametrize("rule_id", RULES)
def test_every_rule_for_every_month(rule_id: str) -> None:
    rule = BUILT[rule_id]
    for day in _months():
        found = BUILT.at(rule_id, day)
        covering = [
            entry
            for place, entry in enumerate(rule.entries)
            if entry.start <= day
            and (entry.ended is None or day <= entry.ended)
            and (place + 1 == len(rule.entries) or day < rule.entries[place + 1].start)
        ]
        if isinstance(found, NotInForce):
            assert covering == []
            assert found.why == ("not-yet" if day < rule.entries[0].start else "ended")
        else:
            assert covering == [found]
        assert BUILT.on(day).at(RULES[rule_id]) == found


def test_every_entry_names_its_document_and_when_it_was_checked() -> None:
    for rule in BUILT:
        assert rule.title
        for entry in rule.entries:
            assert re.match(r"seeds/\d{3}_[0-9a-f]{16}\.txt: \S", entry.reference)
            assert entry.verified_on >= dt.date(2026, 11, 22)


def test_the_version_follows_the_contents_and_nothing_else(tmp_path: Path) -> None:
    same = shutil.copytree(BUILT_IN, tmp_path / "same")
    claims = same / "claims.yaml"
    claims.rename(same / "telephone.yaml")
    text = (same / "telephone.yaml").read_text(encoding="utf-8")
    (same / "telephone.yaml").write_text("# a comment\r\n" + text.replace("\n", "\r\n"), encoding="utf-8", newline="")
    assert load_rules(same).version == BUILT.version
    (same / "telephone.yaml").write_text(text.replace("37422-8061", "37422-8062", 1), encoding="utf-8")
    assert load_rules(same).version != BUILT.version
    assert re.fullmatch(r"[0-9a-f]{12}", BUILT.version)


def test_a_new_entry_holds_from_its_day_on(tmp_path: Path) -> None:
    folder = shutil.copytree(BUILT_IN, tmp_path / "rules")
    path = folder / "claims.yaml"
    old = '        reference: "seeds/001_19d1fcec3955d392.txt: What this means to Cigna PPO Network Providers"\n'
    assert old in path.read_text(encoding="utf-8")
    new = old + (
        '        verified_on: "2026-11-22"\n'
        '      - from: "2027-01-01"\n'
        '        value: "888-555-0100"\n'
        '        reference: "letter: 2026-12-01"\n'
    )
    path.write_text(path.read_text(encoding="utf-8").replace(old, new), encoding="utf-8")
    rules = load_rules(folder)
    card = CardFacts(issuer="kaiser-permanente", plan="PPO")
    for day, phone in ((dt.date(2026, 12, 31), "888-831-0761"), (dt.date(2027, 1, 1), "888-555-0100")):
        decision = decide(card, Visit(date=day), as_of=dt.date(2026, 11, 22), rules=rules)
        assert decision.precertification is not None and decision.precertification.phone == phone
    assert decision.reasons[-1].in_force_from == dt.date(2027, 1, 1)
    assert decision.reasons[-1].reference == "letter: 2026-12-01"


def test_a_plan_that_has_ended_gives_nothing_after_its_last_day(tmp_path: Path) -> None:
    folder = shutil.copytree(BUILT_IN, tmp_path / "rules")
    path = folder / "plans.yaml"
    text = path.read_text(encoding="utf-8")
    start = text.index('"plan-hmo"')
    end = text.index("verified_on", start)
    path.write_text(text[:end] + 'ended: "2027-06-30"\n        ' + text[end:], encoding="utf-8")
    rules = load_rules(folder)
    card, visit = CardFacts(issuer="kaiser-permanente", plan="HMO"), Visit(state="TX")
    last = decide(card, visit, as_of=dt.date(2027, 6, 30), rules=rules)
    after = decide(card, visit, as_of=dt.date(2027, 7, 1), rules=rules)
    assert (last.outcome, after.outcome) == ("eligible", "not_eligible")
    assert after.reasons[0].code == "after-end" and "date" in after.missing
    assert isinstance(rules.at(PLAN["HMO"].id, dt.date(2027, 7, 1)), NotInForce)


def test_a_rule_that_does_not_exist_cannot_be_asked() -> None:
    with pytest.raises(KeyError):
        BUILT.at("no-such-rule", dt.date(2026, 1, 1))


def test_entries_are_what_the_pages_print() -> None:
    day = dt.date(2026, 11, 22)
    states = BUILT.at("kaiser-permanente-states", day)
    assert isinstance(states, Entry)
    assert set(states.value) == {"CA", "CO", "DC", "GA", "HI", "MD", "OR", "VA", "WA"}
    starts = {plan: BUILT[key.id].entries[0].start.isoformat() for plan, key in PLAN.items()}
    assert starts["HMO"] == starts["EPO"] == "2022-08-01"
    assert starts["POS 2-Tier"] == "2022-10-01"
    assert starts["PPO"] == starts["POS 3-Tier"] == "2023-01-01"


def test_a_folder_without_rules_is_a_fault(tmp_path: Path) -> None:
    for folder in (tmp_path, tmp_path / "none", BUILT_IN / "plans.yaml"):
        with pytest.raises(BadData):
            load_rules(folder)
