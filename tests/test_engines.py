"""One contract for every engine: row i equals scalar row i, lazy stays lazy, nothing is guessed."""

import random
from typing import Any, cast

import dask
import dask.dataframe as dd
import duckdb
import ibis
import narwhals as nw
import pandas as pd
import polars as pl
import pytest
import spec_tables
from codebooks import labs_of
from engines import ENGINES, LAZY, Rows, spark_session

from sledai import (
    SEROLOGIC,
    ActivityRule,
    Assessment,
    Descriptor,
    InvalidInputError,
    clinical_score,
    frame,
    score_bounds,
    total_score,
)
from sledai.audit import compare
from sledai.codebook import Codebook, Lab
from sledai.descriptors import listed
from sledai.frame import INVALID_COLUMN, POLICY_COLUMN, SCORE_COLUMNS
from sledai.trials.catalog import CATALOG
from sledai.trials.nct05765006 import ACTIVITY_RULE

pytestmark = pytest.mark.filterwarnings(
    "ignore:Dask support is moving out of Narwhals:FutureWarning",
    "ignore::ResourceWarning",  # sockets of py4j
)


def visits() -> list[Assessment]:
    """Every answer of every descriptor, few unknowns and many, nothing and everything."""
    draw = random.Random(0)  # noqa: S311
    mixed = [
        {d.value: draw.choices([True, False, None], [2, 6, unknown])[0] for d in Descriptor}
        for unknown in (0, 0, 0, 0, 1, 1, 1, 1, 4, 4, 9, 9)
        for _ in range(3)
    ]
    alone = [Assessment.of(present={d}) for d in Descriptor]
    unknown = [Assessment.of(not_assessed={d}) for d in Descriptor]
    extremes = [
        Assessment.of(),
        Assessment.of(present=list(Descriptor)),
        Assessment.of(not_assessed=list(Descriptor)),
    ]
    return [*map(Assessment.model_validate, mixed), *alone, *unknown, *extremes]


VISITS = visits()


def scalar(visit: Assessment) -> dict[str, Any]:
    """What a row should hold, by the functions on one assessment."""
    total, clinical = score_bounds(visit), score_bounds(visit, excluding=SEROLOGIC)
    clinical_known = not visit.not_assessed - SEROLOGIC
    return {
        "sledai_total": None if visit.not_assessed else total_score(visit),
        "sledai_clinical": clinical_score(visit) if clinical_known else None,
        "sledai_low": total.low,
        "sledai_high": total.high,
        "sledai_clinical_low": clinical.low,
        "sledai_clinical_high": clinical.high,
        "sledai_not_assessed": len(visit.not_assessed),
        "sledai_nct05765006": ACTIVITY_RULE.judge(visit).verdict.value,
    }


def names(visit: Assessment, *rules: ActivityRule) -> dict[str, str]:
    """What a row should name, by the assessment and by the judgement on it."""
    deciding = {frame.deciding_column(rule): rule.judge(visit).deciding for rule in rules}
    return {"sledai_missing": listed(visit.not_assessed)} | {
        name: listed(descriptors) for name, descriptors in deciding.items()
    }


def table(assessments: list[Assessment], dtype: Any = pl.Boolean) -> pl.DataFrame:
    rows = [visit.model_dump() for visit in assessments]
    data = pl.DataFrame(rows, schema=dict.fromkeys(spec_tables.NAMES, pl.Boolean))
    if dtype == "NaN":
        data = data.cast(pl.Int8).cast(pl.Float64).fill_null(float("nan"))
    elif dtype != pl.Boolean:
        data = data.cast(pl.Int8).cast(dtype)
    return data.select(pl.int_range(pl.len()).alias("id"), pl.all())


def added(engine: str, scored: Any) -> Rows:
    """The added columns in the order of the rows that were put in."""
    rows = sorted(ENGINES[engine].rows(scored), key=lambda row: row["id"])
    return [{k: v for k, v in row.items() if k.startswith("sledai_")} for row in rows]


@pytest.fixture(params=ENGINES)
def engine(request: pytest.FixtureRequest) -> str:
    return str(request.param)


