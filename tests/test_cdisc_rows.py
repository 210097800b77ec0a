"""Visits as rows of SDTM and ADaM, held against rows typed by hand and the indices themselves."""

import importlib
import sys
from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

import pandas as pd
import polars as pl
import pytest
from hypothesis import Phase, given, settings
from hypothesis import strategies as st
from spec_tables import NAMES, WEIGHTS

from examples import examples
from sledai import Descriptor, InvalidInputError, cdisc, frame
from sledai.cdisc.terms import DERIVATION_TYPES, ITEMS, SCORES, code_of, parameters
from sledai.codebook import Codebook
from sledai.definitions import Edition
from sledai.indices.course import course
from sledai.indices.from_baseline import since_baseline
from sledai.indices.states import DEFAULT, STATES, Readings
from sledai.indices.time_to_event import (
    ONCE,
    Held,
    time_to_flare,
    time_to_loss,
    time_to_response,
    time_to_state,
)
from sledai.visits.baseline import Baseline
from sledai.visits.windows import Window

START = date(2024, 1, 1)
FIRST = frame.BaselineRows.first()
NO_SHRINK = [Phase.explicit, Phase.reuse, Phase.generate]
BOOK = Codebook(visit={"subject": "id", "date": "seen"})
FIELDS = ("physician_global", "prednisone_mg_day", "stable_treatment", "new_lupus_activity")


Row = tuple[str, int, dict[str, bool | None]]


def visits(*rows: Row, **more: list[Any]) -> pl.DataFrame:
    """Visits of patients on days from the start; descriptors that are not said are absent."""
    return pl.DataFrame(
        {
            "id": [name for name, _, _ in rows],
            "seen": [START + timedelta(day) for _, day, _ in rows],
            **{
                name: pl.Series([said.get(name, False) for _, _, said in rows], dtype=pl.Boolean)
                for name in NAMES
            },
            **more,
        }
    )


@st.composite
def studies(draw: st.DrawFn) -> pl.DataFrame:
    """Visits of a few patients, in any order of rows, with fields that states ask for."""
    answer = st.sampled_from([True, False, False, False, None])
    rows: list[dict[str, Any]] = []
    for name in draw(st.lists(st.sampled_from("ABC"), min_size=1, max_size=3, unique=True)):
        for day in draw(st.lists(st.integers(0, 90), min_size=1, max_size=4, unique=True)):
            answers = {d: draw(answer) for d in NAMES}
            low = sum(WEIGHTS[d] for d, said in answers.items() if said)
            rows.append(
                {
                    "id": name,
                    "seen": START + timedelta(day),
                    **answers,
                    "recorded": draw(st.sampled_from([None, low])),
                    "physician_global": draw(st.sampled_from([None, 0.0, 0.5, 1.0])),
                    "prednisone_mg_day": draw(st.sampled_from([None, 5.0, 10.0])),
                    "stable_treatment": draw(st.sampled_from([None, True])),
                    "new_lupus_activity": draw(st.sampled_from([None, False])),
                }
            )
    rows = draw(st.permutations(rows))
    schema = {
        **dict.fromkeys(NAMES, pl.Boolean),
        "recorded": pl.Int64,
        "physician_global": pl.Float64,
        "prednisone_mg_day": pl.Float64,
        "stable_treatment": pl.Boolean,
        "new_lupus_activity": pl.Boolean,
    }
    return pl.DataFrame(rows, schema_overrides=schema)


def test_without_the_extra_it_says_what_to_install(
    monkeypatch: pytest.MonkeyPatch, forget: Callable[[str], None]
) -> None:
    for module in ("sledai.cdisc", "sledai.frame", "sledai.engines"):
        forget(module)
    monkeypatch.setitem(sys.modules, "narwhals", None)
    said = r"sledai.cdisc needs narwhals: pip install 'sledai\[frame\]', or in a clone pip "
    with pytest.raises(ModuleNotFoundError, match=said):
        importlib.import_module("sledai.cdisc")


class TestVariables:
    """A SAS transport file of version 5 holds names of 8 characters, labels of 40, texts of 200."""

    @pytest.mark.parametrize("name", cdisc.DATASETS)
    def test_names_labels_and_lengths(self, name: str) -> None:
        found = cdisc.variables(name)
        assert len({variable.name for variable in found}) == len(found)
        for variable in found:
            assert variable.name.isupper()
            assert len(variable.name) <= 8
            assert 0 < len(variable.label) <= 40
            assert (variable.length is None) == (variable.type in {"integer", "float", "date"})
            assert variable.length is None or variable.length <= 200
        assert {*cdisc.DATASETS[name].keys} <= {variable.name for variable in found}
        assert len(name) <= 8
        assert len(cdisc.DATASETS[name].label) <= 40

    def test_by_name_in_any_case(self) -> None:
        assert cdisc.variables("adtte") == cdisc.DATASETS["ADTTE"].variables
        with pytest.raises(InvalidInputError, match="dataset: found 'DM'; accepted: RS, QS, ADSL"):
            cdisc.variables("DM")

    def test_the_origin_of_a_time(self) -> None:
        labels = {one.name: one.label for one in cdisc.variables("ADTTE")}
        assert labels["STARTDT"] == "Time-to-Event Origin Date for Subject"

    def test_what_is_in_no_guide_is_said(self) -> None:
        own = {v.name for d in cdisc.DATASETS.values() for v in d.variables if not v.standard}
        assert own == {"AVALU"}


