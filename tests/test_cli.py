"""The command line: scores on the terminal and in files; an error is a message and exit code 2."""

import io
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import polars as pl
import pytest
import spec_tables

import sledai
from sledai import Descriptor, cli
from sledai.__main__ import main
from sledai.files import read_visits

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
        assert "columns read: cva as cerebrovascular_accident, new_rash as rash" in out

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

    def test_a_complete_file_has_no_ranges(self, run: Run, csv: Callable[..., Path]) -> None:
        code, out, _ = run("score", csv(rash="YES"))
        assert (code, out.splitlines()[1].split()) == (0, ["v1", "2", "2", "-"])
        assert out.splitlines()[-1] == "1 visits: 1 with an exact total"

    def test_a_column_is_not_listed_for_its_capitals(
        self, run: Run, csv: Callable[..., Path]
    ) -> None:
        path = csv()
        path.write_text(path.read_text().replace("rash", "Rash").replace("fever", "Temp"))
        _, out, _ = run("score", path, "--column", "Temp=fever")
        assert out.splitlines()[-1] == "columns read: Temp as fever"

    @pytest.mark.parametrize("suffix", [".csv", ".parquet", ".jsonl"])
    def test_a_file_with_all_columns_and_the_scores(self, run: Run, suffix: str) -> None:
        output = Path(f"scored{suffix}")
        code, out, _ = run("score", VISITS, "-o", output, "--trial", "nct05765006", *TWICE)
        assert (code, out.splitlines()[-1]) == (0, f"40 rows written to {output}")
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
            "sledai_nct05765006",
        ]
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
        assert "columns read: swollen as arthritis" in out
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
        assert "[red]x[/]?[31m" in out
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
        code, out, err = run("score", path)
        assert (code, out) == (2, "")
        said = " ".join(err.split())
        assert "no column for seizure, psychosis," in said
        assert "(--column THEIRS=DESCRIPTOR)" in said
        assert "columns not used: 'id'" in said
        assert "one column only" not in said
        assert said.endswith("line 2, column 'arthritis': found '8'")

    def test_a_file_with_other_separators(self, run: Run, tmp_path: Path) -> None:
        (tmp_path / "v.csv").write_text("id;arthritis\n1;yes\n")
        code, _, err = run("score", "v.csv")
        assert code == 2
        assert "are the fields separated by commas?" in " ".join(err.split())

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
            (["--trial", "NCT1"], "--trial: found 'NCT1'; accepted: NCT05765006"),
            (["--column", "x"], "--column: found 'x'; accepted: THEIRS=DESCRIPTOR"),
            (["--column", "x=y=rash"], "no column 'x=y', named for rash"),
            (["--column", "id=rash", "--column", "id=fever"], "column 'id' is named twice"),
            (["--column", "x=knee"], "not one of the 24 descriptors: 'knee'"),
            (["--absent", "knee"], "not one of the 24 descriptors: 'knee'"),
            (["--absent", "fever"], "yet with a column: fever"),
            (["--missing", "no"], "cannot take 'no' for a missing answer"),
            (["-o", "x.xlsx"], "x.xlsx: unknown suffix '.xlsx'"),
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
        code, _, err = run("score", output)
        assert code == 2
        assert "already (rename or drop them): sledai_total" in " ".join(err.split())

    def test_what_the_output_format_cannot_hold(self, run: Run, tmp_path: Path) -> None:
        path = tmp_path / "v.parquet"
        row = dict.fromkeys(spec_tables.NAMES, False)
        pl.DataFrame([{**row, "notes": ["a", "b"]}]).write_parquet(path)
        code, _, err = run("score", path, "-o", tmp_path / "out.csv")
        assert code == 2
        assert "CSV cannot hold these columns" in " ".join(err.split())
        assert sorted(p.name for p in tmp_path.iterdir()) == ["v.parquet"]


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
        _, out, _ = run("explain", "fever")
        assert "unverified:" not in out

    def test_by_alias_and_in_any_case(self, run: Run) -> None:
        assert run("explain", "CVA")[1].startswith("Cerebrovascular accident")

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


def test_a_closed_pipe_is_no_traceback() -> None:
    command = f'"{sys.executable}" -m sledai score "{VISITS}" | head -1'
    shown = subprocess.run(command, shell=True, capture_output=True, text=True, check=True)  # noqa: S602
    assert "Traceback" not in shown.stderr


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
    def fail(_: Path) -> None:
        raise pl.exceptions.ComputeError("out of luck")

    monkeypatch.setattr(cli, "read_visits", fail)
    assert run("score", VISITS) == (2, "", "error: out of luck\n")


def test_without_a_standard_output(csv: Callable[..., Path], tmp_path: Path) -> None:
    command = f'"{sys.executable}" -m sledai score {csv()} -o out.csv >&-'
    subprocess.run(command, shell=True, cwd=tmp_path, check=True)  # noqa: S602
    assert (tmp_path / "out.csv").exists()


class TestMissingExtra:
    def test_it_says_what_to_install(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.delitem(sys.modules, "sledai.cli")
        monkeypatch.setitem(sys.modules, "typer", None)
        with pytest.raises(SystemExit, match=r"needs typer: pip install 'sledai\[cli\]'"):
            main()

    def test_a_fault_of_our_own_is_not_taken_for_it(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.delitem(sys.modules, "sledai.cli")
        monkeypatch.setitem(sys.modules, "sledai.files", None)
        with pytest.raises(ModuleNotFoundError):
            main()

    def test_with_it_the_command_runs(
        self, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
    ) -> None:
        monkeypatch.setattr(sys, "argv", ["sledai", "--version"])
        with pytest.raises(SystemExit):
            main()
        assert capsys.readouterr().out == f"sledai {sledai.__version__}\n"
