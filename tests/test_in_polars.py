"""Pandas, pyarrow and Dask score by polars: what comes back is what their own engine would give.

Each property scores a frame twice, the second time with nothing brought over, so that narwhals
computes it on the frame's own engine; results are compared with types, index and attributes, and
errors word by word.
"""

import sys
from collections.abc import Callable
from datetime import date, datetime
from decimal import Decimal
from typing import Any
from unittest.mock import patch

import dask.dataframe as dd
import narwhals as nw
import numpy as np
import pandas as pd
import polars as pl
import pyarrow as pa
import pytest
from hypothesis import Phase, given, reject, settings
from hypothesis import strategies as st

from examples import examples
from sledai import Descriptor, InvalidInputError, frame
from sledai.codebook import Codebook
from sledai.frame.in_polars import in_polars, with_results

pytestmark = pytest.mark.filterwarnings(
    "ignore:Dask support is moving out of Narwhals:FutureWarning"
)

nan = float("nan")
COLUMNS = ("arthritis", "rash", "fever")
OTHERS = sorted(set(Descriptor) - set(COLUMNS))

_truth = [True, False]
_whole = [0, 1, 1, 0, 2, 8, -9]
_float = [0.0, 1.0, -0.0, 1.0, 0.5, 8.0, -9.0]
_text = ["1", "0", "yes", "No", " NK ", "true", "1.0", "-9", "", "none", "nan", "8"]
_nothing = [None, None]

# What pandas calls a type, and cells that it can hold, most of them answers.
PANDAS: dict[str, list[Any]] = {
    "bool": _truth,
    "boolean": [*_truth, None],
    "int8": _whole,
    "int64": [*_whole, 300, 2**60],
    "uint8": [0, 1, 8, 255],
    "Int8": [*_whole, *_nothing],
    "Int64": [*_whole, 300, None],
    "UInt16": [0, 1, 8, None],
    "float16": [0.0, 1.0, nan],
    "float32": [*_float, nan],
    "float64": [*_float, nan, nan, float("inf")],
    "Float32": [*_float, None],
    "Float64": [*_float, None, nan],
    "object": [*_truth, None, nan, pd.NA, np.True_],
    "objects of numbers": [1, 0, 1.0, True, None, Decimal(1), np.int8(0)],
    "objects of text": [*_text, None, nan],
    "objects of all kinds": [*_truth, *_whole, *_text, None, (1,)],
    "str": [*_text, None],
    "string[python]": [*_text, None],
    "string[pyarrow]": [*_text, None],
    "category of text": [*_text, None],
    "category of booleans": [*_truth, None],
    "category of numbers": [1, 0, 8, None],
    "category of floats": [1.0, 0.0, nan],
    "datetime64[ns]": [None, None, None, datetime(2024, 1, 1)],  # noqa: DTZ001
    "datetime64[s]": [None],
    "Sparse[float64]": [1.0, 0.0, nan],
    "bool[pyarrow]": [*_truth, None],
    "int64[pyarrow]": [*_whole, 300, None],
    "double[pyarrow]": [*_float, None],
    "large_string[pyarrow]": [*_text, None],
    "date32[day][pyarrow]": [None, date(2024, 1, 1)],
}
ARROW: dict[str, list[Any]] = {
    "bool_": [*_truth, None],
    "int8": [*_whole, None],
    "uint64": [0, 1, 8, 2**63, None],
    "float16": [0.0, 1.0, None],
    "float32": [*_float, nan, None],
    "float64": [*_float, nan, None],
    "string": [*_text, None],
    "large_string": [*_text, None],
    "string_view": [*_text, None],
    "dictionary": [*_text, None],
    "dictionary of numbers": [0, 1, None],
    "null": [None],
    "date32": [None, None, date(2024, 1, 1)],
    "decimal": [Decimal(1), Decimal(0), None],
}
BOOKS = [
    Codebook(descriptors={"absent": OTHERS}),
    Codebook(descriptors={"not_collected": OTHERS}, answers={"not_assessed": ["NK", "-9"]}),
    Codebook(descriptors={"absent": OTHERS}, answers={"present": ["2"], "absent": ["1"]}),
    Codebook(descriptors={"absent": OTHERS}, answers={"not_assessed": ["1", "true"]}),
    Codebook(descriptors={"absent": OTHERS}, answers={"not_assessed": ["false", "none", "nan"]}),
    Codebook(descriptors={"absent": OTHERS}, answers={"points": True}),
    Codebook(
        descriptors={"absent": OTHERS},
        answers={"not_assessed": ["-9"]},
        rows={"not_assessed_where": {"form": ["0", ""]}, "none_present_where": {"none": ["1"]}},
    ),
    Codebook(
        descriptors={"absent": OTHERS},
        rows={"only_where": {"form": ["1", "yes"]}, "none_present_where": {"none": ["true", ""]}},
    ),
]


