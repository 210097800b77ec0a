"""Names of columns: which are a descriptor's, and which leave it open."""

from typing import Any

import pytest
import spec_tables

from sledai import Descriptor, InvalidInputError
from sledai.codebook.names import (
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

    @pytest.mark.parametrize("wrong", [None, 8, ["rash"], {"rash": 1}, b"rash"])
    def test_a_name_is_text(self, wrong: Any) -> None:
        found = type(wrong).__name__
        with pytest.raises(InvalidInputError, match=rf"^descriptor: found {found}; accepted: its"):
            descriptor_named(wrong)

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


class TestHowFamiliesAreTold:
    """Each way in which a name can look like an item, at its edge."""

    @pytest.mark.parametrize(
        ("columns", "said"),
        [
            # Each family is named, and all that doubt falls on.
            (
                ["arthritis", "rash", "sledai_arthritis", "b_rash"],
                (
                    "two families of names: 'arthritis', 'rash' beside 'sledai_arthritis', "
                    "'b_rash'; say which columns are the items, and which are none"
                ),
            ),
            # What is no item is passed over, and the next is looked at.
            (
                ["osteoarthritis", "arthritis", "rash", "sledai_rash"],
                (
                    "two families of names: 'rash' beside 'sledai_rash'; say which columns are "
                    "the items, and which are none"
                ),
            ),
            # As many columns by one prefix as there are bare ones.
            (
                ["rash", "fever", "sledai_pyuria", "sledai_myositis"],
                (
                    "two families of names: 'rash', 'fever' beside 'sledai_pyuria', "
                    "'sledai_myositis'; say which columns are the items, and which are none"
                ),
            ),
            (
                ["low_complement", "sledai_lowcomplement"],
                (
                    "two families of names: 'low_complement' beside 'sledai_lowcomplement'; say "
                    "which columns are the items, and which are none"
                ),
            ),
            # Six are named, and the others counted.
            (
                [*NAMES[:7], *(f"s_{name}" for name in NAMES[:6])],
                (
                    "two families of names: 'seizure', 'psychosis', 'organic_brain_syndrome', "
                    "'visual_disturbance', 'cranial_nerve_disorder', 'lupus_headache' beside "
                    "'s_seizure', 's_psychosis', 's_organic_brain_syndrome', "
                    "'s_visual_disturbance', 's_cranial_nerve_disorder', 's_lupus_headache'; say "
                    "which columns are the items, and which are none"
                ),
            ),
            (
                [*NAMES[:7], *(f"s_{name}" for name in NAMES[:8])],
                (
                    "two families of names: 'seizure', 'psychosis', 'organic_brain_syndrome', "
                    "'visual_disturbance', 'cranial_nerve_disorder', 'lupus_headache' and 1 more "
                    "beside 's_seizure', 's_psychosis', 's_organic_brain_syndrome', "
                    "'s_visual_disturbance', 's_cranial_nerve_disorder', 's_lupus_headache' and 2"
                    " more; say which columns are the items, and which are none"
                ),
            ),
        ],
    )
    def test_the_message_names_both(self, columns: list[str], said: str) -> None:
        with pytest.raises(InvalidInputError) as caught:
            answer_columns(columns, {})
        assert str(caught.value) == said

    def test_how_to_say_it_is_said(self) -> None:
        with pytest.raises(InvalidInputError, match=r"which one is meant \(so\)$"):
            answer_columns(["rash", "new_rash"], {}, how=" (so)")
        with pytest.raises(InvalidInputError, match=r"which one is meant$"):
            answer_columns(["rash", "new_rash"], {})
        with pytest.raises(InvalidInputError, match=r"which are none \(so\)$"):
            answer_columns(["rash", "sledai_rash"], {}, how=" (so)")

    @pytest.mark.parametrize(
        "columns",
        [
            ["rash", "sledai_fever"],
            ["rash", "history_new_rash"],
            ["pyuria", "a_rash", "b_fever"],
            ["pyuria", "rash_a", "fever_b"],
            ["arthritis", "rash", "arthritisDate", "rashDate"],
        ],
    )
    def test_no_family(self, columns: list[str]) -> None:
        bare = [column for column in columns if column in NAMES]
        assert list(answer_columns(columns, {})) == bare

    @pytest.mark.parametrize(
        ("columns", "named", "beside"),
        [
            (
                ["arthritis", "pyuria", "myositis", "s_r", "s_f", "s_x"],
                {"s_r": "rash", "s_f": "fever"},
                "'s_x'",
            ),
            (
                ["arthritis", "pyuria", "s_r", "s_f"],
                {"s_r": "rash", "s_f": "fever"},
                "'s_r', 's_f'",
            ),
            (["pyuria", "s_a_1", "s_b_2"], {"s_a_1": "rash", "s_b_2": "fever"}, "'s_a_1', 's_b_2'"),
        ],
    )
    def test_a_prefix_that_was_said(
        self, columns: list[str], named: dict[str, str], beside: str
    ) -> None:
        said = {column: Descriptor(name) for column, name in named.items()}
        with pytest.raises(InvalidInputError, match=rf" beside {beside}; say which"):
            answer_columns(columns, said)

    @pytest.mark.parametrize(
        ("columns", "named"),
        [
            (["arthritis", "pyuria", "myositis", "s_r", "s_f", "s_date"], ["s_r", "s_f"]),
            (["visit_joints", "visit_foo", "pyuria", "myositis"], ["visit_joints"]),
            (["Joint", "joint", "myositis", "pyuria"], ["Joint", "joint"]),
        ],
    )
    def test_a_prefix_that_says_nothing(self, columns: list[str], named: list[str]) -> None:
        said = dict(zip(named, (Descriptor.RASH, Descriptor.FEVER), strict=False))
        bare = [column for column in columns if column in NAMES]
        assert list(answer_columns(columns, said)) == [*named, *bare]
