"""`sledai sheet`: what it takes a file for, whose sheet it makes, and what it refuses."""

import json
import shutil
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from commands import run
from pypdf import PdfReader
from reading_html import Reader

from sledai import Assessment
from sledai.codebook import Codebook
from sledai.fhir import response
from sledai.visits import Visit

ROOT = Path(__file__).parents[1]
FILE = ("visits.csv", "--subject", "patient", "--date", "date")
VISIT = json.loads((ROOT / "examples/visit.json").read_text(encoding="utf-8"))
PENDING = {name: answer for name, answer in VISIT.items() if not name.startswith("#")}


@pytest.fixture(autouse=True)
def _here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("visits.csv", "visits.toml", "visit.json", "candidate.json"):
        shutil.copy(ROOT / "examples" / name, tmp_path)
    monkeypatch.chdir(tmp_path)


def made(*args: object, record: object = None) -> str:
    """Give the text of a sheet that is made without an error."""
    if record is not None:
        Path("r.json").write_text(json.dumps(record), encoding="utf-8")
    code, _, err = run("sheet", *args, "-o", "sheet.html")
    assert (code, err) == (0, "")
    page = Path("sheet.html").read_text(encoding="utf-8")
    body = page[page.index("<main>") : page.index("</main>")] + "</main>"
    return Reader(body).text


def refused(*args: object, record: object = None, text: str | None = None) -> str:
    """Give what is said of a sheet that is not made, and see that there is none."""
    if record is not None or text is not None:
        Path("r.json").write_text(text or json.dumps(record), encoding="utf-8")
    before = set(Path.cwd().iterdir())
    code, out, err = run("sheet", *args, "-o", "sheet.pdf")
    assert (code, out) == (2, "")
    assert set(Path.cwd().iterdir()) == before
    return err.removeprefix("error: ")


