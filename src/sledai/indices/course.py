"""A patient's course over all visits: what changed at each, time to flare, time in a state.

Each visit is compared with the one before it. Between visits nothing is known, so a rule says for
how long the state of a visit counts; by default until the next visit. What is open at a visit gives
the least and the most time. Each pair of visits is judged for itself, so that an answer which is
unknown at a visit may be taken in one way beside the visit before and in another beside the next:
the bounds hold, and may be wider than what is possible.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from fractions import Fraction
from itertools import pairwise

from sledai.errors import InvalidInputError, require, require_one_of
from sledai.indices import sfi
from sledai.indices.components import IndexResult
from sledai.indices.states import DEFAULT, STATES, Carry, Readings
from sledai.records import FrozenDict
from sledai.verdict import Verdict
from sledai.visits import History, Visit
from sledai.visits.change import Change, change_of
from sledai.visits.visit import require_history

__all__ = [
    "FirstFlare",
    "Step",
    "TimeIn",
    "course",
    "first_flare",
    "time_in",
]


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """A visit and what it is beside the one before: nothing of that at the first visit."""

    visit: Visit
    change: Change | None
    flare: sfi.FlareResult | None
    states: Mapping[str, IndexResult]


def course(history: History, readings: Readings = DEFAULT) -> tuple[Step, ...]:
    """Follow a patient visit by visit: change, flare, and the states that `readings` names.

    Raises `InvalidInputError` for what is no history and for readings that an index does not have.

    >>> from sledai import Assessment
    >>> active, quiet = Assessment.of(present={"seizure"}), Assessment.of()
    >>> steps = course(History(visits=[
    ...     Visit(date="2024-01-01", assessment=active), Visit(date="2024-03-01", assessment=quiet)
    ... ]))
    >>> steps[0].change is None, str(steps[1].change.total)
    (True, '-8')
    """
    _require(history, readings)
    before = (None, *history.visits)
    return tuple(
        Step(
            visit=visit,
            change=None if previous is None else change_of(previous, visit),
            flare=None if previous is None else readings.flare(previous, visit),
            states=FrozenDict(
                {name: STATES[name].judge(previous, visit, readings) for name in readings.states}
            ),
        )
        for previous, visit in zip(before, history.visits, strict=False)
    )


@dataclass(frozen=True, slots=True)
class FirstFlare:
    """When a patient first flares, in days from the first visit, as far as the answers say.

    `earliest` is the first visit at which a flare is possible, and `latest` the first at which
    it is certain against the visit before; None where there is no such visit, so that both are None
    without any flare.
    """

    earliest: int | None
    latest: int | None

    def __str__(self) -> str:
        if self.earliest is None:
            return "none"
        if self.latest is None:
            return f"possible from day {self.earliest}"
        if self.earliest == self.latest:
            return f"day {self.earliest}"
        return f"day {self.earliest} to {self.latest}"


def first_flare(history: History, readings: Readings = DEFAULT) -> FirstFlare:
    """Say when a patient first flares by the SELENA flare index, each visit against the one before.

    >>> from sledai import Assessment
    >>> first = Visit(date="2024-01-01", assessment=Assessment.of())
    >>> second = Visit(date="2024-01-31", assessment=Assessment.of(present={"arthritis"}))
    >>> print(first_flare(History(visits=[first, second])))
    day 30
    """
    _require(history, readings)
    earliest = latest = None
    for previous, visit in pairwise(history.visits):
        possible = readings.flare(previous, visit).possible
        day = (visit.date - history.visits[0].date).days
        if earliest is None and possible != frozenset({sfi.Flare.NONE}):
            earliest = day
        if sfi.Flare.NONE not in possible:
            latest = day
            break
    return FirstFlare(earliest, latest)


@dataclass(frozen=True, slots=True)
class TimeIn:
    """The least and the most days in a state, of the days from the first visit to the last.

    They hold where what is `assumed` is so: what nobody answered at some visit and its index counts
    as no.
    """

    low: int
    high: int
    days: int
    assumed: tuple[str, ...] = ()

    @property
    def share(self) -> tuple[Fraction, Fraction]:
        """The least and the most share of the follow-up."""
        return Fraction(self.low, self.days), Fraction(self.high, self.days)

    def __str__(self) -> str:
        low, high = (f"{100 * float(share):.0f} %" for share in self.share)
        return low if self.low == self.high else f"{low} to {high}"


def time_in(history: History, state: str, readings: Readings = DEFAULT) -> TimeIn:
    """Say how long a patient was in one of the `STATES`, by its name.

    Raises `InvalidInputError` for a history of one visit, over which there is no time, and for
    another state.

    >>> from sledai import Assessment
    >>> quiet = {"assessment": Assessment.of(), "physician_global": 0, "prednisone_mg_day": 0}
    >>> visits = [Visit(date=f"2024-0{n}-01", stable_treatment=True, **quiet) for n in (1, 2, 4)]
    >>> print(time_in(History(visits=visits), "DORIS"))
    100 %
    """
    _require(history, readings)
    require_one_of(state, list(STATES), "state")
    if len(history.visits) == 1:
        raise InvalidInputError(f"one visit, of {history.visits[0].date}: no time in a state")
    before = (None, *history.visits)
    results = [
        STATES[state].judge(previous, visit, readings)
        for previous, visit in zip(before, history.visits, strict=False)
    ]
    verdicts = [result.verdict for result in results]
    counts = _COUNTS[readings.carry]
    low = high = 0
    for (a, b), ends in zip(pairwise(history.visits), pairwise(verdicts), strict=True):
        days = (b.date - a.date).days
        asked = counts(*ends)
        low += days if asked == {Verdict.MET} else 0
        high += days if Verdict.NOT_MET not in asked else 0
    return TimeIn(
        low,
        high,
        days=(history.visits[-1].date - history.visits[0].date).days,
        assumed=tuple(dict.fromkeys(name for result in results for name in result.assumed)),
    )


_COUNTS: dict[Carry, Callable[[Verdict, Verdict], set[Verdict]]] = {
    "until the next visit": lambda start, _: {start},
    "since the visit before": lambda _, end: {end},
    "at both ends": lambda start, end: {start, end},
}


def _require(history: History, readings: Readings) -> None:
    require_history(history)
    require(readings, Readings, "readings", "Readings")
