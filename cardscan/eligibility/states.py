"""Places of service: the fifty states, the District of Columbia and the inhabited territories."""

from __future__ import annotations

import re

NAMES: dict[str, str] = {
    "AL": "Alabama", "AK": "Alaska", "AZ": "Arizona", "AR": "Arkansas", "CA": "California", "CO": "Colorado",
    "CT": "Connecticut", "DE": "Delaware", "DC": "District of Columbia", "FL": "Florida", "GA": "Georgia",
    "HI": "Hawaii", "ID": "Idaho", "IL": "Illinois", "IN": "Indiana", "IA": "Iowa", "KS": "Kansas", "KY": "Kentucky",
    "LA": "Louisiana", "ME": "Maine", "MD": "Maryland", "MA": "Massachusetts", "MI": "Michigan", "MN": "Minnesota",
    "MS": "Mississippi", "MO": "Missouri", "MT": "Montana", "NE": "Nebraska", "NV": "Nevada", "NH": "New Hampshire",
    "NJ": "New Jersey", "NM": "New Mexico", "NY": "New York", "NC": "North Carolina", "ND": "North Dakota",
    "OH": "Ohio", "OK": "Oklahoma", "OR": "Oregon", "PA": "Pennsylvania", "RI": "Rhode Island",
    "SC": "South Carolina", "SD": "South Dakota", "TN": "Tennessee", "TX": "Texas", "UT": "Utah", "VT": "Vermont",
    "VA": "Virginia", "WA": "Washington", "WV": "West Virginia", "WI": "Wisconsin", "WY": "Wyoming",
    "AS": "American Samoa", "GU": "Guam", "MP": "Northern Mariana Islands", "PR": "Puerto Rico",
    "VI": "Virgin Islands",
}  # fmt: skip
"""Two-letter code to name."""

_OTHER_NAMES = {
    "washington dc": "DC",
    "washington district of columbia": "DC",
    "the district of columbia": "DC",
    "us virgin islands": "VI",
    "united states virgin islands": "VI",
    "virgin islands of the united states": "VI",
    "commonwealth of the northern mariana islands": "MP",
    "commonwealth of puerto rico": "PR",
}

_BY_NAME = {code.casefold(): code for code in NAMES} | {name.casefold(): code for code, name in NAMES.items()}
_BY_NAME |= _OTHER_NAMES


def state_code(text: str) -> str | None:
    """The two-letter code that a code or a name stands for, in any case; None: there is no such place.

    >>> state_code("tx"), state_code("N. Y."), state_code("Washington, D.C."), state_code("AE")
    ('TX', 'NY', 'DC', None)
    """
    if text in NAMES:
        return text
    initials = re.sub(r"(?i)\b([A-Z])\.\s?(?=[A-Z]\b)", r"\1", text)
    return _BY_NAME.get(re.sub(r"[.,\s]+", " ", initials).strip().casefold())
