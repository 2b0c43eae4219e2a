"""The command line with a pipeline that needs no OCR: ``python batch_main.py batch PATH --out FILE ...``."""

from __future__ import annotations

import functools
import os
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent))
import batch_fakes

from cardscan.batch import runner
from cardscan.cli import main

FACTORIES = {
    "": batch_fakes.FakePipeline,
    "no_engine": batch_fakes.no_engine,
    "bad_rules": batch_fakes.bad_rules,
}
if __name__ == "__main__":
    runner.Runner = functools.partial(  # type: ignore[assignment, misc]
        runner.Runner, factory=FACTORIES[os.environ.get("FAKE", "")], card_seconds=10
    )
    main()
