"""Sharing a compiled model between threads."""

from __future__ import annotations

import threading
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from cardscan import inference
from cardscan.imaging import mask
from cardscan.inference import PARALLEL, Requests, core


class _Compiled:
    def __init__(self) -> None:
        self.made = 0

    def create_infer_request(self) -> int:
        self.made += 1
        return self.made


def test_one_caller_after_another_uses_one_request() -> None:
    compiled = _Compiled()
    requests = Requests(compiled)
    seen = []
    for _ in range(20):
        with requests.take() as request:
            seen.append(request)
    assert set(seen) == {1}
    assert compiled.made == 1


def test_many_threads_never_hold_more_than_work_at_the_same_time() -> None:
    compiled = _Compiled()
    requests = Requests(compiled)
    lock = threading.Lock()
    now = most = 0

    def work(_: int) -> None:
        nonlocal now, most
        with requests.take():
            with lock:
                now += 1
                most = max(most, now)
            threading.Event().wait(0.002)
            with lock:
                now -= 1

    with ThreadPoolExecutor(16) as threads:
        list(threads.map(work, range(200)))
    assert most <= PARALLEL
    assert compiled.made <= PARALLEL


def test_a_request_is_given_back_after_a_failure() -> None:
    compiled = _Compiled()
    requests = Requests(compiled)
    for _ in range(3 * PARALLEL):
        try:
            with requests.take():
                raise RuntimeError
        except RuntimeError:
            pass
    assert compiled.made == 1


def test_the_core_is_made_once_even_by_threads_that_come_together() -> None:
    with ThreadPoolExecutor(8) as threads:
        cores = list(threads.map(lambda _: inference.core(), range(8)))
    assert all(core is cores[0] for core in cores)


def test_a_model_is_compiled_for_as_many_inferences_as_run_at_the_same_time() -> None:
    """Requests of one stream would wait for each other, however many threads there are."""
    folder = Path(mask.__file__).parent / "models"
    model = core().read_model(folder / "locator.xml", folder / "locator.bin")
    for parallel in (1, 2):
        requests = Requests.of(model, parallel)
        assert requests._compiled.get_property("NUM_STREAMS") == parallel
        assert requests._compiled.get_property("INFERENCE_NUM_THREADS") == parallel
