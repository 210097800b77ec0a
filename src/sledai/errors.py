"""What the library raises: one parent, and a child for each thing a caller handles differently."""

import re
from collections.abc import Collection, Iterable, Mapping
from decimal import Decimal
from itertools import islice
from numbers import Real
from operator import index
from os import PathLike, fspath
from pathlib import Path
from types import UnionType
from typing import Self, SupportsIndex, cast
from unicodedata import category

__all__ = [
    "SHOWN",
    "InvalidInputError",
    "MissingExtraError",
    "SledaiError",
    "closest",
    "cut",
    "escaped",
    "extra_advice",
    "file_name",
    "is_number",
    "problems_listed",
    "require",
    "require_file",
    "require_one_of",
    "require_several",
    "shorten",
    "whole_number",
]


class SledaiError(Exception):
    """Parent of every error that this library raises on its own behalf."""


class InvalidInputError(SledaiError, ValueError):
    """A name or a value that is not accepted; the message says what was found and what is."""

    @classmethod
    def found(cls, value: object, accepted: str | Iterable[object], where: object = "") -> Self:
        """Say what was found, shortened, what is accepted, in words or as several, and where.

        >>> print(InvalidInputError.found("maybe", "true, false or null", "rash"))
        rash: found 'maybe'; accepted: true, false or null
        >>> print(InvalidInputError.found(20, [10, 30]))
        found 20; accepted: 10, 30
        """
        return cls.in_words(shorten(value), accepted, where)

    @classmethod
    def in_words(cls, found: str, accepted: str | Iterable[object], where: object = "") -> Self:
        """Say the same where words of ours stand in place of a value.

        >>> print(InvalidInputError.in_words("none", "at least one visit"))
        found none; accepted: at least one visit
        """
        place = f"{escaped(str(where))}: " if where else ""
        several = accepted if isinstance(accepted, str) else ", ".join(map(str, accepted))
        return cls(f"{place}found {found}; accepted: {several}")

    @classmethod
    def no_column(cls, name: object, what: object = "") -> Self:
        """Say that a column is not there, and for what it was named.

        >>> print(InvalidInputError.no_column("joint", "arthritis"))
        no column 'joint', named for arthritis
        """
        return cls(f"no column {shorten(name)}{f', named for {what}' if what else ''}")


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


def file_name(path: object) -> str:
    r"""Name a file in a message as plain text, `escaped`.

    >>> print(file_name("a\u001b[31m.csv"))
    a\x1b[31m.csv
    """
    return escaped(str(path))


_OPEN_ALREADY = re.compile(r"/dev/stdin|(?:/dev|/proc/self)/fd/[0-9]+")


def as_path(path: object) -> Path:
    """Take what names a file as a path, or refuse it by its type.

    >>> as_path("visits.csv").suffix
    '.csv'
    """
    if not isinstance(path, str | PathLike):
        raise InvalidInputError.in_words(_kind(path), "a path", "file")
    return Path(cast("str | PathLike[str]", path))


def require_file(path: object) -> None:
    """Refuse a named pipe or a device, which nobody may ever write to, or end.

    What is open already is read: standard input as /dev/stdin, what a shell writes as <(...).
    What is no path is refused by its type.
    """
    said = fspath(named := as_path(path))
    irregular = named.exists() and not (named.is_file() or named.is_dir())
    if irregular and not _OPEN_ALREADY.fullmatch(said):
        raise InvalidInputError.in_words(
            "a pipe or a device", "a file, or /dev/stdin", file_name(said)
        )


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


def cut(text: str, most: int) -> str:
    """Give a text of at most so many characters, which says where it is cut.

    >>> cut("seizure", 7), cut("psychosis", 7)
    ('seizure', 'psyc...')
    """
    return text if len(text) <= most else f"{text[: most - 3]}..."


def closest(name: str, accepted: Iterable[str]) -> str:
    """Say which names are accepted, and which of them come closest to another one.

    >>> closest("rahs", ["rash", "fever"])
    'accepted: rash, fever; closest: rash'
    """
    from difflib import get_close_matches  # noqa: PLC0415 - slow to import, seldom needed

    names = list(accepted)
    close = get_close_matches(name.lower(), names, n=2)
    accepted_names = f"accepted: {', '.join(names)}"
    return f"{accepted_names}; closest: {', '.join(close)}" if close else accepted_names


def require(value: object, kind: type | UnionType, name: str, accepted: str) -> None:
    """Refuse an argument of another type by its type alone: what it holds may be a whole record.

    >>> require({"arthritis": True}, int, "count", "a whole number")
    Traceback (most recent call last):
    sledai.errors.InvalidInputError: count: found dict; accepted: a whole number
    """
    if not isinstance(value, kind):
        raise InvalidInputError.in_words(_kind(value), accepted, name)


def _kind(value: object) -> str:
    return escaped(type(value).__name__)


def require_one_of(value: object, accepted: Collection[object], name: str) -> None:
    """Refuse an option that is none of those there are; what cannot be compared is none either.

    >>> require_one_of(["strict"], ("strict", "absent"), "policy")
    Traceback (most recent call last):
    sledai.errors.InvalidInputError: policy: found ['strict']; accepted: strict, absent
    """
    for option in accepted:
        if isinstance(value, type(option)) and value == option:
            return
    raise InvalidInputError.found(value, (option for option in accepted if option != ""), name)


def whole_number(value: object) -> int | None:
    """Read a whole number of any library as one of Python; None for what is none, a bool too.

    >>> whole_number(4), whole_number(4.0), whole_number(True)
    (4, None, None)
    """
    if isinstance(value, bool):
        return None
    try:
        return index(cast("SupportsIndex", value))
    except TypeError:  # also of an array or a boolean of numpy
        return None


def is_number(value: object) -> bool:
    """Say whether something is a number of any library, and no boolean.

    A signaling NaN cannot even be compared, and is none.

    >>> is_number(0.5), is_number(True), is_number("0.5"), is_number(Decimal("sNaN"))
    (True, False, False, False)
    """
    if isinstance(value, Decimal):
        return not value.is_snan()
    return not isinstance(value, bool) and isinstance(value, Real)


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
        raise InvalidInputError.in_words(found, accepted, name)


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
