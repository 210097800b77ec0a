"""Sheets: what stands on them is what is known, in HTML and in PDF alike."""

import io
import re
from collections.abc import Callable
from datetime import date, datetime
from itertools import pairwise, product
from pathlib import Path
from typing import Any

import pytest
import typst
from hypothesis import Phase, given, settings
from hypothesis import strategies as st
from pypdf import PdfReader
from reading_html import HOSTILE, Reader
from strategies import assessments, nearly_complete_assessments

from examples import examples
from sledai import SEROLOGIC, Assessment, Descriptor, sheets
from sledai.codebook import Codebook
from sledai.definitions import Edition
from sledai.errors import InvalidInputError, MissingExtraError, escaped
from sledai.findings import Findings, derive
from sledai.sheets import (
    Answer,
    Fact,
    Facts,
    Lines,
    Mark,
    Paper,
    Sheet,
    Table,
    course_sheet,
    derivation_sheet,
    html,
    pdf,
    screening_sheet,
    visit_sheet,
)
from sledai.trials.catalog import find
from sledai.trials.nct05765006.candidate import read_candidate
from sledai.trials.nct05765006.screening import Candidate, screen
from sledai.visits import History, Visit

NO_SHRINK = (Phase.explicit, Phase.reuse, Phase.generate)
ROOT = Path(__file__).parents[1]
PENDING = Assessment.of(
    present={"arthritis", "rash"}, not_assessed={"low_complement", "increased_dna_binding"}
)
RELMA, BLISS = find("NCT05765006"), find("NCT01484496")
CANDIDATE = read_candidate((ROOT / "examples/candidate.json").read_text(encoding="utf-8"))
FINDINGS = Findings(
    visit_date="2024-01-16",  # type: ignore[arg-type]
    platelets="92 K/uL",
    temperature="38.4 Cel",
    alopecia=False,
    c3="60 mg/dL",
    dates={"c3": date(2023, 12, 1)},
    other_cause={Descriptor.FEVER: "a_cold"},
)
HISTORY = History(
    visits=(
        Visit(date=date(2024, 1, 1), assessment=PENDING, physician_global=1.5),
        Visit(date=date(2024, 1, 31), assessment=Assessment.of(present={"seizure"})),
        Visit(date=date(2024, 3, 1)),
    )
)
# Typed from the form: weights in form order, and how many descriptors each organ system has.
WEIGHTS = [8] * 8 + [4] * 6 + [2] * 7 + [1] * 3
SYSTEMS = [6, 2, 2, 4, 3, 2, 2, 1, 2]


def table(sheet: Sheet, caption: str) -> Table:
    (found,) = (p for p in sheet.parts if isinstance(p, Table) and p.caption.startswith(caption))
    return found


def facts(sheet: Sheet) -> dict[str, str | None]:
    several = [*sheet.identity, *(f for p in sheet.parts if isinstance(p, Facts) for f in p.facts)]
    return {one.name: None if one.value is None else str(one.value) for one in several}


def lines(sheet: Sheet, caption: str) -> tuple[str, ...]:
    (found,) = (p for p in sheet.parts if isinstance(p, Lines) and p.caption.startswith(caption))
    return found.lines


def between(low: int, high: int) -> str:
    return f"{low} to {high}" if low < high else f"{low}"


