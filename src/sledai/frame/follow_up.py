"""Long data frames, one row a visit: the course of each patient, by visit and by patient.

What a `History` says of visits is generated as expressions, which every engine computes. Cells that
no expression reads, and recorded scores, are gone through row by row by the functions of the
indices themselves, in frames in memory; so are those that are wrong, which says what is. Needs the
extra `frame`.
"""

from collections.abc import Callable
from contextlib import suppress
from typing import Any, cast

import narwhals as nw
from narwhals.typing import IntoDataFrame, IntoFrameT

from sledai.codebook import Codebook
from sledai.descriptors import listed
from sledai.engines import opened, result_names
from sledai.errors import require
from sledai.frame.course_columns import SUBJECT
from sledai.frame.descriptor_columns import codebook_of
from sledai.frame.followed import Followed
from sledai.frame.plain_visits import NotPlain
from sledai.frame.result_columns import MISSING_COLUMN, PATIENT_COLUMNS, VISIT_COLUMNS
from sledai.frame.rows import visits_only
from sledai.frame.visit_rows import (
    BY_NUMBER,
    read_visit_rows,
    stating_visit,
)
from sledai.indices import adjusted_mean
from sledai.indices.course import Step, course, first_flare, time_in
from sledai.indices.sfi import Flare
from sledai.indices.states import DEFAULT, STATES, Readings
from sledai.visits import History

__all__ = ["by_patient", "by_visit", "histories", "patient_row", "visit_row"]


def by_visit(
    df: IntoFrameT,
    codebook: Codebook | None = None,
    *,
    subject: str | None = None,
    date: str | None = None,
    readings: Readings = DEFAULT,
) -> IntoFrameT:
    """Follow each patient visit by visit: add what each visit is beside the one before it.

    `subject` and `date` name the columns of the patient and of the date; where they are left out,
    the codebook does. Descriptors are read as by `sledai.frame.score`; columns with the names of
    fields of a `Visit` are read too, and the `fields` of the codebook name others, with the unit of
    the numbers or the scale of a global assessment. Visits are compared in the order of their
    dates, whatever the order of the rows. `VISIT_COLUMNS` are added; rows, their order,
    an index and all other columns stay as they are, and the input is not modified. `readings` says
    how the indices are read where their publications leave that open; LLDAS takes the descriptors
    as SLEDAI-2K has them.

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
    return cast("IntoFrameT", _follow(df, codebook, subject, date, readings, patients=False))


def by_patient(
    df: IntoFrameT,
    codebook: Codebook | None = None,
    *,
    subject: str | None = None,
    date: str | None = None,
    readings: Readings = DEFAULT,
) -> IntoFrameT:
    """Sum up each patient's visits: a frame with a row for each patient.

    The columns are `PATIENT_COLUMNS`; the arguments, and what is raised, are those of `by_visit`.

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
    return cast("IntoFrameT", _follow(df, codebook, subject, date, readings, patients=True))


def _follow(
    df: Any,
    codebook: Codebook | None,
    subject: str | None,
    date: str | None,
    readings: Readings,
    *,
    patients: bool,
) -> Any:
    require(readings, Readings, "readings", "Readings")
    book = stating_visit(codebook_of(codebook), subject, date)
    wide, frame = visits_only(df, opened(df), book)
    asked = Followed(codebook and book, book, readings)
    if isinstance(frame, nw.LazyFrame):
        return asked.lazily(frame, patients=patients)
    if frame.implementation.is_polars() and not book.recorded.scores:
        with suppress(NotPlain):
            found = asked.in_memory(wide, patients=patients)
            if patients:
                names = result_names([asked.subject], PATIENT_COLUMNS)
                return found.rename({SUBJECT: asked.subject, **names})
            return wide.hstack(found.rename(result_names(wide.columns, VISIT_COLUMNS)))
    return _row_by_row(df, codebook, subject, date, readings, patients=patients)


def _row_by_row(
    df: Any,
    codebook: Codebook | None,
    subject: str | None,
    date: str | None,
    readings: Readings,
    *,
    patients: bool,
) -> Any:
    read = read_visit_rows(df, codebook, subject, date)
    histories = (history for history, _ in read.patients.values())
    if patients:
        return read.of_patients((patient_row(h, readings) for h in histories), PATIENT_COLUMNS)
    steps = (visit_row(step) for history in histories for step in course(history, readings))
    return read.of_visits(steps, VISIT_COLUMNS)


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
    """Give the values of `VISIT_COLUMNS` for a visit."""
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


def patient_row(history: History, readings: Readings = DEFAULT) -> dict[str, object]:
    """Give the values of `PATIENT_COLUMNS` for a patient."""
    first = first_flare(history, readings)
    summary: dict[str, object] = {name: None for name in PATIENT_COLUMNS}  # noqa: C420 - typed
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
        for state in STATES.values():
            time = time_in(history, state.name, readings)
            low, high = map(float, time.share)
            summary |= {f"{state.column}_low": low, f"{state.column}_high": high}
            if state.assumes:
                summary[f"{state.column}_assumed"] = ", ".join(time.assumed)
    return summary
