"""Visits followed by expressions, on every engine: what the indices say of each, row by row."""

from collections.abc import Callable
from datetime import date, timedelta
from decimal import Decimal
from functools import partial
from pathlib import Path
from random import Random
from typing import Any, cast

import dask.dataframe as dd
import pandas as pd
import polars as pl
import pyarrow as pa
import pytest
from engines import ENGINES, LAZY, spark_session
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from examples import examples
from sledai import Descriptor, InvalidInputError, frame
from sledai.codebook import Codebook
from sledai.definitions.clauses import Limit
from sledai.frame.baseline_rows import BaselineRows
from sledai.frame.followed import Followed
from sledai.frame.history_rows import patients_by_row, visits_by_row
from sledai.frame.partitions import of_batches, of_part
from sledai.frame.plain_visits import Number
from sledai.frame.result_columns import (
    BASELINE_COLUMNS,
    ResultColumn,
    patient_columns,
    visit_columns,
)
from sledai.frame.state_columns import within
from sledai.frame.visit_rows import read_visit_rows
from sledai.indices.sfi_criteria import MILD_SIGNS, MYCOPHENOLATE, SEVERE_DRUGS, SEVERE_SIGNS
from sledai.indices.states import STATES, Readings
from sledai.visits.visit import BILAG

pytestmark = pytest.mark.filterwarnings(
    "ignore:Dask support is moving out of Narwhals:FutureWarning",
    "ignore:PySpark does not yet fully support pandas:FutureWarning",
    "ignore::ResourceWarning",  # sockets of py4j
)
FIRST = date(2024, 1, 1)
SIGNS = [
    *MILD_SIGNS,
    *SEVERE_SIGNS,
    *SEVERE_DRUGS,
    MYCOPHENOLATE,
    *("new_nsaid", "hospitalized_for_lupus", "hemolytic_anemia", "gastrointestinal_activity"),
    *("new_lupus_activity", "maintenance_doses", "stable_treatment", "on_immunosuppressant"),
]
BOOK = Codebook(
    visit={"subject": "id", "date": "seen"},
    fields={
        "hemoglobin": {"column": "hb", "unit": "g/dL"},
        "platelets": {"column": "plt", "unit": "10*9/L"},
    },
)
READINGS = [
    Readings(states=tuple(STATES)),
    Readings(
        variant="belimumab",
        mycophenolate=False,
        new_serology="ignored",
        carry="at both ends",
        states=tuple(STATES),
    ),
    Readings(
        severe_score_needs_rise_of_3=True,
        first_visit="has nothing new",
        prednisolone="<",
        carry="since the visit before",
    ),
]
SCHEMA: dict[str, Any] = {
    "row": pl.Int64,
    "id": pl.String,
    "seen": pl.Date,
    "due": pl.Date,
    "visit": pl.String,
    **{d.value: pl.Boolean for d in Descriptor},
    **dict.fromkeys(SIGNS, pl.Boolean),
    **dict.fromkeys(
        ("prednisone_mg_day", "weight_kg", "physician_global", "hb", "plt"), pl.Float64
    ),
    **dict.fromkeys(BILAG, pl.String),
}


@st.composite
def visits(draw: Any, most_patients: int = 4, most_visits: int = 4) -> pl.DataFrame:
    """Draw visits of some patients, of which little or much is not known."""
    return some_visits(
        draw(st.randoms(use_true_random=False)),
        lambda values: draw(st.sampled_from(values)),
        most_patients,
        most_visits,
    )


