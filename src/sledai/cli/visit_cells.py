"""The rows of a file of visits read for `sledai visits`: patient, date, answers and fields."""

from collections.abc import Callable, Collection
from contextlib import suppress
from dataclasses import dataclass, field
from itertools import chain

import polars as pl
from pydantic import ValidationError

from sledai.assessment import Assessment
from sledai.cells import Nothing, find_answers, python_values, read_numbers
from sledai.cli.options import Input
from sledai.cli.problems import EMPTY, Problems
from sledai.cli.rejects import Rejects
from sledai.codebook.dates import DAY_ZERO, accepted_dates, date_said, read_date
from sledai.codebook.fields import AMOUNTS, FieldColumn
from sledai.codebook.numbers import Decimal, in_points
from sledai.errors import InvalidInputError, shorten
from sledai.files import Batch
from sledai.quantities import UNITS, Quantity, plausible_range
from sledai.quantities.fields import LETTERS, letter, measured
from sledai.scoring import MAX_TOTAL
from sledai.visits.visit import RANGES, Visit

__all__ = ["DATE", "SUBJECT", "VisitsReader", "recorded_column"]

SUBJECT, DATE = "the patient", "the date"
"""The columns of what is read; no field and no descriptor has these names."""


def recorded_column(field_: str) -> str:
    """Name a column of recorded scores so that it is the name of nothing else."""
    return f"the recorded {field_}"


@dataclass(slots=True)
class VisitsReader:
    """Reads a file into one frame of answers, dates and fields, and remembers where rows stood."""

    input_: Input
    subject: str
    date: str
    fields: tuple[FieldColumn, ...]
    rejects: Rejects
    cells: pl.DataFrame = field(default_factory=pl.DataFrame)
    places: pl.Series = field(default_factory=pl.Series)
    aside: pl.DataFrame = field(default_factory=pl.DataFrame)
    others: int = 0
    nameless: int = 0

    def read(self) -> pl.DataFrame:
        """Read the whole file, or raise `InvalidInputError` for all that is wrong with it.

        Where rejects are wanted, all rows of a patient of whom one cannot be read are put `aside`:
        a course with a hole in it would say something else. `others` counts the rows that are put
        aside for the patient alone, and `nameless` those without one.
        """
        problems = Problems(self.input_, self.rejects)
        frames: list[pl.DataFrame] = []
        read: list[Batch] = []
        with problems.batches() as batches:
            for batch in batches:
                frames.append(self._batch(batch, problems))
                read.append(batch)
        table = pl.concat(frames)
        whole = Batch(
            visits=pl.concat(batch.visits for batch in read),
            places=pl.concat(batch.places for batch in read),
            rejected=tuple(chain.from_iterable(batch.rejected for batch in read)),
            end=self.input_.visits.length,
        )
        if self.rejects.wanted:
            self._set_patients_aside(table, whole)
        kept, self.aside = self.rejects.split(whole)
        self.cells, self.places = whole.visits.filter(kept), whole.places.filter(kept)
        return table.filter(kept)

    def _set_patients_aside(self, table: pl.DataFrame, whole: Batch) -> None:
        """Give a reason to each row of a patient of whom one row has a reason."""
        if self.input_.book.visit.same_day == "refuse":
            self._twice_a_day(table, whole.places)
        if self.input_.book.recorded.scores:
            self._contradictions(table, whole.places)
        wrong = self.rejects.reasons(whole.places).is_not_null()
        self.nameless = int((wrong & table[SUBJECT].is_null()).sum()) + len(whole.rejected)
        patients = table[SUBJECT].filter(wrong).drop_nulls().unique().to_list()
        others = table[SUBJECT].is_in(patients).fill_null(value=False) & ~wrong
        places = whole.places.filter(others)
        self.others = places.len()
        self.rejects.add(places, pl.repeat(_ANOTHER, places.len(), eager=True))

    def _twice_a_day(self, table: pl.DataFrame, places: pl.Series) -> None:
        known = table[SUBJECT].is_not_null() & table[DATE].is_not_null()
        days = table.select(SUBJECT, DATE)
        wrong = known & days.is_duplicated()
        visit = self.input_.book.visit
        reasons = [
            f"{self.date}: another visit of the patient on {date_said(day, visit)}; accepted: one "
            "visit of a date"
            for day in table[DATE].filter(wrong)
        ]
        self.rejects.add(places.filter(wrong), pl.Series(reasons, dtype=pl.String))

    def _contradictions(self, table: pl.DataFrame, places: pl.Series) -> None:
        """Find the rows with recorded scores that their answers cannot give."""
        recorded = {name: recorded_column(name) for name in self.input_.book.recorded.scores}
        sources = self.input_.sources
        constant = dict.fromkeys(sources.absent, False) | dict.fromkeys(sources.not_collected)
        answered = [d.value for d in self.input_.columns.values()]
        rows: list[int] = []
        reasons: list[str] = []
        for number, row in enumerate(table.iter_rows(named=True)):
            scores = {name: _score(row[column]) for name, column in recorded.items()}
            answers = Assessment.model_validate(constant | {name: row[name] for name in answered})
            try:
                Visit.model_validate({"date": DAY_ZERO, "assessment": answers, **scores})
            except ValidationError as error:
                rows.append(number)
                reasons.append(str(error.errors()[0]["msg"]).removeprefix("Value error, "))
        self.rejects.add(places.gather(rows), pl.Series(reasons, dtype=pl.String))

    def _batch(self, batch: Batch, problems: Problems) -> pl.DataFrame:
        missing, words = self.input_.missing, self.input_.book.words
        decimal = self.input_.book.file.decimal
        answers = find_answers(batch.visits, self.input_.words, self.input_.book.rows)
        problems.add_code(answers)
        problems.add(batch)
        problems.add_items(batch, answers)
        read = [answers.visits[name].alias(d.value) for name, d in self.input_.columns.items()]
        signs = {field_.column: words for field_ in self.fields if field_.is_sign}
        said = find_answers(batch.visits, signs)
        accepted = f"{', '.join(words.table)} (any case), {EMPTY}"
        problems.add_answers(batch, said, "signs that are neither yes nor no", accepted)
        for field_ in self.fields:
            theirs, name, unit = field_.column, field_.name, field_.unit
            cells = batch.visits[theirs]
            if name in RANGES:
                numbers, wrong = read_numbers(cells, missing, decimal)
                what, accepted = "cells that are no number", f"a number, {EMPTY}"
                least, most, what_of = field_.range
                beyond = ~numbers.is_between(least, most).fill_null(value=True)
                within = f"{least:,} to {most:,} {what_of}"
            elif name in AMOUNTS:
                numbers, wrong = _texts(cells, missing, _quantity_of(unit, decimal), pl.String)
                units = unit or f"and one of {', '.join(UNITS[name])}"
                what, accepted = "cells that are no amount", f"a number {units}, {EMPTY}"
                if not unit:
                    accepted += f"; plain numbers need --field '{theirs}={name} UNIT'"
                within = f"units {', '.join(UNITS[name])}; {_ranges(name)}"
                beyond = _beyond(numbers, name)
                wrong &= ~beyond
            elif field_.is_letter:
                read.append(self._letters(batch, theirs, problems).alias(name))
                continue
            else:
                read.append(said.visits[theirs].alias(name))
                continue
            problems.add_cells(batch, theirs, wrong, what, accepted)
            problems.add_cells(batch, theirs, beyond, f"values of {name} out of range", within)
            read.append(numbers.alias(name))
        for name, theirs in self.input_.book.recorded.scores.items():
            scores, wrong = read_numbers(batch.visits[theirs], missing, decimal)
            is_score = (scores % 1 == 0) & scores.is_between(0, MAX_TOTAL)
            wrong |= ~is_score.fill_null(value=True)
            accepted = f"a whole number 0 to {MAX_TOTAL}, {EMPTY}"
            problems.add_cells(batch, theirs, wrong, "cells that are no score", accepted)
            read.append(scores.alias(recorded_column(name)))
        visit = self.input_.book.visit
        dates, wrong = _texts(
            batch.visits[self.date], [], lambda cell: read_date(cell, visit), pl.Date
        )
        wrong |= dates.is_null()
        problems.add_cells(batch, self.date, wrong, "cells that are no date", accepted_dates(visit))
        subjects = self._subjects(batch)
        problems.add_cells(
            batch,
            self.subject,
            subjects.is_null(),
            "rows of no patient",
            "a name or number, that --missing does not name",
        )
        return pl.DataFrame([subjects.alias(SUBJECT), dates.alias(DATE), *read])

    def _letters(self, batch: Batch, theirs: str, problems: Problems) -> pl.Series:
        letters, wrong = _texts(batch.visits[theirs], self.input_.missing, letter, pl.String)
        accepted = f"{', '.join(LETTERS)} (any case), {EMPTY}"
        problems.add_cells(batch, theirs, wrong, "cells that are no letter of BILAG", accepted)
        return letters

    def _subjects(self, batch: Batch) -> pl.Series:
        """Read names as other cells are read, but for capitals, which may tell patients apart."""
        cells = batch.visits[self.subject]
        texts, _ = _texts(cells, self.input_.missing, str, pl.String)
        return texts.str.replace(r"^(\d+)\.0+$", "$1")


