"""Long data frames, one row a visit: the course of each patient, by visit and by patient.

What a `History` says of visits is generated as expressions, which every engine computes. Cells that
no expression reads, and recorded scores, are gone through row by row by the functions of the
indices themselves, in frames in memory; so are those that are wrong, which says what is. Needs the
extra `frame`.
"""

from collections.abc import Callable, Iterable
from contextlib import suppress
from typing import Any, cast

import narwhals as nw
from narwhals.typing import IntoDataFrame, IntoFrameT

from sledai.codebook import Codebook
from sledai.descriptors import listed
from sledai.engines import opened, result_names
from sledai.errors import require
from sledai.frame.baseline_rows import BaselineRows
from sledai.frame.course_columns import SUBJECT
from sledai.frame.descriptor_columns import codebook_of
from sledai.frame.followed import Followed
from sledai.frame.plain_visits import NotPlain
from sledai.frame.result_columns import (
    BASELINE_COLUMNS,
    MISSING_COLUMN,
    patient_columns,
    response_column,
)
from sledai.frame.rows import visits_only
from sledai.frame.visit_rows import (
    BY_NUMBER,
    read_visit_rows,
    stating_visit,
)
from sledai.indices import adjusted_mean
from sledai.indices.course import Step, course, first_flare, time_in
from sledai.indices.from_baseline import FromBaseline, since_baseline
from sledai.indices.sfi import Flare
from sledai.indices.states import DEFAULT, STATES, Readings
from sledai.visits import History
from sledai.visits.baseline import Baseline

__all__ = ["by_patient", "by_visit", "histories", "patient_row", "visit_row"]


def by_visit(
    df: IntoFrameT,
    codebook: Codebook | None = None,
    *,
    subject: str | None = None,
    date: str | None = None,
    readings: Readings = DEFAULT,
    baseline: BaselineRows | None = None,
) -> IntoFrameT:
    """Follow each patient visit by visit: add what each visit is beside the one before it.

    `subject` and `date` name the columns of the patient and of the date; where they are left out,
    the codebook does. Descriptors are read as by `sledai.frame.score`; columns with the names of
    fields of a `Visit` are read too, and the `fields` of the codebook name others, with the unit of
    the numbers or the scale of a global assessment. Visits are compared in the order of their
    dates, whatever the order of the rows. `VISIT_COLUMNS` are added, or those of the states that
    `readings` names; rows, their order, an index and all other columns stay as they are, and the
    input is not modified. `readings` says too how the indices are read where their publications
    leave that open; LLDAS takes the descriptors as SLEDAI-2K has them. `baseline` says which row is
    the baseline of its patient; with it `BASELINE_COLUMNS` are added.

    Raises `InvalidInputError` for a frame that is neither eager polars nor pandas, for missing
    columns, for cells that are not accepted, with their row, and for two visits of a patient on one
    date.

    >>> import polars as pl
    >>> from sledai import Descriptor
    >>> visits = pl.DataFrame({
    ...     "id": ["A", "A"], "seen": ["2024-03-01", "2024-01-01"], "rash": [True, False]
    ... })
    >>> book = Codebook(
    ...     visit={"subject": "id", "date": "seen"},
    ...     descriptors={"absent": set(Descriptor) - {"rash"}},
    ... )
    >>> by_visit(visits, book)["sledai_new"].to_list()
    ['rash', None]
    """
    asked = _asked(codebook, subject, date, readings, baseline)
    return cast("IntoFrameT", _follow(df, asked, patients=False))


def by_patient(
    df: IntoFrameT,
    codebook: Codebook | None = None,
    *,
    subject: str | None = None,
    date: str | None = None,
    readings: Readings = DEFAULT,
) -> IntoFrameT:
    """Sum up each patient's visits: a frame with a row for each patient.

    The columns are `PATIENT_COLUMNS`, or those of the states that `readings` names; the arguments,
    and what is raised, are those of `by_visit`.

    >>> import polars as pl
    >>> from sledai import Descriptor
    >>> visits = pl.DataFrame({
    ...     "id": ["A", "A"], "seen": ["2024-01-01", "2024-03-01"], "rash": [True, False]
    ... })
    >>> book = Codebook(
    ...     visit={"subject": "id", "date": "seen"},
    ...     descriptors={"absent": set(Descriptor) - {"rash"}},
    ... )
    >>> by_patient(visits, book)["sledai_area_low"].to_list()
    [60.0]
    """
    asked = _asked(codebook, subject, date, readings)
    return cast("IntoFrameT", _follow(df, asked, patients=True))


def _asked(
    codebook: Codebook | None,
    subject: str | None,
    date: str | None,
    readings: Readings,
    baseline: BaselineRows | None = None,
) -> Followed:
    require(readings, Readings, "readings", "Readings")
    if baseline is not None:
        accepted = "BaselineRows, such as BaselineRows.first()"
        require(baseline, BaselineRows, "baseline", accepted)
    book = stating_visit(codebook_of(codebook), subject, date)
    return Followed(codebook and book, book, readings, baseline)


def _follow(df: Any, asked: Followed, *, patients: bool) -> Any:
    wide, frame = visits_only(df, opened(df), asked.book)
    if isinstance(frame, nw.LazyFrame):
        return asked.lazily(frame, patients=patients)
    if frame.implementation.is_polars() and not asked.book.recorded.scores:
        with suppress(NotPlain):
            found = asked.in_memory(wide, patients=patients)
            if patients:
                names = result_names([asked.subject], patient_columns(asked.readings))
                return found.rename({SUBJECT: asked.subject, **names})
            return wide.hstack(found.rename(result_names(wide.columns, asked.columns)))
    return _row_by_row(df, asked, patients=patients)


