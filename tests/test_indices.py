"""The published indices: cases typed from the publications, and exact under what is not known."""

import json
from collections.abc import Callable
from datetime import date, timedelta
from decimal import Decimal
from fractions import Fraction
from itertools import accumulate, product
from typing import Any

import pytest
import spec_tables
from hypothesis import given, settings
from hypothesis import strategies as st
from quiet_visits import SIGNS
from strategies import complete_assessments

from examples import examples
from sledai import Assessment, Descriptor, InvalidInputError, Verdict
from sledai.definitions import Edition
from sledai.indices import adjusted_mean, doris, lldas, sfi, sfi_criteria, sri
from sledai.indices.components import Component, IndexResult
from sledai.visits import History, Visit

ROWS = spec_tables.rows("indices.csv")
BASE: dict[str, dict[str, dict[str, Any]]] = json.loads(
    (spec_tables.SPEC / "indices_base.json").read_text(encoding="utf-8")
)
FIRST, LATER = date(2024, 1, 1), date(2024, 3, 1)


def visit_of(fields: dict[str, Any], when: date) -> Visit:
    fields = {name: value for name, value in fields.items() if name != "date"}
    if (given := fields.get("assessment")) is not None:
        fields["assessment"] = Assessment.of(
            present=given["present"], not_assessed=given.get("not_assessed", ())
        )
    return Visit.model_validate({"date": when, **fields})


def pair_of(
    index: str, earlier: dict[str, Any] | None = None, later: dict[str, Any] | None = None
) -> tuple[Visit, Visit]:
    base = BASE[index]
    first = {**base.get("earlier", {}), **(earlier or {})}
    return visit_of(first, FIRST), visit_of({**base["later"], **(later or {})}, LATER)


def outcome(index: str, first: Visit, later: Visit, parameters: dict[str, Any]) -> str:
    match index:
        case "sfi":
            possible = sfi.assess(first, later, **parameters).possible
            return "|".join(flare for flare in sfi.Flare if flare in possible)
        case "sri":
            bilag = {"new_bilag_a": 0, "new_bilag_b": 0}
            return sri.assess(first, later, **(bilag | parameters)).verdict
        case "lldas":
            return lldas.assess(first, later, **parameters).verdict
        case _:
            return doris.assess(later, **parameters).verdict


@pytest.mark.parametrize(
    "row", ROWS, ids=[f"{row['index']} {i}" for i, row in enumerate(ROWS, start=2)]
)
def test_cases_typed_from_the_publications(row: dict[str, str]) -> None:
    """On each cut-off, beside it and well past it; each component not known; each parameter."""
    first, later = pair_of(row["index"], json.loads(row["earlier"]), json.loads(row["later"]))
    found = outcome(row["index"], first, later, json.loads(row["parameters"]))
    assert found == row["outcome"], row["note"]


def test_the_cases_cover_every_outcome_of_every_index() -> None:
    found = {index: {r["outcome"] for r in ROWS if r["index"] == index} for index in BASE}
    three = {"met", "not_met", "undetermined"}
    assert found["sri"] == found["lldas"] == found["doris"] == three
    assert {"none", "mild/moderate", "severe", "none|severe", "mild/moderate|severe"} <= found[
        "sfi"
    ]


EMPTY = Visit(date=FIRST), Visit(date=LATER)


class TestNothingKnown:
    """An empty visit is never in remission or in low disease activity, nor out of it."""

    @pytest.mark.parametrize("result", [lldas.assess(*EMPTY), doris.assess(EMPTY[1])])
    def test_states(self, result: IndexResult) -> None:
        assert result.verdict is Verdict.UNDETERMINED
        assert {component.verdict for component in result.components} == {Verdict.UNDETERMINED}

    def test_response(self) -> None:
        assert sri.assess(*EMPTY).verdict is Verdict.UNDETERMINED

    def test_flare(self) -> None:
        for variant in ("original", "belimumab"):
            result = sfi.assess(*EMPTY, variant=variant)
            assert result.possible == set(sfi.Flare)
            assert result.flare is None
            verdicts = {one.verdict for one in (*result.severe, *result.mild_moderate)}
            assert verdicts == {Verdict.UNDETERMINED}


