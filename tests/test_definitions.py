"""The SELENA wording: each limit is the published one, and says itself in its sentence."""

from decimal import Decimal

import pytest
import spec_tables

from sledai import Descriptor
from sledai.definitions import OBSERVATION_WINDOW
from sledai.definitions.selena import SELENA_DEFINITIONS

LIMITS = spec_tables.rows("limits.csv")
# The spec table calls a few things by the words of the form.
UNITS = {
    "/high-power field": "per high-power field",
    "/mm3": "per mm3",
}


def test_every_descriptor_is_defined_once_in_form_order() -> None:
    assert list(SELENA_DEFINITIONS) == list(Descriptor)


@pytest.mark.parametrize("descriptor", Descriptor)
def test_limits_are_the_published_ones(descriptor: Descriptor) -> None:
    published = [
        (row["operator"], Decimal(row["value"]), UNITS.get(row["unit"], row["unit"]))
        for row in LIMITS
        if row["descriptor"] == descriptor
    ]
    ours = [(x.operator, x.value, x.unit) for x in SELENA_DEFINITIONS[descriptor].limits]
    assert ours == published


@pytest.mark.parametrize("descriptor", Descriptor)
def test_the_sentence_holds_each_limit_and_no_other_number(descriptor: Descriptor) -> None:
    definition = SELENA_DEFINITIONS[descriptor]
    text = definition.text
    for limit in definition.limits:
        assert str(limit) in text
        text = text.replace(str(limit), "", 1)
    assert not any(character.isdigit() for character in text.replace("CH50, C3 or C4", ""))
    assert definition.text.endswith(".")


@pytest.mark.parametrize("descriptor", Descriptor)
def test_it_cites_its_own_row_and_marks_what_is_unverified(descriptor: Descriptor) -> None:
    definition = SELENA_DEFINITIONS[descriptor]
    assert definition.citation.locator == f"definition of descriptor {descriptor.number}"
    assert definition.citation.verified is (not definition.unverified)


def test_what_no_publication_confirmed_is_marked() -> None:
    unverified = {d.value for d, definition in SELENA_DEFINITIONS.items() if definition.unverified}
    assert unverified == {
        "seizure",
        "visual_disturbance",
        "proteinuria",
        "pleurisy",
        "pericarditis",
        "increased_dna_binding",
    }


def test_a_descriptor_counts_for_10_days() -> None:
    """Bombardier 1992: present at the time of the visit or in the preceding 10 days."""
    assert OBSERVATION_WINDOW.days == 10
    assert OBSERVATION_WINDOW.citation.source.pmid == "1599520"


def test_a_limit_in_words() -> None:
    assert str(SELENA_DEFINITIONS[Descriptor.THROMBOCYTOPENIA].limits[0]) == "< 100,000 per mm3"
