"""Which file names are the two sides of one card."""

from __future__ import annotations

import time

import pytest

from cardscan.batch.pairing import pair

PAIRS = [
    ("x_front.jpg", "x_back.png", "x"),
    ("x-front.jpg", "x-back.jpg", "x"),
    ("x.front.jpg", "x.back.jpg", "x"),
    ("x front.jpg", "x back.jpg", "x"),
    ("x_FRONT.JPG", "x_Back.jpg", "x"),
    ("X_front.jpg", "x_back.jpg", "X"),
    ("front_x.jpg", "back_x.jpg", "x"),
    ("x_front_side.jpg", "x_back_side.jpg", "x"),
    ("x_front.jpg", "x_rear.jpg", "x"),
    ("x_recto.jpg", "x_verso.jpg", "x"),
    ("card_front_3.jpg", "card_back_3.jpg", "card_3"),
    ("x_f.jpg", "x_b.jpg", "x"),
    ("x_a.jpg", "x_b.jpg", "x"),
    ("x_1.jpg", "x_2.jpg", "x"),
    ("x-01.jpg", "x-02.jpg", "x"),
    ("x_page1.jpg", "x_page2.jpg", "x"),
    ("x_page_1.jpg", "x_page_2.jpg", "x"),
    ("x-p1.jpg", "x-p2.jpg", "x"),
    ("x_side1.jpg", "x_side2.jpg", "x"),
    ("x_side_a.jpg", "x_side_b.jpg", "x"),
    ("in/17/front.jpg", "in/17/back.jpg", "17"),
    ("in/17/page1.jpg", "in/17/page2.jpg", "17"),
    ("in/a.b/0001_front.jpg", "in/a.b/0001_back.jpg", "0001"),
]


@pytest.mark.parametrize(("front", "back", "name"), PAIRS)
@pytest.mark.parametrize("swapped", [False, True])
def test_two_sides_are_one_card_front_first(front: str, back: str, name: str, swapped: bool) -> None:
    given = [back, front] if swapped else [front, back]
    (group,) = pair(given)
    assert group.name == name
    assert [given[place] for place in group.places] == [front, back]


@pytest.mark.parametrize(
    "names",
    [
        ["x_front.jpg"],
        ["x_front.jpg", "y_back.jpg"],
        ["a/x_front.jpg", "b/x_back.jpg"],
        ["x_1.jpg", "x_2.jpg", "x_3.jpg", "x_4.jpg"],
        ["x_0.jpg", "x_1.jpg", "x_2.jpg"],
        ["x_a.jpg", "x_b.jpg", "x_c.jpg"],
        ["x_1.jpg", "x_b.jpg"],
        ["x_page1.jpg", "x_2.jpg"],
        ["xfront.jpg", "xback.jpg"],
        ["x_f.jpg", "x_back.jpg"],
        ["in/1.jpg", "in/2.jpg"],
        ["in/a.jpg", "in/b.jpg"],
        ["Frontier.jpg", "Backus.jpg"],
        ["x_front.jpg", "x_front.png"],
        ["x_front_back.jpg", "x.jpg"],
    ],
)
def test_others_stay_alone(names: list[str]) -> None:
    assert [group.places for group in pair(names)] == [(place,) for place in range(len(names))]


def test_a_file_by_itself_is_named_by_its_stem() -> None:
    assert [group.name for group in pair(["d/x_front.jpg", "d/y.tar.png"])] == ["x_front", "y.tar"]


def test_two_pictures_of_one_side_belong_to_the_card() -> None:
    (group,) = pair(["x_front.heic", "x_front.jpg", "x_back.jpg"])
    assert group.places == (0, 1, 2)


def test_case_counts_only_where_nothing_else_fits() -> None:
    names = ["A_front.jpg", "a_front.jpg", "A_back.jpg", "a_back.jpg"]
    assert [group.places for group in pair(names)] == [(0, 2), (1, 3)]


def test_every_file_is_in_exactly_one_card() -> None:
    names = [name for front, back, _ in PAIRS for name in (f"{front}", f"{back}")]
    names = sorted(set(names))
    assert sorted(place for group in pair(names) for place in group.places) == list(range(len(names)))


@pytest.mark.parametrize("name", ["_" * 60_000 + "!.jpg", "p_" * 30_000 + "!.jpg", "_front" * 10_000 + ".jpg"])
def test_a_strangers_long_name_takes_no_time(name: str) -> None:
    began = time.perf_counter()
    assert len(pair([name, name.replace("!", "?")])) == 2
    assert time.perf_counter() - began < 1
