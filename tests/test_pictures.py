"""A patient's course as a picture, and what becomes of a picture: SVG, PNG, HTML."""

import importlib
import json
import re
import sys
from collections.abc import Callable
from datetime import date, timedelta
from pathlib import Path
from typing import Any
from xml.etree import ElementTree as ET

import polars as pl
import pytest
from hypothesis import Phase, given, settings
from hypothesis import strategies as st
from quiet_visits import visit
from strategies import assessments

from examples import examples
from sledai import SEROLOGIC, ActivityRule, Assessment, Descriptor, InvalidInputError, __version__
from sledai.codebook import Codebook
from sledai.definitions import Edition
from sledai.errors import MissingExtraError
from sledai.frame import histories
from sledai.indices.course import course as followed_course
from sledai.indices.states import Readings
from sledai.pictures import PICTURE_FORMATS, Picture, course
from sledai.pictures import picture as picture_module
from sledai.pictures.style import Symbol, legend
from sledai.trials.nct05765006 import ACTIVITY_RULE
from sledai.visits import History, Visit

ROOT = Path(__file__).parents[1] / "examples"
SVG = "{http://www.w3.org/2000/svg}"
HOSTILE = [
    "<script>alert(1)</script>",
    "</script><script>alert(1)</script>",
    "P\u202e10",
    "P\x00\x1f",
    "&amp; ' \" ` ${x} \\u003c",
    "datum.x",
    "\ud800",
]


@pytest.fixture(scope="module")
def patients() -> dict[object, History]:
    visits = pl.read_csv(ROOT / "visits.csv")
    return histories(visits, Codebook.load(ROOT / "visits.toml"))


def rows(picture: Picture, rows_of: str, /, *fields: str, **where: object) -> list[tuple[Any, ...]]:
    return [
        tuple(row[field] for field in fields)
        for row in picture.data.get(rows_of, [])
        if all(row[name] == value for name, value in where.items())
    ]


def parsed(svg: str) -> ET.Element:
    return ET.fromstring(svg)  # noqa: S314 - made here


def texts(svg: str) -> list[str]:
    return [" ".join(one.itertext()) for one in parsed(svg).iter(f"{SVG}text")]


