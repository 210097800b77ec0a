"""Each visit beside the baseline: days since, change, percent change and response, SRI-4 to SRI-8.

Before the baseline and at it there is no change and no response. What is not known gives the lowest
and the highest change, and an open response, exact over all completions of both visits. Each visit
is held against the baseline for itself, so a visit that is added changes no row of another, unless
it is the baseline that it changes.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from fractions import Fraction

from sledai.definitions import Edition
from sledai.displays import Displayed, Value, in_words
from sledai.indices import sri
from sledai.indices.components import IndexResult
from sledai.records import FrozenDict
from sledai.visits import History, Visit
from sledai.visits.baseline import Baseline, require_baseline
from sledai.visits.change import Change, change_of

__all__ = ["FromBaseline", "PercentChange", "since_baseline"]


@dataclass(frozen=True, slots=True)
class PercentChange(Value):
    """The lowest and the highest change in percent of the baseline, as exact fractions.

    >>> str(PercentChange(Fraction(-100, 3), Fraction(0)))
    '-33.3 % to 0 %'
    """

    low: Fraction
    high: Fraction

    def __str__(self) -> str:
        ends = [f"{float(end):+.1f} %" if end else "0 %" for end in (self.low, self.high)]
        return ends[0] if self.low == self.high else " to ".join(ends)


@dataclass(frozen=True, slots=True, kw_only=True)
class FromBaseline(Displayed):
    """A visit and what it is beside the baseline.

    `days` from baseline are negative before it. `change` has the total, the clinical score and the
    descriptors that are new and resolved; `percent` is that of the total, and None too where the
    total at baseline may be 0, of which nothing is a percentage. `responses` has SRI-n by n. At the
    baseline and before it `change` and `percent` are None and `responses` is empty.
    """

    visit: Visit
    is_baseline: bool
    days: int
    change: Change | None
    percent: PercentChange | None
    responses: Mapping[int, IndexResult]

    def _headline(self) -> str:
        total = f"total {self.visit.bounds()}"
        if self.change is None:
            return f"day {self.days}{', the baseline' if self.is_baseline else ''}: {total}"
        percent = "" if self.percent is None else f" ({self.percent})"
        verdicts = ", ".join(
            f"SRI-{n} {in_words(one.verdict)}" for n, one in self.responses.items()
        )
        return f"day {self.days}: {total}, change {self.change.total}{percent}; {verdicts}"


def since_baseline(
    history: History, baseline: Baseline, *, edition: Edition | str = Edition.SELENA
) -> tuple[FromBaseline, ...]:
    """Hold each visit of a patient against the baseline, one row a visit, in their order.

    `edition` is the one by which the visits were rated, which names the response as
    `sledai.indices.sri.assess` does.

    Raises `InvalidInputError` where the rule finds no baseline, saying what was looked for
    (`baseline.find` gives None instead), for the edition of 1992 and for what is no history.

    >>> from sledai import Assessment
    >>> active, quiet = Assessment.of(present={"seizure", "rash"}), Assessment.of(present={"rash"})
    >>> first, second = since_baseline(History(visits=[
    ...     Visit(date="2024-01-01", assessment=active), Visit(date="2024-03-01", assessment=quiet)
    ... ]), Baseline.first())
    >>> first.change is None, second.days, str(second.change.total), str(second.percent)
    (True, 60, '-8', '-80.0 %')
    >>> print(second.responses[4].components[0])
    score: met (total 10 at baseline, then 2)
    """
    start = require_baseline(history, baseline)
    sri.name_of(sri.FALLS[0], edition)  # whatever visits there are
    return tuple(_row(start, visit, edition) for visit in history.visits)


def _row(start: Visit, visit: Visit, edition: Edition | str) -> FromBaseline:
    days = (visit.date - start.date).days
    after = days > 0
    return FromBaseline(
        visit=visit,
        is_baseline=days == 0,
        days=days,
        change=change_of(start, visit) if after else None,
        percent=_percent(start, visit) if after else None,
        responses=FrozenDict(
            {n: sri.assess(start, visit, n=n, edition=edition) for n in sri.FALLS} if after else {}
        ),
    )


def _percent(start: Visit, visit: Visit) -> PercentChange | None:
    before, now = start.bounds(), visit.bounds()
    if before.low == 0:
        return None
    # The two visits complete apart, so the ends of one meet those of the other.
    return PercentChange(
        Fraction(100 * (now.low - before.high), before.high),
        Fraction(100 * (now.high - before.low), before.low),
    )
