"""How results show themselves: in one line, as text for people, and as small tables in notebooks.

A result says what it has to say in words and in tables of plain values; of them HTML is made here
alone, and only when somebody looks.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence, Sized
from collections.abc import Set as AbstractSet
from dataclasses import MISSING, fields, is_dataclass
from decimal import Decimal
from enum import Enum
from typing import TYPE_CHECKING, Any, NamedTuple, cast

from sledai.errors import cut, escaped, shorten
from sledai.verdict import Verdict

if TYPE_CHECKING:
    from pydantic import BaseModel

    from sledai.markup import Html

__all__ = [
    "ANSWERS",
    "VERDICTS",
    "WIDTH",
    "Displayed",
    "Mark",
    "Table",
    "Value",
    "call",
    "in_words",
]

WIDTH = 200
"""The longest `repr`."""


_MOST = 40
"""How many rows at each end of a table are shown, and how many of several values: all 24."""


class Mark(NamedTuple):
    """An answer by shape and by word, so that nobody needs to see a color.

    >>> print(ANSWERS[None], "-", VERDICTS[Verdict.MET])
    ? not assessed - ✓ met
    """

    shape: str
    word: str

    def __str__(self) -> str:
        return f"{self.shape} {self.word}"


ANSWERS: Mapping[bool | None, Mark] = {
    True: Mark("●", "present"),
    False: Mark("○", "absent"),
    None: Mark("?", "not assessed"),
}
"""The answers to a descriptor."""

VERDICTS: Mapping[Verdict, Mark] = {
    Verdict.MET: Mark("✓", "met"),
    Verdict.NOT_MET: Mark("✗", "not met"),
    Verdict.UNDETERMINED: Mark("?", "undetermined"),
}
"""The answers to a yes/no question."""


class Table(NamedTuple):
    """A table of plain values: what heads its columns, its rows, and what it is of."""

    header: Sequence[str]
    rows: Sequence[Sequence[object]]
    caption: str = ""


class Displayed:
    """A result that shows itself; its `repr` is a short line, which says what it comes to.

    A result has a `__str__` of its own, or else its fields, a line each. It has a `_headline` where
    the first line of that is not the answer with what is open, and `_tables` where a notebook is to
    show more than its fields.
    """

    __slots__ = ()

    def __init_subclass__(cls, **kwargs: Any) -> None:
        """Keep the `repr`: a dataclass writes one into each class that has none of its own."""
        super().__init_subclass__(**kwargs)
        if "__repr__" not in vars(cls):
            cls.__repr__ = cls.__repr__  # type: ignore[method-assign]

    def __repr__(self) -> str:
        name = type(self).__name__
        return f"<{name}: {_line(self._headline(), WIDTH - len(f'<{name}: >'))}>"

    def __str__(self) -> str:
        return "\n".join(_field_lines(self))

    def _headline(self) -> str:
        """Say in a line what the answer is, and what is open."""
        if type(self).__str__ is Displayed.__str__:
            return "; ".join(_field_lines(self)) or "all by default"
        return str(self).partition("\n")[0]

    def _tables(self) -> Iterable[Table]:
        """Give what a notebook shows, as tables."""
        if given := _given(self):
            yield Table(("field", "value"), list(given.items()))

    def _repr_html_(self) -> str:
        from sledai.markup import element  # noqa: PLC0415 - seldom needed

        name = element("strong", type(self).__name__)
        line = element("p", name, " ", self._headline())
        return element("div", line, *map(_html, self._tables()))


class Value(Displayed):
    """A small value, whose `repr` is the call that makes it, without what is there by default."""

    __slots__ = ()

    def __repr__(self) -> str:
        return call(type(self).__name__, _given(self))


def call(name: str, arguments: Mapping[str, object]) -> str:
    """Write a call on one line; where it is too long its values are shortened, and then it is cut.

    >>> call("Window", {"name": "week 4", "target": 28})
    "Window(name='week 4', target=28)"
    """
    made = ""
    for most in (None, _SHORT):
        values = (_quoted(value, most) for value in arguments.values())
        made = ", ".join(map("=".join, zip(arguments, values, strict=True)))
        if len(f"{name}({made})") <= WIDTH:
            break
    return f"{name}({_line(made, WIDTH - len(f'{name}()'))})"


_SHORT = 40
"""The longest value in a call that is too long for a line."""


def _quoted(value: object, most: int | None) -> str:
    """Write a value as code; members of a vocabulary in a set by their value, which is shorter."""
    if isinstance(value, Enum):
        return f"{type(value).__name__}.{value.name}"
    if isinstance(value, AbstractSet):
        members = sorted(cast("AbstractSet[object]", value), key=_place)
        made = f"{{{', '.join(repr(str(one)) for one in members)}}}"
    elif most and isinstance(value, str | bytes):
        return shorten(value)
    elif most and isinstance(value, Displayed):
        return f"<{cut(in_words(value), most)}>"
    else:
        made = repr(value)
    return cut(made, most) if most else made


def _line(text: str, most: int) -> str:
    return cut(escaped(" ".join(text.splitlines())), most)


def _given(of: Any) -> dict[str, object]:
    """Give the fields that are not there by default; no functions, which are nothing to look at."""
    return {
        name: value
        for name, default in _defaults(of)
        if not callable(value := getattr(of, name)) and not _same(value, default)
    }


def _defaults(of: Any) -> Iterator[tuple[str, object]]:
    if not is_dataclass(of):
        for name, known in cast("type[BaseModel]", type(of)).model_fields.items():
            yield name, known.get_default(call_default_factory=True)
        return
    for field in fields(of):
        if field.repr:
            make = field.default_factory
            yield field.name, field.default if make is MISSING else make()


def _same(value: object, default: object) -> bool:
    return type(value) is type(default) and value == default  # not of frames, which compare cells


def _field_lines(of: Displayed) -> Iterator[str]:
    return (f"{name}: {in_words(value)}" for name, value in _given(of).items())


def in_words(value: object) -> str:
    """Say a value of a result in a line.

    >>> in_words(None), in_words(True), in_words(Verdict.NOT_MET), in_words(frozenset())
    ('-', 'yes', 'not met', 'none')
    >>> in_words({"total": 8, "clinical": 6}), in_words(("age", "iga"))
    ('total: 8; clinical: 6', 'age, iga')
    """
    if value is None or isinstance(value, bool):
        return {None: "-", True: "yes", False: "no"}[value]
    if isinstance(value, Verdict):
        return VERDICTS[value].word
    if isinstance(value, Displayed):
        return value._headline()  # noqa: SLF001  # pyright: ignore[reportPrivateUsage]
    if _is_several(value):
        separator = "; " if isinstance(value, Mapping) else ", "
        return separator.join(_parts(value)) or "none"
    return f"{value:f}" if isinstance(value, Decimal) else str(value)


def _is_several(value: object) -> bool:
    return isinstance(value, Mapping | AbstractSet | tuple | list) and not isinstance(value, Mark)


def _parts(several: Any) -> Iterator[str]:
    """Say each of several values, the first of very many."""
    values: Iterable[str] = map(in_words, several)
    if isinstance(several, Mapping):
        pairs = cast("Mapping[object, object]", several).items()
        values = (f"{in_words(name)}: {in_words(value)}" for name, value in pairs)
    elif isinstance(several, AbstractSet):
        values = map(in_words, sorted(cast("AbstractSet[object]", several), key=_place))
    for number, value in enumerate(values):
        if number == _MOST:
            yield f"and {len(cast('Sized', several)) - _MOST} more"
            return
        yield value


def _place(value: Any) -> Any:
    """Order members of a vocabulary as it lists them, and anything else by its text."""
    return list(type(value)).index(value) if isinstance(value, Enum) else str(value)


def _html(table: Table) -> "Html":
    from sledai import markup  # noqa: PLC0415 - seldom needed

    rows = list(_ends(table.rows))
    # Numbers stand to the right, but not one of them below a text.
    numbers = [all(type(value) is int for value in column) for column in zip(*rows, strict=True)]
    cells = [
        [
            value if is_number else _cell(value, whole=place == 0)
            for place, (value, is_number) in enumerate(zip(row, numbers, strict=True))
        ]
        for row in rows
    ]
    return markup.table(table.header, cells, caption=table.caption or None)


def _ends(rows: Sequence[Sequence[object]]) -> Iterator[Sequence[object]]:
    """Give all rows, or of many the first and the last, and say how many are left out."""
    if len(rows) <= 2 * _MOST:
        yield from rows
    else:
        yield from rows[:_MOST]
        yield (f"... {len(rows) - 2 * _MOST} more", *("..." for _ in rows[0][1:]))
        yield from rows[-_MOST:]


_WHOLE = 14
"""The longest text at the head of a row that is kept on one line."""


def _cell(value: object, *, whole: bool) -> "Html":
    from sledai.markup import element, joined  # noqa: PLC0415 - seldom needed

    if isinstance(value, Verdict):
        value = VERDICTS[value]
    if isinstance(value, Mark):
        shape = element("span", value.shape, aria_hidden="true")
        return element("span", shape, " ", value.word, style=_ON_ONE_LINE)
    if isinstance(value, tuple | list | Mapping):
        first, *others = list(_parts(value)) or ["none"]
        return joined(first, *(part for line in others for part in (element("br"), line)))
    text = in_words(value)
    return (
        element("span", text, style=_ON_ONE_LINE) if whole and len(text) <= _WHOLE else joined(text)
    )


_ON_ONE_LINE = "white-space:nowrap"