class TestValues:
    """What is drawn of two patients of the examples is what their rows say, counted by hand."""

    def test_scores(self, patients: dict[object, History]) -> None:
        picture = course(patients["P02"], name="P02")
        assert rows(picture, "scores", "date", "low", "high", "exact", score="total") == [
            ("2024-02-06", 30, 30, 30),
            ("2024-03-05", 18, 18, 18),
            ("2024-04-30", 4, 20, None),
            ("2024-07-09", 10, 10, 10),
            ("2024-10-08", 4, 4, 4),
            ("2025-02-20", 12, 12, 12),
        ]
        assert rows(picture, "scores", "low", "high", score="clinical") == [
            (26, 26),
            (14, 14),
            (0, 16),
            (8, 8),
            (0, 0),
            (8, 8),
        ]

    def test_a_visit_at_which_nothing_was_assessed(self, patients: dict[object, History]) -> None:
        picture = course(patients["P07"], name="P07")
        fields = ("low", "high", "exact", "said")
        assert rows(picture, "scores", *fields, date="2024-09-24") == [
            (0, 105, None, "0 to 105"),
            (0, 101, None, "0 to 101"),
        ]
        assert rows(picture, "doses", "date", "mg_day", "said") == [
            ("2024-06-04", 7.5, "7.5"),
            ("2024-07-02", 7.5, "7.5"),
            ("2024-09-24", None, "open"),
            ("2024-12-10", 10, "10"),
        ]
        told = {name for (name,) in rows(picture, "descriptors", "descriptor")}
        assert told == {
            "Arthritis (4)",
            "Rash (2)",
            "Mucosal ulcers (2)",
            "Low complement (2)",
            "Increased DNA binding (2)",
            "Fever (1)",
        }

    def test_flares_and_doses(self, patients: dict[object, History]) -> None:
        picture = course(patients["P02"], name="P02")
        assert rows(picture, "flares", "date", "said") == [
            ("2024-03-05", "mild/moderate or severe"),  # 20, then 40 mg a day
            ("2024-04-30", "open"),
            ("2024-07-09", "open"),
            ("2024-10-08", "open"),
            ("2025-02-20", "mild/moderate or severe"),  # a total of 4, then of 12
        ]
        assert [dose for (dose,) in rows(picture, "doses", "mg_day")] == [
            20,
            40,
            20,
            12.5,
            7.5,
            7.5,
        ]

    def test_states(self, patients: dict[object, History]) -> None:
        picture = course(patients["P07"], name="P07")
        assert rows(picture, "spans", "date", "until", "said", what="LLDAS") == [
            ("2024-06-04", "2024-07-02", "no"),
            ("2024-07-02", "2024-09-24", "no"),
            ("2024-09-24", "2024-12-10", "open"),
        ]
        assert [said for (said,) in rows(picture, "states", "said", what="DORIS")] == [
            "no",
            "no",
            "open",
            "no",
        ]

    def test_descriptors(self, patients: dict[object, History]) -> None:
        picture = course(patients["P02"], name="P02")
        assert rows(picture, "descriptors", "date", "said", descriptor="Hematuria (4)") == [
            ("2024-02-06", "present"),
            ("2024-03-05", "present"),
            ("2024-04-30", "not assessed"),
            ("2024-07-09", "present"),
            ("2024-10-08", "absent"),
            ("2025-02-20", "present"),
        ]
        assert not rows(picture, "descriptors", "said", descriptor="Seizure (8)")
        assert set(rows(picture, "descriptors", "system", descriptor="Hematuria (4)")) == {
            ("renal",)
        }

    def test_quiet_visits(self) -> None:
        visits = [visit(0, "rash", weight_kg=None), visit(30), visit(60, "seizure")]
        picture = course(History.of(visits), Readings(states=("DORIS",)))
        assert rows(picture, "flares", "said") == [("none",), ("mild/moderate",)]
        assert rows(picture, "states", "said") == [("no",), ("yes",), ("no",)]
        assert rows(picture, "spans", "said") == [("no",), ("yes",)]
        assert rows(picture, "descriptors", "descriptor", "said") == [
            ("Seizure (8)", "absent"),
            ("Seizure (8)", "absent"),
            ("Seizure (8)", "present"),
            ("Rash (2)", "present"),
            ("Rash (2)", "absent"),
            ("Rash (2)", "absent"),
        ]

    def test_days_in_place_of_dates(self) -> None:
        history = History.of([visit(0), visit(30)])
        picture = course(history, since=date(2024, 1, 1))
        assert rows(picture, "scores", "day", score="total") == [(0,), (30,)]
        assert rows(picture, "spans", "day", "until", what="DORIS") == [(0, 30)]
        assert "2024" not in json.dumps(picture.data)
        assert "2 visits, day 0 to day 30" in picture.svg()

    def test_one_visit(self) -> None:
        picture = course(History.of([Visit(date=date(2024, 1, 16), total_score=8)]), name="P01")
        assert rows(picture, "scores", "low", "high") == [(8, 8), (4, 8)]
        assert set(picture.data) == {"scores", "states"}
        assert "SLEDAI total and clinical score; 1 visit, 2024-01-16" in texts(picture.svg())

    def test_nothing_but_a_date_and_no_state(self) -> None:
        picture = course(History.of([Visit(date=date(2024, 1, 16))]), Readings(states=()))
        assert set(picture.data) == {"scores"}
        assert "0 to 105" in texts(picture.svg())

    def test_a_course_that_is_judged_already(self) -> None:
        history = History.of([visit(0), visit(30)])
        readings = Readings(carry="at both ends")
        assert course(followed_course(history, readings)).data == course(history, readings).data


