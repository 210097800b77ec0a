"""Laboratory values with units, doses, and what a field of a record may hold.

General unit libraries fail open here: one takes K/uL for kelvin per microliter. So the units of
each analyte are listed (`units`), an unlisted one is an error, and amounts are exact (`quantity`).
"""

from sledai.quantities.quantity import Bound, Interval, Quantity, checked, written
from sledai.quantities.units import (
    NEVER_ZERO,
    PLAUSIBLE,
    UNITS,
    Scale,
    converted,
    kind,
    plausible,
    plausible_range,
    scale_of,
)

__all__ = [
    "NEVER_ZERO",
    "PLAUSIBLE",
    "UNITS",
    "Bound",
    "Interval",
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


def __dir__() -> list[str]:
    return __all__
