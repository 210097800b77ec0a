"""Laboratory values with units: one table of units for each analyte, with exact factors.

General unit libraries fail open here: one takes K/uL for kelvin per microliter, and in binary
floats 100.4 degrees F is a little above 38 degrees C. So the units of each analyte are listed, an
unlisted one is an error, and amounts are compared as fractions, never rounded.

The units are written as in UCUM, the Unified Code for Units of Measure, with the aliases that
laboratories print. A word of `sledai.annotations` in braces, as in mg/g{creat}, is a comment.
"""

import re
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from typing import Literal, Self, assert_never, cast, get_args

from sledai.annotations import ANNOTATIONS, without_annotations
from sledai.errors import InvalidInputError, require, require_one_of, shorten
from sledai.operators import Operator

__all__ = [
    "NEVER_ZERO",
    "NUMBER",
    "PLAUSIBLE",
    "QUANTITY",
    "UNITS",
    "Amount",
    "Bound",
    "Quantity",
    "Scale",
    "checked",
    "converted",
    "kind",
    "plausible",
    "plausible_range",
    "scale_of",
    "written",
]

Bound = Literal["", "<", "<=", ">", ">="]
"""How a laboratory prints a value: as a number, or as what it lies below or above."""


@dataclass(frozen=True, slots=True)
class Scale:
    """A unit: an amount in it times `factor`, plus `offset`, is the amount in the first unit.

    Units of different `kind` measure different things: none converts into the other.
    """

    factor: Fraction
    offset: Fraction = Fraction(0)
    kind: str = ""


_ONE = Scale(Fraction(1))
_HUNDREDTH = Scale(Fraction(1, 100))
_THOUSAND = Scale(Fraction(1000))
_THOUSANDTH = Scale(Fraction(1, 1000))
_FAHRENHEIT = Scale(Fraction(5, 9), Fraction(-160, 9))
_CREATININE = Scale(1 / Fraction("113.12"))  # g/mol
_CELLS = {
    "/mm3": _ONE,
    "/uL": _ONE,
    "10*9/L": _THOUSAND,
    "10*3/uL": _THOUSAND,
    "K/uL": _THOUSAND,
    "10^9/L": _THOUSAND,
    "10^3/uL": _THOUSAND,
    "G/L": _THOUSAND,
}
_PER_FIELD = {"/[HPF]": _ONE, "/HPF": _ONE, "/hpf": _ONE}
_COMPLEMENT = {"g/L": _ONE, "mg/dL": _HUNDREDTH, "mg/L": _THOUSANDTH}
_DNA_UNITS = Scale(Fraction(1), kind="units of the assay")
_DNA_BINDING = Scale(Fraction(1), kind="share bound")
_PROTEIN = {
    "g/(24.h)": _ONE,
    "g/d": _ONE,
    "g/24h": _ONE,
    "mg/(24.h)": _THOUSANDTH,
    "mg/d": _THOUSANDTH,
    "mg/24h": _THOUSANDTH,
}
_MONTHS = "calendar months"
_MONTH = Scale(Fraction(1), kind=_MONTHS)
_YEAR = Scale(Fraction(12), kind=_MONTHS)
_WEEK = Scale(Fraction(7))
_FIELD_RANGE = (Decimal("0.01"), Decimal(10_000))
_OF_KIND = {
    _DNA_BINDING.kind: (Decimal("0.01"), Decimal(100)),
    _MONTHS: (Decimal("0.01"), Decimal(1_300)),
}
_PROTEIN_RANGE = (Decimal("0.01"), Decimal(100))

