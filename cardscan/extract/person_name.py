"""Names of people, as printed: "JANE Q SAMPLE", "Sample, Jane"."""

from __future__ import annotations

import re
from collections.abc import Iterator

from cardscan.extract.invalid import Invalid

_PARTICLE = "de|la|del|der|den|van|von|da|das|do|dos|di|du|e|y|bin|al|el|le|les|los|las|san|ter|ten|zu|af|ibn|abu|bint"
_PARTICLES = set(_PARTICLE.split("|"))
_SUFFIXES = {"jr", "sr", "ii", "iii", "iv", "md", "do", "np", "pa", "dnp"}
_NEVER = re.compile(
    r"\b(plan|providers?|claims?|information|important|notice|contact|center|member|number|group|health|permanente|cigna|network|medical|effective|issue|name|id"
    r"|subscriber|coverage|services?|insurance|ppo|hmo|epo|pos|rxbin|rxpcn|rxgrp|copays?|physician"
    r"|medicare|medi-cal|healthchoice|healthcare|maintenance|exclusive|organization|company|systems?|self-funded|employer|customer|emergency|urgent|visits?|specialty|specialists?|inpatient|outpatient|hospital|pcp|pharmacy|product|deductible|eligibility|your|this|shown|kpic|referrals?|required|guarantee|receive|underwritten|insured|collect|payment"
    r"|assistance|advice|program|hotline|support|benefits?|appeals?|grievances?|drugs?|doctors|website|portal|behavioral|telehealth|virtual|numbers|telephone|mail|rights|scripts|rx)\b",
    re.IGNORECASE,
)
"""Words that cards say of other things, and no name has."""
_ALSO_OTHERS = re.compile(
    r"\b(outside|attention|card|care|record|date|office|primary|region|advantage|choice|open|access|flexible|dual|tiers?|travel|digital|plus|northwest|southern|northern|foundation|private|added|stay|premier|select|preferred|value|gold|silver|bronze|platinum|california|mid-atlantic|states|point|the|of|on|or|and|for|to|with|front|back|cost|share|no|not|by"
    r"|line|nurse|dental|vision|call|please|present)\b",
    re.IGNORECASE,
)
"""Words that are names, too: "Sarah Gold", "Hung To"."""
_SENTENCE = re.compile(r"\b(?:the|of|on|or|and|for|to|with|no|not|by)\s+\w", re.IGNORECASE)
_DEPENDENT = re.compile(r"^\d{1,2}\s+")  # "01 JOHN SMITH"
_APOSTROPHES = str.maketrans("‘`´", "’’’")

_TORN_OFF = re.compile(rf"(?<=[a-z])\s(?!(?:{_PARTICLE})\b)(?=[a-z]{{2,3}}\b(?!['’]))")
"""Where a space tears the end off a name: "Stef an", "Carol yn"."""
_STATES = "washington|maryland|georgia|colorado|hawaii|virginia|oregon"
_PLACES = re.compile(rf"\b(?:{_STATES})\b", re.IGNORECASE)
_OF_A_PLACE = re.compile(rf"(?:{_STATES}),\s?(?!(?:{_STATES}|inc|llc|options)\b)[^\W\d_]{{3,}}.*", re.IGNORECASE)
"""A name that is one of a state, too, as no address has it: "WASHINGTON, OCTAVIO"."""
_OTHERS = re.compile(r"^dr\b|\b(m\.?d|d\.?o|n\.?p|p\.?a|llc|inc|corp|co)\.?$", re.IGNORECASE)


_BRAND = re.compile(r"^\w\.? kaiser$|^kaiser \w\.?$|\bblue (?:cross|shield)\b", re.IGNORECASE)
_COMMA = re.compile(r"(?<=[A-Z]{2})1(?=\s[A-Z]{2})")  # "CRUZ1 TOBIAS": a comma as readers give it
_TORN = re.compile(r"\bDE L A\b", re.IGNORECASE)
_ROMAN = re.compile(r"(?<=\w\s)(?!111)[Il1|]{3}(?![\w|])")  # "III" as readers give it
_SMALL_ACCENT = re.compile(r"\b(?=\w*[A-ZÀ-Þ]{2})(?=[A-ZÀ-Þà-þ]*\b)\w*[à-þ]\w*\b")  # "óSCAR", "MARíA"
_BAR = re.compile(r"\b(?=(?:l*[A-ZÀ-Þ]){2})(?=[A-ZÀ-Þ]*l)[A-ZÀ-Þl]+\b")  # "MEl-LING": a capital I as readers give it
_GLUED = re.compile(r"(?<=[A-Z]{3})(?=[A-Z]\.\s[A-Z])|(?<=[a-z]{2})(?=[A-Z]\.?\s[A-Z])")
"""Where an initial ran into a name: "LEILANIJ. DOE", "LeilaniJ Doe"."""
_SAME_IN_BOTH_CASES = re.compile(r"(?<=\b[A-Z][A-Z])([A-Z]*)([ckopsuvwxz])(?=[A-Z]*\b)")
_SLIP = re.compile(r"[cokpsuvwxzà-þ](?:[a-zà-þ]{2,}|\.?)$")  # "x.", "ángel"


