"""The same scores on data frames: one row a visit, one column a descriptor.

The expressions are generated from the descriptor table and from each rule's own table. Each cell is
read by when/then, and whatever is neither 1 nor 0 falls on the side of not assessed: a cast, a
horizontal sum or a bare comparison would make a missing answer present or absent on some engine.
Needs the extra `frame`.
"""

from collections.abc import Iterable, Mapping
from functools import reduce
from importlib import import_module
from operator import add
from typing import Any, cast

try:
    import narwhals as nw
    from narwhals.typing import IntoFrameT
except ModuleNotFoundError as error:
    error.msg = f"sledai.frame needs {error.name}: pip install 'sledai[frame]'"
    raise

from sledai.columns import Reading, number, read_columns, refuse_invalid
from sledai.descriptors import SEROLOGIC, Descriptor, descriptor_set
from sledai.entry_rules import ActivityRule
from sledai.errors import InvalidInputError
from sledai.verdict import Verdict

__all__ = ["INVALID_COLUMN", "SCORE_COLUMNS", "score", "verdict_column"]

SCORE_COLUMNS = {
    "sledai_total": "total score; null where not-assessed descriptors leave it open",
    "sledai_clinical": "clinical score; null where not-assessed descriptors leave it open",
    "sledai_low": "lowest possible total",
    "sledai_high": "highest possible total",
    "sledai_clinical_low": "lowest possible clinical score",
    "sledai_clinical_high": "highest possible clinical score",
    "sledai_not_assessed": "number of descriptors not assessed",
}
"""The columns that `score` adds, with their meaning."""

INVALID_COLUMN = "sledai_invalid"
"""Added on lazy frames: number of cells that are no answer; they count as not assessed."""


_PART = "_sledai_"  # begins the names of columns that are there only in between


def verdict_column(rule: ActivityRule) -> str:
    """Name the column that holds a rule's verdict.

    >>> from sledai.trials.nct05765006 import ACTIVITY_RULE
    >>> verdict_column(ACTIVITY_RULE)
    'sledai_nct05765006'
    """
    return "sledai_" + "_".join(rule.name.lower().split())


def score(
    df: IntoFrameT,
    *,
    rules: Iterable[ActivityRule] = (),
    columns: Mapping[str, Descriptor | str] | None = None,
    not_collected: Iterable[Descriptor | str] = (),
    absent: Iterable[Descriptor | str] = (),
) -> IntoFrameT:
    """Add scores, bounds and verdicts to a data frame with a row for each visit.

    The frame has a column for each of the 24 descriptors with the values true, false, 1, 0 or
    null (not assessed; NaN is null). `columns` maps other column names to descriptors. A
    descriptor without a column is an error unless named in `not_collected` (not assessed at any
    visit) or in `absent` (asserted absent at every visit). The columns of `SCORE_COLUMNS` are
    added, and for each of `rules` the column that `verdict_column` names, holding met, not_met
    or undetermined. Rows, their order and all other columns stay; the input is not modified.

    On a lazy frame nothing is computed here, so cells cannot be checked: there the added column
    `sledai_invalid` counts the cells of each row that are no answer.

    Raises `InvalidInputError` for missing or doubled columns, for a result column that is there
    already and, unless the frame is lazy, for a cell that is no answer.

    >>> import polars as pl
    >>> visits = pl.DataFrame({"arthritis": [True, None], "rash": [1, 0]})
    >>> others = [d for d in Descriptor if d not in visits.columns]
    >>> score(visits, absent=others).select("sledai_total", "sledai_low", "sledai_high").rows()
    [(6, 6, 6), (None, 0, 4)]
    """
    rules = tuple(rules)
    native: Any = df
    try:
        frame: Any = nw.from_native(native)
        schema: Mapping[str, Any] = frame.collect_schema()
    except nw.exceptions.DuplicateError as error:
        raise InvalidInputError(str(error)) from None
    except TypeError:
        frame, schema = None, {}
    if (
        frame is None
        or frame is native
        or not (frame.implementation.is_polars() or frame.implementation.is_pandas())
    ):
        raise InvalidInputError(
            f"expected a polars or pandas data frame, found {type(df).__name__}"
        ) from None
    lazy = isinstance(frame, nw.LazyFrame)
    readings = read_columns(
        frame, columns or {}, descriptor_set(not_collected), descriptor_set(absent)
    )
    _refuse_collisions(schema, rules)
    if not lazy:
        refuse_invalid(frame, readings)
    result: Any
    if frame.implementation.is_polars():
        # Polars takes the expressions in its own words: narwhals wraps each condition in a
        # horizontal "all", which costs half the speed.
        polars = import_module("polars")
        result = _apply(native.lazy(), polars, readings, rules, count_invalid=lazy)
        result = result if lazy else result.collect()
    else:
        scored = _apply(frame, nw, readings, rules, count_invalid=False)
        integers = nw.maybe_convert_dtypes(scored.select(*SCORE_COLUMNS))  # that can hold a null
        result = nw.to_native(
            scored.with_columns(*(c.cast(nw.Int32) for c in integers.iter_columns()))
        )
        result.attrs.update(native.attrs)
    return cast("IntoFrameT", result)


