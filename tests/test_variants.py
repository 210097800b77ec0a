"""What published scores leave out is what the spec table says."""

import pytest
import spec_tables

from sledai.scoring import variants

PUBLISHED: dict[str, set[str]] = {}
for row in spec_tables.rows("exclusions.csv"):
    PUBLISHED.setdefault(row["name"], set()).add(row["descriptor"])

OURS = {
    "serologic": variants.SEROLOGIC,
    "anifrolumab_phase_2": variants.LABORATORY,
    "tulip": variants.LABORATORY,
    "lotus": variants.LOTUS,
    "cenerimod": variants.LEUKOPENIA_ONLY,
    "topaz": variants.TOPAZ,
    "topaz_clinical": variants.TOPAZ_CLINICAL,
    "poetyk_entry": variants.POETYK_ENTRY,
}


@pytest.mark.parametrize("name", PUBLISHED)
def test_each_set_is_the_published_one(name: str) -> None:
    assert OURS[name] == PUBLISHED[name]


def test_each_set_stands_in_the_table_with_its_source() -> None:
    assert [e.excluded for e in variants.EXCLUSIONS] == list(OURS.values())
    locators = {row["name"]: row["source"] for row in spec_tables.rows("exclusions.csv")}
    for exclusion, name in zip(variants.EXCLUSIONS, OURS, strict=True):
        assert exclusion.citation.source.identifier == locators[name]


def test_the_paper_that_nobody_read_is_marked() -> None:
    marks = {e.name: e.citation.mark for e in variants.EXCLUSIONS if e.citation.mark}
    assert marks == {"clinical SLEDAI-2K without laboratory items": "[not read]"}
