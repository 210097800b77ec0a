"""Visits in files, read batch by batch and so written; `FORMATS` says of which formats.

Cells come out as they stand in the file. What one reader could take differently from another
(an odd quote, a short line, a key given twice) is never guessed: the record is rejected with its
line, or the file refused. A file that is not read whole may be larger than memory. Needs the extra
`cli`.
"""

import sys
from os import PathLike
from pathlib import Path

import polars as pl

from sledai.errors import (
    InvalidInputError,
    as_path,
    file_name,
    problems_listed,
    require,
    shorten,
)
from sledai.files.batches import Batch, Rejected, VisitFile
from sledai.files.delimited_output import formulas_quoted
from sledai.files.formats import ACCEPTED, FORMATS, OUTPUT_FORMATS, Dialect, Format
from sledai.files.output import (
    Output,
    open_text,
    output_format,
    together,
    write_provenance,
    write_text,
    write_visits,
)
from sledai.files.signatures import looks_like
from sledai.files.source import PACKINGS, STANDARD_INPUT, Packing, Source, piped, unpacked

__all__ = [
    "FORMATS",
    "OUTPUT_FORMATS",
    "Batch",
    "Dialect",
    "Format",
    "Output",
    "Rejected",
    "VisitFile",
    "formulas_quoted",
    "open_text",
    "open_visits",
    "output_format",
    "read_visits",
    "together",
    "write_provenance",
    "write_text",
    "write_visits",
]


def __dir__() -> list[str]:
    return __all__


def open_visits(
    path: str | PathLike[str],
    dialect: Dialect = Dialect(),  # noqa: B008 - never changes
) -> VisitFile:
    """Open a file of visits by its suffix, to be read batch by batch; "-" is standard input.

    A packed file, as .csv.gz, is unpacked to a temporary file, and so is kept what standard input
    brings: CSV, or what its first bytes show it to be. Nothing of it is left when the batches are
    read or closed.

    Raises `InvalidInputError` for an unknown suffix, for what is not of the format that the suffix
    says, with what it looks like, for a damaged archive, for doubled names, and for a separator,
    encoding or sheet that the file does not have; `MissingExtraError` where the library that reads
    it is not there. While the batches are read `InvalidInputError` is raised for what makes all
    that follows doubtful, such as a quote that is never closed; records that are no row come as
    `Batch.rejected`.
    """
    path = as_path(path)
    require(dialect, Dialect, "dialect", "a Dialect")
    if path == STANDARD_INPUT:
        source = piped(Path("standard input"), sys.stdin.buffer)
        beginning = source.beginning()
        shown = (one for one in FORMATS.values() if one.is_piped and one.is_begun_by(beginning))
        kind, said_by = next(shown, FORMATS[".csv"]), "which standard input is taken for"
    else:
        kind, packing = _by_suffix(path)
        if path.exists() and not (path.is_file() or path.is_dir()):
            raise InvalidInputError(f"{file_name(path)}: not a regular file; a pipe is read as -")
        source = unpacked(path, packing) if packing else Source.at(path)
        beginning, said_by = source.beginning(), "as its suffix says"
    looks = None if kind.is_begun_by(beginning) else _looks_like(beginning)
    if looks is not None:
        raise InvalidInputError(f"{file_name(source)}: not {kind.name}, {said_by}, but {looks}")
    if dialect.header_row is not None and not kind.has_header_row:
        headed = dict.fromkeys(f.name for f in FORMATS.values() if f.has_header_row)
        raise InvalidInputError(
            f"{file_name(source)}: header_row is for {', '.join(headed)}; {kind.name} has none"
        )
    if kind.reads_with is not None:
        kind.reads_with.require(source.path, f"reading {kind.name}")
    return kind.open(source, dialect)


def _by_suffix(path: Path) -> tuple[Format, Packing | None]:
    packing = PACKINGS.get(path.suffix.lower())
    suffix = Path(path.stem).suffix if packing else path.suffix
    kind = FORMATS.get(suffix.lower())
    if kind is not None and (packing is None or kind.is_text):
        return kind, packing
    suffix += path.suffix if packing else ""
    looks = _looks_like(Source.at(path).beginning()) if path.is_file() else None
    said = f", of a file that looks like {looks}" if looks else ""
    raise InvalidInputError(
        f"{file_name(path)}: unknown suffix {shorten(suffix)}{said}; accepted: {ACCEPTED}"
    )


def _looks_like(beginning: bytes) -> str | None:
    kinds = (one.name for one in FORMATS.values() if one.is_begun_by(beginning))
    return looks_like(beginning) or next(kinds, None)


def read_visits(
    path: str | PathLike[str],
    dialect: Dialect = Dialect(),  # noqa: B008
) -> pl.DataFrame:
    """Read a whole file of visits; the cells of a CSV file stay the text that they are.

    Blank lines of a CSV file are left out. A column of JSON or JSON Lines whose values are not all
    of one plain type is kept as text.

    Raises `InvalidInputError` as `open_visits` does, and for records that are no row.
    """
    visits = open_visits(path, dialect)
    batches = list(visits.batches)
    if rejected := [record for batch in batches for record in batch.rejected]:
        raise InvalidInputError(
            problems_listed(
                f"{file_name(path)}: records that are no row: {len(rejected)}",
                (f"{visits.place} {record.place}: {record.reason}" for record in rejected),
                len(rejected),
            )
        )
    return pl.concat(batch.visits for batch in batches)
