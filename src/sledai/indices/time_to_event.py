"""Time to event: first flare, first response or state that lasts, and how long a state is kept.

An event is looked for at the visits after the baseline, and a patient without one is censored at
the last visit. What is open gives two ends: the earliest visit at which the event is possible and
the first at which it is certain, exact over all answers that the verdicts on the visits leave. Each
visit's verdict is taken for itself, as in `sledai.indices.course`, so the ends hold and may be
wider than what is possible.

A row has the names of ADaM: `AVAL` in days, `CNSR` 0 for an event and 1 for none, `STARTDT`, `ADT`.
No completion of the answers has the event before the row with `bound="earliest"` nor after the one
with `bound="latest"`, so an analysis of both shows what the open answers are worth.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date
from itertools import pairwise
from typing import Literal, get_args

from sledai.definitions import Edition
from sledai.displays import Displayed, Value
from sledai.errors import InvalidInputError, require, require_one_of, require_several, whole_number
from sledai.indices import sri
from sledai.indices.components import IndexResult
from sledai.indices.course import Step, course
from sledai.indices.sfi import Flare
from sledai.indices.states import DEFAULT, STATES, Readings
from sledai.sources import ADAM_TIME_TO_EVENT, Citation, Read
from sledai.verdict import Verdict
from sledai.visits import History
from sledai.visits.baseline import Baseline, require_baseline
from sledai.visits.visit import day

__all__ = [
    "CITATION",
    "ONCE",
    "Bound",
    "Dated",
    "EventRow",
    "Held",
    "TimeToEvent",
    "time_to",
    "time_to_flare",
    "time_to_loss",
    "time_to_response",
    "time_to_state",
]

CITATION = Citation(
    ADAM_TIME_TO_EVENT, "Table 3.3.6.1", Read.IN_REPRODUCTION, "the draft of CDISC's wiki"
)
"""Where the names of a row and 0 for an event are; how AVAL counts the first day is not there."""

Bound = Literal["earliest", "latest"]
"""The end of the bounds that a row is of."""
Dated = Literal["onset", "confirmation"]
"""Whether what has to last is dated at its first visit or at the one by which it has lasted."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Held(Value):
    """For how long an event has to last: at so many visits in a row, over so many days at least.

    Both are asked for, counted from the first visit of the row: a row of the visits that there are,
    whatever was missed between them. `dated` says which of its visits is the date of the event. No
    source that was read says any of them.

    Raises `InvalidInputError` for less than one visit, days below 0 and another `dated`.

    >>> print(Held(visits=2, days=28, dated="onset"))
    at 2 visits in a row, over 28 days, dated at onset
    """

    visits: int = 1
    days: int = 0
    dated: Dated

    def __post_init__(self) -> None:
        for field, least in (("visits", 1), ("days", 0)):
            given = getattr(self, field)
            if (number := whole_number(given)) is None or number < least:
                raise InvalidInputError.found(given, f"a whole number of at least {least}", field)
            object.__setattr__(self, field, number)
        require_one_of(self.dated, get_args(Dated), "dated")

    def __str__(self) -> str:
        if (self.visits, self.days) == (1, 0):
            return ""
        visits = f"at {self.visits} visits in a row" if self.visits > 1 else ""
        days = f"over {self.days} days" if self.days else ""
        return ", ".join(part for part in (visits, days, f"dated at {self.dated}") if part)


