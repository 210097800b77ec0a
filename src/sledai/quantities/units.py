"""One table of units for each analyte, with exact factors, and what no patient has.

The units are written as in UCUM, the Unified Code for Units of Measure, with the aliases that
laboratories print. A word of `ANNOTATIONS` in braces, as in mg/g{creat}, is a comment.
"""

from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction

from sledai.displays import Value
from sledai.errors import InvalidInputError, is_number, shorten
from sledai.quantities.annotations import ANNOTATIONS, without_annotations

__all__ = [
    "NEVER_ZERO",
    "PLAUSIBLE",
    "UNITS",
    "Scale",
    "converted",
    "kind",
    "plausible",
    "plausible_range",
    "scale_of",
]


@dataclass(frozen=True, slots=True)
class Scale(Value):
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

NEVER_ZERO = frozenset({"temperature"})
"""Analytes of which no patient has 0; of the others 0 means none."""


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

    Raises `InvalidInputError`, with those that are accepted, for an unknown analyte or unit, and
    for what is no number.

    >>> converted("temperature", Decimal(38), "[degF]")
    Fraction(502, 5)
    >>> converted("platelets", Decimal(100_000), "K/uL")
    Fraction(100, 1)
    """
    scale = scale_of(analyte, unit)
    try:
        number = Fraction(value) if is_number(value) else None
    except (TypeError, ValueError, OverflowError):  # of another library, not a number, infinite
        number = None
    if number is None:
        raise InvalidInputError.found(value, "a number", "value")
    return (number - scale.offset) / scale.factor


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
        raise InvalidInputError.found(analyte, UNITS, "analyte") from None
    try:
        return units[without_annotations(unit).replace("µ", "u").replace("μ", "u")]
    except (KeyError, TypeError):
        accepted = ", ".join(units)
        if "{" in shorten(unit):
            accepted += f"; in braces: {', '.join(ANNOTATIONS)}"
        raise InvalidInputError.found(unit, accepted, f"unit of {analyte}") from None
