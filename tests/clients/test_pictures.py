"""A picture as a page: a browser shows it, asks for nothing, and takes every name as text."""

from pathlib import Path

import pytest
from clients.node import ask

from sledai.pictures import course
from sledai.visits import History, Visit

HISTORY = History.of([Visit.model_validate({"date": "2024-01-16", "total_score": 8})])


@pytest.mark.parametrize("width", [1400, 390])
def test_a_page_is_shown_and_asks_for_nothing(tmp_path: Path, width: int) -> None:
    pages = []
    for n, name in enumerate(
        ["P01", "</script><script>document.title = 'taken'</script>", "\u202e"]
    ):
        path = tmp_path / f"{n}.html"
        course(HISTORY, name=name).save(path)
        pages.append({"page": str(path), "width": width, "scheme": "dark"})
    for look in ask("axe", pages):
        assert look["violations"] == []
        assert look["requests"] == []
        assert look["errors"] == []
        assert look["sideways"] == 0


def test_an_svg_within_a_page() -> None:
    svg = course(HISTORY, name="P01").svg()
    head = "<!doctype html><html lang=en><title>a page</title><main><h1>A page</h1>"
    (look,) = ask("axe", [{"page": f"{head}{svg}</main></html>"}])
    assert (look["violations"], look["requests"], look["errors"]) == ([], [], [])
