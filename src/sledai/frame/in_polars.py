"""Columns of an eager frame of pandas or pyarrow in polars, and results of polars beside its rows.

Polars computes the same expressions several times as fast as either. What it would hold otherwise
than the frame's own engine is not brought over. Needs the extra `frame`.
"""

from collections.abc import Iterable, Mapping
from importlib import import_module
from importlib.util import find_spec
from typing import Any

__all__ = ["in_polars", "with_results"]


def in_polars(frame: Any, columns: Iterable[str]) -> Any | None:
    """Give columns of an eager frame of pandas or pyarrow as a polars frame, in the same order.

    `frame` is one of narwhals. Booleans, numbers, text and dates are brought over: columns of
    numpy, of pandas' own types, of arrow, of Python's objects, and categories of these. What the
    engine takes for missing is null. The answer is None where a column holds something else, or no
    column is asked for, and for other engines; without polars too.

    >>> import narwhals as nw
    >>> import pandas as pd
    >>> visits = pd.DataFrame({"rash": [True, None, False], "sex": ["f", "m", None]})
    >>> in_polars(nw.from_native(visits), ["sex", "rash"]).rows()
    [('f', True), ('m', None), (None, False)]
    >>> in_polars(nw.from_native(visits.assign(rash=[True, 1, "?"])), ["rash"]) is None
    True
    """
    names = list(columns)
    known = frame.implementation.is_pandas() or frame.implementation.is_pyarrow()
    if not names or not known or find_spec("polars") is None:
        return None
    polars, native = import_module("polars"), frame.to_native()
    brought: dict[str, Any] = {}
    for name in names:
        if frame.implementation.is_pandas():
            column = _of_pandas(native[name], polars, frame.implementation.to_native_namespace())
        else:
            column = _of_arrow(native[name], polars)
        if column is None:
            return None
        brought[name] = column
    return polars.DataFrame(brought)


_BITS = {"int": (8, 16, 32, 64), "uint": (8, 16, 32, 64), "float": (32, 64)}
_NUMBERS = [f"{kind}{bits}" for kind, sizes in _BITS.items() for bits in sizes]
_NUMPY = {"bool", *_NUMBERS, *(f"datetime64[{unit}]" for unit in ("ms", "us", "ns"))}
_MASKED = {"boolean": "bool", **{n.capitalize().replace("Ui", "UI"): n for n in _NUMBERS}}
"""Pandas' types of values and a mask, each with numpy's name of the values."""


def _of_pandas(column: Any, polars: Any, pandas: Any) -> Any | None:
    dtype = column.dtype
    if isinstance(dtype, pandas.CategoricalDtype):
        categories = _of_pandas(dtype.categories.to_series(), polars, pandas)
        codes = polars.Series(column.cat.codes.to_numpy(), dtype=polars.Int64)
        return None if categories is None else categories.gather(codes.set(codes < 0, None))
    if isinstance(dtype, pandas.ArrowDtype) or getattr(dtype, "storage", None) == "pyarrow":
        return _of_arrow(column.array.__arrow_array__(), polars)
    match str(dtype):
        case name if name in _NUMPY:
            return polars.Series(column.to_numpy(), nan_to_null=True)
        case name if name in _MASKED:
            return _of_values(column, _MASKED[name], polars)
        case "object" | "str" | "string":
            return _of_objects(column, polars, pandas)
        case _:
            return None


def _of_values(column: Any, dtype: str, polars: Any) -> Any:
    values = polars.Series(column.to_numpy(dtype=dtype, na_value=False))
    missing = column.isna().to_numpy()
    return values.set(polars.Series(missing), None) if missing.any() else values


def _of_objects(column: Any, polars: Any, pandas: Any) -> Any | None:
    kinds = {"string": polars.String, "date": polars.Date, "empty": polars.Null}
    kind = pandas.api.types.infer_dtype(column, skipna=True)
    if kind == "boolean":
        return _of_values(column, "bool", polars)
    if kind not in kinds:
        return None
    cells = column.to_numpy(dtype=object, na_value=None).tolist()
    try:
        return polars.Series(cells, dtype=kinds[kind])
    except UnicodeEncodeError:  # half of a pair of surrogates, which is no text elsewhere
        return None


def _of_arrow(column: Any, polars: Any) -> Any | None:
    types = import_module("pyarrow").types
    if types.is_dictionary(column.type):
        column = column.cast(column.type.value_type)
    known = (
        types.is_boolean,
        types.is_integer,
        types.is_float32,
        types.is_float64,
        types.is_string,
        types.is_large_string,
        types.is_date32,
        types.is_null,
    )
    return polars.Series(column) if any(is_(column.type) for is_ in known) else None


def with_results(frame: Any, results: Any, types: Mapping[str, str]) -> Any:
    """Put the columns of a polars frame beside the rows of a frame of pandas or pyarrow.

    `frame` is one of narwhals; what comes back is none. `types` says of columns that can be missing
    which of pandas' types of values and a mask they have, or "string". Index, attributes and
    metadata stay.

    >>> import narwhals as nw
    >>> import pandas as pd
    >>> import polars as pl
    >>> frame = nw.from_native(pd.DataFrame({"visit": [1, 2]}, index=["a", "b"]))
    >>> with_results(frame, pl.DataFrame({"total": [8, None]}), {"total": "Int32"})
       visit  total
    a      1      8
    b      2   <NA>
    """
    native = frame.to_native()
    if frame.implementation.is_pyarrow():
        for name, column in zip(results.columns, results.to_arrow().columns, strict=True):
            text = str(column.type) in {"large_string", "string_view"}
            native = native.append_column(name, column.cast("string") if text else column)
        return native
    pandas = frame.implementation.to_native_namespace()
    made = {
        column.name: _array(column, types.get(column.name), pandas)
        for column in results.get_columns()
    }
    added = pandas.DataFrame(made, index=native.index, copy=False)
    result = pandas.concat([native, added], axis=1)
    names = [*native.columns, *made]
    result.columns = pandas.Index(names, tupleize_cols=False, name=native.columns.name)
    result.attrs.update(native.attrs)
    return result


def _array(column: Any, dtype: str | None, pandas: Any) -> Any:
    if dtype in _MASKED:
        kinds = {"b": "BooleanArray", "F": "FloatingArray"}
        kind = getattr(pandas.arrays, kinds.get(dtype[0], "IntegerArray"))
        values = column.fill_null(value=False if dtype == "boolean" else 0).to_numpy()
        return kind(values.astype(_MASKED[dtype]), column.is_null().to_numpy(writable=True))
    if column.dtype.is_numeric():
        return column.to_numpy(writable=True)
    if dtype == "string" and pandas.StringDtype().storage == "pyarrow":
        large = import_module("pyarrow").large_string()
        return pandas.arrays.ArrowStringArray(column.to_arrow().cast(large))
    # Few texts in many rows; their type is what pandas takes texts for, unless it is said.
    polars, texts = import_module("polars"), column.drop_nulls().unique(maintain_order=True)
    places = column.cast(polars.Enum(texts)).to_physical().cast(polars.Int64).fill_null(-1)
    array = pandas.array(texts.to_list(), dtype=dtype or pandas.Series([""]).dtype)
    return array.take(places.to_numpy(), allow_fill=True)
