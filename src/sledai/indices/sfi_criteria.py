"""What the flare index asks two visits: limits, signs, parameters, and how each may come out."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum
from fractions import Fraction
from itertools import product
from typing import Literal, NamedTuple, Self

from sledai.definitions.clauses import Limit
from sledai.descriptors import CNS_LUPUS, Descriptor
from sledai.indices.components import GLOBAL_UNIT, number_of
from sledai.indices.unknowns import points, transitions
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


@dataclass(frozen=True, slots=True, kw_only=True)
class Facts:
    """All that the criteria ask for, each with the ways in which it may come out.

    The ways are independent of each other: what depends on each other is in one of them.
    """

    scores: set[_Score]
    doses: set[_Dose]
    globals: set[_Global]
    mild_signs: set[bool]
    severe_signs: set[bool]
    mild_drugs: set[bool]
    severe_drugs: set[bool]
    hospitalized: set[bool]

    @classmethod
    def of(cls, earlier: Visit, later: Visit, parameters: Parameters) -> Self:
        """Find the ways for two visits."""
        return cls(
            scores=_scores(earlier, later, parameters),
            doses=_doses(earlier, later),
            globals=_globals(earlier, later),
            mild_signs=_any(getattr(later, name) for name in MILD_SIGNS),
            severe_signs=_any(_severe_signs(earlier, later)),
            mild_drugs=_any(getattr(later, name) for name in MILD_DRUGS),
            severe_drugs=_any(getattr(later, name) for name in parameters.severe_drugs),
            hospitalized=_any([later.hospitalized_for_lupus]),
        )

    def grave(self) -> Iterator[tuple[_Score, _Dose, bool, bool]]:
        """Give each way with its last: whether severe signs count as severe flare."""
        for score, dose, sign, stay in product(
            self.scores, self.doses, self.severe_signs, self.hospitalized
        ):
            counts = (sign or score.severe_sign) and (dose.doubled or dose.high or stay)
            yield score, dose, stay, counts

    def possible(self) -> frozenset[Flare]:
        """Give the outcomes over all ways; of the criteria the gravest counts."""
        parts = [
            {
                _flare(
                    severe=score.severe or signs or stay or dose.severe,
                    mild=score.mild or score.mild_sign or dose.mild,
                )
                for score, dose, stay, signs in self.grave()
            },
            {_flare(severe=rise.severe, mild=rise.mild) for rise in self.globals},
            {_flare(severe=False, mild=sign) for sign in self.mild_signs},
            {_flare(severe=False, mild=drug) for drug in self.mild_drugs},
            {_flare(severe=drug, mild=False) for drug in self.severe_drugs},
        ]
        return frozenset(max(ways, key=list(Flare).index) for ways in product(*parts))


def _flare(*, severe: bool, mild: bool) -> Flare:
    return Flare.SEVERE if severe else Flare.MILD_MODERATE if mild else Flare.NONE


def _any(answers: Iterable[bool | None]) -> set[bool]:
    """Say whether any may be true, where the answers are independent of each other."""
    answers = set(answers)
    if True in answers:
        return {True}
    return {False, True} if None in answers else {False}


def _scores(earlier: Visit, later: Visit, parameters: Parameters) -> set[_Score]:
    kinds = {
        "mild": frozenset[Descriptor]().union(*MILD_SIGNS.values()),
        "severe": frozenset[Descriptor]().union(*SEVERE_SIGNS.values()),
    }
    most = int(SEVERE_TOTAL.value)
    scores: set[_Score] = set()
    for rise, total, new in transitions(earlier, later, kinds, most_total=most):
        severe_total = parameters.variant == "original" and total > most
        scores.add(
            _Score(
                mild=rise >= RISE.value and not severe_total,
                severe=severe_total and rise >= parameters.severe_rise.value,
                mild_sign="mild" in new,
                severe_sign="severe" in new,
            )
        )
    return scores


def _doses(earlier: Visit, later: Visit) -> set[_Dose]:
    before, now = (number_of(visit, "prednisone_mg_day") for visit in (earlier, later))
    weight = number_of(later, "weight_kg")
    per_kg = Fraction(SEVERE_DOSE.value)
    doses: set[_Dose] = set()
    least, most = Fraction(0), Fraction(MOST_PREDNISONE)
    heaviness = [] if now is None else [Fraction(now) / per_kg]
    for kg in points(weight, Fraction(LIGHTEST_KG), Fraction(HEAVIEST_KG), heaviness):
        high = per_kg * kg
        near = [high / 2, high] if now is None else [Fraction(now) / 2, Fraction(now)]
        for was in points(before, least, most, near):
            for dose in points(now, least, most, [was, 2 * was, high]):
                increased = dose > was
                doses.add(_Dose(increased, increased and dose >= 2 * was, dose > high))
    return doses


def _globals(earlier: Visit, later: Visit) -> set[_Global]:
    before, now = (number_of(visit, GLOBAL_RISE.quantity) for visit in (earlier, later))
    least, most = Fraction(0), Fraction(MOST_GLOBAL)
    rise, severe = Fraction(GLOBAL_RISE.value), Fraction(SEVERE_GLOBAL.value)
    near = [severe - rise, severe] if now is None else [Fraction(now) - rise, Fraction(now)]
    return {
        _Global(
            mild=value - was >= rise and value <= severe,
            severe=value > was and value > severe,
        )
        for was in points(before, least, most, near)
        for value in points(now, least, most, [was, was + rise, severe])
    }


def _severe_signs(earlier: Visit, later: Visit) -> Iterator[bool | None]:
    yield from (getattr(later, name) for name in SEVERE_SIGNS)
    yield _lab(later.platelets, PLATELETS)
    yield _hemolysis(earlier, later)


def _hemolysis(earlier: Visit, later: Visit) -> bool | None:
    low = _lab(later.hemoglobin, HEMOGLOBIN)
    fallen = None
    if isinstance(earlier.hemoglobin, Quantity) and isinstance(later.hemoglobin, Quantity):
        fall = checked("hemoglobin", earlier.hemoglobin) - checked("hemoglobin", later.hemoglobin)
        fallen = fall.is_past(HEMOGLOBIN_FALL.operator, Fraction(HEMOGLOBIN_FALL.value))
    grave = True if True in {low, fallen} else None if None in {low, fallen} else False
    if later.hemolytic_anemia is False or grave is False:
        return False
    return grave if later.hemolytic_anemia else None


def _lab(value: object, limit: Limit) -> bool | None:
    if not isinstance(value, Quantity):
        return None
    return checked(limit.quantity, value).is_past(limit.operator, Fraction(limit.value))
