"""One call draws a case of any world: the same seed gives the same bytes."""

from __future__ import annotations

import importlib
import zlib
from dataclasses import replace
from typing import cast

import numpy as np

from samples.cards import CATEGORIES, SUBJECTS, VARIANTS, draft
from samples.case import Case, Group, Truth, World
from samples.conditions import CONDITIONS, take
from samples.kit import Card, Kit
from samples.noncards import noncard
from samples.numbers import pick
from samples.render import render

__all__ = ["CATEGORIES", "CONDITIONS", "SUBJECTS", "VARIANTS", "draw_case"]

_WEIGHTS: dict[Group, float] = {"good": 0.5, "hard": 0.35, "unreadable": 0.15}


def draw_case(world: str, seed: int, *, condition: str | None = None, subject: str | None = None) -> Case:
    """Draw one case.

    Args:
        world: ``tuning``, ``calibration`` or ``test``.
        seed: Same seed, same case.
        condition: One of ``CONDITIONS``; None: any, good ones most often.
        subject: One of ``SUBJECTS``; None: a variant six times in ten, otherwise one of the others.

    Raises:
        ValueError: No such world, condition or subject.
        FontMissing: A font of the world is not installed.
    """
    if world == "test":
        test_world = importlib.import_module("samples.worlds.test_world")
        return cast(Case, test_world.draw_case(seed, condition=condition, subject=subject))
    if world not in ("tuning", "calibration"):
        raise ValueError("no such world")
    if (condition is not None and condition not in CONDITIONS) or (subject is not None and subject not in SUBJECTS):
        raise ValueError("no such condition or subject")
    kit = cast(Kit, importlib.import_module(f"samples.worlds.{world}").KIT)
    # What a card says and how it is pictured come from separate streams: one card can be seen under all conditions.
    chooser, printer, camera = (np.random.default_rng([zlib.crc32(world.encode()), seed, i]) for i in range(3))
    subject = subject or _any_subject(chooser)
    condition = condition or _any_condition(chooser)
    card = noncard(kit, printer) if subject == "not-a-card" else render(kit, draft(kit, subject, printer), printer)
    pictures = take(kit, card, condition, camera)
    truth = _truth(card, condition)
    return Case(
        f"{world}-{seed}-{subject}-{condition}", cast(World, world), condition, CONDITIONS[condition], pictures, truth
    )


def _any_subject(rng: np.random.Generator) -> str:
    return pick(rng, VARIANTS) if rng.random() < 0.6 else pick(rng, CATEGORIES)


def _any_condition(rng: np.random.Generator) -> str:
    group = str(rng.choice(list(_WEIGHTS), p=list(_WEIGHTS.values())))
    return pick(rng, [c for c, g in CONDITIONS.items() if g == group])


def _truth(card: Card, condition: str) -> Truth:
    """The truth as far as the pictures can tell it."""
    truth, group = card.truth, CONDITIONS[condition]
    if group == "good":
        return truth
    base = truth.outcomes
    if group == "hard":
        return replace(truth, outcomes=_joined(base, ("retake", "call")))
    front = dict(card.sides[0].fields)
    if condition == "front_only":
        says = any("cigna" in line.lower() for line in card.sides[0].lines)
        # Without the back, a front that does not name the network cannot be accepted; a "no" may well be certain.
        outcomes = base if truth.variant is None or says else ()
        return replace(truth, outcomes=_joined(("retake", "call"), outcomes), fields=front)
    if condition == "covered":
        says = any("cigna" in line.lower() for line in card.sides[0].lines)
        outcomes = base if truth.variant is None or says else ()
        return replace(truth, outcomes=_joined(("retake", "call"), outcomes), fields=front)
    # Half a card may happen to show what decides; blur, dark and smallness leave nothing that a reader could claim.
    outcomes = base if truth.variant is None or condition == "cut_off" else ()
    return replace(truth, outcomes=_joined(("retake", "call"), outcomes), fields={})


def _joined(first: tuple[str, ...], second: tuple[str, ...]) -> tuple[str, ...]:
    return tuple(dict.fromkeys((*first, *second)))
