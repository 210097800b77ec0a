"""What all records have in common: copies, messages, and dictionaries that stay as they are.

Apart from `quantities`, so that an assessment needs no units.
"""

from collections.abc import Mapping
from typing import Any, Never, Self, TypeVar, cast

from pydantic import BaseModel, ValidationError
from pydantic_core import InitErrorDetails, PydanticCustomError

from sledai.errors import escaped

__all__ = ["FrozenDict", "message_of", "place", "places_escaped", "plain_bool", "validated_copy"]

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


def message_of(line: Mapping[str, Any]) -> str:
    """Say an error of pydantic in our own words, without what it puts before them."""
    return str(line["msg"]).removeprefix("Value error, ")


def place(loc: tuple[int | str, ...]) -> tuple[int | str, ...]:
    """Escape the names in the place of an error."""
    return tuple(escaped(part) if isinstance(part, str) else part for part in loc)


def plain_bool(value: object) -> object:
    """Give a boolean of numpy as one of Python, and leave anything else as it is."""
    kind = type(value)
    if kind.__module__ == "numpy" and kind.__name__ in {"bool", "bool_"}:
        return bool(value)
    return value


K = TypeVar("K")
V = TypeVar("V")


def _refuse(_: Any, *__: Any, **___: Any) -> Never:
    raise TypeError("a result never changes")


_REFUSED: Any = _refuse


class FrozenDict(dict[K, V]):
    """A dictionary that refuses every change.

    A mapping proxy refuses changes too, but it can be neither pickled nor copied, and pydantic
    cannot write it.

    >>> import pickle
    >>> frozen = FrozenDict({"rash": 2})
    >>> pickle.loads(pickle.dumps(frozen))
    {'rash': 2}
    >>> frozen["rash"] = 0
    Traceback (most recent call last):
    ...
    TypeError: a result never changes
    """

    __slots__ = ()

    __setitem__ = __delitem__ = __ior__ = _REFUSED
    clear = pop = popitem = setdefault = update = _REFUSED

    def __reduce__(self) -> tuple[type[Self], tuple[dict[K, V]]]:
        return type(self), (dict(self),)
