"""Pictures of cohorts and of audits: from frames of every engine, by hand and by property."""

import re
from collections import Counter
from datetime import date, timedelta
from pathlib import Path
from typing import Any
from xml.etree import ElementTree as ET

import polars as pl
import pytest
from engines import ENGINES
from hypothesis import Phase, given, settings
from hypothesis import strategies as st
from strategies import assessments

from examples import examples
from sledai import SEROLOGIC, Assessment, Descriptor, InvalidInputError, score_bounds
from sledai.codebook import Codebook
from sledai.frame import BaselineRows
from sledai.indices.course import course
from sledai.indices.states import Readings
from sledai.pictures import CohortKind, Picture, audit, cohort
from sledai.visits import History, Visit
from sledai.visits.change import change_of

pytestmark = pytest.mark.filterwarnings(
    "ignore:Dask support is moving out of Narwhals:FutureWarning",
    "ignore::ResourceWarning",  # sockets of py4j
)

ROOT = Path(__file__).parents[1] / "examples"
KINDS: list[CohortKind] = ["heatmap", "distribution", "prevalence", "swimmer", "waterfall"]
BOOK = Codebook(
    visit={"subject": "id", "date": "seen"},
    descriptors={"absent": set(Descriptor) - {"rash", "arthritis", "fever"}},
)
VISITS = pl.DataFrame(
    {
        "id": ["B", "A", "A", "C", "B"],
        "seen": ["2024-03-01", "2024-02-01", "2024-01-01", "2024-01-05", "2024-01-01"],
        "rash": [True, False, True, None, False],
        "arthritis": [None, True, True, None, True],
        "fever": [False, False, False, None, False],
    }
)
# By hand: A has 6, then 4; B has 4, then 2 to 6; C 0 to 7, once.


@pytest.fixture(scope="module")
def example() -> tuple[pl.DataFrame, Codebook]:
    return pl.read_csv(ROOT / "visits.csv"), Codebook.load(ROOT / "visits.toml")


def rows(picture: Picture, rows_of: str, /, *fields: str, **where: object) -> list[tuple[Any, ...]]:
    return [
        tuple(row[field] for field in fields)
        for row in picture.data.get(rows_of, [])
        if all(row[name] == value for name, value in where.items())
    ]


