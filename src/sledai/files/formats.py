"""The formats of files, each a row: by which suffixes it goes, how it is read, how it is written.

What reads and writes files, the help of the command line and the reference read this table. A new
format is a module and a row here. Needs the extra `cli`.
"""

import re
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import NamedTuple

import polars as pl

from sledai.displays import Displayed
from sledai.files.batches import Extra, VisitFile
from sledai.files.delimited import open_delimited
from sledai.files.delimited_output import csv_cells, csv_holds, write_csv, write_tsv
from sledai.files.excel import open_workbook
from sledai.files.excel_output import excel_cells, excel_holds, write_excel
from sledai.files.json_array import open_json
from sledai.files.json_lines import (
    json_cells,
    json_holds,
    open_json_lines,
    write_json_lines,
)
from sledai.files.parquet import open_parquet, parquet_cells, parquet_holds, write_parquet
from sledai.files.separators import open_text
from sledai.files.source import PACKINGS, Source
from sledai.files.statistics import Reader, open_statistics

__all__ = ["ACCEPTED", "FORMATS", "OUTPUT_FORMATS", "Dialect", "Format", "OutputFormat"]

_UTF_8 = "utf-8"


class Dialect(NamedTuple):
    """What a file does not say of itself: how text is written, which sheet is meant, which header.

    A `separator` that is not stated is that of the suffix. The header is the first row with any
    content from `header_row` on, counted from 1.
    """

    separator: str | None = None
    encoding: str = _UTF_8
    sheet: str | None = None
    header_row: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Format(Displayed):
    """A format that is read: its name, its suffixes, how its files begin and are opened.

    One that `is_text` is read packed too, and one that `is_piped` from standard input.
    `reads_with` is a library that not everybody has.
    """

    name: str
    suffixes: tuple[str, ...]
    open: Callable[[Source, Dialect], VisitFile]
    begins: re.Pattern[bytes] | None = None
    is_text: bool = False
    is_piped: bool = False
    has_header_row: bool = False
    reads_with: Extra | None = None

    def __str__(self) -> str:
        return f"{self.name}: {', '.join(self.suffixes)}"

    def is_begun_by(self, beginning: bytes) -> bool:
        """Say whether first bytes are such as only files of this format have."""
        return self.begins is not None and self.begins.match(beginning) is not None


@dataclass(frozen=True, slots=True, kw_only=True)
class OutputFormat(Format):
    """A format that is written too: which columns it `holds`, its `cells`, what writes them.

    What writes takes metadata too, for formats that have any. `cells` makes cells such as the
    format can hold, or refuses them in the name of the file.
    `writes_with` is a library that not everybody has.
    """

    holds: Callable[[pl.DataType], bool]
    cells: Callable[[Path, pl.DataFrame], pl.DataFrame]
    write: Callable[[pl.LazyFrame, Path, dict[str, str]], None]
    writes_with: Extra | None = None


def _delimited(source: Source, dialect: Dialect, *, separator: str = ",") -> VisitFile:
    if dialect.separator is not None:
        separator = dialect.separator
    return open_delimited(source, separator, dialect.encoding, dialect.header_row or 1)


def _text(source: Source, dialect: Dialect) -> VisitFile:
    if dialect.separator is not None:
        return _delimited(source, dialect)
    return open_text(source, dialect.encoding, dialect.header_row or 1)


def _workbook(source: Source, dialect: Dialect, *, kind: str) -> VisitFile:
    return open_workbook(source, kind, dialect.sheet, dialect.header_row or 1)


def _statistics(source: Source, dialect: Dialect, *, kind: str, reader: Reader) -> VisitFile:
    # Such a file says itself how its text is written.
    encoding = None if dialect.encoding == _UTF_8 else dialect.encoding
    return open_statistics(source, kind, reader, encoding)


