"""CSV as it is written, and text with other separators."""

from collections.abc import Generator
from contextlib import contextmanager
from contextvars import ContextVar
from pathlib import Path

import polars as pl

from sledai.files.batches import refuse_far_times, refuse_no_header, without_nan

__all__ = ["csv_cells", "csv_holds", "formulas_quoted", "write_csv", "write_tsv"]

_QUOTED: ContextVar[bool] = ContextVar("_QUOTED", default=False)
_FORMULA = r"^[=+\-@\t\r]"
_NUMBER = r"^[+-]?(\d+([.,]\d*)?|[.,]\d+)([eE][+-]?\d+)?$"


@contextmanager
def formulas_quoted() -> Generator[None]:
    r"""Put ' before text that a spreadsheet would run, in CSV and TSV that is written meanwhile.

    That is text that begins with =, +, -, @, a tab or a carriage return and is no number, in cells
    and in names of columns. A spreadsheet shows it as text then; who reads the file again finds the
    sign before it.

    >>> from tempfile import TemporaryDirectory
    >>> from sledai.files import write_visits
    >>> with TemporaryDirectory() as folder, formulas_quoted():
    ...     path = Path(folder) / "visits.csv"
    ...     write_visits(pl.DataFrame({"note": ["=1+1", "-9"]}), path)
    ...     path.read_text()
    "note\n'=1+1\n-9\n"
    """
    token = _QUOTED.set(True)
    try:
        yield
    finally:
        _QUOTED.reset(token)


def csv_holds(dtype: pl.DataType) -> bool:
    """Whether a column of this type can be written."""
    return not isinstance(dtype, pl.Object | pl.Binary) and not dtype.is_nested()


def csv_cells(path: Path, visits: pl.DataFrame) -> pl.DataFrame:
    """Give cells as text has them."""
    refuse_no_header(path, "CSV", visits)
    refuse_far_times(path, "CSV", visits)
    visits = without_nan(visits).with_columns(
        pl.Series(column.name, [t and t.isoformat() for t in column.to_list()], pl.String)
        for column in visits
        if isinstance(column.dtype, pl.Datetime)  # polars cannot write an offset such as +05:30
        and (column.dtype.time_zone or "").startswith(("+", "-"))
    )
    return _quoted(visits) if _QUOTED.get() else visits


def _quoted(visits: pl.DataFrame) -> pl.DataFrame:
    texts = visits.select(pl.selectors.string(include_categorical=True) | pl.selectors.enum())
    quoted = visits.with_columns(_quoted_text(column.cast(pl.String)) for column in texts)
    names = _quoted_text(pl.Series(visits.columns, dtype=pl.String))
    return quoted.rename(dict(zip(visits.columns, names, strict=True)))


def _quoted_text(text: pl.Series) -> pl.Series:
    runs = text.str.contains(_FORMULA) & ~text.str.contains(_NUMBER)
    return text.zip_with(~runs.fill_null(value=False), "'" + text)


def write_csv(frame: pl.LazyFrame, path: Path, _: dict[str, str]) -> None:
    """Write a whole file."""
    frame.sink_csv(path, null_value=_nothing_in(frame))


def write_tsv(frame: pl.LazyFrame, path: Path, _: dict[str, str]) -> None:
    """Write a whole file with tabs between cells."""
    frame.sink_csv(path, separator="\t", null_value=_nothing_in(frame))


def _nothing_in(frame: pl.LazyFrame) -> str:
    """Say how nothing is written: quoted where it has a line to itself, since blank ones are none.

    Readers leave them out, and the row would be lost.
    """
    return '""' if len(frame.collect_schema()) == 1 else ""
