"""The rows of a file of visits read for `sledai visits`: patient, date, answers and fields."""

from collections.abc import Callable, Collection
from contextlib import suppress
from dataclasses import dataclass, field

import polars as pl

from sledai.cells import Nothing, find_answers, python_values, read_numbers
from sledai.cli.options import Input
from sledai.cli.problems import Problems
from sledai.codebook.dates import accepted_dates, read_date
from sledai.codebook.fields import AMOUNTS, FieldColumn
from sledai.codebook.numbers import Decimal, in_points
from sledai.errors import InvalidInputError, shorten
from sledai.files import Batch
from sledai.quantities import UNITS, Quantity, plausible_range
from sledai.quantities.fields import measured
from sledai.scoring import MAX_TOTAL
from sledai.visits.visit import RANGES

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
    cells: list[pl.DataFrame] = field(default_factory=list[pl.DataFrame])
    places: list[int] = field(default_factory=list[int])

    def read(self) -> pl.DataFrame:
        """Read the whole file, or raise `InvalidInputError` for all that is wrong with it."""
        problems = Problems(self.input_)
        frames: list[pl.DataFrame] = []
        with problems.batches() as batches:
            for batch in batches:
                frames.append(self._batch(batch, problems))
                self.cells.append(batch.visits)
                self.places += batch.places.to_list()
        return pl.concat(frames)

    def _batch(self, batch: Batch, problems: Problems) -> pl.DataFrame:
        missing, words = self.input_.missing, self.input_.book.words
        decimal = self.input_.book.file.decimal
        answers = find_answers(batch.visits, self.input_.words, self.input_.book.rows)
        problems.add_code(answers)
        problems.add(batch, answers)
        read = [answers.visits[name].alias(d.value) for name, d in self.input_.columns.items()]
        signs = {field_.column: words for field_ in self.fields if field_.is_sign}
        said = find_answers(batch.visits, signs)
        other = "empty; other texts need --missing TEXT"
        accepted = f"; accepted: {', '.join(words.table)} (any case), {other}"
        problems.add_answers(batch, said, "signs that are neither yes nor no", accepted)
        for field_ in self.fields:
            theirs, name, unit = field_.column, field_.name, field_.unit
            cells = batch.visits[theirs]
            if name in RANGES:
                numbers, wrong = read_numbers(cells, missing, decimal)
                what, accepted = "cells that are no number", f"a number, {other}"
                least, most, what_of = field_.range
                beyond = ~numbers.is_between(least, most).fill_null(value=True)
                within = f"{least:,} to {most:,} {what_of}"
            elif name in AMOUNTS:
                numbers, wrong = _texts(cells, missing, _quantity_of(unit, decimal), pl.String)
                units = unit or f"and one of {', '.join(UNITS[name])}"
                what, accepted = "cells that are no amount", f"a number {units}, {other}"
                if not unit:
                    accepted += f"; plain numbers need --field '{theirs}={name} UNIT'"
                within = f"units {', '.join(UNITS[name])}; {_ranges(name)}"
                beyond = _beyond(numbers, name)
                wrong &= ~beyond
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
            accepted = f"a whole number 0 to {MAX_TOTAL}, {other}"
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

    def _subjects(self, batch: Batch) -> pl.Series:
        """Read names as other cells are read, but for capitals, which may tell patients apart."""
        cells = batch.visits[self.subject]
        texts, _ = _texts(cells, self.input_.missing, str, pl.String)
        return texts.str.replace(r"^(\d+)\.0+$", "$1")


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
