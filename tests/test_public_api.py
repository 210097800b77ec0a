"""What people import: the names, what importing costs, and that every name is documented."""

import ast
import inspect
import re
import subprocess
import sys
from pathlib import Path

import pytest

import sledai
from sledai import errors

PACKAGE = Path(sledai.__file__).parent
MODULES = sorted(PACKAGE.rglob("*.py"))
CONTRACT = [
    "SEROLOGIC",
    "Assessment",
    "Descriptor",
    "IncompleteAssessmentError",
    "OrganSystem",
    "ScoreBounds",
    "SledaiError",
    "UndeterminedError",
    "Verdict",
    "clinical_score",
    "meets_activity_criterion",
    "meets_clinical_threshold",
    "meets_total_threshold",
    "points_by_system",
    "score_bounds",
    "total_score",
]


def python(code: str) -> str:
    command = [sys.executable, "-I", "-c", code]
    return subprocess.run(command, capture_output=True, text=True, check=True).stdout.strip()  # noqa: S603


def test_the_names_that_are_contracts_are_there() -> None:
    assert set(CONTRACT) <= set(sledai.__all__)
    assert sledai.__all__ == sorted(sledai.__all__, key=lambda n: (not n.isupper(), n))
    assert all(hasattr(sledai, name) for name in sledai.__all__)


def test_importing_loads_pydantic_and_nothing_else() -> None:
    loaded = "{m.partition('.')[0] for m in sys.modules} - set(sys.stdlib_module_names)"
    with_ours = python(f"import sys, sledai; print(sorted({loaded}))")
    model = "pydantic.create_model('M', x=bool)"
    pydantic = python(f"import sys, pydantic; {model}; print(sorted({loaded}))")
    extra = set(ast.literal_eval(with_ours)) - set(ast.literal_eval(pydantic))
    assert extra == {"sledai"}


def test_the_extras_are_not_loaded() -> None:
    heavy = "('narwhals', 'polars', 'pandas', 'typer', 'rich', 'numpy')"
    assert python(f"import sys, sledai; print([m for m in {heavy} if m in sys.modules])") == "[]"


def test_it_says_that_it_is_typed() -> None:
    assert (PACKAGE / "py.typed").exists()


@pytest.mark.parametrize("module", MODULES, ids=lambda p: str(p.relative_to(PACKAGE)))
def test_every_module_says_what_it_is_for_and_what_it_offers(module: Path) -> None:
    tree = ast.parse(module.read_text(encoding="utf-8"))
    assert ast.get_docstring(tree)
    assert len(module.read_text(encoding="utf-8").splitlines()) <= 400
    if module.name != "__init__.py" or module.parent.name in {"definitions", "findings"}:
        assert any(
            isinstance(node, ast.Assign) and ast.unparse(node.targets[0]) == "__all__"
            for node in tree.body
        )


FUNCTIONS = [name for name in sledai.__all__ if inspect.isfunction(getattr(sledai, name))]


@pytest.mark.parametrize("name", FUNCTIONS)
def test_every_function_has_a_sentence_and_an_example(name: str) -> None:
    text = inspect.getdoc(getattr(sledai, name)) or ""
    assert re.match(r"[A-Z][^\n]+\.", text)
    assert ">>> " in text


@pytest.mark.parametrize("name", FUNCTIONS)
def test_every_function_that_needs_answers_says_what_it_raises(name: str) -> None:
    assert "Raises `" in (inspect.getdoc(getattr(sledai, name)) or "")


def test_every_module_is_in_the_reference() -> None:
    page = (Path(__file__).parents[1] / "docs/reference/api.md").read_text(encoding="utf-8")
    documented = set(re.findall(r"automodule:: (\S+)", page))
    modules = {
        ".".join(["sledai", *p.relative_to(PACKAGE).with_suffix("").parts]).removesuffix(
            ".__init__"
        )
        for p in MODULES
    }
    # The package itself only collects names; some have pages of their own. How each format is read
    # is behind `sledai.files`, and how findings are used behind `sledai.findings`.
    others = {"sledai", "sledai.indices", "sledai.trials", "sledai.__main__", "sledai.exit_codes"}
    others |= {"sledai.operators"}
    others |= {
        f"sledai.definitions.{name}" for name in ("sledai_1992", "selena", "hybrid", "sledai_2k")
    }
    others |= {m for m in modules if m.startswith("sledai.findings.")}
    others |= {m for m in modules if m.startswith("sledai.cli")}
    others |= {f"sledai.files.{name}" for name in ("delimited", "excel", "json_lines", "parquet")}
    assert documented == modules - others


def test_every_error_is_a_child_of_one() -> None:
    ours = [v for v in vars(errors).values() if inspect.isclass(v) and issubclass(v, Exception)]
    assert len(ours) >= 4
    assert all(issubclass(error, sledai.SledaiError) for error in ours)
