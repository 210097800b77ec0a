"""The wording by edition: each limit is the published one, and says itself in its sentence."""

from decimal import Decimal
from typing import ClassVar

import pytest
import spec_tables

from sledai import Descriptor, InvalidInputError
from sledai.definitions import LONGER_WINDOW, OBSERVATION_WINDOW, Edition
from sledai.definitions.clauses import SPECIAL_CASES
from sledai.definitions.editions import DEFINITIONS, differing, edition_named
from sledai.definitions.selena import SELENA_DEFINITIONS
from sledai.definitions.sledai_1992 import SLEDAI_1992_DEFINITIONS
from sledai.findings.observations import OBSERVED
from sledai.sources import Read

LIMITS = {
    (edition, row["descriptor"]): [
        other
        for other in spec_tables.rows("limits.csv")
        if (other["edition"], other["descriptor"]) == (row["edition"], row["descriptor"])
    ]
    for row in spec_tables.rows("limits.csv")
    for edition in row["edition"].split(";")
}
CAUSES = {
    (edition, row["descriptor"]): row
    for row in spec_tables.rows("causes.csv")
    for edition in row["edition"].split(";")
}
# The spec table calls a few things by the words of the form.
UNITS = {
    "/high-power field": "per high-power field",
    "/mm3": "per mm3",
}


EACH = pytest.mark.parametrize(
    ("edition", "descriptor"), [(edition, d) for edition in Edition for d in Descriptor]
)


@pytest.mark.parametrize("edition", Edition)
def test_every_descriptor_is_defined_once_in_form_order(edition: Edition) -> None:
    assert list(DEFINITIONS[edition]) == list(Descriptor)


@EACH
def test_limits_are_the_published_ones(edition: Edition, descriptor: Descriptor) -> None:
    published = [
        (row["operator"], Decimal(row["value"]), UNITS.get(row["unit"], row["unit"]))
        for row in LIMITS.get((edition, descriptor), [])
    ]
    ours = [(x.operator, x.value, x.unit) for x in DEFINITIONS[edition][descriptor].limits]
    assert ours == published


@EACH
def test_the_sentence_holds_each_limit_and_no_other_number(
    edition: Edition, descriptor: Descriptor
) -> None:
    definition = DEFINITIONS[edition][descriptor]
    text = definition.text
    for limit in definition.limits:
        assert str(limit) in text
        text = text.replace(str(limit), "", 1)
    assert not any(character.isdigit() for character in text.replace("CH50, C3 or C4", ""))
    assert definition.text.endswith(".")


@EACH
def test_the_causes_that_it_excludes_are_the_published_ones(
    edition: Edition, descriptor: Descriptor
) -> None:
    row = CAUSES[edition, descriptor]
    definition = DEFINITIONS[edition][descriptor]
    ours = {
        cause.removeprefix("a ").removesuffix(" to the central nervous system")
        for cause in definition.exclusions
    }
    assert ours == {cause for cause in row["exclusions"].split(";") if cause}
    for cause in definition.exclusions:
        assert cause in definition.text


@EACH
def test_it_cites_its_own_row(edition: Edition, descriptor: Descriptor) -> None:
    definition = DEFINITIONS[edition][descriptor]
    own = {
        Edition.SLEDAI_1992: "PMID 1599520",
        Edition.SELENA: "PMID 16354891",
        Edition.HYBRID: "PMID 16354891",
        Edition.SLEDAI_2K: "PMID 11838846",
    }
    changed = definition != SLEDAI_1992_DEFINITIONS[descriptor]
    identifier = own[edition] if changed else "PMID 1599520"
    locator = f"definition of descriptor {descriptor.number}"
    if (edition, descriptor) == (Edition.HYBRID, Descriptor.PROTEINURIA):
        identifier, locator = "doi 10.1002/art.41900", "abstract, methods"
    assert definition.citation.source.identifier == identifier
    assert definition.citation.locator == locator


