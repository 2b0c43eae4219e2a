"""``python -m samples.worlds.test_world --seed 0 --count 6 --out DIR``: pictures and their truth, for looking at."""

from __future__ import annotations

import argparse
from dataclasses import asdict
from pathlib import Path

import yaml

from samples.case import Case
from samples.worlds.test_world import CONDITIONS, SUBJECTS, draw_case


def write_case(case: Case, folder: Path) -> Path:
    """Write the pictures of a case and ``truth.yaml`` into a folder of its own; answers that folder."""
    own = folder / case.id
    own.mkdir(parents=True, exist_ok=True)
    for picture in case.pictures:
        (own / picture.name).write_bytes(picture.data)
    truth: dict[str, object] = {
        "id": case.id,
        "condition": case.condition,
        "group": case.group,
        "truth": asdict(case.truth) | {"outcomes": list(case.truth.outcomes)},
    }
    truth["pictures"] = [
        {
            "name": p.name,
            "sides": [
                {"side": s.side, "corners": [list(c) for c in s.corners] if s.corners else None, "lines": list(s.lines)}
                for s in p.sides
            ],
        }
        for p in case.pictures
    ]
    (own / "truth.yaml").write_text(
        yaml.safe_dump(truth, sort_keys=False, allow_unicode=True, width=120), encoding="utf-8"
    )
    return own


def main() -> None:
    parser = argparse.ArgumentParser(
        prog="python -m samples.worlds.test_world", description="Draw cases of the test world."
    )
    parser.add_argument("--seed", type=int, default=0, help="first seed")
    parser.add_argument("--count", type=int, default=6, help="number of cases, one seed each")
    parser.add_argument("--out", type=Path, required=True, help="folder to write to")
    parser.add_argument("--condition", choices=sorted(CONDITIONS), help="only this condition")
    parser.add_argument("--subject", choices=sorted(SUBJECTS), help="only this subject")
    args = parser.parse_args()
    for seed in range(args.seed, args.seed + args.count):
        print(write_case(draw_case(seed, condition=args.condition, subject=args.subject), args.out))


if __name__ == "__main__":
    main()
