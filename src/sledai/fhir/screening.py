"""The questions of the screen of NCT05765006 as a Questionnaire, and a candidate read from it.

A question for each field of a `Candidate`, none of which has to be answered: what is not is not
known.
"""

from collections.abc import Mapping
from functools import cache
from typing import Any, cast

from pydantic import ValidationError

from sledai.definitions import Edition
from sledai.descriptors import Descriptor
from sledai.errors import InvalidInputError
from sledai.fhir.answered import ROOT, Answered, Question, opened, questions
from sledai.fhir.canonical import FORM_VERSIONS, Release, Resource, canonical, head, require_release
from sledai.fhir.elements import Element
from sledai.fhir.observation_values import UCUM, unit_of
from sledai.fhir.questionnaire import (
    control,
    descriptor_groups,
    help_item,
    one_of_these,
    side_by_side,
)
from sledai.fhir.terminology import DRUGS, NO_DRUG, drug_coding
from sledai.quantities import UNITS
from sledai.quantities.fields import Amount, Duration, YesOrNo
from sledai.quantities.glucocorticoids import GLUCOCORTICOIDS
from sledai.records import message_of
from sledai.sources import NCT05765006
from sledai.trials.nct05765006.candidate import Candidate, explained

__all__ = ["read_candidate", "screening_questionnaire"]

_FORM = "nct05765006-screening"
_DRUGS = "oral_corticosteroids"
_OPTIONS = (NO_DRUG, *GLUCOCORTICOIDS)
_ASSESSMENT = "assessment"
_UNIT = "http://hl7.org/fhir/StructureDefinition/questionnaire-unitOption"


def screening_questionnaire(*, release: Release = "R4") -> Resource:
    """Write the questions of NCT05765006 as a Questionnaire.

    The linkId of a question is the field of `Candidate`, the dose of a glucocorticoid is
    "oral_corticosteroids." and its name, and the descriptors stand as in `questionnaire`.

    Raises `InvalidInputError` for an unknown release.

    Source: NCT05765006, its inclusion and exclusion criteria.

    >>> form = screening_questionnaire()
    >>> [(item["linkId"], item["type"]) for item in form["item"]][:2]
    [('informed_consent', 'boolean'), ('age', 'integer')]
    """
    require_release(release)
    title = "Screening questions of NCT05765006"
    return head("Questionnaire", _FORM, title, f"Source: {NCT05765006.reference}") | {
        "subjectType": ["Patient"],
        "item": [item for field in Candidate.model_fields for item in _items(field, release)],
    }


def _items(field: str, release: Release) -> list[Resource]:
    if field == _ASSESSMENT:
        inner = descriptor_groups(Edition.SELENA, release)
        return [{"linkId": field, "text": _text(field), "type": "group", "item": inner}]
    if field == _DRUGS:
        return [_drugs(release), *(_dose(drug) for drug in GLUCOCORTICOIDS)]
    asked: Resource = {"linkId": field, "text": _text(field), "type": "integer"}
    if Candidate.__annotations__[field] is YesOrNo:
        asked |= {"type": "boolean", "extension": side_by_side()}
    elif (analyte := _analyte(field)) is not None:
        asked |= _quantity(analyte)
    return [asked | {"item": [help_item(field, explained(field))]}]


def _analyte(link: str) -> str | None:
    """Name the analyte, as in `sledai.quantities.UNITS`, of which a question asks the amount."""
    if link.startswith(f"{_DRUGS}."):
        return "glucocorticoid_dose"
    holds = Candidate.__annotations__[link]
    if holds is Duration:
        return "duration"
    return link if holds is Amount else None


def _text(field: str) -> str:
    return str(Candidate.model_fields[field].description)


def _quantity(analyte: str) -> Resource:
    """Ask for an amount in one of the units of its analyte, each scale by its first name."""
    firsts = {scale: unit for unit, scale in reversed(UNITS[analyte].items())}
    options = [
        {"url": _UNIT, "valueCoding": {"system": UCUM, "code": unit, "display": unit}}
        for unit in reversed(firsts.values())
    ]
    return {"type": "quantity", "extension": options}


