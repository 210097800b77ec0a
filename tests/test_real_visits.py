"""Real visits of GEO series GSE65391, where the file is at hand; it is not part of the project."""

from pathlib import Path

import polars as pl
import pytest

from sledai import cli, frame
from sledai.answers import answer_columns, read_answers
from sledai.files import read_visits

FILE = Path(__file__).parents[2] / "shared" / "data" / "gse65391_visits.csv"

pytestmark = pytest.mark.skipif(
    not FILE.exists(),
    reason="the visits of GEO series GSE65391 are not at hand",
)

# Recording errors of the source: the recorded total is not the sum of the recorded items.
NOT_REPRODUCED = {"GSM1594305", "GSM1595000", "GSM1595041"}


def test_485_of_488_recorded_totals_are_reproduced() -> None:
    visits = read_visits(FILE)
    columns = answer_columns(visits.columns, {})
    answers = read_answers(visits, columns, items="points")
    scored = frame.score(answers, columns=columns)
    assert scored["sledai_total"].null_count() == 0
    differing = scored.filter(pl.col("sledai_total") != pl.col("sledai").cast(pl.Int32))
    assert scored.height - differing.height == 485
    assert set(differing["gsm"]) == NOT_REPRODUCED


def test_the_command_line_keeps_all_rows_and_columns(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    output = tmp_path / "scored.csv"
    with pytest.raises(SystemExit) as stopped:
        cli.run(["score", str(FILE), "--items", "points", "-o", str(output)])
    assert stopped.value.code == 0
    assert "488 visits: 488 with an exact total" in capsys.readouterr().out
    before = pl.read_csv(FILE, infer_schema=False)
    after = pl.read_csv(output, infer_schema=False)
    assert after.select(before.columns).equals(before)
    assert after.height == 488
