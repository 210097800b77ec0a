"""Files in and out: nothing guessed, nothing lost, every bad cell named where a person finds it."""

import csv
import io
import json
import os
import resource
import signal
import stat
import sys
from datetime import datetime
from pathlib import Path
from queue import Full, Queue
from tempfile import TemporaryDirectory
from threading import Event
from typing import Any

import polars as pl
import pytest
import xlsxwriter
from hypothesis import given, settings
from hypothesis import strategies as st

from examples import examples
from sledai import InvalidInputError
from sledai.errors import MissingExtraError
from sledai.files import (
    Dialect,
    Output,
    open_text,
    open_visits,
    read_visits,
    write_text,
    write_visits,
)
from sledai.files.batches import Batch, rows_per_batch


def write(path: Path, text: str | bytes) -> Path:
    path.write_bytes(text.encode() if isinstance(text, str) else text)
    return path


class TestPlaces:
    """A row is named by the line at which an editor shows it."""

    def places(self, path: Path) -> list[tuple[object, int]]:
        return [
            (row[0], place)
            for batch in open_visits(path).batches
            for row, place in zip(batch.visits.rows(), batch.places, strict=True)
        ]

    def test_csv_with_quoted_line_breaks_and_blank_lines(self, tmp_path: Path) -> None:
        text = 'id,arthritis\n"a\nb",yes\n\nc,bad\n"d\n\nd",no\ne,worse\n,\nf,worst\n'
        path = write(tmp_path / "v.csv", text)
        assert self.places(path) == [
            ("a\nb", 2),
            ("c", 5),
            ("d\n\nd", 6),
            ("e", 9),
            (None, 10),
            ("f", 11),
        ]

    def test_csv_with_quotes_here_and_there(self, tmp_path: Path) -> None:
        text = 'id,arthritis\na,yes\n"b",no\n"c\nc","no"\nd,\n\n,"\n"\ne,no\n"f",yes'
        path = write(tmp_path / "v.csv", text)
        expected = [("a", 2), ("b", 3), ("c\nc", 4), ("d", 6), (None, 8), ("e", 10), ("f", 11)]
        assert self.places(path) == expected
        path = write(tmp_path / "w.csv", text.replace("\n\n", "\n"))
        assert [id_ for id_, _ in self.places(path)] == [id_ for id_, _ in expected]

    def test_csv_without_quotes_but_with_lines_without_content(self, tmp_path: Path) -> None:
        path = write(tmp_path / "v.csv", "id,arthritis\na,yes\n,\n,no\nb,\n")
        assert self.places(path) == [("a", 2), (None, 3), (None, 4), ("b", 5)]

    def test_csv_with_a_header_over_two_lines_and_a_byte_order_mark(self, tmp_path: Path) -> None:
        path = write(tmp_path / "v.csv", '\ufeff"i\nd",arthritis\r\na,bad\r\nb,no\r\n')
        assert self.places(path) == [("a", 3), ("b", 4)]
        assert open_visits(path).columns == ["i\nd", "arthritis"]

    def test_json_lines_with_blank_lines(self, tmp_path: Path) -> None:
        path = write(tmp_path / "v.jsonl", '{"arthritis": "yes"}\n\n{"arthritis": "bad"}\n')
        assert self.places(path) == [("yes", 1), ("bad", 3)]

    def test_parquet_rows_are_counted_from_1(self, tmp_path: Path) -> None:
        path = tmp_path / "v.parquet"
        pl.DataFrame({"arthritis": ["yes", "bad"]}).write_parquet(path)
        assert self.places(path) == [("yes", 1), ("bad", 2)]

    @pytest.mark.parametrize("block", [1, 7, 8, 30, 10_000])
    @pytest.mark.parametrize("quote", ["", '"'])
    def test_csv_read_in_blocks_of_any_size(
        self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, block: int, quote: str
    ) -> None:
        rows = [(f"p{n}", f"{quote}a{quote and chr(10)}{n}{quote}") for n in range(40)]
        text = "".join(f"{id_},{cell}\n" for id_, cell in rows)
        monkeypatch.setattr("sledai.files.delimited.BLOCK", block)
        path = write(tmp_path / "v.csv", f"id,note\n{text}")
        step = 2 if quote else 1
        assert self.places(path) == [(id_, 2 + n * step) for n, (id_, _) in enumerate(rows)]
        assert read_visits(path).rows() == [(id_, cell.strip('"')) for id_, cell in rows]

    @pytest.mark.parametrize("rows", [1, 3, 1000])
    def test_parquet_read_in_batches_of_any_size(
        self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, rows: int
    ) -> None:
        path = tmp_path / "v.parquet"
        pl.DataFrame({"n": range(50)}).write_parquet(path, row_group_size=7)
        monkeypatch.setattr("sledai.files.batches._CELLS", rows)
        assert self.places(path) == [(n, n + 1) for n in range(50)]

    def test_batches_say_how_far_the_file_is_read(self, tmp_path: Path) -> None:
        visits = pl.DataFrame({"id": ["a", "b"]})
        for suffix in (".csv", ".parquet", ".jsonl"):
            write_visits(visits, tmp_path / f"v{suffix}")
            opened = open_visits(tmp_path / f"v{suffix}")
            assert [*opened.batches][-1].end == opened.length > 0


