"""`--rejects` of the commands: each row of the input is in exactly one output."""

import json
from pathlib import Path
from tempfile import TemporaryDirectory

import polars as pl
import pytest
from commands import run
from hypothesis import given, settings
from hypothesis import strategies as st

from examples import examples
from sledai import Descriptor
from sledai.files import read_visits

ROOT = Path(__file__).parents[1]
OTHERS = [f"--absent={d}" for d in Descriptor if d not in {"rash", "arthritis"}]
VISITS = ("visits", "v.csv", "--subject", "id", "--date", "seen", *OTHERS)
AUDIT = ("audit", "v.csv", "--recorded", "total", *OTHERS)
ANOTHER = "another row of this patient cannot be read"


@pytest.fixture(autouse=True)
def _folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)


def write(text: str) -> None:
    Path("v.csv").write_text(text, encoding="utf-8")


def reasons() -> dict[str, str]:
    """Give the reasons in r.csv by the line in the input."""
    rejects = read_visits(Path("r.csv"))
    return dict(rejects.select("sledai_line", "sledai_reason").iter_rows())


class TestDerive:
    """Of the command line: the rows that cannot be read go to a file of their own, with line and
    reason, and all others are derived."""

    labs = ("--lab", "platelets=plt 10*9/L", "--lab", "c4=c4 g/L lower=low", "--sign", "rash=new")

    def test_each_reason_names_column_found_and_accepted(self) -> None:
        write(
            "id,plt,c4,low,new\na,92,,,yes\nb,clumped,,x,\nc,92000,,,no\nd,92,,,maybe\ne,1\n"
            "f,<100,0.05,0.1,no\n"
        )
        code, out, err = run("derive", "v.csv", *self.labs, "-o", "d.csv", "--rejects", "r.csv")
        assert (code, err) == (1, "")
        assert "2 rows written to d.csv 4 rows that cannot be read written to r.csv" in out
        derived = read_visits(Path("d.csv"))
        assert derived["id"].to_list() == ["a", "f"]
        assert derived["thrombocytopenia"].to_list() == ["true", "true"]
        assert derived["low_complement"].to_list() == [None, "true"]
        assert derived["rash"].to_list() == ["true", "false"]
        assert reasons() == {
            "3": "low: found 'x'; accepted: a number, empty; "
            "plt: found 'clumped'; accepted: a number, a bound such as <5, empty",
            "4": "plt: found '92000'; accepted: 0 or 1 to 10,000 10*9/L",
            "5": "new: found 'maybe'; accepted: yes, y, true, present, 1, no, n, false, absent, 0 "
            "(any case), empty",
            "6": "2 fields, the header has 5",
        }
        rejects = read_visits(Path("r.csv"))
        assert rejects["plt"].to_list() == ["clumped", "92000", "92", None]
        assert rejects["sledai_record"].to_list() == [None, None, None, "e,1"]

    def test_without_the_option_the_file_is_refused(self) -> None:
        write("id,plt,c4,low,new\na,92,,,yes\nb,clumped,,,\n")
        code, _, err = run("derive", "v.csv", *self.labs, "-o", "d.csv")
        assert (code, Path("d.csv").exists()) == (2, False)
        assert "cells that are no laboratory value: 1" in err

    def test_units_that_cannot_be_read_say_nothing_of_the_value(self) -> None:
        """92000 is held against the limits of no unit where none can be read."""
        write("id,plt,unit\na,92,10*9/L\nb,92000,/uL\nc,92000,bogus\nd,92,\n")
        Path("b.toml").write_text(
            '[findings]\nplatelets = {column = "plt", unit_column = "unit"}\n', encoding="utf-8"
        )
        options = ("--codebook", "b.toml", "-o", "d.csv", "--rejects", "r.csv")
        assert run("derive", "v.csv", *options)[0] == 1
        assert read_visits(Path("d.csv"))["thrombocytopenia"].to_list() == ["true", "true"]
        accepted = "accepted: /mm3, /uL, 10*9/L"
        found = reasons()
        assert list(found) == ["4", "5"]
        assert found["4"].startswith(f"unit: found 'bogus'; {accepted}")
        assert found["5"].startswith(f"unit: found nothing; {accepted}")
        assert not any("no patient" in reason or "10,000" in reason for reason in found.values())

    def test_signs_that_contradict(self) -> None:
        write("id,rash,again,plt\na,yes,yes,92\nb,no,yes,92\nc,no,yes,92000\n")
        options = ("--sign", "rash=rash", "--sign", "rash_new_or_recurrent=again")
        labs = ("--lab", "platelets=plt 10*9/L")
        assert run("derive", "v.csv", *options, *labs, "--prefix", "d_", "--rejects", "r.csv")[0]
        assert reasons() == {
            "3": "signs that contradict each other",
            "4": "plt: found '92000'; accepted: 0 or 1 to 10,000 10*9/L",
        }

    def test_without_any_there_is_a_file_without_rows(self) -> None:
        write("id,plt,c4,low,new\na,92,,,yes\n")
        code, out, _ = run("derive", "v.csv", *self.labs, "--rejects", "r.csv")
        assert (code, reasons()) == (0, {})
        assert "0 rows that cannot be read written to r.csv" in out

    def test_names_that_are_there_already(self) -> None:
        write("id,plt,c4,low,new,sledai_line\na,92,,,yes,7\nb,x,,,,8\n")
        code, out, _ = run("derive", "v.csv", *self.labs, "--rejects", "r.csv")
        assert code == 1
        assert "names that the input has already: sledai_line as sledai_line_computed" in out
        rejects = read_visits(Path("r.csv"))
        assert rejects.select("sledai_line_computed", "sledai_line").rows() == [("3", "8")]

    def test_a_coding_that_is_not_stated_is_refused(self) -> None:
        write("id,plt,c4,low,new\na,92,,,1\nb,92,,,2\n")
        code, _, err = run("derive", "v.csv", *self.labs, "-o", "d.csv", "--rejects", "r.csv")
        assert code == 2
        assert "this looks like a coding that is not stated" in err
        assert sorted(path.name for path in Path().iterdir()) == ["v.csv"]


