"""The rows of a file of visits read for `sledai visits`: patient, date, answers and fields."""

from collections.abc import Callable, Collection, Iterator
from contextlib import suppress
from dataclasses import dataclass

import polars as pl

from sledai.cdisc.study_visits import CATEGORIES, Study, editions_beside
from sledai.cells import Nothing, RowsRead, find_answers, python_values, read_numbers
from sledai.cells.rows import rows_where
from sledai.cli.options import BY_FLAGS, Input, read_items
from sledai.cli.problems import EMPTY, Problems, problems_of
from sledai.cli.whole_patients import ROW, SUBJECT
from sledai.codebook import Codebook
from sledai.codebook.columns import field_sources
from sledai.codebook.dates import accepted_dates, read_date
from sledai.codebook.fields import AMOUNTS, FieldColumn
from sledai.codebook.numbers import Decimal, in_points
from sledai.errors import InvalidInputError, shorten
from sledai.files import Batch, Rejected
from sledai.frame import BaselineRows
from sledai.quantities import UNITS, Quantity, plausible_range
from sledai.quantities.fields import LETTERS, letter, measured
from sledai.scoring import MAX_TOTAL
from sledai.visits.visit import RANGES

__all__ = [
    "DATE",
    "MARKED",
    "NUMBER",
    "PLACE",
    "REASON",
    "REASON_GIVEN",
    "RECORD",
    "REFERENCE",
    "UNTIL",
    "VISIT",
    "YES",
    "VisitsReader",
    "recorded_column",
    "subject_and_date",
    "visits_reader",
]

DATE = "the date"
PLACE, REASON, RECORD = "the place", "the reason", "the record"
"""Where a row stands in the file, why it is set aside, and what is no row as it stands there."""
MARKED, UNTIL = "the mark", "the last day"
"""Whether a row is marked as a baseline, which is YES, and the day up to which one is looked for.

No field and no descriptor has such a name.
"""
YES = "yes"
VISIT, NUMBER = "the visit's name", "the visit's number"
REFERENCE, REASON_GIVEN = "the reference", "the reason that is given"
"""What a study says of each visit, where a data set is asked for."""
_CELL = "cell {}".format


def recorded_column(field_: str) -> str:
    """Name a column of recorded scores so that it is the name of nothing else."""
    return f"the recorded {field_}"


