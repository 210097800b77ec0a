"""What a codebook says of a data frame: rows, units, flags, dates and numbers, on each engine."""

from collections.abc import Callable
from datetime import date, datetime
from typing import Any, ClassVar

import pandas as pd
import polars as pl
import pytest

from sledai import Descriptor, InvalidInputError, frame
from sledai.codebook import Codebook
from sledai.codebook.dates import DAY_ZERO, accepted_dates, date_said, read_date
from sledai.codebook.layout import VisitColumns
from sledai.codebook.numbers import in_points
from sledai.engines import result_names

ENGINES: dict[str, Callable[[pl.DataFrame], Any]] = {
    "polars": lambda df: df,
    "polars lazy": lambda df: df.lazy(),
    "pandas": lambda df: df.to_pandas(),
    "pandas objects": lambda df: df.to_pandas().astype(object),
    "pyarrow": lambda df: df.to_arrow(),
}
OTHERS = sorted(set(Descriptor) - {"rash", "fever"})


def rows(result: Any, *columns: str) -> list[tuple[Any, ...]]:
    if isinstance(result, pl.LazyFrame):
        result = result.collect()
    return pl.DataFrame(result).select(columns).rows()


class TestRows:
    """[rows]: which rows are visits, and of which a form says that nothing or none was found."""

    DATA = pl.DataFrame(
        {
            "form": ["sledai", "drugs", "sledai", "Sledai ", "sledai"],
            "complete": [2, 2, 0, 2, 2],
            "none": ["", "1", "1", "1", None],
            "rash": [1, 1, 1, None, None],
            "fever": [0, 0, 0, 1, None],
        }
    )
    BOOK = Codebook(
        rows={
            "only_where": {"form": ["sledai"]},
            "not_assessed_where": {"complete": ["0", "1"]},
            "none_present_where": {"none": ["1"]},
        },
        descriptors={"absent": OTHERS},
    )

    @pytest.mark.parametrize("engine", ENGINES)
    def test_scores(self, engine: str) -> None:
        scored = frame.score(ENGINES[engine](self.DATA), self.BOOK)
        assert rows(scored, "sledai_low", "sledai_high") == [(2, 2), (0, 3), (1, 1), (0, 3)]

    def test_a_file_says_the_same(self, tmp_path: Any) -> None:
        from sledai.cli import app  # noqa: PLC0415

        self.DATA.write_csv(tmp_path / "v.csv")
        self.BOOK.dump(tmp_path / "v.toml")
        args = ["score", "v.csv", "--codebook", "v.toml", "-o", "s.csv"]
        args = [str(tmp_path / arg) if "." in arg else arg for arg in args]
        with pytest.raises(SystemExit) as stopped:
            app.run(args)
        assert stopped.value.code == 0
        scored = pl.read_csv(tmp_path / "s.csv")
        assert rows(scored, "sledai_low", "sledai_high") == [(2, 2), (0, 3), (1, 1), (0, 3)]

    @pytest.mark.parametrize("engine", ["polars", "pandas"])
    def test_visits(self, engine: str) -> None:
        data = self.DATA.with_columns(id=pl.lit("A"), seen=pl.int_range(5).cast(pl.String))
        data = data.with_columns(seen=pl.format("2024-01-0{}", pl.int_range(1, 6)))
        followed = frame.by_visit(ENGINES[engine](data), self.BOOK, subject="id", date="seen")
        assert rows(followed, "sledai_low", "sledai_high") == [(2, 2), (0, 3), (1, 1), (0, 3)]

    def test_rules_and_findings(self) -> None:
        (judged,) = {
            verdict
            for (verdict,) in rows(
                frame.judge(self.DATA, self.BOOK, rules="NCT05765006"), "sledai_nct05765006"
            )
        }
        assert judged == "not_met"
        book = Codebook(
            rows={"only_where": {"form": ["sledai"]}},
            findings={"platelets": {"column": "plt", "unit": "10*9/L"}},
        )
        data = self.DATA.with_columns(plt=pl.Series([99.0, 1e9, 100.0, 100.0, None]))
        derived = frame.derive(data, book, edition="SELENA")
        assert derived["thrombocytopenia"].to_list() == [True, False, False, None]

    def test_an_empty_text_stands_for_an_empty_cell(self) -> None:
        book = Codebook(rows={"not_assessed_where": {"none": [""]}}, descriptors={"absent": OTHERS})
        scored = frame.score(self.DATA, book)
        assert scored["sledai_high"].to_list() == [3, 2, 2, 3, 3]

    def test_what_is_refused(self) -> None:
        with pytest.raises(InvalidInputError, match=r"no column 'x', named for \[rows\]"):
            frame.score(self.DATA, Codebook(rows={"only_where": {"x": ["1"]}}))


