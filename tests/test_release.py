"""What is said of a release is so: its version, what breaks, what it was tested with."""

import re
import sys
import tomllib
from pathlib import Path
from typing import Any

import pytest
from packaging.requirements import Requirement

import sledai
from sledai.engines import ENGINES

ROOT = Path(__file__).parents[1]
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
PAGE = (ROOT / "docs/explanation/versions.md").read_text(encoding="utf-8")


def requirements(file: str) -> dict[str, str]:
    """The versions of a file of requirements, by name."""
    text = (ROOT / file).read_text(encoding="utf-8")
    return dict(re.findall(r"^([\w-]+)==([\w.]+)", text, re.MULTILINE))


NEWEST, OLDEST = requirements("release/versions.txt"), requirements("tests/oldest.txt")
TESTED = dict(
    re.findall(
        r"^([\w.-]+)(?:\[\w+\])?==(\S+)$",
        "\n".join(PROJECT["dependency-groups"]["test"] + PROJECT["dependency-groups"]["spark"]),
        re.MULTILINE,
    )
)


def rows(header: str) -> dict[str, list[str]]:
    """The rows of a table of the page by their first cell."""
    (table,) = re.findall(rf"^\| {header} \|.*\n\|[-|]+\|\n((?:\|.*\n)+)", PAGE, re.MULTILINE)
    cells = [[cell.strip() for cell in row.split("|")[1:-1]] for row in table.splitlines()]
    return {first: others for first, *others in cells}


class TestVersion:
    """A version stands in one place, and what repeats it says the same."""

    def test_the_citation(self) -> None:
        citation = (ROOT / "CITATION.cff").read_text(encoding="utf-8")
        assert f"\nversion: {sledai.__version__}\n" in citation

    def test_the_changelog_has_it_with_the_scores_that_change(self) -> None:
        sections = (ROOT / "CHANGELOG.md").read_text(encoding="utf-8").split("\n## ")[1:]
        (ours,) = [text for text in sections if text.startswith(f"{sledai.__version__}\n")]
        assert "\n### Scores that change\n" in ours
        assert sections.index(ours) <= 1  # above it only what is not released

    def test_the_policy_of_security_has_it(self) -> None:
        policy = (ROOT / "SECURITY.md").read_text(encoding="utf-8")
        assert f"\n| {sledai.__version__} | yes" in policy


class TestSupport:
    """What the page says to be tested is what the tests are run with."""

    def test_pythons(self) -> None:
        makefile = (ROOT / "Makefile").read_text(encoding="utf-8")
        (supported,) = re.findall(r"^SUPPORTED := (.+)$", makefile, re.MULTILINE)
        assert [*rows("Python")] == supported.split()
        assert PROJECT["project"]["requires-python"] == f">={supported.split()[0]}"

    def test_engines(self) -> None:
        said = {name.partition(",")[0]: versions for name, versions in rows("engine").items()}
        assert {*said} == {engine.name for engine in ENGINES.values()}
        packages = {"Ibis": "ibis-framework"}
        for name, (tested, oldest) in said.items():
            package = packages.get(name, name.lower())
            assert tested == (TESTED | NEWEST).get(package), name
            assert oldest == OLDEST.get(package, ""), name

    def test_pydantic(self) -> None:
        assert f"pydantic, {OLDEST['pydantic']} or newer" in PAGE
        assert PROJECT["project"]["dependencies"] == [f"pydantic>={OLDEST['pydantic']}"]

    def test_the_newest_versions_are_those_of_the_tests(self) -> None:
        both = {*NEWEST} & {*TESTED}
        assert {"fastapi", "pyspark", "typst"} <= both
        assert {name: NEWEST[name] for name in both} == {name: TESTED[name] for name in both}

    def test_they_have_what_each_extra_asks_for(self) -> None:
        extras = PROJECT["project"]["optional-dependencies"].values()
        asked = [Requirement(one) for extra in extras for one in extra]
        for one in [one for one in asked if one.name != "sledai"]:
            assert NEWEST[one.name] in one.specifier, one


BEFORE = """\
# sledai/__init__.py
class Visit:
    def __init__(self, *, date=None, dose=None): ...
    total: ...
class Grade:
    MILD = 'mild'
def score(df, codebook=None, *, policy='strict'): ...
LIMIT: ...

# sledai/frame.py
def by_visit(df): ...
from sledai import Grade
"""


class TestBreaks:
    """What breaks is seen, and has to be named; what is new need not."""

    @pytest.fixture
    def api(self, monkeypatch: pytest.MonkeyPatch) -> Any:
        pytest.importorskip("griffe")
        monkeypatch.syspath_prepend(str(ROOT / "release"))
        monkeypatch.setattr(sys, "path", [*sys.path])
        import api  # type: ignore[import-not-found]  # noqa: PLC0415 - beside the library

        return api

    @pytest.mark.parametrize(
        ("old", "new", "broken"),
        [
            ("LIMIT: ...\n", "", {"LIMIT"}),
            ("def by_visit(df): ...", "", {"frame.by_visit"}),
            ("df, codebook=None", "df", {"score"}),
            ("df, codebook=None", "df, codebook", {"score"}),
            ("df, codebook=None, *", "df, *, codebook=None", {"score"}),
            ("'strict'", "'absent'", {"score"}),
            ("(df): ...", "(df, book): ...", {"frame.by_visit"}),
            ("    total: ...\n", "", {"Visit.total"}),
            ("dose=None", "dose", {"Visit.__init__"}),
            (", dose=None", "", {"Visit.__init__"}),
            ("'mild'", "'MILD'", {"Grade.MILD"}),
            ("from sledai import Grade\n", "", {"frame.Grade"}),
            ("(df): ...", "(df, book=None): ...", set()),
            ("def by_visit(df): ...", "from sledai.visits import by_visit", set()),
            ("LIMIT: ...", "LIMIT: ...\nMORE: ...", set()),
            ("    total: ...", "    total: ...\n    low: ...", set()),
            ("", "", set()),
        ],
    )
    def test_a_change(self, api: Any, old: str, new: str, broken: set[str]) -> None:
        moved = "\n# sledai/visits.py\ndef by_visit(df): ...\n"
        assert {*api.breaks(BEFORE, BEFORE.replace(old, new, 1) + moved)} == broken

    def test_what_is_announced(self, api: Any) -> None:
        changelog = (
            "# Changelog\n\n## 2\n\n- `new`\n\n### What breaks\n\n- `score` and `frame.by_visit`\n"
            "\n### Scores that change\n\n- `x`\n\n## 1\n\n### What breaks\n\n- `old`\n"
        )
        assert api.announced(changelog) == {"score", "frame.by_visit"}
        assert api.announced("# Changelog\n\n## 1\n\n- `old`\n") == set()
