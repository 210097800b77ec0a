"""What published scores leave out is what the spec table says."""

import pytest
import spec_tables

from sledai import exclusions

PUBLISHED: dict[str, set[str]] = {}
for row in spec_tables.rows("exclusions.csv"):
    PUBLISHED.setdefault(row["name"], set()).add(row["descriptor"])

OURS = {
    "serologic": exclusions.SEROLOGIC,
    "anifrolumab_phase_2": exclusions.LABORATORY,
    "tulip": exclusions.LABORATORY,
    "lotus": exclusions.LOTUS,
    "cenerimod": exclusions.LEUKOPENIA_ONLY,
    "topaz": exclusions.TOPAZ,
    "topaz_clinical": exclusions.TOPAZ_CLINICAL,
    "poetyk_entry": exclusions.POETYK_ENTRY,
}


@pytest.mark.parametrize("name", PUBLISHED)
def test_each_set_is_the_published_one(name: str) -> None:
    assert OURS[name] == PUBLISHED[name]


def test_each_set_stands_in_the_table_with_its_source() -> None:
    assert [e.excluded for e in exclusions.EXCLUSIONS] == list(OURS.values())
    locators = {row["name"]: row["source"] for row in spec_tables.rows("exclusions.csv")}
    for exclusion, name in zip(exclusions.EXCLUSIONS, OURS, strict=True):
        assert exclusion.citation.source.identifier == locators[name]


def test_the_paper_that_nobody_read_is_marked() -> None:
    marks = {e.name: e.citation.mark for e in exclusions.EXCLUSIONS if e.citation.mark}
    assert marks == {"clinical SLEDAI-2K without laboratory items": "[not read]"}
