"""The wording of SLEDAI-2K: that of 1992 save what stands here.

It counts activity that lasts: rash, alopecia, mucosal ulcers and proteinuria need not be new. Two
inflamed joints are arthritis, where the other editions ask for more than two.
"""

from decimal import Decimal

from sledai.definitions import Definition
from sledai.definitions.clauses import AllOf, AnyOf, BeyondLaboratory, Limit, Measured, Sign
from sledai.definitions.sledai_1992 import SLEDAI_1992_DEFINITIONS as _BEFORE
from sledai.descriptors import Descriptor
from sledai.sources import CIPRIANO_2015, GLADMAN_2002

__all__ = ["SLEDAI_2K_DEFINITIONS"]


SLEDAI_2K_DEFINITIONS: dict[Descriptor, Definition] = _BEFORE | {
    Descriptor.ARTHRITIS: _BEFORE[Descriptor.ARTHRITIS].reworded(
        GLADMAN_2002,
        f"the abstract of {CIPRIANO_2015}",
        rule=Measured(
            "inflamed_painful_joints", Limit("inflamed_painful_joints", ">=", Decimal(2), "joints")
        ),
        unverified=(
            "the number of joints: an abstract, twelve public forms and a calculator have 2 or "
            "more, one table more than 2"
        ),
    ),
    Descriptor.PROTEINURIA: _BEFORE[Descriptor.PROTEINURIA].reworded(
        GLADMAN_2002,
        "public forms",
        "Urine protein {}, new, recurrent or persistent.",
        Measured("urine_protein_24h", _BEFORE[Descriptor.PROTEINURIA].limits[0]),
    ),
    Descriptor.RASH: _BEFORE[Descriptor.RASH].reworded(
        GLADMAN_2002,
        "public forms",
        "Inflammatory rash, new, recurrent or persistent.",
        Sign("rash"),
    ),
    Descriptor.ALOPECIA: _BEFORE[Descriptor.ALOPECIA].reworded(
        GLADMAN_2002,
        "public forms",
        "Abnormal hair loss, patchy or diffuse, new, recurrent or persistent.",
        Sign("alopecia"),
    ),
    Descriptor.MUCOSAL_ULCERS: _BEFORE[Descriptor.MUCOSAL_ULCERS].reworded(
        GLADMAN_2002,
        "public forms",
        "Oral or nasal ulcers, new, recurrent or persistent.",
        Sign("mucosal_ulcers"),
    ),
    Descriptor.PERICARDITIS: _BEFORE[Descriptor.PERICARDITIS].reworded(
        GLADMAN_2002,
        "public forms",
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
        "public forms",
        "DNA binding above the testing laboratory's range of normal.",
        BeyondLaboratory("anti_dsdna", ">"),
    ),
    Descriptor.THROMBOCYTOPENIA: _BEFORE[Descriptor.THROMBOCYTOPENIA].reworded(
        GLADMAN_2002,
        "public forms",
        also_not_from=("drugs",),
    ),
}
