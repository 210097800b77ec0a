"""The cells of a frame read into plain columns: by expressions, or each different cell once.

A cell that is wrong, or that neither can read, has its frame read row by row, which says what is
wrong. Needs the extra `frame`.
"""

from collections.abc import Callable
from datetime import date
from decimal import Decimal
from functools import reduce
from operator import add
from typing import Any, Never, cast

import narwhals as nw

from sledai.codebook import Codebook
from sledai.codebook.columns import field_sources
from sledai.codebook.dates import DAY_ZERO, MOST_DAYS, read_date
from sledai.codebook.fields import FieldColumn
from sledai.engines import BETWEEN, column_of
from sledai.errors import InvalidInputError, shorten
from sledai.frame.answer_columns import answer_column, counted, kinds_of, number
from sledai.frame.baseline_rows import BaselineRows
from sledai.frame.descriptor_columns import read_descriptors, words_of
from sledai.frame.lab_columns import numbers
from sledai.frame.plain_visits import (
    BILLION,
    DAY,
    MARKED,
    NO_END,
    UNTIL,
    Number,
    PlainVisits,
    billionths,
)
from sledai.frame.rows import RowsWhere, rows_where
from sledai.frame.three_valued import Answer, certain
from sledai.frame.visit_rows import cell_value, visit_columns_of
from sledai.quantities import Interval, checked, plausible, scale_of
from sledai.quantities.fields import LETTERS, measured
from sledai.visits.visit import MOST_GLOBAL, RANGES, visit_number

__all__ = ["NotPlain", "read_plain"]


class NotPlain(Exception):  # noqa: N818 - no error of the caller's
    """A cell has to be read one by one: it is wrong, or no expression reads it."""


def read_plain(
    frame: Any,
    engine: Any,
    codebook: Codebook | None,
    book: Codebook,
    baseline: BaselineRows | None = None,
) -> tuple[PlainVisits, Any]:
    """Read an opened frame, and give it with the columns that were read cell by cell.

    Raises `InvalidInputError` for columns that cannot be the ones that are meant, and
    `NotPlain` where an eager frame has to be read one row after the other.
    """
    reader = _Reader(frame, engine, codebook, book)
    subject, dates = visit_columns_of(book)
    descriptors = read_descriptors(frame, codebook and book, (subject, dates))
    for column in (subject, dates):
        if column not in reader.schema:
            raise InvalidInputError.no_column(column)
        reader.refuse(column)
    reader.missing(subject)
    reader.day(dates)
    for d in descriptors:
        reader.answer(d.descriptor.value, d)
    for field_ in field_sources(list(reader.schema), book):
        reader.field(field_)
    for name, value in book.fields.asserted.items():
        reader.asserted(name, value)
    if baseline is not None:
        reader.baseline(baseline)
    return (
        PlainVisits(
            engine=engine,
            descriptors=descriptors,
            columns=reader.columns,
            constants=reader.constants,
            signs=frozenset(reader.signs),
            numbers=frozenset(reader.numbers),
            amounts=frozenset(reader.amounts),
            letters=frozenset(reader.letters),
            wrong=reduce(add, reader.wrong),
        ),
        reader.frame,
    )


