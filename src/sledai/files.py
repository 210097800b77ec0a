"""Visits in files: CSV, Parquet and JSON Lines, the names of columns and the words for an answer.

A cell is an answer only by one of the tables here; every other cell is reported. A file is
written beside its final name and renamed when it is complete. Needs the extra `cli`.
"""

import csv
import json
import os
import re
from collections.abc import Collection, Iterable, Iterator, Mapping
from contextlib import suppress
from itertools import islice
from operator import itemgetter
from pathlib import Path
from typing import Literal

import polars as pl

from sledai.descriptors import Descriptor, descriptor_set
from sledai.errors import InvalidInputError, shorten

__all__ = [
    "ALIASES",
    "ANSWER_WORDS",
    "FORMATS",
    "Items",
    "answer_columns",
    "descriptor_named",
    "file_format",
    "read_answers",
    "read_visits",
    "write_visits",
]

Items = Literal["binary", "points"]
"""How a file holds an answer: as a word or 1 and 0, or as the points that it scores."""

ANSWER_WORDS = {
    "yes": True,
    "y": True,
    "true": True,
    "present": True,
    "1": True,
    "no": False,
    "n": False,
    "false": False,
    "absent": False,
    "0": False,
}
"""The words for present and absent, in any case."""

ALIASES = {
    "obs": Descriptor.ORGANIC_BRAIN_SYNDROME,
    "cva": Descriptor.CEREBROVASCULAR_ACCIDENT,
    "haematuria": Descriptor.HEMATURIA,
    "new_rash": Descriptor.RASH,
    "oral_ulcers": Descriptor.MUCOSAL_ULCERS,
    "low_c3_c4": Descriptor.LOW_COMPLEMENT,
    "dsdna": Descriptor.INCREASED_DNA_BINDING,
    "dna_binding": Descriptor.INCREASED_DNA_BINDING,
    "leucopenia": Descriptor.LEUKOPENIA,
}
"""Other names under which descriptors are met in files."""

FORMATS = {".csv": "CSV", ".parquet": "Parquet", ".jsonl": "JSON Lines", ".ndjson": "JSON Lines"}
"""File formats by suffix."""

SHOWN = 20
"""How many problems of one kind are listed before the rest are only counted."""


def descriptor_named(name: str) -> Descriptor:
    """Find a descriptor by its name or an alias, without regard to case, spaces and punctuation.

    Raises `InvalidInputError`, with the closest names, where there is none.

    >>> descriptor_named("CVA"), descriptor_named("New Rash")
    (<Descriptor.CEREBROVASCULAR_ACCIDENT: 'cerebrovascular_accident'>, <Descriptor.RASH: 'rash'>)
    """
    plain = _plain(name)
    (descriptor,) = descriptor_set([_BY_NAME.get(plain, plain)])
    return descriptor


_BY_NAME = {**{d.value: d for d in Descriptor}, **ALIASES}


def _plain(name: str) -> str:
    return re.sub(r"[\W_]+", "_", name.strip().lower())


def answer_columns(
    columns: Iterable[str], named: Mapping[str, Descriptor]
) -> dict[str, Descriptor]:
    """Say which column holds which descriptor: those in `named`, then by name or alias.

    Raises `InvalidInputError` when two columns go by names of one descriptor.

    >>> answer_columns(["id", "Arthritis"], {"Eruption": Descriptor.RASH})
    {'Eruption': <Descriptor.RASH: 'rash'>, 'Arthritis': <Descriptor.ARTHRITIS: 'arthritis'>}
    """
    found = dict(named)
    for column in columns:
        descriptor = _BY_NAME.get(_plain(column))
        if descriptor is None or column in named or descriptor in named.values():
            continue
        if others := [other for other, d in found.items() if d is descriptor]:
            raise InvalidInputError(
                f"columns {shorten(others[0])} and {shorten(column)} both go by names of "
                f"{descriptor}; say which one is meant"
            )
        found[column] = descriptor
    return found


def read_visits(path: Path) -> pl.DataFrame:
    """Read a file of visits, by its suffix; the cells of a CSV file stay the text that they are.

    Rows of a CSV file without any content are left out.

    Raises `InvalidInputError` for an unknown suffix, for what is not of the format that the suffix
    says, for doubled column names, and for lines with more or fewer fields than the header.
    """
    kind = file_format(path)
    path.open("rb").close()  # for an error that names the file
    try:
        if kind == "Parquet":
            return pl.read_parquet(path)
        if kind == "JSON Lines":
            return _read_json_lines(path)
        return _read_csv(path)
    except pl.exceptions.PolarsError as error:
        raise InvalidInputError(f"{path}: not readable as {kind}: {_first_line(error)}") from None


def file_format(path: Path) -> str:
    """Name the format of a file by its suffix; `InvalidInputError` for an unknown one."""
    try:
        return FORMATS[path.suffix.lower()]
    except KeyError:
        raise InvalidInputError(
            f"{path}: unknown suffix {shorten(path.suffix)}; accepted: {', '.join(FORMATS)}"
        ) from None


def _first_line(error: Exception) -> str:
    return next(iter(str(error).splitlines()), type(error).__name__)


def _read_json_lines(path: Path) -> pl.DataFrame:
    visits = pl.read_ndjson(path, infer_schema_length=None)
    # Past 32 columns polars loses their order (pola-rs/polars#23023): restore the first row's.
    with path.open(encoding="utf-8") as file:
        first = json.loads(next(line for line in file if line.strip()))
    return visits.select(*first, *sorted(set(visits.columns) - set(first)))