class TestTerms:
    """Codes of at most 8 characters that begin with a letter, names of at most 40, each once."""

    def test_tests(self) -> None:
        tests = [*ITEMS.values(), *SCORES.values()]
        assert [ITEMS[d].code for d in Descriptor][:2] == ["SLED101", "SLED102"]
        assert ITEMS[Descriptor.LEUKOPENIA].code == "SLED124"
        assert len({test.code for test in tests}) == len({test.name for test in tests}) == 26
        assert all(test.code.isalnum() and test.code.isupper() for test in tests)
        assert all(len(test.code) <= 8 and len(test.name) <= 40 for test in tests)
        assert ITEMS[Descriptor.RASH].name == "SLED1-Rash"
        assert all(test.name.startswith("SLED1-") for test in tests)
        assert ITEMS[Descriptor.CEREBROVASCULAR_ACCIDENT].subcategory == "VASCULAR"

    def test_parameters(self) -> None:
        for edition in (Edition.SELENA, Edition.HYBRID, Edition.SLEDAI_2K):
            readings = Readings(states=tuple(STATES))
            found = parameters(readings, edition, baseline=True)
            for texts in ([p.code for p in found], [p.name for p in found]):
                assert len(set(texts)) == len(found)
            assert all(p.code.isalnum() and len(p.code) <= 8 for p in found)
            assert all(len(p.name) <= 200 for p in found)

    def test_states_have_codes_with_room_before_and_behind(self) -> None:
        codes = [code_of(name) for name in STATES]
        assert len(set(codes)) == len(codes)
        assert all(code.isalnum() and len(code) <= 6 for code in codes)

    def test_each_way_has_a_type(self) -> None:
        assert {way: kind.code for way, kind in DERIVATION_TYPES.items()} == {
            "last observation carried forward": "LOCF",
            "non-responder": "NRI",
            "worst case": "WC",
        }


