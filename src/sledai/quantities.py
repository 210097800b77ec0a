"""Laboratory values with units: one table of units for each analyte, with exact factors.

General unit libraries fail open here: one takes K/uL for kelvin per microliter, and in binary
floats 100.4 degrees F is a little above 38 degrees C. So the units of each analyte are listed, an
unlisted one is an error, and what is converted is the limit, exactly, never the measurement.

The units are written as in UCUM, the Unified Code for Units of Measure, with the aliases that
laboratories print.
"""

from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction

from sledai.errors import InvalidInputError, shorten

__all__ = ["UNITS", "Scale", "converted"]


@dataclass(frozen=True, slots=True)
class Scale:
    """A unit: an amount in it times `factor`, plus `offset`, is the amount in the first unit."""

    factor: Fraction
    offset: Fraction = Fraction(0)


_ONE = Scale(Fraction(1))
_THOUSAND = Scale(Fraction(1000))
_CELLS = {
    "/mm3": _ONE,
    "/uL": _ONE,
    "10*9/L": _THOUSAND,
    "10*3/uL": _THOUSAND,
    "K/uL": _THOUSAND,
    "10^9/L": _THOUSAND,
}
_PER_FIELD = {"/[HPF]": _ONE, "/HPF": _ONE}

UNITS: dict[str, dict[str, Scale]] = {
    "platelets": _CELLS,
    "white_cells": _CELLS,
    "temperature": {
        "Cel": _ONE,
        "[degF]": Scale(Fraction(5, 9), Fraction(-160, 9)),
    },
    "urine_protein_24h": {
        "g/(24.h)": _ONE,
        "g/d": _ONE,
        "mg/(24.h)": Scale(Fraction(1, 1000)),
        "mg/d": Scale(Fraction(1, 1000)),
    },
    "urine_red_cells": _PER_FIELD,
    "urine_white_cells": _PER_FIELD,
}
"""The units of each analyte. The first one is that of the limits in `sledai.definitions`."""


def converted(analyte: str, value: Decimal, unit: str) -> Fraction:
    """Convert an amount from the first unit of an analyte to another one, exactly.

    Raises `InvalidInputError`, with those that are accepted, for an unknown analyte or unit.

    >>> converted("temperature", Decimal(38), "[degF]")
    Fraction(502, 5)
    >>> converted("platelets", Decimal(100_000), "K/uL")
    Fraction(100, 1)
    """
    try:
        units = UNITS[analyte]
    except KeyError:
        raise InvalidInputError(
            f"analyte: found {shorten(analyte)}; accepted: {', '.join(UNITS)}"
        ) from None
    try:
        scale = units[unit]
    except KeyError:
        raise InvalidInputError(
            f"unit of {analyte}: found {shorten(unit)}; accepted: {', '.join(units)}"
        ) from None
    return (Fraction(value) - scale.offset) / scale.factor