@st.composite
def unknowns(draw: st.DrawFn) -> tuple[dict[str, Any], dict[str, Any]]:
    """Complete changes of both visits, and which of them are then taken for not known."""
    some_signs = st.sets(st.sampled_from(SIGNS), max_size=3)
    later: dict[str, Any] = {name: draw(st.booleans()) for name in draw(some_signs)}
    present = [draw(st.sets(st.sampled_from(sorted(Descriptor)), max_size=4)) for _ in range(2)]
    open_ = [draw(st.sets(st.sampled_from(sorted(Descriptor)), max_size=2)) for _ in range(2)]
    later |= dict.fromkeys(draw(some_signs))
    for field, values in {
        "physician_global": (0.3, 1, 2, 2.6),
        "prednisone_mg_day": (0, 5, 20, 40),
    }.items():
        if draw(st.booleans()):
            later[field] = draw(st.sampled_from(values))
    visits = [
        {"assessment": {"present": sorted(p - o), "not_assessed": sorted(o)}}
        for p, o in zip(present, open_, strict=True)
    ]
    return visits[0], {**later, **visits[1]}


def completions(fields: dict[str, Any]) -> list[dict[str, Any]]:
    """Every way to fill in the signs and descriptors that are not known."""
    signs = [name for name, value in fields.items() if value is None]
    visit = fields["assessment"]
    found: list[dict[str, Any]] = []
    for values in product((False, True), repeat=len(signs)):
        for answers in product((False, True), repeat=len(visit["not_assessed"])):
            more = [d for d, there in zip(visit["not_assessed"], answers, strict=True) if there]
            filled = {**fields, **dict(zip(signs, values, strict=True))}
            found.append({**filled, "assessment": {"present": [*visit["present"], *more]}})
    return found


def newly_present(earlier: dict[str, Any], later: dict[str, Any]) -> set[str]:
    before, now = (set(visit["assessment"]["present"]) for visit in (earlier, later))
    return {f"new {descriptor}" for descriptor in now - before}


class TestExactness:
    """What is not known is filled in in every way, and the outcomes are those that are possible."""

    @pytest.mark.parametrize("index", ["sfi", "sri", "lldas", "doris"])
    @settings(max_examples=examples(40))
    @given(data=st.data())
    def test_every_completion(self, index: str, data: st.DataObject) -> None:
        earlier, later = data.draw(unknowns())
        parameters = {}
        if index == "sfi":
            parameters = data.draw(
                st.fixed_dictionaries(
                    {
                        "variant": st.sampled_from(["original", "belimumab"]),
                        "severe_score_needs_rise_of_3": st.booleans(),
                        "mycophenolate": st.booleans(),
                    }
                )
            )
        visits = pair_of(index, earlier, later)
        found = outcome(index, *visits, parameters)
        assumed = set(lldas.assess(*visits).assumed) if index == "lldas" else set[str]()
        stated = {"new_lupus_activity": False} if "new_lupus_activity" in assumed else {}
        outcomes = {
            outcome(index, *pair_of(index, a, b), parameters)
            for a in completions(earlier)
            for b in completions({**later, **stated})
            if assumed.isdisjoint(newly_present(a, b))
        }
        if index == "sfi":
            assert set(found.split("|")) == outcomes
        else:
            assert found == (outcomes.pop() if len(outcomes) == 1 else "undetermined")

    @settings(max_examples=examples(60))
    @given(st.data())
    def test_numbers_that_are_not_known(self, data: st.DataObject) -> None:
        """Each of some values in place of an unknown one gives an outcome that is possible."""
        names = data.draw(
            st.lists(
                st.sampled_from(["physician_global", "prednisone_mg_day", "weight_kg"]),
                min_size=1,
                max_size=3,
                unique=True,
            )
        )
        values = {
            "physician_global": st.integers(0, 30).map(lambda n: n / 10),
            "prednisone_mg_day": st.integers(0, 80),
            "weight_kg": st.integers(40, 120),
        }
        earlier, later = data.draw(unknowns())
        unknown = dict.fromkeys(names)
        filled = {name: data.draw(values[name]) for name in names}
        possible = sfi.assess(*pair_of("sfi", earlier, {**later, **unknown})).possible
        assert sfi.assess(*pair_of("sfi", earlier, {**later, **filled})).possible <= possible

    @given(st.data())
    def test_both_global_assessments(self, data: st.DataObject) -> None:
        known = data.draw(st.integers(0, 300)) / 100
        for unknown_at in ("earlier", "later"):
            ends: dict[str, dict[str, Any]] = {
                "earlier": {"physician_global": known},
                "later": {"physician_global": known},
                unknown_at: {"physician_global": None},
            }
            possible = sfi.assess(*pair_of("sfi", **ends)).possible
            grid = [n / 100 for n in range(301)]
            outcomes: set[sfi.Flare] = set()
            for value in grid:
                before, now = (value, known) if unknown_at == "earlier" else (known, value)
                rise = Decimal(str(now)) - Decimal(str(before))
                if rise > 0 and now > 2.5:
                    outcomes.add(sfi.Flare.SEVERE)
                elif rise >= 1:
                    outcomes.add(sfi.Flare.MILD_MODERATE)
                else:
                    outcomes.add(sfi.Flare.NONE)
            assert possible == outcomes


