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
from sledai.errors import InvalidInputError, shorten
from sledai.quantities import NEVER_ZERO, PLAUSIBLE, UNITS, Operator, converted, kind

__all__ = ["BOUNDS", "LAB_LIMITS", "Answer", "Lab", "LabValues", "all_of", "any_of", "numbers"]

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

    @property
    def descriptor(self) -> Descriptor:
        """The descriptor that the value is held against."""
        return LAB_LIMITS[self.analyte][0]

    @property
    def limit(self) -> float:
        """The definition's limit in the column's unit, as `in_unit` gives it."""
        if self.analyte not in LAB_LIMITS:
            raise InvalidInputError(
                f"analyte: found {shorten(self.analyte)}; accepted: {', '.join(LAB_LIMITS)}"
            )
        return self.in_unit(LAB_LIMITS[self.analyte][1].value)

    def in_unit(self, amount: Decimal | Fraction) -> float:
        """Convert an amount from the first unit of the analyte to the double nearest to it.

        Decimal numbers of up to 15 digits keep their order as doubles, so comparing with it is
        exact.
        """
        return float(converted(self.analyte, amount, self.unit))

    def is_past(self, value: Any, *, single: bool = False) -> Any:
        """Say whether a value, or an expression of values, is past the limit."""
        limit = single_float(self.limit) if single else self.limit
        return is_past(value, LAB_LIMITS[self.analyte][1].operator, limit)

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
            sign = engine.col(lab.bound)
            exact = sign.is_null() | (sign == "")
            bounds = {bound: sign == bound for bound in BOUNDS}
        single = "Float32" in str(schema[lab.column])
        return cls(lab, value, there, exact, bounds, single)

    @property
    def plausible(self) -> Any:
        """Whether a value is one that a patient can have, as `quantities.checked` says."""
        readable = any_of(self.exact, *self.bounds.values())
        if self.lab.analyte not in PLAUSIBLE:
            return all_of(readable, self.value >= 0, self.value < float("inf"))
        least, most = map(self.lab.in_unit, PLAUSIBLE[self.lab.analyte])
        if self.single:
            least, most = single_float(least), single_float(most)
        enough = self.value >= least
        if self.lab.analyte not in NEVER_ZERO:
            enough = enough | (self.value == 0)
        if self.exact is not True:
            enough = enough | (~self.exact & (self.value >= 0))
        return all_of(readable, enough, self.value <= most)

    @property
    def known(self) -> Any:
        """Whether there is a value that can be used."""
        return all_of(self.there, self.plausible)

    @property
    def in_first_unit(self) -> Any:
        """The values in the first unit of the analyte, of which 0 is none in every unit."""
        return self.value * float(UNITS[self.lab.analyte][self.lab.unit].factor)

    def measured(self, limit: Limit) -> Answer:
        """Hold the values against a limit of the definition's own."""
        lab = self.lab
        if limit.unit in UNITS[lab.analyte] and kind(lab.analyte, limit.unit) != kind(
            lab.analyte, lab.unit
        ):
            return Answer(yes=False, no=self.known)  # the limit is not for such values
        end = lab.in_unit(limit.value)
        return self.compare(limit.operator, single_float(end) if self.single else end)

    def increase(self, before: Self, limit: Limit) -> Answer:
        """Say whether the increase from earlier values is above a limit."""
        now, end = self, float(limit.value)
        increase = (now.in_first_unit - before.in_first_unit).round(_DECIMALS)
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
                return self.compare(operator, *numbers(engine, end, schema))
            case _:
                return self.compare(operator, single_float(end) if self.single else end)


BOUNDS = get_args(Operator)
"""How a column of bounds says that a value is one."""

_DECIMALS = 9  # to which the difference of two decimal numbers is restored
_REVERSED: dict[Operator, Operator] = {"<": ">", ">": "<"}


def numbers(engine: Any, column: str, schema: Mapping[str, Any]) -> tuple[Any, Any]:
    """Give a column of numbers as doubles, and whether there is one in each row."""
    value = engine.col(column).cast(engine.Float64)
    there = ~engine.col(column).is_null()
    return value, there & ~value.is_nan() if schema[column].is_float() else there


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