class TestThresholds:
    """A rule adds a line at each threshold on a score that is drawn, and at no other."""

    HISTORY = History.of([visit(0, "arthritis")])

    def said(self, **asked: Any) -> list[str]:
        rule = ActivityRule(name="example", edition=Edition.SELENA, **asked)
        picture = course(self.HISTORY, rule=rule)
        assert f"Rule example: {rule}." in " ".join(notes(picture))
        return [said for (said,) in rows(picture, "thresholds", "said")]

    def test_of_the_trial(self) -> None:
        picture = course(self.HISTORY, rule=ACTIVITY_RULE)
        assert rows(picture, "thresholds", "score", "at", "said") == [
            ("total", 8, "total >= 8"),
            ("clinical", 6, "clinical >= 6"),
        ]
        assert {"total >= 8", "clinical >= 6"} <= set(texts(picture.svg()))
        assert not rows(course(self.HISTORY), "thresholds", "at")

    def test_of_others(self) -> None:
        assert self.said(least_total=6) == ["total >= 6"]
        assert self.said(most_total=40) == ["total <= 40"]
        assert self.said(least_clinical=4) == ["clinical >= 4"]

    def test_what_is_another_score_has_no_line(self) -> None:
        fewer = SEROLOGIC | {Descriptor.FEVER}
        assert self.said(least_clinical=4, clinical_excluding=fewer) == []
        assert self.said(least_total=6, uncounted={Descriptor.FEVER}) == []

    def test_their_words_keep_apart(self) -> None:
        picture = course(History.of([Visit(date=date(2024, 1, 1), total_score=105)]))
        assert "total >= 8" not in texts(picture.svg())
        picture = course(
            History.of([Visit(date=date(2024, 1, 1), total_score=105)]), rule=ACTIVITY_RULE
        )
        places = {
            text.text: float(re.findall(r"[-\d.]+", text.get("transform", ""))[1])
            for text in parsed(picture.svg()).iter(f"{SVG}text")
        }
        assert places["clinical >= 6"] - places["total >= 8"] >= 12


def notes(picture: Picture) -> list[str]:
    lines: list[str] = picture.spec["vconcat"][-1]["layer"][0]["encoding"]["text"]["value"]
    return lines


def marks(picture: Picture, kind: str, fill: str) -> list[str]:
    """Give the paths of a kind of mark in a color."""
    return [
        path.get("d", "")
        for group in parsed(picture.svg()).iter(f"{SVG}g")
        if group.get("class", "").startswith(f"mark-{kind} role-mark")
        for path in group.iter(f"{SVG}path")
        if path.get("fill") == fill
    ]


class TestRanges:
    """Both ends of a range are drawn, and what goes on beyond the axis ends in an arrow."""

    BLUE, RED = "#0072B2", "#D55E00"
    OPEN = Visit(date=date(2024, 1, 1), assessment=Assessment.of(not_assessed={"rash"}))

    @pytest.mark.parametrize("since", [None, date(2024, 1, 1)])
    def test_ends_lie_across_the_range(self, since: date | None) -> None:
        picture = course(History.of([self.OPEN]), since=since)
        for color in (self.BLUE, self.RED):
            ends = marks(picture, "rect", color)
            assert len(ends) == 2
            assert all(re.search(r"h9v2h-9Z$", end) for end in ends), ends

    def test_beyond_the_axis(self) -> None:
        picture = course(History.of([Visit(date=date(2024, 1, 1))]))
        for color, legends in ((self.BLUE, 1), (self.RED, 0)):
            arrows = [one for one in marks(picture, "symbol", color) if "A" not in one]
            assert len(arrows) == 1 + legends
            assert len(marks(picture, "rect", color)) == 1  # the lower end


class TestAxisOfTime:
    """A date on the axis has its year, and is as precise as the axis."""

    @pytest.mark.parametrize(
        ("days", "shown"),
        [
            (0, {"2023-12-31", "2024-01-02"}),
            (40, {"2024-01-14", "2024-01-28"}),
            (300, {"2024-04", "2024-07"}),
            (2000, {"2025", "2029"}),
        ],
    )
    def test_of(self, days: int, shown: set[str]) -> None:
        visits = [visit(0), *([visit(days)] if days else [])]
        said = {
            text.text
            for group in parsed(course(History.of(visits)).svg()).iter(f"{SVG}g")
            if group.get("class") == "mark-text role-axis-label"
            for text in group.iter(f"{SVG}text")
            if (text.text or "").startswith("20")
        }
        assert shown <= said
        assert {len(text or "") for text in said} == {len(min(shown))}