class TestByHand:
    """Each kind of picture draws what was counted by hand."""

    def test_heatmap(self) -> None:
        picture = cohort(VISITS, BOOK)
        assert rows(picture, "visits", "patient", "visit", "low", "high", "said") == [
            ("B", 1, 4, 4, "4"),
            ("B", 2, 2, 6, "2 to 6"),
            ("A", 1, 6, 6, "6"),
            ("A", 2, 4, 4, "4"),
            ("C", 1, 0, 7, "0 to 7"),
        ]
        assert picture.description == (
            "3 patients, 5 visits. The total of 2 is open. The highest that is certain is 6."
        )

    def test_distribution(self) -> None:
        picture = cohort(VISITS, BOOK, kind="distribution")
        assert rows(picture, "totals", "total", "visits") == [(4, 2), (6, 1)]
        assert rows(picture, "open", "low", "high", "visits") == [(0, 7, 1), (2, 6, 1)]

    def test_visits_of_one_range(self) -> None:
        twice = pl.concat([VISITS, VISITS.with_columns(pl.col("id") + "2")])
        picture = cohort(twice, BOOK, kind="distribution")
        assert rows(picture, "open", "said", "visits") == [
            ("0 to 7, 2 visits", 2),
            ("2 to 6, 2 visits", 2),
        ]

    def test_prevalence(self) -> None:
        picture = cohort(VISITS, BOOK, kind="prevalence")
        fields = ("present", "not_assessed", "low", "high", "said")
        assert rows(picture, "descriptors", *fields, descriptor="Rash") == [
            (2, 1, 40, 60, "2 present, 1 not assessed")
        ]
        assert rows(picture, "descriptors", *fields, descriptor="Arthritis") == [
            (3, 2, 60, 100, "3 present, 2 not assessed")
        ]
        assert rows(picture, "descriptors", *fields, descriptor="Seizure") == [
            (0, 0, 0, 0, "0 present")
        ]
        assert len(picture.data["descriptors"]) == 24

    def test_swimmer(self) -> None:
        quiet = VISITS.with_columns(
            pl.lit(0).alias("physician_global"),
            pl.lit(0).alias("prednisone_mg_day"),
            pl.lit(value=True).alias("stable_treatment"),
            pl.lit(value=False).alias("on"),
        )
        picture = cohort(quiet, BOOK, kind="swimmer", readings=Readings(states=("DORIS",)))
        # A clinical score of 0 is asked for, which C alone can have.
        assert rows(picture, "visits", "patient", "day", "said") == [
            ("B", 0, "no"),
            ("B", 60, "no"),
            ("A", 0, "no"),
            ("A", 31, "no"),
            ("C", 0, "open"),
        ]
        assert rows(picture, "spans", "patient", "day", "until", "said") == [
            ("B", 0, 60, "no"),
            ("A", 0, 31, "no"),
        ]

    def test_time_in_one_lane(self) -> None:
        """What stays the same from visit to visit is one span."""
        seen = [f"2024-01-{day:02}" for day in (1, 11, 21, 31)]
        visits = pl.DataFrame({"id": "A", "seen": seen, "rash": [True, True, None, True]})
        visits = visits.with_columns(
            pl.lit(0).alias("physician_global"),
            pl.lit(0).alias("prednisone_mg_day"),
            pl.lit(value=True).alias("stable_treatment"),
            arthritis=False,
            fever=False,
        )
        picture = cohort(visits, BOOK, kind="swimmer", readings=Readings(states=("DORIS",)))
        assert rows(picture, "spans", "day", "until", "said") == [(0, 20, "no"), (20, 30, "open")]

    def test_waterfall(self) -> None:
        picture = cohort(VISITS, BOOK, kind="waterfall")
        assert rows(picture, "changes", "patient", "low", "high", "said") == [
            ("B", -2, 2, "-2 to +2"),
            ("A", -2, -2, "-2"),
        ]
        lines = picture.spec["title"]["subtitle"]
        assert lines[1] == "Not drawn: 1 patient without a visit after a baseline"
        by_date = cohort(
            VISITS, BOOK, kind="waterfall", baseline=BaselineRows.last_by("2023-01-01")
        )
        assert rows(by_date, "changes", "patient") == []

    def test_of_the_examples(self, example: tuple[pl.DataFrame, Codebook]) -> None:
        picture = cohort(*example, kind="waterfall")
        assert rows(picture, "changes", "patient", "said") == [
            ("P06", "-2 to +20"),
            ("P07", "-1 to +3"),
            ("P09", "-2"),
            ("P08", "-4"),
            ("P03", "-6 to -4"),
            ("P05", "-9"),
            ("P01", "-12"),
            ("P02", "-18"),
            ("P04", "-23"),
        ]
        found = cohort(*example).data["visits"]
        assert [row["said"] for row in found if row["patient"] == "P02"] == [
            "30",
            "18",
            "4 to 20",
            "10",
            "4",
            "12",
        ]


@st.composite
def cohorts(draw: st.DrawFn) -> list[list[Assessment]]:
    return draw(st.lists(st.lists(assessments(), min_size=1, max_size=4), min_size=1, max_size=4))


DAYS = 40


def frame_of(patients: list[list[Assessment]]) -> pl.DataFrame:
    return pl.DataFrame(
        [
            {
                "id": f"P{n}",
                "seen": date(2024, 1, 1) + timedelta(DAYS * visit),
                **{d.value: getattr(one, d) for d in Descriptor},
            }
            for n, patient in enumerate(patients)
            for visit, one in enumerate(patient)
        ],
        schema_overrides=dict.fromkeys(Descriptor, pl.Boolean),
    )


WHOLE = Codebook(visit={"subject": "id", "date": "seen"})