class TestReading:
    def test_cells_of_csv_stay_as_they_are(self, tmp_path: Path) -> None:
        path = write(tmp_path / "v.csv", "id,date\n007,2024-01-02\n1e3,\n")
        assert read_visits(path).rows() == [("007", "2024-01-02"), ("1e3", None)]

    def test_blank_lines_are_no_visits_but_lines_of_separators_are(self, tmp_path: Path) -> None:
        path = write(tmp_path / "v.csv", 'id,rash\n\na,no\n,\n"",""\nb,\n\n')
        assert read_visits(path)["id"].to_list() == ["a", None, None, "b"]
        for text in ("id,rash\n,\na,no\n,\n", 'id,rash\n,\n"a",no\n,\n'):
            assert read_visits(write(tmp_path / "v.csv", text)).rows() == [
                (None, None),
                ("a", "no"),
                (None, None),
            ]
        path = write(tmp_path / "v.csv", 'id\n\na\n\n"b"\n\n')
        assert read_visits(path)["id"].to_list() == ["a", "b"]

    @pytest.mark.parametrize("suffix", [".parquet", ".jsonl", ".ndjson", ".CSV"])
    def test_every_format_comes_back_as_it_was_written(self, tmp_path: Path, suffix: str) -> None:
        visits = pl.DataFrame({"id": ["a", "b"], "rash": ["yes", None]})
        write_visits(visits, tmp_path / f"v{suffix}")
        assert read_visits(tmp_path / f"v{suffix}").equals(visits)
        assert [p.name for p in tmp_path.iterdir()] == [f"v{suffix}"]

    def test_columns_of_json_lines_come_as_they_are_met(self, tmp_path: Path) -> None:
        names = [f"{n % 7}-{n}" for n in range(60)]
        cells = ", ".join(f'"{name}": 1' for name in names)
        path = write(tmp_path / "v.jsonl", f'\n{{{cells}}}\n{{"z": 2, "late": 2}}\n')
        assert read_visits(path).columns == [*names, "z", "late"]

    @pytest.mark.parametrize(
        ("name", "content", "said"),
        [
            (
                "v.doc",
                "",
                (
                    "unknown suffix '.doc'; accepted: .csv, .tsv, .txt, .parquet, .json, .jsonl, "
                    ".ndjson, .xlsx, .ods, .sav, .zsav, .dta, .sas7bdat, .xpt; .csv, .tsv, .txt, "
                    ".json, .jsonl, .ndjson also with .gz or .zst behind"
                ),
            ),
            ("v", "", "unknown suffix ''"),
            ("v.csv", "", "no header"),
            ("v.csv", "\n\n", "no header"),
            ("v.csv", b"id,rash\n\xe9,no\n", "line 2: not text in utf-8; save the file as UTF-8"),
            ("v.csv", b"id,r\xe9sh\n", "line 1: not text in utf-8"),
            ("v.csv", b"id,rash\na\0,no\n", "line 2: holds a NUL byte, so this is no text"),
            ("v.csv", b"i\0d,rash\n", "line 1: holds a NUL byte"),
            ("v.csv", b"\x1f\x8b\x08\x00", "not CSV, as its suffix says, but compressed by gzip"),
            ("v.csv", b"PAR1\x15\x04", "not CSV, as its suffix says, but Parquet"),
            ("v.jsonl", b"PK\x03\x04..", "not JSON Lines, as its suffix says, but an Excel"),
            (
                "v.xlsx",
                b"\xd0\xcf\x11\xe0.",
                "not Excel, as its suffix says, but an Excel workbook of",
            ),
            ("v.xlsx", b"PK\x03\x04..", "not readable as Excel: "),
            ("v.xlsx", b"id,rash", "not readable as Excel: "),
            ("v.csv", "id,rash\n".encode("utf-16"), "not CSV, as its suffix says, but UTF-16"),
            (
                "v.csv",
                'id,rash\n"a,no\n',
                "line 2: not readable as CSV: a quote that opens here is never closed",
            ),
            ("v.csv", 'id,rash\na,no\nb,"said "no"\n', "line 3: not readable as CSV: ',' expected"),
            (
                "v.csv",
                'id,"rash\n',
                "line 1: not readable as CSV: a quote that opens here is never closed",
            ),
            (
                "v.csv",
                "id,rash,rash\na,no,no\n",
                "more than one column is called 'rash'; rename or delete",
            ),
            ("v.csv", "id,rash\ra,no\rb,no\r", "line 1: holds CR alone; lines must end in LF"),
            ("v.csv", 'id,rash\n"a\rb",no\n', "line 2: holds CR alone; lines must end in LF"),
            ("v.csv", "id,rash\na,no\r\r\n", "line 2: holds CR alone; lines must end in LF"),
            ("v.parquet", "id,rash\n", "not readable as Parquet"),
            ("v.jsonl", "", "no rows"),
            ("v.jsonl", b'{"a": 1}\n\xff', "line 1 or soon after: not UTF-8 text"),
        ],
    )
    def test_what_cannot_be_read_is_said_in_a_line(
        self, tmp_path: Path, name: str, content: str | bytes, said: str
    ) -> None:
        with pytest.raises(InvalidInputError) as caught:
            read_visits(write(tmp_path / name, content))
        assert str(caught.value).startswith(f"{tmp_path / name}: {said}")
        assert "\n" not in str(caught.value)

    @pytest.mark.parametrize(
        ("name", "content", "said"),
        [
            ("v.csv", "id,rash\na,no\nb\n", "line 3: 1 field, the header has 2"),
            ("v.csv", "id,rash\na,no,x\n", "line 2: 3 fields, the header has 2"),
            ("v.csv", 'id,rash\n"a\n",no,x\n', "line 2: 3 fields, the header has 2"),
            ("v.csv", "id\na,no\n", "line 2: 2 fields, the header has 1"),
            ("v.jsonl", "id,rash\n", "line 1: not readable as JSON Lines: not an object"),
            ("v.jsonl", '\n{"a": 1\n', "line 2: not readable as JSON Lines: Expecting"),
            (
                "v.jsonl",
                '{"a": 1, "a": 2}\n',
                "line 1: not readable as JSON Lines: 'a' stands twice",
            ),
            ("v.jsonl", '{"a": NaN}\n', "line 1: not readable as JSON Lines: NaN is not JSON"),
            ("v.jsonl", '{"a": 1e400}\n', "line 1: not readable as JSON Lines: 1e400 is out of"),
            ("v.jsonl", '{"a": "\\ud800"}\n', "line 1: not readable as JSON Lines: 'utf-8' codec"),
            ("v.jsonl", '{"\\ud800": 1}\n', "line 1: not readable as JSON Lines: 'utf-8' codec"),
            ("v.jsonl", "[" * 9, "line 1: not readable as JSON Lines: not an object"),
            ("v.jsonl", '{"a":' * 100_000, "line 1: not readable as JSON Lines: "),
        ],
    )
    def test_a_record_that_is_no_row_is_named(
        self, tmp_path: Path, name: str, content: str, said: str
    ) -> None:
        path = write(tmp_path / name, content)
        with pytest.raises(InvalidInputError) as caught:
            read_visits(path)
        summary, problem = str(caught.value).splitlines()
        assert summary == f"{path}: records that are no row: 1"
        assert problem.startswith(f"  {said}")

    def test_a_record_that_is_no_row_is_kept_as_it_stands(self, tmp_path: Path) -> None:
        path = write(tmp_path / "v.csv", 'id,rash\n"a\n",no,"x"\nb,no\nc\n')
        assert [r for batch in open_visits(path).batches for r in batch.rejected] == [
            (2, "3 fields, the header has 2", '"a\n",no,"x"'),
            (5, "1 field, the header has 2", "c"),
        ]
        path = write(tmp_path / "v.jsonl", '{"id": 1}\n {"id": \n')
        (batch,) = open_visits(path).batches
        assert [(r.place, r.record) for r in batch.rejected] == [(2, ' {"id": ')]

    @pytest.mark.parametrize("suffix", [".csv", ".parquet", ".jsonl"])
    def test_a_name_is_no_pattern(self, tmp_path: Path, suffix: str) -> None:
        for name, rash in (("v1", "no"), ("v[1]", "yes"), ("v*", "no")):
            write_visits(pl.DataFrame({"rash": [rash]}), tmp_path / f"{name}{suffix}")
        assert read_visits(tmp_path / f"v[1]{suffix}").rows() == [("yes",)]

    def test_a_quote_in_a_bare_cell_is_read_as_it_stands_or_refused(self, tmp_path: Path) -> None:
        path = write(tmp_path / "v.csv", 'id,rash\nO"Neil,no\n')
        try:  # versions of polars differ
            assert read_visits(path).rows() == [('O"Neil', "no")]
        except InvalidInputError as error:
            assert str(error).endswith("are all quotes inside cells doubled?")  # noqa: PT017

    @pytest.mark.parametrize(
        "text",
        [
            "id,rash\na,no,x\nb\n",  # too many and too few: the separators add up
            "id,rash\n\na,no,x\n",
            "id,rash\na,no\nb,no,\n\n",
            'id,rash\na,no,x\n"b",no\nc\n',
        ],
    )
    def test_lines_that_make_up_for_each_other(self, tmp_path: Path, text: str) -> None:
        with pytest.raises(InvalidInputError, match="records that are no row"):
            read_visits(write(tmp_path / "v.csv", text))

    def test_a_file_with_a_header_alone(self, tmp_path: Path) -> None:
        for text in ("id,rash", "id,rash\n", "id,rash\n\n", '"id",rash\r\n'):
            assert read_visits(write(tmp_path / "v.csv", text)).schema == {
                "id": pl.String,
                "rash": pl.String,
            }

    def test_ten_thousand_columns(self, tmp_path: Path) -> None:
        names = [f"c{n}" for n in range(10_000)]
        row = ",".join("1" for _ in names)
        path = write(tmp_path / "v.csv", f"{','.join(names)}\n" + f"{row}\n" * 3)
        assert read_visits(path).shape == (3, 10_000)
        assert rows_per_batch(10_000) == 1_600
        assert (rows_per_batch(1), rows_per_batch(10**9), rows_per_batch(0)) == (
            500_000,
            1,
            500_000,
        )

    def test_a_damaged_parquet_file(self, tmp_path: Path) -> None:
        path = tmp_path / "v.parquet"
        pl.DataFrame({"n": ["x" * 50] * 9}).write_parquet(path, compression="zstd")
        content = bytearray(path.read_bytes())
        content[8:60] = b"\xff" * 52
        write(path, bytes(content))
        with pytest.raises(InvalidInputError, match="not readable as Parquet"):
            read_visits(path)

    def test_a_parquet_file_that_ends_early(
        self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        path = tmp_path / "v.parquet"
        pl.DataFrame({"n": range(9)}).write_parquet(path)
        first = pl.DataFrame({"n": range(4)})
        monkeypatch.setattr(pl.LazyFrame, "collect_batches", lambda *_, **__: iter([first]))
        with pytest.raises(InvalidInputError, match="has 9 rows, of which 4 could be read"):
            read_visits(path)

    def test_a_folders_name_is_no_column(self, tmp_path: Path) -> None:
        folder = tmp_path / "rash=1"
        folder.mkdir()
        write_visits(pl.DataFrame({"id": ["a"]}), folder / "v.parquet")
        assert read_visits(folder / "v.parquet").columns == ["id"]

    def test_a_cell_may_be_long(self, tmp_path: Path) -> None:
        path = write(tmp_path / "v.csv", f"id,rash\n{'x' * 200_000},no\n")
        assert read_visits(path)["id"].str.len_chars().to_list() == [200_000]

    @pytest.mark.parametrize(
        ("values", "dtype"),
        [
            ([True, None], pl.Boolean),
            ([1, None], pl.Int64),
            ([1.5, None], pl.Float64),
            (["a", None], pl.String),
            ([None, None], pl.Null),
        ],
    )
    def test_json_columns_of_one_type(self, tmp_path: Path, values: list[Any], dtype: Any) -> None:
        lines = (f'{{"a": {json.dumps(value)}}}\n' for value in values)
        read = read_visits(write(tmp_path / "v.jsonl", "".join(lines)))["a"]
        assert (read.to_list(), read.dtype) == (values, dtype)

    @pytest.mark.parametrize(
        ("values", "texts"),
        [
            (["1.5", "9007199254740993"], ["1.5", "9007199254740993"]),
            (["18446744073709551616", "1"], ["18446744073709551616", "1"]),
            (["true", "1", '"yes"', "null"], ["true", "1", "yes", None]),
            (['{"b": [1, 2]}'], ['{"b": [1, 2]}']),
            (['"\\u00e9"', "1"], ["\u00e9", "1"]),
        ],
    )
    def test_other_json_columns_are_kept_as_text(
        self, tmp_path: Path, values: list[str], texts: list[str | None]
    ) -> None:
        lines = (f'{{"a": {value}}}\n' for value in values)
        assert read_visits(write(tmp_path / "v.jsonl", "".join(lines)))["a"].to_list() == texts

    def test_ragged_lines_are_listed_up_to_20(self, tmp_path: Path) -> None:
        path = write(tmp_path / "v.csv", "id,rash\n" + "a\n" * 30)
        with pytest.raises(InvalidInputError, match=r"and 10 more$"):
            read_visits(path)


@settings(max_examples=examples(200))
@given(
    st.lists(
        st.lists(st.text("ab \"',;\n\u00e9|", max_size=4), min_size=2, max_size=2), max_size=6
    ),
    st.sampled_from(["\n", "\r\n"]),
    st.sampled_from([csv.QUOTE_MINIMAL, csv.QUOTE_ALL]),
    st.integers(1, 40),
)
def test_any_cells_come_out_as_they_went_in(
    rows: list[list[str]], end: str, quoting: Any, block: int
) -> None:
    with TemporaryDirectory() as folder, pytest.MonkeyPatch.context() as patch:
        patch.setattr("sledai.files.delimited.BLOCK", block)
        path = Path(folder, "v.csv")
        with path.open("w", encoding="utf-8", newline="") as file:
            csv.writer(file, lineterminator=end, quoting=quoting).writerows([["x", "y"], *rows])
        expected = [tuple(cell or None for cell in row) for row in rows]
        assert read_visits(path).rows() == expected


class TestDialect:
    @pytest.mark.parametrize(
        ("separator", "text"), [(";", "id;rash\na,b;no\n"), ("tab", "id\trash\na,b\tno\n")]
    )
    def test_separators(self, tmp_path: Path, separator: str, text: str) -> None:
        for content in (text, text.replace("no", '"no"')):
            path = write(tmp_path / "v.csv", content)
            assert read_visits(path, Dialect(separator)).rows() == [("a,b", "no")]

    @pytest.mark.parametrize("separator", ["", ",,", '"', "\n", "\0", "\u00e9"])
    def test_what_is_no_separator(self, tmp_path: Path, separator: str) -> None:
        path = write(tmp_path / "v.csv", "id,rash\n")
        with pytest.raises(InvalidInputError, match="accepted: one ASCII character, or tab"):
            open_visits(path, Dialect(separator))

    @pytest.mark.parametrize("encoding", ["latin-1", "cp1252", "gb18030", "UTF8", "utf-8-sig"])
    def test_encodings(self, tmp_path: Path, encoding: str) -> None:
        for cell in ("\u00e9", '"\u00e9"'):
            path = write(tmp_path / "v.csv", f"id,r\u00e9\n{cell},no\n".encode(encoding))
            visits = read_visits(path, Dialect(encoding=encoding))
            assert (visits.columns, visits.rows()) == (["id", "r\u00e9"], [("\u00e9", "no")])

    @pytest.mark.parametrize("encoding", ["utf-16", "klingon", "rot13", "", "utf-7"])
    def test_what_is_no_encoding(self, tmp_path: Path, encoding: str) -> None:
        path = write(tmp_path / "v.csv", "id,rash\n")
        with pytest.raises(InvalidInputError, match="accepted: utf-8, latin-1, cp1252"):
            open_visits(path, Dialect(encoding=encoding))

    def test_text_that_is_not_in_the_encoding(self, tmp_path: Path) -> None:
        path = write(tmp_path / "v.csv", b"id\na\n\xe9\n")
        with pytest.raises(InvalidInputError, match="line 3: not text in ascii"):
            read_visits(path, Dialect(encoding="ascii"))


class TestExcel:
    def workbook(self, path: Path, **sheets: list[list[Any]]) -> Path:
        with xlsxwriter.Workbook(str(path)) as book:
            for name, rows in sheets.items():
                sheet = book.add_worksheet(name)
                for row, cells in enumerate(rows):
                    for column, cell in enumerate(cells):
                        if isinstance(cell, str) and cell.startswith("="):
                            sheet.write_formula(row, column, cell, None, "#DIV/0!")
                        elif cell is not None:
                            sheet.write(row, column, cell)
        return path

    def test_cells_are_text_and_rows_are_counted_as_excel_does(self, tmp_path: Path) -> None:
        path = self.workbook(
            tmp_path / "v.xlsx",
            visits=[
                [],
                ["id", "rash", "n", "flag"],
                ["007", 1, 1.5, True],
                [],
                ["a", None, "=1/0", False],
            ],
            empty=[],
        )
        visits = open_visits(path)
        (batch,) = visits.batches
        assert (visits.columns, visits.place) == (["id", "rash", "n", "flag"], "row")
        assert batch.visits.rows() == [("007", "1", "1.5", "true"), ("a", None, None, "false")]
        assert batch.places.to_list() == [3, 5]
        assert batch.end == visits.length == 2

    def test_dates_are_as_excel_shows_them(self, tmp_path: Path) -> None:
        path = tmp_path / "v.xlsx"
        with xlsxwriter.Workbook(str(path)) as book:
            sheet = book.add_worksheet()
            day = book.add_format({"num_format": "yyyy-mm-dd"})
            sheet.write(0, 0, "date")
            sheet.write_datetime(1, 0, datetime(2024, 1, 2), day)  # noqa: DTZ001
            sheet.write_datetime(2, 0, datetime(2024, 1, 2, 10, 30), day)  # noqa: DTZ001
        assert read_visits(path)["date"].to_list() == ["2024-01-02", "2024-01-02 10:30:00"]

    def test_a_sheet_must_be_named_where_there_are_more(self, tmp_path: Path) -> None:
        path = self.workbook(tmp_path / "v.xlsx", a=[["id"], ["x"]], b=[["id"], ["y"]])
        with pytest.raises(InvalidInputError, match=r"no sheet is named; .*: 'a', 'b'$"):
            open_visits(path)
        with pytest.raises(InvalidInputError, match=r"no sheet 'c'; sheets .*: 'a', 'b'$"):
            open_visits(path, Dialect(sheet="c"))
        assert read_visits(path, Dialect(sheet="b")).rows() == [("y",)]

    def test_doubled_and_nameless_columns(self, tmp_path: Path) -> None:
        path = self.workbook(tmp_path / "v.xlsx", a=[["rash", "rash"], [1, 0]])
        with pytest.raises(InvalidInputError, match="more than one column is called 'rash'"):
            open_visits(path)
        path = self.workbook(tmp_path / "w.xlsx", a=[["rash", None, None], [1, "x", "=1/0"]])
        assert open_visits(path).columns == ["rash", ""]

    def test_an_empty_workbook(self, tmp_path: Path) -> None:
        with pytest.raises(InvalidInputError, match=r"v.xlsx: empty$"):
            open_visits(self.workbook(tmp_path / "v.xlsx", a=[]))
        with pytest.raises(InvalidInputError, match=r"w.xlsx: empty$"):
            open_visits(self.workbook(tmp_path / "w.xlsx", a=[["=1/0", "=1/0"]]))

    def test_a_header_alone(self, tmp_path: Path) -> None:
        path = self.workbook(tmp_path / "v.xlsx", a=[["id", "rash"]])
        assert read_visits(path).schema == {"id": pl.String, "rash": pl.String}

    def test_without_the_extra(self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        path = self.workbook(tmp_path / "v.xlsx", a=[["id"]])
        monkeypatch.setitem(sys.modules, "fastexcel", None)
        with pytest.raises(MissingExtraError, match=r"pip install 'sledai\[excel\]', or in"):
            open_visits(path)


class TestWriting:
    cannot = pl.DataFrame({"id": [[1, 2]]})  # a list, which CSV cannot hold

    def test_a_failure_leaves_neither_the_file_nor_a_part_of_it(self, tmp_path: Path) -> None:
        with pytest.raises(InvalidInputError, match=r"CSV cannot hold column 'id' of type List"):
            write_visits(self.cannot, tmp_path / "v.csv")
        assert list(tmp_path.iterdir()) == []

    def test_a_failure_leaves_the_file_that_was_there(
        self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        path = write(tmp_path / "v.csv", "before")
        with pytest.raises(InvalidInputError):
            write_visits(self.cannot, path)

        def stop(*_: object) -> None:
            raise KeyboardInterrupt

        monkeypatch.setattr(Path, "replace", stop)
        with pytest.raises(KeyboardInterrupt):
            write_visits(pl.DataFrame({"id": ["a"]}), path)
        assert [p.name for p in tmp_path.iterdir()] == ["v.csv"]
        assert path.read_text() == "before"

    def test_what_a_reader_says_is_escaped(self, tmp_path: Path) -> None:
        """Of text with tabs python names the tab that it looked for."""
        path = write(tmp_path / "v.tsv", 'a\tb\n1\t"x"y\n')
        with pytest.raises(InvalidInputError, match=r"'\\t' expected after '\"'$"):
            read_visits(path)

    @pytest.mark.parametrize(
        ("name", "text"), [("v.jsonl", "{}\n[]\n{ }\n"), ("v.json", "[{}, [], {}]")]
    )
    def test_records_without_a_field(self, tmp_path: Path, name: str, text: str) -> None:
        """A frame without a column has no rows, so that they are set aside and not lost."""
        (batch,) = open_visits(write(tmp_path / name, text)).batches
        assert batch.visits.shape == (0, 0)
        assert batch.places.to_list() == []
        assert [(one.place, one.record) for one in batch.rejected] == [
            (1, "{}"),
            (2, "[]"),
            (3, "{}"),
        ]
        assert [one.reason for one in batch.rejected[::2]] == ["no fields", "no fields"]

    @pytest.mark.parametrize("suffix", [".csv", ".tsv"])
    def test_nothing_in_the_only_column_is_a_row(self, tmp_path: Path, suffix: str) -> None:
        """A blank line is no row to a reader, so that what says nothing is written as quotes."""
        path = tmp_path / f"v{suffix}"
        write_visits(pl.DataFrame({"rash": [1, None, 0]}), path)
        assert path.read_text() == 'rash\n1\n""\n0\n'
        assert read_visits(path)["rash"].to_list() == ["1", None, "0"]
        write_visits(pl.DataFrame({"rash": [None], "fever": ["x"]}), path)
        assert path.read_text() in {"rash,fever\n,x\n", "rash\tfever\n\tx\n"}

    def test_binary_cells_are_refused_where_text_is_written(self, tmp_path: Path) -> None:
        with pytest.raises(
            InvalidInputError, match="JSON Lines cannot hold column 'id' of type Binary"
        ):
            write_visits(pl.DataFrame({"id": [b"\xff"]}), tmp_path / "v.jsonl")
        assert list(tmp_path.iterdir()) == []

    @pytest.mark.parametrize("value", [float("-inf"), float("inf")])
    def test_json_has_no_such_numbers(self, tmp_path: Path, value: float) -> None:
        visits = pl.DataFrame({"id": [value], "n": [1.5]})
        with pytest.raises(InvalidInputError, match="'id' holds infinity"):
            write_visits(visits, tmp_path / "v.jsonl")
        write_visits(pl.DataFrame({"n": [1.5, None]}), tmp_path / "v.jsonl")
        assert read_visits(tmp_path / "v.jsonl")["n"].to_list() == [1.5, None]

    def test_a_link_to_itself_is_replaced(self, tmp_path: Path) -> None:
        link = tmp_path / "v.csv"
        link.symlink_to(link)
        write_visits(pl.DataFrame({"id": ["a"]}), link)
        assert link.read_text() == "id\na\n"

    def test_permissions_and_links_stay(self, tmp_path: Path) -> None:
        path = write(tmp_path / "v.csv", "before")
        path.chmod(0o640)
        link = tmp_path / "link.csv"
        link.symlink_to(path)
        write_visits(pl.DataFrame({"id": ["a"]}), link)
        assert link.is_symlink()
        assert path.read_text() == "id\na\n"
        assert stat.S_IMODE(path.stat().st_mode) == 0o640


class TestBatchesOfOutput:
    batch = pl.DataFrame({"id": ["a", "b"], "n": [1, None]})

    @pytest.mark.parametrize("suffix", [".csv", ".parquet", ".jsonl"])
    def test_batches_follow_each_other(self, tmp_path: Path, suffix: str) -> None:
        path = tmp_path / f"v{suffix}"
        with Output(path) as output:
            for _ in range(10):
                output.write(self.batch)
                output.write(self.batch.clear())
            assert not path.exists()
            output.finish()
            assert not path.exists()
        assert read_visits(path).height == 20
        assert list(tmp_path.iterdir()) == [path]

    @pytest.mark.parametrize("suffix", [".csv", ".parquet", ".jsonl"])
    def test_after_an_error_nothing_is_left(self, tmp_path: Path, suffix: str) -> None:
        with pytest.raises(KeyboardInterrupt), Output(tmp_path / f"v{suffix}") as output:
            output.write(self.batch)
            raise KeyboardInterrupt
        assert list(tmp_path.iterdir()) == []

    @pytest.mark.parametrize("suffix", [".csv", ".parquet", ".jsonl"])
    def test_a_disk_that_is_full(self, tmp_path: Path, suffix: str) -> None:
        """As good as full: the system lets no file grow beyond a megabyte."""
        batch = pl.DataFrame({"id": pl.int_range(200_000, eager=True).hash().cast(pl.String)})
        before = signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
        limits = resource.getrlimit(resource.RLIMIT_FSIZE)
        resource.setrlimit(resource.RLIMIT_FSIZE, (1_000_000, limits[1]))
        try:
            with (
                pytest.raises(OSError, match="too large") as caught,
                Output(tmp_path / f"v{suffix}") as output,
            ):
                for _ in range(20):
                    output.write(batch)
        finally:
            resource.setrlimit(resource.RLIMIT_FSIZE, limits)
            signal.signal(signal.SIGXFSZ, before)
        assert caught.value.strerror == "File too large"
        assert caught.value.filename == str(tmp_path / f"v{suffix}")
        assert list(tmp_path.iterdir()) == []

    def test_a_batch_that_cannot_be_written(self, tmp_path: Path) -> None:
        nested = pl.DataFrame({"id": [[1]]})
        with (
            pytest.raises(InvalidInputError, match=r"CSV cannot hold column 'id' of type List"),
            Output(tmp_path / "v.csv") as output,
        ):
            for _ in range(20):
                output.write(nested)
        assert list(tmp_path.iterdir()) == []

    def test_batches_wait_for_a_slow_writer(
        self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        sink, waited = pl.LazyFrame.sink_csv, Event()

        def slow(*arguments: Any, **options: Any) -> None:
            waited.wait(60)
            sink(*arguments, **options)

        def put(queue: Queue[Any], batch: Any, timeout: float) -> None:
            try:
                Queue.put(queue, batch, timeout=timeout / 10)
            except Full:
                waited.set()
                raise

        monkeypatch.setattr(pl.LazyFrame, "sink_csv", slow)
        monkeypatch.setattr("sledai.files.output.Queue", type("SlowQueue", (Queue,), {"put": put}))
        with Output(tmp_path / "v.csv") as output:
            for _ in range(20):
                output.write(self.batch)
        assert waited.is_set()
        assert read_visits(tmp_path / "v.csv").height == 40

    @pytest.mark.parametrize("error", [KeyboardInterrupt, MemoryError])
    def test_a_writer_that_dies(
        self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, error: type[BaseException]
    ) -> None:
        """Whatever it dies of, no batch is lost in silence."""

        def die(*_: object, **__: object) -> None:
            raise error

        monkeypatch.setattr(pl.LazyFrame, "sink_csv", die)
        with pytest.raises(error), Output(tmp_path / "v.csv") as output:
            for _ in range(20):
                output.write(self.batch)
        with pytest.raises(error), Output(tmp_path / "v.csv") as output:
            output.write(self.batch)
        assert list(tmp_path.iterdir()) == []

    def test_a_writer_that_stops_early(
        self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(pl.LazyFrame, "sink_csv", lambda *_, **__: None)
        with (
            pytest.raises(RuntimeError, match="before the end"),
            Output(tmp_path / "v.csv") as output,
        ):
            output.write(self.batch)
        assert list(tmp_path.iterdir()) == []

    def test_what_waits_is_not_written_after_an_error(
        self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        sink, going_on = pl.LazyFrame.sink_csv, Event()

        def slow(*arguments: Any, **options: Any) -> None:
            going_on.wait(60)
            sink(*arguments, **options)

        monkeypatch.setattr(pl.LazyFrame, "sink_csv", slow)
        with pytest.raises(KeyboardInterrupt), Output(tmp_path / "v.csv") as output:
            output.write(self.batch)
            output.write(self.batch)
            going_on.set()
            raise KeyboardInterrupt
        assert list(tmp_path.iterdir()) == []

    @pytest.mark.parametrize(
        ("suffix", "column", "dtype"),
        [
            (".csv", pl.Series([[1]]), "List"),
            (".csv", pl.Series([{"a": 1}]), "Struct"),
            (".csv", pl.Series([b"a"]), "Binary"),
            (".jsonl", pl.Series([b"a"]), "Binary"),
            (".parquet", pl.Series([{1}], dtype=pl.Object), "Object"),
        ],
    )
    def test_what_a_format_cannot_hold(
        self, tmp_path: Path, suffix: str, column: pl.Series, dtype: str
    ) -> None:
        visits = pl.DataFrame({"id": [1], "x": column})
        with pytest.raises(InvalidInputError, match=f"cannot hold column 'x' of type {dtype}"):
            write_visits(visits, tmp_path / f"v{suffix}")
        assert list(tmp_path.iterdir()) == []

    def test_what_is_no_regular_file(self, tmp_path: Path) -> None:
        os.mkfifo(tmp_path / "v.csv")
        with pytest.raises(InvalidInputError, match="not a regular file"):
            write_visits(self.batch, tmp_path / "v.csv")
        with pytest.raises(InvalidInputError, match="not a regular file"):
            read_visits(tmp_path / "v.csv")

    def test_a_name_that_is_no_text(self, tmp_path: Path) -> None:
        with pytest.raises(InvalidInputError, match="not a name in UTF-8"):
            write_visits(self.batch, tmp_path / os.fsdecode(b"\xff.csv"))

    def test_what_is_not_written(self, tmp_path: Path) -> None:
        with pytest.raises(
            InvalidInputError, match=r"cannot write suffix .\.ods.; accepted: .csv, .tsv, .par"
        ):
            Output(tmp_path / "v.ods")

    def test_text(self, tmp_path: Path) -> None:
        write_text("\u00e9", tmp_path / "v.json")
        assert (tmp_path / "v.json").read_text(encoding="utf-8") == "\u00e9"
        (tmp_path / "folder").mkdir()
        with pytest.raises(IsADirectoryError, match="folder"):
            write_text("", tmp_path / "folder")
        assert sorted(path.name for path in tmp_path.iterdir()) == ["folder", "v.json"]

    @pytest.mark.parametrize(
        ("error", "named"),
        [(OSError(28, "No space left"), "v.json"), (OSError(5, "damaged", "other"), "other")],
    )
    def test_text_piece_by_piece(self, tmp_path: Path, error: OSError, named: str) -> None:
        with open_text(tmp_path / "v.json") as file:
            file.write("1")
            assert not (tmp_path / "v.json").exists()
        with pytest.raises(OSError, match=error.strerror) as raised, open_text(tmp_path / "v.json"):
            raise error
        assert Path(raised.value.filename).name == named
        assert [path.name for path in tmp_path.iterdir()] == ["v.json"]
        assert (tmp_path / "v.json").read_text() == "1"


def test_a_batch_of_no_rejects_is_the_usual_one() -> None:
    assert Batch(visits=pl.DataFrame(), places=pl.Series(), end=0).rejected == ()


class TestQuotedCells:
    """Lines that are whole records are read at once, all others one by one: the same comes out."""

    CELLS = st.text(alphabet='ab,"\n\r é', max_size=4).filter(lambda text: "\r" not in text)

    @settings(max_examples=examples(150), deadline=None)
    @given(
        st.integers(1, 3).flatmap(
            lambda width: st.lists(
                st.lists(
                    st.tuples(TestQuotedCells.CELLS, st.booleans()),
                    min_size=width,
                    max_size=width,
                ),
                min_size=1,
                max_size=8,
            )
        ),
        st.sampled_from(["\n", "\r\n"]),
        st.sampled_from(["utf-8", "cp1252"]),
        st.booleans(),
    )
    def test_against_pythons_reader(
        self, rows: list[list[tuple[str, bool]]], end: str, encoding: str, last: bool
    ) -> None:
        """Some cells are quoted, and those must be that a quote alone can hold."""

        def written(cell: str, quoted: bool) -> str:
            if quoted or set(cell) & {",", '"', "\n"}:
                return '"' + cell.replace('"', '""').replace("\n", end) + '"'
            return cell

        lines = [",".join(written(*cell) for cell in row) for row in rows]
        header = ",".join(f"c{n}" for n in range(len(rows[0])))
        text = end.join([header, *lines]) + (end if last else "")
        expected = [
            tuple(cell or None for cell in row)
            for row in list(csv.reader(io.StringIO(text, newline=""), strict=True))[1:]
            if row
        ]
        with TemporaryDirectory() as folder:
            path = write(Path(folder) / "v.csv", text.encode(encoding))
            assert read_visits(path, Dialect(encoding=encoding)).rows() == expected

    def test_a_separator_that_means_something_in_patterns(self, tmp_path: Path) -> None:
        path = write(tmp_path / "v.csv", '"a"|"b"\n"1|2"|"3"\n4|"5\n6"\n"7"|8\n')
        visits = read_visits(path, Dialect(separator="|"))
        assert visits.rows() == [("1|2", "3"), ("4", "5\n6"), ("7", "8")]

    def test_a_character_between_lines_that_nobody_writes(self, tmp_path: Path) -> None:
        path = write(tmp_path / "v.csv", 'a,b\n"\x1f","2"\n')
        assert read_visits(path).rows() == [("\x1f", "2")]

    def test_a_line_within_a_cell_that_looks_like_a_record(self, tmp_path: Path) -> None:
        path = write(tmp_path / "v.csv", 'a,b\n"1,x\n2,y\n3","z"\nq,r\n')
        assert read_visits(path).rows() == [("1,x\n2,y\n3", "z"), ("q", "r")]

    def test_what_is_no_text_is_refused_with_its_line(self, tmp_path: Path) -> None:
        path = write(tmp_path / "v.csv", b'a,b\n"1","2"\n"\xff","3"\n')
        with pytest.raises(InvalidInputError, match="line 3: not text in utf-8"):
            read_visits(path)


def test_what_a_writer_says_of_columns_is_said(tmp_path: Path) -> None:
    with pytest.raises(InvalidInputError, match="CSV cannot hold these visits: too odd"):
        Output(tmp_path / "v.csv")._refuse(ValueError("too odd"))
