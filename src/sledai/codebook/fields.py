"""The fields of a visit as columns hold them: which field, on which scale or in which unit.

Nothing is guessed of a number: a global assessment needs its scale unless its column has the name
of the field, which is defined on 0 to 3, and an amount needs its unit.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from typing import Any, Self

from sledai.displays import Value
from sledai.errors import InvalidInputError, shorten
from sledai.quantities import UNITS, scale_of, written
from sledai.visits import Visit
from sledai.visits.visit import BILAG, MOST_GLOBAL, RANGES

__all__ = ["ALIASES", "AMOUNTS", "FIELDS", "SCALED", "FieldColumn", "fields_listed"]

_STATED_ELSEWHERE = {"date", "assessment", "total_score", "clinical_score"}
FIELDS = tuple(name for name in Visit.model_fields if name not in _STATED_ELSEWHERE)
"""The fields of a visit that columns may hold, beside date, descriptors and recorded scores."""

AMOUNTS = tuple(name for name in FIELDS if name in UNITS)
"""The fields that need a unit."""

SCALED = "physician_global"
"""The field that is met on other scales than the one on which it is defined."""

ALIASES = {
    "pga": SCALED,
    "clinician_global": SCALED,
    "physician_global_assessment": SCALED,
}
"""Names under which a field is met on a scale that the name does not say."""

_MOST_SCALE = 10_000


@dataclass(frozen=True, slots=True)
class FieldColumn(Value):
    """What a column holds: a field, the unit of its numbers, and the end of its scale from 0.

    >>> print(FieldColumn("physician_global", "pga", most=10))
    physician_global 0-10
    """

    name: str
    column: str
    unit: str = ""
    most: int = MOST_GLOBAL

    @classmethod
    def of(
        cls, name: str, column: str, *, unit: str = "", scale: tuple[int, int] | None = None
    ) -> Self:
        """Read a column as a field, with what is stated of its numbers.

        Raises `InvalidInputError` for another field, scale or unit, and for a global assessment
        without a scale in a column of another name.

        >>> FieldColumn.of("platelets", "plt", unit="10*9/L")
        FieldColumn(name='platelets', column='plt', unit='10*9/L')
        """
        said = f"{name} {unit}".rstrip()
        if scale is not None:
            said = f"{said} {'-'.join(map(str, scale))}"
        if name == SCALED:
            if not unit and scale is None and column == SCALED:
                return cls(name, column)
            if not unit and scale is not None and _is_scale(scale):
                return cls(name, column, most=scale[1])
            raise InvalidInputError.found(
                said,
                f"{name} with the scale of the column, as '{name} 0-3', '{name} 0-10' or "
                f"'{name} 0-100'",
                f"column {shorten(column)}",
            )
        fits = not unit or (name in AMOUNTS and _is_unit(name, unit))
        if name in FIELDS and scale is None and fits:
            return cls(name, column, unit)
        raise InvalidInputError.found(said, fields_listed(FIELDS), f"column {shorten(column)}")

    def __str__(self) -> str:
        if self.name == SCALED:
            return f"{self.name} 0-{self.most}"
        return f"{self.name} {self.unit}".rstrip()

    @property
    def range(self) -> tuple[int, int, str]:
        """The least and the most that a number may be, and in what."""
        if self.name == SCALED and self.most != MOST_GLOBAL:
            return 0, self.most, f"on a scale of 0 to {self.most}"
        return RANGES[self.name]

    @property
    def scaled(self) -> bool:
        """Whether the column has a scale of its own."""
        return self.name == SCALED

    @property
    def is_sign(self) -> bool:
        """Whether the column holds yes or no."""
        return self.name not in {*RANGES, *AMOUNTS, *BILAG}

    @property
    def is_letter(self) -> bool:
        """Whether the column holds letters of BILAG."""
        return self.name in BILAG

    def value(self, cell: Any) -> Any:
        """Give what the field holds where the column holds a number, or text; exactly.

        Raises `InvalidInputError` for a number beyond the scale of the column.

        >>> FieldColumn("physician_global", "pga", most=100).value(50)
        Decimal('1.5')
        """
        if self.unit and not isinstance(cell, bool):
            return f"{cell} {self.unit}" if written(cell) is not None else cell
        if self.name != SCALED or self.most == MOST_GLOBAL:
            return cell
        number = written(cell)
        if number is None or number > self.most:
            raise InvalidInputError.found(cell, f"0 to {self.most}, the scale that is stated")
        return _decimal(Fraction(number) * MOST_GLOBAL / self.most)


def fields_listed(names: Iterable[str]) -> str:
    """Name fields, with the scales and units that can stand behind them."""
    said = [
        f"{name} 0-3 (or 0-10, 0-100)"
        if name == SCALED
        else f"{name} ({', '.join(UNITS[name])})"
        if name in AMOUNTS
        else name
        for name in names
    ]
    return ", ".join(said)


def _is_scale(scale: tuple[int, int]) -> bool:
    least, most = scale
    return least == 0 < most < _MOST_SCALE and _is_decimal(Fraction(MOST_GLOBAL, most))


def _is_unit(name: str, unit: str) -> bool:
    try:
        scale_of(name, unit)
    except InvalidInputError:
        return False
    return True


def _is_decimal(number: Fraction) -> bool:
    denominator = number.denominator
    for prime in (2, 5):
        while denominator % prime == 0:
            denominator //= prime
    return denominator == 1


def _decimal(number: Fraction) -> Decimal:
    """Write a fraction that is a decimal as one, whatever the context of the process."""
    places = 0
    while number.denominator > 1:
        number, places = number * 10, places + 1
    return Decimal(f"{number.numerator}E-{places}")
