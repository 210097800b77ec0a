"""Every source can be looked up, and a citation says where in it."""

import pytest

from sledai import InvalidInputError, sources
from sledai.sources import Citation, Read, Source

ALL = {name: value for name, value in vars(sources).items() if isinstance(value, Source)}


@pytest.mark.parametrize("source", ALL.values(), ids=ALL)
def test_a_source_has_an_identifier(source: Source) -> None:
    assert source.identifier
    assert source.reference.endswith(".")


def test_no_two_sources_are_the_same_work() -> None:
    for field in ("name", "reference", "pmid", "doi", "registry_id"):
        values = [v for s in ALL.values() if (v := getattr(s, field))]
        assert len(values) == len(set(values)), field


@pytest.mark.parametrize(
    ("fields", "identifier"),
    [
        ({"pmid": "1", "doi": "10.1/x"}, "PMID 1"),
        ({"pmcid": "PMC1", "doi": "10.1/x"}, "PMC1"),
        ({"doi": "10.1/x"}, "doi 10.1/x"),
        ({"registry_id": "NCT1", "pmid": "1"}, "NCT1"),
        ({}, ""),
    ],
)
def test_the_identifier_that_finds_it_soonest(fields: dict[str, str], identifier: str) -> None:
    source = Source(name="A 2000", reference="A.", **fields)
    assert source.identifier == identifier


@pytest.mark.parametrize(
    ("source", "text"),
    [
        (Source(name="A 2000", reference="A.", pmid="7"), "A 2000 (PMID 7), Table 1"),
        (Source(name="A 2000", reference="A."), "A 2000, Table 1"),
        (Source(name="NCT7", reference="R.", registry_id="NCT7"), "NCT7, Table 1"),
    ],
)
def test_a_citation_in_words(source: Source, text: str) -> None:
    assert str(Citation(source, "Table 1", Read.IN_WORK)) == text
    assert str(Citation(source, "Table 1", Read.IN_ABSTRACT)) == f"{text} [abstract read]"
    assert str(Citation(source, "Table 1", Read.NOT_READ)) == f"{text} [not read]"
    reproduced = Citation(source, "Table 1", Read.IN_REPRODUCTION, "B 2001")
    assert str(reproduced) == f"{text} [as reproduced in B 2001]"


class TestHowThePlaceWasRead:
    """A citation says how its place was read, and names the reproduction then and only then."""

    SOURCE = Source(name="A 2000", reference="A.", pmid="7")

    def test_it_has_no_default(self) -> None:
        with pytest.raises(TypeError, match="read"):
            Citation(self.SOURCE, "Table 1")  # type: ignore[call-arg]

    def test_the_ways_are_closed(self) -> None:
        assert [*Read] == [
            "in the work itself",
            "in its abstract",
            "in a reproduction",
            "not at all",
        ]

    def test_a_reproduction_is_named(self) -> None:
        with pytest.raises(InvalidInputError) as caught:
            Citation(self.SOURCE, "Table 1", Read.IN_REPRODUCTION)
        assert str(caught.value) == (
            "reproduction: found '' for a place read in a reproduction; accepted: its name"
        )

    @pytest.mark.parametrize("read", [Read.IN_WORK, Read.IN_ABSTRACT, Read.NOT_READ])
    def test_nothing_else_has_one(self, read: Read) -> None:
        with pytest.raises(InvalidInputError) as caught:
            Citation(self.SOURCE, "Table 1", read, "B 2001")
        assert str(caught.value) == (
            f"reproduction: found 'B 2001' for a place read {read}; accepted: no name"
        )
