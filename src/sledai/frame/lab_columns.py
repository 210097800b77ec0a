"""Columns of laboratory values and of signs, as expressions for every engine.

Needs the extra `frame`.
"""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from typing import Any, Self

import narwhals as nw

from sledai.codebook.lab import BOUNDS, Lab, LabFlag, is_past, single_float
from sledai.codebook.words import Words, numbers_among
from sledai.definitions import Limit
from sledai.engines import column_of, misread
from sledai.errors import InvalidInputError, shorten
from sledai.frame.answer_columns import AnswerColumn, answer_column, kinds_of
from sledai.frame.three_valued import Answer, all_of, any_of
from sledai.operators import Operator
from sledai.quantities import NEVER_ZERO, UNITS, kind, plausible, scale_of

__all__ = ["LabValues", "numbers", "read_flags", "read_labs", "read_signs"]


@dataclass(frozen=True, slots=True)
class LabValues:
    """A column of laboratory values as expressions: the values, which are there, which are exact.

    `bounds` says for each sign of a bound whether the value is one. The engine is narwhals, or
    polars itself. `single` says that the column holds floats of 32 bits.
    """

    lab: Lab
    value: Any
    there: Any
    exact: Any
    bounds: Mapping[str, Any]
    single: bool
    missing: Collection[str] = ()

    @classmethod
    def of(
        cls, lab: Lab, engine: Any, schema: Mapping[str, Any], missing: Collection[str] = ()
    ) -> Self:
        """Read the column of a laboratory value; `schema` has the types of the columns."""
        value, there = numbers(engine, lab.column, schema, missing)
        exact: Any = True
        bounds: dict[str, Any] = dict.fromkeys(BOUNDS, False)
        if lab.bound is not None:
            sign = column_of(engine, lab.bound)
            exact = sign.is_null() | (sign == "")
            bounds = {bound: (sign == bound) & ~sign.is_null() for bound in BOUNDS}
        single = "Float32" in str(schema[lab.column])
        return cls(lab, value, there, exact, bounds, single, missing)

    @property
    def readable(self) -> Any:
        """Whether what stands beside the value is a bound, or nothing."""
        return any_of(self.exact, *self.bounds.values())

    @property
    def plausible(self) -> Any:
        """Whether a value is one that a patient can have, as `quantities.checked` says."""
        above = any_of(self.bounds[">"], self.bounds[">="])
        nothing = any_of(self.exact, self.bounds["<="], above)
        return any_of(
            self._is_plausible(self.value, nothing=nothing),
            all_of(above, self.value >= 0, self.value <= self._ends()[1]),
        )

    def _ends(self) -> tuple[float, float]:
        least, most = map(self.lab.in_unit, plausible(self.lab.analyte, self.lab.unit))
        return (single_float(least), single_float(most)) if self.single else (least, most)

    def _is_plausible(self, value: Any, *, nothing: Any = True) -> Any:
        least, most = self._ends()
        zero = False if self.lab.analyte in NEVER_ZERO else all_of(nothing, value == 0)
        return any_of(zero, (value >= least) & (value <= most))

    @property
    def known(self) -> Any:
        """Whether there is a value that can be used."""
        return all_of(self.there, self.readable, self.plausible)

    def in_first_unit(self, engine: Any) -> Any:
        """Give the values in the first unit of the analyte, of which 0 is none in every unit.

        A float of 32 bits is the number of seven digits that was written.
        """
        amount = self.value * float(scale_of(self.lab.analyte, self.lab.unit).factor)
        if not self.single:
            return amount
        small, large = (amount.round(places) for places in (7, 5))
        below_ten = engine.when(amount < 1).then(small).otherwise(amount.round(6))
        return engine.when(amount < 10).then(below_ten).otherwise(large)  # noqa: PLR2004 - a digit

    def has(self, limit: Limit) -> bool:
        """Say whether a limit is for such values: the 25 % of the Farr assay is for % alone."""
        analyte = self.lab.analyte
        return limit.unit not in UNITS[analyte] or (
            kind(analyte, limit.unit) == kind(analyte, self.lab.unit)
        )

    def measured(self, limit: Limit) -> Answer:
        """Hold the values against a limit of the definition's own."""
        if not self.has(limit):
            return Answer(yes=False, no=self.known)
        end = self.lab.in_unit(limit.value)
        return self.compare(limit.operator, single_float(end) if self.single else end)

    def increase(self, before: Self, limit: Limit, engine: Any) -> Answer:
        """Say whether the increase from earlier values is above a limit."""
        now, end = self, float(limit.value)
        increase = (now.in_first_unit(engine) - before.in_first_unit(engine)).round(_DECIMALS)
        known = all_of(now.known, before.known)
        least_known = all_of(
            any_of(now.exact, now.bounds[">"], now.bounds[">="]),
            any_of(before.exact, before.bounds["<"], before.bounds["<="]),
        )
        most_known = all_of(
            any_of(now.exact, now.bounds["<"], now.bounds["<="]),
            any_of(before.exact, before.bounds[">"], before.bounds[">="]),
        )
        more = all_of(increase == end, any_of(now.bounds[">"], before.bounds["<"]))
        return Answer(
            all_of(known, least_known, any_of(increase > end, more)),
            all_of(known, most_known, increase <= end),
        )

    def compare(self, operator: Operator, limit: Any, limit_there: Any = True) -> Answer:  # noqa: FBT002
        """Say whether a value is past a limit; a bound leaves it open where it does not decide.

        No amount is below 0, so that one which is below something is not below a limit of 0.
        """
        other = _REVERSED[operator]
        past = is_past(self.value, operator, limit)
        past_or_on = is_past(self.value, operator, limit, or_equal=True)
        within = is_past(self.value, other, limit, or_equal=True)
        yes = any_of(
            all_of(any_of(self.exact, self.bounds[f"{operator}="]), past),
            all_of(self.bounds[operator], past_or_on),
        )
        no = all_of(any_of(self.exact, self.bounds[other], self.bounds[f"{other}="]), within)
        if operator == "<":
            no = any_of(no, all_of(any_of(self.bounds["<"], self.bounds["<="]), limit <= 0))
        return Answer(all_of(self.known, limit_there, yes), all_of(self.known, limit_there, no))

    def beyond(self, operator: Operator, engine: Any, schema: Mapping[str, Any]) -> Answer:
        """Say whether a value is below (`<`) or above (`>`) the laboratory's range of normal."""
        end = self.lab.lower if operator == "<" else self.lab.upper
        match end:
            case None:
                return Answer(yes=False, no=False)
            case str():
                limit, there = numbers(engine, end, schema, self.missing)
                return self.compare(operator, limit, all_of(there, self._is_plausible(limit)))
            case _:
                return self.compare(operator, single_float(end) if self.single else end)

    def wrong_limits(self, engine: Any, schema: Mapping[str, Any]) -> dict[str, Any]:
        """Say for each column of limits which cells are none, or the wrong way round."""
        ends = {
            column: numbers(engine, column, schema, self.missing)
            for column in (self.lab.lower, self.lab.upper)
            if isinstance(column, str)
        }
        wrong = {
            column: there & ~self._is_plausible(limit) for column, (limit, there) in ends.items()
        }
        lower: Any
        upper: Any
        lower, upper = (
            ends[end] if isinstance(end, str) else (end, True)
            for end in (self.lab.lower, self.lab.upper)
        )
        if ends and lower[0] is not None and upper[0] is not None:
            column = next(reversed(ends))
            wrong[column] = wrong[column] | all_of(lower[1], upper[1], lower[0] > upper[0])
        return wrong


