"""Cells to numbers: plain ones, and values as laboratories print them."""

from collections.abc import Collection
from typing import NamedTuple

import polars as pl

from sledai.cells.text import given
from sledai.codebook.numbers import BETWEEN_THOUSANDS, Decimal, number_pattern

__all__ = ["PrintedValues", "read_numbers", "read_printed_values"]


def read_numbers(
    cells: pl.Series, missing: Collection[str] = (), decimal: Decimal | None = None
) -> tuple[pl.Series, pl.Series]:
    """Read a column of numbers: the numbers, and which cells are none.

    An empty cell or a text in `missing` is null, and so is a cell that is no number.

    >>> numbers, wrong = read_numbers(pl.Series(["2.6", "", "not done"]))
    >>> numbers.to_list(), wrong.to_list()
    ([2.6, None, None], [False, False, True])
    """
    text = _in_points(given(cells, missing), decimal if cells.dtype == pl.String else None)
    numbers = text.cast(pl.Float64, strict=False)
    numbers = numbers.set(~numbers.is_finite(), None)
    wrong = numbers.is_null() & text.is_not_null()
    return numbers.alias(cells.name), wrong


class PrintedValues(NamedTuple):
    """A column of amounts: the numbers, what each is if a bound ("<"), which cells are neither."""

    numbers: pl.Series
    bounds: pl.Series
    wrong: pl.Series


def read_printed_values(
    cells: pl.Series, missing: Collection[str] = (), decimal: Decimal | None = None
) -> PrintedValues:
    """Read a column of laboratory values as they are printed: "92", "<5", "> 200".

    An empty cell or a text in `missing` is null, and so is a cell that is no amount.

    >>> values = read_printed_values(pl.Series(["92", "<5", "", "clumped"]))
    >>> values.numbers.to_list(), values.bounds.to_list(), values.wrong.to_list()
    ([92.0, 5.0, None, None], [None, '<', None, None], [False, False, False, True])
    """
    text = given(cells, missing).str.replace("≤", "<=").str.replace("≥", ">=")
    bounds = text.str.extract(r"^([<>]=?)")
    numbers, wrong = read_numbers(text.str.replace(r"^[<>]=?\s*", ""), decimal=decimal)
    wrong |= numbers.is_null() & bounds.is_not_null()
    return PrintedValues(numbers.alias(cells.name), bounds.set(numbers.is_null(), None), wrong)


def _in_points(text: pl.Series, decimal: Decimal | None) -> pl.Series:
    """Write numbers with a point before decimals; what is none stays, so that it is no number."""
    if decimal is None:
        return text
    column = pl.col("text")
    plain = column.str.replace_all(BETWEEN_THOUSANDS[decimal], "").str.replace(
        decimal, ".", literal=True
    )
    is_one = column.str.contains(f"^{number_pattern(decimal)}$")
    none = pl.when(column.is_not_null()).then(pl.lit("no number"))
    frame = text.alias("text").to_frame()
    return frame.select(pl.when(is_one).then(plain).otherwise(none)).to_series()
