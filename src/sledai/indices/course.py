"""A patient's course over all visits: what changed at each, time to flare, time in a state.

Each visit is compared with the one before it. Between visits nothing is known, so a rule says for
how long the state of a visit counts; by default until the next visit. What is open at a visit gives
the least and the most time. Each pair of visits is judged for itself, so that an answer which is
unknown at a visit may be taken in one way beside the visit before and in another beside the next:
the bounds hold, and may be wider than what is possible.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction
from itertools import pairwise
from typing import cast, get_args, overload

from sledai.displays import Displayed, Table, Value, in_words
from sledai.errors import InvalidInputError, require, require_one_of
from sledai.indices import adjusted_mean, sfi
from sledai.indices.adjusted_mean import AdjustedMean
from sledai.indices.components import IndexResult
from sledai.indices.states import DEFAULT, STATES, Carry, Readings
from sledai.records import FrozenDict
from sledai.verdict import Verdict
from sledai.visits import History, Visit
from sledai.visits.change import Change, change_of
from sledai.visits.visit import require_history

__all__ = [
    "Course",
    "FirstFlare",
    "Step",
    "TimeIn",
    "between",
    "course",
    "first_flare",
    "time_in",
]


@dataclass(frozen=True, slots=True, kw_only=True)
class Step(Displayed):
    """A visit and what it is beside the one before: nothing of that at the first visit."""

    visit: Visit
    change: Change | None
    flare: sfi.FlareResult | None
    states: Mapping[str, IndexResult]

    def __str__(self) -> str:
        change = "" if self.change is None else f"change {self.change.total}"
        flare = "" if self.flare is None else f"flare {self.flare.outcome}"
        states = [f"{name} {in_words(one.verdict)}" for name, one in self.states.items()]
        return "; ".join(filter(None, [in_words(self.visit), change, flare, ", ".join(states)]))


@dataclass(frozen=True, slots=True)
class FirstFlare(Value):
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


@dataclass(frozen=True, slots=True)
class TimeIn(Value):
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


@dataclass(frozen=True, slots=True)
class Course(Displayed, Sequence[Step]):
    """A patient's visits, each judged once, and what follows from them; a sequence of its steps.

    >>> from sledai import Assessment
    >>> followed = course(History(visits=[
    ...     Visit(date="2024-01-01", assessment=Assessment.of()),
    ...     Visit(date="2024-01-31", assessment=Assessment.of(present={"arthritis"})),
    ... ]))
    >>> len(followed), str(followed.first_flare), str(followed.adjusted_mean)
    (2, 'day 30', '2.00')
    """

    steps: tuple[Step, ...]
    readings: Readings

    @overload
    def __getitem__(self, index: int) -> Step: ...
    @overload
    def __getitem__(self, index: slice) -> tuple[Step, ...]: ...
    def __getitem__(self, index: int | slice) -> Step | tuple[Step, ...]:
        """Give a step by its place, or several."""
        return self.steps[index]

    def __len__(self) -> int:
        """Count the visits."""
        return len(self.steps)

    @property
    def history(self) -> History:
        """The visits."""
        return History(visits=tuple(step.visit for step in self.steps))

    @property
    def days(self) -> int:
        """The time from the first visit to the last."""
        return self._day(self.steps[-1])

    @property
    def first_flare(self) -> FirstFlare:
        """When the patient first flares by the SELENA flare index."""
        earliest = latest = None
        for step in self.steps[1:]:
            possible = cast("sfi.FlareResult", step.flare).possible
            if earliest is None and possible != _NO_FLARE:
                earliest = self._day(step)
            if sfi.Flare.NONE not in possible:
                latest = self._day(step)
                break
        return FirstFlare(earliest, latest)

    @property
    def adjusted_mean(self) -> AdjustedMean:
        """The adjusted mean of the total.

        Raises `InvalidInputError` for a single visit, over which there is no time.
        """
        return adjusted_mean.assess(self.history)

    def time_in(self, state: str) -> TimeIn:
        """Say how long the patient was in one of the states that are followed, by its name.

        Raises `InvalidInputError` for a single visit, over which there is no time, and for another
        state.
        """
        require_one_of(state, self.readings.states, "state")
        if len(self.steps) == 1:
            raise InvalidInputError(f"one visit, of {self.steps[0].visit.date}: no time in a state")
        results = [step.states[state] for step in self.steps]
        verdicts = [result.verdict for result in results]
        low = high = 0
        for (a, b), ends in zip(pairwise(self.steps), pairwise(verdicts), strict=True):
            days = self._day(b) - self._day(a)
            verdict = between(*ends, carry=self.readings.carry)
            low += days if verdict is Verdict.MET else 0
            high += days if verdict is not Verdict.NOT_MET else 0
        assumed = dict.fromkeys(name for result in results for name in result.assumed)
        return TimeIn(low, high, self.days, tuple(assumed))

    def __str__(self) -> str:
        return "\n".join([self._headline(), *map(str, self.steps)])

    def _headline(self) -> str:
        return f"{in_words(self.history)}; first flare: {self.first_flare}"

    def _tables(self) -> Iterable[Table]:
        yield steps_table(self.steps)

    def _day(self, step: Step) -> int:
        return (step.visit.date - self.steps[0].visit.date).days


def steps_table(steps: Sequence[Step]) -> Table:
    """Give the steps of a course as a table, one row a visit."""
    rows = [
        (
            step.visit.date,
            step.visit.bounds(),
            step.visit.bounds(clinical=True),
            "" if step.change is None else step.change.total,
            "" if step.flare is None else step.flare.outcome,
            *(one.verdict for one in step.states.values()),
        )
        for step in steps
    ]
    return Table(("date", "total", "clinical", "change", "flare", *steps[0].states), rows)


def course(history: History, readings: Readings = DEFAULT) -> Course:
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
    require_history(history)
    require(readings, Readings, "readings", "Readings")
    judges = {name: STATES[name].judge_by(readings) for name in readings.states}
    before = (None, *history.visits)
    steps = tuple(
        Step(
            visit=visit,
            change=None if previous is None else change_of(previous, visit),
            flare=None if previous is None else readings.flare(previous, visit),
            states=FrozenDict({name: judge(previous, visit) for name, judge in judges.items()}),
        )
        for previous, visit in zip(before, history.visits, strict=False)
    )
    return Course(steps, readings)


def first_flare(history: History | Course, readings: Readings | None = None) -> FirstFlare:
    """Say when a patient first flares by the SELENA flare index, each visit against the one before.

    A `Course` is judged already, by readings of its own. Raises `InvalidInputError` for what is
    neither it nor a history, and for other readings beside a course.

    >>> from sledai import Assessment
    >>> first = Visit(date="2024-01-01", assessment=Assessment.of())
    >>> second = Visit(date="2024-01-31", assessment=Assessment.of(present={"arthritis"}))
    >>> print(first_flare(History(visits=[first, second])))
    day 30
    """
    return judged(history, readings).first_flare


def time_in(history: History | Course, state: str, readings: Readings | None = None) -> TimeIn:
    """Say how long a patient was in one of the `STATES`, by its name.

    Raises `InvalidInputError` for a single visit, over which there is no time, for another state,
    and as `first_flare` does.

    >>> from sledai import Assessment
    >>> quiet = {"assessment": Assessment.of(), "physician_global": 0, "prednisone_mg_day": 0}
    >>> visits = [Visit(date=f"2024-0{n}-01", stable_treatment=True, **quiet) for n in (1, 2, 4)]
    >>> print(time_in(History(visits=visits), "DORIS"))
    100 %
    """
    if isinstance(history, Course):
        return judged(history, readings).time_in(state)
    require_one_of(state, list(STATES), "state")
    asked = require_readings(readings)
    return course(history, replace(asked, states=(state,))).time_in(state)


def require_readings(readings: Readings | None) -> Readings:
    """Give readings, by default the `DEFAULT` ones, and refuse what are none."""
    if readings is None:
        return DEFAULT
    require(readings, Readings, "readings", "Readings")
    return readings


def judged(history: History | Course, readings: Readings | None) -> Course:
    """Give a course as it is, and that of a history by the readings, or else by the default."""
    if not isinstance(history, Course):
        return course(history, require_readings(readings))
    if readings is not None and readings != history.readings:
        raise InvalidInputError.in_words(
            "others beside a course", "none, since it is judged by its own", "readings"
        )
    return history


def between(earlier: Verdict, later: Verdict, *, carry: Carry) -> Verdict:
    """Say whether the time between two visits is in a state, by the verdicts on them.

    Raises `InvalidInputError` for what is no verdict, and for another `carry`.

    >>> between(Verdict.MET, Verdict.NOT_MET, carry="until the next visit")
    <Verdict.MET: 'met'>
    >>> between(Verdict.MET, Verdict.NOT_MET, carry="at both ends")
    <Verdict.NOT_MET: 'not_met'>
    """
    for verdict, name in ((earlier, "earlier"), (later, "later")):
        require(verdict, Verdict, name, "a Verdict")
    require_one_of(carry, get_args(Carry), "carry")
    return Verdict.of_all(_COUNTS[carry](earlier, later))


_NO_FLARE = frozenset({sfi.Flare.NONE})
_COUNTS: dict[Carry, Callable[[Verdict, Verdict], set[Verdict]]] = {
    "until the next visit": lambda start, _: {start},
    "since the visit before": lambda _, end: {end},
    "at both ends": lambda start, end: {start, end},
}
