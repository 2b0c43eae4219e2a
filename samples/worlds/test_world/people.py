"""Invented people and numbers."""

from __future__ import annotations

import datetime as dt
import random
from dataclasses import dataclass

FIRST = (
    "Maribel",
    "Dwayne",
    "Siobhan",
    "Tomasz",
    "Keiko",
    "Lamar",
    "Priya",
    "Gwendolyn",
    "Ignacio",
    "Beatrix",
    "Hyun-Woo",
    "Oluwaseun",
    "Francesca",
    "Wendell",
    "Noor",
    "Caleb",
    "Annika",
    "Rosalind",
    "Demetrius",
    "Yesenia",
    "Harlan",
    "Mei-Ling",
    "Octavio",
    "Philippa",
    "Rashid",
    "Corinne",
    "Leilani",
    "Stefan",
    "Imani",
    "Theodore",
    "Graciela",
    "Bartholomew",
    "Winifred",
    "Andre",
    "Svetlana",
    "Jo",
    "Kimberly",
    "Alejandro",
    "Ruth",
    "Percival",
    "Xiomara",
    "Neil",
    "Dolores",
    "Quentin",
)
LAST = (
    "Abernathy",
    "Okonkwo",
    "Villanueva",
    "Kowalczyk",
    "O'Shaughnessy",
    "Tanaka",
    "Whitfield",
    "Ramaswamy",
    "Lindqvist",
    "Castellanos",
    "D'Amico",
    "Park",
    "Featherstone",
    "Nakagawa",
    "Broussard",
    "Delacroix-Hayes",
    "Mbeki",
    "Petrov",
    "Hollingsworth",
    "Ibarra",
    "Yazzie",
    "McAllister",
    "Thibodeaux",
    "Ng",
    "Vandenberg",
    "Quisenberry",
    "Kealoha",
    "Farrokhzad",
    "Ostrowski",
    "Pemberton",
    "Salazar",
    "Umphrey",
    "Eriksen",
    "Zamora",
    "Li",
    "Goldfarb",
    "Washington",
)
DOCTORS = (
    "PATEL, ANJALI MD",
    "R. Steinmetz, MD",
    "Dr. Helen Voss",
    "NGUYEN, BAO T.",
    "Carla Mendes DO",
    "J. Whitcomb MD",
)
EMPLOYERS = (
    "Redwood Transit District",
    "Tidewater Logistics",
    "Pacific Foundry Co.",
    "City of Larkmoor",
    "Juniper Hotels LLC",
    "Summit Credit Union",
    "Bluebonnet Foods",
    "Halcyon Software, Inc.",
)
DATE_FORMS = ("%m/%d/%Y", "%m-%d-%Y", "%m/%d/%y", "%b %d, %Y", "%Y-%m-%d", "%B %d, %Y")


@dataclass(frozen=True, slots=True)
class Person:
    """The member as the card prints them."""

    name: str
    record: str
    group: str


def luhn_digit(payload: str) -> int:
    """The check digit that makes ``payload`` + digit pass the Luhn test."""
    total = 0
    for place, char in enumerate(reversed(payload)):
        value = int(char) * (2 if place % 2 == 0 else 1)
        total += value - 9 if value > 9 else value
    return -total % 10


def luhn_ok(number: str) -> bool:
    return luhn_digit(number[:-1]) == int(number[-1])


def issuer_number(rng: random.Random, head: str = "") -> str:
    """Ten digits that pass the Luhn test behind the prefix 80840, as on US health cards."""
    body = head or f"9{rng.randint(10_000_000, 99_999_999)}"
    return body + str(luhn_digit("80840" + body))


def digits(rng: random.Random, count: int) -> str:
    return "".join(rng.choice("0123456789") for _ in range(count))


def full_name(rng: random.Random) -> str:
    first, last = rng.choice(FIRST), rng.choice(LAST)
    middle = rng.choice(["", "", f" {rng.choice('ABCDEFGHJKLMNPRSTW')}", f" {rng.choice('ABCDEFGHJKLMNPRSTW')}."])
    name = rng.choice([f"{first}{middle} {last}", f"{first}{middle} {last}", f"{last}, {first}{middle}"])
    return name.upper() if rng.random() < 0.6 else name


def person(rng: random.Random) -> Person:
    record = rng.choice(["00", "0", "1", "2", "11"]) + digits(rng, rng.choice([6, 7, 8]))
    group = rng.choice(
        [digits(rng, 6), f"{digits(rng, 5)}-{digits(rng, 3)}", f"{digits(rng, 6)} {digits(rng, 4)}", digits(rng, 9)]
    )
    return Person(full_name(rng), record, group)


def date_between(rng: random.Random, first: dt.date, last: dt.date) -> dt.date:
    return first + dt.timedelta(days=rng.randint(0, (last - first).days))


def first_of_month(rng: random.Random) -> dt.date:
    return dt.date(rng.choice([2023, 2024, 2025]), rng.choice([1, 1, 1, 4, 7, 10]), 1)


def as_printed(rng: random.Random, day: dt.date) -> str:
    return day.strftime(rng.choice(DATE_FORMS))
