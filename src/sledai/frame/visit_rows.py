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
from sledai.codebook import Codebook
from sledai.codebook.columns import field_sources
from sledai.codebook.dates import read_date
from sledai.codebook.fields import FieldColumn
from sledai.codebook.numbers import in_points
from sledai.codebook.words import Words, python_value
from sledai.engines import result_names
from sledai.errors import InvalidInputError, problems_listed, shorten
from sledai.frame.answer_columns import refuse_invalid
from sledai.frame.baseline_rows import BaselineRows
from sledai.frame.descriptor_columns import (
    DescriptorColumn,
    codebook_of,
    read_descriptors,
    words_of,
)
from sledai.frame.result_columns import ResultColumn
from sledai.frame.rows import RowsWhere, rows_where, visits_only
from sledai.quantities import written
from sledai.quantities.fields import whole
from sledai.records import message_of
from sledai.scoring import MAX_TOTAL, given_score
from sledai.visits import History, Visit
from sledai.visits.baseline import Baseline

__all__ = [
    "BY_NUMBER",
    "VisitRows",
    "cell_value",
    "read_visit_rows",
    "stating_visit",
    "visit_columns_of",
]

BY_NUMBER: Callable[[int], str] = "row {}, counting from 0".format
"""How a row is named in errors, unless the caller knows better."""


@dataclass(frozen=True, slots=True)
class VisitRows:
    """A frame, and for each patient the history with the numbers of its rows, by date."""

    input_: Any
    subject: str
    patients: dict[object, tuple[History, list[int]]]
    baselines: Mapping[object, Baseline]

    def of_visits(
        self, values: Iterable[dict[str, object]], types: Mapping[str, ResultColumn]
    ) -> Any:
        """Put values, given patient by patient and by date, beside the rows of their visits."""
        rows = (number for _, numbers in self.patients.values() for number in numbers)
        by_row = dict(zip(rows, values, strict=True))
        nothing: dict[str, object] = {name: None for name in types}  # noqa: C420 - typed
        found = [by_row.get(number, nothing) for number in range(len(self.input_))]
        return self._beside(self.input_.to_native(), found, types)

    def of_patients(
        self, values: Iterable[dict[str, object]], types: Mapping[str, ResultColumn]
    ) -> Any:
        """Put values beside the patients, in the order in which they first come."""
        first = [numbers[0] for _, numbers in self.patients.values()]
        native = self.input_.select(self.subject)[first].to_native()
        if self.input_.implementation.is_pandas():
            native = native.reset_index(drop=True)
        return self._beside(native, list(values), types)

    def _beside(
        self, native: Any, values: list[dict[str, object]], types: Mapping[str, ResultColumn]
    ) -> Any:
        names = result_names(nw.from_native(native).columns, types)
        data = {names[name]: [row[name] for row in values] for name in types}
        types = {names[name]: column for name, column in types.items()}
        engine = self.input_.implementation.to_native_namespace()
        if self.input_.implementation.is_pandas():
            dtypes = {"text": "string", "whole": "Int64", "number": "Float64"}
            columns = {n: engine.array(data[n], dtype=dtypes[t.kind]) for n, t in types.items()}
            return native.assign(**columns)
        kinds = {"text": engine.String, "whole": engine.Int64, "number": engine.Float64}
        return native.with_columns(
            engine.Series(n, data[n], dtype=kinds[t.kind]) for n, t in types.items()
        )