class TestVisits:
    """Of the command line: all rows of a patient of whom one cannot be read are set aside, since a
    course with a hole in it says something else."""

    def test_the_whole_patient_is_set_aside(self) -> None:
        write(
            "id,seen,rash,arthritis\nA,2024-01-01,yes,no\nB,2024-01-01,no,no\nA,2024-02-01,no,8\n"
            ",2024-03-01,no,no\nB,2024-02-01,no,yes\nA,2024-03-01,no,yes\nB,1\n"
        )
        options = ("-o", "o.csv", "--patients", "p.csv", "--rejects", "r.csv")
        code, out, err = run(*VISITS, *options)
        assert (code, err) == (1, "")
        assert "2 visits of 1 patient" in out
        assert "5 rows written to r.csv: 3 that cannot be read, 2 others of their patients" in out
        assert "2 of them of no patient that can be read: they may be visits of any patient" in out
        followed = read_visits(Path("o.csv"))
        assert followed.select("id", "seen", "sledai_change_low").rows() == [
            ("B", "2024-01-01", None),
            ("B", "2024-02-01", "4"),
        ]
        assert read_visits(Path("p.csv"))["id"].to_list() == ["B"]
        assert reasons() == {
            "2": ANOTHER,
            "4": "arthritis: found '8'",
            "5": "id: found nothing; accepted: a name or number, that --missing does not name",
            "7": ANOTHER,
            "8": "2 fields, the header has 4",
        }

    @pytest.mark.parametrize(
        ("row", "reason"),
        [
            ("A,soon,no,,,,,", "seen: found 'soon'; accepted: a date, such as 2024-01-16"),
            ("A,,no,,,,,", "seen: found nothing; accepted: a date, such as 2024-01-16"),
            ("A,2024-02-01,no,high,,,,", "pga: found 'high'; accepted: a number, empty"),
            ("A,2024-02-01,no,5,,,,", "pga: found '5'; accepted: 0 to 3 on the SELENA scale"),
            ("A,2024-02-01,no,,-,,,", "plt: found '-'; accepted: a number K/uL, empty"),
            ("A,2024-02-01,no,,,7.5,,", "total: found '7.5'; accepted: a whole number 0 to 105"),
            ("A,2024-02-01,no,,,106,,", "total: found '106'; accepted: a whole number 0 to 105"),
            ("A,2024-02-01,no,,,many,,", "total: found 'many'; accepted: a whole number 0 to 105"),
            (
                "A,2024-02-01,no,,,2,,",
                "found total_score 2; accepted: scores that the answers can give, total 0 and ",
            ),
            (
                "A,2024-02-01,yes,,,2,0,",
                "found total_score 2 and clinical_score 0; accepted: scores that the answers can ",
            ),
            ("A,2024-02-01,no,,,,,often", "new_nsaid: found 'often'; accepted: yes, y, true, "),
        ],
    )
    def test_every_kind_of_wrong_row(self, row: str, reason: str) -> None:
        head = "id,seen,rash,pga,plt,total,clin,new_nsaid\n"
        write(f"{head}A,2024-01-01,yes,1,92,2,2,no\n{row}\nB,2024-01-01,,1,92,2,,yes\n")
        Path("b.toml").write_text(
            '[recorded]\ntotal = "total"\nclinical = "clin"\n', encoding="utf-8"
        )
        options = ("--codebook", "b.toml", "--absent", "arthritis", "-o", "o.csv")
        fields = ("--field", "pga=physician_global 0-3", "--field", "plt=platelets K/uL")
        code, _, err = run(*VISITS, *options, *fields, "--rejects", "r.csv")
        assert (code, err) == (1, "")
        found = reasons()
        assert list(found) == ["2", "3"]
        assert found["2"] == ANOTHER
        assert found["3"].startswith(reason)
        assert read_visits(Path("o.csv"))["id"].to_list() == ["B"]

    def test_two_visits_of_one_day(self) -> None:
        write(
            "id,seen,rash,arthritis\nA,2024-01-01,yes,no\nA,2024-01-01,no,no\nB,2024-01-01,no,no\n"
            "A,2024-02-01,no,no\n"
        )
        assert run(*VISITS, "-o", "o.csv", "--rejects", "r.csv")[0] == 1
        twice = "seen: another visit of the patient on 2024-01-01; accepted: one visit of a date"
        assert reasons() == {"2": twice, "3": twice, "5": ANOTHER}
        Path("b.toml").write_text('[visit]\nsame_day = "last"\n', encoding="utf-8")
        options = ("--codebook", "b.toml", "-o", "o.csv", "--rejects", "r.csv")
        assert run(*VISITS, *options)[0] == 0
        assert (reasons(), read_visits(Path("o.csv")).height) == ({}, 4)

    def test_where_no_patient_is_left_there_are_no_visits(self) -> None:
        write("id,seen,rash,arthritis\nA,2024-01-01,?,yes\n")
        code, out, _ = run(*VISITS, "-o", "o.csv", "--present", "yes", "--absent-text", "no",
                           "--rejects", "r.csv")  # fmt: skip
        assert code == 1
        assert "0 visits of 0 patients" in out
        assert read_visits(Path("o.csv")).height == 0

    def test_columns_that_are_there_already(self) -> None:
        write("id,seen,rash,arthritis,sledai_record\nA,2024-01-01,no,yes,x\nB,,no,no,y\n")
        code, out, _ = run(*VISITS, "--rejects", "r.csv")
        assert code == 1
        assert "names that the input has already: sledai_record as sledai_record_computed" in out
        assert read_visits(Path("r.csv"))["sledai_record"].to_list() == ["y"]

    def test_nothing_is_named_where_one_output_cannot_be(self) -> None:
        write("id,seen,rash,arthritis\nA,2024-01-01,no,yes\n")
        Path("p.csv").mkdir()
        options = ("-o", "o.csv", "--patients", "p.csv", "--rejects", "r.csv")
        assert run(*VISITS, *options)[::2] == (2, "error: p.csv: Is a directory")
        assert sorted(path.name for path in Path().iterdir()) == ["p.csv", "v.csv"]

    def test_missing_columns_and_codings_are_refused(self) -> None:
        write("id,seen,rash\nA,2024-01-01,8\n")
        code, _, err = run(*VISITS, "--rejects", "r.csv")
        assert (code, "no column for arthritis" in err) == (2, True)
        write("id,seen,rash,arthritis\nA,2024-01-01,1,2\nB,2024-01-01,1,1\n")
        code, _, err = run(*VISITS, "--rejects", "r.csv")
        assert (code, "a coding that is not stated" in err) == (2, True)
        assert not Path("r.csv").exists()


