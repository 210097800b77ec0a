"""What the indices share: components with their verdicts, and how limits and unknowns are met."""

from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from typing import Never, cast

from sledai.assessment import NOTHING_ASSESSED, Assessment
from sledai.definitions.clauses import Limit
from sledai.quantities import Amount
from sledai.sources import Citation
from sledai.verdict import Verdict
from sledai.visits import MOST_GLOBAL, Visit

__all__ = [
    "GLOBAL_UNIT",
    "Component",
    "IndexResult",
    "assessment_of",
    "component",
    "number_component",
    "number_of",
    "past",
    "sign_component",
    "verdict_of",
]

GLOBAL_UNIT = f"on 0 to {MOST_GLOBAL}"
"""The scale of the physician's global assessment."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Component:
    """One component of an index: what is asked, the verdict on it, and why."""

    name: str
    statement: str
    verdict: Verdict
    reason: str
    citation: Citation

    def __bool__(self) -> Never:
        """Refuse a truth value: an unmet component would count as true."""
        raise TypeError("a Component has three values: ask `.verdict is Verdict.MET`")

    def __str__(self) -> str:
        return f"{self.name}: {self.verdict.replace('_', ' ')} ({self.reason})"


@dataclass(frozen=True, slots=True, kw_only=True)
class IndexResult:
    """What an index says of a visit: the overall verdict, and every component.

    All components are needed, and an answer that passes one never fails another, so the index is
    met just when each is, undetermined when each can be and not each is.
    """

    name: str
    components: tuple[Component, ...]

    @property
    def verdict(self) -> Verdict:
        """MET when all components are, NOT_MET when one cannot be."""
        return Verdict.of_all(component.verdict for component in self.components)

    def __bool__(self) -> Never:
        """Refuse a truth value: an unmet result would count as true."""
        raise TypeError("an IndexResult has three values: ask `.verdict is Verdict.MET`")

    def __str__(self) -> str:
        lines = [f"{self.name}: {self.verdict.replace('_', ' ')}"]
        return "\n".join([*lines, *(f"  {component}" for component in self.components)])


def assessment_of(visit: Visit | None) -> Assessment:
    """Give a visit's assessment; where there is none, nothing was assessed."""
    if visit is None or visit.assessment is None:
        return NOTHING_ASSESSED
    return visit.assessment


def number_of(visit: Visit, field: str) -> Decimal | None:
    """Give a number of a visit as the decimal that was written."""
    return cast("Decimal | None", getattr(visit, field))


def past(value: Decimal, limit: Limit) -> bool:
    """Say whether a number is past a limit."""
    number = Fraction(value)
    return bool(Amount(number, number).compare(limit.operator, Fraction(limit.value)))


def verdict_of(answers: Iterable[bool | None]) -> Verdict:
    """Give the verdict on a question that has all these answers; None stands for both.

    >>> verdict_of([True, None])
    <Verdict.UNDETERMINED: 'undetermined'>
    """
    found = set(answers)
    if found == {True}:
        return Verdict.MET
    return Verdict.NOT_MET if found == {False} else Verdict.UNDETERMINED


def component(
    name: str, statement: str, answers: Iterable[bool | None], reason: str, citation: Citation
) -> Component:
    """Make a component of a question that has all these answers."""
    return Component(
        name=name,
        statement=statement,
        verdict=verdict_of(answers),
        reason=reason,
        citation=citation,
    )


def number_component(name: str, visit: Visit, limit: Limit, citation: Citation) -> Component:
    """Hold a number of a visit, which the limit names, against the limit."""
    value = number_of(visit, limit.quantity)
    answer = None if value is None else past(value, limit)
    reason = f"{limit.quantity} is not known"
    if value is not None:
        reason = f"{limit.quantity} {value} {'' if answer else 'is not '}{limit}"
    return component(name, f"{limit.quantity} {limit}", [answer], reason, citation)


def sign_component(
    name: str, statement: str, visit: Visit, field: str, citation: Citation, *, wanted: bool
) -> Component:
    """Ask for a sign that is to be there, or not to be."""
    found = cast("bool | None", getattr(visit, field))
    said = {True: "yes", False: "no", None: "not known"}[found]
    answer = None if found is None else found is wanted
    return component(name, statement, [answer], f"{field}: {said}", citation)
