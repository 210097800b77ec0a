"""The states in which a visit can be, each a row: low disease activity and remission.

What follows patients, on data frames and on the command line, reads this table; so do the docs. A
new state is a module with `assess` and a row here.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal, get_args

from sledai.errors import require_one_of
from sledai.indices import doris, lldas, sfi
from sledai.indices.components import IndexResult
from sledai.indices.requirements import FirstVisit, NewSerology, Requirement
from sledai.visits import Visit

__all__ = ["DEFAULT", "STATES", "Carry", "Readings", "State"]

Carry = Literal["until the next visit", "since the visit before", "at both ends"]
"""For which time the state of a visit counts; "at both ends" asks for it at both visits."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Readings:
    """What the publications leave open, and how it is read over a patient's visits.

    The first three are those of `sledai.indices.sfi.assess`, the next two those of
    `sledai.indices.lldas.assess`, `prednisolone` is that of `sledai.indices.doris.assess`, and
    `carry` says for how long the state of a visit counts.

    Raises `InvalidInputError` for another `carry`; the indices raise for theirs.

    >>> print(Readings(variant="belimumab"))
    flare index belimumab; LLDAS: new serology counts, a first visit needs a statement; \
DORIS at <= 5 mg of prednisolone; a state counts until the next visit
    """

    variant: sfi.Variant = "original"
    severe_score_needs_rise_of_3: bool = False
    mycophenolate: bool = True
    new_serology: NewSerology = "counts"
    first_visit: FirstVisit = "needs a statement"
    prednisolone: doris.Prednisolone = "<="
    carry: Carry = "until the next visit"
    states: tuple[str, ...] = ("LLDAS", "DORIS")

    def __post_init__(self) -> None:
        require_one_of(self.carry, get_args(Carry), "carry")

    def __str__(self) -> str:
        parts = [f"flare index {self.variant}"]
        if self.severe_score_needs_rise_of_3:
            parts.append("a severe score needs a rise of 3")
        if not self.mycophenolate:
            parts.append("mycophenolate not counted")
        parts.append(
            f"LLDAS: new serology {'counts' if self.new_serology == 'counts' else 'is ignored'}, "
            f"a first visit {self.first_visit}"
        )
        parts.append(f"DORIS at {self.prednisolone} {doris.PREDNISOLONE_MG_DAY} mg of prednisolone")
        parts.append(f"a state counts {self.carry}")
        return "; ".join(parts)

    def flare(self, previous: Visit, visit: Visit) -> sfi.FlareResult:
        """Hold a visit against the previous one by the flare index, so read."""
        return sfi.assess(
            previous,
            visit,
            variant=self.variant,
            severe_score_needs_rise_of_3=self.severe_score_needs_rise_of_3,
            mycophenolate=self.mycophenolate,
        )


DEFAULT = Readings()
"""Each reading as its index has it by default."""


@dataclass(frozen=True, slots=True, kw_only=True)
class State:
    """A state: its name, what it means, and how a visit is judged beside the one before, if any.

    `assumes` tells that its index may count as no what nobody answered.
    """

    name: str
    meaning: str
    judge: Callable[[Visit | None, Visit, Readings], IndexResult]
    requirements: Callable[[Readings], tuple[Requirement, ...]]
    assumes: bool = False

    @property
    def column(self) -> str:
        """The name of its column in data frames."""
        return f"sledai_{self.name.lower()}"


STATES = {
    state.name: state
    for state in (
        State(
            name="LLDAS",
            meaning="low disease activity",
            judge=lambda previous, visit, readings: lldas.assess(
                previous,
                visit,
                new_serology=readings.new_serology,
                first_visit=readings.first_visit,
            ),
            requirements=lambda readings: lldas.requirements(new_serology=readings.new_serology, first_visit=readings.first_visit),
            assumes=True,
        ),
        State(
            name="DORIS",
            meaning="remission",
            judge=lambda _, visit, readings: doris.assess(
                visit, prednisolone=readings.prednisolone
            ),
            requirements=lambda readings: doris.requirements(prednisolone=readings.prednisolone),
        ),
    )
}
"""The states, by name."""