def some_visits(
    random: Random, choose: Callable[[list[int]], int], most_patients: int, most_visits: int
) -> pl.DataFrame:
    """Draw visits at random; `choose` says how much is known, and how many there are."""
    open_ = choose([0, 1, 5, 20, 60])
    there = choose([0, 3, 10, 30])
    open_fields = choose([0, 2, 30])
    few_signs = choose([0, 3])

    def cell(values: list[Any], open_in_100: int) -> Any:
        return None if random.random() * 100 < open_in_100 else random.choice(values)

    def sign(often: int) -> Any:
        return cell([random.random() * 100 < often], open_fields)

    rows: list[dict[str, Any]] = []
    for patient in range(choose([*range(1, most_patients + 1)])):
        days = sorted(random.sample(range(400), choose([*range(1, most_visits + 1)])))
        for day in days:
            row: dict[str, Any] = {
                "id": f"P{patient}",
                "seen": FIRST + timedelta(day),
                "due": cell([FIRST + timedelta(150)], 20 if patient % 2 else 0),
                "visit": "Baseline" if day == days[patient % len(days)] else "later",
            }
            for d in Descriptor:
                row[d.value] = cell([random.random() * 100 < there], open_)
            for name in SIGNS:
                often = 90 if name in {"maintenance_doses", "stable_treatment"} else few_signs
                row[name] = sign(often)
            row["prednisone_mg_day"] = cell([0, 5, 7.5, 10, 20, 30, 35.05, 60], open_fields)
            row["weight_kg"] = cell([50, 60, 70.1], open_fields)
            row["physician_global"] = cell(
                [0, 0.1 + 0.2, 0.4, 0.5, 1, 1.3, 1.5, 2.3, 2.5, 2.6, 3], open_fields
            )
            row["hb"] = cell([6.9, 7, 9.9, 10, 13.1], open_fields)
            row["plt"] = cell([59, 60, 200], open_fields)
            for name in BILAG:
                row[name] = cell(["A", "B", "C", "D", "E", "E", "E"], open_fields)
            rows.append(row)
    random.shuffle(rows)
    numbered = [{"row": number} | row for number, row in enumerate(rows)]
    return pl.DataFrame(numbered, schema=SCHEMA)


def by_row(df: pl.DataFrame, readings: Readings, baseline: BaselineRows | None = None) -> Any:
    """Follow visits as histories, which is what expressions have to equal."""
    read = read_visit_rows(df, BOOK, None, None, baseline=baseline)
    columns = visit_columns(readings) | (BASELINE_COLUMNS if baseline else {})
    return visits_by_row(read, readings, columns)


def differences(one: pl.DataFrame, other: pl.DataFrame) -> list[str]:
    return [name for name in one.columns if not one[name].equals(other[name].cast(one[name].dtype))]


BASELINES = [
    None,
    BaselineRows.first(),
    BaselineRows.marked({"visit": "baseline"}),
    BaselineRows.last_by("2024-06-01"),
    BaselineRows.last_by("due"),
]


class TestEveryRow:
    """Each column equals what the functions of the indices say of the visit in its history."""

    @given(visits(), st.sampled_from(READINGS), st.sampled_from(BASELINES))
    @settings(max_examples=examples(120), phases=[Phase.explicit, Phase.generate], deadline=None)
    def test_of_visits(
        self, df: pl.DataFrame, readings: Readings, baseline: BaselineRows | None
    ) -> None:
        found = frame.by_visit(df, BOOK, readings=readings, baseline=baseline)
        expected = by_row(df, readings, baseline)
        assert found.columns == expected.columns
        assert differences(expected, found) == []

    @given(visits(), st.sampled_from(READINGS))
    @settings(max_examples=examples(60), phases=[Phase.explicit, Phase.generate], deadline=None)
    def test_of_patients(self, df: pl.DataFrame, readings: Readings) -> None:
        found = frame.by_patient(df, BOOK, readings=readings)
        expected = patients_by_row(read_visit_rows(df, BOOK, None, None), readings)
        assert differences(expected, found) == []

    def test_of_real_visits(self) -> None:
        path = Path(__file__).parents[2] / "shared" / "data" / "gse65391_visits.csv"
        if not path.exists():
            pytest.skip("the real visits of GSE65391 are not at hand")
        book = Codebook(visit={"subject": "subject", "day": "day"}, answers={"points": True})
        df = pl.read_csv(path, infer_schema_length=None).drop_nulls("day")
        read = read_visit_rows(df, book, None, None, baseline=BaselineRows.first())
        found = frame.by_visit(df, book, baseline=BaselineRows.first())
        columns = visit_columns() | BASELINE_COLUMNS
        assert differences(visits_by_row(read, Readings(), columns), found) == []
        assert differences(patients_by_row(read, Readings()), frame.by_patient(df, book)) == []


@pytest.fixture(scope="module")
def many() -> pl.DataFrame:
    """Visits of which much is not known, the same in every run."""
    found: list[pl.DataFrame] = []

    @given(visits(most_patients=6, most_visits=5))
    @settings(
        max_examples=12,
        derandomize=True,
        database=None,
        phases=[Phase.generate],
        deadline=None,
        suppress_health_check=list(HealthCheck),
    )
    def draw(df: pl.DataFrame) -> None:
        found.append(df.with_columns(id=pl.format("{}-{}", pl.lit(len(found)), "id")))

    draw()
    return pl.concat(found).with_columns(row=pl.int_range(pl.len(), dtype=pl.Int64))


