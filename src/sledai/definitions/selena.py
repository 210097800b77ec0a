"""The wording of the SELENA-SLEDAI: that of 1992 save what stands here.

Where SELENA kept the wording of 1992 that paper is cited, else a report of the SELENA trials, which
was not read whole: each citation says in which reproduction.
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
        "one public form",
        also_not_from=("past irreversible damage to the central nervous system",),
        unverified="that past irreversible damage does not count: one reproduction says so",
    ),
    Descriptor.VISUAL_DISTURBANCE: _BEFORE[Descriptor.VISUAL_DISTURBANCE].reworded(
        PETRI_2005,
        "one public form",
        "Changes of the retina or the eye by lupus: cytoid bodies, retinal hemorrhage, serous "
        "exudate or hemorrhage of the choroid, optic neuritis, scleritis or episcleritis.",
        AnyOf(Sign("retinal_changes"), Sign("scleritis"), Sign("episcleritis")),
        unverified="episcleritis, which no reproduction has; scleritis stands in one",
    ),
    Descriptor.CRANIAL_NERVE_DISORDER: _BEFORE[Descriptor.CRANIAL_NERVE_DISORDER].reworded(
        PETRI_2005,
        "public forms",
        "New sensory or motor neuropathy of a cranial nerve, including vertigo due to lupus.",
        AnyOf(Sign("cranial_neuropathy"), Sign("vertigo")),
    ),
    Descriptor.CEREBROVASCULAR_ACCIDENT: _BEFORE[Descriptor.CEREBROVASCULAR_ACCIDENT].reworded(
        PETRI_2005,
        "public forms",
        also_not_from=("hypertension",),
    ),
    Descriptor.PROTEINURIA: _BEFORE[Descriptor.PROTEINURIA].reworded(
        PETRI_2005,
        "acrabstracts.org, on EMBRACE",
        unverified="that a new onset counts as well: the reproduction names the increase alone",
    ),
    Descriptor.RASH: _BEFORE[Descriptor.RASH].reworded(
        PETRI_2005,
        "hokuto.app",
        "New or ongoing inflammatory rash of lupus.",
        Sign("rash"),
    ),
    Descriptor.ALOPECIA: _BEFORE[Descriptor.ALOPECIA].reworded(
        PETRI_2005,
        "hokuto.app",
        "New or ongoing abnormal hair loss, patchy or diffuse, from active lupus.",
        Sign("alopecia"),
    ),
    Descriptor.MUCOSAL_ULCERS: _BEFORE[Descriptor.MUCOSAL_ULCERS].reworded(
        PETRI_2005,
        "hokuto.app",
        "New or ongoing oral or nasal ulcers from active lupus.",
        Sign("mucosal_ulcers"),
    ),
    Descriptor.PLEURISY: _BEFORE[Descriptor.PLEURISY].reworded(
        PETRI_2005,
        "",
        "Classic and severe pleuritic pain, or pleural rub, or effusion, or new pleural "
        "thickening, from lupus.",
        AnyOf(
            Sign("severe_pleuritic_pain"),
            Sign("pleural_rub"),
            Sign("pleural_effusion"),
            Sign("new_pleural_thickening"),
        ),
        unverified=(
            "that one of these is enough: the one public reproduction asks for pain with a sign, "
            "as in 1992"
        ),
    ),
    Descriptor.PERICARDITIS: _BEFORE[Descriptor.PERICARDITIS].reworded(
        PETRI_2005,
        "",
        "Classic and severe pericardial pain, or rub, or effusion, or electrocardiogram "
        "confirmation.",
        AnyOf(
            Sign("severe_pericardial_pain"),
            Sign("pericardial_rub"),
            Sign("pericardial_effusion"),
            Sign("pericarditis_on_electrocardiogram"),
        ),
        unverified=(
            "that one of these is enough: the one public reproduction asks for pain with a sign, "
            "as in 1992"
        ),
    ),
    Descriptor.INCREASED_DNA_BINDING: _BEFORE[Descriptor.INCREASED_DNA_BINDING].reworded(
        PETRI_2005,
        "one public form",
        unverified="that the Farr limit was kept from 1992: one reproduction has it",
    ),
}
