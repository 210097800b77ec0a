"""A patient's whole report in one call, as text of 80 columns and as data: course, flare, time.

The lines of `sledai visits` are these.
"""

import textwrap
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import NamedTuple

from sledai.descriptors import listed
from sledai.displays import Displayed, Table, in_words
from sledai.errors import require
from sledai.indices.adjusted_mean import AdjustedMean
from sledai.indices.course import Course, FirstFlare, Step, TimeIn, judged, steps_table
from sledai.indices.sfi import Flare, FlareResult
from sledai.indices.states import DEFAULT, Readings
from sledai.records import FrozenDict
from sledai.verdict import Verdict
from sledai.visits import History

__all__ = [
    "SAID",
    "CourseReport",
    "VisitSaid",
    "heading",
    "report",
    "visit_lines",
    "visit_said",
]


@dataclass(frozen=True, slots=True, kw_only=True)
class CourseReport(Displayed):
    """What the visits of a patient come to, and by which readings.

    `time_in` has the time in each state. Of a single visit, over which there is no time,
    `adjusted_mean` is None and `time_in` empty.
    """

    steps: tuple[Step, ...]
    first_flare: FirstFlare
    adjusted_mean: AdjustedMean | None
    time_in: Mapping[str, TimeIn]
    readings: Readings

    def __str__(self) -> str:
        return "\n".join(_lines(self))

    def _headline(self) -> str:
        said = in_words(History(visits=tuple(step.visit for step in self.steps)))
        mean = "" if self.adjusted_mean is None else f"; adjusted mean {self.adjusted_mean}"
        times = "".join(f"; {name} {time}" for name, time in self.time_in.items())
        return f"{said}; first flare: {self.first_flare}{mean}{times}"

    def _tables(self) -> Iterable[Table]:
        yield steps_table(self.steps)
        rows: list[tuple[str, object]] = [("first flare", self.first_flare)]
        if self.adjusted_mean is not None:
            rows.append(("adjusted mean", self.adjusted_mean))
        rows += [(f"time in {name}", time) for name, time in self.time_in.items()]
        yield Table(("of all visits", "value"), [*rows, ("readings", self.readings)])


def report(history: History | Course, readings: Readings | None = None) -> CourseReport:
    """Report on a patient's visits: change, flare and states at each, and what they come to.

    Raises `InvalidInputError` for what is neither a history nor a course, and for other readings
    beside a course, which is judged already.

    >>> from sledai import Assessment
    >>> from sledai.visits import Visit
    >>> print(report(History(visits=[
    ...     Visit(date="2024-01-01", assessment=Assessment.of(present={"rash"})),
    ...     Visit(date="2024-01-31", assessment=Assessment.of(present={"seizure"})),
    ... ])))
    date           total  clinical        change  flare   LLDAS  DORIS
    2024-01-01         2         2                        open   no
    2024-01-31         8         8            +6  flare   no     no
        new: seizure; resolved: rash
    <BLANKLINE>
    first flare: day 30
    adjusted mean: 5.00
    time in LLDAS: 0 % to 100 % of 30 days
    time in DORIS: 0 % of 30 days
    readings: flare index original; LLDAS: new serology counts, a first visit needs
      a statement; DORIS at <= 5 mg of prednisolone; a state counts until the next
      visit
    """
    followed = judged(history, readings)
    alone = len(followed) == 1
    return CourseReport(
        steps=followed.steps,
        first_flare=followed.first_flare,
        adjusted_mean=None if alone else followed.adjusted_mean,
        time_in=FrozenDict(
            {} if alone else {name: followed.time_in(name) for name in followed.readings.states}
        ),
        readings=followed.readings,
    )


def heading(readings: Readings = DEFAULT) -> str:
    """Name the columns of `visit_lines`, which has one for each state that is followed.

    >>> heading()
    'date           total  clinical        change  flare   LLDAS  DORIS'
    """
    require(readings, Readings, "readings", "Readings")
    states = "  ".join(f"{name:5}" for name in readings.states).rstrip()
    return f"{'date':12}{'total':>8}  {'clinical':>8}  {'change':>12}  flare   {states}"


class VisitSaid(NamedTuple):
    """What is said of a visit: a cell for each column of `heading`, and what changed, if it did."""

    cells: tuple[str, ...]
    changed: str


def visit_said(step: Step, date: str) -> VisitSaid:
    """Say a visit cell by cell, to be laid out by whoever asks; `date` is its date.

    >>> from sledai.indices.course import course
    >>> from sledai.visits import Visit
    >>> (step,) = course(History(visits=[Visit(date="2024-01-01", total_score=8)]))
    >>> visit_said(step, "1 Jan").cells
    ('1 Jan', '8', '4 to 8', '', '', 'no', 'no')
    """
    require(step, Step, "step", "a Step, as sledai.indices.course.course gives them")
    require(date, str, "date", "the text that a date is shown as")
    changed = ""
    if step.change is not None:
        sides = (("new", step.change.new), ("resolved", step.change.resolved))
        changed = "; ".join(f"{word}: {listed(which)}" for word, which in sides if which)
    cells = (
        date,
        str(step.visit.bounds()),
        str(step.visit.bounds(clinical=True)),
        "" if step.change is None else str(step.change.total),
        "" if step.flare is None else _flare(step.flare),
        *(SAID[one.verdict] for one in step.states.values()),
    )
    return VisitSaid(cells, changed)


def visit_lines(step: Step, date: str) -> Iterator[str]:
    """Say a visit in a line, and in another what is new and what resolved; `date` is its date.

    >>> from sledai.indices.course import course
    >>> from sledai.visits import Visit
    >>> (step,) = course(History(visits=[Visit(date="2024-01-01", total_score=8)]))
    >>> list(visit_lines(step, "1 Jan"))
    ['1 Jan              8    4 to 8                        no     no']
    """
    (day, total, clinical, change, flare, *said), changed = visit_said(step, date)
    states = "  ".join(
        word.ljust(max(5, len(name))) for name, word in zip(step.states, said, strict=True)
    ).rstrip()
    yield f"{day:12}{total:>8}  {clinical:>8}  {change:>12}  {flare:6}  {states}"
    if changed:
        yield _wrapped(f"    {changed}", indent=6)


def _flare(result: FlareResult) -> str:
    if result.flare is None:
        return "open" if Flare.NONE in result.possible else "flare"
    return result.flare.split("/")[0]


SAID = {Verdict.MET: "yes", Verdict.NOT_MET: "no", Verdict.UNDETERMINED: "open"}
"""How a verdict on a state is said in a word."""


def _lines(made: CourseReport) -> Iterator[str]:
    yield heading(made.readings)
    for step in made.steps:
        yield from visit_lines(step, step.visit.date.isoformat())
    yield ""
    yield f"first flare: {made.first_flare}"
    if made.adjusted_mean is not None:
        yield f"adjusted mean: {made.adjusted_mean}"
    for name, time in made.time_in.items():
        counted = f"; counted as no: {', '.join(time.assumed)}" if time.assumed else ""
        yield _wrapped(f"time in {name}: {time} of {time.days} days{counted}")
    yield _wrapped(f"readings: {made.readings}")


def _wrapped(text: str, *, indent: int = 2) -> str:
    return textwrap.fill(
        text, 80, subsequent_indent=" " * indent, break_long_words=False, break_on_hyphens=False
    )