class TestVisitSheet:
    """A score sheet has the 24 answers and what follows from them, over all that is not known."""

    def test_it_says_whose_it_is(self) -> None:
        sheet = visit_sheet(
            PENDING, edition="SELENA", subject="P01", date=date(2024, 6, 11), rater="A. Müller"
        )
        assert sheet.title == "SELENA-SLEDAI score sheet"
        assert sheet.identity == (
            Fact("Subject", "P01"),
            Fact("Date of visit", "2024-06-11"),
            Fact("Edition", "SELENA-SLEDAI"),
            Fact("Rater", "A. Müller"),
        )
        assert [(s.role, s.name) for s in sheet.signatures] == [
            ("Rater", "A. Müller"),
            ("Second signature", None),
        ]

    def test_what_nobody_says_is_a_blank_line(self) -> None:
        sheet = visit_sheet(PENDING, edition=Edition.SELENA)
        assert [one.value for one in sheet.identity] == [None, None, "SELENA-SLEDAI", None]
        assert sheet.signatures[0].name is None

    def test_rows_are_the_form(self) -> None:
        rows = table(visit_sheet(PENDING, edition="SELENA"), "Descriptors").rows
        assert [(row[0], row[2]) for row in rows] == [
            (str(n), str(weight)) for n, weight in enumerate(WEIGHTS, start=1)
        ]
        assert rows[8][:5] == ("9", "Arthritis", "4", Answer("present", Mark.YES), "4")
        assert rows[9][:5] == ("10", "Myositis", "4", Answer("absent", Mark.NO), "0")
        open_ = Answer("not assessed", Mark.OPEN)
        assert rows[19][:5] == ("20", "Low complement", "2", open_, "0 or 2")

    def test_definitions_are_those_of_the_edition(self) -> None:
        said = {
            edition: table(visit_sheet(PENDING, edition=edition), "Descriptors").rows[14][-1]
            for edition in ("SLEDAI_1992", "SELENA")
        }
        assert said == {
            "SLEDAI_1992": "New or recurrent inflammatory rash.",
            "SELENA": "New or ongoing inflammatory rash of lupus.",
        }

    def test_a_wording_in_doubt_is_marked(self) -> None:
        sheet = visit_sheet(PENDING, edition="SELENA")
        rows = table(sheet, "Descriptors").rows
        marked = [row[0] for row in rows if str(row[-1]).endswith(" †")]
        assert marked == ["1", "4", "13", "18", "19", "21"]
        assert sheet.foot[0].startswith("† ")

    def test_scores_of_the_example(self) -> None:
        said = facts(visit_sheet(PENDING, edition="SELENA"))
        assert said["Total, of 0 to 105"] == "6 to 10"
        assert said["Clinical: without low complement, increased DNA binding"] == "6"
        assert said["Not assessed"] == "Low complement, Increased DNA binding"

    def test_all_or_nothing_not_assessed(self) -> None:
        nothing = visit_sheet(Assessment.of(not_assessed=Descriptor), edition="SELENA")
        assert facts(nothing)["Not assessed"] == "all 24"
        assert facts(visit_sheet(Assessment.of(), edition="SELENA"))["Not assessed"] == "none"

    @settings(phases=NO_SHRINK)
    @given(nearly_complete_assessments())
    def test_scores_and_systems_over_all_completions(self, visit: Assessment) -> None:
        sheet = visit_sheet(visit, edition="SELENA")
        answers = [(True, False) if a is None else (a,) for a in visit.model_dump().values()]
        starts = [sum(SYSTEMS[:n]) for n in range(10)]
        expected = [
            {sum(w * a for w, a in zip(WEIGHTS[i:j], done, strict=True)) for done in product(*some)}
            for i, j in pairwise(starts)
            for some in [answers[i:j]]
        ]
        said = [between(min(e), max(e)) for e in expected]
        assert list(table(sheet, "Points").rows[0]) == said
        low, high = (sum(map(end, expected)) for end in (min, max))
        assert facts(sheet)["Total, of 0 to 105"] == (
            f"{low} to {high}" if low < high else f"{low}"
        )
        low, high = (sum(map(end, expected[:6] + expected[7:])) for end in (min, max))
        clinical = facts(sheet)["Clinical: without low complement, increased DNA binding"]
        assert clinical == between(low, high)

    def test_rules_say_what_decides(self) -> None:
        sheet = visit_sheet(PENDING, edition="SELENA", trials=[RELMA, BLISS])
        first, second = table(sheet, "Rules").rows
        assert first[0] == "NCT05765006"
        assert first[2] == Answer("undetermined", Mark.OPEN)
        assert first[3] == (
            "total 6 to 10, clinical 6; needed: SELENA-SLEDAI total >= 8 and clinical >= 6 when "
            "serology is scored. Open until known: Low complement, Increased DNA binding."
        )
        assert first[4] == "without low complement, increased DNA binding (in the record)"
        assert second[2] == Answer("undetermined", Mark.OPEN)
        met = visit_sheet(Assessment.of(present={"seizure"}), edition="SELENA", trials=[RELMA])
        assert table(met, "Rules").rows[0][2] == Answer("met", Mark.YES)
        assert str(table(met, "Rules").rows[0][3]).endswith("when serology is scored.")
        quiet = visit_sheet(Assessment.of(), edition="SELENA", trials=[RELMA])
        assert table(quiet, "Rules").rows[0][2] == Answer("not met", Mark.NO)

    def test_a_visit_has_its_date_and_what_was_recorded(self) -> None:
        visit = Visit(date=date(2024, 6, 11), assessment=PENDING, total_score=8, clinical_score=6)
        sheet = visit_sheet(visit, edition="SELENA", date=date(2024, 6, 11))
        assert facts(sheet)["Date of visit"] == "2024-06-11"
        assert facts(sheet)["Total, of 0 to 105"] == "6 to 10"
        assert lines(sheet, "Remarks") == (
            "The total score that was recorded is 8.",
            "The clinical score that was recorded is 6.",
        )
        with pytest.raises(InvalidInputError, match="date: found 2024-06-12; accepted: 2024-06-11"):
            visit_sheet(visit, edition="SELENA", date=date(2024, 6, 12))

    def test_a_visit_that_nobody_rated(self) -> None:
        sheet = visit_sheet(Visit(date=date(2024, 6, 11), clinical_score=0), edition="SELENA")
        assert facts(sheet)["Not assessed"] == "all 24"
        assert lines(sheet, "Remarks") == (
            "Nobody rated the descriptors of this visit.",
            "The clinical score that was recorded is 0.",
        )

    def test_the_codebook_is_named_by_its_hash(self) -> None:
        book = Codebook(descriptors={"absent": ["fever"]})
        sheet = visit_sheet(PENDING, edition="SELENA", codebook=book)
        assert sheet.foot[-1].endswith(f", codebook {book.sha256[:12]}.")
        for none in (None, Codebook()):
            sheet = visit_sheet(PENDING, edition="SELENA", codebook=none)
            assert sheet.foot[-1].endswith(", no codebook.")

    @pytest.mark.parametrize(
        ("changes", "said"),
        [
            ({"edition": "3K"}, "edition: found '3K'"),
            ({"subject": " "}, "subject: found ' '; accepted: a name of at most 200 characters"),
            ({"subject": "x" * 201}, "subject: found 'xxx"),
            ({"rater": 7}, "rater: found int; accepted: text, or None for a blank line"),
            ({"date": "2024-06-11"}, "date: found str; accepted: a date, or None"),
            ({"trials": ["NCT05765006"]}, "trials: found str; accepted: trials of the catalog"),
            ({"trials": [find("NCT02446912")]}, "found answers by SELENA-SLEDAI; accepted"),
            ({"visit": {"rash": True}}, "visit: found dict; accepted: an Assessment or a Visit"),
        ],
    )
    def test_what_is_not_accepted(self, changes: dict[str, Any], said: str) -> None:
        given: dict[str, Any] = {"visit": PENDING, "edition": "SELENA"} | changes
        with pytest.raises(InvalidInputError, match=re.escape(said)):
            visit_sheet(given.pop("visit"), **given)

    def test_a_time_is_printed_as_its_day(self) -> None:
        sheet = visit_sheet(PENDING, edition="SELENA", date=datetime(2024, 6, 11, 9, 30))  # noqa: DTZ001
        assert facts(sheet)["Date of visit"] == "2024-06-11"

    def test_it_says_itself_in_a_line_and_in_a_few(self) -> None:
        sheet = visit_sheet(PENDING, edition="SELENA", subject="P01")
        clinical = "Clinical: without low complement, increased DNA binding: 6"
        line = f"SELENA-SLEDAI score sheet; Total, of 0 to 105: 6 to 10; {clinical}"
        assert repr(sheet) == f"<Sheet: {line}>"
        assert str(sheet).splitlines()[:3] == [line, "Subject: P01", "Date of visit: left blank"]


