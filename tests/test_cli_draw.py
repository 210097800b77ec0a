"""`sledai draw`: pictures from files, what is said of them, and what is refused."""

import json
from pathlib import Path
from typing import Any

import pytest
from commands import run

from sledai import Descriptor
from sledai.pictures import picture

ROOT = Path(__file__).parents[1] / "examples"
VISITS = [ROOT / "visits.csv", "--subject", "patient", "--date", "date"]
ABSENT = [f"--absent={d}" for d in Descriptor if d not in {"rash", "arthritis"}]


@pytest.fixture(autouse=True)
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)


def written(text: str) -> str:
    Path("v.csv").write_text(text, encoding="utf-8")
    return "v.csv"


class TestCourse:
    def test_the_example(self) -> None:
        code, out, err = run("draw", "course", *VISITS, "--patient", "P02", "-o", "p02.svg")
        assert (code, err) == (0, "")
        assert out.startswith(
            "p02.svg: Course of P02 6 visits, 2024-02-06 to 2025-02-20. Total at each: 30, 18, "
            "4 to 20, 10, 4, 12. First flare: day 28. sledai "
        )
        svg = Path("p02.svg").read_text(encoding="utf-8")
        assert "4 to 20" in svg
        made = json.loads(Path("p02.svg.provenance.json").read_text(encoding="utf-8"))
        assert made["command"].startswith("sledai draw course ")
        assert made["readings"]["states"] == ["LLDAS", "DORIS"]
        assert "rules" not in made

    def test_with_choices(self) -> None:
        options = ["--trial", "NCT05765006", "--state", "DORIS", "--codebook", ROOT / "visits.toml"]
        code, _out, _ = run(
            "draw", "course", VISITS[0], *options, "--patient", "P01", "-o", "p.svg"
        )
        assert code == 0
        svg = Path("p.svg").read_text(encoding="utf-8")
        assert "total &gt;= 8" in svg
        assert ">LLDAS<" not in svg
        made = json.loads(Path("p.svg.provenance.json").read_text(encoding="utf-8"))
        assert [*made["rules"]] == ["NCT05765006"]

    def test_a_patient_who_is_not_there(self) -> None:
        code, _, err = run("draw", "course", *VISITS, "--patient", "P08b", "-o", "p.svg")
        assert code == 2
        assert err == (
            "error: --patient: found 'P08b'; accepted: one of 9 patients, such as 'P08', 'P09', "
            "'P07'"
        )
        code, _, err = run("draw", "course", *VISITS, "--patient", "nobody", "-o", "p.svg")
        assert err.endswith("accepted: one of 9 patients, such as 'P01', 'P02', 'P03'")
        code, _, err = run("draw", "course", *VISITS, "-o", "p.svg")
        assert "--patient: found none; accepted: one of 9 patients" in err
        assert not list(Path().iterdir())

    def test_the_only_patient_needs_no_name(self) -> None:
        source = written("id,seen,rash,arthritis\nA,2024-01-01,yes,no\n")
        options = ["--subject", "id", "--date", "seen", *ABSENT, "-o", "a.svg"]
        assert run("draw", "course", source, *options)[0] == 0
        assert "Course of A" in Path("a.svg").read_text(encoding="utf-8")

    def test_study_days(self) -> None:
        source = written("id,week,rash,arthritis\nA,0,yes,no\nA,4,,no\n")
        Path("b.toml").write_text(
            '[visit]\nsubject = "id"\nday = "week"\nday_unit = "weeks"\n', encoding="utf-8"
        )
        code, out, _ = run("draw", "course", source, "--codebook", "b.toml", *ABSENT, "-o", "a.svg")
        assert code == 0
        assert "2 visits, day 0 to day 28. Total at each: 2, 0 to 2" in out

    @pytest.mark.parametrize(
        ("rows", "said"),
        [
            ("A,2024-01-01,8,no\n", "line 2, column 'rash': found '8'"),
            ("A,soon,yes,no\n", "line 2, column 'seen': found 'soon'"),
            ("A,2024-01-01,yes,no\nA,2024-01-01,no,no\n", "line 2 and line 3: one patient twice"),
            ("", "v.csv: no visits"),
        ],
    )
    def test_what_is_wrong_is_said_with_its_line(self, rows: str, said: str) -> None:
        source = written(f"id,seen,rash,arthritis\n{rows}")
        options = ["--subject", "id", "--date", "seen", *ABSENT, "-o", "a.svg"]
        code, _, err = run("draw", "course", source, *options)
        assert code == 2
        assert said in err
        assert not Path("a.svg").exists()

    def test_columns_have_to_be_named(self) -> None:
        for options, lacking in (([], "subject"), (["--subject", "patient"], "date")):
            code, _, err = run("draw", "course", VISITS[0], *options, "-o", "p.svg")
            assert code == 2
            assert f"no column of the {lacking}; accepted: --{lacking} COLUMN" in err


