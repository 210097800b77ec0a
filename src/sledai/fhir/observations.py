"""A visit's answers, scores and verdicts as Observations, which a server of FHIR stores.

A panel has a component for each descriptor. The scores are derived from it: a number where every
completion of what is not known gives the same one, else a reason why there is none; the lowest and
the highest possible score stand beside it always. So do the descriptors that decide a verdict. The
same in R4 and R5.
"""

import json
from collections.abc import Iterable, Mapping
from datetime import date, timedelta
from typing import Any, Literal, get_args
from uuid import NAMESPACE_URL, uuid5

from sledai.definitions import OBSERVATION_WINDOW, Edition
from sledai.definitions.editions import edition_named
from sledai.descriptors import Descriptor
from sledai.errors import InvalidInputError, require_one_of
from sledai.fhir.canonical import BASE, Resource, canonical
from sledai.fhir.elements import Element
from sledai.fhir.observation_values import UCUM
from sledai.fhir.references import kind_named, named_by, reference_to
from sledai.fhir.result_codes import Result, result_coding
from sledai.fhir.terminology import Answer, Score, coding
from sledai.rules import ActivityRule, require_edition
from sledai.scoring import ScoreBounds
from sledai.scoring.completions import NOTHING_RECORDED
from sledai.trials import nct05765006
from sledai.trials.catalog import rules_of
from sledai.visits import Visit
from sledai.visits.visit import require_visit

__all__ = ["IDENTIFIERS", "PERFORMERS", "observations"]

IDENTIFIERS = canonical("NamingSystem", "sledai-observations")
"""The system of the identifiers by which a server knows an Observation that it has already."""

PERFORMERS = (
    "CareTeam",
    "Organization",
    "Patient",
    "Practitioner",
    "PractitionerRole",
    "RelatedPerson",
)
"""Who can have made an Observation, as FHIR has it: no device."""

_ABSENT_REASON = "http://terminology.hl7.org/CodeSystem/data-absent-reason"
_CATEGORY = "http://terminology.hl7.org/CodeSystem/observation-category"
Status = Literal["final", "amended", "preliminary"]
"""Of Observation.status, what a visit's answers can have."""

_POINTS = "{score}"  # as UCUM annotates a number without a unit


def observations(
    visit: Visit,
    edition: Edition | str,
    *,
    subject: Mapping[str, Any] | str | None = None,
    performer: Mapping[str, Any] | str | None = None,
    response: Mapping[str, Any] | str | None = None,
    rules: ActivityRule | str | Iterable[ActivityRule | str] | None = None,
    status: Status = "final",
    transaction: bool = False,
) -> Resource:
    """Write what was answered at a visit, and what follows from it, as a Bundle of Observations.

    First the panel of the 24 descriptors, then the total, the clinical score, and the verdict of
    each of the `rules`, or of trials by their number, each derived from the panel; by default that
    of NCT05765006 where the `edition` is SELENA, about which its rule is, else none. They are
    effective over the days of the `OBSERVATION_WINDOW`, which ends with the visit. `subject`,
    `performer` and the `response` that the answers stand in are References of FHIR, or text such as
    "Patient/7"; `edition` is by whose wording the descriptors were rated, and `status` is final
    unless the form was changed later or is not complete.

    Where the subject is known by an address or an identifier, each has an `identifier` made of the
    subject, the date, the edition and what it is of, whatever was answered. With `transaction` the
    Bundle asks a server to store them, each in place of the one that has its identifier already;
    otherwise it is a collection.

    Raises `InvalidInputError` for what is no visit, for a visit with recorded scores, whose answers
    need not be all that is known, for one whose window begins before the year 1, for an unknown
    edition or status, for a rule about another edition, for a reference that names nobody, for a
    performer that is none, as a device, and for a transaction without a subject that is known.

    Source: the window, `OBSERVATION_WINDOW`; the rules, each with its own.

    >>> from sledai import Assessment
    >>> seen = Assessment.of(present={"arthritis", "rash"}, not_assessed={"fever"})
    >>> bundle = observations(Visit(date="2024-01-16", assessment=seen), "SELENA")
    >>> panel, total, clinical, verdict = (entry["resource"] for entry in bundle["entry"])
    >>> total["dataAbsentReason"]["coding"][0]["code"]
    'unknown'
    >>> [part["valueQuantity"]["value"] for part in total["component"]]
    [6, 7]
    >>> verdict["valueCodeableConcept"]["coding"][0]["code"]
    'not_met'
    """
    require_visit(visit)
    edition = edition_named(edition)
    require_one_of(status, get_args(Status), "status")
    if visit.recorded != NOTHING_RECORDED:
        raise InvalidInputError.in_words("one with recorded scores", "one with answers", "visit")
    judged = _default_rules(edition) if rules is None else rules_of(rules)
    for rule in judged:
        require_edition(rule, edition)
    about: Resource = {"status": status} | _about(visit, edition)
    named: str | None = None
    if subject is not None:
        about["subject"] = reference_to(subject, "subject")
        named = named_by(Element(about["subject"], "subject"))
    if performer is not None:
        about["performer"] = [_performer(performer)]
    if transaction and named is None:
        accepted = "a subject with an address or an identifier, by which to know it again"
        raise InvalidInputError.in_words("none", accepted, "subject")
    of = None if named is None else f"{named} {visit.date} {edition}"
    panel = _entry(_panel(visit) | about | _derived_from(response), of)
    derived = {**about, "derivedFrom": [{"reference": panel["fullUrl"]}]}
    scores = (
        (Score.TOTAL, Score.LOWEST_TOTAL, Score.HIGHEST_TOTAL, visit.bounds()),
        (
            Score.CLINICAL,
            Score.LOWEST_CLINICAL,
            Score.HIGHEST_CLINICAL,
            visit.bounds(clinical=True),
        ),
    )
    entries = [
        panel,
        *(_entry(_score(*score) | derived, of) for score in scores),
        *(_entry(_verdict(visit, rule) | derived, of) for rule in judged),
    ]
    if transaction:
        entries = [
            entry | {"request": {"method": "PUT", "url": _known_by(entry["resource"])}}
            for entry in entries
        ]
    kind = "transaction" if transaction else "collection"
    return {"resourceType": "Bundle", "type": kind, "entry": entries}