@dataclass(slots=True)
class VisitsReader:
    """Reads a file batch by batch: answers, dates and fields, and where each row stands.

    Where `cells` are wanted, each row has those of the file as they are.
    """

    input_: Input
    subject: str
    date: str
    fields: tuple[FieldColumn, ...]
    problems: Problems
    baseline: BaselineRows | None = None
    study: Study | None = None
    cells: bool = True
    rows: int = 0

    def read(self, batches: Iterator[Batch]) -> Iterator[pl.DataFrame]:
        """Read each batch, until something is wrong for which the file is refused.

        A record that is no row is one of nobody here, with its text in `RECORD`; `REASON` has what
        is wrong with a row, where rejects are wanted.
        """
        for batch in batches:
            read = self._batch(batch)
            reasons = self.problems.rejects.taken(batch.places).alias(REASON)
            if self.problems.found:
                continue  # to find the others; nothing will be written
            record = pl.repeat(None, read.height, dtype=pl.String, eager=True).alias(RECORD)
            rows = read.with_columns(batch.places.alias(PLACE), reasons, record)
            if self.cells:
                rows = rows.hstack(batch.visits.rename(self._names))
            if batch.rejected:
                schema = {name: rows.schema[name] for name in (PLACE, REASON, RECORD)}
                records = pl.DataFrame(list(batch.rejected), schema=schema, orient="row")
                rows = pl.concat([rows, records], how="diagonal").sort(PLACE)
            yield rows.with_row_index(ROW, self.rows)
            self.rows += rows.height

    @property
    def _names(self) -> dict[str, str]:
        return {name: _CELL(n) for n, name in enumerate(self.input_.visits.columns)}

    def as_in_the_file(self, rows: pl.DataFrame) -> tuple[Batch, pl.DataFrame]:
        """Give rows that were read as they stand in the file, beside all that is known of them."""
        is_row = rows[RECORD].is_null()
        records = rows.filter(~is_row).select(PLACE, REASON, RECORD)
        known = rows.filter(is_row)
        # By series, since some names polars would take for patterns.
        visits = pl.DataFrame([known[cell].alias(name) for name, cell in self._names.items()])
        rejected = tuple(Rejected(*record) for record in records.rows())
        return Batch(visits=visits, places=known[PLACE], rejected=rejected, end=0), known

    @property
    def as_read(self) -> Codebook:
        """Say what the columns are that were read."""
        book = self.input_.book
        return Codebook(
            visit={"subject": SUBJECT, "date": DATE, "same_day": book.visit.same_day},
            descriptors={
                "absent": book.descriptors.absent,
                "not_collected": book.descriptors.not_collected,
            },
            fields={
                **{
                    f.name: {"column": f.name, "scale": [0, f.most]}
                    for f in self.fields
                    if f.scaled
                },
                **book.fields.asserted,
            },
            recorded={score.removesuffix("_score"): name for score, name in self.recorded.items()},
        )

    @property
    def recorded(self) -> dict[str, str]:
        """The columns of recorded scores, as they were read."""
        return {name: recorded_column(name) for name in self.input_.book.recorded.scores}

    @property
    def baseline_read(self) -> BaselineRows | None:
        """Say by the columns that were read which row is a baseline."""
        if self.baseline is None:
            return None
        if self.baseline.where:
            return BaselineRows.marked({MARKED: YES})
        return self.baseline if self.baseline.by_column is None else BaselineRows.last_by(UNTIL)

    def _batch(self, batch: Batch) -> pl.DataFrame:
        problems = self.problems
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
                numbers, wrong = _read_each(cells, missing, _quantity_of(unit, decimal), pl.String)
                units = unit or f"and one of {', '.join(UNITS[name])}"
                what, accepted = "cells that are no amount", f"a number {units}, {EMPTY}"
                if not unit:
                    accepted += f"; plain numbers need --field '{theirs}={name} UNIT'"
                within = f"units {', '.join(UNITS[name])}; {_ranges(name)}"
                beyond = _beyond(numbers, name)
                wrong &= ~beyond
            elif field_.is_letter:
                read.append(self._letters(batch, theirs).alias(name))
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
        return pl.DataFrame(
            [*self._visit(batch), *read, *self._marks(batch), *self._of_the_study(batch)]
        )

    def _visit(self, batch: Batch) -> list[pl.Series]:
        """Read whose visit each row is, and when it was."""
        dates, wrong = self._dates(batch.visits[self.date], [])
        wrong |= dates.is_null()
        what, accepted = "cells that are no date", accepted_dates(self.input_.book.visit)
        self.problems.add_cells(batch, self.date, wrong, what, accepted)
        subjects = self._subjects(batch)
        what, accepted = "rows of no patient", "a name or number, that --missing does not name"
        self.problems.add_cells(batch, self.subject, subjects.is_null(), what, accepted)
        return [subjects.alias(SUBJECT), dates.alias(DATE)]

    def _letters(self, batch: Batch, theirs: str) -> pl.Series:
        letters, wrong = _read_each(batch.visits[theirs], self.input_.missing, letter, pl.String)
        accepted = f"{', '.join(LETTERS)} (any case), {EMPTY}"
        what = "cells that are no letter of BILAG"
        self.problems.add_cells(batch, theirs, wrong, what, accepted)
        return letters

    def _marks(self, batch: Batch) -> list[pl.Series]:
        """Read what says which row is a baseline."""
        rows = self.baseline
        if rows is None:
            return []
        if rows.where:
            marked = rows_where(batch.visits, rows.where)
            table = marked.alias(MARKED).to_frame()
            return [table.select(pl.when(MARKED).then(pl.lit(YES)).alias(MARKED)).to_series()]
        if rows.by_column is None:
            return []
        until, wrong = self._dates(batch.visits[rows.by_column], self.input_.missing)
        accepted = f"{accepted_dates(self.input_.book.visit)}, {EMPTY}"
        self.problems.add_cells(batch, rows.by_column, wrong, "cells that are no date", accepted)
        return [until.alias(UNTIL)]

    def _of_the_study(self, batch: Batch) -> list[pl.Series]:
        """Read what the study says of each visit: its name, its number, day 1, and a reason."""
        if self.study is None:
            return []
        named, missing = self.study.named, self.input_.missing
        read: list[pl.Series] = []
        for column in CATEGORIES:
            if column in batch.visits.columns:
                wrong = editions_beside(batch.visits[column], self.study.rated_by)
                what, accepted = "visits rated by another edition", self.study.rated_by.value
                self.problems.add_cells(batch, column, wrong, what, f"{accepted} (--edition)")
        for field, column in (("visit", VISIT), ("reason", REASON_GIVEN)):
            if (theirs := named.get(field)) is not None:
                texts, _ = _read_each(batch.visits[theirs], missing, str, pl.String)
                read.append(texts.alias(column))
        if (theirs := named.get("visit_number")) is not None:
            decimal = self.input_.book.file.decimal
            numbers, wrong = read_numbers(batch.visits[theirs], missing, decimal)
            what = "cells that are no number of a visit"
            wrong |= ~numbers.is_finite().fill_null(value=False)
            self.problems.add_cells(batch, theirs, wrong, what, "a number")
            read.append(numbers.alias(NUMBER))
        if (theirs := named.get("reference")) is not None:
            days, wrong = self._dates(batch.visits[theirs], missing)
            accepted = f"{accepted_dates(self.input_.book.visit)}, {EMPTY}"
            self.problems.add_cells(batch, theirs, wrong, "cells that are no date", accepted)
            read.append(days.alias(REFERENCE))
        return read

    def _dates(self, cells: pl.Series, missing: Collection[str]) -> tuple[pl.Series, pl.Series]:
        visit = self.input_.book.visit
        return _read_each(cells, missing, lambda cell: read_date(cell, visit), pl.Date)

    def _subjects(self, batch: Batch) -> pl.Series:
        """Read names as other cells are read, but for capitals, which may tell patients apart."""
        cells = batch.visits[self.subject]
        texts, _ = _read_each(cells, self.input_.missing, str, pl.String)
        return texts.str.replace(r"^(\d+)\.0+$", "$1")


