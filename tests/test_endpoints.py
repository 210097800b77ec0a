"""Endpoints as trials state them: cases typed from the publications, and brute force.

The oracles here decide for one visit, or two, of which everything is known, by numbers that stand
in this file for a second time. What is not known is filled in in every way.
"""

import json
from collections.abc import Callable, Iterable
from datetime import date, timedelta
from itertools import combinations, product
from typing import Any

import pandas as pd
import pytest
import spec_tables
from hypothesis import Phase, given, settings
from hypothesis import strategies as st

from examples import examples
from sledai import Assessment, Descriptor, InvalidInputError, Verdict
from sledai.indices import (
    bicla,
    ccr,
    change_grade,
    clldas,
    disease_control,
    doris_2017,
    loss_of_improvement,
    sri,
    steroid_sparing,
)
from sledai.indices.components import IndexResult
from sledai.indices.states import DEFAULT, STATES
from sledai.visits import History, Visit

ROWS = spec_tables.rows("endpoints.csv")
BASE: dict[str, dict[str, dict[str, Any]]] = json.loads(
    (spec_tables.SPEC / "endpoints_base.json").read_text(encoding="utf-8")
)
START = date(2024, 1, 1)
LATER = date(2024, 7, 1)
BILAG = (
    "bilag_constitutional",
    "bilag_mucocutaneous",
    "bilag_neuropsychiatric",
    "bilag_musculoskeletal",
    "bilag_cardiorespiratory",
    "bilag_gastrointestinal",
    "bilag_ophthalmic",
    "bilag_renal",
    "bilag_hematological",
)
NO_SHRINKING = (Phase.explicit, Phase.reuse, Phase.generate)


def visit_of(fields: dict[str, Any], when: date) -> Visit:
    fields = dict(fields)
    if (given := fields.get("assessment")) is not None:
        fields["assessment"] = Assessment.of(
            present=given["present"], not_assessed=given["not_assessed"]
        )
    return Visit.model_validate({"date": when, **fields})


STATE_OF: dict[str, Callable[[Visit], IndexResult]] = {
    "cCR": ccr.assess,
    "cCR-0": lambda visit: ccr.assess(visit, form="cCR-0"),
    "DORIS 2017 on treatment": lambda visit: doris_2017.assess(visit, form="on treatment"),
    "DORIS 2017 complete": lambda visit: doris_2017.assess(visit, form="complete"),
    "disease control": disease_control.assess,
}
BETWEEN: dict[str, Callable[..., IndexResult]] = {
    "cLLDAS": clldas.assess,
    "BICLA": bicla.assess,
    "SRI": sri.assess,
}


def result_of(endpoint: str, first: Visit, later: Visit, **parameters: Any) -> IndexResult:
    if endpoint in STATE_OF:
        return STATE_OF[endpoint](later)
    return BETWEEN[endpoint](first, later, **parameters)


@pytest.mark.parametrize(
    "row", ROWS, ids=[f"{row['endpoint']} {i}" for i, row in enumerate(ROWS, start=2)]
)
def test_cases_typed_from_the_publications(row: dict[str, str]) -> None:
    """On each cut-off, the next value on either side and well past it; each component unknown."""
    base = BASE[row["endpoint"]]
    first, later = (
        visit_of({**base[which], **json.loads(row[which])}, when)
        for which, when in (("earlier", START), ("later", LATER))
    )
    found = result_of(row["endpoint"], first, later, **json.loads(row["parameters"]))
    assert found.verdict == row["outcome"], row["note"]


def test_the_cases_cover_every_outcome_of_every_endpoint() -> None:
    outcomes = {"met", "not_met", "undetermined"}
    for endpoint in BASE:
        assert {row["outcome"] for row in ROWS if row["endpoint"] == endpoint} == outcomes


# What is known of two visits, all of it: "now" and "before" are descriptors that are present.
Facts = dict[str, Any]

MAJOR = {
    *("seizure", "psychosis", "organic_brain_syndrome", "visual_disturbance"),
    *("cranial_nerve_disorder", "lupus_headache", "cerebrovascular_accident", "vasculitis"),
    *("urinary_casts", "hematuria", "proteinuria", "pyuria", "pleurisy", "pericarditis", "fever"),
}
total_of, clinical_of = spec_tables.total_of, spec_tables.clinical_of


