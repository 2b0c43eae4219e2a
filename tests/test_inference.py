"""Sharing a compiled model between threads."""

from __future__ import annotations

import threading
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import numpy as np

from cardscan import inference
from cardscan.imaging import mask
from cardscan.inference import Requests, core


class _Model:
    """A model that counts how often it was compiled."""

    def __init__(self) -> None:
        self.compiled = 0

    def compile(self) -> _Model:
        self.compiled += 1
        return self

    def create_infer_request(self) -> object:
        return object()


def test_one_caller_after_another_uses_one_request() -> None:
    model = _Model()
    requests = Requests(model.compile, 3)
    seen = set()
    for _ in range(20):
        with requests.take() as request:
            seen.add(request)
    assert (len(seen), model.compiled) == (1, 1)


def test_many_threads_never_hold_more_than_work_at_the_same_time() -> None:
    model = _Model()
    requests = Requests(model.compile, 3)
    lock = threading.Lock()
    held: list[object] = []
    most = 0

    def work(_: int) -> None:
        nonlocal most
        with requests.take() as request:
            with lock:
                assert request not in held
                held.append(request)
                most = max(most, len(held))
            threading.Event().wait(0.002)
            with lock:
                held.remove(request)

    with ThreadPoolExecutor(16) as threads:
        list(threads.map(work, range(200)))
    assert (most, model.compiled) == (3, 3)


def test_a_request_is_given_back_after_a_failure() -> None:
    model = _Model()
    requests = Requests(model.compile, 2)
    for _ in range(6):
        try:
            with requests.take():
                raise RuntimeError
        except RuntimeError:
            pass
    assert model.compiled == 1


def test_the_core_is_made_once_even_by_threads_that_come_together() -> None:
    with ThreadPoolExecutor(8) as threads:
        cores = list(threads.map(lambda _: inference.core(), range(8)))
    assert all(core is cores[0] for core in cores)


def test_a_model_answers_the_same_from_every_copy() -> None:
    model = _locator()
    shape = [dimension.get_length() for dimension in model.input(0).get_partial_shape()]
    picture = np.random.default_rng(0).random(shape, np.float32)
    answers = []
    for requests in Requests.several(model, 2, 2, exact=True):
        with requests.take() as one, requests.take() as other:
            answers += [np.array(request.infer([picture])[0]) for request in (one, other)]
            assert one.get_compiled_model().get_property("INFERENCE_NUM_THREADS") == 1
    assert len(answers) == 4
    assert all(np.array_equal(answer, answers[0]) for answer in answers)


def test_what_a_net_judges_does_not_hang_on_the_processor() -> None:
    requests = Requests.of(_locator(), 2)
    with requests.take() as one, requests.take() as copy:
        for request in (one, copy):
            precision = request.get_compiled_model().get_property("INFERENCE_PRECISION_HINT")
            assert precision.to_dtype() == np.float32


def _locator() -> Any:
    folder = Path(mask.__file__).parent / "models"
    return core().read_model(folder / "locator.xml", folder / "locator.bin")