class TestTabulation:
    """RS and QS: a row an item, NOT DONE without a result where it was not assessed, and a row for
    a score that is known, flagged where it was derived."""

    DATA = visits(
        ("A", 0, {"seizure": True, "fever": None}),
        ("A", 30, {"rash": True, "low_complement": True}),
    )

    def rows(self, *columns: str, **study: Any) -> list[tuple[Any, ...]]:
        rows = cdisc.tabulation_rows(self.DATA, BOOK, cdisc.Study(**study), domain="RS")
        return rows.select(columns).rows()

    def test_each_item_has_a_row_in_form_order(self) -> None:
        found = self.rows("RSTESTCD", "RSORRES", "RSSTRESC", "RSSTRESN", "RSSTAT", "RSDRVFL")
        assert len(found) == 24 + 26
        expected: dict[str, tuple[Any, ...]] = {
            "seizure": ("PRESENT", "8", 8, None, None),
            "fever": (None, None, None, "NOT DONE", None),
        }
        for number, name in enumerate(NAMES, 1):
            said = expected.get(name, ("ABSENT", "0", 0, None, None))
            assert found[number - 1] == (f"SLED1{number:02}", *said)
        assert found[24][0] == "SLED101"

    def test_a_score_that_is_open_has_no_row(self) -> None:
        scores = [row for row in self.rows("RSTESTCD", "VISITNUM") if len(row[0]) != 7]
        assert scores == [("SLEDCLIN", 2.0)]
        rows = self.rows("RSTESTCD", "VISITNUM", "RSORRES", "RSSTRESC", "RSSTRESN", "RSDRVFL")
        assert rows[-2:] == [
            ("SLEDTOT", 2.0, "4", "4", 4, "Y"),
            ("SLEDCLIN", 2.0, "2", "2", 2, "Y"),
        ]

    def test_a_score_that_was_recorded_is_no_derived_one(self) -> None:
        data = self.DATA.with_columns(score=pl.Series([8, None], dtype=pl.Int64))
        book = BOOK.stating({"recorded": {"total": "score"}})
        rows = cdisc.tabulation_rows(data, book, domain="QS").filter(QSTESTCD="SLEDTOT")
        assert rows.select("QSORRES", "QSSTRESN", "QSDRVFL").rows() == [
            ("8", 8, None),
            ("4", 4, "Y"),
        ]

    def test_a_derived_score_is_not_read_back_as_recorded(self) -> None:
        data = self.DATA.with_columns(score=pl.Series([8, None], dtype=pl.Int64))
        book = BOOK.stating({"recorded": {"total": "score"}})
        rows = cdisc.tabulation_rows(data, book, domain="RS")
        reading = cdisc.codebook("RS").stating({"recorded": {"total": "SLEDTOT"}})
        (history,) = frame.histories(rows, reading).values()
        assert [visit.total_score for visit in history.visits] == [8, None]
        assert (
            cdisc.tabulation_rows(rows, reading, domain="RS")
            .select("RSTESTCD", "RSDTC", "RSORRES", "RSDRVFL")
            .equals(rows.select("RSTESTCD", "RSDTC", "RSORRES", "RSDRVFL"))
        )

    def test_a_recorded_score_is_not_lost_unseen(self) -> None:
        data = self.DATA.with_columns(
            total=pl.Series([8, None], dtype=pl.Int64), clinical=pl.Series([None, 2])
        )
        book = BOOK.stating({"recorded": {"total": "total", "clinical": "clinical"}})
        rows = cdisc.tabulation_rows(data, book, domain="RS")
        said = r"found recorded scores in SLEDTOT \(total in \[recorded\]\), SLEDCLIN \(clinical in"
        with pytest.raises(InvalidInputError, match=said):
            cdisc.analysis_rows(rows, cdisc.codebook("RS"))

    def test_what_is_the_same_in_every_row(self) -> None:
        (row,) = set(self.rows("STUDYID", "DOMAIN", "USUBJID", "RSCAT", "RSEVLINT", name="S1"))
        assert row == ("S1", "RS", "A", "SELENA-SLEDAI", "-P10D")
        (row,) = set(self.rows("STUDYID", "RSCAT", edition="SLEDAI-2K"))
        assert row == (None, "SLEDAI-2K")
        assert {*self.rows("RSDTC", "VISITNUM", "VISIT", "RSDY")} == {
            ("2024-01-01", 1.0, None, None),
            ("2024-01-31", 2.0, None, None),
        }
        assert [n for (n,) in self.rows("RSSEQ")] == [*range(1, 51)]

    def test_what_the_study_says_of_visits(self) -> None:
        data = self.DATA.with_columns(
            visit=pl.Series([" Screening ", "Week 4"]),
            number=pl.Series([1.1, 4.0]),
            day_1=pl.Series(["2024-01-02", ""]),
            why=pl.Series(["no laboratory", "none"]),
        )
        study = cdisc.Study(visit="visit", visit_number="number", reference="day_1", reason="why")
        rows = cdisc.tabulation_rows(data, BOOK, study, domain="RS")
        assert {*rows.select("VISIT", "VISITNUM", "RSDY").rows()} == {
            ("Screening", 1.1, -1),
            ("Week 4", 4.0, None),
        }
        # There is no day without a reference, though another visit has it.
        reasons = rows.filter(pl.col("RSREASND").is_not_null())
        assert reasons.select("RSTESTCD", "RSSTAT", "RSREASND").rows() == [
            ("SLED122", "NOT DONE", "no laboratory")
        ]

    def test_no_number_is_made_up_beside_a_name(self) -> None:
        data = self.DATA.with_columns(visit=pl.Series(["Screening", "Week 4"]))
        rows = cdisc.tabulation_rows(data, BOOK, cdisc.Study(visit="visit"), domain="RS")
        assert {*rows.select("VISIT", "VISITNUM").rows()} == {
            ("Screening", None),
            ("Week 4", None),
        }

    @pytest.mark.parametrize(
        ("names", "numbers", "said"),
        [
            (["Week 4"] * 2, [4, 5], "VISIT: found 'Week 4' with VISITNUM 4.0 and 5.0; accepted"),
            (["Week 4", "Week 8"], [4, 4], "VISITNUM: found 4.0 with VISIT 'Week 4' and 'Week 8'"),
        ],
    )
    def test_a_name_has_one_number(self, names: list[str], numbers: list[int], said: str) -> None:
        data = self.DATA.with_columns(visit=pl.Series(names), number=pl.Series(numbers))
        study = cdisc.Study(visit="visit", visit_number="number")
        with pytest.raises(InvalidInputError, match=said):
            cdisc.tabulation_rows(data, BOOK, study, domain="QS")

    def test_visits_without_a_name_have_any_numbers(self) -> None:
        data = self.DATA.with_columns(visit=pl.Series(["", None]), number=pl.Series([4.1, 4.2]))
        study = cdisc.Study(visit="visit", visit_number="number")
        rows = cdisc.tabulation_rows(data, BOOK, study, domain="QS")
        assert {*rows.select("VISIT", "VISITNUM").rows()} == {(None, 4.1), (None, 4.2)}

    def test_two_reference_dates_of_one_patient(self) -> None:
        data = self.DATA.with_columns(day_1=pl.Series(["2024-01-02", "2024-01-03"]))
        said = "column 'day_1', USUBJID 'A': found 2024-01-03; accepted: one date for each patient"
        with pytest.raises(InvalidInputError, match=said):
            cdisc.tabulation_rows(data, BOOK, cdisc.Study(reference="day_1"), domain="RS")

    @pytest.mark.parametrize("number", ["1e400", "inf", "9" * 400, None])
    def test_a_number_that_is_none(self, number: str | None) -> None:
        data = self.DATA.with_columns(number=pl.Series(["1", number]))
        with pytest.raises(InvalidInputError, match=r"row 1, .*'number': found .* the number"):
            cdisc.tabulation_rows(data, BOOK, cdisc.Study(visit_number="number"), domain="RS")

    def test_empty_cells_of_pandas(self) -> None:
        data = self.DATA.to_pandas()
        data["visit"] = pd.array(["Screening", pd.NA], dtype="string")
        data["day_1"] = pd.to_datetime(pd.Series(["2024-01-02", None]))
        study = cdisc.Study(visit="visit", reference="day_1")
        rows = cdisc.tabulation_rows(data, BOOK, study, domain="RS")
        assert {*rows.select("VISIT", "RSDY").rows()} == {("Screening", -1), (None, None)}

    def test_pandas_gives_the_same(self) -> None:
        study = cdisc.Study(name="S1")
        rows = cdisc.tabulation_rows(self.DATA.to_pandas(), BOOK, study, domain="RS")
        assert rows.equals(cdisc.tabulation_rows(self.DATA, BOOK, study, domain="RS"))

    @pytest.mark.parametrize(
        ("change", "said"),
        [
            ({"domain": "VS"}, "domain: found 'VS'; accepted: RS, QS"),
            ({"study": "S1"}, "study: found str; accepted: a Study"),
            ({"study": cdisc.Study(visit="no")}, "no column 'no', named for visit"),
            ({"study": cdisc.Study(visit_number="id")}, "row 0, counting from 0, column 'id': fo"),
            ({"study": cdisc.Study(reference="id")}, "column 'id': found 'A'; accepted: a date"),
            ({"codebook": Codebook(visit={"subject": "id", "day": "seen"})}, "days since a day 0"),
            ({"codebook": Codebook()}, "no subject; accepted: a column"),
        ],
    )
    def test_what_is_refused(self, change: dict[str, Any], said: str) -> None:
        arguments = {"codebook": BOOK, "study": cdisc.Study(), "domain": "RS", **change}
        with pytest.raises(InvalidInputError, match=said):
            cdisc.tabulation_rows(self.DATA, **arguments)

    @pytest.mark.parametrize(
        ("stated", "said"),
        [
            ({"edition": "1999"}, "edition: found '1999'"),
            ({"name": 1}, "name: found int; accepted: text"),
            ({"visit": 1}, "visit: found int; accepted: text"),
        ],
    )
    def test_a_study_that_is_none(self, stated: dict[str, Any], said: str) -> None:
        with pytest.raises(InvalidInputError, match=said):
            cdisc.Study(**stated)

    def test_two_patients_of_one_name(self) -> None:
        data = visits(("A", 0, {}), ("A ", 1, {}))
        with pytest.raises(InvalidInputError, match="USUBJID: found 'A' for two patients"):
            cdisc.tabulation_rows(data, BOOK, domain="RS")

    def test_numbers_as_names_of_patients(self) -> None:
        data = visits(("A", 0, {}), ("B", 0, {})).with_columns(id=pl.Series([101.0, 2.5]))
        rows = cdisc.tabulation_rows(data, BOOK, domain="RS")
        assert rows["USUBJID"].unique(maintain_order=True).to_list() == ["101", "2.5"]

    @given(studies())
    @settings(max_examples=examples(12))
    def test_rows_are_read_back_as_the_same_visits(self, data: pl.DataFrame) -> None:
        rows = cdisc.tabulation_rows(data, BOOK, domain="QS")
        back = frame.histories(rows, cdisc.codebook("QS"))
        for patient, history in frame.histories(data, BOOK).items():
            found = [(visit.date, visit.answers) for visit in back[patient].visits]
            assert found == [(visit.date, visit.answers) for visit in history.visits]
        scored = frame.score(rows, cdisc.codebook("QS"))
        assert scored.height == data.height

    def test_the_edition_of_rows_is_not_mistaken(self) -> None:
        rows = cdisc.tabulation_rows(self.DATA, BOOK, cdisc.Study(edition="SLEDAI-2K"), domain="RS")
        said = "RSCAT: found 'SLEDAI-2K'; accepted: SELENA-SLEDAI, the edition of the study"
        for engine in (rows, rows.to_pandas()):
            with pytest.raises(InvalidInputError, match=said):
                cdisc.tabulation_rows(engine, cdisc.codebook("RS"), domain="RS")
        study = cdisc.Study(edition="SLEDAI-2K")
        again = cdisc.tabulation_rows(rows, cdisc.codebook("RS"), study, domain="RS")
        assert again.equals(rows)

    def test_of_two_editions_one_is_read(self) -> None:
        """The first visit is rated by both, and by SLEDAI-2K without the seizure."""
        other = visits(("A", 0, {"rash": True}))
        selena = cdisc.tabulation_rows(self.DATA, BOOK, domain="RS")
        later = cdisc.tabulation_rows(other, BOOK, cdisc.Study(edition="SLEDAI-2K"), domain="RS")
        both = pl.concat([later, selena])
        one = frame.score(both, cdisc.codebook("RS", edition="SELENA"))
        assert one["sledai_low"].to_list() == [8, 4]
        one = frame.score(both, cdisc.codebook("RS", edition=Edition.SLEDAI_2K))
        assert one["sledai_low"].to_list() == [2]
        found = frame.score(both, cdisc.codebook("RS"))
        assert found.select("RSCAT", "sledai_low").rows() == [
            ("SLEDAI-2K", 2),
            ("SELENA-SLEDAI", 8),
            ("SELENA-SLEDAI", 4),
        ]

    def test_a_result_of_what_was_not_done(self) -> None:
        rows = cdisc.tabulation_rows(self.DATA, BOOK, domain="RS")
        book = cdisc.codebook("RS")
        wrong = rows.with_columns(
            RSSTAT=pl.when(RSTESTCD="SLED101", VISITNUM=1).then(pl.lit("NOT DONE"))
        )
        said = "row 0, counting from 0, RSSTAT of SLED101: found 'NOT DONE'; accepted: nothing, be"
        for engine in (wrong, wrong.to_pandas()):
            with pytest.raises(InvalidInputError, match=said):
                cdisc.analysis_rows(engine, book)
        other = wrong.head(1).with_columns(RSTESTCD=pl.lit("ECOG101"))
        found = cdisc.tabulation_rows(pl.concat([other, rows]), book, domain="RS")
        assert found.height == rows.height
        assert cdisc.tabulation_rows(rows.drop("RSSTAT"), book, domain="RS").equals(found)

    def test_what_is_the_same_in_a_visit_is_kept(self) -> None:
        data = self.DATA.with_columns(
            visit=pl.Series(["Screening", "Week 4"]), number=pl.Series([1.1, 4.0])
        )
        study = cdisc.Study(visit="visit", visit_number="number")
        rows = cdisc.tabulation_rows(data, BOOK, study, domain="RS")
        reading = cdisc.codebook("RS", keeping=["VISITNUM", "VISIT"])
        back = cdisc.Study(visit="VISIT", visit_number="VISITNUM")
        assert cdisc.tabulation_rows(rows, reading, back, domain="RS").equals(rows)
        assert cdisc.analysis_rows(rows, reading, back).equals(
            cdisc.analysis_rows(data, BOOK, study)
        )

    @pytest.mark.parametrize(
        ("change", "said"),
        [
            ({"domain": "VS"}, "domain: found 'VS'; accepted: RS, QS"),
            ({"edition": "1999"}, "edition: found '1999'"),
            ({"keeping": "VISIT"}, "keeping: found str; accepted: a list of variables"),
        ],
    )
    def test_a_codebook_that_is_none(self, change: dict[str, Any], said: str) -> None:
        with pytest.raises(InvalidInputError, match=said):
            arguments: dict[str, Any] = {"domain": "RS", **change}
            cdisc.codebook(**arguments)

    def test_rows_of_other_instruments_are_left_out(self) -> None:
        rows = cdisc.tabulation_rows(self.DATA, BOOK, domain="RS")
        other = rows.head(1).with_columns(RSTESTCD=pl.lit("ECOG101"), RSORRES=pl.lit("2"))
        mixed = pl.concat([other, rows])
        scored = frame.score(mixed, cdisc.codebook("RS"))
        assert scored["sledai_low"].to_list() == [8, 4]


