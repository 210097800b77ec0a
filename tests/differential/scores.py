"""Scores, bounds, verdicts and what is missing: `frame.score` with each policy."""

from collections.abc import Mapping
from functools import cache
from typing import Any

import numpy as np
import polars as pl
import spec_tables
from rules_oracle import Kind, kinds_of, met, row_of
from test_engines import scalar

from differential.columns import DTYPES, collected, column, made, way_of
from differential.compared import Part, Task
from sledai import Assessment, Descriptor, frame, score_bounds
from sledai.codebook import Codebook
from sledai.descriptors import listed
from sledai.frame import Policy, deciding_column, verdict_column
from sledai.trials.catalog import rule_of

NAMES = spec_tables.NAMES
WEIGHTS = np.array([spec_tables.WEIGHTS[name] for name in NAMES])
# One of each kind: serology asked for when it scored, another meaning of clinical, descriptors that
# do not count with some of which one must be there, least serologic points, most points.
TRIALS = ("NCT05765006", "NCT02446912", "NCT05617677", "KR-BELIMUMAB", "NCT06360068")
MEANINGS: dict[str, set[str]] = {}
for row in spec_tables.rows("exclusions.csv"):
    MEANINGS.setdefault(row["name"], set()).add(row["descriptor"])
PRESENT = (0, 0.05, 0.15, 0.4, 0.8, 1)  # how many are, from row to row
UNKNOWN = (0, 0, 0, 0.02, 0.05, 0.1, 0.2, 0.2, 0.4, 1)


class Scores(Part):
    """What is added to visits of which much or little is known."""

    policy: Policy = "strict"

    def __init__(self, task: Task) -> None:
        super().__init__(task)
        # Engines that are long at a plan name what decides in their first dtype, on one rule.
        slow = task.engine in {"DuckDB", "Dask", "Ibis", "PySpark"}
        self.named = not slow or task.dtype == next(iter(DTYPES[task.engine]))
        self.trials = TRIALS[:1] if slow and self.named else TRIALS

    def drawn(self, rows: int) -> pl.DataFrame:
        shape = (rows, len(NAMES))
        present = self.random.random(shape) < self.random.choice(PRESENT, rows)[:, None]
        unknown = self.random.random(shape) < self.random.choice(UNKNOWN, rows)[:, None]
        answers = np.where(unknown, -1, present).astype(np.int8)
        return pl.DataFrame(answers, schema=NAMES).select(
            pl.int_range(pl.len()).alias("group"), pl.col(NAMES).replace(-1, None)
        )

    def plain(self, column: str) -> Any:  # noqa: ARG002 - of every column
        return 0

    def on_engine(self, rows: pl.DataFrame) -> pl.DataFrame:
        engine, dtype = self.task.engine, self.task.dtype
        # Rows on which nobody found anything tell 1 and 0 from codes that are not stated.
        quiet = pl.DataFrame({"row": [len(rows) + 1_000_000], **{name: [0] for name in NAMES}})
        rows = pl.concat([rows.select("row", *NAMES), quiet], how="vertical_relaxed")
        ways = [way_of(engine, dtype, place) for place in range(len(NAMES))]
        columns = {
            name: column(engine, dtype, way.cells(rows[name], rows["row"], place))
            for place, (name, way) in enumerate(zip(NAMES, ways, strict=True))
        }
        native = made(engine, {"row": rows["row"].to_numpy(), **columns})
        book = None if ways[0].answers is None else Codebook(answers=ways[0].answers)
        scored = frame.score(
            native, book, rules=self.trials, missing_names=self.named, policy=self.policy
        )
        added = [*frame.SCORE_COLUMNS, *map(verdict_column, self.trials)]
        if self.named:
            added += ["sledai_missing", *map(deciding_column, self.trials)]
        return collected(scored, ["row", *added]).head(-1)

    def expected(self, rows: pl.DataFrame) -> Mapping[str, pl.DataFrame]:
        answers = rows.select(pl.col(NAMES).fill_null(-1)).to_numpy()
        return {"one visit": by_scalar(answers), "brute force": by_brute_force(answers)}


class ScoresUnknownAsAbsent(Scores):
    """The same under the policy that takes the unknown for absent, unless nothing is known."""

    policy = "absent"

    def expected(self, rows: pl.DataFrame) -> Mapping[str, pl.DataFrame]:
        something = pl.any_horizontal(pl.col(NAMES).is_not_null())
        assumed = rows.with_columns(
            pl.when(something).then(pl.col(NAMES).fill_null(0)).otherwise(pl.col(NAMES))
        )
        open_ = super().expected(rows)
        return {
            who: of.with_columns(open_[who]["sledai_not_assessed", "sledai_missing"])
            for who, of in super().expected(assumed).items()
        }


