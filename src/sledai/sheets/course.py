"""The sheet of a patient's course: each visit in a row, and what the visits come to."""

from sledai.codebook import Codebook
from sledai.definitions import Edition
from sledai.definitions.editions import edition_named
from sledai.indices.course import Course, Step, judged
from sledai.indices.report import SAID
from sledai.indices.sfi import Flare
from sledai.indices.states import STATES, Readings
from sledai.sheets.content import (
    INTENDED_USE,
    MARKS,
    Answer,
    Cell,
    Column,
    Fact,
    Facts,
    Lines,
    Sheet,
    Table,
    identified,
    labels,
    made_with,
    plain,
    signed_by,
)
from sledai.visits import History

__all__ = ["course_sheet"]


def course_sheet(
    history: History | Course,
    *,
    edition: Edition | str,
    subject: str | None = None,
    rater: str | None = None,
    codebook: Codebook | None = None,
    readings: Readings | None = None,
) -> Sheet:
    """Put a patient's visits on a sheet: scores, change, flare and states of each.

    `edition` is the one by whose definitions the visits were rated. The readings of a `Course` are
    its own. It may be longer than a page.

    Raises `InvalidInputError` for what is neither history nor course, an unknown edition, a name
    without letters, and other readings beside a course.

    >>> from sledai.visits import Visit
    >>> history = History(visits=[Visit(date="2024-01-16")])
    >>> course_sheet(history, edition="SELENA", subject="P01").parts[1].rows[0][:4]
    ('2024-01-16', '0', '0 to 105', '0 to 101')
    """
    edition = edition_named(edition)
    followed = judged(history, readings)
    first, last = (followed.steps[at].visit.date.isoformat() for at in (0, -1))
    dates = first if first == last else f"{first} to {last}"
    return Sheet(
        title=f"{edition} course",
        identity=identified(subject=subject, visits=dates, edition=edition.value, rater=rater),
        parts=(
            _summary(followed),
            _visits(followed),
            _descriptors(followed),
            *_remarks(followed, edition),
        ),
        signatures=signed_by(rater),
        foot=(f"{INTENDED_USE} Made with {made_with(codebook)}.",),
    )


def _summary(followed: Course) -> Facts:
    facts = [Fact("Visits", str(len(followed))), Fact("Days", str(followed.days))]
    if len(followed) > 1:
        facts.append(Fact("First flare", str(followed.first_flare)))
        facts.append(Fact("Adjusted mean of the total", str(followed.adjusted_mean)))
        facts += [Fact(f"Time in {n}", str(followed.time_in(n))) for n in followed.readings.states]
    return Facts("Over all visits", tuple(facts))


def _visits(followed: Course) -> Table:
    start = followed.steps[0].visit.date
    return Table(
        "Visits",
        (
            Column("Date"),
            Column("Day", numbers=True),
            Column("Total", numbers=True),
            Column("Clinical", numbers=True),
            Column("Change", numbers=True),
            Column("Flare", 1),
            *(Column(name) for name in followed.readings.states),
            Column("Global 0-3", numbers=True),
            Column("Prednisone mg/d", numbers=True),
        ),
        tuple(_row(step, (step.visit.date - start).days) for step in followed),
    )


def _descriptors(followed: Course) -> Table:
    return Table(
        "Descriptors",
        (Column("Date"), Column("Present", 1), Column("Not assessed", 1)),
        tuple(
            (
                visit.date.isoformat(),
                "not rated" if visit.assessment is None else labels(visit.answers.present),
                labels(visit.answers.not_assessed),
            )
            for visit in (step.visit for step in followed)
        ),
    )


def _row(step: Step, day: int) -> tuple[Cell, ...]:
    visit, flare = step.visit, step.flare
    return (
        visit.date.isoformat(),
        str(day),
        str(visit.bounds()),
        str(visit.bounds(clinical=True)),
        "first visit" if step.change is None else str(step.change.total),
        "" if flare is None else " or ".join(one for one in Flare if one in flare.possible),
        *(Answer(SAID[one.verdict], MARKS[one.verdict]) for one in step.states.values()),
        _number(visit.physician_global),
        _number(visit.prednisone_mg_day),
    )


def _number(value: object) -> str:
    return "not known" if value is None else f"{value}"


def _remarks(followed: Course, edition: Edition) -> tuple[Lines, ...]:
    lines = [f"Readings: {followed.readings}."]
    for name in followed.readings.states:
        asked = STATES[name].edition
        if asked is not None and asked is not edition:
            lines.append(f"{name} is published for {asked}; the visits were rated by {edition}.")
        if len(followed) > 1 and (assumed := followed.time_in(name).assumed):
            said = plain(", ".join(assumed))
            lines.append(f"For {name} what nobody answered counts as no: {said}.")
    return (Lines("How it was read", tuple(lines)),)
