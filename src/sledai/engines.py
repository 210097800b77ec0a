"""Opening and finishing a data frame of any engine, and what engines would take wrongly.

Polars takes expressions in its own words: narwhals wraps each condition in a horizontal "all",
which costs half the speed. Needs the extra `frame`.
"""

from collections.abc import Callable, Iterable, Mapping
from decimal import InvalidOperation
from importlib import import_module
from typing import Any, NamedTuple

import narwhals as nw

from sledai.errors import InvalidInputError, shorten

__all__ = [
    "BETWEEN",
    "ENGINES",
    "Engine",
    "column_of",
    "expressions_of",
    "finished",
    "misread",
    "mixed_columns",
    "opened",
    "result_names",
    "selected",
]


class Engine(NamedTuple):
    """An engine: its name, and what its frames are called that are in memory and that are not."""

    name: str
    eager: str = ""
    lazy: str = ""


ENGINES = {
    nw.Implementation.POLARS: Engine("polars", eager="DataFrame", lazy="LazyFrame"),
    nw.Implementation.PANDAS: Engine("pandas", eager="DataFrame"),
    nw.Implementation.PYARROW: Engine("pyarrow", eager="Table"),
    nw.Implementation.DUCKDB: Engine("DuckDB", lazy="relation"),
    nw.Implementation.DASK: Engine("Dask", lazy="DataFrame"),
    nw.Implementation.IBIS: Engine("Ibis", lazy="Table"),
    nw.Implementation.PYSPARK: Engine("PySpark", lazy="DataFrame"),
}
"""The engines whose data frames are taken: those on which the tests run."""

BETWEEN = "_sledai_"
"""Begins the names of columns that are there only in between."""


def opened(df: Any) -> Any:
    """Open a frame of one of the `ENGINES` with narwhals, or refuse what is none."""
    try:
        frame: Any = nw.from_native(df)
    except nw.exceptions.DuplicateError as error:
        raise InvalidInputError(str(error)) from None
    except TypeError:
        frame = None
    if frame is None or frame is df or frame.implementation not in ENGINES:
        *others, last = (engine.name for engine in ENGINES.values())
        raise InvalidInputError(
            f"expected a data frame of {', '.join(others)} or {last}, found {type(df).__name__}"
        ) from None
    return frame


def expressions_of(frame: Any) -> Any:
    """Give the module in whose words expressions on a frame are written: narwhals, or polars."""
    return import_module("polars") if frame.implementation.is_polars() else nw


def finished(df: Any, frame: Any, result: Any, types: Mapping[str, str]) -> Any:
    """Give a result of narwhals as its engine has it, with columns of the types that are meant.

    `types` says of columns that can be missing whether they hold "Int32" or "boolean". Numpy's
    would become floats or objects, whose NaN >= 8 is False.
    """
    native = nw.to_native(result)
    if frame.implementation.is_pandas() or frame.implementation.is_dask():
        native = native.astype(dict(types))
    elif whole := [name for name, dtype in types.items() if dtype == "Int32"]:
        # Some engines make a larger type of a sum.
        narrow = nw.from_native(native).with_columns(nw.col(*whole).cast(nw.Int32))
        native = nw.to_native(narrow)
    if frame.implementation.is_pandas():
        native.attrs.update(df.attrs)
    return native


def result_names(there: Iterable[object], added: Iterable[str]) -> dict[str, str]:
    """Say what result columns are called: "_computed" stands behind names that are there already.

    Raises `InvalidInputError` for columns that are asked for twice, and for names that are needed
    in between.

    >>> result_names(["SLEDAI_total"], ["sledai_total", "sledai_low"])
    {'sledai_total': 'sledai_total_computed', 'sledai_low': 'sledai_low'}
    """
    # Without regard to case, for engines to which RASH and rash are one column.
    seen = {str(name).lower() for name in there}
    added = list(added)
    if twice := dict.fromkeys(name for name in added if added.count(name) > 1):
        raise InvalidInputError(f"result columns asked for twice: {', '.join(twice)}")
    names = {name: f"{name}{_COMPUTED}" if name.lower() in seen else name for name in added}
    taken = [name for name in names.values() if name.lower() in seen]
    if taken := taken + [name for name in sorted(seen) if name.startswith(BETWEEN)]:
        raise InvalidInputError(
            "result columns that are there already (rename or drop them): "
            f"{', '.join(dict.fromkeys(taken))}"
        )
    return names


_COMPUTED = "_computed"


def mixed_columns(frame: Any) -> list[str]:
    """Name the columns of mixed objects, which narwhals takes for what the first of them are."""
    if not (frame.implementation.is_pandas() or frame.implementation.is_dask()):
        return []
    dtypes = nw.to_native(frame).dtypes.items()
    return [name for name, dtype in dtypes if dtype in ("object", "category")]


def misread(column: object, frame: Any) -> str:
    """Say why an engine would not find a column by its name; empty where it does."""
    name = str(column)
    if frame.implementation.is_pyspark():
        if "." in name or "`" in name:
            return f"Spark would not find column {shorten(column)} by its name; rename it"
        same = [other for other in frame.collect_schema() if other.lower() == name.lower()]
        if len(same) > 1:
            return f"Spark takes columns {', '.join(map(shorten, same))} for one; drop or rename"
    return ""


def selected(frame: Any, make: Callable[[Any], Mapping[str, Any]]) -> Any:
    """Select from an eager frame what `make` gives as expressions of an engine."""
    if frame.implementation.is_polars():  # in its own words, in which every column can be named
        engine: Any = frame.implementation.to_native_namespace()
        return nw.from_native(frame.to_native().select(**make(engine)))
    try:
        return frame.select(**make(nw))
    except InvalidOperation:  # of a Decimal among objects
        accepted = "numbers that can be compared; null or NaN for what is missing"
        raise InvalidInputError.in_words("a signaling NaN", accepted, "data frame") from None


def column_of(engine: Any, name: str) -> Any:
    """Give the column of just this name; `engine` is narwhals, or polars itself.

    Polars takes some names for patterns.
    """
    if engine.__name__ == "polars" and (name == "*" or name[:1] + name[-1:] == "^$"):
        return engine.selectors.by_name(name).as_expr()
    return engine.col(name)
