"""What is said of a request that is not accepted: problem details (RFC 9457), and no record.

Of a value at most the cell is quoted, shortened, as in every message of the library; of a name that
is no field the name.
"""

import re
from collections.abc import Collection, Iterable, Mapping, Sequence
from difflib import get_close_matches
from http import HTTPStatus
from typing import Annotated, Any, Literal

from fastapi.responses import JSONResponse
from pydantic import BaseModel, ConfigDict, Field

from sledai.displays import Value
from sledai.errors import SHOWN, SledaiError, cut, escaped
from sledai.fhir.answered import ROOT
from sledai.records import message_of

__all__ = [
    "PROBLEM_TYPE",
    "FieldProblem",
    "Problem",
    "ProblemError",
    "field_problems",
    "line_problems",
    "not_accepted",
    "problem",
    "problem_response",
    "problem_schema",
]

PROBLEM_TYPE = "application/problem+json"

# Some phrases are other ones in older Pythons.
_TITLES = {413: "Content Too Large", 422: "Unprocessable Content"}


class FieldProblem(Value, BaseModel):
    """What is wrong with one field of the body, or with one parameter of the address."""

    model_config = ConfigDict(frozen=True)

    pointer: Annotated[
        str | None, Field(description="The field, as a JSON pointer into the body.")
    ] = None
    parameter: Annotated[str | None, Field(description="The parameter of the address.")] = None
    detail: Annotated[str, Field(description="What was found there, and what is accepted.")]


class Problem(Value, BaseModel):
    """Why a request was not answered, as RFC 9457 has it.

    Source: RFC 9457, sections 3 and 3.2 (`errors` is an extension, as in its example).
    """

    model_config = ConfigDict(frozen=True)

    type: Literal["about:blank"] = "about:blank"
    title: Annotated[str, Field(description="The name of the status.")]
    status: Annotated[int, Field(description="The status of the response.")]
    detail: Annotated[str, Field(description="What is wrong, in a sentence.")]
    errors: Annotated[
        tuple[FieldProblem, ...] | None,
        Field(description=f"The fields that are not accepted, the first {SHOWN} of them."),
    ] = None


class ProblemError(Exception):
    """A request that is not accepted, with what is to be said of it."""

    def __init__(self, said: Problem) -> None:
        super().__init__(said.detail)
        self.problem = said


def problem(status: int, detail: str, errors: Iterable[FieldProblem] = ()) -> Problem:
    """Make a problem, whose title is the name of its status.

    >>> problem(413, "too long").title
    'Content Too Large'
    """
    return Problem(
        title=_TITLES.get(status) or HTTPStatus(status).phrase,
        status=status,
        detail=detail,
        errors=tuple(errors) or None,
    )


def problem_response(said: Problem, headers: Mapping[str, str] | None = None) -> JSONResponse:
    """Answer with a problem; what it does not say is left out."""
    return JSONResponse(
        said.model_dump(exclude_none=True),
        status_code=said.status,
        headers={"Cache-Control": "no-store", **(headers or {})},
        media_type=PROBLEM_TYPE,
    )


def problem_schema() -> dict[str, Any]:
    """Describe a problem in one piece, as an answer of OpenAPI that is no model's own type.

    >>> problem_schema()["required"]
    ['title', 'status', 'detail']
    """
    schema = Problem.model_json_schema()
    (of_field,) = schema.pop("$defs").values()
    schema["properties"]["errors"] = {"type": "array", "items": of_field}
    return schema


def field_problems(
    lines: Sequence[Any], document: object, names: Mapping[str, Collection[str]]
) -> Problem:
    """Say the errors of a validation, each with its place in the document that was sent.

    `lines` are those of pydantic, whose places begin with "body", "query" or another part of the
    request; `names` are those that may stand there, of which one that comes close is offered.

    >>> line = {"loc": ("body", "rahs"), "type": "extra_forbidden", "msg": ""}
    >>> field_problems([line], {"rahs": True}, {"body": ["rash"]}).errors
    (FieldProblem(pointer='#/rahs', detail='no such field; did you mean rash?'),)
    """
    errors = [_field_problem(line, document, names) for line in lines[:SHOWN]]
    return not_accepted(errors, len(lines))


def line_problems(error: SledaiError) -> Problem:
    """Say an error of the library, which of a filled form has a line for each place.

    >>> error = SledaiError("QuestionnaireResponse.item[2].linkId: found 'x'; accepted: y")
    >>> line_problems(error).errors
    (FieldProblem(pointer='#/item/2/linkId', detail="found 'x'; accepted: y"),)
    """
    lines = str(error).splitlines()
    return not_accepted([_line_problem(line) for line in lines[:SHOWN]], len(lines))


_OF_FORM = re.compile(rf"(?:{ROOT}\.)?(?P<path>\w+(?:\[\d+\]|\.\w+)*): (?P<said>.*)", re.ASCII)


def _line_problem(line: str) -> FieldProblem:
    found = _OF_FORM.fullmatch(line)
    if found is None:
        return FieldProblem(pointer="#", detail=cut(line, _LONGEST_DETAIL))
    steps = re.findall(r"\w+", found["path"])[:_DEEPEST]
    return FieldProblem(pointer="/".join(["#", *steps]), detail=cut(found["said"], _LONGEST_DETAIL))


_DEEPEST = 40
"""How many steps of a pointer are given: of a form nested deeper, what all of that stands in."""
_LONGEST_DETAIL = 1000


def not_accepted(errors: Sequence[FieldProblem], count: int | None = None) -> Problem:
    """Say how many places are not accepted, of which the `errors` are the first, or all.

    >>> not_accepted([FieldProblem(parameter="trial", detail="no")]).detail
    'not accepted, in 1 place'
    """
    count = len(errors) if count is None else count
    places = "1 place" if count == 1 else f"{count:,} places"
    shown = f", of which the first {SHOWN} are shown" if count > SHOWN else ""
    return problem(422, f"not accepted, in {places}{shown}", errors)


def _field_problem(
    line: Any, document: object, names: Mapping[str, Collection[str]]
) -> FieldProblem:
    where, *loc = line["loc"]
    if line["type"] == "extra_forbidden":
        what = "field" if where == "body" else "parameter"
        close = get_close_matches(str(loc[-1])[:_LONGEST_NAME], names.get(where, ()), n=2)
        said = f"no such {what}" + (f"; did you mean {' or '.join(close)}?" if close else "")
    elif line["msg"] == "Field required":
        said = "nothing given; it is required"
    else:
        said = message_of(line)
        for name in loc:
            said = said.removeprefix(f"{name}: ")
    if where != "body":
        return FieldProblem(parameter=_named(loc[0]), detail=said)
    return FieldProblem(pointer=_pointer(loc, document, line["type"]), detail=said)


_LONGEST_NAME = 40


def _named(name: object) -> str:
    return cut(escaped(str(name)), _LONGEST_NAME)


def _pointer(loc: Sequence[object], document: object, kind: str) -> str:
    """Write a place as a pointer, as far as it is one of the document.

    Beyond it stand names of pydantic's own. What is missing, or not to be there, is named all the
    same.
    """
    pointer, here = "#", document
    for part in loc:
        among: Any = here
        if not isinstance(here, dict) or not (part in among or kind in _OF_ITS_OWN):
            break
        here = among.get(part)
        pointer += "/" + _named(part).replace("~", "~0").replace("/", "~1")
    return pointer


_OF_ITS_OWN = {"missing", "extra_forbidden"}
