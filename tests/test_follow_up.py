"""Long data frames: by visit and by patient, as a history says, on polars and pandas."""

from collections.abc import Callable
from datetime import date, datetime
from decimal import Decimal
from typing import Any, cast

import numpy as np
import pandas as pd
import polars as pl
import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from sledai import Assessment, Descriptor, InvalidInputError, frame
from sledai.codebook import Codebook
from sledai.codebook.fields import FIELDS
from sledai.codebook.words import ONE_AND_ZERO, Words
from sledai.frame import visit_rows
from sledai.frame.follow_up import by_patient, by_visit, histories
from sledai.frame.history_rows import patient_row, visit_row
from sledai.frame.result_columns import PATIENT_COLUMNS, VISIT_COLUMNS
from sledai.indices.course import course
from sledai.indices.states import Readings
from sledai.visits import History, Visit

OTHERS = set(Descriptor) - {"rash", "arthritis"}
DATA: dict[str, list[Any]] = {
    "id": ["B", "A", "B", "A", "C"],
    "seen": ["2024-03-01", "2024-02-01", "2024-01-01", "2024-01-01", "2024-01-05"],
    "rash": [True, False, True, True, None],
    "arthritis": [False, None, True, False, False],
    "physician_global": [0.3, 1.2, 1.5, None, 0.0],
    "steroid": [5, 7, 10, 10, 0],
}
BOOK = Codebook(
    visit={"subject": "id", "date": "seen"},
    descriptors={"absent": OTHERS},
    fields={"prednisone_mg_day": "steroid"},
)
NOT_COLLECTED = {"not_collected": Descriptor}
ENGINES: dict[str, Callable[[Any], Any]] = {
    "polars": pl.DataFrame,
    "polars dates": lambda data: pl.DataFrame(data).with_columns(pl.col("seen").str.to_date()),
    "pandas": pd.DataFrame,
    "pandas times": lambda data: pd.DataFrame(data).assign(
        seen=lambda df: pd.to_datetime(df["seen"])
    ),
    "pandas nullable": lambda data: pd.DataFrame(data).convert_dtypes(),
    "pandas arrow": lambda data: pd.DataFrame(data).convert_dtypes(dtype_backend="pyarrow"),
    "pandas objects": lambda data: pd.DataFrame(data).astype(object).fillna(pd.NA),
    "pandas numbers": lambda data: pd.DataFrame(data).assign(
        rash=[1.0, 0.0, 1.0, 1.0, np.nan], arthritis=[0.0, np.nan, 1.0, 0.0, 0.0]
    ),
}


def visits_of(patient: str) -> History:
    """Build by hand what the frame says of a patient."""
    rows = [
        dict(zip(DATA, values, strict=True))
        for values in zip(*DATA.values(), strict=True)
        if values[0] == patient
    ]
    return History.of(
        Visit(
            date=date.fromisoformat(row["seen"]),
            assessment=Assessment.of(
                present=[d for d in ("rash", "arthritis") if row[d]],
                not_assessed=[d for d in ("rash", "arthritis") if row[d] is None],
            ),
            physician_global=row["physician_global"],
            prednisone_mg_day=row["steroid"],
        )
        for row in rows
    )


STEPS = {  # by the number of the row
    row: step
    for patient, rows in {"B": [2, 0], "A": [3, 1], "C": [4]}.items()
    for row, step in zip(rows, course(visits_of(patient)), strict=True)
}


def records(df: Any) -> list[dict[str, Any]]:
    rows = df.to_dicts() if isinstance(df, pl.DataFrame) else df.to_dict("records")
    return [{k: None if pd.isna(v) else v for k, v in row.items()} for row in rows]