def _drugs(release: Release) -> Resource:
    return {
        "extension": [control("check-box", "Check-box")],
        "linkId": _DRUGS,
        "text": "Oral glucocorticoids that are taken.",
        **one_of_these(release),
        "repeats": True,
        "answerOption": [{"valueCoding": drug_coding(drug)} for drug in _OPTIONS],
        "item": [help_item(_DRUGS, f"Each that is taken by mouth, or {NO_DRUG}; then its dose.")],
    }


def _dose(drug: str) -> Resource:
    taken = {"question": _DRUGS, "operator": "=", "answerCoding": drug_coding(drug)}
    return {
        "linkId": f"{_DRUGS}.{drug}",
        "text": f"Dose of {drug} a day.",
        **_quantity(str(_analyte(f"{_DRUGS}.{drug}"))),
        "enableWhen": [taken],
    }


@cache
def _asked() -> dict[str, Question | None]:
    return questions(screening_questionnaire(), coded=False)


def read_candidate(resource: Mapping[str, Any]) -> Candidate:
    """Read a candidate from a QuestionnaireResponse to `screening_questionnaire`.

    What is not answered is not known; a drug without a dose has a dose that is not known.

    Raises `InvalidInputError` with a line for each problem: its place, what was found, and what is
    accepted.

    >>> candidate = read_candidate(
    ...     {
    ...         "resourceType": "QuestionnaireResponse",
    ...         "questionnaire": screening_questionnaire()["url"],
    ...         "status": "completed",
    ...         "item": [{"linkId": "age", "answer": [{"valueInteger": 34}]}],
    ...     }
    ... )
    >>> candidate.age, candidate.informed_consent
    (34, None)
    """
    given, _ = opened(resource, {canonical("Questionnaire", _FORM): FORM_VERSIONS})
    answered = Answered(given, _asked())
    record: dict[str, Any] = {
        field: _value(answered, field)
        for field in Candidate.model_fields
        if field in answered and field != _DRUGS
    }
    record[_DRUGS] = _doses(answered)
    if descriptors := answered.descriptors():
        record[_ASSESSMENT] = {d.value: descriptors.get(d) for d in Descriptor}
    candidate = Candidate()
    try:
        candidate = Candidate.model_validate(record)
    except ValidationError as error:
        for line in error.errors():
            message = message_of(line)
            answered.refuse_because(message, _place(answered, line["loc"]))
    answered.raise_problems()
    return candidate


def _value(answered: Answered, name: str) -> Any:
    """Give an answer as a candidate takes it: of a Quantity its number, unit and comparator."""
    value, analyte = answered.value(name), _analyte(name)
    if analyte is None or not isinstance(value, Mapping):
        return value
    quantity = Element(cast("Mapping[str, Any]", value), answered.place(name))
    try:
        unit = unit_of(analyte, quantity)
    except InvalidInputError as error:
        answered.refuse_error(error)
        return None
    bound = quantity.content.get("comparator", "")
    return {"value": quantity.content.get("value"), "unit": unit, "bound": bound}


def _doses(answered: Answered) -> dict[str, Any] | None:
    taken: dict[str, str] = {}
    for place, value in answered.all(_DRUGS):
        if drug := answered.code(place, value, DRUGS, _OPTIONS):
            taken[drug] = place
    if NO_DRUG in taken and len(taken) > 1:
        answered.refuse(NO_DRUG, "no drug beside it", taken[NO_DRUG])
    for drug in GLUCOCORTICOIDS:
        if (link := f"{_DRUGS}.{drug}") in answered and drug not in taken:
            answered.refuse_words(
                "a dose", f"none without {drug} in {_DRUGS}", answered.place(link)
            )
    if not taken:
        return None
    return {drug: _value(answered, f"{_DRUGS}.{drug}") for drug in taken if drug != NO_DRUG}


def _place(answered: Answered, loc: tuple[int | str, ...]) -> str:
    field = str(loc[0]) if loc else ""
    return answered.place(field) if field in answered else ROOT
