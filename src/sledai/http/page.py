"""The page of `sledai form`: three files of its own, and an empty page for the sheet.

A browser is told to load nothing from elsewhere, to keep nothing, and to show the page in no
other. The sheet has its own page, since it brings its styles along; no script may run there.
"""

from collections.abc import Callable
from importlib.resources import files
from pathlib import PurePath

from fastapi import APIRouter, Response

__all__ = ["ONLY_ITSELF", "page_router"]

_ON_PAGE = (
    "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; "
    "img-src 'self' data:; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
)
_ON_SHEET = (
    "default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'; "
    "frame-ancestors 'none'"
)

ONLY_ITSELF = {
    "Content-Security-Policy": _ON_PAGE,
    "Cache-Control": "no-store",
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
}
"""What a browser is told of the page, and of all that it asks for."""

_KINDS = {".html": "text/html", ".css": "text/css", ".js": "text/javascript"}
_FILES = ("form.html", "form.css", "form.js", "asking.js", "drawing.js", "keeping.js")
_EMPTY = '<!doctype html><html lang="en"><meta charset="utf-8"><title>Score sheet</title></html>'

page_router = APIRouter(include_in_schema=False)
"""The page, which is no part of the description: it is for people."""


def _sends(name: str) -> Callable[[], Response]:
    """Make what sends a file, and has no parameter that a request could set."""

    def send() -> Response:
        kind = _KINDS[PurePath(name).suffix]
        return Response((files("sledai.http") / "page" / name).read_bytes(), media_type=kind)

    return send


for _name in _FILES:
    _path = "/" if _name == "form.html" else f"/{_name}"
    page_router.add_api_route(_path, _sends(_name), response_model=None)


@page_router.get("/sheet", response_model=None)
def sheet() -> Response:
    """Give an empty page, into which the form puts a sheet to be printed."""
    return Response(_EMPTY, media_type="text/html", headers={"Content-Security-Policy": _ON_SHEET})
