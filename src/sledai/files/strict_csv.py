"""Records of CSV, read one by one and strictly, by python's `csv`."""

import csv
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from threading import Lock
from typing import NamedTuple, NoReturn

import polars as pl

from sledai.files.batches import unreadable
from sledai.files.limits import RECORD
from sledai.files.source import Source

__all__ = ["Record", "Text", "count_lines"]

_LONGEST_FIELD = 2**31 - 1  # in characters; python's csv stops at 131,072 unless told
_FIELD_LIMIT = Lock()  # python's csv has one limit for the whole process
_NO_SEPARATOR = b"\x1f"  # which nobody writes between cells, so that a line is one of them


def count_lines(lines: bytes) -> int:
    """Count lines, of which the last may not be ended."""
    return lines.count(b"\n") + (bool(lines) and not lines.endswith(b"\n"))


class Record(NamedTuple):
    """A record: the line on which it begins, that behind it, its fields, and its lines."""

    line: int
    next_line: int
    fields: list[str]
    lines: list[str]

    @property
    def text(self) -> str:
        """The record as it stands in the file."""
        return "".join(self.lines).rstrip("\r\n")


@dataclass(frozen=True, slots=True)
class Text:
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
        return lines.to_series() if lines.height == count_lines(block) else None

    def refuse_long(self, line: int) -> NoReturn:
        """Refuse a record that is too long."""
        most = f"{RECORD.most:,} bytes; a quote that opens here may never be closed"
        unreadable(self.source, f"line {line}: a record that begins here has more than {most}")

    def records(self, lines: Iterable[bytes], line: int) -> Iterator[Record]:
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
            yield Record(begins, ends, fields, read.copy())
            read.clear()
            begins = ends

    def _decoded(self, lines: Iterable[bytes], first: int, read: list[str]) -> Iterator[str]:
        """Yield lines as text, and keep them in `read`."""
        begins, held = first, 0
        for line, raw in enumerate(lines, first):
            if not read:
                begins, held = line, 0
            held += len(raw)
            if held > RECORD.most:
                self.refuse_long(begins)
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
