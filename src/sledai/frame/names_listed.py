"""Lists of names as expressions: those of which a condition holds, in their order.

Needs the extra `frame`.
"""

from collections.abc import Mapping
from functools import lru_cache, reduce
from operator import add
from typing import Any

__all__ = ["names_listed"]

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
    ordered = list(conditions)
    if not ordered:
        return engine.lit("")
    if engine.__name__ != "polars":
        texts = [engine.when(conditions[name]).then(engine.lit(name)) for name in ordered]
    else:
        texts = [
            _looked_up(
                engine, {name: conditions[name] for name in ordered[start : start + _AT_ONCE]}
            )
            for start in range(0, len(ordered), _AT_ONCE)
        ]
    joined = engine.concat_str(texts, separator=", ", ignore_nulls=True)
    return engine.when(joined.is_null()).then(engine.lit("")).otherwise(joined)


def _looked_up(polars: Any, conditions: Mapping[str, Any]) -> Any:
    """Look the list up by a number that has a bit for each name; null for none."""
    lists = _lists(tuple(conditions))
    bits = [
        polars.when(condition)
        .then(polars.lit(1 << place, dtype=polars.Int32))
        .otherwise(polars.lit(0, dtype=polars.Int32))
        for place, condition in enumerate(conditions.values())
    ]
    numbers = polars.Series(range(len(lists)), dtype=polars.Int32)
    texts = polars.Series(lists, dtype=polars.String)
    return reduce(add, bits).replace_strict(numbers, texts, return_dtype=polars.String)


@lru_cache(maxsize=64)
def _lists(names: tuple[str, ...]) -> list[str | None]:
    """Write the list of each set of some names, by the number that has their bits."""
    lists: list[str | None] = [None]
    for name in names:  # each doubles the lists: those so far are the ones without it
        lists += [f"{before}, {name}" if before else name for before in lists]
    return lists