class TestEveryEngine:
    @pytest.mark.parametrize("dtype", [pl.Boolean, pl.Int8, pl.Float64, "NaN"], ids=str)
    def test_row_i_equals_scalar_row_i(self, engine: str, dtype: Any) -> None:
        with_names = dtype == pl.Boolean  # Spark is slow to make a plan
        scored = frame.score(
            ENGINES[engine].make(table(VISITS, dtype)),
            rules=[ACTIVITY_RULE],
            missing_names=with_names,
        )
        expected = [
            scalar(visit) | (names(visit, ACTIVITY_RULE) if with_names else {}) for visit in VISITS
        ]
        if ENGINES[engine].lazy:
            expected = [{**row, INVALID_COLUMN: 0} for row in expected]
        assert added(engine, scored) == expected

    def test_judge_adds_the_verdict_alone(self, engine: str) -> None:
        data = ENGINES[engine].make(table(VISITS))
        judged = added(engine, frame.judge(data, rules=ACTIVITY_RULE))
        assert [row.pop("sledai_nct05765006") for row in judged] == [
            ACTIVITY_RULE.judge(visit).verdict.value for visit in VISITS
        ]
        rest = {INVALID_COLUMN: 0} if ENGINES[engine].lazy else {}
        assert judged == [rest] * len(VISITS)

    def test_the_frame_stays_of_its_engine_and_other_columns_stay(self, engine: str) -> None:
        data = table(VISITS).with_columns(pl.lit("x y").alias("a note.b"))
        native = ENGINES[engine].make(data)
        scored = frame.score(native)
        assert isinstance(scored, ENGINES[engine].kind())
        assert type(scored) is type(native)
        names = [*data.columns, *SCORE_COLUMNS]
        narwhals_frame: Any = nw.from_native(cast("Any", scored))
        assert list(narwhals_frame.collect_schema().names()) == (
            [*names, INVALID_COLUMN] if ENGINES[engine].lazy else names
        )
        rows = sorted(ENGINES[engine].rows(scored), key=lambda row: row["id"])
        assert [{k: row[k] for k in data.columns} for row in rows] == data.rows(named=True)

    def test_scores_are_whole_numbers_that_can_be_missing(self, engine: str) -> None:
        scored = frame.score(ENGINES[engine].make(table(VISITS)))
        schema = nw.from_native(scored).collect_schema()
        assert {str(schema[column]) for column in SCORE_COLUMNS} == {"Int32"}

    def test_the_policy_absent_takes_the_unknown_for_absent_and_says_so(self, engine: str) -> None:
        data = ENGINES[engine].make(table(VISITS))
        scored = frame.score(data, rules=[ACTIVITY_RULE], policy="absent")
        expected = []
        for visit in VISITS:
            known = visit.model_copy(update=dict.fromkeys(visit.not_assessed, False))
            if not visit.present | visit.absent:  # nobody was there to find anything absent
                known = visit
            expected.append(
                {
                    **scalar(known),
                    "sledai_not_assessed": len(visit.not_assessed),
                    POLICY_COLUMN: "absent",
                    **({INVALID_COLUMN: 0} if ENGINES[engine].lazy else {}),
                }
            )
        assert added(engine, scored) == expected

    def test_descriptors_without_a_column(self, engine: str) -> None:
        known = [Assessment.of(present={"rash"}), Assessment.of(not_assessed={"rash"})]
        data = ENGINES[engine].make(table(known).drop("arthritis", "fever"))
        scored = frame.score(
            data,
            Codebook(descriptors={"absent": ["fever"], "not_collected": ["arthritis"]}),
            rules=[ACTIVITY_RULE],
        )
        expected = [
            scalar(visit.model_copy(update={"arthritis": None, "fever": False})) for visit in known
        ]
        found = added(engine, scored)
        assert [{k: row[k] for k in expected[0]} for row in found] == expected
        with pytest.raises(InvalidInputError, match="no column for arthritis, fever;"):
            frame.score(data)

    def test_columns_of_other_names(self, engine: str) -> None:
        data = table(VISITS).rename({"rash": 'skin "new"'})
        scored = frame.score(
            ENGINES[engine].make(data),
            Codebook(descriptors={"rash": 'skin "new"'}),
            rules=[ACTIVITY_RULE],
        )
        assert [row["sledai_low"] for row in added(engine, scored)] == [
            scalar(visit)["sledai_low"] for visit in VISITS
        ]

    def test_names_that_are_needed_in_between_are_refused(self, engine: str) -> None:
        data = table(VISITS).with_columns(_sledai_clinical=pl.lit(1, dtype=pl.Int64))
        with pytest.raises(InvalidInputError, match=r"there already .*: _sledai_clinical$"):
            frame.score(ENGINES[engine].make(data))

    @pytest.mark.parametrize("name", ["sledai_total", "SLEDAI_Total"])
    def test_result_columns_are_never_overwritten(self, engine: str, name: str) -> None:
        data = table(VISITS).with_columns(pl.lit(1, dtype=pl.Int64).alias(name))
        rows = ENGINES[engine].rows(frame.score(ENGINES[engine].make(data)))
        assert [(row[name], row["sledai_total_computed"]) for row in rows] == [
            (1, scalar(visit)["sledai_total"]) for visit in VISITS
        ]

    def test_a_policy_that_there_is_not(self, engine: str) -> None:
        guess: Any = "guess"
        with pytest.raises(
            InvalidInputError, match="policy: found 'guess'; accepted: strict, absent"
        ):
            frame.score(ENGINES[engine].make(table(VISITS)), policy=guess)

    def test_a_frame_without_rows(self, engine: str) -> None:
        data = ENGINES[engine].make(table(VISITS).clear())
        assert added(engine, frame.score(data, rules=[ACTIVITY_RULE])) == []

    def test_cells_that_are_no_answer(self, engine: str) -> None:
        """Refused where cells can be looked at, else counted, and open under each policy."""
        data = table([Assessment.of()] * 3, pl.Float64).with_columns(
            arthritis=pl.Series([8.0, 1.0, None]),
            fever=pl.Series(["yes", None, None]),
        )
        native = ENGINES[engine].make(data)
        if not ENGINES[engine].lazy:
            with pytest.raises(InvalidInputError, match=r"'arthritis'.*: found 8.*'fever'"):
                frame.score(native)
            return
        for policy, not_assessed, low, high in (
            ("strict", [2, 1, 2], [0, 4, 0], [5, 5, 5]),
            ("absent", [2, 1, 2], [0, 4, 0], [5, 4, 0]),
        ):
            rows = added(engine, frame.score(native, policy=policy))  # type: ignore[arg-type]
            assert [row[INVALID_COLUMN] for row in rows] == [2, 0, 0]
            assert [row["sledai_not_assessed"] for row in rows] == not_assessed
            assert [row["sledai_low"] for row in rows] == low
            assert [row["sledai_high"] for row in rows] == high


