"""What lies beside cards says nothing of them: forms, letters, passes, the rest of a screen."""

from __future__ import annotations

import re
from collections.abc import Collection, Sequence

from cardscan.classify.finds import Find

_SAID_ANYWHERE = {"limit", "card", "side"}  # what a form or a pass for visitors may say as well
_NAMES = {("network", "cigna"), ("issuer", "cigna"), ("issuer", "other")}  # what shows whose card it is
_NAMED = 2.5  # strength from which on a card names them
_OWN = r"cigna|kaiser|permanente|\bkp|network|\bppo\b"
_ITS_OWN = re.compile(_OWN, re.IGNORECASE)
_OF_A_CARD = re.compile(
    rf"{_OWN}|\bcard\b|coverage|\bmember|eligib|enrol|\bplan\b|void|expire|cancel|terminat|inactive", re.IGNORECASE
)
"""What a sentence beside a card names, if it is of the card and not of a form or a letter."""
_TAKES_AWAY = re.compile(
    r"\bno\b|\bnot\b|n['’]t\b|\bnever\b|\bonly\b|\bwithout\b|\blost\b|stolen|replac|invalid|void|expir|cancel|terminat|inactive"
    r"|den(?:y|ied|ial)|hold|suspend|pending|\bend|reject|refus|exclu|except|former|laps|declin|ineligib|unpaid|\bold\b"
    r"|begin|start|until|till|before|after|prior|wait",
    re.IGNORECASE,
)
"""What a few words beside a card say if they take something away."""
_RUN = 16  # words that are cut from columns of print under a card: one name of it may be a rest of another word
_FEW = 12  # words: a heading or two, no sentence of a card


def without_desk(finds: Sequence[Find], loose: Collection[int]) -> tuple[Find, ...]:
    """The finds without the wording of forms beside the cards, where a card was seen that shows whose it is.

    A sheet or a pass of a card's shape that says nothing any card would say lies beside the card, too.

    Args:
        finds: Of all sides.
        loose: Indices of the sides that are no card's own, but what stands beside cards.
    """
    named = any(
        (f.meaning.attribute, f.meaning.value) in _NAMES and f.view not in loose and f.strength >= _NAMED for f in finds
    )
    if not named:
        return tuple(finds)
    cards = {f.view for f in finds if f.meaning.attribute not in _SAID_ANYWHERE and f.strength} - set(loose)
    kept = [f for f in finds if f.view in cards or not _is_of_a_form(f)]
    speaking = {f.view for f in kept if f.meaning.attribute != "side"}  # "Patient name" alone is a form's
    return tuple(f for f in kept if f.view in speaking or f.view not in loose)


def _is_of_a_form(found: Find) -> bool:
    if found.meaning.attribute == "limit":
        words = len(found.matched.split())
        if words < _FEW and not _TAKES_AWAY.search(found.matched) and not _ITS_OWN.search(found.matched):
            return True  # "Re: insurance card"
        names = {match.group().lower() for match in _OF_A_CARD.finditer(found.matched)}
        return len(names) < (1 if words < _RUN else 2)
    return (found.meaning.attribute, found.meaning.value) == ("card", "form")