def read_visit_rows(
    df: Any,
    codebook: Codebook | None,
    subject: str | None,
    date: str | None,
    place: Callable[[int], str] = BY_NUMBER,
    *,
    baseline: BaselineRows | None = None,
) -> VisitRows:
    """Read each patient's visits, and which is the `baseline` where one is asked for.

    `place` names a row, given by its number, in errors.

    Raises `InvalidInputError` as `sledai.frame.by_visit` does.
    """
    book = codebook_of(codebook)
    df, frame = visits_only(df, _eager(df), book)
    book = stating_visit(book, subject, date)
    patients, dates = visit_columns_of(book)
    descriptors = read_descriptors(frame, codebook and book, (patients, dates))
    refuse_invalid(frame, descriptors)
    words = words_of(codebook)
    scores = book.recorded.scores
    needed = (patients, dates, *scores.values())
    if lacking := [name for name in needed if name not in frame.columns]:
        raise InvalidInputError.no_column(lacking[0])
    fields = {field.column: field for field in field_sources(frame.columns, book)}
    schema = frame.collect_schema()
    if nested := [name for name in (*needed, *fields) if schema[name].is_nested()]:
        raise InvalidInputError(f"column {shorten(nested[0])} holds lists; accepted: plain cells")
    items = [column for d in descriptors for column in d.columns]
    marks = _Marks.of(frame, baseline, book, words)
    columns = list(dict.fromkeys([*needed, *fields, *items, *marks.columns]))
    short = {name for name in fields if schema[name] == nw.Float32}
    visits: dict[object, list[tuple[Visit, int]]] = {}
    marked: dict[object, list[tuple[Visit, int]]] = {}
    for number, row in enumerate(_rows(frame, columns)):
        patient = python_value(row[patients])
        if words.says_nothing(patient):
            raise InvalidInputError(f"{place(number)}, column {shorten(patients)}: no patient")
        try:
            visit = _visit(row, dates, fields, descriptors, short, words, book)
        except InvalidInputError as error:
            raise InvalidInputError(f"{place(number)}, {error}") from None
        visits.setdefault(patient, []).append((visit, number))
        try:
            if marks.is_one(row, visit):
                marked.setdefault(patient, []).append((visit, number))
        except InvalidInputError as error:
            raise InvalidInputError(f"{place(number)}, {error}") from None
    for found in visits.values():
        found.sort(key=lambda one: one[0].date)
    for found in visits.values():
        _keep_one_a_day(found, book.visit.same_day)
    _refuse_doubled(visits.values(), place)
    return VisitRows(
        frame,
        patients,
        {
            patient: (History(visits=tuple(v for v, _ in found)), [n for _, n in found])
            for patient, found in visits.items()
        },
        {patient: marks.baseline(found, place) for patient, found in marked.items()},
    )


@dataclass(frozen=True, slots=True)
class _Marks:
    """Which rows can be the baseline of their patients."""

    rows: BaselineRows | None
    where: RowsWhere | None
    book: Codebook
    words: Words

    @classmethod
    def of(cls, frame: Any, rows: BaselineRows | None, book: Codebook, words: Words) -> "_Marks":
        where = None
        if rows is not None:
            where = rows_where(frame, rows.where)
            if rows.by_column is not None and rows.by_column not in frame.columns:
                raise InvalidInputError.no_column(rows.by_column, "the date of the baseline")
        return cls(rows, where, book, words)

    @property
    def columns(self) -> list[str]:
        """The columns that are looked at."""
        by = [] if self.rows is None or self.rows.by_column is None else [self.rows.by_column]
        return by if self.where is None else self.where.columns

    def is_one(self, row: Mapping[str, Any], visit: Visit) -> bool:
        if self.rows is None:
            return False
        if self.where is not None:
            return self.where.means(row)
        if self.rows.by_column is None:
            return self.rows.by_date is None or visit.date <= self.rows.by_date
        cell = row[self.rows.by_column]
        if self.words.says_nothing(cell):
            return False
        try:
            return visit.date <= read_date(python_value(cell), self.book.visit)
        except InvalidInputError as error:
            raise InvalidInputError(f"column {shorten(self.rows.by_column)}: {error}") from None

    def baseline(self, found: list[tuple[Visit, int]], place: Callable[[int], str]) -> Baseline:
        """Give the baseline of a patient by the rows that can be it.

        Raises `InvalidInputError` for two rows that are marked.
        """
        if self.where is not None and len(found) > 1:
            (_, one), (_, other), *_ = found
            raise InvalidInputError(
                f"{place(one)} and {place(other)}: two baselines of one patient; accepted: one, "
                f"{self.rows}"
            )
        days = [visit.date for visit, _ in found]
        is_first = self.rows == BaselineRows.first()
        return Baseline.marked(min(days) if is_first else max(days))


