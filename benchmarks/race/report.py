"""The race's results: race.json, a table, a plot."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from statistics import median

_WIDTH, _BAR, _LEFT = 760, 30, 190
_COLOURS = ("#0b6e8a", "#7fb7c6")


@dataclass(frozen=True, slots=True)
class Lap:
    """One pair by one contender."""

    pair: str
    wall_s: float
    cpu_s: float
    right: bool
    wrong: bool
    rss_mb: float


@dataclass(frozen=True, slots=True)
class Result:
    """Medians a pair, and counts over the pairs.

    Attributes:
        cpu_s: Processor seconds, of the contender and all that it started.
        wall_s: Seconds on the clock.
        variant_right: Share of the pairs of which the right variant was named (or none, where none is right).
        variant_wrong: Share of which a wrong one was named.
        pairs: Their number.
        rss_mb: The most memory at the end of a pair; 0 where it was not measured.
    """

    cpu_s: float
    wall_s: float
    variant_right: float
    variant_wrong: float
    pairs: int
    rss_mb: float


def summed_up(laps: Sequence[Lap]) -> Result:
    pairs = {lap.pair: lap for lap in laps}.values()
    return Result(
        cpu_s=round(median(lap.cpu_s for lap in laps), 3),
        wall_s=round(median(lap.wall_s for lap in laps), 3),
        variant_right=round(sum(lap.right for lap in pairs) / len(pairs), 4),
        variant_wrong=round(sum(lap.wrong for lap in pairs) / len(pairs), 4),
        pairs=len(pairs),
        rss_mb=round(max(lap.rss_mb for lap in laps)),
    )


def table(results: Mapping[str, Result]) -> str:
    ours = results["cardscan"].cpu_s
    lines = [f"{'':18s} {'CPU s':>7s} {'of cardscan':>12s} {'wall s':>7s} {'right':>7s} {'wrong':>7s} {'MiB':>6s}"]
    lines += [
        f"{name:18s} {r.cpu_s:7.2f} {r.cpu_s / ours:11.1f}x {r.wall_s:7.2f} {r.variant_right:7.1%} "
        f"{r.variant_wrong:7.1%} {r.rss_mb:6.0f}"
        for name, r in results.items()
    ]
    return "\n".join([*lines, f"medians of {results['cardscan'].pairs} pairs"])


def write(results: Mapping[str, Result], folder: Path) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    content = {name: asdict(result) for name, result in results.items()}
    (folder / "race.json").write_text(json.dumps(content, indent=1) + "\n", encoding="utf-8")
    (folder / "race.txt").write_text(table(results) + "\n", encoding="utf-8")
    (folder / "race.svg").write_text(plot(results), encoding="utf-8")


def plot(results: Mapping[str, Result]) -> str:
    """Bars of processor and wall time a pair, as SVG."""
    longest = max(max(r.cpu_s, r.wall_s) for r in results.values())
    height = _BAR * 2 * len(results) + 60
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{_WIDTH}" height="{height}" font-family="sans-serif" '
        f'font-size="13"><rect width="100%" height="100%" fill="#fff"/>',
        f'<text x="{_LEFT}" y="24">Front and back, 12-megapixel photos: seconds of processor (dark), on the clock'
        " (light)</text>",
    ]
    for row, (name, result) in enumerate(results.items()):
        y = 44 + row * 2 * _BAR
        parts.append(f'<text x="{_LEFT - 8}" y="{y + 26}" text-anchor="end">{name}</text>')
        for i, seconds in enumerate((result.cpu_s, result.wall_s)):
            width = (_WIDTH - _LEFT - 70) * seconds / longest
            top = y + i * 22
            parts.append(f'<rect x="{_LEFT}" y="{top}" width="{width:.1f}" height="20" fill="{_COLOURS[i]}"/>')
            parts.append(f'<text x="{_LEFT + width + 6:.1f}" y="{top + 15}">{seconds:.2f}</text>')
    return "\n".join([*parts, "</svg>", ""])
