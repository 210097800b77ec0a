"""Results show themselves: a short line, words for people, tables for a notebook."""

import inspect
from collections.abc import Callable
from dataclasses import replace
from datetime import date
from decimal import Decimal
from enum import Enum
from fractions import Fraction
from importlib import import_module
from itertools import product
from operator import ge, gt, le, lt
from typing import Any

import numpy as np
import pytest
import test_results_travel as travel
from hypothesis import Phase, given, settings
from hypothesis import strategies as st
from reading_html import Reader, texts
from shown import EXAMPLES, LONG, QUIET
from strategies import assessments, rules
from test_public_api import BY_PATH, PACKAGES, public_names, python

from sledai import Assessment, Descriptor, ScoreBounds, UndeterminedError, Verdict, score_bounds
from sledai.codebook import Lab
from sledai.codebook.questions import Question
from sledai.definitions.selena import SELENA_DEFINITIONS
from sledai.displays import ANSWERS, VERDICTS, Displayed, Mark, Table, Value, call, in_words
from sledai.errors import escaped
from sledai.findings import Evidence, Findings, derive
from sledai.indices import doris, sfi
from sledai.indices.components import IndexResult, component
from sledai.indices.course import course
from sledai.indices.from_baseline import since_baseline
from sledai.indices.missing_visits import Counted
from sledai.indices.report import report
from sledai.indices.time_to_event import ONCE, TimeToEvent
from sledai.pictures import Picture
from sledai.quantities import Quantity
from sledai.rules.judgement import Judgement
from sledai.scoring import possible_scores
from sledai.sources import Citation, Read, Source
from sledai.trials.catalog import find
from sledai.trials.nct05765006 import ACTIVITY_RULE
from sledai.trials.nct05765006.candidate import Candidate
from sledai.visits import History, Visit
from sledai.visits.baseline import Baseline
from sledai.visits.windows import Window

ELEMENTS = {"div", "p", "strong", "span", "br", "table", "caption", "thead", "tbody"} | {
    *("tr", "th", "td")
}
ATTRIBUTES = {"style", "scope", "aria-hidden"}
ID = [f"{number} {type(one).__name__}" for number, one in enumerate(EXAMPLES)]


def html(result: Any) -> Reader:
    return Reader(markup(result))


def markup(result: Any) -> str:
    made: str = result._repr_html_()
    return made


def public_types() -> set[type]:
    found = (
        getattr(import_module(module), name)
        for module in (*PACKAGES, *BY_PATH)
        for name in public_names(module)
    )
    return {kind for kind in found if inspect.isclass(kind)}


class TestEveryPublicType:
    """What a user gets shows itself; what is written tomorrow cannot be forgotten."""

    @pytest.mark.parametrize("kind", sorted(public_types(), key=str))
    def test_it_is_displayed(self, kind: type) -> None:
        if issubclass(kind, Enum | Exception):
            return
        if issubclass(kind, tuple) or kind.__name__ == "Output":
            return  # rows of a table of ours, and a file that is being written
        assert issubclass(kind, Displayed)
        assert any(isinstance(one, kind) for one in EXAMPLES), "one of it to tests/shown.py"

    def test_dataclasses_write_no_repr_of_their_own(self) -> None:
        kinds = [Displayed]
        for kind in kinds:
            kinds += kind.__subclasses__()
        made = {kind.__repr__ for kind in kinds if kind.__module__.startswith("sledai.")}
        assert made == {Displayed.__repr__, Value.__repr__, Assessment.__repr__}