def stating_visit(book: Codebook, subject: str | None, date: str | None) -> Codebook:
    """State in a codebook the columns of the patient and of the date that were named."""
    named = {"subject": subject, "date": date}
    return book.stating(
        {"visit": {what: column for what, column in named.items() if column is not None}}
    )


def visit_columns_of(book: Codebook) -> tuple[str, str]:
    """Give the columns of the patient and of the date.

    Raises `InvalidInputError` where a codebook names none.
    """
    patients, dates = book.visit.subject, book.visit.when
    if patients is None or dates is None:
        what = "subject" if patients is None else "date"
        raise InvalidInputError(f"no {what}; accepted: a column, or {what} in [visit]")
    return patients, dates


def _keep_one_a_day(found: list[tuple[Visit, int]], same_day: str) -> None:
    """Leave out the other rows of a day, where the codebook says which one counts."""
    if same_day == "refuse":
        return
    by_day: dict[Any, tuple[Visit, int]] = {}
    for visit, number in sorted(found, key=lambda one: one[1], reverse=same_day == "first"):
        by_day[visit.date] = (visit, number)  # the last that comes stays
    found[:] = sorted(by_day.values(), key=lambda one: one[0].date)


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


def _visit(
    row: Mapping[str, Any],
    date: str,
    named: Mapping[str, FieldColumn],
    descriptors: list[DescriptorColumn],
    short: Collection[str],
    words: Words,
    book: Codebook,
) -> Visit:
    answers = {r.descriptor.value: r.says(row) for r in descriptors}
    values: dict[str, Any] = dict(book.fields.asserted)
    for theirs, field in named.items():
        try:
            cell = row[theirs]
            values[field.name] = cell_value(field, cell, words, book, short=theirs in short)
        except InvalidInputError as error:
            raise InvalidInputError(f"column {shorten(theirs)}: {error}") from None
    for name, theirs in book.recorded.scores.items():
        values[name] = _recorded_score(row[theirs], theirs, words)
    assessment = Assessment.model_validate(answers)
    try:
        when = read_date(python_value(row[date]), book.visit)
    except InvalidInputError as error:
        raise InvalidInputError(f"column {shorten(date)}: {error}") from None
    try:
        return Visit.model_validate({"date": when, "assessment": assessment, **values})
    except ValidationError as error:
        line = error.errors()[0]
        said = message_of(line)
        for column, field in named.items():
            if line["loc"] == (field.name,):
                said = f"column {shorten(column)}: {said}"
        raise InvalidInputError(said) from None


def _recorded_score(cell: Any, column: str, words: Words) -> int | None:
    if words.says_nothing(cell):
        return None
    number = written(python_value(cell))
    try:
        return given_score(None if number is None else whole(float(number)), "")
    except InvalidInputError:
        accepted = f"a whole number 0 to {MAX_TOTAL}"
        raise InvalidInputError.found(cell, accepted, f"column {shorten(column)}") from None


def cell_value(
    field: FieldColumn, cell: Any, words: Words, book: Codebook, *, short: bool = False
) -> Any:
    """Take a cell for a field: what it says for a sign, short floats as they were written.

    Raises `InvalidInputError` for a number beyond the scale of the column.
    """
    if field.is_sign:
        return words.meaning(cell)
    decimal = book.file.decimal
    if decimal is not None and isinstance(cell, str) and not field.is_letter:
        cell = in_points(cell, decimal)
    if words.says_nothing(cell):
        return None
    cell = python_value(cell)
    return field.value(f"{cell:.{_DIGITS}g}" if short and isinstance(cell, float) else cell)


_DIGITS = 7  # which a float of 32 bits keeps of a decimal
