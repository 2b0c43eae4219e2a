"""A batch accounts for each of its cards."""

from __future__ import annotations

from cardscan.store import Batches, Store

from .conftest import Make

ERROR = {"code": "empty_file", "message": "The file is empty.", "remedy": "Send it again."}


def test_a_batch_is_done_when_each_card_is_settled(store: Store, make: Make) -> None:
    batches = Batches(store.database)
    batch = batches.create([("a", ["a.jpg"]), ("b", ["b_front.jpg", "b_back.jpg"])])
    assert (batches.get(batch).state, batches.get(batch).cards) == ("running", 2)
    kept = make(outcome="call")
    store.save(kept, batch_id=batch, position=0)
    assert batches.get(batch).state == "running"
    batches.item_failed(batch, 1, ERROR)
    record = batches.get(batch)
    assert (record.state, record.done, record.failed) == ("done", 1, 1)
    assert [item.state for item in record.items] == ["done", "failed"]
    assert (record.items[0].verification_id, record.items[0].outcome) == (kept.id, "call")
    assert record.items[1].source == ("b_front.jpg", "b_back.jpg")
    assert record.items[1].error == ERROR


def test_an_item_is_settled_once(store: Store) -> None:
    batches = Batches(store.database)
    batch = batches.create([("a", ["a.jpg"])])
    batches.item_failed(batch, 0, ERROR)
    batches.item_failed(batch, 0, ERROR)
    assert batches.get(batch).failed == 1


def test_cards_left_by_a_stopped_service_are_settled(store: Store) -> None:
    batches = Batches(store.database)
    batch = batches.create([("a", ["a.jpg"]), ("b", ["b.jpg"])])
    batches.item_failed(batch, 0, ERROR)
    assert batches.fail_interrupted({"code": "interrupted", "message": "m", "remedy": "r"}) == 1
    record = batches.get(batch)
    assert (record.state, record.failed) == ("done", 2)
    assert record.items[1].error is not None
    assert record.items[1].error["code"] == "interrupted"


def test_a_batch_without_cards_is_done(store: Store) -> None:
    batches = Batches(store.database)
    assert batches.get(batches.create([])).state == "done"


def test_a_batch_is_deleted_with_its_verifications(store: Store, make: Make) -> None:
    batches = Batches(store.database)
    batch = batches.create([("a", ["a.jpg"])])
    inside, outside = make(), make()
    store.save(inside, batch_id=batch, position=0)
    store.save(outside)
    receipt = store.delete_batch(batch)
    assert (receipt.subject, receipt.verifications) == ("batch", 1)
    assert len(store.list().bodies) == 1
