"""What is proposed for a table: the true reading, with what speaks for it, or a question."""

import csv
import io
import pickle
import tomllib
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import pandas as pd
import polars as pl
import pytest
import xlsxwriter
from commands import run
from spec_tables import NAMES, WEIGHTS

from sledai import Descriptor, InvalidInputError, audit, frame
from sledai.codebook import Codebook
from sledai.codebook.proposal import sample
from sledai.codebook.questions import Question

FIELD = Path(__file__).parents[2] / "shared" / "field"


def items(
    yes: str = "1", no: str = "0", *, called: str = "{}", rows: int = 4, present: str = "rash"
) -> dict[str, list[str]]:
    """A column an item, of which those in `present` are so in the first row."""
    return {
        called.format(name): [yes if name in present.split() else no, *[no] * (rows - 1)]
        for name in NAMES
    }


def proposed(**columns: Sequence[Any]) -> Codebook:
    return Codebook.propose(pl.DataFrame(columns))


def asked(book: Codebook) -> dict[str, str]:
    return {f"{q.section}.{q.key}": q.said for q in book.questions}


class TestWords:
    """Which words and codes stand for present and absent, with counts."""

    @pytest.mark.parametrize(
        ("yes", "no"),
        [
            *(("ja", "nein"), ("SI", "NO"), ("oui", "non"), ("Checked", "Unchecked")),
            *(("t", "f"), ("+", "-"), ("Pos", "Neg"), ("да", "нет")),
        ],
    )
    def test_pairs_of_words_that_are_known(self, yes: str, no: str) -> None:
        book = proposed(**items(yes, no))
        assert (book.answers.present, book.answers.absent) == ((yes,), (no,))
        assert book.questions == ()
        assert f"# '{no.lower()}' in 95\nabsent" in book.written()

    @pytest.mark.parametrize(("yes", "no"), [("1", "0"), ("yes", "no"), ("Present", "Absent")])
    def test_what_is_read_anyway_is_not_said(self, yes: str, no: str) -> None:
        assert proposed(**items(yes, no)).lines() == {}

    def test_one_of_the_usual_words_alone(self) -> None:
        assert proposed(**items("yes", "yes")).lines() == {}
        assert proposed(**items("0", "0")).questions == ()

    @pytest.mark.parametrize(
        ("yes", "no"), [("2", "1"), ("1", "2"), ("1", ""), ("x", ""), ("-1", "0"), ("ja", "ja")]
    )
    def test_a_code_that_says_nothing_of_itself_is_asked(self, yes: str, no: str) -> None:
        book = proposed(**items(yes, no, present="rash fever"))
        assert {*asked(book)} == {"answers.present", "answers.absent"}
        assert repr(yes) in asked(book)["answers.present"]

    def test_ones_alone_are_said_to_say_no_nowhere(self) -> None:
        said = asked(proposed(**items("1", "")))["answers.present"]
        assert said.endswith("no cell says no, and 23 items have no answer at all")

    def test_words_for_nothing(self) -> None:
        book = proposed(**items("ja", "nein") | {"fever": ["NA", "nein", "n.d.", ""]})
        assert book.answers.not_assessed == ("NA", "n.d.")
        assert book.questions == ()

    def test_a_column_in_its_own_words_is_asked(self) -> None:
        book = proposed(**items() | {"arthritis": ["left knee", "0", "0", "0"]})
        (question,) = book.questions
        value = {"column": "arthritis", "present": "?", "absent": "?"}
        assert (question.key, question.value) == ("arthritis", value)

    def test_points(self) -> None:
        columns = {n: [str(WEIGHTS[n]) if n == "rash" else "0", "0"] for n in NAMES}
        assert proposed(**columns).lines() == {"answers": {"points": True}}

    def test_points_that_are_not_the_published_ones_are_asked(self) -> None:
        columns = {n: ["4" if n == "lupus_headache" else "0", "0"] for n in NAMES}
        said = asked(proposed(**columns))
        assert {*said} == {"answers.points"}
        assert said["answers.points"].endswith("lupus_headache 4, published 8")


