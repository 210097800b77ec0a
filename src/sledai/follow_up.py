"""Long data frames, one row a visit: the course of each patient, by visit and by patient.

Rows are grouped by patient and sorted by date, and each group goes through the same functions as a
`History`. For eager polars and pandas. Needs the extra `frame`.
"""

from collections.abc import Callable, Iterable, Mapping
from datetime import date as Date  # noqa: N812 - `date` names a column
from datetime import datetime
from typing import Any, cast

import narwhals as nw
from pydantic import ValidationError

from sledai.assessment import Assessment
from sledai.columns import Reading, read_columns, refuse_invalid
from sledai.descriptors import SEROLOGIC, Descriptor, descriptor_set, listed
from sledai.errors import InvalidInputError, shorten
from sledai.indices import adjusted_mean
from sledai.indices.sfi import Flare
from sledai.scoring import score_bounds
from sledai.series import Step, course, first_flare, time_in
from sledai.visits import History, Visit

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

FIELDS = tuple(name for name in Visit.model_fields if name not in {"date", "assessment"})
"""The fields of a visit that columns may hold, beside the date and the descriptors."""

VISIT_COLUMNS = {
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
    "sledai_doris": "remission: met, not_met or undetermined",
}
"""The columns of `by_visit` beside patient and date; those about a change are null at first."""

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
    "sledai_doris_low": "least share of the days in remission",
    "sledai_doris_high": "greatest share of the days in remission",
}
"""The columns of `by_patient` beside the patient; those over time are null after one visit."""


def by_visit(
    df: Any,
    *,
    subject: str,
    date: str,
    columns: Mapping[str, Descriptor | str] | None = None,
    fields: Mapping[str, str] | None = None,
    not_collected: Iterable[Descriptor | str] = (),
    absent: Iterable[Descriptor | str] = (),
) -> Any:
    """Follow each patient visit by visit: a frame with a row for each visit of `df`.

    `subject` and `date` name the columns of the patient and of the date. Descriptors are read as by
    `sledai.frame.score`; columns with the names of `FIELDS` are read too, and `fields` maps other
    names to them. The result holds patient, date and `VISIT_COLUMNS`, patients in the order in
    which they first come and visits in that of their dates, whatever the order of the rows.

    Raises `InvalidInputError` for a frame that is neither eager polars nor pandas, for missing
    columns, for cells that are not accepted, with their row, and for two visits of a patient on one
    date.

    >>> import polars as pl
    >>> visits = pl.DataFrame({
    ...     "id": ["A", "A"], "seen": ["2024-03-01", "2024-01-01"], "rash": [True, False]
    ... })
    >>> others = set(Descriptor) - {"rash"}
    >>> by_visit(visits, subject="id", date="seen", absent=others)["sledai_new"].to_list()
    [None, 'rash']
    """
    patients = histories(
        df,
        subject=subject,
        date=date,
        columns=columns,
        fields=fields,
        not_collected=not_collected,
        absent=absent,
    )
    rows: list[dict[str, object]] = [
        {subject: patient, date: step.visit.date, **visit_row(step)}
        for patient, history in patients.items()
        for step in course(history)
    ]
    return _frame(df, rows, [subject, date, *VISIT_COLUMNS])


def by_patient(
    df: Any,
    *,
    subject: str,
    date: str,
    columns: Mapping[str, Descriptor | str] | None = None,
    fields: Mapping[str, str] | None = None,
    not_collected: Iterable[Descriptor | str] = (),
    absent: Iterable[Descriptor | str] = (),
) -> Any:
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
    patients = histories(
        df,
        subject=subject,
        date=date,
        columns=columns,
        fields=fields,
        not_collected=not_collected,
        absent=absent,
    )
    rows: list[dict[str, object]] = [
        {subject: patient, **patient_row(history)} for patient, history in patients.items()
    ]
    return _frame(df, rows, [subject, *PATIENT_COLUMNS])


def histories(
    df: Any,
    *,
    subject: str,
    date: str,
    columns: Mapping[str, Descriptor | str] | None = None,
    fields: Mapping[str, str] | None = None,
    not_collected: Iterable[Descriptor | str] = (),
    absent: Iterable[Descriptor | str] = (),
    place: Callable[[int], str] = "row {}, counting from 0".format,
) -> dict[object, History]:
    """Read the visits of each patient; the arguments, and what is raised, are those of `by_visit`.

    `place` names a row, which is given by its number from 0, in errors.

    >>> import polars as pl
    >>> visits = pl.DataFrame({"id": ["A"], "seen": ["2024-01-01"], "physician_global": [1.5]})
    >>> found = histories(visits, subject="id", date="seen", not_collected=Descriptor)
    >>> found["A"].visits[0].physician_global
    Decimal('1.5')
    """
    frame = _eager(df)
    readings = read_columns(
        frame, columns or {}, descriptor_set(not_collected), descriptor_set(absent)
    )
    refuse_invalid(frame, readings)
    named = _fields(frame.columns, fields or {}, [subject, date], readings)
    patients: dict[object, list[Visit]] = {}
    for number, row in enumerate(frame.iter_rows(named=True)):
        patient = row[subject]
        if patient is None or patient != patient:  # noqa: PLR0124 - NaN
            raise InvalidInputError(f"{place(number)}, column {shorten(subject)}: no patient")
        try:
            visit = _visit(row, date, named, readings)
        except InvalidInputError as error:
            raise InvalidInputError(f"{place(number)}, {error}") from None
        patients.setdefault(patient, []).append(visit)
    return {patient: _history(patient, visits) for patient, visits in patients.items()}


