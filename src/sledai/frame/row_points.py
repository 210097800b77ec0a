"""What every column that is added to a data frame is made of: the points of each row.

They are the points of the clinical and of the serologic descriptors, and how many of each weight
are open, each computed once. `add_columns` opens a frame of any engine, adds them, adds what is
made of them, and takes them away again. Polars computes
it for pandas, pyarrow and Dask too, where it holds their cells alike. Needs the extra `frame`.
"""

from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass
from functools import reduce
from operator import add
from typing import Any, Literal, get_args

import narwhals as nw

from sledai.codebook import Codebook
from sledai.descriptors import SEROLOGIC, Descriptor
from sledai.engines import BETWEEN, expressions_of, finished, opened, result_names
from sledai.errors import InvalidInputError, require_one_of
from sledai.frame.answer_columns import kinds_of, number, refuse_invalid
from sledai.frame.descriptor_columns import DescriptorColumn, codebook_of, read_descriptors
from sledai.frame.in_polars import in_polars, with_results
from sledai.frame.result_columns import INVALID_COLUMN, POLICY_COLUMN
from sledai.frame.rows import visits_only
from sledai.frame.three_valued import all_of
from sledai.scoring import MAX_TOTAL

__all__ = [
    "ANSWER_OF_CODE",
    "Kept",
    "Policy",
    "Range",
    "RowPoints",
    "add_columns",
    "coded_answer",
    "coded_answers",
    "reaches",
    "total_columns",
]

Policy = Literal["strict", "absent"]
"""What a descriptor that was not assessed is taken for: open (strict), or absent.

A row in which no descriptor was answered stays open under each: nobody was there to find it absent.
"""


@dataclass(frozen=True, slots=True)
class Range:
    """The lowest and the highest value that a row leaves possible, as expressions."""

    low: Any
    high: Any


@dataclass(frozen=True, slots=True)
class RowPoints:
    """The points of a row as expressions of `engine`: narwhals, or polars itself.

    `open_clinical` counts, by weight, the clinical descriptors that can still be present, and
    `open_serologic` the serologic ones, which weigh the same. `is_open` says of one column,
    by 1 or 0, whether it can. `keep` computes an expression once, before the results, and gives its
    column; it has a stage, 0 or 1, and what is kept at 1 may use what was kept at 0.
    """

    engine: Any
    clinical: Range
    serologic: Range
    open_clinical: Mapping[int, Any]
    open_serologic: Any
    not_assessed: Any
    columns: Mapping[Descriptor, DescriptorColumn]
    is_open: Callable[[DescriptorColumn], Any]
    keep: Callable[[int, Any], Any]

    def without(self, descriptors: Iterable[Descriptor]) -> Range:
        """Leave clinical descriptors out of the clinical score."""
        low, high = self.clinical.low, self.clinical.high
        for column in (self.columns[descriptor] for descriptor in descriptors):
            points = column.points(self.engine).cast(self.engine.Int32)
            open_ = self.is_open(column).cast(self.engine.Int32)
            low, high = low - points, high - points - open_ * column.descriptor.weight
        return Range(low, high)

    @property
    def total(self) -> Range:
        """The total score."""
        return Range(
            self.clinical.low + self.serologic.low, self.clinical.high + self.serologic.high
        )


class Kept:
    """What is computed once for several results, in stages that see those before them."""

    def __init__(self, engine: Any) -> None:
        self.engine = engine
        self.stages: list[dict[str, Any]] = []

    def keep(self, stage: int, expression: Any) -> Any:
        """Compute an expression in a stage of its own; what is the same in every row stays."""
        if isinstance(expression, bool | int):
            return expression
        while len(self.stages) <= stage:
            self.stages.append({})
        name = f"{BETWEEN}kept_{stage}_{len(self.stages[stage])}"
        self.stages[stage][name] = expression
        return self.engine.col(name)

    @property
    def names(self) -> list[str]:
        """The columns that are in between."""
        return [name for stage in self.stages for name in stage]

    def added(self, frame: Any) -> Any:
        """Add them to a frame, stage by stage."""
        stages = filter(None, self.stages)
        return reduce(lambda so_far, stage: so_far.with_columns(**stage), stages, frame)


def total_columns(engine: Any, total: Range, clinical: Range) -> dict[str, Any]:
    """Give the columns of both scores: the score where it is settled, and its bounds."""
    return {
        "sledai_total": engine.when(total.low == total.high).then(total.low),
        "sledai_clinical": engine.when(clinical.low == clinical.high).then(clinical.low),
        "sledai_low": total.low,
        "sledai_high": total.high,
        "sledai_clinical_low": clinical.low,
        "sledai_clinical_high": clinical.high,
    }


