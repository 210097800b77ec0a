"""Rows of a data frame that a codebook says something of: visits, items, and what forms say.

Needs the extra `frame`.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any, Self

import narwhals as nw

from sledai.codebook import Codebook
from sledai.codebook.layout import LongLayout
from sledai.codebook.words import Words, compared
from sledai.engines import column_of, expressions_of
from sledai.errors import InvalidInputError, shorten
from sledai.frame.answer_columns import AnswerColumn, Kind, answer_column, kinds_of
from sledai.frame.three_valued import all_of

__all__ = ["RowsWhere", "rows_where", "visits_only"]


@dataclass(frozen=True, slots=True)
class RowsWhere:
    """The rows that hold one of some texts in each of some columns."""

    conditions: tuple[tuple[AnswerColumn, tuple[str, ...]], ...]

    def meant(self, engine: Any) -> Any:
        """Say which rows are meant."""
        return all_of(*(self._holds(engine, *one) for one in self.conditions))

    def means(self, row: Mapping[str, Any]) -> bool:
        """Say whether one row, as python holds it, is meant."""
        return all(
            _text(row[answer.column]) in texts or answer.words.meaning(row[answer.column]) is True
            for answer, texts in self.conditions
        )

    @property
    def columns(self) -> list[str]:
        """The columns that are looked at."""
        return [answer.column for answer, _ in self.conditions]

    def in_polars(self, kinds: Mapping[str, Kind]) -> Self | None:
        """Read the columns where polars holds them, with these kinds; None where not alike."""
        there = [(answer.in_polars(kinds), texts) for answer, texts in self.conditions]
        read = [(answer, texts) for answer, texts in there if answer and answer.kind != "other"]
        return replace(self, conditions=tuple(read)) if len(read) == len(there) else None

    @staticmethod
    def _holds(engine: Any, answer: AnswerColumn, texts: tuple[str, ...]) -> Any:
        holds = answer.holds(engine, texts)
        empty = column_of(engine, answer.column).is_null()
        return holds | empty if "" in texts else holds & ~empty


def _text(cell: Any) -> str:
    return "" if cell is None or cell != cell else compared(str(cell))  # noqa: PLR0124 - NaN


def rows_where(frame: Any, where: Mapping[str, tuple[str, ...]]) -> RowsWhere | None:
    """Find the columns of a condition, or None where there is none.

    Raises `InvalidInputError` for a column that is not there.
    """
    kinds = kinds_of(frame)
    conditions: list[tuple[AnswerColumn, tuple[str, ...]]] = []
    for column, texts in where.items():
        if column not in kinds:
            raise InvalidInputError.no_column(column, "[rows]")
        conditions.append((answer_column(kinds, column, Words(texts, ())), texts))
    return RowsWhere(tuple(conditions)) if conditions else None


def visits_only(df: Any, frame: Any, book: Codebook) -> tuple[Any, Any]:
    """Leave out the rows of a frame that are no visits, and put the items of a visit into one row.

    Gives the frame as its engine has it, and opened. Raises `InvalidInputError` for one row an item
    in a frame that is not in memory, for two different answers to one item of a visit, and for an
    item of no visit.
    """
    where = rows_where(frame, book.rows.only_where)
    if where is not None and frame.implementation.is_polars():
        df = df.filter(where.meant(expressions_of(frame)))
        frame = nw.from_native(df)
    elif where is not None:
        frame = frame.filter(where.meant(nw))
        df = frame.to_native()
    if not book.long:
        return df, frame
    wide = _widened(frame, book.long)
    return wide.to_native(), wide


def _in_memory(frame: Any) -> bool:
    known = frame.implementation.is_polars() or frame.implementation.is_pandas()
    return isinstance(frame, nw.DataFrame) and known


def _widened(frame: Any, long: LongLayout) -> Any:
    """Give each item a column, and each visit a row, in the order of their first rows."""
    if not _in_memory(frame):
        accepted = "a data frame of polars (eager) or pandas, or one with a column an item"
        raise InvalidInputError.in_words(type(frame.to_native()).__name__, accepted, "[long]")
    *visit, item, answer = long.columns
    for name in long.columns:
        if name not in frame.columns:
            raise InvalidInputError.no_column(name, "[long]")
    cells = frame.select(*visit, item, answer).with_columns(
        nw.col(item).cast(nw.String).str.strip_chars()
    )
    unnamed = cells[item].is_null() | (cells[item] == "").fill_null(value=False)
    lacking = {item: ("item", unnamed)} | {one: ("visit", cells[one].is_null()) for one in visit}
    for column, (what, wrong) in lacking.items():
        if count := int(wrong.sum()):
            raise InvalidInputError(f"column {shorten(column)}: rows of no {what}: {count}")
    cells = cells.unique([*visit, item, answer], keep="first", maintain_order=True)
    doubled = cells.filter(cells.select(*visit, item).is_duplicated())
    if len(doubled):
        said = ", ".join(shorten(value) for value in doubled.select(*visit, item).row(0))
        raise InvalidInputError(f"items with two different answers at one visit, as {said}")
    if taken := {*cells[item].to_list()} & {*visit}:
        raise InvalidInputError(f"item {shorten(min(taken))} is called as a column of [long] is")
    order = cells.select(*visit).unique(keep="first", maintain_order=True)
    wide = cells.pivot(item, index=visit, values=answer, sort_columns=False)
    return order.join(wide, on=visit, how="left")
