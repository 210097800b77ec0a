"""The codes of LOINC by which laboratory values and the temperature are recognized.

A closed list: a code that is not in it is no finding, however close its name. The names are our own
words. Of each code it is said where its meaning was read; LOINC's own table was not at hand.
"""

from dataclasses import dataclass
from typing import Literal

from sledai.displays import Value
from sledai.sources import FHIR_R4, LOINC, Citation, Read

__all__ = ["LABORATORY_CODES", "LOINC_SYSTEM", "LaboratoryCode"]

LOINC_SYSTEM = "http://loinc.org"
"""The system of the codes of LOINC in FHIR."""


@dataclass(frozen=True, slots=True, kw_only=True)
class LaboratoryCode(Value):
    """A code of LOINC, and the field of `Findings` that its results are.

    `scale` says whether a result is an amount, or only that something is there or is not. What a
    `broader` code names is more than the finding: that it is absent says that the finding is, that
    it is there says nothing. Units of `not_in` are the analyte's and not those of this test.
    `unverified` names what of the code's meaning is in doubt; it is empty where nothing is.

    >>> code = LABORATORY_CODES["777-3"]
    >>> code.finding, code.specimen, code.method
    ('platelets', 'blood', 'automated count')
    """

    code: str
    finding: str
    name: str
    specimen: str
    citation: Citation
    method: str = ""
    scale: Literal["amount", "presence"] = "amount"
    broader: bool = False
    not_in: tuple[str, ...] = ()
    unverified: str = ""


_MIMIC = "d_labitems_to_loinc.csv of MIT-LCP/mimic-code"
_GECCO = "LaboratoryTestsGECCO.fsh of hl7germany/forschungsnetz-covid19"
_CUMULUS = (
    "irae__lab_creatinine_urine_protein_cr_ratio.sql of "
    "smart-on-fhir/cumulus-library-kidney-transplant"
)
_OHIO = "the test catalog of the Ohio State laboratories, dsDNA antibody"
_CLEVELAND = "the test catalog of Cleveland Clinic Laboratories, DNA antibody with confirmation"
_MAYO = "the test catalog of Mayo Clinic Laboratories, DNA double-stranded antibodies IgG"
_CATALOG = "what LOINC calls it: a laboratory that reports by it was read"


def _read_in(code: str, reproduction: str) -> Citation:
    return Citation(LOINC, code, Read.IN_REPRODUCTION, reproduction)


