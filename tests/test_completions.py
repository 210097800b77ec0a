"""Recorded scores as knowledge: what is possible are the completions that give them, and no others.

What must come out is found by going through all completions of a few open answers, each judged as a
complete assessment.
"""

from collections.abc import Iterator
from itertools import pairwise, product
from typing import Any

import pandas as pd
import polars as pl
import pytest
import spec_tables
from commands import run
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from pydantic import ValidationError

from examples import examples
from sledai import SEROLOGIC, Assessment, Descriptor, InvalidInputError, ScoreBounds
from sledai.codebook import Codebook
from sledai.frame import by_visit
from sledai.indices import adjusted_mean, doris, lldas, sfi, sri
from sledai.scoring.completions import Recorded, any_present, completed_scores, settled
from sledai.verdict import Verdict
from sledai.visits import History, Visit
from sledai.visits.change import change_of


def visit_of(**fields: Any) -> Visit:
    return Visit.model_validate(fields)


NOTHING = Assessment.of(not_assessed=Descriptor)


def test_what_is_kept_of_one_assessment_is_not_given_for_another() -> None:
    """1 is no answer, though it equals True: whichever of the two is asked of first."""
    record: dict[str, Any] = Assessment.of().model_dump()
    for name, weight in (("rash", 2), ("arthritis", 4)):
        slipped = Assessment.model_construct(None, **record | {name: 1})
        present = Assessment.of(present={name})
        found = [(slipped, {0, weight}), (present, {weight})]
        for one, scores in found if name == "rash" else found[::-1]:
            assert completed_scores(one, Recorded()) == scores
            assert settled(one, Recorded()) is one


def completions(assessment: Assessment, recorded: Recorded) -> Iterator[Assessment]:
    """Go through all answers to what is open, and keep those that give the scores."""
    open_ = sorted(assessment.not_assessed)
    for answers in product([False, True], repeat=len(open_)):
        filled = dict(zip((d.value for d in open_), answers, strict=True))
        one = Assessment.model_validate(assessment.model_dump() | filled)
        names = {d.value for d in one.present}
        total, clinical = spec_tables.total_of(names), spec_tables.clinical_of(names)
        if recorded.total in (None, total) and recorded.clinical in (None, clinical):
            yield one


@st.composite
def recorded_visits(draw: st.DrawFn, most: int = 7) -> tuple[Assessment, Recorded]:
    """An assessment with open answers, and the scores of one of its completions."""
    open_ = draw(st.sets(st.sampled_from(Descriptor), max_size=most))
    present = draw(st.sets(st.sampled_from(Descriptor), max_size=5))
    names = {d.value for d in present}
    given_ = draw(st.sampled_from(["total", "clinical", "both"]))
    return Assessment.of(present=present - open_, not_assessed=open_), Recorded(
        spec_tables.total_of(names) if given_ != "clinical" else None,
        spec_tables.clinical_of(names) if given_ != "total" else None,
    )


