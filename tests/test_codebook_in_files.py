"""What a codebook says of a file, to the last line: rows, items, numbers, headers, bounds."""

from pathlib import Path
from typing import Any, ClassVar

import polars as pl
import pytest
from commands import run

from sledai import Descriptor, InvalidInputError
from sledai.audit import audit
from sledai.cells import read_numbers, read_printed_values
from sledai.codebook import Codebook, Lab
from sledai.codebook.contents import DescriptorColumns, FieldColumns, FindingColumns
from sledai.codebook.fields import FieldColumn
from sledai.codebook.lab import LAB_LIMITS
from sledai.codebook.layout import FileFormat
from sledai.codebook.words import Words
from sledai.files import Dialect, open_visits, read_visits

OTHERS = sorted(set(Descriptor) - {"rash", "fever"})


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)


def write(text: str, **sections: Any) -> None:
    Path("v.csv").write_text(text, encoding="utf-8")
    Codebook(**sections).dump("v.toml")


class TestNumbers:
    """[file] decimal: what stands before decimals, and between thousands."""

    @pytest.mark.parametrize(
        ("cell", "decimal", "number"),
        [
            ("0,3", ",", 0.3),
            ("1.200,5", ",", 1200.5),
            ("1 200", ",", 1200),
            ("1'200.5", ".", 1200.5),
            ("-1,5", ",", -1.5),
            ("1.5", ",", None),
            ("12.34", ",", None),
            ("x", ",", None),
        ],
    )
    def test_read(self, cell: str, decimal: Any, number: float | None) -> None:
        numbers, wrong = read_numbers(pl.Series([cell, None]), decimal=decimal)
        assert (numbers.to_list(), wrong.to_list()) == ([number, None], [number is None, False])

    def test_bounds(self) -> None:
        values = read_printed_values(pl.Series(["<5,2", "> 1.200", "5.2"]), decimal=",")
        assert values.numbers.to_list() == [5.2, 1200, None]
        assert values.bounds.to_list() == ["<", ">", None]
        assert values.wrong.to_list() == [False, False, True]

    def test_columns_of_numbers_need_none(self) -> None:
        numbers, _ = read_numbers(pl.Series([1.5, None]), decimal=",")
        assert numbers.to_list() == [1.5, None]


class TestRows:
    """[rows] and [long]: what is refused, with its place."""

    def test_a_condition_on_a_column_that_is_not_there(self) -> None:
        write("rash,fever\n1,0\n", rows={"only_where": {"form": ["x"]}})
        code, _, err = run("score", "v.csv", "--codebook", "v.toml")
        assert (code, "v.csv: no column 'form'" in err) == (2, True)

    LONG: ClassVar[Any] = {"visit": ["id", "day"], "item": "test", "answer": "result"}

    @pytest.mark.parametrize(
        ("lines", "said"),
        [
            (["A,1,Rash,yes", "A,1,Rash,no"], "items with two different answers at one visit: 2"),
            (["A,1,,yes"], "rows of no item: 1"),
            (["A,,Rash,yes"], "rows of no visit: 1"),
            (["A,1,id,yes"], "item 'id' is called as a column of [long] is"),
        ],
    )
    def test_rows_of_items(self, lines: list[str], said: str) -> None:
        write("\n".join(["id,day,test,result", *lines, ""]), long=self.LONG)
        code, _, err = run("score", "v.csv", "--codebook", "v.toml")
        assert (code, said in " ".join(err.split())) == (2, True)


class TestFindings:
    """[findings]: bounds in a column, flags, and units."""

    def test_bounds_in_a_column(self) -> None:
        text = "plt,sign,f,g\n100,<,L,L\n100,>,N,N\n99,,L,N\n"
        book: Any = {
            "platelets": {"column": "plt", "unit": "K/uL", "bound": "sign"},
            "c3": {"flag": "f", "low": ["L"], "normal": ["N"]},
            "c4": {"flag": "g", "low": ["L"], "normal": ["N"]},
        }
        write(text, findings=book)
        assert run("derive", "v.csv", "--codebook", "v.toml", "-o", "d.csv")[0] == 0
        derived = pl.read_csv("d.csv")
        assert derived["thrombocytopenia"].to_list() == [True, False, True]
        assert derived["low_complement"].to_list() == [True, False, True]
        Path("v.csv").write_text(text.replace("<", "approx"), encoding="utf-8")
        code, _, err = run("derive", "v.csv", "--codebook", "v.toml")
        assert code == 2
        assert "cells that are no bound: 1; accepted: <, <=, >, >= or nothing" in " ".join(
            err.split()
        )

    def test_an_analyte_without_a_limit(self) -> None:
        lab = Lab("c3", "c3", "g/L")
        assert "c3" not in LAB_LIMITS
        with pytest.raises(InvalidInputError, match="analyte: found 'c3'; accepted: "):
            _ = lab.limit

    def test_a_range_the_wrong_way_round(self) -> None:
        line = {"column": "c", "unit": "g/L", "lower": 0.9, "upper": 0.1}
        with pytest.raises(InvalidInputError, match=r"c3: lower 0.9 is above 0.1"):
            Codebook(findings={"c3": line})
        assert str(Lab("c3", "c", "g/L")) == "c3 g/L"

    def test_units_by_row_are_said(self) -> None:
        assert str(Lab("platelets", "plt", "", unit_column="u")) == "platelets, units in u"