class TestItems:
    """Which column is which descriptor, and why."""

    @pytest.mark.parametrize(
        ("called", "line"), [("SLEDAI_{}", {"prefix": "SLEDAI_"}), ("{}_v1", {"suffix": "_v1"})]
    )
    def test_a_family(self, called: str, line: dict[str, str]) -> None:
        book = proposed(**items(called=called))
        assert book.lines() == {"descriptors": line}
        assert "24 columns are called so" in book.written()

    def test_two_families_are_asked(self) -> None:
        both = items(called="{}_v1") | items(called="{}_v2")
        said = asked(proposed(**both))
        assert {*said} == {"descriptors.prefix"}
        assert "'seizure_v1', or those such as 'seizure_v2'" in said["descriptors.prefix"]

    def test_bare_names_beside_a_family_are_none(self) -> None:
        book = proposed(arthritis=["1"] * 4, **items(called="sledai_{}"))
        assert book.descriptors.no_items == ("arthritis",)
        assert book.questions == ()

    def test_few_that_look_like_items_beside_bare_names(self) -> None:
        book = proposed(**items(), sledai_rash=["1", "1", "1", "1"])
        assert book.descriptors.no_items == ("sledai_rash",)
        assert frame.score(pl.DataFrame(items() | {"sledai_rash": ["1"] * 4}), book).height == 4

    def test_names_that_are_shortened(self) -> None:
        columns = items(called="s_{}")
        for name, short in (("visual_disturbance", "s_vd"), ("leukopenia", "s_leuk")):
            columns[short] = columns.pop(f"s_{name}")
        book = proposed(**columns)
        assert book.questions == ()
        assert book.descriptors.columns == {"visual_disturbance": "s_vd", "leukopenia": "s_leuk"}
        assert "# 'vd' shortens it" in book.written()

    def test_what_rests_on_the_order_alone_is_asked(self) -> None:
        columns = items()
        order = {("swollen" if n == "arthritis" else n): columns[n] for n in NAMES}
        said = asked(proposed(**order))
        assert said == {"descriptors.arthritis": "perhaps 'swollen' ('0' in 4)"}

    @pytest.mark.parametrize(("missing", "at"), [("seizure", 0), ("leukopenia", 23)])
    def test_at_either_end_of_the_form(self, missing: str, at: int) -> None:
        columns = {name: cells for name, cells in items().items() if name != missing}
        names = [*columns]
        names.insert(at, "other")
        order = {name: columns.get(name, ["0"] * 4) for name in names}
        assert "'other'" in asked(proposed(**order))[f"descriptors.{missing}"]

    def test_a_name_in_another_place_is_asked(self) -> None:
        columns = {name: cells for name, cells in items().items() if name != "urinary_casts"}
        said = asked(proposed(casts=["0"] * 4, **columns))
        assert said == {"descriptors.urinary_casts": "perhaps 'casts' ('0' in 4)"}

    def test_a_name_that_other_columns_have_too(self) -> None:
        columns = {n: c for n, c in items().items() if n != "increased_dna_binding"}
        book = proposed(dsdna=["35.2", "0", "1", ""], **columns)
        assert asked(book) == {
            "descriptors.increased_dna_binding": "'dsdna': it or another column?"
        }

    def test_two_columns_of_one_name_are_asked(self) -> None:
        said = asked(proposed(CVA=["0"] * 4, **items()))
        which = "which of 'CVA', 'cerebrovascular_accident' is it?"
        assert said == {"descriptors.cerebrovascular_accident": which}

    def test_numbers_of_the_form_are_asked(self) -> None:
        said = asked(proposed(**{f"items___{n}": ["0", "1"] for n in range(1, 25)}))
        assert {*said} == {"descriptors.numbered"}
        assert said["descriptors.numbered"].endswith('"items___{}"')

    def test_other_numbers_are_none(self) -> None:
        book = proposed(**{f"q{n}": ["0", "1"] for n in range(1, 23)})
        assert (book.lines(), book.questions) == ({}, ())
        assert "No column looks like a descriptor." in book.written()

    def test_a_form_in_another_language_is_asked_by_its_order(self) -> None:
        book = proposed(**{f"Frage {chr(97 + n)}": ["ja", "nein"] for n in range(24)})
        assert len(book.questions) == 24
        assert asked(book)["descriptors.seizure"] == "perhaps 'Frage a' ('ja' in 1, 'nein' in 1)"


