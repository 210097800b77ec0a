"""Conditions of columns that may be neither yes nor no, against all that fills in what is open."""

from itertools import combinations, product
from typing import Any

import polars as pl
import pytest

from sledai.frame.three_valued import (
    Answer,
    all_of,
    any_of,
    at_least,
    certain,
    chosen,
    negated,
    three_valued,
)

ANSWERS = (True, False, None)
ROWS = list(product(ANSWERS, repeat=3))
FRAME = pl.DataFrame(
    {
        **{f"yes_{i}": [row[i] is True for row in ROWS] for i in range(3)},
        **{f"no_{i}": [row[i] is False for row in ROWS] for i in range(3)},
    }
)
COLUMNS = [Answer(pl.col(f"yes_{i}"), pl.col(f"no_{i}")) for i in range(3)]


def values(expression: Any) -> list[Any]:
    """What an expression says in each row, and what is so in every row."""
    given = pl.lit(expression) if isinstance(expression, bool | str) else expression
    return FRAME.with_columns(given.alias("found"))["found"].to_list()


def completions(row: tuple[bool | None, ...]) -> list[tuple[bool, ...]]:
    return list(product(*((True, False) if answer is None else (answer,) for answer in row)))


class TestConditions:
    """Joined by "and" and "or", each an expression or what is so in every row."""

    @pytest.mark.parametrize(
        "parts", [parts for n in range(4) for parts in combinations((0, 1, 2, True, False), n)]
    )
    def test_joined(self, parts: tuple[Any, ...]) -> None:
        conditions = [COLUMNS[p].yes if p is not True and p is not False else p for p in parts]
        held = [
            [row[p] is True if p is not True and p is not False else p for p in parts]
            for row in ROWS
        ]
        assert values(all_of(*conditions)) == [all(row) for row in held]
        assert values(any_of(*conditions)) == [any(row) for row in held]

    def test_what_is_so_in_every_row_is_no_expression(self) -> None:
        always, never, some = True, False, COLUMNS[0].yes
        assert all_of() is True
        assert all_of(always, always) is True
        assert all_of(some, never) is False
        assert any_of() is False
        assert any_of(never, never) is False
        assert any_of(some, always) is True
        assert all_of(some, always) is some
        assert any_of(never, some) is some
        assert negated(always) is False
        assert negated(never) is True

    def test_negated(self) -> None:
        assert values(negated(COLUMNS[0].yes)) == [row[0] is not True for row in ROWS]

    def test_null_is_no(self) -> None:
        cells = pl.DataFrame({"cell": [True, False, None]})
        assert cells.select(certain(pl, pl.col("cell")))["literal"].to_list() == [
            True,
            False,
            False,
        ]


class TestAnswers:
    """Yes, no, or neither: written as a value, counted, and said in words."""

    def test_unknown_is_neither(self) -> None:
        assert values(COLUMNS[0].unknown) == [row[0] is None for row in ROWS]
        assert Answer(yes=True, no=False, always=True).unknown is False

    @pytest.mark.parametrize("answer", [COLUMNS[0], Answer(COLUMNS[0].yes, COLUMNS[0].no)])
    def test_written(self, answer: Answer) -> None:
        assert values(three_valued(pl, answer)) == [row[0] for row in ROWS]

    def test_what_is_never_yes_or_never_no(self) -> None:
        never_no = three_valued(pl, Answer(COLUMNS[0].yes, no=False))
        never_yes = three_valued(pl, Answer(yes=False, no=COLUMNS[0].no))
        assert values(never_no) == [True if row[0] is True else None for row in ROWS]
        assert values(never_yes) == [False if row[0] is False else None for row in ROWS]

    def test_nothing_is_asked_of_a_row_that_is_the_same_in_all(self) -> None:
        """What is never so is no part of an expression, which engines would go through."""
        yes, no, never = COLUMNS[0].yes, COLUMNS[0].no, False
        present, absent = pl.lit(value=True), pl.lit(value=False)
        written = three_valued(pl, Answer(yes, no=never)), three_valued(pl, Answer(never, no))
        said = [chosen(pl, one, "y", "n", "-") for one in (Answer(yes, never), Answer(never, no))]
        shortest = [
            pl.when(yes).then(present),
            pl.when(no).then(absent),
            pl.when(yes).then(pl.lit("y")).otherwise(pl.lit("-")),
            pl.when(no).then(pl.lit("n")).otherwise(pl.lit("-")),
        ]
        for one, expected in zip([*written, *said], shortest, strict=True):
            assert str(one) == str(expected)

    @pytest.mark.parametrize("needed", [1, 2, 3])
    def test_some_of_three(self, needed: int) -> None:
        expected = []
        for row in ROWS:
            met = {sum(filled) >= needed for filled in completions(row)}
            expected.append(met.pop() if len(met) == 1 else None)
        assert values(three_valued(pl, at_least(needed, COLUMNS))) == expected

    def test_in_words(self) -> None:
        words = {True: "yes", False: "no", None: "open"}
        yes, no = COLUMNS[0].yes, COLUMNS[0].no
        said = [words[row[0]] for row in ROWS]
        assert values(chosen(pl, Answer(yes, no), "yes", "no", "open")) == said
        never_no = chosen(pl, Answer(yes, no=False), "yes", "no", "open")
        assert values(never_no) == ["yes" if word == "yes" else "open" for word in said]
        never_yes = chosen(pl, Answer(yes=False, no=no), "yes", "no", "open")
        assert values(never_yes) == ["no" if word == "no" else "open" for word in said]
        assert chosen(pl, Answer(yes=False, no=False), "yes", "no", "open") == "open"
