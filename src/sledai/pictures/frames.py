"""Frames of any engine in memory, and their cells as plain values, to be drawn."""

from typing import Any

import narwhals as nw

from sledai.codebook.words import is_missing, python_value
from sledai.engines import opened

__all__ = ["in_memory", "plain_values"]


def in_memory(df: Any) -> Any:
    """Give a frame as its engine holds it in memory; what is there already stays as it is.

    Raises `InvalidInputError` for what is no frame.
    """
    frame = opened(df)
    return frame.collect().to_native() if isinstance(frame, nw.LazyFrame) else df


def plain_values(frame: Any, column: str) -> list[Any]:
    """Give the cells of a column of an opened frame, None where there is nothing."""
    cells = frame[column].to_list()
    return [None if is_missing(cell) else python_value(cell) for cell in cells]
