"""What the sections of a codebook are made of: every key known, every value checked."""

from collections.abc import Callable, Collection, Iterable, Mapping
from typing import Annotated, Any, cast, get_args

from pydantic import BaseModel, BeforeValidator, ConfigDict, model_validator

from sledai.codebook.names import descriptor_named
from sledai.descriptors import Descriptor, descriptor_set
from sledai.displays import Value
from sledai.errors import InvalidInputError, closest, shorten

__all__ = [
    "Column",
    "Descriptors",
    "Part",
    "Section",
    "Text",
    "Texts",
    "by_column",
    "no_key",
    "one_of",
    "spec_of",
    "table_of",
    "texts_of",
]

Section = Mapping[str, Any]
"""A section as TOML has it."""


def _text(value: object) -> object:
    if type(value) is not str or not value:
        raise InvalidInputError.found(value, "text")
    return value


def _column(value: object) -> object:
    if type(value) is not str:
        raise InvalidInputError.found(value, "the name of a column")
    return value


def _word(value: object) -> str:
    if isinstance(value, bool) or not isinstance(value, str | int | float):
        raise InvalidInputError.found(value, "text or a number")
    return str(value)


def _is_list(value: object) -> bool:
    """Whether something holds several, of which none is lost: no text, and no table."""
    return isinstance(value, Iterable) and not isinstance(value, str | bytes | Mapping)


def texts_of(value: object, where: str = "") -> tuple[str, ...]:
    """Read a list of texts or numbers as texts, each once."""
    if not _is_list(value):
        raise InvalidInputError.found(value, "a list of texts", where)
    return tuple(dict.fromkeys(map(_word, cast("Iterable[object]", value))))


def _descriptors(value: object) -> object:
    if not _is_list(value):
        raise InvalidInputError.found(value, "a list of descriptors")
    names = cast("Iterable[str]", value)
    return descriptor_set([descriptor_named(n) if type(n) is str else n for n in names])


def one_of(words: Any) -> Callable[[object], object]:
    """Make a check that a value is one of those of a `Literal`."""

    def check(value: object) -> object:
        if value not in get_args(words):
            raise InvalidInputError.found(value, ", ".join(get_args(words)))
        return value

    return check


Text = Annotated[str, BeforeValidator(_text)]
Column = Annotated[str, BeforeValidator(_column)]
"""The name of a column, which may be empty."""
Texts = Annotated[tuple[str, ...], BeforeValidator(texts_of)]
Descriptors = Annotated[frozenset[Descriptor], BeforeValidator(_descriptors)]


class Part(Value, BaseModel):
    """A section: frozen, and every key known."""

    model_config = ConfigDict(frozen=True, strict=True, extra="forbid", hide_input_in_errors=True)

    @model_validator(mode="before")
    @classmethod
    def _know_every_key(cls, data: Any) -> Any:
        said = table_of(data, ", ".join(cls.model_fields))
        for key in said:
            if key not in cls.model_fields:
                raise InvalidInputError(no_key(key, cls.model_fields))
        return said

    def lines(self) -> dict[str, Any]:
        """Give what is stated, as TOML has it."""
        said: dict[str, Any] = {name: getattr(self, name) for name in type(self).model_fields}
        return {
            name: [*value] if type(value) is tuple else value
            for name, value in said.items()
            if value != type(self).model_fields[name].default
        }


def no_key(key: object, accepted: Collection[str]) -> str:
    """Say that there is no such key, which there are, and which come closest."""
    return f"no key {shorten(key)}; {closest(str(key), accepted)}"


def by_column(pairs: Iterable[tuple[Any, str]]) -> dict[str, list[Any]]:
    """Collect what each column is named for."""
    found: dict[str, list[Any]] = {}
    for what, column in pairs:
        found.setdefault(column, []).append(what)
    return found


def table_of(data: object, of: str) -> Section:
    """Take a table, or say of what it is to be."""
    if not isinstance(data, Mapping):
        raise InvalidInputError.found(data, f"a table of {of}")
    return cast("Section", data)


def spec_of(name: str, said: object, keys: Collection[str], needed: Collection[str]) -> Section:
    """Read what is said of a column: its name alone, or a table."""
    if not isinstance(said, str) and not isinstance(said, Mapping):
        raise InvalidInputError.found(said, "the name of a column", name)
    spec: Section = (
        {"column": said}
        if isinstance(said, str)
        else table_of(cast("object", said), ", ".join(keys))
    )
    for key in spec:
        if key not in keys:
            raise InvalidInputError(f"{name}: {no_key(key, keys)}")
    for key in needed:
        if key not in spec:
            raise InvalidInputError(f"{name}: no {key}; accepted: a table of {', '.join(keys)}")
    for key in ("column", "bound", "unit_column", "flag"):
        if key in spec and type(spec[key]) is not str:
            raise InvalidInputError.found(spec[key], "the name of a column", f"{name}, {key}")
    if "unit" in spec and (type(spec["unit"]) is not str or not spec["unit"]):
        raise InvalidInputError.found(spec["unit"], "text", f"{name}, unit")
    return spec