def compact(text: str) -> str:
    """Without what surrounds it, spaces as they are written; a letter that looks the same in both cases as its word.

    >>> compact(" Sample,Jane D.DOE :"), compact("BEATRIx McLEOD IIl"), compact("óSCAR"), compact("LEILANIJ. DOE")
    ('Sample, Jane D. DOE', 'BEATRIX McLEOD III', 'ÓSCAR', 'LEILANI J. DOE')
    >>> compact("MEl-LING KHAN"), compact("AlSHA Al DE lA O"), compact("Al Diaz")
    ('MEI-LING KHAN', 'AISHA Al DE lA O', 'Al Diaz')
    >>> compact("Ann x. Doe"), compact("José ángel Peña"), compact("Ana y Sol Doe"), compact("Please photocopy")
    ('Ann X. Doe', 'José Ángel Peña', 'Ana y Sol Doe', 'Please photocopy')
    """
    plain = text.translate(_APOSTROPHES)
    spaced = re.sub(r",(?=\w)|(?<=\b\w)\.(?=\w{2})", lambda m: m.group() + " ", plain)
    spaced = _TORN.sub(lambda m: m.group()[:4] + m.group()[-1], _COMMA.sub(",", _ROMAN.sub("III", spaced)))
    spaced = _BAR.sub(lambda m: m.group().replace("l", "I"), spaced)
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
    """The name that a line without a label can be, spaces tidied.

    Raises:
        Invalid: As in ``validate_labelled``, or words that are not only of names.
    """
    name = validate_labelled(text)
    if text[:1].isdigit() or _ALSO_OTHERS.search(name):
        raise Invalid("other than a person's name")
    return name


def validate_labelled(text: str) -> str:
    """The name that stands where a label says so, spaces tidied, without a dependent's number before it.

    >>> validate_labelled("01 SARAH GOLD"), validate_labelled("Hung To"), validate_labelled("Sean O‘Brien")
    ('SARAH GOLD', 'Hung To', 'Sean O’Brien')
    >>> validate_labelled("Stef an A Doe"), validate_labelled("Maria das Neves")
    ('Stefan A Doe', 'Maria das Neves')

    Raises:
        Invalid: Digits, one word only, more than five without particles, initials and suffixes, or words of labels.
    """
    name = _TORN_OFF.sub("", compact(_DEPENDENT.sub("", text)))
    words = name.replace(",", ", ").split()
    full = [word for word in words if word.lower().strip(".,") not in _PARTICLES | _SUFFIXES and len(word) > 2]
    long = len(full) > 5 or len(words) > 8 or len(name) > 40
    if not re.fullmatch(r"[^\W\d_][^\d_]*", name) or len(words) < 2 or long or len(name) < 4:
        raise Invalid("two to five words without digits")
    if not re.fullmatch(r"[\w\s.,'’\-]+", name) or _NEVER.search(name) or _SENTENCE.search(name):
        raise Invalid("other than a person's name")
    if all(_ALSO_OTHERS.fullmatch(word.strip(".,")) for word in words):
        raise Invalid("other than a person's name")  # "Southern California", "Dual Choice"
    if _BRAND.search(name):
        raise Invalid("a brand's name")
    if any(word[0].islower() and word not in _PARTICLES for word in words):
        raise Invalid("words of a sentence")
    return name


def validate_part(text: str) -> str:
    """The first or the last name that stands where a label says so.

    >>> validate_part("MARY ANN"), validate_part(" de la Cruz")
    ('MARY ANN', 'de la Cruz')

    Raises:
        Invalid: Digits, more than four words, or words of labels.
    """
    part = compact(text)
    if not re.fullmatch(r"[^\W\d_](?:[^\W\d_]|[\s.'’\-])+", part) or len(part.split()) > 4 or _NEVER.search(part):
        raise Invalid("one to four words without digits")
    return part


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
    >>> is_members("WASHINGTON, OCTAVIO"), is_members("Washington, DC"), is_members("Georgia, Maryland")
    (True, False, False)
    """
    named = not _PLACES.search(text) or _OF_A_PLACE.fullmatch(compact(text))
    return is_valid(text) and bool(named) and not _OTHERS.search(compact(text))


def format(text: str) -> str:
    return compact(text)
