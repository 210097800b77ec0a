"""What every reader of a file gives: the file's columns, and its rows batch by batch."""

from collections.abc import Generator, Iterable
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from dataclasses import dataclass
from datetime import date
from importlib.util import find_spec
from pathlib import Path
from typing import Literal, NamedTuple, NoReturn

import polars as pl

from sledai.displays import Displayed, Table, call
from sledai.errors import (
    InvalidInputError,
    MissingExtraError,
    escaped,
    extra_advice,
    file_name,
    shorten,
)
from sledai.files.limits import COLUMNS
from sledai.files.source import Source

__all__ = [
    "Batch",
    "Extra",
    "Rejected",
    "VisitFile",
    "in_batches",
    "one_batch",
    "read_ahead",
    "refuse_far_times",
    "refuse_no_header",
    "rows_per_batch",
    "unreadable",
    "within_years",
    "without_nan",
]

_CELLS = 16_000_000
_MOST_ROWS = 500_000


class Rejected(NamedTuple):
    """A record of a file that is no row: where it begins, why, and its text."""

    place: int
    reason: str
    record: str

    def __repr__(self) -> str:
        return call("Rejected", self._asdict())


@dataclass(frozen=True, slots=True, kw_only=True)
class Batch(Displayed):
    """Some rows of a file, in order.

    `places` says for each row where a person finds it: its line in text, its row in a sheet, or
    else its number from 1. `end` is how far the file has been read, in the unit of
    `VisitFile.length`.
    """

    visits: pl.DataFrame
    places: pl.Series
    rejected: tuple[Rejected, ...] = ()
    end: int

    def __str__(self) -> str:
        return f"{len(self.visits)} rows of {len(self.visits.columns)} columns"

    def _tables(self) -> Iterable[Table]:
        yield Table(("rows", "columns"), [(len(self.visits), len(self.visits.columns))])


@dataclass(frozen=True, slots=True, kw_only=True)
class VisitFile(Displayed):
    """An open file of visits.

    `path` is what it is called, `place` what a place in it is called, and `length` its length, in
    bytes or in rows. There is at least one batch, if only to say which columns there are. Whoever
    does not read to the end closes `batches`.
    """

    path: Path
    columns: list[str]
    place: Literal["line", "row"]
    length: int
    batches: Generator[Batch]

    def __str__(self) -> str:
        return f"{self.path}: {len(self.columns)} columns"

    def _tables(self) -> Iterable[Table]:
        yield Table(("column",), [(name,) for name in self.columns])


def read_ahead(batches: Generator[Batch]) -> Generator[Batch]:
    """Read each batch while the one before it is worked on."""
    with closing(batches), ThreadPoolExecutor(max_workers=1) as reader:
        following = reader.submit(next, batches, None)
        while (batch := following.result()) is not None:
            following = reader.submit(next, batches, None)
            yield batch


