"""A patient's course in one picture: scores, flares, states, doses, and the descriptors below.

Every value is asked of `sledai.indices.course`; none is worked out here.
"""

from dataclasses import dataclass
from datetime import date
from itertools import pairwise

from sledai.assessment import Assessment
from sledai.descriptors import SEROLOGIC, Descriptor
from sledai.errors import require
from sledai.indices.components import number_of
from sledai.indices.course import Course, Step, between, judged
from sledai.indices.report import SAID
from sledai.indices.sfi import Flare
from sledai.indices.states import STATES, Readings
from sledai.pictures.course_panels import FLARES, SCORES, course_panels
from sledai.pictures.picture import Picture, Row
from sledai.pictures.style import counted, picture, short, source_names
from sledai.rules import ActivityRule
from sledai.scoring import MAX_TOTAL
from sledai.visits import History

__all__ = ["course"]


def course(
    history: History | Course,
    readings: Readings | None = None,
    *,
    name: str = "",
    rule: ActivityRule | None = None,
    since: date | None = None,
) -> Picture:
    """Draw a patient's course: scores with their bounds, flares, states, doses and descriptors.

    A visit whose total is open has a range from the lowest to the highest and no point. `name` is
    what the patient is called; it is shown as text, and cut where it is long. A `rule` adds lines
    at its thresholds on the scores. With `since` days from that date stand in place of dates.
    Descriptors that were absent wherever they were assessed are left out.

    Raises `InvalidInputError` as `sledai.indices.report.report` does, for what is no rule, and for
    what is no date.

    >>> from sledai import Assessment
    >>> from sledai.visits import Visit
    >>> picture = course(History(visits=[
    ...     Visit(date="2024-01-01", assessment=Assessment.of(present={"rash"})),
    ...     Visit(date="2024-03-01"),
    ... ]))
    >>> [row["said"] for row in picture.data["scores"] if row["score"] == "total"]
    ['2', '0 to 105']
    """
    followed = judged(history, readings)
    require(name, str, "name", "a text")
    if rule is not None:
        require(rule, ActivityRule, "rule", "an ActivityRule")
    if since is not None:
        require(since, date, "since", "a date")
    when = _When(since)
    data = {
        "scores": _scores(followed, when),
        "flares": _flares(followed, when),
        "states": _states(followed, when),
        "spans": _spans(followed, when),
        "doses": _doses(followed, when),
        "descriptors": _descriptors(followed, when),
        "thresholds": _thresholds(rule),
    }
    data = {what: rows for what, rows in data.items() if rows}
    first, last = (when.said(step) for step in (followed[0], followed[-1]))
    count = f"{counted(len(followed), 'visit')}, {first}"
    if len(followed) > 1:
        count += f" to {last}"
    totals = [row["said"] for row in data["scores"] if row["score"] == "total"]
    return picture(
        f"Course of {short(name)}" if name else "Course",
        [f"SLEDAI total and clinical score; {count}"],
        course_panels(data),
        data,
        notes=_notes(followed, rule),
        description=(
            f"{count}. Total at each: {', '.join(totals)}. First flare: {followed.first_flare}."
        ),
    )


@dataclass(frozen=True, slots=True)
class _When:
    """How it is said when a visit was: by its date, or by the day since another."""

    since: date | None

    def value(self, step: Step) -> str | int:
        if self.since is None:
            return step.visit.date.isoformat()
        return (step.visit.date - self.since).days

    def of(self, step: Step) -> Row:
        return {"date" if self.since is None else "day": self.value(step)}

    def said(self, step: Step) -> str:
        return f"{'' if self.since is None else 'day '}{self.value(step)}"


def _scores(followed: Course, when: _When) -> list[Row]:
    return [
        {
            **when.of(step),
            "score": score,
            "low": bounds.low,
            "high": bounds.high,
            "exact": bounds.exact,
            "said": str(bounds),
        }
        for score in SCORES
        for step in followed
        for bounds in (step.visit.bounds(clinical=score == "clinical"),)
    ]


def _flares(followed: Course, when: _When) -> list[Row]:
    return [
        {
            **when.of(step),
            "what": "flare",
            "possible": " or ".join(one for one in Flare if one in step.flare.possible),
            "said": _flare_said(step.flare.possible),
        }
        for step in followed
        if step.flare is not None
    ]