@pytest.mark.parametrize("result", EXAMPLES, ids=ID)
class TestEveryResult:
    """Issue 17, 1: a `repr` of one line, at most 200 characters; tables that are safe."""

    def test_the_repr_is_one_short_line(self, result: Any) -> None:
        said = repr(result)
        assert len(said) <= 200
        assert said == escaped(said)
        assert type(result).__name__ in said

    def test_the_text_does_not_say_an_address_of_memory(self, result: Any) -> None:
        assert " object at 0x" not in str(result) + repr(result)
        assert "<function" not in str(result) + repr(result)

    def test_the_tables_are_plain(self, result: Any) -> None:
        if not isinstance(result, Displayed) or isinstance(result, Picture):
            return  # a picture is drawn: tests/test_pictures.py
        read = html(result)
        assert {tag for tag, _ in read.elements} <= ELEMENTS
        assert {name for _, attributes in read.elements for name in attributes} <= ATTRIBUTES
        styles = {attributes.get("style") for _, attributes in read.elements}
        aligned = {"text-align:left", "text-align:right", "white-space:nowrap", None}
        assert styles <= aligned  # no color, no ground: those of the page hold, dark and light
        assert read.text.startswith(type(result).__name__)
        assert escaped(in_words(result)) in read.text
        assert " object at 0x" not in read.text
        assert len(read.text) < 60_000


SAID = [
    (Assessment.of(), "Assessment.of()"),
    (
        Assessment.of(present={"rash", "arthritis"}, not_assessed={"fever"}),
        "Assessment.of(present={'arthritis', 'rash'}, not_assessed={'fever'})",
    ),
    (
        Assessment.of(present=set(Descriptor) - {"fever"}, not_assessed={"fever"}),
        "<Assessment: present: 23 of 24; not assessed: fever>",
    ),
    (travel.LATER, "<Visit: 2024-03-01: total 4 to 5, clinical 4 to 5; not assessed: fever>"),
    (
        Visit(date=date(2024, 1, 1), total_score=8),
        "<Visit: 2024-01-01: total 8, clinical 4 to 8; not assessed: 24 of 24>",
    ),
    (
        travel.HISTORY,
        (
            "<History: 2 visits, 2024-01-01 to 2024-03-01: total 4 at the first, 4 to 5 at the "
            "last; total open at 1>"
        ),
    ),
    (
        History(visits=(travel.FIRST,)),
        "<History: 1 visit, 2024-01-01: total 4, clinical 2>",
    ),
    (
        LONG,
        (
            "<History: 200 visits, 2000-01-01 to 2003-10-25: total 2 to 105 at the first, 2 to 105 "
            "at the last; total open at 200>"
        ),
    ),
    (
        ACTIVITY_RULE.judge(Assessment.of(not_assessed={"seizure"})),
        (
            "<Judgement: undetermined (deciding: seizure): total 0 to 8, clinical 0 to 8; needed: "
            "SELENA-SLEDAI total >= 8 and clinical >= 6 when serology is scored>"
        ),
    ),
    (
        travel.DERIVED,
        (
            "<Derivation: SELENA-SLEDAI: present: rash, low_complement, fever; not assessed: "
            "21 of 24>"
        ),
    ),
    (
        travel.DERIVED.reasons[Descriptor.LOW_COMPLEMENT],
        "<Reason: low_complement present: c3 0.7 g/L < 0.9 g/L>",
    ),
    (
        EXAMPLES[5],
        (
            "<EditionComparison: total by SLEDAI 1992 3 to 105, SELENA-SLEDAI 5 to 105, "
            "SELENA-SLEDAI hybrid 5 to 105, SLEDAI-2K 5 to 105; differing: rash>"
        ),
    ),
    (travel.REPORT, "<ScreeningReport: NCT05765006: undetermined (criteria: 1 passed, 11 open)>"),
    (
        travel.REPORT.criteria[1],
        "<CriterionResult: inclusion 2 passes: age 34 >= 18 years; age 34 <= 70 years>",
    ),
    (
        travel.REPORT.missing[0],
        "<MissingAnswer: informed_consent (inclusion 1): 1 answer could settle it>",
    ),
    (
        travel.REPORT.missing[-1],
        "<MissingAnswer: assessment (inclusion 6): 18 answers could settle it>",
    ),
    (
        doris.assess(travel.LATER),
        "<IndexResult: DORIS 2021: not met (clinical score, physician global)>",
    ),
    (
        sfi.assess(travel.FIRST, travel.LATER),
        "<FlareResult: SFI (original): mild/moderate or severe>",
    ),
    (doris.assess(QUIET), "<IndexResult: DORIS 2021: met>"),
    (travel.TO_FLARE, "<TimeToEvent: flare: day 60>"),
    (
        travel.BESIDE,
        (
            "<FromBaseline: day 60: total 4 to 5, change 0 to +1 (0 % to +25.0 %); SRI-4 not met, "
            "SRI-5 not met, SRI-6 not met, SRI-7 not met, SRI-8 not met>"
        ),
    ),
    (
        since_baseline(travel.HISTORY, Baseline.first())[0],
        "<FromBaseline: day 0, the baseline: total 4>",
    ),
    (
        travel.AUDITED,
        (
            "<Audit: 3 rows; total: 1 agrees, 1 possible, 1 disagrees; 2 queries on laboratory "
            "values>"
        ),
    ),
    (
        find("NCT05899907"),
        "<Trial: NCT05899907 (telitacicept in early disease): SLEDAI-2K total >= 8>",
    ),
    (ScoreBounds(6, 10), "ScoreBounds(low=6, high=10)"),
    (Quantity(92, "K/uL"), "Quantity(value=Decimal('92'), unit='K/uL', bound='')"),
    (Candidate(age=34), "Candidate(age=34)"),
    (ONCE, "Held(dated='onset')"),
]


