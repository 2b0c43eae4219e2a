"""Processor time and memory of a process and all that it started, ended or not. Linux, from /proc; no other imports."""

from __future__ import annotations

import os
import resource
from pathlib import Path

_TICK = os.sysconf("SC_CLK_TCK")


def cpu_seconds() -> float:
    """User and system time of this process, of its ended children, and of its living descendants."""
    own, ended = resource.getrusage(resource.RUSAGE_SELF), resource.getrusage(resource.RUSAGE_CHILDREN)
    total = own.ru_utime + own.ru_stime + ended.ru_utime + ended.ru_stime
    return total + sum(_times(pid) for pid in descendants(os.getpid()))


def descendants(root: int) -> list[int]:
    """Living processes that ``root`` started, and that those started."""
    parents: dict[int, list[int]] = {}
    for path in Path("/proc").glob("[0-9]*/stat"):
        try:
            parents.setdefault(int(_fields(path)[1]), []).append(int(path.parent.name))
        except (OSError, ValueError, IndexError):
            continue  # it ended meanwhile
    found, todo = [], [root]
    while todo:
        children = parents.get(todo.pop(), [])
        found += children
        todo += children
    return found


def rss_mb(root: int) -> float:
    """Resident memory of a process and its descendants, in MiB."""
    pages = 0
    for pid in [root, *descendants(root)]:
        try:
            pages += int(Path(f"/proc/{pid}/statm").read_text().split()[1])
        except (OSError, IndexError):
            continue
    return pages * os.sysconf("SC_PAGE_SIZE") / 2**20


def _times(pid: int) -> float:
    try:
        fields = _fields(Path(f"/proc/{pid}/stat"))
        return sum(int(fields[i]) for i in (11, 12, 13, 14)) / _TICK
    except (OSError, IndexError):
        return 0.0


def _fields(path: Path) -> list[str]:
    """From the third field on; the second, the name, may hold spaces and brackets."""
    return path.read_text().rpartition(")")[2].split()