class _Reader:
    """Reads the columns of a frame, by expressions and, of an eager frame, else by its cells."""

    def __init__(self, frame: Any, engine: Any, codebook: Codebook | None, book: Codebook) -> None:
        self.frame, self.engine, self.book = frame, engine, book
        self.schema = frame.collect_schema()
        self.kinds = kinds_of(frame)
        self.words = words_of(codebook)
        self.lazy = isinstance(frame, nw.LazyFrame)
        self.columns: dict[str, Any] = {}
        self.constants: dict[str, Answer | Number] = {}
        self.signs: list[str] = []
        self.numbers: list[str] = []
        self.amounts: list[str] = []
        self.letters: list[str] = []
        self.wrong: list[Any] = [number(engine, 0).cast(engine.Int32)]

    def refuse(self, column: str) -> None:
        """Refuse columns of lists."""
        if self.schema[column].is_nested():
            raise InvalidInputError(f"column {shorten(column)} holds lists; accepted: plain cells")

    def _count(self, wrong: Any) -> None:
        self.wrong.append(counted(self.engine, wrong))

    def _add(self, name: str, values: Any) -> None:
        self.columns[f"{BETWEEN}{name}"] = values

    def missing(self, subject: str) -> None:
        """Count the rows of no patient."""
        column = column_of(self.engine, subject)
        none = column.is_null()
        if self.schema[subject].is_float():
            none = none | column.is_nan()
        if self.kinds[subject] in {"float", "number", "text"} and self.words.nothing:
            answer = answer_column(self.kinds, subject, self.words)
            none = none | answer.holds(self.engine, self.words.nothing)
        self._count(none)

    def day(self, column: str, name: str = DAY) -> None:
        """Read the date of each visit, or its day, as a number of days."""
        engine, dtype, visit = self.engine, self.schema[column], self.book.visit
        cells = column_of(engine, column)
        if visit.day is not None and dtype.is_integer():
            days = cells * (7 if visit.day_unit == "weeks" else 1)
            near = (days >= -MOST_DAYS) & (days <= MOST_DAYS)
            days = engine.when(near).then(days.cast(engine.Int32))
        elif visit.day is None and isinstance(dtype, nw.Date | nw.Datetime):
            days = _days(engine, cells.dt.date() if isinstance(dtype, nw.Datetime) else cells)
        elif self.lazy:
            self._refuse_type(column, "dates" if visit.day is None else "whole numbers of days")
        else:

            def read(cell: Any) -> int | None:
                if self.words.says_nothing(cell):
                    return None
                return (read_date(cell, visit) - DAY_ZERO).days

            self._by_cell(column, name, read)
            days = engine.col(f"{name}_read")
        self.columns[name] = days
        if name == DAY:
            self._count(days.is_null())

    def baseline(self, rows: BaselineRows) -> None:
        """Read what tells which row is a baseline."""
        if rows.where:
            where = cast("RowsWhere", rows_where(self.frame, rows.where))
            self.columns[MARKED] = certain(self.engine, where.meant(self.engine))
        elif rows.by_column is not None:
            if rows.by_column not in self.schema:
                raise InvalidInputError.no_column(rows.by_column, "the date of the baseline")
            self.refuse(rows.by_column)
            self.day(rows.by_column, UNTIL)

    def answer(self, name: str, column: Any) -> None:
        """Read a column of yes and no."""
        if column.kind is None:
            return
        engine = self.engine
        yes = certain(engine, column.says_yes(engine))
        something = certain(engine, column.says_something(engine))
        self._add(f"{name}_yes", yes)
        self._add(f"{name}_no", something & ~yes)
        self.wrong.append(column.invalid(engine).cast(engine.Int32))

    def field(self, field_: FieldColumn) -> None:
        """Read a field of a visit."""
        self.refuse(field_.column)
        if field_.is_sign:
            self.signs.append(field_.name)
            self.answer(field_.name, answer_column(self.kinds, field_.column, self.words))
        elif field_.is_letter:
            self.letters.append(field_.name)
            self._letter(field_)
        elif field_.name in RANGES:
            self.numbers.append(field_.name)
            self._number(field_)
        else:
            self.amounts.append(field_.name)
            self._amount(field_)

    def _letter(self, field_: FieldColumn) -> None:
        engine, name = self.engine, field_.name
        if self.kinds[field_.column] != "text":
            if self.lazy:
                self._refuse_type(field_.column, "text")
            raise NotPlain
        cells = column_of(engine, field_.column).cast(engine.String).str.strip_chars()
        cells = cells.str.to_uppercase()
        nothing = answer_column(self.kinds, field_.column, self.words)
        empty = cells.is_null() | nothing.holds(engine, ["", *self.words.nothing])
        place: Any = engine.lit(None, dtype=engine.Int32)
        for number_, letter in enumerate(LETTERS):
            place = engine.when(cells == letter).then(engine.lit(number_)).otherwise(place)
        self._add(name, engine.when(~empty).then(place.cast(engine.Int32)))
        self._count(~empty & ~cells.is_in(LETTERS))

    def _refuse_type(self, column: str, accepted: str) -> Never:
        raise InvalidInputError.in_words(
            f"a column of type {self.schema[column]}",
            f"{accepted} (cast it), or a frame in memory",
            f"column {shorten(column)}, of a lazy frame",
        )

    def _plain_number(self, field_: FieldColumn) -> bool:
        dtype = self.schema[field_.column]
        if dtype.is_integer() or dtype == nw.Float64:
            return True
        if self.lazy:
            self._refuse_type(field_.column, "numbers of 64 bits")
        return False

    def _number(self, field_: FieldColumn) -> None:
        engine, name = self.engine, field_.name
        if not self._plain_number(field_):

            def read(cell: Any) -> int | None:
                number_ = visit_number(name, self._value(field_, cell))
                return None if number_ is None else billionths(number_)

            self._by_cell(field_.column, f"{BETWEEN}{name}", read)
            self._add(name, engine.col(f"{BETWEEN}{name}_read"))
            return
        cells, there = numbers(engine, field_.column, self.schema, self.words.nothing)
        least, most, _ = field_.range
        fits = there & (cells >= least) & (cells <= most)
        factor = BILLION * MOST_GLOBAL / field_.most if field_.scaled else BILLION
        self._add(name, engine.when(fits).then((cells * factor).round().cast(engine.Int64)))
        self._count(there & ~((cells >= least) & (cells <= most)))

    def _amount(self, field_: FieldColumn) -> None:
        engine, name, unit = self.engine, field_.name, field_.unit
        ends = (f"{name}_least", f"{name}_most")
        if not unit or not self._plain_number(field_):
            for place, end in enumerate(ends):

                def read(cell: Any, place: int = place) -> int:
                    return _interval(name, self._value(field_, cell))[place]

                self._by_cell(field_.column, f"{BETWEEN}{end}", read)
                self._add(end, engine.col(f"{BETWEEN}{end}_read"))
            return
        cells, there = numbers(engine, field_.column, self.schema, self.words.nothing)
        scale = scale_of(name, unit)
        amounts = cells * float(scale.factor) + float(scale.offset)
        least, most = map(float, plausible(name, unit))
        fits = (amounts == 0) | ((amounts >= least) & (amounts <= most))
        value = (amounts * BILLION).round().cast(engine.Int64)
        for end, limit in zip(ends, (-NO_END, NO_END), strict=True):
            other = engine.lit(limit, dtype=engine.Int64)
            self._add(end, engine.when(there & fits).then(value).otherwise(other))
        self._count(there & ~fits)

    def asserted(self, name: str, value: object) -> None:
        """Take what the codebook says of every visit."""
        if isinstance(value, bool):
            self.constants[name] = Answer(yes=value, no=not value)
        else:
            number_ = billionths(cast("Decimal", visit_number(name, value)))
            self.constants[name] = Number(number_, number_)

    def _value(self, field_: FieldColumn, cell: Any) -> Any:
        short = self.schema[field_.column] == nw.Float32
        return cell_value(field_, cell, self.words, self.book, short=short)

    def _by_cell(self, column: str, name: str, read: Callable[[Any], Any]) -> None:
        """Read each different cell of an eager column once."""
        if self.kinds[column] == "other":  # python may not hold it
            raise NotPlain
        series = self.frame.get_column(column).to_native()
        cells = series.unique()
        try:
            values = [read(cell) for cell in cells.to_list()]
        except InvalidInputError:
            raise NotPlain from None
        polars = self.engine
        found = polars.Series(values, dtype=polars.Int64)
        if values:
            found = series.replace_strict(cells, found, return_dtype=polars.Int64)
        self.frame = self.frame.with_columns(
            nw.from_native(found.alias(f"{name}_read"), series_only=True)
        )


