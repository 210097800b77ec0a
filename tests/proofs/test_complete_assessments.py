"""Proof over all 2^24 complete assessments: frame scores and verdict equal an oracle.

The oracle grows its scores by doubling, from the spec table alone: the scores of all assessments
of the first k descriptors, and the same again with the weight of the next one added.
"""

import numpy as np
import polars as pl
import pytest
import spec_tables

from sledai import Verdict, frame
from sledai.trials.nct05765006 import ACTIVITY_RULE

COUNT = 2**24
SHARDS = 16
SHARD = COUNT // SHARDS


def doubled(weights: list[int]) -> np.ndarray:
    scores = np.zeros(1, dtype=np.uint8)
    for weight in weights:
        scores = np.concatenate([scores, scores + np.uint8(weight)])
    return scores


@pytest.fixture(scope="module")
def oracle() -> tuple[np.ndarray, np.ndarray]:
    weights = [spec_tables.WEIGHTS[name] for name in spec_tables.NAMES]
    clinical = [
        0 if name in spec_tables.SEROLOGIC else spec_tables.WEIGHTS[name]
        for name in spec_tables.NAMES
    ]
    return doubled(weights), doubled(clinical)


@pytest.mark.parametrize("shard", range(SHARDS))
def test_every_complete_assessment(shard: int, oracle: tuple[np.ndarray, np.ndarray]) -> None:
    codes = np.arange(shard * SHARD, (shard + 1) * SHARD, dtype=np.uint32)
    visits = pl.DataFrame(
        {name: (codes >> bit & 1).astype(bool) for bit, name in enumerate(spec_tables.NAMES)}
    )
    scored = frame.score(visits, rules=[ACTIVITY_RULE])

    total, clinical = (scores[codes] for scores in oracle)
    for column in ("sledai_total", "sledai_low", "sledai_high"):
        assert np.array_equal(scored[column].to_numpy(), total), column
    for column in ("sledai_clinical", "sledai_clinical_low", "sledai_clinical_high"):
        assert np.array_equal(scored[column].to_numpy(), clinical), column
    assert scored["sledai_not_assessed"].sum() == 0

    active = (total >= 8) & ((total == clinical) | (clinical >= 6))
    # The clinical condition may as well apply always: docs/explanation/what-clinical-means.md.
    assert np.array_equal(active, (total >= 8) & (clinical >= 6))
    verdicts = scored["sledai_nct05765006"]
    assert np.array_equal((verdicts == "met").to_numpy(), active)
    assert np.array_equal((verdicts == "not_met").to_numpy(), ~active)


def test_the_oracle_covers_them_all(oracle: tuple[np.ndarray, np.ndarray]) -> None:
    total, clinical = oracle
    assert len(total) == len(clinical) == COUNT
    assert (total.min(), total.max(), clinical.max()) == (0, 105, 101)


def test_how_many_meet_the_rule_and_how_many_only_its_total(
    oracle: tuple[np.ndarray, np.ndarray], capsys: pytest.CaptureFixture[str]
) -> None:
    """Counted one by one, and by multiplying out how many assessments have which two scores."""
    total, clinical = oracle
    enough = total >= 8
    short = enough & (total != clinical) & (clinical < 6)
    counted = {"met": int((enough & ~short).sum()), "total alone": int(short.sum())}

    ways = {(0, 0): 1}  # serologic points and clinical score: how many assessments
    for name in spec_tables.NAMES:
        weight, more = spec_tables.WEIGHTS[name], dict(ways)
        for (serologic, score), number in ways.items():
            is_serologic = name in spec_tables.SEROLOGIC
            key = (serologic + weight, score) if is_serologic else (serologic, score + weight)
            more[key] = more.get(key, 0) + number
        ways = more
    assert sum(ways.values()) == COUNT
    judged = {"met": 0, "total alone": 0}
    for (serologic, score), number in ways.items():
        verdict = ACTIVITY_RULE.judge_scores(total=score + serologic, clinical=score).verdict
        if verdict is Verdict.MET:
            judged["met"] += number
        elif score + serologic >= 8:
            judged["total alone"] += number
    assert judged == counted
    with capsys.disabled():
        print(
            f"\nNCT05765006, of {COUNT:,} complete assessments: {counted['met']:,} meet it, "
            f"{counted['total alone']:,} have a total of 8 or more and fail the clinical condition"
        )
