"""Cells to answers, by the words of each column; every other cell is reported."""

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import reduce
from itertools import islice
from typing import Self

import polars as pl

from sledai.cells.rows import rows_where
from sledai.cells.text import Nothing, as_text, plain_text, python_values
from sledai.codebook.layout import RowConditions
from sledai.codebook.words import ANSWER_WORDS, NUMBER, Words
from sledai.descriptors import Descriptor
from sledai.errors import SHOWN, shorten

__all__ = ["Answers", "Coding", "find_answers", "item_column"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Answers:
    """What the cells of some rows say.

    `visits` has answers in place of the cells: true, false, or null for not assessed and for what
    is no answer. `wrong` has a column of flags for each column in which a cell is no answer.
    """

    visits: pl.DataFrame
    cells: pl.DataFrame
    wrong: pl.DataFrame
    words: Mapping[str, Words]

    def alone(self, columns: Mapping[str, Descriptor]) -> pl.DataFrame:
        """Give the answers of descriptors alone, in columns that `item_column` names."""
        rows = pl.int_range(self.visits.height, dtype=pl.UInt32, eager=True).alias("row")
        return pl.DataFrame(
            [rows, *(self.visits[c].alias(item_column(d)) for c, d in columns.items())]
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

    def problems(self, places: Iterable[object]) -> list[str]:
        """Say the first cells that are no answer, by row; `places` names the rows."""
        found = sorted(
            (
                (row, number, name)
                for number, name in enumerate(self.wrong.columns)
                for row in self.wrong.to_series(number).arg_true().head(SHOWN)
            ),
        )[:SHOWN]
        places = list(places)
        return [
            f"{places[row]}, column {shorten(name)}: found "
            f"{shorten(*python_values(self.cells[name].slice(row, 1)))}{self.accepted_in(name)}"
            for row, _, name in found
        ]

    def reasons(self, accepted: str = "") -> pl.Series:
        """Say for each row which of its cells are no answer; empty where there is none.

        What is `accepted` is said behind each cell; where they hold points, which points.
        """
        said = pl.repeat("", self.visits.height, dtype=pl.String, eager=True)
        for flags in self.wrong:
            text = plain_text(self.cells[flags.name])
            cell = pl.format(
                "{}: found '{}'{}",
                pl.lit(flags.name),
                text,
                pl.lit(self.accepted_in(flags.name) or accepted),
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
        if not self._of_points:
            words = next(iter(self.words.values()), Words.of())
            said += (
                f"accepted: {', '.join((*words.present, *words.absent))} (any case), empty; "
                "cells that hold points need --items points; other words for present and absent "
                "need --present TEXT and --absent-text TEXT; "
            )
        return f"{said}a text that stands for a missing answer needs --missing TEXT"

    def accepted_in(self, column: str) -> str:
        """Say which points are an answer, as the rest of a message; empty for words."""
        return f"; accepted: 0 or {self.words[column].present[0]}" if self._of_points else ""

    @property
    def _of_points(self) -> bool:
        return any(words.points for words in self.words.values())


def item_column(descriptor: Descriptor) -> str:
    """Name a column of answers so that it is the name of nothing else."""
    return f"the item {descriptor}"


def find_answers(
    visits: pl.DataFrame, words: Mapping[str, Words], rows: RowConditions | None = None
) -> Answers:
    """Turn the cells of columns into answers by the words of each, and say which cells are none.

    An answer is true, false, or null for not assessed; a boolean says what it says. `rows` may say
    of a whole row that nothing was assessed, or that what is not answered is absent.

    >>> visits = pl.DataFrame({"CVA": ["yes", "NA", "maybe"]})
    >>> found = find_answers(visits, {"CVA": Words.of(missing=["NA"])})
    >>> found.visits["CVA"].to_list(), found.wrong["CVA"].to_list()
    ([True, None, None], [False, False, True])
    """
    cells = pl.DataFrame({column: visits[column] for column in words})
    tables = [
        ANSWER_WORDS if cells[name].dtype == pl.Boolean and not said.points else said.table
        for name, said in words.items()
    ]
    nothing = [Nothing(said.nothing) for said in words.values()]
    answers, settled = _by_first_cells(cells, tables, nothing)
    wrong: dict[str, pl.Series] = {}
    for number, (name, table) in enumerate(zip(words, tables, strict=True)):
        if not settled[number]:
            text = as_text(cells[name])
            answers[number] = text.replace_strict(table, default=None, return_dtype=pl.Boolean)
            none = answers[number].is_null() & text.is_not_null()
            flags = none & ~nothing[number].among(text)
            if flags.any():
                wrong[name] = flags.alias(name)
        answers[number] = answers[number].alias(name)
    if rows is not None and rows.columns:
        open_, none = (
            rows_where(visits, where)
            for where in (rows.not_assessed_where, rows.none_present_where)
        )
        # By another name: some polars would take for patterns.
        plain = (one.alias("answer") for one in answers)
        said = (one.set(none & one.is_null(), value=False).set(open_, None) for one in plain)
        answers = [
            (one.set(wrong[name], None) if name in wrong else one).alias(name)
            for one, name in zip(said, words, strict=True)
        ]
    return Answers(
        visits=visits.with_columns(answers),
        cells=cells,
        wrong=pl.DataFrame(wrong),
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
        self._stated |= any(words.stated or words.points for words in answers.words.values())
        for flags in answers.wrong:
            if len(self._wrong) <= _CODES:
                cells = answers.cells[flags.name].filter(flags)
                texts = as_text(cells).value_counts(sort=True, name="count").head(_CODES + 1)
                self._wrong.update(dict(texts.iter_rows()))
        for name in answers.words:
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


def _by_first_cells(
    cells: pl.DataFrame, tables: Sequence[Mapping[str, bool]], nothing: list[Nothing]
) -> tuple[list[pl.Series], list[bool]]:
    """Read the columns by what their first cells hold, and say in which that settles every cell.

    Comparing is much faster than normalizing each cell, and a column seldom holds more than a few
    different ones. Where a column is not settled, its answers are not to be used.
    """
    comparisons: list[pl.Expr] = []
    says: list[dict[str, bool | None]] = []  # for each column, what its comparisons say
    # By number: some names polars would take for patterns.
    numbered = pl.DataFrame([column.alias(str(n)) for n, column in enumerate(cells)])
    first = list(map(_first_cells, numbered))
    looked_at = zip(numbered.columns, tables, nothing, first, _texts(first), strict=True)
    for place, table, gone, found, texts in looked_at:
        said: dict[str, bool | None] = {}
        for n, (cell, text) in enumerate(zip(found, texts, strict=True)):
            if text is not None and (text in table or text in gone):
                name = f"{place} {n}"
                said[name] = table.get(text)
                comparisons.append((pl.col(place) == cell).alias(name))
        says.append(said)
    flags = numbered.select(comparisons)
    counts = dict(zip(flags.columns, flags.sum().row(0), strict=True)) if comparisons else {}
    answers: list[pl.Series] = []
    settled: list[bool] = []
    for column, table, said in zip(numbered, tables, says, strict=True):
        if _is_answered(column, table):
            answers.append(column)
            settled.append(True)
            continue
        # No cell equals two of them, since they differ.
        equal = sum(counts[name] or 0 for name in said)
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


def _is_answered(column: pl.Series, table: Mapping[str, bool]) -> bool:
    """Whether the cells are answers as they are."""
    return column.dtype == pl.Boolean and "true" in table


def _first_cells(column: pl.Series) -> pl.Series:
    """Give the different cells with which a column begins; none where it is read otherwise."""
    if column.dtype == pl.String or column.dtype.is_numeric():
        return column.head(_FIRST_CELLS).unique()
    return column.clear()


def _texts(first: Sequence[pl.Series]) -> Iterator[list[str | None]]:
    """Write cells as they are compared, those of all columns of text at once: each call costs."""
    text = [cells for cells in first if cells.dtype == pl.String]
    at_once = iter(as_text(pl.concat(cells.alias("") for cells in text)) if text else ())
    for cells in first:
        of_text = cells.dtype == pl.String
        yield [*islice(at_once, len(cells))] if of_text else as_text(cells).to_list()


def _either(flags: Iterable[pl.Series]) -> pl.Series:
    return reduce(lambda one, other: one | other, flags)


_FIRST_CELLS = 1000
