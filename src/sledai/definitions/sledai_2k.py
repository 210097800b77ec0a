"""The wording of SLEDAI-2K: that of 1992 save what stands here.

It counts activity that lasts: rash, alopecia, mucosal ulcers and proteinuria need not be new.
"""

from sledai.definitions import Definition
from sledai.definitions.clauses import AllOf, AnyOf, BeyondLaboratory, Measured, Sign
from sledai.definitions.sledai_1992 import SLEDAI_1992_DEFINITIONS as _BEFORE
from sledai.descriptors import Descriptor
from sledai.sources import GLADMAN_2002

__all__ = ["SLEDAI_2K_DEFINITIONS"]


SLEDAI_2K_DEFINITIONS: dict[Descriptor, Definition] = _BEFORE | {
    Descriptor.ARTHRITIS: _BEFORE[Descriptor.ARTHRITIS].reworded(
        GLADMAN_2002,
        unverified="the number of joints: reproductions print both more than 2 and 2 or more",
    ),
    Descriptor.PROTEINURIA: _BEFORE[Descriptor.PROTEINURIA].reworded(
        GLADMAN_2002,
        "Urine protein {}, new, recurrent or persistent.",
        Measured("urine_protein_24h", _BEFORE[Descriptor.PROTEINURIA].limits[0]),
    ),
    Descriptor.RASH: _BEFORE[Descriptor.RASH].reworded(
        GLADMAN_2002,
        "Inflammatory rash, new, recurrent or persistent.",
        Sign("rash"),
    ),
    Descriptor.ALOPECIA: _BEFORE[Descriptor.ALOPECIA].reworded(
        GLADMAN_2002,
        "Abnormal hair loss, patchy or diffuse, new, recurrent or persistent.",
        Sign("alopecia"),
    ),
    Descriptor.MUCOSAL_ULCERS: _BEFORE[Descriptor.MUCOSAL_ULCERS].reworded(
        GLADMAN_2002,
        "Oral or nasal ulcers, new, recurrent or persistent.",
        Sign("mucosal_ulcers"),
    ),
    Descriptor.PERICARDITIS: _BEFORE[Descriptor.PERICARDITIS].reworded(
        GLADMAN_2002,
        "Pericardial pain with rub, effusion, or confirmation by electrocardiogram or "
        "echocardiogram.",
        AllOf(
            Sign("pericardial_pain"),
            AnyOf(
                Sign("pericardial_rub"),
                Sign("pericardial_effusion"),
                Sign("pericarditis_on_electrocardiogram"),
                Sign("pericarditis_on_echocardiogram"),
            ),
        ),
    ),
    Descriptor.INCREASED_DNA_BINDING: _BEFORE[Descriptor.INCREASED_DNA_BINDING].reworded(
        GLADMAN_2002,
        "DNA binding above the testing laboratory's range of normal.",
        BeyondLaboratory("anti_dsdna", ">"),
    ),
    Descriptor.THROMBOCYTOPENIA: _BEFORE[Descriptor.THROMBOCYTOPENIA].reworded(
        GLADMAN_2002,
        also_not_from=("drugs",),
    ),
}
