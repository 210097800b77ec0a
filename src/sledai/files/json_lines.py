"""JSON Lines: read whole, by python's own parser, which can refuse a key that stands twice."""

import json
from math import isfinite
from pathlib import Path
from typing import Any, NoReturn

import polars as pl

from sledai.errors import shorten
from sledai.files.batches import Batch, Rejected, VisitFile, refuse_far_times, unreadable

__all__ = ["json_cells", "json_holds", "open_json_lines", "write_json_lines"]

_TYPES: dict[type, type[pl.DataType]] = {
    bool: pl.Boolean,
    int: pl.Int64,
    float: pl.Float64,
    str: pl.String,
}


def open_json_lines(path: Path) -> VisitFile:
    """Read a JSON Lines file; a column whose values are not all of one plain type becomes text."""
    # Polars would lose the order of more than 32 columns (pola-rs/polars#23023), take the last of
    # two equal keys, and round whole numbers that share a column with others.
    rows: list[dict[str, Any]] = []
    places: list[int] = []
    rejected: list[Rejected] = []
    line = 0
    try:
        with path.open(encoding="utf-8-sig") as file:
            for line, text in enumerate(file, 1):
                if not text.strip():
                    continue
                try:
                    rows.append(_row(text))
                    places.append(line)
                except (ValueError, RecursionError) as error:
                    reason = f"not readable as JSON Lines: {error}"
                    rejected.append(Rejected(line, reason, text.rstrip("\n")))
    except UnicodeDecodeError:
        unreadable(path, f"line {line + 1} or soon after: not UTF-8 text; save the file as UTF-8")
    names = list(dict.fromkeys(name for row in rows for name in row))
    if not names and not rejected:
        unreadable(path, "no rows")
    columns = {name: _column(name, [row.get(name) for row in rows]) for name in names}
    batch = Batch(
        visits=pl.DataFrame(columns),
        places=pl.Series(places, dtype=pl.Int64),
        rejected=tuple(rejected),
        end=line,
    )
    return VisitFile(
        path=path, columns=names, place="line", length=line, batches=(batch for batch in [batch])
    )


def _row(text: str) -> dict[str, Any]:
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

    if not text.lstrip().startswith("{"):
        raise ValueError("not an object")
    row: dict[str, Any] = json.loads(
        text, object_pairs_hook=pairs, parse_constant=constant, parse_float=number
    )
    if "\\u" in text:  # half a character, escaped, is no text
        json.dumps(row, ensure_ascii=False).encode()
    return row


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
    """Give cells as they are, or refuse numbers and times that JSON has not."""
    refuse_far_times(path, "JSON Lines", visits)
    for column in visits.select(pl.selectors.float()):
        if not column.is_finite().all():
            what = f"{shorten(column.name)} holds NaN or infinity"
            unreadable(path, f"JSON Lines cannot hold these columns: {what}")
    return visits


def write_json_lines(frame: pl.LazyFrame, path: Path) -> None:
    """Write a whole file."""
    frame.sink_ndjson(path)