def on_engine(name: str, df: pl.DataFrame) -> Any:
    """Give a frame of an engine; Spark and Dask are made of what keeps dates dates."""
    if name == "PySpark":
        types = {pl.Boolean: "boolean", pl.Int64: "bigint", pl.Float64: "double"}
        types |= {pl.Date: "date", pl.String: "string"}
        schema = ", ".join(f"`{n}` {types[type(t)]}" for n, t in df.schema.items())
        return spark_session().createDataFrame(df.rows(), schema)
    return ENGINES[name].make(df)


def sorted_rows(name: str, df: Any, by: str) -> pl.DataFrame:
    return pl.DataFrame(ENGINES[name].rows(df), infer_schema_length=None).sort(by)


@pytest.mark.parametrize("name", ENGINES)
class TestEveryEngine:
    """Results are the same on every engine."""

    def test_by_visit(self, name: str, many: pl.DataFrame) -> None:
        baseline = BaselineRows.marked({"visit": "baseline"})
        expected = frame.by_visit(many, BOOK, baseline=baseline)
        found = frame.by_visit(on_engine(name, many), BOOK, baseline=baseline)
        rows = sorted_rows(name, found, "row")
        columns = [*visit_columns(), *BASELINE_COLUMNS]
        assert differences(expected.select(columns), rows) == []
        assert [*rows.columns[: len(many.columns)]] == many.columns
        assert ("sledai_invalid" in rows.columns) is (name in LAZY)
        if name in LAZY:
            assert rows["sledai_invalid"].to_list() == [0] * len(many)

    def test_by_patient(self, name: str, many: pl.DataFrame) -> None:
        expected = frame.by_patient(many, BOOK).sort("id")
        rows = sorted_rows(name, frame.by_patient(on_engine(name, many), BOOK), "id")
        assert differences(expected.select("id", *patient_columns()), rows) == []

    def test_a_kind_of_frame_stays_one(self, name: str, many: pl.DataFrame) -> None:
        few = many.head(4)
        for follow in (frame.by_visit, frame.by_patient):
            assert isinstance(follow(on_engine(name, few), BOOK), ENGINES[name].kind())


@pytest.mark.parametrize("name", LAZY)
class TestLazyEngines:
    """On a lazy frame nothing is computed: what is not accepted is counted, and not known."""

    def test_cells_that_are_not_accepted(self, name: str) -> None:
        df = pl.DataFrame(
            {
                "id": ["A", "A", None, "B"],
                "seen": [FIRST, FIRST + timedelta(30), FIRST, None],
                "physician_global": [1.0, 4.0, 1.0, 1.0],
                "prednisone_mg_day": [5.0, -1.0, 5.0, 5.0],
                "rash": [1, 2, 0, 0],
                "row": [0, 1, 2, 3],
            }
        )
        book = Codebook(
            visit={"subject": "id", "date": "seen"},
            descriptors={"absent": set(Descriptor) - {Descriptor.RASH}},
        )
        rows = sorted_rows(name, frame.by_visit(on_engine(name, df), book), "row")
        assert rows["sledai_invalid"].to_list() == [0, 3, 1, 1]
        assert rows["sledai_low"].to_list() == [2, 0, 0, 0]
        assert rows["sledai_high"].to_list() == [2, 2, 0, 0]

    def test_two_visits_of_a_patient_on_one_date(self, name: str) -> None:
        df = pl.DataFrame(
            {"id": ["A"] * 3, "seen": [FIRST] * 2 + [FIRST + timedelta(9)], "rash": [0, 0, 1]}
        )
        book = Codebook(
            visit={"subject": "id", "date": "seen"},
            descriptors={"absent": set(Descriptor) - {Descriptor.RASH}},
        )
        found = frame.by_visit(on_engine(name, df), book, baseline=BaselineRows.first())
        assert sorted(row["sledai_invalid"] for row in ENGINES[name].rows(found)) == [0, 0, 1]
        summed = frame.by_patient(on_engine(name, df), book)
        assert [row["sledai_invalid"] for row in ENGINES[name].rows(summed)] == [1]

    def test_a_baseline_marked_twice(self, name: str) -> None:
        df = pl.DataFrame(
            {
                "id": ["A", "A"],
                "seen": [FIRST, FIRST + timedelta(9)],
                "rash": [0, 1],
                "visit": ["baseline"] * 2,
            }
        )
        book = Codebook(
            visit={"subject": "id", "date": "seen"},
            descriptors={"absent": set(Descriptor) - {Descriptor.RASH}},
        )
        marked = BaselineRows.marked({"visit": "baseline"})
        if name == "Dask":
            pytest.skip("a partition is a frame in memory, which refuses it when it is computed")
        found = frame.by_visit(on_engine(name, df), book, baseline=marked)
        assert sorted(row["sledai_invalid"] for row in ENGINES[name].rows(found)) == [0, 1]


