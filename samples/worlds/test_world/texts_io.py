"""The wordings of ``texts/*.yaml``."""

from __future__ import annotations

from functools import lru_cache
from pathlib import Path
from typing import Any

import yaml

HERE = Path(__file__).parent / "texts"
REGION_NAMES = {
    "SCAL": "Southern California",
    "NCAL": "Northern California",
    "CO": "Colorado",
    "GA": "Georgia",
    "HI": "Hawaii",
    "MAS": "Mid-Atlantic States",
    "NW": "Northwest",
    "WA": "Washington",
}
REGION_SHORT = {
    "SCAL": "So. Calif.",
    "NCAL": "No. Calif.",
    "CO": "Colorado",
    "GA": "Georgia",
    "HI": "Hawaii",
    "MAS": "Mid-Atlantic",
    "NW": "Northwest",
    "WA": "Washington",
}
UNDERWRITERS = {
    "SCAL": "Kaiser Foundation Health Plan, Inc., Southern California Region",
    "NCAL": "Kaiser Foundation Health Plan, Inc., Northern California Region",
    "CO": "Kaiser Foundation Health Plan of Colorado",
    "GA": "Kaiser Foundation Health Plan of Georgia, Inc.",
    "HI": "Kaiser Foundation Health Plan, Inc., Hawaii Region",
    "MAS": "Kaiser Foundation Health Plan of the Mid-Atlantic States, Inc.",
    "NW": "Kaiser Foundation Health Plan of the Northwest",
}


@lru_cache(maxsize=8)
def texts(name: str) -> Any:
    return yaml.safe_load((HERE / f"{name}.yaml").read_text(encoding="utf-8"))


def filled(text: str, region: str | None = None, **words: str) -> str:
    """The text with the names of the region, its underwriter and other ``words`` put in."""
    if region:
        name = REGION_NAMES[region]
        words |= {
            "region_name": name,
            "region_caps": name.upper(),
            "region_short": REGION_SHORT[region],
            "uw": UNDERWRITERS.get(region, "Kaiser Foundation Health Plan, Inc."),
        }
    for key, value in words.items():
        text = text.replace("{" + key + "}", value)
    return text
