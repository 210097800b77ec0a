"""The table of CONTRIBUTING: which files a new index, format, engine or trial touches.

The rule: the example of a kind is named, in any case, in the files of its row, and in no other code
of `src`, no other page of the reference, no other script of the documentation and nothing else that
tests share. Docstrings and comments of `src` may name it, and so may what is about it or tells of
it: test modules with their tables, README, tutorial, how-to and explanation. What is generated from
a row is no file to touch.
"""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import engines
import pytest

from sledai.engines import ENGINES
from sledai.files import FORMATS
from sledai.indices.states import STATES
from sledai.trials.catalog import CATALOG

ROOT = Path(__file__).parents[1]
ROWS = re.findall(
    r"^\| ([^|`]+) \| (\w+) \| (`[^|]+) \|$",
    (ROOT / "CONTRIBUTING.md").read_text(encoding="utf-8"),
    re.MULTILINE,
)
FILES = {example: re.findall("`([^`]+)`", files) for _, example, files in ROWS}
MOST = {"index": 5, "format": 4, "engine": 3, "trial's": 2}


def code(path: Path) -> str:
    """The names and texts of a module, without docstrings and comments."""
    tree = ast.parse(path.read_text(encoding="utf-8"))
    for node in ast.walk(tree):
        body = getattr(node, "body", None)
        if isinstance(body, list):
            node.body = [  # type: ignore[attr-defined]
                one
                for one in body
                if not (isinstance(one, ast.Expr) and isinstance(one.value, ast.Constant))
            ] or [ast.Pass()]
    return ast.unparse(tree)


def touched() -> Iterator[tuple[str, str]]:
    """Each file that a new one of a kind could have to touch, with what of it counts."""
    for path in (ROOT / "src/sledai").rglob("*.py"):
        yield str(path.relative_to(ROOT)), code(path)
    shared = [p for p in (ROOT / "tests").iterdir() if p.is_file() and not p.match("test_*.py")]
    documentation = [*(ROOT / "docs").glob("*.py"), *(ROOT / "docs/reference").rglob("*.md")]
    for path in (*shared, *documentation, ROOT / "pyproject.toml"):
        if "generated" not in path.parts:
            yield str(path.relative_to(ROOT)), path.read_text(encoding="utf-8")


TOUCHED = dict(touched())


@pytest.mark.parametrize("kind", MOST)
def test_there_is_a_row_with_few_files(kind: str) -> None:
    (files,) = (FILES[example] for what, example, _ in ROWS if what.startswith(kind))
    assert len(files) == len(set(files)) <= MOST[kind]


@pytest.mark.parametrize("example", FILES)
def test_the_files_are_there_and_name_the_example(example: str) -> None:
    for file in FILES[example]:
        text = f"{file} {(ROOT / file).read_text(encoding='utf-8')}"
        assert example.lower() in text.lower(), file


@pytest.mark.parametrize("example", FILES)
def test_no_other_file_names_it(example: str) -> None:
    found = {file for file, text in TOUCHED.items() if example.lower() in text.lower()}
    assert found <= {*FILES[example]}


def test_the_examples_are_rows_of_their_tables() -> None:
    examples = {
        *STATES,
        *(one.name for one in FORMATS.values()),
        *(engine.name for engine in ENGINES.values()),
        *(trial.registry_id for trial in CATALOG),
    }
    assert set(FILES) <= examples
    assert len(FILES) == len(ROWS) == len(MOST)


def test_every_engine_is_tested() -> None:
    tested = {name.removesuffix(" lazy") for name in engines.ENGINES}
    assert tested == {engine.name for engine in ENGINES.values()}
