"""JSON Lines: read whole, by python's own parser, which can refuse a key that stands twice."""

import json
from pathlib import Path
from typing import Any

import polars as pl

from sledai.errors import shorten
from sledai.files.batches import (
    Rejected,
    VisitFile,
    one_batch,
    refuse_far_times,
    unreadable,
    without_nan,
)
from sledai.files.limits import COLUMNS, RECORD, WHOLE, bounded_lines
from sledai.files.source import Source
from sledai.strict_json import JSON, refuse_halves

__all__ = [
    "json_cells",
    "json_columns",
    "json_holds",
    "json_record",
    "open_json_lines",
    "write_json_lines",
]

_TYPES: dict[type, type[pl.DataType]] = {
    bool: pl.Boolean,
    int: pl.Int64,
    float: pl.Float64,
    str: pl.String,
}


def open_json_lines(source: Source) -> VisitFile:
    """Read a JSON Lines file; a column whose values are not all of one plain type becomes text."""
    WHOLE.check(source.content.stat().st_size, source)
    # Polars would lose the order of more than 32 columns (pola-rs/polars#23023), take the last of
    # two equal keys, and round whole numbers that share a column with others.
    rows: list[dict[str, Any]] = []
    places: list[int] = []
    rejected: list[Rejected] = []
    line = 0
    try:
        with source.content.open(encoding="utf-8-sig") as file:
            for line, text in enumerate(bounded_lines(file), 1):
                RECORD.check(len(text), f"{source}: line {line}")
                if not text.strip():
                    continue
                try:
                    rows.append(json_record(text))
                    places.append(line)
                except (ValueError, RecursionError) as error:
                    reason = f"not readable as JSON Lines: {error}"
                    rejected.append(Rejected(line, reason, text.rstrip("\n")))
    except UnicodeDecodeError:
        unreadable(source, f"line {line + 1} or soon after: not UTF-8 text; save the file as UTF-8")
    if not any(rows) and not rejected:
        unreadable(source, "no rows")
    return one_batch(
        source,
        json_columns(source, rows),
        pl.Series(places, dtype=pl.Int64),
        place="line",
        length=line,
        rejected=rejected,
    )


def json_record(text: str) -> dict[str, Any]:
    """Read a record; raises `ValueError` for what is none."""
    if not text.lstrip().startswith("{"):
        raise ValueError("not an object")
    row: dict[str, Any] = JSON.decode(text)
    if "\\u" in text:
        refuse_halves(row)
    return row


def json_columns(source: Source, rows: list[dict[str, Any]]) -> pl.DataFrame:
    """Give records as columns, in the order in which their names are met."""
    names = dict.fromkeys(name for row in rows for name in row)
    COLUMNS.check(len(names), source)
    return pl.DataFrame({name: _column(name, [row.get(name) for row in rows]) for name in names})


def _column(name: str, values: list[Any]) -> pl.Series:
    known = [value for value in values if value is not None]
    if not known:
        return pl.Series(name, values, dtype=pl.Null)
    for kind, dtype in _TYPES.items():
        if all(type(value) is kind for value in known) and (
            kind is not int or all(abs(value) < 2**63 for value in known)
        ):
            return pl.Series(name, values, dtype=dtype)
    texts = [v if v is None or isinstance(v, str) else json.dumps(v) for v in values]
    return pl.Series(name, texts, dtype=pl.String)


def json_holds(dtype: pl.DataType) -> bool:
    """Whether a column of this type can be written."""
    return not isinstance(dtype, pl.Object | pl.Binary)


def json_cells(path: Path, visits: pl.DataFrame) -> pl.DataFrame:
    """Give cells as they are, NaN as null, or refuse numbers and times that JSON has not."""
    refuse_far_times(path, "JSON Lines", visits)
    visits = without_nan(visits)
    for column in visits.select(pl.selectors.float()):
        if not column.is_finite().all():
            what = f"{shorten(column.name)} holds infinity"
            unreadable(path, f"JSON Lines cannot hold these columns: {what}")
    return visits


def write_json_lines(frame: pl.LazyFrame, path: Path, _: dict[str, str]) -> None:
    """Write a whole file."""
    frame.sink_ndjson(path)