class TestFlareIndex:
    """Petri 1999, as reproduced; each criterion's wording is in the component."""

    def test_the_criteria(self) -> None:
        result = sfi.assess(*pair_of("sfi"))
        assert [(c.name, c.statement) for c in result.severe] == [
            ("score", "rise by >= 1 to a total > 12 points"),
            (
                "signs",
                (
                    "new or worse cns lupus, vasculitis, nephritis, myositis, platelets < 60,000 "
                    "/mm3, or hemolytic anemia with hemoglobin < 7 g/dL or a fall of > 3 g/dL; "
                    "with doubled prednisone, prednisone > 0.5 mg/kg/day, or hospitalization"
                ),
            ),
            ("prednisone", "increase to > 0.5 mg/kg/day"),
            (
                "drugs",
                "new_cyclophosphamide, new_azathioprine, new_methotrexate, new_mycophenolate",
            ),
            ("hospitalization", "hospitalized_for_lupus"),
            ("physician global", "rise to > 2.5 on 0 to 3"),
        ]
        assert [(c.name, c.statement) for c in result.mild_moderate] == [
            ("score", "rise by >= 3 points, not to a total > 12 points"),
            (
                "signs",
                (
                    "new or worse rash, nasopharyngeal ulcers, pleuritis, pericarditis, arthritis, "
                    "fever"
                ),
            ),
            ("prednisone", "increase, not to > 0.5 mg/kg/day"),
            ("drugs", "new_nsaid, new_hydroxychloroquine"),
            ("physician global", "rise by >= 1 on 0 to 3, not to > 2.5 on 0 to 3"),
        ]
        assert {str(c.citation) for c in (*result.severe, *result.mild_moderate)} == {
            (
                "Petri 1999 (PMID 10568907), flare index [as reproduced in "
                "medicalalgorithms.com/estrogen-lupus and ard.bmj.com/highwire/markup/278401]"
            )
        }

    def test_the_descriptors_that_are_new_lupus_of_each_kind(self) -> None:
        assert {
            "new_or_worse_cns_lupus": {
                "seizure",
                "psychosis",
                "organic_brain_syndrome",
                "visual_disturbance",
                "cranial_nerve_disorder",
                "lupus_headache",
                "cerebrovascular_accident",
            },
            "new_or_worse_vasculitis": {"vasculitis"},
            "new_or_worse_nephritis": set(),
            "new_or_worse_myositis": {"myositis"},
        } == sfi_criteria.SEVERE_SIGNS
        assert {
            "new_or_worse_rash": set(),
            "new_or_worse_nasopharyngeal_ulcers": {"mucosal_ulcers"},
            "new_or_worse_pleuritis": {"pleurisy"},
            "new_or_worse_pericarditis": {"pericarditis"},
            "new_or_worse_arthritis": {"arthritis"},
            "new_or_worse_fever": {"fever"},
        } == sfi_criteria.MILD_SIGNS

    def test_the_belimumab_variant_has_no_severe_score(self) -> None:
        result = sfi.assess(*pair_of("sfi"), variant="belimumab")
        assert [c.name for c in result.severe] == [
            "signs",
            "prednisone",
            "drugs",
            "hospitalization",
            "physician global",
        ]
        assert result.mild_moderate[0].statement == "rise by >= 3 points"
        marks = [c.citation.mark for c in result.mild_moderate]
        assert [marks[0], *(mark.split(" ")[0] for mark in marks[1:])] == [
            "[not read]",
            *["[as"] * 4,
        ]

    @pytest.mark.parametrize(
        "parameters",
        [
            {"variant": variant, "severe_score_needs_rise_of_3": rise, "mycophenolate": drug}
            for variant in ("original", "belimumab")
            for rise in (False, True)
            for drug in (False, True)
        ],
    )
    def test_each_row_of_the_table_stands_in_its_place(self, parameters: dict[str, Any]) -> None:
        """Each criterion once, whatever the parameters, and said as its row says it."""
        result = sfi.assess(*pair_of("sfi"), **parameters)
        severe = ["score", "signs", "prednisone", "drugs", "hospitalization", "physician global"]
        mild = ["score", "signs", "prednisone", "drugs", "physician global"]
        if parameters["variant"] == "belimumab":
            severe.remove("score")
        assert [c.name for c in result.severe] == severe
        assert [c.name for c in result.mild_moderate] == mild
        rows = {(row.outcome, row.name, row.statement, row.citation) for row in sfi.CRITERIA}
        assert len(rows) == 14
        for outcome, components in (
            (sfi.Flare.SEVERE, result.severe),
            (sfi.Flare.MILD_MODERATE, result.mild_moderate),
        ):
            assert {(outcome, c.name, c.statement, c.citation) for c in components} <= rows

    def test_a_severe_score_that_needs_a_rise_of_3(self) -> None:
        result = sfi.assess(*pair_of("sfi"), severe_score_needs_rise_of_3=True)
        assert result.severe[0].statement == "rise by >= 3 to a total > 12 points"

    @pytest.mark.parametrize("name", ["severe_score_needs_rise_of_3", "mycophenolate"])
    @pytest.mark.parametrize("wrong", ["no", None, 1, [False]])
    def test_a_parameter_that_is_neither_true_nor_false(self, name: str, wrong: Any) -> None:
        with pytest.raises(InvalidInputError, match=rf"^{name}: found .*; accepted: True, False$"):
            sfi.assess(*pair_of("sfi"), **{name: wrong})

    def test_the_drugs_of_1999(self) -> None:
        result = sfi.assess(*pair_of("sfi"), mycophenolate=False)
        assert "mycophenolate" not in str(result)

    def test_reasons(self) -> None:
        seizure = {"assessment": {"present": ["rash", "low_complement", "seizure"]}}
        result = sfi.assess(*pair_of("sfi", later=seizure))
        signs = result.severe[1]
        assert signs.verdict is Verdict.NOT_MET  # neither a high dose nor hospitalization
        assert signs.reason == (
            "newly present: seizure; no: new_or_worse_cns_lupus, new_or_worse_vasculitis, "
            "new_or_worse_nephritis, new_or_worse_myositis; platelets 250 K/uL, hemoglobin 12.5 "
            "g/dL, then 12.5 g/dL, hemolytic_anemia: no"
        )
        assert result.severe[2].reason == "prednisone 10, then 10 mg/d; weight 60 kg"
        assert result.severe[5].reason == "physician_global 1.0, then 1.0"
        assert str(result).startswith(
            "SFI (original): mild/moderate\n  severe, score: not met (total 4, then 12)\n"
        )

    @pytest.mark.parametrize(
        ("answers", "low", "verdict"),
        [
            ((True, "6.9 g/dL"), "12 g/dL", Verdict.MET),
            ((True, "7 g/dL"), "10 g/dL", Verdict.NOT_MET),
            ((True, "7 g/dL"), "10.1 g/dL", Verdict.MET),
            ((False, "6.9 g/dL"), "12 g/dL", Verdict.NOT_MET),
            ((None, "6.9 g/dL"), "12 g/dL", Verdict.UNDETERMINED),
            ((None, "9.5 g/dL"), "12 g/dL", Verdict.NOT_MET),
            ((True, None), "12 g/dL", Verdict.UNDETERMINED),
            ((True, "9.5 g/dL"), None, Verdict.UNDETERMINED),
            ((True, "69 g/L"), None, Verdict.MET),
        ],
    )
    def test_hemolytic_anemia(
        self, answers: tuple[bool | None, str | None], low: str | None, verdict: Verdict
    ) -> None:
        later = {
            "hemolytic_anemia": answers[0],
            "hemoglobin": answers[1],
            "hospitalized_for_lupus": True,
        }
        result = sfi.assess(*pair_of("sfi", {"hemoglobin": low}, later))
        assert result.severe[1].verdict is verdict

    def test_what_is_refused(self) -> None:
        with pytest.raises(InvalidInputError, match="variant: found 'new'; accepted: original,"):
            sfi.assess(*pair_of("sfi"), variant="new")  # type: ignore[arg-type]
        with pytest.raises(
            InvalidInputError,
            match=r"visit: found one of 2024-01-01; accepted: one after 2024-03-01, .* previous",
        ):
            sfi.assess(*reversed(pair_of("sfi")))

    @given(complete_assessments, complete_assessments)
    def test_more_descriptors_are_no_smaller_flare(self, one: Assessment, two: Assessment) -> None:
        order = list(sfi.Flare)
        more = Assessment.of(present=one.present | two.present)
        first, later = pair_of("sfi")
        found = [
            sfi.assess(first, later.model_copy(update={"assessment": now})).flare
            for now in (one, more)
        ]
        assert order.index(found[0]) <= order.index(found[1])  # type: ignore[arg-type]


