"""``cardscan rules``: ask the rules without a picture, check them, compare two folders of them."""

from __future__ import annotations

import datetime as dt
import json
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from cardscan.cli import options
from cardscan.cli.faults import as_data, guard, report, say

if TYPE_CHECKING:
    from cardscan.eligibility import Rules, RulesDiff
    from cardscan.errors import CardscanError
    from cardscan.records import Decision

app = typer.Typer(help="Ask, check and compare the rules of eligibility.", no_args_is_help=True)

BUILT_IN = "built-in"


@app.command("explain")
def explain(
    file: Annotated[
        str | None, typer.Argument(metavar="[FILE|-]", help='JSON: {"card": {...}, "visit": {...}}, or a list of them.')
    ] = None,
    issuer: Annotated[str | None, typer.Option(help="kaiser-permanente, cigna or other.")] = None,
    kind: Annotated[str | None, typer.Option(help="physical, travel or digital.")] = None,
    plan: Annotated[str | None, typer.Option(help='HMO, EPO, "POS 2-Tier", "POS 3-Tier", PPO, "Cigna POS" ...')] = None,
    family: Annotated[str | None, typer.Option(help="Where the plan is not known: hmo-epo-pos2, ppo-pos3.")] = None,
    region: Annotated[str | None, typer.Option(help="SCAL, NCAL, CO, GA, HI, MAS, NW or WA.")] = None,
    exclusion: Annotated[str | None, typer.Option(help="washington, northwest-ppo-pos3, medicare or medicaid.")] = None,
    funding: Annotated[str | None, typer.Option(help="insured or self-funded.")] = None,
    state: options.State = None,
    date: options.Date = None,
    care: options.Care = None,
    network: options.Network = None,
    today: Annotated[
        str | None, typer.Option(metavar="YYYY-MM-DD", help="The day that counts as today; default: today.")
    ] = None,
    as_json: options.Json = False,
) -> None:
    """Say what the documents allow for a card and a visit, from known facts."""
    card = {
        "issuer": issuer, "kind": kind, "plan": plan, "family": family, "region": region, "exclusion": exclusion,
        "funding": funding,
    }  # fmt: skip
    visit = {"state": state, "date": date, "care": care, "network": network}
    with guard(as_json=as_json):
        from cardscan.eligibility import load_rules, parse_date
        from cardscan.settings import load_settings

        as_of = parse_date(today) or dt.date.today()
        question = _question(file, card, visit)
        rules = load_rules(load_settings().rules_dir)
        if isinstance(question, list):
            _answer_all(question, as_of, rules, as_json)
        else:
            _print(_answer(question, as_of, rules), as_json)


def _question(file: str | None, card: dict[str, str | None], visit: dict[str, str | None]) -> Any:
    from cardscan.errors import UsageError

    given = any(value is not None for value in (*card.values(), *visit.values()))
    if file is not None and given:
        raise UsageError("Give a file of questions or facts as options, not both.")
    if given:
        return {"card": card, "visit": visit}
    if file is None and sys.stdin.isatty():
        raise UsageError("Give a file of questions, '-' for standard input, or facts as options.")
    return _parse(_read(file or "-"))


def _read(file: str) -> bytes:
    from cardscan.errors import FileNotFound, UsageError

    try:
        return sys.stdin.buffer.read() if file == "-" else Path(file).read_bytes()
    except (OSError, ValueError):
        raise UsageError(FileNotFound.title) from None


def _parse(data: bytes) -> Any:
    from cardscan.errors import UsageError

    try:
        return json.loads(data.decode("utf-8-sig"))
    except json.JSONDecodeError as error:
        raise UsageError(f"It is not JSON: line {error.lineno}, column {error.colno}.") from None
    except (UnicodeDecodeError, RecursionError, ValueError):
        raise UsageError("It is not JSON in UTF-8.") from None


def _answer(question: object, as_of: dt.date, rules: Rules) -> Decision:
    from cardscan.eligibility import decide, parse_question

    return decide(*parse_question(question), as_of=as_of, rules=rules)