class TestFile:
    """Of a file of visits it prints a visit of a patient, and without a date the course."""

    def test_a_visit(self) -> None:
        code, out, err = run(
            "sheet", *FILE, "--patient", "P01", "--visit", "2024-06-11", "-o", "sheet.pdf"
        )
        assert (code, err) == (0, "")
        assert out.startswith("SELENA-SLEDAI score sheet of a visit written to sheet.pdf sledai ")
        (page,) = PdfReader("sheet.pdf").pages
        text = page.extract_text()
        for said in ("P01", "2024-06-11", "Total, of 0 to 105\n6 to 10", "not assessed 0 or 2"):
            assert said in text
        book = Codebook(visit={"subject": "patient", "date": "date"})
        assert f"codebook {book.sha256[:12]}" in text
        assert f"codebook {book.sha256[:12]}" in out

    def test_a_course(self) -> None:
        text = made(
            "visits.csv", "--codebook", "visits.toml", "--patient", "P02", "--rater", "R. A."
        )
        assert text.startswith("SELENA-SLEDAI courseSubjectP02")
        assert "R. A." in text

    def test_the_edition_and_the_rules(self) -> None:
        whose = ("--patient", "P01", "--visit", "2024-06-11")
        text = made(*FILE, *whose, "--trial", "NCT05765006", "--trial", "NCT05765006")
        assert text.count("relmacabtagene") == 1
        assert made(*FILE, *whose, "--edition", "sledai_2k").startswith("SLEDAI-2K score sheet")

    def test_fields_are_read(self) -> None:
        shutil.copy("visits.csv", "other.csv")
        text = Path("other.csv").read_text(encoding="utf-8")
        Path("other.csv").write_text(text.replace("prednisone_mg_day", "pred"), encoding="utf-8")
        field = ("--field", "pred=prednisone_mg_day")
        text = made("other.csv", *FILE[1:], *field, "--patient", "P01")
        assert "2024-04-09844 to 6" not in text
        assert "1.910" not in text
        assert "1.915" in text

    def test_who_is_there(self) -> None:
        there = "accepted: one of 9 patients, such as 'P01', 'P02', 'P03'"
        assert refused(*FILE) == f"--patient: found none; {there}"
        assert refused(*FILE, "--patient", "x") == f"--patient: found 'x'; {there}"

    def test_the_only_patient_needs_no_name(self) -> None:
        header, first, *_ = Path("visits.csv").read_text(encoding="utf-8").splitlines()
        Path("visits.csv").write_text(f"{header}\r\n{first}\r\n", encoding="utf-8")
        assert "SubjectP01" in made(*FILE, "--visit", "2024-01-16")
        Path("visits.csv").write_text(f"{header}\n", encoding="utf-8")
        assert refused(*FILE) == "visits.csv: no visits"

    def test_of_many_visits_some_are_named(self) -> None:
        header, first, *_ = Path("visits.csv").read_text(encoding="utf-8").splitlines()
        rows = [first.replace("2024-01-16", f"2024-01-{n:02}") for n in range(1, 31)]
        Path("visits.csv").write_text("\n".join([header, *rows, ""]), encoding="utf-8")
        said = refused(*FILE, "--visit", "2024-02-01")
        assert said.endswith("2024-01-19, 2024-01-20, and 10 more")

    def test_which_visits_there_are(self) -> None:
        said = refused(*FILE, "--patient", "P01", "--visit", "2024-06-12")
        assert said.startswith("--visit: found '2024-06-12'; accepted: 2024-01-16, 2024-02-13")
        said = refused(*FILE, "--patient", "P01", "--visit", "soon")
        assert said == "--visit: found 'soon'; accepted: a date, such as 2024-01-16"

    def test_a_date_as_the_file_has_it(self) -> None:
        text = Path("visits.csv").read_text(encoding="utf-8")
        Path("visits.csv").write_text(text.replace("2024-06-11", "11/06/2024"), encoding="utf-8")
        rows = [line for line in text.splitlines() if "P01,2024-06-11" in line or "patient" in line]
        text = "\n".join(rows).replace("2024-06-11", "11/06/2024") + "\n"
        Path("visits.csv").write_text(text, encoding="utf-8")
        lines = '[visit]\nsubject = "patient"\ndate = "date"\ndate_format = "%d/%m/%Y"\n'
        Path("visits.toml").write_text(lines, encoding="utf-8")
        whose = ("visits.csv", "--codebook", "visits.toml", "--patient", "P01", "--visit")
        assert made(*whose, "11/06/2024") == made(*whose, "2024-06-11")

    def test_columns_that_nobody_named(self) -> None:
        assert refused("visits.csv", "--subject", "patient", "--patient", "P01") == (
            "no column of the date; accepted: --date COLUMN, or date in [visit] of a codebook"
        )
        assert refused("visits.csv", "--date", "date", "--patient", "P01").startswith(
            "no column of the subject; accepted: --subject COLUMN"
        )
        said = refused("visits.csv", "--subject", "who", "--date", "date", "--patient", "P01")
        assert said == "visits.csv: no column 'who'"

    def test_study_days_are_no_dates(self) -> None:
        Path("visits.toml").write_text(
            '[visit]\nsubject = "patient"\nday = "x"\n', encoding="utf-8"
        )
        said = refused("visits.csv", "--codebook", "visits.toml", "--patient", "P01")
        assert said == "[visit] day: found study days; accepted: a column of dates"

    def test_what_cannot_be_read(self) -> None:
        text = Path("visits.csv").read_text(encoding="utf-8")
        Path("visits.csv").write_text(text.replace("P02,2024", "P02,x2024", 1), encoding="utf-8")
        assert "cells that are no date: 1" in refused(*FILE, "--patient", "P01")

    def test_two_visits_of_a_date(self) -> None:
        text = Path("visits.csv").read_text(encoding="utf-8")
        text = text.replace("P01,2024-02-13", "P01,2024-01-16")
        Path("visits.csv").write_text(text, encoding="utf-8")
        said = refused(*FILE, "--patient", "P01")
        assert "line 2 and line 3: one patient twice" in said

    def test_rules_are_about_a_visit(self) -> None:
        said = refused(*FILE, "--patient", "P01", "--trial", "NCT05765006")
        assert said == "--trial: accepted with --visit DATE"


