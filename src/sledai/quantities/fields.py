"""What a field of a record may hold: yes, no or not known; a count; a letter; a date; an amount."""

import re
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass
from datetime import date
from typing import Annotated, Any, Literal, Self, cast, get_args

from pydantic import (
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    GetJsonSchemaHandler,
    ModelWrapValidatorHandler,
    PlainSerializer,
    ValidationError,
    ValidationInfo,
    WithJsonSchema,
    model_validator,
)
from pydantic.json_schema import JsonSchemaValue
from pydantic_core import CoreSchema

from sledai.displays import Value
from sledai.errors import InvalidInputError, require_one_of, whole_number
from sledai.quantities.quantity import Quantity, checked
from sledai.quantities.schemas import (
    DATE,
    TIMED,
    Schema,
    amount,
    or_null,
    quantity,
    range_said,
    spelled,
)
from sledai.quantities.units import UNITS
from sledai.records import places_escaped, plain_bool, validated_copy

__all__ = [
    "LETTERS",
    "Amount",
    "ByName",
    "Count",
    "Day",
    "Duration",
    "Letter",
    "Measurement",
    "Record",
    "YesOrNo",
    "day",
    "known",
    "letter",
    "measured",
    "said",
    "whole",
]


@dataclass(frozen=True, slots=True)
class ByName:
    """How the JSON Schema of a field is made from the name of the field, which is an analyte's."""

    make: Callable[[str], Schema]


class Record(Value, BaseModel):
    """A model of what comes from outside: frozen, strict, and silent on what it does not quote."""

    model_config = ConfigDict(
        frozen=True, strict=True, extra="forbid", hide_input_in_errors=True, allow_inf_nan=False
    )

    def model_copy(self, *, update: Mapping[str, Any] | None = None, deep: bool = False) -> Self:  # noqa: ARG002
        """Copy with some values replaced; unlike pydantic's own, the result is validated."""
        return validated_copy(self, update)

    @model_validator(mode="wrap")
    @classmethod
    def _escape_places(cls, data: Any, handler: ModelWrapValidatorHandler[Self]) -> Self:
        try:
            return handler(data)
        except ValidationError as error:
            raise places_escaped(error) from None

    @classmethod
    def __get_pydantic_json_schema__(
        cls, core_schema: CoreSchema, handler: GetJsonSchemaHandler, /
    ) -> JsonSchemaValue:
        """Give each amount the units of its field, which its type does not know."""
        schema = handler(core_schema)
        properties = handler.resolve_ref_schema(schema)["properties"]
        for name, field in cls.model_fields.items():
            for made in field.metadata:
                if isinstance(made, ByName):
                    plain = {k: properties[name][k] for k in ("title", "default", "description")}
                    plain["description"] = f"{plain['description']} {range_said(name)}"
                    by_name = or_null(made.make(name))
                    if handler.mode == "serialization":
                        by_name = {k: v for k, v in properties[name].items() if k not in plain}
                    properties[name] = plain | by_name
        return schema


def known(description: str) -> Any:
    """Make a field that may be left out, and then is not known."""
    return Field(default=None, description=description)


def measured(value: object, analyte: str) -> Quantity:
    """Read an amount of an analyte, or say which units are accepted.

    `value` is a `Quantity`, text, or a mapping of value, unit and, if so, bound.

    Raises `InvalidInputError` for anything else, and for an unknown analyte.

    >>> print(measured("92 K/uL", "platelets"))
    92 K/uL
    >>> print(measured({"value": 92, "unit": "K/uL"}, "platelets"))
    92 K/uL
    """
    measurement = _quantity_of(value)
    if measurement is None:
        require_one_of(analyte, list(UNITS), "analyte")
        units = ", ".join(UNITS[analyte])
        raise InvalidInputError.found(value, f"text of a number and a unit: {units}")
    checked(analyte, measurement)
    return measurement


def _quantity_of(value: object) -> Quantity | None:
    if isinstance(value, str):
        with suppress(InvalidInputError):
            return Quantity.parse(value)
    if isinstance(value, Mapping):
        parts = cast("Mapping[str, Any]", value)
        if {"value", "unit"} <= parts.keys() <= {"value", "unit", "bound"}:
            return Quantity(**parts)
    return value if isinstance(value, Quantity) else None


def said(value: object) -> object:
    """Write an amount as text, and leave anything else as it is."""
    return str(value) if isinstance(value, Quantity) else value