UNITS: dict[str, dict[str, Scale]] = {
    "platelets": _CELLS,
    "white_cells": _CELLS,
    "temperature": {
        **dict.fromkeys(("Cel", "°C", "C"), _ONE),
        **dict.fromkeys(("[degF]", "°F", "F"), _FAHRENHEIT),
    },
    "urine_protein_24h": _PROTEIN,
    "previous_urine_protein_24h": _PROTEIN,
    "urine_protein_creatinine_ratio": {
        "g/g": _ONE,
        "mg/mg": _ONE,
        "mg/g": _THOUSANDTH,
        "mg/mmol": _CREATININE,
        "g/mol": _CREATININE,
    },
    "urine_red_cells": _PER_FIELD,
    "urine_white_cells": _PER_FIELD,
    "urine_casts": {"/[LPF]": _ONE, "/LPF": _ONE, "/lpf": _ONE},
    "c3": _COMPLEMENT,
    "c4": _COMPLEMENT,
    "ch50": {"U/mL": _ONE},
    "anti_dsdna": {
        "[IU]/mL": _ONE,
        "IU/mL": _ONE,
        "k[IU]/L": _ONE,
        "kIU/L": _ONE,
        "U/mL": _DNA_UNITS,
        "%": _DNA_BINDING,
    },
    "serum_creatinine": {"mg/dL": _ONE, "umol/L": Scale(1 / Fraction("88.4"))},
    "iga": {"mg/dL": _ONE, "g/L": Scale(Fraction(100))},
    "hemoglobin": {"g/dL": _ONE, "g/L": Scale(Fraction(1, 10))},
    "glucocorticoid_dose": {"mg/d": _ONE, "mg/day": _ONE, "mg/(24.h)": _ONE},
    "duration": {
        **dict.fromkeys(("d", "day", "days"), _ONE),
        **dict.fromkeys(("wk", "week", "weeks"), _WEEK),
        **dict.fromkeys(("mo", "month", "months"), _MONTH),
        **dict.fromkeys(("a", "year", "years"), _YEAR),
    },
}
"""The units of each analyte. The first one is that of the limits in `sledai.definitions`."""

PLAUSIBLE: dict[str, tuple[Decimal, Decimal]] = {
    "platelets": (Decimal(1_000), Decimal(10_000_000)),
    "white_cells": (Decimal(10), Decimal(1_000_000)),
    "temperature": (Decimal(25), Decimal(45)),
    "urine_protein_24h": _PROTEIN_RANGE,
    "previous_urine_protein_24h": _PROTEIN_RANGE,
    "urine_protein_creatinine_ratio": (Decimal("0.001"), Decimal(100)),
    "urine_red_cells": _FIELD_RANGE,
    "urine_white_cells": _FIELD_RANGE,
    "urine_casts": _FIELD_RANGE,
    "c3": (Decimal("0.01"), Decimal(10)),
    "c4": (Decimal("0.001"), Decimal(5)),
    "ch50": (Decimal("0.1"), Decimal(10_000)),
    "anti_dsdna": (Decimal("0.01"), Decimal(1_000_000)),
    "serum_creatinine": (Decimal("0.05"), Decimal(100)),
    "iga": (Decimal("0.1"), Decimal(20_000)),
    "hemoglobin": (Decimal("0.5"), Decimal(30)),
    "glucocorticoid_dose": (Decimal("0.01"), Decimal(10_000)),
    "duration": (Decimal("0.1"), Decimal(40_000)),
}
"""Least, other than 0, and most in the first unit. What lies beyond has a wrong unit or a slip.

These are no clinical limits: they are set so wide that no value of a patient lies outside, yet
one that is written in another unit than it is labelled with does.
"""


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
class Quantity:
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
            raise InvalidInputError(
                f"value: found {shorten(value)}; accepted: a number of at least 0, with a point "
                "before decimals"
            )
        if type(unit) is not str or not unit:
            raise InvalidInputError(f"unit: found {shorten(unit)}; accepted: text")
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
            found = re.fullmatch(QUANTITY, text.strip())
        except (AttributeError, TypeError):  # no text
            found = None
        if found is None:
            raise InvalidInputError(
                f"found {shorten(text)}; accepted: a number of at least 0 and a unit, such as "
                '"92 K/uL" or "<5 /[HPF]"'
            )
        bound = (found[1] or "").replace("≤", "<=").replace("≥", ">=")
        return cls(found[2], found[3], cast(Bound, bound))

    def __str__(self) -> str:
        return f"{self.bound}{self.value:f} {self.unit}"


NEVER_ZERO = frozenset({"temperature"})
"""Analytes of which no patient has 0; of the others 0 means none."""


