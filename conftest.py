"""Run every example of README and docs: Python with its output, and shell sessions as shown."""

import doctest
import os
import subprocess
import sys
from pathlib import Path
from tempfile import mkdtemp

from sybil import Example, Sybil
from sybil.parsers.markdown import CodeBlockParser, PythonCodeBlockParser, SkipParser

ROOT = Path(__file__).parent


def enter_empty_folder(namespace: dict[str, object]) -> None:
    """Give each document a folder of its own, with the examples in it."""
    folder = Path(mkdtemp(prefix="sledai-docs-"))
    (folder / "examples").symlink_to(ROOT / "examples")
    namespace["_before"] = Path.cwd()
    os.chdir(folder)


def leave_folder(namespace: dict[str, object]) -> None:
    """Go back to where the tests run."""
    os.chdir(str(namespace["_before"]))


def _plain_environment() -> dict[str, str]:
    colors = {"CLICOLOR_FORCE", "FORCE_COLOR", "NO_COLOR"}
    return {name: value for name, value in os.environ.items() if name not in colors}


def run_session(example: Example) -> str | None:
    """Run the commands behind "$ " and compare what they print, where "..." stands for anything."""
    environment = _plain_environment() | {
        "PATH": f"{Path(sys.executable).parent}:{os.environ['PATH']}"
    }
    for session in ("\n" + str(example.parsed)).split("\n$ ")[1:]:
        command, _, expected = session.partition("\n")
        shown = subprocess.run(  # noqa: S603
            ["bash", "-c", command],  # noqa: S607
            env=environment,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            check=False,
        ).stdout
        expected, shown = (
            "\n".join(line.rstrip() for line in text.strip("\n").splitlines()) + "\n"
            for text in (expected, shown)
        )
        if not doctest.OutputChecker().check_output(expected, shown, doctest.ELLIPSIS):
            return f"$ {command}\nexpected:\n{expected}\nshown:\n{shown}"
    return None


def save_codebook(example: Example) -> None:
    """Save a codebook that a page shows, under the name by which its examples use it."""
    Path("codebook.toml").write_text(str(example.parsed), encoding="utf-8")


pytest_collect_file = Sybil(
    parsers=[
        PythonCodeBlockParser(doctest_optionflags=doctest.ELLIPSIS),
        CodeBlockParser("console", run_session),
        CodeBlockParser("toml", save_codebook),
        SkipParser(),
    ],
    patterns=["README.md", "docs/*.md", "docs/**/*.md"],
    excludes=["docs/_build/**", "docs/reference/generated/**"],
    setup=enter_empty_folder,
    teardown=leave_folder,
).pytest()