class TestDerivationSheet:
    """A derivation is printed with what each answer rests on, and with what was not used."""

    SHEET = derivation_sheet(
        derive(FINDINGS, edition="SELENA"),
        subject="P02",
        date=date(2024, 1, 16),
        rater="R. Ahmed",
        trials=[RELMA],
    )

    def test_reasons(self) -> None:
        rows = table(self.SHEET, "Descriptors").rows
        assert rows[22][1:] == (
            *("Thrombocytopenia", "1", Answer("present", Mark.YES), "1"),
            "platelets 92 K/uL < 100 K/uL",
        )
        assert rows[15][3:] == (Answer("absent", Mark.NO), "0", "alopecia: no")
        open_ = Answer("not assessed", Mark.OPEN)
        assert rows[19][3:] == (open_, "0 or 2", "not known: C3, C4")
        cold = "temperature 38.4 Cel > 38 Cel; due to another cause: a_cold"
        assert rows[21][3:] == (Answer("absent", Mark.NO), "0", cold)

    def test_what_was_not_used(self) -> None:
        assert lines(self.SHEET, "Not used") == ("c3 of 2023-12-01, 46 days before the visit",)
        without = derivation_sheet(derive(Findings(), edition="SELENA"))
        assert [type(part) for part in without.parts] == [Table, Table, Facts]

    def test_head_and_scores(self) -> None:
        said = facts(self.SHEET)
        assert (said["Subject"], said["Window"]) == ("P02", "10 days before the visit")
        assert said["Total, of 0 to 105"] == "1 to 102"
        assert table(self.SHEET, "Rules").rows[0][0] == "NCT05765006"

    def test_what_is_not_accepted(self) -> None:
        with pytest.raises(InvalidInputError, match="derivation: found Findings"):
            derivation_sheet(FINDINGS)  # type: ignore[arg-type]