def pandas_column(kind: str, cells: list[Any], index: Any) -> pd.Series:
    if kind.startswith("category"):
        return pd.Series(pd.Categorical(cells), index=index)
    dtype: Any = "object" if kind.startswith("object") else kind
    return pd.Series(cells, dtype=object, index=index).astype(dtype)


def arrow_column(kind: str, cells: list[Any]) -> pa.ChunkedArray:
    if kind.startswith("dictionary"):
        array = pa.array(cells, pa.string() if kind == "dictionary" else pa.int8())
        array = array.dictionary_encode()
    else:
        array = pa.array(cells, pa.decimal128(5, 1) if kind == "decimal" else getattr(pa, kind)())
    middle = len(cells) // 2  # two chunks, of which one is a slice
    return pa.chunked_array([array[:middle], array[middle:]])


@st.composite
def cells_of(draw: st.DrawFn, kinds: dict[str, list[Any]], rows: int) -> tuple[str, list[Any]]:
    kind = draw(st.sampled_from(list(kinds)))
    few = draw(st.booleans())
    cells = kinds[kind][:3] if few else kinds[kind]
    return kind, draw(st.lists(st.sampled_from(cells), min_size=rows, max_size=rows))


@st.composite
def pandas_frames(draw: st.DrawFn) -> pd.DataFrame:
    rows = draw(st.integers(0, 6))
    index = pd.Index(draw(st.lists(st.sampled_from("ab"), min_size=rows, max_size=rows)), name="i")
    columns: dict[Any, Any] = {
        name: pandas_column(*draw(cells_of(PANDAS, rows)), index)
        for name in (*COLUMNS, "form", "none")
    }
    data = pd.DataFrame({**columns, 7: range(rows), "sledai_low": "theirs"}, index=index)
    data.attrs["study"] = "S"
    data.columns.name = "item"
    return data


@st.composite
def arrow_tables(draw: st.DrawFn) -> pa.Table:
    rows = draw(st.integers(0, 6))
    columns = {
        name: arrow_column(*draw(cells_of(ARROW, rows))) for name in (*COLUMNS, "form", "none")
    }
    table = pa.table(columns).replace_schema_metadata({"study": "S"})
    return table.slice(draw(st.integers(0, rows)))


def told(call: Callable[[], Any]) -> Any:
    """What a call gives, or what the error says that it raises."""
    try:
        return call()
    except InvalidInputError as error:
        return str(error)


def both(data: Any, book: Codebook, **options: Any) -> tuple[Any, Any]:
    """Score a frame by polars, and by its own engine."""

    def scored() -> Any:
        return told(lambda: frame.score(data, book, rules="NCT05765006", **options))

    with patch("sledai.frame.row_points.in_polars", lambda *_: None):
        try:
            expected = scored()
        except pa.ArrowException:  # dates, short floats and large numbers meet no code in pyarrow
            reject()
    return scored(), expected


options = st.fixed_dictionaries(
    {"policy": st.sampled_from(["strict", "absent"]), "missing_names": st.booleans()}
)
thorough = settings(
    max_examples=examples(100), phases=[Phase.explicit, Phase.reuse, Phase.generate]
)