def _default_rules(edition: Edition) -> tuple[ActivityRule, ...]:
    rule = nct05765006.ACTIVITY_RULE
    return (rule,) if rule.edition is edition else ()


def _about(visit: Visit, edition: Edition) -> Resource:
    first = date.min + timedelta(OBSERVATION_WINDOW.days)
    if visit.date < first:
        raise InvalidInputError.found(str(visit.date), f"{first} or later", "visit.date")
    start = visit.date - timedelta(OBSERVATION_WINDOW.days)
    return {
        "effectivePeriod": {"start": start.isoformat(), "end": visit.date.isoformat()},
        "method": {"text": str(edition)},
    }


def _derived_from(response: Mapping[str, Any] | str | None) -> Resource:
    return {} if response is None else {"derivedFrom": [reference_to(response, "response")]}


def _performer(given: Mapping[str, Any] | str) -> Resource:
    performer = reference_to(given, "performer")
    kind = kind_named(Element(performer, "performer"))
    if kind not in {None, *PERFORMERS}:
        raise InvalidInputError.found(kind, PERFORMERS, "performer")
    return performer


def _known_by(observation: Resource) -> str:
    """Give the search for an Observation by its identifier."""
    (identifier,) = observation["identifier"]
    return f"Observation?identifier={identifier['system']}|{identifier['value']}"


def _entry(observation: Resource, of: str | None) -> Resource:
    """Name an Observation by what it says, so that no clock and no chance is in it.

    `of` is whose it is, which visit and edition: that and its code identify it, whatever it says.
    """
    if of is not None:
        code = observation["code"]
        what = f"{of} {code['coding'][0]['code']} {code.get('text', '')}"
        value = str(uuid5(NAMESPACE_URL, f"{IDENTIFIERS}|{what}"))
        observation["identifier"] = [{"system": IDENTIFIERS, "value": value}]
    content = json.dumps(observation, sort_keys=True, ensure_ascii=True)
    name = uuid5(NAMESPACE_URL, f"{BASE}/Observation?{content}")
    return {"fullUrl": f"urn:uuid:{name}", "resource": observation}


def _observation(code: Resource, **more: Any) -> Resource:
    return {
        "resourceType": "Observation",
        "category": [{"coding": [{"system": _CATEGORY, "code": "survey"}]}],
        "code": code,
        **more,
    }


def _panel(visit: Visit) -> Resource:
    answers = visit.answers
    return _observation(
        _concept(result_coding(Result.DESCRIPTORS)),
        component=[_answered(d, getattr(answers, d.value)) for d in Descriptor],
    )


def _answered(descriptor: Descriptor, answer: bool | None) -> Resource:  # noqa: FBT001 - an answer, no switch
    code = {"code": _concept(coding(descriptor))}
    if answer is None:
        return code | _unknown()
    answered = Answer.PRESENT if answer else Answer.ABSENT
    return code | {"valueCodeableConcept": _concept(coding(answered))}


def _score(score: Score, lowest: Score, highest: Score, bounds: ScoreBounds) -> Resource:
    exact = bounds.low == bounds.high
    ends = ((lowest, bounds.low), (highest, bounds.high))
    return _observation(
        _concept(coding(score)),
        **({"valueQuantity": _points(bounds.low)} if exact else _unknown()),
        component=[
            {"code": _concept(coding(end)), "valueQuantity": _points(points)}
            for end, points in ends
        ],
    )


def _verdict(visit: Visit, rule: ActivityRule) -> Resource:
    judgement = rule.judge(visit.answers)
    deciding = [d for d in Descriptor if d in judgement.deciding]
    return _observation(
        _concept(result_coding(Result.CRITERION)) | {"text": f"{rule.name}: {rule}"},
        valueCodeableConcept=_concept(result_coding(judgement.verdict)),
        note=[{"text": judgement.reason}],
        component=[
            {"code": _concept(result_coding(Result.RULE)), "valueString": rule.name},
            *(
                {
                    "code": _concept(result_coding(Result.DECIDING)),
                    "valueCodeableConcept": _concept(coding(descriptor)),
                }
                for descriptor in deciding
            ),
        ],
    )


def _concept(one: Resource) -> Resource:
    return {"coding": [one]}


def _points(points: int) -> Resource:
    return {"value": points, "unit": "points", "system": UCUM, "code": _POINTS}


def _unknown() -> Resource:
    return {"dataAbsentReason": {"coding": [{"system": _ABSENT_REASON, "code": "unknown"}]}}