@pytest.mark.parametrize(("result", "said"), SAID, ids=[said[:40] for _, said in SAID])
def test_a_repr_says_the_answer_and_what_is_open(result: Any, said: str) -> None:
    assert repr(result) == said


class TestAnyAnswers:
    """Whatever was answered, the line is short, and says as much as there is room for."""

    @given(assessments())
    def test_an_assessment_is_the_call_that_makes_it(self, assessment: Assessment) -> None:
        said = repr(assessment)
        assert len(said) <= 200
        if said.startswith("Assessment.of("):
            assert eval(said) == assessment  # noqa: S307 - ours
        else:
            unknown = len(assessment.not_assessed)
            assert not unknown or "not assessed: " in said
            assert unknown <= 4 or f"not assessed: {unknown} of 24" in said

    @given(rules, assessments())
    def test_a_judgement_says_its_verdict_and_what_decides(
        self, rule: Any, assessment: Assessment
    ) -> None:
        judgement = rule.judge(assessment)
        said = repr(judgement)
        assert len(said) <= 200
        words = {"met": "met", "not_met": "not met", "undetermined": "undetermined"}
        assert said.startswith(f"<Judgement: {words[judgement.verdict]}")
        count = len(judgement.deciding)
        assert ("(deciding: " in said) is (count > 0)
        assert count <= 4 or f"(deciding: {count} of 24)" in said
        assert len(repr(rule)) <= 200

    @given(assessments())
    def test_the_table_has_the_points(self, assessment: Assessment) -> None:
        text = html(assessment).text
        assert text.count("● present") == len(assessment.present)
        assert text.count("? not assessed") == len(assessment.not_assessed)
        assert text.endswith(
            f"total{len(assessment.absent)} others absent{score_bounds(assessment)}"
        )


NAMED: dict[str, Callable[[str], Any]] = {
    "window": lambda text: Window(name=text, target=7, first=1, last=9),
    "event": lambda text: TimeToEvent(
        event=text, start=date(2024, 1, 1), last=date(2024, 2, 1), earliest=None, latest=None
    ),
    "evidence": lambda text: Evidence(finding=text, value=text, note=f"n{text}"),
    "reason": lambda text: Judgement(Verdict.MET, f"r{text}"),
    "source": lambda text: Source(name=f"n{text}", reference=text, url=text),
    "citation": lambda text: Citation(
        travel.DERIVED.reasons[Descriptor.FEVER].definition.citation.source, text, Read.IN_WORK
    ),
    "index": lambda text: IndexResult(
        name=f"n{text}",
        components=(
            component(text, text, [None], text, find("NCT05899907").rule.citation),  # type: ignore[arg-type]
        ),
    ),
    "counted": lambda text: Counted(answer=None, verdict=Verdict.UNDETERMINED, how=text),
    "trial": lambda text: replace(find("NCT05899907"), name=text, note=text),
    "lab": lambda text: Lab("white_cells", f"c{text}", "10*9/L"),
    "quantity": lambda text: Quantity(92, f"u{text}"),
    "other cause": lambda text: derive(
        Findings(urine_white_cells="12 /[HPF]", other_cause={"pyuria": f"c{text}"}),
        edition="SELENA",
    ),
}


