"""Ask what runs in Node, clients of FHIR and pages in a browser: JSON in, JSON out.

`make clients` sets up what they need. Where something of it is missing their tests are skipped, but
on CI they fail.
"""

import json
import os
import shutil
import subprocess
from pathlib import Path
from typing import Any

import pytest

HERE = Path(__file__).parent
CHROMIUM = os.environ.get("CHROMIUM") or shutil.which("chromium") or ""
IN_BROWSER = {"axe", "form", "lhc_forms", "printed"}


def _missing(script: str) -> str | None:
    if not shutil.which("node"):
        return "no Node on the PATH"
    if not (HERE / "node_modules").is_dir():
        return "no packages of npm in tests/clients/node_modules"
    if script in IN_BROWSER and not CHROMIUM:
        return "no Chromium on the PATH"
    return None


def ask(script: str, question: object) -> Any:
    """Give what a script of this folder answers to a question."""
    if missing := _missing(script):
        stop = pytest.fail if os.environ.get("CI") else pytest.skip
        stop(f"{missing}: `make clients` sets up what they need")
    done = subprocess.run(  # noqa: S603
        ["node", f"{script}.mjs"],  # noqa: S607
        cwd=HERE,
        env=os.environ | {"CHROMIUM": CHROMIUM},
        input=json.dumps(question),
        capture_output=True,
        encoding="utf-8",
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)
