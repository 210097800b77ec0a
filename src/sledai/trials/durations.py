"""Durations in days against limits in months, and the other way round, without a guess.

A calendar month lasts 28 to 31 days, so how many days some months last depends on where they lie.
A duration between the fewest and the most days leaves the answer open.
"""

from calendar import monthrange
from fractions import Fraction
from functools import lru_cache
from itertools import accumulate
from math import ceil, floor

from sledai.definitions.clauses import Limit
from sledai.quantities import Interval, Quantity, checked, kind

__all__ = ["days_in_months", "is_past"]

_FIRST_YEAR, _YEARS = 1999, 10  # a leap year, and the longest run of months without its 29 February


@lru_cache(maxsize=256)
def days_in_months(months: int) -> tuple[int, int]:
    """Return the fewest and the most days that so many calendar months in a row last.

    >>> days_in_months(6), days_in_months(2)
    ((181, 184), (59, 62))
    """
    years = _YEARS + months // 12
    lengths = [
        monthrange(_FIRST_YEAR + year, month)[1] for year in range(years) for month in range(1, 13)
    ]
    until = list(accumulate(lengths, initial=0))
    spans = [b - a for a, b in zip(until, until[months:], strict=False)]
    return min(spans), max(spans)


def is_past(duration: Quantity, limit: Limit) -> bool | None:
    """Say whether a duration is past a limit, or None where that depends on the calendar.

    >>> from decimal import Decimal
    >>> half_a_year = Limit("duration", ">=", Decimal(6), "months")
    >>> [is_past(Quantity.parse(text), half_a_year) for text in ("25 wk", "26 wk", "27 wk")]
    [False, None, True]
    """
    amount, least = checked("duration", duration), _least(limit)
    if kind("duration", duration.unit) == kind("duration", limit.unit):
        return amount.is_past(limit.operator, least)
    if kind("duration", duration.unit):
        return _in_days(amount).is_past(limit.operator, least)
    answers = {
        amount.is_past(limit.operator, Fraction(days)) for days in days_in_months(int(least))
    }
    return answers.pop() if len(answers) == 1 else None


@lru_cache(maxsize=256)
def _least(limit: Limit) -> Fraction:
    return checked("duration", Quantity(limit.value, limit.unit)).least


def _in_days(months: Interval) -> Interval:
    most = None if months.most is None else Fraction(days_in_months(ceil(months.most))[1])
    return Interval(Fraction(days_in_months(floor(months.least))[0]), most)
