"""What all models of what comes from outside have in common: copies and messages.

Apart from `fields`, so that an assessment needs no units.
"""

from collections.abc import Mapping
from typing import Any, TypeVar, cast

from pydantic import BaseModel, ValidationError
from pydantic_core import InitErrorDetails, PydanticCustomError

from sledai.errors import escaped

__all__ = ["place", "places_escaped", "plain_bool", "validated_copy"]

ModelT = TypeVar("ModelT", bound=BaseModel)


def validated_copy(model: ModelT, update: Mapping[str, Any] | None) -> ModelT:
    """Copy a model with some values replaced, and validate the result, as pydantic does not."""
    given = {name: model.__dict__[name] for name in model.model_fields_set}
    return type(model).model_validate({**given, **(update or {})})


def places_escaped(error: ValidationError) -> ValidationError:
    """Say the same errors with the names of fields `escaped`, which may be any text."""
    lines = error.errors(include_url=False)
    if all(place(line["loc"]) == line["loc"] for line in lines):
        return error
    said: list[InitErrorDetails] = [
        InitErrorDetails(
            type=PydanticCustomError(cast("Any", line["type"]), "{said}", {"said": line["msg"]}),
            loc=place(line["loc"]),
            input=line["input"],
        )
        for line in lines
    ]
    return ValidationError.from_exception_data(error.title, said)


def place(loc: tuple[int | str, ...]) -> tuple[int | str, ...]:
    """Escape the names in the place of an error."""
    return tuple(escaped(part) if isinstance(part, str) else part for part in loc)


def plain_bool(value: object) -> object:
    """Give a boolean of numpy as one of Python, and leave anything else as it is."""
    kind = type(value)
    if kind.__module__ == "numpy" and kind.__name__ in {"bool", "bool_"}:
        return bool(value)
    return value
