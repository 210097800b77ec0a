"""Steroid sparing, as in the tabalumab trials: a dose that is lowered, and stays so for months.

Of a patient above a dose at baseline, the first visit: the dose is lowered by a quarter to no more
than a limit for months in a row within a year, without an increase of antimalarials or
immunosuppressants. Source: outcomes of the tabalumab trials, footnote c. What it leaves open is
read so:

- Months in a row are visits in a row with such a dose, of which the last is so many calendar months
  after the first. Between visits nothing is known of the dose.
- Both ends of the weeks count, in days from baseline.
- An increase counts from baseline until the months are over. A drug that is started is one.
- Visits to come may make months in a row: as long as they can, a history is undetermined.
"""

from calendar import monthrange
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from fractions import Fraction

from sledai.definitions.clauses import Limit
from sledai.indices.components import (
    Component,
    IndexResult,
    component,
    number_component,
    number_of,
    past,
)
from sledai.sources import TABALUMAB, Citation, Read
from sledai.visits import History
from sledai.visits.visit import RANGES, require_history

__all__ = ["BASELINE", "FROM_WEEK", "LOWERED", "MONTHS", "TARGET", "TO_WEEK", "assess"]

BASELINE = Limit("prednisone_mg_day", ">", Decimal("7.5"), "mg/d")
"""The dose at baseline."""
TARGET = Limit("prednisone_mg_day", "<=", Decimal("7.5"), "mg/d")
"""The dose to which it is lowered."""
LOWERED = Fraction(1, 4)
"""The least part of the dose at baseline by which it is lowered."""
MONTHS = 3
"""For how many months in a row."""
FROM_WEEK = 24
"""The first week in which they may be."""
TO_WEEK = 52
"""The last week in which they may be."""
_FOOTNOTE = Citation(TABALUMAB, "footnote c", Read.IN_WORK)


def assess(history: History) -> IndexResult:
    """Say whether a patient was spared steroids over the visits, with every component.

    The first visit is the baseline. Doses are `prednisone_mg_day`, and an increase of an
    antimalarial or immunosuppressant is `increased_background`.

    Raises `InvalidInputError` for what is no history.

    Source: outcomes of the tabalumab trials, footnote c.

    >>> from sledai.visits import Visit
    >>> doses = {"2024-01-01": 10, "2024-07-01": 5, "2024-10-01": 7.5}
    >>> visits = [
    ...     Visit(date=date, prednisone_mg_day=dose, increased_background=False)
    ...     for date, dose in doses.items()
    ... ]
    >>> print(assess(History(visits=visits)))
    steroid sparing: met
      baseline: met (prednisone_mg_day 10 > 7.5 mg/d)
      sparing: met (dose low at 2024-07-01, 2024-10-01; followed for 274 days)
    """
    require_history(history)
    return IndexResult(
        name="steroid sparing",
        components=(
            number_component("baseline", history.visits[0], BASELINE, _FOOTNOTE),
            _sparing(history),
        ),
    )


@dataclass(frozen=True, slots=True)
class _Day:
    """What is asked of a visit: whether its dose is low enough, and whether drugs increased."""

    date: date
    low: bool
    increased: bool


def _sparing(history: History) -> Component:
    """Ask for the months in a row.

    All that is not known counts in one direction: a low dose now, a high one at baseline and no
    increase are best, so that the best and the worst of all of them give all answers.
    """
    best, worst = _days(history, best=True), _days(history, best=False)
    first, last = (history.visits[0].date + timedelta(weeks=w) for w in (FROM_WEEK, TO_WEEK))
    end = history.visits[-1].date
    to_come = [_Day(max(end + timedelta(1), first), True, False), _Day(last, True, False)]  # noqa: FBT003
    answers = {
        _months_in_a_row([*best, *(to_come if end < last else [])], first, last),
        _months_in_a_row(worst, first, last),
    }
    inside = [(b, w) for b, w in zip(best, worst, strict=True) if first <= b.date <= last]
    before_end = [(b, w) for b, w in zip(best, worst, strict=True) if b.date <= last]
    facts = {
        "dose low at": [w.date for _, w in inside if w.low],
        "may be low at": [b.date for b, w in inside if b.low and not w.low],
        "increase at": [b.date for b, _ in before_end if b.increased],
        "increase not known at": [w.date for b, w in before_end if w.increased and not b.increased],
    }
    said = [f"{what} {', '.join(map(str, dates))}" for what, dates in facts.items() if dates]
    said.append(f"followed for {(end - history.visits[0].date).days} days")
    return component(
        "sparing",
        f"{TARGET.quantity} lowered by >= {100 * LOWERED} % to {TARGET} for {MONTHS} months in a "
        f"row of weeks {FROM_WEEK} to {TO_WEEK}, no increase of antimalarial or immunosuppressant",
        answers,
        "; ".join(said),
        _FOOTNOTE,
    )


def _days(history: History, *, best: bool) -> list[_Day]:
    """Take what is not known for the best or for the worst; the baseline itself is not asked."""
    least, most, _ = RANGES[TARGET.quantity]
    high, low = (most, least) if best else (least, most)
    baseline, *others = history.visits
    given = number_of(baseline, TARGET.quantity)
    most_asked = (1 - LOWERED) * Fraction(high if given is None else given)
    days: list[_Day] = []
    for visit in others:
        known = number_of(visit, TARGET.quantity)
        dose = Fraction(low if known is None else known)
        increased = visit.increased_background
        days.append(
            _Day(
                visit.date,
                past(dose, TARGET) and dose <= most_asked,
                not best if increased is None else increased,
            )
        )
    return days


def _months_in_a_row(days: list[_Day], first: date, last: date) -> bool:
    """Say whether doses are low for so many months in a row, with no increase until then."""
    since: date | None = None
    for day in days:
        if day.date > last or day.increased:
            return False
        if not day.low:
            since = None
        elif day.date >= first:
            since = since or day.date
            if day.date >= _months_after(since):
                return True
    return False


def _months_after(day: date) -> date:
    """Give the same day so many months later, or the last of a month that has no such day."""
    years, month = divmod(day.month - 1 + MONTHS, 12)
    year, month = day.year + years, month + 1
    return date(year, month, min(day.day, monthrange(year, month)[1]))