def low_activity_of_a_child(f: Facts) -> bool:
    return (
        total_of(f["now"]) <= 4
        and not f["now"] & MAJOR
        and not f["hemolytic_anemia"]
        and not f["gastrointestinal_activity"]
        and f["now"] <= f["before"]
        and not f["new_lupus_activity"]
        and f["physician_global"] <= 1
        and 100 * f["prednisone_mg_day"] <= 15 * f["weight_kg"]
        and f["prednisone_mg_day"] <= 7.5
        and f["stable_treatment"]
    )


def remission_of_a_child(f: Facts) -> bool:
    return (
        clinical_of(f["now"]) == 0
        and f["physician_global"] < 0.5
        and 10 * f["prednisone_mg_day"] <= f["weight_kg"]
        and f["prednisone_mg_day"] <= 5
        and f["stable_treatment"]
    )


def remission_of_a_child_without_glucocorticoid(f: Facts) -> bool:
    return (
        clinical_of(f["now"]) == 0
        and f["physician_global"] < 0.5
        and f["prednisone_mg_day"] == 0
        and f["stable_treatment"]
    )


def remission_on_treatment(f: Facts) -> bool:
    low = f["physician_global"] <= 0.5 and f["prednisone_mg_day"] <= 5
    return clinical_of(f["now"]) == 0 and low


def complete_remission(f: Facts) -> bool:
    return (
        not f["now"]
        and f["physician_global"] <= 0.5
        and f["prednisone_mg_day"] == 0
        and not f["on_immunosuppressant"]
    )


def controlled(f: Facts) -> bool:
    return total_of(f["now"]) <= 2 and not f["on_immunosuppressant"] and f["prednisone_mg_day"] <= 5


ORACLES: dict[str, Callable[[Facts], bool]] = {
    "cLLDAS": low_activity_of_a_child,
    "cCR": remission_of_a_child,
    "cCR-0": remission_of_a_child_without_glucocorticoid,
    "DORIS 2017 on treatment": remission_on_treatment,
    "DORIS 2017 complete": complete_remission,
    "disease control": controlled,
}
SIGNS = (
    *("hemolytic_anemia", "gastrointestinal_activity", "new_lupus_activity", "stable_treatment"),
    "on_immunosuppressant",
)
# For each number values that it is drawn from, of which some stand for all there are: on each
# limit, beyond it, and the ends of what a visit may have.
NUMBERS = {
    "physician_global": (0, 0.4, 0.5, 0.6, 1, 1.5, 3),
    "prednisone_mg_day": (0, 0.1, 2.5, 4.5, 5, 7.5, 8, 10_000),
    "weight_kg": (1, 25, 30, 50, 75, 400),
}


@st.composite
def known_in_part(draw: st.DrawFn, most_unknown: int = 4) -> tuple[Facts, Facts]:
    """What is known of two visits, and all that it may be otherwise, by name."""
    few = st.sets(st.sampled_from(sorted(Descriptor)), max_size=3).map(
        lambda found: {d.value for d in found}
    )
    quiet = st.sets(st.sampled_from(["rash", "low_complement", "increased_dna_binding", "fever"]))
    known: Facts = {"now": draw(quiet | few), **{s: draw(st.booleans()) for s in SIGNS}}
    known["before"] = known["now"] | draw(few)
    if draw(st.booleans()):  # nothing but numbers and descriptors speaks against the state
        known |= dict.fromkeys(SIGNS, False) | {"stable_treatment": True}
    known |= {name: draw(st.sampled_from(values)) for name, values in NUMBERS.items()}
    asked = [*SIGNS, *NUMBERS, *(f"now {d}" for d in Descriptor)]
    unknown = draw(st.sets(st.sampled_from(asked), max_size=most_unknown))
    return known, {name: NUMBERS.get(name, (False, True)) for name in sorted(unknown)}


