"""What the library raises: one parent, and a child for each thing a caller handles differently."""

from __future__ import annotations

from itertools import islice
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable

    from sledai.descriptors import Descriptor

__all__ = [
    "SHOWN",
    "IncompleteAssessmentError",
    "InvalidInputError",
    "SledaiError",
    "UndeterminedError",
    "problems_listed",
    "shorten",
]


class SledaiError(Exception):
    """Parent of every error that this library raises on its own behalf."""


class InvalidInputError(SledaiError, ValueError):
    """A name or a value that is not accepted; the message says what was found and what is."""


class _NotAssessedError(SledaiError, ValueError):
    """An answer that would need descriptors which were not assessed."""

    def __init__(self, message: str, descriptors: Iterable[Descriptor]) -> None:
        super().__init__(message)
        self._descriptors = frozenset(descriptors)

    def __reduce__(self) -> tuple[type[_NotAssessedError], tuple[str, frozenset[Descriptor]]]:
        return type(self), (str(self), self._descriptors)


class IncompleteAssessmentError(_NotAssessedError):
    """A score was asked for while some of its descriptors were not assessed."""

    @property
    def missing(self) -> frozenset[Descriptor]:
        """The not-assessed descriptors that the score needs."""
        return self._descriptors


class UndeterminedError(_NotAssessedError):
    """A yes/no question was asked that the not-assessed descriptors leave open."""

    @property
    def deciding(self) -> frozenset[Descriptor]:
        """The not-assessed descriptors whose answer can still change the verdict."""
        return self._descriptors


_QUOTED_CHARACTERS = 40


def shorten(value: object) -> str:
    """Quote one offending value for a message: on one line, printable, at most 40 characters.

    >>> shorten("maybe"), shorten(8), shorten("x" * 100)
    ("'maybe'", '8', "'xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx...")
    """
    try:
        quoted = ascii(value)
    except (RecursionError, ValueError):  # nested too deep, or a number of too many digits
        quoted = f"a {type(value).__name__}"
    if "\n" in quoted:  # not of a text, whose line breaks are escaped
        quoted = " ".join(quoted.split())
    if len(quoted) <= _QUOTED_CHARACTERS:
        return quoted
    return quoted[: _QUOTED_CHARACTERS - 3] + "..."


SHOWN = 20
"""How many problems of one kind are listed before the rest are only counted."""


def problems_listed(summary: str, problems: Iterable[str], count: int) -> str:
    """Say the first `SHOWN` problems, a line each, and how many more there are.

    >>> print(problems_listed("v.csv: cells that are no answer: 1", ["line 2: found '8'"], 1))
    v.csv: cells that are no answer: 1
      line 2: found '8'
    """
    lines = [summary, *(f"  {problem}" for problem in islice(problems, SHOWN))]
    if count > SHOWN:
        lines.append(f"  and {count - SHOWN} more")
    return "\n".join(lines)
