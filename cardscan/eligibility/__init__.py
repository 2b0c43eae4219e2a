"""Eligibility: what the documents allow for a card and a visit, by dated and referenced rules."""

from cardscan.eligibility.decide import decide, explain, whom_to_call
from cardscan.eligibility.describe import describe
from cardscan.eligibility.diff import Change, RulesDiff, diff
from cardscan.eligibility.facts import parse_card, parse_date, parse_npi, parse_question, parse_state, parse_visit
from cardscan.eligibility.loader import check, load_rules
from cardscan.eligibility.rules import Entry, NotInForce, Rule, Rules
from cardscan.yamldata import Fault

__all__ = [
    "Change",
    "Entry",
    "Fault",
    "NotInForce",
    "Rule",
    "Rules",
    "RulesDiff",
    "check",
    "decide",
    "describe",
    "diff",
    "explain",
    "load_rules",
    "parse_card",
    "parse_date",
    "parse_npi",
    "parse_question",
    "parse_state",
    "parse_visit",
    "whom_to_call",
]
