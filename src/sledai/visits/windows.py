"""Visit windows: which visit stands for which planned visit, by days from baseline.

A planned visit has a target day and a window around it. Of the visits in a window the one closest
to the target stands for it. Every visit is somewhere in the result: nothing is lost unseen. Days
are counted from the baseline, which is day 0; a study day that has no 0 is one more from there on.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from itertools import pairwise
from typing import Literal, get_args

from sledai.displays import Displayed, Value
from sledai.errors import InvalidInputError, require, require_one_of, require_several, whole_number
from sledai.records import FrozenDict
from sledai.visits.baseline import Baseline, require_baseline
from sledai.visits.visit import History, Visit

__all__ = ["PlannedVisits", "Tie", "Window", "planned_visits"]

Tie = Literal["earlier", "later"]
"""Which of two visits stands for a planned one, where both are equally close to its target day."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Window(Value):
    """A planned visit: its name, its target day, and the first and the last day that count for it.

    In days from baseline, which is day 0. In ADaM, where they are AVISIT, AWTARGET, AWLO and AWHI,
    days are numbered as ADY is, without a day 0.

    Raises `InvalidInputError` for days that are no whole numbers, for a target outside the window
    and for a window with the day of the baseline, which stands for itself.

    >>> print(Window(name="week 4", target=28, first=21, last=35))
    week 4: day 28, 21 to 35
    """

    name: str
    target: int
    first: int
    last: int

    def __post_init__(self) -> None:
        require(self.name, str, "name", "a text")
        for field in ("target", "first", "last"):
            given = getattr(self, field)
            if (number := whole_number(given)) is None:
                raise InvalidInputError.found(given, "a whole number of days", field)
            object.__setattr__(self, field, number)
        if not self.first <= self.target <= self.last:
            raise InvalidInputError.in_words(
                f"day {self.target}", f"one of {self.first} to {self.last}", f"{self.name}, target"
            )
        if self.first <= 0 <= self.last:
            raise InvalidInputError.in_words(
                f"{self.first} to {self.last}", "days without 0, the baseline", self.name
            )

    def __str__(self) -> str:
        return f"{self.name}: day {self.target}, {self.first} to {self.last}"


@dataclass(frozen=True, slots=True, kw_only=True)
class PlannedVisits(Displayed):
    """Which visit stands for which planned visit, and what became of the others.

    `visits` has each window by name, in the order of their days: the visit that stands for it, or
    None where it was missed. `beside` are visits in a window of which another is closer to the
    target, `outside` those in no window. With the baseline they are all visits, each once.
    """

    baseline: Visit
    visits: Mapping[str, Visit | None]
    beside: tuple[Visit, ...]
    outside: tuple[Visit, ...]

    def _headline(self) -> str:
        missed = [name for name, visit in self.visits.items() if visit is None]
        there = f"{len(self.visits) - len(missed)} of {len(self.visits)} planned visits"
        return f"{there}; missed: {', '.join(missed)}" if missed else there


def planned_visits(
    history: History, baseline: Baseline, windows: Iterable[Window], *, tie: Tie
) -> PlannedVisits:
    """Find the visit that stands for each planned visit: the one closest to its target day.

    `tie` says which, where two are equally close; no source says it, so it has no default.

    Raises `InvalidInputError` where there is no baseline, for windows that share a day or a name,
    for another `tie`, and for what is no history.

    >>> history = History(visits=[
    ...     Visit(date="2024-01-01"), Visit(date="2024-01-27"), Visit(date="2024-01-31")
    ... ])
    >>> windows = [Window(name="week 4", target=28, first=21, last=35)]
    >>> found = planned_visits(history, Baseline.first(), windows, tie="earlier")
    >>> found.visits["week 4"].date.isoformat(), [str(visit.date) for visit in found.beside]
    ('2024-01-27', ['2024-01-31'])
    """
    start = require_baseline(history, baseline)
    require_one_of(tie, get_args(Tie), "tie")
    plan = _in_order(windows)
    inside: dict[str, list[tuple[int, int, Visit]]] = {window.name: [] for window in plan}
    outside: list[Visit] = []
    for visit in history.visits:
        day = (visit.date - start.date).days
        window = next((window for window in plan if window.first <= day <= window.last), None)
        if window is not None:
            order = day if tie == "earlier" else -day
            inside[window.name].append((abs(day - window.target), order, visit))
        elif day != 0:
            outside.append(visit)
    ranked = {
        name: [visit for _, _, visit in sorted(found, key=lambda one: one[:2])]
        for name, found in inside.items()
    }
    beside = (visit for found in ranked.values() for visit in found[1:])
    return PlannedVisits(
        baseline=start,
        visits=FrozenDict({name: found[0] if found else None for name, found in ranked.items()}),
        beside=tuple(sorted(beside, key=lambda visit: visit.date)),
        outside=tuple(outside),
    )


def _in_order(windows: Iterable[Window]) -> list[Window]:
    require_several(windows, "windows", "a list of windows")
    plan = list(windows)
    for window in plan:
        require(window, Window, "windows", "a Window each")
    plan.sort(key=lambda window: window.first)
    for window, following in pairwise(plan):
        if following.first <= window.last:
            raise InvalidInputError.in_words(
                f"{window} and {following}", "windows that share no day", "windows"
            )
    names = [window.name for window in plan]
    for name in names:
        if names.count(name) > 1:
            raise InvalidInputError.found(name, "each name once", "windows")
    return plan