class TestWhatStandsOnIt:
    """The picture itself says of whom it is, in which units, by which sources and which version."""

    def test_all_of_it(self, patients: dict[object, History]) -> None:
        picture = course(patients["P02"], name="P02", rule=ACTIVITY_RULE)
        said = texts(picture.svg())
        for one in ("Course of P02", "Score, points", "Prednisone, mg a day", "4 to 20"):
            assert one in said
        whole = " ".join(said)
        for source in ("Bombardier 1992", "Petri 1999", "Franklyn 2016", "van Vollenhoven 2021"):
            assert source in whole
        assert f"Drawn by sledai {__version__}" in whole

    def test_which_descriptors_are_not_shown(self) -> None:
        history = History.of([visit(0, "rash"), Visit(date=date(2024, 3, 1))])
        assert notes(course(history))[0] == (
            "Not shown: 23 descriptors, absent at every visit that assessed them."
        )
        unknown = History.of([Visit(date=date(2024, 3, 1))])
        assert notes(course(unknown))[0] == (
            "Not shown: 24 descriptors, none was assessed at any visit."
        )
        every = visit(0, assessment=Assessment.of(present=Descriptor))
        assert notes(course(History.of([every])))[0].startswith("Sources: ")

    def test_under_the_pointer(self) -> None:
        """Each mark of one row says it; dates are days, whatever the zone of who looks."""
        picture = course(History.of([visit(0, "rash"), visit(30)]))
        layers = [
            one
            for panel in picture.spec["vconcat"]
            for one in panel["layer"]
            if "name" in one["data"]
        ]
        for one in layers:
            of_many = one["mark"]["type"] in {"line", "area"}
            assert ("tooltip" in one["mark"]) is not of_many
        (told,) = {
            one["mark"]["tooltip"]["expr"] for one in layers if one["data"]["name"] == "descriptors"
        }
        assert told == (
            "{'date': utcFormat(toDate(datum.date), '%Y-%m-%d'), 'descriptor': datum.descriptor, "
            "'system': datum.system, 'title': datum.said}"
        )

    def test_for_who_does_not_see_it(self, patients: dict[object, History]) -> None:
        svg = parsed(course(patients["P02"], name="P02").svg())
        title, description = svg[:2]
        assert (title.tag, title.text) == (f"{SVG}title", "Course of P02")
        assert description.tag == f"{SVG}desc"
        assert description.text == (
            "6 visits, 2024-02-06 to 2025-02-20. Total at each: 30, 18, 4 to 20, 10, 4, 12. "
            "First flare: day 28."
        )
        assert svg.get("role") == "img"
        assert svg.get("aria-labelledby") == f"{title.get('id')} {description.get('id')}"
        others = [one for one in svg.iter() if one is not svg]
        assert not any(key.startswith("aria") or key == "role" for o in others for key in o.attrib)

    def test_names_within_are_those_of_no_other(self, patients: dict[object, History]) -> None:
        drawn = [course(patients[name], name=name).svg() for name in ("P02", "P07")]
        names = [re.findall(r' id="([^"]+)"', svg) for svg in drawn]
        assert names[0]
        assert not set(names[0]) & set(names[1])
        for svg, own in zip(drawn, names, strict=True):
            assert set(re.findall(r"url\(#([^)]+)\)", svg)) <= set(own)

    def test_points_stand_where_the_axis_says(self, patients: dict[object, History]) -> None:
        svg = course(patients["P02"], name="P02").svg()
        radius = "M4.183"  # of the points of totals, and of the one in the legend
        points = [
            float(re.findall(r"[-\d.]+", path.get("transform", ""))[1])
            for path in parsed(svg).iter(f"{SVG}path")
            if path.get("fill") == "#0072B2" and path.get("d", "").startswith(radius)
        ]
        # The axis is 190 high and ends at 30; the third visit has no point.
        assert points == pytest.approx([0, 76, 126.667, 164.667, 114, 10], abs=0.001)