class TestVisits:
    """The patient, the date and its format, what else a visit has."""

    def test_the_column_of_the_patient_is_one_whose_texts_return(self) -> None:
        book = proposed(id=["1", "2"], subject=["A", "A"], **items(rows=2))
        assert book.visit.subject == "subject"
        assert proposed(id=["1", "2"], **items(rows=2)).visit.subject == "id"

    @pytest.mark.parametrize(
        ("cell", "form"),
        [
            ("2024-01-16", None),
            ("2024-01-16 10:30:00", None),
            ("31/01/2024", "%d/%m/%Y"),
            ("01/31/2024", "%m/%d/%Y"),
            ("16.01.2024", "%d.%m.%Y"),
            ("16-Jan-2024", "%d-%b-%Y"),
            ("20240116", "%Y%m%d"),
        ],
    )
    def test_formats_of_dates(self, cell: str, form: str | None) -> None:
        book = proposed(seen=[cell] * 4, **items())
        assert (book.visit.date, book.visit.date_format) == ("seen", form)
        assert "4 of 4 cells are dates" in book.written()

    def test_day_or_month_first_is_asked(self) -> None:
        book = proposed(seen=["01/02/2024"] * 4, **items())
        assert {*asked(book)} == {"visit.date_format"}
        assert asked(book)["visit.date_format"].startswith("%d/%m/%Y and %m/%d/%Y fit")

    def test_the_share_that_parses(self) -> None:
        book = proposed(seen=["31/01/2024"] * 39 + ["soon"], **items(rows=40))
        assert "# 39 of 40 cells are dates" in book.written()
        assert proposed(seen=["31/01/2024", "soon"] * 2, **items()).visit.date is None

    def test_of_several_dates_the_visit_s(self) -> None:
        two = {"born": ["1980-01-16"] * 4, "visit_date": ["2024-01-16"] * 4}
        assert proposed(**two, **items()).visit.date == "visit_date"
        two = {"one": ["1980-01-16"] * 4, "two": ["2024-01-16"] * 4}
        said = asked(proposed(**two, **items()))
        assert said == {"visit.date": "which is the date of the visit: 'one', 'two'?"}

    @pytest.mark.parametrize(("name", "unit"), [("day", "days"), ("Week", "weeks")])
    def test_days_since_a_day_0(self, name: str, unit: str) -> None:
        book = proposed(**{name: [-14, 0, 28, 56]}, **items())
        assert (book.visit.day, book.visit.day_unit) == (name, unit)

    def test_a_day_of_the_week_is_none(self) -> None:
        assert proposed(day=["Mon", "Tue", "1", "2"], **items()).visit.day is None

    @pytest.mark.parametrize(
        ("numbers", "scale"), [(["0.5", "55"], 100), (["0.5", "2,5"], None), (["7", "1"], None)]
    )
    def test_the_scale_of_a_global_assessment(self, numbers: list[str], scale: int | None) -> None:
        book = proposed(pga=numbers, **items(rows=2))
        if scale:
            assert [field.most for field in book.fields.columns] == [scale]
            return
        assert {*asked(book)} - {"file.decimal"} == {"fields.physician_global"}

    def test_numbers_beyond_every_scale(self) -> None:
        said = asked(proposed(pga=["500"] * 2, **items(rows=2)))["fields.physician_global"]
        assert "do not reach so far" in said

    def test_two_global_assessments(self) -> None:
        book = proposed(pga=["55"] * 2, clinician_global=["1"] * 2, **items(rows=2))
        assert "'clinician_global' may be physician_global too: numbers 1 to 1" in book.written()

    def test_fields_are_read_by_their_names_and_others_remarked(self) -> None:
        book = proposed(
            prednisone_mg_day=[5, 10], stero_dose=[5, 10], Dosis_Prednisona=[5, 7], **items(rows=2)
        )
        assert book.lines() == {}
        assert 'perhaps [fields] prednisone_mg_day = "Dosis_Prednisona"' in book.written()
        assert "'prednisone_mg_day'" in book.written()

    @pytest.mark.parametrize("name", ["SLEDAI_total", "sledai_2k_result", "SLEDAI"])
    def test_a_recorded_total(self, name: str) -> None:
        assert proposed(**{name: [6, 0]}, **items(rows=2)).recorded.total == name

    def test_recorded_scores_that_are_asked(self) -> None:
        columns = {"sledai_a_score": [4, 8], "sledai_b_score": [2, 2], "csledai_score": [2, 0]}
        book = proposed(**columns, **items(rows=2))
        assert book.recorded.clinical == "csledai_score"
        assert asked(book) == {
            "recorded.total": "which of 'sledai_a_score', 'sledai_b_score' is it?"
        }

    def test_totals_alone(self) -> None:
        book = proposed(pt_id=["1", "1"], sledai2_i_miss=[8, 2])
        assert book.lines() == {
            "visit": {"subject": "pt_id"},
            "recorded": {"total": "sledai2_i_miss"},
        }
        assert book.questions == ()

    def test_what_this_library_wrote(self) -> None:
        df = frame.score(pl.DataFrame({n: [True, False] for n in NAMES}))
        book = Codebook.propose(df)
        assert book.lines() == {"recorded": {"total": "sledai_total"}}
        assert frame.score(df, book)["sledai_total_computed"].to_list() == [105, 0]

    def test_laboratory_values_are_remarked_with_plausible_units(self) -> None:
        said = proposed(
            plt=["92", "300", "Not Available"], c3=["0.9", "1.2", ""], c3_units=["g/L"] * 3
        ).written()
        line = 'perhaps [findings] platelets = { column = "plt", unit = "?" }  # numbers 92 to 300;'
        assert line in said.replace("\n#  ", "")
        assert 'c3 = { column = "c3", unit_column = "c3_units" }' in said


