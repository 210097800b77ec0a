"""Proof over all classes of open descriptors: which recorded scores some completion gives.

Descriptors of one weight are interchangeable, so what can be reached from the lowest possible score
depends on how many of each weight are open: 9 x 7 x 6 x 4 clinical classes, three serologic ones.
Every excess from -1 to 106 is tried on each, against the sums of all choices. What is present only
shifts the score, which is tried on a few.
"""

from itertools import product

import polars as pl
import pytest
import spec_tables

from sledai.audit import compare
from sledai.codebook import Codebook

CLINICAL = [name for name in spec_tables.NAMES if name not in spec_tables.SEROLOGIC]
SEROLOGIC = sorted(spec_tables.SEROLOGIC)
GROUPS = {w: [n for n in CLINICAL if spec_tables.WEIGHTS[n] == w] for w in (8, 4, 2, 1)}
EXCESSES = list(range(-1, 107))


def sums(weights: tuple[int, ...], counts: tuple[int, ...]) -> set[int]:
    ways = product(*(range(count + 1) for count in counts))
    return {sum(w * n for w, n in zip(weights, way, strict=True)) for way in ways}


def agreement(reachable: set[int], excess: int, *, exact: bool) -> str:
    if excess not in reachable:
        return "disagrees"
    return "agrees" if exact else "possible"


@pytest.mark.parametrize("serologic", [0, 1, 2])
@pytest.mark.parametrize("present", [False, True])
def test_every_class(serologic: int, present: bool) -> None:
    rows: list[tuple[bool | None, ...]] = []
    totals: list[int] = []
    expected: list[tuple[str, str]] = []
    for counts in product(*(range(len(group) + 1) for group in GROUPS.values())):
        answers: dict[str, bool | None] = {}
        for group, count in zip(GROUPS.values(), counts, strict=True):
            answers |= {name: None if n < count else present for n, name in enumerate(group)}
        answers |= {name: None if n < serologic else False for n, name in enumerate(SEROLOGIC)}
        low = spec_tables.total_of({name for name, answer in answers.items() if answer})
        of_total = sums((8, 4, 2, 1, 2), (*counts, serologic))
        of_clinical = sums((8, 4, 2, 1), counts)
        for excess in EXCESSES[:: 7 if present else 1]:
            rows.append(tuple(answers[name] for name in spec_tables.NAMES))
            totals.append(low + excess)
            expected.append(
                (
                    agreement(of_total, excess, exact=not any(counts) and not serologic),
                    agreement(of_clinical, excess, exact=not any(counts)),
                )
            )
    visits = pl.DataFrame(
        rows, schema=dict.fromkeys(spec_tables.NAMES, pl.Boolean), orient="row"
    ).with_columns(total=pl.Series(totals), clinical=pl.Series(totals))
    compared = compare(visits, Codebook(recorded={"total": "total", "clinical": "clinical"}))
    found = compared.select("sledai_total_agreement", "sledai_clinical_agreement").rows()
    assert found == expected
    # The recorded clinical score equals the total: no serologic points.
    assert set(compared["sledai_serologic_agreement"]) == {"possible" if serologic else "agrees"}


def test_there_are_2016_classes() -> None:
    assert [len(group) + 1 for group in GROUPS.values()] == [9, 7, 6, 4]
