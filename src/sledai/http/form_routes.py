"""What the page of `sledai form` asks of the library: definitions, scores, and files to be kept."""

import csv
import io
from typing import Annotated, Any

from fastapi import APIRouter, Query
from fastapi.responses import HTMLResponse, JSONResponse, PlainTextResponse, Response

from sledai.descriptors import Descriptor
from sledai.errors import InvalidInputError
from sledai.fhir import response
from sledai.http.filled_form import FilledForm
from sledai.http.form_results import Definitions, FilledScores
from sledai.http.problems import FieldProblem, ProblemError, not_accepted
from sledai.http.questions import OfEdition, OfScore
from sledai.http.routes import NO_BODY, PROBLEMS, FhirResponse, Resource, Route, example
from sledai.rules import require_edition
from sledai.sheets import html, visit_sheet
from sledai.trials.catalog import Trial
from sledai.visits import Visit

__all__ = ["form_router"]

form_router = APIRouter(prefix="/form", route_class=Route, tags=["The form"])
"""What the page asks; a part of `sledai form`, not of the router that others mount."""

_EXAMPLE = example(
    "begun",
    "two answers and a laboratory value",
    {
        "subject": "P01",
        "date": "2024-01-16",
        "edition": "SELENA-SLEDAI",
        "answered": {"arthritis": True, "rash": False},
        "findings": {"platelets": "92 K/uL"},
    },
)
_WORDS = {True: "present", False: "absent", None: ""}


@form_router.get("/definitions", responses=NO_BODY)
def definitions(question: Annotated[OfEdition, Query()]) -> Definitions:
    """Give what is asked by an edition: descriptors by organ system, laboratory values, trials."""
    return Definitions.of(question.edition)


@form_router.post("/score", responses=PROBLEMS, openapi_extra=_EXAMPLE)
def score(form: FilledForm, question: Annotated[OfScore, Query()]) -> FilledScores:
    """Score a form as far as it is filled in, and say what the laboratory values derive."""
    _require_trials_of(form, question.trial)
    return FilledScores.filled(form, *question.trial)


@form_router.post("/sheet", responses=PROBLEMS, response_class=HTMLResponse, openapi_extra=_EXAMPLE)
def sheet(form: FilledForm, question: Annotated[OfScore, Query()]) -> HTMLResponse:
    """Give the score sheet, to be printed and signed."""
    _require_trials_of(form, question.trial)
    made = visit_sheet(
        form.counted,
        edition=form.edition,
        subject=form.subject,
        date=form.date,
        rater=form.rater,
        trials=question.trial,
    )
    return HTMLResponse(html(made))


@form_router.post("/json", responses=PROBLEMS, response_model=FilledForm, openapi_extra=_EXAMPLE)
def keep(form: FilledForm) -> Response:
    """Give the form as a file to be kept, with all 24 answers; such a file is taken here again."""
    return JSONResponse(form.document())


@form_router.post(
    "/fhir",
    responses=PROBLEMS,
    response_class=FhirResponse,
    response_model=Resource,
    openapi_extra=_EXAMPLE,
)
def fhir(form: FilledForm) -> Response:
    """Give the form as a QuestionnaireResponse of FHIR, which names a visit by its date."""
    if form.date is None:
        wrong = FieldProblem(pointer="#/date", detail="nothing given; FHIR asks for the date")
        raise ProblemError(not_accepted([wrong]))
    visit = Visit(date=form.date, assessment=form.counted)
    subject = form.subject and {"identifier": {"value": form.subject}, "display": form.subject}
    author = form.rater and {"display": form.rater}
    return FhirResponse(
        response(visit, form.edition, subject=subject or None, author=author or None)
    )


class CsvResponse(PlainTextResponse):
    """A file of comma-separated values."""

    media_type = "text/csv"


@form_router.post("/csv", responses=PROBLEMS, response_class=CsvResponse, openapi_extra=_EXAMPLE)
def row(form: FilledForm) -> CsvResponse:
    """Give the form as a file of one visit, which `sledai score` reads; empty is not assessed."""
    counted = form.counted.model_dump()
    fields: dict[str, Any] = {
        "subject": form.subject,
        "date": form.date,
        "rater": form.rater,
        "edition": form.edition.value,
        **{d.value: _WORDS[counted[d.value]] for d in Descriptor},
    }
    written = io.StringIO()
    writer = csv.writer(written, lineterminator="\n")
    writer.writerows((fields, fields.values()))
    return CsvResponse(written.getvalue())


def _require_trials_of(form: FilledForm, trials: tuple[Trial, ...]) -> None:
    for trial in trials:
        try:
            require_edition(trial.rule, form.edition)
        except InvalidInputError as error:
            wrong = FieldProblem(parameter="trial", detail=str(error))
            raise ProblemError(not_accepted([wrong])) from None
