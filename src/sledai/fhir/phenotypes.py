"""Which terms of the Human Phenotype Ontology the descriptors are near to; none is the same.

A descriptor is due to lupus, counts within a window of days and has limits of its own; a term of
the ontology has none of these. So the way leads from here to there and not back.
"""

from dataclasses import dataclass
from enum import StrEnum

from sledai.descriptors import Descriptor
from sledai.sources import HL7_TERMINOLOGY, HUMAN_PHENOTYPE_ONTOLOGY, Citation, Read

__all__ = ["HPO", "HPO_CITATION", "HPO_SYSTEM_CITATION", "PHENOTYPES", "Nearness", "Phenotype"]

HPO = "http://human-phenotype-ontology.org"
"""The system of the ontology's codes in FHIR."""

HPO_SYSTEM_CITATION = Citation(HL7_TERMINOLOGY, "CodeSystem HPO, url", Read.IN_WORK)
"""Where the system is published."""

HPO_CITATION = Citation(
    HUMAN_PHENOTYPE_ONTOLOGY,
    "labels in src/translations/hp-zh-preprocessed.babelon.tsv",
    Read.IN_WORK,
)
"""Where each code was looked up, and its label read; the definitions of the terms were not."""


class Nearness(StrEnum):
    """How near a term is to a descriptor."""

    BROAD = "broad"
    """Whatever counts as the descriptor is the term, and more is."""

    CLOSE = "close"
    """They overlap, and each covers what the other does not."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Phenotype:
    """A term that a descriptor is near to, how near, and where they differ.

    >>> PHENOTYPES[0].code, PHENOTYPES[0].label, PHENOTYPES[0].nearness.value
    ('HP:0001250', 'Seizure', 'broad')
    """

    descriptor: Descriptor
    code: str
    label: str
    nearness: Nearness
    difference: str


def _broad(descriptor: Descriptor, code: str, label: str, difference: str) -> Phenotype:
    return Phenotype(
        descriptor=descriptor,
        code=code,
        label=label,
        nearness=Nearness.BROAD,
        difference=difference,
    )


def _close(descriptor: Descriptor, code: str, label: str, difference: str) -> Phenotype:
    return Phenotype(
        descriptor=descriptor,
        code=code,
        label=label,
        nearness=Nearness.CLOSE,
        difference=difference,
    )


_ANY_CAUSE = "The term has any cause and any time."

PHENOTYPES: tuple[Phenotype, ...] = (
    _broad(Descriptor.SEIZURE, "HP:0001250", "Seizure", _ANY_CAUSE),
    _broad(Descriptor.PSYCHOSIS, "HP:0000709", "Psychosis", _ANY_CAUSE),
    _close(
        Descriptor.ORGANIC_BRAIN_SYNDROME,
        "HP:0031258",
        "Delirium",
        "The descriptor has features of its own, of which some are asked for.",
    ),
    _close(
        Descriptor.VISUAL_DISTURBANCE,
        "HP:0000479",
        "Abnormal retinal morphology",
        "The descriptor has the choroid and the optic nerve too.",
    ),
    _close(
        Descriptor.CRANIAL_NERVE_DISORDER,
        "HP:0006824",
        "Cranial nerve paralysis",
        "The descriptor has sensory neuropathy too.",
    ),
    _broad(
        Descriptor.LUPUS_HEADACHE, "HP:0002315", "Headache", "The term is a headache of any kind."
    ),
    _broad(Descriptor.CEREBROVASCULAR_ACCIDENT, "HP:0001297", "Stroke", _ANY_CAUSE),
    _close(
        Descriptor.VASCULITIS,
        "HP:0002633",
        "Vasculitis",
        "The descriptor is met by signs at the skin without proof of vasculitis.",
    ),
    _broad(Descriptor.ARTHRITIS, "HP:0001369", "Arthritis", "The term has any number of joints."),
    _broad(Descriptor.MYOSITIS, "HP:0100614", "Myositis", _ANY_CAUSE),
    _close(
        Descriptor.URINARY_CASTS,
        "HP:0031197",
        "Cellular urinary casts",
        "The term has casts of other cells, and no granular ones.",
    ),
    _close(
        Descriptor.URINARY_CASTS,
        "HP:0031201",
        "Granular casts",
        "The term has granular casts of any kind, and no cellular ones.",
    ),
    _broad(Descriptor.HEMATURIA, "HP:0000790", "Hematuria", "The term has no limit, any cause."),
    _broad(
        Descriptor.PROTEINURIA, "HP:0000093", "Proteinuria", "The term has no limit, any cause."
    ),
    _broad(Descriptor.PYURIA, "HP:0012085", "Pyuria", "The term has infection too."),
    _broad(Descriptor.RASH, "HP:0000988", "Skin rash", _ANY_CAUSE),
    _broad(Descriptor.ALOPECIA, "HP:0001596", "Alopecia", _ANY_CAUSE),
    _close(
        Descriptor.MUCOSAL_ULCERS, "HP:0000155", "Oral ulcer", "The descriptor has the nose too."
    ),
    _close(
        Descriptor.MUCOSAL_ULCERS, "HP:0033361", "Nasal ulcer", "The descriptor has the mouth too."
    ),
    _broad(Descriptor.PLEURISY, "HP:0002102", "Pleuritis", _ANY_CAUSE),
    _broad(Descriptor.PERICARDITIS, "HP:0001701", "Pericarditis", _ANY_CAUSE),
    _close(
        Descriptor.LOW_COMPLEMENT,
        "HP:0004431",
        "Reduced circulating complement concentration",
        "The term has other components, and not the activity CH50.",
    ),
    _close(
        Descriptor.LOW_COMPLEMENT,
        "HP:0025434",
        "Reduced circulating CH50 activity",
        "The descriptor has C3 and C4 too.",
    ),
    _close(
        Descriptor.INCREASED_DNA_BINDING,
        "HP:0020151",
        "Anti-dsDNA antibody positivity",
        "The descriptor is binding past a limit or the range of the test.",
    ),
    _broad(Descriptor.FEVER, "HP:0001945", "Fever", "The term has no limit, any cause."),
    _broad(
        Descriptor.THROMBOCYTOPENIA,
        "HP:0001873",
        "Thrombocytopenia",
        "The term is a count below normal, of any cause.",
    ),
    _broad(
        Descriptor.LEUKOPENIA,
        "HP:0001882",
        "Decreased total leukocyte count",
        "The term is a count below normal, of any cause.",
    ),
)
"""The terms, in form order; a descriptor that two terms make up has both."""
