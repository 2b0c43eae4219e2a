"""The service around the routes: readiness, limits, and what it tells of itself."""

from __future__ import annotations

import json
import logging
import socket
import time
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import httpx
import pytest
from fastapi.testclient import TestClient
from sqlalchemy.exc import OperationalError

from cardscan.errors import BadSettings, EngineUnavailable
from cardscan.pipeline import Pipeline
from cardscan.settings import Settings
from cardscan.web import create_app
from cardscan.web import service as service_module
from cardscan.web.openapi import all_errors
from cardscan.web.pool import ReaderPool

from .conftest import NAME, FakePipeline, Start, Unexpected, front, live, problem, wait_until

# --- being ready ------------------------------------------------------------------------------------------------------


def test_it_is_alive_before_it_is_ready(start: Start, pipeline: FakePipeline) -> None:
    pipeline.warm_gate.clear()
    client = start(wait=False)
    assert client.get("/healthz").json() == {"status": "ok"}
    problem(client.get("/readyz"), 503, "not_ready")
    problem(client.post("/v1/verifications", files=[front()]), 503, "not_ready")
    assert client.post("/v1/decisions", json={}).status_code == 200  # rules need no engine
    pipeline.warm_gate.set()
    wait_until(lambda: client.get("/readyz").status_code == 200)
    assert client.get("/readyz").json() == {"status": "ready"}


def test_a_failed_start_is_visible_with_its_code(start: Start, pipeline: FakePipeline) -> None:
    pipeline.warm_error = EngineUnavailable()
    client = start(wait=False)
    wait_until(lambda: client.get("/readyz").json()["code"] != "not_ready")
    problem(client.get("/readyz"), 503, "engine_unavailable")
    problem(client.post("/v1/verifications", files=[front()]), 503, "engine_unavailable")


def test_an_unforeseen_failure_at_the_start(start: Start, pipeline: FakePipeline) -> None:
    pipeline.warm_error = Unexpected(NAME)
    client = start(wait=False)
    wait_until(lambda: client.get("/readyz").status_code == 500)
    assert NAME not in client.get("/readyz").text


def test_a_pipeline_of_its_own_is_built_and_closed(
    settings: Settings, pipeline: FakePipeline, monkeypatch: pytest.MonkeyPatch
) -> None:
    built: list[Settings] = []

    def build(given: Settings) -> Pipeline:
        built.append(given)
        return pipeline

    monkeypatch.setattr(service_module, "Pipeline", build)
    with TestClient(create_app(settings), base_url="http://localhost") as client:
        wait_until(lambda: client.get("/readyz").status_code == 200)
    assert built == [settings]
    assert pipeline.closed


def test_a_pipeline_that_was_given_is_left_open(start: Start, pipeline: FakePipeline, settings: Settings) -> None:
    with TestClient(create_app(settings, pipeline), base_url="http://localhost"):
        pass
    assert not pipeline.closed


def test_a_store_that_cannot_be_opened_stops_the_start(settings: Settings, pipeline: FakePipeline) -> None:
    app = create_app(settings.model_copy(update={"database_url": "nonsense"}), pipeline)
    with pytest.raises(BadSettings), TestClient(app):
        pass


