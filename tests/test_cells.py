"""Words for an answer: by the tables alone, every other cell reported."""

from datetime import date
from typing import Any, ClassVar

import polars as pl
import pytest

from sledai import Descriptor, InvalidInputError
from sledai.cells import Answers, find_answers, read_numbers, read_printed_values
from sledai.codebook import Codebook
from sledai.codebook.words import ANSWER_WORDS, Words


class TestAnswers:
    """A cell is an answer by the table alone."""

    def found(
        self,
        *cells: object,
        dtype: Any = pl.String,
        missing: list[str] | None = None,
        points: bool = False,
    ) -> Answers:
        book = Codebook(file={"missing": missing or []}, answers={"points": points})
        visits = pl.DataFrame({"arthritis": pl.Series(cells, dtype=dtype)})
        return find_answers(visits, {"arthritis": book.words_of(Descriptor.ARTHRITIS)})

    def read(self, *cells: object, **options: Any) -> list[bool | None]:
        found = self.found(*cells, **options)
        assert found.problems(range(len(cells))) == []
        return found.visits["arthritis"].to_list()

    def refused(self, *cells: object, **options: Any) -> list[str]:
        found = self.found(*cells, **options)
        said = found.problems(f"row {n}" for n in range(len(cells)))
        assert found.wrong_cells
        return said

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
        assert self.read("9.0", "9", "1.0", missing=["9.0"]) == [None, None, True]

    def test_a_named_text_cannot_be_an_answer(self) -> None:
        with pytest.raises(InvalidInputError, match="cannot take 'no' for a missing answer"):
            self.read("no", missing=["No"])
        with pytest.raises(InvalidInputError, match="cannot take '4' for a missing answer"):
            self.read("0", missing=["4.0"], points=True)

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

    @pytest.mark.parametrize(
        ("dtype", "cell", "found"),
        [
            (pl.List(pl.Int64), [1], "[1]"),
            (pl.Binary, b"1", "b'1'"),
            (pl.Object, {1}, "{1}"),
            (pl.Date, date(2024, 1, 2), "datetime.date(2024, 1, 2)"),
            (pl.Categorical, "maybe", "'maybe'"),
        ],
    )
    def test_cells_that_are_no_text_are_refused_like_others(
        self, dtype: Any, cell: Any, found: str
    ) -> None:
        assert self.refused(cell, None, dtype=dtype) == [
            f"row 0, column 'arthritis': found {found}"
        ]

    def test_a_name_is_no_pattern(self) -> None:
        visits = pl.DataFrame({"^arthritis$": ["yes"], "arthritis": ["no"]})
        assert find_answers(visits, {"^arthritis$": Words.of()}).visits.rows() == [(True, "no")]

    def test_points_are_0_or_exactly_the_weight(self) -> None:
        assert self.read("4", "0", "4.0", "", points=True) == [True, False, True, None]
        assert self.read(4, 0, None, dtype=pl.Int8, points=True) == [True, False, None]

    @pytest.mark.parametrize("cell", ["8", "2", "1", "yes", "-4", "4.5", "04", "4 points"])
    def test_other_points_are_refused(self, cell: str) -> None:
        (said,) = self.refused(cell, points=True)
        assert said == f"row 0, column 'arthritis': found '{cell}'; accepted: 0 or 4"

    @pytest.mark.parametrize(
        "cell", ["8", "2", "-1", "1.5", "maybe", "yes?", "null", "NaN", "nein"]
    )
    def test_other_words_are_refused(self, cell: str) -> None:
        assert self.refused(cell) == [f"row 0, column 'arthritis': found {cell!r}"]
        accepted = self.found(cell).accepted
        assert f"accepted: {', '.join(ANSWER_WORDS)} (any case), empty" in accepted
        assert "--missing TEXT" in accepted

    def test_the_first_20_are_listed_by_row_and_the_rest_counted(self) -> None:
        visits = pl.DataFrame({"rash": ["x"] * 15, "fever": ["yes"] * 5 + ["y!"] * 10})
        found = find_answers(visits, dict.fromkeys(visits.columns, Words.of()))
        said = found.problems(f"line {n + 2}" for n in range(15))
        assert said[5:7] == [
            "line 7, column 'rash': found 'x'",
            "line 7, column 'fever': found 'y!'",
        ]
        assert (len(said), found.wrong_cells) == (20, 25)

    def test_other_columns_stay(self) -> None:
        visits = pl.DataFrame({"id": ["a"], "arthritis": ["yes"], "note": ["no"]})
        read = find_answers(visits, {"arthritis": Words.of()})
        assert read.visits.rows() == [("a", True, "no")]

    def test_an_answer_is_found_wherever_it_first_stands(self) -> None:
        """Beyond the first thousand cells, by which a column is read fast."""
        cells = ["no"] * 1500 + ["Present", " 1.0 ", None, "n/d", "yes"]
        found = self.read(*cells, missing=["n/d"])
        assert found == [False] * 1500 + [True, True, None, None, True]
        (said,) = self.refused(*["no"] * 1500, "maybe")
        assert said == "row 1500, column 'arthritis': found 'maybe'"

    @pytest.mark.parametrize("cells", [[0] * 1500 + [1, None, 0], [0.0] * 1500 + [1.0, None]])
    def test_numbers_too(self, cells: list[Any]) -> None:
        dtype = pl.Int64 if isinstance(cells[0], int) else pl.Float64
        expected = [None if cell is None else bool(cell) for cell in cells]
        assert self.read(*cells, dtype=dtype) == expected