def _read_each(
    cells: pl.Series,
    missing: Collection[str],
    read: Callable[[str], object],
    dtype: type[pl.DataType],
) -> tuple[pl.Series, pl.Series]:
    """Read each different cell as text, where nothing is null, and say which are not accepted."""
    if cells.dtype.is_nested():
        raise InvalidInputError(f"column {shorten(cells.name)} holds lists; accepted: plain cells")
    nothing = Nothing(missing)

    def value(cell: object) -> tuple[object, bool]:
        text = "" if cell is None or cell != cell else str(cell).strip()  # noqa: PLR0124 - NaN
        if text.lower() in nothing:
            return None, False
        with suppress(ValueError):
            return read(text), False
        return None, True

    values, wrong = _each(cells, value, dtype, pl.Boolean)
    return values.alias(cells.name), wrong


def _each(
    cells: pl.Series,
    value: Callable[[object], tuple[object, ...]],
    *dtypes: type[pl.DataType],
) -> list[pl.Series]:
    """Ask each different cell for some values."""
    if cells.dtype == pl.Null:
        cells = cells.cast(pl.String)
    cells = cells.alias("cell")
    different = cells.unique()
    found = list(zip(*map(value, python_values(different)), strict=True)) or [()] * len(dtypes)
    names = [f"value {n}" for n in range(len(dtypes))]
    columns = [
        pl.Series(name, values, dtype=dtype)
        for name, values, dtype in zip(names, found, dtypes, strict=True)
    ]
    table = cells.to_frame().join(
        pl.DataFrame([different, *columns]),
        on="cell",
        how="left",
        nulls_equal=True,
        maintain_order="left",
    )
    return [table[name] for name in names]


def _quantity_of(unit: str, decimal: Decimal | None) -> Callable[[str], object]:
    def read(text: str) -> str:
        plain = text if decimal is None else in_points(text, decimal)
        return str(Quantity.parse(f"{plain} {unit}" if unit else plain))

    return read


def _beyond(amounts: pl.Series, name: str) -> pl.Series:
    """Say which amounts are in no unit of the field, or such as no patient has."""

    def is_beyond(text: object) -> tuple[bool]:
        try:
            if text is not None:
                measured(text, name)
        except InvalidInputError:
            return (True,)
        return (False,)

    return _each(amounts, is_beyond, pl.Boolean)[0]


def _ranges(name: str) -> str:
    return " or ".join(plausible_range(name, unit) for unit in UNITS[name])


def subject_and_date(book: Codebook) -> tuple[str, str]:
    """Give the columns that say whose a visit is, and of when.

    Raises `InvalidInputError` where the codebook does not name both.
    """
    subject, day = book.visit.subject, book.visit.when
    if subject is None or day is None:
        lacking = "subject" if subject is None else "date"
        raise InvalidInputError(
            f"no column of the {lacking}; accepted: --{lacking} COLUMN, or {lacking} in [visit] of "
            "a codebook"
        )
    return subject, day


def visits_reader(
    rows: RowsRead, book: Codebook, baseline: BaselineRows | None = None
) -> VisitsReader:
    """Read a file of which no row is set aside, and whose cells are not written again.

    Raises `InvalidInputError` for columns that are not named, or not there.
    """
    subject, day = subject_and_date(book)
    input_ = read_items(rows, book)
    named = [field.column for field in book.fields.columns]
    input_.require([subject, day, *named, *book.recorded.scores.values()])
    return VisitsReader(
        input_,
        subject,
        day,
        field_sources(rows.visits.columns, book, BY_FLAGS),
        problems_of(input_),
        baseline=baseline,
        cells=False,
    )
