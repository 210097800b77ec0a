"""Visits in files, read batch by batch and so written; `FORMATS` says of which formats.

Cells come out as they stand in the file. What one reader could take differently from another
(an odd quote, a short line, a key given twice) is never guessed: the record is rejected with its
line, or the file refused. A file that is not read whole may be larger than memory. Needs the extra
`cli`.
"""

from pathlib import Path

import polars as pl

from sledai.errors import InvalidInputError, problems_listed, shorten
from sledai.files.batches import Batch, Rejected, VisitFile
from sledai.files.formats import FORMATS, OUTPUT_FORMATS, Dialect, Format
from sledai.files.output import Output, output_format, write_text, write_visits

__all__ = [
    "FORMATS",
    "OUTPUT_FORMATS",
    "Batch",
    "Dialect",
    "Format",
    "Output",
    "Rejected",
    "VisitFile",
    "open_visits",
    "output_format",
    "read_visits",
    "write_text",
    "write_visits",
]


def __dir__() -> list[str]:
    return __all__


_SIGNATURES = {
    b"PK\x03\x04": "an Excel workbook or another zip archive",
    b"\xd0\xcf\x11\xe0": "an Excel workbook of the old kind; save it as .xlsx or .csv",
    b"\x1f\x8b": "compressed by gzip",
    b"\x28\xb5\x2f\xfd": "compressed by zstd",
    b"\xff\xfe": "UTF-16 text; save it as UTF-8",
    b"\xfe\xff": "UTF-16 text; save it as UTF-8",
}
"""How files begin that people take for others, and their name for people."""


def open_visits(path: Path, dialect: Dialect = Dialect()) -> VisitFile:  # noqa: B008 - never changes
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
    known = {one.begins: one.name for one in FORMATS.values() if one.begins}
    for signature, name in (known | _SIGNATURES).items():
        if beginning.startswith(signature) and signature != kind.begins:
            raise InvalidInputError(f"{path}: not {kind.name}, as its suffix says, but {name}")
    if dialect.header_row is not None and not kind.has_header_row:
        headed = " and ".join(dict.fromkeys(f.name for f in FORMATS.values() if f.has_header_row))
        raise InvalidInputError(f"{path}: header_row is for {headed}; {kind.name} has none")
    return kind.open(path, dialect)


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