def _flare_said(possible: frozenset[Flare]) -> str:
    said = " or ".join(flare for flare in Flare if flare in possible)
    return said if said in FLARES else "open"


def _states(followed: Course, when: _When) -> list[Row]:
    return [
        {**when.of(step), "what": name, "said": SAID[result.verdict]}
        for name in followed.readings.states
        for step in followed
        for result in (step.states[name],)
    ]


def _spans(followed: Course, when: _When) -> list[Row]:
    return [
        {
            **when.of(a),
            "until": when.value(b),
            "what": name,
            "said": SAID[
                between(
                    a.states[name].verdict, b.states[name].verdict, carry=followed.readings.carry
                )
            ],
        }
        for name in followed.readings.states
        for a, b in pairwise(followed)
    ]


def _doses(followed: Course, when: _When) -> list[Row]:
    doses = [(step, number_of(step.visit, "prednisone_mg_day")) for step in followed]
    if all(dose is None for _, dose in doses):
        return []
    return [
        {
            **when.of(step),
            "mg_day": None if dose is None else float(dose),
            "said": "open" if dose is None else f"{float(dose):g}",
        }
        for step, dose in doses
    ]


def _descriptors(followed: Course, when: _When) -> list[Row]:
    """Give the answers of the descriptors that have a row."""
    answers = [(step, step.visit.known) for step in followed]
    told = _told(followed)
    return [
        {
            **when.of(step),
            "descriptor": _label(d),
            "system": d.system.label,
            "said": _answer(known, d),
        }
        for d in Descriptor
        if d in told
        for step, known in answers
    ]


def _told(followed: Course) -> set[Descriptor]:
    """Give the descriptors that were present or not assessed at some visit.

    A visit at which nothing was assessed says of no descriptor that it is worth a row.
    """
    told: set[Descriptor] = set()
    for step in followed:
        known = step.visit.known
        told |= known.present
        if known.not_assessed != frozenset(Descriptor):
            told |= known.not_assessed
    return told


def _label(descriptor: Descriptor) -> str:
    return f"{descriptor.label} ({descriptor.weight})"


def _answer(known: Assessment, descriptor: Descriptor) -> str:
    if descriptor in known.not_assessed:
        return "not assessed"
    return "present" if descriptor in known.present else "absent"


def _thresholds(rule: ActivityRule | None) -> list[Row]:
    """Give the thresholds on the scores as they are drawn; of another score there is none."""
    if rule is None or rule.uncounted:
        return []
    asked = [
        ("total", ">=", rule.least_total, rule.least_total > 0),
        ("total", "<=", rule.most_total, rule.most_total < MAX_TOTAL),
    ]
    if rule.clinical_excluding == SEROLOGIC:
        asked.append(("clinical", ">=", rule.least_clinical, rule.least_clinical > 0))
    return [
        {"score": score, "at": at, "said": f"{score} {operator} {at}"}
        for score, operator, at, is_asked in asked
        if is_asked
    ]


def _notes(followed: Course, rule: ActivityRule | None) -> list[str]:
    """Say what the picture rests on: sources, readings, the rule."""
    flares = (
        component.citation
        for step in followed
        if step.flare is not None
        for component in (*step.flare.severe, *step.flare.mild_moderate)
    )
    sources = {
        "score": source_names(d.citation for d in Descriptor),
        "organ systems": source_names(d.system.citation for d in Descriptor),
        "flares (SELENA flare index)": source_names(flares),
        **{
            name: source_names(one.citation for one in STATES[name].requirements(followed.readings))
            for name in followed.readings.states
        },
    }
    said = "; ".join(f"{what}: {names}" for what, names in sources.items() if names)
    notes = [f"Sources: {said}.", f"Readings: {followed.readings}."]
    if untold := len(Descriptor) - len(_told(followed)):
        nothing = "none was assessed at any visit"
        absent = "absent at every visit that assessed them"
        assessed = any(step.visit.known.not_assessed != frozenset(Descriptor) for step in followed)
        why = absent if assessed else nothing
        notes.insert(0, f"Not shown: {counted(untold, 'descriptor')}, {why}.")
    if rule is not None:
        source = f" ({rule.citation.source})" if rule.citation else ""
        notes.append(f"Rule {short(rule.name)}: {rule}{source}.")
    return notes