class TestHowItWasRead:
    """No paper that defines an edition was read whole: each citation says where it was read."""

    ELSEWHERE: ClassVar = {
        ("SELENA-SLEDAI", "seizure"): "[as reproduced in one public form]",
        ("SELENA-SLEDAI", "visual_disturbance"): "[as reproduced in one public form]",
        ("SELENA-SLEDAI", "proteinuria"): "[as reproduced in acrabstracts.org, on EMBRACE]",
        ("SELENA-SLEDAI", "rash"): "[as reproduced in hokuto.app]",
        ("SELENA-SLEDAI", "alopecia"): "[as reproduced in hokuto.app]",
        ("SELENA-SLEDAI", "mucosal_ulcers"): "[as reproduced in hokuto.app]",
        ("SELENA-SLEDAI", "pleurisy"): "[not read]",
        ("SELENA-SLEDAI", "pericarditis"): "[not read]",
        ("SELENA-SLEDAI", "increased_dna_binding"): "[as reproduced in one public form]",
        ("SELENA-SLEDAI hybrid", "proteinuria"): "[abstract read]",
        ("SLEDAI-2K", "arthritis"): (
            "[as reproduced in the abstract of Cipriano 2015 (PMID 26492964)]"
        ),
    }

    @EACH
    def test_each_definition(self, edition: Edition, descriptor: Descriptor) -> None:
        read = self.ELSEWHERE.get(
            (edition, descriptor),
            self.ELSEWHERE.get(("SELENA-SLEDAI", descriptor))
            if edition is Edition.HYBRID
            else None,
        )
        mark = DEFINITIONS[edition][descriptor].citation.mark
        assert mark == (read or "[as reproduced in public forms]")
        for row in LIMITS.get((edition, descriptor), []):
            assert row["read_in"] in mark

    def test_what_is_in_doubt_is_named(self) -> None:
        doubted = {
            (edition.value, d.value)
            for edition, definitions in DEFINITIONS.items()
            for d, definition in definitions.items()
            if definition.unverified
        }
        selena = {
            "seizure",
            "visual_disturbance",
            "proteinuria",
            "pleurisy",
            "pericarditis",
            "increased_dna_binding",
        }
        assert doubted == {
            ("SLEDAI 1992", "pleurisy"),
            ("SLEDAI-2K", "pleurisy"),
            ("SLEDAI-2K", "arthritis"),
            *(("SELENA-SLEDAI", name) for name in selena),
            *(("SELENA-SLEDAI hybrid", name) for name in selena - {"proteinuria"}),
        }

    @EACH
    def test_what_was_not_read_is_in_doubt(self, edition: Edition, descriptor: Descriptor) -> None:
        definition = DEFINITIONS[edition][descriptor]
        assert definition.citation.read is not Read.IN_WORK
        if definition.citation.read is Read.NOT_READ:
            assert definition.unverified


class TestHybrid:
    """Ginzler 2022 (EMBRACE), abstract: SRI-S2K scores proteinuria as SLEDAI-2K does."""

    @pytest.mark.parametrize("descriptor", Descriptor)
    def test_all_but_proteinuria_is_selena(self, descriptor: Descriptor) -> None:
        ours = DEFINITIONS[Edition.HYBRID][descriptor]
        if descriptor is Descriptor.PROTEINURIA:
            theirs = DEFINITIONS[Edition.SLEDAI_2K][descriptor]
            assert (ours.text, ours.rule) == (theirs.text, theirs.rule)
            assert ours.text == "Urine protein > 0.5 g/24 h, new, recurrent or persistent."
        else:
            assert ours == DEFINITIONS[Edition.SELENA][descriptor]


def test_the_reading_of_new_onset_stands_beside_the_wording() -> None:
    read = {
        (edition.name, d.value): definition.reading
        for edition, definitions in DEFINITIONS.items()
        for d, definition in definitions.items()
        if definition.reading
    }
    assert read == dict.fromkeys(
        [("SLEDAI_1992", "proteinuria"), ("SELENA", "proteinuria")],
        "where nobody states whether the onset is new, an earlier value within the limit makes it "
        "new, and one past the limit does not",
    )


@pytest.mark.parametrize("edition", Edition)
def test_a_limit_names_what_it_is_a_limit_of(edition: Edition) -> None:
    limits = DEFINITIONS[edition][Descriptor.PROTEINURIA].limits
    persistent_counts = edition in {Edition.HYBRID, Edition.SLEDAI_2K}
    increase = [] if persistent_counts else ["urine_protein_24h_increase"]
    assert [limit.quantity for limit in limits] == ["urine_protein_24h", *increase]


def test_where_the_editions_differ() -> None:
    assert [d.value for d in differing()] == [
        "seizure",
        "visual_disturbance",
        "cranial_nerve_disorder",
        "cerebrovascular_accident",
        "arthritis",
        "proteinuria",
        "rash",
        "alopecia",
        "mucosal_ulcers",
        "pleurisy",
        "pericarditis",
        "increased_dna_binding",
        "thrombocytopenia",
    ]


