"""What the cells of yes-or-no columns say: which words and codes mean present, absent or nothing.

A cell says something by these words alone, in any case, and a number is the same however it is
written: -9 stands for -9.0 too. Needs no engine.
"""

import re
from collections.abc import Collection, Iterable
from dataclasses import dataclass, replace
from decimal import Decimal
from typing import Any, Literal, Self

from sledai.errors import InvalidInputError, shorten

__all__ = [
    "ANSWER_WORDS",
    "NUMBER",
    "ONE_AND_ZERO",
    "Items",
    "Words",
    "compared",
    "is_missing",
    "numbers_among",
    "python_value",
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

NUMBER = r"[+-]?[0-9]+(\.[0-9]*)?([eE][+-]?[0-9]+)?"


def compared(text: str) -> str:
    """Write a text as it is compared: trimmed, in small letters, 1.0 as 1.

    >>> compared(" Ja "), compared("2.0")
    ('ja', '2')
    """
    return re.sub(r"^(-?\d+)\.0+$", r"\1", text.strip().lower())


def numbers_among(texts: Iterable[str]) -> list[float]:
    """Give those texts that are numbers as numbers, whole ones as such.

    >>> numbers_among(["ja", "2", "-9.5"])
    [2, -9.5]
    """
    found = (float(text) for text in texts if re.fullmatch(NUMBER, text))
    return [int(number) if number.is_integer() else number for number in found]


@dataclass(frozen=True, slots=True)
class Words:
    """What cells say beside true, false and null, as texts that are compared.

    `stated` tells whether somebody said what means present or absent. Without `texts` a column of
    text says nothing. `points` tells that cells hold 0 or the weight.

    >>> words = Words.of(present=["2"], absent=["1"], not_assessed=["NK"])
    >>> [words.meaning(cell) for cell in (2, "1.0", True, "nk", "maybe")]
    [True, False, True, None, 'maybe']
    """

    present: tuple[str, ...]
    absent: tuple[str, ...]
    nothing: tuple[str, ...] = ()
    stated: bool = False
    texts: bool = True
    points: bool = False

    @classmethod
    def of(
        cls,
        *,
        present: Collection[str] = (),
        absent: Collection[str] = (),
        not_assessed: Collection[str] = (),
        missing: Collection[str] = (),
    ) -> Self:
        """Take what somebody stated; a side of which nothing is stated has the usual words.

        Raises `InvalidInputError` for a word that would say two things.
        """
        yes, no, open_, gone = (
            tuple(dict.fromkeys(map(compared, texts)))
            for texts in (present, absent, not_assessed, missing)
        )
        for some, others, which in (
            (yes, no, "for present and for absent"),
            (yes, open_, "for present and for not assessed"),
            (no, open_, "for absent and for not assessed"),
        ):
            if both := set(some) & set(others):
                raise InvalidInputError(f"found {shorten(min(both))} both {which}")
        taken = {*yes, *no, *open_}
        usual = {word: says for word, says in ANSWER_WORDS.items() if word not in taken}
        yes = yes or tuple(word for word, says in usual.items() if says)
        no = no or tuple(word for word, says in usual.items() if not says)
        return cls(yes, no, tuple(dict.fromkeys((*open_, *gone))), bool(present or absent))

    def checked(self) -> Self:
        """Refuse an answer that stands for nothing too."""
        numbers = numbers_among(self.nothing)
        for word in (*self.present, *self.absent):
            if word in self.nothing or any(n in numbers for n in numbers_among([word])):
                raise InvalidInputError(
                    f"cannot take {shorten(word)} for a missing answer: it is an answer"
                )
        return self

    def of_points(self, weight: int) -> Self:
        """Read 0 and a weight in place of words."""
        return replace(self, present=(str(weight),), absent=("0",), points=True)

    @property
    def table(self) -> dict[str, bool]:
        """What each text says, of those that say present or absent."""
        return dict.fromkeys(self.present, True) | dict.fromkeys(self.absent, False)

    def meaning(self, cell: Any) -> Any:
        """Give true, false, None for not known, or the cell itself where it says none of these."""
        if is_missing(cell):
            return None
        cell = python_value(cell)
        if isinstance(cell, bool):
            return cell
        if not isinstance(cell, str | int | float | Decimal) or (
            isinstance(cell, str) and not self.texts
        ):
            return cell
        if isinstance(cell, str) and not cell.strip():
            return None  # an empty cell holds nothing
        for texts, says in ((self.present, True), (self.absent, False), (self.nothing, None)):
            if self._among(cell, texts):
                return says
        return cell

    def says_nothing(self, cell: Any) -> bool:
        """Whether a cell of any column stands for nothing."""
        return is_missing(cell) or self._among(python_value(cell), self.nothing)

    @staticmethod
    def _among(cell: Any, texts: Collection[str]) -> bool:
        if isinstance(cell, str) and compared(cell) in texts:
            return True
        if isinstance(cell, bool):
            return False
        number = numbers_among([compared(cell)]) if isinstance(cell, str) else [cell]
        return any(n in numbers_among(texts) for n in number)

    def __str__(self) -> str:
        said = dict.fromkeys(("true", "false", *self.present, *self.absent, *self.nothing))
        return f"{', '.join(said)} and null"


ONE_AND_ZERO = Words(("1",), ("0",), texts=False)
"""What the cells of a data frame say of which nobody stated anything."""


def python_value(cell: Any) -> Any:
    """Give a value of numpy as python has it."""
    return cell.item() if hasattr(cell, "item") else cell


def is_missing(cell: Any) -> bool:
    """Whether a cell holds nothing, as each engine writes it."""
    if cell is None or type(cell).__name__ in {"NAType", "NaTType"}:
        return True
    if isinstance(cell, Decimal):
        return cell.is_nan()
    return isinstance(cell, float) and cell != cell  # noqa: PLR0124 - NaN
