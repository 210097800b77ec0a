"""Workbooks: one sheet, read whole, every cell as text. Needs the extra `excel`."""

import polars as pl
from polars.exceptions import PanicException

from sledai.errors import shorten
from sledai.files.batches import VisitFile, one_batch, unreadable
from sledai.files.source import Source
from sledai.files.workbook_size import check_size

__all__ = ["open_workbook"]

_MIDNIGHT = r"^(\d{4}-\d\d-\d\d) 00:00:00$"  # what is read where Excel shows a date


def open_workbook(source: Source, kind: str, sheet: str | None, header_row: int = 1) -> VisitFile:
    """Read a sheet of a workbook; it must be named where more than one has any content.

    The first row with any content from `header_row` on is the header. Rows without content are left
    out. A cell that Excel shows as an error, such as #N/A, is empty.
    """
    from fastexcel import FastExcelError  # noqa: PLC0415 - an extra of its own

    check_size(source, kind)
    try:
        sheets: dict[str, pl.DataFrame] = pl.read_excel(
            source.content,
            sheet_id=0,
            engine="calamine",
            has_header=False,
            infer_schema_length=0,  # all text
            drop_empty_rows=False,
            drop_empty_cols=False,
            raise_if_empty=False,
            read_options={"skip_rows": 0, "header_row": None},  # else rows are counted anew
        )
    except (FastExcelError, ValueError, pl.exceptions.PolarsError, PanicException) as error:
        unreadable(source, f"not readable as {kind}: {next(iter(str(error).splitlines()), '')}")
    filled = {name: cells for name, cells in sheets.items() if cells.height}
    if sheet is None and len(filled) == 1:
        (sheet,) = filled
    if sheet not in filled:
        found = "no sheet is named" if sheet is None else f"no sheet {shorten(sheet)}"
        names = ", ".join(map(shorten, filled))
        unreadable(source, f"{found}; sheets with content (--sheet): {names}" if names else "empty")
    return _table(source, filled[sheet], header_row)


def _table(source: Source, cells: pl.DataFrame, header_row: int) -> VisitFile:
    cells = cells.select(pl.all().replace("", None).str.replace(_MIDNIGHT, "$1"))
    cells = cells.with_row_index("row", offset=1).filter(pl.col("row") >= header_row)
    cells = cells.filter(pl.any_horizontal(pl.exclude("row").is_not_null()))
    if not cells.height:
        unreadable(source, "empty")
    _, *header = cells.row(0)
    cells = cells[1:]
    columns: dict[str, pl.Series] = {}
    for name, column in zip(header, cells.get_columns()[1:], strict=True):
        if name is None and not column.count():
            continue
        if (name := name or "") in columns:
            unreadable(source, f"more than one column is called {shorten(name)}; rename or delete")
        columns[name] = column.alias(name)
    places = cells["row"].cast(pl.Int64)
    return one_batch(source, pl.DataFrame(columns), places, place="row", length=cells.height)
