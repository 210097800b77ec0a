"""What is registered of NCT05765006: its facts, and its criteria one by one, with their source.

Source: the registry record, version of 26 January 2024. Where its text leaves more than one
reading open, the one that is taken stands beside the criterion as `readings`.
"""

from dataclasses import dataclass
from decimal import Decimal
from typing import Literal

from sledai.definitions.clauses import Limit
from sledai.rules.activity import ActivityRule
from sledai.sources import NCT05765006, Citation, Read
from sledai.trials.criteria import AllOf, AnyOf, Clause, Criterion, No, Past, Yes
from sledai.trials.nct05765006 import ACTIVITY_RULE

__all__ = ["CRITERIA", "FACTS", "HIGH_DOSE", "LOOK_BACK", "Facts"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Facts:
    """What kind of trial it is."""

    registry_id: str
    condition: str
    product: str
    phase: str
    design: str
    country: str
    sponsor: str
    dose_levels: tuple[str, ...]
    dose_unit: str
    citation: Citation


FACTS = Facts(
    registry_id="NCT05765006",
    condition="moderate to severe active systemic lupus erythematosus",
    product="relmacabtagene autoleucel (relma-cel), CAR T cells against CD19",
    phase="1",
    design="open-label, single-arm, multicenter, dose escalation",
    country="China",
    sponsor="Shanghai Ming Ju Biotechnology",
    dose_levels=("15 (back-up)", "25 (starting)", "50", "100 (or 150)"),
    dose_unit="10^6 CAR+ T cells",
    citation=Citation(NCT05765006, "summary and description", Read.IN_WORK),
)


_AGE_LEAST = Limit("age", ">=", Decimal(18), "years")
_AGE_MOST = Limit("age", "<=", Decimal(70), "years")
_ILL_FOR = Limit("duration", ">=", Decimal(6), "months")
_TREATED_FOR = Limit("duration", ">=", Decimal(2), "months")
_DOSE_LEAST = Limit("glucocorticoid_dose", ">=", Decimal("7.5"), "mg/d")
_DOSE_MOST = Limit("glucocorticoid_dose", "<=", Decimal(30), "mg/d")
_CORTICOSTEROID_FOR = Limit("duration", ">=", Decimal(8), "wk")
_DOSE_STABLE_FOR = Limit("duration", ">", Decimal(2), "wk")
_PROTEINURIA = Limit("urine_protein_24h", ">", Decimal(6), "g/24h")
_CREATININE = Limit("serum_creatinine", ">", Decimal("2.5"), "mg/dL")
HIGH_DOSE = Limit("glucocorticoid_dose", ">=", Decimal(100), "mg/d")
_HIGH_DOSE_FOR = Limit("duration", ">=", Decimal(14), "d")
_IGA = Limit("iga", "<", Decimal(10), "mg/dL")
LOOK_BACK = "within 8 weeks before screening"
"""When the treatments of exclusion 1 count."""

_TAKES_CORTICOSTEROID = AllOf(
    (
        Past("oral_corticosteroids", _DOSE_MOST),
        AnyOf((Past("oral_corticosteroids", _DOSE_LEAST), Yes("immunosuppressant"))),
        Past("corticosteroid_duration", _CORTICOSTEROID_FOR),
        Past("corticosteroid_dose_stable_for", _DOSE_STABLE_FOR),
    )
)


def _criterion(
    kind: Literal["inclusion", "exclusion"],
    number: int,
    statement: str,
    clause: Clause | ActivityRule,
    readings: tuple[str, ...] = (),
) -> Criterion:
    return Criterion(
        kind=kind,
        number=number,
        statement=statement,
        clause=clause,
        citation=Citation(NCT05765006, f"{kind} criterion {number}", Read.IN_WORK),
        readings=readings,
    )


CRITERIA: tuple[Criterion, ...] = (
    _criterion("inclusion", 1, "informed consent, signed voluntarily", Yes("informed_consent")),
    _criterion(
        "inclusion",
        2,
        f"age {_AGE_LEAST} and {_AGE_MOST} at consent, any sex",
        AllOf((Past("age", _AGE_LEAST), Past("age", _AGE_MOST))),
        (f"the age is in completed years: {_AGE_MOST.value} until the next birthday",),
    ),
    _criterion("inclusion", 3, "lupus by the revised ACR criteria of 1997", Yes("acr_1997")),
    _criterion(
        "inclusion",
        4,
        f"lupus for {_ILL_FOR} before screening, and still active after {_TREATED_FOR} on a stable "
        "standard regimen: any of corticosteroids, antimalarials, NSAIDs and immunosuppressants or "
        f"immunomodulators; an oral corticosteroid at a prednisone equivalent {_DOSE_MOST} and "
        f"{_DOSE_LEAST} (no minimum with an immunosuppressant), taken for {_CORTICOSTEROID_FOR} "
        f"and at a stable dose for {_DOSE_STABLE_FOR}",
        AllOf(
            (
                Past("disease_duration", _ILL_FOR),
                Past("regimen_duration", _TREATED_FOR),
                Yes("active_despite_regimen"),
                AnyOf(
                    (
                        Yes("oral_corticosteroids"),
                        Yes("antimalarial"),
                        Yes("nsaid"),
                        Yes("immunosuppressant"),
                    )
                ),
                AnyOf((No("oral_corticosteroids"), _TAKES_CORTICOSTEROID)),
            )
        ),
        (
            "what is asked of an oral corticosteroid is asked only of those who take one",
            (
                "combined with immunosuppressants means with one of the immunosuppressants or "
                "immunomodulators that the text lists after antimalarials and NSAIDs, or another "
                "of that kind; an antimalarial or an NSAID does not lift the minimum"
            ),
            "a combination lifts the minimum of the dose and not its maximum",
            (
                "a stable regimen and a stable dose of the corticosteroid are asked for apart: "
                "whether a change of that dose interrupts the regimen, the site says, and a dose "
                "that was stable for long does not stand for the time of treatment"
            ),
            (
                "months are calendar months: 8 weeks are less than any 2 of them, 26 weeks may or "
                "may not be 6, and then the answer stays open until it is given in months"
            ),
        ),
    ),
    _criterion(
        "inclusion",
        5,
        "positive at screening: ANA, anti-dsDNA or anti-Smith",
        AnyOf((Yes("ana_positive"), Yes("anti_dsdna_positive"), Yes("anti_smith_positive"))),
    ),
    _criterion("inclusion", 6, str(ACTIVITY_RULE), ACTIVITY_RULE),
    _criterion(
        "exclusion",
        1,
        f"severe lupus nephritis: protein in urine {_PROTEINURIA} or serum creatinine "
        f"{_CREATININE}; or, {LOOK_BACK}, active nephritis treated with prohibited drugs, "
        f"hemodialysis, or a prednisone equivalent {HIGH_DOSE} for {_HIGH_DOSE_FOR}",
        AnyOf(
            (
                Past("urine_protein_24h", _PROTEINURIA),
                Past("serum_creatinine", _CREATININE),
                Yes("nephritis_treated_with_prohibited_drugs"),
                Yes("hemodialysis"),
                Past("nephritis_high_dose_duration", _HIGH_DOSE_FOR),
            )
        ),
        (
            "which drugs are prohibited, the record does not say: the protocol does",
            (
                "the high dose counts for all days of the eight weeks at which it was given; the "
                "present dose of inclusion 4 does not count here"
            ),
        ),
    ),
    _criterion(
        "exclusion",
        2,
        (
            "another lupus crisis before screening: active lupus of the central nervous system, "
            "severe hemolytic anemia, thrombocytopenic purpura, agranulocytosis, damage of the "
            "heart muscle, lupus pneumonia, hepatitis or vasculitis, or pulmonary hemorrhage"
        ),
        AnyOf(
            (
                Yes("active_cns_lupus"),
                Yes("severe_hemolytic_anemia"),
                Yes("severe_thrombocytopenic_purpura"),
                Yes("severe_agranulocytosis"),
                Yes("severe_myocardial_damage"),
                Yes("severe_lupus_pneumonia"),
                Yes("pulmonary_hemorrhage"),
                Yes("severe_lupus_hepatitis"),
                Yes("severe_vasculitis"),
            )
        ),
        (
            (
                "a crisis does not follow from a descriptor that is present, not even active CNS "
                "lupus from one of the central nervous system: each is asked for by itself"
            ),
            "how long before screening, the record does not say: the answer is the site's",
        ),
    ),
    _criterion(
        "exclusion",
        3,
        "clinically significant disease of the central nervous system that lupus does not cause",
        Yes("other_cns_disease"),
    ),
    _criterion(
        "exclusion",
        4,
        "another autoimmune disease that needs systemic treatment",
        Yes("other_autoimmune_disease"),
    ),
    _criterion(
        "exclusion",
        5,
        "a transplant ever: a major organ, hematopoietic stem cells or bone marrow",
        AnyOf((Yes("organ_transplant"), Yes("stem_cell_transplant"))),
    ),
    _criterion("exclusion", 6, f"IgA deficiency at screening: serum IgA {_IGA}", Past("iga", _IGA)),
)
"""The criteria in the order of the record."""