def explode(*_: object) -> Any:
    raise AssertionError("computed behind the caller's back")


class TestNothingIsComputed:
    """Scoring a lazy frame, and asking for its columns, runs nothing."""

    def check(self, data: Any) -> Any:
        assert "sledai_invalid" in nw.from_native(frame.judge(data, rules=ACTIVITY_RULE)).columns
        scored = frame.score(data, rules=[ACTIVITY_RULE])
        assert "sledai_total" in nw.from_native(scored).columns
        return scored

    def test_polars(self) -> None:
        data = table(VISITS)
        scored = self.check(data.lazy().map_batches(explode, schema=data.schema))
        with pytest.raises(Exception, match="behind the caller's back"):
            scored.collect()

    def test_duckdb(self) -> None:
        connection = duckdb.connect()
        connection.create_function("explode", explode, ["BIGINT"], "BOOLEAN")
        names = ", ".join(f"explode(range) AS {name}" for name in spec_tables.NAMES)
        scored = self.check(connection.sql(f"SELECT {names} FROM range(2)"))  # noqa: S608
        with pytest.raises(Exception, match="behind the caller's back"):
            scored.fetchall()

    def test_dask(self) -> None:
        data = dd.from_pandas(table(VISITS).to_pandas(), npartitions=2)
        scored = self.check(data.map_partitions(explode, meta=data._meta))
        with pytest.raises(AssertionError, match="behind the caller's back"):
            scored.compute()

    def test_ibis_without_a_backend(self) -> None:
        scored = self.check(ibis.table(dict.fromkeys(spec_tables.NAMES, "boolean"), name="visits"))
        with pytest.raises(Exception, match="unbound"):
            scored.to_pyarrow()

    def test_spark_runs_no_job(self) -> None:
        context = spark_session().sparkContext
        context.setJobGroup("scoring", "none of this may run")
        self.check(ENGINES["PySpark"].make(table(VISITS)))
        assert list(context.statusTracker().getJobIdsForGroup("scoring")) == []
        ENGINES["PySpark"].make(table(VISITS)).collect()  # the tracker does see jobs
        assert list(context.statusTracker().getJobIdsForGroup("scoring")) != []


def test_lazy_engines_are_those_that_count_invalid_cells() -> None:
    assert LAZY == ["polars lazy", "DuckDB", "Dask", "Ibis", "PySpark"]


