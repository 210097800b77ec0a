"""`make differential`: few rows of each kind agree, and a fault that is planted is found."""

from typing import Any

import polars as pl
import pytest
from differential.compared import Compared, Task
from differential.runs import PARTS, compared, tasks

from sledai.frame import row_points, scores


def of(what: str, rows: int, dtype: str = "Int8") -> Compared:
    return compared(Task(what, "polars", dtype, rows, seed=1))


@pytest.mark.parametrize("what", PARTS)
def test_few_rows(what: str) -> None:
    found = of(what, 60)
    assert (found.differences, found.smallest) == (0, "")
    assert found.rows >= 60


def test_a_planted_fault(monkeypatch: pytest.MonkeyPatch) -> None:
    """Of all rows that are wrong the one is shown in which least is said."""
    right = row_points.total_columns

    def wrong(engine: Any, total: Any, clinical: Any) -> dict[str, Any]:
        columns = right(engine, total, clinical)
        high = columns["sledai_high"]
        columns["sledai_high"] = pl.when(pl.col("fever") == 1).then(high + 1).otherwise(high)
        return columns

    monkeypatch.setattr(scores, "total_columns", wrong)
    found = of("scores", 60)
    assert 0 < found.differences < found.rows
    first, *lines = found.smallest.splitlines()
    assert first.startswith("scores, polars, Int8: seed 1, row ")
    assert lines[0] == "  fever = 1"
    assert lines[1] == "  sledai_high: 2 on the engine, 1 by one visit"


def test_an_error_is_a_difference(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(scores, "total_columns", None)
    found = of("scores", 60)
    assert found.differences == 60
    assert "TypeError" in found.smallest


def test_few_rows_go_through_each_engine() -> None:
    asked = tasks(20_000, 1, ["polars", "DuckDB"])
    assert {(task.what, task.engine) for task in asked} == {
        (what, engine)
        for what in PARTS
        for engine in ("polars", "DuckDB")
        if (what, engine) != ("visits", "DuckDB")
    }
