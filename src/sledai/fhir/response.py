"""A visit as a QuestionnaireResponse of the form, and back.

The same in R4 and R5. Nothing is taken on trust: an answer that is none, a question that stands
twice or is not of the form, and a score that the answers do not give are each an error with the
place where it stands.
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from functools import cache
from typing import Any, cast

from sledai.assessment import Assessment
from sledai.definitions import Edition
from sledai.definitions.editions import edition_named
from sledai.descriptors import SEROLOGIC, Descriptor
from sledai.displays import Displayed, in_words
from sledai.errors import InvalidInputError, require, whole_number
from sledai.fhir.answered import (
    ROOT,
    VISIT_DATE,
    Answered,
    Question,
    opened,
    questions,
    require_version,
    without_version,
)
from sledai.fhir.canonical import FORM_VERSIONS, Resource, canonical, form_id
from sledai.fhir.elements import Element, refuse_modified
from sledai.fhir.questionnaire import questionnaire as form_of
from sledai.fhir.references import named_by, reference_to
from sledai.fhir.terminology import Answer, Score, coding
from sledai.scoring import score_bounds
from sledai.visits import Visit
from sledai.visits.visit import day, require_visit

__all__ = ["Response", "read_response", "response", "scores_of"]

_DATE_TIME = re.compile(
    r"\d{4}-\d{2}-\d{2}(T\d{2}:\d{2}:\d{2}(\.\d+)?(Z|[+-]\d{2}:\d{2}))?", re.ASCII
)
_UTC = ("Z", "+00:00", "-00:00")
"""As servers write times, wherever they are: of such a time the local day is not known."""

_SAID = {True: Answer.PRESENT, False: Answer.ABSENT, None: Answer.NOT_ASSESSED}


@dataclass(frozen=True, slots=True, kw_only=True)
class Response(Displayed):
    """What a QuestionnaireResponse says: the visit, and what a visit does not hold, as given.

    `subject` and `author` are References of FHIR, and `authored` is when the form was filled in.
    `status` is "completed", "amended", "in-progress" or "stopped".
    """

    visit: Visit
    edition: Edition
    status: str
    subject: Resource | None = field(repr=False)
    author: Resource | None = field(repr=False)
    authored: str | None

    def _headline(self) -> str:
        return f"{self.status}, {self.edition}, {in_words(self.visit)}"


def scores_of(assessment: Assessment) -> dict[Score, int]:
    """Give the scores that a form shows of answers: total and clinical only where all are known.

    >>> scores_of(Assessment.of(present={"rash"}, not_assessed={"low_complement"}))[Score.CLINICAL]
    2
    """
    total = score_bounds(assessment)
    clinical = score_bounds(assessment, excluding=SEROLOGIC)
    scores = {
        Score.TOTAL: total.exact,
        Score.CLINICAL: clinical.exact,
        Score.LOWEST_TOTAL: total.low,
        Score.HIGHEST_TOTAL: total.high,
        Score.LOWEST_CLINICAL: clinical.low,
        Score.HIGHEST_CLINICAL: clinical.high,
    }
    return {score: points for score, points in scores.items() if points is not None}


def response(
    visit: Visit,
    edition: Edition | str,
    *,
    subject: Mapping[str, Any] | str | None = None,
    author: Mapping[str, Any] | str | None = None,
    authored: datetime | date | str | None = None,
) -> Resource:
    """Write a visit as a QuestionnaireResponse of the form of an edition.

    `subject` and `author` are References of FHIR, or text such as "Patient/7". `authored` is when
    the form was filled in: a date, or a time with its zone. Only what the form asks is written:
    the date, the 24 answers and the scores that they give; where nobody rated them, no answers.

    Raises `InvalidInputError` for what is no visit, an unknown edition, a reference that names
    nothing, and a time that FHIR does not have.

    >>> visit = Visit(date="2024-01-16", assessment=Assessment.of(present={"rash"}))
    >>> written = response(visit, "SELENA", subject="Patient/7")
    >>> written["subject"], written["item"][-1]["item"][0]["answer"]
    ({'reference': 'Patient/7'}, [{'valueInteger': 2}])
    """
    require_visit(visit)
    form = _form_of(edition_named(edition))
    answers: dict[str, Resource] = {VISIT_DATE: {"valueDate": visit.date.isoformat()}}
    if visit.assessment is not None:
        for descriptor in Descriptor:
            answer = _SAID[getattr(visit.assessment, descriptor.value)]
            answers[descriptor.value] = {"valueCoding": coding(answer)}
    for score, points in scores_of(visit.answers).items():
        answers[score.value] = {"valueInteger": points}
    written: Resource = {
        "resourceType": "QuestionnaireResponse",
        "questionnaire": f"{form['url']}|{form['version']}",
        "status": "completed",
    }
    if subject is not None:
        written["subject"] = reference_to(subject, "subject")
    if authored is not None:
        written["authored"] = _date_time(authored)
    if author is not None:
        written["author"] = reference_to(author, "author")
    return written | {"item": list(_answered(form["item"], answers))}


@cache
def _form_of(edition: Edition) -> Resource:
    """Give the form of an edition, made once; nobody changes it here."""
    return form_of(edition)


def _answered(items: list[Resource], answers: Mapping[str, Resource]) -> Iterator[Resource]:
    """Give the items of a form that have answers, each in its group."""
    for item in items:
        said = {"linkId": item["linkId"], "text": item["text"]}
        if item["type"] == "group":
            if inner := list(_answered(item["item"], answers)):
                yield said | {"item": inner}
        elif item["linkId"] in answers:
            yield said | {"answer": [answers[item["linkId"]]]}


def _date_time(value: datetime | date | str) -> str:
    accepted = "a date, or a time with seconds and zone, such as 2024-01-16T09:30:00Z"
    text = value.isoformat() if isinstance(value, date) else value
    require(text, str, "authored", accepted)
    if not _DATE_TIME.fullmatch(text):
        raise InvalidInputError.found(text, accepted, "authored")
    day(text)
    return text


def read_response(
    resource: Mapping[str, Any], *, questionnaire: Mapping[str, Any] | None = None
) -> Response:
    """Read a QuestionnaireResponse of the form, its items in groups or flat.

    The date of the visit is the answer to "visit_date" or, without one, the date in `authored`,
    which must not be a time in UTC then. A question without an answer was not assessed. The scores
    of the form are not read but held against the answers; where these are incomplete, total and
    clinical score have to be empty.

    `questionnaire` is the form of somebody else to which it responds. It says by `derivedFrom` of
    which form of ours it is made, and its items have the codes of the descriptors and scores; its
    other items are no part of the visit.

    Raises `InvalidInputError` with a line for each problem: its place, what was found, and what is
    accepted. Refused are a response that was entered in error, to a version of a form that is not
    known, and with a modifierExtension or implicitRules; and a form that is made of two of ours,
    asks for no descriptor, or has a linkId twice.

    >>> visit = Visit(date="2024-01-16", assessment=Assessment.of(present={"rash"}))
    >>> given = read_response(response(visit, "SELENA", subject="Patient/7"))
    >>> given.visit == visit, given.edition.name, given.subject
    (True, 'SELENA', {'reference': 'Patient/7'})
    """
    ours = {canonical("Questionnaire", form_id(edition)): edition for edition in Edition}
    if questionnaire is None:
        given, url = opened(resource, dict.fromkeys(ours, FORM_VERSIONS))
        edition = ours[url]
        answered = Answered(given, _asked(edition))
    else:
        edition, asked = _form(questionnaire, ours)
        version = questionnaire.get("version")
        known = [version] if isinstance(version, str) else []
        given, _ = opened(resource, {questionnaire["url"]: known})
        answered = Answered(given, asked)
    assessment = _assessment(answered)
    visit_date = _visit_date(answered, given)
    subject, author = (_given_reference(answered, given, name) for name in ("subject", "author"))
    answered.raise_problems()
    return Response(
        visit=Visit(date=visit_date, assessment=assessment),
        edition=edition,
        status=given["status"],
        subject=subject,
        author=author,
        authored=given.get("authored"),
    )


@cache
def _asked(edition: Edition) -> dict[str, Question | None]:
    return questions(_form_of(edition), coded=False)


def _form(
    form: Mapping[str, Any], ours: Mapping[str, Edition]
) -> tuple[Edition, dict[str, Question | None]]:
    """Find the edition of a form of somebody else, and what of ours it asks."""
    require(form, Mapping, "questionnaire", "a Questionnaire as a dict")
    require(form.get("url"), str, "Questionnaire.url", "a canonical URL")
    made_from = form.get("derivedFrom", [])
    require(made_from, list, "Questionnaire.derivedFrom", "a list of canonical URLs")
    refuse_modified(Element(form, "Questionnaire"))
    urls = [url for url in cast("list[object]", made_from) if without_version(url) in ours]
    if len({without_version(url) for url in urls}) != 1:
        raise InvalidInputError.found(made_from, ours, "Questionnaire.derivedFrom")
    for url in cast("list[str]", urls):
        require_version(url, FORM_VERSIONS, "Questionnaire.derivedFrom")
    asked = questions(form, coded=True)
    if not {question.name for question in asked.values() if question} & set(Descriptor):
        raise InvalidInputError.in_words("none", "the code of a descriptor", "Questionnaire.item")
    return ours[without_version(urls[0])], asked


def _assessment(answered: Answered) -> Assessment | None:
    """Give the 24 answers, None where not one was given; scores must be what these give."""
    given = answered.descriptors()
    assessment = Assessment.model_validate({d.value: given.get(d) for d in Descriptor})
    if answered.sound:
        scores = scores_of(assessment)
        for score in Score:
            if score in answered and whole_number(answered.value(score)) != scores.get(score, ""):
                accepted = (
                    f"{scores[score]}, which the answers give"
                    if score in scores
                    else "none until all that it counts are answered"
                )
                answered.refuse(answered.value(score), accepted, answered.place(score))
    return assessment if given else None


_NO_DAY = date.min
"""What stands for the date of a visit that has none, which is raised."""


def _visit_date(answered: Answered, resource: Mapping[str, Any]) -> date:
    authored, place = resource.get("authored"), f"{ROOT}.authored"
    if authored is not None and not isinstance(authored, str):
        answered.refuse_kind(authored, "a time as text", place)
        return _NO_DAY
    asked = VISIT_DATE in answered
    value = answered.value(VISIT_DATE) if asked else authored
    if not asked and authored is not None and authored.endswith(_UTC):
        answered.refuse(authored, f"its local day, as an answer to {VISIT_DATE}", place)
        return _NO_DAY
    try:
        return day(value)
    except InvalidInputError:
        accepted = f"the date of the visit, there or as an answer to {VISIT_DATE}"
        answered.refuse(value, accepted, answered.place(VISIT_DATE) if asked else place)
        return _NO_DAY


def _given_reference(answered: Answered, resource: Mapping[str, Any], name: str) -> Resource | None:
    value, place = resource.get(name), f"{ROOT}.{name}"
    if value is not None and not isinstance(value, dict):
        answered.refuse_kind(value, "a Reference", place)
        return None
    given = cast("Resource | None", value)
    try:
        named_by(Element(given or {}, place))
    except InvalidInputError as error:
        answered.refuse_error(error)
    return given
