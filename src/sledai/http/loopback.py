"""The applications that `sledai serve` and `sledai form` run: for this machine alone.

A page in a browser could be made to ask them, under a name of its own that leads here; so the name
that is asked for has to be one of this machine, and so has the page that asks. The first has no
page of its own; that of the second loads nothing from elsewhere.
"""

import re

from fastapi import APIRouter, FastAPI, Request, Response
from starlette.datastructures import Headers, MutableHeaders
from starlette.exceptions import HTTPException
from starlette.types import ASGIApp, Message, Receive, Scope, Send

import sledai
from sledai.errors import InvalidInputError
from sledai.http.form_routes import form_router
from sledai.http.page import ONLY_ITSELF, page_router
from sledai.http.problems import Problem, problem, problem_response
from sledai.http.routes import router

__all__ = ["app", "form_app"]

_NAME = r"(localhost|127(\.[0-9]{1,3}){3}|\[::1\])(:[0-9]{1,5})?"
_ACCEPTED = {
    "host": (421, re.compile(_NAME, re.IGNORECASE)),
    "origin": (403, re.compile(f"https?://{_NAME}", re.IGNORECASE)),
}
_NAMES = "localhost, 127.0.0.1 or [::1], with a port or without"


class _LoopbackOnly:
    """Refuse what was sent to another name than one of this machine, or by a page of another."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "http" and (said := _elsewhere(Headers(scope=scope))):
            await problem_response(said)(scope, receive, send)
        else:
            await self._app(scope, receive, send)


def _elsewhere(headers: Headers) -> Problem | None:
    for header, (status, accepted) in _ACCEPTED.items():
        found = headers.getlist(header)
        if header == "host" and not found:
            found = [""]
        for name in found:
            if not accepted.fullmatch(name):
                said = InvalidInputError.found(name, _NAMES, header.capitalize())
                return problem(status, str(said))
    return None


async def _not_there(_: Request, error: Exception) -> Response:
    """Say what the framework raises: an address or a method that is not there."""
    assert isinstance(error, HTTPException)  # noqa: S101 - it is registered for no other
    said = {404: "no such address; /openapi.json lists what there is"}.get(error.status_code)
    allowed = (error.headers or {}).get("Allow")
    detail = said or (f"accepted: {allowed}" if allowed else error.detail)
    return problem_response(problem(error.status_code, detail), error.headers)


async def _defect(_: Request, error: Exception) -> Response:
    """Say no more of a defect than its type: its text may quote a record."""
    what = f"a defect of sledai ({type(error).__name__}); please report it"
    return problem_response(problem(500, what))


class _Guarded:
    """Say with each answer what a browser may do with it, where the answer does not say so."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        async def guarded(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                for name, value in ONLY_ITSELF.items():
                    headers.setdefault(name, value)
            await send(message)

        await self._app(scope, receive, guarded)


def _application(*routers: APIRouter) -> FastAPI:
    application = FastAPI(
        title="sledai",
        version=sledai.__version__,
        summary="The SELENA-SLEDAI: exact scores, and what missing answers leave open.",
        description=(
            "For research and for building software; not a medical device. Bodies are JSON, in "
            'which keys that begin with "#" are remarks. Nothing is stored and nothing is logged.'
        ),
        docs_url=None,
        redoc_url=None,
        # Newer versions of FastAPI can report requests elsewhere, if the environment says so.
        telemetry={
            "tracing": False,
            "metrics": False,
            "logs": False,
            "operation_spans": False,
            "auto_configure": False,
        },
        exception_handlers={HTTPException: _not_there, Exception: _defect},
    )
    for one in routers:
        application.include_router(one)
    application.add_middleware(_LoopbackOnly)
    return application


app = _application(router)
"""What `sledai serve` runs, on a server that listens on the loopback addresses alone."""

form_app = _application(router, form_router, page_router)
"""What `sledai form` runs: the same, and the page on which a visit is filled in."""
form_app.add_middleware(_Guarded)