@pytest.mark.parametrize("engine", ENGINES)
class TestEngines:
    def test_by_visit(self, engine: str) -> None:
        data = ENGINES[engine](DATA)
        result = by_visit(data, BOOK)
        assert records(result) == [
            {**row, **visit_row(STEPS[number])} for number, row in enumerate(records(data))
        ]
        assert type(result) is type(data)
        assert list(result.columns) == [*DATA, *VISIT_COLUMNS]
        assert list(data.columns) == list(DATA)  # as it was

    def test_by_patient(self, engine: str) -> None:
        result = by_patient(ENGINES[engine](DATA), BOOK)
        expected = [{"id": p, **patient_row(course(visits_of(p)))} for p in ("B", "A", "C")]
        assert records(result) == expected
        assert list(result.columns) == ["id", *PATIENT_COLUMNS]

    def test_histories(self, engine: str) -> None:
        found = histories(ENGINES[engine](DATA), BOOK)
        assert found == {patient: visits_of(patient) for patient in ("B", "A", "C")}


def test_some_numbers_by_hand() -> None:
    by_id = {row["id"]: row for row in records(by_patient(pl.DataFrame(DATA), BOOK))}
    b = by_id["B"]  # 6 points, then 2 after 60 days
    assert (b["sledai_visits"], b["sledai_days"], b["sledai_area_low"]) == (2, 60, 240.0)
    assert (b["sledai_adjusted_mean_low"], b["sledai_adjusted_mean_high"]) == (4.0, 4.0)
    assert (by_id["A"]["sledai_area_low"], by_id["A"]["sledai_area_high"]) == (31.0, 93.0)
    c = by_id["C"]
    assert c["sledai_visits"] == 1
    assert c["sledai_adjusted_mean_low"] is None
    rows = records(by_visit(pl.DataFrame(DATA), BOOK))
    assert [row["sledai_total"] for row in rows] == [2, None, 6, 2, None]
    assert [row["sledai_clinical"] for row in rows] == [2, None, 6, 2, None]
    assert [row["sledai_low"] for row in rows] == [2, 0, 6, 2, 0]
    assert [row["sledai_resolved"] for row in rows] == ["arthritis", "rash", None, None, None]
    assert rows[0]["sledai_class"] == "improvement"
    assert rows[2]["sledai_new"] is None
    assert [row["sledai_missing"] for row in rows] == ["", "arthritis", "", "", "rash"]


def test_results_stand_on_the_rows_of_their_visits() -> None:
    """Assigned back to the frame they came from, whatever its index."""
    df = pd.DataFrame(DATA, index=[7, 3, 3, "x", 0])
    df.attrs["source"] = "clinic"
    result = by_visit(df, BOOK)
    assert list(result.index) == [7, 3, 3, "x", 0]
    assert result.attrs == {"source": "clinic"}
    assert list(df.assign(total=result["sledai_total"].array)["total"].fillna(-1)) == [
        2,
        -1,
        6,
        2,
        -1,
    ]


def test_patients_are_python_values() -> None:
    data = pd.DataFrame({"id": [1, 2], "seen": ["2024-01-01"] * 2})
    found = histories(data, Codebook(descriptors=NOT_COLLECTED), subject="id", date="seen")
    assert [type(patient) for patient in found] == [int, int]


@given(st.permutations(range(5)))
def test_the_order_of_the_rows_does_not_matter(order: list[int]) -> None:
    shuffled = {name: [cells[i] for i in order] for name, cells in DATA.items()}
    first, second = (records(by_visit(pl.DataFrame(data), BOOK)) for data in (DATA, shuffled))
    assert [first[i] for i in order] == second


def test_columns_with_the_names_of_fields_are_read() -> None:
    data = {"id": [1], "seen": [datetime(2024, 1, 1, 9, 30)], "hemoglobin": ["91 g/L"]}  # noqa: DTZ001
    data |= {"new_nsaid": [True], "weight_kg": [61.5]}
    found = histories(
        pl.DataFrame(data),
        Codebook(descriptors=NOT_COLLECTED),
        subject="id",
        date="seen",
    )
    (visit,) = found[1].visits
    assert (visit.date, str(visit.hemoglobin)) == (date(2024, 1, 1), "91 g/L")
    assert (visit.new_nsaid, visit.weight_kg) == (True, 61.5)
    assert {"hemoglobin", "new_nsaid", "weight_kg"} <= set(FIELDS)


