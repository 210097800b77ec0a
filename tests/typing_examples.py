"""How typed code meets the library: checked by mypy and pyright, and run as a test."""

from typing import assert_type

import pandas as pd
import polars as pl

from sledai import (
    ActivityRule,
    Assessment,
    Descriptor,
    Judgement,
    OrganSystem,
    ScoreBounds,
    Verdict,
    clinical_score,
    frame,
    meets_activity_criterion,
    points_by_system,
    score_bounds,
    total_score,
)
from sledai.definitions import Edition

visit = Assessment.of(present={"arthritis", Descriptor.RASH}, not_assessed=["fever"])
assert_type(visit, Assessment)
assert_type(visit.arthritis, bool | None)
assert_type(visit.present, frozenset[Descriptor])
assert_type(score_bounds(visit), ScoreBounds)

complete = visit.model_copy(update={"fever": False})
assert_type(complete, Assessment)
assert_type(total_score(complete), int)
assert_type(clinical_score(complete, excluding={"rash", Descriptor.FEVER}), int)
assert_type(points_by_system(complete), dict[OrganSystem, int])
assert_type(meets_activity_criterion(complete), bool)

assert_type(Descriptor("fever"), Descriptor)
assert_type(Descriptor.FEVER.weight, int)
assert_type(Descriptor.FEVER.system, OrganSystem)

rule = ActivityRule(name="example", edition=Edition.SELENA, least_total=6)
assert_type(rule.judge(visit), Judgement)
assert_type(rule.judge(visit).verdict, Verdict)
assert_type(rule.judge(visit).deciding, frozenset[Descriptor])

row = {d.value: False for d in Descriptor}
assert_type(frame.score(pl.DataFrame([row])), pl.DataFrame)
assert_type(frame.score(pl.LazyFrame([row])), pl.LazyFrame)
assert_type(frame.score(pd.DataFrame([row])), pd.DataFrame)
