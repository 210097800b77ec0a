"""Long data frames: by visit and by patient, as a history says, on polars and pandas."""

from collections.abc import Callable
from datetime import date, datetime
from typing import Any

import numpy as np
import pandas as pd
import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from sledai import Assessment, Descriptor, InvalidInputError, frame, visit_rows
from sledai.codes import Codes
from sledai.follow_up import (
    FIELDS,
    PATIENT_COLUMNS,
    VISIT_COLUMNS,
    by_patient,
    by_visit,
    histories,
    patient_row,
    visit_row,
)
from sledai.series import Readings, course
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
ARGUMENTS: dict[str, Any] = {
    "subject": "id",
    "date": "seen",
    "absent": OTHERS,
    "fields": {"steroid": "prednisone_mg_day"},
}
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
        result = by_visit(data, **ARGUMENTS)
        assert records(result) == [
            {**row, **visit_row(STEPS[number])} for number, row in enumerate(records(data))
        ]
        assert type(result) is type(data)
        assert list(result.columns) == [*DATA, *VISIT_COLUMNS]
        assert list(data.columns) == list(DATA)  # as it was

    def test_by_patient(self, engine: str) -> None:
        result = by_patient(ENGINES[engine](DATA), **ARGUMENTS)
        expected = [{"id": p, **patient_row(visits_of(p))} for p in ("B", "A", "C")]
        assert records(result) == expected
        assert list(result.columns) == ["id", *PATIENT_COLUMNS]

    def test_histories(self, engine: str) -> None:
        found = histories(ENGINES[engine](DATA), **ARGUMENTS)
        assert found == {patient: visits_of(patient) for patient in ("B", "A", "C")}


def test_some_numbers_by_hand() -> None:
    by_id = {row["id"]: row for row in records(by_patient(pl.DataFrame(DATA), **ARGUMENTS))}
    b = by_id["B"]  # 6 points, then 2 after 60 days
    assert (b["sledai_visits"], b["sledai_days"], b["sledai_area_low"]) == (2, 60, 240.0)
    assert (b["sledai_adjusted_mean_low"], b["sledai_adjusted_mean_high"]) == (4.0, 4.0)
    assert (by_id["A"]["sledai_area_low"], by_id["A"]["sledai_area_high"]) == (31.0, 93.0)
    c = by_id["C"]
    assert c["sledai_visits"] == 1
    assert c["sledai_adjusted_mean_low"] is None
    rows = records(by_visit(pl.DataFrame(DATA), **ARGUMENTS))
    assert [row["sledai_total"] for row in rows] == [2, None, 6, 2, None]
    assert [row["sledai_clinical"] for row in rows] == [2, None, 6, 2, None]
    assert [row["sledai_low"] for row in rows] == [2, 0, 6, 2, 0]
    assert [row["sledai_resolved"] for row in rows] == ["arthritis", "rash", None, None, None]
    assert rows[0]["sledai_class"] == "improvement"
    assert rows[2]["sledai_new"] is None


def test_results_stand_on_the_rows_of_their_visits() -> None:
    """Assigned back to the frame they came from, whatever its index."""
    df = pd.DataFrame(DATA, index=[7, 3, 3, "x", 0])
    df.attrs["source"] = "clinic"
    result = by_visit(df, **ARGUMENTS)
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
    found = histories(data, subject="id", date="seen", not_collected=Descriptor)
    assert [type(patient) for patient in found] == [int, int]


@given(st.permutations(range(5)))
def test_the_order_of_the_rows_does_not_matter(order: list[int]) -> None:
    shuffled = {name: [cells[i] for i in order] for name, cells in DATA.items()}
    first, second = (
        records(by_visit(pl.DataFrame(data), **ARGUMENTS)) for data in (DATA, shuffled)
    )
    assert [first[i] for i in order] == second


def test_columns_with_the_names_of_fields_are_read() -> None:
    data = {"id": [1], "seen": [datetime(2024, 1, 1, 9, 30)], "hemoglobin": ["91 g/L"]}  # noqa: DTZ001
    data |= {"new_nsaid": [True], "weight_kg": [61.5]}
    found = histories(pl.DataFrame(data), subject="id", date="seen", not_collected=Descriptor)
    (visit,) = found[1].visits
    assert (visit.date, str(visit.hemoglobin)) == (date(2024, 1, 1), "91 g/L")
    assert (visit.new_nsaid, visit.weight_kg) == (True, 61.5)
    assert {"hemoglobin", "new_nsaid", "weight_kg"} <= set(FIELDS)


def test_numbers_of_numpy() -> None:
    data = pd.DataFrame({"id": ["A"], "seen": ["2024-01-01"], "physician_global": [np.float64(1)]})
    data["new_nsaid"] = np.array([True])
    found = histories(data, subject="id", date="seen", not_collected=Descriptor)
    assert found["A"].visits[0].new_nsaid is True


