"""Parquet: read and written by polars' streaming engine, batch by batch."""

import os
import re
from collections.abc import Generator
from pathlib import Path

import polars as pl

from sledai.errors import shorten
from sledai.files.batches import Batch, VisitFile, in_batches, rows_per_batch, unreadable
from sledai.files.source import Source

__all__ = ["open_parquet", "parquet_cells", "parquet_holds", "write_parquet"]


def open_parquet(source: Source) -> VisitFile:
    """Open a Parquet file.

    Raises `InvalidInputError` for what is damaged; a panic of polars may have been printed by then.
    """
    # Else polars panics at a zone that is an offset, such as +05:30, which Parquet may hold.
    os.environ.setdefault("POLARS_IGNORE_TIMEZONE_PARSE_ERROR", "1")
    try:
        # A name is no pattern, and a folder's name no column.
        frame = pl.scan_parquet(source.content, glob=False, hive_partitioning=False)
        schema = frame.collect_schema()
        height: int = frame.select(pl.len()).collect().item()
    except _ERRORS as error:
        unreadable(source, _reason(error))
    for name, dtype in schema.items():
        if isinstance(dtype, pl.Datetime) and not _is_zone(dtype):
            unreadable(
                source, f"column {shorten(name)} has an unknown time zone: {dtype.time_zone}"
            )
    batches = _batches(source, frame, schema, height)
    return in_batches(source, list(schema), batches, place="row", length=height)


def _batches(
    source: Source, frame: pl.LazyFrame, schema: pl.Schema, height: int
) -> Generator[Batch]:
    yield Batch(visits=pl.DataFrame(schema=schema), places=_numbers(0, 0), end=0)
    end = 0
    try:
        for visits in frame.collect_batches(
            chunk_size=rows_per_batch(len(schema)), maintain_order=True
        ):
            start, end = end, end + visits.height
            yield Batch(visits=visits, places=_numbers(start, end), end=end)
        if end != height:  # an engine that fails in the background could end early
            unreadable(source, f"has {height} rows, of which {end} could be read")
    except _ERRORS as error:
        unreadable(source, _reason(error))


def _is_zone(dtype: pl.Datetime) -> bool:
    if dtype.time_zone is None or re.fullmatch(r"[+-][0-9]{2}:[0-9]{2}", dtype.time_zone):
        return True
    try:
        pl.Series([0], dtype=pl.Int64).cast(dtype).to_list()
    except (RuntimeError, pl.exceptions.PolarsError, pl.exceptions.PanicException):
        return False
    return True


def _numbers(start: int, end: int) -> pl.Series:
    return pl.int_range(start + 1, end + 1, eager=True)


# A panic is no `Exception`: of what is damaged polars expects some things to be there.
_ERRORS = (pl.exceptions.PolarsError, pl.exceptions.PanicException)


def _reason(error: BaseException) -> str:
    return f"not readable as Parquet: {next(iter(str(error).splitlines()), '')}"


def parquet_holds(dtype: pl.DataType) -> bool:
    """Whether a column of this type can be written."""
    return dtype != pl.Object


def parquet_cells(_: Path, visits: pl.DataFrame) -> pl.DataFrame:
    """Give cells as they are."""
    return visits


def write_parquet(frame: pl.LazyFrame, path: Path, metadata: dict[str, str]) -> None:
    """Write a whole file, with metadata of its own."""
    frame.sink_parquet(path, metadata=metadata)
