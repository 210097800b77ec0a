"""The course of patients on each kind of frame: rows of polars in order, windows on other engines.

Needs the extra `frame`.
"""

from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass
from importlib import import_module
from typing import Any, cast

import narwhals as nw

from sledai.codebook import Codebook
from sledai.codebook.columns import field_sources
from sledai.engines import BETWEEN, column_of, expressions_of, opened, result_names
from sledai.errors import InvalidInputError
from sledai.frame.answer_columns import counted
from sledai.frame.baseline_columns import BASELINE_DAY, baseline_results, beside_baseline
from sledai.frame.baseline_rows import BaselineRows
from sledai.frame.beside import Beside
from sledai.frame.course_columns import SUBJECT, paired, patient_sums, same_day, visit_results
from sledai.frame.descriptor_columns import read_descriptors
from sledai.frame.history_rows import patients_by_row, visits_by_row
from sledai.frame.in_polars import in_polars, with_results
from sledai.frame.plain_cells import NotPlain, read_plain
from sledai.frame.plain_visits import DAY, MARKED, PlainVisits
from sledai.frame.result_columns import (
    BASELINE_COLUMNS,
    INVALID_COLUMN,
    ResultColumn,
    patient_columns,
    visit_columns,
)
from sledai.frame.rows import visits_only
from sledai.frame.visit_rows import read_visit_rows, visit_columns_of
from sledai.indices.states import Readings

__all__ = ["PANDAS_TYPES", "Followed", "beside_rows"]

_ROW = f"{BETWEEN}row"
_WRONG = f"{BETWEEN}wrong"


