"""A seed becomes a case."""

from __future__ import annotations

import random
from dataclasses import replace

from samples.case import Case, Group, Picture, Truth
from samples.worlds.test_world import office, screens
from samples.worlds.test_world.back import draw_back
from samples.worlds.test_world.deals import MAKERS, Deal, deal
from samples.worlds.test_world.files import photo_file
from samples.worlds.test_world.flats import Flat, Side, beside, card_flat, embossed, worn_flat
from samples.worlds.test_world.front import draw_front
from samples.worlds.test_world.holders import in_sleeve, in_wallet
from samples.worlds.test_world.look import choose_look
from samples.worlds.test_world.papers import draw_paper
from samples.worlds.test_world.readme import draw_readme
from samples.worlds.test_world.shots import BIG, SHOTS, Shot, photograph
from samples.worlds.test_world.typeset import Colour, Sheet

CONDITIONS: dict[str, Group] = {
    **dict.fromkeys(["clean", "photo", "photo_far", "scan", "pdf", "screenshot", "white_on_white"], "good"),
    **dict.fromkeys(
        [
            "tilt30",
            "turned",
            "glare",
            "shadow",
            "thumb",
            "q55",
            "cluttered",
            "dim",
            "fax",
            "screen_moire",
            "hand_held",
            "wallet_window",
            "worn",
            "photocopy",
            "one_photo",
            "corner_off",
        ],
        "hard",
    ),
    **dict.fromkeys(["heavy_blur", "too_dark", "tiny", "covered", "cut_off", "front_only"], "unreadable"),
}
SUBJECTS: tuple[str, ...] = (*MAKERS, "not-a-card")
VARIANTS: tuple[str, ...] = SUBJECTS[:13]
FLAT_CONDITIONS = ("clean", "scan", "pdf", "screenshot", "fax", "photocopy")
RIGHT: dict[str, tuple[str, ...]] = {
    **dict.fromkeys(
        [
            "excluded-washington",
            "excluded-northwest",
            "excluded-medicare",
            "excluded-medicaid",
            "cigna-other",
            "other-issuer",
        ],
        ("not_eligible",),
    ),
    "self-funded": ("call",),
    "no-cigna-evidence": ("call",),
    "conflict": ("call", "retake"),
    "two-people": ("call", "retake"),
    "network-denied": ("call",),
    "not-in-force": ("call",),
    "not-a-card": ("retake", "not_eligible"),
}
"""What is right to answer for a negative that is well shown. Harder pictures also allow ``retake`` and ``call``."""


def outcomes(subject: str, group: Group) -> tuple[str, ...]:
    """What an honest system may answer for an urgent in-network visit in TX on 2026-03-01."""
    if subject in VARIANTS:
        return {"good": ("eligible",), "hard": ("eligible", "retake", "call"), "unreadable": ("retake", "call")}[group]
    right = RIGHT[subject]
    return right if group == "good" else tuple(dict.fromkeys((*right, "retake", "call")))


def draw_case(seed: int, *, condition: str | None = None, subject: str | None = None) -> Case:
    """One case; the same arguments give the same bytes.

    Args:
        seed: Any whole number. The card depends on it and the subject, the pictures on the condition too.
        condition: One of ``CONDITIONS``; None draws one (half of them good).
        subject: One of ``SUBJECTS``; None draws one (six of ten are variants).

    Raises:
        KeyError: There is no such condition or subject.
        FileNotFoundError: The fonts of fonts.txt are not installed.
    """
    choice = random.Random(f"test world {seed}")
    drawn_group = choice.choices(["good", "hard", "unreadable"], [5, 3.5, 1.5])[0]
    drawn_condition = choice.choice([name for name, group in CONDITIONS.items() if group == drawn_group])
    drawn_subject = choice.choice(VARIANTS) if choice.random() < 0.6 else choice.choice(SUBJECTS[13:])
    condition, subject = condition or drawn_condition, subject or drawn_subject
    group = CONDITIONS[condition]
    words, light = random.Random(f"card {seed} {subject}"), random.Random(f"camera {seed} {subject} {condition}")
    name = f"{light.choice(['IMG_', 'IMG-', 'scan', 'card', 'upload_', 'PXL_2026'])}{light.randint(1000, 9999)}"
    names_plans = False
    if subject == "not-a-card":
        flat, names_plans = _thing(condition, words)
        pictures, truth = _not_a_card(flat, names_plans, condition, light, name), Truth(None, "not-a-card", ())
    else:
        quiet = group == "unreadable"
        dealt = deal(words, subject, quiet=quiet)
        shown = [dealt.quiet] if condition == "front_only" else _order(light)
        pictures = _pictures(dealt, shown, condition, words, light, name)
        truth = replace(dealt.truth, fields=_fields(dealt, shown, subject))
    allowed = outcomes(subject, group)
    # a page that names plan and network is a reason to ask or to call, never to accept
    truth = replace(truth, outcomes=(*allowed, "call") if names_plans else allowed)
    return Case(f"test-{seed}-{subject}-{condition}", "test", condition, group, pictures, truth)


def _order(rng: random.Random) -> list[str]:
    return ["back", "front"] if rng.random() < 0.15 else ["front", "back"]


