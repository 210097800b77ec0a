"""What people import: the names, what importing costs, and that every name is documented."""

import ast
import inspect
import re
import runpy
import subprocess
import sys
from importlib import import_module
from itertools import pairwise
from pathlib import Path

import pytest

import sledai
from sledai import assessment, errors

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
    heavy = "('narwhals', 'polars', 'pandas', 'typer', 'rich', 'numpy', 'fastapi', 'uvicorn')"
    assert python(f"import sys, sledai; print([m for m in {heavy} if m in sys.modules])") == "[]"
    assert python("import sys, sledai.pictures; print('vl_convert' in sys.modules)") == "False"


def test_fhir_needs_no_extra() -> None:
    heavy = "('narwhals', 'polars', 'typer', 'fhir')"
    loaded = f"[m for m in {heavy} if m in sys.modules]"
    assert python(f"import sys, sledai.fhir; print({loaded})") == "[]"


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


PACKAGES = [
    "sledai",
    "sledai.audit",
    "sledai.cdisc",
    "sledai.codebook",
    "sledai.conformance",
    "sledai.definitions",
    "sledai.fhir",
    "sledai.files",
    "sledai.findings",
    "sledai.frame",
    "sledai.http",
    "sledai.indices",
    "sledai.pictures",
    "sledai.quantities",
    "sledai.rules",
    "sledai.scoring",
    "sledai.sheets",
    "sledai.trials.nct05765006",
    "sledai.visits",
]
BY_PATH = [  # modules that users import from, beside the packages
    "sledai.definitions.clauses",
    "sledai.definitions.editions",
    "sledai.errors",
    "sledai.indices.adjusted_mean",
    "sledai.indices.bicla",
    "sledai.indices.ccr",
    "sledai.indices.change_grade",
    "sledai.indices.clldas",
    "sledai.indices.course",
    "sledai.indices.disease_control",
    "sledai.indices.doris",
    "sledai.indices.doris_2017",
    "sledai.indices.from_baseline",
    "sledai.indices.lldas",
    "sledai.indices.loss_of_improvement",
    "sledai.indices.missing_visits",
    "sledai.indices.requirements",
    "sledai.indices.report",
    "sledai.indices.sfi",
    "sledai.indices.sri",
    "sledai.indices.states",
    "sledai.indices.steroid_sparing",
    "sledai.indices.time_to_event",
    "sledai.quantities.glucocorticoids",
    "sledai.rules.counterfactuals",
    "sledai.scoring.recorded_scores",
    "sledai.scoring.variants",
    "sledai.sources",
    "sledai.trials.catalog",
    "sledai.trials.nct05765006.screening",
    "sledai.verdict",
    "sledai.visits.baseline",
    "sledai.visits.change",
    "sledai.visits.windows",
]
DOCS = Path(__file__).parents[1] / "docs"


@pytest.mark.parametrize("package", PACKAGES)
def test_a_package_shows_its_public_names_alone(package: str) -> None:
    module = import_module(package)
    assert dir(module) == sorted(module.__all__)


def public_names(module: str) -> list[str]:
    """What a module lists; of errors the classes alone, the rest of it is for the library."""
    names: list[str] = import_module(module).__all__
    return [n for n in names if n.endswith("Error")] if module == "sledai.errors" else names


def is_shown(module: str, name: str) -> bool:
    """Whether Sphinx shows a name of a module by itself: a constant where it is said what it is."""
    value = getattr(import_module(module), name)
    if inspect.isclass(value) or inspect.isroutine(value):
        return True
    tree = ast.parse(inspect.getsource(import_module(module)))
    return any(
        isinstance(node, ast.Assign | ast.AnnAssign)
        and re.match(rf"{name}\b", ast.unparse(node))
        and isinstance(said, ast.Expr)
        and isinstance(said.value, ast.Constant)
        for node, said in pairwise(tree.body)
    )


def documented() -> list[str]:
    """The names that the pages of the reference document, each with its path, as often as it is."""
    pages = [page.read_text(encoding="utf-8") for page in (DOCS / "reference/python").glob("*.md")]
    pages.append(runpy.run_path(str(DOCS / "tables.py"))["index_modules"]())
    found: list[str] = []
    for page in pages:
        for kind, path, options in re.findall(
            r"^\.\. auto(\w+):: ([\w.]+).*((?:\n   :.*)*)", page, re.MULTILINE
        ):
            if kind != "module":
                found.append(path)
            elif ":no-members:" not in options:
                excluded = re.findall(r"\w+", options)
                shown = [n for n in public_names(path) if n not in excluded and is_shown(path, n)]
                found += [f"{path}.{name}" for name in shown]
    return found


def test_every_public_name_is_in_the_reference_once() -> None:
    """Under the shortest path by which it is public; and what is not public is not there."""
    shortest: dict[tuple[str, int], str] = {}
    for module in sorted([*PACKAGES, *BY_PATH], key=lambda path: path.count(".")):
        for name in public_names(module):
            value = getattr(import_module(module), name)
            shortest.setdefault((name, id(value)), f"{module}.{name}")
    assert sorted(documented()) == sorted(shortest.values())


def test_every_error_is_a_child_of_one() -> None:
    found = [*vars(errors).values(), *vars(assessment).values()]
    errors_ = {v for v in found if inspect.isclass(v) and issubclass(v, Exception)}
    ours = {error for error in errors_ if error.__module__.startswith("sledai.")}
    assert len(ours) >= 6
    assert all(issubclass(error, sledai.SledaiError) for error in ours)
