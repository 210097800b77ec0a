"""Answers as people write them: the words and codes for present and absent.

A cell is an answer only by one of the tables here, or as somebody stated it; every other cell is
reported. Needs the extra `cli`.
"""

import re
from collections import Counter
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field, replace
from functools import reduce
from typing import NamedTuple, Self

import polars as pl

from sledai.descriptors import Descriptor
from sledai.errors import SHOWN, InvalidInputError, problems_listed, shorten
from sledai.words import ANSWER_WORDS, NUMBER, Items, Missing, as_text, plain_text, python_values

__all__ = [
    "Amounts",
    "Answers",
    "Coding",
    "find_answers",
    "item_columns",
    "read_amounts",
    "read_answers",
    "read_numbers",
]


@dataclass(frozen=True, slots=True, kw_only=True)
class Answers:
    """What the cells of some rows say.

    `visits` has answers in place of the cells: true, false, or null for not assessed and for what
    is no answer. `wrong` has a column of flags for each column in which a cell is no answer.
    """

    visits: pl.DataFrame
    cells: pl.DataFrame
    wrong: pl.DataFrame
    columns: Mapping[str, Descriptor]
    items: Items
    words: Mapping[str, bool]

    @property
    def items_alone(self) -> pl.DataFrame:
        """The answers alone, in columns of the names of `item_columns`."""
        rows = pl.int_range(self.visits.height, dtype=pl.UInt32, eager=True).alias("row")
        names = item_columns(self.columns)
        return pl.DataFrame(
            [rows, *(self.visits[c].alias(n) for c, n in zip(self.columns, names, strict=True))]
        )

    @property
    def as_in_the_file(self) -> pl.DataFrame:
        """The rows with their cells as they stand in the file."""
        return self.visits.with_columns(self.cells)

    @property
    def wrong_cells(self) -> int:
        """How many cells are no answer."""
        return sum(int(flags.sum()) for flags in self.wrong)

    @property
    def wrong_rows(self) -> pl.Series:
        """Which rows have a cell that is no answer."""
        if not self.wrong.width:
            return pl.repeat(value=False, n=self.visits.height, dtype=pl.Boolean, eager=True)
        return self.wrong.select(pl.any_horizontal(pl.all())).to_series()

    def readable(self) -> Self:
        """Leave out the rows that have a cell which is no answer."""
        if not self.wrong.width:
            return self
        kept = ~self.wrong_rows
        return replace(
            self,
            visits=self.visits.filter(kept),
            cells=self.cells.filter(kept),
            wrong=pl.DataFrame(),
        )

    def problems(self, places: Iterable[object] | None = None) -> list[str]:
        """Say the first cells that are no answer, by row; `places` names the rows."""
        found = sorted(
            (
                (row, number, name)
                for number, name in enumerate(self.wrong.columns)
                for row in self.wrong.to_series(number).arg_true().head(SHOWN)
            ),
        )[:SHOWN]
        places = list(places) if places is not None else None
        return [
            f"{f'row {row}, counting from 0' if places is None else places[row]}, "
            f"column {shorten(name)}: found "
            f"{shorten(*python_values(self.cells[name].slice(row, 1)))}{self._accepted(name)}"
            for row, _, name in found
        ]

    def reasons(self) -> pl.Series:
        """Say for each row which of its cells are no answer; empty where there is none."""
        said = pl.repeat("", self.visits.height, dtype=pl.String, eager=True)
        for flags in self.wrong:
            text = plain_text(self.cells[flags.name])
            cell = pl.format(
                "{}: found '{}'{}", pl.lit(flags.name), text, pl.lit(self._accepted(flags.name))
            )
            first = said == ""
            said = pl.select(
                pl.when(flags)
                .then(pl.when(first).then(cell).otherwise(pl.concat_str(said, pl.lit("; "), cell)))
                .otherwise(said)
            ).to_series()
        return said

    @property
    def accepted(self) -> str:
        """Say what is an answer, as the rest of a message."""
        said = "; "
        if self.items == "binary":
            said += (
                f"accepted: {', '.join(self.words)} (any case), empty; "
                "cells that hold points need --items points; other words for present and absent "
                "need --present TEXT and --absent-text TEXT; "
            )
        return f"{said}a text that stands for a missing answer needs --missing TEXT"

    def _accepted(self, column: str) -> str:
        return f"; accepted: 0 or {self.columns[column].weight}" if self.items == "points" else ""


def item_columns(columns: Mapping[str, Descriptor]) -> dict[str, Descriptor]:
    """Name the columns of answers so that they are the names of nothing else."""
    return {f"the item {descriptor}": descriptor for descriptor in columns.values()}