def test_numbers_of_numpy() -> None:
    data = pd.DataFrame({"id": ["A"], "seen": ["2024-01-01"], "physician_global": [np.float64(1)]})
    data["new_nsaid"] = np.array([True])
    found = histories(data, Codebook(descriptors=NOT_COLLECTED), subject="id", date="seen")
    assert found["A"].visits[0].new_nsaid is True


def test_frame_offers_them() -> None:
    assert (frame.by_visit, frame.by_patient, frame.histories) == (by_visit, by_patient, histories)


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"id": ["B", "A", "B", None, "C"]}, "row 3, counting from 0, column 'id': no patient"),
        (
            {"seen": ["2024-13-01", *DATA["seen"][1:]]},
            "row 0, counting from 0, column 'seen': found '2024-13-01'; accepted: a date, such as",
        ),
        ({"seen": [None, *DATA["seen"][1:]]}, "row 0, .* column 'seen': found None; accepted"),
        (
            {"physician_global": [0.3, 1.2, 15, None, 0.0]},
            "row 2, counting from 0, column 'physician_global': found 15.0; accepted: 0 to 3 on",
        ),
        (
            {"seen": ["2024-01-01"] * 5},
            (
                r"visits of one patient on one date: 2; accepted: one visit of a date\n"
                r"  row 0, counting from 0 and row 2, counting from 0: one patient twice on 2024-0"
            ),
        ),
        ({"rash": [1, 2, 0, 0, 0]}, "column 'rash': found 2 in row 1, counting from 0"),
        ({"id": [[1]] * 5}, "column 'id' holds lists; accepted: plain cells"),
        (
            {"sledai_low": ["A"] * 5, "sledai_low_computed": 1},
            r"result columns that are there already .*: sledai_low_computed",
        ),
    ],
)
def test_what_is_refused(changes: dict[str, Any], said: str) -> None:
    with pytest.raises(InvalidInputError, match=said):
        by_visit(pl.DataFrame({**DATA, **changes}), BOOK)


@pytest.mark.parametrize(
    ("lines", "said"),
    [
        ({"visit": {"subject": "patient"}}, "no column 'patient'"),
        ({"fields": {"prednisone_mg_day": "steroids"}}, "no column 'steroids', named for predn"),
        ({"fields": {"dose": "steroid"}}, r"\[fields\] no key 'dose'; accepted: physician_global"),
        (
            {"fields": {"weight_kg": "steroid"}},
            "column 'steroid' is named both for prednisone_mg_day and for weight_kg",
        ),
        ({"descriptors": {"seizure": "seizures"}}, "no column 'seizures', named for seizure"),
        (
            {"descriptors": {"rash": "rash"}, "fields": {"new_nsaid": "rash"}},
            "column 'rash' is named both for new_nsaid and for rash",
        ),
        ({"fields": {"weight_kg": "id"}}, "column 'id' is named both for the patient and for w"),
        ({"visit": {"date": "id"}}, "column 'id' is named both for the patient and for the date"),
    ],
)
def test_lines_that_are_refused(lines: dict[str, Any], said: str) -> None:
    with pytest.raises(InvalidInputError, match=said):
        by_visit(pl.DataFrame(DATA), BOOK.stating(lines))


def test_a_descriptor_of_which_nothing_is_known() -> None:
    with pytest.raises(
        InvalidInputError, match=r"no column for seizure.*\[descriptors\] of a code"
    ):
        by_visit(pl.DataFrame(DATA), subject="id", date="seen")


def test_without_patient_or_date() -> None:
    data, book = pl.DataFrame(DATA), Codebook(descriptors={"absent": OTHERS})
    with pytest.raises(
        InvalidInputError, match=r"no subject; accepted: a column, or subject in \["
    ):
        by_visit(data, book, date="seen")
    with pytest.raises(InvalidInputError, match=r"no date; accepted: a column, or date in \[visit"):
        by_visit(data, book, subject="id")