class TestProperty:
    """What is drawn of a cohort is what the core says of each visit by itself."""

    @settings(max_examples=examples(30), phases=[Phase.generate], deadline=None)
    @given(cohorts())
    def test_of_any_cohort(self, patients: list[list[Assessment]]) -> None:
        df = frame_of(patients)
        visits = [one for patient in patients for one in patient]
        bounds = [score_bounds(one) for one in visits]
        assert rows(cohort(df, WHOLE), "visits", "low", "high") == [(b.low, b.high) for b in bounds]
        distribution = cohort(df, WHOLE, kind="distribution")
        counts = Counter((b.low, b.high) for b in bounds)
        exact = {(total, total): n for total, n in rows(distribution, "totals", "total", "visits")}
        open_ = {
            (low, high): n for low, high, n in rows(distribution, "open", "low", "high", "visits")
        }
        assert exact | open_ == counts
        prevalence = cohort(df, WHOLE, kind="prevalence")
        assert rows(prevalence, "descriptors", "present", "not_assessed") == [
            (sum(d in one.present for one in visits), sum(d in one.not_assessed for one in visits))
            for d in Descriptor
        ]
        changes = {
            f"P{n}": (change.low, change.high)
            for n, patient in enumerate(patients)
            if len(patient) > 1
            for change in (change_of(patient[0], patient[-1]).total,)
        }
        drawn = rows(cohort(df, WHOLE, kind="waterfall"), "changes", "patient", "low", "high")
        assert {patient: (low, high) for patient, low, high in drawn} == changes
        sums = [low + high for _, low, high in drawn]
        assert sums == sorted(sums, reverse=True)

    @settings(max_examples=examples(15), phases=[Phase.generate], deadline=None)
    @given(cohorts(), st.sampled_from(["until the next visit", "at both ends"]))
    def test_time_in_states(self, patients: list[list[Assessment]], carry: Any) -> None:
        readings = Readings(carry=carry)
        picture = cohort(frame_of(patients), WHOLE, kind="swimmer", readings=readings)
        for n, patient in enumerate(patients):
            followed = course(
                History.of(
                    Visit(date=date(2024, 1, 1) + timedelta(DAYS * visit), assessment=one)
                    for visit, one in enumerate(patient)
                ),
                readings,
            )
            for state in readings.states if len(patient) > 1 else ():
                time = followed.time_in(state)
                spans = rows(picture, "spans", "said", "day", "until", patient=f"P{n}", state=state)
                days = dict.fromkeys(("yes", "open", "no"), 0)
                for said, start, end in spans:
                    days[said] += end - start
                assert (days["yes"], days["yes"] + days["open"]) == (time.low, time.high)


class TestEngines:
    """A picture is the same from a frame of any engine."""

    @pytest.mark.parametrize("name", ENGINES)
    def test_cohorts(self, name: str) -> None:
        engine = ENGINES[name]
        for kind in KINDS:
            assert drawn(engine.make(VISITS), kind) == drawn(VISITS, kind)

    @pytest.mark.parametrize("name", ENGINES)
    def test_audits(self, name: str) -> None:
        made = ENGINES[name].make(RECORDED)
        assert audit(made, SCORES).data == audit(RECORDED, SCORES).data


def drawn(df: Any, kind: CohortKind) -> list[tuple[str, list[tuple[str, Any]]]]:
    """Give what is drawn, in an order of its own: engines may have another order of rows."""
    picture = cohort(df, BOOK, kind=kind)
    return sorted(
        (what, sorted(row.items())) for what, found in picture.data.items() for row in found
    )


RECORDED = VISITS.select("rash", "arthritis", "fever").with_columns(
    total=pl.Series([4, 4, 9, None, 4]), clinical=pl.Series([4, 4, 6, 3, None])
)
SCORES = Codebook(
    descriptors={"absent": set(Descriptor) - {"rash", "arthritis", "fever"}},
    recorded={"total": "total", "clinical": "clinical"},
)


class TestAudit:
    """Recorded scores stand against computed ones, and what is open is a range."""

    def test_by_hand(self) -> None:
        picture = audit(RECORDED, SCORES)
        fields = ("recorded", "low", "high", "nearest", "difference", "agreement", "visits")
        # Computed: 2 to 6, 4, 6, 0 to 7, 4; points of rash 2, of arthritis 4, of fever 1.
        assert rows(picture, "scores", *fields, check="total") == [
            (4, 2, 6, 4, "", "disagrees", 1),  # between the two that are possible
            (4, 4, 4, 4, "", "agrees", 2),
            (9, 6, 6, 6, "+3", "disagrees", 1),
        ]
        assert rows(picture, "scores", *fields, check="clinical") == [
            (3, 0, 7, 3, "", "possible", 1),
            (4, 2, 6, 4, "", "disagrees", 1),
            (4, 4, 4, 4, "", "agrees", 1),
            (6, 6, 6, 6, "", "agrees", 1),
        ]
        assert rows(picture, "scores", *fields, check="serologic") == [
            (0, 0, 0, 0, "", "agrees", 2),
            (3, 0, 0, 0, "+3", "disagrees", 1),
        ]
        assert rows(picture, "equal", "score", check="total") == [(0,), (9,)]
        assert picture.spec["title"]["subtitle"] == [
            "5 visits",
            "total: 2 agree, 2 disagree, 1 not recorded",
            "clinical: 2 agree, 1 possible, 1 disagree, 1 not recorded",
            "serologic: 2 agree, 1 disagree, 2 not recorded",
        ]

    def test_of_the_examples(self) -> None:
        book = Codebook(recorded={"total": "recorded_total"})
        picture = audit(pl.read_csv(ROOT / "recorded.csv"), book)
        assert picture.spec["title"]["subtitle"][1] == "total: 12 agree, 2 possible, 2 disagree"
        fields = ("recorded", "said", "difference")
        assert rows(picture, "scores", *fields, agreement="disagrees") == [
            (6, "4", "+2"),
            (8, "9", "-1"),
        ]
        assert rows(picture, "scores", *fields, agreement="possible") == [
            (10, "6 to 10", ""),
            (12, "4 to 20", ""),
        ]
        assert picture.svg().count(">+2<") == 2  # one, and an edge below it

    def test_axes_are_the_same(self) -> None:
        """A range that is long does not press what agrees to the side."""
        nothing = Assessment.of(not_assessed=Descriptor)
        visits = frame_of([[Assessment.of(present={"rash"})], [nothing]])
        book = Codebook(recorded={"total": "total"})
        picture = audit(visits.with_columns(total=pl.Series([2, 4])), book)
        (panel,) = picture.spec["vconcat"][0]["hconcat"]
        scales = [
            one["encoding"][axis]["scale"]["domain"]
            for one in panel["layer"]
            for axis in ("x", "y")
        ]
        assert {tuple(scale) for scale in scales} == {(0, 12)}
        assert panel["width"] == panel["height"]
        assert "beyond the axis" in picture.svg()
        assert "beyond the axis" not in audit(RECORDED, SCORES).svg()

    def test_of_many_that_disagree_the_differences_are_not_written(self) -> None:
        many = pl.DataFrame({"rash": [True] * 30, "total": range(100, 130)})
        book = Codebook(
            descriptors={"absent": set(Descriptor) - {"rash"}}, recorded={"total": "total"}
        )
        assert "+98" not in audit(many, book).svg()

    def test_without_a_recorded_score(self) -> None:
        nothing = RECORDED.with_columns(pl.lit(None, pl.Int64).alias("total"))
        absent = {"absent": set(Descriptor) - set(RECORDED.columns)}
        book = Codebook(descriptors=absent, recorded={"total": "total"})
        with pytest.raises(InvalidInputError, match="recorded scores: found none"):
            audit(nothing, book)