def filled(known: Facts, ways: Facts) -> Iterable[Facts]:
    for values in product(*ways.values()):
        facts = {**known, "now": set(known["now"])}
        for name, value in zip(ways, values, strict=True):
            if not name.startswith("now "):
                facts[name] = value
            elif value:
                facts["now"].add(name.removeprefix("now "))
            else:
                facts["now"].discard(name.removeprefix("now "))
        yield facts


def visits_of(known: Facts, ways: Facts, **recorded: int) -> tuple[Visit, Visit]:
    hidden = {name.removeprefix("now ") for name in ways if name.startswith("now ")}
    now = Assessment.of(present=known["now"] - hidden, not_assessed=hidden)
    fields = {name: None if name in ways else known[name] for name in (*SIGNS, *NUMBERS)}
    before = Visit(date=START, assessment=Assessment.of(present=known["before"]))
    return before, Visit.model_validate({"date": LATER, "assessment": now, **fields, **recorded})


def verdict_of(answers: Iterable[bool]) -> Verdict:
    found = set(answers)
    if len(found) == 2:
        return Verdict.UNDETERMINED
    return Verdict.MET if found == {True} else Verdict.NOT_MET


class TestStates:
    """The verdict on a state is that of every way in which the unknown comes out, as one."""

    @pytest.mark.parametrize("endpoint", ORACLES)
    @settings(max_examples=examples(80), phases=NO_SHRINKING, deadline=None)
    @given(data=st.data())
    def test_every_completion(self, endpoint: str, data: st.DataObject) -> None:
        known, ways = data.draw(known_in_part())
        visits = visits_of(known, ways)
        found = result_of(endpoint, *visits)
        stated = {"new_lupus_activity": (False,)} if "new_lupus_activity" in found.assumed else {}
        facts = filled(known, ways | stated)
        assert found.verdict is verdict_of(ORACLES[endpoint](one) for one in facts)

    @pytest.mark.parametrize("endpoint", [name for name in ORACLES if name != "cLLDAS"])
    @settings(max_examples=examples(80), phases=NO_SHRINKING, deadline=None)
    @given(data=st.data())
    def test_scores_that_were_recorded(self, endpoint: str, data: st.DataObject) -> None:
        """Of all completions those count that give the scores that somebody wrote down."""
        known, ways = data.draw(known_in_part(6))
        scores = {"total_score": total_of, "clinical_score": clinical_of}
        written = data.draw(st.sets(st.sampled_from(sorted(scores))))
        recorded = {name: scores[name](known["now"]) for name in written}
        found = result_of(endpoint, *visits_of(known, ways, **recorded))
        assert found.verdict is verdict_of(
            ORACLES[endpoint](one)
            for one in filled(known, ways)
            if all(scores[name](one["now"]) == score for name, score in recorded.items())
        )

    @settings(max_examples=examples(100), phases=NO_SHRINKING, deadline=None)
    @given(st.data())
    def test_each_component_of_childhood_low_activity(self, data: st.DataObject) -> None:
        """With recorded scores each component is exact by itself, unless it rests on silence."""
        known, ways = data.draw(known_in_part())
        total = total_of(known["now"])
        found = clldas.assess(*visits_of(known, ways, total_score=total))
        complete = [
            clldas.assess(*visits_of(one, {}))
            for one in filled(known, ways)
            if total_of(one["now"]) == total
        ]
        for n, component in enumerate(found.components):
            verdicts = {one.components[n].verdict for one in complete}
            if not component.assumed:
                one = verdicts.pop() if len(verdicts) == 1 else Verdict.UNDETERMINED
                assert component.verdict is one, component.name

    @pytest.mark.parametrize("endpoint", ORACLES)
    def test_a_row_judges_as_its_module(self, endpoint: str) -> None:
        first, later = (
            visit_of(BASE[endpoint][which], when)
            for which, when in (("earlier", START), ("later", LATER))
        )
        assert STATES[endpoint].judge(first, later, DEFAULT) == result_of(endpoint, first, later)

    @pytest.mark.parametrize("endpoint", ORACLES)
    def test_an_empty_visit_is_neither_in_nor_out(self, endpoint: str) -> None:
        result = result_of(endpoint, Visit(date=START), Visit(date=LATER))
        assert {one.verdict for one in result.components} == {Verdict.UNDETERMINED}

    def test_other_forms_are_refused(self) -> None:
        visit = Visit(date=START)
        with pytest.raises(InvalidInputError, match="form: found 'cCR-1'; accepted: cCR, cCR-0"):
            ccr.assess(visit, form="cCR-1")  # type: ignore[arg-type]
        with pytest.raises(InvalidInputError, match="form: found 'off'; accepted: on treatment, c"):
            doris_2017.assess(visit, form="off")  # type: ignore[arg-type]

    @pytest.mark.parametrize(
        ("dose", "weight", "reason"),
        [
            (4.5, 30, "prednisone_mg_day 4.5, weight_kg 30: <= 0.15 mg/kg/d"),
            (5, 30, "prednisone_mg_day 5, weight_kg 30: not <= 0.15 mg/kg/d"),
            (5, None, "prednisone_mg_day 5, weight_kg not known"),
            (None, 30, "prednisone_mg_day not known, weight_kg 30"),
        ],
    )
    def test_a_dose_by_weight_says_both(
        self, dose: float | None, weight: float | None, reason: str
    ) -> None:
        visit = Visit(date=START, prednisone_mg_day=dose, weight_kg=weight)
        assert clldas.assess(None, visit).components[6].reason == reason


