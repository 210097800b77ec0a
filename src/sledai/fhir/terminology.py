"""Our code systems, the value sets of all their codes, and the way to the phenotype ontology.

The answers are a system of our own because none of HL7's fits. Its yes and no (v2-0136) have no
third; its expanded table (0532) adds several kinds of null of another system, between which a rater
of this form is not asked to choose. The codes of SNOMED CT for present and absent are licensed.
"""

from collections.abc import Iterable
from enum import StrEnum
from typing import Any

from sledai.definitions import Edition
from sledai.definitions.editions import DEFINITIONS
from sledai.descriptors import Descriptor
from sledai.fhir.canonical import Release, Resource, canonical, form_id, head, require_release
from sledai.fhir.phenotypes import HPO, HPO_CITATION, PHENOTYPES, Nearness, Phenotype
from sledai.quantities.glucocorticoids import GLUCOCORTICOIDS, PREDNISONE_MG, Glucocorticoid

__all__ = [
    "ANSWERS",
    "DESCRIPTORS",
    "DRUGS",
    "NO_DRUG",
    "SCORES",
    "Answer",
    "Score",
    "code_systems",
    "concept_maps",
    "value_sets",
]

_DESCRIPTORS_ID, _ANSWERS_ID, _SCORES_ID = "sledai-descriptors", "sledai-answers", "sledai-scores"
_DRUGS_ID = "sledai-glucocorticoids"

DESCRIPTORS = canonical("CodeSystem", _DESCRIPTORS_ID)
"""The system whose codes are the values of `Descriptor`."""

ANSWERS = canonical("CodeSystem", _ANSWERS_ID)
"""The system whose codes are the values of `Answer`."""

SCORES = canonical("CodeSystem", _SCORES_ID)
"""The system whose codes are the values of `Score`."""


DRUGS = canonical("CodeSystem", _DRUGS_ID)
"""The system whose codes are the glucocorticoids of the screen, and `NO_DRUG`."""

NO_DRUG = "none"
"""The code of taking no glucocorticoid by mouth."""


class Answer(StrEnum):
    """What is answered of a descriptor; its value is the code.

    >>> Answer.NOT_ASSESSED.label
    'Not assessed'
    """

    PRESENT = "present"
    ABSENT = "absent"
    NOT_ASSESSED = "not-assessed"

    @property
    def label(self) -> str:
        """The answer for people."""
        return self.value.replace("-", " ").capitalize()


class Score(StrEnum):
    """A score that the form computes; its value is the code, and the linkId of its item.

    >>> Score.LOWEST_TOTAL.label
    'Lowest total'
    """

    TOTAL = "total_score"
    CLINICAL = "clinical_score"
    LOWEST_TOTAL = "lowest_total"
    HIGHEST_TOTAL = "highest_total"
    LOWEST_CLINICAL = "lowest_clinical"
    HIGHEST_CLINICAL = "highest_clinical"

    @property
    def label(self) -> str:
        """The score for people."""
        return self.value.replace("_", " ").capitalize()


_MEANINGS: dict[Answer | Score, str] = {
    Answer.PRESENT: "The descriptor counts.",
    Answer.ABSENT: "The descriptor is asserted not to count.",
    Answer.NOT_ASSESSED: "Nobody says whether it counts; it may. The same as no answer.",
    Score.TOTAL: "The weights of what is present, where all 24 are answered.",
    Score.CLINICAL: "The same of all but low complement and increased DNA binding.",
    Score.LOWEST_TOTAL: "The total if all that is not assessed were absent.",
    Score.HIGHEST_TOTAL: "The total if all that is not assessed were present.",
    Score.LOWEST_CLINICAL: "The clinical score if all that is not assessed were absent.",
    Score.HIGHEST_CLINICAL: "The clinical score if all that is not assessed were present.",
}


def coding(of: Descriptor | Answer | Score) -> Resource:
    """Give a descriptor, an answer or a score as a Coding.

    >>> coding(Answer.ABSENT)["code"], coding(Descriptor.RASH)["display"]
    ('absent', 'Rash')
    """
    return {"system": _SYSTEMS[type(of)], "code": of.value, "display": of.label}


_SYSTEMS = {Descriptor: DESCRIPTORS, Answer: ANSWERS, Score: SCORES}


def drug_coding(drug: str) -> Resource:
    """Give a glucocorticoid, or `NO_DRUG`, as a Coding."""
    return {"system": DRUGS, "code": drug, "display": drug}


def code_systems(*, release: Release = "R4") -> tuple[Resource, ...]:
    """Write the CodeSystems of descriptors, answers, scores of the form, and glucocorticoids.

    A descriptor has as properties its number, weight and organ system, where the weight is
    published, and for each edition its definition, where that is published, and what of it could
    not be verified.

    Raises `InvalidInputError` for an unknown release.

    >>> [system["id"] for system in code_systems()]
    ['sledai-descriptors', 'sledai-answers', 'sledai-scores', 'sledai-glucocorticoids']
    """
    require_release(release)
    return (
        _descriptors(),
        _code_system(_ANSWERS_ID, "Answers of the SLEDAI", "What is said of a descriptor.", Answer),
        _code_system(
            _SCORES_ID, "Scores of the SLEDAI", "What a form of the SLEDAI computes.", Score
        ),
        _drugs(),
    )


def _code_system(
    name: str, title: str, description: str, codes: Iterable[Answer | Score]
) -> Resource:
    concepts = [
        {"code": code.value, "display": code.label, "definition": _MEANINGS[code]} for code in codes
    ]
    return _complete(head("CodeSystem", name, title, description), concepts)


