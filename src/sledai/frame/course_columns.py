"""The course of patients as expressions: each visit beside the one before, and their sums.

Frames of polars come in the order of patients and dates; on other engines, which keep no order, a
window over the visits of each patient gives what stood at the visit before. Needs the extra
`frame`.
"""

from collections.abc import Iterable
from typing import Any

from sledai.engines import BETWEEN
from sledai.frame.beside import Beside, change_columns
from sledai.frame.flares import flare_column, outcomes
from sledai.frame.names_listed import names_listed
from sledai.frame.plain_visits import DAY, PlainVisits
from sledai.frame.result_columns import MISSING_COLUMN
from sledai.frame.row_points import Kept, total_columns
from sledai.frame.state_columns import StateAnswer, state_answer, state_columns
from sledai.frame.three_valued import negated
from sledai.indices.sfi_criteria import Parameters
from sledai.indices.states import STATES, Readings

__all__ = ["SUBJECT", "paired", "patient_sums", "same_day", "visit_results"]

SUBJECT = f"{BETWEEN}subject"
"""Who a visit is of."""
FIRST = f"{BETWEEN}first"


def before(name: str) -> str:
    """Name the column that holds what a column held at the visit before."""
    return f"{BETWEEN}before_{name.removeprefix(BETWEEN)}"


def with_before(frame: Any, engine: Any, names: Iterable[str]) -> Any:
    """Put beside each visit what some columns held at the visit before it.

    Where rows are in order, a first visit gets what stood at the last of another patient.
    """
    if engine.__name__ == "polars":
        return frame.with_columns(**{before(name): engine.col(name).shift(1) for name in names})
    window = {before(name): engine.col(name).shift(1).over(SUBJECT, order_by=DAY) for name in names}
    return frame.with_columns(**window)


def paired(frame: Any, plain: PlainVisits) -> tuple[Any, Beside]:
    """Put each visit beside the one before it; the frame has the plain columns and `SUBJECT`."""
    engine = plain.engine
    frame = with_before(frame, engine, [DAY, *plain.names_beside])
    now, earlier = plain.view(), plain.view(before)
    first = engine.col(before(DAY)).is_null()
    if engine.__name__ == "polars":
        patient = engine.col(SUBJECT)
        first = first | patient.ne_missing(patient.shift(1))
    frame = frame.with_columns(**{FIRST: first}, **plain.unpacked(), **plain.unpacked(before))
    return frame, Beside(engine, now, earlier, engine.col(FIRST), Kept(engine))


def same_day(engine: Any) -> Any:
    """Say which visits are on the day of the one before them, of the frame that `paired` gives."""
    return ~engine.col(FIRST) & (engine.col(DAY) == engine.col(before(DAY)))


def visit_results(beside: Beside, readings: Readings) -> dict[str, Any]:
    """Give the columns of a visit; those about a change are null at a first visit."""
    engine, now = beside.engine, beside.now
    unknown = {d.value: answer.unknown for d, answer in now.answers.items()}
    return {
        **total_columns(engine, now.total, now.clinical),
        MISSING_COLUMN: beside.unless(now.known, "", names_listed(engine, unknown)),
        **change_columns(beside),
        "sledai_flare": flare_column(beside, outcomes(beside, _parameters(readings))),
        **{
            column: value
            for name in readings.states
            for column, value in state_columns(beside, STATES[name], readings).items()
        },
    }


def _parameters(readings: Readings) -> Parameters:
    return Parameters(
        variant=readings.variant,
        severe_score_needs_rise_of_3=readings.severe_score_needs_rise_of_3,
        mycophenolate=readings.mycophenolate,
    )