class TestAnalysis:
    """ADaM: AVAL is what `by_visit` says, empty where it is open; BASE, CHG and PCHG are its own at
    the baseline and the differences from it."""

    @given(studies())
    @settings(max_examples=examples(25), phases=NO_SHRINK)
    def test_each_row_is_what_the_indices_say(self, data: pl.DataFrame) -> None:
        rows = cdisc.analysis_rows(data, BOOK, baseline=FIRST)
        found = {(row["USUBJID"], row["PARAMCD"], row["ADT"]): row for row in rows.to_dicts()}
        assert len(found) == rows.height
        expected: set[tuple[Any, ...]] = set()
        for patient, history in frame.histories(data, BOOK).items():
            base = history.visits[0].bounds().exact
            steps = course(history, DEFAULT)
            since = since_baseline(history, Baseline.first())
            for step, beside in zip(steps, since, strict=True):
                when = step.visit.date
                total, clinical = step.visit.bounds(), step.visit.bounds(clinical=True)
                values: dict[str, Any] = {
                    "SLEDAI": total.exact,
                    "SLEDAIC": clinical.exact,
                    "SLEDLO": total.low,
                    "SLEDHI": total.high,
                    "SLEDCLO": clinical.low,
                    "SLEDCHI": clinical.high,
                }
                met = {"met": 1, "not_met": 0, "undetermined": None}
                values |= {name: met[one.verdict] for name, one in step.states.items()}
                flags = {n: met[one.verdict] for n, one in beside.responses.items()}
                values |= {f"SRI{n}": said for n, said in flags.items()}
                if beside.change is not None:
                    change, clinical_change = beside.change.total, beside.change.clinical
                    percent = beside.percent
                    values |= {
                        "SLCHGLO": change.low,
                        "SLCHGHI": change.high,
                        "SLCCHGLO": clinical_change.low,
                        "SLCCHGHI": clinical_change.high,
                        "SLPCTLO": percent and float(percent.low),
                        "SLPCTHI": percent and float(percent.high),
                    }
                expected |= {(patient, code, when) for code in values}
                for code, value in values.items():
                    row = found[patient, code, when]
                    assert row["AVAL"] == value
                    is_verdict = code in STATES or code.startswith("SRI")
                    said = {1: "Y", 0: "N"}.get(value) if is_verdict else None
                    assert row["AVALC"] == said
                    is_since = code.startswith(("SRI", "SLC", "SLP"))
                    assert row["ABLFL"] == ("Y" if beside.is_baseline else None)
                    assert not (is_since and beside.is_baseline)
                    assert row["ADY"] == beside.days + 1
                row = found[patient, "SLEDAI", when]
                assert row["BASE"] == base
                exact = None if beside.change is None else beside.change.total
                same = exact is not None and exact.low == exact.high
                assert row["CHG"] == (exact.low if exact and same else None)
                percent = beside.percent
                assert row["PCHG"] == (
                    pytest.approx(float(percent.low)) if percent and same else None
                )
                for place, n in enumerate(range(4, 9), 1):
                    assert row[f"CRIT{place}"] == f"SRI-{n}"
                    flag = {1: "Y", 0: "N"}.get(flags.get(n))  # type: ignore[arg-type]
                    assert row[f"CRIT{place}FL"] == flag
        assert expected == {*found}

    def test_without_a_baseline(self) -> None:
        data = visits(("A", 0, {"rash": True}), ("A", 9, {"rash": None}))
        rows = cdisc.analysis_rows(data, BOOK)
        assert rows["PARAMCD"].unique(maintain_order=True).to_list() == [
            *("SLEDAI", "SLEDAIC", "SLEDLO", "SLEDHI", "SLEDCLO", "SLEDCHI", "LLDAS", "DORIS")
        ]
        total = rows.filter(PARAMCD="SLEDAI")
        assert total["AVAL"].to_list() == [2.0, None]
        for empty in ("BASE", "CHG", "PCHG", "ABLFL", "CRIT1", "CRIT1FL", "ADY", "DTYPE"):
            assert rows[empty].null_count() == rows.height
        assert total.select("AVISIT", "AVISITN", "ANL01FL").rows() == [
            ("Visit 1", 1.0, "Y"),
            ("Visit 2", 2.0, "Y"),
        ]

    def test_a_patient_without_a_baseline(self) -> None:
        data = visits(("A", 0, {"rash": True}), ("B", 0, {}), mark=["baseline", "other"])
        rows = cdisc.analysis_rows(
            data, BOOK, baseline=frame.BaselineRows.marked({"mark": "baseline"})
        )
        assert rows.filter(USUBJID="B", PARAMCD="SLEDAI").select("AVAL", "BASE", "ADY").rows() == [
            (0.0, None, None)
        ]
        assert rows["PARAMCD"].n_unique() == 8

    def test_a_base_of_0_has_no_percentage(self) -> None:
        data = visits(("A", 0, {}), ("A", 9, {"rash": True}))
        rows = cdisc.analysis_rows(data, BOOK, baseline=FIRST).filter(PARAMCD="SLEDAI")
        assert rows.select("BASE", "CHG", "PCHG").rows() == [(0, None, None), (0, 2, None)]

    def test_days_from_the_reference(self) -> None:
        data = visits(("A", 0, {}), ("A", 9, {}), dose=["2024-01-03", "2024-01-03"])
        study = cdisc.Study(reference="dose")
        rows = cdisc.analysis_rows(data, BOOK, study, baseline=FIRST).filter(PARAMCD="SLEDAI")
        assert rows["ADY"].to_list() == [-2, 8]

    def test_visits_of_one_name_stand_for_none(self) -> None:
        data = visits(("A", 0, {}), ("A", 9, {}), ("A", 19, {}), visit=["first", "later", "later"])
        rows = cdisc.analysis_rows(data, BOOK, cdisc.Study(visit="visit")).filter(PARAMCD="SLEDAI")
        assert rows.select("AVISIT", "AVISITN", "ANL01FL").rows() == [
            ("first", None, "Y"),
            ("later", None, None),
            ("later", None, None),
        ]
        numbered = data.with_columns(number=pl.Series([1.0, 2.1, 2.1]))
        study = cdisc.Study(visit="visit", visit_number="number")
        rows = cdisc.analysis_rows(numbered, BOOK, study).filter(PARAMCD="SLEDAI")
        assert rows["AVISITN"].to_list() == [1, 2.1, 2.1]

    def test_other_states_and_editions(self) -> None:
        data = visits(("A", 0, {"seizure": True}), ("A", 9, {}))
        readings = Readings(states=("DORIS 2017 complete",))
        study = cdisc.Study(edition="SLEDAI_2K")
        rows = cdisc.analysis_rows(data, BOOK, study, baseline=FIRST, readings=readings)
        assert "D17C" in rows["PARAMCD"].to_list()
        assert rows["PARAM"][0] == "SLEDAI-2K: total score"
        assert rows["CRIT1"][0] == "SRI-4 (SLEDAI-2K)"
        with pytest.raises(InvalidInputError, match="edition"):
            cdisc.analysis_rows(data, BOOK, cdisc.Study(edition="SLEDAI_1992"), baseline=FIRST)

    def test_rows_of_sdtm_are_analyzed_as_their_visits(self) -> None:
        data = visits(("A", 0, {"seizure": True}), ("A", 9, {"rash": None}), ("B", 3, {}))
        rs = cdisc.tabulation_rows(data, BOOK, cdisc.Study(name="S1"), domain="RS")
        study = cdisc.Study(name="S1", visit_number="VISITNUM")
        book = cdisc.codebook("RS", keeping=["VISITNUM"])
        rows = cdisc.analysis_rows(rs, book, study, baseline=FIRST)
        assert rows.equals(cdisc.analysis_rows(data, BOOK, cdisc.Study(name="S1"), baseline=FIRST))

    def test_the_other_row_of_a_day_is_left_out(self) -> None:
        data = visits(("A", 0, {"seizure": True}), ("A", 0, {"rash": True}), ("A", 9, {}))
        book = BOOK.stating({"visit": {"same_day": "last"}})
        rows = cdisc.analysis_rows(data, book, baseline=FIRST)
        assert rows.filter(PARAMCD="SLEDAI").select("AVAL", "BASE").rows() == [(2, 2), (0, 2)]

    def test_columns_that_are_there_already(self) -> None:
        data = visits(("A", 0, {"rash": True}))
        twice = frame.by_visit(data, BOOK).with_columns(sledai_total=pl.lit(99))
        rows = cdisc.analysis_rows(twice, BOOK)
        assert rows.filter(PARAMCD="SLEDAI")["AVAL"].to_list() == [2.0]
        assert cdisc.analysis_rows(data.to_pandas(), BOOK).equals(rows)