class TestProperty:
    """The drawn values are the computed ones, whatever is known."""

    @settings(max_examples=examples(60), phases=[Phase.generate], deadline=None)
    @given(
        st.lists(st.tuples(assessments(), st.none() | st.integers(0, 80)), min_size=1, max_size=5)
    )
    def test_of_any_history(self, drawn: list[tuple[Assessment, int | None]]) -> None:
        start = date(2024, 1, 1)
        history = History.of(
            Visit(date=start + timedelta(30 * n), assessment=one, prednisone_mg_day=dose)
            for n, (one, dose) in enumerate(drawn)
        )
        readings = Readings(carry="at both ends")
        picture, followed = course(history, readings), followed_course(history, readings)
        for score, clinical in (("total", False), ("clinical", True)):
            bounds = [one.bounds(clinical=clinical) for one in history.visits]
            assert rows(picture, "scores", "low", "high", "exact", score=score) == [
                (one.low, one.high, one.exact) for one in bounds
            ]
        for row in picture.data.get("descriptors", []):
            (seen,) = [one for one in history.visits if str(one.date) == row["date"]]
            name = row["descriptor"].rpartition(" (")[0]
            (d,) = [d for d in Descriptor if d.label == name]
            answer = {"present": True, "absent": False, "not assessed": None}[row["said"]]
            assert getattr(seen.assessment, d) is answer
        for state in readings.states if len(drawn) > 1 else ():
            time = followed.time_in(state)
            days = {"yes": 0, "open": 0, "no": 0}
            for said, a, b in rows(picture, "spans", "said", "date", "until", what=state):
                days[said] += (date.fromisoformat(b) - date.fromisoformat(a)).days
            assert (days["yes"], days["yes"] + days["open"]) == (time.low, time.high)
        json.dumps(picture.spec)


class TestNames:
    """What a patient is called is text, whatever it is."""

    HISTORY = History.of([visit(0, "rash"), visit(30)])

    @pytest.mark.parametrize("name", HOSTILE)
    def test_in_an_svg(self, name: str) -> None:
        picture = course(self.HISTORY, name=name)
        svg = parsed(picture.svg())
        assert {one.tag for one in svg.iter()} <= {
            f"{SVG}{tag}" for tag in ("svg", "title", "desc", "g", "path", "line", "rect", "text")
        } | {f"{SVG}tspan", f"{SVG}defs", f"{SVG}clipPath"}
        assert picture.title in texts(picture.svg())
        assert picture.title.isprintable()

    @pytest.mark.parametrize("name", HOSTILE)
    def test_in_a_page(self, name: str) -> None:
        plain, page = (course(self.HISTORY, name=one).html() for one in ("P01", name))
        assert page.count("<script") == plain.count("<script")
        assert page.count("</script") == plain.count("</script")
        found = re.search(r'vegaEmbed\("#picture", (.*), \{renderer', page)
        assert found is not None
        spec = json.loads(found[1])
        assert spec["title"]["text"] == course(self.HISTORY, name=name).title

    def test_a_long_one_is_cut(self) -> None:
        assert course(self.HISTORY, name="x" * 300).title == f"Course of {'x' * 25}..."


