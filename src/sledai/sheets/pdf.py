"""A sheet as PDF, by Typst, which takes what stands on it as data and not as markup."""

import json
import re
from dataclasses import asdict
from functools import cache
from importlib.resources import files
from typing import Any, cast, get_args

from sledai.errors import (
    InvalidInputError,
    MissingExtraError,
    escaped,
    extra_advice,
    require,
    require_one_of,
)
from sledai.sheets.content import Sheet
from sledai.sheets.webpage import Paper

__all__ = ["pdf"]


def pdf(sheet: Sheet, *, paper: Paper = "a4") -> bytes:
    """Print a sheet as PDF: the same bytes for the same sheet, tagged for readers of screens.

    The letters are made as large as one page allows. A sheet that no page holds at a size that can
    be read goes on, with its title at the head of each page.

    Raises `InvalidInputError` for what is no sheet, another paper, and text in letters that no
    font at hand has; and `MissingExtraError` where typst is not there.
    """
    require(sheet, Sheet, "sheet", "a Sheet (visit_sheet and its kin make one)")
    require_one_of(paper, get_args(Paper), "paper")
    try:
        import typst  # noqa: PLC0415 - of an extra that few have
    except ModuleNotFoundError as error:
        raise MissingExtraError(extra_advice("a sheet as PDF", error.name, "sheets")) from None
    data = json.dumps(_data(sheet, paper), ensure_ascii=False)
    found = ""
    # Fonts of the machine differ from those of others: they are taken for what no other font shows.
    for ignored in (True, False):
        try:
            return typst.compile(
                _template(),
                sys_inputs={"sheet": data},
                ignore_system_fonts=ignored,
                pdf_standards=["ua-1"],  # for everybody to read; refuses text that no font shows
            )
        except typst.TypstError as error:
            if (said := _NO_FONT.search(str(error))) is None:
                raise
            found = said[1]
    raise InvalidInputError.found(
        found,
        "letters that a font of this machine shows; a browser may have others for HTML",
        "sheet",
    )


_NO_FONT = re.compile(r'the text `"(.+?)"` could not be displayed')
_PAPERS: dict[str, str] = {"a4": "a4", "letter": "us-letter"}


@cache
def _template() -> bytes:
    return files("sledai.sheets").joinpath("sheet.typ").read_bytes()


def _data(sheet: Sheet, paper: Paper) -> dict[str, Any]:
    subject = [str(f.value) for f in sheet.identity if f.name == "Subject" and f.value]
    data = asdict(sheet) | {
        "parts": [{"kind": type(part).__name__.lower(), **asdict(part)} for part in sheet.parts],
        "heading": ", ".join([sheet.title, *subject]),
        "paper": _PAPERS[paper],
    }
    return cast("dict[str, Any]", _shown(data))


def _shown(value: object) -> object:
    """Escape each text, as in HTML and in messages: what cannot be seen, or moves what can be."""
    if isinstance(value, str):
        return escaped(value)
    if isinstance(value, dict):
        return {name: _shown(one) for name, one in cast("dict[str, object]", value).items()}
    if isinstance(value, list | tuple):
        return [_shown(one) for one in cast("list[object]", value)]
    return value