def test_a_database_that_fails_is_a_problem(client: TestClient, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(*_: Any, **__: Any) -> None:
        raise OperationalError("INSERT", {"body": NAME}, Exception("disk full"))

    service = client.app.state.service  # type: ignore[attr-defined]
    monkeypatch.setattr(service.store, "save", fail)
    response = client.post("/v1/verifications", files=[front()])
    problem(response, 503, "store_unavailable")
    assert NAME not in response.text


# --- limits -----------------------------------------------------------------------------------------------------------


def test_a_full_queue_answers_busy_and_recovers(start: Start, pipeline: FakePipeline) -> None:
    client = start(workers=1, queue=1)
    pipeline.gate.clear()
    waiting = {"Prefer": "respond-async"}
    accepted = [client.post("/v1/verifications", files=[front()], headers=waiting) for _ in range(2)]
    assert [one.status_code for one in accepted] == [202, 202]
    problem(client.post("/v1/verifications", files=[front()], headers=waiting), 503, "busy")
    problem(client.post("/v1/verifications", files=[front()]), 503, "busy")
    assert client.get("/healthz").status_code == 200
    pipeline.gate.set()
    wait_until(lambda: all(client.get(one.headers["location"]).status_code == 200 for one in accepted))
    assert client.post("/v1/verifications", files=[front()]).status_code == 200


def test_one_client_cannot_hold_every_place(start: Start) -> None:
    client = start()
    clients = client.app.state.service.clients  # type: ignore[attr-defined]
    with ThreadPoolExecutor(1):
        held = [clients.one_more("testclient") for _ in range(clients.limit)]
        for one in held:
            one.__enter__()
        problem(client.post("/v1/verifications", files=[front()]), 429, "too_many_requests")
        assert client.get("/v1/limits").status_code == 200
        for one in held:
            one.__exit__(None, None, None)
    assert client.post("/v1/verifications", files=[front()]).status_code == 200


def test_memory_for_uploads_is_bounded_and_given_back(client: TestClient, pipeline: FakePipeline) -> None:
    memory = client.app.state.service.memory  # type: ignore[attr-defined]
    memory.limit = 300_000
    problem(client.post("/v1/verifications", files=[front(data=b"x" * 400_000)]), 503, "busy")
    assert client.post("/v1/verifications", files=[front(data=b"x" * 200_000)]).status_code == 200
    problem(
        client.post("/v1/verifications", files=[front(data=b"x" * 100_000)], data={"state": "ZZ"}), 422, "invalid_state"
    )
    pipeline.gate.clear()
    where = client.post(
        "/v1/verifications", files=[front(data=b"x" * 200_000)], headers={"Prefer": "respond-async"}
    ).headers["location"]
    assert memory.held > 200_000
    pipeline.gate.set()
    wait_until(lambda: client.get(where).status_code == 200)
    wait_until(lambda: memory.held == 0)


def test_a_job_that_fails_gives_its_place_back() -> None:
    pool = ReaderPool(1, 0)

    def fail() -> None:
        raise ValueError

    for _ in range(5):
        future = pool.submit(fail)
        assert isinstance(future.exception(), ValueError)
        wait_until(lambda: pool.running == 0)
    pool.close()


def test_limits_are_told(client: TestClient, settings: Settings) -> None:
    body = client.get("/v1/limits").json()
    assert body["max_file_mb"] == settings.max_file_mb
    assert body["max_pictures"] == settings.max_pictures
    assert "HEIC" in body["formats"]


def test_a_stalled_upload_is_ended_and_others_are_served(settings: Settings, pipeline: FakePipeline) -> None:
    with live(create_app(settings.model_copy(update={"upload_seconds": 1}), pipeline)) as where:
        wait_until(lambda: httpx.get(f"{where}/readyz").status_code == 200)
        host, port = where.removeprefix("http://").split(":")
        began = (
            f"POST /v1/verifications HTTP/1.1\r\nHost: {host}:{port}\r\nContent-Length: 1000\r\n"
            "Content-Type: multipart/form-data; boundary=b\r\n\r\n--b\r\n"
        ).encode()
        stalled = [socket.create_connection((host, int(port))) for _ in range(20)]
        for one in stalled:
            one.sendall(began)
        start = time.monotonic()
        assert httpx.get(f"{where}/healthz").status_code == 200
        assert time.monotonic() - start < 1
        answers = []
        for one in stalled:
            one.settimeout(10)
            answers.append(one.recv(65536).split(b"\r\n")[0])
            assert one.recv(65536) == b"" or one.recv(65536) == b""  # the connection is closed
            one.close()
        limit = max(8, 2 * (settings.workers + settings.queue))
        assert answers.count(b"HTTP/1.1 408 Request Timeout") == limit
        assert answers.count(b"HTTP/1.1 429 Too Many Requests") == 20 - limit


def test_a_client_who_goes_away_is_no_error(
    settings: Settings, pipeline: FakePipeline, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.INFO)
    with live(create_app(settings, pipeline)) as where:
        wait_until(lambda: httpx.get(f"{where}/readyz").status_code == 200)
        host, port = where.removeprefix("http://").split(":")
        with socket.create_connection((host, int(port))) as gone:
            gone.sendall(
                f"POST /v1/verifications HTTP/1.1\r\nHost: {host}:{port}\r\nContent-Length: 1000\r\n"
                "Content-Type: multipart/form-data; boundary=b\r\n\r\n--b\r\n".encode()
            )
        wait_until(lambda: any(" 499 " in record.getMessage() for record in caplog.records))
        assert httpx.get(f"{where}/healthz").status_code == 200
    assert not [record for record in caplog.records if record.levelno >= logging.ERROR]


# --- what it knows ----------------------------------------------------------------------------------------------------


def test_a_question_without_a_picture(client: TestClient) -> None:
    question = {"card": {"plan": "HMO"}, "visit": {"state": "TX", "date": None}}
    response = client.post("/v1/decisions", json=question)
    assert response.status_code == 200
    assert response.json()["outcome"] == "call"
    assert response.json()["reasons"][0]["text"].startswith("HMO TX")


@pytest.mark.parametrize(
    ("question", "code"),
    [
        ({"card": {"plan": NAME}}, "invalid_fact"),
        ({"visit": {"state": NAME}}, "invalid_state"),
        ({"visit": {"date": "31.12.2026"}}, "invalid_date"),
        ({"visit": {"npi": "1234567890"}}, "invalid_npi"),
        ({"cards": {}}, "invalid_fact"),
        ([], "invalid_fact"),
    ],
)
def test_a_question_that_has_no_meaning(client: TestClient, question: object, code: str) -> None:
    response = client.post("/v1/decisions", json=question)
    problem(response, 422, code)
    assert NAME not in response.text


def test_variants_and_rules_are_told(client: TestClient) -> None:
    assert client.get("/v1/variants").json()["variants"][0]["id"] == "scal-pos"
    assert client.get("/v1/rules").json()["rules"][0]["id"] == "claims"


def test_the_api_is_described_with_its_errors(client: TestClient) -> None:
    schema = client.get("/openapi.json").json()
    text = json.dumps(schema)
    for path, methods in schema["paths"].items():
        for operation in methods.values():
            assert operation["summary"], path
            assert "422" not in operation["responses"] or "application/problem+json" in json.dumps(operation)
    for name in text.split("#/components/schemas/")[1:]:
        assert name.split('"')[0] in schema["components"]["schemas"]
    answers = schema["paths"]["/v1/verifications"]["post"]["responses"]
    assert {"200", "202", "400", "408", "413", "415", "422", "429", "503"} <= set(answers)
    assert "not_a_picture" in answers["415"]["description"]


def test_every_error_is_explained_on_the_page(client: TestClient) -> None:
    text = client.get("/docs").text
    for error in all_errors():
        assert f'id="error-{error.code}"' in text


def test_each_code_has_one_status() -> None:
    codes = [error.code for error in all_errors()]
    assert len(codes) == len(set(codes))