@dataclass(frozen=True, slots=True)
class Followed:
    """How patients are followed: by which columns, and by which readings of the indices."""

    codebook: Codebook | None
    book: Codebook
    readings: Readings
    baseline: BaselineRows | None = None

    @property
    def subject(self) -> str:
        """The column of the patient."""
        return visit_columns_of(self.book)[0]

    @property
    def columns(self) -> dict[str, ResultColumn]:
        """The columns of a visit."""
        more = {} if self.baseline is None else BASELINE_COLUMNS
        return visit_columns(self.readings) | more

    def _results(
        self, visits: Any, plain: PlainVisits, beside: Beside
    ) -> tuple[Any, dict[str, Any]]:
        """Give visits with what is computed in between, and their results in their types."""
        results = visit_results(beside, self.readings)
        if self.baseline is not None:
            visits, then = beside_baseline(visits, plain, self.baseline, beside.kept)
            results |= baseline_results(then)
        engine, columns = plain.engine, self.columns
        typed = {
            name: value.cast(engine.Int64) if columns[name].kind == "whole" else value
            for name, value in results.items()
        }
        return beside.kept.added(visits), typed

    def eagerly(self, df: Any, *, patients: bool) -> Any:
        """Follow the visits of a frame in memory, by expressions of polars where they can."""
        wide, frame = visits_only(df, opened(df), self.book)
        cells = wide if frame.implementation.is_polars() else in_polars(frame, self.read(frame))
        if cells is not None and not self.book.recorded.scores:
            with suppress(NotPlain):
                rows, found = self.in_memory(cells, patients=patients)
                if patients:
                    frame = _rows_of(frame, self.subject, rows)
                return beside_rows(frame, found, self.columns_of(patients=patients))
        return self.row_by_row(df, patients=patients)

    def row_by_row(self, df: Any, *, patients: bool) -> Any:
        """Follow the visits of an eager frame by the functions of the indices themselves."""
        if nw.from_native(df).implementation.is_pyarrow():
            polars = import_module("polars")
            return self.row_by_row(polars.from_arrow(df), patients=patients).to_arrow()
        visit = self.book.visit
        read = read_visit_rows(df, self.codebook, visit.subject, visit.date, baseline=self.baseline)
        if patients:
            return patients_by_row(read, self.readings)
        return visits_by_row(read, self.readings, self.columns)

    def columns_of(self, *, patients: bool) -> dict[str, ResultColumn]:
        """Give the columns of a patient, or of a visit."""
        return patient_columns(self.readings) if patients else self.columns

    def read(self, frame: Any) -> list[str]:
        """Name the columns of a frame that are read."""
        used = visit_columns_of(self.book)
        there = frame.collect_schema().names()
        if lacking := [name for name in used if name not in there]:
            raise InvalidInputError.no_column(lacking[0])
        descriptors = read_descriptors(frame, self.codebook, used)
        fields = field_sources(there, self.book)
        baseline = [] if self.baseline is None else self.baseline.columns
        names = [
            *used,
            *(column for d in descriptors for column in d.columns),
            *(field.column for field in fields),
            *(name for name in baseline if name in there),
        ]
        return list(dict.fromkeys(names))

    def in_memory(self, df: Any, *, patients: bool = False) -> tuple[list[int], Any]:
        """Follow the visits of an eager frame of polars: results in the order of its rows.

        Of patients there is a row each, in the order in which they first come, and the numbers of
        their first rows. Raises `NotPlain` for cells that expressions do not read, and
        `InvalidInputError` for columns.
        """
        frame = nw.from_native(df)
        engine = expressions_of(frame)
        plain, read = read_plain(frame, engine, self.codebook, self.book, self.baseline)
        subject = column_of(engine, self.subject)
        visits = read.to_native().select(
            subject.alias(SUBJECT), plain.wrong.alias(_WRONG), **plain.columns
        )
        if visits[_WRONG].sum():
            raise NotPlain
        plain = plain.settled(visits)
        visits = visits.drop(_WRONG).with_row_index(_ROW)
        if (keep := self.book.visit.same_day) != "refuse":
            if patients:  # who come in the order of their first rows, also of those left out
                visits = visits.with_columns(engine.col(_ROW).min().over(SUBJECT))
            visits = visits.unique([SUBJECT, DAY], keep=keep, maintain_order=True)
        if MARKED in visits.columns and visits.filter(MARKED)[SUBJECT].is_duplicated().any():
            raise NotPlain
        visits, sorted_ = _in_order(visits)
        lazy, beside = paired(visits.lazy().with_columns(**plain.totals), plain)
        if patients:
            found = patient_sums(lazy, beside, self.readings, [engine.col(_ROW).min()])
            found = found.sort(_ROW).drop(SUBJECT).collect()
            return found[_ROW].to_list(), found.drop(_ROW)
        lazy, made = self._results(lazy, plain, beside)
        results = lazy.select(_ROW, **made)
        if len(visits) < len(df):  # other rows of a day
            rows = engine.LazyFrame({_ROW: range(len(df))}, schema={_ROW: visits.schema[_ROW]})
            results, sorted_ = rows.join(results, on=_ROW, how="left", maintain_order="left"), True
        return [], (results if sorted_ else results.sort(_ROW)).drop(_ROW).collect()

    def refuse_lazy(self) -> None:
        """Refuse what cannot be asked of a lazy frame."""
        if self.book.recorded.scores:
            raise InvalidInputError.in_words(
                "a frame that is lazy", "recorded scores in a frame in memory", "[recorded]"
            )
        if (keep := self.book.visit.same_day) != "refuse":
            raise InvalidInputError.in_words(
                f"same_day {keep!r} of a frame that is lazy, whose rows have no order",
                "refuse, or a frame in memory",
                "[visit]",
            )

    def lazily(self, frame: Any, *, patients: bool = False) -> Any:
        """Add results to the opened lazy frame of any engine; nothing is computed here.

        Cells that are not accepted count as not known, and `INVALID_COLUMN` counts them; so does
        the second of two visits of a patient on one date.
        """
        engine = expressions_of(frame)
        self.refuse_lazy()
        there = frame.collect_schema().names()
        plain, frame = read_plain(frame, engine, self.codebook, self.book, self.baseline)
        columns = self.columns_of(patients=patients)
        names = result_names([self.subject] if patients else there, [*columns, INVALID_COLUMN])
        polars = engine.__name__ == "polars"
        visits: Any = frame.to_native().lazy().with_row_index(_ROW) if polars else frame
        visits = visits.with_columns(
            column_of(engine, self.subject).alias(SUBJECT),
            plain.wrong.alias(_WRONG),
            **plain.columns,
        )
        if polars:
            if isinstance(frame, nw.DataFrame):  # a partition, of which the answers can be seen
                read = visits.collect()
                plain, visits = plain.settled(read), read.lazy()
            visits = visits.with_columns(**plain.totals).sort(SUBJECT, DAY)
        else:
            kept = [*there, SUBJECT, _WRONG, *plain.names_unpacked]
            visits = visits.select(*kept, **plain.totals, **plain.bits)
        visits, beside = paired(visits, plain)
        wrong = engine.col(_WRONG) + counted(engine, same_day(engine))
        if patients:
            visits = visits.with_columns(wrong.alias(_WRONG))
            first = [engine.col(_ROW).min()] if polars else []
            found = patient_sums(
                visits,
                beside,
                self.readings,
                [engine.col(_WRONG).sum().cast(engine.Int64).alias(INVALID_COLUMN), *first],
            )
            if polars:
                found = found.sort(_ROW).drop(_ROW)
            return _native(found.rename({SUBJECT: self.subject, **names}))
        visits, made = self._results(visits, plain, beside)
        if MARKED in plain.columns:
            other = engine.col(MARKED) & (engine.col(DAY) != engine.col(BASELINE_DAY))
            wrong = wrong + counted(engine, other)
        results = {**made, INVALID_COLUMN: wrong.cast(engine.Int64)}
        named = {names[name]: value for name, value in results.items()}
        if polars:
            return visits.with_columns(**named).sort(_ROW).select(*there, *named)
        return _native(visits.select(*there, **named))


