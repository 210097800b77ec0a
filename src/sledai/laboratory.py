"""Columns of laboratory values: which analyte a column holds, in which unit, with which limits.

Needs no engine: an expression of values is compared as a number is.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from functools import reduce
from struct import pack, unpack
from typing import Any, Self, get_args

from sledai.definitions import Limit
from sledai.definitions.selena import SELENA_DEFINITIONS
from sledai.descriptors import Descriptor
from sledai.errors import InvalidInputError, is_number, require, shorten
from sledai.operators import Operator
from sledai.quantities import (
    NEVER_ZERO,
    UNITS,
    converted,
    kind,
    plausible,
    plausible_range,
    scale_of,
)

__all__ = [
    "BOUNDS",
    "LAB_LIMITS",
    "Answer",
    "Lab",
    "LabValues",
    "all_of",
    "any_of",
    "column_of",
    "numbers",
]

LAB_LIMITS: dict[str, tuple[Descriptor, Limit]] = {
    limit.quantity: (descriptor, limit)
    for descriptor, definition in SELENA_DEFINITIONS.items()
    for limit in definition.limits
    if limit.quantity in UNITS
}
"""The limit of each analyte that has one of the definition's own, and its descriptor."""


@dataclass(frozen=True, slots=True)
class Lab:
    """A column of laboratory values: analyte, column and unit.

    `lower` and `upper` are the ends of the testing laboratory's range of normal, in the same unit:
    a number, or the name of a column of numbers. `bound` is the name of a column that holds "<",
    "<=", ">" or ">=" where the value is a bound, as laboratories print it.

    Raises `InvalidInputError`, with those that are accepted, for an unknown analyte or unit.

    >>> print(Lab("white_cells", "wbc", "10*9/L"))
    white_cells < 3 10*9/L
    """

    analyte: str
    column: str
    unit: str
    lower: float | str | None = None
    upper: float | str | None = None
    bound: str | None = None

    def __post_init__(self) -> None:
        kind(self.analyte, self.unit)  # refuses an analyte or unit that there is not
        require(self.column, str, "column", "the name of a column")
        if self.bound is not None:
            require(self.bound, str, "bound", "the name of a column")
        least, most = map(self.in_unit, plausible(self.analyte, self.unit))
        numbers = {
            name: end
            for name, end in (("lower", self.lower), ("upper", self.upper))
            if end is not None and not isinstance(end, str)
        }
        for name, end in numbers.items():
            if not (is_number(end) and 0 <= end <= most and (end == 0 or end >= least)):
                raise InvalidInputError(
                    f"{self.analyte}, {name}: found {shorten(end)}; accepted: a column or "
                    f"{plausible_range(self.analyte, self.unit)}"
                )
        if len(numbers) == len(("lower", "upper")) and numbers["lower"] > numbers["upper"]:
            raise InvalidInputError(f"{self.analyte}: lower {self.lower} is above {self.upper}")

    @property
    def descriptor(self) -> Descriptor:
        """The descriptor that the value is held against."""
        return self._limit[0]

    @property
    def limit(self) -> float:
        """The definition's limit in the column's unit, as `in_unit` gives it."""
        return self.in_unit(self._limit[1].value)

    @property
    def _limit(self) -> tuple[Descriptor, Limit]:
        try:
            return LAB_LIMITS[self.analyte]
        except KeyError:
            raise InvalidInputError(
                f"analyte: found {shorten(self.analyte)}; accepted: {', '.join(LAB_LIMITS)}"
            ) from None

    def in_unit(self, amount: Decimal | Fraction) -> float:
        """Convert an amount from the first unit of the analyte to the double nearest to it.

        Decimal numbers of up to 15 digits keep their order as doubles, so comparing with it is
        exact.
        """
        return float(converted(self.analyte, amount, self.unit))

    def is_past(self, value: Any, *, single: bool = False) -> Any:
        """Say whether a value, or an expression of values, is past the limit."""
        limit = single_float(self.limit) if single else self.limit
        return is_past(value, self._limit[1].operator, limit)

    def __str__(self) -> str:
        if self.analyte not in LAB_LIMITS:
            return f"{self.analyte} {self.unit}"
        limit = LAB_LIMITS[self.analyte][1]
        return f"{self.analyte} {limit.operator} {self.limit:g} {self.unit}"


def single_float(number: float) -> float:
    """Round a number as a float of 32 bits is: 100.4 as such is a little above 100.4 as a double.

    >>> single_float(100.4) > 100.4
    True
    """
    (rounded,) = unpack("f", pack("f", number))
    return float(rounded)


