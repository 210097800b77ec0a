"""CSV: fast where the text can be read in one way only, strict everywhere else.

Polars reads fast and leniently: it fills up a short line with nulls, and a stray quote can swallow
the lines that follow. So it is given only lines that are whole records beyond doubt: by a pattern
where there are quotes, and else by the number of separators. All other records, such as those of
more lines than one, are read one by one by python's `csv`, strictly, and so is a whole block of
which that is not known.
"""

import codecs
import csv
import re
from collections import Counter
from collections.abc import Generator, Iterable, Iterator
from dataclasses import dataclass
from itertools import chain
from threading import Lock
from typing import BinaryIO, NamedTuple

import polars as pl

from sledai.errors import InvalidInputError, shorten
from sledai.files.batches import (
    Batch,
    Rejected,
    VisitFile,
    read_ahead,
    unreadable,
)
from sledai.files.source import Source

__all__ = ["open_delimited", "text_encoding"]

BLOCK = 32 * 2**20  # bytes read at a time, and the rest of the last line
_LONGEST_FIELD = 2**31 - 1  # in characters; python's csv stops at 131,072 unless told
_FIELD_LIMIT = Lock()  # python's csv has one limit for the whole process
_ASCII = bytes(range(128))
_Schema = dict[str, type[pl.String]]
_NO_SEPARATOR = b"\x1f"  # which nobody writes between cells, so that a line is one of them
_SEPARATORS = {"tab": "\t"}  # what is hard to type


def open_delimited(source: Source, separator: str, encoding: str, header_row: int = 1) -> VisitFile:
    """Open a CSV file; `separator` is one character or "tab", `encoding` one that extends ASCII.

    The header is the first record with any content from line `header_row` on.
    """
    text = _Text(source, _separator(separator), text_encoding(encoding))
    with source.content.open("rb") as file:
        for _ in range(1, header_row):
            file.readline()
        records = text.records(iter(file.readline, b""), header_row)
        header = next((record for record in records if any(record.fields)), None)
        if header is None:
            unreadable(source, "no header")
        start = file.tell()
    names, extra = _beyond_the_names(text, header.fields, start, header.next_line)
    if doubled := [name for name, count in Counter(names).items() if count > 1]:
        shown = ", ".join(map(shorten, sorted(doubled)))
        unreadable(source, f"more than one column is called {shown}; rename or delete")
    return VisitFile(
        path=source.path,
        columns=names,
        place="line",
        length=source.content.stat().st_size,
        batches=read_ahead(_batches(text, names, extra, start, header.next_line)),
    )


def _beyond_the_names(
    text: "_Text", names: list[str], start: int, line: int
) -> tuple[list[str], list[str]]:
    """Split off the last columns, as spreadsheets leave them, that have neither name nor content.

    Gives the columns, and names by which those split off are read.
    """
    count = next((n for n, name in enumerate(reversed(names)) if name.strip()), 0)
    kept = names[: len(names) - count]
    extra = [f"{''.join(names)} {n}" for n in range(count)]  # as no column is called
    for batch in _batches(text, kept + extra, [], start, line) if count else ():
        if any((batch.visits[name].str.strip_chars() != "").any() for name in extra):
            return names, []
    return kept, extra


def _separator(separator: str) -> str:
    separator = _SEPARATORS.get(separator, separator)
    if len(separator) != 1 or not separator.isascii() or separator in '"\r\n\0':
        raise InvalidInputError.found(separator, "one ASCII character, or tab", "separator")
    return separator


def text_encoding(encoding: str) -> str:
    """Give the name of an encoding that extends ASCII, and refuse any other."""
    try:
        name = codecs.lookup(encoding).name.removesuffix("-sig")  # a byte-order mark is always fine
        if _ASCII.decode(name) == _ASCII.decode("ascii"):
            return name
    except (LookupError, UnicodeError):
        pass
    raise InvalidInputError.found(
        encoding, "utf-8, latin-1, cp1252, gb18030 and others that extend ASCII", "encoding"
    )


def _batches(
    text: "_Text", names: list[str], extra: list[str], start: int, line: int
) -> Generator[Batch]:
    """Read rows that have the columns `names`, and `extra` ones that are left out."""
    schema = dict.fromkeys([*names, *extra], pl.String)
    no_rows = pl.DataFrame(schema=dict.fromkeys(names, pl.String))
    yield Batch(visits=no_rows, places=pl.Series(dtype=pl.Int64), end=start)
    with text.source.content.open("rb") as file:
        file.seek(start)
        while block := _whole_lines(file):
            read = _mixed(text, file, block, schema, line)
            line = read.next_line
            yield Batch(
                visits=read.visits.drop(extra) if extra else read.visits,
                places=read.places,
                rejected=tuple(read.rejected),
                end=file.tell(),
            )