class TestOneVisit:
    @given(recorded_visits(), st.frozensets(st.sampled_from(Descriptor)))
    def test_against_every_completion(
        self, made: tuple[Assessment, Recorded], among: frozenset[Descriptor]
    ) -> None:
        assessment, recorded = made
        ways = [*completions(assessment, recorded)]
        names = [{d.value for d in one.present} for one in ways]
        assert completed_scores(assessment, recorded) == {*map(spec_tables.total_of, names)}
        found = completed_scores(assessment, recorded, clinical=True)
        assert found == {*map(spec_tables.clinical_of, names)}
        known = settled(assessment, recorded)
        assert known is not None
        assert known.present == frozenset(Descriptor).intersection(*(one.present for one in ways))
        assert known.absent == frozenset(Descriptor).intersection(*(one.absent for one in ways))
        assert any_present(assessment, recorded, among) == {bool(o.present & among) for o in ways}

    def test_nothing_recorded(self) -> None:
        assert any_present(NOTHING, Recorded(), frozenset({Descriptor.FEVER})) == {True, False}
        assert any_present(Assessment.of(), Recorded(), frozenset(Descriptor)) == {False}
        fever = frozenset({Descriptor.FEVER})
        assert any_present(Assessment.of(present=fever), Recorded(), fever) == {True}

    @given(recorded_visits(), st.integers(0, 105))
    def test_a_score_that_no_answers_give_is_refused(
        self, made: tuple[Assessment, Recorded], total: int
    ) -> None:
        assessment, _ = made
        possible = any(True for _ in completions(assessment, Recorded(total)))
        assert (settled(assessment, Recorded(total)) is not None) is possible
        if possible:
            assert visit_of(date="2024-01-16", assessment=assessment, total_score=total)
            return
        with pytest.raises(ValidationError, match=r"sledai\.audit says what explains"):
            visit_of(date="2024-01-16", assessment=assessment, total_score=total)

    def test_of_a_visit(self) -> None:
        visit = visit_of(date="2024-01-16", total_score=8, clinical_score=6)
        assert visit.bounds() == ScoreBounds(8, 8)
        assert visit.bounds(clinical=True) == ScoreBounds(6, 6)
        assert visit.known.not_assessed >= SEROLOGIC
        assert not visit.known.present
        quiet = visit_of(date="2024-01-16", total_score=0.0)  # as JSON has whole numbers
        assert quiet.known == Assessment.of()
        assert quiet.total_score == 0

    def test_both_scores_settle_serology(self) -> None:
        visit = visit_of(date="2024-01-16", total_score=10, clinical_score=6)
        assert visit.known.present == SEROLOGIC

    @pytest.mark.parametrize("wrong", [106, -1, 3.5, "8", True])
    def test_what_is_no_score(self, wrong: object) -> None:
        with pytest.raises(ValidationError, match="accepted: a whole number 0 to 105, or null"):
            Visit.model_validate({"date": "2024-01-16", "total_score": wrong})

    def test_what_is_said_of_a_contradiction(self) -> None:
        rash = Assessment.of(present={"rash"}, not_assessed={"fever"})
        with pytest.raises(ValidationError) as error:
            visit_of(date="2024-01-16", assessment=rash, total_score=8, clinical_score=2)
        assert (
            "found total_score 8 and clinical_score 2; accepted: scores that the answers can give, "
            "total 2 to 3 and clinical 2 to 3; sledai.audit says what explains a recorded score"
        ) in str(error.value)


SIGNS = {name: False for name in Visit.model_fields if name.startswith(("new_", "hospitalized"))}
OTHERS = {
    **SIGNS,
    "physician_global": 0.5,
    "prednisone_mg_day": 5,
    "weight_kg": 60,
    "platelets": "200 10*9/L",
    "hemoglobin": "13 g/dL",
    "hemolytic_anemia": False,
    "gastrointestinal_activity": False,
    "maintenance_doses": True,
    "stable_treatment": True,
}


def visit(date: str, made: tuple[Assessment, Recorded]) -> Visit:
    assessment, recorded = made
    said = {"total_score": recorded.total, "clinical_score": recorded.clinical}
    return Visit.model_validate({"date": date, "assessment": assessment, **OTHERS, **said})


def alone(date: str, made: tuple[Assessment, Recorded]) -> list[Visit]:
    """Every visit that it may have been, all answers known."""
    return [visit(date, (one, Recorded())) for one in completions(*made)]


class TestTwoVisits:
    @settings(max_examples=examples(60))
    @given(recorded_visits(4), recorded_visits(4))
    def test_change_flare_and_states(
        self, was: tuple[Assessment, Recorded], now: tuple[Assessment, Recorded]
    ) -> None:
        before, after = visit("2024-01-16", was), visit("2024-02-13", now)
        pairs = [*product(alone("2024-01-16", was), alone("2024-02-13", now))]
        assume(len(pairs) <= 64)
        changes = [change_of(*pair) for pair in pairs]
        found = change_of(before, after)
        for name in ("total", "clinical"):
            each = [getattr(change, name).low for change in changes]
            assert (getattr(found, name).low, getattr(found, name).high) == (min(each), max(each))
        assert found.classes == frozenset().union(*(change.classes for change in changes))
        flares = {sfi.assess(*pair).flare for pair in pairs}
        assert sfi.assess(before, after).possible == flares
        self.agree(
            [sri.assess(*pair, new_bilag_a=0, new_bilag_b=0).verdict for pair in pairs],
            sri.assess(before, after, new_bilag_a=0, new_bilag_b=0).verdict,
        )
        self.agree([doris.assess(b).verdict for _, b in pairs], doris.assess(after).verdict)
        each_lldas = [lldas.assess(*pair) for pair in pairs]
        of_both = lldas.assess(before, after)
        for n, component in enumerate(of_both.components):
            if component.assumed:
                continue  # what nobody answered counts as no there, which the result says
            self.agree([one.components[n].verdict for one in each_lldas], component.verdict)

    @staticmethod
    def agree(each: list[Verdict], found: Verdict) -> None:
        assert found is (each[0] if len({*each}) == 1 else Verdict.UNDETERMINED)

    def test_totals_alone(self) -> None:
        totals = {"2024-01-01": 8, "2024-01-31": 2, "2024-03-01": 0}
        visits = [visit_of(date=date, total_score=total) for date, total in totals.items()]
        changes = [change_of(a, b) for a, b in pairwise(visits)]
        assert [str(change.total) for change in changes] == ["-6", "-2"]
        assert str(adjusted_mean.assess(History(visits=tuple(visits)))) == "3.00"
        assert sri.assess(visits[0], visits[1]).components[0].verdict is Verdict.MET
        assert doris.assess(visits[2]).components[0].verdict is Verdict.MET
        assert doris.assess(visits[0]).components[0].verdict is Verdict.NOT_MET

    def test_a_score_that_rose_has_a_new_descriptor(self) -> None:
        before = visit_of(date="2024-01-16", total_score=1, **OTHERS)
        after = visit_of(date="2024-02-13", total_score=2, **OTHERS)
        component = lldas.assess(before, after).components[4]
        assert component.verdict is Verdict.NOT_MET
        assert "a descriptor is new by the recorded scores" in component.reason

    def test_one_of_the_major_organs(self) -> None:
        only = {d.value for d in lldas.MAJOR_ORGANS if d.weight == 4}
        assessment = Assessment.of(not_assessed=only)
        component = lldas.assess(
            None, visit_of(date="2024-01-16", assessment=assessment, total_score=4)
        )
        assert component.components[1].verdict is Verdict.NOT_MET
        assert component.components[1].reason.endswith("one of them present by the recorded score")