def find_answers(
    visits: pl.DataFrame,
    columns: Mapping[str, Descriptor],
    *,
    items: Items = "binary",
    missing: Collection[str] = (),
    words: Mapping[str, bool] = ANSWER_WORDS,
) -> Answers:
    """Turn the cells of `columns` into answers, and say which cells are none.

    An answer is true, false, or null for not assessed: an empty cell or a text in `missing`.
    With `items="points"` a cell holds 0 or exactly the weight of its descriptor, else one of
    `words`.

    Raises `InvalidInputError` where `missing` names an answer.
    """
    nothing = Missing(missing)
    cells = pl.DataFrame({column: visits[column] for column in columns})
    tables = [
        # A boolean says what it says, whatever words were stated.
        _table(d, items, ANSWER_WORDS if cells[name].dtype == pl.Boolean else words)
        for name, d in columns.items()
    ]
    for table in tables:
        if taken := [word for word in table if word in nothing]:
            raise InvalidInputError(
                f"cannot take {shorten(min(taken))} for a missing answer: it is an answer"
            )
    answers, settled = _by_first_cells(cells, tables, nothing)
    wrong: dict[str, pl.Series] = {}
    for number, (name, table) in enumerate(zip(columns, tables, strict=True)):
        if not settled[number]:
            text = as_text(cells[name])
            answers[number] = text.replace_strict(table, default=None, return_dtype=pl.Boolean)
            flags = answers[number].is_null() & text.is_not_null() & ~nothing.among(text)
            if flags.any():
                wrong[name] = flags.alias(name)
        answers[number] = answers[number].alias(name)
    return Answers(
        visits=visits.with_columns(answers),
        cells=cells,
        wrong=pl.DataFrame(wrong),
        columns=columns,
        items=items,
        words=words,
    )


@dataclass(slots=True)
class Coding:
    """Whether the cells of a file are written in a code that nobody stated.

    Taken up batch by batch: which cells are no answer, and what the others say. A file coded
    1 = no, 2 = yes shows only in a 2, or in that most columns hold 1 and never say absent.
    """

    _stated: bool = False
    _wrong: Counter[str] = field(default_factory=Counter[str])
    _yes: bool = False
    _absent: set[str] = field(default_factory=set[str])  # the columns that say so somewhere
    _present: dict[str, set[str]] = field(default_factory=dict[str, set[str]])  # in the others

    def add(self, answers: Answers) -> None:
        """Take up the answers of a batch."""
        self._stated |= answers.words is not ANSWER_WORDS
        for flags in answers.wrong:
            if len(self._wrong) <= _CODES:
                cells = answers.cells[flags.name].filter(flags)
                texts = as_text(cells).value_counts(sort=True, name="count").head(_CODES + 1)
                self._wrong.update(dict(texts.iter_rows()))
        for name in answers.columns:
            said = answers.visits[name].alias("said")  # some names polars would take for patterns
            if not said.all():
                self._absent.add(name)
            self._yes = self._yes or said.any()
            if name not in self._absent and said.any():
                present = answers.cells[name].alias("cells").filter(said.fill_null(value=False))
                self._present.setdefault(name, set()).update(as_text(present.unique()))

    def found(self, how: str) -> str:
        """Say what looks like a code, and `how` to state it; empty where nothing does."""
        seen = ""
        if self._stated:
            return seen
        if 0 < len(self._wrong) <= _CODES:
            count = self._wrong.total()
            short = all(len(text) == 1 or re.fullmatch(NUMBER, text) for text in self._wrong)
            if not (self._yes and self._absent) or (short and count > 1):
                codes = ", ".join(map(shorten, self._wrong))
                seen = f"all cells that are no answer hold {codes} ({count:,} of them)"
        ones = {n for n, texts in self._present.items() if texts == {"1"}} - self._absent
        if not seen and len(ones) > len(self._absent):
            seen = "most columns hold 1 and never say absent, so 1 may mean no"
        return seen and f"this looks like a coding that is not stated: {seen}; {how}"


_CODES = 2  # as many as a coding of yes and no has


def read_answers(
    visits: pl.DataFrame,
    columns: Mapping[str, Descriptor],
    *,
    items: Items = "binary",
    missing: Collection[str] = (),
) -> pl.DataFrame:
    """Turn the cells of `columns` into answers as `find_answers` does; other columns stay.

    Raises `InvalidInputError` that lists the cells which are no answer, by row.

    >>> visits = pl.DataFrame({"CVA": ["yes", "NA"]})
    >>> columns = {"CVA": Descriptor.CEREBROVASCULAR_ACCIDENT}
    >>> read_answers(visits, columns, missing=["NA"])["CVA"].to_list()
    [True, None]
    """
    answers = find_answers(visits, columns, items=items, missing=missing)
    if count := answers.wrong_cells:
        summary = f"cells that are no answer: {count}{answers.accepted}"
        raise InvalidInputError(problems_listed(summary, answers.problems(), count))
    return answers.visits


