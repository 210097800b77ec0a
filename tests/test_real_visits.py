"""Real visits of GEO series GSE65391, where the file is at hand; it is not part of the project."""

from collections import Counter
from pathlib import Path

import polars as pl
import pytest
from codebooks import labs_of

from sledai import Assessment, Descriptor, frame
from sledai.cells import find_answers, read_numbers
from sledai.cli import app as cli
from sledai.codebook import Codebook, Lab
from sledai.codebook.names import answer_columns
from sledai.definitions import Edition
from sledai.files import read_visits
from sledai.findings import Findings, derive
from sledai.visits.change import ChangeClass, change_of

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
    points = Codebook(answers={"points": True})
    answers = find_answers(visits, {c: points.words_of(d) for c, d in columns.items()})
    assert not answers.wrong_cells
    scored = frame.score(answers.visits)
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


LABS = {
    "white_cells": ("wbc", Descriptor.LEUKOPENIA),
    "platelets": ("platelet_count", Descriptor.THROMBOCYTOPENIA),
}


def numbers(name: str) -> pl.Series:
    found, wrong = read_numbers(pl.read_csv(FILE, infer_schema=False)[name], ["Data Not Available"])
    assert not wrong.any()
    return found


@pytest.mark.parametrize("edition", Edition)
def test_white_counts_of_exactly_3_score_nothing(edition: Edition) -> None:
    counts = numbers("wbc")
    on_the_limit = counts.filter(counts == 3.0)
    assert 1 <= len(on_the_limit) <= 4  # the file holds about half of the series
    for _ in on_the_limit:
        derivation = derive(Findings(white_cells="3.0 10*9/L"), edition=edition)
        assert derivation.assessment.leukopenia is False
    derived = frame.derive(
        on_the_limit.to_frame(),
        Codebook(findings=labs_of([Lab("white_cells", "wbc", "10*9/L")])),
        edition=edition,
    )
    assert set(derived["leukopenia"]) == {False}


def test_derived_and_rated_differ_only_where_the_rater_saw_another_cause_or_value(
    capsys: pytest.CaptureFixture[str],
) -> None:
    """Laboratory values do not reproduce the rater's items: attribution is the rater's."""
    rated = read_visits(FILE)
    labs = [Lab(analyte, column, "10*9/L") for analyte, (column, _) in LABS.items()]
    values = pl.DataFrame([numbers(column) for column, _ in LABS.values()])
    derived = frame.derive(values, Codebook(findings=labs_of(labs)), edition=Edition.SELENA)
    found: dict[str, Counter[str]] = {}
    for analyte, (column, descriptor) in LABS.items():
        found[descriptor] = Counter()
        answers = derived[descriptor].to_list()
        points = rated[descriptor].to_list()
        for answer, rating, value in zip(answers, points, values[column], strict=True):
            by_hand = None if value is None else value < {"wbc": 3.0, "platelet_count": 100}[column]
            assert answer is by_hand
            agreement = {
                (True, "1"): "both present",
                (False, "0"): "both absent",
                (True, "0"): "derived, not rated: another cause",
                (False, "1"): "rated, not derived: another value in the window",
                (None, "0"): "no value, rated absent",
                (None, "1"): "no value, rated present",
            }[answer, rating]
            found[descriptor][agreement] += 1
        assert analyte in {lab.analyte for lab in labs}
    with capsys.disabled():
        for name, agreements in found.items():
            print(f"\n{name}: {', '.join(f'{n} {what}' for what, n in agreements.most_common())}")
    for agreements in found.values():
        same = agreements["both present"] + agreements["both absent"]
        compared = sum(n for what, n in agreements.items() if not what.startswith("no value"))
        assert same / compared > 0.97
    assert found["leukopenia"]["derived, not rated: another cause"] == 5
    assert found["thrombocytopenia"]["derived, not rated: another cause"] == 2


def test_change_over_all_patients() -> None:
    """Visits are numbered, not dated: change needs their order alone."""
    visits = pl.read_csv(FILE, infer_schema_length=None).rename(
        {"new_rash": "rash", "cva": "cerebrovascular_accident"}
    )
    steps = Counter[ChangeClass]()
    new = resolved = differs = 0
    for _, rows in visits.sort("subject", "visit").group_by("subject", maintain_order=True):
        read = rows.select(pl.col(d.value) > 0 for d in Descriptor).to_dicts()
        assessments = [Assessment.model_validate(row) for row in read]
        for earlier, later, before, now in zip(
            assessments, assessments[1:], rows["sledai"], rows["sledai"][1:], strict=False
        ):
            change = change_of(earlier, later)
            assert change.total.low == change.total.high
            assert sum(d.weight for d in change.new) - sum(d.weight for d in change.resolved) == (
                change.total.low
            )
            differs += change.total.low != now - before
            steps.update(change.classes)
            new += len(change.new)
            resolved += len(change.resolved)
    print(f"{steps.total()} steps: {dict(steps)}; {new} new, {resolved} resolved descriptors")
    patients = visits["subject"].n_unique()
    assert steps.total() == visits.height - patients
    assert set(steps) == set(ChangeClass)
    assert differs <= 6  # three recorded totals are wrong, and each is in two steps at most
