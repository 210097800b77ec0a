"""What published scores leave out: the meanings of "clinical" and "modified", each with its source.

A set is a plain frozenset of descriptors, to be given as `excluding=` to a score or as
`clinical_excluding=` or `uncounted=` to a rule. The table `EXCLUSIONS` says who published which.
"""

from dataclasses import dataclass

from sledai.descriptors import SEROLOGIC, Descriptor
from sledai.displays import Value
from sledai.sources import (
    ANIFROLUMAB_PHASE_2,
    CENERIMOD_PHASE_3,
    NCT05765006,
    POETYK_SLE_1,
    TOPAZ_2,
    TULIP_1,
    USTEKINUMAB_PHASE_3,
    Citation,
    Read,
)

__all__ = [
    "EXCLUSIONS",
    "LABORATORY",
    "LEUKOPENIA_ONLY",
    "LOTUS",
    "POETYK_ENTRY",
    "SEROLOGIC",
    "TOPAZ",
    "TOPAZ_CLINICAL",
    "Exclusion",
]

LABORATORY = frozenset(
    {
        Descriptor.URINARY_CASTS,
        Descriptor.HEMATURIA,
        Descriptor.PROTEINURIA,
        Descriptor.PYURIA,
        Descriptor.LOW_COMPLEMENT,
        Descriptor.INCREASED_DNA_BINDING,
        Descriptor.THROMBOCYTOPENIA,
        Descriptor.LEUKOPENIA,
    }
)
"""All that urine and blood tests show, serology among it."""
LOTUS = LABORATORY | {Descriptor.LUPUS_HEADACHE}
"""What does not count as clinical in the ustekinumab trials."""
LEUKOPENIA_ONLY = frozenset({Descriptor.LEUKOPENIA})
"""What the cenerimod trials leave out."""
TOPAZ = frozenset(
    {
        Descriptor.ALOPECIA,
        Descriptor.FEVER,
        Descriptor.LUPUS_HEADACHE,
        Descriptor.ORGANIC_BRAIN_SYNDROME,
    }
)
"""What the litifilimab trials leave out of the score."""
TOPAZ_CLINICAL = TOPAZ | SEROLOGIC
"""What the litifilimab trials leave out of the clinical score."""
POETYK_ENTRY = frozenset(
    {
        Descriptor.LUPUS_HEADACHE,
        Descriptor.ALOPECIA,
        Descriptor.ORGANIC_BRAIN_SYNDROME,
        Descriptor.MUCOSAL_ULCERS,
    }
)
"""What does not count at entry to the deucravacitinib trials."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Exclusion(Value):
    """A published score that leaves descriptors out: its name, what it leaves out, its source."""

    name: str
    excluded: frozenset[Descriptor]
    citation: Citation


EXCLUSIONS = (
    Exclusion(
        name="clinical SELENA-SLEDAI",
        excluded=SEROLOGIC,
        citation=Citation(NCT05765006, "inclusion criterion 6", Read.IN_WORK),
    ),
    Exclusion(
        name="clinical SLEDAI-2K without laboratory items",
        excluded=LABORATORY,
        citation=Citation(ANIFROLUMAB_PHASE_2, "clinical SLEDAI-2K", Read.NOT_READ),
    ),
    Exclusion(
        name="clinical SLEDAI-2K of TULIP-1 and TULIP-2: no urine or laboratory result",
        excluded=LABORATORY,
        citation=Citation(TULIP_1, "eligibility criteria", Read.IN_WORK),
    ),
    Exclusion(
        name="clinical features of the ustekinumab trials: no headache or laboratory abnormality",
        excluded=LOTUS,
        citation=Citation(USTEKINUMAB_PHASE_3, "eligibility criteria", Read.IN_WORK),
    ),
    Exclusion(
        name="mSLEDAI-2K of the cenerimod trials",
        excluded=LEUKOPENIA_ONLY,
        citation=Citation(CENERIMOD_PHASE_3, "eligibility criteria", Read.IN_WORK),
    ),
    Exclusion(
        name="modified SLEDAI-2K of the litifilimab trials",
        excluded=TOPAZ,
        citation=Citation(TOPAZ_2, "eligibility criteria", Read.IN_WORK),
    ),
    Exclusion(
        name="modified clinical SLEDAI-2K of the litifilimab trials",
        excluded=TOPAZ_CLINICAL,
        citation=Citation(TOPAZ_2, "eligibility criteria", Read.IN_WORK),
    ),
    Exclusion(
        name="SLEDAI-2K at entry to the deucravacitinib trials",
        excluded=POETYK_ENTRY,
        citation=Citation(POETYK_SLE_1, "eligibility criteria", Read.IN_WORK),
    ),
)
"""The published scores that leave descriptors out."""
