"""The screen of NCT05765006 by trying every completion: plain code, and not the library's.

A null stands for a few values on either side of each limit, an unknown length of months for each
length that they can have. `outcomes` gives what each completion comes to.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping
from fractions import Fraction
from itertools import product
from typing import Any

import spec_tables

Candidate = Mapping[str, Any]
EQUIVALENT = {
    row["drug"]: Fraction(row["mg_equal_to_prednisone_5_mg"])
    for row in spec_tables.rows("glucocorticoids.csv")
}
IN_FIRST_UNIT = {
    "mg/d": Fraction(1),
    "g/d": Fraction(1000),
    "mg/dL": Fraction(1),
    "g/L": Fraction(100),
    "umol/L": 1 / Fraction("88.4"),
}
DAYS, MONTHS = {"d": 1, "wk": 7}, {"months": 1, "mo": 1, "years": 12, "a": 12}
LENGTHS = {1: (28, 31), 2: (59, 62), 6: (181, 184)}
CRISES = (
    "active_cns_lupus",
    "severe_hemolytic_anemia",
    "severe_thrombocytopenic_purpura",
    "severe_agranulocytosis",
    "severe_myocardial_damage",
    "severe_lupus_pneumonia",
    "pulmonary_hemorrhage",
    "severe_lupus_hepatitis",
    "severe_vasculitis",
)
TIMES = ("0 d", "1000 d")
NULL_STANDS_FOR: dict[str, tuple[Any, ...]] = {
    "age": (1, 40),
    "disease_duration": TIMES,
    "regimen_duration": TIMES,
    "corticosteroid_duration": TIMES,
    "corticosteroid_dose_stable_for": TIMES,
    "oral_corticosteroids": (
        {},
        *({"prednisone": f"{dose} mg/d"} for dose in ("0.01", "5", "7.5", "20", "30", "31")),
    ),
    "urine_protein_24h": ("0 g/d", "9 g/d"),
    "serum_creatinine": ("1 mg/dL", "9 mg/dL"),
    "nephritis_high_dose_duration": TIMES,
    "iga": ("1 mg/dL", "99 mg/dL"),
    "total_score": tuple(range(106)),
    "clinical_score": tuple(range(102)),
}
UNKNOWN_DOSES = ("0.001 mg/d", "2.5 mg/d", "3 mg/d", "20 mg/d", "500 mg/d")


def amount(text: str) -> Fraction:
    number, unit = text.split()
    return Fraction(number) * IN_FIRST_UNIT[unit]


def at_least_months(text: str, months: int) -> set[bool]:
    number, unit = text.split()
    if unit in MONTHS:
        return {int(number) * MONTHS[unit] >= months}
    fewest, most = LENGTHS[months]
    return {int(number) * DAYS[unit] >= days for days in range(fewest, most + 1)}


def days(text: str) -> Iterable[int]:
    number, unit = text.split()
    if unit in DAYS:
        return [int(number) * DAYS[unit]]
    fewest, most = LENGTHS.get(int(number) * MONTHS[unit], (100, 40_000))
    return (fewest, most) if int(number) else [0]


def completions(candidate: Candidate, *fields: str) -> Iterator[dict[str, Any]]:
    stands_for = [
        NULL_STANDS_FOR.get(field, (False, True))
        if candidate[field] is None
        else [candidate[field]]
        for field in fields
    ]
    for values in product(*stands_for):
        yield dict(zip(fields, values, strict=True))


def any_of(candidate: Candidate, *fields: str) -> set[bool]:
    return {any(known.values()) for known in completions(candidate, *fields)}


def none_of(candidate: Candidate, *fields: str) -> set[bool]:
    return {not answer for answer in any_of(candidate, *fields)}


def inclusion_4(candidate: Candidate) -> set[bool]:
    found: set[bool] = set()
    others = ("antimalarial", "nsaid", "immunosuppressant")
    times = ("disease_duration", "regimen_duration")
    steroids = ("corticosteroid_duration", "corticosteroid_dose_stable_for")
    fields = (*times, "active_despite_regimen", *others, "oral_corticosteroids", *steroids)
    for known in completions(candidate, *fields):
        drugs = known["oral_corticosteroids"]
        doses = [UNKNOWN_DOSES if dose is None else (dose,) for dose in drugs.values()]
        for dose in product(*doses):
            in_prednisone = sum(
                (amount(d) * 5 / EQUIVALENT[name] for name, d in zip(drugs, dose, strict=True)),
                Fraction(0),
            )
            parts = [
                at_least_months(known["disease_duration"], 6),
                at_least_months(known["regimen_duration"], 2),
                {known["active_despite_regimen"]},
                {bool(drugs) or any(known[name] for name in others)},
            ]
            if drugs:
                enough = in_prednisone >= Fraction(15, 2) or known["immunosuppressant"]
                parts += [
                    {in_prednisone <= 30 and enough},
                    {d >= 8 * 7 for d in days(known["corticosteroid_duration"])},
                    {d > 2 * 7 for d in days(known["corticosteroid_dose_stable_for"])},
                ]
            found |= {all(part) for part in product(*parts)}
    return found


def inclusion_6(candidate: Candidate) -> set[bool]:
    visit = candidate.get("assessment")
    if visit is not None:
        pairs = [
            (spec_tables.total_of(present), spec_tables.clinical_of(present))
            for present in present_in_completions(visit)
        ]
    else:
        both = completions(candidate, "total_score", "clinical_score")
        pairs = [(known["total_score"], known["clinical_score"]) for known in both]
    return {
        spec_tables.meets_nct05765006(total, clinical)
        for total, clinical in pairs
        if total - clinical in {0, 2, 4}
    }


def present_in_completions(visit: Mapping[str, bool | None]) -> Iterator[set[str]]:
    unknown = [name for name, answer in visit.items() if answer is None]
    certain = {name for name, answer in visit.items() if answer}
    for answers in product((False, True), repeat=len(unknown)):
        yield certain | {name for name, answer in zip(unknown, answers, strict=True) if answer}


def exclusion_1(candidate: Candidate) -> set[bool]:
    found: set[bool] = set()
    labs = ("urine_protein_24h", "serum_creatinine")
    treatments = ("nephritis_treated_with_prohibited_drugs", "hemodialysis")
    for known in completions(candidate, *labs, *treatments, "nephritis_high_dose_duration"):
        for lasted in days(known["nephritis_high_dose_duration"]):
            severe = (
                amount(known["urine_protein_24h"]) > 6000  # mg
                or amount(known["serum_creatinine"]) > Fraction("2.5")
                or any(known[name] for name in treatments)
                or lasted >= 14
            )
            found.add(not severe)
    return found


OUTCOMES: dict[str, Callable[[Candidate], set[bool]]] = {
    "inclusion 1": lambda c: any_of(c, "informed_consent"),
    "inclusion 2": lambda c: {18 <= known["age"] <= 70 for known in completions(c, "age")},
    "inclusion 3": lambda c: any_of(c, "acr_1997"),
    "inclusion 4": inclusion_4,
    "inclusion 5": lambda c: any_of(
        c, "ana_positive", "anti_dsdna_positive", "anti_smith_positive"
    ),
    "inclusion 6": inclusion_6,
    "exclusion 1": exclusion_1,
    "exclusion 2": lambda c: none_of(c, *CRISES),
    "exclusion 3": lambda c: none_of(c, "other_cns_disease"),
    "exclusion 4": lambda c: none_of(c, "other_autoimmune_disease"),
    "exclusion 5": lambda c: none_of(c, "organ_transplant", "stem_cell_transplant"),
    "exclusion 6": lambda c: {amount(known["iga"]) >= 10 for known in completions(c, "iga")},
}


def outcomes(criterion: str, candidate: Candidate) -> set[bool]:
    """What the criterion comes to in each completion: True where it lets the candidate in."""
    return OUTCOMES[criterion](candidate)


NAMES = tuple(OUTCOMES)


def verdict(outcomes: set[bool]) -> str:
    if len(outcomes) > 1:
        return "undetermined"
    return "met" if outcomes == {True} else "not_met"


def overall(candidate: Candidate) -> str:
    """The verdict on all criteria, of which no two ask for the same field."""
    per_criterion = [outcomes(name, candidate) for name in NAMES]
    if any(found == {False} for found in per_criterion):
        return "not_met"
    return "met" if all(found == {True} for found in per_criterion) else "undetermined"
