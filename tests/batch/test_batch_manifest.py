"""Manifests: what they may say, and how faults in them are told."""

from __future__ import annotations

import datetime as dt

import pytest

from cardscan.batch.manifest import is_manifest, read_manifest
from cardscan.errors import InvalidManifest


def test_lines_with_one_id_are_one_card_wherever_they_stand() -> None:
    a, b = read_manifest(b"card_id,image\na,1.jpg\nb,2.jpg\n\na,3.jpg\n")
    assert (a.card_id, a.images) == ("a", [(2, "1.jpg"), (5, "3.jpg")])
    assert (b.card_id, b.images) == ("b", [(3, "2.jpg")])


def test_facts_of_the_visit_in_any_order_of_columns() -> None:
    header = b"\xef\xbb\xbfState, IMAGE ,date,card_id,care,network\r\n"
    data = header + b"tx,x\\1.jpg,2026-03-01,007,urgent,in\r\nTX,2.jpg,,007,,\r\n"
    (entry,) = read_manifest(data)
    assert entry.card_id == "007"
    assert entry.images == [(2, "x/1.jpg"), (3, "2.jpg")]
    assert entry.visit.model_dump(exclude_none=True) == {
        "state": "TX", "date": dt.date(2026, 3, 1), "care": "urgent", "network": "in",
    }  # fmt: skip


@pytest.mark.parametrize(
    ("data", "told"),
    [
        (b"", "line 1: 'card_id' is missing; 'image' is missing."),
        (b"card_id,picture\na,1.jpg\n", "line 1: 'image' is missing; column 2 has a name that is not known."),
        (b"card_id,image,image\n", "line 1: 'image' stands twice."),
        (b"card_id,image\n", "line 2: there is no card."),
        (b"card_id,image\n,1.jpg\na,\n", "line 2: 'card_id' is empty.; line 3: 'image' is empty."),
        (b"card_id,image\na,1.jpg,extra\n", "line 2: it has more cells than the header."),
        (b"card_id,image,state\na,1.jpg,Nowhere\n", "line 2: Allowed are the codes"),
        (b"card_id,image,date\na,1.jpg,2026-02-30\n", "line 2: The calendar has no such day."),
        (b"card_id,image,state\na,1.jpg,TX\na,2.jpg,CA\n", "line 3: a fact of the visit is another one"),
        (b"card_id,image\na,\xff.jpg\n", "It is not UTF-8 text."),
        (b'card_id,image\na,"1.jpg\n', "it is not CSV."),
        (b"card_id,image\na,1\0.jpg\n", "line 2"),
    ],
)
def test_faults_are_told_by_line(data: bytes, told: str) -> None:
    with pytest.raises(InvalidManifest) as caught:
        read_manifest(data)
    assert told in caught.value.detail


def test_many_faults_are_counted_and_hold_nothing_of_the_file() -> None:
    with pytest.raises(InvalidManifest) as caught:
        read_manifest(b"card_id,image,care\n" + b"JANEDOE,JANEDOE.jpg,JANEDOE\n" * 50)
    assert "line 21:" in caught.value.detail
    assert "and 30 lines more" in caught.value.detail
    assert "JANEDOE" not in caught.value.message


def test_a_manifest_is_known_by_its_header() -> None:
    assert is_manifest(b"image,card_id,state\n")
    assert is_manifest(b"\xef\xbb\xbfcard_id,image\r\na,b")
    assert not is_manifest(b"name,image\n")
    assert not is_manifest(b"")
