"""The 24 descriptors are those of the spec table, typed from the publications."""

import pytest
import spec_tables

from sledai import SEROLOGIC, Descriptor, InvalidInputError, OrganSystem
from sledai.descriptors import descriptor_set, listed, listed_briefly


def test_the_table_is_the_published_one() -> None:
    ours = [(d.number, d.value, d.weight, d.system.value) for d in Descriptor]
    published = [
        (int(row["number"]), row["descriptor"], int(row["weight"]), row["organ_system"])
        for row in spec_tables.DESCRIPTORS
    ]
    assert ours == published


def test_weights_are_8_4_2_or_1_and_add_up_to_105() -> None:
    counts = {weight: sum(d.weight == weight for d in Descriptor) for weight in (8, 4, 2, 1)}
    assert counts == {8: 8, 4: 6, 2: 7, 1: 3}
    assert sum(d.weight for d in Descriptor) == 105


def test_each_row_is_cited_at_its_place() -> None:
    for d, row in zip(Descriptor, spec_tables.DESCRIPTORS, strict=True):
        assert f"PMID {d.citation.source.pmid}" in row["source"]
        assert d.citation.locator == row["locator"]
        assert d.citation.mark == "[as reproduced in HHE Rheumatology 2019, Table 4]"


def test_serologic_are_the_two_laboratory_signs_of_immune_activity() -> None:
    assert {"low_complement", "increased_dna_binding"} == SEROLOGIC


def test_labels_are_the_names_in_words() -> None:
    for d in Descriptor:
        assert d.label.lower().replace(" ", "_") == d.value


def test_organ_systems_in_form_order() -> None:
    assert list(OrganSystem) == list(dict.fromkeys(d.system for d in Descriptor))
    assert OrganSystem.CENTRAL_NERVOUS_SYSTEM.label == "central nervous system"


class TestOrganSystems:
    """Manzi 2012, Table 2, footnote: vascular is vasculitis and cerebrovascular accident."""

    def test_a_cerebrovascular_accident_is_vascular(self) -> None:
        vascular = {d.value for d in Descriptor if d.system is OrganSystem.VASCULAR}
        assert vascular == {"cerebrovascular_accident", "vasculitis"}
        central = {d.value for d in Descriptor if d.system is OrganSystem.CENTRAL_NERVOUS_SYSTEM}
        assert central == {
            "seizure",
            "psychosis",
            "organic_brain_syndrome",
            "visual_disturbance",
            "cranial_nerve_disorder",
            "lupus_headache",
        }

    def test_the_grouping_is_cited(self) -> None:
        assert str(OrganSystem.VASCULAR.citation) == (
            "Manzi 2012 (PMID 22550315), Table 2, SELENA-SLEDAI domains, and its footnote"
        )


class TestDescriptorSet:
    def test_names_and_members(self) -> None:
        names = ["rash", Descriptor.FEVER]
        assert descriptor_set(names) == {Descriptor.RASH, Descriptor.FEVER}
        assert descriptor_set(iter(names)) == descriptor_set(names)

    def test_an_unknown_name_is_refused_with_the_closest(self) -> None:
        with pytest.raises(InvalidInputError) as caught:
            descriptor_set({"artritis"})
        assert str(caught.value) == (
            "not one of the 24 descriptors: 'artritis' (did you mean arthritis or pericarditis?)"
        )

    def test_at_most_two_are_suggested(self) -> None:
        with pytest.raises(InvalidInputError, match=r"mean leukopenia or proteinuria\?\)$"):
            descriptor_set({"penia"})  # alopecia would be the third

    def test_every_unknown_name_is_said_also_from_an_iterator(self) -> None:
        with pytest.raises(InvalidInputError, match=r"'qqq'; 'Leukopenai' \(did you mean leuko"):
            descriptor_set(iter(["rash", "qqq", "Leukopenai"]))

    def test_a_bare_name_is_not_a_set_of_letters(self) -> None:
        with pytest.raises(InvalidInputError, match="found str; accepted: a set"):
            descriptor_set("rash")

    def test_a_mapping_is_not_its_keys(self) -> None:
        with pytest.raises(InvalidInputError, match="found dict; accepted: a set"):
            descriptor_set({"rash": False})

    def test_listed_in_form_order(self) -> None:
        assert listed({Descriptor.LEUKOPENIA, Descriptor.SEIZURE}) == "seizure, leukopenia"

    def test_four_are_named_and_five_are_counted(self) -> None:
        five = sorted(Descriptor)[:5]
        assert listed_briefly(five[:4]) == listed(five[:4])
        assert listed_briefly(five) == "5 of 24"
