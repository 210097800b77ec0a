"""The SLEDAI in FHIR, R4 or R5, as plain dictionaries: its form, its answers, its terminology."""

from sledai.fhir.canonical import BASE, Release, rebased
from sledai.fhir.laboratory import LABORATORY_CODES, LaboratoryCode
from sledai.fhir.observations import observations
from sledai.fhir.questionnaire import questionnaire
from sledai.fhir.read_laboratory import (
    LeftOut,
    ObservationsRead,
    UsedObservation,
    Why,
    read_observations,
)
from sledai.fhir.response import Response, read_response, response
from sledai.fhir.result_codes import Result, result_code_systems
from sledai.fhir.screening import read_candidate, screening_questionnaire
from sledai.fhir.terminology import (
    ANSWERS,
    DESCRIPTORS,
    SCORES,
    Answer,
    Score,
    code_systems,
    concept_maps,
    value_sets,
)

__all__ = [
    "ANSWERS",
    "BASE",
    "DESCRIPTORS",
    "LABORATORY_CODES",
    "SCORES",
    "Answer",
    "LaboratoryCode",
    "LeftOut",
    "ObservationsRead",
    "Release",
    "Response",
    "Result",
    "Score",
    "UsedObservation",
    "Why",
    "code_systems",
    "concept_maps",
    "observations",
    "questionnaire",
    "read_candidate",
    "read_observations",
    "read_response",
    "rebased",
    "response",
    "result_code_systems",
    "screening_questionnaire",
    "value_sets",
]


def __dir__() -> list[str]:
    return __all__
