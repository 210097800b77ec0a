"""The SELENA-SLEDAI wording of the 24 descriptors.

Every measured limit is strict: a value equal to it does not count. Where SELENA kept the wording
of 1992 that paper is cited, else a report of the SELENA trials.
"""

from decimal import Decimal

from sledai.definitions import Definition, Limit
from sledai.descriptors import Descriptor
from sledai.sources import BOMBARDIER_1992, PETRI_2005, Citation, Source

__all__ = ["SELENA_DEFINITIONS"]


def _define(
    source: Source, number: int, wording: str, *limits: Limit, unverified: str = ""
) -> Definition:
    place = Citation(source, f"definition of descriptor {number}", verified=not unverified)
    return Definition(wording=wording, limits=limits, citation=place, unverified=unverified)


SELENA_DEFINITIONS: dict[Descriptor, Definition] = {
    Descriptor.SEIZURE: _define(
        PETRI_2005,
        1,
        "Seizure of recent onset; not from a metabolic, infectious or drug cause, nor from past "
        "irreversible damage to the central nervous system.",
        unverified="that past irreversible damage does not count",
    ),
    Descriptor.PSYCHOSIS: _define(
        BOMBARDIER_1992,
        2,
        "Function impaired by a severely disturbed perception of reality: hallucinations, "
        "incoherence, markedly loose associations, poverty of thought, markedly illogical "
        "thinking, or bizarre, disorganized or catatonic behavior; not from uremia or drugs.",
    ),
    Descriptor.ORGANIC_BRAIN_SYNDROME: _define(
        BOMBARDIER_1992,
        3,
        "Orientation, memory or other intellect altered, with rapid onset and fluctuating course: "
        "clouded consciousness with less capacity to focus and to sustain attention, and {} of "
        "the four: perceptual disturbance, incoherent speech, insomnia or daytime drowsiness, "
        "increased or decreased psychomotor activity; not from a metabolic, infectious or drug "
        "cause.",
        Limit("additional_features_of_four", ">=", Decimal(2), "features"),
    ),
    Descriptor.VISUAL_DISTURBANCE: _define(
        PETRI_2005,
        4,
        "Changes of the retina or the eye by lupus: cytoid bodies, retinal hemorrhage, serous "
        "exudate or hemorrhage of the choroid, optic neuritis, scleritis or episcleritis; not "
        "from hypertension, infection or drugs.",
        unverified="episcleritis",
    ),
    Descriptor.CRANIAL_NERVE_DISORDER: _define(
        PETRI_2005,
        5,
        "New sensory or motor neuropathy of a cranial nerve, including vertigo due to lupus.",
    ),
    Descriptor.LUPUS_HEADACHE: _define(
        BOMBARDIER_1992,
        6,
        "Severe, persistent headache, possibly migrainous, that narcotic analgesia does not "
        "relieve.",
    ),
    Descriptor.CEREBROVASCULAR_ACCIDENT: _define(
        PETRI_2005,
        7,
        "New cerebrovascular accident; not from arteriosclerosis or hypertension.",
    ),
    Descriptor.VASCULITIS: _define(
        BOMBARDIER_1992,
        8,
        "Ulceration, gangrene, tender finger nodules, periungual infarction, splinter "
        "hemorrhages, or proof by biopsy or angiogram.",
    ),
    Descriptor.ARTHRITIS: _define(
        PETRI_2005,
        9,
        "{} with pain and signs of inflammation (tenderness, swelling or effusion).",
        Limit("inflamed_painful_joints", ">", Decimal(2), "joints"),
    ),
    Descriptor.MYOSITIS: _define(
        BOMBARDIER_1992,
        10,
        "Proximal muscle aching or weakness with raised creatine phosphokinase or aldolase, or "
        "with electromyogram changes, or with a biopsy that shows myositis.",
    ),
    Descriptor.URINARY_CASTS: _define(
        BOMBARDIER_1992,
        11,
        "Heme-granular or red-cell casts; hyaline casts do not count.",
    ),
    Descriptor.HEMATURIA: _define(
        BOMBARDIER_1992,
        12,
        "Urine red cells {}; not from stone, infection or another cause.",
        Limit("urine_red_cells", ">", Decimal(5), "per high-power field"),
    ),
    Descriptor.PROTEINURIA: _define(
        PETRI_2005,
        13,
        "Urine protein {} of new onset, or a recent increase of {}.",
        Limit("urine_protein_24h", ">", Decimal("0.5"), "g/24 h"),
        Limit("urine_protein_24h_increase", ">", Decimal("0.5"), "g/24 h"),
        unverified="that long-standing proteinuria does not count, as in 1992",
    ),
    Descriptor.PYURIA: _define(
        BOMBARDIER_1992,
        14,
        "Urine white cells {}; not from infection.",
        Limit("urine_white_cells", ">", Decimal(5), "per high-power field"),
    ),
    Descriptor.RASH: _define(
        PETRI_2005,
        15,
        "New or ongoing inflammatory rash of lupus.",
    ),
    Descriptor.ALOPECIA: _define(
        PETRI_2005,
        16,
        "New or ongoing abnormal hair loss, patchy or diffuse, from active lupus.",
    ),
    Descriptor.MUCOSAL_ULCERS: _define(
        PETRI_2005,
        17,
        "New or ongoing oral or nasal ulcers from active lupus.",
    ),
    Descriptor.PLEURISY: _define(
        PETRI_2005,
        18,
        "Classic and severe pleuritic pain, or pleural rub, or effusion, or new pleural "
        "thickening, from lupus.",
        unverified="that one of these is enough; the 1992 wording asks for pain with a sign",
    ),
    Descriptor.PERICARDITIS: _define(
        PETRI_2005,
        19,
        "Classic and severe pericardial pain, or rub, or effusion, or electrocardiogram "
        "confirmation.",
        unverified="that one of these is enough; the 1992 wording asks for pain with a sign",
    ),
    Descriptor.LOW_COMPLEMENT: _define(
        BOMBARDIER_1992,
        20,
        "CH50, C3 or C4 below the testing laboratory's lower limit of normal; counted once.",
    ),
    Descriptor.INCREASED_DNA_BINDING: _define(
        PETRI_2005,
        21,
        "DNA binding {} by Farr assay, or above the testing laboratory's range of normal.",
        Limit("anti_dsdna_farr", ">", Decimal(25), "%"),
        unverified="that the Farr limit was kept from the 1992 wording",
    ),
    Descriptor.FEVER: _define(
        BOMBARDIER_1992,
        22,
        "Temperature {}; not from infection.",
        Limit("temperature", ">", Decimal(38), "degrees C"),
    ),
    Descriptor.THROMBOCYTOPENIA: _define(
        PETRI_2005,
        23,
        "Platelets {}.",
        Limit("platelets", "<", Decimal(100_000), "per mm3"),
    ),
    Descriptor.LEUKOPENIA: _define(
        BOMBARDIER_1992,
        24,
        "White cells {}; not from drugs.",
        Limit("white_cells", "<", Decimal(3_000), "per mm3"),
    ),
}