class TestOneRowAnItem:
    """[long]: rows with the same `visit` make one visit."""

    BOOK = Codebook(
        rows={"only_where": {"form": ["sledai"]}},
        long={"visit": ["id", "week", "form"], "item": "test", "answer": "result"},
        descriptors={"absent": OTHERS},
    )
    ROWS: ClassVar[list[tuple[object, ...]]] = [
        ("B", 0, "sledai", "Rash", "yes"),
        ("A", 4, "sledai", "Rash ", "no"),
        ("A", 4, "drugs", "Rash", "maybe"),
        ("B", 0, "sledai", "Fever", "no"),
        ("B", 0, "sledai", "Fever", "no"),
        ("A", 4, "sledai", "Fever", None),
    ]

    def table(self, *more: tuple[object, ...]) -> pl.DataFrame:
        names = ["id", "week", "form", "test", "result"]
        return pl.DataFrame([*self.ROWS, *more], schema=names, orient="row")

    @pytest.mark.parametrize("engine", ["polars", "pandas"])
    def test_a_row_a_visit_comes_out_in_the_order_of_the_first_rows(self, engine: str) -> None:
        df: Any = self.table() if engine == "polars" else self.table().to_pandas()
        scored: Any = frame.score(df, self.BOOK)
        assert list(scored["id"]) == ["B", "A"]
        assert list(scored["week"]) == [0, 4]
        assert list(scored["sledai_low"]) == [2, 0]
        assert list(scored["sledai_high"]) == [2, 1]

    @pytest.mark.parametrize(
        ("row", "said"),
        [
            (("B", 0, "sledai", "Fever", "yes"), "two different answers at one visit, as 'B', 0"),
            (("B", 0, "sledai", " ", "yes"), "column 'test': rows of no item: 1"),
            (("B", 0, "sledai", None, "yes"), "column 'test': rows of no item: 1"),
            (("B", None, "sledai", "Fever", "no"), "column 'week': rows of no visit: 1"),
            (("B", 0, "sledai", "week", "no"), "item 'week' is called as a column of"),
        ],
    )
    def test_what_is_refused(self, row: tuple[object, ...], said: str) -> None:
        with pytest.raises(InvalidInputError, match=said):
            frame.score(self.table(row), self.BOOK)

    def test_other_frames(self) -> None:
        for df in (self.table().lazy(), self.table().to_arrow()):
            with pytest.raises(InvalidInputError, match="or one with a column an item"):
                frame.score(df, self.BOOK)
        with pytest.raises(InvalidInputError, match="no column 'result', named for"):
            frame.score(self.table().drop("result"), self.BOOK)