LETTERS = "ABCDE"


def bicla_by_hand(before: Facts, now: Facts) -> bool:
    pairs = [(before[system], now[system]) for system in BILAG]
    return (
        all(after in "BCD" for was, after in pairs if was == "A" and after != "E")
        and all(after in "CD" for was, after in pairs if was == "B" and after != "E")
        and not any(after == "A" and was != "A" for was, after in pairs)
        and sum(after == "B" and was in "CDE" for was, after in pairs) <= 1
        and total_of(now["present"]) <= total_of(before["present"])
        and 10 * (now["physician_global"] - before["physician_global"]) <= 3
        and not now["treatment_failure"]
    )


def sri_by_hand(before: Facts, now: Facts) -> bool:
    pairs = [(before[system], now[system]) for system in BILAG]
    return (
        total_of(before["present"]) - total_of(now["present"]) >= 4
        and not any(after == "A" and was != "A" for was, after in pairs)
        and sum(after == "B" and was in "CDE" for was, after in pairs) <= 1
        and 10 * (now["physician_global"] - before["physician_global"]) < 3
        and now["medication_rule_kept"]
    )


RESPONSES: dict[str, Callable[[Facts, Facts], bool]] = {"BICLA": bicla_by_hand, "SRI": sri_by_hand}


@st.composite
def two_visits(draw: st.DrawFn) -> tuple[tuple[Facts, Facts], dict[tuple[int, str], Any]]:
    """Two visits of which all is known, and what may be otherwise, by the number of the visit."""
    letters = st.sampled_from(draw(st.sampled_from(["EEED", "DEEECB", LETTERS])))
    visits: list[Facts] = []
    for _ in range(2):
        visit: Facts = {system: draw(letters) for system in BILAG}
        present = draw(st.sampled_from([{"rash"}, {"arthritis", "rash"}, {"arthritis"}, set()]))
        globals_ = (0, 1, 2, 3) if draw(st.booleans()) else (1, 1.5)
        visit |= {"present": set(present), "physician_global": draw(st.sampled_from(globals_))}
        visit |= {"treatment_failure": draw(st.integers(0, 3)) == 0}
        visit |= {"medication_rule_kept": draw(st.integers(0, 3)) > 0}
        visits.append(visit)
    possible: dict[tuple[int, str], Any] = {
        **{(n, system): LETTERS for n in (0, 1) for system in BILAG},
        **{(n, "physician_global"): (0, 1, 2, 3) for n in (0, 1)},
        **{(n, "fever"): (False, True) for n in (0, 1)},
        (1, "treatment_failure"): (False, True),
        (1, "medication_rule_kept"): (False, True),
    }
    unknown = draw(st.sets(st.sampled_from(sorted(possible)), max_size=4))
    return (visits[0], visits[1]), {key: possible[key] for key in sorted(unknown)}


