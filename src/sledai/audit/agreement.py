"""Whether recorded scores can be those of their rows, as expressions for every engine.

The expressions behind `sledai.audit.compare`. Needs the extra `frame`.
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, assert_never

import narwhals as nw

from sledai.codebook import Codebook, Lab
from sledai.codebook.lab import LAB_LIMITS
from sledai.descriptors import SEROLOGIC, Descriptor
from sledai.engines import misread, opened
from sledai.errors import InvalidInputError, require, shorten
from sledai.frame.lab_columns import numbers
from sledai.frame.result_columns import INVALID_COLUMN, POLICY_COLUMN
from sledai.frame.row_points import Range, RowPoints, add_columns

__all__ = [
    "AGREEMENT_WORDS",
    "LEFT_OUT",
    "Agreement",
    "Check",
    "Query",
    "add_agreement",
    "added_columns",
    "bounds_columns",
    "checked_labs",
    "query_column",
    "recorded_columns",
]


class Check(StrEnum):
    """What is compared: a recorded score, or the two recorded scores with each other.

    The serologic points are the recorded total less the recorded clinical score. They are checked
    where both are recorded, so that two scores are found that no one visit has.
    """

    TOTAL = "total"
    CLINICAL = "clinical"
    SEROLOGIC = "serologic"


LEFT_OUT: dict[Check, frozenset[Descriptor]] = {
    Check.TOTAL: frozenset(),
    Check.CLINICAL: SEROLOGIC,
    Check.SEROLOGIC: frozenset(Descriptor) - SEROLOGIC,
}
"""The descriptors that each check leaves out."""


class Agreement(StrEnum):
    """Whether a recorded score can be that of its row.

    AGREES where it is the computed one, POSSIBLE where some completion of the not-assessed
    descriptors gives it, DISAGREES where none does.
    """

    AGREES = "agrees"
    POSSIBLE = "possible"
    DISAGREES = "disagrees"
    NOT_RECORDED = "not_recorded"


AGREEMENT_WORDS: Mapping[Agreement, str] = {
    Agreement.AGREES: "agree",
    Agreement.POSSIBLE: "possible",
    Agreement.DISAGREES: "disagree",
    Agreement.NOT_RECORDED: "not recorded",
}
"""What is said of several scores."""


class Query(StrEnum):
    """How an item and a laboratory value differ; a question to the rater, never a correction."""

    ABSENT_PAST_LIMIT = "absent_past_limit"
    PRESENT_WITHIN_LIMIT = "present_within_limit"


def query_column(lab: Lab) -> str:
    """Name the column that holds the queries on a laboratory value."""
    require(lab, Lab, "lab", "a Lab (sledai.codebook)")
    return f"sledai_{lab.analyte}_query"


def bounds_columns(check: Check) -> tuple[str, str]:
    """Name the columns that hold the lowest and the highest possible score."""
    middle = "" if check is Check.TOTAL else f"{check}_"
    return f"sledai_{middle}low", f"sledai_{middle}high"


def added_columns(checks: Iterable[Check], labs: Iterable[Lab]) -> list[str]:
    """Name the columns that `sledai.audit.compare` adds."""
    checks = list(checks)
    return [
        *(name for check in checks for name in bounds_columns(check)),
        *(f"sledai_{check}_{what}" for check in checks for what in ("agreement", "difference")),
        *map(query_column, labs),
        POLICY_COLUMN,
        INVALID_COLUMN,
    ]


def add_agreement(
    df: Any,
    more: Callable[[RowPoints], Mapping[str, Any]] = lambda _: {},
    *,
    codebook: Codebook,
) -> Any:
    """Add the columns of `sledai.audit.compare`, and `more`, to a frame of any engine."""
    columns = recorded_columns(codebook)
    labs = checked_labs(codebook)
    total_column, clinical = columns[Check.TOTAL], columns.get(Check.CLINICAL)
    named = [*columns.values(), *(lab.column for lab in labs)]
    types = {column: _numeric_type(df, column) for column in named}
    checks = [Check.TOTAL] if clinical is None else list(Check)

    def recorded_number(engine: Any, column: str) -> _Number:
        # As floats: small or unsigned integers could overflow in a difference.
        value, known = numbers(engine, column, types, codebook.file.missing)
        return _Number(value, known, single=types[column] == nw.Float32)

    def results(row: RowPoints) -> dict[str, Any]:
        engine = row.engine
        made: dict[str, Any] = {}
        total = recorded_number(engine, total_column)
        scores = {Check.TOTAL: total}
        if clinical is not None:
            score = recorded_number(engine, clinical)
            difference = _Number(total.value - score.value, total.known & score.known)
            scores |= {Check.CLINICAL: score, Check.SEROLOGIC: difference}
        for check, score in scores.items():
            computed = _computed(row, check)
            low, high = bounds_columns(check)
            made[low], made[high] = computed.bounds.low, computed.bounds.high
            made[f"sledai_{check}_agreement"] = _agreement(engine, computed, score)
            made[f"sledai_{check}_difference"] = _distance(engine, computed.bounds, score)
        for lab in labs:
            made[query_column(lab)] = _query(row, recorded_number(engine, lab.column), lab)
        return made | dict(more(row))

    return add_columns(
        df,
        results,
        integers=[name for check in checks for name in bounds_columns(check)],
        added=added_columns(checks, labs),
        codebook=codebook,
        policy="strict",
        reads_more=True,
    )


def recorded_columns(codebook: Codebook) -> dict[Check, str]:
    """Say in which column each recorded score is; there is a total at least."""
    recorded = codebook.recorded
    if recorded.total is None:
        raise InvalidInputError("no recorded total; accepted: its column, as total in [recorded]")
    if recorded.clinical is None:
        return {Check.TOTAL: recorded.total}
    return {Check.TOTAL: recorded.total, Check.CLINICAL: recorded.clinical}


def checked_labs(codebook: Codebook) -> tuple[Lab, ...]:
    """Give the laboratory values that items can be held against: those with a limit of its own."""
    labs = tuple(
        lab
        for lab in codebook.findings.labs
        if lab.analyte in LAB_LIMITS and lab.unit_column is None
    )
    for lab in labs:
        if lab.bound is not None:
            raise InvalidInputError(f"{lab.analyte}: an audit takes no bounds")
    return labs


@dataclass(frozen=True, slots=True)
class _Number:
    """A recorded number, and whether it is known, as expressions; whether it is a single float."""

    value: Any
    known: Any
    single: bool = False


@dataclass(frozen=True, slots=True)
class _Computed:
    """What is computed for a check: bounds, and the open descriptors by weight."""

    bounds: Range
    open: Mapping[int, Any]


def _computed(row: RowPoints, check: Check) -> _Computed:
    (weight,) = {descriptor.weight for descriptor in SEROLOGIC}
    match check:
        case Check.TOTAL:
            both = row.open_clinical[weight] + row.open_serologic
            return _Computed(row.total, {**row.open_clinical, weight: both})
        case Check.CLINICAL:
            return _Computed(row.clinical, row.open_clinical)
        case Check.SEROLOGIC:
            return _Computed(row.serologic, {weight: row.open_serologic})
        case _:
            assert_never(check)


def _numeric_type(df: Any, column: str) -> Any:
    """Give the type of a column of numbers; refuse one that is none, or is not there."""
    frame = opened(df)
    schema = frame.collect_schema()
    if column not in schema:
        raise InvalidInputError.no_column(column)
    if problem := misread(column, frame):
        raise InvalidInputError(problem)
    if not schema[column].is_numeric():
        raise InvalidInputError(
            f"column {shorten(column)} holds no numbers: it is of type {schema[column]}"
        )
    return schema[column]


def _agreement(engine: Any, computed: _Computed, score: _Number) -> Any:
    """Say whether some completion gives the value.

    Each weight divides the next heavier one. So the open descriptors can make up the excess over
    the lowest score if it is not more than they all weigh, and if, divided by each weight, it
    leaves no more than the lighter ones weigh.
    """
    low, high, value = computed.bounds.low, computed.bounds.high, score.value
    possible = (value >= low) & (value <= high)
    lighter = engine.lit(0)
    for weight, count in sorted(computed.open.items()):
        rest = value - low
        possible &= rest - (rest / weight).floor() * weight <= lighter
        lighter = lighter + count.cast(engine.Int32) * weight
    return (
        engine.when(~score.known)
        .then(engine.lit(Agreement.NOT_RECORDED.value))
        .otherwise(
            engine.when((value == low) & (low == high))
            .then(engine.lit(Agreement.AGREES.value))
            .otherwise(
                engine.when(possible)
                .then(engine.lit(Agreement.POSSIBLE.value))
                .otherwise(engine.lit(Agreement.DISAGREES.value))
            )
        )
    )


def _distance(engine: Any, bounds: Range, score: _Number) -> Any:
    value = score.value
    return engine.when(score.known).then(
        engine.when(value < bounds.low)
        .then(value - bounds.low)
        .otherwise(
            engine.when(value > bounds.high).then(value - bounds.high).otherwise(engine.lit(0.0))
        )
    )


def _query(row: RowPoints, value: _Number, lab: Lab) -> Any:
    engine, item = row.engine, row.columns[lab.descriptor]
    past = lab.is_past(value.value, single=value.single)
    return (
        engine.when(value.known & past & item.absent(engine))
        .then(engine.lit(Query.ABSENT_PAST_LIMIT.value))
        .otherwise(
            engine.when(value.known & ~past & item.present(engine)).then(
                engine.lit(Query.PRESENT_WITHIN_LIMIT.value)
            )
        )
    )
