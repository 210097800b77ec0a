"""Frame row i equals scalar row i, on every engine and dtype; what is missing stays missing."""

import importlib
import random
import sys
from collections.abc import Callable
from dataclasses import replace
from decimal import Decimal
from types import SimpleNamespace
from typing import Any, ClassVar

import narwhals as nw
import numpy as np
import pandas as pd
import polars as pl
import pytest
import spec_tables
from hypothesis import given, settings
from hypothesis import strategies as st
from strategies import assessments, rules

from examples import examples
from sledai import (
    SEROLOGIC,
    ActivityRule,
    Assessment,
    Descriptor,
    InvalidInputError,
    clinical_score,
    engines,
    frame,
    score_bounds,
    total_score,
)
from sledai.codebook import Codebook
from sledai.definitions import Edition
from sledai.descriptors import listed
from sledai.engines import misread
from sledai.frame import INVALID_COLUMN, SCORE_COLUMNS, verdict_column
from sledai.trials.catalog import CATALOG, find
from sledai.trials.nct05765006 import ACTIVITY_RULE

Rows = list[dict[str, Any]]

# Answers of every kind in turn, then nothing present and nothing known.
VISITS = [
    Assessment.of(
        present={d for d in Descriptor if (d.number + row) % 5 < present},
        not_assessed={d for d in Descriptor if (d.number + row) % 5 == 4} if row else (),
    )
    for row, present in enumerate((2, 1, 2, 3))
] + [Assessment.of(), Assessment.of(not_assessed=list(Descriptor))]


def scalar(visit: Assessment, *rules: ActivityRule) -> dict[str, Any]:
    """What a row of the frame should hold, by the functions on one assessment."""
    total, clinical = score_bounds(visit), score_bounds(visit, excluding=SEROLOGIC)
    known = not visit.not_assessed
    clinical_known = not visit.not_assessed - SEROLOGIC
    return {
        "sledai_total": total_score(visit) if known else None,
        "sledai_clinical": clinical_score(visit) if clinical_known else None,
        "sledai_low": total.low,
        "sledai_high": total.high,
        "sledai_clinical_low": clinical.low,
        "sledai_clinical_high": clinical.high,
        "sledai_not_assessed": len(visit.not_assessed),
        **{verdict_column(rule): rule.judge(visit).verdict.value for rule in rules},
    }


def numbers(rows: Rows) -> Rows:
    return [{k: None if v is None else int(v) for k, v in row.items()} for row in rows]


def pandas_of(dtype: Any) -> Callable[[Rows], pd.DataFrame]:
    def make(rows: Rows) -> pd.DataFrame:
        data = pd.DataFrame(rows if "bool" in dtype else numbers(rows), dtype=object)
        data.index = pd.Index(range(100, 100 + len(rows)))
        return data.astype(dtype)

    return make


def floats_with_nan(rows: Rows) -> pd.DataFrame:
    return pd.DataFrame(numbers(rows), dtype=float)


def objects_of_all_kinds(rows: Rows) -> pd.DataFrame:
    """A column as pandas makes it from mixed cells: 1, 1.0, True; None, NaN, NA."""
    kinds: dict[Any, list[Any]] = {
        True: [True, 1, 1.0, np.True_],
        False: [False, 0, 0.0, np.False_],
        None: [None, float("nan"), pd.NA, None],
    }
    return pd.DataFrame(
        [
            {k: kinds[v][i % 4] for i, (k, v) in enumerate(row.items(), n)}
            for n, row in enumerate(rows)
        ],
        dtype=object,
    )