def _whole_lines(file: BinaryIO) -> bytes:
    """Read `BLOCK` bytes and the rest of the last line, in one piece that need not be copied."""
    start = file.tell()
    file.seek(start + BLOCK)
    file.readline()
    end = file.tell()
    file.seek(start)
    return file.read(end - start)


@dataclass(frozen=True, slots=True)
class _Read:
    visits: pl.DataFrame
    places: pl.Series
    rejected: list[Rejected]
    next_line: int


def _mixed(text: "_Text", file: BinaryIO, block: bytes, schema: _Schema, first: int) -> _Read:
    """Read lines that are whole records at once, and all between them strictly."""
    after = file.tell()
    strict = _Strict(text, file, block, len(schema))
    plain: list[bytes] = []
    lines: list[range] = []
    line, start = first, 0
    for begin, end in _whole_records(text, block, len(schema)):
        line, start = strict.read(line, start, begin)
        # A record of several lines may reach into what looked whole; it ends where a line does.
        if between := block[start:end]:
            plain.append(between)
            lines.append(range(line, line := line + _count(between)))
            start = end
    line, _ = strict.read(line, start, len(block))
    visits = _plain(text, b"".join(plain), schema, sum(map(len, lines)))
    if visits is None:
        file.seek(after)
        strict = _Strict(text, file, block, len(schema))
        line, _ = strict.read(first, 0, len(block))
        visits, lines = pl.DataFrame(schema=schema), []
    places = _numbers(lines)
    if len(schema) == 1:  # a blank line is no row; with one column polars takes it for one
        known = visits.to_series().is_not_null()
        visits, places = visits.filter(known), places.filter(known)
    if strict.places:
        columns = zip(*strict.rows, strict=True)
        rows = {
            name: pl.Series(cells, dtype=pl.String)
            for name, cells in zip(schema, columns, strict=True)
        }
        places = places.append(pl.Series(strict.places, dtype=pl.Int64))
        order = places.arg_sort()
        visits, places = pl.concat([visits, pl.DataFrame(rows)])[order], places[order]
    return _Read(visits, places, strict.rejected, line)


def _whole_records(text: "_Text", block: bytes, width: int) -> Iterator[tuple[int, int]]:
    """Find where in a block runs of lines are, each of them a whole record beyond doubt.

    Without quotes that is the whole block, of which `_plain` counts the separators.
    """
    if b'"' not in block:
        yield 0, len(block)
        return
    if (lines := text.lines(block)) is None:
        return
    whole = lines.str.contains(text.record(width)).fill_null(value=False)
    if whole.all():
        yield 0, len(block)
        return
    # An encoding that extends ASCII ends its lines in the same byte.
    ends = pl.Series([len(line) + 1 for line in block.split(b"\n")]).cum_sum().head(len(lines))
    ends[-1] = len(block)
    runs = pl.DataFrame({"end": ends, "whole": whole, "run": whole.rle_id()})
    last = runs.group_by("run").last().sort("run")
    begin = 0
    for end, is_whole in last.select("end", "whole").iter_rows():
        if is_whole:
            yield begin, end
        begin = end


def _numbers(lines: list[range]) -> pl.Series:
    if len(lines) == 1:  # as a rule, and fast
        return pl.int_range(lines[0].start, lines[0].stop, eager=True)
    return pl.Series(list(chain.from_iterable(lines)), dtype=pl.Int64)


def _count(lines: bytes) -> int:
    return lines.count(b"\n") + (bool(lines) and not lines.endswith(b"\n"))


def _plain(text: "_Text", block: bytes, schema: _Schema, lines: int) -> pl.DataFrame | None:
    """Read lines that are whole records, if each of them is a row beyond doubt.

    Polars refuses a line with too many fields. So if without quotes there are as many separators as
    full lines have, no line has too few either; with quotes a pattern was held against each.
    """
    if b"\0" in block or (b"\r" in block and block.count(b"\r") != block.count(b"\r\n")):
        return None
    try:
        if text.encoding != "utf-8":
            block = block.decode(text.encoding).encode()
        if not block:
            return pl.DataFrame(schema=schema)
        quoted = b'"' in block
        visits = pl.read_csv(
            block,
            has_header=False,
            schema=schema,
            separator=text.separator,
            quote_char='"' if quoted else None,
        )
    except (UnicodeError, pl.exceptions.PolarsError):
        return None
    separators = 0 if quoted else block.count(text.separator.encode())
    if visits.height != lines or not (quoted or separators == lines * (len(schema) - 1)):
        return None
    # A quoted cell that is empty holds nothing, as any other.
    empty = [cells.name for cells in visits if quoted and (cells == "").any()]
    return visits.with_columns(visits[name].set(visits[name] == "", None) for name in empty)


