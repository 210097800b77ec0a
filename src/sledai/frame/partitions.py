"""Visits followed in the partitions of Dask and Spark, of which each holds whole patients.

Polars computes each partition, so workers need the extra `frame` too. Needs the extra `frame`.
"""

from collections.abc import Iterator
from contextlib import suppress
from functools import partial
from importlib import import_module
from typing import Any

import narwhals as nw

from sledai.engines import opened, result_names
from sledai.frame.followed import PANDAS_TYPES, Followed, beside_rows
from sledai.frame.in_polars import in_polars
from sledai.frame.plain_cells import NotPlain
from sledai.frame.result_columns import INVALID_COLUMN, ResultColumn

__all__ = ["in_partitions", "of_batches", "of_part"]

_INVALID = ResultColumn("number of cells that are not accepted", "whole")
_SPARK_TYPES = {"whole": "long", "number": "double", "text": "string"}


def in_partitions(df: Any, asked: Followed, *, patients: bool) -> Any:
    """Follow the visits of a frame of Dask or PySpark; nothing is computed here.

    Cells that are not accepted count as not known, as of every lazy frame. Those that no
    expression reads are read row by row, which refuses the wrong ones when they are computed.
    """
    types = asked.columns_of(patients=patients) | {INVALID_COLUMN: _INVALID}
    frame: Any = opened(df)
    asked.refuse_lazy()
    asked.read(frame)  # which refuses columns that cannot be the ones that are meant
    there = [asked.subject] if patients else frame.collect_schema().names()
    names = result_names(there, types)
    follow = partial(of_part, asked=asked, types=types, patients=patients)
    if frame.implementation.is_dask():
        meta = df._meta[there]  # noqa: SLF001 - how Dask is told of columns
        pandas = nw.from_native(meta).implementation.to_native_namespace()
        empty = {names[n]: pandas.array([], dtype=PANDAS_TYPES[t.kind]) for n, t in types.items()}
        whole = df if df.npartitions == 1 else df.shuffle(on=asked.subject)
        return whole.map_partitions(follow, meta=meta.assign(**empty))
    schema = df.select(*(f"`{name}`" for name in there)).schema
    for name, column in types.items():
        schema = schema.add(names[name], _SPARK_TYPES[column.kind])
    return df.repartition(f"`{asked.subject}`").mapInArrow(partial(of_batches, follow), schema)


def of_batches(follow: Any, batches: Iterator[Any]) -> Iterator[Any]:
    """Follow the visits of a partition of Spark, which comes in batches of arrow."""
    pyarrow = import_module("pyarrow")
    if held := list(batches):
        yield from follow(pyarrow.Table.from_batches(held)).to_batches()


def of_part(df: Any, *, asked: Followed, types: dict[str, ResultColumn], patients: bool) -> Any:
    """Follow the visits of a partition of pandas or pyarrow; read row by row, none is wrong."""
    frame: Any = nw.from_native(df)
    cells = in_polars(frame, asked.read(frame))
    found = None
    if cells is not None:
        with suppress(NotPlain):
            lazy = asked.lazily(nw.from_native(cells), patients=patients)
            found = (lazy if patients else lazy.select(*types)).collect()
    if found is None:
        by_row: Any = nw.from_native(asked.row_by_row(df, patients=patients))
        (name,) = result_names(frame.columns, [INVALID_COLUMN]).values()
        return by_row.with_columns(nw.lit(0, dtype=nw.Int64).alias(name)).to_native()
    results = found.select(*types)
    if patients:
        frame = _named(frame, asked.subject, found[asked.subject])
    return beside_rows(frame, results, types)


def _named(frame: Any, subject: str, patients: Any) -> Any:
    """Give the patients of polars as a frame of the engine of the partition."""
    if frame.implementation.is_pyarrow():
        (kind,) = frame.select(subject).to_native().schema.types
        column = patients.to_arrow().cast(kind)
        return nw.from_native(import_module("pyarrow").table({subject: column}))
    pandas = frame.implementation.to_native_namespace()
    dtype = frame.to_native()[subject].dtype
    return nw.from_native(pandas.DataFrame({subject: patients.to_list()}).astype(dtype))
