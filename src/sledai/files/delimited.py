"""CSV: fast where the text can be read in one way only, strict everywhere else.

Polars reads fast and leniently: it fills up a short line with nulls, and a stray quote can swallow
the lines that follow. So it is given only blocks of lines without quotes, of which it is known
afterwards that no line was short; every other block is read record by record by python's `csv`,
strictly.
"""

import codecs
import csv
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from io import BytesIO
from itertools import chain
from pathlib import Path
from typing import BinaryIO

import polars as pl

from sledai.errors import InvalidInputError, shorten
from sledai.files.batches import Batch, Rejected, Visits, read_ahead, unreadable

__all__ = ["open_delimited"]

BLOCK = 16 * 2**20  # bytes read at a time, and the rest of the last line
_LONGEST_FIELD = 2**31 - 1  # in characters; python's csv stops at 131,072 unless told
_ASCII = bytes(range(128))
_SEPARATORS = {"tab": "\t"}  # what is hard to type


def open_delimited(path: Path, separator: str, encoding: str) -> Visits:
    """Open a CSV file; `separator` is one character or "tab", `encoding` one that extends ASCII."""
    text = _Text(path, _separator(separator), _encoding(encoding))
    with path.open("rb") as file:
        records = text.records(iter(file.readline, b""), 1)
        header = next((record for record in records if any(record.fields)), None)
        if header is None:
            unreadable(path, "no header")
        start = file.tell()
    names = header.fields
    if doubled := [name for name, count in Counter(names).items() if count > 1]:
        shown = ", ".join(map(shorten, sorted(doubled)))
        unreadable(path, f"more than one column is called {shown}; rename or delete")
    return Visits(
        path=path,
        columns=names,
        place="line",
        length=path.stat().st_size,
        batches=read_ahead(_batches(text, names, start, header.next_line)),
    )


def _separator(separator: str) -> str:
    separator = _SEPARATORS.get(separator, separator)
    if len(separator) != 1 or not separator.isascii() or separator in '"\r\n\0':
        raise InvalidInputError(
            f"separator: found {shorten(separator)}; accepted: one character, or tab"
        )
    return separator


def _encoding(encoding: str) -> str:
    try:
        name = codecs.lookup(encoding).name.removesuffix("-sig")  # a byte-order mark is always fine
        if _ASCII.decode(name) == _ASCII.decode("ascii"):
            return name
    except (LookupError, UnicodeError):
        pass
    raise InvalidInputError(
        f"encoding: found {shorten(encoding)}; accepted: utf-8, latin-1, cp1252, gb18030 and "
        "others that extend ASCII"
    )


def _batches(text: "_Text", names: list[str], start: int, line: int) -> Iterator[Batch]:
    schema = dict.fromkeys(names, pl.String)
    yield Batch(visits=pl.DataFrame(schema=schema), places=_lines([]), end=start)
    with text.path.open("rb") as file:
        file.seek(start)
        while block := file.read(BLOCK):
            block += file.readline()
            lines = block.count(b"\n") + (not block.endswith(b"\n"))
            visits = _plain(text, block, schema, lines)
            if visits is None:
                batch = _strict(text, file, block, schema, line, lines)
                line = batch.next_line
                visits, places, rejected = batch.visits, batch.places, batch.rejected
            else:
                places, rejected = _lines(range(line, line + lines)), []
                line += lines
                if visits[:, 0].null_count():  # without any content it is no visit
                    known = visits.select(pl.any_horizontal(pl.all().is_not_null())).to_series()
                    visits, places = visits.filter(known), places.filter(known)
            yield Batch(visits=visits, places=places, rejected=tuple(rejected), end=file.tell())


def _lines(lines: Iterable[int]) -> pl.Series:
    if isinstance(lines, range):
        return pl.int_range(lines.start, lines.stop, eager=True)
    return pl.Series(lines, dtype=pl.Int64)