def test_a_result_whose_name_a_column_has() -> None:
    data = pl.DataFrame({**DATA, "SLEDAI_low": ["A"] * 5})
    result = by_visit(data, BOOK)
    assert result.select(data.columns).equals(data)
    assert result["sledai_low_computed"].to_list() == [2, 0, 6, 2, 0]


class TestScalesAndUnits:
    """A number is on the scale, and in the unit, that is stated for its column."""

    @pytest.mark.parametrize("engine", [pl.DataFrame, pd.DataFrame])
    @pytest.mark.parametrize(
        ("most", "cell", "expected"),
        [
            (3, 1.5, "1.5"),
            (10, 1, "0.3"),
            (10, 1.7, "0.51"),
            (10, "10", "3"),
            (100, 16.5, "0.495"),
            (4, 1, "0.75"),
        ],
    )
    def test_a_global_assessment(self, engine: Any, most: int, cell: object, expected: str) -> None:
        df = engine({"id": ["A"], "seen": ["2024-01-01"], "global": [cell]})
        line = {"column": "global", "scale": [0, most]}
        book = Codebook(descriptors=NOT_COLLECTED, fields={"physician_global": line})
        found = histories(df, book, subject="id", date="seen")
        assert str(found["A"].visits[0].physician_global) == expected

    @pytest.mark.parametrize(
        ("name", "line", "cell", "message"),
        [
            ("physician_global", {}, 1, "with the scale of the column, as 'physician_global 0-3'"),
            ("physician_global", {"scale": [0, 7]}, 1, "found 'physician_global 0-7'; accepted: p"),
            ("physician_global", {"scale": [1, 5]}, 1, "found 'physician_global 1-5'; accepted: p"),
            ("physician_global", {"scale": "0-10"}, 1, r"scale: found '0-10'; accepted: \[0, 3\]"),
            ("physician_global", {"scale": [0, 10]}, 11, "'global': found 11; accepted: 0 to 10, "),
            ("physician_global", {"scale": [0, 10]}, "x", "'global': found 'x'; accepted: 0 to 10"),
            ("weight_kg", {"unit": "kg"}, 1, "column 'global': found 'weight_kg kg'; accepted: p"),
            ("platelets", {"unit": "mg"}, 1, r"accepted: .* platelets \(/mm3, /uL, 10"),
            ("hemoglobin", {"unit": "g/dL"}, True, "'global': found True; accepted: text of a num"),
        ],
    )
    def test_refused(self, name: str, line: dict[str, Any], cell: object, message: str) -> None:
        df = pl.DataFrame({"id": ["A"], "seen": ["2024-01-01"], "global": [cell]})
        with pytest.raises(InvalidInputError, match=message):
            histories(
                df,
                Codebook(descriptors=NOT_COLLECTED, fields={name: {"column": "global", **line}}),
                subject="id",
                date="seen",
            )

    def test_amounts_take_the_unit_of_their_column(self) -> None:
        df = pl.DataFrame({"id": ["A", "B"], "seen": ["2024-01-01"] * 2, "plt": [92.5, None]})
        found = histories(
            df.with_columns(hb=pl.Series(["7 g/dL", "9.1 g/dL"])),
            Codebook(
                descriptors=NOT_COLLECTED,
                fields={
                    "platelets": {"column": "plt", "unit": "10*9/L"},
                    "hemoglobin": {"column": "hb", "unit": "g/dL"},
                },
            ),
            subject="id",
            date="seen",
        )
        assert [str(h.visits[0].platelets) for h in found.values()] == ["92.5 10*9/L", "None"]
        assert [str(h.visits[0].hemoglobin) for h in found.values()] == ["7 g/dL", "9.1 g/dL"]


@pytest.mark.parametrize("df", [pl.LazyFrame(DATA), DATA, pl.DataFrame(DATA).to_arrow()])
def test_frames_that_are_not_taken(df: Any) -> None:
    with pytest.raises(InvalidInputError, match=r"accepted: a data frame of polars \(eager\) or"):
        histories(df, BOOK)


