"""The 24 descriptors of the SLEDAI in form order: weight, label, organ system, source.

Every edition (1992, SELENA, 2K) has these descriptors with these weights; the editions differ
in wording only (`sledai.definitions`). The weights stand here and nowhere else.
"""

from collections.abc import Collection, Iterable
from enum import StrEnum
from typing import NamedTuple

from sledai.errors import InvalidInputError, require_several, shorten
from sledai.sources import BOMBARDIER_1992, MANZI_2012, Citation, Read

__all__ = [
    "CNS_LUPUS",
    "SEROLOGIC",
    "Descriptor",
    "OrganSystem",
    "descriptor_set",
    "listed",
    "listed_briefly",
]


class OrganSystem(StrEnum):
    """The nine organ systems in which results by organ are reported.

    The names follow the domains of the belimumab trials. Their report does not list the
    descriptors of each domain, and they stand here where the form's own words put them, save one:
    its footnote counts the cerebrovascular accident, with vasculitis, as vascular. A rule that asks
    for the central nervous system asks for `CNS_LUPUS` instead, so the grouping decides none.

    >>> Descriptor.CEREBROVASCULAR_ACCIDENT.system.label
    'vascular'
    """

    CENTRAL_NERVOUS_SYSTEM = "central_nervous_system"
    VASCULAR = "vascular"
    MUSCULOSKELETAL = "musculoskeletal"
    RENAL = "renal"
    MUCOCUTANEOUS = "mucocutaneous"
    SEROSAL = "serosal"
    IMMUNOLOGIC = "immunologic"
    CONSTITUTIONAL = "constitutional"
    HEMATOLOGIC = "hematologic"

    @property
    def label(self) -> str:
        """The name for people, such as "central nervous system"."""
        return self.value.replace("_", " ")

    @property
    def citation(self) -> Citation:
        """Where the grouping is published."""
        return Citation(
            MANZI_2012, "Table 2, SELENA-SLEDAI domains, and its footnote", Read.IN_WORK
        )


class Descriptor(StrEnum):
    """One of the 24 items; a string equal to its snake_case name.

    >>> Descriptor.ARTHRITIS.weight, Descriptor.ARTHRITIS.label
    (4, 'Arthritis')
    >>> Descriptor("fever").system.label
    'constitutional'
    >>> str(Descriptor.ARTHRITIS.citation)
    'Bombardier 1992 (PMID 1599520), descriptor 9 of 24 \
[as reproduced in HHE Rheumatology 2019, Table 4]'
    """

    SEIZURE = "seizure"
    PSYCHOSIS = "psychosis"
    ORGANIC_BRAIN_SYNDROME = "organic_brain_syndrome"
    VISUAL_DISTURBANCE = "visual_disturbance"
    CRANIAL_NERVE_DISORDER = "cranial_nerve_disorder"
    LUPUS_HEADACHE = "lupus_headache"
    CEREBROVASCULAR_ACCIDENT = "cerebrovascular_accident"
    VASCULITIS = "vasculitis"
    ARTHRITIS = "arthritis"
    MYOSITIS = "myositis"
    URINARY_CASTS = "urinary_casts"
    HEMATURIA = "hematuria"
    PROTEINURIA = "proteinuria"
    PYURIA = "pyuria"
    RASH = "rash"
    ALOPECIA = "alopecia"
    MUCOSAL_ULCERS = "mucosal_ulcers"
    PLEURISY = "pleurisy"
    PERICARDITIS = "pericarditis"
    LOW_COMPLEMENT = "low_complement"
    INCREASED_DNA_BINDING = "increased_dna_binding"
    FEVER = "fever"
    THROMBOCYTOPENIA = "thrombocytopenia"
    LEUKOPENIA = "leukopenia"

    @property
    def number(self) -> int:
        """The place on the form, from 1."""
        return _NUMBERS[self]

    @property
    def weight(self) -> int:
        """The points that it scores when present; there is no partial credit."""
        return _TABLE[self].weight

    @property
    def label(self) -> str:
        """The name for people."""
        return _TABLE[self].label

    @property
    def system(self) -> OrganSystem:
        """The organ system under which it is reported."""
        return _TABLE[self].system

    @property
    def citation(self) -> Citation:
        """Where the weight is published."""
        return Citation(
            BOMBARDIER_1992,
            f"descriptor {self.number} of {len(Descriptor)}",
            Read.IN_REPRODUCTION,
            "HHE Rheumatology 2019, Table 4",
        )


class _Row(NamedTuple):
    weight: int
    label: str
    system: OrganSystem


