"""Workers may crash, hang, blow up or be killed: the service goes on, is silent, and takes them along when it ends."""

from __future__ import annotations

import os
import re
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest

sys.path.insert(0, str(Path(__file__).parent))
import hostile

from cardscan import errors
from cardscan.imaging.intake import Intake, Limits

LIMITS = Limits(max_bytes=10**7, max_pixels=2 * 10**7, max_side=10_000, max_pages=10, seconds=1.5, memory_mb=400)
PNG = hostile.save(hostile.motif(), "PNG")


@pytest.fixture(scope="module")
def intake() -> Iterator[Intake]:
    with Intake(LIMITS) as door:
        yield door


FATAL: dict[str, tuple[Callable[..., Any], tuple[Any, ...], type[errors.PictureError]]] = {
    "exit": (os._exit, (3,), errors.PictureCrash),
    "exit-without-error": (os._exit, (0,), errors.PictureTooSlow),  # looks like retirement; only the clock tells
    "segmentation-fault": (signal.raise_signal, (signal.SIGSEGV,), errors.PictureCrash),
    "abort": (os.abort, (), errors.PictureCrash),
    "killed": (signal.raise_signal, (signal.SIGKILL,), errors.PictureCrash),
    "memory": (bytearray, (10**9,), errors.PictureCrash),
    "sleeps": (time.sleep, (60,), errors.PictureTooSlow),
    "hangs-in-c": (re.match, ("(a+)+$", "a" * 60 + "b"), errors.PictureTooSlow),
}


@pytest.mark.parametrize("case", FATAL)
def test_what_kills_a_worker_is_an_error_and_the_next_file_opens(intake: Intake, case: str) -> None:
    job, args, error = FATAL[case]
    begun = time.monotonic()
    with pytest.raises(error):
        intake._run(job, *args)
    assert time.monotonic() - begun < LIMITS.seconds + 3
    (photo,) = intake.open("card", PNG)
    assert photo.pixels.shape == (64, 96, 3)


def test_a_picture_within_the_pixel_limit_but_above_the_memory_limit() -> None:
    data = hostile.png_of_zeros(8000, 6000, 8)
    with Intake(Limits(10**8, 5 * 10**7, 10_000, 10, 20, 100), workers=1) as door:
        with pytest.raises(errors.PictureCrash, match="memory"):
            door.open("card", data)
        assert door.open("card", PNG)


def test_a_crash_does_not_touch_the_file_beside_it(intake: Intake) -> None:
    with ThreadPoolExecutor(4) as threads:
        crashes = [threads.submit(intake._run, os._exit, 3) for _ in range(4)]
        opened = [threads.submit(intake.open, "card", PNG) for _ in range(12)]
        assert all(isinstance(crash.exception(), errors.PictureCrash) for crash in crashes)
        assert all(len(photos.result()) == 1 for photos in opened)


def test_workers_that_die_while_idle_are_replaced(intake: Intake) -> None:
    for _ in range(3):
        os.kill(intake._run(os.getpid), signal.SIGKILL)
        assert intake.open("card", PNG)


def test_workers_are_capped_and_dump_no_core(intake: Intake) -> None:
    import resource

    assert intake._run(resource.getrlimit, resource.RLIMIT_CORE) == (0, 0)
    assert intake._run(resource.getrlimit, resource.RLIMIT_AS)[1] < 2 * 10**9


def test_the_library_of_16_bit_pictures_fits_under_the_cap(intake: Intake) -> None:
    assert intake.open("card", hostile.wide("uint16", 0, 65535))
    assert intake.open("card", hostile.pdf(2))
    assert intake.open("card", hostile.save(hostile.motif(), "HEIF"))


def test_closed_is_closed() -> None:
    door = Intake(LIMITS, workers=1)
    worker = door._run(os.getpid)
    door.close()
    door.close()
    assert not alive(worker)
    with pytest.raises(RuntimeError, match="closed"):
        door.open("card", PNG)


def test_closing_does_not_leave_callers_waiting() -> None:
    door = Intake(LIMITS, workers=1)
    door.start()
    with ThreadPoolExecutor(3) as threads:
        asked = [threads.submit(door._run, time.sleep, 60) for _ in range(3)]
        time.sleep(0.3)
        begun = time.monotonic()
        door.close()
        for answer in asked:
            with pytest.raises(RuntimeError, match="closed"):
                answer.result(5)
    assert time.monotonic() - begun < 1.4


