"""Proof for every rule of the catalog: the verdict over all classes of three-state assessments.

Descriptors that a rule sees alike, by points, by whether they count and by whether they are one of
those of which one must be present, are interchangeable. So an assessment is known by how many of
each kind are present and how many not assessed; what is not counted and not asked for is left
absent, since a rule does not see it. Every class is judged as a row of a frame, and by trying every
completion of its class; a sample of them as an assessment too.
"""

from itertools import combinations_with_replacement, product

import polars as pl
import pytest
import spec_tables

from sledai import ActivityRule, Assessment, Verdict, frame
from sledai.trials.catalog import CATALOG

Kind = tuple[int, bool, bool]  # points that count, whether it is one of `one_of`, serologic
Scores = tuple[int, int]  # bits: clinical scores without, and with one of `one_of` present


def rows_of(rule: ActivityRule) -> dict[str, str]:
    (row,) = (r for r in spec_tables.rows("trials.csv") if r["registry_id"] == rule.name)
    return row


def kinds_of(row: dict[str, str]) -> dict[Kind, list[str]]:
    kinds: dict[Kind, list[str]] = {}
    for name in spec_tables.NAMES:
        counts = name not in row["uncounted"].split(";")
        asked_for = name in row["one_of"].split(";")
        if counts or asked_for:
            weight = spec_tables.WEIGHTS[name] if counts else 0
            kind = (weight, asked_for, name in spec_tables.SEROLOGIC)
            kinds.setdefault(kind, []).append(name)
    return kinds


def met(row: dict[str, str], clinical: int, serologic: int, *, one_there: bool) -> bool:
    total = clinical + serologic
    if not int(row["least_total"] or 0) <= total <= int(row["most_total"] or 105):
        return False
    if serologic < int(row["least_serologic"] or 0) or (row["one_of"] and not one_there):
        return False
    if row["clinical_applies"] == "serology scored" and not serologic:
        return True
    return clinical >= int(row["least_clinical"] or 0)


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


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.name)
def test_every_class(rule: ActivityRule) -> None:
    row = rows_of(rule)
    kinds = kinds_of(row)
    clinical = {kind: names for kind, names in kinds.items() if not kind[2]}
    (serologic,) = (names for kind, names in kinds.items() if kind[2])
    meets = {
        (points, one): sum(1 << c for c in range(102) if met(row, c, points, one_there=one))
        for points in (0, 2, 4)
        for one in (False, True)
    }
    classes: dict[tuple[tuple[int, int], ...], Scores] = {(): (1, 0)}
    for kind, names in clinical.items():
        classes = {
            (*before, split): with_kind(scores, kind, *split)
            for before, scores in classes.items()
            for split in splits(len(names))
        }
    present = pl.DataFrame([[p for p, _ in split] for split in zip(*classes, strict=True)])
    unknown = pl.DataFrame([[u for _, u in split] for split in zip(*classes, strict=True)])
    columns = {
        name: pl.select(
            pl.when(present.to_series(n) > place)
            .then(pl.lit(value=True))
            .when(present.to_series(n) + unknown.to_series(n) <= place)
            .then(pl.lit(value=False))
        ).to_series()
        for n, names in enumerate(clinical.values())
        for place, name in enumerate(names)
    }
    absent = set(spec_tables.NAMES) - columns.keys() - set(serologic)
    visits = pl.DataFrame(columns)
    outcomes = pl.DataFrame(
        {
            f"{what} {points}": [
                bool(none & without or one & with_one) for none, one in classes.values()
            ]
            for points in (0, 2, 4)
            for what, without, with_one in (
                ("met", meets[points, False], meets[points, True]),
                ("failed", ~meets[points, False], ~meets[points, True]),
            )
        }
    )
    # The two serologic descriptors are alike: (yes, no) stands for (no, yes) too.
    for state in combinations_with_replacement([True, False, None], 2):
        choices = [[2] if a else [0, 2] if a is None else [0] for a in state]
        reached = {a + b for a, b in product(*choices)}
        can_be_met, can_fail = (
            pl.any_horizontal(f"{what} {points}" for points in reached)
            for what in ("met", "failed")
        )
        expected = outcomes.select(
            pl.when(can_be_met & can_fail)
            .then(pl.lit(Verdict.UNDETERMINED.value))
            .when(can_be_met)
            .then(pl.lit(Verdict.MET.value))
            .otherwise(pl.lit(Verdict.NOT_MET.value))
        ).to_series()
        data = visits.with_columns(
            *(
                pl.lit(answer, dtype=pl.Boolean).alias(name)
                for name, answer in zip(serologic, state, strict=True)
            )
        )
        judged = frame.judge(data, rule, absent=sorted(absent))[frame.verdict_column(rule)]
        assert (judged == expected).all()
        assert judged.null_count() == 0
        sample = data.with_columns(judged.alias("verdict")).sample(min(300, data.height), seed=0)
        for visit in sample.rows(named=True):
            verdict = visit.pop("verdict")
            assessment = Assessment.model_validate({**dict.fromkeys(absent, False), **visit})
            assert rule.judge(assessment).verdict.value == verdict
