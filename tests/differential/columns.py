"""Answers as columns: every dtype in which an engine can hold them, and every way to write them."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

import dask.dataframe as dd
import duckdb
import ibis
import narwhals as nw
import numpy as np
import pandas as pd
import polars as pl
import pyarrow as pa
import spec_tables
from engines import spark_session

NAN = float("nan")
WORDS = ["yes", "Y", " TRUE ", "present", "1", "no", "N", "false", " Absent", "0", "NK", "", "nk "]


@dataclass(frozen=True)
class Written:
    """The cells that say yes, no and nothing, and what a codebook says of them, if it has to."""

    yes: Sequence[Any]
    no: Sequence[Any]
    nothing: Sequence[Any] = (None,)
    answers: Mapping[str, Any] | None = None

    def cells(self, answers: pl.Series, rows: pl.Series, place: int = 0) -> list[Any]:
        """Write a column; which spelling a cell has depends on its row and column alone."""
        ways = {1: self.yes, 0: self.no, None: self.nothing}
        return [
            ways[answer][(5 * row + 3 * place) % len(ways[answer])]
            for answer, row in zip(answers.to_list(), rows.to_list(), strict=True)
        ]


BOOLEANS = Written([True], [False])
NUMBERS = Written([1], [0])
WITH_NAN = Written([1.0], [0.0], [None, NAN])
EXACT = Written([Decimal(1), Decimal("1.0")], [Decimal(0), Decimal("0.00")])
MIXED = Written([True, 1, 1.0, np.True_], [False, 0, 0.0, np.int8(0)], [None, NAN, pd.NA])
TEXTS = Written(WORDS[:5], WORDS[5:10], [None, *WORDS[10:]], {"not_assessed": ["NK"]})
CODES = Written([2], [1], [None, 9], {"present": ["2"], "absent": ["1"], "not_assessed": ["9"]})


def points(place: int) -> Written:
    """Write 0 or the weight of a descriptor."""
    weight = spec_tables.WEIGHTS[spec_tables.NAMES[place]]
    return Written([weight], [0], [None], {"points": True})


Way = Written | Callable[[int], Written]
Dtype = tuple[Way, Any]

POLARS: dict[str, Dtype] = {
    "Boolean": (BOOLEANS, pl.Boolean),
    **{
        str(dtype): (NUMBERS, dtype)
        for dtype in (pl.Int8, pl.UInt8, pl.Int16, pl.Int32, pl.Int64, pl.UInt64)
    },
    "Float32": (WITH_NAN, pl.Float32),
    "Float64": (WITH_NAN, pl.Float64),
    "Decimal": (EXACT, pl.Decimal(5, 2)),
    "String": (TEXTS, pl.String),
    "Categorical": (TEXTS, pl.Categorical),
    "Enum": (TEXTS, pl.Enum(WORDS)),
    "Int8 codes": (CODES, pl.Int8),
    "Float64 points": (points, pl.Float64),
}
ARROW: dict[str, Dtype] = {
    "bool": (BOOLEANS, pa.bool_()),
    **{
        str(dtype): (NUMBERS, dtype)
        for dtype in (pa.int8(), pa.uint8(), pa.int16(), pa.int32(), pa.int64())
    },
    "float": (WITH_NAN, pa.float32()),
    "double": (WITH_NAN, pa.float64()),
    "decimal128": (EXACT, pa.decimal128(5, 2)),
    "string": (TEXTS, pa.string()),
    "large_string": (TEXTS, pa.large_string()),
    "dictionary": (TEXTS, pa.dictionary(pa.int32(), pa.string())),
    "int8 codes": (CODES, pa.int8()),
    "double points": (points, pa.float64()),
}
PANDAS: dict[str, Dtype] = {
    "bool as object": (BOOLEANS, "object"),
    "boolean": (BOOLEANS, "boolean"),
    **{name: (NUMBERS, name) for name in ("Int8", "UInt8", "Int16", "Int32", "Int64")},
    "Float64": (NUMBERS, "Float64"),
    "float32": (WITH_NAN, "float32"),
    "float64": (WITH_NAN, "float64"),
    "mixed objects": (MIXED, "object"),
    "Decimal objects": (EXACT, "object"),
    "str": (TEXTS, "str"),
    "text as object": (TEXTS, "object"),
    "category of text": (TEXTS, "category"),
    "category of numbers": (NUMBERS, "category"),
    **{
        f"{name}[pyarrow]": (way, pd.ArrowDtype(dtype))
        for name in ("bool", "int8", "double", "decimal128", "string", "dictionary")
        for way, dtype in [ARROW[name]]
    },
    "Int64 codes": (CODES, "Int64"),
    "float64 points": (points, "float64"),
}
SOME = {
    "DuckDB": (
        "bool",
        "int8",
        "int64",
        "double",
        "decimal128",
        "string",
        "dictionary",
        "int8 codes",
    ),
    "Ibis": ("bool", "int8", "double", "decimal128", "string", "double points"),
    "Dask": ("boolean", "Int8", "Int64", "float64", "str", "category of text", "float64 points"),
    "PySpark": ("bool", "int8", "double", "string"),
}
DTYPES: dict[str, dict[str, Dtype]] = {
    "polars": POLARS,
    "polars lazy": POLARS,
    "pandas": PANDAS,
    "pyarrow": ARROW,
    "DuckDB": {name: ARROW[name] for name in SOME["DuckDB"]},
    "Ibis": {name: ARROW[name] for name in SOME["Ibis"]},
    "Dask": {name: PANDAS[name] for name in SOME["Dask"]},
    "PySpark": {name: ARROW[name] for name in SOME["PySpark"]},
}


def way_of(engine: str, dtype: str, place: int = 0) -> Written:
    way, _ = DTYPES[engine][dtype]
    return way if isinstance(way, Written) else way(place)


def column(engine: str, dtype: str, cells: list[Any]) -> Any:
    """Hold cells in a column of the engine's own library."""
    _, native = DTYPES[engine][dtype]
    if DTYPES[engine] is POLARS:
        return pl.Series(cells, dtype=native, strict=False)
    if isinstance(native, pa.DataType):
        if pa.types.is_dictionary(native):
            return pa.array(cells, native.value_type).dictionary_encode()
        return pa.array(cells, native)
    return pd.Series(cells, dtype=native)


def made(engine: str, columns: Mapping[str, Any]) -> Any:  # noqa: PLR0911 - one for each
    """Make a frame of an engine of columns as `column` gives them."""
    match engine:
        case "polars":
            return pl.DataFrame(dict(columns))
        case "polars lazy":
            return pl.LazyFrame(dict(columns))
        case "pandas":
            return pd.DataFrame(dict(columns))
        case "Dask":
            return dd.from_pandas(pd.DataFrame(dict(columns)), npartitions=2)
    table = pa.table(dict(columns))
    match engine:
        case "DuckDB":
            return duckdb.from_arrow(table)
        case "Ibis":
            return ibis.memtable(table)
        case "PySpark":
            return spark_session().createDataFrame(table)
    return table


def collected(result: Any, names: Iterable[str], by: str = "row") -> pl.DataFrame:
    """Read columns of a result back, whatever its engine, in the order of one of them."""
    frame: Any = nw.from_native(result).select(*names)
    lazy = isinstance(frame, nw.LazyFrame)
    read: pl.DataFrame = frame.collect(backend="polars").to_native() if lazy else frame.to_polars()
    return read.sort(by)
