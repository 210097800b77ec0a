"""Rows of a file of any size by whole patients, and results in the order of the file again.

Rows are kept on disk until all are read: what is wrong with a file is known before anything is made
of it. Where each patient's rows stand together they are then taken as they come; else they are
dealt out by patient, and what is made of them by their place in the file. No more is in memory than
`ROWS`, the longest patient, and eight bytes for each patient.
"""

import os
import re
from collections.abc import Callable, Generator, Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory, gettempdir
from types import TracebackType
from typing import NamedTuple, Self

import polars as pl

__all__ = ["ROW", "SUBJECT", "Found", "Kept"]

ROWS = 150_000
"""How many rows are taken at once, if no patient has more."""
SUBJECT, ROW = "the patient", "the row"
"""The columns by which rows are dealt out: their patient, or null, and their number from 0."""


class Found(NamedTuple):
    """What was made of some patients: rows of visits and of patients, or None if there are none.

    Each has its place in `ROW`; of a patient it is that of the first row.
    """

    visits: pl.DataFrame | None
    patients: pl.DataFrame | None


class Kept:
    """The rows of a file, kept in a temporary folder until all are read; a few stay in memory.

    A context manager: on leaving it nothing is left of them.
    """

    def __init__(self) -> None:
        self.rows = 0
        self._folder: TemporaryDirectory[str] | None = None
        self._piles = 0
        self._before = self._pile()
        self._last = pl.DataFrame()
        self._patient: object = None
        self._runs: list[pl.Series] = []
        self._together = True

    def __enter__(self) -> Self:
        """Begin; a folder is made when it is needed."""
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        """Remove the folder with all that is in it."""
        if self._folder is not None:
            self._folder.cleanup()

    def add(self, rows: pl.DataFrame) -> None:
        """Keep rows that come after those that are kept."""
        if not rows.height and not self._last.width:
            self._last = rows  # to say which columns there are
        for some in rows.iter_slices(ROWS):
            if self._last.height:
                self._before.put(self.rows, self._last)
            self._last = some
            self.rows += some.height
            self._look_for_runs(some[SUBJECT].drop_nulls())

    def _look_for_runs(self, patients: pl.Series) -> None:
        """Note each patient whose rows begin here, until one begins twice."""
        if not self._together or patients.is_empty():
            return
        begins = patients.ne_missing(patients.shift(1))
        begins[0] = patients[0] != self._patient
        self._patient = patients[-1]
        begun = patients.filter(begins)
        self._runs.append(begun.hash())
        self._together = begun.n_unique() == begun.len()

    def followed(
        self, follow: Callable[[pl.DataFrame], Found], show: Callable[[float], None]
    ) -> Iterator[Found]:
        """Follow whole patients, and give what is found in the order of the rows of the file.

        `show` is told which share is done.
        """
        if self._last.height == self.rows:  # all is in memory
            yield _sorted(follow(self._last))
        elif self._is_together:
            done = 0
            for rows in _by_runs(self._all()):
                yield _sorted(follow(rows))
                done += rows.height
                show(done / self.rows)
        else:
            yield from self._dealt(follow, show)

    @property
    def _is_together(self) -> bool:
        """Whether each patient's rows stand together.

        Two patients of one hash, if there ever are, are dealt out, and nothing worse.
        """
        if self._together:
            runs = pl.concat(self._runs) if self._runs else pl.Series()
            self._together = runs.n_unique() == runs.len()
            self._runs.clear()
        return self._together

    def _dealt(
        self, follow: Callable[[pl.DataFrame], Found], show: Callable[[float], None]
    ) -> Iterator[Found]:
        shares = -(-self.rows // ROWS)
        patients, visits, sums = self._pile(), self._pile(), self._pile()
        done = 0
        for rows in self._all():
            patients.deal(rows, rows[SUBJECT].hash() % shares)
            done += rows.height
            show(done / self.rows / 3)
        for rows in patients:
            found = follow(rows)
            for pile, some in ((visits, found.visits), (sums, found.patients)):
                if some is not None:
                    pile.deal(some, some[ROW] // ROWS)
            done += rows.height
            show(done / self.rows / 3)
        for rows in visits:
            yield _sorted(Found(rows, None))
            done += rows.height
            show(done / self.rows / 3)
        for rows in sums:
            yield _sorted(Found(None, rows))

    def _all(self) -> Iterator[pl.DataFrame]:
        yield from self._before
        yield self._last

    def _pile(self) -> "_Pile":
        self._piles += 1
        return _Pile(self._in_folder, self._piles)

    def _in_folder(self, name: str) -> Path:
        if self._folder is None:
            with _said_of_folder():
                self._folder = TemporaryDirectory(prefix="sledai-", ignore_cleanup_errors=True)
        return Path(self._folder.name, name)


class _Pile:
    """Frames on disk, each with others of its number, which come in the order of numbers."""

    def __init__(self, path: Callable[[str], Path], name: int) -> None:
        self._path, self._name = path, name
        self._files: dict[int, list[Path]] = {}

    def put(self, number: int, rows: pl.DataFrame) -> None:
        files = self._files.setdefault(number, [])
        path = self._path(f"{self._name}-{number}-{len(files)}.arrow")
        files.append(path)
        with _said_of_folder():
            rows.write_ipc(path, compression="lz4")

    def deal(self, rows: pl.DataFrame, numbers: pl.Series) -> None:
        """Put each row with others of its number."""
        numbered = rows.with_columns(numbers.alias(_NUMBER))
        parts = numbered.partition_by(_NUMBER, as_dict=True, include_key=False)
        for (number,), some in parts.items() or [((0,), rows)]:  # to say which columns there are
            self.put(number, some)

    def __iter__(self) -> Iterator[pl.DataFrame]:
        """Give the rows of each number, and remove them."""
        for _, files in sorted(self._files.items()):
            with _said_of_folder():
                rows = pl.concat(pl.read_ipc(path) for path in files)
            for path in files:
                path.unlink()
            yield rows


_NUMBER = "the number"


def _sorted(found: Found) -> Found:
    # A patient may have several rows, in an order of their own.
    return Found(*(None if rows is None else rows.sort(ROW, maintain_order=True) for rows in found))


def _by_runs(frames: Iterator[pl.DataFrame]) -> Iterator[pl.DataFrame]:
    """Cut rows between patients; those of the last patient wait for what comes."""
    waiting: list[pl.DataFrame] = []
    for rows in frames:
        waiting.append(rows)
        patients = rows[SUBJECT].drop_nulls()
        if patients.is_empty():
            continue
        together = pl.concat(waiting)
        here = together[SUBJECT].eq_missing(pl.Series([patients[-1]]))
        start = here.arg_max() or 0
        if start:
            yield together.head(start)
        waiting = [together.slice(start)]
    yield pl.concat(waiting)


@contextmanager
def _said_of_folder() -> Generator[None]:
    """Let errors of the system name the folder in which there is no room."""
    try:
        yield
    except (OSError, pl.exceptions.PolarsError) as error:
        number = error.errno if isinstance(error, OSError) else None
        if number is None and (said := re.search(r"\(os error (\d+)\)", str(error))):
            number = int(said[1])  # polars hands it on as text
        if number is None:
            raise
        raise OSError(number, os.strerror(number), gettempdir()) from None