class TestResponse:
    """Furie 2009: a fall by n, no new BILAG A, one new B at most, global not worse by 0.3."""

    def test_a_baseline_below_n_is_said(self) -> None:
        low = {"assessment": {"present": ["rash", "fever"]}}
        result = sri.assess(*pair_of("sri", low), n=4, new_bilag_a=0, new_bilag_b=0)
        assert result.verdict is Verdict.NOT_MET
        assert result.components[0].reason == "total 3 at baseline: SRI-4 cannot be reached"

    def test_a_fall_of_4_by_default(self) -> None:
        assert sri.assess(*pair_of("sri")).name == "SRI-4"

    @pytest.mark.parametrize(
        ("edition", "n", "name", "citation"),
        [
            (
                Edition.SELENA,
                4,
                "SRI-4",
                "Furie 2009 (PMC2748175), abstract, results [abstract read]",
            ),
            (
                Edition.SELENA,
                5,
                "SRI-5",
                "Tabalumab phase 3 (ard.bmj.com/highwire/markup/195476), footnote a",
            ),
            (
                Edition.SELENA,
                6,
                "SRI-6",
                ("Furie 2009 (PMC2748175), responder index, with another fall or score [not read]"),
            ),
            (
                Edition.HYBRID,
                4,
                "SRI-4 (S2K)",
                (
                    "Ginzler 2022 (EMBRACE) (doi 10.1002/art.41900), abstract, methods "
                    "[abstract read]"
                ),
            ),
            (
                Edition.SLEDAI_2K,
                4,
                "SRI-4 (SLEDAI-2K)",
                "NCT04895241, SRI-4 among the outcomes [as reproduced in trials.co]",
            ),
        ],
    )
    def test_which_score_names_the_result(
        self, edition: Edition, n: int, name: str, citation: str
    ) -> None:
        result = sri.assess(*pair_of("sri"), n=n, edition=edition)
        assert result.name == name
        assert str(result.components[0].citation) == citation

    def test_the_reason_says_both_global_assessments(self) -> None:
        visits = pair_of("sri", {"physician_global": 1.8}, {"physician_global": None})
        reason = sri.assess(*visits).components[3].reason
        assert reason == "physician_global from 1.8 to not known"

    def test_the_components_and_their_names(self) -> None:
        result = sri.assess(*pair_of("sri"), n=5, edition=Edition.SLEDAI_2K)
        assert result.name == "SRI-5 (SLEDAI-2K)"
        assert [c.statement for c in result.components] == [
            "total falls by >= 5",
            "new_bilag_a <= 0",
            "new_bilag_b <= 1",
            "physician_global does not rise by >= 0.3 on 0 to 3",
        ]
        assert [c.reason for c in result.components[1:3]] == [
            "new_bilag_a is not known",
            "new_bilag_b is not known",
        ]

    @pytest.mark.parametrize(
        ("parameters", "said"),
        [
            ({"n": 3}, "n: found 3; accepted: 4 to 8"),
            ({"n": 9}, "n: found 9; accepted: 4 to 8"),
            ({"n": True}, "n: found True; accepted: 4 to 8"),
            ({"new_bilag_a": -1}, "new_bilag_a: found -1; accepted: a whole number of at least 0"),
            ({"new_bilag_b": True}, "new_bilag_b: found True; accepted: a whole number"),
            ({"new_bilag_b": 1.0}, "new_bilag_b: found 1.0; accepted: a whole number"),
            ({"edition": Edition.SLEDAI_1992}, "edition: found .*; accepted: SELENA, HYBRID, SL"),
        ],
    )
    def test_what_is_refused(self, parameters: dict[str, Any], said: str) -> None:
        with pytest.raises(InvalidInputError, match=said):
            sri.assess(*pair_of("sri"), **parameters)

    def test_visits_in_the_wrong_order(self) -> None:
        with pytest.raises(
            InvalidInputError,
            match=r"visit: found one of 2024-01-01; accepted: one after 2024-03-01, .* baseline",
        ):
            sri.assess(*reversed(pair_of("sri")))

    @given(st.integers(4, 7), complete_assessments, complete_assessments)
    def test_a_greater_fall_is_harder(self, n: int, one: Assessment, two: Assessment) -> None:
        visits = Visit(date=FIRST, assessment=one), Visit(date=LATER, assessment=two)
        verdicts = [sri.assess(*visits, n=m).components[0].verdict for m in (n, n + 1)]
        assert verdicts != [Verdict.NOT_MET, Verdict.MET]