class TestTheSameAsItsOwnEngine:
    """Which engine computes shows in the time that it takes and in nothing else."""

    @thorough
    @given(pandas_frames(), st.sampled_from(BOOKS), options)
    def test_pandas(self, data: pd.DataFrame, book: Codebook, how: dict[str, Any]) -> None:
        before = data.copy()
        found, expected = both(data, book, **how)
        pd.testing.assert_frame_equal(data, before)
        if isinstance(expected, str):
            assert found == expected
            return
        pd.testing.assert_frame_equal(found, expected, check_column_type=True)
        assert found.attrs == expected.attrs
        assert (found.index is data.index) or found.index.equals(expected.index)

    @thorough
    @given(arrow_tables(), st.sampled_from(BOOKS), options)
    def test_pyarrow(self, data: pa.Table, book: Codebook, how: dict[str, Any]) -> None:
        found, expected = both(data, book, **how)
        if isinstance(expected, str):
            assert found == expected
            return
        assert found.schema.equals(expected.schema, check_metadata=True)
        added = expected.column_names[data.num_columns :]
        assert str(found.drop_columns(added)) == str(expected.drop_columns(added))
        assert found.select(added).to_pylist() == expected.select(added).to_pylist()

    @settings(thorough, max_examples=examples(15))
    @given(pandas_frames(), st.sampled_from(BOOKS), options)
    def test_dask(self, data: pd.DataFrame, book: Codebook, how: dict[str, Any]) -> None:
        data = data.drop(columns=[7]).reset_index(drop=True).rename_axis(columns=None)
        lazy = dd.from_pandas(data, npartitions=2)
        found, expected = both(lazy, book, **how)
        if isinstance(expected, str):
            assert found == expected
            return
        assert found.divisions == lazy.divisions
        computed = found.compute()
        pd.testing.assert_frame_equal(computed, expected.compute())
        pd.testing.assert_series_equal(computed.dtypes, found.dtypes)


def test_dask_where_a_cell_is_no_answer() -> None:
    """In the thread of the test: the partition's own engine tells of the cell."""
    others = set(Descriptor) - {"rash"}
    lazy = dd.from_pandas(pd.DataFrame({"rash": [1, 8]}), npartitions=1)
    found = frame.score(lazy, Codebook(descriptors={"absent": others}))
    computed = found.compute(scheduler="synchronous")
    assert computed["sledai_invalid"].to_list() == [0, 1]
    assert computed["sledai_low"].to_list() == [2, 0]


class TestInPolars:
    """Cells come over in their order, and what the engine takes for missing as null."""

    @pytest.mark.parametrize(
        ("kind", "cells", "expected", "dtype"),
        [
            ("bool", [True, False], [True, False], pl.Boolean),
            ("boolean", [True, None, False], [True, None, False], pl.Boolean),
            ("int8", [1, -9], [1, -9], pl.Int8),
            ("UInt16", [300, None], [300, None], pl.UInt16),
            ("Int64", [2**60 + 1, None], [2**60 + 1, None], pl.Int64),
            ("float32", [0.5, nan], [0.5, None], pl.Float32),
            ("float64", [1.0, nan], [1.0, None], pl.Float64),
            ("Float64", [1.5, None], [1.5, None], pl.Float64),
            ("object", [True, None, nan, pd.NA, np.False_], [True, *[None] * 3, False], pl.Boolean),
            ("object", [" a", None, nan, pd.NA, ""], [" a", None, None, None, ""], pl.String),
            ("object", [None, nan], [None, None], pl.Null),
            ("object", [date(2024, 2, 29), None], [date(2024, 2, 29), None], pl.Date),
            ("str", ["a", None], ["a", None], pl.String),
            ("string[python]", ["a", None], ["a", None], pl.String),
            ("string[pyarrow]", ["a", None], ["a", None], pl.String),
            ("category", ["b", None, "a", "b"], ["b", None, "a", "b"], pl.String),
            ("category", [True, None], [True, None], pl.Boolean),
            ("category", [7, None, 7], [7, None, 7], pl.Int64),
            ("category", [None], [None], pl.Float64),
            ("bool[pyarrow]", [True, None], [True, None], pl.Boolean),
            ("double[pyarrow]", [1.5, None], [1.5, None], pl.Float64),
            (
                "datetime64[ns]",
                [datetime(2024, 2, 29), None],  # noqa: DTZ001
                [datetime(2024, 2, 29), None],  # noqa: DTZ001
                pl.Datetime("ns"),
            ),
        ],
    )
    @pytest.mark.parametrize("rows", [None, 0])
    def test_pandas(
        self, kind: str, cells: list[Any], expected: list[Any], dtype: Any, rows: int | None
    ) -> None:
        column = pandas_column(kind, cells, pd.Index([5] * len(cells)))
        data = nw.from_native(pd.DataFrame({"x": column, "y": column, "z": 0}).iloc[:rows])
        brought = in_polars(data, ["y", "x"])
        assert brought is not None
        assert brought.columns == ["y", "x"]
        assert brought["x"].to_list() == brought["y"].to_list() == expected[:rows]
        if expected[:rows] or kind not in {"object", "category"}:
            assert brought["x"].dtype == dtype

    @pytest.mark.parametrize(
        ("kind", "cells"),
        [
            ("object", [True, 1]),
            ("object", [True, "yes"]),
            ("object", [1, None]),
            ("object", ["\ud800"]),
            ("object", [(1,)]),
            ("category", [b"x"]),
            ("float16", [1.0]),
            ("Sparse[float64]", [1.0]),
            ("datetime64[s]", [None]),
            ("period[D]", [pd.Period("2024-02-29")]),
            ("halffloat[pyarrow]", [1.0]),
        ],
    )
    def test_what_pandas_keeps(self, kind: str, cells: list[Any]) -> None:
        column = pandas_column(kind, cells, None)
        assert in_polars(nw.from_native(pd.DataFrame({"x": column, "y": 1})), ["y", "x"]) is None

    def test_pyarrow(self) -> None:
        table = pa.table(
            {
                "answer": pa.chunked_array([[True], [None, False]]),
                "code": pa.array([1, None, 8], pa.uint8()),
                "text": pa.array(["a", None, "b"]).dictionary_encode(),
                "day": pa.array([date(2024, 2, 29), None, None]),
                "nothing": pa.nulls(3),
                "number": pa.array([0.5, nan, None]),
            }
        )
        brought = in_polars(nw.from_native(table.slice(1)), table.column_names)
        assert brought is not None
        assert brought.schema == {
            "answer": pl.Boolean,
            "code": pl.UInt8,
            "text": pl.String,
            "day": pl.Date,
            "nothing": pl.Null,
            "number": pl.Float64,
        }
        assert brought.drop("number").rows() == [
            (None, None, None, None, None),
            (False, 8, "b", None, None),
        ]
        assert brought["number"].is_nan().to_list() == [True, None]

    @pytest.mark.parametrize("dtype", [pa.float16(), pa.timestamp("s"), pa.list_(pa.int8())])
    def test_what_pyarrow_keeps(self, dtype: Any) -> None:
        assert in_polars(nw.from_native(pa.table({"x": pa.array([], dtype)})), ["x"]) is None

    def test_no_column_no_such_engine_no_polars(self, monkeypatch: pytest.MonkeyPatch) -> None:
        data = pd.DataFrame({"x": [1]})
        assert in_polars(nw.from_native(data), []) is None
        assert in_polars(nw.from_native(pl.DataFrame(data.to_dict("list"))), ["x"]) is None
        monkeypatch.setitem(sys.modules, "polars", None)
        assert in_polars(nw.from_native(data), ["x"]) is None


