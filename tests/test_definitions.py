"""The wording by edition: each limit is the published one, and says itself in its sentence."""

from decimal import Decimal

import pytest
import spec_tables

from sledai import Descriptor, InvalidInputError
from sledai.definitions import LONGER_WINDOW, OBSERVATION_WINDOW, Edition
from sledai.definitions.clauses import SPECIAL_CASES
from sledai.definitions.editions import DEFINITIONS, differing, edition_named
from sledai.definitions.selena import SELENA_DEFINITIONS
from sledai.definitions.sledai_1992 import SLEDAI_1992_DEFINITIONS
from sledai.findings.observations import OBSERVED

LIMITS = spec_tables.rows("limits.csv")
CAUSES = spec_tables.rows("causes.csv")
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
        for row in LIMITS
        if (row["edition"], row["descriptor"]) == (edition, descriptor)
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
    (row,) = (row for row in CAUSES if (row["edition"], row["descriptor"]) == (edition, descriptor))
    definition = DEFINITIONS[edition][descriptor]
    ours = {
        cause.removeprefix("a ").removesuffix(" to the central nervous system")
        for cause in definition.exclusions
    }
    assert ours == {cause for cause in row["exclusions"].split(";") if cause}
    for cause in definition.exclusions:
        assert cause in definition.text


@EACH
def test_it_cites_its_own_row_and_marks_what_is_unverified(
    edition: Edition, descriptor: Descriptor
) -> None:
    definition = DEFINITIONS[edition][descriptor]
    assert definition.citation.locator == f"definition of descriptor {descriptor.number}"
    assert definition.citation.verified is (not definition.unverified)
    own = {
        Edition.SLEDAI_1992: "1599520",
        Edition.SELENA: "16354891",
        Edition.SLEDAI_2K: "11838846",
    }
    changed = definition != SLEDAI_1992_DEFINITIONS[descriptor]
    assert definition.citation.source.pmid == (own[edition] if changed else "1599520")


def test_what_no_publication_confirmed_is_marked() -> None:
    unverified = {
        (edition.value, d.value)
        for edition, definitions in DEFINITIONS.items()
        for d, definition in definitions.items()
        if definition.unverified
    }
    assert unverified == {
        ("SLEDAI 1992", "pleurisy"),
        ("SLEDAI-2K", "pleurisy"),
        ("SLEDAI-2K", "arthritis"),
        ("SELENA-SLEDAI", "seizure"),
        ("SELENA-SLEDAI", "visual_disturbance"),
        ("SELENA-SLEDAI", "proteinuria"),
        ("SELENA-SLEDAI", "pleurisy"),
        ("SELENA-SLEDAI", "pericarditis"),
        ("SELENA-SLEDAI", "increased_dna_binding"),
    }


@pytest.mark.parametrize("edition", Edition)
def test_a_limit_names_what_it_is_a_limit_of(edition: Edition) -> None:
    limits = DEFINITIONS[edition][Descriptor.PROTEINURIA].limits
    increase = ["urine_protein_24h_increase"] if edition is not Edition.SLEDAI_2K else []
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
        f"edition: found {name!r}; accepted: SLEDAI_1992, SELENA, SLEDAI_2K"
    )


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
        "all of (urine_protein_24h > 0.5 g/24 h, any of (proteinuria_new_onset, "
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