def test_every_finding_is_used_and_every_rule_asks_for_findings() -> None:
    asked = {
        finding
        for definitions in DEFINITIONS.values()
        for definition in definitions.values()
        for finding in definition.findings
    }
    assert asked | {"urine_protein_creatinine_ratio"} == set(OBSERVED)
    assert set(SPECIAL_CASES) | set(SPECIAL_CASES.values()) <= asked


@pytest.mark.parametrize(
    ("name", "edition"),
    [
        ("selena", Edition.SELENA),
        ("SELENA-SLEDAI", Edition.SELENA),
        (" sledai_2k ", Edition.SLEDAI_2K),
        ("SLEDAI 1992", Edition.SLEDAI_1992),
        ("hybrid", Edition.HYBRID),
        ("SELENA-SLEDAI hybrid", Edition.HYBRID),
        (Edition.SLEDAI_2K, Edition.SLEDAI_2K),
    ],
)
def test_names_of_editions(name: str, edition: Edition) -> None:
    assert edition_named(name) is edition


@pytest.mark.parametrize("name", ["", "2000", "SLEDAI"])
def test_an_unknown_edition_is_refused_with_those_there_are(name: str) -> None:
    with pytest.raises(InvalidInputError) as caught:
        edition_named(name)
    assert str(caught.value) == (
        f"edition: found {name!r}; accepted: SLEDAI_1992, SELENA, HYBRID, SLEDAI_2K"
    )


@pytest.mark.parametrize("edition", Edition)
def test_dna_binding_is_above_the_range_of_the_laboratory(edition: Edition) -> None:
    """No publication gives a number for any test but the Farr assay."""
    rule = str(DEFINITIONS[edition][Descriptor.INCREASED_DNA_BINDING].rule)
    above = "anti_dsdna > the laboratory's upper limit"
    with_farr = f"any of (anti_dsdna > 25 %, {above})"
    assert rule == (above if edition is Edition.SLEDAI_2K else with_farr)


def test_what_is_not_in_doubt_is_not_said_to_be() -> None:
    shown = SELENA_DEFINITIONS[Descriptor.FEVER]._repr_html_()
    assert "asked" in shown
    assert "in doubt" not in shown
    assert "reading" not in shown


def test_rules_in_words() -> None:
    rules = {d: str(definition.rule) for d, definition in SELENA_DEFINITIONS.items()}
    assert rules[Descriptor.ORGANIC_BRAIN_SYNDROME] == (
        "all of (altered_mental_function, clouded_consciousness, >= 2 of (perceptual_disturbance, "
        "incoherent_speech, insomnia_or_daytime_drowsiness, psychomotor_activity_changed))"
    )
    assert rules[Descriptor.LOW_COMPLEMENT] == (
        "any of (c3 < the laboratory's lower limit, c4 < the laboratory's lower limit, "
        "ch50 < the laboratory's lower limit if given)"
    )
    assert rules[Descriptor.INCREASED_DNA_BINDING] == (
        "any of (anti_dsdna > 25 %, anti_dsdna > the laboratory's upper limit)"
    )
    assert rules[Descriptor.PROTEINURIA] == (
        "all of (urine_protein_24h > 0.5 g/24 h, any of (proteinuria_new_onset (unless "
        "stated: previous_urine_protein_24h not > 0.5 g/24 h), "
        "urine_protein_24h - previous_urine_protein_24h > 0.5 g/24 h))"
    )


def test_a_descriptor_counts_for_10_days() -> None:
    """Bombardier 1992: present at the time of the visit or in the preceding 10 days."""
    assert OBSERVATION_WINDOW.days == 10
    assert OBSERVATION_WINDOW.citation.source.pmid == "1599520"


def test_the_longer_window_is_30_days() -> None:
    """Touma 2010: SLEDAI-2K over 30 days agreed with that over 10 in 148 of 149 patients."""
    assert LONGER_WINDOW.days == 30
    assert LONGER_WINDOW.citation.source.pmid == "19910390"


def test_a_limit_in_words() -> None:
    assert str(SELENA_DEFINITIONS[Descriptor.THROMBOCYTOPENIA].limits[0]) == "< 100,000 per mm3"
