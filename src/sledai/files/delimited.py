"""CSV: fast where the text can be read in one way only, strict everywhere else.

Polars reads fast and leniently: it fills up a short line with nulls, and a stray quote can swallow
the lines that follow. So it is given only lines that are whole records beyond doubt: by a pattern
where there are quotes, and else by the number of separators. All other records, such as those of
more lines than one, are read one by one by python's `csv`, strictly, and so is a whole block of
which that is not known.
"""

import codecs
import re
from collections import Counter
from collections.abc import Generator, Iterator
from dataclasses import dataclass
from itertools import chain
from typing import BinaryIO

import polars as pl

from sledai.errors import InvalidInputError, shorten
from sledai.files.batches import (
    Batch,
    Rejected,
    VisitFile,
    in_batches,
    read_ahead,
    unreadable,
)
from sledai.files.limits import COLUMNS, LINES_ABOVE, NO_ROWS, RECORD, bounded_lines
from sledai.files.source import Source
from sledai.files.strict_csv import Record, Text, count_lines

__all__ = ["open_delimited", "text_encoding"]

BLOCK = 32 * 2**20  # bytes read at a time, and the rest of the last line
_ASCII = bytes(range(128))
_Schema = dict[str, type[pl.String]]
_BLANK = re.compile(rb"(?:\n++|\r\n)++")  # which never goes back, or takes a time squared
_BLANK_LINES = re.compile(rb"(?:^|\n)(" + _BLANK.pattern + rb")")
_SEPARATORS = {"tab": "\t"}  # what is hard to type


def open_delimited(source: Source, separator: str, encoding: str, header_row: int = 1) -> VisitFile:
    """Open a CSV file; `separator` is one character or "tab", `encoding` one that extends ASCII.

    The header is the first record with any content from line `header_row` on.
    """
    text = Text(source, _separator(separator), text_encoding(encoding))
    with source.content.open("rb") as file:
        lines = bounded_lines(file)
        for _ in range(1, header_row):
            next(lines, None)
        for header in text.records(lines, header_row):
            if any(header.fields):
                break
            LINES_ABOVE.check(header.next_line - header_row, source)
        else:
            unreadable(source, "no header")
        start = file.tell()
    COLUMNS.check(len(header.fields), source, "; what separates the fields? (--separator)")
    names, extra = _beyond_the_names(text, header.fields, start, header.next_line)
    if doubled := [name for name, count in Counter(names).items() if count > 1]:
        shown = ", ".join(map(shorten, sorted(doubled)))
        unreadable(source, f"more than one column is called {shown}; rename or delete")
    return in_batches(
        source,
        names,
        read_ahead(_batches(text, names, extra, start, header.next_line)),
        place="line",
        length=source.content.stat().st_size,
    )


def _beyond_the_names(
    text: Text, names: list[str], start: int, line: int
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
    text: Text, names: list[str], extra: list[str], start: int, line: int
) -> Generator[Batch]:
    """Read rows that have the columns `names`, and `extra` ones that are left out."""
    schema = dict.fromkeys([*names, *extra], pl.String)
    no_rows = pl.DataFrame(schema=dict.fromkeys(names, pl.String))
    yield Batch(visits=no_rows, places=pl.Series(dtype=pl.Int64), end=start)
    with text.source.content.open("rb") as file:
        file.seek(start)
        while block := _whole_lines(text, file, line):
            read = _mixed(text, file, block, schema, line)
            line = read.next_line
            yield Batch(
                visits=read.visits.drop(extra) if extra else read.visits,
                places=read.places,
                rejected=tuple(read.rejected),
                end=file.tell(),
            )


def _whole_lines(text: Text, file: BinaryIO, line: int) -> bytes:
    """Read `BLOCK` bytes and the rest of the last line, in one piece that need not be copied."""
    start = file.tell()
    file.seek(start + BLOCK)
    file.readline(RECORD.most + 1)
    end = file.tell()
    file.seek(start)
    block = file.read(end - start)
    for place in range(0, len(block), RECORD.most):  # one of which is in a line that is too long
        begin = block.rfind(b"\n", 0, place) + 1
        ends = block.find(b"\n", place) + 1 or len(block)
        if ends - begin > RECORD.most:
            text.refuse_long(line + block.count(b"\n", 0, begin))
    return block


@dataclass(frozen=True, slots=True)
class _Read:
    visits: pl.DataFrame
    places: pl.Series
    rejected: list[Rejected]
    next_line: int


def _mixed(text: Text, file: BinaryIO, block: bytes, schema: _Schema, first: int) -> _Read:
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
            lines.append(range(line, line := line + count_lines(between)))
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


def _whole_records(text: Text, block: bytes, width: int) -> Iterator[tuple[int, int]]:
    """Find where in a block runs of lines are, each of them a whole record beyond doubt.

    Without quotes that is the whole block, of which `_plain` counts the separators.
    """
    if b'"' not in block:
        yield from _between_blank_lines(block, width)
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


def _between_blank_lines(block: bytes, width: int) -> Iterator[tuple[int, int]]:
    """Find runs of lines that are not blank; of those of one column `_mixed` says which are."""
    begin = 0
    if width > 1 and (block[:1] in b"\r\n" or b"\n\n" in block or b"\n\r\n" in block):
        for blank in _BLANK_LINES.finditer(block):
            if begin < blank.start(1):
                yield begin, blank.start(1)
            begin = blank.end()
    if begin < len(block):
        yield begin, len(block)


def _numbers(lines: list[range]) -> pl.Series:
    if len(lines) == 1:  # as a rule, and fast
        return pl.int_range(lines[0].start, lines[0].stop, eager=True)
    return pl.Series(list(chain.from_iterable(lines)), dtype=pl.Int64)


def _plain(text: Text, block: bytes, schema: _Schema, lines: int) -> pl.DataFrame | None:
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
        if block.startswith(codecs.BOM_UTF8):
            return None  # polars would drop it, as if a file began here
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

    def __init__(self, text: Text, file: BinaryIO, block: bytes, width: int) -> None:
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
        records: Iterator[Record] | None = None
        while self._position < until:
            if blank := _BLANK.match(self._block, self._position):
                line += self._block.count(b"\n", blank.start(), blank.end())
                self._position, records = blank.end(), None
                continue
            records = records or self._text.records(self._lines(), line)
            record = next(records)
            line = record.next_line
            if len(record.fields) == self._width:
                self.rows.append([field or None for field in record.fields])
                self.places.append(record.line)
            else:
                fields = f"{len(record.fields)} field" + ("s" if len(record.fields) > 1 else "")
                reason = f"{fields}, the header has {self._width}"
                self.rejected.append(Rejected(record.line, reason, record.text))
                NO_ROWS.check(len(self.rejected), self._text.source)
        return line, self._position

    def _lines(self) -> Iterator[bytes]:
        while self._position < len(self._block):
            start = self._position
            self._position = self._block.find(b"\n", start) + 1 or len(self._block)
            yield self._block[start : self._position]
        yield from bounded_lines(self._file)
