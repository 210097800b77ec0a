"""Names of columns: which are a descriptor's, and which leave it open."""

from typing import Any

import pytest
import spec_tables

from sledai import Descriptor, InvalidInputError
from sledai.names import (
    ALIASES,
    ALSO_OTHER_COLUMNS,
    answer_columns,
    descriptor_named,
    plain_name,
)

NAMES = spec_tables.NAMES


class TestNames:
    @pytest.mark.parametrize("descriptor", Descriptor)
    def test_every_descriptor_goes_by_its_name_however_written(
        self, descriptor: Descriptor
    ) -> None:
        for name in (
            descriptor.value,
            descriptor.label,
            descriptor.value.upper(),
            f" {descriptor.label.replace(' ', ' - ')} ?",
        ):
            assert descriptor_named(name) is descriptor

    @pytest.mark.parametrize(
        ("alias", "descriptor"),
        [
            ("new_rash", "rash"),
            ("cva", "cerebrovascular_accident"),
            ("low_c3_c4", "low_complement"),
            ("dsdna", "increased_dna_binding"),
            ("Low C3/C4", "low_complement"),
        ],
    )
    def test_common_other_names(self, alias: str, descriptor: str) -> None:
        assert descriptor_named(alias) == descriptor

    def test_an_alias_is_written_as_it_is_compared_and_hides_no_descriptor(self) -> None:
        for alias in ALIASES:
            assert plain_name(alias) == alias
            assert alias not in set(Descriptor)

    def test_an_unknown_name_is_refused(self) -> None:
        with pytest.raises(InvalidInputError, match=r"'arthriti' \(did you mean arthritis\?\)"):
            descriptor_named("Arthriti")

    def test_columns_by_name_alias_and_order(self) -> None:
        found = answer_columns(
            ["id", "swelling", "Fever", "CVA", "c3"], {"swelling": Descriptor.ARTHRITIS}
        )
        assert found == {
            "swelling": "arthritis",
            "Fever": "fever",
            "CVA": "cerebrovascular_accident",
        }

    def test_two_columns_by_names_of_one_descriptor_are_refused(self) -> None:
        with pytest.raises(InvalidInputError, match=r"'rash' and 'new_rash' both go by names of"):
            answer_columns(["rash", "new_rash"], {})

    def test_a_named_column_that_is_not_there(self) -> None:
        with pytest.raises(InvalidInputError, match="no column 'x', named for rash"):
            answer_columns(["rash"], {"x": Descriptor.RASH})

    def test_a_named_column_is_the_only_one(self) -> None:
        named = {"new_rash": Descriptor.RASH}
        assert answer_columns(["rash", "new_rash"], named) == named

    def test_names_of_other_columns_are_understood_and_not_taken(self) -> None:
        assert ALSO_OTHER_COLUMNS == {
            "obs": "organic_brain_syndrome",
            "oral_ulcers": "mucosal_ulcers",
            "dsdna": "increased_dna_binding",
            "dna_binding": "increased_dna_binding",
        }
        for name, descriptor in ALSO_OTHER_COLUMNS.items():
            assert descriptor_named(name.upper()) is descriptor
            assert answer_columns([name, "rash"], {}) == {"rash": "rash"}


class TestTwoFamilies:
    """A name is taken only where it can be no other column."""

    @pytest.mark.parametrize(
        "columns",
        [
            ["arthritis", "sledai_arthritis"],
            ["arthritis", "arthritis_sledai"],
            ["arthritis", "Arthritis.1"],
            ["arthritis", "sledaiArthritis"],
            ["cva", "baseline_cerebrovascular_accident"],
            ["rash", "fever", "sledairash", "sledaifever"],
            ["rash", "sledai_fever", "sledai_pyuria"],
            ["low_complement", "fever", "lowcomplement", "sle_dai_fever"],
            ["arthritis", "arthritis2"],
            ["arthritis", "sledaiarthritis"],
        ],
    )
    def test_are_an_error(self, columns: list[str]) -> None:
        with pytest.raises(InvalidInputError, match=r"two families of names: '.* beside '.*"):
            answer_columns(columns, {})

    @pytest.mark.parametrize(
        "beside",
        [
            ["arthritis_date", "rash_comment", "proteinuria_g_24h"],
            ["osteoarthritis", "polyarthritis2"],
            ["malar_rash", "history_of_arthritis", "acr_proteinuria", "rash_complete"],
            ["sledai_total", "sledai_arthritis_reason"],
            ["new_or_worse_arthritis", "rash_new_or_recurrent", "id"],
            ["sledai_fever"],
        ],
    )
    def test_what_stands_beside_an_item_is_no_family(self, beside: list[str]) -> None:
        items = ["arthritis", "rash", "proteinuria"]
        assert list(answer_columns([*beside, *items], {})) == items

    @pytest.mark.parametrize(
        ("columns", "named"),
        [
            # Names that are not known, of which some were said and others were not.
            (["arthritis", "s_rash", "s_fev", "s_art"], {"s_rash": "rash", "s_fev": "fever"}),
            (
                ["cva", *(f"item___{n}" for n in range(1, 25))],
                {"item___15": "rash", "item___1": "seizure"},
            ),
            # All were said, and a bare one is left over.
            (["arthritis", "s_r", "s_f"], {"s_r": "rash", "s_f": "fever"}),
        ],
    )
    def test_by_a_prefix_that_was_said(self, columns: list[str], named: dict[str, str]) -> None:
        said = {column: Descriptor(name) for column, name in named.items()}
        with pytest.raises(InvalidInputError, match="two families of names"):
            answer_columns(columns, said)
        none = [c for c in columns if c not in {*named, "arthritis", "cva"}]
        bare = [c for c in columns if c in {"arthritis", "cva"}]
        assert list(answer_columns(columns, said, [*none, *bare])) == list(named)

    def test_a_prefix_of_one_column_says_nothing(self) -> None:
        columns = ["visit_date", "visit_joints", "rash", "fever", "site_date", "site_rash_new"]
        named = {"visit_joints": Descriptor.ARTHRITIS}
        assert set(answer_columns(columns[:4], named)) == {"visit_joints", "rash", "fever"}
        named |= {"visit_skin": Descriptor.ALOPECIA}
        found = answer_columns(["visit_skin", *columns[:4], "pyuria"], named)
        assert set(found) == {"visit_joints", "visit_skin", "rash", "fever", "pyuria"}

    def test_a_family_may_be_named_column_by_column(self) -> None:
        named = {"sledai_rash": Descriptor.RASH}
        assert answer_columns(["rash", "sledai_rash"], named) == named
        bare = {"rash": Descriptor.RASH, "fever": Descriptor.FEVER}
        assert answer_columns(["rash", "fever", "pyuria"], bare) == {
            **bare,
            "pyuria": Descriptor.PYURIA,
        }

    @pytest.mark.parametrize(
        ("named", "no_items", "said"),
        [
            ({}, ["x"], "no column 'x', said to be no item"),
            ({"rash": Descriptor.RASH}, ["rash"], "'rash' is named for a descriptor and said to"),
        ],
    )
    def test_no_items_that_are_wrong(self, named: Any, no_items: list[str], said: str) -> None:
        with pytest.raises(InvalidInputError, match=said):
            answer_columns(["rash"], named, no_items)

    def test_more_columns_than_are_shown(self) -> None:
        columns = [*NAMES, *(f"v1_{name}" for name in NAMES)]
        with pytest.raises(InvalidInputError, match=r"'v1_lupus_headache'|and 19 more"):
            answer_columns(columns, {})
