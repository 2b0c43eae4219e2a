"""Facts of a card and a visit from plain JSON, checked: what is not known is null, what has no meaning is an error.

No error repeats what the caller sent: a value put in the wrong place may be a name or a number from a card.
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Mapping
from typing import get_args

from cardscan import luhn
from cardscan.eligibility.states import state_code
from cardscan.errors import InvalidDate, InvalidFact, InvalidNpi, InvalidState
from cardscan.records import (
    CardFacts,
    Care,
    Exclusion,
    Family,
    Funding,
    Issuer,
    Kind,
    NetworkUse,
    Plan,
    Region,
    Visit,
)

CARD_VALUES: dict[str, tuple[str, ...]] = {
    "issuer": get_args(Issuer),
    "kind": get_args(Kind),
    "plan": get_args(Plan),
    "family": get_args(Family),
    "region": get_args(Region),
    "exclusion": get_args(Exclusion),
    "funding": get_args(Funding),
}
"""Each fact of a card and its values."""

VISIT_VALUES: dict[str, tuple[str, ...]] = {"care": get_args(Care), "network": get_args(NetworkUse)}
VISIT_FACTS = ("state", "date", "care", "network", "npi")

_DATE = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")


def parse_question(question: object) -> tuple[CardFacts, Visit]:
    """A card and a visit from ``{"card": {...}, "visit": {...}}``; any fact, and either part, may be null or absent.

    Raises:
        InvalidState: The state is not a state, DC or a territory.
        InvalidDate: The date is not a calendar date.
        InvalidNpi: The NPI has not ten digits with a right check digit.
        InvalidFact: Another fact has a value that is not known, or there is no such fact.
    """
    if not isinstance(question, Mapping):
        raise InvalidFact('A question is an object: {"card": {...}, "visit": {...}}.')
    _known(question, ("card", "visit"), "a question")
    return parse_card(question.get("card")), parse_visit(question.get("visit"))


def parse_card(facts: object) -> CardFacts:
    """Facts of a card from a plain object; raises InvalidFact."""
    given = _object(facts, "card")
    _known(given, tuple(CARD_VALUES), "card")
    return CardFacts.model_validate({fact: _one_of(given, fact, CARD_VALUES[fact]) for fact in CARD_VALUES})


def parse_visit(facts: object) -> Visit:
    """Facts of a visit from a plain object; raises InvalidState, InvalidDate, InvalidNpi or InvalidFact."""
    given = _object(facts, "visit")
    _known(given, VISIT_FACTS, "visit")
    values = {fact: _one_of(given, fact, allowed) for fact, allowed in VISIT_VALUES.items()}
    return Visit.model_validate(
        {
            **values,
            "state": parse_state(given.get("state")),
            "date": parse_date(given.get("date")),
            "npi": parse_npi(given.get("npi")),
        }
    )


def parse_state(value: object) -> str | None:
    """The two-letter code of a place of service; null or nothing but spaces: not given.

    Raises:
        InvalidState: It is not a state, DC or a territory. The military codes AA, AE, AP are none: they name no place.
    """
    if value is None:
        return None
    if not isinstance(value, str):
        raise InvalidState("It is text.")
    if not value.strip():
        return None
    code = state_code(value)
    if code is None:
        raise InvalidState("Allowed are the codes and names of the fifty states, DC, AS, GU, MP, PR and VI.")
    return code


def parse_date(value: object) -> dt.date | None:
    """A day from ``YYYY-MM-DD``; null or nothing but spaces: not given. Raises InvalidDate."""
    if value is None:
        return None
    if isinstance(value, dt.date) and not isinstance(value, dt.datetime):
        return value
    if not isinstance(value, str):
        raise InvalidDate("It is text.")
    text = value.strip()
    if not text:
        return None
    if not _DATE.fullmatch(text):
        raise InvalidDate
    try:
        return dt.date.fromisoformat(text)
    except ValueError:
        raise InvalidDate("The calendar has no such day.") from None


def parse_npi(value: object) -> str | None:
    """An NPI of ten digits with a right check digit; null or nothing but spaces: not given. Raises InvalidNpi.

    >>> parse_npi(" 1234567893 ")
    '1234567893'
    """
    if value is None:
        return None
    if not isinstance(value, str):
        raise InvalidNpi("It is text.")
    text = value.strip()
    if not text:
        return None
    if not luhn.is_npi(text):
        raise InvalidNpi
    return text


def _object(facts: object, name: str) -> Mapping[str, object]:
    if facts is None or facts == "":
        return {}
    if not isinstance(facts, Mapping):
        raise InvalidFact(f"'{name}' is an object.")
    return facts


def _known(given: Mapping[str, object], allowed: tuple[str, ...], name: str) -> None:
    if any(key not in allowed for key in given):
        raise InvalidFact(f"There is a fact in {name} that is not known. Allowed are: {', '.join(allowed)}.")


def _one_of(given: Mapping[str, object], fact: str, allowed: tuple[str, ...]) -> str | None:
    value = given.get(fact)
    if value is None:
        return None
    text = value.strip() if isinstance(value, str) else value
    if text == "":
        return None
    if not isinstance(text, str) or text not in allowed:
        raise InvalidFact(f"Allowed for '{fact}' are: {', '.join(allowed)}.")
    return text
