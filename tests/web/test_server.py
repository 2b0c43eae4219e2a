"""The server as a process: where it listens, what it prints, and how it stops."""

from __future__ import annotations

import platform
import signal
import socket
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import httpx
import pytest

from cardscan.errors import BadSettings
from cardscan.settings import load_settings
from cardscan.web import server

from .conftest import FakePipeline, front, wait_until

ROOT = Path(__file__).parents[2]
SCRIPT = """
import sys, time
from pathlib import Path
from cardscan.settings import Settings, load_settings
from cardscan.web import server
from tests.web.conftest import FakePipeline

class Slow(FakePipeline):
    def verify(self, files, visit, *, as_of):
        deadline = time.monotonic() + 60
        while not Path(sys.argv[2]).exists() and time.monotonic() < deadline:
            time.sleep(0.02)
        return super().verify(files, visit, as_of=as_of)

    def close(self):
        print("closed", flush=True)

server.Pipeline = lambda settings: Slow()
server.run(load_settings(data_dir=Path(sys.argv[1]), port=0))
print("returned", flush=True)
"""


@contextmanager
def process(folder: Path) -> Iterator[tuple[subprocess.Popen[str], str]]:
    """The service in a process of its own; it answers once there is a file ``folder``.go. Gives it and its address."""
    running = subprocess.Popen(
        [sys.executable, "-c", SCRIPT, str(folder), f"{folder}.go"],
        cwd=ROOT,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    try:
        assert running.stdout is not None
        line = running.stdout.readline()
        assert "http://127.0.0.1:" in line
        address = line.split()[-1].rstrip("/")
        wait_until(lambda: httpx.get(f"{address}/readyz").status_code == 200)
        yield running, address
    finally:
        running.kill()
        running.wait()
        for stream in (running.stdout, running.stderr):
            if stream is not None:
                stream.close()


@pytest.mark.parametrize("how", [signal.SIGTERM, signal.SIGINT])
def test_a_stop_lets_the_requests_under_way_finish(tmp_path: Path, how: signal.Signals) -> None:
    with process(tmp_path) as (running, address):
        answers: list[httpx.Response] = []

        def ask() -> None:
            answers.append(httpx.post(f"{address}/v1/verifications", files=[front("SECRET-NAME.jpg")], timeout=80))

        threads = [threading.Thread(target=ask) for _ in range(3)]  # two are read, one waits
        for thread in threads:
            thread.start()
        wait_until(lambda: "cardscan_queue_length 1.0" in httpx.get(f"{address}/metrics").text)
        running.send_signal(how)
        Path(f"{tmp_path}.go").touch()
        for thread in threads:
            thread.join()
        out, err = running.communicate(timeout=20)
        assert [answer.status_code for answer in answers] == [200, 200, 200]
        assert running.returncode == 0
        assert out.split() == ["closed", "returned"]
        assert "SECRET" not in err
        assert "Traceback" not in err
        for answer in answers:
            assert answer.json()["id"] not in err
    with process(tmp_path) as (_, address):
        kept = httpx.get(f"{address}/v1/verifications").json()["items"]
        assert {one["id"] for one in kept} == {answer.json()["id"] for answer in answers}


@pytest.mark.parametrize("host", ["0.0.0.0", "192.0.2.1", "::", "cards.example"])
def test_it_does_not_open_itself_to_the_network_without_a_token(tmp_path: Path, host: str) -> None:
    with pytest.raises(BadSettings, match=r"token|TOKEN"):
        server.run(load_settings(data_dir=tmp_path / "data", host=host))
    assert not (tmp_path / "data").exists()
    server.check_exposure(load_settings(host=host, api_token="secret"))


@pytest.mark.parametrize("token", ["p\u00e4sswort", " tok", "tok\n", " "])
def test_a_token_that_no_header_carries_is_a_bad_setting(monkeypatch: pytest.MonkeyPatch, token: str) -> None:
    monkeypatch.setenv("CARDSCAN_API_TOKEN", token)
    with pytest.raises(BadSettings, match="api_token") as caught:
        load_settings()
    assert "sswort" not in caught.value.message


@pytest.mark.parametrize("host", ["127.0.0.1", "localhost", "::1"])
def test_on_loopback_no_token_is_needed(host: str) -> None:
    server.check_exposure(load_settings(host=host))


def test_a_port_in_use_is_a_bad_setting(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    pipeline = FakePipeline()
    monkeypatch.setattr(server, "Pipeline", lambda settings: pipeline)
    with socket.create_server(("127.0.0.1", 0)) as taken, pytest.raises(BadSettings, match="port"):
        server.run(load_settings(data_dir=tmp_path, port=taken.getsockname()[1]))
    assert pipeline.closed


@pytest.mark.parametrize(
    ("host", "address"),
    [
        ("127.0.0.1", "http://127.0.0.1:8080/"),
        ("::1", "http://[::1]:8080/"),
        ("0.0.0.0", "http://127.0.0.1:8080/"),
        ("::", "http://[::1]:8080/"),
        ("cards.example", "http://cards.example:8080/"),
    ],
)
def test_the_address_to_open(host: str, address: str) -> None:
    assert server.address_of(host, 8080) == address


@pytest.mark.skipif(platform.libc_ver()[0] != "glibc", reason="only the GNU C library has heaps by thread")
def test_threads_share_one_heap() -> None:
    script = """
import ctypes, threading
from cardscan.web import server

server.share_one_heap()
together = threading.Barrier(4)
threads = [threading.Thread(target=lambda: (bytearray(100_000), together.wait())) for _ in range(4)]
[thread.start() for thread in threads]
[thread.join() for thread in threads]
ctypes.CDLL(None).malloc_stats()
"""
    run = subprocess.run([sys.executable, "-c", script], cwd=ROOT, capture_output=True, text=True, check=True)
    assert [line for line in run.stderr.splitlines() if line.startswith("Arena")] == ["Arena 0:"]