def patient_sums(frame: Any, beside: Beside, readings: Readings, others: Iterable[Any] = ()) -> Any:
    """Sum up the visits of each patient: a frame of a row a patient, with `PATIENT_COLUMNS`.

    The frame is as `paired` gives it; the patient stands in `SUBJECT`. `others` are summed up
    beside.
    """
    engine = beside.engine
    total, earlier = beside.now.total, beside.before.total

    def whole(value: Any) -> Any:
        return value.cast(engine.Int64)

    def later(value: Any) -> Any:
        return engine.when(~beside.first).then(value).otherwise(engine.lit(0, dtype=engine.Int64))

    day = whole(engine.col(DAY))
    gap = later(whole(engine.col(DAY) - engine.col(before(DAY))))
    flare = outcomes(beside, _parameters(readings))
    rows: dict[str, Any] = {
        "a_visit": engine.lit(1, dtype=engine.Int64),
        "gap": gap,
        "area_low": gap * later(whole(total.low + earlier.low)),
        "area_high": gap * later(whole(total.high + earlier.high)),
        "can_flare": engine.when(~beside.first & (flare.mild | flare.severe)).then(day),
        "flares": engine.when(~beside.first & ~flare.none).then(day),
    }
    states = {name: state_answer(beside, STATES[name], readings) for name in readings.states}
    for number, state in enumerate(states.values()):
        rows |= _flags(engine, number, state)
    frame = beside.kept.added(frame).with_columns(**_between(rows))
    frame = with_before(
        frame, engine, [_named(f"{number}_{end}") for number in range(len(states)) for end in _ENDS]
    )
    times = {
        f"{number}_{end}_days": engine.when(_counts(engine, number, end, readings))
        .then(engine.col(_named("gap")))
        .otherwise(engine.lit(0, dtype=engine.Int64))
        for number in range(len(states))
        for end in _ENDS
    }
    frame = frame.with_columns(**_between(times))
    sums = [
        *("a_visit", "gap", "area_low", "area_high"),
        *times,
    ]
    assumed = [n for n in rows if "_assumed_" in n]
    others = list(others)
    found = frame.group_by(SUBJECT).agg(
        *others,
        engine.col(DAY).min().alias(_named("start")),
        engine.col(_named("can_flare")).min(),
        engine.col(_named("flares")).min(),
        *(engine.col(_named(name)).sum() for name in sums),
        *(engine.col(_named(name)).max() for name in assumed),
    )
    summary = _summary(engine, states)
    drop = [_named(name) for name in ("start", "can_flare", "flares", *sums, *assumed)]
    return found.with_columns(**summary).drop(*drop)


_ENDS = ("met", "open")


def _named(name: str) -> str:
    return f"{BETWEEN}sum_{name}"


def _between(columns: dict[str, Any]) -> dict[str, Any]:
    return {_named(name): value for name, value in columns.items()}


def _flags(engine: Any, number: int, state: StateAnswer) -> dict[str, Any]:
    """Say of a visit whether it is in a state, whether it can be, and what that counts as no."""

    def flag(condition: Any) -> Any:
        if isinstance(condition, bool):
            return engine.lit(int(condition))
        return engine.when(condition).then(engine.lit(1)).otherwise(engine.lit(0))

    return {
        f"{number}_met": flag(state.met),
        f"{number}_open": flag(negated(state.failed)),
        **{
            f"{number}_assumed_{place}": flag(so) for place, so in enumerate(state.assumed.values())
        },
    }


def _counts(engine: Any, number: int, end: str, readings: Readings) -> Any:
    """Say whether the time since the visit before counts as spent in a state."""
    name = _named(f"{number}_{end}")
    now, earlier = engine.col(name) == 1, engine.col(before(name)) == 1
    return {
        "until the next visit": earlier,
        "since the visit before": now,
        "at both ends": now & earlier,
    }[readings.carry]


def _summary(engine: Any, states: dict[str, StateAnswer]) -> dict[str, Any]:
    """Give the columns of a patient from what was summed up."""

    def column(name: str) -> Any:
        return engine.col(_named(name))

    days = column("gap")
    several = column("a_visit") > 1

    def over_time(value: Any) -> Any:
        return engine.when(several).then(value)

    def number(value: Any) -> Any:
        return value.cast(engine.Float64)

    made = {
        "sledai_visits": column("a_visit"),
        "sledai_days": days,
        "sledai_adjusted_mean_low": over_time(number(column("area_low")) / number(2 * days)),
        "sledai_adjusted_mean_high": over_time(number(column("area_high")) / number(2 * days)),
        "sledai_area_low": over_time(number(column("area_low")) / 2),
        "sledai_area_high": over_time(number(column("area_high")) / 2),
        "sledai_flare_earliest": column("can_flare") - column("start"),
        "sledai_flare_latest": column("flares") - column("start"),
    }
    for place, (name, state) in enumerate(states.items()):
        called = STATES[name].column
        for end, word in zip(_ENDS, ("low", "high"), strict=True):
            share = number(column(f"{place}_{end}_days")) / number(days)
            made[f"{called}_{word}"] = over_time(share)
        if STATES[name].assumes:
            names = {n: column(f"{place}_assumed_{i}") == 1 for i, n in enumerate(state.assumed)}
            made[f"{called}_assumed"] = over_time(names_listed(engine, names))
    return made