CELL = st.sampled_from(["yes", "no", "", "maybe"])
ROW = st.tuples(
    st.sampled_from(["A", "B", "C", ""]),
    st.sampled_from(["2024-01-01", "2024-02-01", "2024-03-01", "2024-04-01", "soon"]),
    CELL,
    CELL,
    st.sampled_from(["", "", "0", "2", "6", "x"]),
)
COMMANDS: dict[str, tuple[str, ...]] = {
    "score": ("score", "v.csv", *OTHERS),
    "derive": ("derive", "v.csv", "--sign", "rash=rash", "--prefix", "derived_"),
    "visits": (*VISITS, "--codebook", "b.toml"),
}


@pytest.mark.parametrize("command", COMMANDS)
@settings(max_examples=examples(40), deadline=None)
@given(rows=st.lists(ROW, min_size=1, max_size=8), short=st.lists(st.integers(0, 7), max_size=2))
def test_each_row_is_in_exactly_one_output(
    command: str, rows: list[tuple[str, ...]], short: list[int]
) -> None:
    """Every input row is in exactly one output, with its cells as they stand."""
    head = ["id", "seen", "rash", "arthritis", "total", "n"]
    lines = [",".join((*row, str(n))) for n, row in enumerate(rows)]
    records = [f"{n},short" for n in short]
    # An answer each way, so that what is no answer is a slip and no coding.
    first = ["P,2024-01-01,yes,no,2,first", "P,2024-02-01,no,yes,4,second"]
    with TemporaryDirectory() as folder, pytest.MonkeyPatch.context() as patch:
        patch.chdir(folder)
        write("\n".join([",".join(head), *first, *records, *lines]) + "\n")
        Path("b.toml").write_text('[recorded]\ntotal = "total"\n', encoding="utf-8")
        code, out, err = run(*COMMANDS[command], "-o", "o.csv", "--rejects", "r.csv")
        if code == 2:  # one odd text, several times, may be a code
            assert "a coding that is not stated" in err
            return
        kept, aside = read_visits(Path("o.csv")), read_visits(Path("r.csv"))
        assert code == (1 if aside.height else 0), out
        said = [frame.select(head).fill_null("").rows() for frame in (kept, aside)]
        whole = [row for row in said[1] if row[-1]]
        expected = [tuple(line.split(",")) for line in (*first, *lines)]
        assert sorted(said[0] + whole) == sorted(expected)
        assert aside["sledai_record"].drop_nulls().to_list() == records
        assert aside["sledai_reason"].null_count() == 0
        places = [int(place) for place in aside["sledai_line"]]
        assert places == sorted(places)
        if command == "visits":
            assert not {row[0] for row in said[0]} & {row[0] for row in whole if row[0]}