_TABLE = {
    Descriptor.SEIZURE: _Row(8, "Seizure", OrganSystem.CENTRAL_NERVOUS_SYSTEM),
    Descriptor.PSYCHOSIS: _Row(8, "Psychosis", OrganSystem.CENTRAL_NERVOUS_SYSTEM),
    Descriptor.ORGANIC_BRAIN_SYNDROME: _Row(
        8, "Organic brain syndrome", OrganSystem.CENTRAL_NERVOUS_SYSTEM
    ),
    Descriptor.VISUAL_DISTURBANCE: _Row(
        8, "Visual disturbance", OrganSystem.CENTRAL_NERVOUS_SYSTEM
    ),
    Descriptor.CRANIAL_NERVE_DISORDER: _Row(
        8, "Cranial nerve disorder", OrganSystem.CENTRAL_NERVOUS_SYSTEM
    ),
    Descriptor.LUPUS_HEADACHE: _Row(8, "Lupus headache", OrganSystem.CENTRAL_NERVOUS_SYSTEM),
    Descriptor.CEREBROVASCULAR_ACCIDENT: _Row(8, "Cerebrovascular accident", OrganSystem.VASCULAR),
    Descriptor.VASCULITIS: _Row(8, "Vasculitis", OrganSystem.VASCULAR),
    Descriptor.ARTHRITIS: _Row(4, "Arthritis", OrganSystem.MUSCULOSKELETAL),
    Descriptor.MYOSITIS: _Row(4, "Myositis", OrganSystem.MUSCULOSKELETAL),
    Descriptor.URINARY_CASTS: _Row(4, "Urinary casts", OrganSystem.RENAL),
    Descriptor.HEMATURIA: _Row(4, "Hematuria", OrganSystem.RENAL),
    Descriptor.PROTEINURIA: _Row(4, "Proteinuria", OrganSystem.RENAL),
    Descriptor.PYURIA: _Row(4, "Pyuria", OrganSystem.RENAL),
    Descriptor.RASH: _Row(2, "Rash", OrganSystem.MUCOCUTANEOUS),
    Descriptor.ALOPECIA: _Row(2, "Alopecia", OrganSystem.MUCOCUTANEOUS),
    Descriptor.MUCOSAL_ULCERS: _Row(2, "Mucosal ulcers", OrganSystem.MUCOCUTANEOUS),
    Descriptor.PLEURISY: _Row(2, "Pleurisy", OrganSystem.SEROSAL),
    Descriptor.PERICARDITIS: _Row(2, "Pericarditis", OrganSystem.SEROSAL),
    Descriptor.LOW_COMPLEMENT: _Row(2, "Low complement", OrganSystem.IMMUNOLOGIC),
    Descriptor.INCREASED_DNA_BINDING: _Row(2, "Increased DNA binding", OrganSystem.IMMUNOLOGIC),
    Descriptor.FEVER: _Row(1, "Fever", OrganSystem.CONSTITUTIONAL),
    Descriptor.THROMBOCYTOPENIA: _Row(1, "Thrombocytopenia", OrganSystem.HEMATOLOGIC),
    Descriptor.LEUKOPENIA: _Row(1, "Leukopenia", OrganSystem.HEMATOLOGIC),
}
_BY_NAME = {descriptor.value: descriptor for descriptor in Descriptor}
_NUMBERS = {descriptor: number for number, descriptor in enumerate(Descriptor, start=1)}

SEROLOGIC = frozenset({Descriptor.LOW_COMPLEMENT, Descriptor.INCREASED_DNA_BINDING})
"""The two serologic descriptors: what "clinical" leaves out in NCT05765006."""

CNS_LUPUS = frozenset(
    {
        Descriptor.SEIZURE,
        Descriptor.PSYCHOSIS,
        Descriptor.ORGANIC_BRAIN_SYNDROME,
        Descriptor.VISUAL_DISTURBANCE,
        Descriptor.CRANIAL_NERVE_DISORDER,
        Descriptor.LUPUS_HEADACHE,
        Descriptor.CEREBROVASCULAR_ACCIDENT,
    }
)
"""What may be lupus of the central nervous system where an index or a trial asks for that by name.

The cerebrovascular accident is among them, which the organ systems report as vascular.
"""


def descriptor_set(names: Iterable[Descriptor | str]) -> frozenset[Descriptor]:
    """Read descriptors or their names into a set.

    Raises `InvalidInputError` for a name that is no descriptor (with the closest ones), and for
    what holds no names: a bare text, a mapping, a data frame.

    >>> descriptor_set(["rash"])
    frozenset({<Descriptor.RASH: 'rash'>})
    """
    require_several(names, "descriptors", "a set or a list of descriptors or their names")
    names = list(names)
    try:
        return frozenset(map(_BY_NAME.__getitem__, names))
    except (KeyError, TypeError):  # of what has no hash
        given: list[object] = [*names]
        unknown = [name for name in given if not isinstance(name, str) or name not in _BY_NAME]
        raise InvalidInputError(
            "not one of the 24 descriptors: " + "; ".join(map(_with_suggestion, unknown))
        ) from None


def _with_suggestion(name: object) -> str:
    from difflib import get_close_matches  # noqa: PLC0415 - slow to import, seldom needed

    close = get_close_matches(str(name).lower(), list(Descriptor), n=2)
    return shorten(name) + (f" (did you mean {' or '.join(close)}?)" if close else "")


def in_form_order(descriptors: Iterable[Descriptor]) -> list[Descriptor]:
    """List descriptors as they stand on the form."""
    return sorted(descriptors, key=_NUMBERS.__getitem__)


def listed(descriptors: Iterable[Descriptor]) -> str:
    """Name descriptors in form order, separated by commas.

    >>> listed({Descriptor.FEVER, Descriptor.RASH})
    'rash, fever'
    """
    return ", ".join(in_form_order(descriptors))


_FEW = 4


def listed_briefly(descriptors: Collection[Descriptor]) -> str:
    """Name a few descriptors, and count more of them.

    >>> listed_briefly({Descriptor.FEVER, Descriptor.RASH}), listed_briefly(frozenset(Descriptor))
    ('rash, fever', '24 of 24')
    """
    if len(descriptors) > _FEW:
        return f"{len(descriptors)} of {len(Descriptor)}"
    return listed(descriptors)
