"""The wording of the original SLEDAI of 1992, on which the other editions build.

Every measured limit is strict: a value equal to it does not count.
"""

from decimal import Decimal

from sledai.definitions import Definition
from sledai.definitions.clauses import (
    AllOf,
    AnyOf,
    AtLeast,
    BeyondLaboratory,
    Clause,
    IfGiven,
    Limit,
    Measured,
    NewOnset,
    Sign,
)
from sledai.descriptors import Descriptor
from sledai.sources import BOMBARDIER_1992, Citation, Read

__all__ = ["SLEDAI_1992_DEFINITIONS"]


def _define(
    number: int,
    wording: str,
    rule: Clause,
    *exclusions: str,
    unverified: str = "",
    reading: str = "",
) -> Definition:
    return Definition(
        wording=wording,
        rule=rule,
        exclusions=exclusions,
        citation=Citation(
            BOMBARDIER_1992,
            f"definition of descriptor {number}",
            Read.IN_REPRODUCTION,
            "public forms",
        ),
        unverified=unverified,
        reading=reading,
    )


_PROTEIN = Limit("urine_protein_24h", ">", Decimal("0.5"), "g/24 h")
_PROTEIN_INCREASE = Limit("urine_protein_24h_increase", ">", Decimal("0.5"), "g/24 h")

