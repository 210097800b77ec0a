"""What is published of the descriptors in FHIR: codes, definitions, and the way to HPO."""

from typing import Any

import pytest
import spec_tables
from fhir_models import validated

from sledai import Descriptor, InvalidInputError, __version__
from sledai.definitions import Edition
from sledai.definitions.editions import DEFINITIONS
from sledai.fhir import code_systems, concept_maps, questionnaire, value_sets
from sledai.fhir.phenotypes import HPO, PHENOTYPES

BASE = "https://sledai.invalid/fhir"
WEIGHTS = spec_tables.rows("descriptors.csv")
TERMS = spec_tables.rows("phenotypes.csv")
SLUGS = {
    Edition.SLEDAI_1992: "sledai-1992",
    Edition.SELENA: "selena-sledai",
    Edition.HYBRID: "selena-sledai-hybrid",
    Edition.SLEDAI_2K: "sledai-2k",
}
EVERY_RELEASE = pytest.mark.parametrize("release", ["R4", "R5"])


def everything(release: Any) -> list[dict[str, Any]]:
    return [
        *code_systems(release=release),
        *value_sets(release=release),
        *concept_maps(release=release),
    ]


def properties(concept: dict[str, Any]) -> dict[str, Any]:
    return {
        one["code"]: value
        for one in concept["property"]
        for key, value in one.items()
        if key != "code"
    }


@EVERY_RELEASE
def test_each_is_what_it_says(release: str) -> None:
    for resource in everything(release):
        validated(resource, release)


@pytest.mark.parametrize("make", [code_systems, value_sets, concept_maps])
def test_an_unknown_release_is_refused(make: Any) -> None:
    with pytest.raises(InvalidInputError, match="release: found 'STU3'; accepted: R4, R5"):
        make(release="STU3")


class TestUrls:
    """Each resource has a URL of its own under our base, its id at its end, and a version."""

    @EVERY_RELEASE
    def test_each(self, release: Any) -> None:
        published = [*everything(release), *(questionnaire(e, release=release) for e in Edition)]
        urls = [one["url"] for one in published]
        assert len(set(urls)) == len(urls) == 13
        for one in published:
            assert one["url"] == f"{BASE}/{one['resourceType']}/{one['id']}"
            assert one["version"] == __version__
            assert one["name"].isalnum()

    def test_no_domain_of_anybody_is_taken(self) -> None:
        """RFC 2606: nothing under .invalid is ever given to anybody."""
        assert BASE.split("/")[2].endswith(".invalid")


class TestDescriptors:
    """Each descriptor is a code with its label, weight, organ system, definitions and sources."""

    CONCEPTS = code_systems()[0]["concept"]

    def test_they_are_the_24_in_form_order(self) -> None:
        assert code_systems()[0]["url"] == f"{BASE}/CodeSystem/sledai-descriptors"
        assert [concept["code"] for concept in self.CONCEPTS] == [
            row["descriptor"] for row in WEIGHTS
        ]
        assert code_systems()[0]["count"] == 24

    @pytest.mark.parametrize("row", WEIGHTS, ids=[row["descriptor"] for row in WEIGHTS])
    def test_each(self, row: dict[str, str]) -> None:
        number = int(row["number"])
        concept = self.CONCEPTS[number - 1]
        said = properties(concept)
        assert concept["display"] == Descriptor(row["descriptor"]).label
        assert said["number"] == number
        assert said["weight"] == int(row["weight"])
        assert said["organ-system"].replace(" ", "_") == row["organ_system"]
        assert row["locator"] in said["source"]
        for edition, slug in SLUGS.items():
            definition = DEFINITIONS[edition][Descriptor(row["descriptor"])]
            assert said[f"definition-{slug}"] == definition.text
            assert said[f"definition-source-{slug}"] == str(definition.citation)
            assert said.get(f"unverified-{slug}", "") == definition.unverified

    def test_a_definition_by_hand(self) -> None:
        said = properties(self.CONCEPTS[22])
        assert said["weight"] == 1
        assert "100" in said["definition-selena-sledai"]

    def test_every_property_is_declared(self) -> None:
        declared = {one["code"]: one["type"] for one in code_systems()[0]["property"]}
        assert len(declared) == 4 + 3 * 4
        for concept in self.CONCEPTS:
            for one in concept["property"]:
                kind = {"integer": "valueInteger", "string": "valueString"}[declared[one["code"]]]
                assert set(one) == {"code", kind}