@pytest.mark.parametrize("made", NAMED.values(), ids=NAMED)
@settings(phases=[Phase.explicit, Phase.generate], max_examples=40)
@given(text=texts)
def test_a_text_of_anybody_stays_a_text(made: Callable[[str], Any], text: str) -> None:
    result, plain = made(text), made("plain")
    said = repr(result)
    assert len(said) <= 200
    assert said == escaped(said)
    looks = html(result), html(plain)
    tags, others = ([tag for tag, _ in look.elements if tag != "span"] for look in looks)
    assert tags == others
    # A mark that joins the letter before it is escaped where there is none.
    assert any(said in looks[0].text for said in (escaped(text), escaped(f"x{text}")[1:]))


class TestTables:
    """Small tables: what a notebook shows of the main results, by word and shape."""

    def test_of_an_assessment(self) -> None:
        shown = Assessment.of(present={"arthritis"}, not_assessed={"fever"})
        assert markup(shown) == (
            "<div><p><strong>Assessment</strong> present: arthritis; not assessed: fever; "
            "absent: the other 22</p><table><thead><tr>"
            + "".join(
                f'<th scope="col" style="text-align:left">{name}</th>'
                for name in ("organ system", "descriptor", "points", "answer")
            )
            + '</tr></thead><tbody><tr><th scope="row" style="text-align:left">musculoskeletal</th>'
            '<td style="text-align:left">Arthritis</td><td style="text-align:left">4</td>'
            '<td style="text-align:left"><span style="white-space:nowrap">'
            '<span aria-hidden="true">●</span> present</span></td></tr>'
            '<tr><th scope="row" style="text-align:left">'
            '<span style="white-space:nowrap">constitutional</span></th>'
            '<td style="text-align:left">Fever</td><td style="text-align:left">0 or 1</td>'
            '<td style="text-align:left"><span style="white-space:nowrap">'
            '<span aria-hidden="true">?</span> not assessed</span></td></tr>'
            '<tr><th scope="row" style="text-align:left">'
            '<span style="white-space:nowrap">total</span></th>'
            '<td style="text-align:left">22 others absent</td>'
            '<td style="text-align:left">4 to 5</td><td style="text-align:left"></td></tr>'
            "</tbody></table></div>"
        )

    @pytest.mark.parametrize(
        ("result", "parts"),
        [
            (
                travel.HISTORY,
                ["142rash, low_complementnone", "4 to 54 to 5arthritisfever"],
            ),
            (travel.LATER, ["physician_global1.25", "platelets92 K/uL", "● present"]),
            (travel.DERIVED, ["Low complement● presentc3 0.7 g/L < 0.9 g/L", "425 days before"]),
            (travel.DERIVED.reasons[Descriptor.FEVER], ["● present", "Temperature > 38 degrees C"]),
            (EXAMPLES[5], ["Rash? not assessed● present● present● present", "3 to 1051 to 101"]),
            (travel.REPORT, ["inclusion 1? opennot known", "inclusion 2✓ passesage 34 >= 18"]),
            (course(travel.HISTORY), ["0 to +1mild/moderate or severe✗ not met✗ not met"]),
            (report(travel.HISTORY), ["first flareday 60", "adjusted mean4.00 to 4.50"]),
            (sfi.assess(travel.FIRST, travel.LATER), ["severe", "signs", "✓ met"]),
            (travel.AUDITED, ["total1110", "total recorded 5, computed 4, difference +1"]),
            (ACTIVITY_RULE, ["least_total8", "clinical_appliesserology scored"]),
            (find("NCT05899907"), ["ruleNCT05899907: SLEDAI-2K total >= 8"]),
            (SELENA_DEFINITIONS[Descriptor.FEVER], ["Temperature > 38 degrees C"]),
        ],
        ids=lambda value: type(value).__name__,
    )
    def test_of_others(self, result: Any, parts: list[str]) -> None:
        text = html(result).text
        assert [part for part in parts if part not in text] == []

    def test_of_many_visits_the_first_and_the_last_are_shown(self) -> None:
        text = html(LONG).text
        assert "... 120 more" in text
        assert (text.count("2000-"), text.count("2003-10-25")) == (41, 2)

    def test_of_very_many_values_the_first_are_shown(self) -> None:
        assert in_words(tuple(range(50))).endswith("38, 39, and 10 more")
        assert in_words({"b", "a"}) == "a, b"

    def test_numbers_stand_to_the_right_where_all_are(self) -> None:
        class Counts(Displayed):
            def _tables(self) -> list[Table]:
                return [Table(("a", "b", "c"), [("x", 1, 1), ("y", 2, "2 to 3")], "counts")]

            def __str__(self) -> str:
                return "counts"

        made = markup(Counts())
        assert made.count("text-align:right") == 2
        assert "<caption" in made

    def test_nothing_given_is_said(self) -> None:
        assert in_words(Candidate()) == "all by default"
        assert html(Candidate()).text == "Candidate all by default"