def _row_by_row(df: Any, asked: Followed, *, patients: bool) -> Any:
    """Follow each patient by the functions of the indices themselves."""
    readings = asked.readings
    read = read_visit_rows(df, asked.codebook, asked.subject, None, baseline=asked.baseline)
    if patients:
        values = (patient_row(history, readings) for history, _ in read.patients.values())
        return read.of_patients(values, patient_columns(readings))
    rows = (
        visit_row(step) | ({} if asked.baseline is None else baseline_row(beside))
        for patient, (history, _) in read.patients.items()
        for step, beside in zip(
            course(history, readings),
            _beside_baseline(history, read.baselines.get(patient)),
            strict=True,
        )
    )
    return read.of_visits(rows, asked.columns)


def _beside_baseline(history: History, baseline: Baseline | None) -> Iterable[FromBaseline | None]:
    """Hold the visits of a patient against the baseline, if there is one."""
    if baseline is None or baseline.find(history) is None:
        return (None,) * len(history.visits)
    return since_baseline(history, baseline)


def histories(
    df: IntoDataFrame,
    codebook: Codebook | None = None,
    *,
    subject: str | None = None,
    date: str | None = None,
    place: Callable[[int], str] = BY_NUMBER,
) -> dict[object, History]:
    """Read the visits of each patient; the arguments, and what is raised, are those of `by_visit`.

    `place` names a row, which is given by its number from 0, in errors.

    >>> import polars as pl
    >>> from sledai import Descriptor
    >>> visits = pl.DataFrame({"id": ["A"], "seen": ["2024-01-01"], "physician_global": [1.5]})
    >>> book = Codebook(descriptors={"not_collected": Descriptor})
    >>> found = histories(visits, book, subject="id", date="seen")
    >>> found["A"].visits[0].physician_global
    Decimal('1.5')
    """
    read = read_visit_rows(df, codebook, subject, date, place)
    return {patient: history for patient, (history, _) in read.patients.items()}


def visit_row(step: Step) -> dict[str, object]:
    """Give the values of `visit_columns` for a visit."""
    total, clinical = step.visit.bounds(), step.visit.bounds(clinical=True)
    change, flare = step.change, step.flare
    return {
        "sledai_total": total.exact,
        "sledai_clinical": clinical.exact,
        "sledai_low": total.low,
        "sledai_high": total.high,
        "sledai_clinical_low": clinical.low,
        "sledai_clinical_high": clinical.high,
        MISSING_COLUMN: listed(step.visit.answers.not_assessed),
        "sledai_change_low": change and change.total.low,
        "sledai_change_high": change and change.total.high,
        "sledai_class": change and " or ".join(sorted(change.classes)),
        "sledai_new": change and listed(change.new),
        "sledai_resolved": change and listed(change.resolved),
        "sledai_flare": None
        if flare is None
        else " or ".join(one for one in Flare if one in flare.possible),
        **{STATES[name].column: one.verdict.value for name, one in step.states.items()},
        **{
            f"{STATES[name].column}_assumed": ", ".join(one.assumed)
            for name, one in step.states.items()
            if STATES[name].assumes
        },
    }


def baseline_row(beside: FromBaseline | None) -> dict[str, object]:
    """Give the values of `BASELINE_COLUMNS` for a visit; None is one of a patient without any."""
    row: dict[str, object] = {name: None for name in BASELINE_COLUMNS}  # noqa: C420 - typed
    if beside is None:
        return row
    row["sledai_baseline_days"] = beside.days
    if beside.change is not None:
        row |= {
            "sledai_baseline_change_low": beside.change.total.low,
            "sledai_baseline_change_high": beside.change.total.high,
            "sledai_baseline_clinical_change_low": beside.change.clinical.low,
            "sledai_baseline_clinical_change_high": beside.change.clinical.high,
            "sledai_baseline_new": listed(beside.change.new),
            "sledai_baseline_resolved": listed(beside.change.resolved),
        }
    if beside.percent is not None:
        row["sledai_baseline_percent_low"] = float(beside.percent.low)
        row["sledai_baseline_percent_high"] = float(beside.percent.high)
    return row | {response_column(n): one.verdict.value for n, one in beside.responses.items()}


def patient_row(history: History, readings: Readings = DEFAULT) -> dict[str, object]:
    """Give the values of `patient_columns` for a patient."""
    first = first_flare(history, readings)
    summary: dict[str, object] = {name: None for name in patient_columns(readings)}  # noqa: C420 - typed
    summary |= {
        "sledai_visits": len(history.visits),
        "sledai_days": (history.visits[-1].date - history.visits[0].date).days,
        "sledai_flare_earliest": first.earliest,
        "sledai_flare_latest": first.latest,
    }
    if len(history.visits) > 1:
        mean, area = adjusted_mean.assess(history), adjusted_mean.area(history)
        summary |= {
            "sledai_adjusted_mean_low": float(mean.low),
            "sledai_adjusted_mean_high": float(mean.high),
            "sledai_area_low": float(area[0]),
            "sledai_area_high": float(area[1]),
        }
        for state in map(STATES.__getitem__, readings.states):
            time = time_in(history, state.name, readings)
            low, high = map(float, time.share)
            summary |= {f"{state.column}_low": low, f"{state.column}_high": high}
            if state.assumes:
                summary[f"{state.column}_assumed"] = ", ".join(time.assumed)
    return summary