class TestLetters:
    """BICLA, and SRI with a medication rule, by letters of both visits: every completion."""

    @pytest.mark.parametrize("endpoint", RESPONSES)
    @settings(max_examples=examples(120), phases=NO_SHRINKING, deadline=None)
    @given(data=st.data())
    def test_every_completion(self, endpoint: str, data: st.DataObject) -> None:
        visits, ways = data.draw(two_visits())
        parameters: dict[str, Any] = {"medication": True} if endpoint == "SRI" else {}
        made: list[Visit] = []
        for n, (facts, when) in enumerate(zip(visits, (START, LATER), strict=True)):
            fields = {k: None if (n, k) in ways else v for k, v in facts.items() if k != "present"}
            pending = {"fever"} if (n, "fever") in ways else set[str]()
            fields["assessment"] = Assessment.of(present=facts["present"], not_assessed=pending)
            made.append(Visit.model_validate({"date": when, **fields}))
        answers: set[bool] = set()
        for values in product(*ways.values()):
            both = [{**facts, "present": set(facts["present"])} for facts in visits]
            for (n, name), value in zip(ways, values, strict=True):
                if name != "fever":
                    both[n][name] = value
                elif value:
                    both[n]["present"].add("fever")
            answers.add(RESPONSES[endpoint](*both))
        assert result_of(endpoint, *made, **parameters).verdict is verdict_of(answers)

    def test_reasons(self) -> None:
        before = visit_of({**BASE["BICLA"]["earlier"], "bilag_renal": None}, START)
        changes = {"bilag_renal": "B", "bilag_ophthalmic": "B", "bilag_constitutional": None}
        after = visit_of({**BASE["BICLA"]["later"], **changes}, LATER)
        assert [c.reason for c in bicla.assess(before, after).components][:4] == [
            "A: none; not known: constitutional",
            "B at baseline and no better: none; not known: renal",
            "new B: ophthalmic; not known: constitutional, renal",
            "total 6 at baseline, then 2",
        ]
        assert [c.reason for c in sri.assess(before, after).components][1:3] == [
            "new_bilag_a by the letters: none; not known: constitutional",
            "new_bilag_b by the letters: ophthalmic; not known: constitutional, renal",
        ]

    def test_a_response_with_medication_says_so(self) -> None:
        visits = Visit(date=START), Visit(date=LATER)
        result = sri.assess(*visits, medication=True)
        assert result.name == "SRI-4 with medication rule"
        assert str(result.components[4]) == (
            "medication rule: undetermined (medication_rule_kept: not known)"
        )
        assert len(sri.assess(*visits).components) == 4
        with pytest.raises(InvalidInputError, match="medication: found 'no'; accepted: True, Fal"):
            sri.assess(*visits, medication="no")  # type: ignore[arg-type]

    def test_visits_in_the_wrong_order(self) -> None:
        with pytest.raises(InvalidInputError, match=r"accepted: one after 2024-07-01, .* baseline"):
            bicla.assess(Visit(date=LATER), Visit(date=START))


