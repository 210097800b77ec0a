"""Columns of yes or no as expressions: what is present, absent, not known, and no answer at all.

Each cell is read by when/then, and whatever no word says falls on the side of not known: a cast, a
horizontal sum or a bare comparison would make a missing answer present or absent on some engine.
Needs the extra `frame`.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cache
from typing import Any, Literal, Self, assert_never

import narwhals as nw

from sledai.codebook.words import ONE_AND_ZERO, Words, numbers_among
from sledai.engines import column_of, mixed_columns, selected
from sledai.errors import InvalidInputError, shorten
from sledai.frame.three_valued import any_of

__all__ = [
    "AnswerColumn",
    "Kind",
    "answer_column",
    "counted",
    "flag",
    "kind_in",
    "kinds_of",
    "number",
    "refuse_cells",
    "refuse_invalid",
]

Kind = Literal["boolean", "float", "number", "object", "text", "other"]


@dataclass(frozen=True, slots=True, kw_only=True)
class AnswerColumn:
    """A column of yes or no, or the same answer in every row.

    In a boolean column the cells are the answers; in a column of numbers, of mixed objects or of
    text those that the words name (True equals 1); in any other column nothing is an answer but
    null. Without a `kind` there is no column, and each row says what is `asserted`.
    """

    column: str = ""
    kind: Kind | None = None
    words: Words = ONE_AND_ZERO
    asserted: bool | None = None

    def scored(self, engine: Any, points: int = 1) -> Any:
        """Give points where the answer is yes, else 0."""
        match self.kind:
            case "boolean" | "number" | "float" | "object" | "text":
                return flag(engine, self.says_yes(engine), points, 0)
            case "other":
                return number(engine, 0)
            case None:
                return number(engine, points if self.asserted else 0)
            case _:
                assert_never(self.kind)

    def unknown(self, engine: Any) -> Any:
        """Give 1 where the answer is neither yes nor no, else 0."""
        match self.kind:
            case "boolean" | "number" | "float" | "object" | "text":
                return flag(engine, self.says_something(engine), 0, 1)
            case "other":
                return number(engine, 1)
            case None:
                return number(engine, int(self.asserted is None))
            case _:
                assert_never(self.kind)

    def says_yes(self, engine: Any) -> Any:
        """Say whether a cell says yes; null is no."""
        if self.kind == "boolean":
            return column_of(engine, self.column)
        return self.holds(engine, self.words.present)

    def says_something(self, engine: Any) -> Any:
        """Say whether a cell says yes or no; null is neither."""
        if self.kind == "boolean":
            return ~column_of(engine, self.column).is_null()
        return self.holds(engine, (*self.words.present, *self.words.absent))

    def present(self, engine: Any) -> Any:
        """Say whether the answer is yes."""
        return self.scored(engine) > 0

    def absent(self, engine: Any) -> Any:
        """Say whether the answer is no."""
        return (self.scored(engine) == 0) & (self.unknown(engine) == 0)

    def answered(self, engine: Any) -> Any:
        """Say whether the answer is yes or no."""
        return self.unknown(engine) == 0

    def invalid(self, engine: Any) -> Any:
        """Give 1 where the cell is no answer, else 0."""
        if not self.checked:
            return number(engine, 0)
        column = column_of(engine, self.column)
        accepted = column.is_null()
        if self.kind != "other":
            words = self.words
            known = (*words.present, *words.absent, *words.nothing)
            accepted = accepted | self.holds(engine, known)
        if self.kind == "float":
            accepted = accepted | column.is_nan()
        if self.kind == "text" or (self.kind == "object" and self.words.texts):
            accepted = accepted | self.holds(engine, [""])  # an empty cell holds nothing
        return flag(engine, accepted, 0, 1)

    def holds(self, engine: Any, texts: Iterable[str]) -> Any:
        """Say whether a cell is one of these texts, or the number that one of them writes."""
        column = column_of(engine, self.column)
        texts = list(texts)
        numbers = numbers_among(texts)
        nowhere = column.is_null() & ~column.is_null()
        match self.kind:
            case "other":  # which may not compare with numbers
                return nowhere
            case _ if not texts:  # pyarrow looks for no text in none
                return nowhere
            case "object":  # of which some may be text
                if not self.words.texts:
                    return column.is_in(numbers)
                return column.is_in(numbers) | _compared(engine, column).is_in(_spelled(texts))
            case "text":
                return _compared(engine, column).is_in(_spelled(texts))
            case _:
                equal: list[Any] = [column == one for one in numbers]
                return any_of(*equal or [nowhere])

    def says(self, row: Mapping[str, Any]) -> bool | None:
        """Give the answer of a row that was found to hold one."""
        if self.kind is None:
            return self.asserted
        said = self.words.meaning(row[self.column])
        return said if isinstance(said, bool) else None

    def in_polars(self, kinds: Mapping[str, Kind]) -> Self | None:
        """Read the column where polars holds it, with these kinds; None where it says less there.

        Objects that are all true, false or nothing are booleans there, to which no code applies.
        """
        if self.kind is None:
            return self
        kind = kind_in(kinds[self.column], self.words)
        coded = self.words.stated or "1" not in self.words.present or "0" not in self.words.absent
        if kind == "boolean" and self.kind == "object" and coded:
            return None
        return replace(self, kind=kind)

    @property
    def checked(self) -> bool:
        """Whether the column can hold cells that are no answer."""
        return self.kind not in {None, "boolean"}


@cache
def number(engine: Any, value: int) -> Any:
    """Write a small whole number, each once; `engine` is narwhals, or polars itself."""
    return engine.lit(value, dtype=engine.Int8)  # the largest score, 105, fits


def flag(engine: Any, condition: Any, then: int = 1, otherwise: int = 0) -> Any:
    """Give one small number where a condition holds, and another where it does not."""
    return engine.when(condition).then(number(engine, then)).otherwise(number(engine, otherwise))


def counted(engine: Any, condition: Any, points: int = 1) -> Any:
    """Give points where a condition holds, else 0; a number where it is so in every row, or none.

    The condition is an expression, or true or false.
    """
    if isinstance(condition, bool):
        return points if condition else 0
    return flag(engine, condition, points).cast(engine.Int32)


def _spelled(texts: Iterable[str]) -> list[str]:
    """Give texts, and whole numbers also as columns of numbers with gaps write them: 2 as 2.0."""
    texts = list(texts)
    return [*texts, *(f"{text}.0" for text in texts if text.removeprefix("-").isdecimal())]


def _compared(engine: Any, column: Any) -> Any:
    return column.cast(engine.String).str.strip_chars().str.to_lowercase()


def kinds_of(frame: Any) -> dict[str, Kind]:
    """Say how the cells of each column of a frame are to be compared."""
    kinds: dict[str, Kind] = {
        name: "boolean"
        if dtype == nw.Boolean
        else "text"
        if isinstance(dtype, nw.String | nw.Categorical | nw.Enum)
        else "float"
        if dtype.is_float()
        else "number"
        if dtype.is_numeric()
        else "other"
        for name, dtype in frame.collect_schema().items()
    }
    kinds |= dict.fromkeys(mixed_columns(frame), "object")
    if frame.implementation.is_pyarrow():  # which compares no floats of 16 bits
        kinds |= {name: "other" for name, t in frame.schema.items() if t == nw.Float16}
    return kinds


def answer_column(kinds: Mapping[str, Kind], column: str, words: Words) -> AnswerColumn:
    """Read a column of yes or no in some words; text in which none is stated holds no answer."""
    return AnswerColumn(column=column, kind=kind_in(kinds[column], words), words=words)


def kind_in(kind: Kind, words: Words) -> Kind:
    """Say how cells are compared in some words: text, in which none is stated, holds no answer."""
    return "other" if kind == "text" and not words.texts else kind


def refuse_invalid(frame: Any, answers: Sequence[AnswerColumn]) -> None:
    """Raise `InvalidInputError` for cells of an eager frame that are no answer, or may be another.

    Where most columns hold 1 and never say absent, 1 may mean no.
    """
    refuse_cells(frame, answers)
    checked = [answer for answer in answers if answer.checked]
    if not checked or any(_has_booleans(frame, a) for a in answers):
        return  # who writes booleans uses no code
    if checked[0].words.stated or checked[0].words.points:
        return
    if _mostly_ones(frame, checked):
        raise InvalidInputError(
            "this looks like a coding that is not stated: most columns hold 1 and never say "
            "absent, so 1 may mean no; state what means present and absent ([answers] of a "
            "codebook)"
        )


def refuse_cells(frame: Any, answers: Iterable[AnswerColumn]) -> None:
    """Raise `InvalidInputError` for the cells of an eager frame that are no answer."""
    checked = [answer for answer in answers if answer.checked]
    if not checked:
        return
    for answer in checked:
        if answer.words.stated and _has_booleans(frame, answer):
            raise InvalidInputError(
                f"column {shorten(answer.column)} holds true and false beside codes that are "
                "stated in [answers]; accepted: one or the other, in a column of one type"
            )
    flags = selected(
        frame, lambda engine: {str(n): a.invalid(engine) for n, a in enumerate(checked)}
    )
    counts = flags.select(nw.all().cast(nw.Int64).sum())
    problems: list[str] = []
    for n, answer in enumerate(checked):
        if count := counts[str(n)][0]:
            row = int(flags[str(n)].to_list().index(1))
            column = frame.get_column(answer.column)
            (found,) = column[row : row + 1].to_list()
            dtype = f" (of type {column.dtype})" if answer.kind == "other" else ""
            points = f"; accepted: {answer.words}" if answer.words.points else ""
            problems.append(
                f"column {shorten(answer.column)}{dtype}: found {shorten(found)} in row {row}, "
                f"counting from 0 ({count} such {'cell' if count == 1 else 'cells'}){points}"
            )
    if problems:
        words = "" if checked[0].words.points else f"; accepted: {checked[0].words}"
        raise InvalidInputError(
            f"{'; '.join(problems)}{words} (others are stated in [answers] of a codebook)"
        )


def _mostly_ones(frame: Any, answers: list[AnswerColumn]) -> bool:
    """Whether more columns have cells of 1, and none that says absent, than have one that does."""
    said = selected(
        frame,
        lambda engine: {
            f"{n} {says}": condition
            for n, answer in enumerate(answers)
            for says, condition in (
                ("yes", answer.holds(engine, {"1"}.intersection(answer.words.present))),
                ("no", answer.absent(engine)),
            )
        },
    )
    absent = [n for n, _ in enumerate(answers) if said[f"{n} no"].any()]
    ones = [n for n, _ in enumerate(answers) if n not in absent and said[f"{n} yes"].any()]
    return len(ones) > len(absent)


def _has_booleans(frame: Any, answer: AnswerColumn) -> bool:
    """Whether a column of mixed objects holds true or false, which is 1 or 0 to the engine."""
    if answer.kind != "object":
        return answer.kind == "boolean"
    return any(isinstance(cell, bool) for cell in frame[answer.column].to_list())
