"""Proof over all classes of three-state assessments: bounds, verdict, deciding descriptors.

Descriptors of one weight are interchangeable, so an assessment is known by how many of each
weight are present and how many not assessed, and by the answers to the two serologic ones:
264,600 clinical classes times nine serologic states, 2,381,400 in all. Each is judged by the
library, as an assessment and as a row of a frame, and by trying every completion of its class.
(That descriptors of one weight are indeed interchangeable is a property test of entry_rules.)
"""

from collections import Counter
from itertools import product

import polars as pl
import pytest
import spec_tables

from sledai import SEROLOGIC, Assessment, Verdict, frame, score_bounds
from sledai.trials.nct05765006 import ACTIVITY_RULE

CLINICAL = [name for name in spec_tables.NAMES if name not in spec_tables.SEROLOGIC]
GROUPS = {w: [n for n in CLINICAL if spec_tables.WEIGHTS[n] == w] for w in (8, 4, 2, 1)}
LOW_COMPLEMENT, DNA_BINDING = "low_complement", "increased_dna_binding"
STATES = list(product([True, False, None], repeat=2))

# Whether the rule is met, by serologic points and clinical score (some lie outside the range).
MEETS = {s: [spec_tables.meets_nct05765006(c + s, c) for c in range(120)] for s in (0, 2, 4)}

Split = tuple[int, int]  # how many of a weight are present, and how many not assessed


def splits(weight: int) -> list[Split]:
    size = len(GROUPS[weight])
    return [(p, u) for p in range(size + 1) for u in range(size + 1 - p)]


def reachable(clinical_class: dict[int, Split]) -> set[int]:
    """The clinical scores of all completions, tried one by one."""
    choices = [
        [weight * (present + more) for more in range(unknown + 1)]
        for weight, (present, unknown) in clinical_class.items()
    ]
    return {a + b + c + d for a, b, c, d in product(*choices)}


def answers(clinical_class: dict[int, Split]) -> dict[str, bool | None]:
    row: dict[str, bool | None] = {}
    for weight, (present, unknown) in clinical_class.items():
        for place, name in enumerate(GROUPS[weight]):
            row[name] = True if place < present else None if place < present + unknown else False
    return row


def serologic_points(state: tuple[bool | None, ...]) -> list[int]:
    """Points of every completion of a serologic state."""
    choices = [[2] if a else [0, 2] if a is None else [0] for a in state]
    return [a + b for a, b in product(*choices)]


def deciding_weights(clinical_class: dict[int, Split], points: list[int]) -> set[int]:
    """The weights of which one not-assessed descriptor flips some completion of the others."""
    weights = set()
    for weight, (present, unknown) in clinical_class.items():
        if unknown:
            others = reachable({**clinical_class, weight: (present, unknown - 1)})
            if any(MEETS[s][c] != MEETS[s][c + weight] for s in points for c in others):
                weights.add(weight)
    return weights


@pytest.mark.parametrize("heaviest", splits(8), ids="{0[0]} present {0[1]} unknown".format)
def test_every_class(heaviest: Split) -> None:
    rows: list[dict[str, bool | None]] = []
    expected: list[tuple[int, int, int, int, str]] = []
    for lighter in product(splits(4), splits(2), splits(1)):
        clinical_class = dict(zip((8, 4, 2, 1), (heaviest, *lighter), strict=True))
        scores = reachable(clinical_class)
        row = answers(clinical_class)
        weights_by_points: dict[tuple[int, ...], set[int]] = {}
        for state in STATES:
            points = serologic_points(state)
            outcomes = {MEETS[s][c] for s in points for c in scores}
            verdict = (
                Verdict.UNDETERMINED
                if len(outcomes) == 2
                else Verdict.MET
                if True in outcomes
                else Verdict.NOT_MET
            )
            visit = {**row, LOW_COMPLEMENT: state[0], DNA_BINDING: state[1]}
            rows.append(visit)
            low, high = min(scores), max(scores)
            expected.append((low + min(points), high + max(points), low, high, verdict.value))

            assessment = Assessment.model_validate(visit)
            total = score_bounds(assessment)
            clinical = score_bounds(assessment, excluding=SEROLOGIC)
            judgement = ACTIVITY_RULE.judge(assessment)
            found = (total.low, total.high, clinical.low, clinical.high, judgement.verdict.value)
            assert found == expected[-1], visit

            if verdict is not Verdict.UNDETERMINED:
                assert not judgement.deciding, visit
                continue
            key = tuple(sorted(set(points)))
            if key not in weights_by_points:
                weights_by_points[key] = deciding_weights(clinical_class, points)
            # One serologic descriptor flips a completion in which the other has any of its answers.
            others = points[: len(points) // 2]
            serologic = any(MEETS[s][c] != MEETS[s + 2][c] for s in others for c in scores)
            assert judgement.deciding == {
                name
                for name, answer in visit.items()
                if answer is None
                and (
                    serologic
                    if name in spec_tables.SEROLOGIC
                    else spec_tables.WEIGHTS[name] in weights_by_points[key]
                )
            }, visit

    scored = frame.score(pl.DataFrame(rows, orient="row"), rules=[ACTIVITY_RULE])
    columns = ("low", "high", "clinical_low", "clinical_high", "nct05765006")
    assert scored.select(f"sledai_{column}" for column in columns).rows() == expected
    for column, low, high in (("total", 0, 1), ("clinical", 2, 3)):
        exact = [e[low] if e[low] == e[high] else None for e in expected]
        assert scored[f"sledai_{column}"].to_list() == exact
    assert scored["sledai_not_assessed"].to_list() == [list(r.values()).count(None) for r in rows]


def test_there_are_2381400_classes() -> None:
    sizes = [len(splits(weight)) for weight in GROUPS]
    assert sizes == [45, 28, 21, 10]
    assert 45 * 28 * 21 * 10 * len(STATES) == 2_381_400
    assert Counter(map(len, GROUPS.values())) == {8: 1, 6: 1, 5: 1, 3: 1}