_ROWS = (
    LaboratoryCode(
        code="777-3",
        finding="platelets",
        name="platelets",
        specimen="blood",
        method="automated count",
        citation=_read_in("777-3", _MIMIC),
    ),
    LaboratoryCode(
        code="778-1",
        finding="platelets",
        name="platelets",
        specimen="blood",
        method="manual count",
        citation=_read_in("778-1", _GECCO),
    ),
    LaboratoryCode(
        code="26515-7",
        finding="platelets",
        name="platelets",
        specimen="blood",
        citation=_read_in("26515-7", _GECCO),
    ),
    LaboratoryCode(
        code="6690-2",
        finding="white_cells",
        name="white cells",
        specimen="blood",
        method="automated count",
        citation=_read_in("6690-2", _MIMIC),
    ),
    LaboratoryCode(
        code="804-5",
        finding="white_cells",
        name="white cells",
        specimen="blood",
        method="manual count",
        citation=_read_in("804-5", _GECCO),
    ),
    LaboratoryCode(
        code="26464-8",
        finding="white_cells",
        name="white cells",
        specimen="blood",
        citation=_read_in("26464-8", _GECCO),
    ),
    LaboratoryCode(
        code="8310-5",
        finding="temperature",
        name="body temperature",
        specimen="patient",
        citation=Citation(FHIR_R4, "profile bodytemp, code", Read.IN_WORK),
    ),
    LaboratoryCode(
        code="8331-1",
        finding="temperature",
        name="body temperature, oral",
        specimen="patient",
        citation=Citation(FHIR_R4, "example f202 of Observation, code", Read.IN_WORK),
    ),
    LaboratoryCode(
        code="2889-4",
        finding="urine_protein_24h",
        name="protein",
        specimen="urine of 24 hours",
        citation=_read_in("2889-4", _MIMIC),
    ),
    LaboratoryCode(
        code="2890-2",
        finding="urine_protein_creatinine_ratio",
        name="protein to creatinine, by mass",
        specimen="urine",
        citation=_read_in("2890-2", _MIMIC),
    ),
    LaboratoryCode(
        code="34366-5",
        finding="urine_protein_creatinine_ratio",
        name="protein to creatinine",
        specimen="urine",
        citation=_read_in("34366-5", _CUMULUS),
    ),
    LaboratoryCode(
        code="13801-6",
        finding="urine_protein_creatinine_ratio",
        name="protein to creatinine, by mass",
        specimen="urine of 24 hours",
        citation=_read_in("13801-6", _CUMULUS),
    ),
    LaboratoryCode(
        code="40486-3",
        finding="urine_protein_creatinine_ratio",
        name="protein to creatinine",
        specimen="urine of 24 hours",
        citation=_read_in("40486-3", _CUMULUS),
    ),
    LaboratoryCode(
        code="13945-1",
        finding="urine_red_cells",
        name="red cells in a high-power field",
        specimen="urine sediment",
        method="microscopy",
        citation=_read_in("13945-1", _MIMIC),
    ),
    LaboratoryCode(
        code="5821-4",
        finding="urine_white_cells",
        name="white cells in a high-power field",
        specimen="urine sediment",
        method="microscopy",
        citation=_read_in("5821-4", _MIMIC),
    ),
    LaboratoryCode(
        code="5807-3",
        finding="red_cell_casts",
        name="red-cell casts in a low-power field",
        specimen="urine sediment",
        method="microscopy",
        citation=_read_in("5807-3", _MIMIC),
    ),
    LaboratoryCode(
        code="5793-5",
        finding="heme_granular_casts",
        name="granular casts in a low-power field",
        specimen="urine sediment",
        method="microscopy",
        broader=True,
        citation=_read_in("5793-5", _MIMIC),
    ),
    LaboratoryCode(
        code="4485-9",
        finding="c3",
        name="complement C3, by mass",
        specimen="serum or plasma",
        citation=_read_in("4485-9", _MIMIC),
    ),
    LaboratoryCode(
        code="4498-2",
        finding="c4",
        name="complement C4, by mass",
        specimen="serum or plasma",
        citation=_read_in("4498-2", _MIMIC),
    ),
    LaboratoryCode(
        code="4532-8",
        finding="ch50",
        name="total hemolytic complement CH50, in units",
        specimen="serum or plasma",
        citation=_read_in("4532-8", _MIMIC),
    ),
    LaboratoryCode(
        code="5130-0",
        finding="anti_dsdna",
        name="antibodies to double-stranded DNA, in units",
        specimen="serum",
        not_in=("%",),
        citation=_read_in("5130-0", _OHIO),
        unverified=_CATALOG,
    ),
    LaboratoryCode(
        code="32677-7",
        finding="anti_dsdna",
        name="antibodies to double-stranded DNA, in units",
        specimen="serum",
        method="immunoassay",
        not_in=("%",),
        citation=_read_in("32677-7", _CLEVELAND),
        unverified=_CATALOG,
    ),
    LaboratoryCode(
        code="33799-8",
        finding="anti_dsdna",
        name="IgG antibodies to double-stranded DNA, in units",
        specimen="serum",
        method="immunoassay",
        not_in=("%",),
        citation=_read_in("33799-8", _MAYO),
        unverified=_CATALOG,
    ),
    LaboratoryCode(
        code="31348-6",
        finding="anti_dsdna",
        name="antibodies to double-stranded DNA, there or not",
        specimen="serum",
        scale="presence",
        citation=_read_in("31348-6", _MIMIC),
    ),
)

LABORATORY_CODES = {row.code: row for row in _ROWS}
"""The codes, by the code."""