def test_nothing_starts_before_the_first_file() -> None:
    door = Intake(LIMITS)
    with pytest.raises(errors.NotAPicture):
        door.open("card", b"hello")
    assert door._pool is None
    door.close()


@pytest.mark.parametrize("seed", range(4))
def test_fuzz(seed: int) -> None:
    """500 mutations each: a picture or a picture error, nothing else."""
    limits = Limits(max_bytes=10**7, max_pixels=10**6, max_side=5000, max_pages=5, seconds=5, memory_mb=600)
    files = hostile.small()
    share = -(-500 // len(files))
    seeds = range(100 * seed, 100 * seed + len(files))
    pairs = zip(seeds, files.values(), strict=True)
    jobs = [bad for number, data in pairs for bad in hostile.mutations(data, share, number)]
    with Intake(limits) as door, ThreadPoolExecutor(2) as threads:

        def outcome(data: bytes) -> str:
            try:
                return "photo" if door.open("card", data, target_side=64) else "nothing"
            except errors.PictureError as error:
                return error.code

        outcomes = list(threads.map(outcome, jobs))
    assert len(outcomes) >= 500
    assert "nothing" not in outcomes
    assert {"photo", "damaged_picture"} <= set(outcomes)


# --- the process around it ------------------------------------------------------------------------------------------

SCRIPT = """
import os, sys, time
from cardscan.imaging.intake import Intake, Limits
data = bytes.fromhex({png!r})
door = Intake(Limits(10**7, 10**7, 10**4, 10, 20, 400), workers=1)
print(len(door.open("card", data)), door._run(os.getpid), flush=True)
"""
NOISY = 'door._run(os.write, 1, b"chatter"); door._run(os.write, 2, b"chatter"); door._run(print, "chatter")'


def alive(pid: int) -> bool:
    try:
        os.kill(pid, 0)
        return Path(f"/proc/{pid}/stat").read_text().split(") ")[1][0] not in "ZX"
    except (OSError, IndexError):
        return False


def gone(pid: int, seconds: float) -> bool:
    end = time.monotonic() + seconds
    while alive(pid) and time.monotonic() < end:
        time.sleep(0.05)
    return not alive(pid)


@pytest.mark.parametrize("how", ["-c", "file"])
def test_a_script_without_a_guard_and_silence(tmp_path: Path, how: str) -> None:
    """The caller's main module is not run again in the worker, and a noisy worker is not heard. Nothing is closed."""
    text = SCRIPT.format(png=PNG.hex()) + NOISY
    (tmp_path / "script.py").write_text(text)
    # A trap in the current folder: the interpreters behind the workers must not import it.
    trap = tmp_path / "apart"
    trap.mkdir()
    (trap / "signal.py").write_text("raise SystemExit('imported from the current folder')")
    command = ["-P", "-c", text] if how == "-c" else [str(tmp_path / "script.py")]
    done = subprocess.run([sys.executable, *command], cwd=trap, capture_output=True, text=True, timeout=30)
    assert done.returncode == 0
    assert done.stderr == ""
    assert re.fullmatch(r"1 \d+\n", done.stdout)
    assert gone(int(done.stdout.split()[1]), 3)


@pytest.mark.parametrize("busy", ["", "door._run(time.sleep, 15)"])
def test_workers_die_with_a_parent_that_is_killed(busy: str) -> None:
    text = SCRIPT.format(png=PNG.hex()) + (busy or "time.sleep(30)")
    parent = subprocess.Popen([sys.executable, "-c", text], stdout=subprocess.PIPE, text=True)
    assert parent.stdout is not None
    worker = int(parent.stdout.readline().split()[1])
    time.sleep(0.3)
    assert alive(worker)
    parent.kill()
    parent.wait()
    assert gone(worker, 3)
    parent.stdout.close()


def test_a_fork_of_the_service_gets_workers_of_its_own() -> None:
    text = SCRIPT.format(png=PNG.hex()) + (
        "child = os.fork()\n"
        "if not child:\n"
        "    os._exit(len(Intake(Limits(10**7, 10**7, 10**4, 10, 20, 400)).open('card', data)) + 40)\n"
        "print(os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]), len(door.open('card', data)))"
    )
    done = subprocess.run([sys.executable, "-c", text], capture_output=True, text=True, timeout=30)
    assert done.stdout.splitlines()[1:] == ["41 1"], done
