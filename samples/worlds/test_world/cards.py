"""What is printed on a card, before anyone decides how it looks."""

from __future__ import annotations

from dataclasses import dataclass, field

from samples.worlds.test_world.typeset import Colour


@dataclass(frozen=True, slots=True)
class Printed:
    """A label and its value. ``key``: the field's name in the contract; None for what the contract does not name."""

    label: str
    value: str
    key: str | None = None
    truth: str = ""

    @property
    def true_value(self) -> str:
        return self.truth or self.value


@dataclass(frozen=True, slots=True)
class Brand:
    """Whose card it is: the word mark, its second line and its colour."""

    name: str
    colour: Colour
    tagline: str = ""
    icon: str = "figures"


@dataclass(frozen=True, slots=True)
class CardText:
    """All words of one card.

    Attributes:
        title: The plan line of the front.
        main: Name and number of the member, set large.
        others: The other fields of the front.
        rx: The pharmacy block.
        copays: Label and amount.
        marks: Words set as logos of networks on the front.
        back_member: Name and number repeated on the back.
        digital: Shown by an app rather than printed on plastic.
    """

    brand: Brand
    title: str
    main: tuple[Printed, ...]
    others: tuple[Printed, ...]
    back: tuple[str, ...]
    rx: tuple[Printed, ...] = ()
    copays: tuple[tuple[str, str], ...] = ()
    notes: tuple[str, ...] = ()
    marks: tuple[str, ...] = ()
    employer: str = ""
    back_member: tuple[Printed, ...] = ()
    back_fields: dict[str, str] = field(default_factory=dict)
    digital: bool = False

    def front_truth(self) -> dict[str, str]:
        found = {p.key: p.true_value for p in (*self.main, *self.others, *self.rx) if p.key}
        if self.copays:
            found["copays"] = "; ".join(f"{label}:{amount}" for label, amount in self.copays)
        return found

    def back_truth(self) -> dict[str, str]:
        return {p.key: p.true_value for p in self.back_member if p.key} | self.back_fields
