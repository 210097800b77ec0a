"""Long data frames, one row a visit: the course of each patient, by visit and by patient.

Rows are grouped by patient and sorted by date, and each group goes through the same functions as a
`History`. For eager polars and pandas. Needs the extra `frame`.
"""

from collections.abc import Callable, Iterable, Mapping
from typing import cast

from narwhals.typing import IntoDataFrame, IntoDataFrameT

from sledai.codes import Words
from sledai.columns import Layout
from sledai.descriptors import SEROLOGIC, Descriptor, listed
from sledai.indices import adjusted_mean
from sledai.indices.sfi import Flare
from sledai.parts import refuse_collisions
from sledai.scoring import score_bounds
from sledai.series import DEFAULT, Readings, Step, course, first_flare, time_in
from sledai.visit_fields import FIELDS
from sledai.visit_rows import BY_NUMBER, read_visit_rows
from sledai.visits import History

__all__ = [
    "FIELDS",
    "PATIENT_COLUMNS",
    "VISIT_COLUMNS",
    "by_patient",
    "by_visit",
    "histories",
    "patient_row",
    "visit_row",
]

VISIT_COLUMNS = {
    "sledai_total": "total score; null where not-assessed descriptors leave it open",
    "sledai_clinical": "clinical score; null where not-assessed descriptors leave it open",
    "sledai_low": "lowest possible total",
    "sledai_high": "highest possible total",
    "sledai_clinical_low": "lowest possible clinical score",
    "sledai_clinical_high": "highest possible clinical score",
    "sledai_change_low": "lowest possible change of the total since the visit before",
    "sledai_change_high": "highest possible change of the total since the visit before",
    "sledai_class": "published class of that change, or those that are possible",
    "sledai_new": "descriptors that are newly present",
    "sledai_resolved": "descriptors that were present and are absent",
    "sledai_flare": "SELENA flare index since the visit before, or what is possible",
    "sledai_lldas": "low disease activity: met, not_met or undetermined",
    "sledai_lldas_assumed": "what nobody answered and that counts as no",
    "sledai_doris": "remission: met, not_met or undetermined",
}
"""The columns that `by_visit` adds; those about a change are null at a patient's first visit."""

PATIENT_COLUMNS = {
    "sledai_visits": "number of visits",
    "sledai_days": "days from the first visit to the last",
    "sledai_adjusted_mean_low": "lowest possible adjusted mean of the total",
    "sledai_adjusted_mean_high": "highest possible adjusted mean of the total",
    "sledai_area_low": "lowest possible area under the total, points times days",
    "sledai_area_high": "highest possible area under the total, points times days",
    "sledai_flare_earliest": "days to the first visit at which a flare is possible",
    "sledai_flare_latest": "days to the first visit at which a flare is certain",
    "sledai_lldas_low": "least share of the days in low disease activity",
    "sledai_lldas_high": "greatest share of the days in low disease activity",
    "sledai_lldas_assumed": "what nobody answered and that counts as no",
    "sledai_doris_low": "least share of the days in remission",
    "sledai_doris_high": "greatest share of the days in remission",
}
"""The columns of `by_patient` beside the patient; those over time are null after one visit."""


_WHOLE = ("total", "clinical", "low", "high", "visits", "days", "earliest", "latest")
_VISIT_TYPES = {name: "whole" if name.endswith(_WHOLE) else "text" for name in VISIT_COLUMNS}
_PATIENT_TYPES = {
    name: "whole" if name.endswith(_WHOLE[4:]) else "text" if name.endswith("assumed") else "number"
    for name in PATIENT_COLUMNS
}


def by_visit(  # noqa: PLR0913 - each by keyword
    df: IntoDataFrameT,
    *,
    subject: str,
    date: str,
    columns: Mapping[str, Descriptor | str] | None = None,
    fields: Mapping[str, str] | None = None,
    not_collected: Iterable[Descriptor | str] = (),
    absent: Iterable[Descriptor | str] = (),
    no_items: Iterable[str] = (),
    words: Words | None = None,
    readings: Readings = DEFAULT,
) -> IntoDataFrameT:
    """Follow each patient visit by visit: add what each visit is beside the one before it.

    `subject` and `date` name the columns of the patient and of the date. Descriptors are read as by
    `sledai.frame.score`; columns with the names of `FIELDS` are read too, and `fields` maps other
    names to them, with the unit of the numbers or the scale of a global assessment behind:
    `{"plt": "platelets 10*9/L", "pga": "physician_global 0-10"}`. Visits are compared in the order
    of their dates, whatever the order of the rows. `VISIT_COLUMNS` are added; rows, their order,
    an index and all other columns stay as they are, and the input is not modified. `readings` says
    how the indices are read where their publications leave that open; LLDAS takes the descriptors
    as SLEDAI-2K has them.

    Raises `InvalidInputError` for a frame that is neither eager polars nor pandas, for missing
    columns, for a result column that is there already, for cells that are not accepted, with their
    row, and for two visits of a patient on one date.

    >>> import polars as pl
    >>> visits = pl.DataFrame({
    ...     "id": ["A", "A"], "seen": ["2024-03-01", "2024-01-01"], "rash": [True, False]
    ... })
    >>> others = set(Descriptor) - {"rash"}
    >>> by_visit(visits, subject="id", date="seen", absent=others)["sledai_new"].to_list()
    ['rash', None]
    """
    layout = Layout(
        columns=columns,
        not_collected=not_collected,
        absent=absent,
        no_items=no_items,
        words=words,
    )
    read = read_visit_rows(df, subject, date, fields, layout)
    refuse_collisions(read.input_.columns, VISIT_COLUMNS)
    values = (
        visit_row(step)
        for history, _ in read.patients.values()
        for step in course(history, readings)
    )
    return cast("IntoDataFrameT", read.of_visits(values, _VISIT_TYPES))


