"""What the service notes: enough for an operator, nothing of a card or a person."""

from __future__ import annotations

import asyncio
import errno
import logging
import os
import threading
import time
from pathlib import Path
from string import ascii_uppercase, digits

import httpx
import pytest
from fastapi.testclient import TestClient
from hypothesis import HealthCheck, given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st

from cardscan.settings import Settings
from cardscan.web import create_app

from .conftest import NAME, FakePipeline, Start, Unexpected, front, live, picture, problem, wait_until


def test_counters(client: TestClient) -> None:
    client.post("/v1/verifications", files=[front()])
    client.get("/v1/verifications/" + "0" * 32)
    text = client.get("/metrics").text
    assert 'cardscan_verifications_total{outcome="eligible"} 1.0' in text
    assert 'cardscan_errors_total{code="not_found"} 1.0' in text
    assert 'route="/v1/verifications/{record_id}",status="404"' in text
    assert "cardscan_ready 1.0" in text
    assert 'cardscan_stage_seconds_count{stage="ocr"} 1.0' in text


SECRET = st.text(ascii_uppercase + digits, min_size=8, max_size=20).map(lambda text: f"zq{text}qz")


@hypothesis_settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(secret=SECRET, fails=st.sampled_from([None, Unexpected, ValueError]))
def test_nothing_of_a_card_or_a_file_is_noted(
    client: TestClient,
    pipeline: FakePipeline,
    caplog: pytest.LogCaptureFixture,
    secret: str,
    fails: type[Exception] | None,
) -> None:
    caplog.set_level(logging.DEBUG)
    pipeline.error = fails(secret) if fails else None
    answers = [
        client.post("/v1/verifications", files=[front(f"{secret}.jpg")], data={"state": secret}),
        client.post("/v1/verifications", files=[front(f"{secret}.jpg")], data={secret: secret}),
        client.post("/v1/verifications", files=[("images", (secret, picture(), secret))], headers={"x-secret": secret}),
        client.post(f"/v1/verifications/{secret}/corrections", json={"corrections": {secret: secret}}),
        client.post("/v1/decisions", json={"card": {"plan": secret}, "visit": {secret: secret}}),
        client.get(f"/v1/{secret}"),
        client.get("/v1/verifications", params={"variant": secret, "cursor": secret}),
        client.get("/v1/verifications", params={secret: secret}),
        client.request(secret, "/v1/limits"),
    ]
    noted = "\n".join(record.getMessage() + str(record.exc_info or "") for record in service_records(caplog))
    assert secret not in noted
    assert secret not in client.get("/metrics").text
    for response in answers:
        if response.status_code >= 400:
            assert secret not in response.text, response.request.url.path
    caplog.clear()


def service_records(caplog: pytest.LogCaptureFixture) -> list[logging.LogRecord]:
    """What the product noted. The test's own HTTP client notes addresses too; it is not part of the product."""
    return [record for record in caplog.records if not record.name.startswith(("httpx", "httpcore", "asyncio"))]


def test_an_unforeseen_error_is_noted_without_its_message(
    client: TestClient, pipeline: FakePipeline, caplog: pytest.LogCaptureFixture
) -> None:
    pipeline.error = Unexpected(NAME)
    response = client.post("/v1/verifications", files=[front()])
    noted = "\n".join(record.getMessage() for record in service_records(caplog))
    assert "unexpected Unexpected" in noted
    assert "conftest.py" in noted
    assert str(Path(__file__).parent) not in noted
    assert response.headers["x-request-id"] in noted


def test_the_event_loop_is_free_while_cards_are_read(settings: Settings, pipeline: FakePipeline) -> None:
    pipeline.gate.clear()
    with live(create_app(settings, pipeline)) as where:
        wait_until(lambda: httpx.get(f"{where}/readyz").status_code == 200)
        threads = [
            threading.Thread(target=httpx.post, args=(f"{where}/v1/verifications",), kwargs={"files": [front()]})
            for _ in range(2)
        ]
        for thread in threads:
            thread.start()
        wait_until(lambda: len(pipeline.asked) == 2)

        async def ask() -> float:
            async with httpx.AsyncClient() as client:
                began = time.monotonic()
                await asyncio.gather(*(client.get(f"{where}/healthz") for _ in range(20)))
                return time.monotonic() - began

        assert asyncio.run(ask()) < 2
        pipeline.gate.set()
        for thread in threads:
            thread.join()


@pytest.mark.parametrize("ask", ["/v1/batches", "/v1/verifications"])
def test_no_id_of_a_record_is_noted_where_nobody_waits(
    client: TestClient, pipeline: FakePipeline, caplog: pytest.LogCaptureFixture, ask: str
) -> None:
    caplog.set_level(logging.DEBUG, "cardscan")
    pipeline.error = Unexpected(NAME)
    field = "files" if ask.endswith("batches") else "images"
    answer = client.post(ask, files=[(field, ("a.jpg", picture()))], headers={"Prefer": "respond-async"})
    wait_until(lambda: "unexpected Unexpected" in caplog.text)
    assert answer.json()["id"] not in caplog.text
    assert NAME not in caplog.text


def test_a_full_disk_is_told_as_such_and_leaves_no_part_of_a_picture(
    start: Start, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    client = start(keep_pictures=True)

    def full(_descriptor: int) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    problem(client.post("/v1/verifications", files=[front()]), 503, "store_unavailable")
    assert list((settings.data_dir / "pictures").iterdir()) == []