def _read_csv(path: Path) -> pl.DataFrame:
    with suppress(UnicodeDecodeError):  # polars says it better
        for _, header in islice(_csv_records(path), 1):
            if doubled := sorted({name for name in header if header.count(name) > 1}):
                raise InvalidInputError(
                    f"{path}: more than one column is called {', '.join(map(shorten, doubled))}"
                )
    try:
        visits = pl.read_csv(path, infer_schema=False)
    except pl.exceptions.ComputeError:
        _refuse_ragged(path)
        raise
    if visits.width and visits[:, -1].null_count():  # polars fills up a short line with nulls
        _refuse_ragged(path)
    return visits.filter(pl.any_horizontal(pl.all().fill_null("") != ""))


def _csv_records(path: Path) -> Iterator[tuple[int, list[str]]]:
    """Yield the line on which a record begins, and its fields, for records with any content."""
    with path.open(encoding="utf-8-sig", newline="") as file:
        reader = csv.reader(file)
        line = 1
        for fields in reader:
            if any(fields):
                yield line, fields
            line = reader.line_num + 1


def _refuse_ragged(path: Path) -> None:
    with suppress(UnicodeDecodeError, csv.Error):
        records = _csv_records(path)
        _, header = next(records)
        ragged = [
            f"line {line} has {len(fields)} fields, the header has {len(header)}"
            for line, fields in records
            if len(fields) != len(header)
        ]
        if ragged:
            raise InvalidInputError(_report(f"{path}: not a table", ragged, len(ragged)))


def _report(summary: str, problems: Iterable[str], count: int) -> str:
    """Say the first problems, a line each, and how many more there are."""
    lines = [summary, *(f"  {problem}" for problem in islice(problems, SHOWN))]
    if count > SHOWN:
        lines.append(f"  and {count - SHOWN} more")
    return "\n".join(lines)


def read_answers(
    visits: pl.DataFrame,
    columns: Mapping[str, Descriptor],
    *,
    path: Path,
    items: Items = "binary",
    missing: Collection[str] = (),
) -> pl.DataFrame:
    """Turn the cells of `columns` into answers; the other columns stay as they are.

    An answer is true, false, or null for not assessed: an empty cell or a text in `missing`.
    With `items="points"` a cell holds 0 or exactly the weight of its descriptor, else one of
    `ANSWER_WORDS`.

    Raises `InvalidInputError` that lists the cells which are no answer, by line of `path`.
    """
    not_assessed = ["", *(text.strip().lower() for text in missing)]
    answers: dict[str, pl.Series] = {}
    unreadable: list[tuple[int, str]] = []
    for column, descriptor in columns.items():
        words = _words(descriptor, items)
        if taken := words.keys() & not_assessed:
            raise InvalidInputError(
                f"cannot take {shorten(min(taken))} for a missing answer: it is an answer"
            )
        text = _as_text(visits[column])
        answers[column] = text.replace_strict(words, default=None, return_dtype=pl.Boolean)
        wrong = answers[column].is_null() & text.is_not_null() & ~text.is_in(not_assessed)
        unreadable += [(row, column) for row in wrong.arg_true()]
    if unreadable:
        unreadable.sort(key=itemgetter(0))
        places = _places(path, {row for row, _ in unreadable[:SHOWN]})
        cells = (
            f"{places[row]}, column {shorten(column)}: found {shorten(visits[column][row])}"
            + (f"; accepted: 0 or {columns[column].weight}" if items == "points" else "")
            for row, column in unreadable
        )
        summary = f"{path}: cells that are no answer: {len(unreadable)}"
        if items == "binary":
            summary += (
                f"; accepted: {', '.join(ANSWER_WORDS)} (any case), empty; or, with items "
                "points, 0 and the weight"
            )
        raise InvalidInputError(_report(summary, cells, len(unreadable)))
    return visits.with_columns(**answers)


def _words(descriptor: Descriptor, items: Items) -> dict[str, bool]:
    if items == "binary":
        return ANSWER_WORDS
    return {str(descriptor.weight): True, "0": False}


def _as_text(cells: pl.Series) -> pl.Series:
    if cells.dtype.is_float():
        cells = cells.fill_nan(None)
    text = cells.cast(pl.String).str.strip_chars().str.to_lowercase()
    return text.str.replace(r"^(\d+)\.0+$", "$1")  # "1.0": a column of numbers with gaps


def _places(path: Path, rows: Collection[int]) -> dict[int, str]:
    """Name the place of rows, counted from 0, as a person finds it in the file."""
    kind = file_format(path)
    if kind == "Parquet":
        return {row: f"row {row + 1}" for row in rows}
    if kind == "CSV":
        lines = [line for line, _ in islice(_csv_records(path), 1, None)]
    else:
        with path.open(encoding="utf-8") as file:
            lines = [line for line, text in enumerate(file, 1) if text.strip()]
    return {row: f"line {line}" for row, line in enumerate(lines) if row in rows}


def write_visits(visits: pl.DataFrame, path: Path) -> None:
    """Write a file of visits, by its suffix, under its final name only when it is complete.

    Raises `InvalidInputError` for an unknown suffix.
    """
    kind = file_format(path)
    part = path.with_name(f".{path.name}.{os.getpid()}.part")
    try:
        if kind == "Parquet":
            visits.write_parquet(part)
        elif kind == "JSON Lines":
            visits.write_ndjson(part)
        else:
            visits.write_csv(part)
        part.replace(path)
    finally:
        part.unlink(missing_ok=True)
