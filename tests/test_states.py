"""States as rows: what each asks for is data, and which are followed is a reading.

Letters of BILAG, which no other field holds, pass through frames and files.
"""

import dataclasses
from datetime import date
from pathlib import Path
from typing import Any, get_args

import pandas as pd
import polars as pl
import pytest
from commands import run
from pydantic import ValidationError

from sledai import Assessment, Descriptor, InvalidInputError, Verdict
from sledai.codebook import Codebook
from sledai.frame import (
    PATIENT_COLUMNS,
    VISIT_COLUMNS,
    by_patient,
    by_visit,
    histories,
    patient_columns,
    visit_columns,
)
from sledai.indices.course import course, time_in
from sledai.indices.requirements import Requirement
from sledai.indices.states import DEFAULT, STATES, Readings
from sledai.visits import History, Visit
from sledai.visits.visit import BILAG

COLUMNS = {
    "LLDAS": "sledai_lldas",
    "DORIS": "sledai_doris",
    "cLLDAS": "sledai_clldas",
    "cCR": "sledai_ccr",
    "cCR-0": "sledai_ccr_0",
    "DORIS 2017 on treatment": "sledai_doris_2017_on_treatment",
    "DORIS 2017 complete": "sledai_doris_2017_complete",
    "disease control": "sledai_disease_control",
}
CHILD = Readings(states=("cCR-0", "cLLDAS"))


class TestRequirements:
    """What a state asks for holds numbers and names, and nothing that only runs."""

    @pytest.mark.parametrize("state", STATES.values(), ids=STATES)
    def test_they_are_of_a_closed_set_and_compare(self, state: Any) -> None:
        asked = state.requirements(DEFAULT)
        assert asked == state.requirements(Readings())
        for one in asked:
            assert isinstance(one, get_args(Requirement))
            values = [getattr(one, field.name) for field in dataclasses.fields(one)]
            assert not any(map(callable, values))
            assert one.name
            assert one.citation
        result = state.judge(None, Visit(date=date(2024, 1, 16)), DEFAULT)
        assert [(one.name, one.statement, one.citation) for one in asked] == [
            (one.name, one.statement, one.citation) for one in result.components
        ]

    def test_the_rows(self) -> None:
        assert {name: state.column for name, state in STATES.items()} == COLUMNS
        assert [name for name, state in STATES.items() if state.assumes] == ["LLDAS", "cLLDAS"]
        by_2k = {name for name, state in STATES.items() if state.edition is not None}
        assert by_2k == {"LLDAS", "cLLDAS", "cCR", "cCR-0", "disease control"}
        names = {name: state.index for name, state in STATES.items()}
        assert names == {**{name: name for name in STATES}, "DORIS": "DORIS 2021"}

    def test_readings_reach_them(self) -> None:
        first = Visit(date=date(2024, 1, 16), assessment=Assessment.of())
        readings = Readings(first_visit="has nothing new", new_serology="ignored")
        for name in ("LLDAS", "cLLDAS"):
            by_default = STATES[name].judge(None, first, DEFAULT).components[4]
            other = STATES[name].judge(None, first, readings).components[4]
            assert (by_default.verdict, other.verdict) == (Verdict.UNDETERMINED, Verdict.MET)
            assert "not counted" in other.statement

    def test_swapped_visits_are_refused(self) -> None:
        visits = Visit(date=date(2024, 2, 13)), Visit(date=date(2024, 1, 16))
        for state in STATES.values():
            with pytest.raises(InvalidInputError, match="one after 2024-02-13, the date of prev"):
                state.judge(*visits, DEFAULT)


