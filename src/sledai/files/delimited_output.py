"""CSV as it is written, and text with other separators."""

from pathlib import Path

import polars as pl

from sledai.files.batches import refuse_far_times, refuse_no_header, without_nan

__all__ = ["csv_cells", "csv_holds", "write_csv", "write_tsv"]


def csv_holds(dtype: pl.DataType) -> bool:
    """Whether a column of this type can be written."""
    return not isinstance(dtype, pl.Object | pl.Binary) and not dtype.is_nested()


def csv_cells(path: Path, visits: pl.DataFrame) -> pl.DataFrame:
    """Give cells as text has them."""
    refuse_no_header(path, "CSV", visits)
    refuse_far_times(path, "CSV", visits)
    return without_nan(visits).with_columns(
        pl.Series(column.name, [t and t.isoformat() for t in column.to_list()], pl.String)
        for column in visits
        if isinstance(column.dtype, pl.Datetime)  # polars cannot write an offset such as +05:30
        and (column.dtype.time_zone or "").startswith(("+", "-"))
    )


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
