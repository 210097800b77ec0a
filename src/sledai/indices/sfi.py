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

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from itertools import product
from typing import Never, cast, get_args

from pydantic import computed_field

from sledai.descriptors import Descriptor, listed
from sledai.errors import require_one_of
from sledai.indices.components import Component, assessment_of, component, number_of, number_said
from sledai.indices.flares import (
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
    Variant,
)
from sledai.scoring import score_bounds
from sledai.sources import PETRI_1999, Citation, Read
from sledai.visits import Visit, refuse_order

__all__ = ["Flare", "FlareResult", "Variant", "assess"]

_SOURCE = Citation(
    PETRI_1999,
    "flare index",
    Read.IN_REPRODUCTION,
    "medicalalgorithms.com/estrogen-lupus and ard.bmj.com/highwire/markup/278401",
)
_INFERRED = Citation(
    PETRI_1999, "flare index, what is left without the severe score", Read.NOT_READ
)


@dataclass(frozen=True, slots=True, kw_only=True)
class FlareResult:
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

    def __bool__(self) -> Never:
        """Refuse a truth value: no flare would count as true."""
        raise TypeError("a FlareResult has three outcomes: ask for its `flare` or `possible`")

    def __str__(self) -> str:
        said = " or ".join(flare for flare in Flare if flare in self.possible)
        lines = [f"SFI ({self.variant}): {said}"]
        for name, components in (("severe", self.severe), ("mild/moderate", self.mild_moderate)):
            lines += [f"  {name}, {one}" for one in components]
        return "\n".join(lines)


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

    Raises `InvalidInputError` for another variant and for a visit that is not after the previous.

    Source: Petri 1999, as reproduced.

    >>> from sledai import Assessment
    >>> before = Visit(date="2024-01-16", assessment=Assessment.of(present={"rash"}))
    >>> after = Visit(date="2024-04-16", assessment=Assessment.of(present={"rash", "seizure"}))
    >>> result = assess(before, after)
    >>> sorted(result.possible), result.mild_moderate[0].reason
    ([<Flare.MILD_MODERATE: 'mild/moderate'>, <Flare.SEVERE: 'severe'>], 'total 2, then 10')
    """
    require_one_of(variant, get_args(Variant), "variant")
    refuse_order(previous, visit, "previous")
    drugs = (*SEVERE_DRUGS, MYCOPHENOLATE) if mycophenolate else SEVERE_DRUGS
    least_rise = int(RISE.value) if severe_score_needs_rise_of_3 else 1
    facts = Facts.of(previous, visit, variant, least_rise, drugs)
    return FlareResult(
        variant=variant,
        possible=facts.possible(),
        severe=_severe_components(facts, previous, visit, variant, least_rise, drugs),
        mild_moderate=_mild_components(facts, previous, visit, variant),
    )


def _severe_components(
    facts: Facts,
    earlier: Visit,
    later: Visit,
    variant: Variant,
    least_rise: int,
    drugs: tuple[str, ...],
) -> tuple[Component, ...]:
    found = [
        component(
            "signs",
            (
                f"new or worse {_kinds(SEVERE_SIGNS)}, platelets {PLATELETS}, or hemolytic anemia "
                f"with hemoglobin {HEMOGLOBIN} or a fall of {HEMOGLOBIN_FALL}; with doubled "
                f"prednisone, prednisone {SEVERE_DOSE}, or hospitalization"
            ),
            {counts for _, _, _, counts in facts.grave()},
            f"{_signs_said(earlier, later, SEVERE_SIGNS)}; {_labs_said(earlier, later)}",
            _SOURCE,
        ),
        component(
            "prednisone",
            f"increase to {SEVERE_DOSE}",
            {dose.increased and dose.high for dose in facts.doses},
            _doses_said(earlier, later),
            _SOURCE,
        ),
        component(
            "drugs",
            f"{', '.join(drugs)}",
            facts.severe_drugs,
            _answers_said(later, drugs),
            _SOURCE,
        ),
        component(
            "hospitalization",
            "hospitalized_for_lupus",
            facts.hospitalized,
            _answers_said(later, ["hospitalized_for_lupus"]),
            _SOURCE,
        ),
        component(
            "physician global",
            f"rise to {SEVERE_GLOBAL}",
            {one.severe for one in facts.globals},
            _global_said(earlier, later),
            _SOURCE,
        ),
    ]
    if variant == "original":
        score = component(
            "score",
            f"rise by >= {least_rise} to a total {SEVERE_TOTAL}",
            {score.severe for score in facts.scores},
            _total_said(earlier, later),
            _SOURCE,
        )
        found.insert(0, score)
    return tuple(found)


def _mild_components(
    facts: Facts, earlier: Visit, later: Visit, variant: Variant
) -> tuple[Component, ...]:
    ends, source = f", not to a total {SEVERE_TOTAL}", _SOURCE
    if variant == "belimumab":
        ends, source = "", _INFERRED
    return (
        component(
            "score",
            f"rise by {RISE}{ends}",
            {score.mild for score in facts.scores},
            _total_said(earlier, later),
            source,
        ),
        component(
            "signs",
            f"new or worse {_kinds(MILD_SIGNS)}",
            {sign or score.mild_sign for sign, score in product(facts.mild_signs, facts.scores)},
            _signs_said(earlier, later, MILD_SIGNS),
            _SOURCE,
        ),
        component(
            "prednisone",
            f"increase, not to {SEVERE_DOSE}",
            {dose.increased and not dose.high for dose in facts.doses},
            _doses_said(earlier, later),
            _SOURCE,
        ),
        component(
            "drugs",
            f"{', '.join(MILD_DRUGS)}",
            facts.mild_drugs,
            _answers_said(later, MILD_DRUGS),
            _SOURCE,
        ),
        component(
            "physician global",
            f"rise by {GLOBAL_RISE}, not to {SEVERE_GLOBAL}",
            {one.mild for one in facts.globals},
            _global_said(earlier, later),
            _SOURCE,
        ),
    )


def _kinds(signs: Iterable[str]) -> str:
    return ", ".join(name.removeprefix("new_or_worse_").replace("_", " ") for name in signs)


def _total_said(earlier: Visit, later: Visit) -> str:
    before, now = (score_bounds(assessment_of(visit)) for visit in (earlier, later))
    return f"total {before}, then {now}"


def _signs_said(earlier: Visit, later: Visit, signs: Mapping[str, frozenset[Descriptor]]) -> str:
    new = assessment_of(later).present & assessment_of(earlier).absent
    seen = new & frozenset[Descriptor]().union(*signs.values())
    said = [f"newly present: {listed(seen)}"] if seen else []
    return "; ".join([*said, _answers_said(later, signs)])


def _labs_said(earlier: Visit, later: Visit) -> str:
    hemolysis = {True: "yes", False: "no", None: "not known"}[later.hemolytic_anemia]
    return (
        f"platelets {later.platelets or 'not known'}, hemoglobin "
        f"{earlier.hemoglobin or 'not known'}, then {later.hemoglobin or 'not known'}, "
        f"hemolytic_anemia: {hemolysis}"
    )


def _answers_said(visit: Visit, names: Iterable[str]) -> str:
    found = {name: cast("bool | None", getattr(visit, name)) for name in names}
    said = [
        f"{word}: {', '.join(chosen)}"
        for word, answer in (("yes", True), ("not known", None), ("no", False))
        if (chosen := [name for name, given in found.items() if given is answer])
    ]
    return "; ".join(said)


def _doses_said(earlier: Visit, later: Visit) -> str:
    before, now = (number_said(number_of(v, "prednisone_mg_day")) for v in (earlier, later))
    weight = number_said(number_of(later, "weight_kg"))
    return f"prednisone {before}, then {now} mg/d; weight {weight} kg"


def _global_said(earlier: Visit, later: Visit) -> str:
    before, now = (number_of(visit, GLOBAL_RISE.quantity) for visit in (earlier, later))
    return f"{GLOBAL_RISE.quantity} {number_said(before)}, then {number_said(now)}"