class TestWhichAreFollowed:
    """`Readings.states` names the states that are followed, LLDAS and DORIS by default."""

    HISTORY = History.of(
        [Visit(date=date(2024, 1, 16), total_score=0), Visit(date=date(2024, 2, 13))]
    )

    def test_by_default(self) -> None:
        assert DEFAULT.states == ("LLDAS", "DORIS")
        assert [*course(self.HISTORY)[0].states] == ["LLDAS", "DORIS"]
        assert visit_columns() == VISIT_COLUMNS
        assert patient_columns() == PATIENT_COLUMNS
        assert [*VISIT_COLUMNS][-3:] == ["sledai_lldas", "sledai_lldas_assumed", "sledai_doris"]

    def test_others(self) -> None:
        assert [*course(self.HISTORY, CHILD)[0].states] == ["cCR-0", "cLLDAS"]
        assert [*visit_columns(CHILD)][-4:] == [
            "sledai_flare",
            "sledai_ccr_0",
            "sledai_clldas",
            "sledai_clldas_assumed",
        ]
        assert [*patient_columns(CHILD)][-5:] == [
            "sledai_ccr_0_low",
            "sledai_ccr_0_high",
            "sledai_clldas_low",
            "sledai_clldas_high",
            "sledai_clldas_assumed",
        ]
        assert str(CHILD).endswith("; states followed: cCR-0, cLLDAS")
        assert "followed" not in str(DEFAULT)

    def test_the_time_in_any_of_them(self) -> None:
        assert (time_in(self.HISTORY, "disease control").low, DEFAULT.states[0]) == (0, "LLDAS")

    def test_none_and_the_same_twice(self) -> None:
        assert Readings(states=("cCR", "cCR")).states == ("cCR",)
        nothing = Readings(states=())
        assert course(self.HISTORY, nothing)[0].states == {}
        assert str(nothing).endswith("; states followed: none")

    @pytest.mark.parametrize(
        ("wrong", "said"),
        [
            (("LLDAS", "ldas"), r"^states: found 'ldas'; accepted: LLDAS, DORIS, cLLDAS, cCR, cC"),
            ((None,), "^states: found None; accepted: LLDAS"),
            ("LLDAS", "^states: found str; accepted: names of states, of LLDAS, DORIS, cLLDAS"),
            (3, "^states: found int; accepted: names of states"),
        ],
    )
    def test_what_is_no_state(self, wrong: Any, said: str) -> None:
        with pytest.raises(InvalidInputError, match=said):
            Readings(states=wrong)


ROWS = {
    "id": ["A", "A"],
    "seen": ["2024-01-01", "2024-03-01"],
    "physician_global": [0.2, 0.2],
    "prednisone_mg_day": [0, 2],
    "weight_kg": [30, 30],
    "stable_treatment": [True, True],
    "bilag_renal": ["E", " a "],
}
BOOK = Codebook(visit={"subject": "id", "date": "seen"}, descriptors={"absent": [*Descriptor]})


class TestFrames:
    """`by_visit` and `by_patient` give the columns of the states that are followed."""

    @pytest.mark.parametrize("engine", [pl.DataFrame, pd.DataFrame])
    def test_columns(self, engine: Any) -> None:
        found = by_visit(engine(ROWS), BOOK, readings=CHILD)
        assert list(found.columns) == [*ROWS, *visit_columns(CHILD)]
        assert list(found["sledai_ccr_0"]) == ["met", "not_met"]
        assert list(found["sledai_clldas"]) == ["undetermined", "undetermined"]
        patients = by_patient(engine(ROWS), BOOK, readings=CHILD)
        assert list(patients.columns) == ["id", *patient_columns(CHILD)]
        assert list(patients["sledai_ccr_0_low"]) == [1.0]

    @pytest.mark.parametrize("engine", [pl.DataFrame, pd.DataFrame])
    def test_letters(self, engine: Any) -> None:
        first, second = histories(engine(ROWS), BOOK)["A"].visits
        assert (first.bilag_renal, second.bilag_renal) == ("E", "A")
        assert second.bilag_ophthalmic is None
        wrong = {**ROWS, "bilag_renal": ["E", "F"]}
        with pytest.raises(InvalidInputError) as error:
            by_visit(engine(wrong), BOOK)
        assert str(error.value) == (
            "row 1, counting from 0, column 'bilag_renal': found 'F'; accepted: A, B, C, D, E or "
            "null"
        )

    def test_letters_that_are_missing_and_a_comma_before_decimals(self) -> None:
        book = Codebook(
            visit={"subject": "id", "date": "seen"},
            descriptors={"absent": [*Descriptor]},
            fields={"bilag_renal": "kidney"},
            file={"decimal": ","},
            answers={"not_assessed": ["NK"]},
        )
        rows = {**ROWS, "kidney": ["NK", "b"]}
        del rows["bilag_renal"]
        first, second = histories(pl.DataFrame(rows), book)["A"].visits
        assert (first.bilag_renal, second.bilag_renal) == (None, "B")