def _written(value: Quantity | None) -> str | None:
    return None if value is None else str(value)


def _quantity(value: object) -> Quantity:
    if (measurement := _quantity_of(value)) is None:
        raise InvalidInputError.found(value, 'text of a number and a unit, such as "0.7 g/L"')
    return measurement


def _yes_or_no(value: object) -> object:
    value = plain_bool(value)
    if value is not None and not isinstance(value, bool):
        raise InvalidInputError.found(value, "true, false or null")
    return value


def _count(value: object) -> object:
    if value is not None and ((count := whole(value)) is None or count < 0):
        raise InvalidInputError.found(value, "a whole number of at least 0")
    return None if value is None else whole(value)


_Grade = Literal["A", "B", "C", "D", "E"]
LETTERS: tuple[_Grade, ...] = get_args(_Grade)
"""The letters of BILAG, from the most active."""


def letter(value: object) -> _Grade | None:
    """Read a letter of BILAG, A to E in any case, or None.

    Raises `InvalidInputError` for anything else.

    >>> letter(" b "), letter(None)
    ('B', None)
    """
    if value is None:
        return None
    said = value.strip().upper() if isinstance(value, str) else ""
    for grade in LETTERS:
        if said == grade:
            return grade
    raise InvalidInputError.found(value, f"{', '.join(LETTERS)} or null")


def whole(value: object) -> int | None:
    """Read a whole number, or a float that is one, as of JSON 3.0 is an integer; None for others.

    >>> whole(3.0), whole(3.5), whole(True)
    (3, None, None)
    """
    if isinstance(value, float) and value.is_integer():
        return int(value)
    return whole_number(value)


_DATE = "[0-9]{4}-[0-9]{2}-[0-9]{2}"


def day(value: object) -> date:
    """Read a date, the date of a time, or text such as "2024-01-16" or "2024-01-16T09:30".

    Of a time it is the date that is written, whatever the time zone. Raises `InvalidInputError` for
    anything else, which no other number or text can be meant by.

    >>> day("2024-01-16"), day("2024-01-16T23:30:00-05:00")
    (datetime.date(2024, 1, 16), datetime.date(2024, 1, 16))
    """
    if isinstance(value, date) and value == value:  # noqa: PLR0124 - no time is not itself
        return date(value.year, value.month, value.day)
    if isinstance(value, str) and re.fullmatch(f"{_DATE}|{TIMED}", value):
        with suppress(ValueError):
            return date.fromisoformat(value[: len("2024-01-16")])
    raise InvalidInputError.found(value, "a date, such as 2024-01-16")


def _amount(value: object, info: ValidationInfo) -> object:
    return None if value is None else measured(value, str(info.field_name))


def _duration(value: object) -> object:
    return None if value is None else measured(value, "duration")


_COUNTED = or_null({"type": "integer", "minimum": 0})
_LASTING = or_null(amount("duration"))

Measurement = Annotated[
    Quantity | str,
    BeforeValidator(_quantity),
    PlainSerializer(str, return_type=str),
    WithJsonSchema(quantity(), mode="validation"),
]
"""A quantity, text such as "92 K/uL" that is read as one, or an object of value and unit."""
YesOrNo = Annotated[bool | None, BeforeValidator(_yes_or_no)]
"""Yes, no, or not known."""
Count = Annotated[int | None, BeforeValidator(_count), WithJsonSchema(_COUNTED)]
"""A whole number of at least 0."""
Letter = Annotated[
    _Grade | None,
    BeforeValidator(letter),
    WithJsonSchema(or_null(spelled([*LETTERS])), mode="validation"),
]
"""A letter of BILAG, A to E, or not known."""
Day = Annotated[date, BeforeValidator(day), WithJsonSchema(DATE, mode="validation")]
"""A date, or text such as "2024-01-16"."""
Amount = Annotated[
    Quantity | str | None,
    BeforeValidator(_amount),
    PlainSerializer(_written, return_type=str | None),
    ByName(amount),
]
"""An amount of the analyte that the field is named for."""
Duration = Annotated[
    Quantity | str | None,
    BeforeValidator(_duration),
    PlainSerializer(_written, return_type=str | None),
    WithJsonSchema(_LASTING, mode="validation"),
]
"""How long something lasts, such as "8 wk" or "6 months"."""