class TestUnitsByRow:
    """A column of units: each value is held against the limit in its own."""

    BOOK = Codebook(
        findings={
            "platelets": {"column": "plt", "unit_column": "unit"},
            "white_cells": {"column": "wbc", "unit_column": "unit2"},
        }
    )
    DATA = pl.DataFrame(
        {
            "plt": [99.0, 100_000.0, 99_999.0, None],
            "unit": ["10*9/L", "/uL", " /mm3", None],
            "wbc": [3.0, 2.9, 2999.0, 5.0],
            "unit2": ["10*9/L", "K/uL", "/uL", "G/L"],
        }
    )

    @pytest.mark.parametrize("engine", ["polars", "pandas", "pyarrow"])
    def test_derived(self, engine: str) -> None:
        derived = frame.derive(ENGINES[engine](self.DATA), self.BOOK, edition="SELENA")
        found = rows(derived, "thrombocytopenia", "leukopenia")
        assert found == [(True, False), (False, True), (True, True), (None, False)]

    @pytest.mark.parametrize(
        ("changes", "said"),
        [
            (
                {"unit": ["mg"] * 4},
                r"column 'unit', row 0, counting from 0: unit of plat",
            ),
            ({"unit": [None] * 4}, r"unit of platelets: found None; accepted: /mm3"),
            ({"wbc": None}, "no column 'wbc'"),
        ],
    )
    def test_refused(self, changes: dict[str, Any], said: str) -> None:
        data = self.DATA.drop(k for k, v in changes.items() if v is None)
        data = data.with_columns(pl.Series(k, v) for k, v in changes.items() if v is not None)
        with pytest.raises(InvalidInputError, match=said):
            frame.derive(data, self.BOOK, edition="SELENA")

    def test_a_lazy_frame_is_refused(self) -> None:
        with pytest.raises(InvalidInputError, match="unit_column: found a lazy frame; accepted"):
            frame.derive(self.DATA.lazy(), self.BOOK, edition="SELENA")

    def test_a_unit_beside_it_is_refused(self) -> None:
        for more in ({"unit": "/uL"}, {"lower": 1}, {"upper": "end"}):
            with pytest.raises(InvalidInputError, match="unit_column beside a unit or limits"):
                Codebook(findings={"platelets": {"column": "p", "unit_column": "u", **more}})

    def test_an_audit_leaves_them_out(self) -> None:
        from sledai.audit import audit  # noqa: PLC0415

        book = Codebook(
            descriptors={"not_collected": Descriptor},
            findings={"platelets": {"column": "plt", "unit_column": "unit"}},
            recorded={"total": "t"},
        )
        assert audit(pl.DataFrame({"plt": [1], "unit": ["x"], "t": [4]}), book).queries == {}


class TestFlags:
    """A laboratory's own flags: low, normal or high, in its words."""

    BOOK = Codebook(
        findings={
            "c3": {"flag": "f3", "low": ["L"], "normal": ["N"], "high": ["H"]},
            "c4": {"flag": "f4", "low": ["1"], "normal": ["2"]},
            "anti_dsdna": {"flag": "dna", "high": ["pos"], "normal": ["neg"]},
        }
    )
    DATA = pl.DataFrame(
        {
            "f3": ["l", "N", "H", None],
            "f4": [2, 2, 1, None],
            "dna": ["neg", "POS", None, ""],
        }
    )

    @pytest.mark.parametrize("engine", ENGINES)
    def test_derived(self, engine: str) -> None:
        derived = frame.derive(ENGINES[engine](self.DATA), self.BOOK, edition="SELENA")
        found = rows(derived, "low_complement", "increased_dna_binding")
        assert found == [(True, False), (False, True), (True, None), (None, None)]

    def test_other_texts_are_refused(self) -> None:
        data = self.DATA.with_columns(f3=pl.Series(["L", "low", None, None]))
        with pytest.raises(InvalidInputError, match="column 'f3': found 'low' in row 1"):
            frame.derive(data, self.BOOK, edition="SELENA")
        lazy = frame.derive(data.lazy(), self.BOOK, edition="SELENA").collect()
        assert lazy[frame.INVALID_COLUMN].to_list() == [0, 1, 0, 0]

    @pytest.mark.parametrize(
        ("line", "said"),
        [
            (
                {"platelets": {"flag": "f", "low": ["L"], "normal": ["N"]}},
                "flag: found 'plat",
            ),
            ({"c3": {"flag": "f", "low": ["L"]}}, "c3: accepted: flag with low and normal"),
            ({"anti_dsdna": {"flag": "f", "normal": ["N"]}}, "accepted: flag with high and normal"),
            (
                {"c3": {"flag": "f", "low": ["x"], "normal": ["X"]}},
                "found 'x' both for",
            ),
        ],
    )
    def test_what_is_no_flag(self, line: dict[str, Any], said: str) -> None:
        with pytest.raises(InvalidInputError, match=said):
            frame.derive(self.DATA, Codebook(findings=line), edition="SELENA")

    def test_it_comes_back_as_it_was_written(self) -> None:
        assert Codebook(**self.BOOK.lines()) == self.BOOK


