"""Proof for every rule of the catalog: the verdict over all classes of three-state assessments.

Descriptors that a rule sees alike, by points, by which scores they count in and by whether they are
one of those of which one must be present, are interchangeable. So an assessment is known by how
many of each kind are present and how many not assessed; what is not counted and not asked for is
left absent, since a rule does not see it. Every class is judged as a row of a frame, and by trying
every completion of its class; a sample of them as an assessment too.
"""

from itertools import product

import numpy as np
import polars as pl
import pytest
import spec_tables
from rules_oracle import Kind, kinds_of, met, row_of

from sledai import ActivityRule, Assessment, frame
from sledai.codebook import Codebook
from sledai.trials.catalog import CATALOG

Scores = tuple[int, int]  # bits: clinical scores without, and with one of `one_of` present
ROWS_AT_ONCE = 1_000_000


def splits(size: int) -> list[tuple[int, int]]:
    return [(p, u) for p in range(size + 1) for u in range(size + 1 - p)]


def with_kind(scores: Scores, kind: Kind, present: int, unknown: int) -> Scores:
    """Every completion of some descriptors of one kind, added to every score so far."""
    weight, asked_for, _ = kind
    none, one = 0, 0
    for count in range(present, present + unknown + 1):
        if asked_for and count:
            one |= (scores[0] | scores[1]) << weight * count
        else:
            none |= scores[0] << weight * count
            one |= scores[1] << weight * count
    return none, one


# One trial of each different rule.
RULES = list({str(trial.rule): trial.rule for trial in CATALOG}.values())


def columns_of(
    kinds: dict[Kind, list[str]], classes: list[tuple[tuple[int, int], ...]]
) -> pl.DataFrame:
    """Of each kind the first are present, and the next not assessed."""
    counts = np.array(classes, dtype=np.int8)
    return pl.DataFrame(
        {
            name: pl.select(
                pl.when(pl.lit(pl.Series(counts[:, n, 0])) > place)
                .then(pl.lit(value=True))
                .when(pl.lit(pl.Series(counts[:, n].sum(axis=1))) <= place)
                .then(pl.lit(value=False))
            ).to_series()
            for n, names in enumerate(kinds.values())
            for place, name in enumerate(names)
        }
    )


def points_of(
    kinds: dict[Kind, list[str]], classes: list[tuple[tuple[int, int], ...]]
) -> np.ndarray:
    """Of each class, which points its completions reach."""
    most = sum(kind[0] * len(names) for kind, names in kinds.items())
    reached = np.zeros((len(classes), most + 1), dtype=bool)
    for place, one_class in enumerate(classes):
        counts = [range(present, present + unknown + 1) for present, unknown in one_class]
        for chosen in product(*counts):
            points = sum(kind[0] * n for kind, n in zip(kinds, chosen, strict=True))
            reached[place, points] = True
    return reached


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.name)
def test_every_class(rule: ActivityRule) -> None:
    row = row_of(rule.name)
    clinical = {kind: names for kind, names in kinds_of(row).items() if not kind[2]}
    beside = {kind: names for kind, names in kinds_of(row).items() if kind[2]}
    assert not any(asked_for for _, asked_for, _ in beside)
    classes: dict[tuple[tuple[int, int], ...], Scores] = {(): (1, 0)}
    for kind, names in clinical.items():
        classes = {
            (*before, split): with_kind(scores, kind, *split)
            for before, scores in classes.items()
            for split in splits(len(names))
        }
    besides = list(product(*(splits(len(names)) for names in beside.values())))
    reached = points_of(beside, besides)
    can: dict[bool, np.ndarray] = {}
    for wanted in (True, False):
        # Of each clinical class, with which points beside it some completion is (not) met.
        can[wanted] = np.zeros((len(classes), reached.shape[1]), dtype=bool)
        for points in np.flatnonzero(reached.any(axis=0)).tolist():
            without, with_one = (
                sum(1 << c for c in range(106) if met(row, c, points, one_there=one) is wanted)
                for one in (False, True)
            )
            can[wanted][:, points] = [
                bool(none & without or one & with_one) for none, one in classes.values()
            ]
    visits, states = columns_of(clinical, list(classes)), columns_of(beside, besides)
    absent = set(spec_tables.NAMES) - {*visits.columns, *states.columns}
    at_once = max(1, ROWS_AT_ONCE // len(classes))
    for start in range(0, len(besides), at_once):
        some = reached[start : start + at_once].T.astype(np.float32)
        can_be_met, can_fail = (
            (can[wanted].astype(np.float32) @ some > 0).ravel() for wanted in (True, False)
        )
        expected = np.where(
            can_be_met & can_fail, "undetermined", np.where(can_be_met, "met", "not_met")
        )
        data = visits.join(states[start : start + at_once], how="cross")
        judged = frame.judge(data, Codebook(descriptors={"absent": sorted(absent)}), rules=rule)[
            frame.verdict_column(rule)
        ]
        assert judged.null_count() == 0
        assert (judged == pl.Series(expected)).all()
        sample = data.with_columns(judged.alias("verdict")).sample(100, seed=0)
        for visit in sample.rows(named=True):
            verdict = visit.pop("verdict")
            assessment = Assessment.model_validate({**dict.fromkeys(absent, False), **visit})
            assert rule.judge(assessment).verdict.value == verdict