MAKERS: dict[str, Callable[[Rows], Any]] = {
    "polars boolean": lambda rows: pl.DataFrame(rows, schema=dict.fromkeys(rows[0], pl.Boolean)),
    "polars int8": lambda rows: pl.DataFrame(numbers(rows), schema=dict.fromkeys(rows[0], pl.Int8)),
    "polars float": lambda rows: pl.DataFrame(
        numbers(rows), schema=dict.fromkeys(rows[0], pl.Float64)
    ),
    "polars float with NaN": lambda rows: pl.DataFrame(
        numbers(rows), schema=dict.fromkeys(rows[0], pl.Float64)
    ).fill_null(float("nan")),
    "pandas boolean": pandas_of("boolean"),
    "pandas arrow boolean": pandas_of("bool[pyarrow]"),
    "pandas arrow int64": pandas_of("int64[pyarrow]"),
    "pandas Int64": pandas_of("Int64"),
    "pandas Float64": pandas_of("Float64"),
    "pandas object": pandas_of("object"),
    "pandas float with NaN": floats_with_nan,
    "pandas objects of all kinds": objects_of_all_kinds,
}


def results(scored: Any) -> Rows:
    """The added columns as plain rows, whatever the engine."""
    added = [c for c in scored.columns if c.startswith("sledai_")]
    return [
        {k: None if pd.isna(v) else v for k, v in row.items()}
        for row in nw.from_native(scored).select(*added).rows(named=True)
    ]


def dumped(visits: list[Assessment]) -> Rows:
    return [visit.model_dump() for visit in visits]


@pytest.mark.parametrize("kind", MAKERS)
class TestEveryKindOfColumn:
    def test_row_i_equals_scalar_row_i(self, kind: str) -> None:
        scored = frame.score(MAKERS[kind](dumped(VISITS)), rules=[ACTIVITY_RULE])
        assert results(scored) == [scalar(visit, ACTIVITY_RULE) for visit in VISITS]

    def test_one_descriptor_alone_and_one_unknown_alone(self, kind: str) -> None:
        one_present = [Assessment.of(present={d}) for d in Descriptor]
        one_unknown = [Assessment.of(not_assessed={d}) for d in Descriptor]
        scored = results(frame.score(MAKERS[kind](dumped(one_present + one_unknown))))
        weights = [spec_tables.WEIGHTS[name] for name in spec_tables.NAMES]
        assert [row["sledai_total"] for row in scored[:24]] == weights
        assert [(row["sledai_total"], row["sledai_low"]) for row in scored[24:]] == [(None, 0)] * 24
        assert [row["sledai_high"] for row in scored[24:]] == weights

    def test_other_columns_index_and_row_order_stay_and_the_input_is_not_touched(
        self, kind: str
    ) -> None:
        data = nw.from_native(MAKERS[kind](dumped(VISITS)))
        data = data.with_columns(nw.new_series("id", list("fedcba"), backend=data.implementation))
        if nw.dependencies.is_pandas_dataframe(native := data.to_native()):
            native.index = pd.Index([5, 3, 9, 1, 7, 2])
            native["id"] = list("fedcba")
        before: Any = native.clone() if isinstance(native, pl.DataFrame) else native.copy()
        scored = frame.score(native)
        if isinstance(native, pl.DataFrame):
            assert native.equals(before)
            assert scored.select(native.columns).equals(native)
        else:
            pd.testing.assert_frame_equal(native, before)
            pd.testing.assert_frame_equal(scored[list(native.columns)], native)
        assert list(scored.columns) == [*native.columns, *SCORE_COLUMNS]

    def test_column_order_does_not_matter(self, kind: str) -> None:
        rows = dumped(VISITS)
        backwards = [dict(reversed(row.items())) for row in rows]
        forwards = results(frame.score(MAKERS[kind](rows)))
        assert results(frame.score(MAKERS[kind](backwards))) == forwards

    def test_scores_are_integers_that_can_hold_a_null(self, kind: str) -> None:
        scored = frame.score(MAKERS[kind](dumped(VISITS)))
        types = {str(nw.from_native(scored).schema[column]) for column in SCORE_COLUMNS}
        assert types == {"Int32"}
        if isinstance(scored, pd.DataFrame):  # not float64, whose NaN compares as False
            assert scored["sledai_total"].dtype == "Int32"


