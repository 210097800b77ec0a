"""`sledai visits`: a table by patient, files by visit and by patient, errors with their line."""

import csv
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import polars as pl
import pytest

from sledai import Descriptor
from sledai.cli import app as cli
from sledai.codebook.fields import FIELDS as FIELD_NAMES
from sledai.frame import PATIENT_COLUMNS, VISIT_COLUMNS

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