PANDAS_TYPES = {"whole": "Int64", "number": "Float64", "text": "string"}
"""What pandas calls the types of columns that can be missing."""


def beside_rows(frame: Any, results: Any, types: Mapping[str, ResultColumn]) -> Any:
    """Put results of polars beside the rows of an eager frame, as its engine has them."""
    names = result_names(frame.columns, types)
    results = results.rename(names)
    if frame.implementation.is_polars():
        return frame.to_native().hstack(results)
    return with_results(frame, results, {names[n]: PANDAS_TYPES[t.kind] for n, t in types.items()})


def _rows_of(frame: Any, column: str, rows: list[int]) -> Any:
    some = frame.select(column)[rows]
    if frame.implementation.is_pandas():
        return nw.from_native(some.to_native().reset_index(drop=True))
    return some


def _native(frame: Any) -> Any:
    return cast("Any", frame).to_native() if isinstance(frame, nw.LazyFrame) else frame


def _in_order(visits: Any) -> tuple[Any, bool]:
    """Put visits in the order of patients and dates, and say whether they were in it.

    Raises `NotPlain` for two visits of a patient on one date.
    """
    polars: Any = nw.from_native(visits).implementation.to_native_namespace()
    patient, day = polars.col(SUBJECT), polars.col(DAY)
    first = patient.ne_missing(patient.shift(1)).fill_null(value=True)
    later = (day > day.shift(1)).fill_null(value=True)

    def said(frame: Any) -> Any:
        return (
            frame.lazy()
            .select(runs=first.sum(), patients=patient.n_unique(), later=(first | later).all())
            .collect()
            .row(0)
        )

    if not len(visits):
        return visits, True
    runs, patients, rising = said(visits)
    if rising and runs == patients:
        return visits, True
    visits = visits.sort(SUBJECT, DAY)
    if not said(visits)[2]:
        raise NotPlain
    return visits, False
