"""The documentation as it is built, opened in a browser page by page; `make docs` builds it."""

import os
import re
from html.parser import HTMLParser
from pathlib import Path
from typing import Any
from urllib.parse import unquote, urlsplit

import pytest
from clients.node import HERE, ask

BUILT = HERE.parents[1] / "docs/_build/html"
WIDE, NARROW = 1400, 390


def pages() -> list[Path]:
    found = sorted(BUILT.rglob("*.html"))
    if not found:
        stop = pytest.fail if os.environ.get("CI") else pytest.skip
        stop("the documentation is not built: `make docs` does it")
    return [page for page in found if "_static" not in page.parts]


# Colors are those of a scheme and places those of a width: each is seen once, in half the time.
@pytest.mark.parametrize(("width", "scheme"), [(WIDE, "light"), (NARROW, "dark")])
def test_every_page_is_read_by_all_and_asks_nobody(width: int, scheme: str) -> None:
    """By keyboard, by a screen reader and on a telephone, with nothing fetched from elsewhere."""
    found = pages()
    question = {"pages": list(map(str, found)), "width": width, "scheme": scheme}
    looks: list[dict[str, Any]] = ask("docs", question)
    for page, look in zip(found, looks, strict=True):
        assert not look["violations"], page
        assert look["sideways"] == 0, page
        assert {urlsplit(one).scheme for one in look["requests"]} <= {"file", "data"}, page
        assert not look["errors"], page


class _Links(HTMLParser):
    """The links of a page, and the places in it that links lead to."""

    def __init__(self, page: Path) -> None:
        super().__init__()
        self.links: list[str] = []
        self.places: set[str] = set()
        self.feed(page.read_text(encoding="utf-8"))

    def handle_starttag(self, _tag: str, attrs: list[tuple[str, str | None]]) -> None:
        for name, value in attrs:
            if value and name == "id":
                self.places.add(value)
            elif value and name in {"href", "src"}:
                self.links.append(value)


def test_every_link_within_leads_somewhere() -> None:
    read = {page: _Links(page) for page in pages()}
    broken: list[tuple[Path, str]] = []
    for page, found in read.items():
        for link in found.links:
            parts = urlsplit(link)
            if parts.scheme or parts.netloc:
                continue
            target = (page.parent / unquote(parts.path)).resolve() if parts.path else page
            if not target.is_file() or (
                parts.fragment
                and target in read
                and unquote(parts.fragment) not in read[target].places
            ):
                broken.append((page.relative_to(BUILT), link))
    assert broken == []


class TestCopyButtons:
    """A button copies the commands of an example, without prompts and what they print."""

    def test_python(self) -> None:
        (page,) = [page for page in pages() if page.name == "which-number-is-it.html"]
        assert ask("copied", str(page))[0].splitlines() == [
            "from sledai import Assessment",
            "from sledai.trials.catalog import find",
            'trial = find("NCT02446912")',
            'print(trial.rule.edition, "|", trial.clinical_meaning)',
            'visit = Assessment.of(present={"arthritis", "proteinuria"})',
            "trial.rule.judge(visit).verdict",
        ]

    def test_a_loop_is_whole(self) -> None:
        (page,) = [page for page in pages() if page.name == "which-number-is-it.html"]
        copied = ask("copied", str(page))[1]
        assert "\n    for patient, history in histories.items():\n        for visit in" in copied
        assert "16 of 16" not in copied
        compile(copied, "copied", "exec")

    def test_console(self) -> None:
        (page,) = [page for page in pages() if page.name == "which-sledai.html"]
        assert ask("copied", str(page))[-1] == "sledai explain rash"


def test_a_field_says_what_it_takes_and_not_how_that_is_held() -> None:
    for page in pages():
        assert "Validator(" not in re.sub(r"<[^>]*>", "", page.read_text(encoding="utf-8")), page