class TestGrades:
    """PMC8766607, table 3: +8 or more, +4 to +7, within 3, -4 or less; 2 or less is inactive."""

    @pytest.mark.parametrize(
        ("before", "now", "grade", "inactive"),
        [
            (0, 105, "much worse", False),
            (0, 8, "much worse", False),
            (0, 7, "mildly or moderately worse", False),
            (10, 14, "mildly or moderately worse", False),
            (10, 13, "stable", False),
            (10, 10, "stable", False),
            (10, 7, "stable", False),
            (10, 6, "improved", False),
            (100, 3, "improved", False),
            (10, 2, "improved", True),
            (0, 2, "stable", True),
            (3, 0, "stable", True),
            (0, 3, "stable", False),
        ],
    )
    def test_on_the_limits(self, before: int, now: int, grade: str, *, inactive: bool) -> None:
        result = change_grade.assess(
            Visit(date=START, total_score=before), Visit(date=LATER, total_score=now)
        )
        assert result.grade == grade
        met = [one.name for one in result.components if one.verdict is Verdict.MET]
        assert met == [grade, *(["inactive"] if inactive else [])]

    @settings(max_examples=examples(80), phases=NO_SHRINKING, deadline=None)
    @given(st.data())
    def test_every_completion(self, data: st.DataObject) -> None:
        some = st.sets(st.sampled_from(sorted(Descriptor)), max_size=3)
        drawn = [(data.draw(some), data.draw(some)) for _ in range(2)]
        visits = [
            Visit(date=when, assessment=Assessment.of(present=there - open_, not_assessed=open_))
            for when, (there, open_) in zip((START, LATER), drawn, strict=True)
        ]
        totals = [
            {
                total_of({d.value for d in there - open_} | set(more))
                for size in range(len(open_) + 1)
                for more in combinations(sorted(d.value for d in open_), size)
            }
            for there, open_ in drawn
        ]

        def graded(rise: int) -> str:
            if rise > 7:
                return "much worse"
            if rise > 3:
                return "mildly or moderately worse"
            return "improved" if rise < -3 else "stable"

        possible = {graded(b - a) for a in totals[0] for b in totals[1]}
        result = change_grade.assess(visits[0], visits[1])
        assert result.possible == possible
        assert result.grade == (possible.pop() if len(possible) == 1 else None)
        assert result.components[4].verdict is verdict_of(total <= 2 for total in totals[1])
        for one in result.components[:4]:
            assert one.verdict is verdict_of(
                graded(b - a) == one.name for a in totals[0] for b in totals[1]
            )

    def test_a_truth_value_says_what_to_ask_for(self) -> None:
        result = change_grade.assess(Visit(date=START), Visit(date=LATER))
        assert str(result).startswith(
            "change: much worse or mildly or moderately worse or stable or improved\n"
        )
        assert [one.statement for one in result.components] == [
            "total rises by >= 8",
            "total rises by 4 to 7",
            "total changes by 3 at most",
            "total falls by >= 4",
            "total <= 2",
        ]
        with pytest.raises(TypeError, match="ask for its `grade` or `possible`"):
            bool(result)
        with pytest.raises(InvalidInputError, match="one after 2024-07-01, the date of previous"):
            change_grade.assess(Visit(date=LATER), Visit(date=START))


class TestLossOfImprovement:
    """Analysis plan of XmAb5871-04: a rise of 4 or more from the best, and more therapy."""

    @pytest.mark.parametrize(
        ("totals", "more", "verdict"),
        [
            ([12, 4, 8], True, "met"),
            ([12, 4, 7], True, "not_met"),
            ([12, 4, 8], False, "not_met"),
            ([12, 4, 8], None, "undetermined"),
            ([12, 2, 6, 4], True, "not_met"),
            ([12, 2, 4, 6], True, "met"),  # from the best, not from the visit before
            ([2, 12, 6], True, "met"),
            ([4, 8], True, "met"),
            ([8, 100], True, "met"),
        ],
    )
    def test_on_the_limits(self, totals: list[int], more: bool | None, verdict: str) -> None:
        visits = [
            Visit(date=START + timedelta(30 * n), total_score=total, would_increase_therapy=more)
            for n, total in enumerate(totals)
        ]
        assert loss_of_improvement.assess(History(visits=tuple(visits))).verdict == verdict

    @settings(max_examples=examples(80), phases=NO_SHRINKING, deadline=None)
    @given(st.data())
    def test_every_completion(self, data: st.DataObject) -> None:
        names = ["seizure", "arthritis", "rash", "fever", "leukopenia"]
        some = st.sets(st.sampled_from(names))
        few = st.sets(st.sampled_from(names), max_size=2)
        drawn = [(data.draw(some), data.draw(few)) for _ in range(data.draw(st.integers(2, 4)))]
        more = data.draw(st.sampled_from([True, False, None]))
        visits = [
            Visit(
                date=START + timedelta(30 * n),
                assessment=Assessment.of(present=there - open_, not_assessed=open_),
                would_increase_therapy=more,
            )
            for n, (there, open_) in enumerate(drawn)
        ]
        totals = [
            [
                total_of(
                    there - open_ | {d for d, yes in zip(sorted(open_), way, strict=True) if yes}
                )
                for way in product((False, True), repeat=len(open_))
            ]
            for there, open_ in drawn
        ]
        answers = {
            now - min(before) >= 4 and therapy
            for *before, now in product(*totals)
            for therapy in ((True, False) if more is None else (more,))
        }
        found = loss_of_improvement.assess(History(visits=tuple(visits)))
        assert found.verdict is verdict_of(answers)

    def test_reasons_and_what_is_refused(self) -> None:
        first = Visit(
            date=START, assessment=Assessment.of(present={"rash"}, not_assessed={"fever"})
        )
        second = Visit(date=LATER, total_score=8)
        found = loss_of_improvement.assess(History(visits=(first, second)))
        assert found.components[0].reason == "total 2 to 3 at best, then 8"
        with pytest.raises(InvalidInputError, match="one visit, of 2024-01-01: no improvement to"):
            loss_of_improvement.assess(History(visits=(first,)))
        with pytest.raises(InvalidInputError, match="history: found list; accepted: a History"):
            loss_of_improvement.assess([first, second])  # type: ignore[arg-type]


