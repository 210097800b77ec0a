"""Rows of a data frame that a codebook says something of: which are visits, and what forms say.

Needs the extra `frame`.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import narwhals as nw

from sledai.codebook import Codebook
from sledai.codebook.words import Words, compared
from sledai.engines import column_of, expressions_of
from sledai.errors import InvalidInputError
from sledai.frame.answer_columns import AnswerColumn, answer_column, kinds_of
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
    """Leave out the rows of a frame that are no visits; refuse one row an item, which is for files.

    Gives the frame as its engine has it, and opened.
    """
    if book.long:
        raise InvalidInputError(
            "[long]: found a data frame; accepted: a file, or a frame with a column an item (pivot)"
        )
    where = rows_where(frame, book.rows.only_where)
    if where is None:
        return df, frame
    if frame.implementation.is_polars():
        kept = df.filter(where.meant(expressions_of(frame)))
        return kept, nw.from_native(kept)
    opened = frame.filter(where.meant(nw))
    return opened.to_native(), opened
