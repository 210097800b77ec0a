"""What the indices share: components with their verdicts, and how limits and unknowns are met."""

from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from functools import lru_cache
from typing import Never, assert_never, cast

from pydantic import computed_field

from sledai.definitions.clauses import Limit
from sledai.displays import Displayed, Table
from sledai.sources import Citation
from sledai.verdict import Verdict
from sledai.visits import Visit
from sledai.visits.visit import MOST_GLOBAL, RANGES

__all__ = [
    "GLOBAL_UNIT",
    "Component",
    "IndexResult",
    "component",
    "components_table",
    "number_component",
    "number_of",
    "number_said",
    "past",
    "rise_component",
    "sign_component",
    "verdict_of",
]

GLOBAL_UNIT = f"on 0 to {MOST_GLOBAL}"
"""The scale of the physician's global assessment."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Component(Displayed):
    """One component of an index: what is asked, the verdict on it, and why.

    `assumed` names what nobody answered and a reading of the index counts as no: another answer
    could change the verdict. The reason says it too.
    """

    name: str
    statement: str
    verdict: Verdict
    reason: str
    citation: Citation
    assumed: tuple[str, ...] = ()

    def __bool__(self) -> Never:
        """Refuse a truth value: an unmet component would count as true."""
        raise TypeError("a Component has three values: ask `.verdict is Verdict.MET`")

    def __str__(self) -> str:
        return f"{self.name}: {self.verdict.replace('_', ' ')} ({self.reason})"


@dataclass(frozen=True, slots=True, kw_only=True)
class IndexResult(Displayed):
    """What an index says of a visit: the overall verdict, and every component.

    All components are needed, and an answer that passes one never fails another, so the index is
    met just when each is, undetermined when each can be and not each is. Written by pydantic, a
    result has its verdict and what is assumed beside the components.
    """

    name: str
    components: tuple[Component, ...]

    @computed_field  # type: ignore[prop-decorator]
    @property
    def verdict(self) -> Verdict:
        """MET when all components are, NOT_MET when one cannot be."""
        return Verdict.of_all(component.verdict for component in self.components)

    @computed_field  # type: ignore[prop-decorator]
    @property
    def assumed(self) -> tuple[str, ...]:
        """What nobody answered and the verdict MET counts as no; another verdict needs none."""
        if self.verdict is not Verdict.MET:
            return ()
        return tuple(name for component in self.components for name in component.assumed)

    def __bool__(self) -> Never:
        """Refuse a truth value: an unmet result would count as true."""
        raise TypeError("an IndexResult has three values: ask `.verdict is Verdict.MET`")

    def __str__(self) -> str:
        counted = f" ({_counted_as_no(self.assumed)})" if self.assumed else ""
        lines = [f"{self.name}: {self.verdict.replace('_', ' ')}{counted}"]
        return "\n".join([*lines, *(f"  {component}" for component in self.components)])

    def _headline(self) -> str:
        said, _, _ = str(self).partition("\n")
        if self.verdict is Verdict.MET:
            return said
        which = [one.name for one in self.components if one.verdict is self.verdict]
        return f"{said} ({', '.join(which)})"

    def _tables(self) -> Iterable[Table]:
        yield components_table(self.components)


def components_table(components: Iterable[Component], caption: str = "") -> Table:
    """Give components as a table, each with what is asked, the verdict on it, and why."""
    rows = [(one.name, one.statement, one.verdict, one.reason) for one in components]
    return Table(("component", "asked", "verdict", "because"), rows, caption)


def _counted_as_no(assumed: tuple[str, ...]) -> str:
    return f"counted as no: {', '.join(assumed)}"


def number_of(visit: Visit, field: str) -> Decimal | None:
    """Give a number of a visit as the decimal that was written."""
    return cast("Decimal | None", getattr(visit, field))


def number_said(value: Decimal | None) -> str:
    """Write a number of a visit, the same in every decimal context.

    >>> number_said(Decimal("1E+1")), number_said(None)
    ('10', 'not known')
    """
    return "not known" if value is None else f"{value:f}"


def past(value: Decimal | Fraction, limit: Limit) -> bool:
    """Say whether a number is past a limit."""
    # Two decimals are compared exactly, in every decimal context.
    most = limit.value if isinstance(value, Decimal) else Fraction(limit.value)
    match limit.operator:
        case ">":
            return value > most
        case ">=":
            return value >= most
        case "<":
            return value < most
        case "<=":
            return value <= most
        case _:
            assert_never(limit.operator)


def verdict_of(answers: Iterable[bool | None]) -> Verdict:
    """Give the verdict on a question that has all these answers; None stands for both.

    >>> verdict_of([True, None])
    <Verdict.UNDETERMINED: 'undetermined'>
    """
    different = {*answers}
    if len(different) > 1 or None in different:
        return Verdict.UNDETERMINED
    return Verdict.MET if True in different else Verdict.NOT_MET


def component(
    name: str,
    statement: str,
    answers: Iterable[bool | None],
    reason: str,
    citation: Citation,
    *,
    assumed: tuple[str, ...] = (),
) -> Component:
    """Make a component of a question that has all these answers, where some count as no."""
    if assumed:
        reason = f"{reason}; {_counted_as_no(assumed)}"
    return _component(name, statement, verdict_of(answers), reason, citation, assumed)


# Most visits of most patients answer most of what is asked alike.
@lru_cache(maxsize=4096)
def _component(
    name: str,
    statement: str,
    verdict: Verdict,
    reason: str,
    citation: Citation,
    assumed: tuple[str, ...],
) -> Component:
    return Component(
        name=name,
        statement=statement,
        verdict=verdict,
        reason=reason,
        citation=citation,
        assumed=assumed,
    )


def number_component(name: str, visit: Visit, limit: Limit, citation: Citation) -> Component:
    """Hold a number of a visit, which the limit names, against the limit."""
    value, asked = number_of(visit, limit.quantity), str(limit)
    answer = None if value is None else past(value, limit)
    reason = f"{limit.quantity} is not known"
    if value is not None:
        reason = f"{limit.quantity} {number_said(value)} {'' if answer else 'is not '}{asked}"
    return component(name, f"{limit.quantity} {asked}", [answer], reason, citation)


def sign_component(
    name: str, statement: str, visit: Visit, field: str, citation: Citation, *, wanted: bool
) -> Component:
    """Ask for a sign that is to be there, or not to be."""
    sign = cast("bool | None", getattr(visit, field))
    word = {True: "yes", False: "no", None: "not known"}[sign]
    answer = None if sign is None else sign is wanted
    return component(name, statement, [answer], f"{field}: {word}", citation)


def rise_component(
    name: str, baseline: Visit, visit: Visit, limit: Limit, citation: Citation
) -> Component:
    """Hold the rise of a number since baseline against a limit that it must not be past."""
    least, most, _ = RANGES[limit.quantity]
    before, now = (number_of(v, limit.quantity) for v in (baseline, visit))
    # As fractions: the caller's decimal context would round the difference of two decimals.
    ends = [(least, most) if v is None else (Fraction(v), Fraction(v)) for v in (before, now)]
    smallest, largest = Fraction(ends[1][0] - ends[0][1]), Fraction(ends[1][1] - ends[0][0])
    return component(
        name,
        f"{limit.quantity} does not rise by {limit}",
        {not past(rise, limit) for rise in (smallest, largest)},
        f"{limit.quantity} from {number_said(before)} to {number_said(now)}",
        citation,
    )