def by_patient(  # noqa: PLR0913 - each by keyword
    df: IntoDataFrameT,
    *,
    subject: str,
    date: str,
    columns: Mapping[str, Descriptor | str] | None = None,
    fields: Mapping[str, str] | None = None,
    not_collected: Iterable[Descriptor | str] = (),
    absent: Iterable[Descriptor | str] = (),
    no_items: Iterable[str] = (),
    words: Words | None = None,
    readings: Readings = DEFAULT,
) -> IntoDataFrameT:
    """Sum up each patient's visits: a frame with a row for each patient.

    The columns are `PATIENT_COLUMNS`; the arguments, and what is raised, are those of `by_visit`.

    >>> import polars as pl
    >>> visits = pl.DataFrame({
    ...     "id": ["A", "A"], "seen": ["2024-01-01", "2024-03-01"], "rash": [True, False]
    ... })
    >>> others = set(Descriptor) - {"rash"}
    >>> by_patient(visits, subject="id", date="seen", absent=others)["sledai_area_low"].to_list()
    [60.0]
    """
    layout = Layout(
        columns=columns,
        not_collected=not_collected,
        absent=absent,
        no_items=no_items,
        words=words,
    )
    refuse_collisions([subject], PATIENT_COLUMNS)
    read = read_visit_rows(df, subject, date, fields, layout)
    values = (patient_row(history, readings) for history, _ in read.patients.values())
    return cast("IntoDataFrameT", read.of_patients(subject, values, _PATIENT_TYPES))


def histories(  # noqa: PLR0913 - each by keyword
    df: IntoDataFrame,
    *,
    subject: str,
    date: str,
    columns: Mapping[str, Descriptor | str] | None = None,
    fields: Mapping[str, str] | None = None,
    not_collected: Iterable[Descriptor | str] = (),
    absent: Iterable[Descriptor | str] = (),
    no_items: Iterable[str] = (),
    words: Words | None = None,
    place: Callable[[int], str] = BY_NUMBER,
) -> dict[object, History]:
    """Read the visits of each patient; the arguments, and what is raised, are those of `by_visit`.

    `place` names a row, which is given by its number from 0, in errors.

    >>> import polars as pl
    >>> visits = pl.DataFrame({"id": ["A"], "seen": ["2024-01-01"], "physician_global": [1.5]})
    >>> found = histories(visits, subject="id", date="seen", not_collected=Descriptor)
    >>> found["A"].visits[0].physician_global
    Decimal('1.5')
    """
    layout = Layout(
        columns=columns,
        not_collected=not_collected,
        absent=absent,
        no_items=no_items,
        words=words,
    )
    read = read_visit_rows(df, subject, date, fields, layout, place)
    return {patient: history for patient, (history, _) in read.patients.items()}


def visit_row(step: Step) -> dict[str, object]:
    """Give the values of `VISIT_COLUMNS` for a visit."""
    total = score_bounds(step.assessment)
    clinical = score_bounds(step.assessment, excluding=SEROLOGIC)
    change, flare = step.change, step.flare
    return {
        "sledai_total": total.exact,
        "sledai_clinical": clinical.exact,
        "sledai_low": total.low,
        "sledai_high": total.high,
        "sledai_clinical_low": clinical.low,
        "sledai_clinical_high": clinical.high,
        "sledai_change_low": change and change.total.low,
        "sledai_change_high": change and change.total.high,
        "sledai_class": change and " or ".join(sorted(change.classes)),
        "sledai_new": change and listed(change.new),
        "sledai_resolved": change and listed(change.resolved),
        "sledai_flare": None
        if flare is None
        else " or ".join(one for one in Flare if one in flare.possible),
        "sledai_lldas": step.lldas.verdict.value,
        "sledai_lldas_assumed": ", ".join(step.lldas.assumed),
        "sledai_doris": step.doris.verdict.value,
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
        times = {name: time_in(history, name, readings) for name in ("LLDAS", "DORIS")}
        summary |= {
            "sledai_adjusted_mean_low": float(mean.low),
            "sledai_adjusted_mean_high": float(mean.high),
            "sledai_area_low": float(area[0]),
            "sledai_area_high": float(area[1]),
        }
        summary["sledai_lldas_assumed"] = ", ".join(times["LLDAS"].assumed)
        for name, time in times.items():
            low, high = time.share
            summary |= {
                f"sledai_{name.lower()}_low": float(low),
                f"sledai_{name.lower()}_high": float(high),
            }
    return summary