class TestCohort:
    def test_of_many_each_is_a_line_without_a_name(self) -> None:
        many = pl.concat(VISITS.with_columns(pl.col("id") + f" {n}") for n in range(20))
        for kind in KINDS:
            svg = cohort(many, BOOK, kind=kind).svg()
            assert "60 patients" in svg
            assert "A 1" not in svg

    def test_of_many_ranges_none_has_a_number(self) -> None:
        answers = [
            Assessment.of(present=list(Descriptor)[:n], not_assessed=SEROLOGIC) for n in range(18)
        ]
        answers += [Assessment.of(not_assessed=list(Descriptor)[:n]) for n in range(1, 18)]
        picture = cohort(frame_of([[one] for one in answers]), WHOLE, kind="distribution")
        assert len(picture.data["open"]) > 25
        assert "0 to 8" not in picture.svg()

    def test_of_many_ranges_each_is_as_high_as_it_has_visits(self) -> None:
        answers = [Assessment.of(present=list(Descriptor)[:n]) for n in range(1, 14)]
        answers += [Assessment.of(not_assessed=list(Descriptor)[:n]) for n in range(1, 25)]
        answers += [Assessment.of(present={"rash"}, not_assessed=SEROLOGIC)] * 24
        answers += [Assessment.of(present={"rash"}, not_assessed={"fever"})] * 48
        picture = cohort(frame_of([[one] for one in answers]), WHOLE, kind="distribution")
        assert len(picture.data["open"]) == 26
        heights = sorted(
            abs(float(found[1]))
            for path in ET.fromstring(picture.svg()).iter("{http://www.w3.org/2000/svg}path")  # noqa: S314
            if path.get("opacity") == "0.55"
            and (found := re.search(r"v(-?[\d.]+)", path.get("d", "")))
        )
        # 96 visits on 190 points.
        assert heights == pytest.approx([190 / 96] * 24 + [190 / 4, 190 / 2], abs=0.01)
        assert rows(picture, "open", "before", "visits")[:2] == [(0, 1), (1, 1)]

    def test_of_many_what_is_open_is_a_dash(self) -> None:
        """It lies in its cell, two fifths of its width."""
        many = pl.concat(VISITS.with_columns(pl.col("id") + f" {n}") for n in range(20))
        dashes = [
            path.get("d", "")
            for path in ET.fromstring(cohort(many, BOOK).svg()).iter(  # noqa: S314
                "{http://www.w3.org/2000/svg}path"
            )
            if path.get("d", "").endswith("h20v1h-20Z")
        ]
        assert len(dashes) == 40

    def test_of_many_who_has_no_span_is_counted(self) -> None:
        many = pl.concat(VISITS.with_columns(pl.col("id") + f" {n}") for n in range(20))
        assert "Not drawn: 20 patients with one visit" in cohort(many, BOOK, kind="swimmer").svg()
        assert "Not drawn" not in cohort(VISITS, BOOK, kind="swimmer").svg()

    def test_titles_of_states_keep_apart(self) -> None:
        states = ("LLDAS", "DORIS 2017 on treatment", "DORIS 2017 complete", "cCR")
        picture = cohort(VISITS, BOOK, kind="swimmer", readings=Readings(states=states))
        columns = picture.spec["vconcat"][0]["hconcat"]
        assert [one["title"]["text"] for one in columns] == list(states)
        assert {one["width"] for one in columns} == {7 * len("DORIS 2017 on treatment")}

    def test_a_change_beyond_the_axis_ends_in_an_arrow(self) -> None:
        whole, nothing = Assessment.of(present={"rash"}), Assessment.of(not_assessed=Descriptor)
        picture = cohort(frame_of([[whole, nothing], [whole, whole]]), WHOLE, kind="waterfall")
        assert rows(picture, "changes", "low", "high") == [(-2, 103), (0, 0)]
        assert "beyond the axis" in picture.svg()
        assert "beyond the axis" not in cohort(VISITS, BOOK, kind="waterfall").svg()

    def test_a_legend_says_what_is_there(self) -> None:
        exact = cohort(VISITS.drop_nulls(), BOOK).svg()
        unknown = cohort(VISITS.with_columns(rash=pl.lit(None, pl.Boolean)), BOOK).svg()
        assert ("role-legend" in exact, "lowest to highest" in exact) == (True, False)
        assert ("role-legend" in unknown, "lowest to highest" in unknown) == (False, True)

    def test_names_that_look_alike_stay_apart(self) -> None:
        long = VISITS.with_columns(
            (pl.lit("a patient of a very long name ") + pl.col("id")).alias("id")
        )
        picture = cohort(long, BOOK)
        assert list(dict.fromkeys(name for (name,) in rows(picture, "visits", "patient"))) == [
            "a patient of a very long ...",
            "a patient of a very long ... (2)",
            "a patient of a very long ... (3)",
        ]

    def test_names_are_text(self) -> None:
        hostile = VISITS.with_columns(
            pl.col("id").replace({"A": "<script>alert(1)</script>", "B": "x\u202e\x00"})
        )
        for kind in KINDS:
            picture = cohort(hostile, BOOK, kind=kind)
            assert "<script" not in picture.svg()
            assert picture.html().count("<script") == cohort(VISITS, BOOK).html().count("<script")
        assert "x\\u202e\\x00" in [
            name for (name,) in rows(cohort(hostile, BOOK), "visits", "patient")
        ]

    def test_one_visit_and_none(self) -> None:
        for kind in KINDS:
            picture = cohort(VISITS.filter(pl.col("id") == "C"), BOOK, kind=kind)
            assert "1 patient, 1 visit" in picture.svg()
            with pytest.raises(
                InvalidInputError, match="visits: found none; accepted: one at leas"
            ):
                cohort(VISITS.clear(), BOOK, kind=kind)

    def test_everything_is_absent(self) -> None:
        quiet = VISITS.with_columns(pl.lit(value=False).alias(n) for n in ("rash", "arthritis"))
        quiet = quiet.with_columns(pl.lit(value=False).alias("fever"))
        for kind in KINDS:
            cohort(quiet, BOOK, kind=kind).svg()
        assert set(cohort(quiet, BOOK, kind="distribution").data) == {"totals"}

    def test_two_visits_of_a_day(self) -> None:
        twice = pl.concat([VISITS, VISITS.with_columns(rash=True)])
        with pytest.raises(InvalidInputError, match="one patient twice on 2024-01-01"):
            cohort(twice, BOOK)
        last = BOOK.stating({"visit": {"same_day": "last"}})
        assert rows(cohort(twice, last, kind="prevalence"), "descriptors", "present", "visits") == [
            (0, 5) if d not in {"rash", "arthritis"} else ({"rash": 5, "arthritis": 3}[d], 5)
            for d in Descriptor
        ]

    def test_wrong_arguments(self) -> None:
        with pytest.raises(InvalidInputError, match="kind: found 'pie'; accepted: heatmap, "):
            cohort(VISITS, BOOK, kind="pie")  # type: ignore[arg-type]
        with pytest.raises(InvalidInputError, match="expected a data frame"):
            cohort([1, 2], BOOK)
        with pytest.raises(InvalidInputError, match="states: found none; accepted: one at least"):
            cohort(VISITS, BOOK, kind="swimmer", readings=Readings(states=()))
