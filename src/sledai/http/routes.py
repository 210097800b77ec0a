"""The router: what is asked for by which address. Each of them asks the library, and adds nothing.

Mount it in an application of FastAPI; its errors are its own (`sledai.http.problems`), whatever the
application does with others.
"""

from collections.abc import Callable, Coroutine
from datetime import date
from typing import Annotated, Any, get_type_hints

from fastapi import APIRouter, Body, Query, Request, Response
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse
from fastapi.routing import APIRoute
from pydantic import BaseModel

from sledai.assessment import Assessment
from sledai.definitions import Edition
from sledai.descriptors import SEROLOGIC, Descriptor
from sledai.errors import InvalidInputError, SledaiError
from sledai.fhir import questionnaire as form_of
from sledai.fhir import read_response, response
from sledai.findings import Derivation, Findings
from sledai.findings import derive as derive_descriptors
from sledai.http.bodies import MAX_BODY, JsonRequest
from sledai.http.problems import (
    PROBLEM_TYPE,
    FieldProblem,
    ProblemError,
    field_problems,
    line_problems,
    not_accepted,
    problem_response,
    problem_schema,
)
from sledai.http.questions import OfDerive, OfQuestionnaire, OfScore, OfScreen
from sledai.http.results import FormScores, Scores
from sledai.trials.nct05765006.candidate import Candidate
from sledai.trials.nct05765006.report import ScreeningReport
from sledai.trials.nct05765006.screening import screen as judge_candidate
from sledai.visits import Visit

__all__ = ["NO_BODY", "PROBLEMS", "FhirResponse", "Resource", "Route", "example", "router"]

_Handler = Callable[[Request], Coroutine[Any, Any, Response]]


class Route(APIRoute):
    """A route that reads its body strictly, and whose errors quote no record."""

    def get_route_handler(self) -> _Handler:
        """Give what answers a request."""
        answer = super().get_route_handler()

        async def handle(request: Request) -> Response:
            document: object = None
            try:
                if self.body_field is not None:
                    request = await JsonRequest.of(request)
                    document = request.document
                response = await answer(request)
            except ProblemError as error:
                return problem_response(error.problem)
            except RequestValidationError as error:
                return problem_response(field_problems(error.errors(), document, self._names()))
            except SledaiError as error:
                return problem_response(line_problems(error))
            response.headers["Cache-Control"] = "no-store"
            return response

        return handle

    def _names(self) -> dict[str, set[str]]:
        """Give the names that may stand in the body, and in the address."""
        models = {k: v for k, v in get_type_hints(self.endpoint).items() if k != "return"}
        asked = models.pop("question", BaseModel)
        fields = {name for model in models.values() for name in getattr(model, "model_fields", ())}
        return {"body": fields | set(Descriptor), "query": {*asked.model_fields}}


PROBLEMS: dict[int | str, dict[str, Any]] = {
    status: {"description": said, "content": {PROBLEM_TYPE: {"schema": problem_schema()}}}
    for status, said in (
        (400, "The body is no JSON, or has a key twice."),
        (413, f"The body has more than {MAX_BODY:,} bytes."),
        (415, "The body says that it is something else than JSON."),
        (422, "A field or a parameter is not accepted; each is named."),
    )
}
NO_BODY: dict[int | str, dict[str, Any]] = {422: PROBLEMS[422]}

router = APIRouter(route_class=Route, tags=["SELENA-SLEDAI"])
"""Ready to mount: `app.include_router(router, prefix="/sledai")`."""


def example(name: str, summary: str, value: dict[str, Any]) -> dict[str, Any]:
    """Make an example of a body, in the words of OpenAPI; it has no null, which FastAPI drops."""
    examples = {name: {"summary": summary, "value": value}}
    return {"requestBody": {"content": {"application/json": {"examples": examples}}}}


Resource = dict[str, Any]
_COMPLETE = Assessment.of(present={"arthritis", "rash", "low_complement"})
_PENDING = Assessment.of(present={"arthritis", "rash"}, not_assessed=SEROLOGIC)
_FILLED = response(Visit(date=date(2024, 1, 16), assessment=_PENDING), Edition.SELENA)


@router.post(
    "/score",
    responses=PROBLEMS,
    openapi_extra=example("complete", "all 24 answered", _COMPLETE.model_dump()),
)
def score(assessment: Assessment, question: Annotated[OfScore, Query()]) -> Scores:
    """Score a visit, of which each of the 24 descriptors is true, false or null (not assessed)."""
    return Scores.of(assessment, *question.trial)


@router.post(
    "/derive",
    responses=PROBLEMS,
    openapi_extra=example(
        "laboratory",
        "two values and a sign",
        {"platelets": "92 K/uL", "temperature": "38.4 Cel", "alopecia": False},
    ),
)
def derive(findings: Findings, question: Annotated[OfDerive, Query()]) -> Derivation:
    """Derive the 24 descriptors from findings by an edition, with a reason for each."""
    return derive_descriptors(
        findings,
        edition=question.edition,
        window_days=question.window_days,
        ratio_limit=question.ratio_limit,
    )


@router.post(
    "/screen",
    responses=PROBLEMS,
    openapi_extra=example("begun", "little is known so far", {"informed_consent": True, "age": 34}),
)
def screen(candidate: Candidate, _question: Annotated[OfScreen, Query()]) -> ScreeningReport:
    """Screen a candidate for NCT05765006: a verdict on each criterion, and what is missing."""
    return judge_candidate(candidate)


class FhirResponse(JSONResponse):
    """A resource of FHIR."""

    media_type = "application/fhir+json"


@router.get(
    "/questionnaire", responses=NO_BODY, response_class=FhirResponse, response_model=Resource
)
def questionnaire(question: Annotated[OfQuestionnaire, Query()]) -> Response:
    """Give the form of an edition as a Questionnaire of FHIR, which computes its own scores."""
    return FhirResponse(form_of(question.edition, release=question.release))


_FILLED_FORM = {
    "required": ["resourceType"],
    "properties": {"resourceType": {"const": _FILLED["resourceType"]}},
}


@router.post(
    "/questionnaire",
    responses=PROBLEMS,
    openapi_extra=example("pending", "the serology is not back", _FILLED),
)
def score_response(
    filled: Annotated[Resource, Body(json_schema_extra=_FILLED_FORM)],
    question: Annotated[OfScore, Query()],
) -> FormScores:
    """Score a filled form, which is a QuestionnaireResponse of FHIR; what has no answer is open.

    A trial's rule is about one edition: with the form of another one it is refused.
    """
    given = read_response(filled)
    try:
        return FormScores.of_form(given, *question.trial)
    except InvalidInputError as error:
        wrong = FieldProblem(parameter="trial", detail=str(error))
        raise ProblemError(not_accepted([wrong])) from None