class TestOrder:
    """Neither order nor borders change a row, and a visit that is added changes none before it."""

    @given(st.randoms(use_true_random=False))
    @settings(max_examples=examples(20), phases=[Phase.generate], deadline=None)
    def test_shuffles(self, many: pl.DataFrame, random: Any) -> None:
        order = random.sample(range(len(many)), len(many))
        found = frame.by_visit(many[order], BOOK).sort("row")
        assert differences(frame.by_visit(many, BOOK).sort("row"), found) == []

    def test_patients_apart(self, many: pl.DataFrame) -> None:
        apart = pl.concat(frame.by_visit(one, BOOK) for one in many.partition_by("id"))
        whole = frame.by_visit(many, BOOK).sort("row")
        assert differences(whole, apart.sort("row")) == []

    def test_chunks(self, many: pl.DataFrame) -> None:
        pieces = pl.concat([many[:7], many[7:8], many[8:]], rechunk=False)
        assert frame.by_visit(pieces, BOOK).equals(frame.by_visit(many, BOOK))

    def test_a_visit_after_the_last(self, many: pl.DataFrame) -> None:
        last = pl.col("seen") == pl.col("seen").max().over("id")
        before = many.filter(~last)
        found = frame.by_visit(many, BOOK).join(before.select("row"), on="row", how="semi")
        assert differences(frame.by_visit(before, BOOK), found) == []

    def test_no_rows(self, many: pl.DataFrame) -> None:
        assert frame.by_visit(many.clear(), BOOK).columns[-1] == "sledai_doris"
        assert len(frame.by_patient(many.clear(), BOOK)) == 0


class TestWhatIsReadRowByRow:
    """Cells that no expression reads are read as a visit reads them, and those that are wrong say
    what is wrong with them."""

    def test_text_in_every_column(self, many: pl.DataFrame) -> None:
        book = BOOK.stating({"answers": {"present": ["true"], "absent": ["false"]}})
        texts = many.with_columns(pl.exclude("row").cast(pl.String))
        found = frame.by_visit(texts, book)
        assert differences(frame.by_visit(many, BOOK)[[*visit_columns()]], found) == []

    def test_recorded_scores(self) -> None:
        df = pl.DataFrame(
            {"id": ["A", "A"], "seen": [FIRST, FIRST + timedelta(30)], "score": [12, 4]}
        )
        book = Codebook(visit={"subject": "id", "date": "seen"}, recorded={"total": "score"})
        assert frame.by_visit(df, book)["sledai_change_low"].to_list() == [None, -8]
        with pytest.raises(InvalidInputError, match=r"\[recorded\]: found a frame that is lazy"):
            frame.by_visit(df.lazy(), book)

    def test_baselines_of_one_patient(self, many: pl.DataFrame) -> None:
        doubled = many.with_columns(visit=pl.lit("baseline"))
        with pytest.raises(InvalidInputError, match="two baselines of one patient; accepted: one"):
            frame.by_visit(doubled, BOOK, baseline=BaselineRows.marked({"visit": "baseline"}))

    def test_rows_of_a_day(self, many: pl.DataFrame) -> None:
        again = pl.concat([many, many.with_columns(row=pl.col("row") + 1000, rash=~pl.col("rash"))])
        with pytest.raises(InvalidInputError, match="visits of one patient on one date"):
            frame.by_visit(again, BOOK)
        book = BOOK.stating({"visit": {"same_day": "first"}})
        found = frame.by_visit(again, book)
        assert differences(frame.by_visit(many, BOOK), found[: len(many)]) == []
        assert found["sledai_low"][len(many) :].null_count() == len(many)
        last = BOOK.stating({"visit": {"same_day": "last"}})
        patients = frame.by_patient(again.sort("seen"), last)
        assert (
            differences(
                patients_by_row(read_visit_rows(again.sort("seen"), last, None, None), Readings()),
                patients,
            )
            == []
        )
        with pytest.raises(InvalidInputError, match="same_day 'first' of a frame that is lazy"):
            frame.by_visit(again.lazy(), book)

    def test_columns_that_a_lazy_frame_cannot_check(self, many: pl.DataFrame) -> None:
        for column, accepted in (
            ("seen", "dates"),
            ("hb", "numbers of 64 bits"),
            ("weight_kg", "numbers of 64 bits"),
        ):
            texts = many.with_columns(pl.col(column).cast(pl.String)).lazy()
            with pytest.raises(
                InvalidInputError, match=f"found a column of type String; accepted: {accepted}"
            ):
                frame.by_visit(texts, BOOK)
        numbers = many.with_columns(bilag_renal=pl.lit(1)).lazy()
        with pytest.raises(InvalidInputError, match="accepted: text"):
            frame.by_visit(numbers, BOOK)