SILENT = "; counted as no: new_lupus_activity"


def answers_of(names: list[str]) -> dict[str, list[str]]:
    return {
        "present": [name for name in names if not name.startswith("?")],
        "not_assessed": [name[1:] for name in names if name.startswith("?")],
    }


class TestLowDiseaseActivity:
    """Franklyn 2016, Table 1: five items, each needed."""

    def test_the_major_organs(self) -> None:
        assert {
            "seizure",
            "psychosis",
            "organic_brain_syndrome",
            "visual_disturbance",
            "cranial_nerve_disorder",
            "lupus_headache",
            "cerebrovascular_accident",
            "vasculitis",
            "urinary_casts",
            "hematuria",
            "proteinuria",
            "pyuria",
            "pleurisy",
            "pericarditis",
            "fever",
        } == lldas.MAJOR_ORGANS

    def test_every_component_has_its_item(self) -> None:
        result = lldas.assess(*pair_of("lldas"))
        items = [str(component.citation).rpartition("item ")[2] for component in result.components]
        assert items == ["1", "1", "1", "1", "2", "3", "4", "5"]

    @pytest.mark.parametrize(
        ("before", "now", "stated", "reason", "verdict"),
        [
            (["rash"], ["rash"], None, "not stated, no descriptor is new" + SILENT, "met"),
            (["rash"], ["rash"], True, "stated, no descriptor is new", "not_met"),
            ([], ["rash"], False, "stated not to be there, new: rash", "not_met"),
            (None, ["rash"], None, "not stated, not known: rash", "undetermined"),
            (
                None,
                ["rash"],
                False,
                "stated not to be there, not known: rash; counted as no: new rash",
                "met",
            ),
            (
                ["?" + d for d in Descriptor],
                ["rash"],
                False,
                "stated not to be there, not known: rash; counted as no: new rash",
                "met",
            ),
            (None, [], None, "not stated, no descriptor is new" + SILENT, "met"),
            (
                ["?rash"],
                ["rash"],
                False,
                "stated not to be there, not known: rash; counted as no: new rash",
                "met",
            ),
            ([], ["?rash"], False, "stated not to be there, not known: rash", "undetermined"),
            (["?rash"], [], False, "stated not to be there, no descriptor is new", "met"),
        ],
    )
    def test_new_activity(
        self,
        before: list[str] | None,
        now: list[str],
        stated: bool | None,
        reason: str,
        verdict: str,
    ) -> None:
        """A question mark before a descriptor: it was not assessed."""
        earlier = {"assessment": None if before is None else answers_of(before)}
        later = {"assessment": answers_of(now), "new_lupus_activity": stated}
        first, second = pair_of("lldas", earlier, later)
        component = lldas.assess(first, second).components[4]
        assert (component.reason, component.verdict) == (f"new activity {reason}", verdict)

    @pytest.mark.parametrize("present", [[], ["rash"]])
    @pytest.mark.parametrize(
        ("stated", "by_default", "by_the_other_reading"),
        [
            (None, "undetermined", "met"),
            (False, "met", "met"),
            (True, "not_met", "not_met"),
        ],
    )
    def test_the_first_visit(
        self, present: list[str], stated: bool | None, by_default: str, by_the_other_reading: str
    ) -> None:
        """By default it needs a statement, whatever is present; no source says."""
        later = {"assessment": {"present": present}, "new_lupus_activity": stated}
        _, visit = pair_of("lldas", later=later)
        assert lldas.assess(None, visit).verdict == by_default
        other = lldas.assess(None, visit, first_visit="has nothing new")
        assert other.verdict == by_the_other_reading
        assert other.assumed == (("new_lupus_activity",) if stated is None else ())

    def test_swapped_visits_are_refused(self) -> None:
        """Held against a later visit, an earlier one would pass with a rash that is new."""
        new_rash = pair_of("lldas", {"assessment": {"present": []}})
        assert lldas.assess(*new_rash).verdict is Verdict.NOT_MET
        with pytest.raises(InvalidInputError, match="visit: found one of 2024-01-01; accepted"):
            lldas.assess(*reversed(new_rash))
        with pytest.raises(InvalidInputError, match="visit: found one of 2024-03-01; accepted"):
            lldas.assess(new_rash[1], new_rash[1])

    def test_silence_that_counts_as_no_is_said(self) -> None:
        """Another answer to what is assumed would change the verdict."""
        silent = lldas.assess(*pair_of("lldas", later={"new_lupus_activity": None}))
        assert (silent.verdict, silent.assumed) == (Verdict.MET, ("new_lupus_activity",))
        assert silent.components[4].assumed == ("new_lupus_activity",)
        assert str(silent).startswith("LLDAS: met (counted as no: new_lupus_activity)\n")
        said = (
            "\n  new activity: met (new activity not stated, no descriptor is new; counted as no: "
        )
        assert said in str(silent)
        stated = lldas.assess(*pair_of("lldas"))
        assert (stated.verdict, stated.assumed) == (Verdict.MET, ())
        assert str(stated).startswith("LLDAS: met\n")

    def test_a_verdict_that_does_not_rest_on_silence_assumes_nothing(self) -> None:
        later = {"new_lupus_activity": None, "physician_global": 2}
        result = lldas.assess(*pair_of("lldas", later=later))
        assert (result.verdict, result.assumed) == (Verdict.NOT_MET, ())
        assert result.components[4].assumed == ("new_lupus_activity",)

    def test_the_reading_of_serology_is_said(self) -> None:
        result = lldas.assess(*pair_of("lldas"), new_serology="ignored")
        assert result.components[4].statement == (
            "no new lupus activity since the previous assessment (low_complement, "
            "increased_dna_binding not counted)"
        )

    @pytest.mark.parametrize(
        ("readings", "said"),
        [
            ({"new_serology": "no"}, "new_serology: found 'no'; accepted: counts, ignored"),
            ({"first_visit": "ok"}, "first_visit: found 'ok'; accepted: needs a statement, has"),
        ],
    )
    def test_another_reading_is_refused(self, readings: dict[str, Any], said: str) -> None:
        with pytest.raises(InvalidInputError, match=said):
            lldas.assess(*pair_of("lldas"), **readings)

    @given(complete_assessments, st.sampled_from(sorted(Descriptor)))
    def test_one_more_descriptor_never_leads_into_it(self, now: Assessment, more: str) -> None:
        first, later = pair_of("lldas", {"assessment": None})
        before = lldas.assess(first, later.model_copy(update={"assessment": now})).verdict
        update = {"assessment": now.model_copy(update={more: True})}
        after = lldas.assess(first, later.model_copy(update=update)).verdict
        assert (before, after) != (Verdict.NOT_MET, Verdict.MET)