def _sum(expressions: Iterable[Any]) -> Any:
    return reduce(add, expressions)


def _refuse_collisions(schema: Mapping[str, Any], rules: tuple[ActivityRule, ...]) -> None:
    added = [*SCORE_COLUMNS, INVALID_COLUMN, *map(verdict_column, rules)]
    there = [name for name in added if name in schema or added.count(name) > 1]
    if there := there + [name for name in schema if str(name).startswith(_PART)]:
        raise InvalidInputError(
            "result columns that are there already (rename or drop them): "
            f"{', '.join(dict.fromkeys(there))}"
        )


def _apply(
    frame: Any,
    engine: Any,
    readings: list[Reading],
    rules: tuple[ActivityRule, ...],
    *,
    count_invalid: bool,
) -> Any:
    """Add the result columns, computing shared parts once.

    `engine` is the module whose expressions the frame takes: narwhals, or polars itself. The parts
    are points, and numbers of unknowns by weight, of the clinical and of the serologic descriptors.
    """
    groups = {
        "clinical": [r for r in readings if r.descriptor not in SEROLOGIC],
        "serologic": [r for r in readings if r.descriptor in SEROLOGIC],
    }
    points: dict[str, Any] = {}
    unknowns: dict[str, Any] = {}
    slacks: dict[str, Any] = {}
    for group, members in groups.items():
        points[f"{_PART}{group}"] = _sum(r.points(engine) for r in members)
        by_weight: list[Any] = []
        for weight in sorted({r.descriptor.weight for r in members}):
            count = f"{_PART}{group}_unknown_{weight}"
            unknowns[count] = _sum(
                r.unknown(engine) for r in members if r.descriptor.weight == weight
            )
            by_weight.append(engine.col(count) * number(engine, weight))
        slacks[f"{_PART}{group}_slack"] = _sum(by_weight)
    low, slack, serologic, serologic_slack = (
        engine.col(f"{_PART}{part}").cast(engine.Int32)
        for part in ("clinical", "clinical_slack", "serologic", "serologic_slack")
    )
    total, total_slack = low + serologic, slack + serologic_slack
    results = {
        "sledai_total": engine.when(total_slack == 0).then(total),
        "sledai_clinical": engine.when(slack == 0).then(low),
        "sledai_low": total,
        "sledai_high": total + total_slack,
        "sledai_clinical_low": low,
        "sledai_clinical_high": low + slack,
        "sledai_not_assessed": _sum(engine.col(name) for name in unknowns).cast(engine.Int32),
    }
    if count_invalid:
        cells = [r.invalid(engine) for r in readings if r.checked] or [number(engine, 0)]
        results[INVALID_COLUMN] = _sum(cells).cast(engine.Int32)
    for rule in rules:
        results[verdict_column(rule)] = _verdict(
            engine, rule, (low, low + slack), (serologic, serologic + serologic_slack)
        )
    return (
        frame.with_columns(**points, **unknowns)
        .with_columns(**slacks)
        .with_columns(**results)
        .drop(*points, *unknowns, *slacks)
    )


def _verdict(
    engine: Any, rule: ActivityRule, clinical: tuple[Any, Any], serologic: tuple[Any, Any]
) -> Any:
    """Judge a rule from its table and the bounds of both parts of the score."""
    can_be_met = can_fail = engine.lit(value=False)
    for points, least in rule.least_clinical_by_serology.items():
        reached = (serologic[0] <= points) & (serologic[1] >= points)
        can_fail |= reached & (clinical[0] < least)
        can_be_met |= reached & (clinical[1] >= least)
    return (
        engine.when(can_be_met & can_fail)
        .then(engine.lit(Verdict.UNDETERMINED.value))
        .otherwise(
            engine.when(can_be_met)
            .then(engine.lit(Verdict.MET.value))
            .otherwise(engine.lit(Verdict.NOT_MET.value))
        )
    )
