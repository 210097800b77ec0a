"""Answers as people write them: the names of columns and the words for present and absent.

A column is a descriptor's, and a cell is an answer, only by one of the tables here; every other
cell is reported. Needs the extra `cli`.
"""

import re
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, replace
from functools import reduce
from typing import Literal, NamedTuple, Self

import polars as pl

from sledai.descriptors import Descriptor, descriptor_set
from sledai.errors import SHOWN, InvalidInputError, problems_listed, shorten

__all__ = [
    "ALIASES",
    "ANSWER_WORDS",
    "Amounts",
    "Answers",
    "Items",
    "answer_columns",
    "descriptor_named",
    "find_answers",
    "plain_name",
    "read_amounts",
    "read_answers",
    "read_numbers",
]

Items = Literal["binary", "points"]
"""How a file holds an answer: as a word or 1 and 0, or as the points that it scores."""

ANSWER_WORDS = {
    "yes": True,
    "y": True,
    "true": True,
    "present": True,
    "1": True,
    "no": False,
    "n": False,
    "false": False,
    "absent": False,
    "0": False,
}
"""The words for present and absent, in any case."""

ALIASES = {
    "obs": Descriptor.ORGANIC_BRAIN_SYNDROME,
    "cva": Descriptor.CEREBROVASCULAR_ACCIDENT,
    "haematuria": Descriptor.HEMATURIA,
    "new_rash": Descriptor.RASH,
    "oral_ulcers": Descriptor.MUCOSAL_ULCERS,
    "low_c3_c4": Descriptor.LOW_COMPLEMENT,
    "dsdna": Descriptor.INCREASED_DNA_BINDING,
    "dna_binding": Descriptor.INCREASED_DNA_BINDING,
    "leucopenia": Descriptor.LEUKOPENIA,
}
"""Other names under which descriptors are met in files."""


def descriptor_named(name: str) -> Descriptor:
    """Find a descriptor by its name or an alias, without regard to case, spaces and punctuation.

    Raises `InvalidInputError`, with the closest names, where there is none.

    >>> descriptor_named("CVA"), descriptor_named("New Rash")
    (<Descriptor.CEREBROVASCULAR_ACCIDENT: 'cerebrovascular_accident'>, <Descriptor.RASH: 'rash'>)
    """
    plain = plain_name(name)
    (descriptor,) = descriptor_set([_BY_NAME.get(plain, plain)])
    return descriptor


_BY_NAME = {**{d.value: d for d in Descriptor}, **ALIASES}


def plain_name(name: str) -> str:
    """Write a name as it is compared: in small letters, with one "_" for all that is between.

    >>> plain_name(" New Rash?")
    'new_rash'
    """
    return re.sub(r"[\W_]+", "_", name.lower()).strip("_")


def answer_columns(
    columns: Iterable[str], named: Mapping[str, Descriptor]
) -> dict[str, Descriptor]:
    """Say which column holds which descriptor: those in `named`, then by name or alias.

    Raises `InvalidInputError` when a named column is not there, and when two columns go by names of
    one descriptor.

    >>> answer_columns(["id", "Eruption", "Arthritis"], {"Eruption": Descriptor.RASH})
    {'Eruption': <Descriptor.RASH: 'rash'>, 'Arthritis': <Descriptor.ARTHRITIS: 'arthritis'>}
    """
    columns = list(columns)
    if absent := [theirs for theirs in named if theirs not in columns]:
        raise InvalidInputError(f"no column {shorten(absent[0])}, named for {named[absent[0]]}")
    found = dict(named)
    for column in columns:
        descriptor = _BY_NAME.get(plain_name(column))
        if descriptor is None or column in named or descriptor in named.values():
            continue
        if others := [other for other, d in found.items() if d is descriptor]:
            raise InvalidInputError(
                f"columns {shorten(others[0])} and {shorten(column)} both go by names of "
                f"{descriptor}; say which one is meant"
            )
        found[column] = descriptor
    return found


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
            f"column {shorten(name)}: found {shorten(*self.cells[name].slice(row, 1).to_list())}"
            f"{self._accepted(name)}"
            for row, _, name in found
        ]

    def reasons(self) -> pl.Series:
        """Say for each row which of its cells are no answer; empty where there is none."""
        said = pl.repeat("", self.visits.height, dtype=pl.String, eager=True)
        for flags in self.wrong:
            text = _plain_text(self.cells[flags.name])
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
                f"accepted: {', '.join(ANSWER_WORDS)} (any case), empty; "
                "cells that hold points need --items points; "
            )
        return f"{said}a text that stands for a missing answer needs --missing TEXT"

    def _accepted(self, column: str) -> str:
        return f"; accepted: 0 or {self.columns[column].weight}" if self.items == "points" else ""


