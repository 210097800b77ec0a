"""Visits in files: CSV, Parquet and JSON Lines, read whole or not at all, and so written.

Cells come out as they stand in the file. What one reader could take differently from another
(an odd quote, a short line, a key given twice) is refused with its line. Needs the extra `cli`.
"""

import csv
import json
import os
import shutil
from collections.abc import Collection, Iterable, Iterator
from errno import EISDIR
from itertools import islice
from math import isfinite
from pathlib import Path
from secrets import token_hex
from typing import Any, NoReturn

import polars as pl

from sledai.errors import InvalidInputError, shorten

__all__ = [
    "FORMATS",
    "SHOWN",
    "file_format",
    "problems_listed",
    "read_visits",
    "row_places",
    "write_visits",
]

FORMATS = {".csv": "CSV", ".parquet": "Parquet", ".jsonl": "JSON Lines", ".ndjson": "JSON Lines"}
"""File formats by suffix."""

SHOWN = 20
"""How many problems of one kind are listed before the rest are only counted."""

_JSON_TYPES: dict[type, type[pl.DataType]] = {
    bool: pl.Boolean,
    int: pl.Int64,
    float: pl.Float64,
    str: pl.String,
}
_LONGEST_FIELD = 2**31 - 1  # in characters; python's csv stops at 131,072 unless told


def file_format(path: Path) -> str:
    """Name the format of a file by its suffix.

    Raises `InvalidInputError` for an unknown one.
    """
    try:
        return FORMATS[path.suffix.lower()]
    except KeyError:
        raise InvalidInputError(
            f"{path}: unknown suffix {shorten(path.suffix)}; accepted: {', '.join(FORMATS)}"
        ) from None


def problems_listed(summary: str, problems: Iterable[str], count: int) -> str:
    """Say the first `SHOWN` problems, a line each, and how many more there are."""
    lines = [summary, *(f"  {problem}" for problem in islice(problems, SHOWN))]
    if count > SHOWN:
        lines.append(f"  and {count - SHOWN} more")
    return "\n".join(lines)


def read_visits(path: Path) -> pl.DataFrame:
    """Read a file of visits, by its suffix; the cells of a CSV file stay the text that they are.

    Lines of a CSV file without any content are left out. A column of a JSON Lines file whose
    values are not all of one plain type is kept as text.

    Raises `InvalidInputError` for an unknown suffix, for what is not of the format that the suffix
    says, for doubled names, and for lines with more or fewer fields than the header.
    """
    kind = file_format(path)
    try:
        if kind == "CSV":
            return _read_csv(path)
        if kind == "JSON Lines":
            return _read_json_lines(path)
        with path.open("rb") as file:  # a path would be taken for a pattern
            return pl.read_parquet(file)
    except UnicodeDecodeError:
        _refuse(path, "not readable: not UTF-8 text; save it with that encoding")
    except pl.exceptions.PolarsError as error:
        hint = "; are all quotes inside cells doubled?" if kind == "CSV" else ""
        _refuse(path, f"not readable as {kind}: {next(iter(str(error).splitlines()), '')}{hint}")


def _refuse(path: Path, why: str) -> NoReturn:
    raise InvalidInputError(f"{path}: {why}") from None


def _read_csv(path: Path) -> pl.DataFrame:
    # Polars is fast and lenient, python's reader slow and strict: it goes first and counts.
    records = _csv_records(path)
    first = next(records, None)
    if first is None:
        _refuse(path, "no header")
    header = first[1]
    if doubled := sorted({name for name in header if header.count(name) > 1}):
        _refuse(
            path,
            f"more than one column is called {', '.join(map(shorten, doubled))}; rename or delete",
        )
    height = 0
    ragged: list[str] = []
    for line, fields in records:
        height += 1
        if len(fields) != len(header):
            ragged.append(f"line {line} has {len(fields)} fields, the header has {len(header)}")
    if ragged:
        raise InvalidInputError(problems_listed(f"{path}: not a table", ragged, len(ragged)))
    with path.open("rb") as file:
        visits = pl.read_csv(file, infer_schema=False)
    visits = visits.filter(pl.any_horizontal(pl.all().fill_null("") != ""))
    if visits.height != height:
        _refuse(
            path,
            f"two readers of CSV find {visits.height} and {height} rows; check its quotes",
        )
    return visits


def _csv_records(path: Path) -> Iterator[tuple[int, list[str]]]:
    """Yield the line on which a record begins, and its fields, for records with any content."""
    limit = csv.field_size_limit(_LONGEST_FIELD)
    line = 1
    try:
        with path.open(encoding="utf-8-sig", newline="") as file:
            reader = csv.reader(_without_bare_returns(path, file), strict=True)
            for fields in reader:
                if any(fields):
                    yield line, fields
                line = reader.line_num + 1
    except csv.Error as error:
        _refuse(path, f"line {line}: not readable as CSV: {error}")
    finally:
        csv.field_size_limit(limit)