class TestRows:
    def test_rows_of_other_instruments(self) -> None:
        columns = items() | {"redcap_repeat_instrument": ["sledai"] * 4}
        both = {name: [*cells, ""] for name, cells in columns.items()}
        both["redcap_repeat_instrument"][-1] = "drugs"
        book = proposed(**both)
        assert book.rows.only_where == {"redcap_repeat_instrument": ("sledai",)}
        assert proposed(**columns).lines() == {}
        columns["redcap_repeat_instrument"] = ["sledai", "sledai", "drugs", "drugs"]
        assert proposed(**columns).lines() == {}  # two forms have items: which is not to be told

    def test_a_box_for_none_is_asked_where_items_are_empty(self) -> None:
        columns = {name: [*cells, ""] for name, cells in items().items()}
        book = proposed(**columns, sledai_none=["0", "0", "0", "0", "1"])
        assert {*asked(book)} == {"rows.none_present_where"}
        assert proposed(**items(), sledai_none=["0"] * 4).questions == ()

    def test_the_state_of_a_form_is_asked_where_answers_stand_in_an_open_one(self) -> None:
        assert proposed(**items(), sledai_complete=["2"] * 4).questions == ()
        book = proposed(**items(), sledai_complete=["2", "2", "0", "2"])
        assert "'0' in 1" in asked(book)["rows.not_assessed_where"]

    def long(self, **columns: list[str]) -> pl.DataFrame:
        rows = {"USUBJID": ["S1"] * 24, "VISIT": ["W0"] * 24, "QSTEST": NAMES}
        said = ["PRESENT" if name == "rash" else "ABSENT" for name in NAMES]
        return pl.DataFrame(rows | {"QSORRES": said, "DOMAIN": ["QS"] * 24} | columns)

    def test_one_row_an_item(self, tmp_path: Path) -> None:
        self.long().write_csv(tmp_path / "qs.csv")
        book = Codebook.propose(tmp_path / "qs.csv")
        assert book.lines()["long"] == {
            "visit": ["USUBJID", "VISIT"],
            "item": "QSTEST",
            "answer": "QSORRES",
        }
        assert book.questions == ()
        book.dump(tmp_path / "b.toml")
        out = tmp_path / "o.csv"
        assert (
            run("score", tmp_path / "qs.csv", "--codebook", tmp_path / "b.toml", "-o", out)[0] == 0
        )
        assert pl.read_csv(out)["sledai_total"].to_list() == [2]

    def test_items_by_their_number(self) -> None:
        df = self.long(QSTEST=[f"item {n}" for n in range(1, 25)])
        book = Codebook.propose(df)
        assert book.long.item == "QSTEST"
        assert {*asked(book)} == {"descriptors.numbered"}
        book = book.stating({"descriptors": {"numbered": "item {}"}})
        assert frame.score(df, book)["sledai_total"].to_list() == [2]

    def test_which_column_is_the_answer_is_asked(self) -> None:
        book = Codebook.propose(self.long(OTHER=["1", "0"] * 12).drop("QSORRES"))
        assert book.long.answer == "OTHER"
        two = self.long(A=["1", "0"] * 12, B=["1", "0"] * 12).drop("QSORRES")
        said = asked(Codebook.propose(two))
        assert {*said} == {"long.item", "long.answer", "long.visit"}
        assert said["long.answer"] == "perhaps 'A', 'B'"
        none = asked(Codebook.propose(self.long().drop("QSORRES")))
        assert none["long.answer"] == "no column looks like it"

    def test_a_column_of_many_texts_holds_no_items(self) -> None:
        assert proposed(note=[f"seizure {n}" for n in range(300)]).lines() == {}

    def test_items_that_stand_twice_at_a_visit(self) -> None:
        assert Codebook.propose(self.long(MANY=[f"x{n}" for n in range(24)])).questions == ()
        twice = pl.concat([self.long(), self.long()])
        assert {*asked(Codebook.propose(twice))} == {"long.item", "long.answer", "long.visit"}