ANSWER_OF_CODE = {1: True, 0: False, -1: None}
"""What a cell of `coded_answers` says."""


def coded_answer(descriptor: Descriptor) -> str:
    """Name the column of a descriptor among `coded_answers`."""
    return f"_sledai_answer_{descriptor}"


def coded_answers(row: RowPoints) -> dict[str, Any]:
    """Give the answers themselves, in one code whatever the columns hold."""
    engine = row.engine
    return {
        coded_answer(descriptor): engine.when(column.present(engine))
        .then(engine.lit(1))
        .otherwise(engine.when(column.absent(engine)).then(engine.lit(0)).otherwise(engine.lit(-1)))
        for descriptor, column in row.columns.items()
    }


def reaches(low: Any, open_of: Mapping[int, Any], first: int, last: int, *, least: int = 0) -> Any:
    """Say whether some completion has between `first` and `last` points.

    `low` are the points that are there, never fewer than `least`, and `open_of` counts by weight
    the descriptors that can add theirs. Each weight divides the next heavier one, so that the most
    points that are not above the last are reached by taking the heaviest first. They fall short by
    what all points are short, or by what is left of the last, divided by a weight, beyond what the
    lighter ones have.
    """
    if last < least:
        return False

    def points(weights: Iterable[int]) -> Any:
        return reduce(add, (open_of[weight] * weight for weight in weights), 0)

    conditions: list[Any] = []
    if last < MAX_TOTAL:
        conditions.append(low <= last)
    if first > least:
        conditions.append(low + points(open_of) >= first)
    short = last - first
    for weight in open_of:
        if short < weight - 1:
            lighter = points(other for other in open_of if other < weight)
            conditions.append((last - low) % weight <= lighter + short)
    return all_of(*conditions)


def add_columns(
    df: Any,
    make: Callable[[RowPoints], Mapping[str, Any]],
    *,
    integers: Collection[str],
    added: Iterable[str],
    codebook: Codebook | None,
    policy: Policy,
    reads_more: bool = False,
) -> Any:
    """Add the columns that `make` gives to a frame of any engine; lazy frames stay lazy.

    `added` names the columns, and `integers` those of them that hold whole numbers or null; other
    columns that `make` gives are for the caller alone. `reads_more` says that `make` reads columns
    beside those of descriptors; it is left to the frame's own engine then.
    The rest is as in `sledai.frame.score`.
    """
    require_one_of(policy, get_args(Policy), "policy")
    df, frame = visits_only(df, opened(df), codebook_of(codebook))
    columns = read_descriptors(frame, codebook)
    names = result_names(frame.collect_schema().names(), added)
    lazy = isinstance(frame, nw.LazyFrame)
    whole = [names[name] for name in integers]
    adding = _Adding(columns, make, names, whole, policy, lazy=lazy, reads_more=reads_more)
    if frame.implementation.is_polars():
        if not lazy:
            refuse_invalid(frame, columns)
        # In one piece: before 2.0 polars added numbers to a piece without rows as to one with some.
        result = adding.to(df if lazy else df.rechunk().lazy(), expressions_of(frame))
        return result if lazy else result.collect()
    if frame.implementation.is_dask() and not reads_more:
        return df.map_partitions(adding.beside, meta=adding.beside(df._meta))  # noqa: SLF001
    return adding.beside(df)