def _without_bare_returns(path: Path, file: Iterable[str]) -> Iterator[str]:
    """Refuse lines that end in CR alone, which readers of CSV take differently."""
    for line, text in enumerate(file, 1):
        if text.endswith("\r"):
            _refuse(path, f"line {line} ends in CR alone; lines must end in LF or CRLF")
        yield text


def _read_json_lines(path: Path) -> pl.DataFrame:
    # Polars would lose the order of more than 32 columns (pola-rs/polars#23023), take the last of
    # two equal keys, and round whole numbers that share a column with others.
    rows: list[dict[str, Any]] = []
    with path.open(encoding="utf-8-sig") as file:
        for line, text in enumerate(file, 1):
            if text.strip():
                rows.append(_json_row(path, line, text))
    names = dict.fromkeys(name for row in rows for name in row)
    if not names:
        _refuse(path, "no rows")
    return pl.DataFrame([_column(name, [row.get(name) for row in rows]) for name in names])


def _json_row(path: Path, line: int, text: str) -> dict[str, Any]:
    def pairs(items: list[tuple[str, Any]]) -> dict[str, Any]:
        names = [name for name, _ in items]
        if doubled := {name for name in names if names.count(name) > 1}:
            raise ValueError(f"{shorten(min(doubled))} stands twice")
        return dict(items)

    def constant(name: str) -> NoReturn:
        raise ValueError(f"{name} is not JSON")

    def number(literal: str) -> float:
        if not isfinite(value := float(literal)):
            raise ValueError(f"{literal} is out of range")
        return value

    row: dict[str, Any] | None = None
    try:
        if text.lstrip().startswith("{"):
            row = json.loads(
                text, object_pairs_hook=pairs, parse_constant=constant, parse_float=number
            )
            if "\\u" in text:  # half a character, escaped, is no text
                json.dumps(row, ensure_ascii=False).encode()
    except (ValueError, RecursionError) as error:
        _refuse(path, f"line {line}: not readable as JSON Lines: {error}")
    if row is None:
        _refuse(path, f"line {line}: not readable as JSON Lines: not an object")
    return row


def _column(name: str, values: list[Any]) -> pl.Series:
    known = [value for value in values if value is not None]
    if not known:
        return pl.Series(name, values, dtype=pl.Null)
    for kind, dtype in _JSON_TYPES.items():
        if all(type(value) is kind for value in known) and (
            kind is not int or all(abs(value) < 2**63 for value in known)
        ):
            return pl.Series(name, values, dtype=dtype)
    texts = [v if v is None or isinstance(v, str) else json.dumps(v) for v in values]
    return pl.Series(name, texts, dtype=pl.String)


def row_places(path: Path, rows: Collection[int]) -> dict[int, str]:
    """Name the place of rows, counted from 0, as a person finds it in the file.

    In text that is the line on which the row begins, in Parquet its number from 1.
    """
    kind = file_format(path)
    if kind == "Parquet":
        return {row: f"row {row + 1}" for row in rows}
    if kind == "CSV":
        lines = [line for line, _ in islice(_csv_records(path), 1, None)]
    else:
        with path.open(encoding="utf-8-sig") as file:
            lines = [line for line, text in enumerate(file, 1) if text.strip()]
    return {row: f"line {lines[row]}" for row in rows}


def write_visits(visits: pl.DataFrame, path: Path) -> None:
    """Write a file of visits, by its suffix, under its final name only when it is complete.

    A file that is there keeps its permissions, and a link goes on pointing to it.

    Raises `InvalidInputError` for an unknown suffix and for cells that the format cannot hold.
    """
    kind = file_format(path)
    target = Path(os.path.realpath(path))
    part = target.with_name(f".{target.name}.{token_hex(4)}.part")
    try:
        if target.is_dir():
            raise IsADirectoryError(EISDIR, "Is a directory")
        part.touch(mode=0o600 if target.exists() else 0o666, exist_ok=False)
        try:
            _write(visits, kind, part)
            if target.exists():
                shutil.copymode(target, part)
            part.replace(target)
        finally:
            part.unlink(missing_ok=True)
    except OSError as error:
        raise OSError(error.errno, error.strerror, str(path)) from None
    except (pl.exceptions.PolarsError, pl.exceptions.PanicException) as error:
        _refuse(path, f"{kind} cannot hold these columns: {error}")


def _write(visits: pl.DataFrame, kind: str, path: Path) -> None:
    if kind == "Parquet":
        visits.write_parquet(path)
    elif kind == "JSON Lines":
        for column in visits.select(pl.selectors.float()):
            if not column.is_finite().all():
                raise pl.exceptions.ComputeError(f"{shorten(column.name)} holds NaN or infinity")
        visits.write_ndjson(path)
    else:
        visits.write_csv(path)