class TestScreeningSheet:
    """A screening report is printed whole: each criterion, what is missing, and how it is read."""

    SHEET = screening_sheet(screen(CANDIDATE), subject="C-7", date=date(2026, 5, 4), rater="N. Ito")

    def test_verdicts(self) -> None:
        said = facts(self.SHEET)
        assert said["All criteria"] == "undetermined"
        counts = [said[f"Criteria {word}"] for word in ("passed", "failed", "open")]
        assert counts == ["10", "0", "2"]
        rows = table(self.SHEET, "Criteria").rows
        assert [str(row[1]) for row in rows] == [
            *(["passes"] * 5 + ["open"]),
            *(["passes"] * 5 + ["open"]),
        ]
        assert rows[11][2:] == (
            "IgA deficiency at screening: serum IgA < 10 mg/dL",
            "not known: IgA",
        )
        failed = screening_sheet(screen(Candidate(age=17)))
        assert table(failed, "Criteria").rows[1][1] == Answer("fails", Mark.NO)

    def test_what_is_missing(self) -> None:
        assert table(self.SHEET, "Missing").rows == (
            ("1", "IgA", "exclusion 6", ""),
            ("2", "assessment", "inclusion 6", "Low complement, Increased DNA binding"),
        )
        failed = screening_sheet(screen(Candidate(age=17)))
        assert not [p for p in failed.parts if p.caption.startswith("Missing")]

    def test_fields_that_do_the_same_stand_together(self) -> None:
        rows = table(screening_sheet(screen(Candidate())), "Missing").rows
        (crisis,) = (row for row in rows if row[2] == "exclusion 2")
        assert str(crisis[1]).split(", ")[0] == "active CNS lupus"
        assert len(str(crisis[1]).split(", ")) == 9

    def test_notes_and_readings(self) -> None:
        visit = Assessment.of(present={"lupus_headache"})
        sheet = screening_sheet(screen(Candidate(assessment=visit)))
        assert len(lines(sheet, "Notes")) == 2
        assert lines(sheet, "How")[0].startswith("inclusion 2: the age is in completed years")

    def test_what_is_not_accepted(self) -> None:
        with pytest.raises(InvalidInputError, match="report: found Candidate"):
            screening_sheet(CANDIDATE)  # type: ignore[arg-type]