class TestWords:
    """`str` is for people."""

    @pytest.mark.parametrize(
        ("result", "text"),
        [
            (Assessment.of(present={"rash"}), "present: rash\nabsent: the other 23"),
            (Assessment.of(), "present: none\nabsent: all 24"),
            (Assessment.of(present=Descriptor, not_assessed=()), None),
            (Judgement(Verdict.NOT_MET, "total 2"), "not met: total 2"),
            (
                Judgement(Verdict.UNDETERMINED, "total 2", frozenset({Descriptor.RASH})),
                "undetermined (deciding: rash): total 2",
            ),
            (
                travel.HISTORY,
                (
                    "2 visits, 2024-01-01 to 2024-03-01: total 4 at the first, 4 to 5 at the last; "
                    "total open at 1\n2024-01-01: total 4, clinical 2\n2024-03-01: total 4 to 5, "
                    "clinical 4 to 5; not assessed: fever"
                ),
            ),
            (
                course(travel.HISTORY)[1],
                (
                    "2024-03-01: total 4 to 5, clinical 4 to 5; not assessed: fever; "
                    "change 0 to +1; flare mild/moderate or severe; LLDAS not met, DORIS not met"
                ),
            ),
            (Mark("?", "open"), "? open"),
            (VERDICTS[Verdict.NOT_MET], "✗ not met"),
            (ANSWERS[False], "○ absent"),
        ],
        ids=repr,
    )
    def test_of(self, result: Any, text: str | None) -> None:
        listed = ", ".join(Descriptor)
        assert str(result) == (text or f"present: {listed}")

    @pytest.mark.parametrize(
        ("value", "said"),
        [
            (None, "-"),
            (False, "no"),
            (Decimal("1E+1"), "10"),
            (Fraction(4, 3), "4/3"),
            (Verdict.NOT_MET, "not met"),
            (frozenset({Descriptor.FEVER, Descriptor.RASH}), "rash, fever"),
            ([], "none"),
            ({}, "none"),
            ({"a": (1, 2)}, "a: 1, 2"),
            (ScoreBounds(6, 10), "6 to 10"),
        ],
    )
    def test_of_a_value(self, value: object, said: str) -> None:
        assert in_words(value) == said


