"""Cells as text, as they are compared, and as python holds them."""

from collections.abc import Collection
from typing import Any

import polars as pl

from sledai.codebook.words import compared, numbers_among
from sledai.files.batches import within_years

__all__ = ["Nothing", "as_text", "given", "plain_text", "python_values"]


class Nothing:
    """The texts that stand for nothing in a cell: the empty one, and those that somebody stated."""

    def __init__(self, stated: Collection[str] = ()) -> None:
        self.texts = ["", *map(compared, stated)]
        self.numbers = numbers_among(self.texts)

    def __contains__(self, text: str | None) -> bool:
        """Say whether a text, as it is compared, stands for nothing."""
        if text is None or text in self.texts:
            return text is not None
        return any(number in self.numbers for number in numbers_among([text]))

    def among(self, texts: pl.Series) -> pl.Series:
        """Say which texts, as they are compared, stand for nothing."""
        found = texts.is_in(self.texts)
        if self.numbers:
            floats = [float(number) for number in self.numbers]  # polars compares one type
            numbers = texts.cast(pl.Float64, strict=False).is_in(floats)
            found |= numbers.fill_null(value=False)
        return found


def given(cells: pl.Series, missing: Collection[str]) -> pl.Series:
    """Write cells as they are compared, and those that stand for nothing as null."""
    text = as_text(cells)
    return text.set(Nothing(missing).among(text), None)


def as_text(cells: pl.Series) -> pl.Series:
    """Write cells as they are compared: trimmed, in small letters, 1.0 as 1, NaN as null."""
    text = plain_text(cells.alias("cells"))  # some names polars would take for patterns
    text = text.str.strip_chars().str.to_lowercase()
    return text.str.replace(r"^(-?\d+)\.0+$", "$1")  # "1.0": a column of numbers with gaps


def plain_text(cells: pl.Series) -> pl.Series:
    """Write cells as text, whatever their type."""
    if cells.dtype.is_float():
        cells = cells.fill_nan(None)
    if not (cells.dtype.is_numeric() or isinstance(cells.dtype, pl.Boolean | pl.String | pl.Null)):
        texts = [None if cell is None else str(cell) for cell in python_values(cells)]
        return pl.Series(cells.name, texts, dtype=pl.String)
    return cells.cast(pl.String)


def python_values(cells: pl.Series) -> list[Any]:
    """Give cells as python holds them; of times beyond its years, the numbers that stand for them.

    >>> python_values(pl.Series([2**62]).cast(pl.Datetime("ms")))
    [4611686018427387904]
    """
    within = within_years(cells)
    if within.all():
        return cells.to_list()
    if cells.dtype.is_nested():
        return [f"a {type(cells.dtype).__name__} of times beyond python's years"] * cells.len()
    held = cells.alias("cells").set(~within, None).to_list()
    numbers = cells.to_physical().to_list()
    return [v if w else n for v, w, n in zip(held, within, numbers, strict=True)]
