"""The states in which a visit can be, each a row: low disease activity and remission.

What follows patients, on data frames and on the command line, reads this table; so do the docs. A
new state is a module with `assess` and `requirements`, and a row here.
"""

import re
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from typing import Literal, get_args

from sledai.definitions import Edition
from sledai.displays import Displayed, Value
from sledai.errors import require_one_of, require_several
from sledai.indices import ccr, clldas, disease_control, doris, doris_2017, lldas, sfi
from sledai.indices.components import IndexResult
from sledai.indices.requirements import (
    FirstVisit,
    NewSerology,
    NothingNew,
    Requirement,
    required,
)
from sledai.visits import Visit

__all__ = ["DEFAULT", "STATES", "Carry", "Readings", "State"]

Carry = Literal["until the next visit", "since the visit before", "at both ends"]
"""For which time the state of a visit counts; "at both ends" asks for it at both visits."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Readings(Value):
    """What the publications leave open, and how it is read over a patient's visits.

    The first three are those of `sledai.indices.sfi.assess`, the next two those of
    `sledai.indices.lldas.assess`, `prednisolone` is that of `sledai.indices.doris.assess`, and
    `carry` says for how long the state of a visit counts. `states` names the rows of `STATES` that
    are followed, in their order.

    Raises `InvalidInputError` for another `carry` or state; the indices raise for theirs.

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
        require_several(self.states, "states", f"names of states, of {', '.join(STATES)}")
        for name in self.states:
            require_one_of(name, list(STATES), "states")
        object.__setattr__(self, "states", tuple(dict.fromkeys(self.states)))

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
        if self.states != DEFAULT.states:
            parts.append(f"states followed: {', '.join(self.states) or 'none'}")
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


@dataclass(frozen=True, slots=True, kw_only=True)
class State(Displayed):
    """A state: its name, what it means, and what it asks of a visit, so read.

    `index` is the name of the result. `requirements` gives what is asked for, each of which is
    needed. `edition` is that by which the score is to be rated, None where none is named.
    """

    name: str
    meaning: str
    index: str
    requirements: Callable[[Readings], tuple[Requirement, ...]]
    edition: Edition | None = None

    def _headline(self) -> str:
        return f"{self.name}: {self.meaning}"

    @property
    def column(self) -> str:
        """The name of its column in data frames.

        >>> STATES["cCR-0"].column
        'sledai_ccr_0'
        """
        return "sledai_" + re.sub(r"\W+", "_", self.name.lower())

    @property
    def assumes(self) -> bool:
        """Whether it may count as no what nobody answered."""
        return any(isinstance(one, NothingNew) for one in self.requirements(DEFAULT))

    def judge(self, previous: Visit | None, visit: Visit, readings: Readings) -> IndexResult:
        """Say whether a visit is in the state, beside the one before, if there is one."""
        return self.judge_by(readings)(previous, visit)

    def judge_by(self, readings: Readings) -> Callable[[Visit | None, Visit], IndexResult]:
        """Give `judge` by readings that stay the same, so that what is asked is read once."""
        return partial(required, self.index, self.requirements(readings))


STATES = {
    state.name: state
    for state in (
        State(
            name="LLDAS",
            meaning="low disease activity",
            index="LLDAS",
            requirements=lambda readings: lldas.requirements(
                new_serology=readings.new_serology, first_visit=readings.first_visit
            ),
            edition=Edition.SLEDAI_2K,
        ),
        State(
            name="DORIS",
            meaning="remission",
            index="DORIS 2021",
            requirements=lambda readings: doris.requirements(prednisolone=readings.prednisolone),
        ),
        State(
            name="cLLDAS",
            meaning="low disease activity of childhood lupus",
            index="cLLDAS",
            requirements=lambda readings: clldas.requirements(
                new_serology=readings.new_serology, first_visit=readings.first_visit
            ),
            edition=Edition.SLEDAI_2K,
        ),
        State(
            name="cCR",
            meaning="remission of childhood lupus",
            index="cCR",
            requirements=lambda _: ccr.requirements("cCR"),
            edition=Edition.SLEDAI_2K,
        ),
        State(
            name="cCR-0",
            meaning="remission of childhood lupus without glucocorticoid",
            index="cCR-0",
            requirements=lambda _: ccr.requirements("cCR-0"),
            edition=Edition.SLEDAI_2K,
        ),
        State(
            name="DORIS 2017 on treatment",
            meaning="remission on treatment, as of 2017",
            index="DORIS 2017 on treatment",
            requirements=lambda _: doris_2017.requirements("on treatment"),
        ),
        State(
            name="DORIS 2017 complete",
            meaning="complete remission, as of 2017",
            index="DORIS 2017 complete",
            requirements=lambda _: doris_2017.requirements("complete"),
        ),
        State(
            name="disease control",
            meaning="disease control",
            index="disease control",
            requirements=lambda _: disease_control.requirements(),
            edition=Edition.SLEDAI_2K,
        ),
    )
}
"""The states, by name."""

DEFAULT = Readings()
"""Each reading as its index has it by default, and two states that are followed."""
