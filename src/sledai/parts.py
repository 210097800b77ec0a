"""What every column that is added to a data frame is made of, computed once for each row.

The parts are the points of the clinical and of the serologic descriptors, and how many of each
weight are open. `add_columns` opens a frame of any engine, adds the parts, adds what is made of
them, and takes the parts away again. Needs the extra `frame`.
"""

from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass
from functools import reduce
from importlib import import_module
from operator import add
from typing import Any, Literal, get_args

import narwhals as nw

from sledai.columns import Layout, Reading, number, read_columns, refuse_invalid
from sledai.descriptors import SEROLOGIC, Descriptor
from sledai.errors import InvalidInputError, require_one_of

__all__ = [
    "ENGINES",
    "INVALID_COLUMN",
    "POLICY_COLUMN",
    "Parts",
    "Policy",
    "Range",
    "add_columns",
    "opened",
    "refuse_collisions",
]

ENGINES = {
    nw.Implementation.POLARS: "polars",
    nw.Implementation.PANDAS: "pandas",
    nw.Implementation.PYARROW: "pyarrow",
    nw.Implementation.DUCKDB: "DuckDB",
    nw.Implementation.DASK: "Dask",
    nw.Implementation.IBIS: "Ibis",
    nw.Implementation.PYSPARK: "PySpark",
}
"""The engines whose data frames are taken: those on which the tests run."""

INVALID_COLUMN = "sledai_invalid"
"""Added on lazy frames: number of cells that are no answer; they count as not assessed."""

POLICY_COLUMN = "sledai_policy"
"""Added where a policy other than strict was asked for: its name, in every row."""

Policy = Literal["strict", "absent"]
"""What a descriptor that was not assessed is taken for: open (strict), or absent.

A row in which no descriptor was answered stays open under each: nobody was there to find it absent.
"""

_PART = "_sledai_"  # begins the names of columns that are there only in between


@dataclass(frozen=True, slots=True)
class Range:
    """The lowest and the highest value that a row leaves possible, as expressions."""

    low: Any
    high: Any


@dataclass(frozen=True, slots=True)
class Parts:
    """The parts of a row as expressions of `engine`: narwhals, or polars itself.

    `open_clinical` counts, by weight, the clinical descriptors that can still be present, and
    `open_serologic` the serologic ones, which weigh the same. `is_open` says of one reading,
    by 1 or 0, whether it can.
    """

    engine: Any
    clinical: Range
    serologic: Range
    open_clinical: Mapping[int, Any]
    open_serologic: Any
    not_assessed: Any
    readings: Mapping[Descriptor, Reading]
    is_open: Callable[[Reading], Any]

    def without(self, descriptors: Iterable[Descriptor]) -> Range:
        """Leave clinical descriptors out of the clinical score."""
        low, high = self.clinical.low, self.clinical.high
        for reading in (self.readings[descriptor] for descriptor in descriptors):
            points = reading.points(self.engine).cast(self.engine.Int32)
            open_ = self.is_open(reading).cast(self.engine.Int32)
            low, high = low - points, high - points - open_ * reading.descriptor.weight
        return Range(low, high)

    @property
    def total(self) -> Range:
        """The total score."""
        return Range(
            self.clinical.low + self.serologic.low, self.clinical.high + self.serologic.high
        )


def add_columns(
    df: Any,
    make: Callable[[Parts], Mapping[str, Any]],
    *,
    integers: Collection[str],
    added: Iterable[str],
    layout: Layout,
    policy: Policy,
) -> Any:
    """Add the columns that `make` gives to a frame of any engine; lazy frames stay lazy.

    `added` names the columns, and `integers` those of them that hold whole numbers or null.
    The rest is as in `sledai.frame.score`.
    """
    require_one_of(policy, get_args(Policy), "policy")
    frame = opened(df)
    readings = read_columns(frame, layout)
    refuse_collisions(frame.collect_schema().names(), added)
    if isinstance(frame, nw.DataFrame):
        refuse_invalid(frame, readings)
    return _added(df, frame, readings, make, integers=integers, policy=policy)


def opened(df: Any) -> Any:
    """Open a frame of one of the `ENGINES` with narwhals, or refuse what is none."""
    try:
        frame: Any = nw.from_native(df)
    except nw.exceptions.DuplicateError as error:
        raise InvalidInputError(str(error)) from None
    except TypeError:
        frame = None
    if frame is None or frame is df or frame.implementation not in ENGINES:
        *others, last = ENGINES.values()
        raise InvalidInputError(
            f"expected a data frame of {', '.join(others)} or {last}, found {type(df).__name__}"
        ) from None
    return frame