class TestDates:
    """[visit]: a date in some format, or a day since a day 0."""

    @pytest.mark.parametrize(
        ("value", "visit", "expected"),
        [
            ("16/01/2024", {"date_format": "%d/%m/%Y"}, date(2024, 1, 16)),
            (" 16JAN2024", {"date_format": "%d%b%Y"}, date(2024, 1, 16)),
            (datetime(2024, 1, 16, 9, 30), {"date_format": "%d/%m/%Y"}, date(2024, 1, 16)),  # noqa: DTZ001
            ("2024-01-16T09:30", {}, date(2024, 1, 16)),
            (0, {"day": "d"}, date(2000, 1, 1)),
            ("-14", {"day": "d"}, date(1999, 12, 18)),
            ("+28.0", {"day": "d"}, date(2000, 1, 29)),
            (2, {"day": "d", "day_unit": "weeks"}, date(2000, 1, 15)),
        ],
    )
    def test_read(self, value: object, visit: dict[str, Any], expected: date) -> None:
        assert read_date(value, VisitColumns(**visit)) == expected

    @pytest.mark.parametrize(
        ("value", "visit", "accepted"),
        [
            ("2024-01-16", {"date_format": "%d/%m/%Y"}, "%d/%m/%Y"),
            ("16/01/2024", {}, "a date, such as 2024-01-16"),
            ("1.5", {"day": "d"}, "a whole number of days; in days"),
            (True, {"day": "d"}, "a whole number of days; in days"),
            ("x", {"day": "d", "day_unit": "weeks"}, "a whole number of days; in weeks"),
            (10**7, {"day": "d"}, "a whole number of days; in days"),
        ],
    )
    def test_refused(self, value: object, visit: dict[str, Any], accepted: str) -> None:
        with pytest.raises(InvalidInputError) as caught:
            read_date(value, VisitColumns(**visit))
        assert str(caught.value).endswith(f"; accepted: {accepted}")
        assert accepted_dates(VisitColumns(**visit)) == accepted

    def test_said(self) -> None:
        assert date_said(DAY_ZERO, VisitColumns(date="d")) == "2000-01-01"
        assert date_said(date(2000, 1, 29), VisitColumns(day="d")) == "day 28"

    @pytest.mark.parametrize("engine", [pl.DataFrame, pd.DataFrame])
    def test_followed_by_day(self, engine: Any) -> None:
        df = engine({"id": ["A", "A"], "day": [28, -14], "rash": [1, 0], "fever": [0, 0]})
        book = Codebook(visit={"subject": "id", "day": "day"}, descriptors={"absent": OTHERS})
        followed = pl.DataFrame(frame.by_visit(df, book))
        assert followed["sledai_new"].to_list() == ["rash", None]
        assert list(frame.by_patient(df, book)["sledai_days"]) == [42]

    @pytest.mark.parametrize(
        ("which", "expected"), [("first", [2, None, 1]), ("last", [None, 0, 1])]
    )
    def test_same_day(self, which: str, expected: list[int | None]) -> None:
        df = pl.DataFrame(
            {
                "id": ["A", "A", "A"],
                "seen": ["2024-01-01", "2024-01-01", "2024-02-01"],
                "rash": [1, 0, 0],
                "fever": [0, 0, 1],
            }
        )
        visit = {"subject": "id", "date": "seen"}
        book = Codebook(visit={**visit, "same_day": which}, descriptors={"absent": OTHERS})
        assert frame.by_visit(df, book)["sledai_total"].to_list() == expected
        with pytest.raises(InvalidInputError, match="one patient twice on 2024-01-01"):
            frame.by_visit(df, Codebook(visit=visit, descriptors={"absent": OTHERS}))

    def test_no_column_of_a_date(self) -> None:
        df = pl.DataFrame({"id": ["A"]})
        nothing = Codebook(descriptors={"not_collected": Descriptor})
        with pytest.raises(InvalidInputError, match=r"no date; accepted: a column, or date in \["):
            frame.by_visit(df, nothing, subject="id")
        with pytest.raises(InvalidInputError, match="no subject; accepted: a column, or subject"):
            frame.by_visit(df, nothing, date="id")


