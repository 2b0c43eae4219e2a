"""What people read: in a terminal nothing is wider than it, and what belongs together stays under its own line."""

from __future__ import annotations

import io

import pytest
from rich.console import Console

from cardscan.cli.show import show_decision
from cardscan.records import Decision, Precertification, Reason

LONG = "One two three four five six seven eight nine ten eleven twelve thirteen fourteen."
DECISION = Decision(
    outcome="call", precertification=Precertification(phone="888-831-0761"), reasons=(Reason(code="why", text=LONG),)
)


def shown(*, terminal: bool, width: int = 40) -> list[str]:
    out = io.StringIO()
    show_decision(DECISION, Console(file=out, force_terminal=terminal, no_color=True, width=width, highlight=False))
    return out.getvalue().splitlines()


@pytest.mark.parametrize("width", [40, 80])
def test_lines_that_go_on_stand_under_their_beginning(width: int) -> None:
    lines = shown(terminal=True, width=width)
    first = next(number for number, line in enumerate(lines) if line.startswith("  - One"))
    assert lines[first + 1].startswith("    ") and lines[first + 1].strip() != "[why]"
    assert all(len(line) <= width for line in lines if "\x1b" not in line)
    assert LONG in " ".join(" ".join(lines).split())


def test_elsewhere_a_line_stays_a_line() -> None:
    assert f"  - {LONG}" in shown(terminal=False)