def test_frame_offers_them() -> None:
    assert (frame.by_visit, frame.by_patient, frame.histories) == (by_visit, by_patient, histories)


@pytest.mark.parametrize(
    ("changes", "arguments", "said"),
    [
        ({"id": ["B", "A", "B", None, "C"]}, {}, "row 3, counting from 0, column 'id': no patient"),
        (
            {"seen": ["2024-13-01", *DATA["seen"][1:]]},
            {},
            "row 0, counting from 0, column 'seen': found '2024-13-01'; accepted: a date, such as",
        ),
        ({"seen": [None, *DATA["seen"][1:]]}, {}, "row 0, .* column 'seen': found None; accepted"),
        (
            {"physician_global": [0.3, 1.2, 15, None, 0.0]},
            {},
            "row 2, counting from 0, column 'physician_global': found 15.0; accepted: 0 to 3 on",
        ),
        (
            {"seen": ["2024-01-01"] * 5},
            {},
            (
                r"visits of one patient on one date: 2; accepted: one visit of a date\n"
                r"  row 0, counting from 0 and row 2, counting from 0: one patient twice on 2024-0"
            ),
        ),
        ({"rash": [1, 2, 0, 0, 0]}, {}, "column 'rash': found 2 in row 1, counting from 0"),
        ({}, {"subject": "patient"}, "no column 'patient'"),
        ({}, {"fields": {"steroids": "prednisone_mg_day"}}, "no column 'steroids'"),
        (
            {},
            {"fields": {"steroid": "dose"}},
            "column 'steroid': found 'dose'; accepted: physician_global",
        ),
        (
            {},
            {"fields": {"steroid": "weight_kg", "physician_global": "weight_kg"}},
            "fields: two columns are named for one field",
        ),
        ({}, {"absent": ()}, "no column for seizure"),
        ({}, {"fields": {"rash": "new_nsaid"}}, "column 'rash' is named for new_nsaid too"),
        ({}, {"fields": {"id": "weight_kg"}}, "column 'id' is named for weight_kg too"),
        ({}, {"date": "id"}, "column 'id' is named for patient and date"),
        ({"id": [[1]] * 5}, {}, "column 'id' holds lists; accepted: plain cells"),
        (
            {"sledai_low": ["A"] * 5},
            {},
            r"result columns that are there already .*: sledai_low",
        ),
    ],
)
def test_what_is_refused(changes: dict[str, Any], arguments: dict[str, Any], said: str) -> None:
    with pytest.raises(InvalidInputError, match=said):
        by_visit(pl.DataFrame({**DATA, **changes}), **{**ARGUMENTS, **arguments})


class TestScalesAndUnits:
    """A number is on the scale, and in the unit, that is stated for its column."""

    @pytest.mark.parametrize("engine", [pl.DataFrame, pd.DataFrame])
    @pytest.mark.parametrize(
        ("said", "cell", "expected"),
        [
            ("physician_global 0-3", 1.5, "1.5"),
            ("physician_global 0-10", 1, "0.3"),
            ("physician_global 0-10", 1.7, "0.51"),
            ("physician_global 0-10", "10", "3"),
            ("physician_global 0-100", 16.5, "0.495"),
            ("physician_global 0-4", 1, "0.75"),
        ],
    )
    def test_a_global_assessment(self, engine: Any, said: str, cell: object, expected: str) -> None:
        df = engine({"id": ["A"], "seen": ["2024-01-01"], "global": [cell]})
        found = histories(
            df, subject="id", date="seen", not_collected=Descriptor, fields={"global": said}
        )
        assert str(found["A"].visits[0].physician_global) == expected

    @pytest.mark.parametrize(
        ("said", "cell", "message"),
        [
            ("physician_global", 1, "with the scale of the column, as 'physician_global 0-3'"),
            ("physician_global 0-7", 1, "found 'physician_global 0-7'; accepted: physician_glo"),
            ("physician_global 1-5", 1, "found 'physician_global 1-5'; accepted: physician_glo"),
            ("physician_global 0-10", 11, "column 'global': found 11; accepted: 0 to 10, the sc"),
            ("physician_global 0-10", "x", "column 'global': found 'x'; accepted: 0 to 10"),
            ("weight_kg kg", 1, "column 'global': found 'weight_kg kg'; accepted: physician_gl"),
            ("platelets mg", 1, r"accepted: .* platelets \(/mm3, /uL, 10"),
            ("hemoglobin g/dL", True, "column 'global': found True; accepted: text of a number"),
        ],
    )
    def test_refused(self, said: str, cell: object, message: str) -> None:
        df = pl.DataFrame({"id": ["A"], "seen": ["2024-01-01"], "global": [cell]})
        with pytest.raises(InvalidInputError, match=message):
            histories(
                df, subject="id", date="seen", not_collected=Descriptor, fields={"global": said}
            )

    def test_amounts_take_the_unit_of_their_column(self) -> None:
        df = pl.DataFrame({"id": ["A", "B"], "seen": ["2024-01-01"] * 2, "plt": [92.5, None]})
        found = histories(
            df.with_columns(hb=pl.Series(["7 g/dL", "9.1 g/dL"])),
            subject="id",
            date="seen",
            not_collected=Descriptor,
            fields={"plt": "platelets 10*9/L", "hb": "hemoglobin g/dL"},
        )
        assert [str(h.visits[0].platelets) for h in found.values()] == ["92.5 10*9/L", "None"]
        assert [str(h.visits[0].hemoglobin) for h in found.values()] == ["7 g/dL", "9.1 g/dL"]


