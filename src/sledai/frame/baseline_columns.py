"""Each visit beside the baseline as expressions: days since, change, and SRI-4 to SRI-8.

Needs the extra `frame`.
"""

from typing import Any

from sledai.codebook.dates import DAY_ZERO
from sledai.engines import BETWEEN
from sledai.frame.answer_columns import counted
from sledai.frame.baseline_rows import BaselineRows
from sledai.frame.beside import Beside, listed_if
from sledai.frame.course_columns import SUBJECT, same_day
from sledai.frame.plain_visits import DAY, MARKED, UNTIL, PlainVisits, billionths
from sledai.frame.result_columns import response_column
from sledai.frame.row_points import Kept
from sledai.frame.three_valued import Answer, all_of, any_of, certain, chosen, negated
from sledai.indices import sri
from sledai.indices.bilag import NEW_AFTER
from sledai.quantities.fields import LETTERS
from sledai.verdict import Verdict

__all__ = ["BASELINE_DAY", "baseline_results", "beside_baseline"]

BASELINE_DAY = f"{BETWEEN}of_baseline"
"""The day of the baseline of a patient."""
_AFTER = f"{BETWEEN}after_baseline"


def _at_baseline(name: str) -> str:
    return f"{BETWEEN}baseline_{name.removeprefix(BETWEEN)}"


def beside_baseline(
    frame: Any, plain: PlainVisits, rows: BaselineRows, kept: Kept
) -> tuple[Any, Beside]:
    """Put beside each visit what the baseline of its patient has, if there is one.

    In the result, `first` tells that a visit is not after the baseline.
    """
    engine, day = plain.engine, plain.engine.col(DAY)
    if rows.where:
        is_one: Any = engine.col(MARKED)
    elif rows.by_column is not None:
        is_one = day <= engine.col(UNTIL)
    elif rows.by_date is not None:
        is_one = day <= (rows.by_date - DAY_ZERO).days
    else:
        is_one = ~day.is_null()
    days = engine.when(is_one).then(day)
    frame = frame.with_columns(**{BASELINE_DAY: days})
    of_patient = engine.col(BASELINE_DAY)
    of_patient = of_patient.min() if rows == BaselineRows.first() else of_patient.max()
    frame = frame.with_columns(**{BASELINE_DAY: of_patient.over(SUBJECT)})
    names = plain.names_beside
    there = frame.filter((day == engine.col(BASELINE_DAY)) & ~same_day(engine)).select(
        engine.col(SUBJECT), *(engine.col(name).alias(_at_baseline(name)) for name in names)
    )
    if engine.__name__ == "polars":
        frame = frame.join(there, on=SUBJECT, how="left", maintain_order="left")
    else:
        frame = frame.join(there, on=SUBJECT, how="left")
    after = day > engine.col(BASELINE_DAY)
    frame = frame.with_columns(**{_AFTER: certain(engine, after)}, **plain.unpacked(_at_baseline))
    beside = Beside(engine, plain.view(), plain.view(_at_baseline), ~engine.col(_AFTER), kept)
    return frame, beside


def baseline_results(beside: Beside) -> dict[str, Any]:
    """Give the columns of a visit beside the baseline; null where it is not after it."""
    engine, now, then = beside.engine, beside.now, beside.before
    whole, after = engine.Int64, beside.unless_first

    def percent(total: Any, start: Any) -> Any:
        change = ((total - start) * 100).cast(engine.Float64) / start.cast(engine.Float64)
        return after(engine.when(then.total.low > 0).then(change))

    return {
        "sledai_baseline_days": (engine.col(DAY) - engine.col(BASELINE_DAY)).cast(whole),
        "sledai_baseline_change_low": after(beside.least_rise),
        "sledai_baseline_change_high": after(beside.most_rise),
        "sledai_baseline_clinical_change_low": after(now.clinical.low - then.clinical.high),
        "sledai_baseline_clinical_change_high": after(now.clinical.high - then.clinical.low),
        "sledai_baseline_percent_low": percent(now.total.low, then.total.high),
        "sledai_baseline_percent_high": percent(now.total.high, then.total.low),
        "sledai_baseline_new": listed_if(beside, beside.is_new),
        "sledai_baseline_resolved": listed_if(beside, beside.is_resolved),
        **_responses(beside),
    }


def _responses(beside: Beside) -> dict[str, Any]:
    keep = beside.kept.keep
    least, most = keep(0, beside.least_rise), keep(0, beside.most_rise)
    others = [
        _few_new(beside, "A", sri.MOST_NEW_A),
        _few_new(beside, "B", sri.MOST_NEW_B),
        _not_worse(beside),
    ]
    also = Answer(
        keep(0, all_of(*(one.yes for one in others))), keep(0, any_of(*(one.no for one in others)))
    )
    made: dict[str, Any] = {}
    for n in sri.FALLS:
        answer = Answer(all_of(most <= -n, also.yes), any_of(least > -n, also.no))
        said = [one.value for one in (Verdict.MET, Verdict.NOT_MET, Verdict.UNDETERMINED)]
        made[response_column(n)] = beside.unless_first(chosen(beside.engine, answer, *said))
    return made


def _not_worse(beside: Beside) -> Answer:
    """Say whether the global assessment did not rise by as much as is a worsening."""
    now, then = (one.number(sri.WORSE.quantity) for one in (beside.now, beside.before))
    limit = billionths(sri.WORSE.value)
    return Answer(now.most - then.least < limit, now.least - then.most >= limit)


def _few_new(beside: Beside, letter: str, most: int) -> Answer:
    """Say whether a letter of BILAG is new in few enough organ systems."""
    place, last = LETTERS.index(letter), len(LETTERS) - 1
    after = LETTERS.index(NEW_AFTER[letter][0])
    engine = beside.engine
    fewest: Any = 0
    most_new: Any = 0
    for system, now in beside.now.letters.items():
        is_one = now.within(place, place)
        was_other = beside.before.letters[system].within(after, last)
        fewest = fewest + counted(engine, all_of(is_one.yes, was_other.yes))
        may_be = all_of(negated(is_one.no), negated(was_other.no))
        most_new = most_new + counted(engine, may_be)
    return Answer(most_new <= most, fewest > most)
