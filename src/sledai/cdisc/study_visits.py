"""What of a data frame of visits goes into the rows: each visit with its place in the study.

Needs the extra `frame`.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date
from math import isfinite
from typing import Any, cast, get_args

import narwhals as nw
import polars as pl

from sledai.cdisc.tables import require_pairs
from sledai.cdisc.terms import NOT_DONE, SCORES
from sledai.cdisc.variables import Domain, prefixed
from sledai.codebook import Codebook
from sledai.codebook.dates import read_date
from sledai.codebook.words import is_missing, python_value
from sledai.definitions import Edition
from sledai.definitions.editions import edition_named
from sledai.descriptors import Descriptor
from sledai.displays import Value
from sledai.errors import InvalidInputError, require, shorten
from sledai.frame import BaselineRows
from sledai.frame.descriptor_columns import codebook_of
from sledai.frame.visit_rows import BY_NUMBER, VisitRows, read_visit_rows
from sledai.quantities import written
from sledai.visits import History
from sledai.visits.baseline import Baseline

__all__ = [
    "CAPTURED",
    "CATEGORIES",
    "DATE",
    "DAY",
    "PATIENT",
    "REASON",
    "ROW",
    "UNNAMED",
    "Study",
    "StudyVisits",
    "editions_beside",
    "require_dates",
    "study_day",
    "unread_scores",
]

PATIENT, ROW, DATE, DAY, REASON = "the patient", "the row", "the date", "the day", "the reason"
"""Number of the patient from 0, number of the row, date, study day, and why nothing was done."""
CAPTURED = {score: f"the recorded {score}" for score in SCORES}
"""Scores that somebody recorded; the columns of all scores have the name of the field."""

_TEXT, _WHOLE = pl.String(), pl.Int64()


@dataclass(frozen=True, slots=True, kw_only=True)
class Study(Value):
    """What is the same for all visits of a study, and which columns say what of each.

    `name` is STUDYID, empty where it is not stated, and `edition` the one by which the visits were
    rated, which is the category. `visit` and `visit_number` name columns of the visit's name and
    number, which belong together one to one, `reference` one with the date that is study day 1
    (RFSTDTC), one for each patient, and `reason` one that says why what was not assessed was not.

    Raises `InvalidInputError` for what is no text, and for another edition.

    >>> Study(name="S1", edition="SLEDAI-2K").edition.value
    'SLEDAI-2K'
    """

    name: str | None = None
    edition: Edition | str = Edition.SELENA
    visit: str | None = None
    visit_number: str | None = None
    reference: str | None = None
    reason: str | None = None

    def __post_init__(self) -> None:
        object.__setattr__(self, "edition", edition_named(self.edition))
        for field in ("name", *self._columns()):
            if (said := getattr(self, field)) is not None:
                require(said, str, field, "text")

    @staticmethod
    def _columns() -> tuple[str, ...]:
        return "visit", "visit_number", "reference", "reason"

    @property
    def rated_by(self) -> Edition:
        """The edition, read."""
        return cast("Edition", self.edition)

    @property
    def named(self) -> dict[str, str]:
        """The columns that are named, by what they hold."""
        said = {field: cast("str | None", getattr(self, field)) for field in self._columns()}
        return {field: column for field, column in said.items() if column is not None}


UNNAMED = Study()
"""A study of which nothing is stated."""


@dataclass(frozen=True, slots=True)
class StudyVisits:
    """The visits of each patient in the order of their dates, and the histories they were read of.

    `table` has STUDYID, USUBJID, VISITNUM and VISIT, what stands beside them under the names above,
    a boolean for each descriptor, and the scores, empty where they are open.
    """

    table: pl.DataFrame
    read: VisitRows
    subjects: dict[object, str]
    references: dict[object, date | None] | None

    @classmethod
    def of(
        cls,
        df: Any,
        codebook: Codebook | None,
        study: Study,
        baseline: BaselineRows | None = None,
    ) -> "StudyVisits":
        """Read an eager frame of polars or pandas.

        Raises `InvalidInputError` as `sledai.frame.by_visit` does, for columns that are not there,
        for days in place of dates, for a number of a visit that is none, for names and numbers of
        visits that do not belong together one to one, for two reference dates of one patient, for
        two patients with one name, and for rows of SDTM of another edition, with recorded scores
        that the codebook does not read, or with a result of what was not done.
        """
        require(study, Study, "study", "a Study, such as Study(name='S1')")
        book = codebook_of(codebook)
        require_dates(book)
        read = read_visit_rows(df, codebook, None, None, baseline=baseline)
        _require_what_is_read(read, study, book)
        _require_done(df, read, book)
        subjects = _subjects(read)
        cells = _Cells.of(read, study, book)
        references = cells.references(read, subjects)
        rows = [*_rows(read, subjects, cells, study)]
        table = pl.DataFrame(rows, schema=_SCHEMA, orient="row")
        require_pairs(table)
        return cls(table, read, subjects, references)

    def first_day(self, patient: object, baseline: date) -> date | None:
        """Give the date that is day 1 of ADY: the reference if one is named, else the baseline."""
        return baseline if self.references is None else self.references[patient]

    def with_baseline(self) -> Iterator[tuple[object, History, Baseline]]:
        """Give each patient who has a baseline, with the visits and the baseline."""
        for patient, (history, _) in self.read.patients.items():
            if (baseline := self.read.baselines.get(patient)) is not None:
                yield patient, history, baseline


def require_dates(book: Codebook) -> None:
    """Refuse a data set of days since a day 0: SDTM and ADaM ask for dates.

    >>> require_dates(Codebook(visit={"day": "week"}))
    Traceback (most recent call last):
    sledai.errors.InvalidInputError: [visit]: found days since a day 0; accepted: dates, which \
