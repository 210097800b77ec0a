"""What a data set looks like before anything is known of it: its first rows, every cell as text.

A file is opened as it seems to be written, which is said with the sample. Needs the extra `cli` for
a file and `frame` for a data frame, as reading them does, and asks for them only then.
"""

import csv
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import Any

from sledai.codebook.words import compared, is_missing
from sledai.errors import InvalidInputError, require_file

__all__ = ["MOST_ROWS", "Column", "Sample", "sample_of_file", "sample_of_frame"]

MOST_ROWS = 100_000
"""How many rows are looked at."""

_BEGINNING = 1 << 18  # bytes, in which to see how text is written
_LINES = 60
_USUAL = {".csv": ",", ".tsv": "\t"}  # what separates fields where nobody says it
_SEPARATORS = (",", ";", "\t", "|")


@dataclass(frozen=True)
class Column:
    """The cells of a column as text, empty where they hold nothing."""

    cells: Sequence[str]

    @cached_property
    def counts(self) -> Counter[str]:
        """How many cells hold each text, as it is compared; empty ones left out."""
        counts = Counter(self.cells)
        found = Counter[str]()
        for cell, count in counts.items():
            if text := compared(cell):
                found[text] += count
        return found

    @cached_property
    def spelled(self) -> dict[str, str]:
        """How each text is written where it stands first."""
        found: dict[str, str] = {}
        for cell in dict.fromkeys(self.cells):
            found.setdefault(compared(cell), cell.strip())
        return found

    @cached_property
    def filled(self) -> int:
        """How many cells hold something."""
        return self.counts.total()


@dataclass(frozen=True, slots=True)
class Sample:
    """The first rows of a data set, and what was seen of how its file is written.

    `file` are lines of [file], each with what speaks for it. `whole` tells whether these are all
    rows.
    """

    columns: Mapping[str, Column]
    rows: int
    whole: bool = True
    file: Mapping[str, tuple[object, str]] = field(default_factory=dict[str, tuple[object, str]])

    @classmethod
    def of(cls, cells: Mapping[str, Sequence[object]], **seen: Any) -> "Sample":
        """Take columns of values of any type.

        >>> Sample.of({"rash": [True, None, 1.0]}).columns["rash"].cells
        ['True', '', '1.0']
        """
        columns = {str(name): Column([*map(_text, values)]) for name, values in cells.items()}
        rows = max((len(column.cells) for column in columns.values()), default=0)
        return cls(columns, rows, **seen)

    @property
    def said(self) -> str:
        """Say which rows were looked at."""
        return f"{self.rows:,} rows" if self.whole else f"the first {self.rows:,} rows"


def _text(value: object) -> str:
    return "" if is_missing(value) else str(value)


def sample_of_frame(frame: object) -> Sample:
    """Look at the first rows of a data frame of any engine."""
    from sledai.engines import opened  # noqa: PLC0415 - an extra

    head = opened(frame).head(MOST_ROWS + 1)
    collected = head.collect() if hasattr(head, "collect") else head
    cells = collected.to_dict(as_series=False)
    whole = collected.shape[0] <= MOST_ROWS
    return Sample.of({name: values[:MOST_ROWS] for name, values in cells.items()}, whole=whole)


def sample_of_file(path: Path, known: Mapping[str, Any]) -> Sample:
    """Look at the first rows of a file; `known` are lines of [file] that somebody stated."""
    from sledai.files import FORMATS, Dialect, open_visits  # noqa: PLC0415 - an extra

    require_file(path)
    kind = FORMATS.get(path.suffix.lower())
    is_table = kind is not None and kind.is_text and kind.has_header_row
    seen = _written(path, _USUAL.get(path.suffix.lower())) if is_table else {}
    lines: dict[str, Any] = {key: value for key, (value, _) in seen.items()} | dict(known)
    try:
        visits = open_visits(path, Dialect(**lines))
    except InvalidInputError:
        if kind is None or not kind.has_header_row or seen or "header_row" in known:
            raise
        row = _row_of_names(path, lines)
        if row is None:
            raise
        seen = {"header_row": (row, "the first row that names every column")}
        visits = open_visits(path, Dialect(**lines, header_row=row))
    cells: dict[str, list[object]] = {name: [] for name in visits.columns}
    rows, whole = 0, True
    for batch in visits.batches:
        for column in batch.visits.head(MOST_ROWS - rows):
            cells[column.name] += column.to_list()
        rows += batch.visits.height
        if rows > MOST_ROWS:
            whole = False
            break
    visits.batches.close()
    return Sample.of(
        cells, whole=whole, file={k: said for k, said in seen.items() if k not in known}
    )


def _row_of_names(path: Path, lines: Mapping[str, Any]) -> int | None:
    """Find the first row of a sheet below which each column has a name of its own."""
    from sledai.files import Dialect, open_visits  # noqa: PLC0415 - an extra

    for row in range(2, _LINES):
        try:
            open_visits(path, Dialect(**lines, header_row=row)).batches.close()
        except InvalidInputError:
            continue
        return row
    return None


def _written(path: Path, usual_separator: str | None) -> dict[str, tuple[object, str]]:
    """See how the text of a file is written: encoding, separator, the row of the names."""
    with path.open("rb") as file:
        beginning = file.read(_BEGINNING)
    seen: dict[str, tuple[object, str]] = {}
    try:
        text = beginning.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        if error.start > len(beginning) - 4 and len(beginning) == _BEGINNING:  # cut in a letter
            text = beginning[: error.start].decode("utf-8-sig")
        else:
            text = beginning.decode("cp1252", errors="replace")
            seen["encoding"] = ("cp1252", "not UTF-8; see whether the names below read well")
    lines = text.splitlines()[:_LINES]
    tables = {separator: _rows(lines, separator) for separator in _SEPARATORS}
    separator = max(_SEPARATORS, key=lambda one: _usual(tables[one]))
    usual = _usual(tables[separator])
    if separator != usual_separator:
        seen["separator"] = (separator, f"{usual} fields in most rows")
    for number, row in enumerate(tables[separator], 1):
        names = sum(bool(cell.strip()) for cell in row)
        if 2 * names > usual:  # titles above fill few fields
            if number > 1:
                seen["header_row"] = (number, f"the first row of {names} names")
            break
    return seen


def _rows(lines: Sequence[str], separator: str) -> list[list[str]]:
    try:
        return list(csv.reader(lines, delimiter=separator))
    except csv.Error:
        return [line.split(separator) for line in lines]


def _usual(rows: Sequence[Sequence[str]]) -> int:
    """Say how many fields most rows have."""
    return Counter(map(len, rows)).most_common(1)[0][0] if rows else 0