class TestNothing:
    """A frame without rows has the variables of each data set, and no rows."""

    def test_each_data_set(self) -> None:
        data = visits(("A", 0, {})).clear()
        plan = cdisc.Plan(windows=TestPlan.WINDOWS, tie="later", missing="worst case")
        found = {
            "RS": cdisc.tabulation_rows(data, BOOK, domain="RS"),
            "QS": cdisc.tabulation_rows(data, BOOK, domain="QS"),
            "ADSLEDAI": cdisc.analysis_rows(data, BOOK, baseline=FIRST, plan=plan),
            "ADTTE": cdisc.event_rows(data, BOOK, baseline=FIRST, held=ONCE, start_is_day=0),
        }
        for name, rows in found.items():
            assert rows.height == 0
            assert rows.columns == [variable.name for variable in cdisc.variables(name)]


class TestPlan:
    """The visit closest to the target of a window stands for the planned one, and a missing answer
    counts by the way that is chosen, in a row that says so in DTYPE."""

    WINDOWS = (
        Window(name="Screening", target=-14, first=-28, last=-1),
        Window(name="Week 4", target=28, first=21, last=35),
        Window(name="Week 8", target=56, first=49, last=63),
        Window(name="Week 12", target=84, first=77, last=91),
    )
    SEEN: tuple[Row, ...] = (
        ("A", -10, {"seizure": True}),
        ("A", 0, {"seizure": True}),
        ("A", 22, {"seizure": True}),
        ("A", 27, {"seizure": True}),
        ("A", 40, {}),
        ("A", 84, {}),
        ("B", 0, {"rash": True}),
    )
    DATA = visits(*SEEN, mark=["", "baseline", "", "", "", "", ""], visit=["x"] * 7)
    BASELINE = frame.BaselineRows.marked({"mark": "baseline"})

    def rows(self, code: str, missing: Any = "open", *columns: str) -> list[tuple[Any, ...]]:
        plan = cdisc.Plan(windows=self.WINDOWS[::-1], tie="earlier", missing=missing)
        rows = cdisc.analysis_rows(self.DATA, BOOK, baseline=self.BASELINE, plan=plan)
        return rows.filter(PARAMCD=code, USUBJID="A").select(columns).rows()

    def test_which_visit_stands(self) -> None:
        """Day 28 from the baseline is study day 29, and day -1 is study day -1."""
        columns = ("ADY", "AVISIT", "AVISITN", "ANL01FL", "AWTARGET", "AWLO", "AWHI", "AWU")
        assert self.rows("SLEDAI", "open", *columns) == [
            (-10, "Screening", -1, "Y", -14, -28, -1, "DAYS"),
            (1, "Baseline", 0, "Y", None, None, None, None),
            (23, "Week 4", 1, None, 29, 22, 36, "DAYS"),
            (28, "Week 4", 1, "Y", 29, 22, 36, "DAYS"),
            (41, None, None, None, None, None, None, None),
            (85, "Week 12", 3, "Y", 85, 78, 92, "DAYS"),
        ]

    def test_windows_are_numbered_from_the_reference_as_days_are(self) -> None:
        """Day 1 is the 29th day from the baseline, so that day 28 from there is day -1."""
        data = visits(
            *(("A", 0, {}), ("A", 27, {}), ("A", 30, {}), ("B", 0, {}), ("B", 28, {})),
            dose=["", "2024-01-30", None, "", None],
        )
        windows = [Window(name="Week 4", target=28, first=21, last=35)]
        rows = cdisc.analysis_rows(
            data,
            BOOK,
            cdisc.Study(reference="dose"),
            baseline=FIRST,
            plan=cdisc.Plan(windows=windows, tie="earlier"),
        ).filter(PARAMCD="SLEDAI", AVISIT="Week 4")
        assert rows.select("USUBJID", "ADY", "AWTARGET", "AWLO", "AWHI", "AWU").rows() == [
            ("A", -2, -1, -8, 7, "DAYS"),
            ("A", None, -1, -8, 7, "DAYS"),
            ("B", None, None, None, None, None),
        ]

    @pytest.mark.parametrize(
        ("missing", "added"),
        [
            ("open", []),
            (
                "non-responder",
                [
                    ("Week 8", None, 0, "N", "Y", "NRI", 57),
                    ("Week 12", 85, 0, "N", "Y", "NRI", 85),
                ],
            ),
            (
                "worst case",
                [
                    ("Week 8", None, 0, "N", "Y", "WC", 57),
                    ("Week 12", 85, 0, "N", "Y", "WC", 85),
                ],
            ),
            (
                "last observation carried forward",
                [
                    ("Week 8", None, 0, "N", "Y", "LOCF", 57),
                    ("Week 12", 85, 0, "N", "Y", "LOCF", 85),
                ],
            ),
        ],
    )
    def test_what_a_missing_response_counts(self, missing: str, added: list[Any]) -> None:
        """The response at week 8 was missed, and is open at week 12 without BILAG letters."""
        columns = ("AVISIT", "ADY", "AVAL", "AVALC", "ANL01FL", "DTYPE", "AWTARGET")
        found = self.rows("SRI4", missing, *columns)
        assert [row for row in found if row[5]] == added
        flag = None if added else "Y"
        assert [row for row in found if not row[5]] == [
            ("Week 4", 23, 0, "N", None, None, 29),
            ("Week 4", 28, 0, "N", "Y", None, 29),
            (None, 41, None, None, None, None, None),
            ("Week 12", 85, None, None, flag, None, 85),
        ]

    def test_a_state_counts_at_windows_before_the_baseline_too(self) -> None:
        found = self.rows("LLDAS", "non-responder", "AVISIT", "AVAL", "DTYPE", "ANL01FL")
        assert found == [
            ("Screening", 0, None, "Y"),
            ("Baseline", 0, None, "Y"),
            ("Week 4", 0, None, None),
            ("Week 4", 0, None, "Y"),
            (None, None, None, None),
            ("Week 8", 0, "NRI", "Y"),
            ("Week 12", None, None, None),
            ("Week 12", 0, "NRI", "Y"),
        ]

    LOCF: Any = "last observation carried forward"

    def remission(self, *days: tuple[int, bool | None]) -> list[tuple[Any, ...]]:
        """The answers of DORIS carried forward, where it is met, not met or open on some days."""
        data = visits(
            *(("A", day, {"seizure": None if met is None else not met}) for day, met in days),
            physician_global=[0.1] * len(days),
            prednisone_mg_day=[0.0] * len(days),
            stable_treatment=[True] * len(days),
            mark=["baseline" if day == 0 else "" for day, _ in days],
        )
        plan = cdisc.Plan(windows=self.WINDOWS, tie="earlier", missing=self.LOCF)
        rows = cdisc.analysis_rows(data, BOOK, baseline=self.BASELINE, plan=plan)
        rows = rows.filter(PARAMCD="DORIS", DTYPE="LOCF")
        return rows.select("AVISIT", "AVALC", "ADY").rows()

    def test_the_baseline_stands_between_what_is_carried(self) -> None:
        found = self.remission((-10, True), (0, False), (56, None))
        assert found == [("Week 4", "N", None), ("Week 8", "N", 57), ("Week 12", "N", None)]
        found = self.remission((-10, False), (0, True))
        assert [answer for _, answer, _ in found] == ["Y", "Y", "Y"]
        assert self.remission((-10, True), (0, None), (28, None))[0] == ("Week 4", "Y", 29)

    def test_an_unplanned_visit_is_carried_too(self) -> None:
        found = self.remission((0, False), (28, True), (40, False), (56, None))
        assert found == [("Week 8", "N", 57), ("Week 12", "N", None)]

    def test_the_other_visit_of_a_window_is_carried_from_there_on(self) -> None:
        assert self.remission((0, False), (22, True), (27, None), (84, None)) == [
            ("Week 4", "Y", 28),
            ("Week 8", "Y", None),
            ("Week 12", "Y", 85),
        ]
        assert self.remission((0, False), (27, None), (35, True), (84, None)) == [
            ("Week 4", "N", 28),
            ("Week 8", "Y", None),
            ("Week 12", "Y", 85),
        ]

    @given(st.dictionaries(st.integers(-30, 95), st.sampled_from([True, False, None])))
    @settings(max_examples=examples(15), phases=NO_SHRINK)
    def test_what_is_carried_is_the_last_answer_before_it(
        self, said: dict[int, bool | None]
    ) -> None:
        said = {0: False, **said}
        expected: list[tuple[Any, ...]] = []
        for name, target, first, last in (
            ("Screening", -14, -28, -1),
            ("Week 4", 28, 21, 35),
            ("Week 8", 56, 49, 63),
            ("Week 12", 84, 77, 91),
        ):
            inside = [day for day in said if first <= day <= last]
            chosen = min(inside, key=lambda day: (abs(day - target), day), default=None)
            before = target if chosen is None else chosen
            known = [day for day, met in said.items() if day < before and met is not None]
            if known and (chosen is None or said[chosen] is None):
                day = None if chosen is None else chosen + 1 if chosen > 0 else chosen
                expected.append((name, "Y" if said[max(known)] else "N", day))
        assert self.remission(*said.items()) == expected

    def test_numbers_never_count_for_others(self) -> None:
        assert len(self.rows("SLEDAI", "non-responder", "AVAL")) == 6

    def test_nothing_before_it_carries_nothing(self) -> None:
        data = visits(("A", 0, {"seizure": True}), ("A", 28, {}))
        plan = cdisc.Plan(
            windows=self.WINDOWS, tie="later", missing="last observation carried forward"
        )
        rows = cdisc.analysis_rows(data, BOOK, baseline=FIRST, plan=plan)
        assert rows.filter(PARAMCD="SRI4")["DTYPE"].null_count() == 1

    @pytest.mark.parametrize(
        ("stated", "said"),
        [
            ({"windows": "Week 4"}, "windows: found str"),
            ({"windows": [28]}, "windows: found int; accepted: a Window each"),
            ({"missing": "zero"}, "missing: found 'zero'"),
            (
                {"windows": [Window(name="Baseline", target=2, first=1, last=3)]},
                "windows: found 'Baseline'; accepted: another name than that of the baseline",
            ),
        ],
    )
    def test_a_plan_that_is_none(self, stated: dict[str, Any], said: str) -> None:
        with pytest.raises(InvalidInputError, match=said):
            cdisc.Plan(**{"windows": self.WINDOWS, "tie": "earlier", **stated})

    def test_a_plan_needs_a_baseline(self) -> None:
        plan = cdisc.Plan(windows=self.WINDOWS, tie="earlier")
        with pytest.raises(InvalidInputError, match="baseline: found none beside a plan"):
            cdisc.analysis_rows(self.DATA, BOOK, plan=plan)
        with pytest.raises(InvalidInputError, match="plan: found str"):
            cdisc.analysis_rows(self.DATA, BOOK, plan="weekly")  # type: ignore[arg-type]
        with pytest.raises(InvalidInputError, match="tie: found 'both'"):
            cdisc.analysis_rows(
                self.DATA,
                BOOK,
                baseline=FIRST,
                plan=cdisc.Plan(windows=self.WINDOWS, tie="both"),  # type: ignore[arg-type]
            )


