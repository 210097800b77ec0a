"""`sledai visits`: a table by patient, files by visit and by patient, errors with their line."""

import csv
import io
import json
import os
import signal
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import polars as pl
import pytest
from commands import run as run_here
from hypothesis import Phase, given, settings
from hypothesis import strategies as st

from examples import examples
from sledai import Descriptor, frame
from sledai.cli import app as cli
from sledai.codebook.fields import FIELDS as FIELD_NAMES
from sledai.files import read_visits
from sledai.frame import BASELINE_COLUMNS, PATIENT_COLUMNS, VISIT_COLUMNS

ROOT = Path(__file__).parents[1]
EXAMPLE = ROOT / "examples" / "visits.csv"
Run = Callable[..., tuple[int, str, str]]
OTHERS = [f"--absent={d}" for d in Descriptor if d not in {"rash", "arthritis"}]
ROWS = """id,seen,rash,arthritis,global,hemoglobin,plt,new_nsaid
A,2024-02-01,no,yes,1.5,,250,no
A,2024-01-01,yes,no,0.5,9.1 g/dL,55,
B,2024-01-05,,no,NK,91 g/L,,yes
"""


@pytest.fixture
def run(capsys: pytest.CaptureFixture[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Run:
    monkeypatch.chdir(tmp_path)
    Path("v.csv").write_text(ROWS, encoding="utf-8")

    def run(source: object, *args: object, subject: str = "id", date: str = "seen") -> Any:
        with pytest.raises(SystemExit) as stopped:
            cli.run(["visits", str(source), "--subject", subject, "--date", date, *map(str, args)])
        out, err = capsys.readouterr()
        assert "Traceback" not in out + err
        assert all(len(line) <= 80 for line in out.splitlines())
        return stopped.value.code, out, err

    return run


FIELDS = ["--field", "global=physician_global 0-3", "--missing", "NK"]


class TestTable:
    def test_the_example(self, run: Run) -> None:
        code, out, err = run(EXAMPLE, subject="patient", date="date")
        assert (code, err) == (0, "")
        assert (
            "P01: 7 visits, 371 days; adjusted mean 4.75 to 5.40; first flare: possible from\n"
            "  day 28; time in LLDAS 0 % to 26 %, DORIS 0 %\n"
            "2024-01-16        12         8                        no     no\n"
            "2024-02-13         8         6            -4  open    no     no\n"
            "    resolved: alopecia, increased_dna_binding\n"
        ) in out
        assert "2024-06-11   6 to 10         6      -2 to +2  open    no     no\n" in out
        assert "\n40 visits of 9 patients\n" in out
        assert "fields read: physician_global 0-3, prednisone_mg_day\n" in out
        assert "not in the file, so not known at any visit: weight_kg, new_nsaid,\n" in out

    def test_unsorted_rows_are_sorted(self, run: Run) -> None:
        code, out, _ = run("v.csv", *OTHERS, *FIELDS, "--field", "plt=platelets 10*9/L")
        assert code == 0
        lines = out.splitlines()
        start = lines.index(next(line for line in lines if line.startswith("A: 2 visits")))
        dates = [line.split()[0] for line in lines[start:] if line.startswith("2024")]
        assert dates == ["2024-01-01", "2024-02-01", "2024-01-05"]
        assert "    new: arthritis; resolved: rash" in lines
        assert "B: 1 visit" in lines

    def test_a_flare_that_is_certain_and_of_open_severity(self, run: Run) -> None:
        """The arthritis is new lupus, whatever else."""
        _, out, _ = run("v.csv", *OTHERS, *FIELDS)
        (line,) = (line for line in out.splitlines() if line.startswith("2024-02-01"))
        assert line.split()[-3:] == ["flare", "no", "no"]

    def test_all_outcomes_have_a_word(self, run: Run, tmp_path: Path) -> None:
        (tmp_path / "w.csv").write_text(
            "id,seen,rash,arthritis,hospitalized_for_lupus\nA,2024-01-01,0,0,0\n"
            "A,2024-01-02,0,0,1\n",
            encoding="utf-8",
        )
        _, out, _ = run("w.csv", *OTHERS)
        (line,) = (line for line in out.splitlines() if line.startswith("2024-01-02"))
        assert line.split()[-3:] == ["severe", "open", "open"]

    def test_other_readings(self, run: Run, tmp_path: Path) -> None:
        (tmp_path / "w.csv").write_text(
            "id,seen,rash,arthritis,physician_global,prednisone_mg_day,stable_treatment\n"
            "A,2024-01-01,0,0,0,5,1\nA,2024-01-11,0,0,0,5,1\n",
            encoding="utf-8",
        )
        _, out, _ = run("w.csv", *OTHERS)
        assert "DORIS 100 %" in " ".join(out.split())
        options = ["--flare-index", "belimumab", "--prednisolone", "<", "--carry", "at both ends"]
        options += ["--new-serology", "ignored", "--first-visit", "has nothing new"]
        _, out, _ = run("w.csv", *OTHERS, *options)
        told = " ".join(out.split())
        assert "DORIS 0 %" in told
        assert (
            "Readings: flare index belimumab; LLDAS: new serology is ignored, a first visit has "
            "nothing new; DORIS at < 5 mg of prednisolone; a state counts at "
            "both ends; descriptors taken as SLEDAI-2K for LLDAS."
        ) in told

    @pytest.mark.parametrize(("rows", "visits"), [(1, "1 visit"), (2, "2 visits")])
    def test_what_counts_as_no_is_said(
        self, run: Run, tmp_path: Path, rows: int, visits: str
    ) -> None:
        """Nobody stated new activity: the first visit is open, and silence counts at the others."""
        head = (
            "id,seen,rash,arthritis,physician_global,prednisone_mg_day,maintenance_doses,"
            "hemolytic_anemia,gastrointestinal_activity\n"
        )
        cells = "".join(f"A,2024-01-0{n + 1},0,0,0,5,1,0,0\n" for n in range(rows + 1))
        (tmp_path / "w.csv").write_text(head + cells, encoding="utf-8")
        _, out, _ = run("w.csv", *OTHERS)
        told = " ".join(out.split())
        said = f"LLDAS at {visits} counts as no what nobody answered: new_lupus_activity"
        assert said in told
        run("w.csv", *OTHERS, "-o", "out.csv")
        written = csv.DictReader((tmp_path / "out.csv").read_text(encoding="utf-8").splitlines())
        assert [row["sledai_lldas_assumed"] for row in written] == [
            "",
            *(["new_lupus_activity"] * rows),
        ]

    def test_the_options_of_other_commands(self, run: Run, tmp_path: Path) -> None:
        (tmp_path / "w.csv").write_text(
            "id;seen;swelling;eruption\nA;2024-01-01;4;\xe9\n", encoding="latin-1"
        )
        options = ["--items", "points", "--separator", ";", "--encoding", "latin-1"]
        names = ["--column", "swelling=arthritis", "--column", "eruption=rash"]
        open_ = ["--missing", "\xe9", "--not-collected", "fever"]
        absent = [option for option in OTHERS if option != "--absent=fever"]
        code, out, _ = run("w.csv", *absent, *options, *names, *open_)
        assert code == 0
        assert "2024-01-01    4 to 7    4 to 7  " in out
        assert "columns read: swelling as arthritis, eruption as rash\n" in out
        assert "not collected: fever\n" in out

    def test_a_file_that_has_all_fields(self, run: Run, tmp_path: Path) -> None:
        names = ["id", "seen", "rash", "arthritis", *FIELD_NAMES]
        row = ["A", "2024-01-01", "no", "no", *[""] * len(FIELD_NAMES)]
        (tmp_path / "all.csv").write_text(f"{','.join(names)}\n{','.join(row)}\n")
        _, out, _ = run("all.csv", *OTHERS)
        assert "fields read: physician_global 0-3, prednisone_mg_day, weight_kg," in out
        assert "not in the file" not in out

    def test_more_visits_than_a_screen(self, run: Run, tmp_path: Path) -> None:
        rows = "".join(f"p{n},2024-01-{day:02},yes,no\n" for n in range(30) for day in (1, 2))
        (tmp_path / "many.csv").write_text("id,seen,rash,arthritis\n" + rows, encoding="utf-8")
        _, out, _ = run("many.csv", *OTHERS)
        assert "\n... and 10 visits more (--output FILE writes all)\n" in out
        assert "\n60 visits of 30 patients\n" in out

    def test_names_are_shown_as_plain_text(self, run: Run, tmp_path: Path) -> None:
        (tmp_path / "odd.csv").write_text(
            "id,seen,rash,arthritis\n\x1b[31mA,2024-01-01,no,no\n", encoding="utf-8"
        )
        _, out, _ = run("odd.csv", *OTHERS)
        assert "\\x1b[31mA: 1 visit\n" in out


class TestFiles:
    @pytest.mark.parametrize("suffix", [".csv", ".parquet", ".jsonl"])
    def test_a_row_for_each_visit_and_each_patient(
        self, run: Run, tmp_path: Path, suffix: str
    ) -> None:
        visits, patients = tmp_path / f"visits{suffix}", tmp_path / f"patients{suffix}"
        code, out, _ = run("v.csv", *OTHERS, *FIELDS, "-o", visits, "--patients", patients)
        assert code == 0
        assert out.startswith("3 visits of 2 patients\n")
        readers: dict[str, Callable[[Path], pl.DataFrame]] = {
            ".csv": pl.read_csv,
            ".parquet": pl.read_parquet,
            ".jsonl": pl.read_ndjson,
        }
        by_visit, by_patient = (readers[suffix](path) for path in (visits, patients))
        assert by_visit.columns == [*ROWS.splitlines()[0].split(","), *VISIT_COLUMNS]
        assert by_visit["seen"].cast(pl.String).to_list() == [
            "2024-02-01",
            "2024-01-01",
            "2024-01-05",
        ]
        assert by_visit["global"].cast(pl.String).to_list() == ["1.5", "0.5", "NK"]
        assert by_visit["sledai_total"].to_list() == [4, 2, None]
        assert by_visit["sledai_change_low"].to_list() == [2, None, None]
        assert by_patient.columns == ["id", *PATIENT_COLUMNS]
        assert by_patient["sledai_days"].to_list() == [31, 0]

    def test_other_formats_go_in(self, run: Run, tmp_path: Path) -> None:
        data = pl.read_csv(tmp_path / "v.csv").with_columns(pl.col("seen").str.to_date())
        data.write_parquet(tmp_path / "in.parquet")
        code, out, _ = run("in.parquet", *OTHERS, *FIELDS)
        assert code == 0
        assert "2024-02-01         4         4            +2  flare   no     no\n" in out
        (tmp_path / "in.jsonl").write_text(
            json.dumps({"id": 1, "seen": "2024-01-01", "rash": True, "arthritis": None}) + "\n",
            encoding="utf-8",
        )
        code, out, _ = run("in.jsonl", *OTHERS)
        assert "1: 1 visit\n2024-01-01    2 to 6    2 to 6" in out

    @pytest.mark.parametrize("subject", [pl.String, pl.Categorical, pl.Decimal(3, 0), pl.Float32])
    @pytest.mark.parametrize("day", [pl.Date, pl.Datetime("ns"), pl.Datetime("ms", "UTC")])
    @pytest.mark.usefixtures("here")
    def test_columns_of_every_type(self, subject: Any, day: Any) -> None:
        """Each different cell is read once, whatever its type; a column may hold nothing at all."""
        pl.DataFrame(
            {
                "id": pl.Series(["1", "2", "1"]).cast(
                    pl.String if subject == pl.Float32 else subject
                ),
                "seen": pl.Series(["2024-02-01", "2024-01-01", "2024-01-01"])
                .str.to_date()
                .cast(day),
                "rash": [1, 0, 0],
                "arthritis": [0, 0, 1],
                "hemoglobin": [None, None, None],
            }
        ).with_columns(pl.col("id").cast(subject)).write_parquet("v.parquet")
        command = ("visits", "v.parquet", "--subject", "id", "--date", "seen", *OTHERS)
        assert run_here(*command, "-o", "o.parquet", "--patients", "p.csv")[::2] == (0, "")
        found = pl.read_parquet("o.parquet")
        assert found["sledai_change_low"].to_list() == [-2, None, None]
        assert found.schema["hemoglobin"] == pl.Null
        assert read_visits(Path("p.csv"))["id"].to_list() == ["1", "2"]


class TestRefuses:
    @pytest.mark.parametrize(
        ("rows", "args", "said"),
        [
            ("A,2024-13-01,no,no,1,,,", FIELDS, "line 2, column 'seen': found '2024-13-01'"),
            ("A,,no,no,1,,,", FIELDS, "line 2, column 'seen': found None"),
            (",2024-01-01,no,no,1,,,", FIELDS, "line 2, column 'id': found None"),
            ("A,2024-01-01,no,no,high,,,", FIELDS, "line 2, column 'global': found 'high'"),
            ("A,2024-01-01,no,no,1,91,,", FIELDS, "line 2, column 'hemoglobin': found '91'"),
            ("A,2024-01-01,no,no,1,,,maybe", FIELDS, "line 2, column 'new_nsaid': found 'maybe'"),
            ("A,2024-01-01,8,no,1,,,", FIELDS, "line 2, column 'rash': found '8'"),
            (
                "A,2024-01-01,no,no,5,,,",
                FIELDS,
                "values of physician_global out of range: 1; accepted: 0 to 3 on the SELENA scale",
            ),
            (
                "A,2024-01-01,no,no,1,,,\nA,2024-01-01,no,no,1,,,",
                FIELDS,
                "one visit of a date line 2 and line 3: one patient twice on 2024-01-01",
            ),
            (
                "A,2024-01-01,no,no,1,91 g/dL,,",
                FIELDS,
                "values of hemoglobin out of range: 1; accepted: units g/dL, g/L; 0 or 0.5 to 30",
            ),
            (
                "A,2024-01-01,no,no,1,91 mg,,",
                FIELDS,
                "line 2, column 'hemoglobin': found '91 mg'",
            ),
            ("NK,2024-01-01,no,no,1,,,", FIELDS, "rows of no patient: 1; accepted: a name or"),
            (
                "A,2024-01-01,no,no,1,91,,",
                FIELDS,
                "plain numbers need --field 'hemoglobin=hemoglobin UNIT'",
            ),
            ("A,2024-01-01,1", FIELDS, "records that are no row: 1 line 2: "),
            (
                "A,2024-01-01,x,no,1,,,x",
                FIELDS,
                "signs that are neither yes nor no: 1; accepted: yes, y, true,",
            ),
            (
                "A,2024-01-01,no,no,1,,x,",
                [*FIELDS, "--field", "plt=platelets K/uL"],
                "line 2, column 'plt': found 'x'",
            ),
            (
                "A,2024-01-01,no,no,1,,,",
                ["--field", "global=pga"],
                "error: [fields] no key 'pga'; accepted: physician_global, ",
            ),
            (
                "A,2024-01-01,no,no,1,,,",
                ["--field", "plt=platelets mg"],
                "error: [fields] column 'plt': found 'platelets mg'; accepted: physician_global",
            ),
            ("A,2024-01-01,no,no,1,,,", ["--field", "global"], "error: --field: found 'global'"),
            (
                "A,2024-01-01,no,no,1,,,",
                ["--field", "nowhere=weight_kg"],
                "error: v.csv: no column 'nowhere'",
            ),
            (
                "A,2024-01-01,no,no,1,,,",
                ["--field", "plt=weight_kg", "--field", "global=weight_kg"],
                "error: --field: two columns for weight_kg",
            ),
        ],
    )
    def test_with_the_line(
        self, run: Run, tmp_path: Path, rows: str, args: list[str], said: str
    ) -> None:
        header = ROWS.splitlines()[0]
        (tmp_path / "v.csv").write_text(f"{header}\n{rows}\n", encoding="utf-8")
        code, out, err = run("v.csv", *OTHERS, *args, "-o", tmp_path / "out.csv")
        assert (code, out) == (2, "")
        assert said in " ".join(err.split()) or said in err
        assert not (tmp_path / "out.csv").exists()

    def test_patients_are_told_apart_as_they_are_written(self, run: Run, tmp_path: Path) -> None:
        (tmp_path / "w.csv").write_text(
            "id,seen,rash,arthritis\n P1,2024-01-01,no,no\nP1 ,2024-01-02,no,no\n"
            "p1,2024-01-01,no,no\n2,2024-01-01,no,no\n2.0,2024-01-03,no,no\n",
            encoding="utf-8",
        )
        _, out, _ = run("w.csv", *OTHERS)
        assert "P1: 2 visits, " in out
        assert "p1: 1 visit\n" in out
        assert "\n2: 2 visits, " in out
        assert "\n5 visits of 3 patients\n" in out

    def test_names_that_would_be_lost(self, run: Run, tmp_path: Path) -> None:
        code, _, err = run("v.csv", *OTHERS, subject="seen")
        assert (code, err) == (
            2,
            "error: column 'seen' is named both for the patient and for the date\n",
        )
        pl.DataFrame({"id": [[1]], "seen": ["2024-01-01"], "rash": [1]}).write_parquet(
            tmp_path / "lists.parquet"
        )
        code, _, err = run("lists.parquet", *OTHERS, "--absent=arthritis")
        assert (code, err) == (2, "error: column 'id' holds lists; accepted: plain cells\n")

    def test_a_file_without_rows(self, run: Run, tmp_path: Path) -> None:
        (tmp_path / "v.csv").write_text(ROWS.splitlines()[0] + "\n", encoding="utf-8")
        code, out, _ = run("v.csv", *OTHERS, *FIELDS, "-o", tmp_path / "o.csv")
        assert code == 0
        assert out.startswith("0 visits of 0 patients\n")
        assert (tmp_path / "o.csv").read_text(encoding="utf-8") == (
            ",".join([ROWS.splitlines()[0], *VISIT_COLUMNS]) + "\n"
        )

    def test_a_file_without_answers(self, run: Run, tmp_path: Path) -> None:
        """Where all is asserted, there are still visits."""
        (tmp_path / "w.csv").write_text("id,seen,weight_kg\nA,2024-01-01,60\n", encoding="utf-8")
        code, out, _ = run("w.csv", *(f"--absent={d}" for d in Descriptor))
        assert (code, "\n1 visit of 1 patient\n" in out) == (0, True)

    def test_one_visit(self, run: Run, tmp_path: Path) -> None:
        (tmp_path / "w.csv").write_text(
            "id,seen,rash,arthritis\nA,2024-01-01,no,no\n", encoding="utf-8"
        )
        _, out, _ = run("w.csv", *OTHERS)
        assert "\n1 visit of 1 patient\n" in out

    def test_two_columns_for_one_field(self, run: Run, tmp_path: Path) -> None:
        (tmp_path / "w.csv").write_text(
            "id,seen,rash,arthritis,pga,physician_global\nA,2024-01-01,no,no,1,2\n",
            encoding="utf-8",
        )
        code, _, err = run("w.csv", *OTHERS)
        assert code == 2
        assert "column 'pga' goes by a name of physician_global; say on which scale" in err
        code, out, _ = run("w.csv", *OTHERS, "--no-item", "pga")
        assert (code, "fields read: physician_global 0-3\n" in out) == (0, True)
        code, out, _ = run("w.csv", *OTHERS, "--field", "pga=physician_global 0-10")
        assert code == 0
        assert "fields read: pga as physician_global 0-10\n" in out

    def test_two_spellings_of_one_field(self, run: Run, tmp_path: Path) -> None:
        (tmp_path / "w.csv").write_text(
            "id,seen,rash,arthritis,weight_kg,Weight kg\nA,2024-01-01,no,no,60,61\n",
            encoding="utf-8",
        )
        code, _, err = run("w.csv", *OTHERS)
        assert code == 2
        assert "columns 'weight_kg' and 'Weight kg' both go by names of weight_kg" in err

    def test_missing_columns(self, run: Run) -> None:
        code, _, err = run("v.csv", *OTHERS, subject="patient")
        assert (code, err) == (2, "error: v.csv: no column 'patient'\n")
        code, _, err = run("v.csv")
        assert code == 2
        assert err.startswith("error: v.csv: no column for seizure")


HEAD, *VISITS = EXAMPLE.read_text(encoding="utf-8").splitlines()
NAMES = ("--subject", "patient", "--date", "date")
MARKED = ("--baseline-where", "visit=baseline")
BOTH = ("-o", "o.csv", "--patients", "p.csv")


def small(patch: pytest.MonkeyPatch, rows: int, block: int = 300) -> None:
    """Read a few lines at a time, and follow a few rows at a time."""
    patch.setattr("sledai.files.delimited.BLOCK", block)
    patch.setattr("sledai.cli.whole_patients.ROWS", rows)


def written(*names: str) -> list[bytes]:
    return [Path(name).read_bytes() for name in names]


def save(lines: list[str], head: str = HEAD) -> None:
    Path("v.csv").write_text("\n".join([head, *lines]) + "\n", encoding="utf-8")


@pytest.fixture
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    return tmp_path


@pytest.fixture
def scratch(here: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Where temporary folders are made."""
    folder = here / "scratch"
    folder.mkdir()
    monkeypatch.setattr(tempfile, "tempdir", str(folder))
    return folder


@pytest.mark.usefixtures("here")
class TestAnySize:
    """A file is followed alike whole and in pieces, whatever the order of its rows; what is written
    has the rows in their order."""

    @pytest.mark.parametrize("rows", [3, 7, 39])
    @pytest.mark.parametrize("mixed", [False, True])
    def test_every_border(self, rows: int, mixed: bool) -> None:
        lines = sorted(VISITS, key=lambda line: line.split(",")[1]) if mixed else VISITS
        save(lines)
        command = ("visits", "v.csv", *NAMES, *MARKED)
        whole = run_here(*command, *BOTH)
        files = written("o.csv", "p.csv")
        shown = run_here(*command)
        with pytest.MonkeyPatch.context() as patch:
            small(patch, rows)
            assert run_here(*command, *BOTH) == whole
            assert written("o.csv", "p.csv") == files
            assert run_here(*command) == shown
        assert [line.split(",sledai")[0] for line in lines] == [
            line[: len(at)]
            for line, at in zip(
                Path("o.csv").read_text(encoding="utf-8").splitlines()[1:], lines, strict=True
            )
        ]

    @settings(max_examples=examples(6), deadline=None, phases=[Phase.generate])
    @given(order=st.permutations(range(len(VISITS))), rows=st.integers(9, 25))
    def test_order_changes_no_row(self, order: list[int], rows: int) -> None:
        """What is said of a visit does not depend on where its row stands."""
        with TemporaryDirectory() as folder, pytest.MonkeyPatch.context() as patch:
            patch.chdir(folder)
            save(VISITS)
            assert run_here("visits", "v.csv", *NAMES, *MARKED, *BOTH)[0] == 0
            visits, patients = map(read_visits, map(Path, ("o.csv", "p.csv")))
            save([VISITS[n] for n in order])
            small(patch, rows)
            assert run_here("visits", "v.csv", *NAMES, *MARKED, *BOTH)[0] == 0
            assert read_visits(Path("o.csv")).rows() == [visits.row(n) for n in order]
            sums = read_visits(Path("p.csv"))
            first = dict.fromkeys(VISITS[n].split(",")[0] for n in order)
            assert sums["patient"].to_list() == [*first]
            assert sums.sort("patient").equals(patients.sort("patient"))

    def test_a_patient_across_three_batches(self, monkeypatch: pytest.MonkeyPatch) -> None:
        """Each visit is held against the one before it, though that came in another batch."""
        totals = (2, 4, 6, 0, 2, 4, 6)
        cells = {0: "no,no", 2: "yes,no", 4: "no,yes", 6: "yes,yes"}
        days = [f"A,2024-01-0{n},{cells[total]}" for n, total in enumerate(totals, 1)]
        save([*days, "B,2024-01-01,no,no"], "id,seen,rash,arthritis")
        small(monkeypatch, 2, 40)
        assert (
            run_here("visits", "v.csv", "--subject", "id", "--date", "seen", *OTHERS, *BOTH)[0] == 0
        )
        found = read_visits(Path("o.csv"))
        assert found["sledai_change_low"].to_list() == [None, "2", "2", "-6", "2", "2", "2", None]
        assert read_visits(Path("p.csv"))["sledai_days"].to_list() == ["6", "0"]

    @pytest.mark.parametrize("rows", [15, 100])
    def test_who_comes_first_is_shown(self, rows: int, monkeypatch: pytest.MonkeyPatch) -> None:
        """So many patients as fit a screen, with all of their visits, in the order of the file."""
        lines = [f"p{n},2024-01-{day:02},yes,no" for day in (2, 1) for n in range(40)]
        save(lines, "id,seen,rash,arthritis")
        small(monkeypatch, rows, 100)
        _, out, _ = run_here("visits", "v.csv", "--subject", "id", "--date", "seen", *OTHERS)
        assert [word for word in out.split() if word.startswith("p") and word[1].isdigit()] == [
            f"p{n}:" for n in range(25)
        ]
        assert "... and 30 visits more" in out
        assert "80 visits of 40 patients" in out

    def test_what_counts_as_no_comes_in_the_order_of_patients(
        self, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        """Beside a visit at which alopecia, or rash, was not assessed, and a silence."""
        head = (
            "id,seen,rash,alopecia,new_lupus_activity,physician_global,prednisone_mg_day,"
            "maintenance_doses,hemolytic_anemia,gastrointestinal_activity"
        )
        rest = ",0,5,1,0,0"
        lines = [
            *(
                f"{who},2024-01-01,{answers},no{rest}"
                for who, answers in (("A", "0,"), ("B", ",0"))
            ),
            f"B,2024-02-01,,0,no{rest}",
            f"A,2024-02-01,0,,no{rest}",
            f"C,2024-01-01,0,0,no{rest}",
            f"C,2024-02-01,0,0,{rest}",
        ]
        others = [f"--absent={d}" for d in Descriptor if d not in {"rash", "alopecia"}]
        save(lines, head)
        command = ("visits", "v.csv", "--subject", "id", "--date", "seen", *others)
        said = "LLDAS at 3 visits counts as no what nobody answered: new alopecia, new rash, new_"
        for rows in (2, 100):
            small(monkeypatch, rows, 100)
            assert said in run_here(*command)[1]

    @pytest.mark.parametrize("rows", [2, 5, 100])
    @pytest.mark.parametrize("order", [(0, 1, 2, 3), (3, 1, 0, 2)])
    def test_rejects(
        self, rows: int, order: tuple[int, ...], monkeypatch: pytest.MonkeyPatch
    ) -> None:
        """Whoever has a wrong row, or two visits of a day, is set aside whole."""
        lines = [
            *("A,2024-01-01,yes,no", "A,2024-02-01,maybe,no", "B,2024-01-01,no,no"),
            *(
                "B,2024-01-01,no,yes",
                ",2024-01-01,no,no",
                "C,2024-01-01,no,no",
                "C,2024-02-01,no,yes",
            ),
            *("short", "A,2024-03-01,no,no", "D,2024-01-01,yes,no", "B,2024-02-01,no,no"),
        ]
        parts = [lines[n::4] for n in order]
        lines = [line for part in parts for line in part]
        save(lines, "id,seen,rash,arthritis")
        small(monkeypatch, rows, 50)
        command = ("visits", "v.csv", "--subject", "id", "--date", "seen", *OTHERS, *BOTH)
        code, out, err = run_here(*command, "--rejects", "r.csv")
        assert (code, err) == (1, "")
        assert "3 visits of 2 patients" in out
        assert "8 rows written to r.csv: 5 that cannot be read, 3 others of their patients" in out
        assert "2 of them of no patient that can be read" in out
        kept, aside = read_visits(Path("o.csv")), read_visits(Path("r.csv"))
        assert [",".join(row) for row in kept.select("id", "seen", "rash", "arthritis").rows()] == [
            line for line in lines if line[0] in "CD"
        ]
        assert dict(
            kept.filter(pl.col("id") == "C").select("seen", "sledai_change_low").rows()
        ) == {
            "2024-01-01": None,
            "2024-02-01": "4",
        }
        twice = "seen: another visit of the patient on 2024-01-01; accepted: one visit of a date"
        said = {
            "A,2024-02-01,maybe,no": "rash: found 'maybe'",
            "B,2024-01-01,no,no": twice,
            "B,2024-01-01,no,yes": twice,
            ",2024-01-01,no,no": (
                "id: found nothing; accepted: a name or number, that --missing does not name"
            ),
            "short": "1 field, the header has 4",
        }
        another = "another row of this patient cannot be read"
        assert dict(aside.select("sledai_line", "sledai_reason").rows()) == {
            str(n): said.get(line, another)
            for n, line in enumerate(lines, 2)
            if line[0] not in "CD"
        }

    @pytest.mark.parametrize("rows", [1, 2, 100])
    def test_a_file_without_patients_that_stay(
        self, rows: int, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        save(["A,soon,no,no", "B,,no,no", "A,2024-01-01,no,no"], "id,seen,rash,arthritis")
        small(monkeypatch, rows, 20)
        command = ("visits", "v.csv", "--subject", "id", "--date", "seen", *OTHERS, *BOTH)
        assert run_here(*command, "--rejects", "r.csv")[0] == 1
        assert (
            Path("p.csv").read_text(encoding="utf-8") == ",".join(["id", *PATIENT_COLUMNS]) + "\n"
        )
        assert read_visits(Path("o.csv")).height == 0

    @pytest.mark.parametrize("rows", [1, 2, 100])
    def test_rows_of_nobody_alone(self, rows: int, monkeypatch: pytest.MonkeyPatch) -> None:
        save([",2024-01-01,no,no", ",2024-01-02,no,no"], "id,seen,rash,arthritis")
        small(monkeypatch, rows, 20)
        command = ("visits", "v.csv", "--subject", "id", "--date", "seen", *OTHERS, *BOTH)
        code, out, _ = run_here(*command, "--rejects", "r.csv")
        assert (code, "0 visits of 0 patients" in out) == (1, True)
        assert read_visits(Path("r.csv")).height == 2

    @pytest.mark.parametrize("rows", [20, 100])
    def test_dates_that_stand_twice(self, rows: int, monkeypatch: pytest.MonkeyPatch) -> None:
        """All are counted, and the first are named, patient by patient."""
        lines = [f"p{n},2024-01-0{day},no,no" for day in (1, 2, 1) for n in range(25)]
        save(lines, "id,seen,rash,arthritis")
        small(monkeypatch, rows, 100)
        command = ("visits", "v.csv", "--subject", "id", "--date", "seen", *OTHERS)
        code, _, err = run_here(*command, *BOTH)
        assert code == 2
        assert err.startswith(
            "error: visits of one patient on one date: 25; accepted: one visit of a date "
            "line 2 and line 52: one patient twice on 2024-01-01 line 3 and line 53: "
        )
        assert err.endswith("line 21 and line 71: one patient twice on 2024-01-01 and 5 more")
        assert not list(Path().glob("?.csv.*"))

    @pytest.mark.parametrize("rows", [2, 100])
    @pytest.mark.parametrize("second", ["A", "B"])
    def test_recorded_scores_that_answers_cannot_give(
        self, rows: int, second: str, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        """The first row of the file is named, though the dates of another patient stand twice."""
        lines = ["A,2024-01-01,no,no,0", f"{second},2024-01-02,yes,no,9", "C,2024-01-01,no,no,0"]
        lines += ["C,2024-01-01,no,no,0", "A,2024-01-03,no,no,7"]
        save(lines, "id,seen,rash,arthritis,total")
        Path("b.toml").write_text('[recorded]\ntotal = "total"\n', encoding="utf-8")
        small(monkeypatch, rows, 30)
        command = ("visits", "v.csv", "--subject", "id", "--date", "seen", *OTHERS)
        code, _, err = run_here(*command, "--codebook", "b.toml", *BOTH)
        assert (code, err.startswith("error: line 3, found total_score 9; accepted: ")) == (2, True)
        save([line for line in lines if line[-1] == "0"][:2], "id,seen,rash,arthritis,total")
        assert run_here(*command, "--codebook", "b.toml", *BOTH)[0] == 0

    @pytest.mark.parametrize("keep", ["first", "last"])
    @pytest.mark.parametrize("rows", [2, 100])
    def test_one_visit_of_a_day_counts(
        self, keep: str, rows: int, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        """The other rows of the day stay, without results; patients come as their rows do."""
        lines = ["A,2024-01-01,yes,no", "B,2024-01-01,no,no", "A,2024-01-01,no,no"]
        save([*lines, "A,2024-02-01,no,yes"], "id,seen,rash,arthritis")
        Path("b.toml").write_text(f'[visit]\nsame_day = "{keep}"\n', encoding="utf-8")
        small(monkeypatch, rows, 30)
        command = ("visits", "v.csv", "--subject", "id", "--date", "seen", *OTHERS)
        code, out, _ = run_here(*command, "--codebook", "b.toml", *BOTH)
        assert (code, "3 visits of 2 patients" in out) == (0, True)
        found = read_visits(Path("o.csv"))["sledai_total"].to_list()
        assert found == (["2", "0", None, "4"] if keep == "first" else [None, "0", "0", "4"])
        assert read_visits(Path("p.csv"))["id"].to_list() == ["A", "B"]


class TestDisk:
    """What is kept on disk is gone in the end, whatever happened; a small file is not put there."""

    @pytest.mark.parametrize("lines", [VISITS, VISITS[::-1], [*VISITS, VISITS[0]]])
    def test_nothing_is_left(
        self, scratch: Path, lines: list[str], monkeypatch: pytest.MonkeyPatch
    ) -> None:
        save(lines)
        small(monkeypatch, 15)
        seen: list[int] = []
        by_visit = frame.by_visit

        def follow(*args: Any, **options: Any) -> Any:
            seen.extend(len(list(folder.iterdir())) for folder in scratch.iterdir())
            return by_visit(*args, **options)

        monkeypatch.setattr(frame, "by_visit", follow)
        run_here("visits", "v.csv", *NAMES, *BOTH)
        # Of two visits on one date it may be known before anybody is followed.
        assert len(lines) > len(VISITS) or max(seen) > 1
        assert not list(scratch.iterdir())

    def test_it_is_told_to_stop(self, scratch: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        by_visit = frame.by_visit

        def stop(*args: Any, **options: Any) -> Any:
            os.kill(os.getpid(), signal.SIGTERM)
            return by_visit(*args, **options)

        monkeypatch.setattr(frame, "by_visit", stop)
        for lines in (VISITS, VISITS[::-1]):
            save(lines)
            small(monkeypatch, 15)
            assert run_here("visits", "v.csv", *NAMES, *BOTH) == (
                130,
                "",
                "stopped: nothing was written",
            )
            assert not list(scratch.iterdir())
            assert sorted(path.name for path in Path().iterdir()) == ["scratch", "v.csv"]

    def test_a_small_file_stays_in_memory(
        self, scratch: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        save(VISITS[::-1])
        scratch.rmdir()
        assert run_here("visits", "v.csv", *NAMES, *BOTH)[0] == 0
        small(monkeypatch, 15)
        code, _, err = run_here("visits", "v.csv", *NAMES, *BOTH)
        assert (code, "scratch" in err) == (2, True)

    @pytest.mark.parametrize(
        ("error", "said"),
        [
            (OSError(28, "No space left on device"), "error: {}: No space left on device"),
            (pl.exceptions.ComputeError("x (os error 28)"), "error: {}: No space left on device"),
            (pl.exceptions.ComputeError("odd"), "error: odd"),
        ],
    )
    def test_no_room(
        self, scratch: Path, error: Exception, said: str, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        def fail(*_: object, **__: object) -> None:
            raise error

        save(VISITS)
        small(monkeypatch, 15)
        monkeypatch.setattr(pl.DataFrame, "write_ipc", fail)
        code, _, err = run_here("visits", "v.csv", *NAMES, *BOTH)
        assert (code, err) == (2, said.format(scratch))
        assert not list(scratch.iterdir())
        assert not list(Path().glob("?.csv.*"))

    def test_how_far_it_is(self, here: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        class Terminal(io.StringIO):
            def isatty(self) -> bool:
                return True

        assert here.is_dir()
        for lines in (VISITS, VISITS[::-1]):
            save(lines)
            small(monkeypatch, 15)
            with monkeypatch.context() as patch:
                terminal = Terminal()
                patch.setattr(sys, "stderr", terminal)
                with pytest.raises(SystemExit):
                    cli.run(["visits", "v.csv", *NAMES, *BOTH])
            assert "40 rows" in terminal.getvalue()


@pytest.mark.usefixtures("here")
class TestBaseline:
    """Each visit is held against the baseline that one of three rules finds for its patient."""

    HEAD = "id,seen,phase,arm,dose,rash,arthritis,physician_global"
    LINES = (
        "A,2024-01-01,Screening,x,2024-01-20,yes,yes,1",
        "A,2024-01-15,Baseline,x,2024-01-20,yes,no,1",
        "A,2024-02-15,week 4,x,2024-01-20,no,yes,1",
        "B,2024-01-10,baseline,y,,yes,yes,2",
        "B,2024-03-10,week 8,x,,no,no,2",
    )

    def followed(
        self, *options: str, lines: tuple[str, ...] = LINES
    ) -> tuple[tuple[int, str, str], list[tuple[Any, ...]]]:
        save([*lines], self.HEAD)
        command = ("visits", "v.csv", "--subject", "id", "--date", "seen", *OTHERS, *options)
        said = run_here(*command, "-o", "o.csv")
        assert (said[0], said[2]) == (0, "")
        found = read_visits(Path("o.csv"))
        assert found.columns == [*self.HEAD.split(","), *VISIT_COLUMNS, *BASELINE_COLUMNS]
        return said, found.select(
            "sledai_baseline_days", "sledai_baseline_change_low", "sledai_sri_4"
        ).rows()

    @pytest.mark.parametrize(
        ("options", "rule", "without", "a", "b"),
        [
            (
                ("--baseline", "first"),
                "the first visit",
                0,
                [("0", None, None), ("14", "-4", "undetermined"), ("45", "-2", "not_met")],
                [("0", None, None), ("60", "-6", "undetermined")],
            ),
            (
                ("--baseline-where", "phase=BASELINE"),
                "the visit where phase is baseline",
                0,
                [("-14", None, None), ("0", None, None), ("31", "2", "not_met")],
                [("0", None, None), ("60", "-6", "undetermined")],
            ),
            (
                ("--baseline-where", "phase=baseline", "--baseline-where", "arm=x"),
                "the visit where phase is baseline and arm is x",
                1,
                [("-14", None, None), ("0", None, None), ("31", "2", "not_met")],
                [(None, None, None)] * 2,
            ),
            (
                ("--baseline-by", "2024-01-14"),
                "the last visit on or before 2024-01-14",
                0,
                [("0", None, None), ("14", "-4", "undetermined"), ("45", "-2", "not_met")],
                [("0", None, None), ("60", "-6", "undetermined")],
            ),
            (
                ("--baseline-by", "dose"),
                "the last visit on or before dose",
                1,
                [("-14", None, None), ("0", None, None), ("31", "2", "not_met")],
                [(None, None, None)] * 2,
            ),
        ],
    )
    @pytest.mark.parametrize("rows", [2, 100])
    def test_rules(
        self,
        options: tuple[str, ...],
        rule: str,
        without: int,
        a: list[Any],
        b: list[Any],
        rows: int,
        monkeypatch: pytest.MonkeyPatch,
    ) -> None:
        small(monkeypatch, rows, 50)
        (_, out, _), found = self.followed(*options)
        assert found == a + b
        patients = "1 patient" if without == 1 else f"{without} patients"
        assert f"5 visits of 2 patients baseline: {rule}; without one: {patients} columns" in out
        made = json.loads(Path("o.csv.provenance.json").read_text(encoding="utf-8"))
        assert made["readings"]["baseline"] == rule
        mixed = tuple(self.LINES[n] for n in (3, 0, 4, 2, 1))
        _, again = self.followed(*options, lines=mixed)
        assert again == [(a + b)[n] for n in (3, 0, 4, 2, 1)]

    def test_the_example(self, run: Run) -> None:
        code, out, err = run(EXAMPLE, *MARKED, "-o", "course.csv", subject="patient", date="date")
        assert (code, err) == (0, "")
        assert "baseline: the visit where visit is baseline; without one: 0 patients\n" in out
        rows = read_visits(Path("course.csv"))
        assert rows.columns == [*HEAD.split(","), *VISIT_COLUMNS, *BASELINE_COLUMNS]
        first, second = rows.head(2).rows(named=True)
        assert [first[name] for name in BASELINE_COLUMNS] == ["0", *[None] * 13]
        assert (second["sledai_baseline_change_low"], second["sledai_sri_5"]) == ("-4", "not_met")

    def test_on_a_terminal(self, run: Run) -> None:
        """What the last visit of a patient is beside the baseline."""
        save([*self.LINES, "C,2024-01-01,,,,no,no,0"], self.HEAD)
        _, out, _ = run("v.csv", *OTHERS, "--baseline-where", "phase=baseline")
        assert "    since baseline 2024-01-15, 31 days: +2 (+100.0 %); SRI-4 no\n" in out
        assert "    since baseline 2024-01-10, 60 days: -6 (-100.0 %); SRI-4 open\n" in out
        shown = out[out.index("C: 1 visit") :].splitlines()
        assert shown[2] == "    no baseline"
        assert "; without one: 1 patient\n" in out
        _, out, _ = run("v.csv", *OTHERS, "--baseline-by", "2024-02-15")
        assert "    baseline 2024-02-15, no visit after it\n" in out
        save(["A,2024-01-01,,,,no,no,0", "A,2024-02-01,,,,yes,no,0"], self.HEAD)
        _, out, _ = run("v.csv", *OTHERS, "--baseline", "first")
        assert "    since baseline 2024-01-01, 31 days: +2; SRI-4 no\n" in out

    def test_days_of_a_study(self) -> None:
        save(["A,-7,yes,no", "A,0,yes,yes", "A,28,yes,no"], "id,day,rash,arthritis")
        Path("b.toml").write_text('[visit]\nsubject = "id"\nday = "day"\n', encoding="utf-8")
        command = ("visits", "v.csv", "--codebook", "b.toml", *OTHERS, "--baseline-by", "1")
        _, out, _ = run_here(*command)
        assert "baseline: the last visit on or before day 1; without one: 0 patients" in out
        assert "since baseline day 0, 28 days: -4 (-66.7 %); SRI-4 open" in out

    @pytest.mark.parametrize(
        ("options", "said"),
        [
            (
                ("--baseline", "first", "--baseline-by", "2024-01-01"),
                (
                    "error: found --baseline and --baseline-by; accepted: one of --baseline, "
                    "--baseline-where, --baseline-by"
                ),
            ),
            (
                ("--baseline-where", "phase"),
                (
                    "error: --baseline-where: found 'phase'; accepted: COLUMN=TEXT, such as "
                    "visit=baseline"
                ),
            ),
            (
                ("--baseline-where", "visit=baseline"),
                "error: no column 'visit', named for v.csv, --baseline-where",
            ),
            (
                ("--baseline-by", "soon"),
                (
                    "error: --baseline-by: found 'soon'; accepted: a date, such as 2024-01-16, or "
                    "a column of v.csv"
                ),
            ),
            (
                ("--baseline-by", "phase"),
                "column 'phase': found 'Screening'",
            ),
            (
                ("--baseline-where", "arm=x"),
                (
                    "error: line 2 and line 3: two baselines of one patient; accepted: one, the "
                    "visit where arm is x"
                ),
            ),
        ],
    )
    @pytest.mark.parametrize("rows", [2, 100])
    def test_what_is_refused(
        self, options: tuple[str, ...], said: str, rows: int, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        save([self.LINES[n] for n in (0, 1, 3, 2, 4)], self.HEAD)
        small(monkeypatch, rows, 50)
        command = ("visits", "v.csv", "--subject", "id", "--date", "seen", *OTHERS, *options)
        code, out, err = run_here(*command, "-o", "o.csv")
        assert (code, out, said in err) == (2, "", True), err
        assert not Path("o.csv").exists()

    def test_two_baselines_are_set_aside(self) -> None:
        save([*self.LINES], self.HEAD)
        command = ("visits", "v.csv", "--subject", "id", "--date", "seen", *OTHERS)
        options = ("--baseline-where", "arm=x", "-o", "o.csv", "--rejects", "r.csv")
        code, out, _ = run_here(*command, *options)
        assert (code, "2 visits of 1 patient baseline: " in out) == (1, True)
        two = "another baseline of the patient; accepted: one, the visit where arm is x"
        assert read_visits(Path("r.csv"))["sledai_reason"].to_list() == [two] * 3
        assert read_visits(Path("o.csv"))["sledai_baseline_days"].to_list() == ["-60", "0"]

    def test_a_date_that_cannot_be_read_is_set_aside(self) -> None:
        lines = [line.replace(",2024-01-20,", ",soon,") for line in self.LINES]
        save([self.LINES[0], *lines[1:]], self.HEAD)
        command = ("visits", "v.csv", "--subject", "id", "--date", "seen", *OTHERS)
        options = ("--baseline-by", "dose", "-o", "o.csv", "--rejects", "r.csv")
        assert run_here(*command, *options)[0] == 1
        wrong = "dose: found 'soon'; accepted: a date, such as 2024-01-16, empty"
        assert read_visits(Path("r.csv"))["sledai_reason"].to_list() == [
            "another row of this patient cannot be read",
            wrong,
            wrong,
        ]

    def test_of_two_marked_rows_of_a_day_one_counts(self) -> None:
        lines = ["A,2024-01-01,b,,,yes,no,1", "A,2024-01-01,b,,,no,no,1", "A,2024-02-01,,,,no,no,1"]
        save(lines, self.HEAD)
        Path("b.toml").write_text('[visit]\nsame_day = "first"\n', encoding="utf-8")
        command = ("visits", "v.csv", "--subject", "id", "--date", "seen", *OTHERS)
        options = ("--codebook", "b.toml", "--baseline-where", "phase=b", "-o", "o.csv")
        assert run_here(*command, *options)[0] == 0
        found = read_visits(Path("o.csv"))["sledai_baseline_change_low"].to_list()
        assert found == [None, None, "-2"]