# Dose and increase at days from baseline.
Course = dict[int, tuple[float | None, bool | None]]


def history_of(course: Course, start: date = START) -> History:
    return History(
        visits=tuple(
            Visit(
                date=start + timedelta(day),
                prednisone_mg_day=dose,
                increased_background=increased,
            )
            for day, (dose, increased) in course.items()
        )
    )


def spared(course: dict[int, tuple[float, bool]]) -> bool:
    """Look at every pair of visits for months in a row, of a course of which all is known."""
    (_, (baseline, _)), *later = course.items()
    if baseline <= 7.5:
        return False
    for a, b in product(range(len(later)), repeat=2):
        between = later[a : b + 1]
        if not between:
            continue
        first, last = (pd.Timestamp(START) + pd.Timedelta(days=later[n][0]) for n in (a, b))
        if (
            all(168 <= day <= 364 for day, _ in between)
            and all(dose <= 7.5 and 4 * dose <= 3 * baseline for _, (dose, _) in between)
            and not any(increased for _, (_, increased) in later[: b + 1])
            and first + pd.DateOffset(months=3) <= last
        ):
            return True
    return False


class TestSteroidSparing:
    """Tabalumab, footnote c: above 7.5, lowered by 25 % to 7.5 for 3 months of weeks 24 to 52."""

    @pytest.mark.parametrize(
        ("course", "verdict"),
        [
            (
                {0: (10, None), 168: (7.5, False), 259: (7.5, False)},
                "undetermined",
            ),  # 17 June, 16 Sep
            ({0: (10, None), 168: (7.5, False), 260: (7.5, False)}, "met"),  # 17 June, 17 Sep
            ({0: (10, None), 168: (7.5, False), 370: (7.5, False)}, "not_met"),
            ({0: (10, None), 168: (7.51, False), 260: (5, False)}, "undetermined"),
            ({0: (9, None), 168: (6.75, False), 260: (6.75, False)}, "met"),
            ({0: (9, None), 168: (6.76, False), 364: (6.76, False)}, "not_met"),
            ({0: (7.5, None), 168: (0, False), 364: (0, False)}, "not_met"),
            ({0: (7.51, None), 168: (0, False), 364: (0, False)}, "met"),
            ({0: (10, None), 167: (5, False), 259: (5, False), 364: (5, False)}, "met"),
            ({0: (10, None), 274: (5, False), 364: (5, False)}, "not_met"),  # 1 Oct, 30 Dec
            ({0: (10, None), 273: (5, False), 364: (5, False)}, "met"),  # 30 Sep, 30 Dec
            ({0: (10, None), 200: (5, False), 250: (8, False), 364: (5, False)}, "not_met"),
            ({0: (10, None), 200: (5, False), 250: (None, False), 364: (5, False)}, "undetermined"),
            ({0: (10, None), 100: (5, True), 200: (5, False), 364: (5, False)}, "not_met"),
            ({0: (10, None), 100: (5, None), 200: (5, False), 364: (5, False)}, "undetermined"),
            ({0: (10, None), 200: (5, False), 300: (5, False), 340: (5, True)}, "met"),
            ({0: (None, None), 200: (5, False), 364: (5, False)}, "undetermined"),
            ({0: (None, None), 200: (8, False), 364: (8, False)}, "not_met"),
            ({0: (10, None)}, "undetermined"),
            ({0: (5, None)}, "not_met"),
            ({0: (10, None), 300: (20, False)}, "not_met"),  # no three months are left
            ({0: (10, None), 272: (20, False)}, "undetermined"),  # 30 Sep to 30 Dec are
            ({0: (10, None), 273: (20, False)}, "not_met"),
        ],
    )
    def test_on_the_limits(self, course: Course, verdict: str) -> None:
        assert steroid_sparing.assess(history_of(course)).verdict == verdict

    @settings(max_examples=examples(150), phases=NO_SHRINKING, deadline=None)
    @given(st.data())
    def test_every_completion(self, data: st.DataObject) -> None:
        """What is not known, visits to come among it, is filled in in every way."""
        days = st.sampled_from([60, 167, 168, 169, 200, 259, 260, 273, 274, 291, 363, 364, 365])
        later = sorted(data.draw(st.sets(days, max_size=4)))
        doses = st.sampled_from([0, 5, 7.5, 10, None])
        increases = st.sampled_from([False, False, False, None, True])
        course: Course = {day: (data.draw(doses), data.draw(increases)) for day in later}
        course = {0: (data.draw(st.sampled_from([7.5, 8, 10, 20, None])), None), **course}
        ends = {True: (False,), False: (False,), None: (False, True)}
        ways: list[list[tuple[float, bool]]] = [
            [
                (a, b)
                for a in ((0, 7.5, 8, 10, 10_000) if dose is None else (dose,))
                for b in (ends[None] if increased is None else (increased,))
            ]
            for dose, increased in course.values()
        ]
        futures: list[dict[int, tuple[float, bool]]] = [{}]
        if (last := max(course)) < 364:
            futures.append({last + 1: (10_000, True)})
            futures.extend(
                {day: (0, False), 364: (0, False)} for day in (last + 1, max(last + 1, 168), 364)
            )
        answers = {
            spared(dict(zip(course, way, strict=True)) | future)
            for way in product(*ways)
            for future in futures
        }
        assert steroid_sparing.assess(history_of(course)).verdict is verdict_of(answers)

    @pytest.mark.parametrize(
        ("first", "last", "verdict"),
        [
            (date(2024, 11, 30), date(2025, 2, 27), "undetermined"),
            (date(2024, 11, 30), date(2025, 2, 28), "met"),  # no 30 February
            (date(2024, 11, 28), date(2025, 2, 27), "undetermined"),
            (date(2024, 11, 28), date(2025, 2, 28), "met"),
        ],
    )
    def test_calendar_months(self, first: date, last: date, verdict: str) -> None:
        start = date(2024, 5, 1)
        course: Course = {
            0: (10, None),
            (first - start).days: (5, False),
            (last - start).days: (5, False),
        }
        assert steroid_sparing.assess(history_of(course, start)).verdict == verdict

    def test_reasons(self) -> None:
        course: Course = {
            0: (10, None),
            100: (10, True),
            170: (5, None),
            200: (None, False),
            370: (5, True),
        }
        said = steroid_sparing.assess(history_of(course)).components[1]
        assert said.reason == (
            "dose low at 2024-06-19; may be low at 2024-07-19; increase at 2024-04-10; increase "
            "not known at 2024-06-19; followed for 370 days"
        )
        assert said.statement == (
            "prednisone_mg_day lowered by >= 25 % to <= 7.5 mg/d for 3 months in a row of weeks 24 "
            "to 52, no increase of antimalarial or immunosuppressant"
        )
        with pytest.raises(InvalidInputError, match="history: found NoneType; accepted: a Hist"):
            steroid_sparing.assess(None)  # type: ignore[arg-type]


ASSESS: list[Callable[..., Any]] = [
    bicla.assess,
    ccr.assess,
    change_grade.assess,
    clldas.assess,
    disease_control.assess,
    doris_2017.assess,
    loss_of_improvement.assess,
    steroid_sparing.assess,
]


@pytest.mark.parametrize("assess", ASSESS)
def test_help_says_what_it_raises_and_where_it_stands(assess: Callable[..., Any]) -> None:
    text = assess.__doc__ or ""
    assert "Source: " in text
    assert "Raises `InvalidInputError`" in text
    assert ">>> " in text