def _answer_all(questions: list[object], as_of: dt.date, rules: Rules, as_json: bool) -> None:
    """Every question gets its answer in its place; one that cannot be understood gets its error there."""
    from cardscan.errors import UsageError

    answers: list[Decision | CardscanError] = []
    for question in questions:
        try:
            answers.append(_answer(question, as_of, rules))
        except UsageError as error:
            answers.append(error)
    if as_json:
        typer.echo(f"[{','.join(_as_json(answer) for answer in answers)}]")
    else:
        _print_all(answers)
    faults = sum(not hasattr(answer, "outcome") for answer in answers)
    if faults:
        say(f"Error: {faults} of {len(answers)} questions could not be understood.")
        raise typer.Exit(UsageError.exit_status)


def _as_json(answer: Decision | CardscanError) -> str:
    from cardscan.records import Decision

    if isinstance(answer, Decision):
        return answer.model_dump_json(by_alias=True)
    return json.dumps({"error": as_data(answer)}, ensure_ascii=False)


def _print_all(answers: list[Decision | CardscanError]) -> None:
    from cardscan.records import Decision

    for number, answer in enumerate(answers, 1):
        typer.echo(f"Question {number}")
        if isinstance(answer, Decision):
            _print(answer, as_json=False)
        else:
            typer.echo(f"{answer.message} {answer.remedy} [{answer.code}]")


def _print(decision: Decision, as_json: bool) -> None:
    if as_json:
        typer.echo(decision.model_dump_json(by_alias=True))
        return
    from cardscan.cli.show import show_decision

    show_decision(decision)


@app.command("check")
def check(
    folder: Annotated[
        Path | None, typer.Argument(help="Folder of rules; default: the one set, or the built-in.")
    ] = None,
) -> None:
    """Check a folder of rules and list all faults with file and line."""
    with guard():
        from cardscan.eligibility import load_rules
        from cardscan.settings import load_settings

        rules = load_rules(folder or load_settings().rules_dir)
        every = list(rules)
        entries = sum(len(rule.entries) for rule in every)
        typer.echo(f"{len(every)} rules, {entries} dated entries, version {rules.version}: no faults.")


@app.command("diff")
def diff(
    old: Annotated[str, typer.Argument(help="Folder of rules, or 'built-in'.")],
    new: Annotated[str, typer.Argument(help="Folder of rules, or 'built-in'.")],
    as_json: options.Json = False,
) -> None:
    """Say which decisions change between two folders of rules."""
    with guard(as_json=as_json):
        from cardscan.eligibility import diff as compare

        found = compare(_load(old, as_json), _load(new, as_json))
        if as_json:
            typer.echo(json.dumps(_diff_data(found), ensure_ascii=False))
            return
        typer.echo(f"{found.asked} questions asked of version {found.old_version} and of version {found.new_version}.")
        for kind, count, first in found.summary():
            typer.echo(f"\n{count} x {kind}")
            typer.echo(f"  first: {_facts(first.card.model_dump())}; {_facts(first.visit.model_dump())}")
        typer.echo(f"\n{len(found.changes)} decisions change; of {found.reasons_only} more, only the reasons.")


def _load(folder: str, as_json: bool) -> Rules:
    from cardscan.eligibility import load_rules
    from cardscan.errors import BadData

    try:
        return load_rules(None if folder == BUILT_IN else Path(folder))
    except BadData as error:
        report(error, as_json=as_json, name=folder)
        raise typer.Exit(error.exit_status) from None


def _facts(values: dict[str, Any]) -> str:
    return ", ".join(f"{name} {value}" for name, value in values.items() if value is not None) or "nothing known"


def _diff_data(found: RulesDiff) -> dict[str, Any]:
    return {
        "old_version": found.old_version,
        "new_version": found.new_version,
        "asked": found.asked,
        "changed": len(found.changes),
        "reasons_only": found.reasons_only,
        "changes": [
            {
                "kind": kind,
                "count": count,
                "first": {
                    "card": first.card.model_dump(mode="json"),
                    "visit": first.visit.model_dump(mode="json"),
                    "parts": list(first.parts),
                    "before": first.before.model_dump(mode="json", by_alias=True),
                    "after": first.after.model_dump(mode="json", by_alias=True),
                },
            }
            for kind, count, first in found.summary()
        ],
    }
