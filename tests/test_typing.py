"""The typed examples also run."""

import runpy
from pathlib import Path


def test_typing_examples_run() -> None:
    names = runpy.run_path(str(Path(__file__).with_name("typing_examples.py")))
    assert names["complete"].not_assessed == frozenset()
