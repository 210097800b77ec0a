"""Visits in files: CSV, Parquet, JSON Lines and Excel, read batch by batch and so written.

Cells come out as they stand in the file. What one reader could take differently from another
(an odd quote, a short line, a key given twice) is never guessed: the record is rejected with its
line, or the file refused. CSV and Parquet may be larger than memory. Needs the extra `cli`.
"""

from pathlib import Path
from typing import NamedTuple

import polars as pl

from sledai.errors import InvalidInputError, problems_listed, shorten
from sledai.files.batches import Batch, Rejected, Visits
from sledai.files.delimited import open_delimited
from sledai.files.excel import open_excel
from sledai.files.json_lines import open_json_lines
from sledai.files.output import OUTPUT_FORMATS, Output, output_format, write_text, write_visits
from sledai.files.parquet import open_parquet

__all__ = [
    "FORMATS",
    "OUTPUT_FORMATS",
    "Batch",
    "Dialect",
    "Output",
    "Rejected",
    "Visits",
    "open_visits",
    "output_format",
    "read_visits",
    "write_text",
    "write_visits",
]

FORMATS = OUTPUT_FORMATS | {".xlsx": "Excel"}
"""Formats of files that are read, by suffix."""

_SIGNATURES = {
    b"PAR1": ("Parquet", "Parquet"),
    b"PK\x03\x04": ("Excel", "an Excel workbook or another zip archive"),
    b"\xd0\xcf\x11\xe0": ("", "an Excel workbook of the old kind; save it as .xlsx or .csv"),
    b"\x1f\x8b": ("", "compressed by gzip"),
    b"\x28\xb5\x2f\xfd": ("", "compressed by zstd"),
    b"\xff\xfe": ("", "UTF-16 text; save it as UTF-8"),
    b"\xfe\xff": ("", "UTF-16 text; save it as UTF-8"),
}
"""How files of a kind begin: the format that begins so, and its name for people."""


class Dialect(NamedTuple):
    """What a file does not say of itself: how CSV is written, and which sheet is meant."""

    separator: str = ","
    encoding: str = "utf-8"
    sheet: str | None = None


def open_visits(path: Path, dialect: Dialect = Dialect()) -> Visits:  # noqa: B008 - never changes
    """Open a file of visits by its suffix, to be read batch by batch.

    Raises `InvalidInputError` for an unknown suffix, for what is not of the format that the suffix
    says, for doubled names, and for a separator, encoding or sheet that the file does not have.
    While the batches are read it is raised for what makes all that follows doubtful, such as a
    quote that is never closed; records that are no row come as `Batch.rejected`.
    """
    try:
        kind = FORMATS[path.suffix.lower()]
    except KeyError:
        raise InvalidInputError(
            f"{path}: unknown suffix {shorten(path.suffix)}; accepted: {', '.join(FORMATS)}"
        ) from None
    if path.exists() and not (path.is_file() or path.is_dir()):
        raise InvalidInputError(f"{path}: not a regular file")
    with path.open("rb") as file:
        beginning = file.read(4)
    for signature, (found, name) in _SIGNATURES.items():
        if beginning.startswith(signature) and found != kind:
            raise InvalidInputError(f"{path}: not {kind}, as its suffix says, but {name}")
    match kind:
        case "CSV":
            return open_delimited(path, dialect.separator, dialect.encoding)
        case "Parquet":
            return open_parquet(path)
        case "Excel":
            return open_excel(path, dialect.sheet)
        case _:
            return open_json_lines(path)


def read_visits(path: Path, dialect: Dialect = Dialect()) -> pl.DataFrame:  # noqa: B008
    """Read a whole file of visits; the cells of a CSV file stay the text that they are.

    Blank lines of a CSV file are left out. A column of a JSON Lines file whose
    values are not all of one plain type is kept as text.

    Raises `InvalidInputError` as `open_visits` does, and for records that are no row.
    """
    visits = open_visits(path, dialect)
    batches = list(visits.batches)
    if rejected := [record for batch in batches for record in batch.rejected]:
        raise InvalidInputError(
            problems_listed(
                f"{path}: records that are no row: {len(rejected)}",
                (f"{visits.place} {record.place}: {record.reason}" for record in rejected),
                len(rejected),
            )
        )
    return pl.concat(batch.visits for batch in batches)
