"""Observations and Bundles as a server sends them, for tests: typed by hand, from FHIR's pages."""

from decimal import Decimal
from typing import Any

VISIT = "2024-01-16"
UCUM = "http://unitsofmeasure.org"
INTERPRETATION = "http://terminology.hl7.org/CodeSystem/v3-ObservationInterpretation"

Json = dict[str, Any]


def concept(code: str, system: str = "http://loinc.org") -> Json:
    return {"coding": [{"system": system, "code": code}]}


def amount(value: float | str, unit: str, bound: str = "") -> Json:
    number = Decimal(value) if isinstance(value, str) else value  # with the digits of the text
    quantity: Json = {"value": number, "unit": unit, "system": UCUM, "code": unit}
    return quantity | ({"comparator": bound} if bound else {})


def lab(code: str, value: float | str, unit: str, **more: Any) -> Json:
    """A result that is final and of the day of the visit."""
    return result(code, valueQuantity=amount(value, unit), **more)


def result(code: str, **more: Any) -> Json:
    return {
        "resourceType": "Observation",
        "status": "final",
        "code": concept(code),
        "effectiveDateTime": VISIT,
        **more,
    }


def bundle(*resources: Json, **more: Any) -> Json:
    entries = [{"resource": resource} for resource in resources]
    return {"resourceType": "Bundle", "type": "collection", "entry": entries, **more}