class TestWithResults:
    """Results stand beside the rows, which stay as they were, in types whose missing is missing."""

    results = pl.DataFrame(
        {"total": [8, None], "fever": [None, True], "count": [0, 3], "said": ["met", "met"]},
        schema={"total": pl.Int32, "fever": pl.Boolean, "count": pl.Int32, "said": pl.String},
    )
    types = {"total": "Int32", "fever": "boolean"}  # noqa: RUF012

    def test_pandas(self) -> None:
        data = pd.DataFrame([[1, "a"], [2, "b"]], index=["i", "i"], columns=[7, "name"])
        data.columns.name = "item"
        data.attrs["study"] = "S"
        found = with_results(nw.from_native(data), self.results, self.types)
        expected = pd.DataFrame(
            {
                7: [1, 2],
                "name": ["a", "b"],
                "total": pd.array([8, None], dtype="Int32"),
                "fever": pd.array([None, True], dtype="boolean"),
                "count": np.array([0, 3], dtype="int32"),
                "said": ["met", "met"],
            },
            index=["i", "i"],
        )
        expected.columns.name = "item"
        pd.testing.assert_frame_equal(found, expected)
        assert found.attrs == {"study": "S"}
        found.loc["i", "total"] = 9  # the results belong to whoever asked for them
        found["count"] += 1
        assert list(data.columns) == [7, "name"]
        assert self.results["count"].to_list() == [0, 3]

    def test_pyarrow(self) -> None:
        table = pa.table({"name": ["a", "b"]}).replace_schema_metadata({"study": "S"})
        found = with_results(nw.from_native(table), self.results, self.types)
        assert found.schema.metadata == {b"study": b"S"}
        assert found.schema.types == [pa.string(), pa.int32(), pa.bool_(), pa.int32(), pa.string()]
        assert found.to_pylist() == [
            {"name": "a", "total": 8, "fever": None, "count": 0, "said": "met"},
            {"name": "b", "total": None, "fever": True, "count": 3, "said": "met"},
        ]