class TestEvents:
    """ADTTE: the rows of `sledai.indices.time_to_event`, with both ends of what is possible."""

    @given(studies(), st.sampled_from([ONCE, Held(visits=2, dated="confirmation")]))
    @settings(max_examples=examples(20), phases=NO_SHRINK)
    def test_each_row_is_that_of_the_function(self, data: pl.DataFrame, held: Held) -> None:
        rows = cdisc.event_rows(data, BOOK, baseline=FIRST, held=held, start_is_day=0)
        expected: list[tuple[Any, ...]] = []
        start = Baseline.first()
        for patient, history in frame.histories(data, BOOK).items():
            found = {"FLARE": time_to_flare(history, start)}
            found["SEVFL"] = time_to_flare(history, start, severe=True)
            for n in range(4, 9):
                found[f"SRI{n}"] = time_to_response(history, start, n=n, held=held)
            for state in ("LLDAS", "DORIS"):
                found[state] = time_to_state(history, start, state, held=held)
                if (lost := time_to_loss(history, start, state)) is not None:
                    found[f"X{state}"] = lost
            number = 0
            for code, one in found.items():
                for end, row in (
                    ("E", one.row(bound="earliest", start_is_day=0)),
                    ("L", one.row(bound="latest", start_is_day=0)),
                ):
                    number += 1
                    ends = (row.STARTDT, row.ADT, row.AVAL, row.CNSR, row.EVNTDESC)
                    expected.append((patient, number, f"{code}{end}", *ends))
        columns = ("USUBJID", "ASEQ", "PARAMCD", "STARTDT", "ADT", "AVAL", "CNSR", "EVNTDESC")
        assert rows.select(columns).rows() == expected
        assert rows.select("PARAMCD", "PARAM").n_unique() == rows["PARAMCD"].n_unique()
        assert rows["AVALU"].unique().to_list() == ["DAYS"]

    def test_the_loss_of_a_state_runs_from_reaching_it(self) -> None:
        """Remission at days 9 and 19, and a dose that is too high at day 29."""
        data = visits(
            *(("A", day, {}) for day in (0, 9, 19, 29)),
            physician_global=[1.0, 0.0, 0.0, 0.0],
            prednisone_mg_day=[20.0, 5.0, 5.0, 20.0],
            stable_treatment=[True] * 4,
        )
        rows = cdisc.event_rows(data, BOOK, baseline=FIRST, held=ONCE, start_is_day=0)
        found = rows.filter(pl.col("PARAMCD").str.contains("DORIS"))
        assert found.select("PARAMCD", "PARAM", "STARTDT", "AVAL", "CNSR").rows() == [
            ("DORISE", "time to DORIS, earliest", date(2024, 1, 1), 9, 0),
            ("DORISL", "time to DORIS, latest", date(2024, 1, 1), 9, 0),
            ("XDORISE", "time to loss of DORIS, earliest", date(2024, 1, 10), 20, 0),
            ("XDORISL", "time to loss of DORIS, latest", date(2024, 1, 10), 20, 0),
        ]

    def test_nobody_has_a_baseline(self) -> None:
        data = visits(("A", 0, {}), mark=["other"])
        rows = cdisc.event_rows(
            data,
            BOOK,
            cdisc.Study(name="S1"),
            baseline=frame.BaselineRows.marked({"mark": "baseline"}),
            held=ONCE,
            start_is_day=1,
        )
        assert rows.height == 0
        assert rows.columns == [variable.name for variable in cdisc.variables("ADTTE")]

    @pytest.mark.parametrize(
        ("change", "said"),
        [
            ({"baseline": None}, "baseline: found NoneType; accepted: BaselineRows"),
            ({"held": 2}, "held: found int; accepted: a Held"),
            ({"start_is_day": 2}, "start_is_day: found 2; accepted: 0, 1"),
        ],
    )
    def test_what_is_refused(self, change: dict[str, Any], said: str) -> None:
        arguments: dict[str, Any] = {"baseline": FIRST, "held": ONCE, "start_is_day": 1, **change}
        with pytest.raises(InvalidInputError, match=said):
            cdisc.event_rows(visits(("A", 0, {})), BOOK, **arguments)