def is_past(value: Any, operator: Operator, limit: Any, *, or_equal: bool = False) -> Any:
    """Compare values with a limit, as numbers or as expressions.

    >>> is_past(3.0, "<", 3.0), is_past(3.0, "<", 3.0, or_equal=True)
    (False, True)
    """
    if operator.startswith("<"):
        return value <= limit if or_equal else value < limit
    return value >= limit if or_equal else value > limit


@dataclass(frozen=True, slots=True)
class Answer:
    """Whether something holds and whether it does not: expressions, or what is always so."""

    yes: Any
    no: Any


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

    @classmethod
    def of(cls, lab: Lab, engine: Any, schema: Mapping[str, Any]) -> Self:
        """Read the column of a laboratory value; `schema` has the types of the columns."""
        value, there = numbers(engine, lab.column, schema)
        exact: Any = True
        bounds: dict[str, Any] = dict.fromkeys(BOUNDS, False)
        if lab.bound is not None:
            sign = column_of(engine, lab.bound)
            exact = sign.is_null() | (sign == "")
            bounds = {bound: (sign == bound) & ~sign.is_null() for bound in BOUNDS}
        single = "Float32" in str(schema[lab.column])
        return cls(lab, value, there, exact, bounds, single)

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

    @property
    def in_first_unit(self) -> Any:
        """The values in the first unit of the analyte, of which 0 is none in every unit."""
        return self.value * float(scale_of(self.lab.analyte, self.lab.unit).factor)

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

    def increase(self, before: Self, limit: Limit) -> Answer:
        """Say whether the increase from earlier values is above a limit."""
        now, end = self, float(limit.value)
        increase = (now.in_first_unit - before.in_first_unit).round(
            _SINGLE_DECIMALS if now.single or before.single else _DECIMALS
        )
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
        """Say whether a value is past a limit; a bound leaves it open where it does not decide."""
        other = _REVERSED[operator]
        past = is_past(self.value, operator, limit)
        past_or_on = is_past(self.value, operator, limit, or_equal=True)
        within = is_past(self.value, other, limit, or_equal=True)
        yes = any_of(
            all_of(any_of(self.exact, self.bounds[f"{operator}="]), past),
            all_of(self.bounds[operator], past_or_on),
        )
        no = all_of(any_of(self.exact, self.bounds[other], self.bounds[f"{other}="]), within)
        return Answer(all_of(self.known, limit_there, yes), all_of(self.known, limit_there, no))

    def beyond(self, operator: Operator, engine: Any, schema: Mapping[str, Any]) -> Answer:
        """Say whether a value is below (`<`) or above (`>`) the laboratory's range of normal."""
        end = self.lab.lower if operator == "<" else self.lab.upper
        match end:
            case None:
                return Answer(yes=False, no=False)
            case str():
                limit, there = numbers(engine, end, schema)
                return self.compare(operator, limit, all_of(there, self._is_plausible(limit)))
            case _:
                return self.compare(operator, single_float(end) if self.single else end)

    def wrong_limits(self, engine: Any, schema: Mapping[str, Any]) -> dict[str, Any]:
        """Say for each column of limits which cells are none, or the wrong way round."""
        ends = {
            column: numbers(engine, column, schema)
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


BOUNDS = get_args(Operator)
"""How a column of bounds says that a value is one."""

_DECIMALS, _SINGLE_DECIMALS = 9, 5  # to which the difference of two decimals is restored
_REVERSED: dict[Operator, Operator] = {"<": ">", ">": "<"}


def numbers(engine: Any, column: str, schema: Mapping[str, Any]) -> tuple[Any, Any]:
    """Give a column of numbers as doubles, and whether there is one in each row."""
    cells = column_of(engine, column)
    value = cells.cast(engine.Float64)
    there = ~cells.is_null()
    return value, there & ~value.is_nan() if schema[column].is_float() else there


def column_of(engine: Any, name: str) -> Any:
    """Give the column of just this name; `engine` is narwhals, or polars itself.

    Polars takes some names for patterns.
    """
    if engine.__name__ == "polars" and (name == "*" or name[:1] + name[-1:] == "^$"):
        return engine.selectors.by_name(name).as_expr()
    return engine.col(name)


def all_of(*conditions: Any) -> Any:
    """Join conditions by "and"; each is an expression, or true or false in every row."""
    if any(condition is False for condition in conditions):
        return False
    open_ = [condition for condition in conditions if condition is not True]
    return reduce(lambda one, other: one & other, open_) if open_ else True


def any_of(*conditions: Any) -> Any:
    """Join conditions by "or"; each is an expression, or true or false in every row."""
    if any(condition is True for condition in conditions):
        return True
    open_ = [condition for condition in conditions if condition is not False]
    return reduce(lambda one, other: one | other, open_) if open_ else False