class TestColumns:
    BOOK = Codebook(
        visit={"subject": "id", "date": "seen"}, recorded={"total": "SLEDAI", "clinical": "cSLEDAI"}
    )

    def table(self, **columns: list[Any]) -> dict[str, list[Any]]:
        rows: dict[str, list[Any]] = {
            "id": ["A", "A"],
            "seen": ["2024-01-16", "2024-02-13"],
            "cSLEDAI": [None, 2],
        }
        return rows | {"SLEDAI": [8, 4]} | columns

    @pytest.mark.parametrize("engine", [pl.DataFrame, pd.DataFrame])
    def test_frames(self, engine: type) -> None:
        found = by_visit(engine(self.table()), self.BOOK)
        assert list(found["sledai_low"]) == [8, 4]
        assert list(found["sledai_clinical_high"]) == [8, 2]
        texts = by_visit(engine(self.table(SLEDAI=["8.0", "4"])), self.BOOK)
        assert list(texts["sledai_high"]) == [8, 4]

    @pytest.mark.parametrize("cell", [106, 3.5, "eight"])
    def test_what_is_no_score(self, cell: object) -> None:
        df = pl.DataFrame(self.table(SLEDAI=[cell, None]), strict=False)
        with pytest.raises(InvalidInputError) as error:
            by_visit(df, self.BOOK)
        assert "row 0, counting from 0, column 'SLEDAI': found" in str(error.value)
        assert str(error.value).endswith("accepted: a whole number 0 to 105")

    def test_a_column_that_is_not_there(self) -> None:
        with pytest.raises(InvalidInputError, match="no column 'SLEDAI'"):
            by_visit(pl.DataFrame(self.table()).drop("SLEDAI"), self.BOOK)

    def test_a_contradiction_points_to_the_audit(self) -> None:
        df = pl.DataFrame(self.table(SLEDAI=[1, 4], cSLEDAI=[3, 2]))
        with pytest.raises(InvalidInputError) as error:
            by_visit(df, self.BOOK)
        assert str(error.value).startswith("row 0, counting from 0, found total_score 1 and")
        assert "sledai.audit says what explains" in str(error.value)

    def test_a_file(
        self, tmp_path: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.chdir(str(tmp_path))
        self.BOOK.dump("b.toml")
        for cell, said in (
            ("8,5", "cells that are no score: 1; accepted: a whole number 0 to 105"),
            ("106", "line 2, column 'SLEDAI': found '106'"),
            ("1", "line 2, found total_score 1 and clinical_score 3"),
        ):
            pl.DataFrame(self.table(SLEDAI=[cell, "4"], cSLEDAI=["3", ""])).write_csv("v.csv")
            code, out, err = run("visits", "v.csv", "--codebook", "b.toml")
            assert (code, out) == (2, "")
            assert said in err
        pl.DataFrame(self.table()).write_csv("v.csv")
        code, out, err = run("visits", "v.csv", "--codebook", "b.toml")
        assert (code, err) == (0, "")
        assert "not collected: all 24 descriptors" in out
        assert "recorded scores read: SLEDAI as total, cSLEDAI as clinical" in out