def _added(
    df: Any,
    frame: Any,
    readings: list[Reading],
    make: Callable[[Parts], Mapping[str, Any]],
    *,
    integers: Collection[str],
    policy: Policy,
) -> Any:
    lazy = isinstance(frame, nw.LazyFrame)
    if frame.implementation.is_polars():
        # Polars takes the expressions in its own words: narwhals wraps each condition in a
        # horizontal "all", which costs half the speed.
        engine: Any = import_module("polars")
        result = _apply(df.lazy(), engine, readings, make, policy=policy, lazy=lazy)
        return result if lazy else result.collect()
    result = nw.to_native(_apply(frame, nw, readings, make, policy=policy, lazy=lazy))
    if frame.implementation.is_pandas() or frame.implementation.is_dask():
        # Whole numbers that can be missing; NumPy's would become floats, whose NaN >= 8 is False.
        result = result.astype(dict.fromkeys(integers, "Int32"))
    elif integers:  # some engines make a larger type of a sum
        frame = nw.from_native(result)
        result = nw.to_native(frame.with_columns(nw.col(*integers).cast(nw.Int32)))
    if frame.implementation.is_pandas():
        result.attrs.update(df.attrs)
    return result


def refuse_collisions(there: Iterable[object], added: Iterable[str]) -> None:
    """Refuse result columns that are there already or are asked for twice."""
    # Without regard to case, for engines to which RASH and rash are one column.
    seen = {str(name).lower() for name in there}
    added = list(added)
    if twice := dict.fromkeys(name for name in added if added.count(name) > 1):
        raise InvalidInputError(f"result columns asked for twice: {', '.join(twice)}")
    doubled = [name for name in added if name in seen]
    if doubled := doubled + [name for name in sorted(seen) if name.startswith(_PART)]:
        raise InvalidInputError(
            "result columns that are there already (rename or drop them): "
            f"{', '.join(dict.fromkeys(doubled))}"
        )


def _sum(expressions: Iterable[Any]) -> Any:
    return reduce(add, expressions)


def _apply(
    frame: Any,
    engine: Any,
    readings: list[Reading],
    make: Callable[[Parts], Mapping[str, Any]],
    *,
    policy: Policy,
    lazy: bool,
) -> Any:
    """Add the parts, then what they are part of, so that each is computed once."""
    asked = [reading for reading in readings if reading.kind is not None]
    unanswered = f"{_PART}unanswered"

    def is_open(reading: Reading) -> Any:
        unknown = reading.unknown(engine)
        if policy == "strict":
            return unknown
        # A cell that is no answer is not a missing answer.
        answered = engine.col(unanswered) < len(asked)
        return engine.when(answered).then(reading.invalid(engine)).otherwise(unknown)

    if policy != "strict":
        counted = _sum([number(engine, 0), *(r.unknown(engine) for r in asked)])
        frame = frame.with_columns(**{unanswered: counted})
    first: dict[str, Any] = {}
    second: dict[str, Any] = {}
    counts: dict[str, dict[int, Any]] = {}
    ranges: dict[str, Range] = {}
    for group, members in (
        ("clinical", [r for r in readings if r.descriptor not in SEROLOGIC]),
        ("serologic", [r for r in readings if r.descriptor in SEROLOGIC]),
    ):
        low, slack = f"{_PART}{group}", f"{_PART}{group}_slack"
        first[low] = _sum(r.points(engine) for r in members)
        counts[group] = {}
        for weight in sorted({r.descriptor.weight for r in members}):
            name = f"{_PART}{group}_open_{weight}"
            first[name] = _sum(is_open(r) for r in members if r.descriptor.weight == weight)
            counts[group][weight] = engine.col(name)
        second[slack] = _sum(n * number(engine, w) for w, n in counts[group].items())
        points = engine.col(low).cast(engine.Int32)
        ranges[group] = Range(points, points + engine.col(slack).cast(engine.Int32))
    not_assessed = _sum(count for group in counts.values() for count in group.values())
    if policy != "strict":
        first[f"{_PART}not_assessed"] = _sum(r.unknown(engine) for r in readings)
        not_assessed = engine.col(f"{_PART}not_assessed")
    results = dict(
        make(
            Parts(
                engine=engine,
                clinical=ranges["clinical"],
                serologic=ranges["serologic"],
                open_clinical=counts["clinical"],
                open_serologic=_sum(counts["serologic"].values()),
                not_assessed=not_assessed.cast(engine.Int32),
                readings={reading.descriptor: reading for reading in readings},
                is_open=is_open,
            )
        )
    )
    if policy != "strict":
        results[POLICY_COLUMN] = engine.lit(policy)
    if lazy:
        results[INVALID_COLUMN] = _sum(r.invalid(engine) for r in readings).cast(engine.Int32)
    between = [*first, *second, *([unanswered] if policy != "strict" else [])]
    return frame.with_columns(**first).with_columns(**second).with_columns(**results).drop(*between)
