"""``python -m benchmarks.memory``: the service's memory over many verifications, and how soon it is ready.

Starts the service as a user would, on loopback with an empty database, sends it the finished samples by turns from two
clients, and reads its resident memory (with its workers') after every fiftieth answer.
"""

from __future__ import annotations

import argparse
import itertools
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import httpx
import yaml

from benchmarks.race.cpu import rss_mb

FINISHED = Path(__file__).parents[1] / "samples" / "finished"
_STEP = 50
_CLIENTS = 2


def main(arguments: Sequence[str] | None = None) -> int:
    parser = argparse.ArgumentParser(description="Memory of the service over many verifications.")
    parser.add_argument("--requests", type=int, default=500)
    parser.add_argument("--port", type=int, default=18_099)
    options = parser.parse_args(arguments)
    with tempfile.TemporaryDirectory() as folder:
        environment = os.environ | {"CARDSCAN_DATA_DIR": folder, "CARDSCAN_PORT": str(options.port)}
        start = time.monotonic()
        command = [sys.executable, "-c", "from cardscan.cli import main; main()", "serve"]
        with subprocess.Popen(
            command, env=environment, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
        ) as service:
            try:
                with httpx.Client(base_url=f"http://127.0.0.1:{options.port}", timeout=60) as client:
                    _wait(client, service)
                    print(f"ready after {time.monotonic() - start:.1f} s, {rss_mb(service.pid):.0f} MiB")
                    _load(client, service.pid, options.requests)
            finally:
                service.terminate()
    return 0


def _wait(client: httpx.Client, service: subprocess.Popen[bytes]) -> None:
    for _ in range(600):
        if service.poll() is not None:
            raise RuntimeError(f"The service ended with status {service.returncode}.")
        try:
            if client.get("/readyz").status_code == 200:
                return
        except httpx.TransportError:
            pass
        time.sleep(0.1)
    raise RuntimeError("The service was not ready within a minute.")


def _load(client: httpx.Client, pid: int, count: int) -> None:
    samples = [yaml.safe_load(path.read_text(encoding="utf-8")) for path in sorted(FINISHED.glob("*.yaml"))]
    uploads = [[(p["name"], (FINISHED / p["name"]).read_bytes()) for p in sample["pictures"]] for sample in samples]

    def post(files: list[tuple[str, bytes]]) -> int:
        answer = client.post("/v1/verifications", files=[("images", file) for file in files])
        return answer.status_code

    turns = itertools.islice(itertools.cycle(uploads), count)
    with ThreadPoolExecutor(_CLIENTS) as clients:
        for number, status in enumerate(clients.map(post, turns), start=1):
            if status != 200:
                raise RuntimeError(f"Verification {number} was answered with status {status}.")
            if number % _STEP == 0 or number == count:
                print(f"{number:5d} verifications: {rss_mb(pid):.0f} MiB", flush=True)


if __name__ == "__main__":
    sys.exit(main())
