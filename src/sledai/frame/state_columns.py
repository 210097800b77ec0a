"""The states of visits as expressions, made from the requirements that define them.

Needs the extra `frame`.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from fractions import Fraction
from typing import Any, assert_never

from sledai.definitions.clauses import Limit
from sledai.descriptors import Descriptor, in_form_order
from sledai.frame.beside import Beside
from sledai.frame.names_listed import names_listed
from sledai.frame.plain_visits import Number, billionths
from sledai.frame.three_valued import Answer, all_of, any_of, chosen, negated
from sledai.indices.requirements import (
    LimitedDose,
    LimitedNumber,
    LimitedScore,
    NoneOf,
    NothingNew,
    Requirement,
    WantedSign,
)
from sledai.indices.states import Readings, State
from sledai.verdict import Verdict

__all__ = ["StateAnswer", "state_answer", "state_columns", "within"]


@dataclass(frozen=True, slots=True)
class StateAnswer:
    """Whether a visit is in a state and whether it is not, and what is counted as no if it is.

    `assumed` says of each name when it is.
    """

    met: Any
    failed: Any
    assumed: dict[str, Any]


def state_columns(beside: Beside, state: State, readings: Readings) -> dict[str, Any]:
    """Give the column of a state, and what it counts as no."""
    engine, answer = beside.engine, state_answer(beside, state, readings)
    made = {
        state.column: chosen(
            engine,
            Answer(answer.met, answer.failed),
            Verdict.MET.value,
            Verdict.NOT_MET.value,
            Verdict.UNDETERMINED.value,
        )
    }
    if state.assumes:
        listed = names_listed(engine, answer.assumed)
        made[f"{state.column}_assumed"] = beside.unless(negated(answer.met), "", listed)
    return made


def state_answer(beside: Beside, state: State, readings: Readings) -> StateAnswer:
    """Ask a visit for all that a state requires."""
    requirements = state.requirements(readings)
    keep = beside.kept.keep
    answers = [_answer(beside, one) for one in requirements]
    met = keep(1, all_of(*(one.yes for one in answers)))
    failed = keep(1, any_of(*(one.no for one in answers)))
    assumed: dict[str, Any] = {}
    for one in requirements:
        if isinstance(one, NothingNew):
            assumed |= {n: all_of(met, so) for n, so in _assumed(beside, one).items()}
    return StateAnswer(met, failed, assumed)


def _answer(beside: Beside, requirement: Requirement) -> Answer:
    now = beside.now
    match requirement:
        case LimitedScore():
            score = now.clinical if requirement.clinical else now.total
            return Answer(score.high <= requirement.most, score.low > requirement.most)
        case NoneOf():
            answers = [now.answers[d] for d in requirement.descriptors]
            return Answer(all_of(*(a.no for a in answers)), any_of(*(a.yes for a in answers)))
        case LimitedNumber(limit=limit):
            value = billionths(limit.value)
            return within(now.number(limit.quantity), limit, Number(value, value))
        case LimitedDose(limit=limit):
            dose, weight = now.number(limit.quantity), now.number(requirement.weight)
            per_kg = Fraction(limit.value)
            return within(
                Number(dose.least * per_kg.denominator, dose.most * per_kg.denominator),
                limit,
                Number(weight.least * per_kg.numerator, weight.most * per_kg.numerator),
            )
        case WantedSign():
            sign = now.sign(requirement.field)
            return sign if requirement.wanted else Answer(sign.no, sign.yes)
        case NothingNew():
            return _nothing_new(beside, requirement)
        case _:
            assert_never(requirement)


def within(amount: Number, limit: Limit, end: Number) -> Answer:
    """Hold an amount against the end of what is asked for, of which both may be open."""
    if limit.operator == "<=":
        return Answer(amount.most <= end.least, amount.least > end.most)
    if limit.operator == "<":
        return Answer(amount.most < end.least, amount.least >= end.most)
    if limit.operator == ">=":
        return Answer(amount.least >= end.most, amount.most < end.least)
    return Answer(amount.least > end.most, amount.most <= end.least)


def _counted(requirement: NothingNew) -> list[Descriptor]:
    return list(in_form_order(requirement.counted))


def _nothing_new(beside: Beside, requirement: NothingNew) -> Answer:
    """Say whether nothing is new: by the descriptors, and by what a rater stated."""
    stated, counted = beside.now.sign("new_lupus_activity"), _counted(requirement)
    later = ~beside.first
    is_new = beside.kept.keep(0, any_of(*map(beside.is_new, counted)))
    new = all_of(later, is_new)
    was_absent, was_unknown = _may_be_new(beside, counted)
    # A statement that nothing is new decides on what was unknown before, and on nothing else.
    settled = all_of(
        negated(any_of(*was_absent.values())),
        any_of(stated.no, negated(any_of(*was_unknown.values()))),
    )
    settled = beside.unless(beside.known, negated(is_new), settled)
    at_first: Any = True
    if requirement.first_visit == "needs a statement":
        at_first = stated.no
    quiet = any_of(all_of(beside.first, at_first), all_of(later, settled))
    return Answer(all_of(negated(stated.yes), negated(new), quiet), any_of(stated.yes, new))


def _may_be_new(
    beside: Beside, counted: Iterable[Descriptor]
) -> tuple[dict[Descriptor, Any], dict[Descriptor, Any]]:
    """Say of each descriptor whether it can be new and was absent, or was not assessed."""
    now, before = beside.now.answers, beside.before.answers
    not_absent = {d: negated(now[d].no) for d in counted}
    return (
        {d: all_of(can_be, before[d].no) for d, can_be in not_absent.items()},
        {d: all_of(can_be, before[d].unknown) for d, can_be in not_absent.items()},
    )


def _assumed(beside: Beside, requirement: NothingNew) -> dict[str, Any]:
    """Say what is counted as no where nothing is new: a silence, or what was not assessed."""
    stated = beside.now.sign("new_lupus_activity")
    _, was_unknown = _may_be_new(beside, _counted(requirement))
    return {
        "new_lupus_activity": stated.unknown,
        **{f"new {d}": all_of(~beside.first, stated.no, so) for d, so in was_unknown.items()},
    }
