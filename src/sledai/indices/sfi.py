"""SFI: the SELENA-SLEDAI flare index. One criterion is enough, and severe overrides mild/moderate.

Source: Petri 1999, by public reproductions that agree on all but whether a rise of exactly 3 points
counts; here it does. The paper itself was not read, and each citation says so.

What the publications leave open is a parameter of `assess`, or a reading that stands here:

- a descriptor that is newly present is new lupus of its kind, whatever the sign beside it says;
- severe signs count together with doubled prednisone, prednisone > 0.5 mg/kg/day or
  hospitalization, and a first dose of prednisone counts as doubled;
- "to > 12", "to > 2.5" and "to > 0.5 mg/kg/day" ask for a rise of any size that ends there. For
  the total a reproduction says so: there "no flare" is no total above 12 with an increase.
- that in the variant of the belimumab trials a rise to more than 12 is mild/moderate follows from
  nothing but the name of the variant: the citation of that criterion says that it was not read.
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from functools import cache, lru_cache
from itertools import product
from typing import Never, get_args

from pydantic import computed_field

from sledai.descriptors import Descriptor, listed
from sledai.displays import Displayed, Table
from sledai.errors import require_one_of
from sledai.indices.components import (
    Component,
    component,
    components_table,
    number_of,
    number_said,
)
from sledai.indices.sfi_criteria import (
    ANY_RISE,
    GLOBAL_RISE,
    HEMOGLOBIN,
    HEMOGLOBIN_FALL,
    MILD_DRUGS,
    MILD_SIGNS,
    MYCOPHENOLATE,
    PLATELETS,
    RISE,
    SEVERE_DOSE,
    SEVERE_DRUGS,
    SEVERE_GLOBAL,
    SEVERE_SIGNS,
    SEVERE_TOTAL,
    Facts,
    Flare,
    Parameters,
    Variant,
    answers_to,
)
from sledai.sources import PETRI_1999, Citation, Read
from sledai.visits import Visit
from sledai.visits.visit import refuse_order

__all__ = ["CRITERIA", "Flare", "FlareCriterion", "FlareResult", "Variant", "assess"]

_SOURCE = Citation(
    PETRI_1999,
    "flare index",
    Read.IN_REPRODUCTION,
    "medicalalgorithms.com/estrogen-lupus and ard.bmj.com/highwire/markup/278401",
)
_INFERRED = Citation(
    PETRI_1999, "flare index, what is left without the severe score", Read.NOT_READ
)


def _kinds(signs: Iterable[str]) -> str:
    return ", ".join(name.removeprefix("new_or_worse_").replace("_", " ") for name in signs)


def _total_said(earlier: Visit, later: Visit) -> str:
    before, now = earlier.bounds(), later.bounds()
    return f"total {before}, then {now}"


_Said = Callable[[Visit, Visit], str]
"""What is said of two visits."""


def _said_of_signs(signs: Mapping[str, frozenset[Descriptor]]) -> _Said:
    asked = tuple(frozenset[Descriptor]().union(*signs.values()))
    answers_said = _said_of(signs)

    def said(earlier: Visit, later: Visit) -> str:
        before, now = earlier.known.__dict__, later.known.__dict__
        new_signs = [d for d in asked if now[d] is True and before[d] is False]
        answers = answers_said(earlier, later)
        return f"newly present: {listed(new_signs)}; {answers}" if new_signs else answers

    return said


def _labs_said(earlier: Visit, later: Visit) -> str:
    hemolysis = {True: "yes", False: "no", None: "not known"}[later.hemolytic_anemia]
    return (
        f"platelets {later.platelets or 'not known'}, hemoglobin "
        f"{earlier.hemoglobin or 'not known'}, then {later.hemoglobin or 'not known'}, "
        f"hemolytic_anemia: {hemolysis}"
    )


@lru_cache(maxsize=1024)
def _answers_said(names: tuple[str, ...], answers: tuple[bool | None, ...]) -> str:
    said = dict(zip(names, answers, strict=True))
    parts = [
        f"{word}: {', '.join(so_answered)}"
        for word, answer in (("yes", True), ("not known", None), ("no", False))
        if (so_answered := [name for name, of_name in said.items() if of_name is answer])
    ]
    return "; ".join(parts)


def _said_of(names: Iterable[str]) -> _Said:
    asked = tuple(names)
    return lambda _, later: _answers_said(asked, answers_to(later, asked))


def _doses_said(earlier: Visit, later: Visit) -> str:
    before, now = (number_said(number_of(v, "prednisone_mg_day")) for v in (earlier, later))
    weight = number_said(number_of(later, "weight_kg"))
    return f"prednisone {before}, then {now} mg/d; weight {weight} kg"


def _global_said(earlier: Visit, later: Visit) -> str:
    before, now = (number_of(visit, GLOBAL_RISE.quantity) for visit in (earlier, later))
    return f"{GLOBAL_RISE.quantity} {number_said(before)}, then {number_said(now)}"


@dataclass(frozen=True, slots=True, kw_only=True)
class FlareCriterion(Displayed):
    """A criterion of the index: its outcome, what is asked, and how two visits answer it.

    `answers` gives all answers that the facts leave possible, and `said` what is said of the two
    visits. `where` names the parameters of `assess` with which the criterion belongs to the index;
    it belongs to each where there are none.
    """

    outcome: Flare
    name: str
    statement: str
    answers: Callable[[Facts], Iterable[bool]]
    said: _Said
    citation: Citation = _SOURCE
    where: Mapping[str, object] = field(default_factory=dict[str, object])

    def _headline(self) -> str:
        return f"{self.outcome}, {self.name}: {self.statement}"

    def belongs_to(self, parameters: Parameters) -> bool:
        """Say whether the index has the criterion with these parameters."""
        return all(getattr(parameters, name) == value for name, value in self.where.items())

    def on(self, facts: Facts, reason: str) -> Component:
        """Give the criterion as a component, with what is `said` of the two visits."""
        return component(self.name, self.statement, self.answers(facts), reason, self.citation)


_VARIANTS = get_args(Variant)
_severe_signs_said = _said_of_signs(SEVERE_SIGNS)
CRITERIA = (
    *(
        FlareCriterion(
            outcome=Flare.SEVERE,
            name="score",
            statement=f"rise by {rise.operator} {rise.value} to a total {SEVERE_TOTAL}",
            answers=lambda facts: {score.severe for score in facts.scores},
            said=_total_said,
            where={"variant": "original", "severe_score_needs_rise_of_3": needs_rise_of_3},
        )
        for rise, needs_rise_of_3 in ((ANY_RISE, False), (RISE, True))
    ),
    FlareCriterion(
        outcome=Flare.SEVERE,
        name="signs",
        statement=(
            f"new or worse {_kinds(SEVERE_SIGNS)}, platelets {PLATELETS}, or hemolytic anemia "
            f"with hemoglobin {HEMOGLOBIN} or a fall of {HEMOGLOBIN_FALL}; with doubled "
            f"prednisone, prednisone {SEVERE_DOSE}, or hospitalization"
        ),
        answers=lambda facts: {grave.signs for grave in facts.grave},
        said=lambda previous, visit: (
            f"{_severe_signs_said(previous, visit)}; {_labs_said(previous, visit)}"
        ),
    ),
    FlareCriterion(
        outcome=Flare.SEVERE,
        name="prednisone",
        statement=f"increase to {SEVERE_DOSE}",
        answers=lambda facts: {dose.severe for dose in facts.doses},
        said=_doses_said,
    ),
    *(
        FlareCriterion(
            outcome=Flare.SEVERE,
            name="drugs",
            statement=", ".join(drugs),
            answers=lambda facts: facts.severe_drugs,
            said=_said_of(drugs),
            where={"mycophenolate": mycophenolate},
        )
        for drugs, mycophenolate in (((*SEVERE_DRUGS, MYCOPHENOLATE), True), (SEVERE_DRUGS, False))
    ),
    FlareCriterion(
        outcome=Flare.SEVERE,
        name="hospitalization",
        statement="hospitalized_for_lupus",
        answers=lambda facts: facts.hospitalized,
        said=_said_of(["hospitalized_for_lupus"]),
    ),
    FlareCriterion(
        outcome=Flare.SEVERE,
        name="physician global",
        statement=f"rise to {SEVERE_GLOBAL}",
        answers=lambda facts: {rise.severe for rise in facts.globals},
        said=_global_said,
    ),
    *(
        FlareCriterion(
            outcome=Flare.MILD_MODERATE,
            name="score",
            statement=f"rise by {RISE}{ends}",
            answers=lambda facts: {score.mild for score in facts.scores},
            said=_total_said,
            citation=citation,
            where={"variant": variant},
        )
        for variant, ends, citation in (
            ("original", f", not to a total {SEVERE_TOTAL}", _SOURCE),
            ("belimumab", "", _INFERRED),
        )
    ),
    FlareCriterion(
        outcome=Flare.MILD_MODERATE,
        name="signs",
        statement=f"new or worse {_kinds(MILD_SIGNS)}",
        answers=lambda facts: {
            sign or score.mild_sign for sign, score in product(facts.mild_signs, facts.scores)
        },
        said=_said_of_signs(MILD_SIGNS),
    ),
    FlareCriterion(
        outcome=Flare.MILD_MODERATE,
        name="prednisone",
        statement=f"increase, not to {SEVERE_DOSE}",
        answers=lambda facts: {dose.mild for dose in facts.doses},
        said=_doses_said,
    ),
    FlareCriterion(
        outcome=Flare.MILD_MODERATE,
        name="drugs",
        statement=", ".join(MILD_DRUGS),
        answers=lambda facts: facts.mild_drugs,
        said=_said_of(MILD_DRUGS),
    ),
    FlareCriterion(
        outcome=Flare.MILD_MODERATE,
        name="physician global",
        statement=f"rise by {GLOBAL_RISE}, not to {SEVERE_GLOBAL}",
        answers=lambda facts: {rise.mild for rise in facts.globals},
        said=_global_said,
    ),
)
"""The criteria, in the order in which they are reported."""


@dataclass(frozen=True, slots=True, kw_only=True)
class FlareResult(Displayed):
    """What the flare index says: every criterion, and the outcomes that are possible.

    `possible` holds one outcome where the answers settle it. A result has no truth value.
    """

    variant: Variant
    possible: frozenset[Flare]
    severe: tuple[Component, ...]
    mild_moderate: tuple[Component, ...]

    @computed_field  # type: ignore[prop-decorator]
    @property
    def flare(self) -> Flare | None:
        """The outcome, or None where more than one is possible."""
        return next(iter(self.possible)) if len(self.possible) == 1 else None

    @property
    def outcome(self) -> str:
        """The outcomes that are possible, in words."""
        return " or ".join(flare for flare in Flare if flare in self.possible)

    def __bool__(self) -> Never:
        """Refuse a truth value: no flare would count as true."""
        raise TypeError("a FlareResult has three outcomes: ask for its `flare` or `possible`")

    def __str__(self) -> str:
        lines = [f"SFI ({self.variant}): {self.outcome}"]
        for name, components in (("severe", self.severe), ("mild/moderate", self.mild_moderate)):
            lines += [f"  {name}, {one}" for one in components]
        return "\n".join(lines)

    def _tables(self) -> Iterable[Table]:
        yield components_table(self.severe, Flare.SEVERE)
        yield components_table(self.mild_moderate, Flare.MILD_MODERATE)


def assess(
    previous: Visit,
    visit: Visit,
    *,
    variant: Variant = "original",
    severe_score_needs_rise_of_3: bool = False,
    mycophenolate: bool = True,
) -> FlareResult:
    """Say whether a visit is a flare since a previous one, with every criterion.

    `variant="belimumab"` is the index of the belimumab trials, without the severe criterion on the
    total; that a rise of 3 points is mild/moderate there however high it ends is an inference. By
    default any rise to more than 12 is severe, as a reproduction has it;
    `severe_score_needs_rise_of_3` asks for a rise of 3 there too. New
    mycophenolate counts as the other immunosuppressants do, as in later forms of the index;
    `mycophenolate=False` keeps to those of 1999. Doses by kg use the weight at `visit`.

    Raises `InvalidInputError` for another variant, for what is neither true nor false, and for a
    visit that is not after the previous.

    Source: Petri 1999, as reproduced.

    >>> from sledai import Assessment
    >>> before = Visit(date="2024-01-16", assessment=Assessment.of(present={"rash"}))
    >>> after = Visit(date="2024-04-16", assessment=Assessment.of(present={"rash", "seizure"}))
    >>> result = assess(before, after)
    >>> sorted(result.possible), result.mild_moderate[0].reason
    ([<Flare.MILD_MODERATE: 'mild/moderate'>, <Flare.SEVERE: 'severe'>], 'total 2, then 10')
    """
    require_one_of(variant, _VARIANTS, "variant")
    for name, reading in (
        ("severe_score_needs_rise_of_3", severe_score_needs_rise_of_3),
        ("mycophenolate", mycophenolate),
    ):
        require_one_of(reading, (True, False), name)
    refuse_order(previous, visit, "previous")
    parameters = Parameters(
        variant=variant,
        severe_score_needs_rise_of_3=severe_score_needs_rise_of_3,
        mycophenolate=mycophenolate,
    )
    facts = Facts.of(previous, visit, parameters)
    components: dict[Flare, list[Component]] = {Flare.SEVERE: [], Flare.MILD_MODERATE: []}
    said: dict[_Said, str] = {}  # of severe and of mild, often the same
    for criterion in _criteria_of(parameters):
        if (reason := said.get(criterion.said)) is None:
            reason = said[criterion.said] = criterion.said(previous, visit)
        components[criterion.outcome].append(criterion.on(facts, reason))
    return FlareResult(
        variant=variant,
        possible=facts.possible(),
        severe=tuple(components[Flare.SEVERE]),
        mild_moderate=tuple(components[Flare.MILD_MODERATE]),
    )


@cache
def _criteria_of(parameters: Parameters) -> tuple[FlareCriterion, ...]:
    return tuple(criterion for criterion in CRITERIA if criterion.belongs_to(parameters))
