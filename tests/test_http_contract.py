"""What is described of the answers over HTTP, held by a client that nobody here wrote.

Schemathesis makes requests of the description, right ones and wrong ones, and sees whether each
answer is one that is described.
"""

from functools import cache
from typing import Any

import pytest
import schemathesis
from fastapi import FastAPI
from hypothesis import HealthCheck, Phase, given, settings
from schemathesis import GenerationMode, checks
from starlette.responses import JSONResponse
from starlette.types import Receive, Scope, Send

from examples import examples
from sledai.http.loopback import app, form_app

LOCAL = {"host": "localhost"}
# It takes seconds to make a text of the pattern of an amount, with each unit and its spellings.
AMOUNTS = ["92 K/uL", "<5 /[HPF]", "0.6 g/d", "0.6 g/g", "38.4 Cel", "8 wk", "10 mg/d", "1.2 g/L"]


def with_few_amounts(described: Any) -> Any:
    if isinstance(described, list):
        return [with_few_amounts(one) for one in described]
    if not isinstance(described, dict):
        return described
    if len(described.get("pattern", "")) > 200:
        return {"type": "string", "enum": AMOUNTS}
    return {name: with_few_amounts(one) for name, one in described.items()}


async def served(scope: Scope, receive: Receive, send: Send) -> None:
    """The application with the form, with a description of fewer texts."""
    if scope["type"] == "http" and scope["path"] == "/openapi.json":
        await JSONResponse(with_few_amounts(form_app.openapi()))(scope, receive, send)
    else:
        await form_app(scope, receive, send)


@cache
def described() -> schemathesis.BaseSchema:
    return schemathesis.openapi.from_asgi("/openapi.json", served, headers=LOCAL)


ADDRESSES = [
    ("POST", "/score"),
    ("POST", "/derive"),
    ("POST", "/screen"),
    ("GET", "/questionnaire"),
    ("POST", "/questionnaire"),
]
OF_THE_FORM = [
    ("GET", "/form/definitions"),
    *(("POST", f"/form/{what}") for what in ("score", "sheet", "json", "fhir", "csv")),
]
CHECKS = [
    checks.not_a_server_error,
    checks.status_code_conformance,
    checks.content_type_conformance,
    checks.response_schema_conformance,
]
# Of others a schema cannot say all: the range of a number in a text, what fields have to do with
# each other.
EXACT = {"/score": [checks.positive_data_acceptance, checks.negative_data_rejection]}


@pytest.mark.parametrize(
    ("application", "addresses"), [(app, ADDRESSES), (form_app, ADDRESSES + OF_THE_FORM)]
)
def test_every_address_is_asked(application: FastAPI, addresses: list[tuple[str, str]]) -> None:
    found = {
        (method.upper(), path)
        for path, of_path in application.openapi()["paths"].items()
        for method in of_path
    }
    assert found == set(addresses)


@pytest.mark.parametrize("mode", [GenerationMode.POSITIVE, GenerationMode.NEGATIVE])
@pytest.mark.parametrize(("method", "path"), ADDRESSES + OF_THE_FORM)
def test_answers_are_as_described(method: str, path: str, mode: GenerationMode) -> None:
    """No error of the server; each answer has a status, a type and a form that is described."""
    strategy = described()[path][method].as_strategy(generation_mode=mode)

    @settings(
        max_examples=examples(30),
        deadline=None,
        phases=[Phase.explicit, Phase.generate],
        suppress_health_check=list(HealthCheck),
    )
    @given(strategy)
    def answered(case: schemathesis.Case[Any]) -> None:
        case.call_and_validate(headers=LOCAL, checks=CHECKS + EXACT.get(path, []))

    answered()