class TestCalls:
    """A small value shows the call that makes it, without what is there by default."""

    def test_values_are_shortened_where_they_are_long(self) -> None:
        said = call("Of", {"text": "x" * 300, "many": list(range(100)), "rule": ACTIVITY_RULE})
        assert said == (
            f"Of(text='{'x' * 35}...', many=[0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11..., "
            "rule=<NCT05765006: SELENA-SLEDAI total >= 8...>)"
        )

    def test_it_is_cut_where_there_are_many(self) -> None:
        said = call("Of", {f"name_{number}": number for number in range(100)})
        assert len(said) == 200
        assert said.endswith("...)")

    def test_members_go_by_their_names(self) -> None:
        several = frozenset({Descriptor.FEVER, Descriptor.RASH})
        assert call("Of", {"one": Descriptor.RASH, "several": several}) == (
            "Of(one=Descriptor.RASH, several={'rash', 'fever'})"
        )

    def test_of_rows_that_are_tuples(self) -> None:
        question = Question("answers", "present", "x" * 300)
        assert repr(question) == (
            f"Question(section='answers', key='present', said='{'x' * 35}...', value='?')"
        )


SIGNS = {"<": lt, "<=": le, ">": gt, ">=": ge}


class TestComparisons:
    """Bounds compare where every completion gives the same answer, and never guess."""

    @pytest.mark.parametrize("sign", SIGNS)
    def test_with_numbers_and_bounds_as_all_pairs_do(self, sign: str) -> None:
        holds = SIGNS[sign]
        ends = [(low, high) for low, high in product(range(5), repeat=2) if low <= high]
        for (low, high), (others_low, others_high) in product(ends, repeat=2):
            pairs = product(range(low, high + 1), range(others_low, others_high + 1))
            answers = {holds(mine, theirs) for mine, theirs in pairs}
            others: list[Any] = [ScoreBounds(others_low, others_high)]
            if others_low == others_high:
                others += [others_low, np.int64(others_low)]
            for other in others:
                if len(answers) == 1:
                    assert holds(ScoreBounds(low, high), other) is answers.copy().pop()
                else:
                    with pytest.raises(UndeterminedError, match=rf"^undetermined: {low}.* {sign} "):
                        holds(ScoreBounds(low, high), other)

    @given(assessments(), st.integers(-1, 106), st.sampled_from(sorted(SIGNS)))
    def test_with_a_number_they_are_exact(self, assessment: Assessment, n: int, sign: str) -> None:
        holds = SIGNS[sign]
        answers = {holds(score, n) for score in possible_scores(assessment)}
        try:
            found: set[bool] = {holds(score_bounds(assessment), n)}
        except UndeterminedError:
            found = {True, False}
        assert found == answers

    def test_a_number_may_stand_first(self) -> None:
        assert ScoreBounds(6, 10) < 12
        assert not ScoreBounds(6, 10) < 6

    def test_equality_is_of_both_bounds(self) -> None:
        assert ScoreBounds(6, 10) == ScoreBounds(6, 10)
        assert ScoreBounds(8, 8) != 8  # type: ignore[comparison-overlap]
        assert len({ScoreBounds(6, 10), ScoreBounds(6, 10)}) == 1

    @pytest.mark.parametrize("other", [True, 8.0, "8", None, (6, 10)])
    def test_nothing_else_compares(self, other: Any) -> None:
        for holds in SIGNS.values():
            with pytest.raises(TypeError):
                holds(ScoreBounds(6, 10), other)

    def test_they_unpack(self) -> None:
        low, high = ScoreBounds(6, 10)
        assert (low, high) == (6, 10)

    def test_what_lies_between_is_not_said(self) -> None:
        with pytest.raises(TypeError, match=r"ask possible_scores$"):
            _ = 7 in ScoreBounds(6, 10)

    def test_whether_they_are_exact(self) -> None:
        assert ScoreBounds(8, 8).is_exact
        assert not ScoreBounds(6, 10).is_exact


def test_nothing_is_made_before_somebody_looks() -> None:
    code = (
        "import sys; from sledai import *; visit = Assessment.of(); total_score(visit); "
        "repr(visit), str(visit); print([m for m in ('html', 'sledai.markup') if m in sys.modules])"
    )
    assert python(code) == "[]"
    assert (
        python(f"{code.partition('; print')[0]}; visit._repr_html_(); print('html' in sys.modules)")
        == "True"
    )