class TestWhichEngineComputes:
    """Plain answers are polars' to count; what only the frame's engine can judge stays with it."""

    def computed_by(self, book: Codebook = BOOKS[0], **columns: Any) -> str:
        answers = dict.fromkeys(COLUMNS, False)
        data = pd.DataFrame({**answers, **columns})
        with patch("sledai.frame.row_points.with_results", wraps=with_results) as put:
            told(lambda: frame.score(data, book))
        return "polars" if put.called else "pandas"

    @pytest.mark.parametrize(
        ("cells", "kind", "by"),
        [
            ([True, None], "boolean", "polars"),
            ([True, None], "object", "polars"),
            ([1, 0], "int64", "polars"),
            ([1.0, nan], "float64", "polars"),
            (["yes", None], "str", "polars"),
            (["yes", None], "category", "polars"),
            ([True, 1], "object", "pandas"),
            (["yes", True], "object", "pandas"),
            (["yes", "maybe"], "str", "pandas"),  # an error, in the words of the engine
            (["yes\x1f", "no"], "string[python]", "pandas"),  # which trims what polars does not
        ],
    )
    def test_columns(self, cells: list[Any], kind: str, by: str) -> None:
        assert self.computed_by(rash=pandas_column(kind, cells, None)) == by

    @pytest.mark.parametrize(
        ("answers", "by"),
        [
            ({}, "polars"),
            ({"not_assessed": ["true"]}, "polars"),
            ({"not_assessed": ["1"]}, "pandas"),
            ({"not_assessed": ["0"]}, "pandas"),
            ({"present": ["1"]}, "pandas"),
            ({"points": True}, "pandas"),
        ],
    )
    def test_objects_of_booleans_where_codes_have_other_meanings(
        self, answers: dict[str, Any], by: str
    ) -> None:
        book = Codebook(descriptors={"absent": OTHERS}, answers=answers)
        assert self.computed_by(book, rash=pd.Series([True, None], dtype=object)) == by

    @pytest.mark.parametrize(
        ("form", "by"),
        [
            (pd.Series(["no", None]), "polars"),
            (pd.Series([0, 1]), "polars"),
            (pd.Series([True, None], dtype=object), "pandas"),
            (pd.Series([None, None], dtype="datetime64[ns]"), "pandas"),
        ],
    )
    def test_conditions(self, form: Any, by: str) -> None:
        book = Codebook(
            descriptors={"absent": OTHERS}, rows={"none_present_where": {"note": ["no", "0"]}}
        )
        assert self.computed_by(book, note=form) == by


@pytest.mark.parametrize("brought", [in_polars, lambda *_: None], ids=["polars", "pyarrow"])
def test_words_in_pyarrow_where_1_is_no_answer(brought: Any) -> None:
    """Nothing was looked for among no words, which pyarrow does not take."""
    table = pa.table({"rash": ["yes", "no"], "arthritis": ["1", "no"], "fever": ["no", None]})
    book = Codebook(descriptors={"absent": OTHERS}, answers={"not_assessed": ["1"]})
    with patch("sledai.frame.row_points.in_polars", brought):
        scored = frame.score(table, book)
    assert scored["sledai_low"].to_pylist() == [2, 0]
    assert scored["sledai_high"].to_pylist() == [6, 1]


class TestDask:
    """Nothing is computed before it is asked for, and each part is scored by itself."""

    def test_cells_that_are_no_answer_are_counted_in_their_part(self) -> None:
        data = pd.DataFrame({name: [1.0, 0.0, nan, 8.0] for name in COLUMNS})
        scored = frame.score(dd.from_pandas(data, npartitions=2), BOOKS[0]).compute()
        assert scored["sledai_invalid"].tolist() == [0, 0, 0, 3]
        assert scored["sledai_low"].tolist() == [7, 0, 0, 0]
        assert scored["sledai_high"].tolist() == [7, 0, 7, 7]

    def test_what_is_added_can_be_sent_to_other_processes(self) -> None:
        data = pd.DataFrame({name: [True, False] for name in COLUMNS})
        scored = frame.score(dd.from_pandas(data, npartitions=2), BOOKS[0], rules="NCT05765006")
        found = scored.compute(scheduler="processes", num_workers=1)
        assert found["sledai_total"].tolist() == [7, 0]
