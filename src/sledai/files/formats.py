"""The formats of files, each a row: by which suffixes it goes, how it is read, how it is written.

What reads and writes files, the help of the command line and the reference read this table. A new
format is a module and a row here. Needs the extra `cli`.
"""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import NamedTuple

import polars as pl

from sledai.files.batches import VisitFile
from sledai.files.delimited import csv_cells, csv_holds, open_delimited, write_delimited
from sledai.files.excel import open_excel
from sledai.files.json_lines import (
    json_cells,
    json_holds,
    open_json_lines,
    write_json_lines,
)
from sledai.files.parquet import open_parquet, parquet_cells, parquet_holds, write_parquet

__all__ = ["FORMATS", "OUTPUT_FORMATS", "Dialect", "Format", "OutputFormat"]


class Dialect(NamedTuple):
    """What a file does not say of itself: how CSV is written, which sheet is meant, which header.

    The header is the first row with any content from `header_row` on, counted from 1.
    """

    separator: str = ","
    encoding: str = "utf-8"
    sheet: str | None = None
    header_row: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Format:
    """A format that is read: its name, its suffixes, how its files begin and are opened."""

    name: str
    suffixes: tuple[str, ...]
    open: Callable[[Path, Dialect], VisitFile]
    begins: bytes | None = None
    has_header_row: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class OutputFormat(Format):
    """A format that is written too: which columns it `holds`, its `cells`, what writes them.

    `cells` makes cells such as the format can hold, or refuses them in the name of the file.
    """

    holds: Callable[[pl.DataType], bool]
    cells: Callable[[Path, pl.DataFrame], pl.DataFrame]
    write: Callable[[pl.LazyFrame, Path], None]


_ROWS: tuple[Format, ...] = (
    OutputFormat(
        name="CSV",
        suffixes=(".csv",),
        open=lambda path, dialect: open_delimited(
            path, dialect.separator, dialect.encoding, dialect.header_row or 1
        ),
        holds=csv_holds,
        cells=csv_cells,
        write=write_delimited,
        has_header_row=True,
    ),
    OutputFormat(
        name="Parquet",
        suffixes=(".parquet",),
        open=lambda path, _: open_parquet(path),
        holds=parquet_holds,
        cells=parquet_cells,
        write=write_parquet,
        begins=b"PAR1",
    ),
    OutputFormat(
        name="JSON Lines",
        suffixes=(".jsonl", ".ndjson"),
        open=lambda path, _: open_json_lines(path),
        holds=json_holds,
        cells=json_cells,
        write=write_json_lines,
    ),
    Format(
        name="Excel",
        suffixes=(".xlsx",),
        open=lambda path, dialect: open_excel(path, dialect.sheet, dialect.header_row or 1),
        begins=b"PK\x03\x04",
        has_header_row=True,
    ),
)

FORMATS = {suffix: one for one in _ROWS for suffix in one.suffixes}
"""Formats of files that are read, by suffix."""

OUTPUT_FORMATS = {suffix: one for suffix, one in FORMATS.items() if isinstance(one, OutputFormat)}
"""Formats of files that are written, by suffix."""
