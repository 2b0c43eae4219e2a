"""Batches: many cards, each accounted for."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import pytest
from fastapi.testclient import TestClient

from cardscan.batch.sources import Card
from cardscan.errors import InvalidManifest, NotAPicture
from cardscan.pipeline import SourceFile
from cardscan.records import Visit
from cardscan.settings import Settings
from cardscan.web import batching, create_app

from .conftest import BASE, NAME, FakePipeline, Start, Unexpected, picture, problem, wait_until


@pytest.fixture(autouse=True)
def planned(monkeypatch: pytest.MonkeyPatch) -> list[tuple[str, ...]]:
    """Each file is a card of its own; one of them knows its state."""
    asked: list[tuple[str, ...]] = []

    def cards_of(files: Sequence[SourceFile], settings: Settings) -> list[Card[SourceFile]]:
        asked.append(tuple(file.name for file in files))
        if files[0].name == "manifest.csv" and files[0].data == b"bad":
            raise InvalidManifest
        pictures = [file for file in files if file.name != "manifest.csv"]
        return [
            Card(file.name, (file,), Visit(state="NY" if file.name == "ny.jpg" else None), (file.name,))
            for file in pictures
        ]

    monkeypatch.setattr(batching, "cards_of", cards_of)
    return asked


def files(*names: str) -> list[tuple[str, tuple[str, bytes, str]]]:
    return [("files", (name, picture(), "image/jpeg")) for name in names]


def test_every_card_is_answered_and_kept(client: TestClient, pipeline: FakePipeline) -> None:
    names = [*(f"card-{number}.jpg" for number in range(9)), "ny.jpg"]
    response = client.post("/v1/batches", files=files(*names), data={"state": "TX", "care": "urgent"})
    assert response.status_code == 202
    where = response.headers["location"]
    assert response.json()["counts"]["cards"] == 10
    wait_until(lambda: client.get(where).json()["state"] == "done")
    body = client.get(where).json()
    assert body["counts"] == {"cards": 10, "done": 10, "failed": 0, "pending": 0}
    assert [item["card_id"] for item in body["items"]] == names
    assert all(item["outcome"] == "eligible" for item in body["items"])
    kept = client.get("/v1/verifications", params={"batch_id": body["id"], "limit": 100}).json()["items"]
    assert {one["id"] for one in kept} == {item["verification_id"] for item in body["items"]}
    states = {asked[0][0]: asked[1].state for asked in pipeline.asked}
    assert states["ny.jpg"] == "NY"
    assert states["card-0.jpg"] == "TX"


@pytest.mark.parametrize(("error", "code"), [(NotAPicture(), "not_a_picture"), (Unexpected(NAME), "internal_error")])
def test_a_card_that_fails_is_an_item_with_its_error(
    client: TestClient, pipeline: FakePipeline, error: Exception, code: str
) -> None:
    pipeline.error = error
    where = client.post("/v1/batches", files=files("a.jpg", "b.jpg")).headers["location"]
    wait_until(lambda: client.get(where).json()["state"] == "done")
    body = client.get(where).json()
    assert body["counts"]["failed"] == 2
    assert {item["error"]["code"] for item in body["items"]} == {code}
    assert NAME not in str(body)


def test_a_manifest_comes_first(client: TestClient, planned: list[tuple[str, ...]]) -> None:
    upload = [*files("a.jpg"), ("manifest", ("cards.csv", b"card_id,image\r\n", "text/csv"))]
    assert client.post("/v1/batches", files=upload).status_code == 202
    assert planned == [("manifest.csv", "a.jpg")]


def test_what_cannot_be_planned_starts_nothing(client: TestClient) -> None:
    upload = [*files("a.jpg"), ("manifest", ("cards.csv", b"bad", "text/csv"))]
    for _ in range(4):  # a failed plan gives its place back
        problem(client.post("/v1/batches", files=upload), 422, "invalid_manifest")
    problem(client.post("/v1/batches", files={"state": (None, "TX")}), 422, "no_picture")
    problem(client.post("/v1/batches", files=files("a.jpg"), data={"state": "ZZ"}), 422, "invalid_state")
    problem(client.post("/v1/batches", files=[("images", ("a", b"x"))]), 422, "unknown_field")


def test_only_so_many_run_at_once(client: TestClient, pipeline: FakePipeline) -> None:
    pipeline.gate.clear()
    started = [client.post("/v1/batches", files=files("a.jpg")) for _ in range(batching.MAX_RUNNING)]
    problem(client.post("/v1/batches", files=files("a.jpg")), 503, "busy")
    where = started[0].headers["location"]
    problem(client.delete(where), 409, "still_pending")
    pipeline.gate.set()
    wait_until(lambda: all(client.get(one.headers["location"]).json()["state"] == "done" for one in started))
    wait_until(lambda: client.post("/v1/batches", files=files("a.jpg")).status_code == 202)


def test_a_batch_is_deleted_with_a_receipt(client: TestClient) -> None:
    where = client.post("/v1/batches", files=files("a.jpg", "b.jpg")).headers["location"]
    wait_until(lambda: client.get(where).json()["state"] == "done")
    receipt = client.delete(where).json()
    assert (receipt["kind"], receipt["removed"]["verifications"]) == ("batch", 2)
    problem(client.get(where), 404, "not_found")
    assert client.get("/v1/verifications").json()["items"] == []


def test_a_card_deleted_from_a_batch_leaves_no_name_behind(client: TestClient) -> None:
    where = client.post("/v1/batches", files=files(f"{NAME}.jpg")).headers["location"]
    wait_until(lambda: client.get(where).json()["state"] == "done")
    client.delete(f"/v1/verifications/{client.get(where).json()['items'][0]['verification_id']}")
    body = client.get(where).json()
    assert body["items"][0]["state"] == "deleted"
    assert NAME not in str(body)


def test_cards_that_a_stop_leaves_unread_are_accounted_for(settings: Settings, pipeline: FakePipeline) -> None:
    pipeline.gate.clear()
    with TestClient(create_app(settings, pipeline), base_url=BASE) as client:
        wait_until(lambda: client.get("/readyz").status_code == 200)
        where = client.post("/v1/batches", files=files(*(f"{n}.jpg" for n in range(6)))).headers["location"]
        wait_until(lambda: len(pipeline.asked) == 2)
        pipeline.gate.set()
    with TestClient(create_app(settings, pipeline), base_url=BASE) as client:
        body = client.get(where).json()
        assert body["state"] == "done"
        counts = body["counts"]
        assert counts["done"] + counts["failed"] == 6
        assert {item["error"]["code"] for item in body["items"] if item["error"]} <= {"interrupted"}


def test_an_unknown_batch(client: TestClient, start: Start, tmp_path: Path) -> None:
    problem(client.get(f"/v1/batches/{'0' * 32}"), 404, "not_found")
    problem(client.delete(f"/v1/batches/{'0' * 32}"), 404, "not_found")


def test_files_of_one_name_stay_apart() -> None:
    sent = [SourceFile(name, name.encode()) for name in ("a.jpg", "a.jpg", "a (2).jpg", "b", "b")]
    assert [file.name for file in batching.unlike(sent)] == ["a.jpg", "a (2).jpg", "a (2) (2).jpg", "b", "b (2)"]
