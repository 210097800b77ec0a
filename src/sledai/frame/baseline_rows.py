"""Which row is the baseline of a patient: the first, one that a column marks, or one by a date.

Needs no engine.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Self

from sledai.codebook.sections import texts_of
from sledai.codebook.words import compared
from sledai.displays import Value
from sledai.errors import InvalidInputError, require
from sledai.records import FrozenDict
from sledai.visits.baseline import Baseline

__all__ = ["BaselineRows"]


@dataclass(frozen=True, slots=True)
class BaselineRows(Value):
    """Which row is the baseline of its patient: made by `first`, `marked` or `last_by`.

    >>> print(BaselineRows.marked({"visit": "baseline"}))
    the visit where visit is baseline
    """

    where: Mapping[str, tuple[str, ...]] = field(default_factory=FrozenDict[str, tuple[str, ...]])
    by_column: str | None = None
    by_date: date | None = None

    @classmethod
    def first(cls) -> Self:
        """Take the first visit of each patient."""
        return cls()

    @classmethod
    def marked(cls, where: Mapping[str, str | list[str]]) -> Self:
        """Take the row that holds one of some texts in a column, or in each of several.

        Raises `InvalidInputError` for no column, and for what are no texts.
        """
        require(
            where, Mapping, "where", "columns, each with the text or texts that mark a baseline"
        )
        if not where:
            raise InvalidInputError.in_words("none", "a column that marks the baseline", "where")
        return cls(
            FrozenDict(
                {
                    str(column): tuple(map(compared, texts_of(_several(texts), str(column))))
                    for column, texts in where.items()
                }
            )
        )

    @classmethod
    def last_by(cls, when: date | str) -> Self:
        """Take the last visit on or before a date, or before the date that a column holds.

        Text that is a date is one; any other names the column, such as that of the first dose.
        """
        try:
            return cls(by_date=Baseline.last_by(when).on)
        except InvalidInputError:
            if not isinstance(when, str) or not when:
                raise
        return cls(by_column=when)

    @property
    def columns(self) -> list[str]:
        """The columns that tell."""
        return [*self.where] if self.by_column is None else [self.by_column]

    def __str__(self) -> str:
        if self.where:
            said = [f"{column} is {' or '.join(texts)}" for column, texts in self.where.items()]
            return f"the visit where {' and '.join(said)}"
        if self.by_column is not None:
            return f"the last visit on or before {self.by_column}"
        return "the first visit" if self.by_date is None else f"the last by {self.by_date}"


def _several(texts: object) -> object:
    return [texts] if isinstance(texts, str | int | float) else texts