@dataclass(frozen=True, slots=True)
class Amount:
    """What is known of a quantity, in the first unit of its analyte: that it lies in an interval.

    Without `most` there is no end to it. `least` and `most` themselves belong to it unless they
    are `open`.
    """

    least: Fraction
    most: Fraction | None
    least_open: bool = False
    most_open: bool = False

    def compare(self, operator: Operator, limit: Fraction) -> bool | None:
        """Say whether the amount is past a limit, or None where the interval leaves it open.

        >>> checked("urine_white_cells", Quantity.parse("<5 /[HPF]")).compare(">", Fraction(5))
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


def checked(analyte: str, quantity: Quantity) -> Amount:
    """Read a quantity of an analyte as an amount in the analyte's first unit, exactly.

    Raises `InvalidInputError`, with what is accepted, for an unknown analyte or unit and for a
    value outside `PLAUSIBLE`.

    >>> checked("platelets", Quantity(92, "K/uL"))
    Amount(least=Fraction(92000, 1), most=Fraction(92000, 1), least_open=False, most_open=False)
    """
    require(quantity, Quantity, analyte, "a Quantity (Quantity.parse reads text)")
    scale = scale_of(analyte, quantity.unit)
    amount = Fraction(quantity.value) * scale.factor + scale.offset
    _refuse_absurd(analyte, quantity, amount)
    match quantity.bound:
        case "":
            return Amount(amount, amount)
        case "<" | "<=":
            return Amount(Fraction(0), amount, most_open=quantity.bound == "<")
        case ">" | ">=":
            return Amount(amount, None, least_open=quantity.bound == ">")
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
        raise InvalidInputError(
            f"{analyte}: found {shorten(str(quantity))}, which no patient has; accepted: "
            f"{plausible_range(analyte, quantity.unit)}; is it the right unit?"
        )


def plausible(analyte: str, unit: str) -> tuple[Decimal, Decimal]:
    """Give the least amount, other than 0, and the most, in the first unit of the analyte.

    >>> plausible("anti_dsdna", "%")
    (Decimal('0.01'), Decimal('100'))
    """
    return _OF_KIND.get(kind(analyte, unit)) or PLAUSIBLE[analyte]


def plausible_range(analyte: str, unit: str) -> str:
    """Say in a unit which values are accepted.

    >>> plausible_range("platelets", "K/uL"), plausible_range("temperature", "Cel")
    ('0 or 1 to 10,000 K/uL', '25 to 45 Cel')
    """
    low, high = (float(converted(analyte, end, unit)) for end in plausible(analyte, unit))
    return f"{'' if analyte in NEVER_ZERO else '0 or '}{low:,.9g} to {high:,.9g} {unit}"


def converted(analyte: str, value: Decimal | Fraction, unit: str) -> Fraction:
    """Convert an amount from the first unit of an analyte to another one, exactly.

    Raises `InvalidInputError`, with those that are accepted, for an unknown analyte or unit.

    >>> converted("temperature", Decimal(38), "[degF]")
    Fraction(502, 5)
    >>> converted("platelets", Decimal(100_000), "K/uL")
    Fraction(100, 1)
    """
    scale = scale_of(analyte, unit)
    return (Fraction(value) - scale.offset) / scale.factor


def kind(analyte: str, unit: str) -> str:
    """Say what a unit of an analyte measures; only units of one kind can be compared."""
    return scale_of(analyte, unit).kind


def scale_of(analyte: str, unit: str) -> Scale:
    """Look a unit of an analyte up, without its annotations.

    Raises `InvalidInputError`, with those that are accepted, for an unknown analyte or unit.

    >>> scale_of("urine_protein_creatinine_ratio", "mg/g{creat}").factor
    Fraction(1, 1000)
    """
    try:
        units = UNITS[analyte]
    except (KeyError, TypeError):
        raise InvalidInputError(
            f"analyte: found {shorten(analyte)}; accepted: {', '.join(UNITS)}"
        ) from None
    try:
        return units[without_annotations(unit).replace("µ", "u").replace("μ", "u")]
    except (KeyError, TypeError):
        found = shorten(unit)
        words = f"; in braces: {', '.join(ANNOTATIONS)}" if "{" in found else ""
        raise InvalidInputError(
            f"unit of {analyte}: found {found}; accepted: {', '.join(units)}{words}"
        ) from None