_DECIMALS = 12  # to which the difference of two decimals of up to 15 digits is restored
_REVERSED: dict[Operator, Operator] = {"<": ">", ">": "<"}


def numbers(
    engine: Any, column: str, schema: Mapping[str, Any], missing: Collection[str] = ()
) -> tuple[Any, Any]:
    """Give a column of numbers as doubles, and whether there is one in each row.

    Those among the `missing` texts are none.
    """
    cells = column_of(engine, column)
    value = cells.cast(engine.Float64)
    there = ~cells.is_null()
    for number in numbers_among(missing):
        there &= value != number
    return value, there & ~value.is_nan() if schema[column].is_float() else there


def read_labs(
    frame: Any, engine: Any, labs: Iterable[Lab], missing: Collection[str]
) -> dict[str, LabValues]:
    """Find the columns of laboratory values, by analyte, or say what is wrong with them."""
    schema = frame.collect_schema()
    values: dict[str, LabValues] = {}
    for lab in labs:
        numbers = [end for end in (lab.column, lab.lower, lab.upper) if isinstance(end, str)]
        for column in numbers:
            _find(column, lab.analyte, frame)
            if not schema[column].is_numeric():
                raise InvalidInputError(
                    f"column {shorten(column)} holds no numbers: it is of type {schema[column]}"
                )
        if len({schema[column] == nw.Float32 for column in numbers}) > 1:
            raise InvalidInputError(
                f"columns {', '.join(map(shorten, numbers))}: floats of 32 and of 64 bits differ "
                "at the limit; give both the same type"
            )
        if lab.bound is not None:
            _find(lab.bound, lab.analyte, frame)
            if schema[lab.bound].is_numeric() or schema[lab.bound] == nw.Boolean:
                raise InvalidInputError(
                    f"column {shorten(lab.bound)} holds no bounds: it is of type "
                    f"{schema[lab.bound]}"
                )
        values[lab.analyte] = LabValues.of(lab, engine, schema, missing)
    return values


def read_signs(frame: Any, signs: Mapping[str, str], words: Words) -> dict[str, AnswerColumn]:
    """Find the columns of signs, or say what is wrong with them."""
    for sign, column in signs.items():
        _find(column, sign, frame)
    kinds = kinds_of(frame)
    return {sign: answer_column(kinds, column, words) for sign, column in signs.items()}


def _find(column: str, finding: str, frame: Any) -> None:
    if column not in frame.collect_schema():
        raise InvalidInputError.no_column(column, finding)
    if problem := misread(column, frame):
        raise InvalidInputError(problem)


def read_flags(frame: Any, flags: Iterable[LabFlag]) -> dict[str, AnswerColumn]:
    """Find the columns of a laboratory's own flags, or say what is wrong with them."""
    flags = list(flags)
    for flag in flags:
        _find(flag.flag, flag.analyte, frame)
    kinds = kinds_of(frame)
    return {flag.analyte: answer_column(kinds, flag.flag, flag.words) for flag in flags}
