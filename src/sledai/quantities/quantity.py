"""A number with a unit, as a laboratory prints it, and what is known by it of an amount.

Amounts are compared as fractions, never rounded: in binary floats 100.4 degrees F is a little above
38 degrees C.
"""

import re
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from functools import lru_cache
from typing import Literal, Self, assert_never, cast, get_args

from sledai.displays import Value
from sledai.errors import InvalidInputError, require, require_one_of, shorten
from sledai.operators import Operator
from sledai.quantities.units import NEVER_ZERO, UNITS, plausible, plausible_range, scale_of

__all__ = [
    "NUMBER",
    "QUANTITY",
    "Bound",
    "Interval",
    "Quantity",
    "checked",
    "written",
]

Bound = Literal["", "<", "<=", ">", ">="]
"""Whether a number is one, or a bound as laboratories print it."""
"""How a laboratory prints a value: as a number, or as what it lies below or above."""


NUMBER = r"[0-9]{1,30}(?:\.[0-9]{1,30})?(?:[eE][+-]?[0-9]{1,3})?"
# Neither the rest of a number, as of 0.9 or 1e5, is a unit, nor that of a range, as of 5-10.
QUANTITY = (
    rf"([<>]=?|[≤≥])?\s*({NUMBER})(?:\s*[x\u00d7]\s*|\s+)?"
    r"((?![eE][+-]?[0-9])[^\s\d\u00d7.,+-]\S*|(?<=[\sx\u00d7])\d\S*)"
)


def written(value: object) -> Decimal | None:
    """Read a number as the decimal that was written; None for what is no number of at least 0.

    >>> written(1.2), written("-1")
    (Decimal('1.2'), None)
    """
    number = "" if isinstance(value, bool) else str(value).strip()
    if isinstance(value, float) and not value:
        number = "0"  # -0.0 too
    return Decimal(number) if re.fullmatch(NUMBER, number) else None


@dataclass(frozen=True, slots=True, init=False)
class Quantity(Value):
    """A number with a unit, as a laboratory prints it: "92 K/uL", "<5 /[HPF]".

    Raises `InvalidInputError` for what is no finite number of at least 0. Whether the unit is one
    of the analyte's, `checked` says.

    >>> Quantity(92, "K/uL") == Quantity.parse("92 K/uL")
    True
    >>> print(Quantity.parse("<5 /[HPF]"))
    <5 /[HPF]
    """

    value: Decimal
    unit: str
    bound: Bound

    def __init__(self, value: Decimal | float | str, unit: str, bound: Bound = "") -> None:
        number = written(value)
        if number is None:
            accepted = "a number of at least 0, with a point before decimals"
            raise InvalidInputError.found(value, accepted, "value")
        if type(unit) is not str or not unit:
            raise InvalidInputError.found(unit, "text", "unit")
        require_one_of(bound, get_args(Bound), "bound")
        object.__setattr__(self, "value", number)
        object.__setattr__(self, "unit", unit)
        object.__setattr__(self, "bound", bound)

    @classmethod
    def parse(cls, text: str) -> Self:
        """Read a quantity: a number, "<" or ">" before it where it is a bound, and a unit.

        >>> Quantity.parse("> 200 [IU]/mL")
        Quantity(value=Decimal('200'), unit='[IU]/mL', bound='>')
        """
        try:
            parts = re.fullmatch(QUANTITY, text.strip())
        except (AttributeError, TypeError):  # no text
            parts = None
        if parts is None:
            raise InvalidInputError.found(
                text, 'a number of at least 0 and a unit, such as "92 K/uL" or "<5 /[HPF]"'
            )
        bound = (parts[1] or "").replace("≤", "<=").replace("≥", ">=")
        return cls(parts[2], parts[3], cast(Bound, bound))

    def __str__(self) -> str:
        return f"{self.bound}{self.value:f} {self.unit}"


@dataclass(frozen=True, slots=True)
class Interval(Value):
    """What is known of a quantity, in the first unit of its analyte: that it lies in an interval.

    Without `most` there is no end to it. `least` and `most` themselves belong to it unless they
    are `open`.
    """

    least: Fraction
    most: Fraction | None
    least_open: bool = False
    most_open: bool = False

    def is_past(self, operator: Operator, limit: Fraction) -> bool | None:
        """Say whether the amount is past a limit, or None where the interval leaves it open.

        >>> checked("urine_white_cells", Quantity.parse("<5 /[HPF]")).is_past(">", Fraction(5))
        False
        """
        match operator:
            case ">":
                return self._above(limit, or_equal=False)
            case ">=":
                return self._above(limit, or_equal=True)
            case "<":
                return _negated(self._above(limit, or_equal=True))
            case "<=":
                return _negated(self._above(limit, or_equal=False))
            case _:
                assert_never(operator)

    def _above(self, limit: Fraction, *, or_equal: bool) -> bool | None:
        if self.least > limit or (self.least == limit and (or_equal or self.least_open)):
            return True
        if self.most is None or self.most > limit:
            return None
        if self.most < limit or not or_equal or self.most_open:
            return False
        return None

    def __sub__(self, other: Self) -> Self:
        """Give the interval of the differences."""
        return type(self)(
            least=self.least - other.most if other.most is not None else -_NO_END,
            most=None if self.most is None else self.most - other.least,
            least_open=self.least_open or other.most_open,
            most_open=self.most_open or other.least_open,
        )


_NO_END = Fraction(10**30)  # below every limit


def _negated(answer: bool | None) -> bool | None:  # noqa: FBT001 - an answer, no switch
    return None if answer is None else not answer


def checked(analyte: str, quantity: Quantity) -> Interval:
    """Read a quantity of an analyte as an amount in the analyte's first unit, exactly.

    Raises `InvalidInputError`, with what is accepted, for an unknown analyte or unit and for a
    value outside `PLAUSIBLE`.

    >>> checked("platelets", Quantity(92, "K/uL"))
    Interval(least=Fraction(92000, 1), most=Fraction(92000, 1))
    """
    require(quantity, Quantity, analyte, "a Quantity (Quantity.parse reads text)")
    require(analyte, str, "analyte", _ANALYTES)
    return _interval(analyte, quantity)


_ANALYTES = ", ".join(UNITS)


# The same limits are read again for every value that is held against them.
@lru_cache(maxsize=1024)
def _interval(analyte: str, quantity: Quantity) -> Interval:
    scale = scale_of(analyte, quantity.unit)
    amount = Fraction(quantity.value) * scale.factor + scale.offset
    _refuse_absurd(analyte, quantity, amount)
    match quantity.bound:
        case "":
            return Interval(amount, amount)
        case "<" | "<=":
            return Interval(Fraction(0), amount, most_open=quantity.bound == "<")
        case ">" | ">=":
            return Interval(amount, None, least_open=quantity.bound == ">")
        case _:
            assert_never(quantity.bound)


def _refuse_absurd(analyte: str, quantity: Quantity, amount: Fraction) -> None:
    least, most = plausible(analyte, quantity.unit)
    if quantity.bound in {">", ">="}:
        too_little = amount < 0
    elif amount == 0 and analyte not in NEVER_ZERO:
        too_little = quantity.bound == "<"
    else:
        too_little = amount < least
    if too_little or amount > most:
        raise InvalidInputError.in_words(
            f"{shorten(str(quantity))}, which no patient has",
            f"{plausible_range(analyte, quantity.unit)}; is it the right unit?",
            analyte,
        )
