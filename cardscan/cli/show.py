"""A decision for people: what it is, why, what to do, and what was read. Plain text where there is no terminal."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from rich.box import ASCII_DOUBLE_HEAD, SIMPLE_HEAD
from rich.console import Console
from rich.table import Table
from rich.text import Text

from cardscan.cli.faults import printable
from cardscan.records import Appeals, CardIdentity, Decision, Reason, Verification

_TITLES = {
    "eligible": ("ELIGIBLE", "bold green"),
    "not_eligible": ("NOT ELIGIBLE", "bold red"),
    "call": ("CALL BEFORE YOU DECIDE", "bold yellow"),
    "retake": ("TAKE THE PICTURE AGAIN", "bold cyan"),
}
_SERVICES = {
    "emergency-and-urgent": "Covered: emergency and urgent services only.",
    "most-covered-services": "Covered: most covered services of the plan.",
    "plan-terms": "Covered: by the terms of the plan.",
}
_COST_SHARE = {
    "no": "Cost share: collect nothing up front.",
    "after-eligibility-determined": "Cost share: collect it only after eligibility has been determined.",
    "with-estimate": "Cost share: may be collected with an estimate.",
}
_CAPTURE = {
    "front": "Photograph the front of the card.",
    "back": "Photograph the back of the card.",
    "same_side_again": "Photograph the same side again.",
}
_FOR = {"authorized-services": " (authorized services)", "emergency-services": " (emergency services)"}


def show_verification(verification: Verification) -> None:
    """Print a verification, the decision first."""
    console = _console()
    show_decision(verification.decision, console)
    _heading(console, "The card")
    _lines(console, _card(verification.card))
    fields = [
        (name.replace("_", " "), field.value or field.raw or "", field.status, f"{field.confidence:.0%}")
        for name, field in verification.fields.items()
        if field.status != "not_found"
    ]
    if fields:
        _heading(console, "What stands on it")
        show_table(("field", "value", "status", "confidence"), fields, console)
    _heading(console, "The pictures")
    _lines(console, _pictures(verification))


def show_decision(decision: Decision, console: Console | None = None) -> None:
    """Print a decision: what it is, why, and what to do."""
    console = console or _console()
    title, style = _TITLES[decision.outcome]
    console.print(Text(title, style))
    _heading(console, "Why")
    _lines(console, (line for reason in decision.reasons for line in _reason(reason)))
    steps = list(_steps(decision))
    if steps:
        _heading(console, "What to do")
        _lines(console, steps)


def show_table(columns: Sequence[str], rows: Sequence[Sequence[str | None]], console: Console | None = None) -> None:
    """Print a table."""
    console = console or _console()
    table = Table(box=SIMPLE_HEAD if console.is_terminal else ASCII_DOUBLE_HEAD, pad_edge=False)
    for column in columns:
        table.add_column(column, overflow="fold")
    for row in rows:
        table.add_row(*(Text(printable(cell or "")) for cell in row))
    console.print(table)


def show_proposal(told: Mapping[str, Any], console: Console | None = None) -> None:
    """Print what was learned of a design: the YAML to add, what else was seen, and what it would change."""
    console = console or _console()
    lines = [f"# variants/{told['variant']}.yaml", "sentences:"] if told["sentences"] else ["Nothing new was read."]
    for sentence in told["sentences"]:
        lines.append(f"  - {json.dumps(printable(sentence['text']), ensure_ascii=False)}")
        like = ", ".join(sentence["like"])
        lines.append(f"    # not only this card's: {like}" if like else "    # tells this card from the others")
    if told["titles"]:
        lines += ["", "Not understood, though the variant states it; one of these lines may say so:"]
        lines += [f"  {t['attribute']} {t['value']}: {printable(t['text'])}" for t in told["titles"]]
    if told["labels"]:
        lines += ["", f"Labels of values: {', '.join(map(printable, told['labels']))}"]
    if told["left_out"]:
        lines.append(f"{told['left_out']} sentences were left out: they may hold something personal.")
    if told["contradicts"]:
        lines += ["", f"These pictures are not of {told['variant']}; they say {'; '.join(told['contradicts'])}."]
    before, after = (
        ", ".join(f"{told[when].get(kind, 0)} {kind}" for kind in ("right", "abstained", "wrong"))
        for when in ("before", "after")
    )
    lines += ["", f"On {told['cards']} sample cards: {before}; with the proposal: {after}."]
    lines += [f"  {c['card']}: {c['before'] or 'none'} -> {c['after'] or 'none'}" for c in told["changed"]]
    hint = "Nothing was written; --write FOLDER writes a catalogue with the sentences in it."
    lines += ["", f"Written; its version is {told['written']}." if told["written"] else hint]
    for line in lines:
        console.print(Text(line), soft_wrap=True)


def _console() -> Console:
    console = Console(highlight=False, markup=False, emoji=False)
    if not console.is_terminal:
        console.width = 120
    return console


def _heading(console: Console, text: str) -> None:
    console.print()
    console.print(Text(text, "bold"))


def _lines(console: Console, lines: Sequence[str] | Iterator[str]) -> None:
    for line in lines:
        text = printable(line)
        if not console.is_terminal:
            console.print(Text(f"  {text}"), soft_wrap=True)  # whoever reads it on may wrap it
            continue
        words = text.lstrip(" -")
        lead = f"  {text[: len(text) - len(words)]}"
        for number, part in enumerate(Text(words).wrap(console, max(20, console.width - len(lead)))):
            part.rstrip()
            console.print(Text(lead if number == 0 else " " * len(lead)) + part, soft_wrap=True)


def _reason(reason: Reason) -> Iterator[str]:
    yield f"- {reason.text}"
    since = f", in force from {reason.in_force_from}" if reason.in_force_from else ""
    source = f"rule {reason.rule}{since}" if reason.rule else ""
    told = "; ".join(part for part in (source, reason.reference) if part)
    yield f"    [{reason.code}]{' ' + told if told else ''}"


def _steps(decision: Decision) -> Iterator[str]:
    if decision.next_capture:
        yield f"- {_CAPTURE[decision.next_capture]}"
    if decision.covered_services:
        yield f"- {_SERVICES[decision.covered_services]}"
    if decision.collect_cost_share:
        yield f"- {_COST_SHARE[decision.collect_cost_share]}"
    if decision.referral_required is not None:
        needed = "required" if decision.referral_required else "not required"
        yield f"- Referral from the primary care physician: {needed}."
    if decision.precertification:
        yield f"- To verify or precertify, call {decision.precertification.phone}."
    if decision.claims:
        claims = decision.claims
        yield f"- Claims: {claims.name}, {', '.join(claims.address)}; payer ID {claims.payer_id}."
    if decision.appeals:
        yield from _appeals(decision.appeals)
    if decision.missing:
        yield f"- Not given, and could change the answer: {', '.join(decision.missing)}."


def _appeals(appeals: Appeals) -> Iterator[str]:
    for address in appeals.addresses:
        fax = f"; fax {address.fax}" if address.fax else ""
        yield f"- Appeals{_FOR.get(address.for_ or '', '')}: {', '.join(address.lines)}{fax}."
    if appeals.instruction:
        yield f"- Appeals: {appeals.instruction}"


def _card(card: CardIdentity) -> Iterator[str]:
    facts = ("variant", "issuer", "kind", "plan", "region", "exclusion", "funding")
    known = [(name, getattr(card, name)) for name in facts if getattr(card, name)]
    for name, value in known:
        yield f"{name}: {value}"
    yield f"confidence: {card.confidence:.0%}" if known else "Nothing certain is known of it."
    if card.evidence:
        yield "it says: " + "; ".join(f'"{piece.matched}"' for piece in card.evidence[:6])


def _pictures(verification: Verification) -> Iterator[str]:
    for image in verification.images:
        page = f", page {image.page + 1}" if image.page else ""
        yield f"- {image.source}{page}: {image.side}, quality {image.quality.score:.0%}"
        for flaw in image.quality.problems:
            yield f"    {flaw.message} [{flaw.code}]"
    for problem in verification.problems:
        yield f"- {problem.source}: not opened. {problem.message} {problem.remedy} [{problem.code}]"