@dataclass(frozen=True, slots=True)
class _Adding:
    """What is added to a frame, by which columns; `lazy` says that no cell was, or is, refused."""

    columns: list[DescriptorColumn]
    make: Callable[[RowPoints], Mapping[str, Any]]
    names: Mapping[str, str]
    integers: list[str]
    policy: Policy
    lazy: bool
    reads_more: bool

    def to(self, frame: Any, engine: Any, columns: list[DescriptorColumn] | None = None) -> Any:
        """Add it to a frame whose expressions `engine` writes, and which may hold other columns."""
        read = self.columns if columns is None else columns
        policy, lazy = self.policy, self.lazy
        return _apply(frame, engine, read, self.make, self.names, policy=policy, lazy=lazy)

    def beside(self, df: Any) -> Any:
        """Add it to a frame that is none of polars, or to a part of one."""
        frame: Any = nw.from_native(df)
        types = dict.fromkeys(self.integers, "Int32")
        if isinstance(frame, nw.DataFrame):
            if not self.reads_more and (results := self._by_polars(frame)) is not None:
                return with_results(frame, results, types)
            if not self.lazy:
                refuse_invalid(frame, self.columns)
        return finished(df, frame, self.to(frame, nw), types)

    def _by_polars(self, frame: Any) -> Any | None:
        """Have polars compute it; None where a cell is no answer, of which the engine can tell."""
        cells = in_polars(frame, dict.fromkeys(c for d in self.columns for c in d.columns))
        if cells is None:
            return None
        there = nw.from_native(cells)
        kinds = kinds_of(there)
        columns = [read for d in self.columns if (read := d.in_polars(kinds)) is not None]
        if len(columns) < len(self.columns):
            return None
        if not self.lazy:
            try:
                refuse_invalid(there, columns)
            except InvalidInputError:
                return None
        result = self.to(cells.lazy(), expressions_of(there), columns).collect()
        results = result[[name for name in result.columns if name not in cells.columns]]
        if self.lazy and results[self.names[INVALID_COLUMN]].sum():
            return None
        return results


def _sum(expressions: Iterable[Any]) -> Any:
    return reduce(add, expressions)


def _apply(
    frame: Any,
    engine: Any,
    columns: list[DescriptorColumn],
    make: Callable[[RowPoints], Mapping[str, Any]],
    names: Mapping[str, str],
    *,
    policy: Policy,
    lazy: bool,
) -> Any:
    """Add the points, then what is made of them, so that each is computed once."""
    asked = [column for column in columns if column.kind is not None]
    unanswered = f"{BETWEEN}unanswered"

    def is_open(column: DescriptorColumn) -> Any:
        unknown = column.unknown(engine)
        if policy == "strict":
            return unknown
        # A cell that is no answer is not a missing answer.
        answered = engine.col(unanswered) < len(asked)
        return engine.when(answered).then(column.invalid(engine)).otherwise(unknown)

    if policy != "strict":
        counted = _sum([number(engine, 0), *(r.unknown(engine) for r in asked)])
        frame = frame.with_columns(**{unanswered: counted})
    first: dict[str, Any] = {}
    second: dict[str, Any] = {}
    counts: dict[str, dict[int, Any]] = {}
    ranges: dict[str, Range] = {}
    for group, members in (
        ("clinical", [r for r in columns if r.descriptor not in SEROLOGIC]),
        ("serologic", [r for r in columns if r.descriptor in SEROLOGIC]),
    ):
        low, slack = f"{BETWEEN}{group}", f"{BETWEEN}{group}_slack"
        first[low] = _sum(r.points(engine) for r in members)
        counts[group] = {}
        for weight in sorted({r.descriptor.weight for r in members}):
            name = f"{BETWEEN}{group}_open_{weight}"
            first[name] = _sum(is_open(r) for r in members if r.descriptor.weight == weight)
            counts[group][weight] = engine.col(name)
        second[slack] = _sum(n * number(engine, w) for w, n in counts[group].items())
        points = engine.col(low).cast(engine.Int32)
        ranges[group] = Range(points, points + engine.col(slack).cast(engine.Int32))
    not_assessed = _sum(count for group in counts.values() for count in group.values())
    if policy != "strict":
        first[f"{BETWEEN}not_assessed"] = _sum(r.unknown(engine) for r in columns)
        not_assessed = engine.col(f"{BETWEEN}not_assessed")
    kept = Kept(engine)
    results = dict(
        make(
            RowPoints(
                engine=engine,
                clinical=ranges["clinical"],
                serologic=ranges["serologic"],
                open_clinical=counts["clinical"],
                open_serologic=_sum(counts["serologic"].values()),
                not_assessed=not_assessed.cast(engine.Int32),
                columns={column.descriptor: column for column in columns},
                is_open=is_open,
                keep=kept.keep,
            )
        )
    )
    if policy != "strict":
        results[POLICY_COLUMN] = engine.lit(policy)
    if lazy:
        results[INVALID_COLUMN] = _sum(r.invalid(engine) for r in columns).cast(engine.Int32)
    results = {names.get(name, name): column for name, column in results.items()}
    between = [*first, *second, *kept.names, *([unanswered] if policy != "strict" else [])]
    frame = kept.added(frame.with_columns(**first).with_columns(**second))
    return frame.with_columns(**results).drop(*between)
