"""Visits read from the rows of a data frame, one row a visit, and results put beside the rows.

For eager polars and pandas. Needs the extra `frame`.
"""

from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass
from itertools import pairwise
from typing import Any, cast

import narwhals as nw
from pydantic import ValidationError

from sledai.assessment import Assessment
from sledai.columns import Reading, read_columns, refuse_invalid
from sledai.descriptors import Descriptor, descriptor_set
from sledai.errors import InvalidInputError, problems_listed, shorten
from sledai.quantities import UNITS
from sledai.visits import RANGES, History, Visit, day

__all__ = ["BY_NUMBER", "FIELDS", "VisitRows", "read_visit_rows"]

FIELDS = tuple(name for name in Visit.model_fields if name not in {"date", "assessment"})
"""The fields of a visit that columns may hold, beside the date and the descriptors."""


BY_NUMBER: Callable[[int], str] = "row {}, counting from 0".format
"""How a row is named in errors, unless the caller knows better."""


@dataclass(frozen=True, slots=True)
class VisitRows:
    """A frame, and for each patient the history with the numbers of its rows, by date."""

    input_: Any
    patients: dict[object, tuple[History, list[int]]]

    def frame(
        self,
        kept: list[str],
        rows: list[int],
        values: list[dict[str, object]],
        types: Mapping[str, str],
    ) -> Any:
        """Take columns of the input at these rows, and add columns of values beside them."""
        native = self.input_.select(kept)[rows].to_native()
        data = {name: [row[name] for row in values] for name in types}
        engine = self.input_.implementation.to_native_namespace()
        if self.input_.implementation.is_pandas():
            dtypes = {"text": "string", "whole": "Int64", "number": "Float64"}
            columns = {n: engine.array(data[n], dtype=dtypes[kind]) for n, kind in types.items()}
            return native.reset_index(drop=True).assign(**columns)
        kinds = {"text": engine.String, "whole": engine.Int64, "number": engine.Float64}
        return native.with_columns(
            engine.Series(n, data[n], dtype=kinds[kind]) for n, kind in types.items()
        )


def read_visit_rows(
    df: Any,
    subject: str,
    date: str,
    columns: Mapping[str, Descriptor | str] | None,
    fields: Mapping[str, str] | None,
    not_collected: Iterable[Descriptor | str],
    absent: Iterable[Descriptor | str],
    place: Callable[[int], str] = BY_NUMBER,
) -> VisitRows:
    """Read each patient's visits; `place` names a row, given by its number, in errors.

    Raises `InvalidInputError` as `sledai.follow_up.by_visit` does.
    """
    frame = _eager(df)
    readings = read_columns(
        frame, columns or {}, descriptor_set(not_collected), descriptor_set(absent)
    )
    refuse_invalid(frame, readings)
    named = _fields(frame, fields or {}, [subject, date], readings)
    short = {n for n, dtype in frame.collect_schema().items() if dtype == nw.Float32}
    visits: dict[object, list[tuple[Visit, int]]] = {}
    for number, row in enumerate(frame.iter_rows(named=True)):
        patient = row[subject]
        if _missing(patient):
            raise InvalidInputError(f"{place(number)}, column {shorten(subject)}: no patient")
        try:
            visit = _visit(row, date, named, readings, short)
        except InvalidInputError as error:
            raise InvalidInputError(f"{place(number)}, {error}") from None
        visits.setdefault(patient, []).append((visit, number))
    for found in visits.values():
        found.sort(key=lambda one: one[0].date)
    _refuse_doubled(visits.values(), place)
    return VisitRows(
        frame,
        {
            patient: (History(visits=tuple(v for v, _ in found)), [n for _, n in found])
            for patient, found in visits.items()
        },
    )