def by_scalar(answers: np.ndarray) -> pl.DataFrame:
    """Score one visit after the other."""
    meant = {1: True, 0: False, -1: None}
    visits = [dict(zip(NAMES, map(meant.get, row), strict=True)) for row in answers.tolist()]
    return pl.DataFrame(
        [of_visit(Assessment.model_validate(v)) for v in visits], schema_overrides=EXPECTED
    )


def of_visit(visit: Assessment) -> dict[str, Any]:
    row = scalar(visit) | {"sledai_missing": listed(visit.not_assessed)}
    for rule in map(rule_of, TRIALS):
        judgement = rule.judge(visit)
        row[verdict_column(rule)] = judgement.verdict.value
        row[deciding_column(rule)] = listed(judgement.deciding)
    for name, excluding in MEANINGS.items():
        bounds = score_bounds(visit, excluding=map(Descriptor, excluding))
        row |= {f"{name} low": bounds.low, f"{name} high": bounds.high}
    return row


def by_brute_force(answers: np.ndarray) -> pl.DataFrame:
    """Sum weights over the spec tables, and try every completion of each rule."""
    present, unknown = answers == 1, answers == -1
    found: dict[str, Any] = {}

    def bounds(low: str, high: str, left_out: set[str], exact: str = "") -> None:
        weights = np.where(np.isin(NAMES, list(left_out)), 0, WEIGHTS)
        found[low], found[high] = present @ weights, (present | unknown) @ weights
        if exact:
            same = found[low] == found[high]
            found[exact] = pl.Series(np.where(same, found[low], -1)).replace(-1, None)

    bounds("sledai_low", "sledai_high", set(), "sledai_total")
    serologic = spec_tables.SEROLOGIC
    bounds("sledai_clinical_low", "sledai_clinical_high", serologic, "sledai_clinical")
    for name, left_out in MEANINGS.items():
        bounds(f"{name} low", f"{name} high", left_out)
    found["sledai_not_assessed"] = unknown.sum(axis=1)
    found["sledai_missing"] = [
        ", ".join(name for name, open_ in zip(NAMES, row, strict=True) if open_)
        for row in unknown.tolist()
    ]
    for trial in TRIALS:
        found[verdict_column(trial)] = verdicts(trial, present, unknown)
    return pl.DataFrame(found).cast({n: EXPECTED[n] for n in found if n in EXPECTED})


def verdicts(trial: str, present: np.ndarray, unknown: np.ndarray) -> np.ndarray:
    """Judge rows by every completion: of each kind of descriptors any number of the open ones."""
    kinds, meets = kinds_of(row_of(trial)), is_met(trial)
    of_kind = np.array([np.isin(NAMES, names) for names in kinds.values()]).T.astype(int)
    there, open_ = present @ of_kind, unknown @ of_kind
    clinical, beside, one = (
        there @ np.array([points(kind)[n] for kind in kinds]) for n in range(3)
    )
    can = np.zeros((len(present), 2), dtype=bool)
    classes, where = np.unique(open_, axis=0, return_inverse=True)
    for number, counts in enumerate(classes.tolist()):
        rows = np.flatnonzero(where.ravel() == number)[:, None]
        more = completions(tuple(zip(kinds, counts, strict=True)))
        outcomes = meets[
            clinical[rows] + more[:, 0],
            beside[rows] + more[:, 1],
            (one[rows] + more[:, 2] > 0).astype(int),
        ]
        can[rows[:, 0]] = np.array([outcomes.any(axis=1), ~outcomes.all(axis=1)]).T
    both = can.all(axis=1)
    return np.where(both, "undetermined", np.where(can[:, 0], "met", "not_met"))


def points(kind: Kind) -> tuple[int, int, int]:
    """What one descriptor of a kind adds: clinical, in the total alone, of those asked for."""
    weight, asked_for, in_total_alone = kind
    return (0, weight, asked_for) if in_total_alone else (weight, 0, asked_for)


@cache
def completions(open_: tuple[tuple[Kind, int], ...]) -> np.ndarray:
    """What all ways to fill in so many descriptors of each kind add, equal ones once."""
    added = {(0, 0, 0)}
    for kind, count in open_:
        clinical, beside, one = points(kind)
        added = {
            (c + n * clinical, b + n * beside, o or min(n, 1) * one)
            for c, b, o in added
            for n in range(count + 1)
        }
    return np.array(sorted(added))


@cache
def is_met(trial: str) -> np.ndarray:
    """Whether a rule is met, by clinical points, points beside them, and one of those asked for."""
    row, most = row_of(trial), range(sum(spec_tables.WEIGHTS.values()) + 1)
    return np.array(
        [[[met(row, c, b, one_there=o) for o in (False, True)] for b in most] for c in most]
    )


EXPECTED: dict[str, Any] = {
    **dict.fromkeys(frame.SCORE_COLUMNS, pl.Int32),
    "sledai_missing": pl.String,
    **{name(trial): pl.String for trial in TRIALS for name in (verdict_column, deciding_column)},
}