class TestLetters:
    """A letter of BILAG is A to E in any case, or not known."""

    def test_there_are_nine_systems(self) -> None:
        assert len(BILAG) == 9
        assert BILAG[0] == "bilag_constitutional"

    @pytest.mark.parametrize("wrong", ["", "F", "AB", 1, True, ["A"]])
    def test_what_is_none(self, wrong: Any) -> None:
        with pytest.raises(ValidationError, match="accepted: A, B, C, D, E or null"):
            Visit.model_validate({"date": "2024-01-16", "bilag_renal": wrong})


class TestFiles:
    """`sledai visits` reads letters and follows the states that `--state` names."""

    ARGUMENTS = (
        *("--subject", "id", "--date", "seen", "--missing", "NK"),
        *(x for d in Descriptor for x in ("--absent", d.value)),
    )

    @pytest.fixture(autouse=True)
    def _here(self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.chdir(tmp_path)

    def visits(self, letters: list[str], *arguments: str) -> tuple[int, str, str]:
        pl.DataFrame({**ROWS, "bilag_renal": letters}).write_csv("v.csv")
        return run("visits", "v.csv", *self.ARGUMENTS, *arguments)

    def test_states(self) -> None:
        chosen = ("--state", "cCR-0", "--state", "disease control")
        code, out, err = self.visits(["E", "NK"], *chosen)
        assert (code, err) == (0, "")
        assert out.startswith("date total clinical change flare cCR-0 disease control A: 2 visits")
        assert "2024-03-01 0 0 0 flare no open" in out
        assert "time in cCR-0 100 %, disease control 0 % to 100 %" in out
        said = "states followed: cCR-0, disease control; descriptors taken as SLEDAI-2K for cCR-0, "
        assert said in out
        assert "LLDAS at" not in out

    def test_a_state_whose_score_has_no_edition(self) -> None:
        _, out, _ = self.visits(["E", "E"], "--state", "DORIS 2017 complete")
        assert (
            " ".join(out.split())
            .rpartition("states followed: ")[2]
            .startswith("DORIS 2017 complete. ")
        )

    def test_columns(self) -> None:
        output = ("-o", "o.csv", "--patients", "p.csv", "--state", "cCR")
        code, _, err = self.visits(["a", "B "], *output)
        assert (code, err) == (0, "")
        readings = Readings(states=("cCR",))
        assert pl.read_csv("o.csv").columns == [*ROWS, *visit_columns(readings)]
        assert pl.read_csv("p.csv").columns == ["id", *patient_columns(readings)]

    def test_another_state(self) -> None:
        code, out, err = self.visits(["E", "E"], "--state", "remission")
        assert (code, out) == (2, "")
        assert "--state: found 'remission'; accepted: LLDAS, DORIS, cLLDAS" in err

    def test_what_is_no_letter(self) -> None:
        code, out, err = self.visits(["E", "F"])
        assert (code, out) == (2, "")
        assert "cells that are no letter of BILAG: 1; accepted: A, B, C, D, E (any case), " in err
        assert "line 3, column 'bilag_renal': found 'F'" in err
