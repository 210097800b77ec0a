"""Laboratory values and signs: which there are, and which column holds one, in which unit.

Needs no engine: an expression of values is compared as a number is.
"""

from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from struct import pack, unpack
from typing import Any, get_args

from sledai.codebook.words import Words
from sledai.definitions import Limit
from sledai.definitions.clauses import BeyondLaboratory, NewOnset, Sign, leaves
from sledai.definitions.editions import DEFINITIONS
from sledai.definitions.selena import SELENA_DEFINITIONS
from sledai.descriptors import Descriptor
from sledai.displays import Value
from sledai.errors import InvalidInputError, is_number, require, require_one_of
from sledai.operators import Operator
from sledai.quantities import UNITS, converted, kind, plausible, plausible_range

__all__ = [
    "ANALYTES",
    "BOUNDS",
    "FLAGGED",
    "LAB_LIMITS",
    "SIGNS",
    "Lab",
    "LabFlag",
    "is_past",
    "single_float",
    "unit_of_row",
]

BOUNDS = get_args(Operator)
"""How a column of bounds says that a value is one."""

SIGNS = tuple(
    dict.fromkeys(
        leaf.finding
        for definitions in DEFINITIONS.values()
        for definition in definitions.values()
        for leaf in leaves(definition.rule)
        if isinstance(leaf, Sign | NewOnset)
    )
)
"""The findings that are yes or no."""

ANALYTES = tuple(
    analyte
    for analyte in UNITS
    if any(
        analyte in definition.findings
        for definitions in DEFINITIONS.values()
        for definition in definitions.values()
    )
)
"""The laboratory values that a definition asks for."""

LAB_LIMITS: dict[str, tuple[Descriptor, Limit]] = {
    limit.quantity: (descriptor, limit)
    for descriptor, definition in SELENA_DEFINITIONS.items()
    for limit in definition.limits
    if limit.quantity in UNITS
}
"""The limit of each analyte that has one of the definition's own, and its descriptor."""


@dataclass(frozen=True, slots=True)
class Lab(Value):
    """A column of laboratory values: analyte, column and unit.

    `lower` and `upper` are the ends of the testing laboratory's range of normal, in the same unit:
    a number, or the name of a column of numbers. `bound` is the name of a column that holds "<",
    "<=", ">" or ">=" where the value is a bound, as laboratories print it. `unit_column` is the
    name of a column that holds the unit of each value; `unit` is empty then.

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
    unit_column: str | None = None

    def __post_init__(self) -> None:
        if self.unit_column is not None:
            self._refuse_what_needs_a_unit()
            return
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
                raise InvalidInputError.found(
                    end,
                    f"a column or {plausible_range(self.analyte, self.unit)}",
                    f"{self.analyte}, {name}",
                )
        if len(numbers) == len(("lower", "upper")) and numbers["lower"] > numbers["upper"]:
            raise InvalidInputError(f"{self.analyte}: lower {self.lower} is above {self.upper}")

    def _refuse_what_needs_a_unit(self) -> None:
        require(self.unit_column, str, "unit_column", "the name of a column")
        require(self.column, str, "column", "the name of a column")
        if self.unit or self.lower is not None or self.upper is not None:
            raise InvalidInputError(
                f"{self.analyte}: unit_column beside a unit or limits, which are in one unit; "
                "accepted: one or the other"
            )

    @property
    def columns(self) -> list[str]:
        """The names of all columns that it takes."""
        ends = (self.column, self.lower, self.upper, self.bound, self.unit_column)
        return [end for end in ends if isinstance(end, str)]

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
            raise InvalidInputError.found(self.analyte, ", ".join(LAB_LIMITS), "analyte") from None

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
        if self.unit_column is not None:
            return f"{self.analyte}, units in {self.unit_column}"
        if self.analyte not in LAB_LIMITS:
            return f"{self.analyte} {self.unit}"
        limit = LAB_LIMITS[self.analyte][1]
        return f"{self.analyte} {limit.operator} {self.limit:g} {self.unit}"


FLAGGED: dict[str, Operator] = {
    leaf.finding: leaf.operator
    for definitions in DEFINITIONS.values()
    for definition in definitions.values()
    for leaf in leaves(definition.rule)
    if isinstance(leaf, BeyondLaboratory)
}
"""The analytes that are held against the laboratory's range, and on which side."""


@dataclass(frozen=True, slots=True, kw_only=True)
class LabFlag(Value):
    """A column of a laboratory's own flags: which texts say low, normal and high, in any case.

    Raises `InvalidInputError` for an analyte that no definition holds against the laboratory's
    range, and without the texts for the side that counts and for normal.

    >>> flag = LabFlag(analyte="c4", flag="c4_flag", low=("L",), normal=("N",))
    >>> flag.words.meaning("l"), flag.words.meaning("N")
    (True, False)
    """

    analyte: str
    flag: str
    low: tuple[str, ...] = ()
    normal: tuple[str, ...] = ()
    high: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        require_one_of(self.analyte, FLAGGED, "flag")
        if not self.normal or not self._counting:
            side = "low" if FLAGGED[self.analyte] == "<" else "high"
            raise InvalidInputError(f"{self.analyte}: accepted: flag with {side} and normal")
        self.words  # noqa: B018 - refuses a text that would say two things

    @property
    def _counting(self) -> tuple[str, ...]:
        return self.low if FLAGGED[self.analyte] == "<" else self.high

    @property
    def words(self) -> Words:
        """What the flags say of being beyond the range on the side that counts."""
        other = self.high if FLAGGED[self.analyte] == "<" else self.low
        return Words.of(present=self._counting, absent=(*self.normal, *other))


def unit_of_row(analyte: str, unit: object, *, there: bool) -> str:
    """Read the unit of one value; where there is no value, any will do.

    Raises `InvalidInputError` for a unit that is none of the analyte's, or is not there.
    """
    if isinstance(unit, str) and unit.strip():
        kind(analyte, unit.strip())
        return unit.strip()
    if there:
        raise InvalidInputError.found(unit, ", ".join(UNITS[analyte]), f"unit of {analyte}")
    return next(iter(UNITS[analyte]))


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
