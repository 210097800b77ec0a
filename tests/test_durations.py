"""Durations against limits: months last as long as they do, and nobody guesses which ones."""

from calendar import isleap
from datetime import date, timedelta
from decimal import Decimal

import pytest

from sledai.definitions.clauses import Limit
from sledai.operators import Operator
from sledai.quantities import Quantity
from sledai.trials.durations import days_in_months, is_past


def limit(operator: Operator, value: int, unit: str) -> Limit:
    return Limit("duration", operator, Decimal(value), unit)


@pytest.mark.parametrize(
    ("months", "fewest", "most"),
    [(0, 0, 0), (1, 28, 31), (2, 59, 62), (3, 89, 92), (6, 181, 184), (12, 365, 366)],
)
def test_how_many_days_months_last(months: int, fewest: int, most: int) -> None:
    assert days_in_months(months) == (fewest, most)


@pytest.mark.parametrize("months", [1, 2, 6, 11, 13, 47, 48])
def test_against_the_calendar_of_a_century(months: int) -> None:
    starts = [date(year, month, 1) for year in range(2001, 2090) for month in range(1, 13)]

    def later(start: date) -> date:
        years, month = divmod(start.month - 1 + months, 12)
        return date(start.year + years, month + 1, 1)

    spans = {(later(start) - start).days for start in starts}
    assert days_in_months(months) == (min(spans), max(spans))
    assert isleap(2004)
    assert date(2004, 2, 28) + timedelta(1) == date(2004, 2, 29)


@pytest.mark.parametrize(
    ("text", "than", "answer"),
    [
        ("6 months", limit(">=", 6, "months"), True),
        ("5.9 mo", limit(">=", 6, "months"), False),
        ("1 a", limit(">=", 6, "months"), True),
        ("180 d", limit(">=", 6, "months"), False),
        ("181 d", limit(">=", 6, "months"), None),
        ("183 days", limit(">=", 6, "months"), None),
        ("184 d", limit(">=", 6, "months"), True),
        ("8 wk", limit(">=", 8, "wk"), True),
        ("55 d", limit(">=", 8, "wk"), False),
        ("2 months", limit(">=", 8, "wk"), True),
        ("1 months", limit(">=", 8, "wk"), False),
        ("1.9 months", limit(">=", 8, "wk"), None),
        ("14 d", limit(">", 2, "wk"), False),
        ("15 d", limit(">", 2, "wk"), True),
        (">6 months", limit(">=", 6, "months"), True),
        (">1 months", limit(">=", 8, "wk"), None),
        ("<8 wk", limit(">=", 8, "wk"), False),
        ("<2 months", limit(">=", 8, "wk"), None),
        ("<2 months", limit(">=", 60, "d"), None),
        ("2 months", limit(">=", 59, "d"), True),
        ("2 months", limit(">=", 60, "d"), None),
        ("2 months", limit(">=", 63, "d"), False),
    ],
)
def test_on_the_limit_and_beside_it(text: str, than: Limit, answer: bool | None) -> None:
    assert is_past(Quantity.parse(text), than) is answer
