"""Sheets of paper: a visit, a screen, a derivation or a patient's course on a page to be signed.

A sheet is plain data (`Sheet`), made from results of the library; `html` and `pdf` show all of it,
and nothing else. PDF needs the extra `sheets`.
"""

from sledai.sheets.content import Answer, Column, Fact, Facts, Lines, Mark, Sheet, Signature, Table
from sledai.sheets.course import course_sheet
from sledai.sheets.derivation import derivation_sheet
from sledai.sheets.pdf import pdf
from sledai.sheets.screening import screening_sheet
from sledai.sheets.visit import visit_sheet
from sledai.sheets.webpage import Paper, html

__all__ = [
    "Answer",
    "Column",
    "Fact",
    "Facts",
    "Lines",
    "Mark",
    "Paper",
    "Sheet",
    "Signature",
    "Table",
    "course_sheet",
    "derivation_sheet",
    "html",
    "pdf",
    "screening_sheet",
    "visit_sheet",
]


def __dir__() -> list[str]:
    return __all__