SLEDAI_1992_DEFINITIONS: dict[Descriptor, Definition] = {
    Descriptor.SEIZURE: _define(
        1,
        "Seizure of recent onset.",
        Sign("seizure"),
        "a metabolic cause",
        "infection",
        "drugs",
    ),
    Descriptor.PSYCHOSIS: _define(
        2,
        "Function impaired by a severely disturbed perception of reality: hallucinations, "
        "incoherence, markedly loose associations, poverty of thought, markedly illogical "
        "thinking, or bizarre, disorganized or catatonic behavior.",
        Sign("psychosis"),
        "uremia",
        "drugs",
    ),
    Descriptor.ORGANIC_BRAIN_SYNDROME: _define(
        3,
        "Orientation, memory or other intellect altered, with rapid onset and fluctuating course: "
        "clouded consciousness with less capacity to focus and to sustain attention, and {} of "
        "the four: perceptual disturbance, incoherent speech, insomnia or daytime drowsiness, "
        "increased or decreased psychomotor activity.",
        AllOf(
            Sign("altered_mental_function"),
            Sign("clouded_consciousness"),
            AtLeast(
                Limit("additional_features_of_four", ">=", Decimal(2), "features"),
                Sign("perceptual_disturbance"),
                Sign("incoherent_speech"),
                Sign("insomnia_or_daytime_drowsiness"),
                Sign("psychomotor_activity_changed"),
            ),
        ),
        "a metabolic cause",
        "infection",
        "drugs",
    ),
    Descriptor.VISUAL_DISTURBANCE: _define(
        4,
        "Changes of the retina by lupus: cytoid bodies, retinal hemorrhage, serous exudate or "
        "hemorrhage of the choroid, or optic neuritis.",
        Sign("retinal_changes"),
        "hypertension",
        "infection",
        "drugs",
    ),
    Descriptor.CRANIAL_NERVE_DISORDER: _define(
        5,
        "New sensory or motor neuropathy of a cranial nerve.",
        Sign("cranial_neuropathy"),
    ),
    Descriptor.LUPUS_HEADACHE: _define(
        6,
        "Severe, persistent headache, possibly migrainous, that narcotic analgesia does not "
        "relieve.",
        Sign("lupus_headache"),
    ),
    Descriptor.CEREBROVASCULAR_ACCIDENT: _define(
        7,
        "New cerebrovascular accident.",
        Sign("cerebrovascular_accident"),
        "arteriosclerosis",
    ),
    Descriptor.VASCULITIS: _define(
        8,
        "Ulceration, gangrene, tender finger nodules, periungual infarction, splinter "
        "hemorrhages, or proof by biopsy or angiogram.",
        AnyOf(
            Sign("ulceration"),
            Sign("gangrene"),
            Sign("tender_finger_nodules"),
            Sign("periungual_infarction"),
            Sign("splinter_hemorrhages"),
            Sign("vasculitis_proof"),
        ),
    ),
    Descriptor.ARTHRITIS: _define(
        9,
        "{} with pain and signs of inflammation (tenderness, swelling or effusion).",
        Measured(
            "inflamed_painful_joints", Limit("inflamed_painful_joints", ">", Decimal(2), "joints")
        ),
    ),
    Descriptor.MYOSITIS: _define(
        10,
        "Proximal muscle aching or weakness with raised creatine phosphokinase or aldolase, or "
        "with electromyogram changes, or with a biopsy that shows myositis.",
        AllOf(
            Sign("muscle_aching_or_weakness"),
            AnyOf(
                Sign("raised_muscle_enzymes"),
                Sign("electromyogram_changes"),
                Sign("myositis_on_biopsy"),
            ),
        ),
    ),
    Descriptor.URINARY_CASTS: _define(
        11,
        "Heme-granular or red-cell casts; hyaline casts do not count.",
        AnyOf(Sign("heme_granular_casts"), Sign("red_cell_casts")),
    ),
    Descriptor.HEMATURIA: _define(
        12,
        "Urine red cells {}.",
        Measured(
            "urine_red_cells", Limit("urine_red_cells", ">", Decimal(5), "per high-power field")
        ),
        "stone",
        "infection",
        "another cause",
    ),
    Descriptor.PROTEINURIA: _define(
        13,
        "Urine protein {} of new onset, or a recent increase of {}.",
        AllOf(
            Measured("urine_protein_24h", _PROTEIN),
            AnyOf(
                NewOnset("proteinuria_new_onset", "previous_urine_protein_24h", _PROTEIN),
                Measured(
                    "urine_protein_24h", _PROTEIN_INCREASE, since="previous_urine_protein_24h"
                ),
            ),
        ),
        reading=(
            "where nobody states whether the onset is new, an earlier value within the limit makes "
            "it new, and one past the limit does not"
        ),
    ),
    Descriptor.PYURIA: _define(
        14,
        "Urine white cells {}.",
        Measured(
            "urine_white_cells", Limit("urine_white_cells", ">", Decimal(5), "per high-power field")
        ),
        "infection",
    ),
    Descriptor.RASH: _define(
        15,
        "New or recurrent inflammatory rash.",
        AllOf(Sign("rash"), Sign("rash_new_or_recurrent")),
    ),
    Descriptor.ALOPECIA: _define(
        16,
        "New or recurrent abnormal hair loss, patchy or diffuse.",
        AllOf(Sign("alopecia"), Sign("alopecia_new_or_recurrent")),
    ),
    Descriptor.MUCOSAL_ULCERS: _define(
        17,
        "New or recurrent oral or nasal ulcers.",
        AllOf(Sign("mucosal_ulcers"), Sign("mucosal_ulcers_new_or_recurrent")),
    ),
    Descriptor.PLEURISY: _define(
        18,
        "Pleuritic chest pain with pleural rub, effusion or pleural thickening.",
        AllOf(
            Sign("pleuritic_pain"),
            AnyOf(Sign("pleural_rub"), Sign("pleural_effusion"), Sign("pleural_thickening")),
        ),
        unverified="that pleural thickening, too, counts only with pain: the words allow both",
    ),
    Descriptor.PERICARDITIS: _define(
        19,
        "Pericardial pain with rub, effusion or electrocardiogram confirmation.",
        AllOf(
            Sign("pericardial_pain"),
            AnyOf(
                Sign("pericardial_rub"),
                Sign("pericardial_effusion"),
                Sign("pericarditis_on_electrocardiogram"),
            ),
        ),
    ),
    Descriptor.LOW_COMPLEMENT: _define(
        20,
        "CH50, C3 or C4 below the testing laboratory's lower limit of normal; counted once.",
        AnyOf(
            BeyondLaboratory("c3", "<"),
            BeyondLaboratory("c4", "<"),
            IfGiven(BeyondLaboratory("ch50", "<")),
        ),
    ),
    Descriptor.INCREASED_DNA_BINDING: _define(
        21,
        "DNA binding {} by Farr assay, or above the testing laboratory's range of normal.",
        AnyOf(
            Measured("anti_dsdna", Limit("anti_dsdna_farr", ">", Decimal(25), "%")),
            BeyondLaboratory("anti_dsdna", ">"),
        ),
    ),
    Descriptor.FEVER: _define(
        22,
        "Temperature {}.",
        Measured("temperature", Limit("temperature", ">", Decimal(38), "degrees C")),
        "infection",
    ),
    Descriptor.THROMBOCYTOPENIA: _define(
        23,
        "Platelets {}.",
        Measured("platelets", Limit("platelets", "<", Decimal(100_000), "per mm3")),
    ),
    Descriptor.LEUKOPENIA: _define(
        24,
        "White cells {}.",
        Measured("white_cells", Limit("white_cells", "<", Decimal(3_000), "per mm3")),
        "drugs",
    ),
}