def _interval(name: str, value: Any) -> tuple[int, int]:
    """Give the ends of an amount, where an open one is a billionth further in."""
    if value is None:
        return -NO_END, NO_END
    amount: Interval = checked(name, measured(value, name))
    least = billionths(amount.least) + amount.least_open
    most = NO_END if amount.most is None else billionths(amount.most) - amount.most_open
    return least, most


def _days(engine: Any, dates: Any) -> Any:
    """Count the days of dates that python can hold; null for others.

    It is done by the calendar, which every engine can tell of a date.
    """
    if engine.__name__ == "polars":
        days = dates.cast(engine.Date).cast(engine.Int32) - _ZERO
        return engine.when((days >= _FIRST_DAY) & (days <= _LAST_DAY)).then(days)
    year, month, day = (
        part.cast(engine.Int32) for part in (dates.dt.year(), dates.dt.month(), dates.dt.day())
    )
    # Years begin in March, so that the day which some years have more is their last.
    late = engine.when(month > 2).then(engine.lit(0)).otherwise(engine.lit(1))  # noqa: PLR2004
    y, m = year - late, month + 12 * late - 3
    # Where "//" and "%" are written out, as on DuckDB, they take many times as long as floors.
    leaps = (y / 4).floor() - (y / 100).floor() + (y / 400).floor()
    days = 365 * y + leaps + ((153 * m + 2) / 5).floor() + day - _ZERO_BY_MARCH
    days = days.cast(engine.Int32)
    return engine.when((year >= date.min.year) & (year <= date.max.year)).then(days)


_FIRST_DAY, _LAST_DAY = ((day - DAY_ZERO).days for day in (date.min, date.max))
_ZERO = DAY_ZERO.toordinal() - date(1970, 1, 1).toordinal()
_ZERO_BY_MARCH = DAY_ZERO.toordinal() + 306
