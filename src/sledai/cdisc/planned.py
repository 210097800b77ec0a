"""Planned visits in analysis rows: which visit stands for which, and how a missing answer counts.

Both are asked of `sledai.visits.windows` and `sledai.indices.missing_visits`; here their answers
become columns, and rows of their own. Needs the extra `frame`.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

import polars as pl

from sledai.cdisc.study_visits import PATIENT, ROW, StudyVisits, study_day
from sledai.cdisc.terms import DERIVATION_TYPES, VERDICT, Parameter, verdict_values
from sledai.displays import Value
from sledai.errors import InvalidInputError, require, require_several
from sledai.indices.missing_visits import Missing, count_missing
from sledai.verdict import Verdict
from sledai.visits.windows import PlannedVisits, Tie, Window, planned_visits

__all__ = ["BASELINE", "CHOSEN", "WHEN", "Plan", "counted_rows", "planned_columns"]

BASELINE = "Baseline"
"""The analysis visit of the baseline, which stands for itself."""
CHOSEN, WHEN = "stands for its visit", "the place in time"
"""Whether a visit stands for its planned one, and the date by which rows are put in order."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan(Value):
    """The planned visits of a trial, which of two visits stands for one, how a missing one counts.

    The days of a window are counted from the baseline, which is day 0, as the functions of
    `sledai.visits.windows` count them; AWTARGET, AWLO and AWHI are numbered as ADY is.

    `windows` and `tie` are those of `sledai.visits.windows.planned_visits`, and `missing` is a way
    of `sledai.indices.missing_visits.count_missing`, which counts for states and responses.

    Raises `InvalidInputError` for what are no windows, for one that is called as the baseline is,
    and for another way; the functions that take a plan raise for the rest, as `planned_visits`
    does.

    >>> plan = Plan(windows=[Window(name="Week 4", target=28, first=21, last=35)], tie="earlier")
    >>> plan.missing
    'open'
    """

    windows: Sequence[Window]
    tie: Tie
    missing: Missing = "open"

    def __post_init__(self) -> None:
        require_several(self.windows, "windows", "a list of windows")
        for window in self.windows:
            require(window, Window, "windows", "a Window each")
            if window.name == BASELINE:
                accepted = "another name than that of the baseline"
                raise InvalidInputError.found(window.name, accepted, "windows")
        ordered = sorted(self.windows, key=lambda window: window.first)
        object.__setattr__(self, "windows", tuple(ordered))
        count_missing({}, good=Verdict.MET, missing=self.missing)


_WINDOW: dict[str, pl.DataType] = {
    "AVISIT": pl.String(),
    "AVISITN": pl.Float64(),
    "AWTARGET": pl.Int64(),
    "AWLO": pl.Int64(),
    "AWHI": pl.Int64(),
    "AWU": pl.String(),
}
_IN_DAYS = "DAYS"


def planned_columns(visits: StudyVisits, plan: Plan) -> pl.DataFrame:
    """Say of rows in which planned visit they are, and whether they stand for it.

    A row that is in none, or of a patient without a baseline, is not there.

    Raises `InvalidInputError` as `planned_visits` does.
    """
    schema = {ROW: pl.Int64(), CHOSEN: pl.Boolean(), **_WINDOW}
    return pl.DataFrame([*_places(visits, plan)], schema=schema, orient="row")


def _places(visits: StudyVisits, plan: Plan) -> Iterator[tuple[object, ...]]:
    for patient, found in _planned(visits, plan):
        history, rows = visits.read.patients[patient]
        named = _named(visits, plan, patient, found.baseline.date)
        chosen = {visit.date for visit in found.visits.values() if visit is not None}
        for visit, row in zip(history.visits, rows, strict=True):
            day = (visit.date - found.baseline.date).days
            if day == 0:
                yield row, True, BASELINE, 0.0, None, None, None, None
            for window in plan.windows:
                if window.first <= day <= window.last:
                    yield row, visit.date in chosen, *named[window.name]


def _named(
    visits: StudyVisits, plan: Plan, patient: object, start: date
) -> dict[str, tuple[object, ...]]:
    """Say of each window what its rows have, with its days in the numbering of ADY.

    Planned visits are numbered in the order of time, where the baseline is 0.
    """
    day_1 = visits.first_day(patient, start)
    before = sum(window.last < 0 for window in plan.windows)
    named: dict[str, tuple[object, ...]] = {}
    for place, window in enumerate(plan.windows):
        number = place - before if place < before else place - before + 1
        days = [
            None if day_1 is None else study_day(start + timedelta(day), day_1)
            for day in (window.target, window.first, window.last)
        ]
        unit = None if day_1 is None else _IN_DAYS
        named[window.name] = (window.name, float(number), *days, unit)
    return named


def _planned(visits: StudyVisits, plan: Plan) -> Iterator[tuple[object, PlannedVisits]]:
    for patient, history, baseline in visits.with_baseline():
        yield patient, planned_visits(history, baseline, plan.windows, tie=plan.tie)


def counted_rows(
    table: pl.DataFrame, visits: StudyVisits, plan: Plan, parameters: Iterable[Parameter]
) -> pl.DataFrame:
    """Give a row for each answer that is missing and counts, with what stands at its visit.

    `table` has the visits with their verdicts and planned visits. A missed visit has no date, and
    stands in order of time at its target day. AVAL, AVALC and DTYPE say what counts, and how. What
    is carried forward is the last answer of any visit, the baseline and unplanned ones too.
    """
    rows: dict[object, list[dict[str, Any]]] = {}
    for row in table.iter_rows(named=True):
        rows.setdefault(row[PATIENT], []).append(row)
    numbers = {patient: number for number, patient in enumerate(visits.read.patients)}
    asked = [parameter for parameter in parameters if parameter.is_verdict]
    schema = table.schema | {"PARAMCD": pl.String(), **VERDICT, "DTYPE": pl.String()}
    found: list[dict[str, Any]] = []
    for patient, planned in _planned(visits, plan):
        start, mine = planned.baseline.date, rows[numbers[patient]]
        named = _named(visits, plan, patient, start)
        missed: list[dict[str, Any]] = [
            {
                **{name: mine[0][name] for name in (PATIENT, "STUDYID", "USUBJID")},
                **dict(zip(_WINDOW, named[window.name], strict=True)),
                WHEN: start + timedelta(window.target),
                CHOSEN: True,
            }
            for window in plan.windows
            if planned.visits[window.name] is None
        ]
        course = sorted([*mine, *missed], key=lambda row: row[WHEN])
        for parameter in asked:
            for row, counted in _counted(course, start, plan, parameter):
                how = DERIVATION_TYPES[plan.missing].code
                values = {"PARAMCD": parameter.code, **verdict_values(counted), "DTYPE": how}
                found.append({**row, **values})
    return pl.DataFrame(found, schema=schema)


def _counted(
    course: Iterable[dict[str, Any]], start: date, plan: Plan, parameter: Parameter
) -> Iterator[tuple[dict[str, Any], Verdict]]:
    """Say what counts at the planned visits whose answer is missing, and settled by the way."""
    column = parameter.column
    course = [row for row in course if not parameter.is_since or row[WHEN] > start]
    answers = {
        str(number): Verdict(row[column]) if column in row else None
        for number, row in enumerate(course)
    }
    counted = count_missing(answers, good=Verdict.MET, missing=plan.missing)
    for row, now in zip(course, counted.values(), strict=True):
        is_planned = row[CHOSEN] and row["AVISIT"] != BASELINE
        if is_planned and now.verdict not in {Verdict.UNDETERMINED, now.answer}:
            yield row, now.verdict
