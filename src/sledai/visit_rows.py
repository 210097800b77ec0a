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
from sledai.codes import Codes, is_missing, python_value
from sledai.columns import Layout, Reading, read_columns, refuse_invalid
from sledai.errors import InvalidInputError, problems_listed, shorten
from sledai.quantities import UNITS
from sledai.visit_fields import FIELDS, FieldColumn, field_column
from sledai.visits import RANGES, History, Visit, day

__all__ = ["BY_NUMBER", "VisitRows", "read_visit_rows"]

BY_NUMBER: Callable[[int], str] = "row {}, counting from 0".format
"""How a row is named in errors, unless the caller knows better."""


@dataclass(frozen=True, slots=True)
class VisitRows:
    """A frame, and for each patient the history with the numbers of its rows, by date."""

    input_: Any
    patients: dict[object, tuple[History, list[int]]]

    def of_visits(self, values: Iterable[dict[str, object]], types: Mapping[str, str]) -> Any:
        """Put values, given patient by patient and by date, beside the rows of their visits."""
        rows = (number for _, numbers in self.patients.values() for number in numbers)
        by_row = dict(zip(rows, values, strict=True))
        return self._beside(self.input_.to_native(), [by_row[n] for n in sorted(by_row)], types)

    def of_patients(
        self, subject: str, values: Iterable[dict[str, object]], types: Mapping[str, str]
    ) -> Any:
        """Put values beside the patients, in the order in which they first come."""
        first = [numbers[0] for _, numbers in self.patients.values()]
        native = self.input_.select(subject)[first].to_native()
        if self.input_.implementation.is_pandas():
            native = native.reset_index(drop=True)
        return self._beside(native, list(values), types)

    def _beside(
        self, native: Any, values: list[dict[str, object]], types: Mapping[str, str]
    ) -> Any:
        data = {name: [row[name] for row in values] for name in types}
        engine = self.input_.implementation.to_native_namespace()
        if self.input_.implementation.is_pandas():
            dtypes = {"text": "string", "whole": "Int64", "number": "Float64"}
            columns = {n: engine.array(data[n], dtype=dtypes[kind]) for n, kind in types.items()}
            return native.assign(**columns)
        kinds = {"text": engine.String, "whole": engine.Int64, "number": engine.Float64}
        return native.with_columns(
            engine.Series(n, data[n], dtype=kinds[kind]) for n, kind in types.items()
        )


def read_visit_rows(
    df: Any,
    subject: str,
    date: str,
    fields: Mapping[str, str] | None,
    layout: Layout,
    place: Callable[[int], str] = BY_NUMBER,
) -> VisitRows:
    """Read each patient's visits; `place` names a row, given by its number, in errors.

    Raises `InvalidInputError` as `sledai.follow_up.by_visit` does.
    """
    if subject == date:
        raise InvalidInputError(f"column {shorten(subject)} is named for patient and date")
    frame = _eager(df)
    readings = read_columns(frame, layout)
    refuse_invalid(frame, readings)
    codes = Codes.of(layout.words)
    named = _fields(frame, fields or {}, [subject, date], readings)
    schema = frame.collect_schema()
    columns = [subject, date, *named, *(r.column for r in readings if r.kind is not None)]
    short = {name for name in named if schema[name] == nw.Float32}
    visits: dict[object, list[tuple[Visit, int]]] = {}
    for number, row in enumerate(_rows(frame, columns)):
        patient = python_value(row[subject])
        if is_missing(patient):
            raise InvalidInputError(f"{place(number)}, column {shorten(subject)}: no patient")
        try:
            visit = _visit(row, date, named, readings, short, codes)
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


def _rows(frame: Any, columns: list[str]) -> list[Mapping[str, Any]]:
    """Give rows as python holds them, or refuse what it cannot hold."""
    try:
        return cast("list[Mapping[str, Any]]", frame[columns].rows(named=True))
    except BaseException as error:  # a panic of polars is no Exception
        polars = type(error).__name__ in {"ComputeError", "PanicException"}
        if not polars and not isinstance(error, ValueError | OverflowError):
            raise
        raise InvalidInputError(
            f"columns {', '.join(map(shorten, columns))}: found a time that python cannot hold; "
            "accepted: dates of the years 1 to 9999, with the name of a time zone or none"
        ) from None


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
) -> dict[str, FieldColumn]:
    """Say which column holds which field of a visit, on which scale or in which unit."""
    there = frame.columns
    if lacking := [name for name in (*needed, *named) if name not in there]:
        raise InvalidInputError(f"no column {', '.join(map(shorten, lacking))}")
    found = {theirs: field_column(text, column=theirs) for theirs, text in named.items()}
    if len({field.name for field in found.values()}) < len(found):
        raise InvalidInputError("fields: two columns are named for one field")
    taken = {*needed, *(reading.column for reading in readings)}
    if both := [theirs for theirs in named if theirs in taken]:
        raise InvalidInputError(f"column {shorten(both[0])} is named for {named[both[0]]} too")
    schema = frame.collect_schema()
    if nested := [name for name in (*needed, *named) if schema[name].is_nested()]:
        raise InvalidInputError(f"column {shorten(nested[0])} holds lists; accepted: plain cells")
    read = {field.name for field in found.values()}
    for name in FIELDS:
        if name in there and name not in read and name not in {*found, *taken}:
            found[name] = field_column(name, column=name)
    return found


def _visit(
    row: Mapping[str, Any],
    date: str,
    named: Mapping[str, FieldColumn],
    readings: list[Reading],
    short: Collection[str],
    codes: Codes,
) -> Visit:
    answers = {r.descriptor.value: r.says(row) for r in readings}
    values: dict[str, Any] = {}
    for theirs, field in named.items():
        try:
            values[field.name] = _value(field, row[theirs], codes, short=theirs in short)
        except InvalidInputError as error:
            raise InvalidInputError(f"column {shorten(theirs)}: {error}") from None
    assessment = Assessment.model_validate(answers)
    try:
        when = day(row[date])
    except InvalidInputError as error:
        raise InvalidInputError(f"column {shorten(date)}: {error}") from None
    try:
        return Visit.model_validate({"date": when, "assessment": assessment, **values})
    except ValidationError as error:
        line = error.errors()[0]
        column = next(theirs for theirs, field in named.items() if field.name == line["loc"][0])
        said = str(line["msg"]).removeprefix("Value error, ")
        raise InvalidInputError(f"column {shorten(column)}: {said}") from None


def _value(field: FieldColumn, cell: Any, codes: Codes, *, short: bool) -> Any:
    """Take a cell for a field: what it says for a sign, short floats as they were written."""
    if field.name not in RANGES and field.name not in UNITS:
        return codes.meaning(cell)
    if is_missing(cell) or cell in codes.nothing:
        return None
    cell = python_value(cell)
    return field.value(f"{cell:.{_DIGITS}g}" if short and isinstance(cell, float) else cell)


_DIGITS = 7  # which a float of 32 bits keeps of a decimal
