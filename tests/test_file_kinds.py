"""Kinds of files: what one holds comes in as it stands there, or it says what it looks like."""

import gc
import gzip
import io
import json
import os
import sys
from collections.abc import Iterator
from datetime import date, datetime, time
from decimal import Decimal
from pathlib import Path
from types import SimpleNamespace
from typing import Any, ClassVar
from zipfile import ZipFile

import pandas as pd
import polars as pl
import pyreadstat
import pytest
import xlsxwriter
from commands import run
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from examples import examples
from sledai import Descriptor, InvalidInputError
from sledai.errors import MissingExtraError
from sledai.files import (
    FORMATS,
    Dialect,
    Output,
    formulas_quoted,
    open_visits,
    read_visits,
    write_visits,
)
from sledai.frame import SCORE_COLUMNS

if sys.version_info >= (3, 14):
    from compression import zstd
else:
    from backports import zstd

OPEN_FILES = Path("/proc/self/fd")


def write(path: Path, text: str | bytes) -> Path:
    path.write_bytes(text.encode() if isinstance(text, str) else text)
    return path


def said(path: Path, dialect: Dialect = Dialect()) -> str:  # noqa: B008
    """The error, without the path, on one line."""
    with pytest.raises(InvalidInputError) as caught:
        read_visits(path, dialect)
    return " ".join(str(caught.value).removeprefix(f"{path}: ").split())