class TestAnswersAndScores:
    """Three answers, and the six scores of the form, each with what it means."""

    def test_the_answers(self) -> None:
        answers = code_systems()[1]
        assert answers["url"] == f"{BASE}/CodeSystem/sledai-answers"
        assert [(one["code"], one["display"]) for one in answers["concept"]] == [
            ("present", "Present"),
            ("absent", "Absent"),
            ("not-assessed", "Not assessed"),
        ]

    def test_the_scores(self) -> None:
        scores = code_systems()[2]
        assert scores["url"] == f"{BASE}/CodeSystem/sledai-scores"
        assert [(one["code"], one["display"]) for one in scores["concept"]] == [
            ("total_score", "Total score"),
            ("clinical_score", "Clinical score"),
            ("lowest_total", "Lowest total"),
            ("highest_total", "Highest total"),
            ("lowest_clinical", "Lowest clinical"),
            ("highest_clinical", "Highest clinical"),
        ]

    def test_the_glucocorticoids(self) -> None:
        drugs = code_systems()[3]
        assert drugs["url"] == f"{BASE}/CodeSystem/sledai-glucocorticoids"
        none, *others = drugs["concept"]
        assert none == {
            "code": "none",
            "display": "none",
            "definition": "None is taken by mouth.",
        }
        assert {one["code"]: properties(one)["equivalent"] for one in others} == {
            row["drug"]: float(row["mg_equal_to_prednisone_5_mg"])
            for row in spec_tables.rows("glucocorticoids.csv")
        }
        assert all(properties(one)["source"] for one in others)

    def test_each_says_what_it_means(self) -> None:
        for system in code_systems()[1:]:
            assert all(one["definition"].endswith(".") for one in system["concept"])

    def test_the_value_sets_have_all_codes(self) -> None:
        for system, values in zip(code_systems(), value_sets(), strict=True):
            assert values["compose"] == {"include": [{"system": system["url"]}]}
            assert system["valueSet"] == values["url"]


class TestPhenotypes:
    """One way from each descriptor to terms of HPO, none of them the same; each was looked up."""

    def test_the_table(self) -> None:
        assert [(str(p.descriptor), p.code, p.label, p.nearness.value) for p in PHENOTYPES] == [
            (row["descriptor"], row["code"], row["label"], row["nearness"]) for row in TERMS
        ]
        assert list(dict.fromkeys(p.descriptor for p in PHENOTYPES)) == list(Descriptor)

    @pytest.mark.parametrize(
        ("release", "relation", "words"),
        [
            ("R4", "equivalence", {"broad": "wider", "close": "inexact"}),
            (
                "R5",
                "relationship",
                {"broad": "source-is-narrower-than-target", "close": "related-to"},
            ),
        ],
    )
    def test_the_map(self, release: Any, relation: str, words: dict[str, str]) -> None:
        (published,) = concept_maps(release=release)
        (group,) = published["group"]
        assert group["source"] == f"{BASE}/CodeSystem/sledai-descriptors"
        assert group["target"] == HPO == "http://human-phenotype-ontology.org"
        assert [
            (element["code"], target["code"], target["display"], target[relation])
            for element in group["element"]
            for target in element["target"]
        ] == [
            (row["descriptor"], row["code"], row["label"], words[row["nearness"]]) for row in TERMS
        ]

    def test_it_says_in_what_they_differ(self) -> None:
        assert all(p.difference.endswith(".") for p in PHENOTYPES)
        for element in concept_maps()[0]["group"][0]["element"]:
            assert all(target["comment"] for target in element["target"])

    def test_there_is_no_way_back(self) -> None:
        (published,) = concept_maps()
        assert len(published["group"]) == 1
        assert published["sourceCanonical"] == f"{BASE}/ValueSet/sledai-descriptors"
        assert "targetCanonical" not in published
