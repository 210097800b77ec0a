"""Answers as people write them: the names of columns and the words for present and absent.

A column is a descriptor's, and a cell is an answer, only by one of the tables here; every other
cell is reported. Needs the extra `cli`.
"""

import re
from collections.abc import Collection, Iterable, Mapping
from operator import itemgetter
from pathlib import Path
from typing import Literal

import polars as pl

from sledai.descriptors import Descriptor, descriptor_set
from sledai.errors import InvalidInputError, shorten
from sledai.files import SHOWN, problems_listed, row_places

__all__ = [
    "ALIASES",
    "ANSWER_WORDS",
    "Items",
    "answer_columns",
    "descriptor_named",
    "plain_name",
    "read_answers",
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


def read_answers(
    visits: pl.DataFrame,
    columns: Mapping[str, Descriptor],
    *,
    path: Path | None = None,
    items: Items = "binary",
    missing: Collection[str] = (),
) -> pl.DataFrame:
    """Turn the cells of `columns` into answers; the other columns stay as they are.

    An answer is true, false, or null for not assessed: an empty cell or a text in `missing`.
    With `items="points"` a cell holds 0 or exactly the weight of its descriptor, else one of
    `ANSWER_WORDS`.

    Raises `InvalidInputError` that lists the cells which are no answer, by line of the file at
    `path`, or by row.

    >>> visits = pl.DataFrame({"CVA": ["yes", "NA"]})
    >>> columns = {"CVA": Descriptor.CEREBROVASCULAR_ACCIDENT}
    >>> read_answers(visits, columns, missing=["NA"])["CVA"].to_list()
    [True, None]
    """
    not_assessed = ["", *_as_text(pl.Series(missing, dtype=pl.String))]
    answers: dict[str, pl.Series] = {}
    unreadable: list[tuple[int, str]] = []
    for column, descriptor in columns.items():
        words = _words(descriptor, items)
        if taken := words.keys() & not_assessed:
            raise InvalidInputError(
                f"cannot take {shorten(min(taken))} for a missing answer: it is an answer"
            )
        text = _as_text(visits[column])
        answers[column] = text.replace_strict(words, default=None, return_dtype=pl.Boolean)
        wrong = answers[column].is_null() & text.is_not_null() & ~text.is_in(not_assessed)
        unreadable += [(row, column) for row in wrong.arg_true()]
    if unreadable:
        unreadable.sort(key=itemgetter(0))
        rows = {row for row, _ in unreadable[:SHOWN]}
        places = (
            row_places(path, rows) if path else {row: f"row {row}, counting from 0" for row in rows}
        )
        cells = (
            f"{places[row]}, column {shorten(column)}: "
            f"found {shorten(*visits[column].slice(row, 1).to_list())}"
            + (f"; accepted: 0 or {columns[column].weight}" if items == "points" else "")
            for row, column in unreadable
        )
        summary = f"{path or 'visits'}: cells that are no answer: {len(unreadable)}; "
        if items == "binary":
            summary += (
                f"accepted: {', '.join(ANSWER_WORDS)} (any case), empty; "
                "cells that hold points need --items points; "
            )
        summary += "a text that stands for a missing answer needs --missing TEXT"
        raise InvalidInputError(problems_listed(summary, cells, len(unreadable)))
    return visits.with_columns(**answers)


def _words(descriptor: Descriptor, items: Items) -> dict[str, bool]:
    if items == "binary":
        return ANSWER_WORDS
    return {str(descriptor.weight): True, "0": False}


def _as_text(cells: pl.Series) -> pl.Series:
    """Write cells as they are compared: trimmed, in small letters, 1.0 as 1, NaN as null."""
    cells = cells.alias("cells")  # some names polars would take for patterns
    if cells.dtype.is_float():
        cells = cells.fill_nan(None)
    if not (cells.dtype.is_numeric() or isinstance(cells.dtype, pl.Boolean | pl.String | pl.Null)):
        cells = pl.Series([None if cell is None else str(cell) for cell in cells.to_list()])
    text = cells.cast(pl.String).str.strip_chars().str.to_lowercase()
    return text.str.replace(r"^(\d+)\.0+$", "$1")  # "1.0": a column of numbers with gaps
