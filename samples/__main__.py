"""Write cases to a folder: ``python -m samples --world tuning --seed 0 --count 5 --out DIR``."""

from __future__ import annotations

import argparse
from dataclasses import asdict
from pathlib import Path
from typing import Any

import yaml

from samples.case import Case
from samples.draw import CONDITIONS, SUBJECTS, draw_case


def as_data(case: Case) -> dict[str, Any]:
    """A case without its bytes, as plain data for YAML."""
    return {
        "id": case.id, "world": case.world, "condition": case.condition, "group": case.group,
        "truth": {**asdict(case.truth), "outcomes": list(case.truth.outcomes)},
        "pictures": [
            {"name": p.name, "sides": [
                {"side": s.side, "corners": s.corners and [list(c) for c in s.corners], "lines": list(s.lines)}
                for s in p.sides
            ]}
            for p in case.pictures
        ],
    }  # fmt: skip


def write(case: Case, folder: Path, stem: str) -> None:
    """Write the pictures as ``stem-NAME`` and the truth as ``stem.yaml``."""
    folder.mkdir(parents=True, exist_ok=True)
    data = as_data(case)
    for picture, entry in zip(case.pictures, data["pictures"], strict=True):
        entry["name"] = f"{stem}-{picture.name}"
        (folder / entry["name"]).write_bytes(picture.data)
    text = yaml.safe_dump(data, sort_keys=False, allow_unicode=True, width=110)
    (folder / f"{stem}.yaml").write_text(text, encoding="utf-8")


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m samples", description="Draw synthetic cards and pictures of them.")
    parser.add_argument("--world", choices=("tuning", "calibration", "test"), default="tuning")
    parser.add_argument("--seed", type=int, default=0, help="first seed; the next cases take the next ones")
    parser.add_argument("--count", type=int, default=1)
    parser.add_argument("--condition", choices=tuple(CONDITIONS))
    parser.add_argument("--subject", choices=SUBJECTS)
    parser.add_argument("--out", type=Path, required=True)
    args = parser.parse_args()
    for seed in range(args.seed, args.seed + args.count):
        case = draw_case(args.world, seed, condition=args.condition, subject=args.subject)
        write(case, args.out, case.id)


if __name__ == "__main__":
    main()