ONCE = Held(dated="onset")
"""One visit is enough; nothing is said of it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class EventRow(Value):
    """A row for an analysis of time to event, with the names of ADaM.

    `PARAM` is what is timed, `AVAL` days from `STARTDT` to `ADT`, `CNSR` 0 where the event happened
    on `ADT` and 1 where it had not by then, `EVNTDESC` which of the two, and whether it is certain.

    Source: ADaM time-to-event variables, Table 3.3.6.1, as reproduced.
    """

    PARAM: str
    STARTDT: date
    ADT: date
    AVAL: int
    CNSR: Literal[0, 1]
    EVNTDESC: str


@dataclass(frozen=True, slots=True, kw_only=True)
class TimeToEvent(Displayed):
    """When an event happens, as far as the answers say.

    `earliest` is the earliest date at which it is possible, `latest` the first at which it is
    certain; None where there is none. `start` is the date from which time runs and `last` that of
    the last visit. They hold where what is `assumed` is so: what nobody answered and an index
    counts as no.

    >>> found = TimeToEvent(event="flare", start=day("2024-01-01"), last=day("2024-04-01"),
    ...                     earliest=day("2024-01-31"), latest=None)
    >>> print(found)
    flare: possible from day 30, not certain by day 91
    """

    event: str
    start: date
    last: date
    earliest: date | None
    latest: date | None
    assumed: tuple[str, ...] = ()

    def row(self, *, bound: Bound, start_is_day: Literal[0, 1]) -> EventRow:
        """Give the row of one end of the bounds.

        `start_is_day` is the number of the day of `STARTDT`: with 0, `AVAL` is the days that have
        passed, ADT - STARTDT; with 1 the days that were lived through, ADT - STARTDT + 1, so that
        it is never 0. ADaM leaves it to the trial, so neither is a default.

        Raises `InvalidInputError` for another bound or day.

        >>> found = TimeToEvent(event="flare", start=day("2024-01-01"), last=day("2024-04-01"),
        ...                     earliest=day("2024-01-31"), latest=None)
        >>> row = found.row(bound="earliest", start_is_day=1)
        >>> row.AVAL, row.CNSR, row.EVNTDESC
        (31, 0, 'flare, possible')
        >>> row = found.row(bound="latest", start_is_day=0)
        >>> row.AVAL, row.CNSR, row.EVNTDESC
        (91, 1, 'flare not certain by the last visit')
        """
        require_one_of(bound, get_args(Bound), "bound")
        if (first := whole_number(start_is_day)) not in {0, 1}:
            raise InvalidInputError.found(start_is_day, "0, 1", "start_is_day")
        when = self.earliest if bound == "earliest" else self.latest
        if when is not None:
            said = self.event if when == self.latest else f"{self.event}, possible"
        elif self.earliest is not None:
            said = f"{self.event} not certain by the last visit"
        else:
            said = f"no {self.event} by the last visit"
        end = self.last if when is None else when
        return EventRow(
            PARAM=f"time to {self.event}",
            STARTDT=self.start,
            ADT=end,
            AVAL=(end - self.start).days + (first or 0),
            CNSR=1 if when is None else 0,
            EVNTDESC=said,
        )

    def __str__(self) -> str:
        earliest, latest, last = (
            None if one is None else (one - self.start).days
            for one in (self.earliest, self.latest, self.last)
        )
        if earliest is None:
            return f"{self.event}: none by day {last}"
        if latest is None:
            return f"{self.event}: possible from day {earliest}, not certain by day {last}"
        if earliest == latest:
            return f"{self.event}: day {earliest}"
        return f"{self.event}: day {earliest} to {latest}"


def time_to(
    event: str,
    start: date,
    answers: Iterable[tuple[date, Verdict]],
    *,
    held: Held,
    assumed: tuple[str, ...] = (),
) -> TimeToEvent:
    """Say when something first is so and lasts, of verdicts on dates in their order.

    Dates up to `start` are left out. Who has no date after it is censored at the start.

    Raises `InvalidInputError` for dates that are not in order, for what is no verdict, and for what
    is no `Held`.

    >>> answers = [(day("2024-01-31"), Verdict.UNDETERMINED), (day("2024-03-01"), Verdict.MET)]
    >>> print(time_to("SRI-4", day("2024-01-01"), answers, held=ONCE))
    SRI-4: day 30 to 60
    """
    require(held, Held, "held", "a Held, such as ONCE")
    require_several(answers, "answers", _PAIRS)
    require(event, str, "event", "a text")
    require(assumed, tuple, "assumed", "a tuple of texts")
    start = day(start)
    pairs: list[tuple[date, Verdict]] = []
    for pair in answers:
        require(pair, tuple, "answers", _PAIRS)
        when, verdict = pair if len(pair) == 2 else (None, pair)  # noqa: PLR2004
        require(verdict, Verdict, "answers", _PAIRS)
        pairs.append((day(when), verdict))
    for (when, _), (following, _) in pairwise(pairs):
        if when >= following:
            raise InvalidInputError.in_words(f"{following} after {when}", "in order", "answers")
    later = [(when, verdict) for when, verdict in pairs if when > start]
    dates = [when for when, _ in later]
    return TimeToEvent(
        event=event,
        start=start,
        last=dates[-1] if dates else start,
        # What lasts longer lasts no later: the ends are those of all that is open taken for yes,
        # and for no.
        earliest=_first(dates, [verdict is not Verdict.NOT_MET for _, verdict in later], held),
        latest=_first(dates, [verdict is Verdict.MET for _, verdict in later], held),
        assumed=assumed,
    )


_PAIRS = "pairs of a date and a Verdict"


def _first(dates: Sequence[date], met: Sequence[bool], held: Held) -> date | None:
    onset = 0
    for at, (now, so) in enumerate(zip(dates, met, strict=True)):
        if not so:
            onset = at + 1
        elif at - onset + 1 >= held.visits and (now - dates[onset]).days >= held.days:
            return dates[onset] if held.dated == "onset" else now
    return None


def time_to_flare(
    history: History, baseline: Baseline, readings: Readings = DEFAULT, *, severe: bool = False
) -> TimeToEvent:
    """Say when a patient first flares after the baseline, each visit against the one before.

    With `severe`, when the first flare is that is severe.

    Raises `InvalidInputError` where there is no baseline, and for what is no history.

    >>> from sledai import Assessment
    >>> from sledai.visits import Visit
    >>> first = Visit(date="2024-01-01", assessment=Assessment.of())
    >>> second = Visit(date="2024-01-31", assessment=Assessment.of(present={"arthritis"}))
    >>> print(time_to_flare(History(visits=[first, second]), Baseline.first()))
    flare: day 30
    """
    start = require_baseline(history, baseline).date
    require(severe, bool, "severe", "true or false")
    followed = course(history, _following(readings))
    return time_to(
        "severe flare" if severe else "flare",
        start,
        [(step.visit.date, _flares(step, severe=severe)) for step in followed],
        held=ONCE,
    )


def _flares(step: Step, *, severe: bool) -> Verdict:
    possible = frozenset({Flare.NONE}) if step.flare is None else step.flare.possible
    asked = {one is Flare.SEVERE if severe else one is not Flare.NONE for one in possible}
    if len(asked) > 1:
        return Verdict.UNDETERMINED
    return Verdict.MET if True in asked else Verdict.NOT_MET


def time_to_response(
    history: History,
    baseline: Baseline,
    *,
    n: int,
    held: Held,
    edition: Edition | str = Edition.SELENA,
) -> TimeToEvent:
    """Say when a patient first responds to SRI-n from the baseline, for as long as has to last.

    `held=ONCE` asks for one visit. `edition` is the one by which the visits were rated.

    Raises `InvalidInputError` where there is no baseline, and as `sledai.indices.sri.assess` does.

    >>> from sledai import Assessment
    >>> from sledai.visits import Visit
    >>> active, quiet = Assessment.of(present={"seizure"}), Assessment.of()
    >>> history = History(visits=[
    ...     Visit(date="2024-01-01", assessment=active), Visit(date="2024-03-01", assessment=quiet)
    ... ])
    >>> print(time_to_response(history, Baseline.first(), n=4, held=ONCE))
    SRI-4: possible from day 60, not certain by day 60
    """
    start = require_baseline(history, baseline)
    name = sri.name_of(n, edition)
    answers = [
        (visit.date, sri.assess(start, visit, n=n, edition=edition).verdict)
        for visit in history.visits
        if visit.date > start.date
    ]
    return time_to(f"{name} {held}".rstrip(), start.date, answers, held=held)


def time_to_state(
    history: History,
    baseline: Baseline,
    state: str,
    readings: Readings = DEFAULT,
    *,
    held: Held,
) -> TimeToEvent:
    """Say when a patient is first in one of the `STATES` after the baseline, and stays as asked.

    `held=ONCE` asks for one visit. A patient who is in the state at the baseline may come to it at
    the next visit: who is at risk is the caller's question.

    Raises `InvalidInputError` where there is no baseline, for another state, and for what is no
    history.

    >>> from sledai import Assessment
    >>> from sledai.visits import Visit
    >>> quiet = {"assessment": Assessment.of(), "physician_global": 0, "prednisone_mg_day": 0}
    >>> visits = [Visit(date=f"2024-0{n}-01", stable_treatment=n > 1, **quiet) for n in (1, 2, 4)]
    >>> held = Held(visits=2, dated="confirmation")
    >>> print(time_to_state(History(visits=visits), Baseline.first(), "DORIS", held=held))
    DORIS at 2 visits in a row, dated at confirmation: day 91
    """
    start = require_baseline(history, baseline).date
    results = _states(history, state, readings)
    later = [result for when, result in results if when > start]
    answers = [(when, result.verdict) for when, result in results]
    return time_to(f"{state} {held}".rstrip(), start, answers, held=held, assumed=_assumed(later))


def time_to_loss(
    history: History, baseline: Baseline, state: str, readings: Readings = DEFAULT
) -> TimeToEvent | None:
    """Say how long a patient keeps one of the `STATES`, from reaching it to the first visit out.

    Time runs from the first visit at which the state is certain, the baseline or a later one; None
    where there is no such visit. Whoever is in it at the last visit is censored there. The time in
    a state all together, over every stay, is `sledai.indices.course.time_in`.

    Raises `InvalidInputError` where there is no baseline, for another state, and for what is no
    history.

    >>> from sledai import Assessment
    >>> from sledai.visits import Visit
    >>> quiet = {"assessment": Assessment.of(), "physician_global": 0, "prednisone_mg_day": 0}
    >>> visits = [Visit(date=f"2024-0{n}-01", stable_treatment=n < 4, **quiet) for n in (1, 2, 4)]
    >>> print(time_to_loss(History(visits=visits), Baseline.first(), "DORIS"))
    loss of DORIS: day 91
    """
    start = require_baseline(history, baseline).date
    results = [one for one in _states(history, state, readings) if one[0] >= start]
    reached = [when for when, result in results if result.verdict is Verdict.MET]
    if not reached:
        return None
    answers = [(when, _OPPOSITE[result.verdict]) for when, result in results]
    assumed = _assumed(result for when, result in results if when >= reached[0])
    return time_to(f"loss of {state}", reached[0], answers, held=ONCE, assumed=assumed)


_OPPOSITE = {
    Verdict.MET: Verdict.NOT_MET,
    Verdict.NOT_MET: Verdict.MET,
    Verdict.UNDETERMINED: Verdict.UNDETERMINED,
}


def _states(history: History, state: str, readings: Readings) -> list[tuple[date, IndexResult]]:
    require_one_of(state, list(STATES), "state")
    followed = course(history, _following(readings, state))
    return [(step.visit.date, step.states[state]) for step in followed]


def _following(readings: Readings, *states: str) -> Readings:
    """Give the readings of these states alone, whichever are followed."""
    require(readings, Readings, "readings", "Readings")
    return replace(readings, states=states)


def _assumed(results: Iterable[IndexResult]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(name for result in results for name in result.assumed))
