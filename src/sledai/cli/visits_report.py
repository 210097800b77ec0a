"""What `sledai visits` prints: each patient's course, and how the file was read."""

from collections.abc import Iterable, Mapping

from sledai.cli.options import Input
from sledai.cli.printing import ROWS_SHOWN, printable, wrapped
from sledai.codebook import Codebook
from sledai.codebook.dates import date_said
from sledai.codebook.fields import FIELDS, FieldColumn
from sledai.definitions import Edition
from sledai.descriptors import listed
from sledai.indices import adjusted_mean
from sledai.indices.course import Step, first_flare, time_in
from sledai.indices.sfi import Flare, FlareResult
from sledai.indices.states import STATES, Readings
from sledai.verdict import Verdict
from sledai.visits import History

__all__ = ["print_courses", "print_end"]


def print_courses(
    courses: Mapping[object, tuple[Step, ...]],
    found: Mapping[object, History],
    readings: Readings,
    book: Codebook,
) -> None:
    """Print patients and their visits, so many as fit a screen."""
    states = "  ".join(f"{name:5}" for name in readings.states).rstrip()
    print(f"{'date':12}{'total':>8}  {'clinical':>8}  {'change':>12}  flare   {states}")
    shown = 0
    for patient, steps in courses.items():
        if shown >= ROWS_SHOWN:
            break
        print()
        print(wrapped(f"{printable(patient).plain}: {_summary(found[patient], readings)}"))
        for step in steps:
            for line in _lines(step, book):
                print(line)
        shown += len(steps)
    total = sum(map(len, courses.values()))
    if shown < total:
        print(f"\n... and {total - shown:,} visits more (--output FILE writes all)")
    print()


def _summary(history: History, readings: Readings) -> str:
    visits = len(history.visits)
    if visits == 1:
        return "1 visit"
    days = (history.visits[-1].date - history.visits[0].date).days
    states = ", ".join(f"{name} {time_in(history, name, readings)}" for name in readings.states)
    return (
        f"{visits} visits, {days} days; adjusted mean {adjusted_mean.assess(history)}; "
        f"first flare: {first_flare(history, readings)}; time in {states}"
    )


def _lines(step: Step, book: Codebook) -> Iterable[str]:
    when = date_said(step.visit.date, book.visit)
    total, clinical = step.visit.bounds(), step.visit.bounds(clinical=True)
    change = "" if step.change is None else str(step.change.total)
    flare = "" if step.flare is None else _flare(step.flare)
    states = "  ".join(
        f"{_SAID[one.verdict]:{max(len(name), 5)}}" for name, one in step.states.items()
    ).rstrip()
    yield f"{when:12}{total!s:>8}  {clinical!s:>8}  {change:>12}  {flare:6}  {states}"
    if step.change is not None:
        said = [
            f"{word}: {listed(which)}"
            for word, which in (("new", step.change.new), ("resolved", step.change.resolved))
            if which
        ]
        if said:
            yield wrapped(f"    {'; '.join(said)}", indent=6)


def _asserted(value: bool | float) -> str:  # noqa: FBT001 - an answer, no switch
    return {True: "yes", False: "no"}[value] if isinstance(value, bool) else str(value)


def _flare(result: FlareResult) -> str:
    if result.flare is None:
        return "open" if Flare.NONE in result.possible else "flare"
    return result.flare.split("/")[0]


def _edition_said(readings: Readings) -> str:
    """Say for which states the descriptors are taken as SLEDAI-2K has them."""
    by_2k = [name for name in readings.states if STATES[name].edition is Edition.SLEDAI_2K]
    return f"; descriptors taken as SLEDAI-2K for {', '.join(by_2k)}" if by_2k else ""


_SAID = {Verdict.MET: "yes", Verdict.NOT_MET: "no", Verdict.UNDETERMINED: "open"}


def print_end(
    input_: Input,
    fields: tuple[FieldColumn, ...],
    courses: Mapping[object, tuple[Step, ...]],
    readings: Readings,
) -> None:
    """Print what was read as what, what was assumed, and by which readings."""
    count = sum(map(len, courses.values()))
    patients = "1 patient" if len(courses) == 1 else f"{len(courses):,} patients"
    print(f"{'1 visit' if count == 1 else f'{count:,} visits'} of {patients}")
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
    for name in readings.states:
        assumed = [step.states[name].assumed for steps in courses.values() for step in steps]
        if at := sum(map(bool, assumed)):
            names = ", ".join(dict.fromkeys(name for one in assumed for name in one))
            visits = "1 visit" if at == 1 else f"{at:,} visits"
            print(wrapped(f"{name} at {visits} counts as no what nobody answered: {names}"))
    print(
        wrapped(
            "open: what is not known decides; flare: one that may be mild or severe; mild: "
            f"mild/moderate. Readings: {readings}{_edition_said(readings)}."
        )
    )