def find_answers(
    visits: pl.DataFrame,
    columns: Mapping[str, Descriptor],
    *,
    items: Items = "binary",
    missing: Collection[str] = (),
) -> Answers:
    """Turn the cells of `columns` into answers, and say which cells are none.

    An answer is true, false, or null for not assessed: an empty cell or a text in `missing`.
    With `items="points"` a cell holds 0 or exactly the weight of its descriptor, else one of
    `ANSWER_WORDS`.

    Raises `InvalidInputError` where `missing` names an answer.
    """
    not_assessed = _nothing(missing)
    cells = pl.DataFrame({column: visits[column] for column in columns})
    tables = [_words(descriptor, items) for descriptor in columns.values()]
    for table in tables:
        if taken := table.keys() & not_assessed:
            raise InvalidInputError(
                f"cannot take {shorten(min(taken))} for a missing answer: it is an answer"
            )
    answers, settled = _by_first_cells(cells, tables, not_assessed)
    wrong: dict[str, pl.Series] = {}
    for number, (name, table) in enumerate(zip(columns, tables, strict=True)):
        if not settled[number]:
            text = _as_text(cells[name])
            answers[number] = text.replace_strict(table, default=None, return_dtype=pl.Boolean)
            flags = answers[number].is_null() & text.is_not_null() & ~text.is_in(not_assessed)
            if flags.any():
                wrong[name] = flags.alias(name)
        answers[number] = answers[number].alias(name)
    return Answers(
        visits=visits.with_columns(answers),
        cells=cells,
        wrong=pl.DataFrame(wrong),
        columns=columns,
        items=items,
    )


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
    text = _as_text(cells)
    return text.set(text.is_in(_nothing(missing)), None)


def _nothing(missing: Collection[str]) -> list[str]:
    """List the texts, as they are compared, that stand for nothing in a cell."""
    return ["", *_as_text(pl.Series(missing, dtype=pl.String))]


def _words(descriptor: Descriptor, items: Items) -> dict[str, bool]:
    if items == "binary":
        return ANSWER_WORDS
    return {str(descriptor.weight): True, "0": False}


def _by_first_cells(
    cells: pl.DataFrame, tables: Collection[dict[str, bool]], not_assessed: Collection[str]
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
        for n, (found, text) in enumerate(zip(first, _as_text(first), strict=True)):
            if text in table or text in not_assessed:
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
        present, absent, nothing = (
            [flags[name] for name, answer in said.items() if answer is meant]
            for meant in (True, False, None)
        )
        if present:
            answer = _either(present)
        elif absent:  # and null stays null
            answer = ~_either(absent)
        else:
            answer = pl.repeat(None, cells.height, dtype=pl.Boolean, eager=True)
        answers.append(answer.set(_either(nothing), None) if nothing else answer)
    return answers, settled


def _either(flags: Iterable[pl.Series]) -> pl.Series:
    return reduce(lambda one, other: one | other, flags)


_FIRST_CELLS = 1000


def _as_text(cells: pl.Series) -> pl.Series:
    """Write cells as they are compared: trimmed, in small letters, 1.0 as 1, NaN as null."""
    text = _plain_text(cells.alias("cells"))  # some names polars would take for patterns
    text = text.str.strip_chars().str.to_lowercase()
    return text.str.replace(r"^(\d+)\.0+$", "$1")  # "1.0": a column of numbers with gaps


def _plain_text(cells: pl.Series) -> pl.Series:
    if cells.dtype.is_float():
        cells = cells.fill_nan(None)
    if not (cells.dtype.is_numeric() or isinstance(cells.dtype, pl.Boolean | pl.String | pl.Null)):
        texts = [None if cell is None else str(cell) for cell in cells.to_list()]
        return pl.Series(cells.name, texts, dtype=pl.String)
    return cells.cast(pl.String)