def _eager(df: Any) -> Any:
    frame: Any = nw.from_native(df, pass_through=True)
    if isinstance(frame, nw.DataFrame) and (
        frame.implementation.is_polars() or frame.implementation.is_pandas()
    ):
        return cast("Any", frame)
    raise InvalidInputError(
        f"found {type(df).__name__}; accepted: a data frame of polars (eager) or pandas"
    )


def _frame(df: Any, rows: list[dict[str, object]], names: list[str]) -> Any:
    """Make a frame of the engine of another one."""
    engine = _eager(df).implementation
    native = engine.to_native_namespace().DataFrame(
        {name: [row[name] for row in rows] for name in names}
    )
    return native.convert_dtypes() if engine.is_pandas() else native


def _fields(
    there: list[str], named: Mapping[str, str], needed: list[str], readings: list[Reading]
) -> dict[str, str]:
    """Say which column holds which field of a visit."""
    if lacking := [name for name in (*needed, *named) if name not in there]:
        raise InvalidInputError(f"no column {', '.join(map(shorten, lacking))}")
    if unknown := [field for field in named.values() if field not in FIELDS]:
        raise InvalidInputError(
            f"fields: found {shorten(unknown[0])}; accepted: {', '.join(FIELDS)}"
        )
    if len(set(named.values())) < len(named):
        raise InvalidInputError("fields: two columns are named for one field")
    taken = {*needed, *(reading.column for reading in readings)}
    found = dict(named)
    for name in FIELDS:
        if name in there and name not in found.values() and name not in {*found, *taken}:
            found[name] = name
    return found


def _visit(
    row: Mapping[str, Any], date: str, named: Mapping[str, str], readings: list[Reading]
) -> Visit:
    answers = {r.descriptor.value: _answer(r, row) for r in readings}
    values = {field: _value(row[theirs]) for theirs, field in named.items()}
    assessment = Assessment.model_validate(answers)
    when = _date(row[date], date)
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
    return None if cell is None or cell != cell else bool(cell)  # noqa: PLR0124 - NaN


def _value(cell: Any) -> Any:
    """Take NaN and what numpy has of its own for the plain value."""
    if cell is None or cell != cell:  # noqa: PLR0124 - NaN
        return None
    return cell.item() if hasattr(cell, "item") else cell


def _date(cell: Any, column: str) -> Date:
    if isinstance(cell, datetime):
        return cell.date()
    if isinstance(cell, Date):
        return cell
    try:
        return Date.fromisoformat(str(cell))
    except ValueError:
        raise InvalidInputError(
            f"column {shorten(column)}: found {shorten(cell)}; accepted: a date, such as 2024-01-16"
        ) from None


def _history(patient: object, visits: list[Visit]) -> History:
    try:
        return History.of(visits)
    except ValidationError as error:
        said = str(error.errors()[0]["msg"]).removeprefix("Value error, ")
        raise InvalidInputError(f"visits of {shorten(patient)}: {said}") from None


def visit_row(step: Step) -> dict[str, object]:
    """Give the values of `VISIT_COLUMNS` for a visit."""
    total = score_bounds(step.assessment)
    clinical = score_bounds(step.assessment, excluding=SEROLOGIC)
    change, flare = step.change, step.flare
    return {
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
        "sledai_doris": step.doris.verdict.value,
    }


def patient_row(history: History) -> dict[str, object]:
    """Give the values of `PATIENT_COLUMNS` for a patient."""
    first = first_flare(history)
    summary: dict[str, object] = {name: None for name in PATIENT_COLUMNS}  # noqa: C420 - typed
    summary |= {
        "sledai_visits": len(history.visits),
        "sledai_days": (history.visits[-1].date - history.visits[0].date).days,
        "sledai_flare_earliest": first.earliest,
        "sledai_flare_latest": first.latest,
    }
    if len(history.visits) > 1:
        mean, area = adjusted_mean.assess(history), adjusted_mean.area(history)
        shares = {name: time_in(history, name).share for name in ("LLDAS", "DORIS")}
        summary |= {
            "sledai_adjusted_mean_low": float(mean.low),
            "sledai_adjusted_mean_high": float(mean.high),
            "sledai_area_low": float(area[0]),
            "sledai_area_high": float(area[1]),
        }
        for name, (low, high) in shares.items():
            summary |= {
                f"sledai_{name.lower()}_low": float(low),
                f"sledai_{name.lower()}_high": float(high),
            }
    return summary
