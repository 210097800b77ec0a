"""Sources of the reference stand in footnotes, one for the rows that share one."""

from importlib.util import module_from_spec, spec_from_file_location
from pathlib import Path
from typing import Any

import pytest

from sledai.sources import Citation, Read, Source


def _loaded() -> Any:
    """Load what is no module of the library, as the build of the documentation does."""
    place = Path(__file__).parents[1] / "docs/footnotes.py"
    spec = spec_from_file_location("footnotes", place)
    assert spec is not None
    assert spec.loader is not None
    module = module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


FOOTNOTES = _loaded()
SHOWN = "Doe 2001 ([PMID 12345](https://pubmed.ncbi.nlm.nih.gov/12345/))"
PAPER = Source(name="Doe 2001", reference="Doe J. A paper.", pmid="12345", doi="10.1/x")


def place(locator: str) -> Citation:
    return Citation(PAPER, locator, Read.IN_ABSTRACT)


class TestTable:
    """Rows with the same source, and places that differ by the number of the row, share a note."""

    def test_notes_follow_the_order_of_the_rows(self) -> None:
        cells = [("a", "Table 2"), ("b", "descriptor 3"), ("c", "Table 2"), ("d", "descriptor 1")]
        rows = [(FOOTNOTES.Cited(said, place(locator)), said) for said, locator in cells]
        assert FOOTNOTES.table(["said", "again"], rows).splitlines() == [
            "| said | again |",
            "| --- | --- |",
            "| a[^1] | a |",
            "| b[^2] | b |",
            "| c[^1] | c |",
            "| d[^2] | d |",
            "",
            f"[^1]: {SHOWN}, Table 2 [abstract read]",
            f"[^2]: {SHOWN}, descriptor 1, 3 [abstract read]",
        ]

    @pytest.mark.parametrize(
        ("numbers", "said"),
        [
            ((7,), "7"),
            ((1, 2), "1, 2"),
            ((3, 1, 2, 2), "1 to 3"),
            ((1, 4, 5, 6, 9), "1, 4 to 6, 9"),
        ],
    )
    def test_numbers_are_said_short(self, numbers: tuple[int, ...], said: str) -> None:
        rows = [(FOOTNOTES.Cited("x", place(f"descriptor {number} of 24")),) for number in numbers]
        assert f"descriptor {said} of 24 [abstract read]" in FOOTNOTES.table(["x"], rows)

    def test_a_cell_without_a_source_has_no_note(self) -> None:
        assert FOOTNOTES.table(["x"], [(FOOTNOTES.Cited("own", None),)]).endswith("| own |")

    def test_a_bar_does_not_end_a_cell(self) -> None:
        assert FOOTNOTES.table(["x"], [("a | b",)]).endswith("| a \\| b |")


class TestEntries:
    """What is too long for a row is a heading with paragraphs; what is not known is left out."""

    def test_what_is_shown(self) -> None:
        said = FOOTNOTES.Cited("It is so.", place("Table 1"))
        shown = FOOTNOTES.entries({"One": [(said, {"rule": "rash", "in doubt": ""})]})
        assert shown.startswith("### One\n\nIt is so.[^1]\n\n- rule: rash\n\n[^1]: Doe 2001")


class TestLookUp:
    """An identifier leads to the page that it names, and one that names none stays words."""

    @pytest.mark.parametrize(
        ("identifiers", "shown"),
        [
            ({"registry_id": "NCT1"}, "[NCT1](https://clinicaltrials.gov/study/NCT1)"),
            ({"registry_id": "XY-1"}, "XY-1"),
            ({"pmcid": "PMC1"}, "[PMC1](https://pmc.ncbi.nlm.nih.gov/articles/PMC1/)"),
            ({"doi": "10.1/x"}, "[doi 10.1/x](https://doi.org/10.1/x)"),
            ({"url": "a.org/b"}, "[a.org/b](https://a.org/b)"),
            ({"url": "Journal 2024;1:2"}, "Journal 2024;1:2"),
            ({}, ""),
        ],
    )
    def test_each_kind(self, identifiers: dict[str, str], shown: str) -> None:
        assert FOOTNOTES.look_up(Source(name="x", reference="y", **identifiers)) == shown