class TestCourseSheet:
    """A course has a row for each visit, and what they come to."""

    SHEET = course_sheet(HISTORY, edition="SELENA", subject="P01")

    def test_rows(self) -> None:
        first, second, third = table(self.SHEET, "Visits").rows
        assert first[:6] == ("2024-01-01", "0", "6 to 10", "6", "first visit", "")
        assert first[8:] == ("1.5", "not known")
        assert second[:5] == ("2024-01-31", "30", "8", "8", "-2 to +2")
        assert second[6] == Answer("no", Mark.NO)
        assert second[8:] == ("not known", "not known")
        assert third[2:4] == ("0 to 105", "0 to 101")

    def test_descriptors(self) -> None:
        assert table(self.SHEET, "Descriptors").rows == (
            ("2024-01-01", "Arthritis, Rash", "Low complement, Increased DNA binding"),
            ("2024-01-31", "Seizure", "none"),
            ("2024-03-01", "not rated", "all 24"),
        )

    def test_sums(self) -> None:
        said = facts(self.SHEET)
        assert (said["Visits"], said["Days"]) == ("3", "60")
        assert said["Rater"] is None
        assert [p.name for p in self.SHEET.identity][1] == "Visits"

    def test_one_visit_has_no_time(self) -> None:
        sheet = course_sheet(History(visits=HISTORY.visits[:1]), edition="SLEDAI_2K")
        assert [one.name for one in sheet.parts[0].facts] == ["Visits", "Days"]  # type: ignore[union-attr]
        assert sheet.identity[1].value == "2024-01-01"
        assert len(lines(sheet, "How")) == 1

    def test_another_edition_than_that_of_a_state_is_said(self) -> None:
        assert lines(self.SHEET, "How")[1] == (
            "LLDAS is published for SLEDAI-2K; the visits were rated by SELENA-SLEDAI."
        )

    def test_what_counts_as_no_is_said(self) -> None:
        visits = [
            Visit(
                date=date(2024, month, 1),
                assessment=Assessment.of(),
                physician_global=0,
                prednisone_mg_day=0,
                maintenance_doses=True,
                hemolytic_anemia=False,
                gastrointestinal_activity=False,
            )
            for month in (1, 2, 3)
        ]
        sheet = course_sheet(History(visits=tuple(visits)), edition="SLEDAI_2K")
        said = "For LLDAS what nobody answered counts as no: new lupus activity."
        assert said in lines(sheet, "How")

    def test_what_is_not_accepted(self) -> None:
        with pytest.raises(InvalidInputError, match="history: found list"):
            course_sheet([], edition="SELENA")  # type: ignore[arg-type]


SHEETS: dict[str, Callable[..., Sheet]] = {
    "visit": lambda **named: visit_sheet(
        PENDING, edition="SELENA", date=date(2024, 6, 11), trials=[RELMA], **named
    ),
    "derivation": lambda **named: derivation_sheet(
        derive(FINDINGS, edition="SELENA"), date=date(2024, 1, 16), **named
    ),
    "screening": lambda **named: screening_sheet(screen(CANDIDATE), date=date(2026, 5, 4), **named),
    "course": lambda **named: course_sheet(HISTORY, edition="SELENA", **named),
}
PAPERS: tuple[Paper, ...] = ("a4", "letter")


def squashed(text: str) -> str:
    return re.sub(r"[\s\u200b\u2022]", "", text)


def expected(sheet: Sheet, number: str = "") -> str:
    """Give the texts of a sheet, with what stands on every sheet beside them."""
    texts = list(sheet.texts())
    signed = [text for s in sheet.signatures for text in (s.role, s.name) if text is not None]
    before = texts[: len(texts) - len(sheet.foot) - len(signed)]
    signatures = [t for s in sheet.signatures for t in (s.role, s.name or "", "Signature", "Date")]
    return squashed("".join(map(escaped, [*before, *signatures, *sheet.foot, number])))