def rows_per_batch(columns: int) -> int:
    """Say how many rows a batch may have, the fewer the more columns there are."""
    return max(1, min(_MOST_ROWS, _CELLS // max(1, columns)))


def within_years(cells: pl.Series) -> pl.Series:
    """Say which dates and times lie in the years 1 to 9999; at others polars panics."""
    dtype = cells.dtype
    if isinstance(dtype, pl.Struct):
        fields = pl.DataFrame([within_years(field) for field in cells.struct.unnest()])
        return fields.select(pl.all_horizontal(pl.nth(range(fields.width)))).to_series()
    if isinstance(dtype, pl.List | pl.Array):
        inner = within_years(cells.alias("cells").explode())
        return pl.repeat(bool(inner.all()), cells.len(), eager=True)
    unit = "day" if isinstance(dtype, pl.Date) else getattr(dtype, "time_unit", "ns")
    if unit == "ns":  # which does not reach so far
        return pl.repeat(value=True, n=cells.len(), eager=True)
    # In a time zone local time may lie on the day before or after.
    slack = 1 if getattr(dtype, "time_zone", None) else 0
    first, end = (day * _A_DAY[unit] for day in (_FIRST_DAY + slack, _LAST_DAY + 1 - slack))
    numbers = cells.alias("cells").to_physical()
    return ((numbers >= first) & (numbers < end)).fill_null(value=True)


_A_DAY = {"day": 1, "ms": 86_400 * 10**3, "us": 86_400 * 10**6}
_FIRST_DAY, _LAST_DAY = ((day - date(1970, 1, 1)).days for day in (date.min, date.max))


def in_batches(
    source: Source,
    columns: list[str],
    batches: Generator[Batch],
    *,
    place: Literal["line", "row"],
    length: int,
) -> VisitFile:
    """Give a file that is read batch by batch, and refuse it where it changes meanwhile."""
    COLUMNS.check(len(columns), source)
    return VisitFile(
        path=source.path,
        columns=columns,
        place=place,
        length=length,
        batches=_unchanged(source, batches),
    )


def _unchanged(source: Source, batches: Generator[Batch]) -> Generator[Batch]:
    """Give the batches of a file that stays what it was; else that is what is wrong with it."""
    with closing(batches):
        while True:
            try:
                batch = next(batches, None)
            except (InvalidInputError, OSError):
                source.require_unchanged()
                raise
            source.require_unchanged()
            if batch is None:
                return
            yield batch


def one_batch(
    source: Source,
    visits: pl.DataFrame,
    places: pl.Series,
    *,
    place: Literal["line", "row"],
    length: int,
    rejected: Iterable[Rejected] = (),
) -> VisitFile:
    """Give a file that was read whole, and refuse it where it changed meanwhile.

    Records without a field are no rows where no record has one: a frame without a column has none.
    """
    source.require_unchanged()
    COLUMNS.check(visits.width, source)
    if not visits.width:
        empty = (Rejected(number, "no fields", "{}") for number in places)
        rejected, places = sorted([*rejected, *empty]), places.clear()
    batch = Batch(visits=visits, places=places, rejected=tuple(rejected), end=length)
    return VisitFile(
        path=source.path,
        columns=visits.columns,
        place=place,
        length=length,
        batches=(batch for batch in [batch]),
    )


class Extra(NamedTuple):
    """A library that a format needs, and the extra that it comes with."""

    library: str
    name: str

    def require(self, path: Path, what: str) -> None:
        """Raise `MissingExtraError` where the library is not there."""
        if find_spec(self.library) is None:
            raise MissingExtraError(
                extra_advice(f"{file_name(path)}: {what}", self.library, self.name)
            )


def unreadable(path: Path | Source, why: str) -> NoReturn:
    """Refuse a file; what a library says of it may quote what cannot be seen."""
    said = "\n".join(map(escaped, why.split("\n")))
    raise InvalidInputError(f"{file_name(path)}: {said}") from None


def without_nan(visits: pl.DataFrame) -> pl.DataFrame:
    """Leave cells empty that hold no number (NaN), which no reader would take for one as text."""
    return visits.with_columns(pl.selectors.float().fill_nan(None))


def refuse_no_header(path: Path, kind: str, visits: pl.DataFrame) -> None:
    """Refuse a header that holds nothing: readers pass over it and take the first row for one.

    A byte-order mark at the beginning of a file is no name either.
    """
    if [name.removeprefix("\ufeff") for name in visits.columns] == [""]:
        unreadable(path, f"{kind} cannot hold a column without a name by itself; rename it")


def refuse_far_times(path: Path, kind: str, visits: pl.DataFrame) -> None:
    """Refuse times beyond the years 1 to 9999 for a file of a kind that holds them as text."""
    for column in visits:
        if not within_years(column).all():
            what = f"column {shorten(column.name)}, whose times lie beyond the years 1 to 9999"
            unreadable(path, f"{kind} cannot hold {what}")
