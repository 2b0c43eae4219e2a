"""Invented members and numbers: random by seed, of the right shape, of nobody."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from typing import TypeVar

import numpy as np

T = TypeVar("T")


def pick(rng: np.random.Generator, things: Sequence[T]) -> T:
    """One of several, evenly."""
    return things[int(rng.integers(len(things)))]


def chance(rng: np.random.Generator, share: float) -> bool:
    return bool(rng.random() < share)


def digits(rng: np.random.Generator, count: int, *, zeros: int = 0) -> str:
    """``count`` digits of which the first ``zeros`` are 0 and the next is not."""
    body = [str(int(rng.integers(1, 10)))] + [str(int(d)) for d in rng.integers(0, 10, count - zeros - 1)]
    return "0" * zeros + "".join(body)


def luhn_digit(number: str) -> str:
    """Check digit that makes ``number`` + digit pass the Luhn test."""
    total = 0
    for i, char in enumerate(reversed(number)):
        value = int(char) * (2 if i % 2 == 0 else 1)
        total += value - 9 if value > 9 else value
    return str(-total % 10)


def issuer_number(rng: np.random.Generator) -> str:
    """Ten digits that pass the Luhn test with 80840 in front (INCITS 284)."""
    body = "9" + digits(rng, 8)
    return body + luhn_digit("80840" + body)


def printed_issuer(rng: np.random.Generator, number: str) -> str:
    """The ways in which cards print an issuer number."""
    return pick(rng, [f"(80840) {number}", f"80840 {number}", f"(80840) {number[:3]}-{number[3:8]}-{number[8:]}"])


def person(rng: np.random.Generator, given: Sequence[str], family: Sequence[str]) -> str:
    first, last = pick(rng, given), pick(rng, family)
    middle = pick(rng, ["", "", f"{'ABCDEFGHJKLMRST'[int(rng.integers(15))]} "])
    name = f"{first} {middle}{last}"
    return name.upper() if chance(rng, 0.65) else name


def day(rng: np.random.Generator, first: dt.date, last: dt.date) -> dt.date:
    return first + dt.timedelta(days=int(rng.integers((last - first).days + 1)))


def printed_day(rng: np.random.Generator, date: dt.date) -> str:
    """The ways in which American cards print a date."""
    return pick(rng, [f"{date:%m/%d/%Y}", f"{date:%m/%d/%Y}", f"{date:%m-%d-%Y}", f"{date:%b} {date.day}, {date.year}"])


def phone(rng: np.random.Generator) -> str:
    """A number of the block 555-01xx that is kept for fiction, with a toll-free code."""
    area = pick(rng, ["800", "866", "877", "888"])
    return f"1-{area}-555-01{int(rng.integers(100)):02d}"
