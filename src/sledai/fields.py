"""What a field of a record may hold: yes, no or not known; a count; an amount with a unit."""

from collections.abc import Callable
from contextlib import suppress
from typing import Annotated

from pydantic import BaseModel, BeforeValidator, ConfigDict, PlainSerializer, ValidationInfo

from sledai.errors import InvalidInputError, shorten
from sledai.quantities import UNITS, Quantity, checked

__all__ = [
    "Amount",
    "Count",
    "Duration",
    "Measurement",
    "Record",
    "Sign",
    "measured",
    "said",
]


class Record(BaseModel):
    """A model of what comes from outside: frozen, strict, and silent on what it does not quote."""

    model_config = ConfigDict(
        frozen=True, strict=True, extra="forbid", hide_input_in_errors=True, allow_inf_nan=False
    )


def measured(value: object, analyte: str) -> Quantity:
    """Read an amount of an analyte, or say which units are accepted.

    >>> print(measured("92 K/uL", "platelets"))
    92 K/uL
    """
    quantity = value
    if isinstance(value, str):
        with suppress(InvalidInputError):
            quantity = Quantity.parse(value)
    if not isinstance(quantity, Quantity):
        raise InvalidInputError(
            f"found {shorten(value)}; accepted: text of a number and a unit: "
            f"{', '.join(UNITS[analyte])}"
        )
    checked(analyte, quantity)
    return quantity


def said(value: object) -> object:
    """Write an amount as text, and leave anything else as it is."""
    return str(value) if isinstance(value, Quantity) else value


def _quantity(value: object) -> object:
    if isinstance(value, str):
        return Quantity.parse(value)
    if value is not None and not isinstance(value, Quantity):
        raise InvalidInputError(
            f'found {shorten(value)}; accepted: text of a number and a unit, such as "0.7 g/L"'
        )
    return value


def _yes_or_no(value: object) -> object:
    if value is not None and not isinstance(value, bool):
        raise InvalidInputError(f"found {shorten(value)}; accepted: true, false or null")
    return value


def _count(value: object) -> object:
    counted = isinstance(value, int) and not isinstance(value, bool) and value >= 0
    if value is not None and not counted:
        raise InvalidInputError(f"found {shorten(value)}; accepted: a whole number of at least 0")
    return value


def _amount(value: object, info: ValidationInfo) -> object:
    return None if value is None else measured(value, str(info.field_name))


def _of(analyte: str) -> Callable[[object], object]:
    return lambda value: None if value is None else measured(value, analyte)


Measurement = Annotated[
    Quantity | str, BeforeValidator(_quantity), PlainSerializer(str, return_type=str)
]
"""A quantity, or text such as "92 K/uL" that is read as one."""
Sign = Annotated[bool | None, BeforeValidator(_yes_or_no)]
"""Yes, no, or not known."""
Count = Annotated[int | None, BeforeValidator(_count)]
"""A whole number of at least 0."""
Amount = Annotated[Quantity | str | None, BeforeValidator(_amount), PlainSerializer(said)]
"""An amount of the analyte that the field is named for."""
Duration = Annotated[Quantity | str | None, BeforeValidator(_of("duration")), PlainSerializer(said)]
"""How long something lasts, such as "8 wk" or "6 months"."""
