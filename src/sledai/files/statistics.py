"""Files of SAS, SPSS and Stata, batch by batch. Needs the extra `stat`.

A value with a label is read as the words of the label. Missing values of every kind are read as
nothing: those of the system, codes that the file itself says stand for missing, and special ones
such as .A. Days and times come as such.
"""

from collections.abc import Generator
from importlib import import_module
from typing import Any, Literal

import polars as pl

from sledai.files.batches import Batch, VisitFile, in_batches, rows_per_batch, unreadable
from sledai.files.delimited import text_encoding
from sledai.files.limits import COLUMNS
from sledai.files.source import Source

__all__ = ["open_statistics"]

Reader = Literal["read_sav", "read_dta", "read_sas7bdat", "read_xport"]


def open_statistics(source: Source, kind: str, reader: Reader, encoding: str | None) -> VisitFile:
    """Open a file of a statistics package; `encoding` is stated where the file has it wrongly.

    Raises `InvalidInputError` for what is not readable as such, and for text that is not written as
    the file says.
    """
    file = _File(source, kind, reader, encoding)
    return in_batches(source, list(file.schema), _batches(file), place="row", length=file.height)


class _File:
    """An open file: its columns with their types, how many rows it has, and those from any on."""

    def __init__(self, source: Source, kind: str, reader: Reader, encoding: str | None) -> None:
        pyreadstat = import_module("pyreadstat")  # an extra of its own
        self.source = source
        self._kind = kind
        self._read = getattr(pyreadstat, reader)
        self._encoding = encoding and text_encoding(encoding)
        self._errors: tuple[type[Exception], ...] = (
            pyreadstat.ReadstatError,
            pyreadstat.PyreadstatError,
            OverflowError,  # of a time beyond those that python has
        )
        _, about = self._part(metadataonly=True)
        names: list[str] = about.column_names
        if not names:
            unreadable(source, "no columns")
        COLUMNS.check(len(names), source)
        self.rows = rows_per_batch(len(names))
        # Some files do not say how many rows they have.
        said: int = about.number_rows or 0
        self.height = said if said > 0 else self._part(usecols=names[:1])[0].height
        self._labels: dict[str, dict[Any, str]] = about.variable_value_labels
        self._first = self._part(row_limit=self.rows)[0]
        self._stored = self._types(about.readstat_variable_types)
        self.schema = {
            name: pl.String() if self._is_labelled(name) else dtype
            for name, dtype in self._stored.items()
        }

    def _part(self, **options: Any) -> tuple[pl.DataFrame, Any]:
        try:
            cells, about = self._read(
                str(self.source.content), encoding=self._encoding, output_format="polars", **options
            )
        except self._errors as error:
            unreadable(self.source, f"not readable as {self._kind}: {error}")
        except UnicodeDecodeError:
            why = "text is not written as the file says; say how it is (--encoding)"
            unreadable(self.source, f"not readable as {self._kind}: {why}")
        return cells, about

    def _types(self, declared: dict[str, str]) -> dict[str, pl.DataType]:
        """Find the types of columns; that one holds days or times shows in its first value."""
        unseen = {name for name, stored in declared.items() if stored != "string"}
        cells, end = self._first, self._first.height
        types: dict[str, pl.DataType] = {}
        while True:
            seen = {name for name in unseen if cells[name].dtype != pl.Null}
            types |= {name: cells[name].dtype for name in seen if cells[name].dtype.is_temporal()}
            unseen -= seen
            if not unseen or end >= self.height or not cells.height:
                break
            cells, _ = self._part(usecols=sorted(unseen), row_offset=end, row_limit=self.rows)
            end += cells.height
        return {name: types.get(name) or _plain_type(stored) for name, stored in declared.items()}

    def _is_labelled(self, name: str) -> bool:
        return name in self._labels and not self._stored[name].is_temporal()

    def rows_from(self, start: int) -> pl.DataFrame:
        """Read a batch of rows."""
        cells = self._first
        if start:
            cells, _ = self._part(row_offset=start, row_limit=self.rows)
        return cells.select(self._column(cells[name]) for name in self.schema)

    def _column(self, cells: pl.Series) -> pl.Series:
        name = cells.name
        cells = cells.cast(self._stored[name])
        if self._is_labelled(name):
            labels = self._labels[name]
            texts = [_words(value, labels) for value in cells.to_list()]
            cells = pl.Series(name, texts, pl.String)
        if cells.dtype == pl.String:
            cells = cells.set(cells == "", None)
        return cells


def _plain_type(stored: str) -> pl.DataType:
    if stored == "string":
        return pl.String()
    return pl.Int64() if stored.startswith("int") else pl.Float64()


def _words(value: Any, labels: dict[Any, str]) -> str | None:
    if value is None:
        return None
    if value in labels:
        return labels[value]
    return str(int(value)) if isinstance(value, float) and value.is_integer() else str(value)


def _batches(file: _File) -> Generator[Batch]:
    empty = pl.DataFrame(schema=file.schema)
    yield Batch(visits=empty, places=pl.Series(dtype=pl.Int64), end=0)
    for start in range(0, file.height, file.rows):
        visits = file.rows_from(start)
        end = start + visits.height
        if end < min(start + file.rows, file.height):
            unreadable(file.source, f"has {file.height} rows, of which {end} could be read")
        yield Batch(visits=visits, places=pl.int_range(start + 1, end + 1, eager=True), end=end)
