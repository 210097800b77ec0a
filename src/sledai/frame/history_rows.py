"""What a history says of each visit and of a patient, as rows of results.

These are what the expressions on data frames are equal to. Needs the extra `frame`.
"""

from collections.abc import Iterable, Mapping
from typing import Any

from sledai.descriptors import listed
from sledai.frame.result_columns import (
    BASELINE_COLUMNS,
    MISSING_COLUMN,
    ResultColumn,
    patient_columns,
    response_column,
)
from sledai.frame.visit_rows import VisitRows
from sledai.indices import adjusted_mean
from sledai.indices.course import Course, Step, course
from sledai.indices.from_baseline import FromBaseline, since_baseline
from sledai.indices.sfi import Flare
from sledai.indices.states import STATES, Readings
from sledai.visits import History
from sledai.visits.baseline import Baseline

__all__ = ["baseline_row", "patient_row", "patients_by_row", "visit_row", "visits_by_row"]


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


def patient_row(followed: Course) -> dict[str, object]:
    """Give the values of `patient_columns` for a patient."""
    first, readings = followed.first_flare, followed.readings
    summary: dict[str, object] = {name: None for name in patient_columns(readings)}  # noqa: C420 - typed
    summary |= {
        "sledai_visits": len(followed),
        "sledai_days": followed.days,
        "sledai_flare_earliest": first.earliest,
        "sledai_flare_latest": first.latest,
    }
    if len(followed) > 1:
        mean, area = followed.adjusted_mean, adjusted_mean.area(followed.history)
        summary |= {
            "sledai_adjusted_mean_low": float(mean.low),
            "sledai_adjusted_mean_high": float(mean.high),
            "sledai_area_low": float(area[0]),
            "sledai_area_high": float(area[1]),
        }
        for state in map(STATES.__getitem__, readings.states):
            time = followed.time_in(state.name)
            low, high = map(float, time.share)
            summary |= {f"{state.column}_low": low, f"{state.column}_high": high}
            if state.assumes:
                summary[f"{state.column}_assumed"] = ", ".join(time.assumed)
    return summary


def visits_by_row(read: VisitRows, readings: Readings, columns: Mapping[str, ResultColumn]) -> Any:
    """Follow each patient visit by visit, and put the results beside the rows."""
    asked = columns.keys() >= BASELINE_COLUMNS.keys()
    rows = (
        row
        for patient, (history, _) in read.patients.items()
        for row in _rows(history, readings, read.baselines.get(patient), asked=asked)
    )
    return read.of_visits(rows, columns)


def _rows(
    history: History, readings: Readings, baseline: Baseline | None, *, asked: bool
) -> Iterable[dict[str, object]]:
    rows = map(visit_row, course(history, readings))
    if not asked:
        return rows
    beside: Iterable[FromBaseline | None] = (None,) * len(history.visits)
    if baseline is not None:
        beside = since_baseline(history, baseline)
    return (row | baseline_row(one) for row, one in zip(rows, beside, strict=True))


def patients_by_row(read: VisitRows, readings: Readings) -> Any:
    """Sum up each patient."""
    values = (patient_row(course(history, readings)) for history, _ in read.patients.values())
    return read.of_patients(values, patient_columns(readings))
