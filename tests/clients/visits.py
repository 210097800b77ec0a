"""Visits drawn at random, the same each time, and what the library computes of them."""

import random
from datetime import date

from sledai import SEROLOGIC, Assessment, Descriptor, score_bounds
from sledai.visits import Visit


def drawn_visit(draw: random.Random) -> Visit:
    """A visit in which all, all clinical or only some descriptors were assessed."""
    unknown = draw.choice([[], sorted(SEROLOGIC), draw.sample(list(Descriptor), 7)])
    present = draw.sample(list(Descriptor), draw.randint(0, 12))
    answers = {d.value: d in present if d not in unknown else None for d in Descriptor}
    return Visit(
        date=date(2024, draw.randint(1, 12), draw.randint(1, 28)),
        assessment=Assessment.model_validate(answers),
    )


def scores(visit: Visit) -> dict[str, int | None]:
    """The scores by the linkId under which the form has them; None where they are left open."""
    total = score_bounds(visit.answers)
    clinical = score_bounds(visit.answers, excluding=SEROLOGIC)
    return {
        "total_score": total.exact,
        "clinical_score": clinical.exact,
        "lowest_total": total.low,
        "highest_total": total.high,
        "lowest_clinical": clinical.low,
        "highest_clinical": clinical.high,
    }