class TestFoundAnswers:
    visits = pl.DataFrame(
        {
            "rash": ["yes", "x", None, "2"],
            "id": [1, 2, 3, 4],
            "fever": pl.Series([0, 1, 8, 9], dtype=pl.Int64),
        }
    )
    words: ClassVar = dict.fromkeys(("rash", "fever"), Words.of())

    def test_rows_that_can_be_read_and_why_the_others_cannot(self) -> None:
        found = find_answers(self.visits, self.words)
        assert found.wrong_cells == 4
        assert found.wrong_rows.to_list() == [False, True, True, True]
        assert found.reasons().to_list() == [
            "",
            "rash: found 'x'",
            "fever: found '8'",
            "rash: found '2'; fever: found '9'",
        ]
        readable = found.readable()
        assert readable.visits.rows() == [(True, 1, False)]
        assert readable.cells.rows() == [("yes", 0)]
        assert readable.wrong_cells == 0
        assert readable.wrong_rows.to_list() == [False]

    def test_reasons_say_which_points_are_accepted(self) -> None:
        points = Words.of()
        found = find_answers(
            self.visits, {"rash": points.of_points(2), "fever": points.of_points(1)}
        )
        assert found.reasons()[3] == "fever: found '9'; accepted: 0 or 1"
        assert found.problems(["line 2", "line 3", "line 4", "line 5"])[:2] == [
            "line 2, column 'rash': found 'yes'; accepted: 0 or 2",
            "line 3, column 'rash': found 'x'; accepted: 0 or 2",
        ]

    def test_reasons_say_which_words_are_accepted(self) -> None:
        found = find_answers(self.visits.head(2), {"rash": Words.of()})
        assert found.reasons("; accepted: yes, no").to_list() == [
            "",
            "rash: found 'x'; accepted: yes, no",
        ]

    def test_where_nothing_else_is_present_a_wrong_cell_is_not_absent(self) -> None:
        """`none_present_where` asserts what was not answered, and a wrong cell is not that."""
        book = Codebook(rows={"none_present_where": {"id": ["2", "3"]}})
        found = find_answers(self.visits, self.words, book.rows)
        assert found.visits["rash"].to_list() == [True, None, False, None]
        assert found.visits["fever"].to_list() == [False, True, None, None]

    def test_where_all_can_be_read(self) -> None:
        found = find_answers(self.visits.head(1), self.words)
        assert found.readable() is found
        assert found.reasons().to_list() == [""]
        assert found.problems(["line 2"]) == []

    def test_no_rows(self) -> None:
        found = find_answers(self.visits.clear(), self.words)
        assert found.visits.schema["rash"] == pl.Boolean
        assert found.visits.height == 0


class TestNumbers:
    @pytest.mark.parametrize(
        ("cell", "number"),
        [("2.6", 2.6), (" 12 ", 12), ("1e3", 1000), ("-1", -1), ("12.0", 12), (".5", 0.5)],
    )
    def test_text(self, cell: str, number: float) -> None:
        numbers, wrong = read_numbers(pl.Series("x", [cell]))
        assert (numbers.to_list(), wrong.to_list(), numbers.name) == ([number], [False], "x")

    @pytest.mark.parametrize("cell", ["", "  ", None, "N/A"])
    def test_nothing(self, cell: str | None) -> None:
        numbers, wrong = read_numbers(pl.Series([cell], dtype=pl.String), ["n/a"])
        assert (numbers.to_list(), wrong.to_list()) == ([None], [False])

    @pytest.mark.parametrize(
        "cell", ["<5", "> 200", "1,5", "1:80", "(-)", "nan", "inf", "3 K/uL", "1 000", "0x1"]
    )
    def test_what_is_no_number(self, cell: str) -> None:
        numbers, wrong = read_numbers(pl.Series([cell]))
        assert (numbers.to_list(), wrong.to_list()) == ([None], [True])

    def test_columns_of_numbers(self) -> None:
        for cells in (pl.Series([1, None]), pl.Series([1.0, float("nan")])):
            numbers, wrong = read_numbers(cells)
            assert (numbers.to_list(), wrong.to_list()) == ([1.0, None], [False, False])


def test_numbers_that_stand_for_a_missing_value_are_none() -> None:
    cells = pl.Series(["999", "92", "-9", "<5", "999.0"])
    amounts = read_printed_values(cells, ["999", "-9", "<5"])
    assert amounts.numbers.to_list() == [None, 92, None, None, None]
    assert amounts.bounds.to_list() == [None] * 5
    assert not amounts.wrong.any()
    numbers, wrong = read_numbers(pl.Series(["999", "5", "x"]), ["999"])
    assert (numbers.to_list(), wrong.to_list()) == ([None, 5, None], [False, False, True])


def test_amounts_as_laboratories_print_them() -> None:
    cells = pl.Series(["92", " < 5", ">=200", "\u2264 3", "", None, "=3", "<", "<x", "-1"])
    amounts = read_printed_values(cells)
    assert amounts.numbers.to_list() == [92, 5, 200, 3, None, None, None, None, None, -1]
    assert amounts.bounds.to_list() == [None, "<", ">=", "<=", *[None] * 6]
    assert amounts.wrong.to_list() == [*[False] * 6, True, True, True, False]
    assert read_printed_values(pl.Series([92, None])).numbers.to_list() == [92, None]
