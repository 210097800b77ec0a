"""The core: what the import costs, and one visit."""

import subprocess
import sys
from collections.abc import Callable
from typing import Any

from measure import Result, compare
from pydantic import ConfigDict, create_model

from sledai import Assessment, Descriptor, clinical_score, total_score
from sledai.trials.nct05765006 import ACTIVITY_RULE

WEIGHTS = {d.value: d.weight for d in Descriptor}
ROW = {name: name in {"arthritis", "rash", "low_complement"} for name in WEIGHTS}


def measured() -> list[Result]:
    return [importing(), *one_visit()]


def importing() -> Result:
    fields = ", ".join(f"{name}=(bool | None, ...)" for name in WEIGHTS)
    config = "__config__=pydantic.ConfigDict(frozen=True, strict=True, extra='forbid')"
    model = f"import pydantic; pydantic.create_model('M', {config}, {fields})"

    def run(code: str) -> Callable[[], object]:
        return lambda: subprocess.run([sys.executable, "-c", code], check=True)  # noqa: S603

    return compare(
        "`import sledai`",
        run("import sledai"),
        "import pydantic, define a model of 24 fields",
        run(model),
        rounds=31,
        aim=1.15,
    )


def one_visit() -> list[Result]:
    fields: dict[str, Any] = dict.fromkeys(WEIGHTS, (bool | None, ...))
    config = ConfigDict(frozen=True, strict=True, extra="forbid")
    bare = create_model("Bare", __config__=config, **fields)

    def scored() -> tuple[int, int]:
        visit = Assessment.model_validate(ROW)
        return total_score(visit), clinical_score(visit)

    def loop() -> int:
        total = 0
        for name, weight in WEIGHTS.items():
            if ROW[name]:
                total += weight
        return total

    visit = Assessment.model_validate(ROW)
    unknown = Assessment.of(not_assessed=list(Descriptor))
    return [
        compare(
            "`Assessment.model_validate(row)`, total, clinical",
            scored,
            "a bare model's validation alone",
            lambda: bare.model_validate(ROW),
            repeat=20_000,
            aim=2.0,
        ),
        compare(
            "`total_score(a)`",
            lambda: total_score(visit),
            "a loop over a dict of weights",
            loop,
            repeat=50_000,
            aim=1.5,
        ),
        compare(
            "`ACTIVITY_RULE.judge(a)`, all 24 unknown",
            lambda: ACTIVITY_RULE.judge(unknown),
            "the same, nothing unknown",
            lambda: ACTIVITY_RULE.judge(visit),
            repeat=5_000,
        ),
    ]


if __name__ == "__main__":
    measured()
