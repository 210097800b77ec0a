"""The job of examples/spark_score.py, run once as a user would on a local master of two cores.

What it refuses is asked in this process, whose session is there already.
"""

import os
import runpy
import subprocess
import sys
from pathlib import Path

import polars as pl
import pytest
from engines import SHORT_LIVED, need_java, spark_session

from sledai import frame
from sledai.cells import find_answers
from sledai.codebook.names import answer_columns
from sledai.codebook.words import Words
from sledai.files import read_visits
from sledai.trials.nct05765006 import ACTIVITY_RULE

EXAMPLES = Path(__file__).parents[1] / "examples"
JOB = str(EXAMPLES / "spark_score.py")
VISITS = EXAMPLES / "visits.parquet"


def job(*arguments: object) -> subprocess.CompletedProcess[str]:
    need_java()
    return subprocess.run(  # noqa: S603
        [sys.executable, JOB, *map(str, arguments)],
        env=os.environ
        | {
            "PYSPARK_SUBMIT_ARGS": "--master local[2] "
            f'--driver-java-options "{SHORT_LIVED}" pyspark-shell'
        },
        capture_output=True,
        text=True,
        check=False,
    )


def test_parquet_in_parquet_out(tmp_path: Path) -> None:
    done = job(VISITS, tmp_path / "out")
    assert done.returncode == 0, done.stderr
    assert done.stdout == (
        "40 visits: 29 with an exact total\n"
        "NCT05765006: 19 met\n"
        "visits with cells that are no answer: 0\n"
    )
    scored = pl.read_parquet(tmp_path / "out" / "*.parquet").sort("patient", "date")
    expected = frame.score(pl.read_parquet(VISITS), rules=[ACTIVITY_RULE]).sort("patient", "date")
    assert scored.select(expected.columns).equals(expected)


def refused(monkeypatch: pytest.MonkeyPatch, *arguments: Path) -> str:
    spark_session()
    monkeypatch.setattr(sys, "argv", [JOB, *map(str, arguments)])
    with pytest.raises(SystemExit) as stopped:
        runpy.run_path(JOB, run_name="__main__")
    message = str(stopped.value.code)  # which Python prints, and exits with 1
    assert "\n" not in message
    return message


def test_what_cannot_be_scored_is_one_line(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    pl.read_parquet(VISITS).drop("rash").write_parquet(tmp_path / "v.parquet")
    message = refused(monkeypatch, tmp_path / "v.parquet", tmp_path / "out")
    assert message.startswith("error: no column for rash;")
    assert not (tmp_path / "out").exists()


def test_a_folder_that_is_there_is_not_overwritten(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert "already exists" in refused(monkeypatch, VISITS, tmp_path)
    assert list(tmp_path.iterdir()) == []


def test_the_parquet_example_holds_the_visits_of_the_csv_example() -> None:
    visits = read_visits(EXAMPLES / "visits.csv")
    columns = answer_columns(visits.columns, {})
    found = find_answers(visits, dict.fromkeys(columns, Words.of()))
    answers = found.visits.rename({k: d.value for k, d in columns.items()})
    assert not found.wrong_cells
    parquet = pl.read_parquet(VISITS)
    assert parquet.columns == answers.columns
    assert parquet.select(columns.values()).equals(answers.select(columns.values()))
    assert parquet["date"].cast(pl.String).equals(answers["date"])
