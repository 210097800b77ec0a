"""Sheets as HTML: nothing that axe finds, nothing loaded, and one page of paper."""

import base64
import io
from datetime import date
from typing import Any

import pytest
from clients.node import ask
from pypdf import PdfReader

from sledai import Assessment, Descriptor
from sledai.definitions import Edition
from sledai.findings import Findings, derive
from sledai.sheets import (
    Paper,
    Sheet,
    course_sheet,
    derivation_sheet,
    html,
    screening_sheet,
    visit_sheet,
)
from sledai.trials.catalog import CATALOG
from sledai.trials.nct05765006.screening import Candidate, screen
from sledai.visits import History, Visit

OPEN = Assessment.of(present={"rash"}, not_assessed=set(Descriptor) - {Descriptor.RASH})
NAMES = {"subject": "<script>alert(1)</script> \u202e 田中", "rater": "محمد علي"}
TRIALS = [trial for trial in CATALOG if trial.rule.edition is Edition.SELENA]
SHEETS: dict[str, Sheet] = {
    "visit": visit_sheet(OPEN, edition="SELENA", trials=TRIALS[:4], **NAMES),  # type: ignore[arg-type]
    "blank": visit_sheet(OPEN, edition="SLEDAI_2K"),
    "derivation": derivation_sheet(
        derive(Findings(), edition="SELENA"),
        trials=TRIALS[:1],
        **NAMES,  # type: ignore[arg-type]
    ),
    "screening": screening_sheet(screen(Candidate()), **NAMES),  # type: ignore[arg-type]
    "course": course_sheet(
        History(visits=tuple(Visit(date=date(2024, n, 1), assessment=OPEN) for n in (1, 2, 3))),
        edition="SELENA",
        **NAMES,  # type: ignore[arg-type]
    ),
}


@pytest.mark.parametrize("kind", SHEETS)
def test_axe_finds_nothing(kind: str) -> None:
    page = html(SHEETS[kind])
    looks: list[dict[str, Any]] = [
        {"page": page},
        {"page": page, "scheme": "dark"},
        {"page": page, "media": "print"},
        {"page": page, "width": 390},
    ]
    for look in ask("axe", looks):
        assert look["violations"] == []
        assert (look["sideways"], look["requests"], look["errors"]) == (0, [], [])


def test_each_is_a_page_of_either_paper() -> None:
    papers: tuple[Paper, ...] = ("a4", "letter")
    asked = [(kind, paper) for kind in SHEETS for paper in papers]
    printed = ask("printed", [html(SHEETS[kind], paper=paper) for kind, paper in asked])
    sizes = {"a4": (595, 842), "letter": (612, 792)}
    for (kind, paper), data in zip(asked, printed, strict=True):
        read = PdfReader(io.BytesIO(base64.b64decode(data)))
        assert len(read.pages) == 1, (kind, paper)
        width, height = map(round, map(float, read.pages[0].mediabox[2:]))
        assert (width, height) == sizes[paper]
        assert "Second signature" in read.pages[0].extract_text()