class TestFiles:
    """A file is whole or not there, of the kind that its suffix says."""

    PICTURE = course(History.of([visit(0, "rash")]), name="P01")

    def test_each_kind(self, tmp_path: Path) -> None:
        assert list(PICTURE_FORMATS) == [".svg", ".png", ".html"]
        begins = {".svg": b"<svg ", ".png": b"\x89PNG\r\n\x1a\n", ".html": b"<!doctype html>"}
        for suffix, beginning in begins.items():
            path = tmp_path / f"p{suffix.upper()}"
            self.PICTURE.save(path)
            assert path.read_bytes().startswith(beginning)
        width, height = (
            int.from_bytes((tmp_path / "p.PNG").read_bytes()[at : at + 4]) for at in (16, 20)
        )
        svg = parsed((tmp_path / "p.SVG").read_text(encoding="utf-8"))
        sizes = [2 * float(svg.get(side, "")) for side in ("width", "height")]
        assert [width, height] == pytest.approx(sizes, abs=2)

    def test_another_suffix(self, tmp_path: Path) -> None:
        with pytest.raises(InvalidInputError, match=r"found '.pdf'; accepted: .svg, .png, .html"):
            self.PICTURE.save(tmp_path / "p.pdf")
        assert not list(tmp_path.iterdir())

    def test_nothing_is_left_of_what_fails(
        self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        path = tmp_path / "p.svg"
        path.write_text("before", encoding="utf-8")
        monkeypatch.setattr(Path, "write_bytes", lambda *_: (_ for _ in ()).throw(OSError(28, "x")))
        with pytest.raises(OSError, match="x"):
            self.PICTURE.save(str(path))
        assert [one.name for one in tmp_path.iterdir()] == ["p.svg"]
        assert path.read_text(encoding="utf-8") == "before"

    def test_the_same_values_are_the_same_bytes(self) -> None:
        again = course(History.of([visit(0, "rash")]), name="P01")
        assert again.svg() == self.PICTURE.svg()
        assert again.html() == self.PICTURE.html()

    def test_a_notebook_shows_it(self) -> None:
        assert self.PICTURE._repr_html_() == self.PICTURE.svg()
        assert repr(self.PICTURE) == (
            "<Picture: Course of P01: scores 2, states 2, doses 1, descriptors 1>"
        )
        assert str(self.PICTURE).splitlines() == [self.PICTURE.title, self.PICTURE.description]

    def test_without_the_extra(self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        def import_module(name: str) -> object:
            raise ModuleNotFoundError(name)

        monkeypatch.setattr(picture_module, "import_module", import_module)
        advice = r"sledai.pictures needs vl-convert-python: pip install 'sledai\[pictures\]'"
        with pytest.raises(MissingExtraError, match=advice):
            self.PICTURE.save(tmp_path / "p.svg")
        assert not list(tmp_path.iterdir())


class TestCrowded:
    """Many visits, many states and long words leave nothing cut and no number on another."""

    def test_numbers_keep_apart(self) -> None:
        visits = [visit(3 * n, *(["rash"] if n % 2 else [])) for n in range(60)]
        svg = parsed(course(History.of(visits)).svg())
        said = [
            float(re.findall(r"[-\d.]+", text.get("transform", ""))[0])
            for text in svg.iter(f"{SVG}text")
            if text.text in {"0", "2"} and "white" not in (text.get("stroke") or "")
        ]
        assert 10 < len(said) < 100  # of 60 totals and 60 doses, and of both axes
        assert len(rows(course(History.of(visits)), "scores", "said", score="total")) == 60

    def test_a_span_is_as_long_as_it_lasts(self) -> None:
        """Also where two visits are closer than their symbols are wide."""
        history = History.of([visit(0), visit(3), visit(1000)])
        svg = parsed(course(history, Readings(states=("DORIS",))).svg())
        widths = [
            float(found[1])
            for path in svg.iter(f"{SVG}path")
            if (path.get("fill"), path.get("opacity")) == ("#009E73", "0.4")
            and (found := re.search(r"h([-\d.]+)", path.get("d", "")))
        ]
        # The axis is 420 wide and has 1,080 days, of which 40 are empty at each end.
        assert widths == pytest.approx([420 * 3 / 1080, 420 * 997 / 1080], abs=0.001)

    def test_flares_without_a_state(self) -> None:
        picture = course(History.of([visit(0), visit(30)]), Readings(states=()))
        assert set(picture.data) == {"scores", "flares", "doses"}
        assert "flare" in texts(picture.svg())

    def test_a_legend_goes_on_in_another_line(self) -> None:
        words = {f"{n} words of some length": Symbol("circle") for n in range(5)}
        assert (legend(words)["height"], len(legend(words)["layer"])) == (51, 10)


def test_without_what_reads_frames(
    monkeypatch: pytest.MonkeyPatch, forget: Callable[[str], None]
) -> None:
    for module in ("sledai.pictures", "sledai.frame", "sledai.audit"):
        forget(module)
    monkeypatch.setitem(sys.modules, "narwhals", None)
    said = r"sledai\.\w+ needs narwhals: pip install 'sledai\[\w+\]'"
    with pytest.raises(ModuleNotFoundError, match=said):
        importlib.import_module("sledai.pictures")


class TestWrongArguments:
    @pytest.mark.parametrize(
        ("arguments", "said"),
        [
            ({"history": []}, "history: found list; accepted: a History"),
            ({"rule": "NCT05765006"}, "rule: found str; accepted: an ActivityRule"),
            ({"since": "2024-01-01"}, "since: found str; accepted: a date"),
        ],
    )
    def test_are_refused(self, arguments: dict[str, Any], said: str) -> None:
        history = arguments.pop("history", History.of([visit(0)]))
        with pytest.raises(InvalidInputError, match=said):
            course(history, **arguments)