class TestRecord:
    """A record of JSON says by its fields what it is."""

    def test_a_visit(self) -> None:
        text = made("visit.json", "--patient", "P01", "--visit", "2024-06-11")
        assert text.startswith("SELENA-SLEDAI score sheetSubjectP01Date of visit2024-06-11")
        assert "Total, of 0 to 1057 to 11" in text

    def test_names_that_nobody_said(self) -> None:
        assert made("visit.json").count("to be filled in") == 3

    def test_a_visit_with_its_date(self) -> None:
        record = {"date": "2024-06-11", "assessment": PENDING, "total_score": 9}
        text = made("r.json", record=record)
        assert "Date of visit2024-06-11" in text
        assert "The total score that was recorded is 9." in text
        said = refused("r.json", "--visit", "2024-06-12")
        assert said == "r.json: date: found 2024-06-12; accepted: 2024-06-11"

    def test_findings(self) -> None:
        record = {"platelets": "92 K/uL", "visit_date": "2024-01-16"}
        text = made("r.json", "--trial", "NCT05765006", record=record)
        assert text.startswith("SELENA-SLEDAI derivationSubjectto be filled inDate of visit2024-01")
        assert "platelets 92 K/uL < 100 K/uL" in text
        made("r.json", "--visit", "2024-01-16")
        said = refused("r.json", "--visit", "2024-01-17")
        assert said == "r.json: --visit: found 2024-01-17; accepted: 2024-01-16"
        assert "Date of visit2024-01-17" in made(
            "r.json", "--visit", "2024-01-17", record={"c3": None}
        )

    def test_a_candidate(self) -> None:
        text = made("candidate.json", "--patient", "C-7", "--visit", "2026-05-04")
        assert text.startswith("NCT05765006 screening reportSubjectC-7Date of screening2026-05-04")
        for flag, value in (("--trial", "NCT05765006"), ("--edition", "SELENA")):
            said = refused("candidate.json", flag, value)
            accepted = "accepted with a visit or findings, not with a candidate"
            assert said == f"candidate.json: {flag}: {accepted}"

    def test_a_rated_visit(self) -> None:
        record: dict[str, Any] = {
            "# ": "as the form keeps it",
            "subject": "P01",
            "date": "2024-01-16",
            "rater": "Dr. A.",
            "edition": "SLEDAI-2K",
            "assessment": PENDING,
            "answered": {"rash": True},
            "findings": {"platelets": "92 K/uL"},
        }
        text = made("r.json", "--edition", "SLEDAI_2K", "--visit", "2024-01-16", record=record)
        assert text.startswith("SLEDAI-2K score sheetSubjectP01Date of visit2024-01-16")
        assert "RaterDr. A." in text
        for flag, value, found, accepted in (
            ("--edition", "SELENA", "SELENA-SLEDAI", "SLEDAI-2K"),
            ("--patient", "P" * 50, "P" * 37 + "...", "P01"),
            ("--rater", "Dr. B.", "Dr. B.", "Dr. A."),
            ("--visit", "2024-01-17", "2024-01-17", "2024-01-16"),
        ):
            said = refused("r.json", flag, value)
            assert said == f"r.json: {flag}: found {found}; accepted: {accepted}"
        nobody = {"subject": None, "date": None, "rater": None}
        assert "SubjectP02" in made("r.json", "--patient", "P02", record=record | nobody)

    def test_a_response_of_fhir(self) -> None:
        visit = Visit(date=date(2024, 1, 16), assessment=Assessment.of(present={"rash"}))
        record = response(visit, "SLEDAI-2K", subject="Patient/7", author={"display": "Dr. A."})
        text = made("r.json", "--patient", "Patient/7", record=record)
        assert text.startswith("SLEDAI-2K score sheetSubjectPatient/7Date of visit2024-01-16")
        assert "RaterDr. A." in text
        assert "RaterB." in made("r.json", "--edition", "SLEDAI_2K", "--rater", "B.")
        said = refused("r.json", "--edition", "SELENA")
        assert said == "r.json: --edition: found SELENA-SLEDAI; accepted: SLEDAI-2K"
        said = refused("r.json", "--patient", "7")
        assert said == "r.json: --patient: found 7; accepted: Patient/7"
        nameless = made("r.json", "--patient", "7", record=response(visit, "SLEDAI-2K"))
        assert "Subject7" in nameless

    @pytest.mark.parametrize(
        ("text", "said"),
        [
            ("{", "line 1, column 2: no JSON: Expecting property name enclosed in double quotes"),
            ('{"rash": true, "rash": false}', "'rash' stands twice"),
            ('{"age": ' + "9" * 5000 + "}", "a number has too many digits"),
            ('{"a": ' + "[" * 100_000 + "]" * 100_000 + "}", "objects nested too deep"),
            ('{"weight": 1}', "found no known field; accepted: those of findings, a visit,"),
            ('{"resourceType": "Bundle"}', "resourceType: found 'Bundle'"),
            ('{"age": "old"}', "age: found 'old'; accepted: a whole number"),
        ],
    )
    def test_what_is_none(self, text: str, said: str) -> None:
        assert said in refused("r.json", text=text)

    def test_what_is_wrong_is_named(self) -> None:
        record: dict[str, Any] = {**PENDING, "arthritis": "maybe", "a\tb": True}
        del record["fever"]
        said = refused("r.json", record=record)
        assert "arthritis: found 'maybe'; accepted: true (present)" in said
        assert "fever: no answer given" in said
        assert "a\\tb: not one of the 24 descriptors" in said

    def test_not_in_utf_8(self) -> None:
        Path("r.json").write_bytes(b'{"age": "\xff"}')
        assert refused("r.json") == "r.json: no text in UTF-8; save it as UTF-8"

    def test_an_array_is_a_file_of_visits(self) -> None:
        record = [{"patient": "P01", "date": "2024-01-16", **PENDING}]
        Path("r.json").write_text(json.dumps(record), encoding="utf-8")
        text = made("r.json", *FILE[1:], "--patient", "P01", "--visit", "2024-01-16")
        assert "Total, of 0 to 1057 to 11" in text

    def test_a_record_has_no_columns(self) -> None:
        said = refused("visit.json", "--subject", "patient")
        assert said.startswith("found a codebook with [visit]; accepted: none beside a record")
        assert refused("visit.json", "--visit", "soon") == (
            "--visit: found 'soon'; accepted: a date, such as 2024-01-16"
        )