SDTM and ADaM ask for
    """
    if book.visit.day is not None:
        accepted = "dates, which SDTM and ADaM ask for"
        raise InvalidInputError.in_words("days since a day 0", accepted, "[visit]")


CATEGORIES = ("RSCAT", "QSCAT")
"""The columns in which rows of SDTM say by which edition they were rated."""


def editions_beside(cells: pl.Series, edition: Edition) -> pl.Series:
    """Say which cells of a category name an edition, and another one.

    >>> editions_beside(pl.Series(["SLEDAI-2K", "other", None]), Edition.SELENA).to_list()
    [True, False, False]
    """
    names = {one.value.lower() for one in Edition if one is not edition}
    said = cells.cast(pl.String).str.strip_chars().str.to_lowercase()
    return said.is_in(names).fill_null(value=False)


def unread_scores(columns: Iterable[str], book: Codebook) -> str:
    """Say which scores the rows of SDTM have recorded and the codebook does not read, if any.

    >>> unread_scores(["USUBJID", "SLEDTOT"], Codebook(long={
    ...     "visit": ["USUBJID", "RSDTC"], "item": "RSTESTCD", "answer": "RSORRES"}))
    'SLEDTOT (total in [recorded])'
    """
    read = book.recorded.scores.values()
    there = {*columns} if book.long else set[str]()
    unread = [
        f"{test.code} ({score.removesuffix('_score')} in [recorded])"
        for score, test in SCORES.items()
        if test.code in there and test.code not in read
    ]
    return ", ".join(unread)


def _require_what_is_read(read: VisitRows, study: Study, book: Codebook) -> None:
    frame: nw.DataFrame[Any] = read.input_
    for column in {*CATEGORIES} & {*frame.columns}:
        cells = pl.Series(
            [_text(python_value(cell)) for cell in frame[column].to_list()], dtype=_TEXT
        )
        for other in cells.filter(editions_beside(cells, study.rated_by)).head(1):
            accepted = f"{study.rated_by.value}, the edition of the study"
            raise InvalidInputError.found(other, accepted, column)
    if unread := unread_scores(frame.columns, book):
        accepted = "a codebook that reads them, or rows without them"
        raise InvalidInputError.in_words(f"recorded scores in {unread}", accepted)


def _require_done(df: Any, read: VisitRows, book: Codebook) -> None:
    """Refuse an item of a visit that has a result and was not done."""
    frame: nw.DataFrame[Any] = nw.from_native(df, eager_only=True)
    for domain in get_args(Domain):
        status, result = prefixed(domain, "--STAT"), prefixed(domain, "--ORRES")
        if status not in frame.columns or book.long.answer != result:
            continue
        columns = (frame[str(book.long.item)], frame[status], frame[result])
        rows = zip(*(column.to_list() for column in columns), strict=True)
        items = {*read.input_.columns}
        for number, (item, undone, said) in enumerate(rows):
            if _text(undone) == NOT_DONE and _text(said) is not None and _text(item) in items:
                where = f"{BY_NUMBER(number)}, {status} of {item}"
                raise InvalidInputError.found(NOT_DONE, f"nothing, beside {result} {said}", where)


_SCHEMA: dict[str, pl.DataType] = {
    PATIENT: _WHOLE,
    ROW: _WHOLE,
    "STUDYID": _TEXT,
    "USUBJID": _TEXT,
    "VISITNUM": pl.Float64(),
    "VISIT": _TEXT,
    DATE: pl.Date(),
    DAY: _WHOLE,
    REASON: _TEXT,
    **dict.fromkeys(SCORES, _WHOLE),
    **dict.fromkeys(CAPTURED.values(), _WHOLE),
    **{d.value: pl.Boolean() for d in Descriptor},
}


def _subjects(read: VisitRows) -> dict[object, str]:
    """Write the name of each patient as text."""
    found = {patient: _text(patient) or "" for patient in read.patients}
    seen: set[str] = set()
    for name in found.values():
        if name in seen:
            raise InvalidInputError.in_words(
                f"{shorten(name)} for two patients", "a name each", "USUBJID"
            )
        seen.add(name)
    return found


def _rows(
    read: VisitRows, subjects: dict[object, str], cells: "_Cells", study: Study
) -> Iterator[tuple[object, ...]]:
    for number, (patient, (history, rows)) in enumerate(read.patients.items()):
        for place, (visit, row) in enumerate(zip(history.visits, rows, strict=True), 1):
            answers = visit.answers
            reference = cells.reference(row)
            yield (
                number,
                row,
                study.name,
                subjects[patient],
                cells.number(row, place),
                cells.text("visit", row),
                visit.date,
                None if reference is None else study_day(visit.date, reference),
                cells.text("reason", row),
                visit.bounds().exact,
                visit.bounds(clinical=True).exact,
                visit.total_score,
                visit.clinical_score,
                *(getattr(answers, d.value) for d in Descriptor),
            )


@dataclass(frozen=True, slots=True)
class _Cells:
    """The cells of the columns that a study names, row by row."""

    columns: dict[str, list[Any]]
    named: dict[str, str]
    book: Codebook

    @classmethod
    def of(cls, read: VisitRows, study: Study, book: Codebook) -> "_Cells":
        frame: nw.DataFrame[Any] = read.input_
        for field, column in study.named.items():
            if column not in frame.columns:
                raise InvalidInputError.no_column(column, field.replace("_", " "))
        columns = {field: frame[column].to_list() for field, column in study.named.items()}
        return cls(columns, study.named, book)

    def text(self, field: str, row: int) -> str | None:
        cells = self.columns.get(field)
        return None if cells is None else _text(python_value(cells[row]))

    def number(self, row: int, place: int) -> float | None:
        """Give the number of a visit: what is said, or else its place unless it has a name."""
        cells = self.columns.get("visit_number")
        if cells is None:
            return None if "visit" in self.columns else float(place)
        cell = python_value(cells[row])
        number = written(cell)
        if number is None or isinstance(cell, bool) or not isfinite(float(number)):
            raise InvalidInputError.found(
                cell, "the number of the visit", self._where("visit_number", row)
            )
        return float(number)

    def reference(self, row: int) -> date | None:
        cells = self.columns.get("reference")
        cell = None if cells is None else python_value(cells[row])
        if _text(cell) is None:
            return None
        try:
            return read_date(cell, self.book.visit)
        except InvalidInputError as error:
            raise InvalidInputError(f"{self._where('reference', row)}: {error}") from None

    def references(
        self, read: VisitRows, subjects: dict[object, str]
    ) -> dict[object, date | None] | None:
        """Give the reference date of each patient, or None where no column has it."""
        if "reference" not in self.columns:
            return None
        found: dict[object, date | None] = {}
        for patient, (_, rows) in read.patients.items():
            said = {day: row for row in rows if (day := self.reference(row)) is not None}
            for other in [*said][1:]:
                where = (
                    f"{self._where('reference', said[other])}, USUBJID {shorten(subjects[patient])}"
                )
                accepted = f"one date for each patient, here {next(iter(said))}"
                raise InvalidInputError.in_words(str(other), accepted, where)
            found[patient] = next(iter(said), None)
        return found

    def _where(self, field: str, row: int) -> str:
        return f"{BY_NUMBER(row)}, column {shorten(self.named[field])}"


def _text(value: object) -> str | None:
    """Write a cell as text, a whole number as such; None where there is nothing."""
    if is_missing(value):
        return None
    if isinstance(value, float) and value.is_integer():
        value = int(value)
    return str(value).strip() or None


def study_day(when: date, reference: date) -> int:
    """Count the days from a reference date, which is day 1; the day before it is day -1.

    Source: SDTMIG 3.4, section 4.4.4, as reproduced in CDISC's wiki.

    >>> [study_day(date(2024, 1, day), date(2024, 1, 2)) for day in (1, 2, 3)]
    [-1, 1, 2]
    """
    days = (when - reference).days
    return days + 1 if days >= 0 else days