ABSENT = {"absent": set(Descriptor) - {Descriptor.RASH}}
RASH = Codebook(visit={"subject": "id", "date": "seen"}, descriptors=ABSENT)
TWO: dict[str, Any] = {
    "id": ["A", "A"],
    "seen": [FIRST, FIRST + timedelta(30)],
    "rash": [True, False],
}


def both(df: pl.DataFrame, book: Codebook) -> pl.DataFrame:
    """Follow visits, and hold them against what their histories say."""
    found = frame.by_visit(df, book)
    assert (
        differences(
            visits_by_row(read_visit_rows(df, book, None, None), Readings(), visit_columns()), found
        )
        == []
    )
    return found


class TestWhatColumnsHold:
    """Whatever a column holds is read as a visit reads it."""

    def test_rows_of_which_a_form_says_something(self) -> None:
        df = pl.DataFrame({**TWO, "form": ["done", "not done"], "none": ["", "1"]})
        rows = {"not_assessed_where": {"form": ["not done"]}, "none_present_where": {"none": ["1"]}}
        assert both(df, RASH.stating({"rows": rows}))["sledai_high"].to_list() == [2, 2]
        none = both(
            df.with_columns(rash=pl.lit(None, dtype=pl.Boolean)),
            RASH.stating({"rows": {"none_present_where": {"none": ["1"]}}}),
        )
        assert none["sledai_high"].to_list() == [2, 0]

    def test_what_is_asserted(self) -> None:
        fields = {"prednisone_mg_day": 5, "stable_treatment": True, "physician_global": 0}
        found = both(pl.DataFrame(TWO), RASH.stating({"fields": fields}))
        assert found["sledai_doris"].to_list() == ["not_met", "met"]

    def test_letters_that_are_none(self) -> None:
        for letters in (["F", "A"], [1, 2]):
            df = pl.DataFrame({**TWO, "bilag_renal": letters})
            with pytest.raises(InvalidInputError, match="column 'bilag_renal': found"):
                frame.by_visit(df, RASH)

    def test_letters(self) -> None:
        letters = {name: ["E", "E"] for name in BILAG} | {"bilag_renal": [" c", "NK"]}
        df = pl.DataFrame({**TWO, **letters, "physician_global": [1, 1]})
        book = RASH.stating({"answers": {"not_assessed": ["NK"]}})
        found = frame.by_visit(df, book, baseline=BaselineRows.first())
        assert found["sledai_sri_4"].to_list() == [None, "not_met"]
        worse = df.with_columns(pl.lit("A").alias("bilag_renal"), seizure=pl.Series([1, 0]))
        book = Codebook(
            visit={"subject": "id", "date": "seen"},
            descriptors={"absent": set(Descriptor) - {Descriptor.RASH, Descriptor.SEIZURE}},
        )
        found = frame.by_visit(worse, book, baseline=BaselineRows.first())
        assert found["sledai_sri_4"].to_list() == [None, "met"]

    def test_patients_by_number(self) -> None:
        numbers = pl.DataFrame({**TWO, "id": [1.0, 2.0]})
        assert both(numbers, RASH)["sledai_change_low"].to_list() == [None, None]
        with pytest.raises(InvalidInputError, match=r"row 1, .*: no patient"):
            frame.by_visit(numbers.with_columns(id=pl.Series([1.0, float("nan")])), RASH)
        book = RASH.stating({"answers": {"not_assessed": ["-9"]}})
        with pytest.raises(InvalidInputError, match=r"row 0, .*: no patient"):
            frame.by_visit(numbers.with_columns(id=pl.Series([-9, 1])), book)

    def test_names_that_are_patterns(self) -> None:
        df = pl.DataFrame(TWO).rename({"id": "^i.*$"})
        book = RASH.stating({"visit": {"subject": "^i.*$"}})
        assert both(df, book)["sledai_change_low"].to_list() == [None, -2]

    def test_columns_that_hold_something_else(self) -> None:
        times = pl.DataFrame({**TWO, "weight_kg": [timedelta(1)] * 2})
        with pytest.raises(InvalidInputError, match="column 'weight_kg'"):
            frame.by_visit(times, RASH)
        lists = pl.DataFrame({**TWO, "weight_kg": [[1], [2]]})
        for follow in (frame.by_visit, frame.histories):
            with pytest.raises(InvalidInputError, match="column 'weight_kg' holds lists"):
                follow(lists, RASH)

    def test_days_beyond_all(self) -> None:
        book = Codebook(visit={"subject": "id", "day": "seen"}, descriptors=ABSENT)
        days = pl.DataFrame({**TWO, "seen": [0, 400_000]})
        with pytest.raises(InvalidInputError, match="found 400000; accepted: a whole number of d"):
            frame.by_visit(days, book)
        assert frame.by_visit(days.lazy(), book).collect()["sledai_invalid"].to_list() == [0, 1]

    @pytest.mark.parametrize("engine", [pl.DataFrame, pd.DataFrame])
    def test_columns_that_are_not_there(self, engine: Any) -> None:
        df = engine({**TWO, "bad": ["soon", "2024-01-01"]})
        with pytest.raises(InvalidInputError, match="no column 'day'"):
            frame.by_visit(df, RASH.stating({"visit": {"date": "day"}}))
        with pytest.raises(InvalidInputError, match="no column 'dose', named for"):
            frame.by_visit(df, RASH, baseline=BaselineRows.last_by("dose"))
        with pytest.raises(InvalidInputError, match="column 'bad': found 'soon'"):
            frame.by_visit(df, RASH, baseline=BaselineRows.last_by("bad"))

    def test_rows_that_were_read_row_by_row(self) -> None:
        df = pl.DataFrame({**TWO, "total": [2, 0], "by": [FIRST, None], "visit": ["baseline", ""]})
        book = RASH.stating({"recorded": {"total": "total"}})
        for rows in (BaselineRows.first(), BaselineRows.marked({"visit": "baseline"})):
            found = frame.by_visit(df, book, baseline=rows)
            assert found["sledai_baseline_change_low"].to_list() == [None, -2]
        with pytest.raises(InvalidInputError, match="no column 'dose', named for"):
            frame.by_visit(df, book, baseline=BaselineRows.last_by("dose"))
        none = frame.by_visit(df, book, baseline=BaselineRows.last_by("2023-01-01"))
        assert none["sledai_baseline_days"].to_list() == [None, None]
        by = frame.by_visit(df, book, baseline=BaselineRows.last_by("by"))
        assert by["sledai_baseline_days"].to_list() == [0, 30]
        arrow = frame.by_visit(df.to_arrow(), book)
        assert arrow["sledai_change_low"].to_pylist() == [None, -2]

    def test_histories_of_one_row_a_day(self) -> None:
        df = pl.DataFrame({**TWO, "seen": [FIRST, FIRST]})
        for keep, rash in (("first", True), ("last", False)):
            (history,) = frame.histories(df, RASH.stating({"visit": {"same_day": keep}})).values()
            assert [visit.answers.rash for visit in history.visits] == [rash]

    def test_histories_of_times_that_python_cannot_hold(self) -> None:
        far = pl.DataFrame(TWO).with_columns(seen=pl.lit(10**18).cast(pl.Datetime("us")))
        with pytest.raises(InvalidInputError, match="accepted: dates of the years 1 to 9999"):
            frame.histories(far, RASH)