def _fields(dealt: Deal, shown: list[str], subject: str) -> dict[str, str]:
    found: dict[str, str] = {}
    if "back" in shown:
        found |= dealt.back.back_truth()
    if "front" in shown:
        found |= dealt.front.front_truth()
    if subject == "two-people":  # the two sides say different things of the member
        found = {key: value for key, value in found.items() if key == "payer_id"}
    return found


def _sheets(dealt: Deal, shown: list[str], condition: str, words: random.Random) -> list[tuple[Sheet, Side]]:
    look = choose_look(words, dealt.front.brand, white=condition == "white_on_white", digital=dealt.front.digital)
    big = condition not in FLAT_CONDITIONS
    ppm = 27.0 if big and condition not in ("screen_moire", "tiny") else 20.0
    height = words.uniform(51, 60) if dealt.front.digital else 53.98
    states = {side: random.Random(words.random()) for side in ("front", "back")}
    sheets: list[tuple[Sheet, Side]] = []
    for side in shown:
        if side == "front":
            sheets.append((draw_front(dealt.front, look, states["front"], ppm, height), "front"))
        else:
            sheets.append((draw_back(dealt.back, look, states["back"], ppm, height), "back"))
    if condition == "worn" and not dealt.front.digital and words.random() < 0.5:
        return [(embossed(sheet), side) for sheet, side in sheets]
    return sheets


def _pictures(
    dealt: Deal, shown: list[str], condition: str, words: random.Random, light: random.Random, name: str
) -> tuple[Picture, ...]:
    sheets = _sheets(dealt, shown, condition, words)
    if condition == "clean":
        return office.clean(sheets, light, name)
    flats = [card_flat(sheet, side) for sheet, side in sheets]
    if condition in FLAT_CONDITIONS:
        return _flat_pictures(flats, condition, dealt.front.brand.colour, light, name)
    return _photos(flats, condition, dealt.front.digital, dealt.front.brand.colour, light, name)


def _flat_pictures(
    flats: list[Flat], condition: str, accent: Colour, light: random.Random, name: str
) -> tuple[Picture, ...]:
    if condition == "screenshot":
        return office.screenshot(flats, accent, light, name)
    made = {"scan": office.scan, "pdf": office.document, "fax": office.fax, "photocopy": office.photocopy}
    return made[condition](flats, light, name)


def _photos(
    flats: list[Flat], condition: str, digital: bool, accent: Colour, light: random.Random, name: str
) -> tuple[Picture, ...]:
    things = [_before_the_camera(flat, condition, digital, accent, light) for flat in flats]
    if condition == "one_photo":
        things = [beside(things, light)]
    return _shots(things, condition, light, name)


def _shots(things: list[Flat], condition: str, light: random.Random, name: str) -> tuple[Picture, ...]:
    shot, number = SHOTS[condition], light.randint(100, 800)
    return tuple(
        photo_file(light, f"{name}_{number + place}", photograph(thing, _suited(shot, thing), light), shot.quality)
        for place, thing in enumerate(things)
    )


def _before_the_camera(flat: Flat, condition: str, digital: bool, accent: Colour, rng: random.Random) -> Flat:
    """Plastic as it is; a digital card on a phone's screen or as a cut-out print."""
    if condition == "screen_moire":
        return screens.monitor_flat([flat], accent, rng)
    if condition == "worn":
        flat = worn_flat(flat, rng)
    if condition == "wallet_window":
        return in_wallet(flat, rng) if rng.random() < 0.6 else in_sleeve(flat, rng)
    if digital and condition not in ("worn", "white_on_white", "covered", "cut_off") and rng.random() < 0.6:
        return screens.phone_flat([flat], accent, rng)
    return flat


def _suited(shot: Shot, thing: Flat) -> Shot:
    """Phones are held upright and fill less of the frame's width; a sheet of paper fills it."""
    if thing.height > thing.width and shot.effect not in ("cut", "screen"):
        sizes = BIG if shot.share[0] > 0.4 else shot.sizes
        return replace(shot, share=(min(shot.share[0], 0.62), min(shot.share[1], 0.72)), sizes=sizes)
    return shot


def _thing(condition: str, words: random.Random) -> tuple[Flat, bool]:
    """A thing that is no card, and whether it names plans and networks all the same."""
    (flat,) = draw_paper(words, 24.0)
    if condition == "screen_moire":
        return (draw_readme(words, 5.0), True) if words.random() < 0.4 else (flat, False)
    if condition in ("photo", "photo_far", "tilt30", "dim", "glare", "screenshot", "clean") and words.random() < 0.25:
        return draw_readme(words, 12.0), True
    return flat, False


def _not_a_card(flat: Flat, page: bool, condition: str, light: random.Random, name: str) -> tuple[Picture, ...]:
    """Pictures of a thing, or of a page that a screen shows from rim to rim."""
    flats = [flat]
    if condition == "clean":
        pictures = office.plain_picture(flats[0], light, name)
    elif condition in FLAT_CONDITIONS:
        pictures = _flat_pictures(flats, condition, (60, 80, 110), light, name)
    elif condition == "screen_moire" and page:
        pictures = _shots([screens.lit(flat.pixels, flat.shows, light)], condition, light, name)
    else:
        pictures = _photos(flats, condition, False, (60, 80, 110), light, name)
    return tuple(replace(picture, sides=()) for picture in pictures)