def _drugs() -> Resource:
    title = "Oral glucocorticoids"
    system = head("CodeSystem", _DRUGS_ID, title, "What is taken, in the screen of NCT05765006.")
    system["property"] = [
        _property("equivalent", "decimal", f"Mg equivalent to {PREDNISONE_MG} mg of prednisone."),
        _property("source", "string", "Where the equivalent is published."),
    ]
    none = {"code": NO_DRUG, "display": NO_DRUG, "definition": "None is taken by mouth."}
    return _complete(system, [none, *map(_drug, GLUCOCORTICOIDS.values())])


def _drug(drug: Glucocorticoid) -> Resource:
    amount = f"{drug.equivalent} mg are equivalent to {PREDNISONE_MG} mg of prednisone."
    return {
        "code": drug.name,
        "display": drug.name,
        "definition": amount,
        "property": [
            {"code": "equivalent", "valueDecimal": float(drug.equivalent)},
            {"code": "source", "valueString": str(drug.citation)},
        ],
    }


def _complete(system: Resource, concepts: list[Resource]) -> Resource:
    return system | {
        "caseSensitive": True,
        "valueSet": canonical("ValueSet", system["id"]),
        "content": "complete",
        "count": len(concepts),
        "concept": concepts,
    }


def _descriptors() -> Resource:
    system = head(
        "CodeSystem",
        _DESCRIPTORS_ID,
        "Descriptors of the SLEDAI",
        "The 24 descriptors that all editions have, with the same weights. The definitions are "
        "those of each edition, in our own words.",
    )
    system["property"] = [
        _property("number", "integer", "The place on the form, from 1."),
        _property("weight", "integer", "The points that it scores when present."),
        _property("source", "string", "Where the weight is published."),
        _property("organ-system", "string", "The organ system under which it is reported."),
        *(
            _property(f"{kind}-{form_id(edition)}", "string", f"{meaning} {edition}.")
            for edition in Edition
            for kind, meaning in _BY_EDITION.items()
        ),
    ]
    concepts: list[Resource] = [
        {"code": d.value, "display": d.label, "property": _properties(d)} for d in Descriptor
    ]
    return _complete(system, concepts)


_BY_EDITION = {
    "definition": "The definition in",
    "definition-source": "Where it is published, and how it was read:",
    "unverified": "What could not be verified of the definition in",
}


def _property(code: str, kind: str, description: str) -> Resource:
    return {"code": code, "type": kind, "description": description}


def _properties(descriptor: Descriptor) -> list[Resource]:
    values: dict[str, str] = {
        "source": str(descriptor.citation),
        "organ-system": descriptor.system.label,
    }
    for edition, definitions in DEFINITIONS.items():
        definition = definitions[descriptor]
        values |= {
            f"definition-{form_id(edition)}": definition.text,
            f"definition-source-{form_id(edition)}": str(definition.citation),
            f"unverified-{form_id(edition)}": definition.unverified,
        }
    return [
        {"code": "number", "valueInteger": descriptor.number},
        {"code": "weight", "valueInteger": descriptor.weight},
        *({"code": code, "valueString": value} for code, value in values.items() if value),
    ]


def value_sets(*, release: Release = "R4") -> tuple[Resource, ...]:
    """Write a ValueSet of all codes of each of `code_systems`.

    Raises `InvalidInputError` for an unknown release.

    >>> [values["compose"]["include"][0]["system"] for values in value_sets()][0] == DESCRIPTORS
    True
    """
    return tuple(
        head("ValueSet", system["id"], system["title"], f"All codes of {system['title']}.")
        | {"compose": {"include": [{"system": system["url"]}]}}
        for system in code_systems(release=release)
    )


_NEARNESS: dict[Release, dict[Nearness, str]] = {
    "R4": {Nearness.BROAD: "wider", Nearness.CLOSE: "inexact"},
    "R5": {Nearness.BROAD: "source-is-narrower-than-target", Nearness.CLOSE: "related-to"},
}


def concept_maps(*, release: Release = "R4") -> tuple[Resource, ...]:
    """Write the ConceptMap from the descriptors to the Human Phenotype Ontology, which is one-way.

    No term is equivalent: each is broader than its descriptor or overlaps with it, and its comment
    says in what they differ.

    Raises `InvalidInputError` for an unknown release.

    Source: `sledai.fhir.phenotypes`.

    >>> concept_maps()[0]["group"][0]["element"][0]["target"][0]["equivalence"]
    'wider'
    """
    require_release(release)
    scope = "sourceCanonical" if release == "R4" else "sourceScopeCanonical"
    near: dict[Descriptor, list[Phenotype]] = {}
    for phenotype in PHENOTYPES:
        near.setdefault(phenotype.descriptor, []).append(phenotype)
    elements = [
        {
            "code": descriptor.value,
            "display": descriptor.label,
            "target": [_target(phenotype, release) for phenotype in phenotypes],
        }
        for descriptor, phenotypes in near.items()
    ]
    return (
        head(
            "ConceptMap",
            "sledai-descriptors-to-hpo",
            "Descriptors of the SLEDAI to the Human Phenotype Ontology",
            f"One-way: a term does not make a descriptor. Source of the terms: {HPO_CITATION}.",
        )
        | {scope: canonical("ValueSet", _DESCRIPTORS_ID)}
        | {"group": [{"source": DESCRIPTORS, "target": HPO, "element": elements}]},
    )


def _target(phenotype: Phenotype, release: Release) -> dict[str, Any]:
    relation = "equivalence" if release == "R4" else "relationship"
    return {
        "code": phenotype.code,
        "display": phenotype.label,
        relation: _NEARNESS[release][phenotype.nearness],
        "comment": phenotype.difference,
    }