class TestOptions:
    """An option that is said twice is refused in its own name."""

    @pytest.mark.parametrize(
        ("args", "said"),
        [
            (["score", "--column=a=rash", "--column=b=rash"], "--column: two columns for rash"),
            (
                ["derive", "--lab=platelets=a /uL", "--lab=platelets=b /uL"],
                "--lab: 'platelets' is given twice",
            ),
            (["visits", "--subject", "id"], "no column of the date; accepted: --date COLUMN, or"),
            (["visits", "--date", "id"], "no column of the subject; accepted: --subject COLUMN"),
        ],
    )
    def test_refused(self, args: list[str], said: str) -> None:
        Path("v.csv").write_text("id,a,b\n1,1,1\n", encoding="utf-8")
        command, *options = args
        code, _, err = run(command, "v.csv", *options)
        assert (code, said in " ".join(err.split())) == (2, True)

    def test_names_that_are_there_already_are_said(self) -> None:
        write(
            "id,seen,rash,fever,sledai_low\nA,2024-01-01,1,0,9\n",
            visit={"subject": "id", "date": "seen"},
            descriptors={"absent": OTHERS},
        )
        code, out, _ = run("visits", "v.csv", "--codebook", "v.toml", "-o", "o.csv")
        assert (code, "sledai_low as sledai_low_computed" in " ".join(out.split())) == (0, True)


class TestSections:
    """A section that is read already is taken as it is, and says what cannot be together."""

    def test_sections_as_they_are(self) -> None:
        book = Codebook(
            file={"missing": ["-9"]},
            descriptors={"rash": "r"},
            fields={"physician_global": "physician_global"},
            findings={"platelets": {"column": "p", "unit": "/uL"}},
        )
        again = Codebook(
            file=book.file,
            descriptors=book.descriptors,
            fields=book.fields,
            findings=book.findings,
        )
        assert again == book
        for section in (FileFormat, DescriptorColumns, FieldColumns, FindingColumns):
            one = section.model_validate({})
            assert section.model_validate(one) == one

    @pytest.mark.parametrize(
        ("descriptors", "said"),
        [
            ({"numbered": "i{}", "prefix": "x"}, "numbered beside prefix or suffix; accepted: one"),
            ({"numbered": "item"}, "numbered: found 'item'; accepted: a name with one {}"),
            ({"rash": "r", "absent": ["rash"]}, "yet with a column: rash"),
            ({"rash": "r", "no_items": ["r"]}, "named for a descriptor and said to be no item"),
            ({"rash": "r", "new_rash": "s"}, "two columns for rash"),
            (
                {"absent": ["rash"], "not_collected": ["rash"]},
                "both not collected and absent: rash",
            ),
        ],
    )
    def test_descriptors(self, descriptors: dict[str, Any], said: str) -> None:
        with pytest.raises(InvalidInputError) as caught:
            Codebook(descriptors=descriptors)
        assert said in str(caught.value)

    def test_a_field_in_a_column_of_its_own_name(self) -> None:
        assert FieldColumn.of("physician_global", "physician_global").most == 3

    def test_a_cell_that_is_neither_text_nor_number(self) -> None:
        assert Words.of().meaning([1]) == [1]
        assert not Words.of(missing=["1"]).says_nothing(cell=True)

    def test_no_recorded_total(self) -> None:
        with pytest.raises(InvalidInputError, match=r"no recorded total; accepted: its column"):
            audit(pl.DataFrame({"rash": [1]}), Codebook())


class TestHeaderRow:
    """[file] header_row: rows above it are not read."""

    def test_csv(self) -> None:
        Path("v.csv").write_text('A title, with "quotes\n\nid,rash\n1,yes\n', encoding="utf-8")
        visits = open_visits(Path("v.csv"), Dialect(header_row=3))
        assert visits.columns == ["id", "rash"]
        assert read_visits(Path("v.csv"), Dialect(header_row=3)).rows() == [("1", "yes")]

    def test_a_format_that_has_none(self) -> None:
        pl.DataFrame({"rash": [1]}).write_parquet("v.parquet")
        with pytest.raises(
            InvalidInputError,
            match="header_row is for CSV, TSV, text, Excel, OpenDocument; Parquet has",
        ):
            open_visits(Path("v.parquet"), Dialect(header_row=2))
