"""What the library raises: one parent, and a child for each thing a caller handles differently."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Mapping
from decimal import Decimal
from itertools import islice
from numbers import Real
from operator import index
from typing import TYPE_CHECKING, SupportsIndex
from unicodedata import category

if TYPE_CHECKING:
    from sledai.descriptors import Descriptor

__all__ = [
    "SHOWN",
    "IncompleteAssessmentError",
    "InvalidInputError",
    "MissingExtraError",
    "SledaiError",
    "UndeterminedError",
    "escaped",
    "extra_advice",
    "is_number",
    "problems_listed",
    "require",
    "require_one_of",
    "require_several",
    "shorten",
    "whole_number",
]


class SledaiError(Exception):
    """Parent of every error that this library raises on its own behalf."""


class InvalidInputError(SledaiError, ValueError):
    """A name or a value that is not accepted; the message says what was found and what is."""


class MissingExtraError(SledaiError):
    """A library is needed that comes with an extra, and is not there."""


def extra_advice(what: str, missing: str | None, extra: str) -> str:
    """Say how to get what is missing, with and without a clone.

    >>> print(extra_advice("the command line", "typer", "cli"))
    the command line needs typer: pip install 'sledai[cli]', or in a clone pip install '.[cli]'
    """
    return (
        f"{what} needs {missing}: pip install 'sledai[{extra}]', or in a clone pip install "
        f"'.[{extra}]'"
    )


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


# Letters, marks and signs that show nothing: fillers, joiners, variation selectors, a blank.
_UNSEEN = re.compile(
    "[\u034f\u115f\u1160\u17b4\u17b5\u180b-\u180f\u2800\u3164\ufe00-\ufe0f\uffa0\U000e0100-\U000e01ef]"
)


def escaped(text: str) -> str:
    r"""Escape what cannot be seen or moves what can be; letters of any script stay as they are.

    Escaped are control characters, line breaks, and characters of format, those of direction among
    them; surrogates; what is private, not assigned or shows nothing; and a mark that would join the
    quote before it.

    >>> print(escaped("Müller \u202e1"))
    Müller \u202e1
    """
    if text.isascii() and text.isprintable():
        return text
    beside = zip('"' + text, text, strict=False)
    return "".join(c if _shows(c, before) else ascii(c)[1:-1] for before, c in beside)


def _shows(character: str, before: str) -> bool:
    if not character.isprintable() or _UNSEEN.match(character):
        return False
    return before not in "'\"" or not category(character).startswith("M")


_QUOTED_CHARACTERS = 40
_LONGEST_ESCAPE = len(r"\U00000000")
_WHOLE = re.compile(r"\\x[0-9a-f]{2}|\\u[0-9a-f]{4}|\\U[0-9a-f]{8}|\\?.")


def shorten(value: object) -> str:
    """Quote one offending value for a message: on one line, `escaped`, at most 40 characters.

    Of a text that is cut the closing quote stays, and no escape is cut.

    >>> shorten("maybe"), shorten(8), shorten("x" * 100)
    ("'maybe'", '8', "'xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx...'")
    """
    try:
        quoted = repr(value)
    except Exception:  # noqa: BLE001 - nested too deep, too many digits, or whatever it raises
        quoted = f"a {type(value).__name__}"
    if "\n" in quoted:  # not of a text, whose line breaks are escaped
        quoted = " ".join(quoted.split())
    quoted = escaped(quoted)
    if len(quoted) <= _QUOTED_CHARACTERS:
        return quoted
    end = "..." + (quoted[-1] if isinstance(value, str | bytes) else "")
    room = _QUOTED_CHARACTERS - len(end)
    wholes = _WHOLE.finditer(quoted[: room + _LONGEST_ESCAPE])
    return quoted[: max(whole.end() for whole in wholes if whole.end() <= room)] + end


def require(value: object, kind: type, name: str, accepted: str) -> None:
    """Refuse an argument of another type by its type alone: what it holds may be a whole record.

    >>> require({"arthritis": True}, int, "count", "a whole number")
    Traceback (most recent call last):
    sledai.errors.InvalidInputError: count: found dict; accepted: a whole number
    """
    if not isinstance(value, kind):
        raise InvalidInputError(f"{name}: found {_kind(value)}; accepted: {accepted}")


def _kind(value: object) -> str:
    return escaped(type(value).__name__)


def require_one_of(value: object, accepted: Collection[object], name: str) -> None:
    """Refuse an option that is none of those there are; what cannot be compared is none either.

    >>> require_one_of(["strict"], ("strict", "absent"), "policy")
    Traceback (most recent call last):
    sledai.errors.InvalidInputError: policy: found ['strict']; accepted: strict, absent
    """
    if not any(isinstance(value, type(one)) and value == one for one in accepted):
        said = ", ".join(str(one) for one in accepted if one != "")
        raise InvalidInputError(f"{name}: found {shorten(value)}; accepted: {said}")


def whole_number(value: object) -> int | None:
    """Read a whole number of any library as one of Python; None for what is none, a bool too.

    >>> whole_number(4), whole_number(4.0), whole_number(True)
    (4, None, None)
    """
    if isinstance(value, bool) or not isinstance(value, SupportsIndex):
        return None
    try:
        return index(value)
    except TypeError:  # of an array or a boolean of numpy
        return None


def is_number(value: object) -> bool:
    """Say whether something is a number of any library, and no boolean.

    >>> is_number(0.5), is_number(True), is_number("0.5")
    (True, False, False)
    """
    return not isinstance(value, bool) and isinstance(value, Real | Decimal)


def require_several(value: object, name: str, accepted: str) -> None:
    """Refuse what holds not several of something: a bare text, whose letters would be read.

    Of a mapping the values would be lost, and of a data frame all but the names of its columns.

    >>> require_several({"rash": False}, "descriptors", "a set of names")
    Traceback (most recent call last):
    sledai.errors.InvalidInputError: descriptors: found dict; accepted: a set of names
    """
    found = _kind(value)
    lossy = isinstance(value, str | bytes | Mapping) or hasattr(value, "columns")
    if lossy or not isinstance(value, Iterable):
        raise InvalidInputError(f"{name}: found {found}; accepted: {accepted}")


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