class TestPartitions:
    """Each partition is followed as a frame; what no expression reads is read row by row."""

    def test_of_dask_row_by_row(self) -> None:
        seconds = pd.DataFrame(TWO).assign(seen=lambda d: pd.to_datetime(d["seen"]).astype("M8[s]"))
        for engine in (
            dd.from_pandas(seconds, npartitions=1),
            dd.from_pandas(seconds, npartitions=2),
        ):
            found = frame.by_visit(engine, RASH).compute()
            assert found["sledai_change_low"].dropna().to_list() == [-2]
            assert found["sledai_invalid"].to_list() == [0, 0]
            patients = frame.by_patient(engine, RASH).compute()
            assert patients["sledai_days"].to_list() == [30]

    def test_of_dask_in_one_thread(self) -> None:
        """Where the partitions are followed in the thread of the test, each line is seen."""
        for kind in ("M8[s]", "M8[us]"):
            seen = pd.to_datetime(pd.Series(TWO["seen"])).astype(kind)
            data = pd.DataFrame(TWO).assign(seen=seen)
            lazy = dd.from_pandas(data, npartitions=1)
            found = frame.by_visit(lazy, RASH).compute(scheduler="synchronous")
            assert found["sledai_change_low"].dropna().to_list() == [-2]
            patients = frame.by_patient(lazy, RASH).compute(scheduler="synchronous")
            assert patients["id"].to_list() == ["A"]

    def test_of_spark_as_its_workers_do(self) -> None:
        asked = Followed(RASH, RASH, Readings())
        table = pl.DataFrame(TWO).to_arrow()
        for patients in (False, True):
            types = asked.columns_of(patients=patients) | {
                "sledai_invalid": ResultColumn("", "whole")
            }
            follow = partial(of_part, asked=asked, types=types, patients=patients)
            assert [*of_batches(follow, iter([]))] == []
            found = pa.Table.from_batches([*of_batches(follow, iter(table.to_batches()))])
            assert found["id"].to_pylist() == (["A"] if patients else ["A", "A"])

    def test_scores_that_were_recorded_on_dask(self) -> None:
        df = dd.from_pandas(pd.DataFrame({**TWO, "total": [2, 0]}), npartitions=1)
        with pytest.raises(InvalidInputError, match="a frame that is lazy"):
            frame.by_visit(df, RASH.stating({"recorded": {"total": "total"}}))