class TestCohort:
    @pytest.mark.parametrize(
        ("kind", "said"),
        [
            ("heatmap", "The total of 11 is open. The highest that is certain is 30."),
            ("distribution", "The total is exact at 29 and open at 11."),
            ("prevalence", "Arthritis: 17 present, 1 not assessed."),
            ("swimmer", "DORIS: in it at 0 visits, open at 3."),
            ("waterfall", "Drawn: the change of 9 patients, open of 3."),
        ],
    )
    def test_each_kind(self, kind: str, said: str) -> None:
        code, out, err = run("draw", "cohort", *VISITS, "--kind", kind, "-o", "c.png")
        assert (code, err) == (0, "")
        assert said in out
        assert Path("c.png").read_bytes().startswith(b"\x89PNG")

    def test_a_baseline(self) -> None:
        options = ["--kind", "waterfall", "--baseline-where", "visit=baseline", "-o", "c.svg"]
        assert run("draw", "cohort", *VISITS, *options)[0] == 0
        made = json.loads(Path("c.svg.provenance.json").read_text(encoding="utf-8"))
        assert made["kind"] == "waterfall"
        assert made["readings"]["baseline"] == "the visit where visit is baseline"

    def test_a_patient_of_another_name(self) -> None:
        source = written("id,seen,rash,arthritis\n<script>alert(1)</script>,2024-01-01,yes,no\n")
        options = ["--subject", "id", "--date", "seen", *ABSENT, "-o", "a.html"]
        assert run("draw", "cohort", source, *options)[0] == 0
        assert "<script>alert" not in Path("a.html").read_text(encoding="utf-8")


class TestAudit:
    def test_the_example(self) -> None:
        source = ROOT / "recorded.csv"
        code, out, err = run("draw", "audit", source, "--recorded", "recorded_total", "-o", "a.svg")
        assert (code, err) == (0, "")
        assert out.startswith(
            "a.svg: Recorded against computed scores 16 visits. total: 12 agree, 2 possible, "
            "2 disagree. sledai "
        )

    def test_a_cell_that_is_no_number(self) -> None:
        source = written("rash,arthritis,total\nyes,no,2\nyes,no,two\n8,no,2\n")
        code, _, err = run("draw", "audit", source, *ABSENT, "--recorded", "total", "-o", "a.svg")
        assert code == 2
        assert "line 3, column 'total': found 'two'" in err
        assert "line 4, column 'rash': found '8'" in err

    def test_no_column_of_totals(self) -> None:
        code, _, err = run("draw", "audit", ROOT / "recorded.csv", "-o", "a.svg")
        assert code == 2
        assert "no recorded total; accepted: --recorded COLUMN, or total in [recorded]" in err


class TestBeforeTheWork:
    def test_another_kind_of_file(self) -> None:
        code, _, err = run("draw", "course", *VISITS, "--patient", "P02", "-o", "p.pdf")
        assert (code, err) == (
            2,
            "error: p.pdf: cannot write suffix '.pdf'; accepted: .svg, .png, .html",
        )

    def test_without_the_extra(self, monkeypatch: pytest.MonkeyPatch) -> None:
        def import_module(name: str) -> Any:
            raise ModuleNotFoundError(name)

        monkeypatch.setattr(picture, "import_module", import_module)
        code, _, err = run("draw", "course", "nothing.csv", "-o", "p.svg")
        advice = "pip install 'sledai[pictures]', or in a clone pip install '.[pictures]'"
        assert (code, err) == (69, f"error: sledai.pictures needs vl-convert-python: {advice}")