def _refuse_doubled(
    patients: Iterable[list[tuple[Visit, int]]], place: Callable[[int], str]
) -> None:
    doubled = [
        f"{place(first)} and {place(second)}: one patient twice on {one.date}"
        for found in patients
        for (one, first), (two, second) in pairwise(found)
        if one.date == two.date
    ]
    if doubled:
        said = f"visits of one patient on one date: {len(doubled)}; accepted: one visit of a date"
        raise InvalidInputError(problems_listed(said, doubled, len(doubled)))


def _missing(cell: Any) -> bool:
    """Whether a cell holds nothing, as each engine writes it."""
    if cell is None or type(cell).__name__ in {"NAType", "NaTType"}:
        return True
    return isinstance(cell, float) and cell != cell  # noqa: PLR0124 - NaN


def _eager(df: Any) -> Any:
    frame: Any = nw.from_native(df, pass_through=True)
    if isinstance(frame, nw.DataFrame) and (
        frame.implementation.is_polars() or frame.implementation.is_pandas()
    ):
        return cast("Any", frame)
    raise InvalidInputError(
        f"found {type(df).__name__}; accepted: a data frame of polars (eager) or pandas"
    )


def _fields(
    frame: Any, named: Mapping[str, str], needed: list[str], readings: list[Reading]
) -> dict[str, str]:
    """Say which column holds which field of a visit."""
    there = frame.columns
    if lacking := [name for name in (*needed, *named) if name not in there]:
        raise InvalidInputError(f"no column {', '.join(map(shorten, lacking))}")
    if unknown := [field for field in named.values() if field not in FIELDS]:
        raise InvalidInputError(
            f"fields: found {shorten(unknown[0])}; accepted: {', '.join(FIELDS)}"
        )
    if len(set(named.values())) < len(named):
        raise InvalidInputError("fields: two columns are named for one field")
    taken = {*needed, *(reading.column for reading in readings)}
    if both := [theirs for theirs in named if theirs in taken]:
        raise InvalidInputError(f"column {shorten(both[0])} is named for {named[both[0]]} too")
    schema = frame.collect_schema()
    if nested := [name for name in (*needed, *named) if schema[name].is_nested()]:
        raise InvalidInputError(f"column {shorten(nested[0])} holds lists; accepted: plain cells")
    found = dict(named)
    for name in FIELDS:
        if name in there and name not in found.values() and name not in {*found, *taken}:
            found[name] = name
    return found


def _visit(
    row: Mapping[str, Any],
    date: str,
    named: Mapping[str, str],
    readings: list[Reading],
    short: Collection[str],
) -> Visit:
    answers = {r.descriptor.value: _answer(r, row) for r in readings}
    values = {
        field: _value(field, row[theirs], short=theirs in short) for theirs, field in named.items()
    }
    assessment = Assessment.model_validate(answers)
    try:
        when = day(row[date])
    except InvalidInputError as error:
        raise InvalidInputError(f"column {shorten(date)}: {error}") from None
    try:
        return Visit.model_validate({"date": when, "assessment": assessment, **values})
    except ValidationError as error:
        line = error.errors()[0]
        column = next(theirs for theirs, field in named.items() if field == line["loc"][0])
        said = str(line["msg"]).removeprefix("Value error, ")
        raise InvalidInputError(f"column {shorten(column)}: {said}") from None


def _answer(reading: Reading, row: Mapping[str, Any]) -> bool | None:
    if not reading.column:
        return None if reading.not_collected else False
    cell = row[reading.column]
    return None if _missing(cell) else bool(cell)


def _value(field: str, cell: Any, *, short: bool) -> Any:
    """Take a cell for a field: 1 and 0 for the answers to a sign, short floats as written."""
    if _missing(cell):
        return None
    if hasattr(cell, "item"):  # of numpy
        cell = cell.item()
    if field not in RANGES and field not in UNITS and cell in (0, 1):
        return bool(cell)
    return f"{cell:.{_DIGITS}g}" if short and isinstance(cell, float) else cell


_DIGITS = 7  # which a float of 32 bits keeps of a decimal