class TestHtml:
    """The page shows the whole sheet, as text, and loads nothing."""

    @pytest.mark.parametrize("kind", SHEETS)
    def test_its_text_is_the_sheet(self, kind: str) -> None:
        sheet = SHEETS[kind](subject="P01", rater="A. Müller")
        page = html(sheet)
        reader = Reader(page)
        body = page[page.index("<main>") : page.index("</main>")] + "</main>"
        assert squashed(Reader(body).text) == expected(sheet)
        assert not {"script", "img", "link", "iframe"} & {tag for tag, _ in reader.elements}

    @given(HOSTILE)
    def test_hostile_names_are_text(self, name: str) -> None:
        named = f"P {name}"
        sheet = visit_sheet(PENDING, edition="SELENA", subject=named, rater=named)
        plain = Reader(html(visit_sheet(PENDING, edition="SELENA", subject="P", rater="P")))
        reader = Reader(html(sheet))
        assert reader.elements == plain.elements
        assert escaped(named) in reader.text

    def test_a_blank_line_says_so(self) -> None:
        sheet = visit_sheet(PENDING, edition="SELENA")
        assert Reader(html(sheet)).text.count("to be filled in") == 3

    def test_paper(self) -> None:
        sheet = SHEETS["visit"]()
        assert "size: a4;" in html(sheet)
        assert "size: letter;" in html(sheet, paper="letter")

    def test_what_is_not_accepted(self) -> None:
        for show in (html, pdf):
            with pytest.raises(InvalidInputError, match="paper: found 'a5'; accepted: a4, letter"):
                show(SHEETS["visit"](), paper="a5")  # type: ignore[arg-type]
            with pytest.raises(InvalidInputError, match="sheet: found Assessment"):
                show(PENDING)  # type: ignore[arg-type]


def pages(data: bytes) -> list[str]:
    return [page.extract_text() for page in PdfReader(io.BytesIO(data)).pages]


