"""What `sledai visits` prints: each patient's course, and how the file was read."""

from rich.text import Text

from sledai.cli.baseline_options import baseline_said
from sledai.cli.options import Input
from sledai.cli.printing import ROWS_SHOWN, Column, Table, printable, wrapped
from sledai.cli.visit_courses import Courses
from sledai.codebook import Codebook
from sledai.codebook.dates import date_said
from sledai.codebook.fields import FIELDS, FieldColumn
from sledai.definitions import Edition
from sledai.indices.course import Course, course
from sledai.indices.from_baseline import since_baseline
from sledai.indices.report import SAID, visit_said
from sledai.indices.states import STATES, Readings
from sledai.visits import History
from sledai.visits.baseline import Baseline, require_baseline

__all__ = ["print_courses", "print_end"]


def print_courses(courses: Courses, book: Codebook) -> None:
    """Print patients and their visits, so many as fit a screen."""
    readings = courses.readings
    table = Table(
        [
            Column("date", least=10),
            *(Column(name, right=True, least=8) for name in ("total", "clinical")),
            Column("change", right=True, least=12),
            Column("flare", least=6),
            *(Column(name, least=5) for name in readings.states),
        ]
    )
    shown = 0
    read = courses.histories()
    for patient, (history, _) in read.patients.items():
        if shown >= ROWS_SHOWN:
            break
        followed = course(history, readings)
        table.line()
        table.line(wrapped(f"{printable(patient).plain}: {_summary(followed)}"))
        for step in followed:
            said = visit_said(step, date_said(step.visit.date, book.visit))
            table.add(*said.cells[:_SCORES], *map(_in_color, said.cells[_SCORES:]))
            if said.changed:
                table.line(wrapped(f"    {said.changed}", indent=6))
        if courses.reader.baseline is not None:
            last = _since(history, read.baselines.get(patient), book)
            table.line(wrapped(f"    {last}", indent=6))
        shown += len(history.visits)
    table.print()
    if shown < courses.visits:
        print(f"\n... and {courses.visits - shown:,} visits more (--output FILE writes all)")
    print()


_SCORES = 4
"""How many cells of a visit come before those that are said in a word."""
_COLORS = {"yes": "green", "no": "", "none": "", "": "", "open": "yellow"}


def _in_color(word: str) -> Text:
    return Text(word, _COLORS.get(word, "red"))  # else a flare


def _since(history: History, baseline: Baseline | None, book: Codebook) -> str:
    """Say what the last visit is beside the baseline."""
    if baseline is None:
        return "no baseline"
    last = since_baseline(history, baseline)[-1]
    start = date_said(require_baseline(history, baseline).date, book.visit)
    if last.change is None:
        return f"baseline {start}, no visit after it"
    percent = "" if last.percent is None else f" ({last.percent})"
    response = last.responses[min(last.responses)]
    return (
        f"since baseline {start}, {last.days} days: {last.change.total}{percent}; "
        f"{response.name} {SAID[response.verdict]}"
    )


def _summary(followed: Course) -> str:
    if len(followed) == 1:
        return "1 visit"
    states = ", ".join(f"{name} {followed.time_in(name)}" for name in followed.readings.states)
    return (
        f"{len(followed)} visits, {followed.days} days; adjusted mean {followed.adjusted_mean}; "
        f"first flare: {followed.first_flare}; time in {states}"
    )


def _asserted(value: bool | float) -> str:  # noqa: FBT001 - an answer, no switch
    return {True: "yes", False: "no"}[value] if isinstance(value, bool) else str(value)


def _edition_said(readings: Readings) -> str:
    """Say for which states the descriptors are taken as SLEDAI-2K has them."""
    by_2k = [name for name in readings.states if STATES[name].edition is Edition.SLEDAI_2K]
    return f"; descriptors taken as SLEDAI-2K for {', '.join(by_2k)}" if by_2k else ""


def print_end(input_: Input, fields: tuple[FieldColumn, ...], courses: Courses) -> None:
    """Print what was read as what, what was assumed, and by which readings."""
    readings, baseline = courses.readings, courses.reader.baseline
    print(f"{_visits(courses.visits)} of {_patients(courses.patients)}")
    if baseline is not None:
        without = _patients(courses.without_baseline)
        which = baseline_said(baseline, input_.book)
        print(wrapped(f"baseline: {which}; without one: {without}"))
    for line in input_.said():
        print(wrapped(line))
    if fields:
        said = [
            str(field)
            if field.column == field.name
            else f"{printable(field.column).plain} as {field}"
            for field in fields
        ]
        print(wrapped(f"fields read: {', '.join(said)}"))
    scores = input_.book.recorded.scores
    if scores:
        said = [
            f"{printable(column).plain} as {score.removesuffix('_score')}"
            for score, column in scores.items()
        ]
        print(wrapped(f"recorded scores read: {', '.join(said)}"))
    asserted = input_.book.fields.asserted
    if asserted:
        said = [f"{name} {_asserted(value)}" for name, value in asserted.items()]
        print(wrapped(f"asserted at every visit: {', '.join(said)}"))
    read = {*asserted, *(field.name for field in fields)}
    if unknown := [name for name in FIELDS if name not in read]:
        print(wrapped(f"not in the file, so not known at any visit: {', '.join(unknown)}"))
    for name, assumed in courses.assumed.items():
        if assumed.visits:
            visits, names = _visits(assumed.visits), ", ".join(assumed.names)
            print(wrapped(f"{name} at {visits} counts as no what nobody answered: {names}"))
    print(
        wrapped(
            "open: what is not known decides; flare: one that may be mild or severe; mild: "
            f"mild/moderate. Readings: {readings}{_edition_said(readings)}."
        )
    )


def _visits(count: int) -> str:
    return "1 visit" if count == 1 else f"{count:,} visits"


def _patients(count: int) -> str:
    return "1 patient" if count == 1 else f"{count:,} patients"