class TestRemission:
    """van Vollenhoven 2021: clinical score 0, global < 0.5, prednisolone, stable treatment."""

    def test_both_readings_of_the_dose(self) -> None:
        _, five = pair_of("doris", later={"prednisone_mg_day": 5})
        assert doris.assess(five).verdict is Verdict.MET
        assert doris.requirements()[2].statement == "prednisone_mg_day <= 5 mg/d"
        strict = doris.assess(five, prednisolone="<")
        assert strict.verdict is Verdict.NOT_MET
        abstract = "van Vollenhoven 2021 (DORIS) (PMID 34819388), abstract, results [abstract read]"
        table = "van Vollenhoven 2021 (DORIS) (PMID 34819388), Table 2, final recommendation"
        assert [str(c.citation) for c in doris.assess(five).components] == [abstract] * 4
        assert [str(c.citation) for c in strict.components] == [abstract, abstract, table, abstract]

    def test_another_reading_is_refused(self) -> None:
        _, visit = pair_of("doris")
        with pytest.raises(InvalidInputError, match="prednisolone: found '=<'; accepted: <=, <"):
            doris.assess(visit, prednisolone="=<")  # type: ignore[arg-type]

    def test_serology_does_not_count(self) -> None:
        both = ["low_complement", "increased_dna_binding"]
        _, visit = pair_of("doris", later={"assessment": {"present": both}})
        assert doris.assess(visit).verdict is Verdict.MET

    @given(complete_assessments)
    def test_any_clinical_descriptor_ends_it(self, now: Assessment) -> None:
        _, visit = pair_of("doris")
        in_remission = doris.assess(visit.model_copy(update={"assessment": now})).verdict
        clinical = now.present - {"low_complement", "increased_dna_binding"}
        assert in_remission is (Verdict.NOT_MET if clinical else Verdict.MET)