class TestOutput:
    """The sheet is written whole, or not at all."""

    def test_a_name_with_what_moves_the_cursor(self) -> None:
        code, out, _ = run("sheet", *FILE, "--patient", "P01", "-o", "a\x1b[2J.html")
        assert code == 0
        assert "written to a\\x1b[2J.html" in out

    def test_a_file_that_is_not_there(self) -> None:
        assert refused("nowhere.csv") == "nowhere.csv: No such file or directory"

    def test_formats(self) -> None:
        assert run("sheet", "visit.json", "-o", "x.txt")[2] == (
            "error: x.txt: cannot write suffix '.txt'; accepted: .html, .pdf"
        )
        assert run("sheet", "visit.json", "-o", "no/x.pdf")[0] == 2

    def test_a_sheet_that_cannot_be_made_leaves_the_old_one(self) -> None:
        Path("sheet.pdf").write_text("old", encoding="utf-8")
        code, _, err = run("sheet", "visit.json", "--patient", "𓀀", "-o", "sheet.pdf")
        assert (code, "sheet: found '𓀀'; accepted: letters" in err) == (2, True)
        assert Path("sheet.pdf").read_text(encoding="utf-8") == "old"

    def test_paper(self) -> None:
        for paper, width in (("a4", 595), ("letter", 612)):
            run("sheet", "visit.json", "--paper", paper, "-o", "sheet.pdf")
            (page,) = PdfReader("sheet.pdf").pages
            assert round(page.mediabox[2]) == width

    def test_without_the_extra(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setitem(__import__("sys").modules, "typst", None)
        code, _, err = run("sheet", "visit.json", "-o", "sheet.pdf")
        assert code == 69
        assert "a sheet as PDF needs typst: pip install 'sledai[sheets]'" in err
        assert run("sheet", "visit.json", "-o", "sheet.html")[0] == 0
