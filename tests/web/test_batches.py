"""Batches: many cards, each accounted for."""

from __future__ import annotations

import sqlite3
import threading
import time
import uuid
from collections.abc import Sequence
from pathlib import Path
from typing import Any, cast

import pytest
from fastapi.testclient import TestClient
from sqlalchemy import event

from cardscan.batch.sources import Card, plan
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
    written_otherwise = str(uuid.UUID(body["id"])).upper()
    assert client.get("/v1/verifications", params={"batch_id": written_otherwise, "limit": 100}).json()["items"] == kept
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


@pytest.mark.parametrize(
    ("sent", "shown"),
    [
        ("scans/1.jpg", "scans/1.jpg"),
        ("scans\\1.jpg", "scans/1.jpg"),
        ("../../etc/./1.jpg", "etc/1.jpg"),
        ("a.zip!/1.jpg", "a.zip/1.jpg"),
        ("/1.jpg", "1.jpg"),
    ],
)
def test_files_of_a_batch_keep_their_folders(
    client: TestClient, planned: list[tuple[str, ...]], sent: str, shown: str
) -> None:
    assert client.post("/v1/batches", files=files(sent)).status_code == 202
    assert planned == [(shown,)]


def test_a_manifest_names_files_as_they_were_sent(client: TestClient, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(batching, "cards_of", lambda sent, settings: plan(batching.unlike(sent), settings))
    rows = b"card_id,image\n7,scans/1.jpg\n8,other/1.jpg\n"
    upload = [*files("scans/1.jpg", "other/1.jpg"), ("manifest", ("cards.csv", rows, "text/csv"))]
    where = client.post("/v1/batches", files=upload).headers["location"]
    items = client.get(where).json()["items"]
    assert [(item["card_id"], item["source"]) for item in items] == [("7", ["scans/1.jpg"]), ("8", ["other/1.jpg"])]


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


def test_a_card_that_is_read_while_the_service_stops_is_done_and_can_be_forgotten(
    settings: Settings, pipeline: FakePipeline
) -> None:
    pipeline.gate.clear()
    with TestClient(create_app(settings, pipeline), base_url=BASE) as client:
        wait_until(lambda: client.get("/readyz").status_code == 200)
        where = client.post("/v1/batches", files=files(f"{NAME}.jpg")).headers["location"]
        wait_until(lambda: bool(pipeline.asked))
        threading.Timer(0.5, pipeline.gate.set).start()
    with TestClient(create_app(settings, pipeline), base_url=BASE) as client:
        (item,) = client.get(where).json()["items"]
        (kept,) = client.get("/v1/verifications").json()["items"]
        assert (item["state"], item["verification_id"]) == ("done", kept["id"])
        client.delete(f"/v1/verifications/{kept['id']}")
        assert NAME not in client.get(where).text


def full_disk(connection: Any, cursor: Any, statement: str, *_rest: Any) -> None:
    if statement.startswith("UPDATE batch_items"):
        raise sqlite3.OperationalError("database or disk is full")


def test_a_disk_that_is_full_for_a_while_does_not_end_a_batch(
    client: TestClient, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(batching, "NOTE_AGAIN_SECONDS", 0.05)
    engine = cast(Any, client.app).state.service.store.database.engine
    event.listen(engine, "before_cursor_execute", full_disk)
    where = client.post("/v1/batches", files=files(f"{NAME}.jpg", "b.jpg", "c.jpg")).headers["location"]
    time.sleep(0.5)
    assert client.get(where).json()["state"] == "running"
    event.remove(engine, "before_cursor_execute", full_disk)
    wait_until(lambda: client.get(where).json()["state"] == "done")
    body = client.get(where).json()
    assert body["counts"]["pending"] == 0
    assert {item["error"]["code"] for item in body["items"] if item["error"]} == {"store_unavailable"}
    kept = [one["id"] for one in client.get("/v1/verifications").json()["items"]]
    assert kept == [item["verification_id"] for item in body["items"] if item["state"] == "done"]
    assert client.delete(where).status_code == 200
    assert NAME not in capfd.readouterr().err


def test_an_unknown_batch(client: TestClient, start: Start, tmp_path: Path) -> None:
    problem(client.get(f"/v1/batches/{'0' * 32}"), 404, "not_found")
    problem(client.delete(f"/v1/batches/{'0' * 32}"), 404, "not_found")


def test_files_of_one_name_stay_apart() -> None:
    sent = [SourceFile(name, name.encode()) for name in ("a.jpg", "a.jpg", "a (2).jpg", "b", "b")]
    assert [file.name for file in batching.unlike(sent)] == ["a.jpg", "a (2).jpg", "a (2) (2).jpg", "b", "b (2)"]
