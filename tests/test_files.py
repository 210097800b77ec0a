"""Files in and out: nothing guessed, nothing lost, every bad cell named where a person finds it."""

import json
import stat
from pathlib import Path
from typing import Any

import polars as pl
import pytest

from sledai import Descriptor, InvalidInputError
from sledai.answers import read_answers
from sledai.files import read_visits, write_visits

ARTHRITIS = {"arthritis": Descriptor.ARTHRITIS}


def write(path: Path, text: str | bytes) -> Path:
    path.write_bytes(text.encode() if isinstance(text, str) else text)
    return path


class TestPlaces:
    """A bad cell is reported at the line where an editor shows it."""

    def bad_lines(self, path: Path) -> list[str]:
        with pytest.raises(InvalidInputError) as caught:
            read_answers(read_visits(path), ARTHRITIS, path=path)
        return [line.split(",")[0].strip() for line in str(caught.value).splitlines()[1:]]

    def test_csv_with_quoted_line_breaks_and_blank_lines(self, tmp_path: Path) -> None:
        text = 'id,arthritis\n"a\nb",yes\n\nc,bad\n"d\n\nd",no\ne,worse\n,\nf,worst\n'
        path = write(tmp_path / "v.csv", text)
        assert self.bad_lines(path) == ["line 5", "line 9", "line 11"]

    def test_csv_with_a_header_over_two_lines_and_a_byte_order_mark(self, tmp_path: Path) -> None:
        path = write(tmp_path / "v.csv", '\ufeff"i\nd",arthritis\r\na,bad\r\n')
        assert self.bad_lines(path) == ["line 3"]

    def test_json_lines_with_blank_lines(self, tmp_path: Path) -> None:
        path = write(tmp_path / "v.jsonl", '{"arthritis": "yes"}\n\n{"arthritis": "bad"}\n')
        assert self.bad_lines(path) == ["line 3"]

    def test_parquet_rows_are_counted_from_1(self, tmp_path: Path) -> None:
        path = tmp_path / "v.parquet"
        pl.DataFrame({"arthritis": ["yes", "bad"]}).write_parquet(path)
        assert self.bad_lines(path) == ["row 2"]


class TestReading:
    def test_cells_of_csv_stay_as_they_are(self, tmp_path: Path) -> None:
        path = write(tmp_path / "v.csv", "id,date\n007,2024-01-02\n1e3,\n")
        assert read_visits(path).rows() == [("007", "2024-01-02"), ("1e3", None)]

    def test_lines_without_content_are_no_visits(self, tmp_path: Path) -> None:
        path = write(tmp_path / "v.csv", 'id,rash\n\na,no\n,\n"",""\nb,\n\n')
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
            ("v.txt", "", "unknown suffix '.txt'; accepted: .csv, .parquet, .jsonl, .ndjson"),
            ("v", "", "unknown suffix ''"),
            ("v.csv", "", "no header"),
            ("v.csv", "\n\n", "no header"),
            ("v.csv", b"id,rash\n\xe9,no\n", "not readable: not UTF-8 text"),
            ("v.csv", b"\x1f\x8b\x08\x00", "not readable: not UTF-8 text"),
            ("v.csv", 'id,rash\n"a,no\n', "line 2: not readable as CSV: unexpected end of data"),
            ("v.csv", 'id,rash\na,no\nb,"said "no"\n', "line 3: not readable as CSV: ',' expected"),
            (
                "v.csv",
                "id,rash,rash\na,no,no\n",
                "more than one column is called 'rash'; rename or delete",
            ),
            ("v.csv", "id,rash\na,no\nb\n", "not a table\n  line 3 has 1 fields, the header has 2"),
            ("v.csv", "id,rash\na,no,x\n", "not a table\n  line 2 has 3 fields, the header has 2"),
            ("v.csv", "id,rash\ra,no\rb,no\r", "line 1 ends in CR alone; lines must end in LF"),
            ("v.csv", 'id,rash\n"a\rb",no\n', "line 2 ends in CR alone; lines must end in LF"),
            ("v.parquet", "id,rash\n", "not readable as Parquet"),
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
            ("v.jsonl", "", "no rows"),
            ("v.jsonl", b"\xff", "not readable: not UTF-8 text"),
        ],
    )
    def test_what_cannot_be_read_is_said_in_a_line(
        self, tmp_path: Path, name: str, content: str | bytes, said: str
    ) -> None:
        with pytest.raises(InvalidInputError) as caught:
            read_visits(write(tmp_path / name, content))
        assert str(caught.value).startswith(f"{tmp_path / name}: {said}")

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

    def test_two_readers_must_find_the_same_rows(
        self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(pl, "read_csv", lambda *_, **__: pl.DataFrame({"id": ["a"]}))
        with pytest.raises(InvalidInputError, match="two readers of CSV find 1 and 2 rows"):
            read_visits(write(tmp_path / "v.csv", "id\na\nb\n"))

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


class TestWriting:
    cannot = pl.DataFrame({"id": [[1, 2]]})  # a list, which CSV cannot hold

    def test_a_failure_leaves_neither_the_file_nor_a_part_of_it(self, tmp_path: Path) -> None:
        with pytest.raises(InvalidInputError, match="CSV cannot hold these columns"):
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

    def test_binary_cells_are_refused_where_text_is_written(self, tmp_path: Path) -> None:
        with pytest.raises(InvalidInputError, match="JSON Lines cannot hold these columns"):
            write_visits(pl.DataFrame({"id": [b"\xff"]}), tmp_path / "v.jsonl")
        assert list(tmp_path.iterdir()) == []

    @pytest.mark.parametrize("value", [float("nan"), float("inf")])
    def test_json_has_no_such_numbers(self, tmp_path: Path, value: float) -> None:
        visits = pl.DataFrame({"id": [value], "n": [1.5]})
        with pytest.raises(InvalidInputError, match="'id' holds NaN or infinity"):
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
