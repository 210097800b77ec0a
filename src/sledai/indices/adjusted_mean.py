"""AMS: the adjusted mean SLEDAI, the area under the score over time by the length of time.

Between two visits the score is taken to move on a straight line, so that unequal intervals count
by their length. Source: Ibanez 2003.
"""

from dataclasses import dataclass
from fractions import Fraction
from itertools import pairwise
from typing import Never

from pydantic import computed_field

from sledai.displays import Value
from sledai.errors import InvalidInputError
from sledai.sources import IBANEZ_2003, Citation, Read
from sledai.visits import History
from sledai.visits.visit import require_history

__all__ = ["CITATION", "AdjustedMean", "area", "assess"]

CITATION = Citation(IBANEZ_2003, "abstract, methods", Read.IN_ABSTRACT)
"""Where the mean is defined."""


@dataclass(frozen=True, slots=True)
class AdjustedMean(Value):
    """The lowest and the highest adjusted mean that not-assessed descriptors leave possible.

    `low` and `high` are exact fractions; `days` is the time from the first visit to the last.
    """

    low: Fraction
    high: Fraction
    days: int

    @computed_field  # type: ignore[prop-decorator]
    @property
    def mean(self) -> float | None:
        """The adjusted mean, or None where the scores leave it open."""
        return float(self.low) if self.low == self.high else None

    def __bool__(self) -> Never:
        """Refuse a truth value: it would be true for a mean of 0."""
        raise TypeError("an AdjustedMean has no truth value: ask for its `mean`, `low` or `high`")

    def __str__(self) -> str:
        ends = [f"{float(end):.2f}" for end in (self.low, self.high)]
        return ends[0] if self.low == self.high else " to ".join(ends)


def assess(history: History) -> AdjustedMean:
    """Return the adjusted mean of the total score over a patient's visits.

    Scores that not-assessed descriptors leave open give bounds: the mean of the lowest and that of
    the highest totals. A visit without an assessment leaves 0 to 105 possible; leave it out if
    it was no visit.

    Raises `InvalidInputError` for a history of one visit, over which there is no time.

    Source: Ibanez 2003, abstract.

    >>> from sledai import Assessment
    >>> from sledai.visits import Visit
    >>> active, quiet = Assessment.of(present={"seizure"}), Assessment.of()
    >>> print(assess(History(visits=[
    ...     Visit(date="2024-01-01", assessment=active),
    ...     Visit(date="2024-01-31", assessment=quiet),
    ...     Visit(date="2024-03-31", assessment=quiet),
    ... ])))
    1.33
    """
    require_history(history)
    if len(history.visits) == 1:
        raise InvalidInputError(
            f"one visit, of {history.visits[0].date}: an adjusted mean needs two at least"
        )
    low, high = area(history)
    days = (history.visits[-1].date - history.visits[0].date).days
    return AdjustedMean(low / days, high / days, days)


def area(history: History) -> tuple[Fraction, Fraction]:
    """Return the lowest and the highest area under the total, in points times days.

    Raises `InvalidInputError` for what is no history.

    >>> from sledai import Assessment
    >>> from sledai.visits import Visit
    >>> rash = Assessment.of(present={"rash"})
    >>> dates = ("2024-01-01", "2024-01-11")
    >>> area(History(visits=[Visit(date=date, assessment=rash) for date in dates]))
    (Fraction(20, 1), Fraction(20, 1))
    """
    require_history(history)
    totals = [visit.bounds() for visit in history.visits]
    days = [(b.date - a.date).days for a, b in pairwise(history.visits)]
    return _trapezoids([t.low for t in totals], days), _trapezoids([t.high for t in totals], days)


def _trapezoids(scores: list[int], days: list[int]) -> Fraction:
    return sum(
        (Fraction(a + b, 2) * time for (a, b), time in zip(pairwise(scores), days, strict=True)),
        Fraction(0),
    )