class TestFiles:
    """How the text of a file is written."""

    def file(self, folder: Path, table: Mapping[str, Sequence[str]], **how: Any) -> Path:
        out = io.StringIO()
        writer = csv.writer(out, delimiter=how.get("separator", ","))
        writer.writerows([["Visits, as of 2024"]] * how.get("titles", 0))
        writer.writerows([[*table], *zip(*table.values(), strict=True)])
        path = folder / "in.csv"
        path.write_text(out.getvalue(), encoding=how.get("encoding", "utf-8"))
        return path

    @pytest.mark.parametrize("separator", [",", ";", "\t", "|"])
    @pytest.mark.parametrize("titles", [0, 1, 2])
    def test_separator_and_row_of_names(self, tmp_path: Path, separator: str, titles: int) -> None:
        path = self.file(tmp_path, items(), separator=separator, titles=titles)
        book = Codebook.propose(path)
        assert book.file.separator == (separator if separator != "," else None)
        assert book.file.header_row == (titles + 1 if titles else None)
        assert book.questions == ()

    def test_the_suffix_says_it_too(self, tmp_path: Path) -> None:
        for suffix, separator, said in (
            (".tsv", "\t", None),
            (".tsv", ";", ";"),
            (".txt", "|", "|"),
        ):
            path = self.file(tmp_path, items(), separator=separator).rename(tmp_path / f"v{suffix}")
            assert Codebook.propose(path).file.separator == said

    def test_what_is_stated_wins(self, tmp_path: Path) -> None:
        path = self.file(tmp_path, items(), separator=";")
        assert Codebook.propose(path, separator=";").lines() == {}

    def test_encoding(self, tmp_path: Path) -> None:
        path = self.file(tmp_path, items() | {"Größe": ["1"] * 4}, encoding="cp1252")
        book = Codebook.propose(path)
        assert book.file.encoding == "cp1252"
        assert "'Größe'" in book.written()

    def test_a_letter_that_is_cut(self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        path = self.file(tmp_path, {"äöü": ["ß"] * 2} | items(rows=2))
        monkeypatch.setattr(sample, "_BEGINNING", 5)
        assert Codebook.propose(path).file.encoding == "utf-8"

    def test_a_file_of_nothing(self, tmp_path: Path) -> None:
        (tmp_path / "in.csv").write_text("\n\n")
        with pytest.raises(InvalidInputError, match="no header"):
            Codebook.propose(tmp_path / "in.csv")

    def test_what_the_csv_module_refuses(self, tmp_path: Path) -> None:
        path = self.file(tmp_path, items() | {"note": ["x" * 200_000] * 4})
        assert Codebook.propose(path).lines() == {}

    def test_a_comma_before_decimals(self) -> None:
        assert proposed(dose=["7,5", "10"] * 2, **items()).file.decimal == ","
        assert proposed(dose=["7.5", "10"] * 2, **items()).file.decimal is None
        for cells in (["1,200", "10"], ["7,5", "7.5"]):
            assert {*asked(proposed(dose=cells * 2, **items()))} == {"file.decimal"}

    def workbook(self, path: Path, *titles: str) -> Path:
        with xlsxwriter.Workbook(path) as book:
            sheet = book.add_worksheet()
            for n, title in enumerate(titles):
                sheet.write_row(n, 0, [title, "", "", "x"][: 4 if title == "y" else 1])
            table = items()
            sheet.write_row(len(titles), 0, table)
            for n, row in enumerate(zip(*table.values(), strict=True), len(titles) + 1):
                sheet.write_row(n, 0, row)
        return path

    def test_a_workbook(self, tmp_path: Path) -> None:
        assert Codebook.propose(self.workbook(tmp_path / "a.xlsx")).lines() == {}
        book = Codebook.propose(self.workbook(tmp_path / "b.xlsx", "Visits", "of 2024"))
        assert book.lines() == {"file": {"header_row": 3}}

    def test_a_workbook_of_nothing(self, tmp_path: Path) -> None:
        path = tmp_path / "c.xlsx"
        with xlsxwriter.Workbook(path) as book:
            sheet = book.add_worksheet()
            for n in range(80):
                sheet.write_row(n, 0, ["", "x", "", "x"])
        with pytest.raises(InvalidInputError, match="more than one column is called"):
            Codebook.propose(path)
        with pytest.raises(InvalidInputError, match="unknown suffix"):
            Codebook.propose("visits.doc")

    def test_the_first_rows_of_many(self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(sample, "MOST_ROWS", 3)
        path = self.file(tmp_path, items("2", "1"))
        for data in (path, pl.read_csv(path), pl.scan_csv(path), pd.read_csv(path)):
            book = Codebook.propose(data)
            assert book.written().startswith("# Proposed from the first 3 rows.\n")
            assert "'1' in 71" in asked(book)["answers.present"]

    def test_other_types_of_cells(self) -> None:
        df = pd.DataFrame(items()).astype(float).astype(bool)
        assert Codebook.propose(df).lines() == {}


class TestDataDictionary:
    """A REDCap data dictionary gives the codebook of its exports."""

    HEADER = ("Variable / Field Name", "Form Name", "Field Type", "Field Label")
    CHOICES = "Choices, Calculations, OR Slider Labels"

    def propose(self, *rows: tuple[str, str, str, str], choices: bool = True) -> Codebook:
        names = [*self.HEADER, *([self.CHOICES] if choices else [])]
        full = [(v, "sledai", kind, label, said) for v, kind, label, said in rows]
        return Codebook.propose(
            pl.DataFrame([row[: len(names)] for row in full], schema=names, orient="row")
        )

    def labels(self) -> list[tuple[str, str]]:
        return [(f"q{n}", name.replace("_", " ").title()) for n, name in enumerate(NAMES)]

    def test_radio_buttons(self) -> None:
        rows = [
            (variable, "radio", f"<b>{label}</b> (past 10 days)", "2, Yes | 1, No | 9, Unknown")
            for variable, label in self.labels()
        ]
        book = self.propose(("record_id", "text", "Record", ""), *rows)
        assert book.questions == ()
        assert book.lines()["descriptors"]["rash"] == {
            "column": "q14",
            "present": ["2", "Yes"],
            "absent": ["1", "No"],
            "not_assessed": ["9", "Unknown"],
        }
        df = pl.DataFrame({v: [2 if v == "q14" else 1, 9] for v, _ in self.labels()})
        assert frame.score(df, book)["sledai_low"].to_list() == [2, 0]

    def test_yes_and_no(self) -> None:
        rows = [(v, "yesno", f"{label}: recent onset", "") for v, label in self.labels()]
        book = self.propose(*rows, choices=False)
        assert book.lines()["descriptors"]["rash"] == "q14"
        assert book.questions == ()

    def test_boxes(self) -> None:
        said = " | ".join(f"{n}, {label}" for n, (_, label) in enumerate(self.labels(), -1))
        book = self.propose(("items", "checkbox", "SLEDAI", f"{said} | 30, Other"))
        assert book.descriptors.columns[Descriptor.SEIZURE] == "items____1"
        assert book.descriptors.columns[Descriptor.LEUKOPENIA] == "items___22"
        assert book.questions == ()

    def test_what_is_not_known_is_asked(self) -> None:
        book = self.propose(("rash", "radio", "Rash", "1, mild | 0, none"))
        said = asked(book)
        assert len(said) == 24
        assert said["descriptors.rash"] == "1, mild | 0, none"
        assert said["descriptors.fever"] == "no label names it"


class TestQuestions:
    """No function takes a codebook with an open question, and an answer closes it."""

    def book(self) -> Codebook:
        return proposed(**items("2", "1"))

    @pytest.mark.parametrize(
        "lines",
        [
            {"file": {"sheet": "?"}},
            {"descriptors": {"rash": "?"}},
            {"findings": {"platelets": {"column": "?", "unit": "K/uL"}}},
        ],
    )
    def test_an_open_line_is_not_stated(self, lines: dict[str, Any]) -> None:
        said = r"\] \w+: found '\?'; accepted: a value; \? in a file stands for one that nobody"
        with pytest.raises(InvalidInputError, match=said):
            Codebook(**lines)
        with pytest.raises(InvalidInputError, match=said):
            Codebook().stating(lines)

    def test_every_door_refuses(self, tmp_path: Path) -> None:
        df = pl.DataFrame(items("2", "1"))
        df.write_csv(tmp_path / "v.csv")
        self.book().dump(tmp_path / "b.toml")
        said = 'open questions in the codebook: 2; put what is so in place of "?"'
        for call in (frame.score, frame.by_visit, audit.audit, audit.compare):
            with pytest.raises(InvalidInputError, match="open questions"):
                call(df, self.book())
        for command in ("score", "audit", "visits", "derive"):
            code, out, err = run(command, tmp_path / "v.csv", "--codebook", tmp_path / "b.toml")
            assert (code, out) == (2, "")
            assert said in err

    def test_answers_close_them(self) -> None:
        book = self.book().stating({"answers": {"present": ["2"]}})
        assert {*asked(book)} == {"answers.absent"}
        book = book.stating({"answers": {"absent": ["1"]}})
        assert frame.score(pl.DataFrame(items("2", "1")), book)["sledai_total"].to_list() == [
            2,
            0,
            0,
            0,
        ]

    def test_a_descriptor_that_no_column_has(self) -> None:
        columns = {name: cells for name, cells in items().items() if name != "fever"}
        book = proposed(**columns)
        assert {*asked(book)} == {"descriptors.fever"}
        assert book.stating({"descriptors": {"not_collected": ["fever"]}}).questions == ()

    def test_they_come_back_from_a_file(self, tmp_path: Path) -> None:
        columns = items("2", "1") | {"pga": ["1", "2", "3", "2"]}
        book = proposed(**columns)
        book.dump(tmp_path / "b.toml")
        read = Codebook.load(tmp_path / "b.toml")
        assert [(q.section, q.key, q.value) for q in read.questions] == [
            (q.section, q.key, q.value) for q in sorted(book.questions, key=lambda q: q.section)
        ]
        assert str(Question("answers", "present")) == "[answers] present"
        assert pickle.loads(pickle.dumps(book)) == book  # noqa: S301

    def test_a_missing_text_may_be_a_question_mark(self, tmp_path: Path) -> None:
        (tmp_path / "b.toml").write_text('top = 1\n[file]\nmissing = ["?"]\n')
        with pytest.raises(InvalidInputError, match="no section 'top'"):
            Codebook.load(tmp_path / "b.toml")
        (tmp_path / "b.toml").write_text('[file]\nmissing = ["?"]\n')
        assert Codebook.load(tmp_path / "b.toml").questions == ()

    def test_more_than_are_shown(self) -> None:
        book = proposed(rash=["1", "0"])
        with pytest.raises(InvalidInputError, match="and 3 more"):
            book.settled()

    def test_names_of_columns_cannot_write_lines(self) -> None:
        columns = {name: cells for name, cells in items().items() if name != "arthritis"}
        order: dict[str, list[str]] = {}
        for name in NAMES:
            order |= (
                {'x\n[answers]\npresent = ["0"]': ["0"] * 4}
                if name == "arthritis"
                else {name: columns[name]}
            )
        text = proposed(**order).written()
        assert tomllib.loads(text) == {"descriptors": {"arthritis": "?"}}


class TestCommand:
    def test_it_is_printed_or_written(
        self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.chdir(tmp_path)
        pl.DataFrame(items("2", "1")).write_csv("v.csv")
        code, out, err = run("codebook", "v.csv")
        assert (code, err) == (0, "")
        assert "[answers] # '1' in 95, '2' in 1" in out
        code, out, err = run("codebook", "v.csv", "-o", "b.toml")
        assert (code, err) == (0, "")
        said = 'codebook written to b.toml open questions: 2; put what is so in place of "?"'
        assert out == f"{said} [answers] present [answers] absent"
        assert Path("b.toml").read_text().count('"?"') == 3

    def test_without_questions(self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.chdir(tmp_path)
        pl.DataFrame(items("ja", "nein")).write_csv("v.csv", separator=";")
        said = run("codebook", "v.csv", "--separator", ";", "-o", "b.toml")
        assert said == (0, "codebook written to b.toml", "")
        assert "separator" not in Path("b.toml").read_text()

    def test_what_is_refused(self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.chdir(tmp_path)
        pl.DataFrame(items()).write_csv("v.csv")
        assert run("codebook", "v.csv", "-o", "b.csv")[::2] == (
            2,
            "error: b.csv: found '.csv'; accepted: .toml",
        )
        code, _, err = run("codebook", "v.csv", "--codebook", "b.toml")
        assert (code, err.startswith("error: --codebook: with --check alone")) == (2, True)

    def test_check(self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.chdir(tmp_path)
        columns = items() | {
            "patient": ["A"] * 4,
            "seen": ["2024-01-16", "2024-02-16", "soon", ""],
            "plt": ["92", "", "", ""],
            "SLEDAI": ["2", "", "", ""],
            "note": [""] * 4,
            "dsdna": ["1"] * 4,
            "fever": ["0", "", "maybe", "0"],
        }
        pl.DataFrame(columns).write_csv("v.csv")
        Codebook(
            visit={"subject": "patient", "date": "seen"},
            descriptors={"no_items": ["dsdna"]},
            findings={"platelets": {"column": "plt", "unit": "10*9/L", "lower": "low"}},
            recorded={"total": "SLEDAI"},
        ).dump("b.toml")
        assert run("codebook", "v.csv", "--check", "--codebook", "b.toml")[::2] == (
            2,
            "error: no column 'low', named for unit, limit or bound of platelets",
        )
        Codebook(
            visit={"subject": "patient", "date": "seen"},
            descriptors={"no_items": ["dsdna"]},
            findings={
                "platelets": {"column": "plt", "unit": "10*9/L"},
                "c4": {"flag": "note", "low": ["L"], "normal": ["N"]},
            },
            recorded={"total": "SLEDAI"},
        ).dump("b.toml")
        code, out, err = run("codebook", "v.csv", "--check", "--codebook", "b.toml")
        assert (code, err) == (1, "")
        for said in (
            "rash rash present 1, absent 3",
            "fever fever absent 2, not assessed 1, no answer 1 ('maybe')",
            "patient patient filled 4, empty 0",
            "seen date 2 of 4 are a date, such as 2024-01-16",
            "plt platelets < 100 10*9/L filled 1, empty 3",
            "SLEDAI recorded total filled 1, empty 3",
            "note flags of c4 filled 0, empty 4",
            "dsdna no item filled 4, empty 0",
            "4 rows; cells that are no answer: 1",
        ):
            assert said in out

    def test_check_without_a_codebook(
        self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.chdir(tmp_path)
        pl.DataFrame(items()).write_csv("v.csv")
        assert run("codebook", "v.csv", "--check")[0] == 0
        pl.DataFrame({"rash": ["1"]}).write_csv("w.csv")
        code, out, _ = run("codebook", "w.csv", "--check")
        assert (code, "no column for seizure" in out) == (1, True)
        Path("w.csv").write_text("rash,fever\n1,0,1\n")
        assert "records that are no row: 1" in run("codebook", "w.csv", "--check")[1]
        Codebook(rows={"only_where": {"fever": ["1"]}}).dump("b.toml")
        out = run("codebook", "w.csv", "--check", "--codebook", "b.toml")[1]
        assert "fever which rows are visits" in out
        assert "left out, as no visits (only_where): 0 rows" in out
        Path("w.csv").write_text("rash,fever\n")
        assert "rash rash no rows" in run("codebook", "w.csv", "--check")[1]


@pytest.mark.skipif(not FIELD.exists(), reason="the files of the field are not at hand")
@pytest.mark.parametrize(
    "path",
    sorted(p for p in FIELD.glob("*.csv") if "." not in p.stem and p.stem != "cases"),
    ids=str,
)
def test_on_files_of_the_field_it_is_right_or_open(path: Path, tmp_path: Path) -> None:
    proposal = Codebook.propose(path)
    proposal.dump(tmp_path / "b.toml")
    out = tmp_path / "out.csv"
    code, _, _ = run("score", path, "--codebook", tmp_path / "b.toml", "-o", out)
    if proposal.questions:
        assert code == 2
    elif code == 0:
        by_hand = tmp_path / "hand.csv"
        run("score", path, "--codebook", path.with_suffix(".toml"), "-o", by_hand)
        bounds = ["sledai_low", "sledai_high"]
        assert pl.read_csv(out).select(bounds).equals(pl.read_csv(by_hand).select(bounds))
