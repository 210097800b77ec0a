"""How a data set stands in rows: the sections `file`, `rows`, `long` and `visit` of a codebook."""

from collections.abc import Mapping
from typing import Annotated, Any, Literal, Self, get_args

from pydantic import BeforeValidator, Field, PlainValidator, model_validator

from sledai.codebook.numbers import Decimal
from sledai.codebook.sections import Column, Part, Text, Texts, one_of, table_of, texts_of
from sledai.codebook.words import compared
from sledai.errors import InvalidInputError, shorten
from sledai.records import FrozenDict

__all__ = ["FileFormat", "LongLayout", "RowConditions", "VisitColumns"]


def _conditions(value: object) -> object:
    said = table_of(value, "columns and the texts that they hold")
    found: dict[str, tuple[str, ...]] = {}
    for column, texts in said.items():
        if type(column) is not str:
            raise InvalidInputError.found(column, "the name of a column")
        found[column] = tuple(map(compared, texts_of(texts, shorten(column))))
    return FrozenDict(found)


def _row(value: object) -> object:
    if value is not None and (type(value) is not int or value < 1):
        raise InvalidInputError.found(value, "the number of a row, from 1")
    return value


def _decimal(value: object) -> object:
    if value is not None and value not in get_args(Decimal):
        raise InvalidInputError.found(value, "a point or a comma, '.' or ','")
    return value


DayUnit = Literal["days", "weeks"]
SameDay = Literal["refuse", "first", "last"]
Conditions = Annotated[Mapping[str, tuple[str, ...]], PlainValidator(_conditions)]


class FileFormat(Part):
    """How the text of a file is written, and which texts stand for nothing in every column.

    `header_row` is counted from 1; rows above it are not read. Where `decimal` is stated, the other
    one of point and comma may stand between thousands.
    """

    header_row: Annotated[int | None, BeforeValidator(_row)] = Field(
        default=None, description="The row of the names, from 1; rows above it are not read."
    )
    separator: Text | None = Field(
        default=None,
        description="What separates the fields of text, by default as its suffix says: one "
        "character, or tab.",
    )
    decimal: Annotated[Decimal | None, BeforeValidator(_decimal)] = Field(
        default=None, description="What stands before decimals, a point or a comma."
    )
    encoding: Text = Field(default="utf-8", description="How the text of CSV is encoded.")
    sheet: Text | None = Field(default=None, description="The sheet of a workbook.")
    missing: Texts = Field(
        default=(), description="Texts that stand for nothing in every column, as -9 or NA."
    )


class VisitColumns(Part):
    """The columns of the patient and of the date of a visit, or of its day since a day 0.

    `date_format` is that of `strptime`, as "%d/%m/%Y"; without it dates are as 2024-01-16. Of
    several visits of a patient on one day the first or the last row counts, where `same_day` says
    so.
    """

    subject: Column | None = Field(
        default=None, description="The column that tells patients apart."
    )
    date: Column | None = Field(default=None, description="The column of the date.")
    date_format: Text | None = Field(
        default=None, description="How dates are written, as %d/%m/%Y; by default as 2024-01-16."
    )
    day: Column | None = Field(
        default=None, description="In place of a date, the column of the days since a day 0."
    )
    day_unit: Annotated[DayUnit, BeforeValidator(one_of(DayUnit))] = Field(
        default="days", description="What is counted there, days or weeks."
    )
    same_day: Annotated[SameDay, BeforeValidator(one_of(SameDay))] = Field(
        default="refuse",
        description="Which of several rows of a patient on one day counts: first or last; they "
        "are refused by default.",
    )

    @model_validator(mode="after")
    def _say_one_thing(self) -> Self:
        if self.date is not None and self.day is not None:
            raise InvalidInputError("date and day; accepted: one of them")
        return self

    @property
    def when(self) -> str | None:
        """The column of the date, or of the day in its place."""
        return self.day if self.date is None else self.date


class RowConditions(Part):
    """Which rows are visits, and of which the form itself says that nothing or none was found.

    Each is a table of columns with the texts that they hold, compared as cells are; a row is meant
    where all columns hold one of theirs.
    """

    only_where: Conditions = Field(
        default=FrozenDict(), description="Rows that are visits; all others are left out."
    )
    not_assessed_where: Conditions = Field(
        default=FrozenDict(), description="Rows of which no descriptor was assessed."
    )
    none_present_where: Conditions = Field(
        default=FrozenDict(),
        description="Rows of which every descriptor without an answer is absent.",
    )

    def lines(self) -> dict[str, Any]:
        """Give what is stated, as TOML has it."""
        return {
            name: {column: [*texts] for column, texts in where.items()}
            for name in type(self).model_fields
            if (where := getattr(self, name))
        }

    @property
    def columns(self) -> frozenset[str]:
        """The columns that conditions are about."""
        return frozenset([*self.only_where, *self.not_assessed_where, *self.none_present_where])


class LongLayout(Part):
    """The columns where one row is an item: rows with the same `visit` make one visit."""

    visit: Texts = Field(
        default=(), description="The columns that tell visits apart: equal ones make one visit."
    )
    item: Column | None = Field(
        default=None, description="The column of the item's name, found as a column's would be."
    )
    answer: Column | None = Field(default=None, description="The column of the answer.")

    @model_validator(mode="after")
    def _say_all(self) -> Self:
        if len({bool(self.visit), self.item is not None, self.answer is not None}) > 1:
            raise InvalidInputError("accepted: visit, item and answer together")
        if len(set(self.columns)) < len(self.columns):
            raise InvalidInputError("one column named twice; accepted: visit, item, answer apart")
        return self

    def __bool__(self) -> bool:
        return bool(self.visit)

    @property
    def columns(self) -> tuple[str, ...]:
        """The columns of visit, item and answer; none where no layout is stated."""
        return (*self.visit, self.item or "", self.answer or "") if self else ()