class TestAdjustedMean:
    """Ibanez 2003: trapezoids between visits, by the time from the first to the last."""

    days = st.lists(st.integers(1, 200), min_size=1, max_size=6)

    @staticmethod
    def history(days: list[int], visits: list[Assessment]) -> History:
        dates = [date(2024, 1, 1) + timedelta(n) for n in accumulate(days, initial=0)]
        return History(
            visits=tuple(Visit(date=d, assessment=a) for d, a in zip(dates, visits, strict=True))
        )

    @given(days, st.data())
    def test_against_numerical_integration(self, days: list[int], data: st.DataObject) -> None:
        visits = [data.draw(complete_assessments) for _ in range(len(days) + 1)]
        totals = [spec_tables.total_of(set(visit.present)) for visit in visits]
        # The line through the days is integrated exactly by the midpoints of its half days.
        area = sum(
            Fraction(a) + Fraction(b - a) * Fraction(2 * day + 1, 2 * step)
            for a, b, step in zip(totals, totals[1:], days, strict=False)
            for day in range(step)
        )
        result = adjusted_mean.assess(self.history(days, visits))
        assert result.low == result.high == area / sum(days)
        assert result.mean == pytest.approx(float(area / sum(days)))
        assert min(totals) <= result.low <= max(totals)

    @given(days, complete_assessments)
    def test_constant_scores(self, days: list[int], visit: Assessment) -> None:
        result = adjusted_mean.assess(self.history(days, [visit] * (len(days) + 1)))
        assert result.mean == spec_tables.total_of(set(visit.present))

    def test_a_visit_on_the_line_changes_nothing(self) -> None:
        ends = [Assessment.of(present={"seizure"}), Assessment.of()]
        between = Assessment.of(present={"arthritis"})
        two = adjusted_mean.assess(self.history([60], ends))
        three = adjusted_mean.assess(self.history([30, 30], [ends[0], between, ends[1]]))
        assert (two.low, two.days) == (three.low, three.days) == (Fraction(4), 60)

    def test_unequal_intervals_count_by_their_length(self) -> None:
        """16 to 0 in 10 days and 0 for 90: (16 + 0) / 2 * 10 / 100."""
        visits = [Assessment.of(present={"seizure", "psychosis"}), Assessment.of(), Assessment.of()]
        assert str(adjusted_mean.assess(self.history([10, 90], visits))) == "0.80"

    def test_unknown_scores_give_bounds(self) -> None:
        pending = Assessment.of(present={"rash"}, not_assessed={"arthritis"})
        result = adjusted_mean.assess(self.history([10], [Assessment.of(), pending]))
        assert [result.low, result.high] == [Fraction(1), Fraction(3)]
        assert result.mean is None
        assert str(result) == "1.00 to 3.00"

    def test_one_visit_has_no_mean(self) -> None:
        with pytest.raises(InvalidInputError, match="one visit, of 2024-01-01: an adjusted mean"):
            adjusted_mean.assess(History(visits=(Visit(date=FIRST),)))