class TestThreeWaysToLoseAMissingAnswer:
    """Each turns a missing answer silently into a present or an absent one in some engine."""

    def test_a_cast_to_boolean_would_make_nan_present(self) -> None:
        data = pd.DataFrame(dumped([Assessment.of()])).astype(float)
        data["seizure"] = float("nan")
        assert bool(data["seizure"].astype(bool)[0]) is True  # the trap
        (row,) = results(frame.score(data))
        assert (row["sledai_low"], row["sledai_high"], row["sledai_not_assessed"]) == (0, 8, 1)

    def test_a_horizontal_sum_would_make_null_absent(self) -> None:
        data = pl.DataFrame(dumped([Assessment.of(not_assessed={"seizure"})]))
        data = data.with_columns(pl.col("seizure").cast(pl.Boolean))
        assert data.select(pl.sum_horizontal(pl.all().cast(pl.Int64))).item() == 0  # the trap
        (row,) = results(frame.score(data))
        assert row["sledai_total"] is None

    def test_a_comparison_would_make_nan_absent(self) -> None:
        data = pd.DataFrame(dumped([Assessment.of()])).astype(float)
        data["seizure"] = float("nan")
        assert bool((data["seizure"] == 1)[0]) is False  # the trap
        (row,) = results(frame.score(data, rules=[ACTIVITY_RULE]))
        assert row["sledai_total"] is None
        assert row["sledai_nct05765006"] == "undetermined"


@settings(max_examples=examples(25))
@given(st.lists(assessments(), min_size=1, max_size=5), st.lists(rules, max_size=2))
def test_any_visits_and_any_rules_equal_the_scalar_path(
    visits: list[Assessment], drawn: list[ActivityRule]
) -> None:
    named = [replace(rule, name=f"drawn {n}") for n, rule in enumerate(drawn)]
    expected = [scalar(visit, *named) for visit in visits]
    for kind in ("polars boolean", "pandas float with NaN"):
        data = MAKERS[kind](dumped(visits))
        assert (
            results(frame.score(data, Codebook(answers={"present": [1]}), rules=named)) == expected
        )


class TestLazy:
    def test_it_stays_lazy_and_gives_the_same_scores(self) -> None:
        data = MAKERS["polars boolean"](dumped(VISITS))
        lazy = frame.score(data.lazy(), rules=[ACTIVITY_RULE])
        assert isinstance(lazy, pl.LazyFrame)
        collected = lazy.collect()
        assert collected.drop(INVALID_COLUMN).equals(frame.score(data, rules=[ACTIVITY_RULE]))
        assert collected[INVALID_COLUMN].to_list() == [0] * len(VISITS)

    def test_nothing_is_computed_before_it_is_asked_for(self) -> None:
        def explode(_: pl.DataFrame) -> pl.DataFrame:
            raise AssertionError

        data = MAKERS["polars boolean"](dumped(VISITS))
        source = data.lazy().map_batches(explode, schema=data.schema)
        assert "sledai_total" in frame.score(source).collect_schema()

    def test_cells_that_are_no_answer_are_counted_and_taken_as_not_assessed(self) -> None:
        data = MAKERS["polars float"](dumped([Assessment.of()] * 4)).with_columns(
            arthritis=pl.Series([8.0, 1.0, None, float("nan")]),
            fever=pl.Series(["yes", None, None, None]),
        )
        scored = frame.score(data.lazy()).collect()
        assert scored[INVALID_COLUMN].to_list() == [2, 0, 0, 0]
        assert scored["sledai_not_assessed"].to_list() == [2, 1, 2, 2]
        assert scored["sledai_low"].to_list() == [0, 4, 0, 0]
        assert scored["sledai_high"].to_list() == [5, 5, 5, 5]