class TestSeparatorOfText:
    """docs/reference/files.md: the separator is the one that is stated, or that of the suffix."""

    def test_tsv(self, tmp_path: Path) -> None:
        path = write(tmp_path / "v.tsv", 'id\tnote\na\t"x\ty"\nb\t1,2\n')
        assert read_visits(path).rows() == [("a", "x\ty"), ("b", "1,2")]

    def test_what_is_stated_wins(self, tmp_path: Path) -> None:
        for name in ("v.tsv", "v.txt", "v.csv"):
            path = write(tmp_path / name, "id;note\na;1,2\n")
            assert read_visits(path, Dialect(separator=";")).rows() == [("a", "1,2")]
        path = write(tmp_path / "v.tsv", "id,note\na,1\n")
        assert read_visits(path, Dialect(separator=",")).rows() == [("a", "1")]

    @pytest.mark.parametrize("separator", ["\t", ",", ";", "|"])
    def test_txt_whose_header_is_split_by_one(self, tmp_path: Path, separator: str) -> None:
        text = f"\n\ufeffid{separator}note\na{separator}x\n"
        path = write(tmp_path / "v.txt", text[1:])
        assert read_visits(path).rows() == [("a", "x")]

    def test_txt_with_a_separator_inside_quotes(self, tmp_path: Path) -> None:
        path = write(tmp_path / "v.txt", '\n"a,b"\t"c;d"\n1\t2\n')
        assert read_visits(path).columns == ["a,b", "c;d"]

    @pytest.mark.parametrize(
        ("text", "found"),
        [
            ("id,note;more\na,b;c\n", "',' and ';'"),
            ("id\ta,b|c\n", "tab and ',' and '|'"),
            ("id note\na b\n", "no usual separator"),
            ('"id,note\n', "no usual separator"),
        ],
    )
    def test_txt_that_could_be_read_in_several_ways(
        self, tmp_path: Path, text: str, found: str
    ) -> None:
        assert said(write(tmp_path / "v.txt", text)) == (
            f"found {found} in the header; accepted: one of tab, ',', ';', '|'; say which it is "
            "(--separator)"
        )

    def test_txt_without_a_header(self, tmp_path: Path) -> None:
        for text in ("", "\n,,\n", "a\tb\n"):
            path = write(tmp_path / "v.txt", text)
            assert said(path, Dialect(header_row=2)) == "no header"

    def test_txt_with_rows_above_the_header(self, tmp_path: Path) -> None:
        path = write(tmp_path / "v.txt", b"made by us; on Monday, late\n\nid\tn\xf6te\na\tb\n")
        dialect = Dialect(header_row=2, encoding="latin-1")
        assert read_visits(path, dialect).columns == ["id", "n\xf6te"]

    def test_a_codebook_that_states_the_comma(
        self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        """Whether it is stated shows, though other options are stated beside it."""
        monkeypatch.chdir(tmp_path)
        write(Path("v.txt"), "arthritis,note;more\nyes,x;y\n")
        write(Path("b.toml"), '[file]\nseparator = ","\n[descriptors]\nabsent = ["rash"]\n')
        code, _, err = run("score", "v.txt", "--codebook", "b.toml", "--missing", "NA")
        assert code == 2
        assert "columns not used: 'note;more'" in err


def packed(path: Path, content: bytes) -> Path:
    if path.suffix == ".gz":
        return write(path, gzip.compress(content))
    checked = {int(zstd.CompressionParameter.checksum_flag): 1}  # as the program zstd does
    return write(path, zstd.compress(content, options=checked))


@pytest.fixture
def nothing_left(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Nothing is left in the folder of temporary files, and none is open."""
    folder = tmp_path / "temporary"
    folder.mkdir()
    monkeypatch.setattr("tempfile.tempdir", str(folder))
    before = len(list(OPEN_FILES.iterdir()))
    yield
    gc.collect()  # what an error still holds
    assert list(folder.iterdir()) == []
    assert len(list(OPEN_FILES.iterdir())) == before


@pytest.mark.usefixtures("nothing_left")
class TestPacked:
    """docs/how-to/score-a-file.md: packed text is unpacked to a file of which nothing is left."""

    @pytest.mark.parametrize("suffix", [".gz", ".zst", ".GZ"])
    @pytest.mark.parametrize(
        ("kind", "text"),
        [
            (".csv", 'id,note\na,"x\ny"\nb,\n'),
            (".tsv", 'id\tnote\na\t"x\ny"\nb\t\n'),
            (".txt", 'id|note\na|"x\ny"\nb|\n'),
            (".json", '[{"id": "a", "note": "x\\ny"}, {"id": "b"}]'),
            (".jsonl", '{"id": "a", "note": "x\\ny"}\n{"id": "b"}\n'),
        ],
    )
    def test_text(self, tmp_path: Path, suffix: str, kind: str, text: str) -> None:
        path = write(tmp_path / f"v{kind}{suffix}", b"")
        pack = zstd.compress if suffix == ".zst" else gzip.compress
        write(path, pack(text[:5].encode()) + pack(text[5:].encode()))  # one behind another
        assert read_visits(path).rows() == [("a", "x\ny"), ("b", None)]

    @pytest.mark.parametrize("suffix", [".gz", ".zst"])
    def test_a_damaged_archive(self, tmp_path: Path, suffix: str) -> None:
        text = "id,note\n" + "".join(f"{n},{n * n}\n" for n in range(9_000))
        path = packed(tmp_path / f"v.csv{suffix}", text.encode())
        content = path.read_bytes()
        name = {".gz": "gzip", ".zst": "zstd"}[suffix]
        write(path, content[:-9])
        assert said(path) == f"ends early: packed by {name}, and the end is not there"
        write(path, content[:60] + b"\xff" * 60 + content[120:])
        assert said(path).startswith(f"damaged: packed by {name}, and cannot be unpacked (")
        write(path, text)
        assert said(path) == f"not packed by {name}, as its suffix says"

    def test_errors_name_the_file(self, tmp_path: Path) -> None:
        path = packed(tmp_path / "v.csv.gz", b'id,note\na,b\n"c,d\n')
        with pytest.raises(InvalidInputError) as caught:
            read_visits(path)
        assert str(caught.value).startswith(f"{path}: line 3: not readable as CSV: a quote")
        del caught
        path = packed(tmp_path / "v.csv.gz", b"<html><body>")
        with pytest.raises(
            InvalidInputError, match=r"v\.csv\.gz: not CSV, as its suffix says, but"
        ):
            read_visits(path)

    def test_batches_that_nobody_reads(self, tmp_path: Path) -> None:
        path = packed(tmp_path / "v.csv.gz", b"id\na\n")
        visits = open_visits(path)
        assert (visits.path, visits.length, visits.columns) == (path, 5, ["id"])
        visits = open_visits(path)
        next(visits.batches)
        visits.batches.close()

    def test_where_open_files_have_no_names(
        self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr("sledai.files.source._OPEN_FILES", tmp_path / "none")
        path = packed(tmp_path / "v.csv.gz", b"id\na\n")
        visits = open_visits(path)
        (left,) = (tmp_path / "temporary").iterdir()
        assert left.stat().st_mode & 0o077 == 0
        assert [row for batch in visits.batches for row in batch.visits.rows()] == [("a",)]

    def test_no_room(self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        def full(*_: object) -> int:
            raise OSError(28, "No space left on device")

        path = packed(tmp_path / "v.csv.gz", b"id\na\n")
        monkeypatch.setattr(os, "write", full)
        with pytest.raises(OSError, match="No space left") as caught:
            read_visits(path)
        assert caught.value.filename == str(tmp_path / "temporary")
        caught.value.with_traceback(None)
        del caught

    @pytest.mark.parametrize("folder", [OPEN_FILES, Path("none")])
    def test_a_stop(self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, folder: Path) -> None:
        def stop(*_: object) -> int:
            raise KeyboardInterrupt

        path = packed(tmp_path / "v.csv.gz", b"id\na\n")
        monkeypatch.setattr("sledai.files.source._OPEN_FILES", folder)
        monkeypatch.setattr(os, "write", stop)
        with pytest.raises(KeyboardInterrupt) as caught:
            open_visits(path)
        del caught

    def test_what_is_not_read_packed(self, tmp_path: Path) -> None:
        path = packed(tmp_path / "v.parquet.gz", b"PAR1")
        assert said(path).startswith(
            "unknown suffix '.parquet.gz', of a file that looks like compressed by gzip; accepted: "
        )
        assert said(write(tmp_path / "v.gz", b"")).startswith("unknown suffix '.gz'; accepted: ")


@pytest.mark.usefixtures("nothing_left")
class TestStandardInput:
    """docs/how-to/score-a-file.md: - is CSV, or what its first bytes show it to be."""

    def bring(self, monkeypatch: pytest.MonkeyPatch, content: bytes) -> None:
        monkeypatch.setattr(sys, "stdin", SimpleNamespace(buffer=io.BytesIO(content)))

    def test_csv(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.bring(monkeypatch, b"id;note\na;\xe9\n")
        assert read_visits(Path("-"), Dialect(";", "latin-1")).rows() == [("a", "\xe9")]

    def test_parquet(self, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
        pl.DataFrame({"id": [1, 2]}).write_parquet(tmp_path / "v.parquet")
        self.bring(monkeypatch, (tmp_path / "v.parquet").read_bytes())
        assert read_visits(Path("-")).rows() == [(1,), (2,)]

    def test_what_is_neither(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.bring(monkeypatch, gzip.compress(b"id\n"))
        with pytest.raises(InvalidInputError) as caught:
            read_visits(Path("-"))
        assert str(caught.value) == (
            "standard input: not CSV, which standard input is taken for, but compressed by gzip"
        )
        self.bring(monkeypatch, b"")
        with pytest.raises(InvalidInputError, match=r"^standard input: no header$"):
            read_visits(Path("-"))

    def test_on_the_command_line(self, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
        monkeypatch.chdir(tmp_path)
        others = [f"--not-collected={name}" for name in Descriptor if name != "rash"]
        self.bring(monkeypatch, b"id,rash\na,yes\nb,no\n")
        assert run("score", "-", "-o", "s.csv", *others)[0] == 0
        assert read_visits(Path("s.csv")).height == 2
        self.bring(monkeypatch, b"id,rash\na,yes\nb,maybe\n")
        code, _, err = run("score", "-", "-o", "s.csv", *others)
        assert code == 2
        assert "standard input: cells that are no answer: 1" in err
        assert "line 3, column 'rash': found 'maybe'" in err


class TestJson:
    """docs/reference/files.md: JSON is an array of records."""

    def test_records(self, tmp_path: Path) -> None:
        text = '\ufeff [ {"b": 1, "a": "x"} ,\n {"c": true, "a": null} ] \n'
        visits = open_visits(write(tmp_path / "v.json", text))
        assert (visits.columns, visits.place, visits.length) == (["b", "a", "c"], "row", 2)
        (batch,) = visits.batches
        assert batch.visits.rows() == [(1, "x", None), (None, None, True)]
        assert (batch.places.to_list(), batch.end) == ([1, 2], 2)

    @pytest.mark.parametrize(
        ("text", "found"),
        [
            ('{"visits": [], "n": 1}', "found an object with keys 'visits', 'n'"),
            (
                json.dumps(dict.fromkeys("abcdefg", 1)),
                "found an object with keys 'a', 'b', 'c', 'd', 'e' and 2 more",
            ),
            ("{}", "found an empty object"),
            ('{"a": 1}\n{"a": 2}\n', "found one object behind another, as JSON Lines (.jsonl) has"),
            ('"text"', "found a text"),
            ("17", "found a number"),
            ("1.5", "found a number"),
            ("true", "found true or false"),
            ("null", "found null"),
            ('[{"a": 1}] [', "found '[' behind the array"),
            ("[] x", "found 'x' behind the array"),
        ],
    )
    def test_what_stands_in_place_of_an_array(self, tmp_path: Path, text: str, found: str) -> None:
        answer = said(write(tmp_path / "v.json", text))
        assert answer.startswith(found)
        assert answer.endswith("; accepted: an array of records")

    @pytest.mark.parametrize(
        ("text", "wrong"),
        [
            ("", "no rows"),
            ("[]", "no rows"),
            ("[{}]", "no rows"),
            (b"[\xff", "not UTF-8 text; save the file as UTF-8"),
            (
                '[{"a": 1},\n{"a": 1, "a": 2}]',
                "row 2, from line 2: not readable as JSON: 'a' stands",
            ),
            ('[{"a": NaN}]', "row 1, from line 1: not readable as JSON: NaN is not JSON"),
            ('[{"a": 1e999}]', "row 1, from line 1: not readable as JSON: 1e999 is out of range"),
            ('[{"a": "\\ud800"}]', "row 1, from line 1: not readable as JSON: 'utf-8' codec can't"),
            (
                '[{"a": "\\u00e9"}',
                "line 1, behind row 1: found the end of the file; accepted: a com",
            ),
            ('[{"a": 1}\n{"a": 2}]', "line 2, behind row 1: found '{'; accepted: a comma or ]"),
            ('[{"a": 1},]', "row 2, from line 1: not readable as JSON: Expecting value"),
            ('[{"a": 1', "row 1, from line 1: not readable as JSON: Expecting ',' delimiter"),
            ("[" + '{"a":' * 100_000, "row 1, from line 1: not readable as JSON: "),
            ("what", "not an array, from line 1: not readable as JSON: Expecting value"),
        ],
    )
    def test_what_is_no_json(self, tmp_path: Path, text: str | bytes, wrong: str) -> None:
        assert said(write(tmp_path / "v.json", text)).startswith(wrong)

    def test_what_is_no_record_is_no_row(self, tmp_path: Path) -> None:
        path = write(tmp_path / "v.json", '[{"a": 1}, 7, [ 2], {"a": 2}]')
        (batch,) = open_visits(path).batches
        assert [*batch.rejected] == [
            (2, "a number in place of an object", "7"),
            (3, "an array in place of an object", "[ 2]"),
        ]
        assert batch.places.to_list() == [1, 4]

    def test_json_lines_of_other_records(self, tmp_path: Path) -> None:
        path = write(tmp_path / "v.jsonl", '{"a": 1}\xa0\n')
        assert said(path).endswith(
            "line 1: not readable as JSON Lines: Extra data: line 1 column 9 (char 8)"
        )


class TestFormulas:
    """Text that a spreadsheet would run is quoted in CSV and TSV for who asks; numbers are not."""

    CELLS: ClassVar = ["=1+1", "+SUM(A1)", "-2+3", "@x", "\tx", "'a", "a=1", "", None]
    NUMBERS: ClassVar = ["-9", "+0.5", "-1,5", "-.5", "1e-3", "-2E+5", "0"]

    @pytest.mark.parametrize("suffix", [".csv", ".tsv"])
    @pytest.mark.parametrize("dtype", [pl.String, pl.Categorical])
    def test_in_text(self, tmp_path: Path, suffix: str, dtype: Any) -> None:
        cells = [*self.CELLS, *self.NUMBERS]
        visits = pl.DataFrame(
            {"=note": cells, "n": [-1] * len(cells)}, schema={"=note": dtype, "n": pl.Int64}
        )
        quoted, plain = tmp_path / f"quoted{suffix}", tmp_path / f"plain{suffix}"
        with formulas_quoted():
            write_visits(visits, quoted)
        write_visits(visits, plain)
        assert read_visits(plain).columns == ["=note", "n"]
        assert read_visits(plain)["=note"].to_list() == [c or None for c in cells]
        found = read_visits(quoted)
        runs = {"=1+1", "+SUM(A1)", "-2+3", "@x", "\tx"}
        said = [f"'{cell}" if cell in runs else cell or None for cell in cells]
        assert found.columns == ["'=note", "n"]
        assert found["'=note"].to_list() == said
        assert set(found["n"]) == {"-1"}

    def test_by_command(self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.chdir(tmp_path)
        items = {d.value: ["0", "1"] for d in Descriptor}
        pl.DataFrame({"id": ["=cmd", "-7"], **items}).write_csv("v.csv")
        for asked, said in ((("--quote-formulas",), "'=cmd"), ((), "=cmd")):
            code, _, err = run(*asked, "score", "v.csv", "-o", "s.csv")
            assert (code, err) == (0, "")
            scores = read_visits(Path("s.csv"))
            assert scores["id"].to_list() == [said, "-7"]
            assert scores["sledai_total"].to_list() == ["0", "105"]


class TestWrittenExcel:
    """docs/reference/files.md: numbers, texts and dates as such, and never a formula."""

    def test_types_that_a_sheet_has(self, tmp_path: Path) -> None:
        path = tmp_path / "v.xlsx"
        visits = pl.DataFrame(
            {
                "text": ["=1+1", "@x", "+1", "http://x.y", "007"],
                "whole": [1, -(2**53), None, 0, 2],
                "number": [0.5, None, 1e6, 1e-3, -2.25],
                "yes": [True, False, None, True, True],
                "day": [date(2024, 1, 2), None, date(1900, 3, 1), date(9999, 12, 31), None],
                "moment": [None, None, None, None, datetime(2024, 1, 2, 3, 4, 5)],  # noqa: DTZ001
            },
            schema_overrides={"number": pl.Float64, "moment": pl.Datetime("us")},
        )
        write_visits(visits, path)
        read = pl.read_excel(path)
        assert read.dtypes[0] == pl.String
        assert read.dtypes[3:5] == [pl.Boolean, pl.Date]
        assert read.dtypes[5].is_temporal()
        assert read.rows() == visits.rows()
        with ZipFile(path) as book:
            assert b"<f>" not in book.read("xl/worksheets/sheet1.xml")

    def test_types_that_a_sheet_has_not(self, tmp_path: Path) -> None:
        moment = datetime(2024, 1, 2, 3, 4, 5)  # noqa: DTZ001
        columns = {
            "decimal": pl.Series([Decimal("1.25"), None]),
            "day": pl.Series([date(1900, 2, 28), date(1066, 10, 14)]),
            "moment": pl.Series([moment.replace(microsecond=7), moment.replace(year=1899)]),
            "zone": pl.Series([moment, None]).dt.replace_time_zone("Europe/Paris"),
            "time": pl.Series([time(1, 2, 3), None]),
            "kind": pl.Series(["a", "b"], dtype=pl.Categorical),
            "none": pl.Series([None, None]),
        }
        write_visits(pl.DataFrame(columns), tmp_path / "v.xlsx")
        read = read_visits(tmp_path / "v.xlsx")
        assert {name: read[name].to_list() for name in columns} == {
            "decimal": ["1.25", None],
            "day": ["1900-02-28", "1066-10-14"],
            "moment": ["2024-01-02 03:04:05.000007", "1899-01-02 03:04:05"],
            "zone": ["2024-01-02 03:04:05+01:00", None],
            "time": ["01:02:03", None],
            "kind": ["a", "b"],
            "none": [None, None],
        }

    @pytest.mark.parametrize(
        ("column", "what"),
        [
            (pl.Series([float("-inf")]), "column 'x', which holds infinity"),
            (pl.Series([2**53 + 1]), "column 'x', which holds a whole number beyond 9,007,199,254"),
            (
                pl.Series([Decimal("0.12345678901234567890123")]),
                "column 'x', which holds a number of too many digits",
            ),
            (
                pl.Series([1], dtype=pl.Datetime("ns")),
                "column 'x', which holds parts of a microsecond",
            ),
            (pl.Series([10**9], dtype=pl.Date), "column 'x', whose times lie beyond the years"),
            (pl.Series([1], dtype=pl.Duration), "column 'x' of type Duration"),
            (pl.Series([[1]]), "column 'x' of type List"),
            (
                pl.Series(["\U0001f600" * 16_384]),
                "column 'x', which holds '\U0001f600\U0001f600",
            ),
        ],
    )
    def test_what_a_sheet_cannot_hold(self, tmp_path: Path, column: pl.Series, what: str) -> None:
        with pytest.raises(InvalidInputError) as caught:
            write_visits(pl.DataFrame({"x": column}), tmp_path / "v.xlsx")
        assert str(caught.value).startswith(f"{tmp_path / 'v.xlsx'}: Excel cannot hold {what}")
        assert list(tmp_path.iterdir()) == []

    @pytest.mark.parametrize("dtype", [pl.Int8, pl.UInt8, pl.UInt64, pl.Int128])
    def test_whole_numbers_of_any_size(self, tmp_path: Path, dtype: Any) -> None:
        write_visits(pl.DataFrame({"x": pl.Series([1, None, 7], dtype=dtype)}), tmp_path / "v.xlsx")
        assert read_visits(tmp_path / "v.xlsx")["x"].to_list() == ["1", "7"]

    def test_scores(self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.chdir(tmp_path)
        others = [f"--not-collected={name}" for name in Descriptor if name != "rash"]
        write(Path("v.csv"), "id,rash\n=1+1,yes\nb,no\n")
        assert run("score", "v.csv", "-o", "s.xlsx", *others)[0] == 0
        read = read_visits(Path("s.xlsx"))
        assert read.columns == [
            *read_visits(Path("v.csv")).columns,
            *SCORE_COLUMNS,
            "sledai_missing",
        ]
        assert read.select("id", "rash", "sledai_low").rows() == [
            ("=1+1", "yes", "2"),
            ("b", "no", "0"),
        ]

    def test_limits(self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        path = tmp_path / "v.xlsx"
        write_visits(pl.DataFrame({"x": ["y" * 32_767]}), path)
        assert read_visits(path)["x"].str.len_chars().to_list() == [32_767]
        with pytest.raises(InvalidInputError, match="16,385 columns; at most 16,384"):
            write_visits(pl.DataFrame({f"c{n}": [1] for n in range(16_385)}), path)
        with pytest.raises(InvalidInputError, match=r"the name 'nnn.*; at most 32,767 characters"):
            write_visits(pl.DataFrame({"n" * 32_768: [1]}), path)
        monkeypatch.setattr("sledai.files.excel_output._ROWS", 5)
        batch = pl.DataFrame({"x": [1, 2]})
        with Output(path) as output:
            output.write(batch)
            output.write(batch)
        assert read_visits(path)["x"].to_list() == ["1", "2", "1", "2"]
        with pytest.raises(InvalidInputError, match="Excel cannot hold these visits: more than 4"):
            write_visits(pl.DataFrame({"x": range(5)}), path)
        assert [*tmp_path.iterdir()] == [path]

    def test_a_real_sheet_has_so_many_rows(self) -> None:
        """1,048,576 rows, of which the header is one."""
        from sledai.files import excel_output  # noqa: PLC0415

        assert (excel_output._ROWS, excel_output._COLUMNS) == (1_048_576, 16_384)

    def test_a_disk_that_is_full(self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        def full(*_: object) -> None:
            raise xlsxwriter.exceptions.FileCreateError(OSError(28, "No space left on device"))

        monkeypatch.setattr(xlsxwriter.Workbook, "close", full)
        with pytest.raises(OSError, match="No space left") as caught:
            write_visits(pl.DataFrame({"x": [1]}), tmp_path / "v.xlsx")
        assert caught.value.filename == str(tmp_path / "v.xlsx")
        assert list(tmp_path.iterdir()) == []

    def test_without_the_extra(self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        """It is said before the work, and not after."""
        monkeypatch.chdir(tmp_path)
        monkeypatch.setitem(sys.modules, "xlsxwriter", None)
        write(Path("v.csv"), "id\n")
        code, _, err = run("score", "v.csv", "-o", "s.xlsx")
        assert code == 69
        assert err == (
            "error: s.xlsx: writing Excel needs xlsxwriter: pip install 'sledai[excel]', or in a "
            "clone pip install '.[excel]'"
        )


ODS = """<?xml version="1.0" encoding="UTF-8"?><office:document-content
 xmlns:office="urn:oasis:names:tc:opendocument:xmlns:office:1.0"
 xmlns:table="urn:oasis:names:tc:opendocument:xmlns:table:1.0"
 xmlns:text="urn:oasis:names:tc:opendocument:xmlns:text:1.0" office:version="1.2"><office:body>
<office:spreadsheet><table:table table:name="visits">{rows}</table:table></office:spreadsheet>
</office:body></office:document-content>"""


MANIFEST = """<?xml version="1.0" encoding="UTF-8"?><manifest:manifest
 xmlns:manifest="urn:oasis:names:tc:opendocument:xmlns:manifest:1.0">
<manifest:file-entry manifest:full-path="/" manifest:media-type="{kind}"/>
<manifest:file-entry manifest:full-path="content.xml" manifest:media-type="text/xml"/>
</manifest:manifest>"""


def ods(path: Path, *rows: str) -> Path:
    """A sheet, of cells as the format has them."""
    kind = "application/vnd.oasis.opendocument.spreadsheet"
    with ZipFile(path, "w") as book:
        book.writestr("mimetype", kind)
        lines = "".join(f"<table:table-row>{row}</table:table-row>" for row in rows)
        book.writestr("META-INF/manifest.xml", MANIFEST.format(kind=kind))
        book.writestr("content.xml", ODS.format(rows=lines))
    return path


def ods_cell(kind: str, value: str, shown: str) -> str:
    return (
        f'<table:table-cell office:value-type="{kind}" {value}><text:p>{shown}</text:p>'
        "</table:table-cell>"
    )


class TestOpenDocument:
    """docs/reference/files.md: a sheet of OpenDocument is read as one of Excel is."""

    def test_a_sheet(self, tmp_path: Path) -> None:
        path = ods(
            tmp_path / "v.ods",
            *("".join(ods_cell("string", "", name) for name in ("id", "n", "day")),),
            ods_cell("string", "", "a")
            + ods_cell("float", 'office:value="1.5"', "1,5")
            + ods_cell("date", 'office:date-value="2024-01-02"', "2.1.2024"),
        )
        visits = open_visits(path)
        (batch,) = visits.batches
        assert batch.visits.rows() == [("a", "1.5", "2024-01-02")]
        assert (batch.places.to_list(), visits.place) == ([2], "row")

    def test_what_is_none(self, tmp_path: Path) -> None:
        assert said(write(tmp_path / "v.ods", b"PK\x03\x04..")).startswith(
            "not readable as OpenDocument: "
        )

    def test_without_the_extra(self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setitem(sys.modules, "fastexcel", None)
        with pytest.raises(MissingExtraError, match="reading OpenDocument needs fastexcel: pip"):
            open_visits(ods(tmp_path / "v.ods"))


class TestStatistics:
    """docs/reference/files.md: labels as words, missing values of every kind as nothing."""

    visits = pl.DataFrame(
        {
            "id": ["a", "", "c"],
            "rash": [0.0, 1.0, 2.0],
            "plt": [92.5, None, -9.0],
            "day": [date(2024, 1, 2), None, date(1899, 5, 1)],
            "moment": [datetime(2024, 1, 2, 3, 4, 5), None, datetime(1899, 5, 1)],  # noqa: DTZ001
            "at": [None, None, time(1, 2, 3)],
        }
    )
    types = (pl.String, pl.Float64, pl.Float64, pl.Date, pl.Datetime("us"), pl.Time)
    first = ("a", 0.0, 92.5, date(2024, 1, 2), datetime(2024, 1, 2, 3, 4, 5), None)  # noqa: DTZ001
    third = ("c", 2.0, -9.0, date(1899, 5, 1), datetime(1899, 5, 1), time(1, 2, 3))  # noqa: DTZ001

    def write(self, path: Path, visits: pl.DataFrame, **more: Any) -> Path:
        if path.suffix == ".xpt":
            pyreadstat.write_xport(visits, path, file_format_version=5, **more)
        elif path.suffix == ".dta":
            pyreadstat.write_dta(visits, path, **more)
        else:
            pyreadstat.write_sav(visits, path, compress=path.suffix == ".zsav", **more)
        return path

    @pytest.mark.parametrize("suffix", [".sav", ".zsav", ".dta", ".xpt"])
    @pytest.mark.parametrize("rows", [1, 2, 1000])
    def test_cells(
        self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, suffix: str, rows: int
    ) -> None:
        """Whole or in batches: types do not hang on which cells of a batch hold something."""
        monkeypatch.setattr("sledai.files.statistics.rows_per_batch", lambda _: rows)
        visits = open_visits(self.write(tmp_path / f"v{suffix}", self.visits))
        assert (visits.place, visits.length) == ("row", 3)
        assert visits.columns == ["id", "rash", "plt", "day", "moment", "at"]
        batches = list(visits.batches)
        assert all(batch.visits.dtypes == [*self.types] for batch in batches)
        cells = pl.concat(batch.visits for batch in batches)
        assert cells.rows() == [self.first, (None, 1.0, None, None, None, None), self.third]
        assert [n for batch in batches for n in batch.places] == [1, 2, 3]
        assert batches[-1].end == 3

    def test_labels_are_words_and_codes_for_missing_are_nothing(self, tmp_path: Path) -> None:
        path = self.write(
            tmp_path / "v.sav",
            self.visits.with_columns(rash=pl.Series([0.0, 8.0, 2.5])),
            variable_value_labels={
                "rash": {0.0: "No", 1.0: "Yes", 8.0: "not done"},
                "plt": {-9.0: "no blood"},
                "id": {"a": "Anna"},
                "day": {date(2024, 1, 2): "a holiday"},
            },
            missing_ranges={"rash": [8.0]},
        )
        assert read_visits(path).select("id", "rash", "plt").rows() == [
            ("Anna", "No", "92.5"),
            (None, None, None),
            ("c", "2.5", "no blood"),
        ]
        assert read_visits(path)["day"].to_list() == [date(2024, 1, 2), None, date(1899, 5, 1)]

    def test_whole_numbers_and_special_missing_of_stata(self, tmp_path: Path) -> None:
        path = tmp_path / "v.dta"
        pyreadstat.write_dta(
            pd.DataFrame(
                {
                    "rash": [1, "a", 0],
                    "n": pd.Series([1, 2, 3], dtype="int32"),
                    "none": ["b", "b", "b"],
                }
            ),
            path,
            missing_user_values={"rash": ["a"], "none": ["b"]},
            variable_value_labels={"rash": {1: "ja", 0: "nein"}},
        )
        visits = read_visits(path)
        assert visits["rash"].to_list() == ["ja", None, "nein"]
        assert visits["n"].to_list() == [1, 2, 3]
        assert visits["n"].dtype == pl.Int64
        assert visits["none"].to_list() == [None, None, None]

    def test_special_missing_of_sas(self, tmp_path: Path) -> None:
        path = self.write(tmp_path / "v.xpt", pl.DataFrame({"plt": [92.5, -1234.5]}))
        number = bytes.fromhex("c34d280000000000")  # -1234.5 as IBM wrote it
        content = path.read_bytes()
        assert content.count(number) == 1
        write(path, content.replace(number, b"A" + bytes(7)))
        assert read_visits(path)["plt"].to_list() == [92.5, None]

    def test_no_rows_and_no_values(self, tmp_path: Path) -> None:
        empty = pl.DataFrame(schema={"id": pl.String, "n": pl.Float64})
        for suffix in (".sav", ".xpt"):
            visits = read_visits(self.write(tmp_path / f"v{suffix}", empty))
            assert visits.schema == {"id": pl.String, "n": pl.Float64}
            assert visits.height == 0
        path = self.write(tmp_path / "v.sav", pl.DataFrame({"n": [None]}, schema={"n": pl.Float64}))
        assert read_visits(path).schema == {"n": pl.Float64}

    def test_encodings(self, tmp_path: Path) -> None:
        path = self.write(tmp_path / "v.xpt", pl.DataFrame({"id": ["caf@"], "n": [1.0]}))
        write(path, path.read_bytes().replace(b"caf@", b"caf\xe9"))
        assert said(path) == (
            "not readable as SAS transport: text is not written as the file says; say how it is "
            "(--encoding)"
        )
        assert read_visits(path, Dialect(encoding="latin-1")).row(0) == ("caf\xe9", 1.0)
        assert said(path, Dialect(encoding="x")).startswith("encoding: found 'x'; accepted: utf-8")

    @pytest.mark.parametrize(
        ("suffix", "name"),
        [(".sav", "SPSS"), (".dta", "Stata"), (".sas7bdat", "SAS"), (".xpt", "SAS transport")],
    )
    def test_what_is_none(self, tmp_path: Path, suffix: str, name: str) -> None:
        for content in (b"", b"id,rash\na,yes\n" * 40):
            answer = said(write(tmp_path / f"v{suffix}", content))
            assert answer.startswith(f"not readable as {name}: ")

    def test_a_file_that_ends_early(self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        read = pyreadstat.read_sav

        def short(*arguments: Any, **options: Any) -> tuple[pl.DataFrame, Any]:
            cells, about = read(*arguments, **options)
            return cells.head(2), about

        path = self.write(tmp_path / "v.sav", self.visits)
        monkeypatch.setattr(pyreadstat, "read_sav", short)
        assert said(path) == "has 3 rows, of which 2 could be read"

    def test_no_columns(self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        none = pl.DataFrame(), SimpleNamespace(column_names=[])
        monkeypatch.setattr(pyreadstat, "read_sav", lambda *_, **__: none)
        assert said(write(tmp_path / "v.sav", b"$FL2")) == "no columns"

    def test_sas_is_read_by_the_reader_of_sas(
        self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        """Nothing but SAS writes such a file, so its reader is another one here."""
        path = self.write(tmp_path / "v.xpt", self.visits).rename(tmp_path / "v.sas7bdat")
        content = path.read_bytes()
        assert said(path) == "not SAS, as its suffix says, but SAS transport"
        monkeypatch.setattr(pyreadstat, "read_sas7bdat", pyreadstat.read_xport)
        monkeypatch.setattr("sledai.files._looks_like", lambda _: None)
        assert read_visits(write(path, content)).row(2) == self.third

    def test_without_the_extra(self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        path = self.write(tmp_path / "v.sav", self.visits)
        monkeypatch.setitem(sys.modules, "pyreadstat", None)
        with pytest.raises(MissingExtraError) as caught:
            open_visits(path)
        assert str(caught.value) == (
            f"{path}: reading SPSS needs pyreadstat: pip install 'sledai[stat]', or in a clone pip "
            "install '.[stat]'"
        )


class TestWhatItLooksLike:
    """docs/how-to/score-a-file.md: a file that is something else says what it looks like."""

    LOOKS = (
        (b"\xef\xbb\xbf\n <!DOCTYPE html><html>", "an HTML page"),
        (b"<html xmlns:x='urn:x'>", "an HTML page"),
        (b"<TABLE><tr><td>id</td>", "an HTML page"),
        (b'<?xml version="1.0"?><ClinicalData>', "XML"),
        (b'[{"id": 1}]', "JSON"),
        (b' {"id": 1}\n', "JSON"),
        (b"{\\rtf1\\ansi", "an RTF document"),
        (b"%PDF-1.7\n", "a PDF document"),
        (b"SQLite format 3\0\x10\x00", "an SQLite database"),
        (gzip.compress(b"X\n\0\0\0\3\0\4\3\0", mtime=0), "an R file"),
        (b"RDX3\nX\n", "an R file"),
        (gzip.compress(b"id,rash\n", mtime=0), "compressed by gzip"),
        (b"\x1f\x8b\x08\x00", "compressed by gzip"),
        (b"\x1f\x8bwhat", "compressed by gzip"),
        (b"\x28\xb5\x2f\xfd", "compressed by zstd"),
        (b"BZh91AY", "compressed by bzip2"),
        (b"\xfd7zXZ\0", "compressed by xz"),
        (b"\xd0\xcf\x11\xe0\xa1", "an Excel workbook of the old kind; save it as .xlsx or .csv"),
        (b"PK\x03\x04", "an Excel workbook or another zip archive"),
        ("id,rash\n".encode("utf-16"), "UTF-16 text; save it as UTF-8"),
        ("id,rash\n".encode("utf-16-le"), "UTF-16 text; save it as UTF-8"),
        ("id,rash\n".encode("utf-16-be"), "UTF-16 text; save it as UTF-8"),
        (b"\x80\x05\x95\x1c\0", "a pickled Python object"),
        (b"ARROW1\0\0", "an Arrow file (Feather)"),
        (b"\x89HDF\r\n\x1a\n", "an HDF5 file"),
        (b"$FL2@(#) SPSS", "SPSS"),
        (b"<stata_dta><header>", "Stata"),
        (b"HEADER RECORD*******LIBRARY", "SAS transport"),
        (bytes(12) + b"\xc2\xea\x81\x60\xb3\x14\x11\xcf\xbd", "SAS"),
    )

    @pytest.mark.parametrize(("content", "name"), LOOKS)
    def test_a_suffix_that_says_something_else(
        self, tmp_path: Path, content: bytes, name: str
    ) -> None:
        for suffix, kind in ((".csv", "CSV"), (".txt", "text"), (".parquet", "Parquet")):
            answer = said(write(tmp_path / f"v{suffix}", content))
            assert answer == f"not {kind}, as its suffix says, but {name}"

    @pytest.mark.parametrize(("content", "name"), LOOKS)
    def test_a_suffix_that_says_nothing(self, tmp_path: Path, content: bytes, name: str) -> None:
        assert said(write(tmp_path / "v.xls", content)).startswith(
            f"unknown suffix '.xls', of a file that looks like {name}; accepted: .csv, .tsv, "
        )

    def test_json_of_the_other_kind(self, tmp_path: Path) -> None:
        answer = said(write(tmp_path / "v.jsonl", '[\n{"id": 1}]'))
        assert answer == "not JSON Lines, as its suffix says, but JSON"

    @pytest.mark.parametrize("header", ["[id],rash", "{id},rash", "<id>,rash", "X,rash", "BZ,h"])
    def test_names_that_only_begin_so(self, tmp_path: Path, header: str) -> None:
        path = write(tmp_path / "v.csv", f"{header}\na,no\n")
        assert read_visits(path).columns == header.split(",")

    def test_a_file_that_is_not_there(self, tmp_path: Path) -> None:
        assert said(tmp_path / "v.doc").startswith("unknown suffix '.doc'; accepted: ")


# Control characters but those of lines and tabs are another matter: workbooks escape them, and not
# every version of its reader knows that.
TEXTS = st.text(
    st.characters(
        exclude_categories=["Cs", "Cc"],
        exclude_characters="\ufffe\uffff",
        include_characters="\n\t",
    ),
    min_size=1,
)
CELLS = {
    pl.String: TEXTS,
    pl.Boolean: st.booleans(),
    pl.Int64: st.integers(-(2**53), 2**53),
    pl.Float64: st.integers(-(10**9), 10**9).map(lambda n: n / 1024),
    pl.Date: st.dates(),
    pl.Datetime: st.datetimes(),
}


@st.composite
def tables(draw: st.DrawFn) -> pl.DataFrame:
    """Columns of every plain type, each with a value at least, beside the number of the row."""
    names = draw(st.lists(TEXTS, min_size=1, max_size=4, unique=True))
    height = draw(st.integers(1, 4))
    columns = {"": pl.Series([*range(height + 1)])}  # else a row may be blank
    for name in names:
        dtype = draw(st.sampled_from([*CELLS]))
        cells = draw(st.lists(st.none() | CELLS[dtype], min_size=height, max_size=height))
        columns[name] = pl.Series([draw(CELLS[dtype]), *cells], dtype=dtype())
    return pl.DataFrame(columns)


SETTINGS = settings(
    max_examples=examples(60),
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)


def as_text(cell: Any) -> str | None:
    """How CSV and a sheet show a cell, typed anew."""
    if isinstance(cell, bool):
        return "true" if cell else "false"
    if isinstance(cell, datetime):
        return f"{cell:%Y-%m-%d}".zfill(10) + f" {cell:%H:%M:%S.%f}"
    return None if cell is None else str(cell)


class TestOutAndInAgain:
    """What is written is read again as it was: a cell is neither lost, changed nor moved."""

    @SETTINGS
    @given(tables())
    def test_parquet(self, tmp_path: Path, visits: pl.DataFrame) -> None:
        write_visits(visits, tmp_path / "v.parquet")
        assert read_visits(tmp_path / "v.parquet").equals(visits)

    @SETTINGS
    @given(tables(), st.sampled_from([".csv", ".tsv"]))
    def test_text(self, tmp_path: Path, visits: pl.DataFrame, suffix: str) -> None:
        path = tmp_path / f"v{suffix}"
        write_visits(visits, path)
        read = read_visits(path)
        assert read.columns == visits.columns
        for column in visits:
            cells = read[column.name].to_list()
            if column.dtype == pl.Float64:
                assert [c and float(c) for c in cells] == [*column]
            elif column.dtype == pl.Datetime:
                assert [c and datetime.fromisoformat(c) for c in cells] == [*column]
            else:
                assert cells == [*map(as_text, column)]

    @SETTINGS
    @given(tables())
    def test_json_lines(self, tmp_path: Path, visits: pl.DataFrame) -> None:
        write_visits(visits, tmp_path / "v.jsonl")
        read = read_visits(tmp_path / "v.jsonl")
        assert read.columns == visits.columns
        for column in visits:
            cells = read[column.name].to_list()
            if column.dtype == pl.Datetime:
                assert [c and datetime.fromisoformat(c) for c in cells] == [*column]
            elif column.dtype == pl.Date:
                assert cells == [*map(as_text, column)]
            else:
                assert cells == [*column]

    @SETTINGS
    @given(tables())
    def test_excel(self, tmp_path: Path, visits: pl.DataFrame) -> None:
        write_visits(visits, tmp_path / "v.xlsx")
        read = read_visits(tmp_path / "v.xlsx")
        assert read.columns == visits.columns
        for column in visits:
            cells = read[column.name].to_list()
            if column.dtype == pl.Float64:
                assert [c and float(c) for c in cells] == pytest.approx([*column], abs=1e-9)
            elif column.dtype == pl.Datetime:
                assert [c and datetime.fromisoformat(c) for c in cells] == [*column]
            else:
                assert cells == [*map(as_text, column)]


class TestMadeByOthers:
    """Files that other programs wrote, read as typed by hand."""

    def test_a_workbook_of_xlsxwriter(self, tmp_path: Path) -> None:
        with xlsxwriter.Workbook(str(tmp_path / "v.xlsx")) as book:
            sheet = book.add_worksheet()
            sheet.write_row(0, 0, ["id", "rash"])
            sheet.write_row(1, 0, ["007", 1])
        assert read_visits(tmp_path / "v.xlsx").rows() == [("007", "1")]

    def test_files_of_pandas(self, tmp_path: Path) -> None:
        visits = pd.DataFrame({"id": ["a", "b"], "rash": [1, 0], "plt": [92.5, None]})
        visits.to_csv(tmp_path / "v.csv.gz", index=False)
        assert read_visits(tmp_path / "v.csv.gz").rows() == [("a", "1", "92.5"), ("b", "0", None)]
        visits.to_json(tmp_path / "v.json", orient="records")
        assert read_visits(tmp_path / "v.json").rows() == [("a", 1, 92.5), ("b", 0, None)]
        visits.to_json(tmp_path / "w.json")
        assert said(tmp_path / "w.json").startswith("found an object with keys 'id', 'rash', 'plt'")
        visits.to_stata(tmp_path / "v.dta", write_index=False)
        assert read_visits(tmp_path / "v.dta").rows() == [("a", 1, 92.5), ("b", 0, None)]
        visits.to_html(tmp_path / "v.csv")
        assert said(tmp_path / "v.csv") == "not CSV, as its suffix says, but an HTML page"
        visits.to_pickle(tmp_path / "v.csv")
        assert (
            said(tmp_path / "v.csv") == "not CSV, as its suffix says, but a pickled Python object"
        )


def test_each_format_names_what_it_needs() -> None:
    """A library that is no part of `cli` is one of an extra of pyproject.toml."""
    needs = {(one.name, one.reads_with) for one in FORMATS.values() if one.reads_with}
    assert {(name, extra.library, extra.name) for name, extra in needs} == {
        ("Excel", "fastexcel", "excel"),
        ("OpenDocument", "fastexcel", "excel"),
        ("SPSS", "pyreadstat", "stat"),
        ("Stata", "pyreadstat", "stat"),
        ("SAS", "pyreadstat", "stat"),
        ("SAS transport", "pyreadstat", "stat"),
    }