def read_numbers(cells: pl.Series, missing: Collection[str] = ()) -> tuple[pl.Series, pl.Series]:
    """Read a column of numbers: the numbers, and which cells are none.

    An empty cell or a text in `missing` is null, and so is a cell that is no number.

    >>> numbers, wrong = read_numbers(pl.Series(["2.6", "", "not done"]))
    >>> numbers.to_list(), wrong.to_list()
    ([2.6, None, None], [False, False, True])
    """
    text = _given(cells, missing)
    numbers = text.cast(pl.Float64, strict=False)
    numbers = numbers.set(~numbers.is_finite(), None)
    wrong = numbers.is_null() & text.is_not_null()
    return numbers.alias(cells.name), wrong


class Amounts(NamedTuple):
    """A column of amounts: the numbers, what each is if a bound ("<"), which cells are neither."""

    numbers: pl.Series
    bounds: pl.Series
    wrong: pl.Series


def read_amounts(cells: pl.Series, missing: Collection[str] = ()) -> Amounts:
    """Read a column of laboratory values as they are printed: "92", "<5", "> 200".

    An empty cell or a text in `missing` is null, and so is a cell that is no amount.

    >>> amounts = read_amounts(pl.Series(["92", "<5", "", "clumped"]))
    >>> amounts.numbers.to_list(), amounts.bounds.to_list(), amounts.wrong.to_list()
    ([92.0, 5.0, None, None], [None, '<', None, None], [False, False, False, True])
    """
    text = _given(cells, missing).str.replace("≤", "<=").str.replace("≥", ">=")
    bounds = text.str.extract(r"^([<>]=?)")
    numbers, wrong = read_numbers(text.str.replace(r"^[<>]=?\s*", ""))
    wrong |= numbers.is_null() & bounds.is_not_null()
    return Amounts(numbers.alias(cells.name), bounds.set(numbers.is_null(), None), wrong)


def _given(cells: pl.Series, missing: Collection[str]) -> pl.Series:
    """Write cells as they are compared, and those that stand for nothing as null."""
    text = as_text(cells)
    return text.set(Missing(missing).among(text), None)


def _table(descriptor: Descriptor, items: Items, words: Mapping[str, bool]) -> Mapping[str, bool]:
    if items == "binary":
        return words
    return {str(descriptor.weight): True, "0": False}


def _by_first_cells(
    cells: pl.DataFrame, tables: Collection[Mapping[str, bool]], nothing: Missing
) -> tuple[list[pl.Series], list[bool]]:
    """Read the columns by what their first cells hold, and say in which that settles every cell.

    Comparing is much faster than normalizing each cell, and a column seldom holds more than a few
    different ones. Where a column is not settled, its answers are not to be used.
    """
    comparisons: list[pl.Expr] = []
    says: list[dict[str, bool | None]] = []  # for each column, what its comparisons say
    # By number: some names polars would take for patterns.
    numbered = pl.DataFrame([column.alias(str(n)) for n, column in enumerate(cells)])
    for column, table in zip(numbered, tables, strict=True):
        says.append({})
        if column.dtype == pl.Boolean and "true" in table:
            first = pl.Series([True, False])
        elif column.dtype == pl.String or column.dtype.is_numeric():
            first = column.head(_FIRST_CELLS).unique()
        else:
            continue
        for n, (found, text) in enumerate(zip(first, as_text(first), strict=True)):
            if text in table or text in nothing:
                name = f"{column.name} {n}"
                says[-1][name] = table.get(text)
                comparisons.append((pl.col(column.name) == found).alias(name))
    flags = numbered.select(comparisons)
    answers: list[pl.Series] = []
    settled: list[bool] = []
    for column, said in zip(numbered, says, strict=True):
        # No cell equals two of them, since they differ.
        equal = sum(int(flags[name].sum()) for name in said)
        settled.append(equal + column.null_count() == cells.height)
        present, absent, none = (
            [flags[name] for name, answer in said.items() if answer is meant]
            for meant in (True, False, None)
        )
        if present:
            answer = _either(present)
        elif absent:  # and null stays null
            answer = ~_either(absent)
        else:
            answer = pl.repeat(None, cells.height, dtype=pl.Boolean, eager=True)
        answers.append(answer.set(_either(none), None) if none else answer)
    return answers, settled


def _either(flags: Iterable[pl.Series]) -> pl.Series:
    return reduce(lambda one, other: one | other, flags)


_FIRST_CELLS = 1000
