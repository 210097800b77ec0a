"""Files in and out: nothing guessed, nothing lost, every bad cell named where a person finds it."""

from pathlib import Path
from typing import Any

import polars as pl
import pytest

from sledai import Descriptor, InvalidInputError, files
from sledai.files import (
    ALIASES,
    ANSWER_WORDS,
    answer_columns,
    descriptor_named,
    read_answers,
    read_visits,
    write_visits,
)

ARTHRITIS = {"arthritis": Descriptor.ARTHRITIS}


def write(path: Path, text: str | bytes) -> Path:
    path.write_bytes(text.encode() if isinstance(text, str) else text)
    return path


class TestNames:
    @pytest.mark.parametrize("descriptor", Descriptor)
    def test_every_descriptor_goes_by_its_name_however_written(
        self, descriptor: Descriptor
    ) -> None:
        for name in (
            descriptor.value,
            descriptor.label,
            descriptor.value.upper(),
            f" {descriptor.label.replace(' ', ' - ')} ",
        ):
            assert descriptor_named(name) is descriptor

    @pytest.mark.parametrize(
        ("alias", "descriptor"),
        [
            ("new_rash", "rash"),
            ("cva", "cerebrovascular_accident"),
            ("low_c3_c4", "low_complement"),
            ("dsdna", "increased_dna_binding"),
            ("Low C3/C4", "low_complement"),
        ],
    )
    def test_common_other_names(self, alias: str, descriptor: str) -> None:
        assert descriptor_named(alias) == descriptor

    def test_an_alias_is_written_as_it_is_compared_and_hides_no_descriptor(self) -> None:
        for alias in ALIASES:
            assert files._plain(alias) == alias
            assert alias not in set(Descriptor)

    def test_an_unknown_name_is_refused(self) -> None:
        with pytest.raises(InvalidInputError, match=r"'arthriti' \(did you mean arthritis\?\)"):
            descriptor_named("Arthriti")

    def test_columns_by_name_alias_and_order(self) -> None:
        found = answer_columns(["id", "Fever", "CVA", "c3"], {"swelling": Descriptor.ARTHRITIS})
        assert found == {
            "swelling": "arthritis",
            "Fever": "fever",
            "CVA": "cerebrovascular_accident",
        }

    def test_two_columns_by_names_of_one_descriptor_are_refused(self) -> None:
        with pytest.raises(InvalidInputError, match=r"'rash' and 'new_rash' both go by names of"):
            answer_columns(["rash", "new_rash"], {})

    def test_a_named_column_is_the_only_one(self) -> None:
        named = {"new_rash": Descriptor.RASH}
        assert answer_columns(["rash", "new_rash"], named) == named


