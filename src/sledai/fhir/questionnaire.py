"""The form as a Questionnaire, which any renderer of FHIR shows and scores.

A group for each organ system, in it an item for each descriptor with its three answers, and the
scores that the form computes (Structured Data Capture, `calculatedExpression`). The total and the
clinical score stay empty until all that they count is answered present or absent; the lowest and
the highest always show.
"""

from collections.abc import Iterable

from sledai.definitions import OBSERVATION_WINDOW, Definition, Edition
from sledai.definitions.editions import DEFINITIONS, edition_named
from sledai.descriptors import SEROLOGIC, Descriptor, OrganSystem
from sledai.fhir.answered import VISIT_DATE
from sledai.fhir.canonical import Release, Resource, form_id, head, require_release
from sledai.fhir.terminology import Answer, Score, coding

__all__ = ["questionnaire"]

_CALCULATED = (
    "http://hl7.org/fhir/uv/sdc/StructureDefinition/sdc-questionnaire-calculatedExpression"
)
_ITEM_CONTROL = "http://hl7.org/fhir/StructureDefinition/questionnaire-itemControl"
_ORIENTATION = "http://hl7.org/fhir/StructureDefinition/questionnaire-choiceOrientation"
_CONTROLS = "http://hl7.org/fhir/questionnaire-item-control"
_WEIGHT = {
    "R4": "http://hl7.org/fhir/StructureDefinition/ordinalValue",
    "R5": "http://hl7.org/fhir/StructureDefinition/itemWeight",
}


def questionnaire(edition: Edition | str, *, release: Release = "R4") -> Resource:
    """Write the form of an edition as a Questionnaire.

    The linkId of a descriptor is its value, and that of a group its organ system; a score's is that
    of `Score`. Each descriptor has its weight with the answer "present", and its definition in the
    edition as help.

    Raises `InvalidInputError` for an unknown edition or release.

    Source: the definitions, each with its own (`sledai.definitions`).

    >>> form = questionnaire("SELENA")
    >>> [item["linkId"] for item in form["item"]][:3]
    ['visit_date', 'central_nervous_system', 'vascular']
    """
    edition = edition_named(edition)
    require_release(release)
    window = f"A descriptor counts when {OBSERVATION_WINDOW}."
    return head("Questionnaire", form_id(edition), str(edition), window) | {
        "subjectType": ["Patient"],
        "item": [
            {"linkId": VISIT_DATE, "text": "Date of the visit", "type": "date"},
            *descriptor_groups(edition, release),
            _scores(),
        ],
    }


def descriptor_groups(edition: Edition, release: Release) -> list[Resource]:
    """Give the items of the 24 descriptors, a group for each organ system."""
    return [
        {
            "linkId": system.value,
            "text": system.label.capitalize(),
            "type": "group",
            "item": [_question(d, edition, release) for d in Descriptor if d.system is system],
        }
        for system in OrganSystem
    ]


def _question(descriptor: Descriptor, edition: Edition, release: Release) -> Resource:
    return {
        "extension": side_by_side(),
        "linkId": descriptor.value,
        "code": [coding(descriptor)],
        "text": f"{descriptor.label} ({descriptor.weight})",
        **one_of_these(release),
        "answerOption": [_option(answer, descriptor, release) for answer in Answer],
        "item": [
            help_item(descriptor.value, _explained(DEFINITIONS[edition][descriptor])),
        ],
    }


def one_of_these(release: Release) -> Resource:
    """Say that an answer is one of the options."""
    if release == "R4":
        return {"type": "choice"}
    return {"type": "coding", "answerConstraint": "optionsOnly"}


def help_item(link: str, text: str) -> Resource:
    """Give the text that a renderer shows when somebody asks for help with an item."""
    return {
        "extension": [control("help", "Help-Button")],
        "linkId": f"{link}.help",
        "text": text,
        "type": "display",
    }


def side_by_side() -> list[Resource]:
    """Ask for the answers as buttons in a row, and not as a list that has to be opened."""
    return [
        control("radio-button", "Radio Button"),
        {"url": _ORIENTATION, "valueCode": "horizontal"},
    ]


def control(code: str, label: str) -> Resource:
    """Ask for a way in which an item is shown, by its code in FHIR."""
    shown = {"system": _CONTROLS, "code": code, "display": label}
    return {"url": _ITEM_CONTROL, "valueCodeableConcept": {"coding": [shown]}}


def _explained(definition: Definition) -> str:
    doubt = f" Could not be verified: {definition.unverified}." if definition.unverified else ""
    return f"{definition.text}{doubt} Source: {definition.citation}."


def _option(answer: Answer, descriptor: Descriptor, release: Release) -> Resource:
    option: Resource = {"valueCoding": coding(answer)}
    if answer is Answer.PRESENT:
        option["extension"] = [{"url": _WEIGHT[release], "valueDecimal": descriptor.weight}]
    return option


def _scores() -> Resource:
    return {
        "linkId": "scores",
        "text": "Scores",
        "type": "group",
        "item": [
            {
                "linkId": score.value,
                "code": [coding(score)],
                "text": score.label,
                "type": "integer",
                "readOnly": True,
                "extension": [
                    {
                        "url": _CALCULATED,
                        "valueExpression": {
                            "description": score.label,
                            "language": "text/fhirpath",
                            "expression": expression(score),
                        },
                    }
                ],
            }
            for score in Score
        ],
    }


def expression(score: Score) -> str:
    """Give the FHIRPath by which a form computes a score of a response, `%resource`."""
    counted = list(Descriptor)
    if score in {Score.CLINICAL, Score.LOWEST_CLINICAL, Score.HIGHEST_CLINICAL}:
        counted = [d for d in counted if d not in SEROLOGIC]
    if score in {Score.TOTAL, Score.CLINICAL}:
        known = f"{_count(counted, Answer.PRESENT, Answer.ABSENT)} = {len(counted)}"
        return f"iif({known}, {_points(counted, Answer.PRESENT)}, {{}})"
    if score in {Score.HIGHEST_TOTAL, Score.HIGHEST_CLINICAL}:
        most = sum(d.weight for d in counted)
        return f"{most} - ({_points(counted, Answer.ABSENT)})"
    return _points(counted, Answer.PRESENT)


def _points(counted: Iterable[Descriptor], answer: Answer) -> str:
    """Add the weights of the descriptors that have an answer: those of one weight are counted."""
    by_weight: dict[int, list[Descriptor]] = {}
    for descriptor in counted:
        by_weight.setdefault(descriptor.weight, []).append(descriptor)
    return " + ".join(f"{weight} * {_count(same, answer)}" for weight, same in by_weight.items())


def _count(descriptors: Iterable[Descriptor], *answers: Answer) -> str:
    links = " | ".join(f"'{d}'" for d in descriptors)
    codes = " or ".join(f"code = '{answer}'" for answer in answers)
    return f"%resource.item.item.where(linkId in ({links})).answer.value.where({codes}).count()"