@pytest.mark.parametrize("df", [pl.LazyFrame(DATA), DATA, pl.DataFrame(DATA).to_arrow()])
def test_frames_that_are_not_taken(df: Any) -> None:
    with pytest.raises(InvalidInputError, match=r"accepted: a data frame of polars \(eager\) or"):
        by_visit(df, **ARGUMENTS)


def test_a_column_that_is_named_for_another_field_is_not_read_twice() -> None:
    data = {"id": ["A"], "seen": ["2024-01-01"], "physician_global": [2], "weight_kg": [60]}
    found = histories(
        pl.DataFrame(data),
        subject="id",
        date="seen",
        not_collected=Descriptor,
        fields={"physician_global": "prednisone_mg_day"},
    )
    (visit,) = found["A"].visits
    assert (visit.physician_global, visit.prednisone_mg_day) == (None, 2)


@pytest.mark.parametrize("engine", [pl.DataFrame, pd.DataFrame])
def test_short_floats_are_what_was_written(engine: Any) -> None:
    """As 32 bits 1.1 is 1.10000002, and a rise to 2.1 less than 1."""
    data = {"id": ["A", "A"], "seen": ["2024-01-01", "2024-02-01"]}
    cells = np.array([1.1, 2.1], dtype=np.float32)
    df = engine({**data, "physician_global": cells})
    found = histories(df, subject="id", date="seen", not_collected=Descriptor)
    assert [str(visit.physician_global) for visit in found["A"].visits] == ["1.1", "2.1"]


@pytest.mark.parametrize("missing", [None, pd.NA, float("nan"), pd.NaT])
def test_nothing_in_each_of_its_forms(missing: Any) -> None:
    signs = pd.Series([missing, 1, 0, True, False], dtype=object)
    numbers = pd.Series([missing, 1, 2, 3, 0], dtype=object)
    data = pd.DataFrame({"id": range(5), "seen": ["2024-01-01"] * 5})
    found = histories(
        data.assign(new_nsaid=signs, physician_global=numbers),
        subject="id",
        date="seen",
        not_collected=Descriptor,
    )
    visits = [history.visits[0] for history in found.values()]
    assert [visit.new_nsaid for visit in visits] == [None, True, False, True, False]
    assert visits[0].physician_global is None
    data["seen"] = [missing, *["2024-01-01"] * 4]
    with pytest.raises(InvalidInputError, match=r"row 0, .* column 'seen': found .*; accepted"):
        histories(data, subject="id", date="seen", not_collected=Descriptor)


@pytest.mark.parametrize("engine", [pl.DataFrame, pd.DataFrame])
def test_types_do_not_depend_on_what_is_known(engine: Any) -> None:
    """So that results of several frames can be put together, and joined to the input."""
    full, first = engine(DATA), engine({name: cells[4:] for name, cells in DATA.items()})
    for function in (by_visit, by_patient):
        many, one = (function(df, **ARGUMENTS) for df in (full, first))
        added = [name for name in many.columns if name.startswith("sledai")]
        assert [many[name].dtype for name in added] == [one[name].dtype for name in added]


def test_the_readings_reach_the_rows() -> None:
    readings = Readings(variant="belimumab", prednisolone="<", carry="at both ends")
    df = pl.DataFrame(DATA)
    steps = [step for p in "BAC" for step in course(visits_of(p), readings)]
    added = [
        {name: row[name] for name in VISIT_COLUMNS}
        for row in records(by_visit(df, readings=readings, **ARGUMENTS))
    ]
    assert [added[row] for row in STEPS] == [visit_row(step) for step in steps]
    assert records(by_patient(df, readings=readings, **ARGUMENTS)) == [
        {"id": patient, **patient_row(visits_of(patient), readings)} for patient in "BAC"
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
    codes = Codes.of({2: True, 1: False})
    cells = [np.int64(2), np.float64(1), np.bool_(False), np.int8(7)]  # noqa: FBT003
    assert [codes.meaning(cell) for cell in cells] == [True, False, False, 7]