class _Strict:
    """Records of a block, read strictly, and of the file what the last of them needs."""

    def __init__(self, text: "_Text", file: BinaryIO, block: bytes, width: int) -> None:
        self.rows: list[list[str | None]] = []
        self.places: list[int] = []
        self.rejected: list[Rejected] = []
        self._text = text
        self._file = file
        self._block = block
        self._width = width
        self._position = 0

    def read(self, line: int, start: int, until: int) -> tuple[int, int]:
        """Read the records that begin from `start`, where `line` begins, before `until`.

        Gives the line and the place in the block from which to go on: the last may end beyond.
        """
        self._position = start
        records = self._text.records(self._lines(), line)
        while self._position < until:
            record = next(records)
            line = record.next_line
            if len(record.fields) == self._width:
                self.rows.append([field or None for field in record.fields])
                self.places.append(record.line)
            elif record.fields:  # none in a blank line
                fields = f"{len(record.fields)} field" + ("s" if len(record.fields) > 1 else "")
                reason = f"{fields}, the header has {self._width}"
                self.rejected.append(Rejected(record.line, reason, record.text))
        return line, self._position

    def _lines(self) -> Iterator[bytes]:
        while self._position < len(self._block):
            start = self._position
            self._position = self._block.find(b"\n", start) + 1 or len(self._block)
            yield self._block[start : self._position]
        yield from iter(self._file.readline, b"")


class _Record(NamedTuple):
    line: int
    next_line: int
    fields: list[str]
    lines: list[str]

    @property
    def text(self) -> str:
        """The record as it stands in the file."""
        return "".join(self.lines).rstrip("\r\n")


@dataclass(frozen=True, slots=True)
class _Text:
    """A CSV file as text: where its records are, by the strict reader."""

    source: Source
    separator: str
    encoding: str

    def record(self, width: int) -> str:
        """Write a record of as many cells, on one line, as a pattern: each quoted whole or bare."""
        bare = f'[^"{re.escape(self.separator)}\\r]*'
        if width == 1:  # where a line without content is none, and a quoted one is
            return rf"^{bare}\r?$"
        cell = f'(?:"(?:[^"]|"")*"|{bare})'
        return rf"^{cell}(?:{re.escape(self.separator)}{cell}){{{width - 1}}}\r?$"

    def lines(self, block: bytes) -> pl.Series | None:
        """Give the lines of a block, null for one without content; None where it is no text."""
        if _NO_SEPARATOR in block:
            return None
        try:
            if self.encoding != "utf-8":
                block = block.decode(self.encoding).encode()
            lines = pl.read_csv(
                block,
                has_header=False,
                schema={"line": pl.String},
                separator=_NO_SEPARATOR.decode(),
                quote_char=None,
            )
        except (UnicodeError, pl.exceptions.PolarsError):
            return None
        return lines.to_series() if lines.height == _count(block) else None

    def records(self, lines: Iterable[bytes], line: int) -> Iterator[_Record]:
        """Yield records, of which the first begins on `line`; refuse what is no CSV."""
        read: list[str] = []
        reader = csv.reader(self._decoded(lines, line, read), delimiter=self.separator, strict=True)
        begins = line
        while True:
            with _FIELD_LIMIT:
                limit = csv.field_size_limit(_LONGEST_FIELD)
                try:
                    fields = next(reader, None)
                except csv.Error as error:
                    why = str(error)
                    if why == "unexpected end of data":
                        why = "a quote that opens here is never closed"
                    unreadable(self.source, f"line {begins}: not readable as CSV: {why}")
                finally:
                    csv.field_size_limit(limit)
            if fields is None:
                return
            ends = line + reader.line_num
            yield _Record(begins, ends, fields, read.copy())
            read.clear()
            begins = ends

    def _decoded(self, lines: Iterable[bytes], first: int, read: list[str]) -> Iterator[str]:
        """Yield lines as text, and keep them in `read`."""
        for line, raw in enumerate(lines, first):
            if raw.count(b"\r") != raw.endswith(b"\r\n"):
                unreadable(
                    self.source, f"line {line}: holds CR alone; lines must end in LF or CRLF"
                )
            if b"\0" in raw:
                unreadable(self.source, f"line {line}: holds a NUL byte, so this is no text")
            try:
                text = raw.decode(self.encoding)
            except UnicodeDecodeError:
                unreadable(
                    self.source,
                    f"line {line}: not text in {self.encoding}; save the file as UTF-8, or say how "
                    "it is written (--encoding)",
                )
            if line == 1:
                text = text.removeprefix("\ufeff")
            read.append(text)
            yield text