_ROWS: tuple[Format, ...] = (
    OutputFormat(
        name="CSV",
        suffixes=(".csv",),
        open=_delimited,
        holds=csv_holds,
        cells=csv_cells,
        write=write_csv,
        is_text=True,
        is_piped=True,
        has_header_row=True,
    ),
    OutputFormat(
        name="TSV",
        suffixes=(".tsv",),
        open=partial(_delimited, separator="\t"),
        holds=csv_holds,
        cells=csv_cells,
        write=write_tsv,
        is_text=True,
        has_header_row=True,
    ),
    Format(
        name="text",
        suffixes=(".txt",),
        open=_text,
        is_text=True,
        has_header_row=True,
    ),
    OutputFormat(
        name="Parquet",
        suffixes=(".parquet",),
        open=lambda source, _: open_parquet(source),
        holds=parquet_holds,
        cells=parquet_cells,
        write=write_parquet,
        begins=re.compile(rb"PAR1"),
        is_piped=True,
    ),
    Format(
        name="JSON",
        suffixes=(".json",),
        open=lambda source, _: open_json(source),
        begins=re.compile(rb'(?:\xef\xbb\xbf)?\s*(?:\[\s*[{\]]|\{\s*["}])'),
        is_text=True,
    ),
    OutputFormat(
        name="JSON Lines",
        suffixes=(".jsonl", ".ndjson"),
        open=lambda source, _: open_json_lines(source),
        holds=json_holds,
        cells=json_cells,
        write=write_json_lines,
        begins=re.compile(rb'(?:\xef\xbb\xbf)?\s*\{\s*["}]'),
        is_text=True,
    ),
    OutputFormat(
        name="Excel",
        suffixes=(".xlsx",),
        open=partial(_workbook, kind="Excel"),
        holds=excel_holds,
        cells=excel_cells,
        write=write_excel,
        begins=re.compile(rb"PK\x03\x04"),
        has_header_row=True,
        reads_with=Extra("fastexcel", "excel"),
        writes_with=Extra("xlsxwriter", "excel"),
    ),
    Format(
        name="OpenDocument",
        suffixes=(".ods",),
        open=partial(_workbook, kind="OpenDocument"),
        begins=re.compile(rb"PK\x03\x04"),
        has_header_row=True,
        reads_with=Extra("fastexcel", "excel"),
    ),
    Format(
        name="SPSS",
        suffixes=(".sav", ".zsav"),
        open=partial(_statistics, kind="SPSS", reader="read_sav"),
        begins=re.compile(rb"\$FL[23]"),
        reads_with=Extra("pyreadstat", "stat"),
    ),
    Format(
        name="Stata",
        suffixes=(".dta",),
        open=partial(_statistics, kind="Stata", reader="read_dta"),
        begins=re.compile(rb"<stata_dta>"),
        reads_with=Extra("pyreadstat", "stat"),
    ),
    Format(
        name="SAS",
        suffixes=(".sas7bdat",),
        open=partial(_statistics, kind="SAS", reader="read_sas7bdat"),
        begins=re.compile(rb"\x00{12}\xc2\xea\x81\x60\xb3\x14\x11\xcf"),
        reads_with=Extra("pyreadstat", "stat"),
    ),
    Format(
        name="SAS transport",
        suffixes=(".xpt",),
        open=partial(_statistics, kind="SAS transport", reader="read_xport"),
        begins=re.compile(rb"HEADER RECORD\*{7}LIB"),
        reads_with=Extra("pyreadstat", "stat"),
    ),
)

FORMATS = {suffix: one for one in _ROWS for suffix in one.suffixes}
"""Formats of files that are read, by suffix."""

OUTPUT_FORMATS = {suffix: one for suffix, one in FORMATS.items() if isinstance(one, OutputFormat)}
"""Formats of files that are written, by suffix."""

_PACKED = ", ".join(suffix for suffix, one in FORMATS.items() if one.is_text)

ACCEPTED = f"{', '.join(FORMATS)}; {_PACKED} also with {' or '.join(PACKINGS)} behind"
"""The suffixes of files that are read, in words."""