class TestAnswers:
    """A cell is an answer by the table alone."""

    def read(self, *cells: object, dtype: Any = pl.String, **options: Any) -> list[bool | None]:
        visits = pl.DataFrame({"arthritis": pl.Series(cells, dtype=dtype)})
        options.setdefault("path", Path("x.parquet"))
        return read_answers(visits, ARTHRITIS, **options)["arthritis"].to_list()

    def test_words(self) -> None:
        yes = ["yes", "y", "true", "present", "1"]
        no = ["no", "n", "false", "absent", "0"]
        assert {w for w, answer in ANSWER_WORDS.items() if answer} == set(yes)
        assert {w for w, answer in ANSWER_WORDS.items() if not answer} == set(no)
        assert self.read(*yes, *[w.upper() for w in yes]) == [True] * 10
        assert self.read(*no, *[f" {w.title()}\t" for w in no]) == [False] * 10

    def test_empty_is_not_assessed(self) -> None:
        assert self.read("", "  ", None) == [None] * 3

    def test_named_texts_are_not_assessed(self) -> None:
        assert self.read("N/A", "pending", "yes", missing=["n/a", " Pending"]) == [None, None, True]

    def test_a_named_text_cannot_be_an_answer(self) -> None:
        with pytest.raises(InvalidInputError, match="cannot take 'no' for a missing answer"):
            self.read("no", missing=["No"])
        with pytest.raises(InvalidInputError, match="cannot take '4' for a missing answer"):
            self.read("0", missing=["4"], items="points")

    @pytest.mark.parametrize(
        ("dtype", "cells"),
        [
            (pl.Boolean, [True, False, None]),
            (pl.Int64, [1, 0, None]),
            (pl.Float64, [1.0, 0.0, float("nan")]),
            (pl.String, ["1.0", "0.00", None]),
        ],
    )
    def test_columns_of_every_type(self, dtype: Any, cells: list[Any]) -> None:
        assert self.read(*cells, dtype=dtype) == [True, False, None]

    def test_points_are_0_or_exactly_the_weight(self) -> None:
        assert self.read("4", "0", "4.0", "", items="points") == [True, False, True, None]
        assert self.read(4, 0, None, dtype=pl.Int8, items="points") == [True, False, None]

    @pytest.mark.parametrize("cell", ["8", "2", "1", "yes", "-4", "4.5", "04", "4 points"])
    def test_other_points_are_refused(self, cell: str) -> None:
        with pytest.raises(InvalidInputError, match=f"found '{cell}'; accepted: 0 or 4$"):
            self.read(cell, items="points")

    @pytest.mark.parametrize(
        "cell", ["8", "2", "-1", "1.5", "maybe", "yes?", "null", "NaN", "nein"]
    )
    def test_other_words_are_refused(self, cell: str) -> None:
        with pytest.raises(InvalidInputError) as caught:
            self.read(cell)
        assert f"row 1, column 'arthritis': found {cell!r}" in str(caught.value)
        assert f"accepted: {', '.join(ANSWER_WORDS)} (any case), empty" in str(caught.value)

    def test_the_first_20_are_listed_by_row_and_the_rest_counted(self) -> None:
        columns = {"rash": Descriptor.RASH, "fever": Descriptor.FEVER}
        visits = pl.DataFrame({"rash": ["x"] * 15, "fever": ["yes"] * 5 + ["y!"] * 10})
        with pytest.raises(InvalidInputError) as caught:
            read_answers(visits, columns, path=Path("v.parquet"))
        lines = str(caught.value).splitlines()
        assert lines[0].startswith("v.parquet: cells that are no answer: 25; accepted: yes, ")
        assert lines[6:8] == [
            "  row 6, column 'rash': found 'x'",
            "  row 6, column 'fever': found 'y!'",
        ]
        assert len(lines) == 22
        assert lines[-1] == "  and 5 more"

    def test_other_columns_stay(self) -> None:
        visits = pl.DataFrame({"id": ["a"], "arthritis": ["yes"], "note": ["no"]})
        read = read_answers(visits, ARTHRITIS, path=Path("v.csv"))
        assert read.rows() == [("a", True, "no")]


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

    def test_columns_of_json_lines_keep_the_order_of_the_first_row(self, tmp_path: Path) -> None:
        names = [f"{n % 7}-{n}" for n in range(60)]  # polars alone keeps the order of 32 at most
        cells = ", ".join(f'"{name}": 1' for name in names)
        path = write(tmp_path / "v.jsonl", f'\n{{{cells}}}\n{{"z": 2, "late": 2}}\n')
        assert read_visits(path).columns == [*names, "late", "z"]

    @pytest.mark.parametrize(
        ("name", "content", "said"),
        [
            ("v.txt", "", "unknown suffix '.txt'; accepted: .csv, .parquet, .jsonl, .ndjson"),
            ("v", "", "unknown suffix ''"),
            ("v.csv", "", "not readable as CSV"),
            ("v.csv", b"id,rash\n\xe9,no\n", "not readable as CSV: invalid utf-8"),
            ("v.csv", 'id,rash\n"a,no\n', "not a table\n  line 2 has 1 fields"),
            ("v.csv", "id,rash,rash\na,no,no\n", "more than one column is called 'rash'"),
            ("v.csv", "id,rash\na,no\nb\n", "not a table\n  line 3 has 1 fields, the header has 2"),
            ("v.csv", "id,rash\na,no,x\n", "not a table\n  line 2 has 3 fields, the header has 2"),
            ("v.parquet", "id,rash\n", "not readable as Parquet"),
            ("v.jsonl", "id,rash\n", "not readable as JSON Lines"),
            ("v.jsonl", "", "not readable as JSON Lines"),
        ],
    )
    def test_what_cannot_be_read_is_said_in_a_line(
        self, tmp_path: Path, name: str, content: str | bytes, said: str
    ) -> None:
        with pytest.raises(InvalidInputError) as caught:
            read_visits(write(tmp_path / name, content))
        assert str(caught.value).startswith(f"{tmp_path / name}: {said}")

    def test_ragged_lines_are_listed_up_to_20(self, tmp_path: Path) -> None:
        path = write(tmp_path / "v.csv", "id,rash\n" + "a\n" * 30)
        with pytest.raises(InvalidInputError, match=r"and 10 more$"):
            read_visits(path)


class TestWriting:
    def test_a_failure_leaves_neither_the_file_nor_a_part_of_it(self, tmp_path: Path) -> None:
        visits = pl.DataFrame({"id": [[1, 2]]})  # a list, which CSV cannot hold
        with pytest.raises(pl.exceptions.PolarsError):
            write_visits(visits, tmp_path / "v.csv")
        assert list(tmp_path.iterdir()) == []

    def test_a_failure_leaves_the_file_that_was_there(self, tmp_path: Path) -> None:
        path = write(tmp_path / "v.csv", "before")
        with pytest.raises(pl.exceptions.PolarsError):
            write_visits(pl.DataFrame({"id": [[1, 2]]}), path)
        assert path.read_text() == "before"
