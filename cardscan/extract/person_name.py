"""Names of people, as printed: "JANE Q SAMPLE", "Sample, Jane"."""

from __future__ import annotations

import re
from collections.abc import Iterator

from cardscan.extract.invalid import Invalid

_PARTICLES = {"de", "la", "del", "der", "den", "van", "von", "da", "dos", "di", "du", "y", "bin", "al", "el"}
_SUFFIXES = {"jr", "sr", "ii", "iii", "iv", "md", "do", "np", "pa", "dnp"}
_NOT_NAMES = re.compile(
    r"\b(plan|outside|attention|providers?|claims?|information|important|notice|contact|center|member|number|group|health|card|care|permanente|cigna|network|medical|record|date|issue|effective|name"
    r"|subscriber|coverage|services?|insurance|ppo|hmo|epo|pos|rxbin|rxpcn|rxgrp|copays?|office|primary|physician"
    r"|region|advantage|medicare|medi-cal|healthchoice|choice|open|access|flexible|dual|tiers?|travel|digital|plus|maintenance|exclusive|organization|northwest|southern|northern|healthcare|foundation|company|systems?|private|added|self-funded|employer|customer|emergency|urgent|visits?|specialty|specialists?|inpatient|hospital|stay|pcp|pharmacy|member|product|deductible|premier|select|value|gold|silver|bronze|platinum|california|mid-atlantic|states|point|preferred|organization|eligibility|id|the|of|on|or|and|for|to|with|your|shown|front|back|cost|share|kpic|no|not|referrals?|required|guarantee|receive|by|underwritten|insured|collect|payment)\b",
    re.IGNORECASE,
)

_PLACES = re.compile(r"\b(washington|maryland|georgia|colorado|hawaii|virginia|oregon)\b", re.IGNORECASE)
_OTHERS = re.compile(r"^dr\b|\b(m\.?d|d\.?o|n\.?p|p\.?a|llc|inc|corp|co)\.?$", re.IGNORECASE)


_BRAND = re.compile(r"\w\.? kaiser|kaiser \w\.?", re.IGNORECASE)
_COMMA = re.compile(r"(?<=[A-Z]{2})1(?=\s[A-Z]{2})")  # "CRUZ1 TOBIAS": a comma as readers give it
_TORN = re.compile(r"\bDE L A\b", re.IGNORECASE)
_ROMAN = re.compile(r"(?<=\w\s)(?!111)[Il1|]{3}(?![\w|])")  # "III" as readers give it
_SMALL_ACCENT = re.compile(r"\b(?=\w*[A-ZÀ-Þ]{2})(?=[A-ZÀ-Þà-þ]*\b)\w*[à-þ]\w*\b")  # "óSCAR", "MARíA"
_GLUED = re.compile(r"(?<=[A-Z]{3})(?=[A-Z]\.\s[A-Z])|(?<=[a-z]{2})(?=[A-Z]\.?\s[A-Z])")
"""Where an initial ran into a name: "LEILANIJ. DOE", "LeilaniJ Doe"."""
_SAME_IN_BOTH_CASES = re.compile(r"(?<=\b[A-Z][A-Z])([A-Z]*)([ckopsuvwxz])(?=[A-Z]*\b)")
_SLIP = re.compile(r"[cokpsuvwxzà-þ](?:[a-zà-þ]{2,}|\.?)$")  # "x.", "ángel"


def compact(text: str) -> str:
    """Without what surrounds it, spaces as they are written; a letter that looks the same in both cases as its word.

    >>> compact(" Sample,Jane D.DOE :"), compact("BEATRIx McLEOD IIl"), compact("óSCAR"), compact("LEILANIJ. DOE")
    ('Sample, Jane D. DOE', 'BEATRIX McLEOD III', 'ÓSCAR', 'LEILANI J. DOE')
    >>> compact("Ann x. Doe"), compact("José ángel Peña"), compact("Ana y Sol Doe"), compact("Please photocopy")
    ('Ann X. Doe', 'José Ángel Peña', 'Ana y Sol Doe', 'Please photocopy')
    """
    spaced = re.sub(r",(?=\w)|(?<=\b\w)\.(?=\w{2})", lambda m: m.group() + " ", text)
    spaced = _TORN.sub(lambda m: m.group()[:4] + m.group()[-1], _COMMA.sub(",", _ROMAN.sub("III", spaced)))
    spaced = _SMALL_ACCENT.sub(lambda m: m.group().upper(), _GLUED.sub(" ", spaced))
    cased = _SAME_IN_BOTH_CASES.sub(lambda m: m.group().upper(), spaced)
    return " ".join(_capitals(cased.split())).strip(" .,:;-#|")


def _capitals(words: list[str]) -> Iterator[str]:
    """Words of a name, with a capital where a small letter between two that have one looks the same in both cases."""
    for i, word in enumerate(words):
        within = 0 < i < len(words) - 1 and words[i - 1][0].isupper() and words[i + 1][0].isupper()
        slip = within and _SLIP.match(word) and word not in _PARTICLES
        yield word[0].upper() + word[1:] if slip else word


def goes_on(text: str, rest: str) -> bool:
    """Whether a text is a part of a name and another its rest, as narrow columns and wide gaps break them.

    >>> goes_on("SAMPLE,", "JANE"), goes_on("JANE Q", "SAMPLE"), goes_on("Ann Sample", "Jr."), goes_on("A DOE", "ACME")
    (True, True, True, False)
    """
    words = [word for part in text.split() if (word := part.strip(".,").lower()) != "dr"]
    rests = [word.strip(".,").lower() for word in rest.split()]
    if not words or not rests or any(c.isdigit() for c in rest):
        return False
    if all(word in _SUFFIXES or len(word) == 1 for word in rests):
        return True
    given = "," in text.rstrip(" ,")  # "SAMPLE, JANE Q": nothing is missing
    part = len(words) == 1 or text.endswith((",", "-")) or len(words[-1]) == 1 or words[-1] in _PARTICLES
    return part and not given


def validate(text: str) -> str:
    """The name, spaces tidied.

    Raises:
        Invalid: Digits, one word only, more than five without particles, initials and suffixes, or words of labels.
    """
    name = compact(text)
    words = name.replace(",", ", ").split()
    full = [word for word in words if word.lower().strip(".,") not in _PARTICLES | _SUFFIXES and len(word) > 2]
    long = len(full) > 5 or len(words) > 8 or len(name) > 40
    if not re.fullmatch(r"[^\W\d_][^\d_]*", name) or len(words) < 2 or long or len(name) < 4:
        raise Invalid("two to five words without digits")
    if not re.fullmatch(r"[\w\s.,'’\-]+", name) or _NOT_NAMES.search(name):
        raise Invalid("other than a person's name")
    if _BRAND.fullmatch(name):
        raise Invalid("a mark and the brand's name")
    if any(word[0].islower() and word not in _PARTICLES for word in words):
        raise Invalid("words of a sentence")
    return name


def is_valid(text: str) -> bool:
    """
    >>> is_valid("JANE Q SAMPLE"), is_valid("Sample, Jane"), is_valid("Group Number"), is_valid("until the")
    (True, True, False, False)
    """
    try:
        validate(text)
    except Invalid:
        return False
    return True


def is_members(text: str) -> bool:
    """Whether a line without a label can be a member's name: no doctor's, no firm's, and no place's.

    >>> is_members("JANE Q SAMPLE"), is_members("Carla Mendes DO"), is_members("Kaiser Washington")
    (True, False, False)
    """
    return is_valid(text) and not _PLACES.search(text) and not _OTHERS.search(compact(text))


def format(text: str) -> str:
    return compact(text)
