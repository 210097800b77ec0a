"""What the flare index asks two visits: limits, signs, parameters, and how each may come out."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum
from fractions import Fraction
from functools import lru_cache
from itertools import product
from typing import Literal, NamedTuple, Self

from sledai.definitions.clauses import Limit
from sledai.descriptors import CNS_LUPUS, Descriptor
from sledai.indices.components import GLOBAL_UNIT, number_of
from sledai.indices.unknowns import TotalPairs, pairs_where, points, transitions
from sledai.quantities import Quantity, checked
from sledai.visits import Visit
from sledai.visits.visit import HEAVIEST_KG, LIGHTEST_KG, MOST_GLOBAL, MOST_PREDNISONE

__all__ = [
    "ANY_RISE",
    "GLOBAL_RISE",
    "HEMOGLOBIN",
    "HEMOGLOBIN_FALL",
    "MILD_DRUGS",
    "MILD_SIGNS",
    "MYCOPHENOLATE",
    "PLATELETS",
    "RISE",
    "SEVERE_DOSE",
    "SEVERE_DRUGS",
    "SEVERE_GLOBAL",
    "SEVERE_SIGNS",
    "SEVERE_TOTAL",
    "Facts",
    "Flare",
    "Parameters",
    "Variant",
    "answers_to",
]

Variant = Literal["original", "belimumab"]
"""The index as published, or as in the belimumab trials."""

ANY_RISE = Limit("total", ">=", Decimal(1), "points")
RISE = Limit("total", ">=", Decimal(3), "points")
SEVERE_TOTAL = Limit("total", ">", Decimal(12), "points")
GLOBAL_RISE = Limit("physician_global", ">=", Decimal(1), GLOBAL_UNIT)
SEVERE_GLOBAL = Limit("physician_global", ">", Decimal("2.5"), GLOBAL_UNIT)
SEVERE_DOSE = Limit("prednisone", ">", Decimal("0.5"), "mg/kg/day")
PLATELETS = Limit("platelets", "<", Decimal(60_000), "/mm3")
HEMOGLOBIN = Limit("hemoglobin", "<", Decimal(7), "g/dL")
HEMOGLOBIN_FALL = Limit("hemoglobin", ">", Decimal(3), "g/dL")

MILD_SIGNS = {
    "new_or_worse_rash": frozenset[Descriptor](),
    "new_or_worse_nasopharyngeal_ulcers": frozenset({Descriptor.MUCOSAL_ULCERS}),
    "new_or_worse_pleuritis": frozenset({Descriptor.PLEURISY}),
    "new_or_worse_pericarditis": frozenset({Descriptor.PERICARDITIS}),
    "new_or_worse_arthritis": frozenset({Descriptor.ARTHRITIS}),
    "new_or_worse_fever": frozenset({Descriptor.FEVER}),
}
"""The signs of a mild/moderate flare, with the descriptors that are one of them when new."""
SEVERE_SIGNS = {
    "new_or_worse_cns_lupus": CNS_LUPUS,
    "new_or_worse_vasculitis": frozenset({Descriptor.VASCULITIS}),
    "new_or_worse_nephritis": frozenset[Descriptor](),
    "new_or_worse_myositis": frozenset({Descriptor.MYOSITIS}),
}
"""The signs of a severe flare, in the same way; the laboratory ones stand beside them."""
MILD_DRUGS = ("new_nsaid", "new_hydroxychloroquine")
SEVERE_DRUGS = ("new_cyclophosphamide", "new_azathioprine", "new_methotrexate")
MYCOPHENOLATE = "new_mycophenolate"


@dataclass(frozen=True, slots=True, kw_only=True)
class Parameters:
    """How the index is read where its publications leave something open: see `sfi.assess`."""

    variant: Variant
    severe_score_needs_rise_of_3: bool
    mycophenolate: bool

    @property
    def severe_rise(self) -> Limit:
        """The rise of the total that the severe score asks for."""
        return RISE if self.severe_score_needs_rise_of_3 else ANY_RISE

    @property
    def severe_drugs(self) -> tuple[str, ...]:
        """The drugs of which a new one is a severe flare."""
        return (*SEVERE_DRUGS, MYCOPHENOLATE) if self.mycophenolate else SEVERE_DRUGS


class Flare(StrEnum):
    """The outcomes, from none to severe."""

    NONE = "none"
    MILD_MODERATE = "mild/moderate"
    SEVERE = "severe"


class _Score(NamedTuple):
    mild: bool
    severe: bool
    mild_sign: bool
    severe_sign: bool


class _Dose(NamedTuple):
    increased: bool
    doubled: bool
    high: bool

    @property
    def mild(self) -> bool:
        return self.increased and not self.high

    @property
    def severe(self) -> bool:
        return self.increased and self.high


class _Global(NamedTuple):
    mild: bool
    severe: bool


class _Grave(NamedTuple):
    """What follows of signs, doses and hospitalization together: the outcome, and one criterion."""

    outcome: Flare
    signs: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Facts:
    """All that the criteria ask for, each with the ways in which it may come out.

    The ways are independent of each other: what depends on each other is in one of them. `grave`
    is what scores, doses, severe signs and hospitalization come to together.
    """

    scores: frozenset[_Score]
    doses: frozenset[_Dose]
    globals: frozenset[_Global]
    mild_signs: frozenset[bool]
    mild_drugs: frozenset[bool]
    severe_drugs: frozenset[bool]
    hospitalized: frozenset[bool]
    grave: frozenset[_Grave]

    @classmethod
    def of(cls, earlier: Visit, later: Visit, parameters: Parameters) -> Self:
        """Find the ways for two visits."""
        scores, doses = _scores(earlier, later, parameters), _doses(earlier, later)
        ratings = (number_of(visit, GLOBAL_RISE.quantity) for visit in (earlier, later))
        hospitalized = _any([later.hospitalized_for_lupus])
        return cls(
            scores=scores,
            doses=doses,
            globals=_globals(*ratings),
            mild_signs=_any(answers_to(later, MILD_SIGNS)),
            mild_drugs=_any(answers_to(later, MILD_DRUGS)),
            severe_drugs=_any(answers_to(later, parameters.severe_drugs)),
            hospitalized=hospitalized,
            grave=_grave(scores, doses, _any(_severe_signs(earlier, later)), hospitalized),
        )

    def possible(self) -> frozenset[Flare]:
        """Give the outcomes over all ways; of the criteria the gravest counts."""
        return _gravest(
            frozenset(grave.outcome for grave in self.grave),
            frozenset(_flare(severe=rise.severe, mild=rise.mild) for rise in self.globals),
            _MILD_IF[self.mild_signs],
            _MILD_IF[self.mild_drugs],
            _SEVERE_IF[self.severe_drugs],
        )


def answers_to(visit: Visit, names: Iterable[str]) -> tuple[bool | None, ...]:
    """Give the answers of a visit to questions, in their order."""
    answers = visit.__dict__
    return tuple([answers[name] for name in names])


def _flare(*, severe: bool, mild: bool) -> Flare:
    return Flare.SEVERE if severe else Flare.MILD_MODERATE if mild else Flare.NONE


_NO, _YES = frozenset({False}), frozenset({True})
_OPEN = _NO | _YES
_MILD_IF = {
    ways: frozenset(_flare(severe=False, mild=way) for way in ways) for ways in (_NO, _YES, _OPEN)
}
_SEVERE_IF = {
    ways: frozenset(_flare(severe=way, mild=False) for way in ways) for ways in (_NO, _YES, _OPEN)
}


# What parts come to is the same for all visits of which the parts may come out in the same ways,
# and these are few.
@lru_cache(maxsize=1024)
def _gravest(*parts: frozenset[Flare]) -> frozenset[Flare]:
    grades = list(Flare)
    return frozenset(max(ways, key=grades.index) for ways in product(*parts))


@lru_cache(maxsize=1024)
def _grave(
    scores: frozenset[_Score],
    doses: frozenset[_Dose],
    severe_signs: frozenset[bool],
    hospitalized: frozenset[bool],
) -> frozenset[_Grave]:
    found: set[_Grave] = set()
    for score, dose, sign, stay in product(scores, doses, severe_signs, hospitalized):
        counts = (sign or score.severe_sign) and (dose.doubled or dose.high or stay)
        severe = score.severe or counts or stay or dose.severe
        mild = score.mild or score.mild_sign or dose.mild
        found.add(_Grave(_flare(severe=severe, mild=mild), counts))
    return frozenset(found)


def _any(answers: Collection[bool | None]) -> frozenset[bool]:
    """Say whether any may be true, where the answers are independent of each other."""
    if True in answers:
        return _YES
    return _OPEN if None in answers else _NO


_KINDS = {
    **dict.fromkeys(frozenset[Descriptor]().union(*MILD_SIGNS.values()), frozenset({"mild"})),
    **dict.fromkeys(frozenset[Descriptor]().union(*SEVERE_SIGNS.values()), frozenset({"severe"})),
}


def _scores(earlier: Visit, later: Visit, parameters: Parameters) -> frozenset[_Score]:
    outcomes = _pairs_of_outcomes(parameters)
    return frozenset(
        [
            _Score(mild, severe, "mild" in new, "severe" in new)
            for new, pairs in transitions(earlier, later, _KINDS).items()
            for (mild, severe), so in outcomes
            if pairs & so
        ]
    )


@lru_cache
def _pairs_of_outcomes(
    parameters: Parameters,
) -> tuple[tuple[tuple[bool, bool], TotalPairs], ...]:
    """Give the totals that are a mild/moderate flare, a severe one, and neither."""
    to_severe = parameters.variant == "original"

    def is_severe_total(now: int) -> bool:
        return to_severe and now > SEVERE_TOTAL.value

    mild = pairs_where(lambda was, now: now - was >= RISE.value and not is_severe_total(now))
    severe = pairs_where(
        lambda was, now: now - was >= parameters.severe_rise.value and is_severe_total(now)
    )
    others = pairs_where(lambda _, __: True) & ~(mild | severe)
    return ((True, False), mild), ((False, True), severe), ((False, False), others)


def _doses(earlier: Visit, later: Visit) -> frozenset[_Dose]:
    before, now = (number_of(visit, "prednisone_mg_day") for visit in (earlier, later))
    weight = number_of(later, "weight_kg")
    if now is None:
        return _any_dose(before, weight)
    # Of a known dose the increase and the dose by weight do not depend on each other.
    highs = _high(now, weight)
    return frozenset([_Dose(*rise, high) for rise in _increases(before, now) for high in highs])


_LEAST, _MOST = Fraction(0), Fraction(MOST_PREDNISONE)
_LIGHTEST, _HEAVIEST = Fraction(LIGHTEST_KG), Fraction(HEAVIEST_KG)
_PER_KG = Fraction(SEVERE_DOSE.value)


@lru_cache(maxsize=1024)
def _any_dose(before: Decimal | None, weight: Decimal | None) -> frozenset[_Dose]:
    doses: set[_Dose] = set()
    for kg in points(weight, _LIGHTEST, _HEAVIEST, []):
        high = _PER_KG * kg
        for was in points(before, _LEAST, _MOST, [high / 2, high]):
            for dose in points(None, _LEAST, _MOST, [was, 2 * was, high]):
                doses.add(_Dose(*_rise(was, dose), dose > high))
    return frozenset(doses)


@lru_cache(maxsize=1024)
def _increases(before: Decimal | None, now: Decimal) -> frozenset[tuple[bool, bool]]:
    dose = Fraction(now)
    return frozenset(_rise(was, dose) for was in points(before, _LEAST, _MOST, [dose / 2, dose]))


@lru_cache(maxsize=1024)
def _high(now: Decimal, weight: Decimal | None) -> frozenset[bool]:
    dose = Fraction(now)
    kgs = points(weight, _LIGHTEST, _HEAVIEST, [dose / _PER_KG])
    return frozenset(dose > _PER_KG * kg for kg in kgs)


def _rise(was: Fraction, dose: Fraction) -> tuple[bool, bool]:
    """Say whether a dose is increased, and whether it is doubled."""
    increased = dose > was
    return increased, increased and dose >= 2 * was


@lru_cache(maxsize=1024)
def _globals(before: Decimal | None, now: Decimal | None) -> frozenset[_Global]:
    least, most = Fraction(0), Fraction(MOST_GLOBAL)
    rise, severe = Fraction(GLOBAL_RISE.value), Fraction(SEVERE_GLOBAL.value)
    near = [severe - rise, severe] if now is None else [Fraction(now) - rise, Fraction(now)]
    return frozenset(
        _Global(
            mild=value - was >= rise and value <= severe,
            severe=value > was and value > severe,
        )
        for was in points(before, least, most, near)
        for value in points(now, least, most, [was, was + rise, severe])
    )


def _severe_signs(earlier: Visit, later: Visit) -> tuple[bool | None, ...]:
    return (
        *answers_to(later, SEVERE_SIGNS),
        _lab(later.platelets, PLATELETS),
        _hemolysis(earlier, later),
    )


def _hemolysis(earlier: Visit, later: Visit) -> bool | None:
    if later.hemolytic_anemia is False:
        return False
    low = _lab(later.hemoglobin, HEMOGLOBIN)
    fallen = None
    if isinstance(earlier.hemoglobin, Quantity) and isinstance(later.hemoglobin, Quantity):
        fall = checked("hemoglobin", earlier.hemoglobin) - checked("hemoglobin", later.hemoglobin)
        fallen = fall.is_past(HEMOGLOBIN_FALL.operator, Fraction(HEMOGLOBIN_FALL.value))
    grave = True if True in {low, fallen} else None if None in {low, fallen} else False
    return grave if later.hemolytic_anemia or grave is False else None


@lru_cache(maxsize=1024)
def _lab(value: object, limit: Limit) -> bool | None:
    if not isinstance(value, Quantity):
        return None
    return checked(limit.quantity, value).is_past(limit.operator, Fraction(limit.value))
