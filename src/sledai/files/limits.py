"""Bounds of what is read: a file beyond them holds no visits, and is refused before it costs much.

Each is a row, which the error and the reference say. They lie far beyond what data of visits have,
and some way below what takes minutes or more memory than a small machine has.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import IO, AnyStr

from sledai.errors import InvalidInputError

__all__ = [
    "COLUMNS",
    "LIMITS",
    "LINES_ABOVE",
    "NO_ROWS",
    "RECORD",
    "SHEET",
    "WHOLE",
    "WORKBOOK",
    "Limit",
    "bounded_lines",
]


@dataclass(frozen=True, slots=True, kw_only=True)
class Limit:
    """The most there may be of something: how many, of what, in which files, and why so many."""

    most: int
    unit: str
    files: str
    why: str

    def __str__(self) -> str:
        return f"at most {self.most:,} {self.unit}"

    def check(self, found: int, where: object, hint: str = "") -> None:
        """Raise `InvalidInputError`, with a hint, where there is more.

        >>> COLUMNS.check(20_000, "v")
        Traceback (most recent call last):
        sledai.errors.InvalidInputError: v: found 20,000 columns; accepted: at most 16,384 columns
        """
        if found > self.most:
            raise InvalidInputError.in_words(f"{found:,} {self.unit}", f"{self}{hint}", where)


COLUMNS = Limit(
    most=2**14,
    unit="columns",
    files="all",
    why="a sheet of Excel has no more",
)
RECORD = Limit(
    most=2**22,
    unit="bytes or characters in a record",
    files="CSV, TSV, text; JSON and JSON Lines, whose characters are counted",
    why="a quote that is never closed would hold the rest of the file",
)
LINES_ABOVE = Limit(
    most=10_000,
    unit="lines without content above the header",
    files="CSV, TSV, text",
    why="blank lines below it are left out, however many there are",
)
NO_ROWS = Limit(
    most=1_000_000,
    unit="records that are no row within 32 MiB",
    files="CSV, TSV, text",
    why="each is kept, to be named",
)
WHOLE = Limit(
    most=2**30,
    unit="bytes, unpacked",
    files="JSON, JSON Lines",
    why="such a file is read whole; what is read batch by batch may be larger than memory",
)
WORKBOOK = Limit(
    most=2**31,
    unit="bytes, unpacked",
    files="Excel, OpenDocument",
    why="a workbook is a packed archive, and a small one can unpack to any size",
)
SHEET = Limit(
    most=2**25,
    unit="cells between the first and the last of a sheet",
    files="Excel, OpenDocument",
    why="all of them take memory, filled or not: 1,048,576 rows of 32 columns",
)
LIMITS = (COLUMNS, RECORD, LINES_ABOVE, NO_ROWS, WHOLE, WORKBOOK, SHEET)
"""All bounds of what is read."""


def bounded_lines(file: IO[AnyStr]) -> Iterator[AnyStr]:
    """Read lines, of which one that is too long for a record is not read to its end."""
    while line := file.readline(RECORD.most + 1):
        yield line
