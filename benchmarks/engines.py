"""Frames of every engine but polars, against the same engine by hand. PySpark needs Java."""

import os
import shutil
import sys
import warnings
from collections.abc import Callable, Iterator
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, NamedTuple

import dask.dataframe as dd
import duckdb
import ibis
import pandas as pd
import polars as pl
from data import visits
from engines_by_hand import by_dask, by_duckdb, by_ibis, by_pandas, by_pyarrow, by_spark
from measure import Result, compare, millions

from sledai import Descriptor, frame

# Spark starts its workers with the first Python on the PATH, which may lack the library.
os.environ["PYSPARK_PYTHON"] = sys.executable
ROWS = 1_000_000
FEW_ROWS = 1_000
UNKNOWN = 0.01


class Engine(NamedTuple):
    """How an engine gets a frame, scores it by hand, computes it, and gives it back to polars."""

    name: str
    make: Callable[[pl.DataFrame], Any]
    by_hand: Callable[[Any], Any]
    compute: Callable[[Any], object]
    give: Callable[[Any], Any]
    rounds: int = 9
    aim: float | None = None


def measured() -> list[Result]:
    warnings.simplefilter("ignore", FutureWarning)  # what narwhals and PySpark plan
    few = visits(FEW_ROWS, UNKNOWN).with_row_index("visit")
    many = visits(ROWS, UNKNOWN).with_row_index("visit")
    expected = frame.score(few).select("visit", *frame.SCORE_COLUMNS)
    results = []
    for engine in engines():
        data = engine.make(few)
        for score in (frame.score, engine.by_hand):
            found = pl.DataFrame(engine.give(score(data))).select(expected.columns).sort("visit")
            assert found.cast(expected.schema).equals(expected), engine.name
        data = engine.make(many)
        results.append(
            compare(
                f"`frame.score`, {millions(ROWS)} {engine.name} rows",
                lambda e=engine, d=data: e.compute(frame.score(d)),
                f"hand-written {engine.name}",
                lambda e=engine, d=data: e.compute(e.by_hand(d)),
                rounds=engine.rounds,
                aim=engine.aim,
            )
        )
    return results


def engines() -> Iterator[Engine]:
    yield Engine("pandas", to_pandas, by_pandas, done, pl.from_pandas, aim=2.0)
    yield Engine("pyarrow", pl.DataFrame.to_arrow, by_pyarrow, done, pl.from_arrow, aim=2.0)
    yield Engine(
        "DuckDB",
        lambda data: duckdb.from_arrow(data.to_arrow()),
        by_duckdb,
        lambda result: result.to_arrow_table(),
        lambda result: result.pl(),
    )
    yield Engine(
        "Ibis",
        lambda data: ibis.memtable(data.to_arrow()),
        by_ibis,
        lambda result: result.to_pyarrow(),
        lambda result: result.to_polars(),
    )
    yield Engine(
        "Dask",
        lambda data: dd.from_pandas(to_pandas(data), npartitions=2),
        by_dask,
        lambda result: result.compute(),
        lambda result: pl.from_pandas(result.compute()),
        rounds=5,
        aim=2.0,
    )
    if shutil.which("java"):
        with TemporaryDirectory() as folder:
            yield from spark(Path(folder))
    else:
        print("PySpark: left out, there is no Java", flush=True)


def done(_: object) -> None:
    """Do nothing: the engine has computed already."""


def to_pandas(data: pl.DataFrame) -> pd.DataFrame:
    """Keep plain booleans where nothing is missing."""
    return data.to_pandas().astype(
        {d.value: "boolean" for d in Descriptor if data[d.value].null_count()}
    )


def spark(folder: Path) -> Iterator[Engine]:
    from pyspark.sql import SparkSession  # noqa: PLC0415 - slow

    session = (
        SparkSession.builder.master("local[2]")
        .config("spark.ui.enabled", "false")
        .config("spark.ui.showConsoleProgress", "false")
        .config("spark.log.level", "ERROR")
        .config("spark.local.dir", str(folder / "local"))
        .config("spark.sql.warehouse.dir", str(folder / "warehouse"))
        .getOrCreate()
    )

    def make(data: pl.DataFrame) -> Any:
        path = folder / f"{data.height}.parquet"
        data.cast({pl.UInt32: pl.Int64}).write_parquet(path)
        result = session.read.parquet(str(path)).repartition(2).cache()
        result.count()  # fills the cache
        return result

    try:
        yield Engine(
            "PySpark",
            make,
            by_spark,
            lambda result: result.write.format("noop").mode("overwrite").save(),
            lambda result: pl.from_arrow(result.toArrow()),
            rounds=5,
        )
    finally:
        session.stop()


if __name__ == "__main__":
    measured()