class TestPdf:
    """The printed page has the whole sheet, and the same bytes whenever it is printed."""

    @pytest.mark.parametrize("paper", PAPERS)
    @pytest.mark.parametrize("kind", SHEETS)
    def test_its_text_is_the_sheet_on_one_page(self, kind: str, paper: Paper) -> None:
        sheet = SHEETS[kind](subject="P01", rater="A. Müller")
        (page,) = pages(pdf(sheet, paper=paper))
        assert squashed(page) == expected(sheet, "Page 1 of 1")

    @settings(max_examples=examples(15), phases=NO_SHRINK)
    @given(assessments(), st.sampled_from(Edition), st.sampled_from(PAPERS))
    def test_any_visit(self, visit: Assessment, edition: Edition, paper: Paper) -> None:
        sheet = visit_sheet(visit, edition=edition, subject="P01")
        (page,) = pages(pdf(sheet, paper=paper))
        assert squashed(page) == expected(sheet, "Page 1 of 1")

    def test_the_size_of_the_paper(self) -> None:
        sizes = {
            paper: PdfReader(io.BytesIO(pdf(SHEETS["visit"](), paper=paper))).pages[0].mediabox
            for paper in PAPERS
        }
        assert [round(side) for side in sizes["a4"][2:]] == [595, 842]
        assert [round(side) for side in sizes["letter"][2:]] == [612, 792]

    @pytest.mark.parametrize("kind", SHEETS)
    def test_the_same_bytes(self, kind: str) -> None:
        first = pdf(SHEETS[kind](subject="P01"))
        assert pdf(SHEETS[kind](subject="P01")) == first
        assert b"CreationDate" not in first

    def test_it_is_tagged_and_has_a_title(self) -> None:
        read = PdfReader(io.BytesIO(pdf(SHEETS["visit"](subject="P01"))))
        assert read.metadata is not None
        assert read.metadata.title == "SELENA-SLEDAI score sheet, P01"
        assert "/StructTreeRoot" in read.trailer["/Root"]  # type: ignore[operator]

    @pytest.mark.parametrize(
        "name",
        [
            "<script>alert(1)</script>",
            "#strong[x] $y$ \\ @z",
            "Müller-Groß É",
            "Ωμέγα Иван",
            "a\tb\u202ec",
        ],
    )
    def test_a_name_is_text(self, name: str) -> None:
        sheet = SHEETS["visit"](subject=name, rater=name)
        (page,) = pages(pdf(sheet))
        assert squashed(page) == expected(sheet, "Page 1 of 1")

    def test_a_name_from_right_to_left(self) -> None:
        (page,) = pages(pdf(SHEETS["visit"](subject="محمد علي")))
        assert set("محمد علي") <= set(page)

    @pytest.mark.parametrize("name", ["Čapek Øé", "Ωμέγα", "Иван", "שלום", "محمد"])
    def test_letters_of_fonts_that_come_along(
        self, name: str, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        asked: list[bool] = []
        compile_ = typst.compile

        def recorded(*args: Any, **named: Any) -> bytes:
            asked.append(named["ignore_system_fonts"])
            data: bytes = compile_(*args, **named)
            return data

        monkeypatch.setattr(typst, "compile", recorded)
        pdf(SHEETS["visit"](subject=name))
        assert asked == [True]

    @pytest.mark.parametrize("name", ["W" * 200, "W" * 100 + " " + "m" * 99, "m " * 100])
    def test_a_long_name_is_broken_and_stays_on_the_page(self, name: str) -> None:
        sheet = SHEETS["visit"](subject=name, rater=name)
        (page,) = pages(pdf(sheet, paper="letter"))
        assert squashed(page).count(squashed(name)) == 3  # subject, rater, signature
        assert max(line.count("W") + line.count("m") for line in page.splitlines()) < 40

    def test_letters_that_no_font_has_are_refused(self) -> None:
        with pytest.raises(InvalidInputError, match="sheet: found '𓀀'; accepted: letters"):
            pdf(SHEETS["visit"](subject="𓀀"))

    def test_a_long_course_repeats_its_head(self) -> None:
        visits = [
            Visit(date=date(2020 + n // 12, 1 + n % 12, 1), assessment=PENDING) for n in range(60)
        ]
        sheet = course_sheet(History(visits=tuple(visits)), edition="SELENA", subject="P01")
        first, *others = pages(pdf(sheet))
        assert others
        count = len(others) + 1
        assert first.endswith(f"Page 1 of {count}")
        for number, page in enumerate(others, start=2):
            assert page.startswith("SELENA-SLEDAI course, P01\nDate")
            assert page.endswith(f"Page {number} of {count}")
        found = "".join([first, *others])
        assert all(found.count(visit.date.isoformat()) >= 1 for visit in visits)

    def test_a_cause_that_fills_pages_is_not_cut(self) -> None:
        cause = " ".join(f"word{n}" for n in range(4000))
        findings = Findings(temperature="39 Cel", other_cause={Descriptor.FEVER: cause})
        sheet = derivation_sheet(derive(findings, edition="SELENA"))
        assert "word3999" in "".join(pages(pdf(sheet)))

    def test_without_typst(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setitem(__import__("sys").modules, "typst", None)
        with pytest.raises(MissingExtraError, match=r"needs typst: pip install 'sledai\[sheets\]'"):
            pdf(SHEETS["visit"]())

    def test_what_goes_wrong_otherwise_is_not_hidden(self, monkeypatch: pytest.MonkeyPatch) -> None:
        def fail(*_: object, **__: object) -> bytes:
            raise typst.TypstError("something else", "")

        monkeypatch.setattr(typst, "compile", fail)
        with pytest.raises(typst.TypstError, match="something else"):
            pdf(SHEETS["visit"]())


def test_serologic_is_what_the_clinical_score_leaves_out() -> None:
    visit = Assessment.of(present=SEROLOGIC)
    said = facts(visit_sheet(visit, edition="SELENA"))
    assert said["Clinical: without low complement, increased DNA binding"] == "0"


def test_the_package_shows_what_is_public() -> None:
    assert dir(sheets) == sheets.__all__