def test_what_is_no_frame() -> None:
    with pytest.raises(InvalidInputError, match="expected a data frame of polars, pandas, pyarrow"):
        by_visit(cast("Any", DATA), BOOK)


def test_a_column_that_is_named_for_another_field_is_not_read_twice() -> None:
    data = {"id": ["A"], "seen": ["2024-01-01"], "physician_global": [2], "weight_kg": [60]}
    found = histories(
        pl.DataFrame(data),
        Codebook(descriptors=NOT_COLLECTED, fields={"prednisone_mg_day": "physician_global"}),
        subject="id",
        date="seen",
    )
    (visit,) = found["A"].visits
    assert (visit.physician_global, visit.prednisone_mg_day) == (None, 2)


@pytest.mark.parametrize("engine", [pl.DataFrame, pd.DataFrame])
def test_short_floats_are_what_was_written(engine: Any) -> None:
    """As 32 bits 1.1 is 1.10000002, and a rise to 2.1 less than 1."""
    data = {"id": ["A", "A"], "seen": ["2024-01-01", "2024-02-01"]}
    cells = np.array([1.1, 2.1], dtype=np.float32)
    df = engine({**data, "physician_global": cells})
    found = histories(df, Codebook(descriptors=NOT_COLLECTED), subject="id", date="seen")
    assert [str(visit.physician_global) for visit in found["A"].visits] == ["1.1", "2.1"]


@pytest.mark.parametrize("missing", [None, pd.NA, float("nan"), pd.NaT])
def test_nothing_in_each_of_its_forms(missing: Any) -> None:
    signs = pd.Series([missing, 1, 0, True, False], dtype=object)
    numbers = pd.Series([missing, 1, 2, 3, 0], dtype=object)
    data = pd.DataFrame({"id": range(5), "seen": ["2024-01-01"] * 5})
    found = histories(
        data.assign(new_nsaid=signs, physician_global=numbers),
        Codebook(descriptors=NOT_COLLECTED),
        subject="id",
        date="seen",
    )
    visits = [history.visits[0] for history in found.values()]
    assert [visit.new_nsaid for visit in visits] == [None, True, False, True, False]
    assert visits[0].physician_global is None
    data["seen"] = [missing, *["2024-01-01"] * 4]
    with pytest.raises(InvalidInputError, match=r"row 0, .* column 'seen': found .*; accepted"):
        histories(data, Codebook(descriptors=NOT_COLLECTED), subject="id", date="seen")


@pytest.mark.parametrize("engine", [pl.DataFrame, pd.DataFrame])
def test_types_do_not_depend_on_what_is_known(engine: Any) -> None:
    """So that results of several frames can be put together, and joined to the input."""
    full, first = engine(DATA), engine({name: cells[4:] for name, cells in DATA.items()})
    for function in (by_visit, by_patient):
        many, one = (function(df, BOOK) for df in (full, first))
        added = [name for name in many.columns if name.startswith("sledai")]
        assert [many[name].dtype for name in added] == [one[name].dtype for name in added]


def test_the_readings_reach_the_rows() -> None:
    readings = Readings(variant="belimumab", prednisolone="<", carry="at both ends")
    df = pl.DataFrame(DATA)
    steps = [step for p in "BAC" for step in course(visits_of(p), readings)]
    added = [
        {name: row[name] for name in VISIT_COLUMNS}
        for row in records(by_visit(df, BOOK, readings=readings))
    ]
    assert [added[row] for row in STEPS] == [visit_row(step) for step in steps]
    assert records(by_patient(df, BOOK, readings=readings)) == [
        {"id": patient, **patient_row(course(visits_of(patient), readings))} for patient in "BAC"
    ]


def test_an_error_that_says_nothing_of_times_stays_itself() -> None:
    class Broken:
        def __getitem__(self, _: object) -> "Broken":
            return self

        def rows(self, **_: object) -> None:
            raise RuntimeError("out of luck")

    with pytest.raises(RuntimeError, match="out of luck"):
        visit_rows._rows(Broken(), ["id", "seen"])


