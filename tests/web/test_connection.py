"""Connections of strangers: what they may take before they have asked for anything."""

from __future__ import annotations

import socket
import time
from collections.abc import Iterator
from contextlib import ExitStack

import httpx
import pytest

from cardscan.settings import Settings
from cardscan.web import connection, create_app

from .conftest import FakePipeline, front, live, wait_until


@pytest.fixture
def where(settings: Settings, pipeline: FakePipeline) -> Iterator[str]:
    with live(create_app(settings, pipeline)) as address:
        wait_until(lambda: httpx.get(f"{address}/readyz").status_code == 200)
        yield address


def connect(where: str) -> socket.socket:
    return socket.create_connection(("127.0.0.1", int(where.rpartition(":")[2])), timeout=10)


def answer_to(stream: socket.socket) -> bytes:
    """What comes until the other side closes."""
    found = b""
    try:
        while part := stream.recv(65_536):
            found += part
    except ConnectionResetError:
        pass
    return found


def test_headers_without_end_are_refused(where: str) -> None:
    with connect(where) as stream:
        stream.sendall(b"GET /healthz HTTP/1.1\r\nHost: localhost\r\n")
        with pytest.raises(OSError):  # noqa: PT011 - closed or reset, as it comes
            stream.sendall((b"X-Name: " + b"a" * 10_000 + b"\r\n") * 10_000)


@pytest.mark.parametrize("begun", [b"", b"GET /healthz HT", b"GET /healthz HTTP/1.1\r\nHost: localhost\r\n\r\nGET /"])
def test_the_rest_of_a_request_is_not_waited_for_without_end(
    where: str, monkeypatch: pytest.MonkeyPatch, begun: bytes
) -> None:
    monkeypatch.setattr(connection, "IDLE_SECONDS", 0.5)
    with connect(where) as stream:
        stream.sendall(begun)
        began = time.monotonic()
        answer = answer_to(stream)
        assert time.monotonic() - began < 5
        assert answer.count(b"200 OK") == begun.count(b"\r\n\r\n")


def test_a_request_under_way_is_not_cut_off(
    where: str, pipeline: FakePipeline, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(connection, "IDLE_SECONDS", 0.2)
    pipeline.gate.clear()
    with httpx.Client(base_url=where) as client, ExitStack() as stack:
        stack.callback(pipeline.gate.set)
        job = client.post("/v1/verifications", files=[front()], headers={"Prefer": "respond-async"})
        assert job.status_code == 202
        body = iter([b"{", b'"card"', b": ", b"{}", b"}"])

        def slowly() -> Iterator[bytes]:
            for part in body:
                time.sleep(0.2)
                yield part

        answer = client.post("/v1/decisions", content=slowly(), headers={"Content-Type": "application/json"})
        assert answer.status_code == 200


def test_what_is_wrong_with_a_form_is_told_to_its_sender_only(where: str, capfd: pytest.CaptureFixture[str]) -> None:
    kind = {"Content-Type": "multipart/form-data; boundary=x"}
    extended = b"--x\r\nContent-Disposition: form-data; name=images; filename*=UTF-8''CANARY.jpg\r\n\r\n1\r\n--x--\r\n"
    answer = httpx.post(f"{where}/v1/verifications", content=extended, headers=kind).json()
    assert answer["code"] == "damaged_upload"
    assert "'filename'" in answer["detail"]
    answer = httpx.post(f"{where}/v1/verifications", content=b"CANARY" + extended, headers=kind).json()
    assert answer["code"] == "damaged_upload"
    assert httpx.post(f"{where}/v1/verifications", content=extended + b"CANARY", headers=kind).status_code == 400
    assert capfd.readouterr().err == ""


def test_only_so_many_connections_are_open_at_once(where: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(connection, "MOST", 3)
    with ExitStack() as stack:
        for _ in range(3):
            stack.enter_context(connect(where))
        time.sleep(0.2)
        with connect(where) as further:
            assert answer_to(further) == b""
    wait_until(lambda: _answers(where))


def _answers(where: str) -> bool:
    try:
        return httpx.get(f"{where}/healthz").status_code == 200
    except httpx.TransportError:
        return False
