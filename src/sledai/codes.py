"""What the cells of yes-or-no columns of a data frame say, in numbers and texts.

Needs no engine.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, cast

from sledai.errors import InvalidInputError, shorten

__all__ = ["ONE_AND_ZERO", "Codes", "Words", "is_missing", "python_value"]

Words = Mapping[str, bool | None] | Mapping[int, bool | None] | Mapping[float, bool | None]


@dataclass(frozen=True, slots=True)
class Codes:
    """What the cells of a column say, beside true, false and null: numbers, and texts in any case.

    >>> str(Codes.of({"ja": True, "nein": False, "NK": None}))
    'true, false, ja, nein, nk and null'
    """

    present: tuple[object, ...] = (1,)
    absent: tuple[object, ...] = (0,)
    nothing: tuple[object, ...] = ()
    stated: bool = False

    @classmethod
    def of(cls, words: object) -> "Codes":
        """Take what somebody stated in place of 1 and 0: true, false, or None for not assessed."""
        if words is not None and not isinstance(words, Mapping):
            raise InvalidInputError(
                f"words: found {shorten(words)}; accepted: a mapping of words or numbers to true, "
                "false or None, such as {'ja': True, 'nein': False}"
            )
        sides: dict[bool | None, list[object]] = {True: [], False: [], None: []}
        for word, says in cast("Mapping[object, object]", words or {}).items():
            if isinstance(word, bool) or not isinstance(word, str | int | float):
                raise InvalidInputError(f"words: found {shorten(word)}; accepted: text or a number")
            if says is not None and not isinstance(says, bool):
                raise InvalidInputError(
                    f"words, {shorten(word)}: found {shorten(says)}; accepted: true, false or None"
                )
            sides[says].append(word.strip().lower() if isinstance(word, str) else word)
        stated = {*sides[True], *sides[False], *sides[None]}
        return cls(
            tuple(sides[True]) or tuple({1} - stated),
            tuple(sides[False]) or tuple({0} - stated),
            tuple(sides[None]),
            stated=bool(sides[True] or sides[False]),
        )

    def meaning(self, cell: Any) -> Any:
        """Give true, false, None for not known, or the cell itself where it says none of these.

        >>> [Codes.of({2: True, 1: False}).meaning(cell) for cell in (2, 1.0, True, "yes", None)]
        [True, False, True, 'yes', None]
        """
        if is_missing(cell):
            return None
        cell = python_value(cell)
        said = cell.strip().lower() if isinstance(cell, str) else cell
        if isinstance(said, bool) or said in self.nothing:
            return said if isinstance(said, bool) else None
        if said in self.present:
            return True
        return False if said in self.absent else cell

    def __iter__(self) -> Iterator[object]:
        """Give every number and text that says something."""
        return iter((*self.present, *self.absent, *self.nothing))

    def __str__(self) -> str:
        said = ["true", "false", *self, "null"]
        *others, last = map(str, said)
        return f"{', '.join(others)} and {last}"


ONE_AND_ZERO = Codes()
"""What cells say where nobody stated anything."""


def python_value(cell: Any) -> Any:
    """Give a value of numpy as python has it."""
    return cell.item() if hasattr(cell, "item") else cell


def is_missing(cell: Any) -> bool:
    """Whether a cell holds nothing, as each engine writes it."""
    if cell is None or type(cell).__name__ in {"NAType", "NaTType"}:
        return True
    return isinstance(cell, float) and cell != cell  # noqa: PLR0124 - NaN