class TestNumbers:
    """[file] decimal: a comma before decimals, and what then stands between thousands."""

    @pytest.mark.parametrize(
        ("text", "decimal", "expected"),
        [
            ("0,3", ",", "0.3"),
            ("1.200,5", ",", "1200.5"),
            ("1 200 mg", ",", "1200 mg"),
            ("<5,2 mg/L", ",", "<5.2 mg/L"),
            ("1,200.5", ".", "1200.5"),
            ("1.5", ",", "? 1.5"),
            ("12.34.567", ",", "? 12.34.567"),
            ("not done", ",", "not done"),
        ],
    )
    def test_in_points(self, text: str, decimal: Any, expected: str) -> None:
        assert in_points(text, decimal) == expected

    def test_fields_of_visits(self) -> None:
        df = pl.DataFrame({"id": ["A"], "seen": ["2024-01-01"], "dose": ["7,5"], "plt": ["92,5"]})
        book = Codebook(
            file={"decimal": ","},
            descriptors={"not_collected": Descriptor},
            fields={
                "prednisone_mg_day": "dose",
                "platelets": {"column": "plt", "unit": "K/uL"},
                "hemolytic_anemia": False,
                "weight_kg": 60,
            },
        )
        (visit,) = frame.histories(df, book, subject="id", date="seen")["A"].visits
        assert (str(visit.prednisone_mg_day), str(visit.platelets)) == ("7.5", "92.5 K/uL")
        assert (visit.hemolytic_anemia, visit.weight_kg) == (False, 60)
        with pytest.raises(InvalidInputError, match=r"column 'dose': found '\? 1.5'"):
            frame.histories(df.with_columns(dose=pl.lit("1.5")), book, subject="id", date="seen")

    @pytest.mark.parametrize(
        ("line", "said"),
        [
            ({"weight_kg": 1000}, "weight_kg: found 1000; accepted: 1 to 400 kg, or the name of a"),
            ({"platelets": 92}, "platelets: found 92; accepted: the name of a column"),
            ({"new_nsaid": 1}, "new_nsaid: found 1; accepted: true, false or null, or the name"),
        ],
    )
    def test_what_no_field_has(self, line: dict[str, Any], said: str) -> None:
        with pytest.raises(InvalidInputError, match=said):
            Codebook(fields=line)


class TestNamesOfResults:
    """A result whose name is there already gets `_computed` behind it."""

    DATA = pl.DataFrame({"rash": [1, 0], "fever": [0, 0], "sledai_total": [9, 9]})
    BOOK = Codebook(descriptors={"absent": OTHERS})

    @pytest.mark.parametrize("engine", ENGINES)
    def test_scores(self, engine: str) -> None:
        scored = frame.score(ENGINES[engine](self.DATA), self.BOOK)
        assert rows(scored, "sledai_total", "sledai_total_computed") == [(9, 2), (9, 0)]

    def test_visits_and_patients(self) -> None:
        data = self.DATA.with_columns(id=pl.lit("A"), seen=pl.Series(["2024-01-01", "2024-02-01"]))
        book = self.BOOK.stating({"visit": {"subject": "id", "date": "seen"}})
        assert frame.by_visit(data, book)["sledai_total_computed"].to_list() == [2, 0]
        data = data.rename({"id": "sledai_days"})
        book = self.BOOK.stating({"visit": {"subject": "sledai_days", "date": "seen"}})
        assert frame.by_patient(data, book)["sledai_days_computed"].to_list() == [31]

    def test_descriptors(self) -> None:
        data = pl.DataFrame({"plt": [1.0], "thrombocytopenia": ["yes"]})
        book = Codebook(findings={"platelets": {"column": "plt", "unit": "K/uL"}})
        derived = frame.derive(data, book, edition="SELENA")
        assert derived["thrombocytopenia_computed"].to_list() == [True]

    def test_a_name_that_is_taken_twice_is_refused(self) -> None:
        with pytest.raises(InvalidInputError, match=r"already .*: sledai_low_computed"):
            result_names(["sledai_low", "sledai_low_computed"], ["sledai_low"])
        with pytest.raises(InvalidInputError, match="asked for twice: a"):
            result_names([], ["a", "a"])


def test_a_frame_of_which_rows_were_left_out() -> None:
    """Before 2.0 polars leaves pieces without rows, to which numbers were added as to others."""
    data = pl.DataFrame({"id": ["a", "b", "c"], "rash": [1, 0, 1], "fever": [0, 0, 0]})
    kept = data.filter(pl.col("id") != "b")
    scored = frame.score(kept, Codebook(descriptors={"absent": OTHERS}))
    assert scored["sledai_total"].to_list() == [2, 2]