@pytest.mark.parametrize(
    "result",
    [
        lldas.assess(*EMPTY),
        sfi.assess(*EMPTY),
        lldas.assess(*EMPTY).components[0],
        adjusted_mean.AdjustedMean(Fraction(0), Fraction(0), 1),
    ],
)
def test_no_result_has_a_truth_value(result: object) -> None:
    with pytest.raises(TypeError, match="ask"):
        bool(result)


def test_a_result_is_printed_with_its_components() -> None:
    _, visit = pair_of("doris")
    result = doris.assess(visit)
    assert isinstance(result.components[0], Component)
    assert str(result).splitlines()[:2] == [
        "DORIS 2021: met",
        "  clinical score: met (clinical score 0)",
    ]


LIMITS: list[tuple[object, str]] = [
    (sfi_criteria.RISE, ">= 3 points"),
    (sfi_criteria.SEVERE_TOTAL, "> 12 points"),
    (sfi_criteria.GLOBAL_RISE, ">= 1 on 0 to 3"),
    (sfi_criteria.SEVERE_GLOBAL, "> 2.5 on 0 to 3"),
    (sfi_criteria.SEVERE_DOSE, "> 0.5 mg/kg/day"),
    (sfi_criteria.PLATELETS, "< 60,000 /mm3"),
    (sfi_criteria.HEMOGLOBIN, "< 7 g/dL"),
    (sfi_criteria.HEMOGLOBIN_FALL, "> 3 g/dL"),
    (sri.WORSE, ">= 0.3 on 0 to 3"),
    (lldas.GLOBAL, "<= 1 on 0 to 3"),
    (lldas.PREDNISOLONE, "<= 7.5 mg/d"),
    (doris.GLOBAL, "< 0.5 on 0 to 3"),
]


@pytest.mark.parametrize(("limit", "published"), LIMITS)
def test_the_limits_are_the_published_ones(limit: object, published: str) -> None:
    assert str(limit) == published


def test_numbers_of_points() -> None:
    assert (lldas.MOST_TOTAL, sri.MOST_NEW_A, sri.MOST_NEW_B) == (4, 0, 1)
    assert doris.PREDNISOLONE_MG_DAY == 5
    assert list(sri.FALLS) == [4, 5, 6, 7, 8]


ASSESS: list[Callable[..., Any]] = [sfi.assess, sri.assess, lldas.assess, doris.assess]


@pytest.mark.parametrize("assess", ASSESS)
def test_help_says_what_it_returns_raises_and_where_it_stands(assess: Callable[..., Any]) -> None:
    text = assess.__doc__ or ""
    assert "Source: " in text
    assert ">>> " in text
