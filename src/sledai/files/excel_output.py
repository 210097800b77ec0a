"""Excel workbooks as they are written: numbers, texts and dates as such, and never a formula.

What a workbook has not is written as text, so that nothing is lost: times with a zone or with
fractions of a second, and days before March 1900, up to which Excel counts one day too many. Needs
the extra `excel`.
"""

from collections.abc import Callable
from datetime import date, datetime
from importlib import import_module
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, NoReturn, cast

import polars as pl

from sledai.errors import shorten
from sledai.files.batches import refuse_far_times, refuse_no_header, unreadable, without_nan
from sledai.files.delimited_output import csv_holds

__all__ = ["excel_cells", "excel_holds", "write_excel"]

_ROWS = 2**20
_COLUMNS = 2**14
_CHARACTERS = 2**15 - 1
_WHOLE = 2**53  # beyond which not every whole number is a double
_FIRST_DAY = date(1900, 3, 1)


def excel_holds(dtype: pl.DataType) -> bool:
    """Whether a column of this type can be written."""
    return csv_holds(dtype) and not isinstance(dtype, pl.Duration)


def excel_cells(path: Path, visits: pl.DataFrame) -> pl.DataFrame:
    """Give cells as a sheet has them, or refuse what none holds."""
    if visits.width > _COLUMNS:
        _refuse(path, f"{visits.width:,} columns; at most {_COLUMNS:,}")
    for name in filter(_is_long, visits.columns):
        _refuse(path, f"the name {shorten(name)}; at most {_CHARACTERS:,} characters")
    refuse_no_header(path, "Excel", visits)
    refuse_far_times(path, "Excel", visits)
    return visits.with_columns(_column(path, column) for column in without_nan(visits))


def _column(path: Path, column: pl.Series) -> pl.Series:
    """Give a column as one of numbers, booleans, days, times without a zone, or text."""
    where, dtype = f"column {shorten(column.name)}", column.dtype
    if dtype.is_numeric():
        return _numbers(path, where, column)
    if isinstance(dtype, pl.Boolean | pl.Date | pl.Null) or not excel_holds(dtype):
        return column
    if isinstance(dtype, pl.Datetime):
        if dtype.time_unit == "ns" and (column.dt.nanosecond() % 1000 != 0).any():
            _refuse(path, f"{where}, which holds parts of a microsecond")
        if dtype.time_zone is None:
            return column
        return pl.Series(column.name, [t and str(t) for t in column.to_list()], pl.String)
    column = column.cast(pl.String)
    for text in filter(_is_long, column.filter(column.str.len_bytes() > _CHARACTERS)):
        what = f"{where}, which holds {shorten(text)}; at most {_CHARACTERS:,} characters"
        _refuse(path, what)
    return column


def _numbers(path: Path, where: str, column: pl.Series) -> pl.Series:
    if column.dtype.is_float():
        if not column.is_finite().all():
            _refuse(path, f"{where}, which holds infinity")
        return column
    if column.dtype.is_integer():
        # Small types cannot be held against large numbers.
        if not column.cast(pl.Int128).is_between(-_WHOLE, _WHOLE).all():
            _refuse(path, f"{where}, which holds a whole number beyond {_WHOLE:,}")
        return column
    numbers = column.cast(pl.Float64)
    if not numbers.cast(column.dtype).eq_missing(column).all():
        _refuse(path, f"{where}, which holds a number of too many digits")
    return numbers


def _is_long(text: str) -> bool:
    return len(text.encode("utf-16-le")) > 2 * _CHARACTERS


def _refuse(path: Path, what: str) -> NoReturn:
    unreadable(path, f"Excel cannot hold {what}")


def write_excel(frame: pl.LazyFrame, path: Path, _: dict[str, str]) -> None:
    """Write a whole file.

    Raises `ValueError` for more rows than a sheet has.
    """
    xlsxwriter = import_module("xlsxwriter")  # an extra of its own
    try:
        with (
            TemporaryDirectory(prefix="sledai-") as folder,
            xlsxwriter.Workbook(str(path), {"constant_memory": True, "tmpdir": folder}) as book,
        ):
            _fill(book, frame)
    except xlsxwriter.exceptions.FileCreateError as error:
        raise error.args[0] from None  # of the system


def _fill(book: Any, frame: pl.LazyFrame) -> None:
    book.use_zip64()
    sheet = book.add_worksheet()
    schema = frame.collect_schema()
    put = [_put(sheet, book, dtype) for dtype in schema.dtypes()]
    for number, name in enumerate(schema):
        sheet.write_string(0, number, name)
    row = 0
    for batch in frame.collect_batches(maintain_order=True):
        if row + batch.height >= _ROWS:
            raise ValueError(f"more than {_ROWS - 1:,} rows")
        for row, cells in enumerate(batch.iter_rows(), row + 1):  # noqa: B020
            for number, cell in enumerate(cells):
                if cell is not None:
                    put[number](row, number, cell)


_Put = Callable[[int, int, Any], object]


def _put(sheet: Any, book: Any, dtype: pl.DataType) -> _Put:
    """Find what writes the cells of a column; text is never taken for a formula or a link."""
    if dtype.is_numeric():
        return cast("_Put", sheet.write_number)
    if isinstance(dtype, pl.Boolean):
        return cast("_Put", sheet.write_boolean)
    if not isinstance(dtype, pl.Date | pl.Datetime):
        return cast("_Put", sheet.write_string)
    shown = "yyyy-mm-dd" if isinstance(dtype, pl.Date) else "yyyy-mm-dd hh:mm:ss"
    form = book.add_format({"num_format": shown})

    def put(row: int, number: int, when: date | datetime) -> None:
        day, parts = (when.date(), when.microsecond) if isinstance(when, datetime) else (when, 0)
        if day < _FIRST_DAY or parts:
            sheet.write_string(row, number, str(when))
        else:
            sheet.write_datetime(row, number, when, form)

    return put
