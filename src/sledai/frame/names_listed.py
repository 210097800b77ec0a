"""Lists of names as expressions: those of which a condition holds, in their order.

Needs the extra `frame`.
"""

from collections.abc import Iterable, Mapping
from functools import lru_cache, reduce
from operator import add
from typing import Any

__all__ = ["joined", "names_listed", "packed", "taken"]

_AT_ONCE = 12
"""Of how many names all lists are made beforehand, for polars."""


def names_listed(engine: Any, conditions: Mapping[str, Any]) -> Any:
    """List the names of which the conditions hold, in their order; an empty text for none.

    A condition is an expression, or what is so in every row.

    Joining a text for each name takes polars ten times as long as looking two numbers up.
    """
    conditions = {
        name: engine.lit(value=True) if is_so is True else is_so
        for name, is_so in conditions.items()
        if is_so is not False
    }
    if not conditions:
        return engine.lit("")
    if engine.__name__ == "polars":
        return _looked_up(engine, conditions)
    return joined(engine, conditions, ", ").fill_null("")


def joined(engine: Any, conditions: Mapping[str, Any], separator: str) -> Any:
    """Join the texts of which the conditions hold, on an engine that is not polars.

    Some engines have no text where none of them holds.
    """
    texts = [engine.when(is_so).then(engine.lit(text)) for text, is_so in conditions.items()]
    return engine.concat_str(texts, separator=separator, ignore_nulls=True)


def _looked_up(polars: Any, conditions: Mapping[str, Any]) -> Any:
    """Look lists up by numbers that have a bit for each name, so many at once."""
    names = list(conditions)
    parts: list[Any] = []
    before: Any = None
    for start in range(0, len(names), _AT_ONCE):
        some = names[start : start + _AT_ONCE]
        number = packed(polars, [conditions[name] for name in some])
        if before is not None:
            both = (before > 0) & (number > 0)
            parts.append(taken(polars, ["", ", "], both.cast(polars.Int32)))
        parts.append(taken(polars, _lists(tuple(some)), number))
        before = number if before is None else before + number
    return parts[0] if len(parts) == 1 else polars.concat_str(parts)


def packed(polars: Any, conditions: Iterable[Any]) -> Any:
    """Write conditions as the bits of a whole number."""
    none = polars.lit(0, dtype=polars.Int32)
    bits = [
        polars.when(condition).then(polars.lit(1 << place, dtype=polars.Int32)).otherwise(none)
        for place, condition in enumerate(conditions)
    ]
    return reduce(add, bits)


def taken(polars: Any, texts: list[str], number: Any) -> Any:
    """Take the text that stands at a place, which is an expression."""
    return polars.lit(polars.Series(texts, dtype=polars.String)).gather(number)


@lru_cache(maxsize=64)
def _lists(names: tuple[str, ...]) -> list[str]:
    """Write the list of each set of some names, by the number that has their bits."""
    lists = [""]
    for name in names:  # each doubles the lists: those so far are the ones without it
        lists += [f"{before}, {name}" if before else name for before in lists]
    return lists
