"""A service with a pipeline that reads nothing: its answers and its failures are what a test asks for."""

from __future__ import annotations

import datetime as dt
import io
import socket
import threading
import time
import uuid
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
import uvicorn
from fastapi import FastAPI
from fastapi.testclient import TestClient
from PIL import Image

from cardscan.pipeline import Pipeline, SourceFile
from cardscan.records import (
    AppealAddress,
    Appeals,
    Candidate,
    CardFacts,
    CardIdentity,
    Claims,
    Decision,
    Evidence,
    FieldValue,
    ImageReport,
    Precertification,
    Problem,
    Quality,
    Reason,
    Timing,
    Verification,
    Versions,
    Visit,
)
from cardscan.settings import Settings, load_settings
from cardscan.web import create_app
from cardscan.web.server import config_of

BASE = "http://127.0.0.1:8080"
NAME = "CANARY MEMBER"
"""Card text that must never leave by a log, a metric or an error."""


class FakePipeline(Pipeline):
    """Answers at once, or as a test sets it.

    Attributes:
        error: Raised by ``verify`` instead of an answer.
        warm_error: Raised by ``warm_up``.
        gate: ``verify`` waits until it is set.
        asked: What ``verify`` was asked: names of files, visit and day.
    """

    def __init__(self) -> None:
        self.error: Exception | None = None
        self.warm_error: Exception | None = None
        self.gate = threading.Event()
        self.gate.set()
        self.warm_gate = threading.Event()
        self.warm_gate.set()
        self.asked: list[tuple[tuple[str, ...], Visit, dt.date]] = []
        self.threads: set[str] = set()
        self.closed = False

    def warm_up(self) -> None:
        self.warm_gate.wait(10)
        if self.warm_error:
            raise self.warm_error

    def verify(self, files: Sequence[SourceFile], visit: Visit, *, as_of: dt.date) -> Verification:
        self.asked.append((tuple(file.name for file in files), visit, as_of))
        self.threads.add(threading.current_thread().name)
        self.gate.wait(10)
        if self.error:
            raise self.error
        bad = [file for file in files if not file.data]
        return fake_verification([file.name for file in files], visit, [file.name for file in bad])

    def decide(self, card: CardFacts, visit: Visit, *, as_of: dt.date) -> Decision:
        return Decision(outcome="call", reasons=(Reason(code="asked", text=f"{card.plan} {visit.state} {as_of}"),))

    def describe_variants(self) -> list[dict[str, Any]]:
        return [{"id": "scal-pos", "plan": "POS 3-Tier"}]

    def describe_rules(self) -> list[dict[str, Any]]:
        return [{"id": "claims", "entries": []}]

    def close(self) -> None:
        self.closed = True


def fake_verification(names: Sequence[str], visit: Visit, bad: Sequence[str] = ()) -> Verification:
    """A verification of a made-up travel card."""
    box = ((100.0, 200.0), (520.0, 200.0), (520.0, 230.0), (100.0, 230.0))
    corners = ((60.0, 50.0), (960.0, 60.0), (950.0, 620.0), (50.0, 610.0))
    return Verification(
        id=uuid.uuid4().hex,
        created_at=dt.datetime.now(dt.UTC),
        source=tuple(names),
        card=CardIdentity(
            issuer="kaiser-permanente",
            kind="travel",
            variant="travel",
            plan="HMO",
            family="hmo-epo-pos2",
            region="SCAL",
            funding="insured",
            confidence=0.97,
            candidates=(
                Candidate(variant="travel", confidence=0.97),
                Candidate(variant="digital-hmo-epo-pos2", confidence=0.02),
            ),
            evidence=(
                Evidence(phrase="access to emergency and urgent care", matched="access", score=0.96, image=0, box=box),
            ),
        ),
        fields={
            "member_name": FieldValue(value=NAME, raw=NAME, confidence=0.93, status="valid", image=0, box=box),
            "member_id": FieldValue(value="0012345678", raw="0012345678", confidence=0.6, status="unchecked", image=0),
            "rx_bin": FieldValue(),
        },
        images=tuple(
            ImageReport(
                source=name,
                page=0,
                width=1012,
                height=638,
                side="front" if not index else "back",
                corners=corners,
                rotation=0,
                quality=Quality(score=0.9),
            )
            for index, name in enumerate(names)
        ),
        decision=Decision(
            outcome="eligible",
            covered_services="emergency-and-urgent",
            collect_cost_share="no",
            claims=Claims(name="Cigna Medical Claims", address=("P.O. Box 188061",), payer_id="62308"),
            appeals=Appeals(
                addresses=(
                    AppealAddress.model_validate({"for": "authorized-services", "lines": ["P.O. Box 1", "City"]}),
                )
            ),
            precertification=Precertification(phone="888-831-0761"),
            reasons=(
                Reason(
                    code="network_access",
                    text="The card gives access to the network.",
                    rule="network",
                    in_force_from=dt.date(2022, 8, 1),
                    reference="seeds/000, Overview",
                ),
            ),
        ),
        visit=visit,
        problems=tuple(
            Problem(source=name, code="empty_file", message="The file is empty.", remedy="Again.") for name in bad
        ),
        timing_ms=Timing(total=812.0, decode=40.0, locate=60.0, ocr=650.0, match=50.0, rules=2.0),
        versions=Versions(cardscan="0.1.0", catalogue="1", rules="1", engine="fake"),
    )