def _plain(
    text: "_Text", block: bytes, schema: dict[str, type[pl.String]], lines: int
) -> pl.DataFrame | None:
    """Read a block if each of its lines is a row beyond doubt.

    Polars refuses a line with too many fields. So if there are as many separators as full lines
    have, no line has too few either.
    """
    if b'"' in block or b"\0" in block:
        return None
    if b"\r" in block and block.count(b"\r") != block.count(b"\r\n"):
        return None
    try:
        if text.encoding != "utf-8":
            block = block.decode(text.encoding).encode()
        visits = pl.read_csv(
            block, has_header=False, schema=schema, separator=text.separator, quote_char=None
        )
    except (UnicodeError, pl.exceptions.PolarsError):
        return None
    separators = block.count(text.separator.encode())
    if visits.height != lines or separators != lines * (len(schema) - 1):
        return None
    return visits


@dataclass(frozen=True, slots=True)
class _StrictBlock:
    visits: pl.DataFrame
    places: pl.Series
    rejected: list[Rejected]
    next_line: int


def _strict(
    text: "_Text",
    file: BinaryIO,
    block: bytes,
    schema: dict[str, type[pl.String]],
    line: int,
    lines: int,
) -> _StrictBlock:
    """Read a block record by record, and of the file as much as its last record needs."""
    rows: list[list[str | None]] = []
    places: list[int] = []
    rejected: list[Rejected] = []
    end = line + lines
    records = text.records(chain(BytesIO(block), iter(file.readline, b"")), line)
    while line < end:
        record = next(records)
        if len(record.fields) == len(schema):
            if any(record.fields):
                rows.append([field or None for field in record.fields])
                places.append(record.line)
        elif any(record.fields):
            fields = f"{len(record.fields)} field" + ("s" if len(record.fields) > 1 else "")
            reason = f"{fields}, the header has {len(schema)}"
            rejected.append(Rejected(record.line, reason, record.text))
        line = record.next_line
    visits = pl.DataFrame(rows, schema=schema, orient="row")
    return _StrictBlock(visits, _lines(places), rejected, line)


@dataclass(frozen=True, slots=True)
class _Record:
    line: int
    next_line: int
    fields: list[str]
    text: str


@dataclass(frozen=True, slots=True)
class _Text:
    """A CSV file as text: where its records are, by the strict reader."""

    path: Path
    separator: str
    encoding: str

    def records(self, lines: Iterable[bytes], line: int) -> Iterator[_Record]:
        """Yield records, of which the first begins on `line`; refuse what is no CSV."""
        read: list[str] = []
        reader = csv.reader(self._decoded(lines, line, read), delimiter=self.separator, strict=True)
        begins = line
        while True:
            limit = csv.field_size_limit(_LONGEST_FIELD)
            try:
                fields = next(reader, None)
            except csv.Error as error:
                unreadable(self.path, f"line {begins}: not readable as CSV: {error}")
            finally:
                csv.field_size_limit(limit)
            if fields is None:
                return
            ends = line + reader.line_num
            yield _Record(begins, ends, fields, "".join(read).rstrip("\r\n"))
            read.clear()
            begins = ends

    def _decoded(self, lines: Iterable[bytes], first: int, read: list[str]) -> Iterator[str]:
        """Yield lines as text, and keep them in `read`."""
        for line, raw in enumerate(lines, first):
            if raw.count(b"\r") != raw.endswith(b"\r\n"):
                unreadable(self.path, f"line {line}: holds CR alone; lines must end in LF or CRLF")
            if b"\0" in raw:
                unreadable(self.path, f"line {line}: holds a NUL byte, so this is no text")
            try:
                text = raw.decode(self.encoding)
            except UnicodeDecodeError:
                unreadable(
                    self.path,
                    f"line {line}: not text in {self.encoding}; save the file as UTF-8, or say how "
                    "it is written (--encoding)",
                )
            if line == 1:
                text = text.removeprefix("\ufeff")
            read.append(text)
            yield text
