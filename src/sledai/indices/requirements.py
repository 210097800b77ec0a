"""What the states of a visit ask for, as data: each requirement with its place and its component.

A state is met when each of its requirements is. They are a closed set, so that whoever has other
data than a `Visit`, such as the columns of a data frame, can ask for the same by their type;
`on` is what each means. What a requirement says of itself is worked out once: it is asked of many
visits.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from fractions import Fraction
from functools import cached_property
from typing import Literal, get_args

from sledai.assessment import NOTHING_ASSESSED
from sledai.definitions.clauses import Limit
from sledai.descriptors import SEROLOGIC, Descriptor, listed
from sledai.displays import Value
from sledai.errors import require, require_one_of, require_several
from sledai.indices.components import (
    Component,
    IndexResult,
    component,
    number_component,
    number_of,
    number_said,
    past,
    sign_component,
)
from sledai.indices.unknowns import transitions
from sledai.scoring.completions import NOTHING_RECORDED, any_present
from sledai.sources import Citation
from sledai.visits import Visit
from sledai.visits.visit import RANGES, refuse_order, require_visit

__all__ = [
    "FirstVisit",
    "LimitedDose",
    "LimitedNumber",
    "LimitedScore",
    "NewSerology",
    "NoneOf",
    "NothingNew",
    "Requirement",
    "WantedSign",
    "required",
]

FirstVisit = Literal["needs a statement", "has nothing new"]
"""Whether at a visit without a previous one a rater has to state that no activity is new.

Without a previous visit nothing shows what is new, so by default the answer is not known until
somebody gives it.
"""
NewSerology = Literal["counts", "ignored"]
"""Whether low complement or increased DNA binding that is newly present is new activity by itself.