_ANOTHER = "another row of this patient cannot be read"


def _score(number: float | None) -> int | None:
    """Give a score; a number that is none is reported already."""
    is_score = number is not None and number % 1 == 0 and 0 <= number <= MAX_TOTAL
    return int(number) if number is not None and is_score else None


def _texts(
    cells: pl.Series,
    missing: Collection[str],
    read: Callable[[str], object],
    dtype: type[pl.DataType],
) -> tuple[pl.Series, pl.Series]:
    """Read each cell as text, where nothing is null, and say which are not accepted."""
    if cells.dtype.is_nested():
        raise InvalidInputError(f"column {shorten(cells.name)} holds lists; accepted: plain cells")
    nothing = Nothing(missing)
    values: list[object] = []
    wrong: list[bool] = []
    for cell in python_values(cells):
        text = "" if cell is None or cell != cell else str(cell).strip()  # noqa: PLR0124 - NaN
        value = None
        if text.lower() not in nothing:
            with suppress(ValueError):
                value = read(text)
        values.append(value)
        wrong.append(value is None and text.lower() not in nothing)
    return pl.Series(cells.name, values, dtype=dtype), pl.Series(wrong, dtype=pl.Boolean)


def _quantity_of(unit: str, decimal: Decimal | None) -> Callable[[str], object]:
    def read(text: str) -> str:
        plain = text if decimal is None else in_points(text, decimal)
        return str(Quantity.parse(f"{plain} {unit}" if unit else plain))

    return read


def _beyond(amounts: pl.Series, name: str) -> pl.Series:
    """Say which amounts are in no unit of the field, or such as no patient has."""

    def is_beyond(text: str | None) -> bool:
        if text is None:
            return False
        try:
            measured(text, name)
        except InvalidInputError:
            return True
        return False

    return pl.Series([is_beyond(text) for text in amounts], dtype=pl.Boolean)


def _ranges(name: str) -> str:
    return " or ".join(plausible_range(name, unit) for unit in UNITS[name])