def test_columns_that_spark_takes_for_one() -> None:
    native = ENGINES["PySpark"].make(table(VISITS).with_columns(x=pl.lit(1, dtype=pl.Int64)))
    native = native.toDF(*[{"x": "RASH"}.get(name, name) for name in native.columns])
    with pytest.raises(InvalidInputError, match="Spark takes columns 'rash', 'RASH' for one"):
        frame.score(native, Codebook(descriptors={"no_items": ["RASH"]}))


@pytest.mark.parametrize("name", ["a.b", "a`b"])
def test_names_that_spark_does_not_find(name: str) -> None:
    data = ENGINES["PySpark"].make(table(VISITS).rename({"rash": "x"})).withColumnRenamed("x", name)
    with pytest.raises(InvalidInputError, match=r"Spark would not find column .*; rename it"):
        frame.score(data, Codebook(descriptors={"rash": name}))
    numbers = ENGINES["PySpark"].make(table(VISITS).with_columns(x=pl.lit(1.0)))
    numbers = numbers.withColumnRenamed("x", name)
    with pytest.raises(InvalidInputError, match=r"Spark would not find column .*; rename it"):
        compare(numbers, Codebook(recorded={"total": name}))
    with pytest.raises(InvalidInputError, match=r"Spark would not find column .*; rename it"):
        frame.derive(
            numbers,
            Codebook(findings=labs_of([Lab("platelets", name, "/uL")])),
            edition="SELENA",
        )


class TestObjectsOfDask:
    cells = (True, 1, 1.0, False, 0, None, float("nan"), pd.NA, "yes", 8)

    def scored(self) -> pd.DataFrame:
        data = pd.DataFrame([Assessment.of().model_dump()] * len(self.cells), dtype=bool)
        data["rash"] = pd.Series(self.cells, dtype=object)
        return frame.score(dd.from_pandas(data, npartitions=2)).compute()  # type: ignore[no-any-return]

    def test_they_are_compared_one_by_one(self) -> None:
        with dask.config.set({"dataframe.convert-string": False}):
            scored = self.scored()
        assert scored["sledai_low"].tolist() == [2, 2, 2] + [0] * 7
        assert scored["sledai_high"].tolist() == [2, 2, 2, 0, 0, 2, 2, 2, 2, 2]
        assert scored[INVALID_COLUMN].tolist() == [0] * 8 + [1, 1]

    def test_the_text_that_dask_makes_of_them_is_no_answer(self) -> None:
        scored = self.scored()
        assert scored["sledai_high"].tolist() == [2] * 10
        assert scored[INVALID_COLUMN].tolist() == [1] * 5 + [0] * 3 + [1, 1]


def kind_of(rule: ActivityRule) -> tuple[object, ...]:
    """Say which conditions a rule has, whatever their numbers."""
    numbers = (rule.least_total, rule.least_clinical, rule.most_total < 105, rule.least_serologic)
    sets = (rule.uncounted, rule.one_of, rule.clinical_excluding)
    return (*map(bool, numbers), rule.clinical_applies, *sets)


def test_rules_of_every_kind_on_every_engine(engine: str) -> None:
    rules = [
        ActivityRule(name="clinical 4", edition=ACTIVITY_RULE.edition, least_clinical=4),
        ActivityRule(
            name="six and four", edition=ACTIVITY_RULE.edition, least_total=6, least_clinical=4
        ),
        *(trial.rule for trial in CATALOG),
    ]
    # One of each kind is enough: Spark is slow to make a plan.
    rules = list({kind_of(rule): rule for rule in rules}.values())
    rows = added(engine, frame.score(ENGINES[engine].make(table(VISITS)), rules=rules))
    for rule in rules:
        assert [row[frame.verdict_column(rule)] for row in rows] == [
            rule.judge(visit).verdict.value for visit in VISITS
        ]


@pytest.mark.parametrize("engine", ["polars lazy", "pandas", "DuckDB"])  # the others are slow
def test_what_decides_where_one_of_some_must_be_present(engine: str) -> None:
    rule = ActivityRule(
        name="one of",
        edition=ACTIVITY_RULE.edition,
        least_total=6,
        least_clinical=4,
        clinical_excluding=SEROLOGIC | {Descriptor.PROTEINURIA},
        uncounted=frozenset({Descriptor.FEVER}),
        one_of=frozenset({Descriptor.ARTHRITIS, Descriptor.RASH, Descriptor.FEVER}),
    )
    data = ENGINES[engine].make(table(VISITS))
    rows = added(engine, frame.judge(data, rules=rule, missing_names=True))
    assert [row["sledai_one_of_deciding"] for row in rows] == [
        listed(rule.judge(visit).deciding) for visit in VISITS
    ]