class TestBaselineRows:
    """Which row is the baseline: of three rules, each says itself."""

    def test_said(self) -> None:
        assert [str(rows) for rows in BASELINES[1:]] == [
            "the first visit",
            "the visit where visit is baseline",
            "the last by 2024-06-01",
            "the last visit on or before due",
        ]
        assert (
            str(BaselineRows.marked({"visit": ["V1", "2"]})) == "the visit where visit is v1 or 2"
        )

    @pytest.mark.parametrize(
        ("make", "said"),
        [
            (lambda: BaselineRows.marked({}), "where: found none; accepted: a column"),
            (lambda: BaselineRows.marked(cast("Any", "visit")), "where: found str; accepted: colu"),
            (lambda: BaselineRows.marked({"visit": cast("Any", None)}), "visit: found None; acce"),
            (lambda: BaselineRows.last_by(""), "found ''; accepted: a date"),
            (lambda: BaselineRows.last_by(cast("Any", 5)), "found 5; accepted: a date"),
            (
                lambda: frame.by_visit(pl.DataFrame(TWO), RASH, baseline=cast("Any", "first")),
                "baseline: found str; accepted: BaselineRows",
            ),
        ],
    )
    def test_refused(self, make: Any, said: str) -> None:
        with pytest.raises(InvalidInputError, match=said):
            make()


@pytest.mark.parametrize(
    ("operator", "least", "most", "answer"),
    [
        ("<=", 1, 3, (True, False)),
        ("<=", 1, 4, (False, False)),
        ("<=", 4, 4, (False, True)),
        ("<", 1, 2, (True, False)),
        ("<", 1, 3, (False, False)),
        ("<", 3, 3, (False, True)),
        (">=", 3, 4, (True, False)),
        (">=", 2, 4, (False, False)),
        (">=", 1, 2, (False, True)),
        (">", 4, 4, (True, False)),
        (">", 3, 4, (False, False)),
        (">", 1, 3, (False, True)),
    ],
)
def test_an_amount_within_a_limit(
    operator: Any, least: int, most: int, answer: tuple[bool, bool]
) -> None:
    """An open amount is within a limit when all of it is, and not when none of it is."""
    found = within(
        Number(least, most), Limit("weight_kg", operator, Decimal(3), "kg"), Number(3, 3)
    )
    assert (found.yes, found.no) == answer