class TestColumns:
    data = pl.DataFrame(dumped(VISITS), schema=dict.fromkeys(spec_tables.NAMES, pl.Boolean))

    def refusal(self, data: Any = None, *, rules: Any = (), **descriptors: Any) -> str:
        with pytest.raises(InvalidInputError) as caught:
            book = Codebook(descriptors=descriptors) if descriptors else None
            frame.score(self.data if data is None else data, book, rules=rules)
        return str(caught.value)

    def test_missing_columns_are_all_listed(self) -> None:
        said = self.refusal(self.data.drop("arthritis", "fever"))
        assert said.startswith(
            "no column for arthritis, fever; say in [descriptors] of a codebook which"
        )

    def test_not_collected_is_not_assessed_and_absent_is_absent(self) -> None:
        known = pl.DataFrame(dumped([Assessment.of(present={"rash"})])).drop("arthritis", "fever")
        (row,) = results(
            frame.score(
                known, Codebook(descriptors={"absent": ["fever"], "not_collected": ["arthritis"]})
            )
        )
        assert row == scalar(Assessment.of(present={"rash"}, not_assessed={"arthritis"}))

    def test_all_24_may_be_not_collected(self) -> None:
        (row,) = results(
            frame.score(
                pl.DataFrame({"id": [7]}), Codebook(descriptors={"not_collected": list(Descriptor)})
            )
        )
        assert row == scalar(Assessment.of(not_assessed=list(Descriptor)))

    def test_a_column_that_is_there_cannot_be_named_as_not_there(self) -> None:
        assert "yet column 'fever' holds fever; if" in self.refusal(absent=["fever"])
        assert "yet column 'fever' holds fever" in self.refusal(not_collected=["fever"])

    def test_not_collected_and_absent_at_once(self) -> None:
        data = self.data.drop("fever")
        said = self.refusal(data, absent=["fever"], not_collected=["fever"])
        assert said == "[descriptors] named both not collected and absent: fever"

    def test_columns_of_other_names(self) -> None:
        data = self.data.rename({"rash": "new_rash"})
        assert results(frame.score(data, Codebook(descriptors={"rash": "new_rash"}))) == results(
            frame.score(self.data)
        )

    def test_a_named_column_comes_before_the_descriptors_own_name(self) -> None:
        data = self.data.with_columns(confirmed_fever=pl.lit(value=True))
        scored = frame.score(data, Codebook(descriptors={"fever": "confirmed_fever"}))
        assert scored.equals(
            frame.score(self.data.with_columns(fever=pl.lit(value=True)))
            .with_columns(fever=data["fever"], confirmed_fever=data["confirmed_fever"])
            .select(scored.columns)
        )

    def test_a_column_counts_for_one_descriptor_alone(self) -> None:
        said = self.refusal(myositis="arthritis")
        assert said.startswith("no column for arthritis;")

    def test_two_columns_named_for_one_descriptor(self) -> None:
        data = self.data.with_columns(a=True, b=True)
        said = self.refusal(data, rash="a", new_rash="b")
        assert said == "[descriptors] two columns for rash"

    def test_a_named_column_that_is_not_there(self) -> None:
        assert self.refusal(rash="eruption") == ("no column 'eruption', named for rash")

    def test_an_unknown_descriptor(self) -> None:
        assert "[descriptors] no key 'temp'; accepted: absent," in self.refusal(temp="fever")
        assert "[descriptors] absent: not one of the 24 descriptors: 'temp'" in (
            self.refusal(absent=["temp"])
        )

    def test_doubled_columns(self) -> None:
        data = pd.DataFrame([[True, False]], columns=["rash", "rash"])
        assert "'rash' 2 times" in self.refusal(data)

    @pytest.mark.parametrize("column", [*SCORE_COLUMNS, INVALID_COLUMN, "sledai_nct05765006"])
    def test_result_columns_are_never_overwritten(self, column: str) -> None:
        """A result whose name is there already has "_computed" behind its own."""
        plain = frame.score(self.data.lazy(), rules=[ACTIVITY_RULE]).collect()
        for called in (column, column.upper()):
            data = self.data.with_columns(pl.lit("theirs").alias(called))
            scored = frame.score(data.lazy(), rules=[ACTIVITY_RULE]).collect()
            assert scored.select(data.columns).equals(data)
            assert scored[f"{column}_computed"].to_list() == plain[column].to_list()
            rest = plain.select(pl.exclude(*self.data.columns, column))
            assert scored.select(rest.columns).equals(rest)
        data = self.data.with_columns(
            pl.lit(1).alias(column), pl.lit(1).alias(f"{column}_computed")
        )
        said = self.refusal(data, rules=[ACTIVITY_RULE])
        assert said == (
            f"result columns that are there already (rename or drop them): {column}_computed"
        )

    def test_two_rules_of_one_name(self) -> None:
        said = self.refusal(rules=[ACTIVITY_RULE, ACTIVITY_RULE])
        assert said == "result columns asked for twice: sledai_nct05765006"

    def test_what_is_no_data_frame_or_one_that_is_not_tested(self) -> None:
        engines = "polars, pandas, pyarrow, DuckDB, Dask, Ibis or PySpark"
        assert self.refusal([1]) == f"expected a data frame of {engines}, found list"
        assert self.refusal(self.data["rash"]).endswith(" or PySpark, found Series")
        assert self.refusal(nw.from_native(self.data)).endswith(" or PySpark, found DataFrame")

    def test_an_engine_on_which_the_tests_do_not_run(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.delitem(engines.ENGINES, nw.Implementation.PYARROW)
        assert self.refusal(self.data.to_arrow()).endswith(" or PySpark, found Table")

    def test_attributes_of_pandas_stay(self) -> None:
        data = pd.DataFrame(dumped(VISITS), dtype=object)
        data.attrs["study"] = "X"
        assert frame.score(data).attrs == {"study": "X"}

    def test_pandas_columns_that_are_numbers(self) -> None:
        data = pd.DataFrame(dumped(VISITS), dtype=object)
        data[0] = "x"
        assert list(frame.score(data)[0]) == ["x"] * len(VISITS)
        data[7] = 8
        assert "[descriptors] found 7; accepted: the name of a column" in self.refusal(
            data, rash=7
        ) or "rash: found 7; accepted: the name of a column" in self.refusal(data, rash=7)

    @pytest.mark.parametrize("name", ["^a.*$", "*"])
    def test_a_name_that_polars_would_take_for_a_pattern(self, name: str) -> None:
        data = self.data.with_columns(pl.lit(value=True).alias(name))
        scored = frame.score(data, Codebook(descriptors={"rash": name}))
        assert scored[name].to_list() == [True] * len(VISITS)
        assert scored["sledai_low"].to_list() == [
            score_bounds(visit.model_copy(update={"rash": True})).low for visit in VISITS
        ]
        lazy = frame.score(data.lazy(), Codebook(descriptors={"rash": name})).collect()
        assert lazy["sledai_low"].equals(scored["sledai_low"])

    @pytest.mark.parametrize(
        ("name", "said"),
        [
            ("a.b", "Spark would not find column 'a.b' by its name; rename it"),
            ("a`b", "Spark would not find column 'a`b' by its name; rename it"),
            ("rash", "Spark takes columns 'rash', 'Rash' for one; drop or rename"),
            ("fever", ""),
        ],
    )
    def test_names_that_spark_misreads(self, name: str, said: str) -> None:
        """Without Spark; with it in test_engines."""
        schema = ["rash", "Rash", "fever", "a.b", "a`b"]
        frame = SimpleNamespace(
            implementation=nw.Implementation.PYSPARK, collect_schema=lambda: schema
        )
        assert misread(name, frame) == said

    def test_names_that_are_used_in_between_are_refused(self) -> None:
        data = self.data.with_columns(_sledai_clinical=1)
        assert self.refusal(data).endswith("(rename or drop them): _sledai_clinical")

    def test_a_frame_without_rows(self) -> None:
        assert frame.score(self.data.clear()).height == 0
        assert len(frame.score(pd.DataFrame(dumped(VISITS), dtype=object).iloc[:0])) == 0


class TestValues:
    @pytest.mark.parametrize(
        ("cells", "found"),
        [
            ([1, 8, 2], "found 8 in row 1, counting from 0 (2 such cells)"),
            ([1.0, 0.0, 0.5], "found 0.5 in row 2, counting from 0 (1 such cell)"),
            (["yes", None, None], "found 'yes' in row 0, counting from 0 (1 such cell)"),
            ([-1, 1, 1], "found -1 in row 0, counting from 0 (1 such cell)"),
        ],
    )
    @pytest.mark.parametrize("library", [pl, pd])
    def test_a_cell_that_is_no_answer_is_named(
        self, library: Any, cells: list[Any], found: str
    ) -> None:
        rows = dumped([Assessment.of()] * 3)
        data = library.DataFrame([{**r, "rash": c} for r, c in zip(rows, cells, strict=True)])
        with pytest.raises(InvalidInputError) as caught:
            frame.score(data)
        said = str(caught.value).replace(" (of type String)", "")
        assert (
            said
            == f"column 'rash': {found}; accepted: true, false, 1, 0 and null (others are stated "
            "in [answers] of a codebook)"
        )

    @pytest.mark.parametrize(
        "cells",
        [
            pd.Series([None] * 200 + [True, 0], dtype=object),
            pd.Series(pd.Categorical([True, False, None] * 40)),
            pd.Series(pd.Categorical([1, 0, None] * 40)),
            pd.Series([Decimal(1), Decimal(0), pd.NA, np.True_, np.int8(0)], dtype=object),
        ],
        ids=["late", "categories", "categories of numbers", "decimals and numpy"],
    )
    def test_objects_are_compared_one_by_one(self, cells: Any) -> None:
        data = pd.DataFrame(dumped([Assessment.of()] * len(cells)), dtype=object)
        data["rash"] = cells
        known = [None if pd.isna(cell) else bool(cell) for cell in cells]
        assert results(frame.score(data)) == [
            scalar(Assessment.of().model_copy(update={"rash": answer})) for answer in known
        ]

    @pytest.mark.parametrize("cell", [[1], [1, 2], "1", 2, {"a": 1}, (1,)])
    def test_objects_that_are_no_answer(self, cell: object) -> None:
        data = pd.DataFrame(dumped([Assessment.of()] * 2), dtype=object)
        data["rash"] = pd.Series([True, cell], dtype=object)
        with pytest.raises(InvalidInputError, match=r"column 'rash': found .* in row 1"):
            frame.score(data)

    def test_polars_objects_are_no_answers(self) -> None:
        data = pl.DataFrame(dumped([Assessment.of()])).with_columns(
            rash=pl.Series([{1}], dtype=pl.Object)
        )
        with pytest.raises(
            InvalidInputError, match=r"column 'rash' \(of type Object\): found \{1\}"
        ):
            frame.score(data)

    def test_mixed_objects(self) -> None:
        data = pd.DataFrame(dumped([Assessment.of()] * 2), dtype=object)
        data["rash"] = pd.Series([True, "true"], dtype=object)
        with pytest.raises(InvalidInputError, match="'rash': found 'true' in row 1"):
            frame.score(data)

    def test_each_column_with_such_cells_is_named(self) -> None:
        data = pl.DataFrame(dumped([Assessment.of()])).with_columns(rash=pl.lit(2), fever=pl.lit(3))
        with pytest.raises(InvalidInputError, match=r"'rash': found 2 .*; column 'fever': found 3"):
            frame.score(data)

    def test_a_column_of_nulls_is_not_assessed_whatever_its_type(self) -> None:
        for dtype in (pl.Null, pl.String, pl.Date):
            data = pl.DataFrame(dumped([Assessment.of()])).with_columns(
                rash=pl.lit(None, dtype=dtype)
            )
            (row,) = results(frame.score(data))
            assert row == scalar(Assessment.of(not_assessed={"rash"}))


@pytest.mark.parametrize("name", ["frame", "audit"])
def test_without_the_extra_it_says_what_to_install(
    monkeypatch: pytest.MonkeyPatch, name: str, forget: Callable[[str], None]
) -> None:
    for module in ("sledai.frame", "sledai.audit", "sledai.engines"):
        forget(module)
    monkeypatch.setitem(sys.modules, "narwhals", None)
    with pytest.raises(
        ModuleNotFoundError,
        match=rf"sledai.{name} needs narwhals: pip install 'sledai\[frame\]', or in a clone pip ",
    ):
        importlib.import_module(f"sledai.{name}")


class TestRules:
    """A rule is an `ActivityRule` or a registry number, one or several of either."""

    data = pl.DataFrame({"proteinuria": [True, None], "low_complement": [True, True]})
    absent = set(Descriptor) - set(data.columns)

    @pytest.mark.parametrize(
        "asked", ["NCT04877691", " nct04877691", find("NCT04877691").rule, ["NCT04877691"]]
    )
    def test_one(self, asked: Any) -> None:
        judged = frame.judge(self.data, Codebook(descriptors={"absent": self.absent}), rules=asked)
        assert judged.columns == ["proteinuria", "low_complement", "sledai_nct04877691"]
        assert judged["sledai_nct04877691"].to_list() == ["not_met", "not_met"]
        scored = frame.score(self.data, Codebook(descriptors={"absent": self.absent}), rules=asked)
        assert scored["sledai_nct04877691"].to_list() == ["not_met", "not_met"]

    def test_several(self) -> None:
        rules: list[ActivityRule | str] = ["NCT06456567", ACTIVITY_RULE, "KR-BELIMUMAB"]
        judged = frame.judge(self.data, Codebook(descriptors={"absent": self.absent}), rules=rules)
        assert judged.rows()[0][2:] == ("met", "not_met", "not_met")
        assert judged.rows()[1][2:] == ("undetermined", "not_met", "not_met")
        assert judged.columns[2:] == [verdict_column(one) for one in rules]

    def test_what_is_neither_and_what_is_asked_for_twice(self) -> None:
        with pytest.raises(InvalidInputError, match="trial: found 'NCT04877692'; did you mean"):
            frame.judge(
                self.data, Codebook(descriptors={"absent": self.absent}), rules="NCT04877692"
            )
        wrong: Any
        for wrong in (None, 8, find("NCT04877691"), [find("NCT04877691")]):
            with pytest.raises(InvalidInputError, match=r"found \w+; accepted: an ActivityRule or"):
                frame.judge(self.data, Codebook(descriptors={"absent": self.absent}), rules=wrong)
        with pytest.raises(InvalidInputError, match=r"^rules: found none; accepted: an Activity"):
            frame.judge(self.data, Codebook(descriptors={"absent": self.absent}), rules=())
        with pytest.raises(InvalidInputError, match="asked for twice: sledai_nct05765006"):
            frame.judge(
                self.data,
                Codebook(descriptors={"absent": self.absent}),
                rules=["NCT05765006", ACTIVITY_RULE],
            )


def test_the_verdict_column_has_a_plain_name() -> None:
    rule = ActivityRule(name="BLISS SC", edition=Edition.SELENA, least_total=8)
    assert verdict_column(rule) == "sledai_bliss_sc"


def deciding(visits: list[Assessment], rule: ActivityRule) -> list[str]:
    return [listed(rule.judge(visit).deciding) for visit in visits]


class TestMissingNames:
    """`missing_names` names what was not assessed and, as `Judgement.deciding`, what decides."""

    visits: ClassVar = [
        Assessment.of(present={"arthritis", "rash"}, not_assessed={"fever", "pyuria"}),
        Assessment.of(present={"arthritis", "rash", "fever"}, not_assessed={"leukopenia"}),
        Assessment.of(present={"seizure"}, not_assessed={"rash"}),
        Assessment.of(present={"rash"}, not_assessed={"low_complement", "seizure"}),
    ]
    rule = ActivityRule(name="eight", edition=Edition.SELENA, least_total=8)

    @pytest.mark.parametrize("make", [lambda d: d, pl.DataFrame.lazy], ids=["eager", "lazy"])
    def test_names_of_visits(self, make: Callable[[pl.DataFrame], Any]) -> None:
        data = make(pl.DataFrame(dumped(self.visits)))
        scored = frame.score(data, rules=[self.rule], missing_names=True).lazy().collect()
        assert scored["sledai_missing"].to_list() == [
            "pyuria, fever",
            "leukopenia",
            "rash",
            "seizure, low_complement",
        ]
        assert scored["sledai_eight"].to_list() == [
            "undetermined",
            "undetermined",
            "met",
            "undetermined",
        ]
        assert scored["sledai_eight_deciding"].to_list() == ["pyuria", "leukopenia", "", "seizure"]

    def test_where_the_columns_stand_and_that_they_are_asked_for(self) -> None:
        data = pl.DataFrame(dumped(self.visits))
        plain = frame.score(data, rules=[self.rule])
        scored = frame.score(data, rules=[self.rule], missing_names=True)
        assert plain.columns == [*data.columns, *SCORE_COLUMNS, "sledai_eight"]
        assert scored.columns[data.width :] == [
            *SCORE_COLUMNS,
            "sledai_missing",
            "sledai_eight",
            "sledai_eight_deciding",
        ]
        assert scored.select(plain.columns).equals(plain)
        judged = frame.judge(data, rules=self.rule, missing_names=True)
        assert judged.columns[data.width :] == ["sledai_eight", "sledai_eight_deciding"]

    @pytest.mark.parametrize("name", ["sledai_missing", "sledai_eight_deciding"])
    def test_they_overwrite_nothing(self, name: str) -> None:
        data = pl.DataFrame(dumped(self.visits)).with_columns(pl.lit("theirs").alias(name))
        scored = frame.score(data, rules=[self.rule], missing_names=True)
        assert scored[name].to_list() == ["theirs"] * 4
        assert scored[f"{name}_computed"][3].startswith("seizure")

    def test_what_counts_as_absent_is_named_and_decides_nothing(self) -> None:
        data = pl.DataFrame(dumped([*self.visits, Assessment.of(not_assessed=list(Descriptor))]))
        scored = frame.score(data, rules=[self.rule], policy="absent", missing_names=True)
        assert scored["sledai_missing"].to_list()[:2] == ["pyuria, fever", "leukopenia"]
        assert scored["sledai_eight_deciding"].to_list() == ["", "", "", "", listed(Descriptor)]

    @pytest.mark.parametrize("make", [pl.DataFrame, pd.DataFrame])
    @pytest.mark.parametrize(("said", "names"), [("absent", ""), ("not_collected", "all")])
    def test_no_column_at_all(self, make: Any, said: str, names: str) -> None:
        names = names and listed(Descriptor)
        book = Codebook(descriptors={said: list(Descriptor)})
        scored = frame.score(make({"id": [1, 2]}), book, rules=[self.rule], missing_names=True)
        assert list(scored["sledai_missing"]) == [names] * 2
        assert list(scored["sledai_eight_deciding"]) == [names] * 2

    @settings(deadline=None, max_examples=examples(60))
    @given(st.lists(assessments(), min_size=20, max_size=40), rules)
    def test_any_rule_on_any_visits(self, visits: list[Assessment], rule: ActivityRule) -> None:
        scored = frame.judge(pl.DataFrame(dumped(visits)), rules=rule, missing_names=True)
        assert scored["sledai_drawn_deciding"].to_list() == deciding(visits, rule)

    def test_rules_of_the_catalog_and_of_serology_alone(self) -> None:
        draw = random.Random(0)  # noqa: S311
        visits = [
            Assessment.model_validate(
                {d: draw.choices([True, False, None], [1, 5, unknown])[0] for d in Descriptor}
            )
            for unknown in (1, 2, 4)
            for _ in range(200)
        ]
        serology = ActivityRule(name="serology", edition=Edition.SELENA, least_serologic=2)
        wanted = [*(trial.rule for trial in CATALOG), serology]
        data = pl.DataFrame(dumped(visits))
        judged = frame.judge(data, rules=wanted, missing_names=True)
        for rule in wanted:
            assert judged[frame.deciding_column(rule)].to_list() == deciding(visits, rule)
