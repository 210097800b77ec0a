"""The clauses that a definition is made of: findings, limits, and how they are combined.

A closed set, as data: the wording beside it is for people, this is what is evaluated. A finding is
named by its field in `sledai.findings.Findings`.
"""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from typing import TYPE_CHECKING, assert_never

from sledai.displays import Value
from sledai.errors import require
from sledai.operators import Operator  # at run time too: pydantic reads annotations

if TYPE_CHECKING:
    from collections.abc import Iterator

__all__ = [
    "SPECIAL_CASES",
    "AllOf",
    "AnyOf",
    "AtLeast",
    "BeyondLaboratory",
    "Clause",
    "IfGiven",
    "Leaf",
    "Limit",
    "Measured",
    "NewOnset",
    "Sign",
    "findings_of",
    "leaves",
    "limits_of",
]


@dataclass(frozen=True, slots=True)
class Limit(Value):
    """A number that a definition turns on: what is measured, operator, value and unit.

    >>> str(Limit("temperature", ">", Decimal(38), "degrees C"))
    '> 38 degrees C'
    """

    quantity: str
    operator: Operator
    value: Decimal
    unit: str

    def __str__(self) -> str:
        return f"{self.operator} {self.value:,f} {self.unit}"


@dataclass(frozen=True, slots=True)
class Sign(Value):
    """Something that is there or is not."""

    finding: str

    def __str__(self) -> str:
        return self.finding


@dataclass(frozen=True, slots=True)
class Measured(Value):
    """A number past a limit of the definition's own.

    With `since` it is the increase from that finding which counts.
    """

    finding: str
    limit: Limit
    since: str = ""

    def __str__(self) -> str:
        what = f"{self.finding} - {self.since}" if self.since else self.finding
        return f"{what} {self.limit}"


@dataclass(frozen=True, slots=True)
class NewOnset(Value):
    """Whether what is past a limit now is new: as stated, else as an earlier value says.

    An earlier value within the limit makes it new, one past it does not; a statement wins.
    """

    finding: str
    since: str
    limit: Limit

    def __str__(self) -> str:
        return f"{self.finding} (unless stated: {self.since} not {self.limit})"


@dataclass(frozen=True, slots=True)
class BeyondLaboratory(Value):
    """A laboratory value below (`<`) or above (`>`) the testing laboratory's range of normal."""

    finding: str
    operator: Operator

    def __str__(self) -> str:
        end = "lower" if self.operator == "<" else "upper"
        return f"{self.finding} {self.operator} the laboratory's {end} limit"


@dataclass(frozen=True, slots=True)
class IfGiven(Value):
    """A test that counts where it was made; that it was not made does not leave the answer open."""

    clause: Clause

    def __str__(self) -> str:
        return f"{self.clause} if given"


@dataclass(frozen=True, slots=True, init=False)
class AllOf(Value):
    """Each of the clauses is needed."""

    clauses: tuple[Clause, ...]

    def __init__(self, *clauses: Clause) -> None:
        object.__setattr__(self, "clauses", clauses)

    def __str__(self) -> str:
        return f"all of ({', '.join(map(str, self.clauses))})"


@dataclass(frozen=True, slots=True, init=False)
class AnyOf(Value):
    """One of the clauses is enough."""

    clauses: tuple[Clause, ...]

    def __init__(self, *clauses: Clause) -> None:
        object.__setattr__(self, "clauses", clauses)

    def __str__(self) -> str:
        return f"any of ({', '.join(map(str, self.clauses))})"


@dataclass(frozen=True, slots=True, init=False)
class AtLeast(Value):
    """As many of the clauses as the limit says are needed."""

    limit: Limit
    clauses: tuple[Clause, ...]

    def __init__(self, limit: Limit, *clauses: Clause) -> None:
        object.__setattr__(self, "limit", limit)
        object.__setattr__(self, "clauses", clauses)

    def __str__(self) -> str:
        return f"{self.limit.operator} {self.limit.value} of ({', '.join(map(str, self.clauses))})"


SPECIAL_CASES = {
    "severe_pleuritic_pain": "pleuritic_pain",
    "new_pleural_thickening": "pleural_thickening",
    "severe_pericardial_pain": "pericardial_pain",
    "rash_new_or_recurrent": "rash",
    "alopecia_new_or_recurrent": "alopecia",
    "mucosal_ulcers_new_or_recurrent": "mucosal_ulcers",
}
"""Signs that are special cases: who has the first has the second."""

Leaf = Sign | Measured | NewOnset | BeyondLaboratory
"""A clause that asks for findings itself."""

Clause = Leaf | IfGiven | AllOf | AnyOf | AtLeast
"""A condition on findings: the rule of a definition is one."""


def leaves(clause: Clause) -> Iterator[Leaf]:
    """Give the clauses that ask for findings themselves, in order."""
    require(clause, Clause, "clause", "a clause of a definition")
    match clause:
        case Sign() | Measured() | NewOnset() | BeyondLaboratory():
            yield clause
        case IfGiven():
            yield from leaves(clause.clause)
        case AllOf() | AnyOf() | AtLeast():
            for part in clause.clauses:
                yield from leaves(part)
        case _:
            assert_never(clause)


def findings_of(clause: Clause) -> Iterator[str]:
    """Name the findings that a clause asks for, in order.

    >>> list(findings_of(AnyOf(Sign("scleritis"), Sign("episcleritis"))))
    ['scleritis', 'episcleritis']
    """
    for leaf in leaves(clause):
        yield leaf.finding
        if isinstance(leaf, Measured | NewOnset) and leaf.since:
            yield leaf.since


def limits_of(clause: Clause) -> Iterator[Limit]:
    """Give the limits that a clause turns on, in order; that of a new onset stands beside it."""
    require(clause, Clause, "clause", "a clause of a definition")
    match clause:
        case Measured():
            yield clause.limit
        case IfGiven():
            yield from limits_of(clause.clause)
        case AllOf() | AnyOf() | AtLeast():
            if isinstance(clause, AtLeast):
                yield clause.limit
            for part in clause.clauses:
                yield from limits_of(part)
        case Sign() | NewOnset() | BeyondLaboratory():
            pass
        case _:
            assert_never(clause)
