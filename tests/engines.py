"""Data frames of every engine that `sledai.frame` takes, made from plain rows and read back.

PySpark needs Java. Where there is none its tests are skipped, but on CI they fail.
"""

import os
import shutil
import sys
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from typing import Any

import dask.dataframe as dd
import duckdb
import ibis
import pandas as pd
import polars as pl
import pyarrow as pa
import pytest

Rows = list[dict[str, Any]]

# Spark starts its workers with the first Python on the PATH, which may be another version.
os.environ["PYSPARK_PYTHON"] = sys.executable
# A session of a minute: without the compiler for hours, and a collector without threads.
SHORT_LIVED = "-XX:TieredStopAtLevel=1 -XX:+UseSerialGC"


@dataclass(frozen=True)
class Engine:
    make: Callable[[pl.DataFrame], Any]
    rows: Callable[[Any], Rows]
    kind: Callable[[], type]
    lazy: bool = True


@cache
def _session() -> Any:
    from pyspark.sql import SparkSession  # noqa: PLC0415 - slow

    session = (
        SparkSession.builder.master("local[2]")
        .config("spark.ui.enabled", "false")
        .config("spark.sql.shuffle.partitions", "2")
        .config("spark.log.level", "OFF")
        .config("spark.driver.extraJavaOptions", SHORT_LIVED)
        # Where in Python a column was made: only messages of errors tell, and it doubles the time.
        .config("spark.python.sql.dataFrameDebugging.enabled", "false")
        .getOrCreate()
    )
    session.sparkContext.setLogLevel("OFF")
    return session


def need_java() -> None:
    """Skip a test of Spark where there is no Java, but fail it on CI."""
    if shutil.which("java") or os.environ.get("JAVA_HOME"):
        return
    if os.environ.get("CI"):
        pytest.fail("no Java on the PATH: PySpark cannot start, and CI must run its tests")
    pytest.skip("no Java on the PATH: PySpark cannot start")


def spark_session() -> Any:
    need_java()
    return _session()


def _spark(data: pl.DataFrame) -> Any:
    types = {
        pl.Boolean: "boolean",
        pl.Int8: "tinyint",
        pl.Int64: "bigint",
        pl.Float64: "double",
        pl.String: "string",
    }
    schema = ", ".join(f"`{name}` {types[type(t)]}" for name, t in data.schema.items())
    return spark_session().createDataFrame(data.rows(), schema)


def _spark_type() -> type:
    from pyspark.sql import DataFrame  # noqa: PLC0415 - slow

    assert spark_session()
    return DataFrame


def _pandas(data: pl.DataFrame) -> pd.DataFrame:
    """As pandas makes it from Python's values: objects where booleans meet None."""
    return pd.DataFrame(data.to_dict(as_series=False))


def _nullable(data: pl.DataFrame) -> pd.DataFrame:
    """With pandas' own boolean columns: Dask would turn objects into text."""
    booleans = [name for name, dtype in data.schema.items() if dtype == pl.Boolean]
    return _pandas(data).astype(dict.fromkeys(booleans, "boolean"))


def _pandas_rows(data: pd.DataFrame) -> Rows:
    return [
        {str(k): None if pd.isna(v) else v for k, v in row.items()}
        for row in data.to_dict("records")
    ]


def _duckdb_rows(data: Any) -> Rows:
    return [dict(zip(data.columns, row, strict=True)) for row in data.fetchall()]


ENGINES = {
    "polars": Engine(lambda d: d, lambda d: d.rows(named=True), lambda: pl.DataFrame, lazy=False),
    "polars lazy": Engine(
        lambda d: d.lazy(), lambda d: d.collect().rows(named=True), lambda: pl.LazyFrame
    ),
    "pandas": Engine(_pandas, _pandas_rows, lambda: pd.DataFrame, lazy=False),
    "pyarrow": Engine(
        lambda d: d.to_arrow(), lambda d: d.to_pylist(), lambda: pa.Table, lazy=False
    ),
    "DuckDB": Engine(
        lambda d: duckdb.from_arrow(d.to_arrow()), _duckdb_rows, lambda: duckdb.DuckDBPyRelation
    ),
    "Dask": Engine(
        lambda d: dd.from_pandas(_nullable(d), npartitions=min(2, max(1, d.height))),
        lambda d: _pandas_rows(d.compute()),
        lambda: dd.DataFrame,
    ),
    "Ibis": Engine(
        lambda d: ibis.memtable(d.to_arrow()),
        lambda d: d.to_pyarrow().to_pylist(),
        lambda: ibis.Table,
    ),
    "PySpark": Engine(_spark, lambda d: [row.asDict() for row in d.collect()], _spark_type),
}
LAZY = [name for name, engine in ENGINES.items() if engine.lazy]