def picture(colour: str = "white") -> bytes:
    """A small JPEG."""
    out = io.BytesIO()
    Image.new("RGB", (60, 40), colour).save(out, "JPEG")
    return out.getvalue()


@pytest.fixture
def pipeline() -> FakePipeline:
    return FakePipeline()


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    return load_settings(
        data_dir=tmp_path / "data", workers=2, queue=2, upload_seconds=2, max_file_mb=1, max_pictures=3
    )


Start = Callable[..., TestClient]


@pytest.fixture
def start(settings: Settings, pipeline: FakePipeline) -> Iterator[Start]:
    """Starts services with other settings; each is stopped at the end of the test."""
    running: list[TestClient] = []

    def _start(*, wait: bool = True, **changes: Any) -> TestClient:
        app = create_app(settings.model_copy(update=changes), pipeline)
        client = TestClient(app, base_url=BASE, raise_server_exceptions=False)
        client.__enter__()
        running.append(client)
        if wait:
            wait_until(lambda: client.get("/readyz").status_code == 200)
        return client

    yield _start
    pipeline.gate.set()
    pipeline.warm_gate.set()
    for client in running:
        client.__exit__(None, None, None)


@pytest.fixture
def client(start: Start) -> TestClient:
    return start()


def wait_until(condition: Callable[[], bool], seconds: float = 10.0) -> None:
    """Wait for something that another thread does."""
    end = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < end, "it did not happen in time"
        time.sleep(0.01)


def front(name: str = "front.jpg", data: bytes | None = None) -> tuple[str, tuple[str, bytes, str]]:
    """A part of a form with a picture."""
    return ("images", (name, picture() if data is None else data, "image/jpeg"))


def problem(response: Any, status: int, code: str) -> dict[str, Any]:
    """Check that an answer is the problem that was expected, complete and well formed."""
    assert response.status_code == status, response.text
    assert response.headers["content-type"] == "application/problem+json"
    assert response.headers["cache-control"] == "no-store"
    body: dict[str, Any] = response.json()
    assert set(body) == {"type", "title", "status", "detail", "code", "remedy", "instance"}
    assert (body["status"], body["code"]) == (status, code)
    assert body["instance"] == f"urn:uuid:{response.headers['x-request-id']}"
    assert all(isinstance(body[key], str) and body[key] for key in ("title", "detail", "remedy"))
    if status in (429, 503):
        assert int(response.headers["retry-after"]) >= 1
    return body


class Unexpected(RuntimeError):
    """An error that nobody foresaw; its message holds card text."""


@contextmanager
def live(app: FastAPI) -> Iterator[str]:
    """Serve an app on a free loopback port with the server the product uses. Gives its address."""
    listener = socket.create_server(("127.0.0.1", 0))
    server = uvicorn.Server(config_of(app))
    thread = threading.Thread(target=server.run, kwargs={"sockets": [listener]}, daemon=True)
    thread.start()
    try:
        wait_until(lambda: server.started)
        yield f"http://127.0.0.1:{listener.getsockname()[1]}"
    finally:
        server.should_exit = True
        thread.join(20)
        listener.close()