class TestAudit:
    """Of the command line: a cell that cannot be read is a finding, and counts as not known."""

    head = "id,rash,arthritis,total,clin,wbc\n"

    def test_cells_are_findings(self) -> None:
        write(
            f"{self.head}a,yes,no,2,2,4\nb,maybe,no,2,2,<3\nc,no,yes,high,4,4\nd,no,maybe,5,5,4\n"
        )
        code, out, err = run(*AUDIT, "--clinical", "clin", "--lab", "white_cells=wbc 10*9/L")
        assert (code, err) == (1, "")
        assert "cells that cannot be read, which count as not known: 4" in out
        assert "line 3 b 2 2 rash: column 'rash' holds 'maybe', which is no answer" in out
        assert "line 4 c high 4 total: column 'total' holds 'high', which is no number" in out
        assert "white_cells: column 'wbc' holds '<3', which is no number" in out
        assert "total recorded 2, computed 0 to 2: implies rash present" in out
        assert "total (total): 1 agree, 1 possible, 1 disagree, 1 not recorded" in out
        assert "cells that are no answer: rash 1, arthritis 1; accepted: yes, y, true," in out
        assert "cells that are no number: total 1; accepted: a number, empty; other texts " in out
        assert "1 cells without a number, such as '<3'" in out

    @pytest.mark.parametrize("suffix", [".csv", ".parquet", ".jsonl"])
    def test_findings_as_a_table(self, suffix: str) -> None:
        write(f"{self.head}a,yes,no,2,2,4\nb,maybe,no,high,2,4\nc,no,yes,4,4,4\n")
        assert run(*AUDIT, "-o", f"f{suffix}")[0] == 1
        found = read_visits(Path(f"f{suffix}")).select(
            pl.col("sledai_line").cast(pl.String),
            *(f"sledai_{name}" for name in ("check", "status", "column", "found", "explanation")),
        )
        assert found.rows() == [
            ("3", "rash", "cell", "rash", "maybe", "no answer"),
            ("3", "total", "cell", "total", "high", "no number"),
        ]

    def test_findings_as_json(self) -> None:
        write(f"{self.head}a,yes,no,2,2,4\nb,maybe,no,high,2,4\nc,no,yes,4,4,4\n")
        assert run(*AUDIT, "-o", "f.json")[0] == 1
        report = json.loads(Path("f.json").read_text(encoding="utf-8"))
        assert report["cells_without_an_answer"] == {"rash": {"maybe": 1}}
        assert report["cells_without_a_number"] == {"total": {"high": 1}}
        assert report["findings"][0] == {
            "line": 3,
            "columns": {"id": "b", "total": "high", "clin": "2", "wbc": "4"},
            "check": "rash",
            "status": "cell",
            "column": "rash",
            "found": "maybe",
            "explanation": "no answer",
            "alternatives": [],
        }

    def test_points_say_which_are_accepted(self) -> None:
        write("id,rash,arthritis,total\na,2,4,6\nb,2,3,5\nc,0,0,0\n")
        code, out, _ = run(*AUDIT, "--items", "points")
        assert code == 1
        assert "column 'arthritis' holds '3', which is no answer; accepted: 0 or 4" in out
        assert "total (total): 2 agree, 1 disagree" in out  # 2 and 6 are possible, and 5 is not

    def test_laboratory_values_alone_are_no_failure(self) -> None:
        write(f"{self.head}a,yes,no,2,2,<5\n")
        assert run(*AUDIT, "--lab", "white_cells=wbc 10*9/L")[0] == 0

    def test_where_nothing_else_is_present_a_wrong_cell_is_not_absent(self) -> None:
        """`none_present_where` asserts what was not answered, and a wrong cell is not that."""
        write("id,none,rash,arthritis,total\na,x,,,0\nb,x,maybe,,2\nc,,yes,no,2\n")
        Path("b.toml").write_text('[rows]\nnone_present_where = {none = ["x"]}\n', encoding="utf-8")
        code, out, _ = run(*AUDIT, "--codebook", "b.toml")
        assert code == 1
        assert "total (total): 2 agree, 1 possible" in out

    @pytest.mark.parametrize("rejects", [(), ("--rejects", "r.csv")])
    @pytest.mark.parametrize(
        ("rows", "said"),
        [
            ("a,1,1,1\nb,2,1,1\nc,1,2,1\n", "all cells that are no answer hold '2' (2 of them)"),
            ("a,2,4,6\nb,0,4,4\nc,2,0,2\n", "hold the points of their descriptor (4 of them)"),
        ],
    )
    def test_a_coding_that_is_not_stated_is_refused(
        self, rows: str, said: str, rejects: tuple[str, ...]
    ) -> None:
        """Nothing but the refusal is said of a file that is written in another code."""
        write(f"id,rash,arthritis,total\n{rows}")
        code, out, err = run(*AUDIT, "-o", "f.csv", *rejects)
        assert (code, out) == (2, "")
        assert said in err
        assert sorted(path.name for path in Path().iterdir()) == ["v.csv"]

    def test_one_that_holds_points_is_a_slip(self) -> None:
        write("id,rash,arthritis,total\na,2,yes,6\nb,no,yes,4\nc,no,no,0\n")
        assert run(*AUDIT)[0] == 1

    def test_records_that_are_no_row(self) -> None:
        write(f"{self.head}a,yes,no,2,2,4\nb,no\nc,no,yes,4,4,4\n")
        code, _, err = run(*AUDIT, "-o", "f.csv")
        assert (code, Path("f.csv").exists()) == (2, False)
        assert "records that are no row: 1 line 3: 2 fields, the header has 6" in err
        code, out, _ = run(*AUDIT, "-o", "f.json", "--rejects", "r.csv")
        assert code == 1
        assert "2 visits total (total): 2 agree" in out
        assert "0 findings written to f.json 1 rows that cannot be read written to r.csv" in out
        assert reasons() == {"3": "2 fields, the header has 6"}

    def test_columns_that_are_there_already(self) -> None:
        write("id,rash,arthritis,total,sledai_reason\na,yes,no,2,x\nb,no\n")
        code, out, _ = run(*AUDIT, "--rejects", "r.csv")
        assert code == 1
        assert "names that the input has already: sledai_reason as sledai_reason_computed" in out
        found = read_visits(Path("r.csv"))["sledai_reason_computed"].to_list()
        assert found == ["2 fields, the header has 5"]

    def test_the_rejects_are_no_json(self) -> None:
        write(f"{self.head}a,yes,no,2,2,4\n")
        code, _, err = run(*AUDIT, "-o", "f.json", "--rejects", "r.json")
        assert (code, "r.json: cannot write suffix '.json'" in err) == (2, True)
        code, _, err = run(*AUDIT, "-o", "f.csv", "--rejects", "f.csv")
        assert (code, "f.csv: named for two outputs" in err) == (2, True)

    def test_columns_of_descriptors_that_are_missing_are_refused(self) -> None:
        write("id,rash,total\na,maybe,2\n")
        code, _, err = run(*AUDIT, "--rejects", "r.csv")
        assert (code, "no column for arthritis" in err) == (2, True)

    @pytest.mark.skipif(
        not (ROOT.parent / "shared").exists(), reason="needs the visits of GSE65391"
    )
    def test_real_totals(self) -> None:
        """Three recorded totals of GSE65391 disagree, and no cell is wrong."""
        data = ROOT.parent / "shared" / "data" / "gse65391_visits.csv"
        code, out, _ = run("audit", data, "--items", "points", "--recorded", "sledai")
        assert code == 1
        assert "488 visits total (sledai): 485 agree, 3 disagree columns read" in out


class TestStopped:
    """An interrupted run leaves neither output."""

    @pytest.mark.parametrize("command", COMMANDS)
    def test_nothing_is_written(self, command: str, monkeypatch: pytest.MonkeyPatch) -> None:
        def stop(*_: object, **__: object) -> None:
            raise KeyboardInterrupt

        write("id,seen,rash,arthritis,total\nP,2024-01-01,yes,no,2\nQ,2024-01-01,no,?,2\n")
        Path("b.toml").write_text('[recorded]\ntotal = "total"\n', encoding="utf-8")
        monkeypatch.setattr("sledai.cli.rejects.Rejects.split", stop)
        code, _, _ = run(*COMMANDS[command], "-o", "o.csv", "--rejects", "r.csv")
        assert code == 130
        assert sorted(path.name for path in Path().iterdir()) == ["b.toml", "v.csv"]