By default it is, as for every other descriptor: the score in the first item counts both, and no
visit passes by it that would fail otherwise.
"""


@dataclass(frozen=True, kw_only=True)
class LimitedScore(Value):
    """A total, or a clinical score, of `most` at most; `score` says which in words."""

    name: str
    score: str
    most: int
    citation: Citation
    clinical: bool = False

    @cached_property
    def statement(self) -> str:
        """What is asked for, in words."""
        return f"{self.score} {'<=' if self.most else '='} {self.most}"

    def on(self, previous: Visit | None, visit: Visit) -> Component:  # noqa: ARG002
        """Hold the score of a visit against the limit."""
        bounds = visit.bounds(clinical=self.clinical)
        return component(
            self.name,
            self.statement,
            {bounds.low <= self.most, bounds.high <= self.most},
            f"{'clinical score' if self.clinical else 'total'} {bounds}",
            self.citation,
        )


@dataclass(frozen=True, kw_only=True)
class NoneOf(Value):
    """None of some descriptors is present."""

    name: str
    descriptors: frozenset[Descriptor]
    citation: Citation

    @cached_property
    def statement(self) -> str:
        """What is asked for, in words."""
        return f"none of {listed(self.descriptors)}"

    def on(self, previous: Visit | None, visit: Visit) -> Component:  # noqa: ARG002
        """Ask whether one of the descriptors is present at a visit."""
        now = visit.known
        active, reason = frozenset({False}), "none present"
        if present := now.present & self.descriptors:
            active, reason = frozenset({True}), f"present: {listed(present)}"
        elif unknown := now.not_assessed & self.descriptors:
            active = any_present(now, visit.recorded, self.descriptors)
            reason = f"not assessed: {listed(unknown)}"
            if False not in active:
                reason += ", one of them present by the recorded score"
        answers = {not one for one in active}
        return component(self.name, self.statement, answers, reason, self.citation)


@dataclass(frozen=True, kw_only=True)
class LimitedNumber(Value):
    """A number of a visit within a limit, which names the field."""

    name: str
    limit: Limit
    citation: Citation

    @cached_property
    def statement(self) -> str:
        """What is asked for, in words."""
        return f"{self.limit.quantity} {self.limit}"

    def on(self, previous: Visit | None, visit: Visit) -> Component:  # noqa: ARG002
        """Hold the number of a visit against the limit."""
        return number_component(self.name, visit, self.limit, self.citation)


@dataclass(frozen=True, kw_only=True)
class LimitedDose(Value):
    """A dose within a limit for each kg of body weight; the limit names the field of the dose."""

    name: str
    limit: Limit
    citation: Citation
    weight: str = "weight_kg"

    @cached_property
    def statement(self) -> str:
        """What is asked for, in words."""
        return f"{self.limit.quantity} {self.limit}"

    def on(self, previous: Visit | None, visit: Visit) -> Component:  # noqa: ARG002
        """Hold the dose of a visit by its weight against the limit.

        The dose per kg rises with the dose and falls with the weight, so that the ends of what is
        possible give all answers.
        """
        dose, weight = self.limit.quantity, self.weight
        doses, weights = (_ends(visit, field) for field in (dose, weight))
        said = ", ".join(
            f"{field} {number_said(number_of(visit, field))}" for field in (dose, weight)
        )
        answers = {past(a / b, self.limit) for a in doses for b in weights}
        held = {frozenset({True}): f": {self.limit}", frozenset({False}): f": not {self.limit}"}
        reason = said + held.get(frozenset(answers), "")
        return component(self.name, self.statement, answers, reason, self.citation)


@dataclass(frozen=True, kw_only=True)
class WantedSign(Value):
    """A sign of a visit that is to be there, or not to be."""

    name: str
    statement: str
    field: str
    citation: Citation
    wanted: bool

    def on(self, previous: Visit | None, visit: Visit) -> Component:  # noqa: ARG002
        """Ask for the sign at a visit."""
        return sign_component(
            self.name, self.statement, visit, self.field, self.citation, wanted=self.wanted
        )


@dataclass(frozen=True, kw_only=True)
class NothingNew(Value):
    """No new lupus activity since the visit before.

    New activity is a descriptor that is newly present, or a rater's statement
    (`new_lupus_activity`):

    - A statement that there is none does not outweigh a descriptor that is new, or that was absent
      and is not assessed now.
    - Where nobody stated anything and no descriptor can be new, the silence counts as no.
    - Whether a descriptor is new that the previous visit did not assess, a statement that there is
      none decides: it counts as not new.

    What counts as no is `assumed` in the component. Raises `InvalidInputError` for another reading.
    """

    name: str
    citation: Citation
    new_serology: NewSerology = "counts"
    first_visit: FirstVisit = "needs a statement"

    def __post_init__(self) -> None:
        for name, reading, accepted in (
            ("new_serology", self.new_serology, get_args(NewSerology)),
            ("first_visit", self.first_visit, get_args(FirstVisit)),
        ):
            require_one_of(reading, accepted, name)

    @cached_property
    def counted(self) -> frozenset[Descriptor]:
        """The descriptors that are new activity when they are newly present."""
        return frozenset(Descriptor) - (
            SEROLOGIC if self.new_serology == "ignored" else frozenset()
        )

    @cached_property
    def statement(self) -> str:
        """What is asked for, in words."""
        counted = self.counted
        not_counted = "" if counted >= SEROLOGIC else f" ({listed(SEROLOGIC)} not counted)"
        return f"no new lupus activity since the previous assessment{not_counted}"

    def on(self, previous: Visit | None, visit: Visit) -> Component:
        """Ask what is new at a visit since the one before, if there is one."""
        now, before = visit.known, NOTHING_ASSESSED if previous is None else previous.known
        counted = self.counted
        new = now.present & before.absent & counted
        by_score = not new and _new_by_score(previous, visit, counted)
        may_be_new = counted - now.absent - before.present
        stated = visit.new_lupus_activity
        reason = {True: "stated", False: "stated not to be there", None: "not stated"}[stated]
        answer: bool | None = True
        assumed: tuple[str, ...] = ("new_lupus_activity",) if stated is None else ()
        if new:
            reason += f", new: {listed(new)}"
        elif by_score:
            reason += ", a descriptor is new by the recorded scores"
        elif previous is None:
            reason += ", no previous visit"
            if stated is None and self.first_visit == "needs a statement":
                answer = None
        elif not may_be_new:
            reason += ", no descriptor is new"
        else:
            reason += f", not known: {listed(may_be_new)}"
            if stated is False and may_be_new <= before.not_assessed:
                assumed = tuple(f"new {d}" for d in Descriptor if d in may_be_new)
            else:
                answer = None
        if stated or new or by_score:
            answer = False
        return component(
            self.name,
            self.statement,
            [answer],
            f"new activity {reason}",
            self.citation,
            assumed=assumed if answer else (),
        )


Requirement = LimitedScore | NoneOf | LimitedNumber | LimitedDose | WantedSign | NothingNew
"""One thing that a state asks for, with `name`, `statement`, `citation` and `on`."""


def required(
    index: str, requirements: Iterable[Requirement], previous: Visit | None, visit: Visit
) -> IndexResult:
    """Ask a visit for everything that a state requires; `index` names the result.

    `previous` is the visit before, None at the first. Raises `InvalidInputError` for what is no
    visit, and for a visit that is not after the previous.

    >>> from sledai.sources import FRANKLYN_2016, Read
    >>> item = Citation(FRANKLYN_2016, "Table 1, item 1", Read.IN_WORK)
    >>> low = LimitedScore(name="score", score="SLEDAI-2K", most=4, citation=item)
    >>> print(required("low score", [low], None, Visit(date="2024-05-02", total_score=6)))
    low score: not met
      score: not met (total 6)
    """
    require(index, str, "index", "a text")
    require_several(requirements, "requirements", "what a state requires, such as LimitedScore")
    require_visit(visit)
    if previous is not None:
        refuse_order(previous, visit, "previous")
    requirements = tuple(requirements)
    for one in requirements:
        require(one, Requirement, "requirements", "what a state requires, such as LimitedScore")
    return IndexResult(name=index, components=tuple([r.on(previous, visit) for r in requirements]))


def _ends(visit: Visit, field: str) -> tuple[Fraction, ...]:
    """Give a number of a visit, or the least and the most that it may be."""
    value = number_of(visit, field)
    least, most, _ = RANGES[field]
    return (Fraction(least), Fraction(most)) if value is None else (Fraction(value),)


def _new_by_score(previous: Visit | None, visit: Visit, counted: frozenset[Descriptor]) -> bool:
    """Whether every way in which recorded scores come about has a new descriptor."""
    if previous is None or (previous.recorded, visit.recorded) == (NOTHING_RECORDED,) * 2:
        return False
    return all(transitions(previous, visit, dict.fromkeys(counted, frozenset({"new"}))))
