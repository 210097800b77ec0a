"""The wording of the SELENA-SLEDAI: that of 1992 save what stands here.

Where SELENA kept the wording of 1992 that paper is cited, else a report of the SELENA trials.
"""

from sledai.definitions import Definition
from sledai.definitions.clauses import AnyOf, Sign
from sledai.definitions.sledai_1992 import SLEDAI_1992_DEFINITIONS as _BEFORE
from sledai.descriptors import Descriptor
from sledai.sources import PETRI_2005

__all__ = ["SELENA_DEFINITIONS"]


SELENA_DEFINITIONS: dict[Descriptor, Definition] = _BEFORE | {
    Descriptor.SEIZURE: _BEFORE[Descriptor.SEIZURE].reworded(
        PETRI_2005,
        also_not_from=("past irreversible damage to the central nervous system",),
        unverified="that past irreversible damage does not count",
    ),
    Descriptor.VISUAL_DISTURBANCE: _BEFORE[Descriptor.VISUAL_DISTURBANCE].reworded(
        PETRI_2005,
        "Changes of the retina or the eye by lupus: cytoid bodies, retinal hemorrhage, serous "
        "exudate or hemorrhage of the choroid, optic neuritis, scleritis or episcleritis.",
        AnyOf(Sign("retinal_changes"), Sign("scleritis"), Sign("episcleritis")),
        unverified="episcleritis",
    ),
    Descriptor.CRANIAL_NERVE_DISORDER: _BEFORE[Descriptor.CRANIAL_NERVE_DISORDER].reworded(
        PETRI_2005,
        "New sensory or motor neuropathy of a cranial nerve, including vertigo due to lupus.",
        AnyOf(Sign("cranial_neuropathy"), Sign("vertigo")),
    ),
    Descriptor.CEREBROVASCULAR_ACCIDENT: _BEFORE[Descriptor.CEREBROVASCULAR_ACCIDENT].reworded(
        PETRI_2005,
        also_not_from=("hypertension",),
    ),
    Descriptor.PROTEINURIA: _BEFORE[Descriptor.PROTEINURIA].reworded(
        PETRI_2005,
        unverified="that long-standing proteinuria does not count, as in 1992",
    ),
    Descriptor.RASH: _BEFORE[Descriptor.RASH].reworded(
        PETRI_2005,
        "New or ongoing inflammatory rash of lupus.",
        Sign("rash"),
    ),
    Descriptor.ALOPECIA: _BEFORE[Descriptor.ALOPECIA].reworded(
        PETRI_2005,
        "New or ongoing abnormal hair loss, patchy or diffuse, from active lupus.",
        Sign("alopecia"),
    ),
    Descriptor.MUCOSAL_ULCERS: _BEFORE[Descriptor.MUCOSAL_ULCERS].reworded(
        PETRI_2005,
        "New or ongoing oral or nasal ulcers from active lupus.",
        Sign("mucosal_ulcers"),
    ),
    Descriptor.PLEURISY: _BEFORE[Descriptor.PLEURISY].reworded(
        PETRI_2005,
        "Classic and severe pleuritic pain, or pleural rub, or effusion, or new pleural "
        "thickening, from lupus.",
        AnyOf(
            Sign("severe_pleuritic_pain"),
            Sign("pleural_rub"),
            Sign("pleural_effusion"),
            Sign("new_pleural_thickening"),
        ),
        unverified="that one of these is enough; the 1992 wording asks for pain with a sign",
    ),
    Descriptor.PERICARDITIS: _BEFORE[Descriptor.PERICARDITIS].reworded(
        PETRI_2005,
        "Classic and severe pericardial pain, or rub, or effusion, or electrocardiogram "
        "confirmation.",
        AnyOf(
            Sign("severe_pericardial_pain"),
            Sign("pericardial_rub"),
            Sign("pericardial_effusion"),
            Sign("pericarditis_on_electrocardiogram"),
        ),
        unverified="that one of these is enough; the 1992 wording asks for pain with a sign",
    ),
    Descriptor.INCREASED_DNA_BINDING: _BEFORE[Descriptor.INCREASED_DNA_BINDING].reworded(
        PETRI_2005,
        unverified="that the Farr limit was kept from the 1992 wording",
    ),
}
