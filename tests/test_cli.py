"""The command line: scores on the terminal and in files; an error is a message and exit code 2."""

import io
import json
import os
import re
import signal
import subprocess
import sys
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from pathlib import Path
from time import sleep
from typing import Any

import polars as pl
import pytest
import spec_tables
import xlsxwriter

import sledai
from sledai import Descriptor, frame
from sledai.__main__ import main
from sledai.cli import app as cli
from sledai.codebook import Codebook
from sledai.definitions.editions import differing
from sledai.files import read_visits
from sledai.trials.catalog import CATALOG

ROOT = Path(__file__).parents[1]
VISITS = ROOT / "examples" / "visits.csv"

TWICE = ["--trial", "NCT05765006"]

Run = Callable[..., tuple[int, str, str]]


@pytest.fixture
def run(capsys: pytest.CaptureFixture[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Run:
    for color in ("CLICOLOR_FORCE", "FORCE_COLOR", "NO_COLOR"):
        monkeypatch.delenv(color, raising=False)
    monkeypatch.chdir(tmp_path)  # messages name files as the caller does: here without folders

    def run(*args: object) -> tuple[int, str, str]:
        with pytest.raises(SystemExit) as stopped:
            cli.run([str(arg) for arg in args])
        out, err = capsys.readouterr()
        assert "Traceback" not in out + err
        assert all(len(line) <= 80 for line in out.splitlines())
        code = stopped.value.code
        assert isinstance(code, int)
        return code, out, err

    return run


@pytest.fixture
def csv(tmp_path: Path) -> Callable[..., Path]:
    """Write a file of one visit with every descriptor absent but for those given."""

    def write(**cells: str) -> Path:
        row = {"id": "v1", **dict.fromkeys(spec_tables.NAMES, "no"), **cells}
        (tmp_path / "visits.csv").write_text(f"{','.join(row)}\n{','.join(row.values())}\n")
        return Path("visits.csv")

    return write


class TestScore:
    def test_the_example_as_a_table(self, run: Run) -> None:
        code, out, err = run("score", VISITS, "--trial", "NCT05765006")
        lines = out.splitlines()
        assert (code, err) == (0, "")
        assert lines[0].split() == (
            ["patient", "date", "visit", "total", "clinical", "not", "assessed", "NCT05765006"]
        )
        assert lines[1].split() == ["P01", "2024-01-16", "baseline", "12", "8", "-", "met"]
        assert lines[4].split()[3:] == ["6", "to", "10", "6", "2", "undetermined"]
        assert "40 visits: 29 with an exact total, 11 with a range" in out
        assert "19 met, 15 not met, 6 undetermined" in " ".join(out.split())
        told = " ".join(out.split())
        assert "columns read: seizure, psychosis, organic_brain_syndrome, visual_dist" in told
        assert "lupus_headache, cva as cerebrovascular_accident, vasculitis, arthritis" in told
        assert "1 visits at which no descriptor was assessed: left open" in told

    def test_every_visit_of_the_example_has_the_total_that_it_was_invented_with(
        self, run: Run
    ) -> None:
        run("score", VISITS, "-o", "scored.parquet")
        scored = pl.read_parquet("scored.parquet")
        totals = [
            f"{low}-{high}" if low != high else str(low)
            for low, high in scored.select("sledai_low", "sledai_high").rows()
        ]
        assert " ".join(totals) == (
            "12 8 8 6-10 4 2 0 30 18 4-20 10 4 12 10 9 7 2 4-6 23 10-14 10 2 0 13 7-11 2-6 4 "
            "8 10 6-22 6-28 4-8 8-10 0-105 7 15 14 11 16 14"
        )

    def test_what_was_not_assessed_is_named_below_the_table(
        self, run: Run, csv: Callable[..., Path]
    ) -> None:
        path = csv(fever="", pyuria="", arthritis="YES", low_complement="YES")
        _, out, _ = run("score", path, "--trial", "NCT05765006", "--trial", "NCT05899907")
        named = out.split("not assessed:\n")[1].split("\n\n")[0]
        assert " ".join(named.split()).startswith("v1: pyuria, fever; deciding NCT05765006: pyuria")

    def test_visits_without_another_column_are_named_by_their_row(self, run: Run) -> None:
        path = Path("v.csv")
        nothing, everything = "," * 23, ",".join(["no"] * 24)
        path.write_text("\n".join([",".join(spec_tables.NAMES), everything, nothing, ""]))
        _, out, _ = run("score", path, "--trial", "NCT05765006")
        assert "\nnot assessed:\n  row 2: all 24; deciding NCT05765006: all of them\n\n" in out

    def test_a_dozen_visits_are_too_many_to_name(self, run: Run) -> None:
        path = Path("v.csv")
        row = f"x,{','.join(['no'] * 23)},"
        path.write_text("\n".join([",".join(["id", *spec_tables.NAMES]), *[row] * 12, ""]))
        _, out, _ = run("score", path)
        assert out.count("  x: leukopenia\n") == 10
        assert "\n  and 2 more of these rows; -o FILE writes all of them\n\n12 visits" in out

    def test_a_complete_file_has_no_ranges(self, run: Run, csv: Callable[..., Path]) -> None:
        code, out, _ = run("score", csv(rash="YES"))
        assert (code, out.splitlines()[1].split()) == (0, ["v1", "2", "2", "-"])
        assert "1 visits: 1 with an exact total\ncolumns read: seizure, psychosis," in out

    def test_every_column_is_listed_as_it_is_written(
        self, run: Run, csv: Callable[..., Path]
    ) -> None:
        path = csv()
        path.write_text(path.read_text().replace("rash", "Rash").replace("fever", "Temp"))
        _, out, _ = run("score", path, "--column", "Temp=fever")
        told = " ".join(out.split())
        assert "pyuria, Rash as rash, alopecia" in told
        assert "increased_dna_binding, Temp as fever, thrombocytopenia, leukopenia" in told

    @pytest.mark.parametrize("suffix", [".csv", ".parquet", ".jsonl"])
    def test_a_file_with_all_columns_and_the_scores(self, run: Run, suffix: str) -> None:
        output = Path(f"scored{suffix}")
        code, out, _ = run("score", VISITS, "-o", output, "--trial", "nct05765006", *TWICE)
        assert (code, out.splitlines()[-2]) == (0, f"40 rows written to {output}")
        before = pl.read_csv(VISITS, infer_schema=False)
        after = read_visits(output)
        assert after.select(before.columns).equals(before)
        assert after.columns[len(before.columns) :] == [
            "sledai_total",
            "sledai_clinical",
            "sledai_low",
            "sledai_high",
            "sledai_clinical_low",
            "sledai_clinical_high",
            "sledai_not_assessed",
            "sledai_missing",
            "sledai_nct05765006",
            "sledai_nct05765006_deciding",
        ]
        assert after["sledai_missing"][3] == "low_complement, increased_dna_binding"
        assert after["sledai_nct05765006_deciding"][3] == "low_complement, increased_dna_binding"
        assert sum(total not in {None, ""} for total in after["sledai_total"]) == 29

    def test_points(self, run: Run, csv: Callable[..., Path]) -> None:
        cells = {**dict.fromkeys(spec_tables.NAMES, "0"), "arthritis": "4", "fever": "1"}
        code, out, _ = run("score", csv(**cells), "--items", "points")
        assert (code, out.splitlines()[1].split()[1]) == (0, "5")

    def test_columns_missing_texts_and_constants(self, run: Run, tmp_path: Path) -> None:
        row = dict.fromkeys(spec_tables.NAMES, "no") | {"swollen": "yes", "rash": "n/d"}
        for name in ("arthritis", "fever", "low_complement"):
            del row[name]
        path = tmp_path / "v.csv"
        path.write_text(f"{','.join(row)}\n{','.join(row.values())}\n")
        options = ["--column", "swollen=Arthritis", "--missing", "N/D", "--absent", "fever"]
        code, out, _ = run("score", path, *options, "--not-collected", "low_c3_c4")
        assert (code, out.splitlines()[1].split()) == (0, ["4", "to", "8", "4", "to", "6", "2"])
        assert "vasculitis, swollen as arthritis, myositis" in " ".join(out.split())
        assert "not collected: low_complement" in out
        assert "asserted absent at every visit: fever" in out

    def test_more_rows_than_a_screen(self, run: Run, csv: Callable[..., Path]) -> None:
        path = csv()
        header, row = path.read_text().splitlines()
        path.write_text("\n".join([header, *[row] * 60]))
        _, out, _ = run("score", path)
        assert "  and 10 more rows; -o FILE writes all of them" in out
        assert out.count("v1") == 50

    def test_cells_are_shown_as_plain_text(self, run: Run, csv: Callable[..., Path]) -> None:
        _, out, _ = run("score", csv(id="[red]x[/]\x1b[31m"))
        assert r"[red]x[/]\x1b" in out
        assert "\x1b" not in out
        assert "\x1b" not in out


class TestScoreRefuses:
    def test_cells_that_are_no_answer(self, run: Run, csv: Callable[..., Path]) -> None:
        output = Path("out.csv")
        code, out, err = run("score", csv(arthritis="8", fever="38.5"), "-o", output)
        assert (code, out) == (2, "")
        assert "  line 2, column 'arthritis': found '8'\n" in err
        assert "  line 2, column 'fever': found '38.5'\n" in err
        assert "accepted: yes, y, true" in " ".join(err.split())
        assert not output.exists()

    def test_missing_columns_and_bad_cells_in_one_message(self, run: Run, tmp_path: Path) -> None:
        path = tmp_path / "bad.csv"
        path.write_text("id,arthritis\n1,8\n")
        code, out, err = run("score", "bad.csv")
        assert (code, out) == (2, "")
        said = " ".join(err.split())
        assert "no column for seizure, psychosis," in said
        assert "(--column THEIRS=DESCRIPTOR)" in said
        assert "columns not used: 'id'" in said
        assert "one column only" not in said
        assert "line 2, column 'arthritis': found '8' bad.csv: this looks like a coding" in said

    def test_a_file_with_other_separators(self, run: Run, tmp_path: Path) -> None:
        (tmp_path / "v.csv").write_text("id;arthritis\n1;yes\n")
        code, _, err = run("score", "v.csv")
        assert code == 2
        assert "what separates the fields? (--separator)" in " ".join(err.split())

    def test_columns_not_used_are_listed_up_to_20(self, run: Run, tmp_path: Path) -> None:
        names = [f"c{n}" for n in range(25)]
        (tmp_path / "v.csv").write_text(f"{','.join(names)}\n{','.join(names)}\n")
        said = " ".join(run("score", "v.csv")[2].split())
        assert "'c18', 'c19' and 5 more" in said
        (tmp_path / "v.csv").write_text("arthritis\nyes\n")
        assert "columns not used: none" in run("score", "v.csv")[2]

    @pytest.mark.parametrize(
        ("options", "said"),
        [
            (["--trial", "NCT1"], "trial: found 'NCT1'; accepted: NCT05765006"),
            (["--column", "x"], "--column: found 'x'; accepted: THEIRS=DESCRIPTOR"),
            (["--column", "x=y=rash"], "no column 'x=y', named for rash"),
            (["--column", "id=rash", "--column", "id=fever"], "column 'id' is named twice"),
            (["--column", "x=knee"], "not one of the 24 descriptors: 'knee'"),
            (["--absent", "knee"], "not one of the 24 descriptors: 'knee'"),
            (["--absent", "fever"], "yet column 'fever' holds fever; if that is no item, say so"),
            (["--missing", "no"], "cannot take 'no' for a missing answer"),
            (["-o", "x.ods"], "x.ods: cannot write suffix '.ods'; accepted: .csv"),
            (["-o", "x.csv", "--rejects", "./x.csv"], "x.csv: named for two outputs"),
            (["-o", "visits.csv"], "visits.csv: this is the input, which is never overwritten"),
            (["--rejects", "x.json"], "x.json: cannot write suffix '.json'"),
            (["--policy", "guess"], "'guess' is not one of 'strict', 'absent'"),
            (["--separator", ",,"], "separator: found ',,'; accepted: one ASCII character, or tab"),
            (["--encoding", "x"], "encoding: found 'x'; accepted: utf-8, latin-1"),
            (["--items", "words"], "'words' is not one of 'binary', 'points'"),
        ],
    )
    def test_options(
        self, run: Run, csv: Callable[..., Path], options: list[str], said: str
    ) -> None:
        code, out, err = run("score", csv(), *options)
        assert (code, out) == (2, "")
        assert said in " ".join(err.split())

    def test_a_file_that_is_not_there(self, run: Run) -> None:
        for name in ("none.csv", "none.parquet", "none.jsonl"):
            code, _, err = run("score", name)
            assert (code, err) == (2, f"error: {name}: No such file or directory\n")

    def test_an_output_that_cannot_be_written(self, run: Run, csv: Callable[..., Path]) -> None:
        code, _, err = run("score", csv(), "-o", Path("none", "out.csv"))
        assert (code, err) == (2, "error: none: No such file or directory\n")

    def test_a_file_as_the_folder_of_the_output(self, run: Run, csv: Callable[..., Path]) -> None:
        code, _, err = run("score", csv(), "-o", "visits.csv/x.csv")
        assert (code, err) == (2, "error: visits.csv/x.csv: Not a directory\n")

    def test_a_folder_as_output(self, run: Run, csv: Callable[..., Path], tmp_path: Path) -> None:
        (tmp_path / "folder.csv").mkdir()
        code, _, err = run("score", csv(), "-o", "folder.csv")
        assert (code, err) == (2, "error: folder.csv: Is a directory\n")

    def test_the_input_as_output(self, run: Run, csv: Callable[..., Path]) -> None:
        path = csv()
        before = path.read_text()
        code, _, err = run("score", path, "-o", path)
        assert (code, path.read_text()) == (2, before)
        assert "is the input, which is never overwritten" in " ".join(err.split())

    def test_a_file_scored_before(self, run: Run, csv: Callable[..., Path]) -> None:
        output = Path("out.csv")
        run("score", csv(), "-o", output)
        code, out, _ = run("score", output, "-o", "again.csv")
        assert code == 0
        assert "names that the input has already: sledai_total as sledai_total_computed" in out
        once, again = (pl.read_csv(name, infer_schema=False) for name in (output, "again.csv"))
        # An empty text that stands in quotes is read as an empty cell.
        assert again.select(once.columns).equals(once.with_columns(sledai_missing=None))
        assert again["sledai_low_computed"].equals(once["sledai_low"], check_names=False)
        code, _, err = run("score", "again.csv", "-o", "third.csv")
        assert code == 2
        assert "already (rename or drop them): sledai_total_computed" in " ".join(err.split())

    def test_what_the_output_format_cannot_hold(self, run: Run, tmp_path: Path) -> None:
        path = tmp_path / "v.parquet"
        row = dict.fromkeys(spec_tables.NAMES, False)
        pl.DataFrame([{**row, "notes": ["a", "b"]}]).write_parquet(path)
        code, _, err = run("score", path, "-o", tmp_path / "out.csv")
        assert code == 2
        assert "CSV cannot hold column 'notes' of type List" in " ".join(err.split())
        assert sorted(p.name for p in tmp_path.iterdir()) == ["v.parquet"]


class TestRejects:
    """Each row of the input is in exactly one of the two files."""

    text = (
        f"id,{','.join(spec_tables.NAMES)}\n"
        f"a,{','.join(['no'] * 24)}\n"
        f"b,{','.join(['8', *['no'] * 22, 'maybe'])}\n"
        "c,no\n"
        f'"d\n",{",".join(["yes"] * 24)}\n'
        f"e,{','.join(['no'] * 24)},more\n"
        f"f,{','.join([''] * 24)}\n"
    )

    def test_rows_that_cannot_be_read_are_set_aside_with_line_and_reason(
        self, run: Run, tmp_path: Path
    ) -> None:
        (tmp_path / "v.csv").write_text(self.text)
        code, out, err = run("score", "v.csv", "-o", "s.csv", "--rejects", "r.csv")
        assert (code, err) == (1, "")
        assert out.splitlines()[-3:-1] == [
            "3 rows written to s.csv",
            "3 rows that cannot be read written to r.csv",
        ]
        assert read_visits(Path("s.csv"))["id"].to_list() == ["a", "d\n", "f"]
        rejects = read_visits(Path("r.csv"))
        assert rejects.columns == [
            "sledai_line",
            "sledai_reason",
            "sledai_record",
            "id",
            *spec_tables.NAMES,
        ]
        assert rejects["sledai_line"].to_list() == ["3", "4", "7"]
        assert rejects["sledai_reason"].to_list() == [
            "seizure: found '8'; leukopenia: found 'maybe'",
            "2 fields, the header has 25",
            "26 fields, the header has 25",
        ]
        assert rejects["id"].to_list() == ["b", None, None]
        assert rejects["leukopenia"].to_list() == ["maybe", None, None]
        assert rejects["sledai_record"].to_list() == [
            None,
            "c,no",
            f"e,{','.join(['no'] * 24)},more",
        ]

    @pytest.mark.parametrize("suffix", [".csv", ".parquet", ".jsonl"])
    def test_without_any_there_is_a_file_without_rows(
        self, run: Run, csv: Callable[..., Path], suffix: str
    ) -> None:
        code, out, _ = run("score", csv(), "--rejects", f"r{suffix}")
        assert code == 0
        assert f"0 rows that cannot be read written to r{suffix}" in out
        if suffix == ".jsonl":
            assert Path("r.jsonl").read_text() == ""
        else:
            assert read_visits(Path(f"r{suffix}")).height == 0

    def test_rows_of_parquet(self, run: Run, tmp_path: Path) -> None:
        row = {"id": "a", **dict.fromkeys(spec_tables.NAMES, 0)}
        rows = [row, {**row, "rash": 7, "fever": 1}, {**row, "fever": 1}]
        pl.DataFrame(rows).write_parquet(tmp_path / "v.parquet")
        code, _, _ = run("score", "v.parquet", "-o", "s.parquet", "--rejects", "r.parquet")
        assert code == 1
        assert pl.read_parquet("s.parquet")["sledai_total"].to_list() == [0, 1]
        rejects = pl.read_parquet("r.parquet")
        assert rejects.select("sledai_row", "sledai_reason", "rash").rows() == [
            (2, "rash: found '7'", 7)
        ]

    def test_records_of_json_lines(self, run: Run, tmp_path: Path) -> None:
        row = json.dumps(dict.fromkeys(spec_tables.NAMES, False))
        (tmp_path / "v.jsonl").write_text(f"{row}\n{{\n{row}\n")
        code, _, _ = run("score", "v.jsonl", "-o", "s.jsonl", "--rejects", "r.jsonl")
        assert code == 1
        assert read_visits(Path("s.jsonl")).height == 2
        rejects = read_visits(Path("r.jsonl"))
        assert rejects["sledai_line"].to_list() == [2]
        assert rejects["sledai_record"].to_list() == ["{"]

    def test_missing_columns_are_no_reason_to_reject_every_row(
        self, run: Run, tmp_path: Path
    ) -> None:
        (tmp_path / "v.csv").write_text("id,rash\n1,8\n")
        code, _, err = run("score", "v.csv", "-o", "s.csv", "--rejects", "r.csv")
        assert code == 2
        assert "no column for seizure" in err
        assert sorted(p.name for p in tmp_path.iterdir()) == ["v.csv"]

    def test_columns_that_are_there_already(self, run: Run, csv: Callable[..., Path]) -> None:
        path = csv(sledai_reason="x", rash="?", fever="yes")
        code, out, _ = run("score", path, "--rejects", "r.csv")
        assert code == 1
        assert "sledai_reason as sledai_reason_computed" in " ".join(out.split())
        rejects = read_visits(Path("r.csv"))
        assert rejects["sledai_reason_computed"].to_list() == ["rash: found '?'"]
        assert rejects["sledai_reason"].to_list() == ["x"]

    def test_where_a_file_breaks_off_nothing_is_written(self, run: Run, tmp_path: Path) -> None:
        (tmp_path / "v.csv").write_text(self.text + '"g')
        code, _, err = run("score", "v.csv", "-o", "s.csv", "--rejects", "r.csv")
        assert code == 2
        assert "v.csv: line 9: not readable as CSV: a quote that opens here" in err
        assert sorted(p.name for p in tmp_path.iterdir()) == ["v.csv"]

    def test_a_folder_as_rejects(self, run: Run, csv: Callable[..., Path], tmp_path: Path) -> None:
        (tmp_path / "r.csv").mkdir()
        code, _, err = run("score", csv(), "-o", "s.csv", "--rejects", "r.csv")
        assert (code, err) == (2, "error: r.csv: Is a directory\n")
        assert not Path("s.csv").exists()


class TestPolicy:
    def test_absent_is_in_the_output_and_in_the_summary(
        self, run: Run, csv: Callable[..., Path]
    ) -> None:
        code, out, _ = run("score", csv(rash="", fever="yes"), "--policy", "absent", "-o", "s.csv")
        assert code == 0
        assert "1 visits: 1 with an exact total" in out
        assert (
            "policy absent: 1 answers at 1 visits were not assessed and count as absent"
            in " ".join(out.split())
        )
        (row,) = read_visits(Path("s.csv")).rows(named=True)
        assert row["sledai_policy"] == "absent"
        assert (row["sledai_total"], row["sledai_not_assessed"]) == ("1", "1")
        assert row["rash"] is None  # as in the file

    def test_strict_is_the_default(self, run: Run, csv: Callable[..., Path]) -> None:
        _, out, _ = run("score", csv(rash=""), "-o", "s.csv")
        assert "policy" not in out
        (row,) = read_visits(Path("s.csv")).rows(named=True)
        assert (row["sledai_total"], "sledai_policy" in row) == (None, False)


class TestLargeFiles:
    def test_a_file_in_many_batches_is_scored_like_one(
        self, run: Run, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        run("score", VISITS, "-o", "one.csv", "--trial", "NCT05765006")
        monkeypatch.setattr("sledai.files.delimited.BLOCK", 300)
        code, out, _ = run("score", VISITS, "-o", "many.csv", "--trial", "NCT05765006")
        assert code == 0
        assert "40 visits: 29 with an exact total, 11 with a range" in out
        assert "19 met, 15 not met, 6 undetermined" in " ".join(out.split())
        assert Path("many.csv").read_bytes() == Path("one.csv").read_bytes()

    def test_the_table_shows_the_first_rows_of_all_batches(
        self, run: Run, csv: Callable[..., Path], monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr("sledai.files.delimited.BLOCK", 300)
        header, row = csv().read_text().splitlines()
        Path("v.csv").write_text("\n".join([header, *[row] * 60]))
        _, out, _ = run("score", "v.csv")
        assert out.count("v1") == 50
        assert "  and 10 more rows; -o FILE writes all of them" in out

    def test_reading_stops_when_enough_is_found(
        self, run: Run, csv: Callable[..., Path], monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr("sledai.files.delimited.BLOCK", 300)
        header, row = csv(rash="x").read_text().splitlines()
        Path("v.csv").write_text("\n".join([header, *[row] * 60, "short", ""]))
        code, _, err = run("score", "v.csv", "-o", "s.csv")
        said = " ".join(err.split())
        assert code == 2
        assert (
            "cells that are no answer in the first 20 rows, after which reading stopped: 20;"
            in said
        )
        assert "line 21, column 'rash': found 'x'" in said
        assert "short" not in said
        assert not Path("s.csv").exists()

    def test_ragged_lines_and_bad_cells_are_said_together(
        self, run: Run, csv: Callable[..., Path]
    ) -> None:
        path = csv(rash="x")
        path.write_text(path.read_text() + "short\n")
        _, _, err = run("score", path)
        said = " ".join(err.split())
        assert "visits.csv: records that are no row: 1 line 3: 1 field, the header has 25" in said
        assert "visits.csv: cells that are no answer: 1; accepted: yes" in said

    def test_a_file_without_rows(self, run: Run, tmp_path: Path) -> None:
        (tmp_path / "v.csv").write_text(f"id,{','.join(spec_tables.NAMES)}\n")
        code, out, _ = run("score", "v.csv", "-o", "s.csv")
        assert (code, out.splitlines()[0]) == (0, "0 visits: 0 with an exact total")
        assert "\n0 rows written to s.csv\n" in out
        assert read_visits(Path("s.csv")).columns[-1] == "sledai_missing"
        assert run("score", "v.csv")[0] == 0

    def test_ten_thousand_other_columns(self, run: Run, csv: Callable[..., Path]) -> None:
        code, out, _ = run("score", csv(**{f"c{n}": "x" for n in range(10_000)}), "-o", "s.csv")
        assert (code, out.splitlines()[-2]) == (0, "1 rows written to s.csv")

    @pytest.mark.parametrize("suffix", [".csv", ".jsonl", ".xlsx"])
    def test_a_column_without_a_name(self, run: Run, suffix: str) -> None:
        row = {"": "7", **dict.fromkeys(spec_tables.NAMES, "no"), "total": "1"}
        path = Path(f"v{suffix}")
        if suffix == ".xlsx":
            with xlsxwriter.Workbook("v.xlsx") as book:
                sheet = book.add_worksheet()
                for column, (name, cell) in enumerate(row.items()):
                    sheet.write(0, column, name)
                    sheet.write(1, column, cell)
        elif suffix == ".jsonl":
            path.write_text(json.dumps(row))
        else:
            path.write_text(f"{','.join(row)}\n{','.join(row.values())}\n")
        code, out, _ = run("score", path, "-o", "s.csv", "--rejects", "r.csv")
        assert (code, read_visits(Path("s.csv")).columns[0]) == (0, "")
        assert run("score", path)[1].splitlines()[1].split()[0] == "7"
        code, out, _ = run("audit", path, "--recorded", "total", "-o", "f.csv")
        assert (code, "7  1\n" in out) == (1, True)
        assert read_visits(Path("f.csv")).columns[1] == ""

    @pytest.mark.parametrize("name", ["^t.*$", "*"])
    def test_a_name_that_polars_would_take_for_a_pattern(self, run: Run, name: str) -> None:
        row = {name: "x", **dict.fromkeys(spec_tables.NAMES, "no"), "total": "1"}
        Path("v.csv").write_text(f"{','.join(row)}\n{','.join(row.values())}\n")
        assert run("score", "v.csv", "-o", "s.csv", "--rejects", "r.csv")[0] == 0
        assert run("audit", "v.csv", "--recorded", "total", "-o", "f.csv")[0] == 1
        Path("w.csv").write_text(Path("v.csv").read_text().replace("x", "0"))
        code, out, _ = run("audit", "w.csv", "--recorded", name)
        assert (code, "1 agree" in out) == (0, True)

    def test_other_separators_encodings_and_sheets(
        self, run: Run, csv: Callable[..., Path]
    ) -> None:
        path = csv(id="Zo\u00e9")
        text = path.read_text(encoding="utf-8").replace(",", ";")
        path.write_bytes(text.encode("latin-1"))
        code, out, _ = run("score", path, "--separator", ";", "--encoding", "latin-1")
        assert (code, "Zo\u00e9" in out) == (0, True)
        code, _, err = run("score", path, "--separator", ";")
        assert code == 2
        assert "line 2: not text in utf-8" in err
        with xlsxwriter.Workbook("v.xlsx") as book:
            for name in ("a", "b"):
                sheet = book.add_worksheet(name)
                for column, descriptor in enumerate(spec_tables.NAMES):
                    sheet.write(0, column, descriptor)
                    sheet.write(1, column, int(name == "b" and column % 2))
        assert run("score", "v.xlsx")[0] == 2
        code, out, _ = run("score", "v.xlsx", "--sheet", "b")
        assert (code, out.splitlines()[1].split()) == (0, ["52", "50", "-"])


class Terminal(io.StringIO):
    """What is written to a terminal."""

    def isatty(self) -> bool:
        return True


class TestProgress:
    @pytest.fixture
    def big(self, tmp_path: Path) -> Path:
        row = {"id": "a", **dict.fromkeys(spec_tables.NAMES, False)}
        path = tmp_path / "big.parquet"
        pl.DataFrame([row] * 1000).sample(6_000_000, with_replacement=True).write_parquet(path)
        return path

    def test_it_is_shown_on_a_terminal(self, big: Path) -> None:
        terminal, stderr = os.openpty()
        with subprocess.Popen(  # noqa: S603
            [sys.executable, "-m", "sledai", "score", big.name, "-o", "s.parquet"],
            cwd=big.parent,
            env=os.environ | {"COLUMNS": "80", "TERM": "xterm"},
            stdout=subprocess.PIPE,
            stderr=stderr,
        ) as process:
            os.close(stderr)
            shown = b""
            with suppress(OSError):  # of a terminal that nobody holds open
                while part := os.read(terminal, 10_000):
                    shown += part
        os.close(terminal)
        text = re.sub(r"\x1b\[[0-9;?]*[A-Za-z]", "", shown.decode())
        assert process.returncode == 0
        rows = {int(n.replace(",", "")) for n in re.findall(r"([\d,]+) rows ", text)}
        assert len(rows) > 1
        assert max(rows) == 6_000_000
        assert re.search(r"[\d,]{5,} rows/s +\d:\d\d:\d\d left", text)
        assert all(len(line) <= 80 for line in re.split(r"[\r\n]+", text))

    def test_it_says_rows_and_rate(
        self, run: Run, csv: Callable[..., Path], monkeypatch: pytest.MonkeyPatch
    ) -> None:
        terminal = Terminal()
        monkeypatch.setattr(sys, "stderr", terminal)
        assert run("score", csv(), "-o", "s.csv")[0] == 0
        assert "1 rows" in terminal.getvalue()
        assert "rows/s" in terminal.getvalue()

    def test_it_is_told_to_stop(
        self, run: Run, csv: Callable[..., Path], monkeypatch: pytest.MonkeyPatch
    ) -> None:
        score = frame.score

        def stop(*args: Any, **options: Any) -> Any:
            os.kill(os.getpid(), signal.SIGTERM)
            return score(*args, **options)

        before = signal.getsignal(signal.SIGTERM)
        monkeypatch.setattr(frame, "score", stop)
        assert run("score", csv(), "-o", "s.csv") == (130, "", "stopped: nothing was written\n")
        assert not Path("s.csv").exists()
        assert signal.getsignal(signal.SIGTERM) is before

    def test_it_runs_in_any_thread(self, run: Run, csv: Callable[..., Path]) -> None:
        path = csv()
        with ThreadPoolExecutor(1) as threads:
            assert threads.submit(run, "score", path, "-o", "s.csv").result()[0] == 0

    def test_it_is_silent_in_a_pipe(
        self, run: Run, csv: Callable[..., Path], monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setenv("FORCE_COLOR", "1")
        assert run("score", csv(), "-o", "s.csv")[2] == ""

    @pytest.mark.parametrize("wait", [0, 0.2])
    @pytest.mark.parametrize("stop", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP])
    def test_a_stop_leaves_nothing(self, big: Path, stop: signal.Signals, wait: float) -> None:
        process = self.started(big)
        sleep(wait)
        process.send_signal(stop)
        _, err = process.communicate(timeout=60)
        assert (process.returncode, err) == (130, "stopped: nothing was written\n")
        assert list(big.parent.iterdir()) == [big]

    def test_a_kill_leaves_nothing_under_the_final_name(self, big: Path) -> None:
        process = self.started(big)
        process.kill()
        process.communicate()
        assert not (big.parent / "s.parquet").exists()

    def started(self, big: Path) -> subprocess.Popen[str]:
        """Score, until the output is being written."""
        process = subprocess.Popen(  # noqa: S603
            [sys.executable, "-m", "sledai", "score", big.name, "-o", "s.parquet"],
            cwd=big.parent,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.PIPE,
            text=True,
        )
        for _ in range(6000):
            if list(big.parent.glob(".s.parquet.*.part")):
                return process
            assert process.poll() is None
            sleep(0.01)
        raise AssertionError("nothing is written")

    def test_it_is_stopped_by_the_caller(
        self, run: Run, csv: Callable[..., Path], monkeypatch: pytest.MonkeyPatch
    ) -> None:
        def stop(*_: object, **__: object) -> None:
            raise KeyboardInterrupt

        monkeypatch.setattr(frame, "score", stop)
        assert run("score", csv(), "-o", "s.csv") == (130, "", "stopped: nothing was written\n")
        assert not Path("s.csv").exists()


class TestAudit:
    def file(self, path: Path, *rows: dict[str, str]) -> Path:
        lines = [{"id": "v", **dict.fromkeys(spec_tables.NAMES, "no"), **row} for row in rows]
        text = "\n".join([",".join(lines[0]), *(",".join(line.values()) for line in lines)])
        path.write_text(f"{text}\n")
        return path

    def test_values_that_no_item_is_held_against_are_said(self, run: Run) -> None:
        cells = {"total": "0", "plt": "200", "plt_unit": "10*9/L", "c3": "1"}
        path = self.file(Path("v.csv"), cells)
        Codebook(
            recorded={"total": "total"},
            findings={
                "platelets": {"column": "plt", "unit_column": "plt_unit"},
                "c3": {"column": "c3", "unit": "g/L"},
            },
        ).dump("b.toml")
        code, out, _ = run("audit", path, "--codebook", "b.toml")
        assert code == 0
        assert "held against no item: plt as platelets, c3 as c3\n" in out

    def test_what_disagrees_is_explained(self, run: Run) -> None:
        path = self.file(
            Path("v.csv"),
            {"total": "0"},
            {"id": "w", "arthritis": "yes", "leukopenia": "yes", "total": "4"},
            {"total": ""},
        )
        code, out, err = run("audit", path, "--recorded", "total")
        assert (code, err) == (1, "")
        assert out.startswith(
            "recorded scores that disagree: 1\n\n"
            "line 3  w  4\n"
            "  total recorded 4, computed 5, difference -1: leukopenia present but not added\n\n"
            "3 visits\n"
            "total (total): 1 agree, 1 disagree, 1 not recorded\ncolumns read: seizure"
        )

    def test_a_weight_that_explains_most_stands_before_the_rows(self, run: Run) -> None:
        headache = {"lupus_headache": "yes", "total": "4"}
        path = self.file(Path("v.csv"), headache, headache, headache, {"fever": "", "total": "0"})
        code, out, _ = run("audit", path, "--recorded", "total", "-o", "f.json")
        assert code == 1
        assert out.startswith(
            "total: lupus_headache counted 4, not 8, in all 3 visits that have it: explains 3\n"
            "  of 3 visits with known answers that disagree\n\n"
            "recorded scores that disagree: 3\n"
        )
        assert json.loads(Path("f.json").read_text())["weights"] == [
            {
                "check": "total",
                "descriptor": "lupus_headache",
                "weight": 4,
                "explained": 3,
                "having": 3,
                "disagreeing": 3,
            }
        ]

    def test_when_all_agrees_the_exit_code_is_0(self, run: Run) -> None:
        path = self.file(Path("v.csv"), {"rash": "yes", "total": "2.0"})
        code, out, _ = run("audit", path, "--recorded", "total")
        assert (code, out.splitlines()[:2]) == (0, ["1 visits", "total (total): 1 agree"])

    def test_what_is_possible_says_what_it_implies(self, run: Run) -> None:
        path = self.file(Path("v.csv"), {"rash": "", "fever": "", "total": "2"})
        code, out, _ = run("audit", path, "--recorded", "total")
        assert code == 0
        assert "recorded scores that are possible, with descriptors not assessed: 1" in out
        assert "computed 0 to 3: implies rash present; fever absent" in " ".join(out.split())

    def test_clinical_scores_too(self, run: Run) -> None:
        path = self.file(
            Path("v.csv"), {"rash": "yes", "low_complement": "yes", "total": "4", "clin": "4"}
        )
        code, out, _ = run("audit", path, "--recorded", "total", "--clinical", "clin")
        assert code == 1
        assert "clinical recorded 4, computed 2, difference +2: 1 of alopecia" in out
        assert "total (total): 1 agree" in out
        assert "clinical (clin): 1 disagree" in out
        assert "serologic (recorded total less clinical score): 1 disagree" in out
        assert "serologic recorded" not in out  # it follows from the clinical score

    def test_laboratory_values_give_queries(self, run: Run) -> None:
        path = self.file(
            Path("v.csv"),
            {"total": "0", "wbc": "2.9", "plt": "100"},
            {"total": "1", "wbc": "<5", "plt": "99.9", "thrombocytopenia": "yes"},
            {"total": "1", "wbc": "", "plt": "", "thrombocytopenia": "yes"},
            {"total": "1", "wbc": "3", "plt": "100", "thrombocytopenia": "yes"},
        )
        labs = ["--lab", "white_cells=wbc 10*9/L", "--lab", "platelets=plt K/uL"]
        code, out, _ = run("audit", path, "--recorded", "total", *labs)
        said = " ".join(out.split())
        assert code == 0
        assert "queries on laboratory values: 2" in said
        assert (
            "line 2 v 0 2.9 white_cells 2.9 10*9/L, past the limit (< 3,000 per mm3), yet "
            "leukopenia is absent: overlooked, or of another cause?" in said
        )
        assert (
            "line 5 v 1 3 platelets 100 K/uL, not past the limit (< 100,000 per mm3), yet "
            "thrombocytopenia is present: by which value?" in said
        )
        assert (
            "leukopenia by wbc (white_cells < 3 10*9/L): 1 absent though past the limit, 0 present "
            "though not past it; 1 cells without a number, such as '<5'" in said
        )

    @pytest.mark.parametrize("suffix", [".csv", ".parquet", ".jsonl"])
    def test_findings_as_a_table(self, run: Run, suffix: str) -> None:
        path = self.file(
            Path("v.csv"),
            {"total": "1", "note": "x"},
            {"rash": "", "total": "2", "note": "y"},
        )
        code, out, _ = run("audit", path, "--recorded", "total", "-o", f"f{suffix}")
        assert (code, out.splitlines()[-2]) == (1, f"2 findings written to f{suffix}")
        rows = read_visits(Path(f"f{suffix}")).rows(named=True)
        assert [str(row["sledai_line"]) for row in rows] == ["2", "3"]
        assert [row["note"] for row in rows] == ["x", "y"]
        assert [row["sledai_status"] for row in rows] == ["disagrees", "possible"]
        assert [row["sledai_explanation"] for row in rows] == [
            "1 of fever, thrombocytopenia, leukopenia absent but added",
            "implies rash present",
        ]
        assert [float(row["sledai_difference"]) for row in rows] == [1, 0]

    def test_the_whole_report_as_json(self, run: Run) -> None:
        path = self.file(
            Path("v.csv"),
            {"total": "1", "wbc": "2"},
            {"total": "1", "wbc": "?", "leukopenia": "yes"},
            {"total": "0", "wbc": "", "fever": ""},
        )
        lab = ["--lab", "white_cells=wbc 10*9/L"]
        code, _, _ = run("audit", path, "--recorded", "total", *lab, "-o", "f.json")
        assert code == 1
        report = json.loads(Path("f.json").read_text(encoding="utf-8"))
        assert report["visits"] == 3
        assert report["agreement"] == {
            "total": {"agrees": 1, "possible": 1, "disagrees": 1, "not_recorded": 0}
        }
        assert report["queries"] == [
            {
                "analyte": "white_cells",
                "column": "wbc",
                "unit": "10*9/L",
                "absent_past_limit": 1,
                "present_within_limit": 0,
            }
        ]
        assert report["cells_without_an_answer"] == {}
        assert report["cells_without_a_number"] == {"total": {}, "wbc": {"?": 1}}
        first = report["findings"][0]
        assert first == {
            "line": 2,
            "columns": {"id": "v", "total": "1", "wbc": "2"},
            "check": "total",
            "status": "disagrees",
            "recorded": 1.0,
            "computed_low": 0,
            "computed_high": 0,
            "difference": 1.0,
            "explanation": "1 of fever, thrombocytopenia, leukopenia absent but added",
            "alternatives": [
                [{"added_though_absent": 1, "among": ["fever", "thrombocytopenia", "leukopenia"]}]
            ],
        }
        statuses = [f["status"] for f in report["findings"]]
        assert statuses == ["disagrees", "query", "cell", "possible"]
        assert report["findings"][1]["alternatives"] == []

    def test_more_findings_than_a_screen(self, run: Run) -> None:
        path = self.file(Path("v.csv"), *[{"total": "1"}] * 60)
        _, out, _ = run("audit", path, "--recorded", "total")
        assert out.count("total recorded 1") == 50
        assert "  and 10 more; -o FILE writes all of them" in out

    def test_a_file_in_many_batches_is_audited_like_one(
        self, run: Run, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        path = self.file(Path("v.csv"), *[{"total": str(n % 3)} for n in range(40)])
        one = run("audit", path, "--recorded", "total")
        monkeypatch.setattr("sledai.files.delimited.BLOCK", 300)
        assert run("audit", path, "--recorded", "total") == one

    def test_a_total_that_was_computed_here_agrees(self, run: Run) -> None:
        run("score", VISITS, "-o", "scored.csv", "--policy", "absent")
        code, out, _ = run("audit", "scored.csv", "--recorded", "sledai_total")
        assert code == 0
        assert "total (sledai_total): 29 agree, 10 possible, 1 not recorded" in out

    @pytest.mark.parametrize(
        ("options", "said"),
        [
            (["--recorded", "x"], "v.csv: no column 'x'"),
            (["--recorded", "total", "--clinical", "x"], "v.csv: no column 'x'"),
            (["--recorded", "total", "--lab", "white_cells=x 10*9/L"], "v.csv: no column 'x'"),
            (["--recorded", "total", "--lab", "wbc"], "--lab: found 'wbc'; accepted: 'ANALYTE="),
            (["--recorded", "total", "--lab", "platelets=plt"], "--lab: found 'platelets=plt'"),
            (
                ["--recorded", "total", "--lab", "iron=total mg"],
                "--lab: found 'iron'; accepted: urine_red_cells, ",
            ),
            (
                ["--recorded", "total", "--lab", "platelets=total g/L"],
                "unit of platelets: found 'g/L'; accepted: /mm3, /uL, 10*9/L",
            ),
            (["--recorded", "total", "-o", "v.csv"], "v.csv: this is the input, which is never"),
            (["--recorded", "total", "-o", "none/x.json"], "none: No such file or directory"),
            (["--recorded", "total", "-o", "x.ods"], "x.ods: cannot write suffix '.ods'"),
            (
                ["--recorded", "total", "--column", "total=rash"],
                "column 'total' is named both for rash and for the recorded total",
            ),
            ([], "no recorded total; accepted: --recorded COLUMN, or total in [recorded] of a"),
        ],
    )
    def test_options(self, run: Run, options: list[str], said: str) -> None:
        path = self.file(Path("v.csv"), {"total": "1"})
        code, out, err = run("audit", path, *options)
        assert (code, out) == (2, "")
        assert said in " ".join(err.split())

    def test_texts_that_stand_for_nothing(self, run: Run) -> None:
        path = self.file(Path("v.csv"), {"total": "N/A"}, {"total": "0"})
        code, out, _ = run("audit", path, "--recorded", "total", "--missing", "n/a")
        assert (code, out.splitlines()[1]) == (0, "total (total): 1 agree, 1 not recorded")

    def test_columns_of_the_findings_that_are_there_already(self, run: Run) -> None:
        path = self.file(Path("v.csv"), {"total": "0", "sledai_check": "x"})
        code, _, err = run("audit", path, "--recorded", "total")
        assert code == 2
        assert "are there already (rename or drop them): 'sledai_check'" in " ".join(err.split())

    def test_a_file_without_rows(self, run: Run) -> None:
        path = self.file(Path("v.csv"), {"total": "0"})
        path.write_text(path.read_text().splitlines()[0])
        code, out, _ = run("audit", path, "--recorded", "total", "-o", "f.csv")
        assert (code, out.splitlines()[:2]) == (0, ["0 visits", "total (total): none"])
        assert read_visits(Path("f.csv")).height == 0


class TestDerive:
    LABS = ("--lab", "platelets=plt 10*9/L", "--lab", "c3=C 3 g/L lower=0.9")

    def file(self, *rows: str, header: str = "id,plt,C 3,c4,c4 from,new") -> Path:
        path = Path("labs.csv")
        path.write_text("\n".join([header, *rows]) + "\n")
        return path

    @pytest.mark.parametrize(
        ("edition", "answer"), [("SELENA", "false"), ("hybrid", "true"), ("SLEDAI_2K", "true")]
    )
    def test_the_hybrid_counts_lasting_proteinuria(
        self, run: Run, edition: str, answer: str
    ) -> None:
        path = self.file("2,2", header="now,before")
        labs = (
            "--lab",
            "urine_protein_24h=now g/d",
            "--lab",
            "previous_urine_protein_24h=before g/d",
        )
        code, _, err = run("derive", path, "--edition", edition, *labs, "-o", "d.csv")
        assert (code, err) == (0, "")
        assert Path("d.csv").read_text().splitlines()[1].split(",")[2] == answer

    def test_items_with_a_reason_each(self, run: Run) -> None:
        path = self.file(
            "a,92,1.0,0.2,0.1,",
            "b,<100,0.89,,,",
            "c,100,,,,",
            "d,<150,,0.09,0.1,",
            header="id,plt,C 3,c4,c4_from,new",
        )
        code, out, err = run(
            "derive", path, "--edition", "SELENA", *self.LABS,
            "--lab", "c4=c4 g/L lower=c4_from", "-o", "d.csv",
        )  # fmt: skip
        assert (code, err) == (0, "")
        assert [line.split() for line in out.splitlines()[:3]] == [
            ["descriptor", "present", "absent", "not", "assessed"],
            ["low_complement", "2", "1", "1"],
            ["thrombocytopenia", "2", "1", "1"],
        ]
        assert out.splitlines()[-3:-1] == [
            "4 visits, by the definitions of SELENA-SLEDAI",
            "4 rows written to d.csv",
        ]
        written = pl.read_csv("d.csv", infer_schema=False)
        assert written["plt"].to_list() == ["92", "<100", "100", "<150"]
        assert written["thrombocytopenia"].to_list() == ["true", "true", "false", None]
        assert written["low_complement"].to_list() == ["false", "true", None, "true"]
        assert written["sledai_thrombocytopenia_reason"].to_list() == [
            "present: platelets < 100,000 per mm3 [SELENA-SLEDAI]",
            "present: platelets < 100,000 per mm3 [SELENA-SLEDAI]",
            "absent: not platelets < 100,000 per mm3 [SELENA-SLEDAI]",
            "not assessed: platelets < 100,000 per mm3: not known [SELENA-SLEDAI]",
        ]

    def test_what_is_derived_can_be_scored(self, run: Run) -> None:
        path = self.file("a,92,0.5,,,", "b,200,,,,")
        run("derive", path, "--edition", "SELENA", *self.LABS, "-o", "d.csv")
        others = [
            part
            for d in Descriptor
            if d not in {Descriptor.THROMBOCYTOPENIA, Descriptor.LOW_COMPLEMENT}
            for part in ("--absent", d.value)
        ]
        code, out, _ = run("score", "d.csv", *others, "-o", "s.csv")
        assert (code, pl.read_csv("s.csv")["sledai_low"].to_list()) == (0, [3, 0])
        assert "2 visits: 1 with an exact total" in out

    def test_a_prefix_where_the_names_are_taken(self, run: Run) -> None:
        path = self.file("a,92,no", header="id,plt,thrombocytopenia")
        options = ("--edition", "SLEDAI-2K", "--lab", "platelets=plt 10*9/L", "-o", "d.csv")
        code, out, _ = run("derive", path, *options)
        assert code == 0
        assert "names that the input has already: thrombocytopenia as " in out
        (row,) = pl.read_csv("d.csv").rows()
        assert row[:4] == ("a", 92, "no", True)
        assert row[4].startswith("present: platelets < 100,000 per mm3; assumed")
        assert pl.read_csv("d.csv").columns[2:4] == [
            "thrombocytopenia",
            "thrombocytopenia_computed",
        ]
        code, _, _ = run("derive", path, *options, "--prefix", "derived_")
        assert code == 0
        assert pl.read_csv("d.csv").columns == [
            "id",
            "plt",
            "thrombocytopenia",
            "derived_thrombocytopenia",
            "derived_sledai_thrombocytopenia_reason",
        ]

    def test_signs(self, run: Run) -> None:
        header = "id,protein,new,eruption,before"
        path = self.file("a,0.8,yes,no,", "b,0.8,no,Yes,", "c,>3,NA,,", header=header)
        options = (
            "--lab", "urine_protein_24h=protein g/d", "--sign", "proteinuria_new_onset=new",
            "--sign", "rash=eruption", "--missing", "NA", "-o", "d.csv",
        )  # fmt: skip
        code, _, _ = run("derive", path, "--edition", "SELENA", *options)
        assert code == 0
        written = pl.read_csv("d.csv", infer_schema=False)
        assert written["proteinuria"].to_list() == ["true", None, None]
        assert written["rash"].to_list() == ["false", "true", None]
        run("derive", path, "--edition", "sledai_2k", *options)
        assert pl.read_csv("d.csv")["proteinuria"].to_list() == [True, True, True]

    def test_without_an_output_the_counts_alone(self, run: Run) -> None:
        code, out, _ = run("derive", self.file("a,92,,,,"), "--edition", "SELENA", *self.LABS)
        assert code == 0
        assert "written" not in out

    def test_bad_cells_are_listed_with_their_lines(self, run: Run) -> None:
        path = self.file("a,clumped,,,x,", "b,92000,,,,", "c,92,0.9,1,,maybe", "d,=3,,,,")
        code, out, err = run(
            "derive", path, "--edition", "SELENA", "--lab", "platelets=plt 10*9/L",
            "--lab", "c4=c4 g/L lower=low", "--sign", "rash=new", "-o", "d.csv",
        )  # fmt: skip
        assert (code, out) == (2, "")
        assert "no column 'low'" in err
        path = self.file(
            "a,clumped,,,x,",
            "b,92000,,,,",
            "c,92,0.9,1,,maybe",
            "d,=3,,,,",
            header="id,plt,c3,c4,low,new",
        )
        code, out, err = run(
            "derive", path, "--edition", "SELENA", "--lab", "platelets=plt 10*9/L",
            "--lab", "c4=c4 g/L lower=low", "--sign", "rash=new", "-o", "d.csv",
        )  # fmt: skip
        said = " ".join(err.split())
        assert (code, out) == (2, "")
        assert "line 2, column 'plt': found 'clumped' line 5, column 'plt': found '=3'" in said
        assert "limits that are no number: 1" in said
        assert "line 2, column 'low': found 'x'" in said
        assert (
            "values and limits of platelets that no patient has: 1; accepted: 0 or 1 to 10,000"
            in said
        )
        assert "line 3, column 'plt': found '92000'" in said
        assert "line 4, column 'new': found 'maybe'" in said
        assert not Path("d.csv").exists()

    def test_limits_that_no_laboratory_has_and_numbers_for_nothing(self, run: Run) -> None:
        path = self.file("a,0.7,0.9", "b,999,90", header="id,C3,low")
        options = ("--edition", "SELENA", "--lab", "c3=C3 g/L lower=low", "-o", "d.csv")
        code, _, err = run("derive", path, *options)
        said = " ".join(err.split())
        assert code == 2
        assert "values and limits of c3 that no patient has: 2; accepted: 0 or 0.01 to" in said
        assert "line 3, column 'C3': found '999'" in said
        assert "line 3, column 'low': found '90'" in said
        code, _, _ = run("derive", path, *options, "--missing", "999", "--missing", "90")
        assert code == 0
        assert pl.read_csv("d.csv")["low_complement"].to_list() == [True, None]

    def test_one_column_for_two_signs_and_names_like_ours(self, run: Run) -> None:
        path = self.file("a,92,yes,<", header="id,x,x (bound),bound x")
        code, _, _ = run(
            "derive", path, "--edition", "SLEDAI_2K", "--lab", "platelets=x K/uL",
            "--sign", "rash=x (bound)", "--sign", "alopecia=x (bound)", "-o", "d.csv",
        )  # fmt: skip
        assert code == 0
        written = pl.read_csv("d.csv")
        assert written.select("rash", "alopecia", "thrombocytopenia").row(0) == (True, True, True)

    def test_signs_that_contradict(self, run: Run) -> None:
        path = self.file("a,yes,yes", "b,no,yes", header="id,rash,again")
        code, _, err = run(
            "derive", path, "--edition", "SELENA", "--prefix", "d_",
            "--sign", "rash=rash", "--sign", "rash_new_or_recurrent=again",
        )  # fmt: skip
        assert code == 2
        assert "rows with signs that contradict each other: 1\n  line 3\n" in err

    @pytest.mark.parametrize(
        ("options", "message"),
        [
            (["--edition", "2000"], "edition: found '2000'"),
            (["--edition", "SELENA"], "nothing that a definition of SELENA-SLEDAI asks for"),
            (["--edition", "SELENA", "--lab", "platelets"], "--lab: found 'platelets'; accepted:"),
            (
                ["--edition", "SELENA", "--lab", "x=plt g/L"],
                "[findings] no key 'x'; accepted: plat",
            ),
            (["--edition", "SELENA", "--lab", "c3=x g/L"], "labs.csv: no column 'x'"),
            (["--edition", "SELENA", "--sign", "rash"], "--sign: found 'rash'; accepted: SIGN="),
            (["--edition", "SELENA", "--sign", "knee=id"], "[findings] no key 'knee'; accepted: "),
            (["--edition", "SELENA", "--sign", "rash=x"], "labs.csv: no column 'x'"),
            (
                ["--edition", "SELENA", "--sign", "rash=id", "--sign", "rash=new"],
                "--sign: 'rash' is given twice",
            ),
            (
                ["--edition", "SELENA", "--lab", "c3=c4 g/L lower=0.9 lower=0.8"],
                "with lower twice",
            ),
            (
                ["--edition", "SELENA", "--lab", "c3=c4 g/L lower=90"],
                "c3, lower: found 90.0; accepted: a column or 0 or 0.01 to 10 g/L",
            ),
        ],
    )
    def test_options_that_are_wrong(self, run: Run, options: list[str], message: str) -> None:
        code, out, err = run("derive", self.file("a,92,,,,"), *options)
        assert (code, out) == (2, "")
        assert message in " ".join(err.split())

    def test_a_file_without_rows(self, run: Run) -> None:
        code, out, _ = run("derive", self.file(), "--edition", "SELENA", *self.LABS, "-o", "d.csv")
        assert code == 0
        assert "0 visits" in out


class TestDescriptors:
    def test_the_table(self, run: Run) -> None:
        code, out, _ = run("descriptors")
        rows = [line.split() for line in out.splitlines()[1:25]]
        assert code == 0
        assert [(r[0], r[1], r[2]) for r in rows] == [
            (row["number"], row["descriptor"], row["weight"]) for row in spec_tables.DESCRIPTORS
        ]
        assert "total 0 to 105" in out
        assert "PMID 1599520" in out


class TestTrials:
    def test_the_catalog(self, run: Run) -> None:
        code, out, _ = run("trials")
        assert code == 0
        for trial in CATALOG:
            assert trial.registry_id in out
        assert "clinical >= 6 when serology is scored" in " ".join(out.split())
        assert all(len(line) <= 80 for line in out.splitlines())

    def test_each_with_its_note_and_what_clinical_means(self, run: Run) -> None:
        said = " ".join(run("trials")[1].split())
        for trial in CATALOG:
            row = said.partition(f"{trial.registry_id} {trial.name} rule:")[2]
            row = row.partition(f", read {trial.read_on}" if trial.read_on else "[as repro")[0]
            assert f"clinical: {trial.clinical} beside it: {trial.note} source:" in row
        assert "thrombocytopenia, leukopenia (a reading) beside it: BILAG-2004" in said
        assert "NCT06456567, eligibility criteria, read 2026-11-26" in said
        assert "NCT00424476, eligibility criteria, read 2026-11-23" in said
        assert "criteria [as reproduced in two newspapers]" in said

    def test_a_trial_with_a_clinical_score_of_its_own(
        self, run: Run, csv: Callable[..., Path]
    ) -> None:
        path = csv(proteinuria="yes", low_complement="yes")
        trials = ["--trial", "NCT04877691", "--trial", "NCT06456567"]
        assert run("score", path, *trials, "-o", "s.csv")[0] == 0
        written = pl.read_csv("s.csv").row(0, named=True)
        assert (written["sledai_nct04877691"], written["sledai_nct06456567"]) == ("not_met", "met")

    def test_several_at_once(self, run: Run, csv: Callable[..., Path]) -> None:
        path = csv(arthritis="yes", rash="yes")
        code, out, _ = run(
            "score", path, "--trial", "NCT05765006", "--trial", "nct06456567", "-o", "s.csv"
        )
        assert code == 0
        assert "NCT06456567 (SELENA-SLEDAI total >= 6 and clinical >= 4): 1 met" in " ".join(
            out.split()
        )
        written = pl.read_csv("s.csv").row(0, named=True)
        assert (written["sledai_nct05765006"], written["sledai_nct06456567"]) == ("not_met", "met")


class TestExplain:
    @pytest.mark.parametrize("descriptor", Descriptor)
    def test_each_descriptor_with_its_sources(self, run: Run, descriptor: Descriptor) -> None:
        code, out, _ = run("explain", descriptor)
        said = " ".join(out.split())
        assert code == 0
        assert said.startswith(f"{descriptor.label} ({descriptor}), descriptor {descriptor.number}")
        points = "1 point" if descriptor.weight == 1 else f"{descriptor.weight} points"
        assert f"weight: {points}; Bombardier 1992 (PMID 1599520)" in said
        assert "counts when: present at the visit or in the 10 days before it, and due to" in said
        assert "SELENA-SLEDAI: " in said

    def test_what_is_unverified_says_so(self, run: Run) -> None:
        _, out, _ = run("explain", "proteinuria")
        assert "unverified:" in out
        said = " ".join(out.split())
        assert "reading: where nobody states whether the onset is new, an earlier value" in said
        assert "descriptor 13 of 24 [as reproduced in HHE Rheumatology 2019, Table 4]" in said
        assert "definition of descriptor 13 [as reproduced in public forms]" in said
        _, out, _ = run("explain", "fever")
        assert "unverified:" not in out

    def test_by_alias_and_in_any_case(self, run: Run) -> None:
        assert run("explain", "CVA")[1].startswith("Cerebrovascular accident")

    def test_one_edition(self, run: Run) -> None:
        code, out, _ = run("explain", "pericarditis", "--edition", "SELENA")
        said = " ".join(out.split())
        assert code == 0
        assert (
            "rule: any of (severe_pericardial_pain, pericardial_rub, pericardial_effusion, "
            "pericarditis_on_electrocardiogram)"
        ) in said
        assert "unverified: that one of these is enough" in said
        assert "SLEDAI-2K" not in out

    def test_editions_beside_each_other(self, run: Run) -> None:
        _, out, _ = run("explain", "pericarditis")
        assert "echocardiogram" in out
        _, out, _ = run("explain", "rash")
        assert [line.split(":")[0] for line in out.splitlines() if line.startswith("S")] == [
            "SLEDAI 1992",
            "SELENA-SLEDAI",
            "SELENA-SLEDAI hybrid",
            "SLEDAI-2K",
        ]
        assert "as in SELENA-SLEDAI" in out
        _, out, _ = run("explain", "lupus_headache")
        assert out.count("as in SLEDAI 1992") == 3

    def test_an_unknown_edition(self, run: Run) -> None:
        code, out, err = run("explain", "rash", "--edition", "2000")
        assert (code, out) == (2, "")
        assert "edition: found '2000'; accepted: SLEDAI_1992, SELENA, HYBRID, SLEDAI_2K" in err

    def test_where_the_editions_differ(self, run: Run) -> None:
        code, out, _ = run("editions")
        assert code == 0
        for descriptor in differing():
            assert descriptor.value.split("_")[0] in out
        assert "fever" not in out
        assert "SELENA-SLEDAI hybrid  Changes" not in out  # it stands under SELENA, as one wording
        assert "[unverified:" in out
        said = " ".join(out.split())
        assert "from lupus. [not read] [unverified: that one of these is enough" in said
        assert "New or ongoing inflammatory rash of SELENA-SLEDAI hybrid lupus. [as" in said
        assert all(len(line) <= 80 for line in out.splitlines())
        assert all(f"PMID {pmid}" in out for pmid in (1599520, 16354891, 11838846))

    def test_an_unknown_one(self, run: Run) -> None:
        code, out, err = run("explain", "artritis")
        assert (code, out) == (2, "")
        assert "'artritis' (did you mean arthritis or pericarditis?)" in " ".join(err.split())


def test_version(run: Run) -> None:
    assert run("--version") == (0, f"sledai {sledai.__version__}\n", "")


def test_without_arguments_it_says_what_it_can_do(run: Run) -> None:
    code, out, err = run()
    assert code == 2
    assert all(command in out + err for command in ("score", "descriptors", "explain"))


def test_as_a_module_and_as_the_installed_command() -> None:
    for command in (
        [sys.executable, "-m", "sledai"],
        [str(Path(sys.executable).parent / "sledai")],
    ):
        shown = subprocess.run([*command, "--version"], capture_output=True, text=True, check=True)  # noqa: S603
        assert shown.stdout == f"sledai {sledai.__version__}\n"


def test_a_closed_pipe_is_no_traceback_and_no_rejected_row() -> None:
    command = f'"{sys.executable}" -m sledai score "{VISITS}" | true; echo ${{PIPESTATUS[0]}}'
    shown = subprocess.run(["bash", "-c", command], capture_output=True, text=True, check=True)  # noqa: S603, S607
    assert shown.stderr == ""
    assert shown.stdout in {"141\n", "0\n"}


def test_letters_that_the_terminal_does_not_know(csv: Callable[..., Path], tmp_path: Path) -> None:
    shown = subprocess.run(  # noqa: S603
        [sys.executable, "-m", "sledai", "score", str(csv(id="Zo\u00e9"))],
        env={"PYTHONIOENCODING": "ascii"},
        cwd=tmp_path,
        capture_output=True,
        text=True,
        check=True,
    )
    assert "Zo?" in shown.stdout


@pytest.mark.parametrize("stdout", [None, io.StringIO()])
def test_any_standard_output(stdout: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "stdout", stdout)
    with pytest.raises(SystemExit) as stopped:
        cli.run(["explain", "fever"])
    assert stopped.value.code == 0
    assert stdout is None or stdout.getvalue().startswith("Fever (fever)")


def test_a_fault_of_polars_is_no_traceback(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(*_: object) -> None:
        raise pl.exceptions.ComputeError("out of luck")

    monkeypatch.setattr("sledai.cli.options.open_visits", fail)
    assert run("score", VISITS) == (2, "", "error: out of luck\n")


def test_without_a_standard_output(csv: Callable[..., Path], tmp_path: Path) -> None:
    command = f'"{sys.executable}" -m sledai score {csv()} -o out.csv >&-'
    subprocess.run(command, shell=True, cwd=tmp_path, check=True)  # noqa: S602
    assert (tmp_path / "out.csv").exists()


class TestMissingExtra:
    def test_it_says_what_to_install(
        self,
        monkeypatch: pytest.MonkeyPatch,
        capsys: pytest.CaptureFixture[str],
        forget: Callable[[str], None],
    ) -> None:
        forget("sledai.cli.app")
        monkeypatch.setitem(sys.modules, "typer", None)
        with pytest.raises(SystemExit) as stopped:
            main()
        assert stopped.value.code == 69
        assert capsys.readouterr().err == (
            "error: the command line needs typer: pip install 'sledai[cli]', or in a clone pip "
            "install '.[cli]'\n"
        )

    def test_a_fault_of_our_own_is_not_taken_for_it(
        self,
        monkeypatch: pytest.MonkeyPatch,
        capsys: pytest.CaptureFixture[str],
        forget: Callable[[str], None],
    ) -> None:
        forget("sledai.cli")
        monkeypatch.setitem(sys.modules, "sledai.files", None)
        with pytest.raises(SystemExit) as stopped:
            main()
        assert stopped.value.code == 70
        assert "a defect of sledai (ModuleNotFoundError)" in capsys.readouterr().err

    def test_stopped_while_it_is_imported(
        self, monkeypatch: pytest.MonkeyPatch, forget: Callable[[str], None]
    ) -> None:
        class Stopped:
            def find_spec(self, name: str, *_: object) -> None:
                if name == "sledai.cli":
                    raise KeyboardInterrupt

        forget("sledai.cli")
        monkeypatch.setattr(sys, "meta_path", [Stopped(), *sys.meta_path])
        with pytest.raises(SystemExit) as stopped:
            main()
        assert stopped.value.code == 130

    def test_with_it_the_command_runs(
        self, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
    ) -> None:
        monkeypatch.setattr(sys, "argv", ["sledai", "--version"])
        with pytest.raises(SystemExit):
            main()
        assert capsys.readouterr().out == f"sledai {sledai.__version__}\n"