def test_codes_of_numpy() -> None:
    codes = Words.of(present=["2"], absent=["1"])
    cells = [np.int64(2), np.float64(1), np.bool_(False), np.int8(7)]  # noqa: FBT003
    assert [codes.meaning(cell) for cell in cells] == [True, False, False, 7]


@pytest.mark.parametrize("exact", ["decimal128(5, 2)[pyarrow]", "object"])
def test_signs_as_exact_numbers(exact: str) -> None:
    """pandas holds them as python does, and other frames as numbers: they say the same."""
    signs = [Decimal("0.00"), Decimal("1.00"), None]
    visits = pl.DataFrame(
        {
            "id": ["A", "B", "C"],
            "seen": [date(2024, 1, 5)] * 3,
            **{d.value: [0, 0, 0] for d in Descriptor},
        }
    ).to_pandas()
    dtype: Any = pd.ArrowDtype(pa.decimal128(5, 2)) if exact != "object" else object
    visits["new_cyclophosphamide"] = pd.Series(signs, dtype=dtype)
    read = histories(visits, subject="id", date="seen")
    found = [read[patient].visits[0].new_cyclophosphamide for patient in "ABC"]
    assert found == [False, True, None]
    visits["new_cyclophosphamide"] = pd.Series([Decimal("0.50")] * 3, dtype=dtype)
    said = r"'new_cyclophosphamide'?: found Decimal\('0.50'\); accepted: true, false or null"
    with pytest.raises(InvalidInputError, match=said):
        frame.by_visit(visits, subject="id", date="seen")


def test_a_decimal_that_is_no_number_holds_nothing() -> None:
    cells = [Decimal("NaN"), Decimal("sNaN"), Decimal("1.0"), Decimal("Infinity")]
    meanings = [ONE_AND_ZERO.meaning(cell) for cell in cells]
    assert meanings == [None, None, True, Decimal("Infinity")]


IN_TEXT: dict[str, Callable[[pl.DataFrame], Any]] = {
    "polars": lambda data: data,
    "polars categories": lambda data: data.cast({"new_cyclophosphamide": pl.Categorical}),
    "pandas": pl.DataFrame.to_pandas,
    "pandas categories": lambda data: data.to_pandas().astype({"new_cyclophosphamide": "category"}),
    "pandas dictionaries": lambda data: data.to_pandas().astype(
        {"new_cyclophosphamide": pd.ArrowDtype(pa.dictionary(pa.int32(), pa.string()))}
    ),
}


@pytest.mark.parametrize("engine", IN_TEXT.values(), ids=IN_TEXT)
class TestSignsInText:
    """A sign in text says what the stated words say, an empty cell nothing, in whatever type."""

    def followed(
        self,
        engine: Callable[[pl.DataFrame], Any],
        cell: str,
        absent: object,
        book: Codebook | None = None,
    ) -> Any:
        answers = {str(one): [absent, absent] for one in Descriptor}
        data = pl.DataFrame(
            {
                "id": ["A", "A"],
                "seen": ["2024-01-01", "2024-02-01"],
                "new_cyclophosphamide": [cell, None],
            }
        ).with_columns(**{name: pl.Series(cells) for name, cells in answers.items()})
        return by_visit(engine(data), book, subject="id", date="seen")

    @pytest.mark.parametrize("cell", ["", " ", "yes", "no"])
    def test_stated(self, engine: Callable[[pl.DataFrame], Any], cell: str) -> None:
        book = Codebook(answers={"present": ["yes"], "absent": ["no"]})
        assert list(self.followed(engine, cell, "no", book)["sledai_total"]) == [0, 0]

    @pytest.mark.parametrize("cell", ["", "1", "yes"])
    def test_not_stated(self, engine: Callable[[pl.DataFrame], Any], cell: str) -> None:
        said = f"column 'new_cyclophosphamide': found '{cell}'; accepted: true, false or null"
        with pytest.raises(InvalidInputError, match=said):
            self.followed(engine, cell, 0)
