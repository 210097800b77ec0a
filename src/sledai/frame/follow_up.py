"""Long data frames, one row a visit: the course of each patient, by visit and by patient.

What a `History` says of visits is generated as expressions, which every engine computes. Cells that
no expression reads, and recorded scores, are gone through row by row by the functions of the
indices themselves, in frames in memory; so are those that are wrong, which says what is. Needs the
extra `frame`.
"""

from collections.abc import Callable
from typing import Any, cast

import narwhals as nw
from narwhals.typing import IntoDataFrame, IntoFrameT

from sledai.codebook import Codebook
from sledai.engines import opened
from sledai.errors import InvalidInputError, require
from sledai.frame.baseline_rows import BaselineRows
from sledai.frame.descriptor_columns import codebook_of
from sledai.frame.followed import Followed
from sledai.frame.partitions import in_partitions
from sledai.frame.rows import visits_only
from sledai.frame.visit_rows import BY_NUMBER, read_visit_rows, stating_visit
from sledai.indices.states import DEFAULT, Readings
from sledai.visits import History

__all__ = ["by_patient", "by_visit", "histories"]


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
    if not callable(place):
        raise InvalidInputError.found(place, "a function that names a row by its number", "place")
    read = read_visit_rows(df, codebook, subject, date, place)
    return {patient: history for patient, (history, _) in read.patients.items()}


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
    frame = opened(df)
    if isinstance(frame, nw.DataFrame):
        return asked.eagerly(df, patients=patients)
    df, frame = visits_only(df, frame, asked.book)
    if frame.implementation.is_dask() or frame.implementation.is_pyspark():
        return in_partitions(df, asked, patients=patients)
    return asked.lazily(frame, patients=patients)
