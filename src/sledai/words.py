"""The words and codes of cells: which say present or absent, and which stand for nothing.

Needs the extra `cli`.
"""

import re
from collections.abc import Collection, Mapping
from typing import Any, Literal

import polars as pl

from sledai.errors import InvalidInputError, shorten
from sledai.files.batches import within_years

__all__ = [
    "ANSWER_WORDS",
    "NUMBER",
    "Items",
    "Missing",
    "as_text",
    "plain_text",
    "python_values",
    "stated_words",
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


def stated_words(present: Collection[str], absent: Collection[str]) -> Mapping[str, bool]:
    """Give the words for present and absent; those of a side are what somebody stated, if anything.

    Raises `InvalidInputError` for a word that would say both.

    >>> stated_words(["2"], ["1"])
    {'2': True, '1': False}
    >>> stated_words(["ja"], [])
    {'ja': True, 'no': False, 'n': False, 'false': False, 'absent': False, '0': False}
    """
    if not present and not absent:
        return ANSWER_WORDS
    yes, no = (as_text(pl.Series(texts, dtype=pl.String)).to_list() for texts in (present, absent))
    if both := set(yes) & set(no):
        raise InvalidInputError(f"found {shorten(min(both))} both for present and for absent")
    usual = {
        word: says
        for word, says in ANSWER_WORDS.items()
        if not (yes if says else no) and word not in {*yes, *no}
    }
    return dict.fromkeys(yes, True) | usual | dict.fromkeys(no, False)


class Missing:
    """The texts that stand for nothing in a cell: the empty one, and those that somebody stated.

    A number is the same however it is written: -9 stands for -9.0 too.
    """

    def __init__(self, stated: Collection[str] = ()) -> None:
        self.texts = ["", *as_text(pl.Series(stated, dtype=pl.String))]
        self.numbers = [float(text) for text in self.texts if re.fullmatch(NUMBER, text)]

    def __contains__(self, text: str | None) -> bool:
        """Say whether a text, as it is compared, stands for nothing."""
        if text is None or text in self.texts:
            return text is not None
        return bool(re.fullmatch(NUMBER, text)) and float(text) in self.numbers

    def among(self, texts: pl.Series) -> pl.Series:
        """Say which texts, as they are compared, stand for nothing."""
        found = texts.is_in(self.texts)
        if self.numbers:
            numbers = texts.cast(pl.Float64, strict=False).is_in(self.numbers)
            found |= numbers.fill_null(value=False)
        return found


NUMBER = r"[+-]?[0-9]+(\.[0-9]*)?([eE][+-]?[0-9]+)?"


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
