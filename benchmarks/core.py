"""The core: what the import costs, one visit, one patient, findings and a candidate."""

import subprocess
import sys
from collections.abc import Callable, Iterable
from typing import Any

from measure import Result, compare
from pydantic import ConfigDict, create_model

from sledai import Assessment, Descriptor, clinical_score, total_score
from sledai.definitions import Edition
from sledai.findings import Findings, derive
from sledai.indices.course import course
from sledai.trials.nct05765006 import ACTIVITY_RULE
from sledai.trials.nct05765006.candidate import Candidate
from sledai.trials.nct05765006.screening import screen
from sledai.visits import History, Visit

WEIGHTS = {d.value: d.weight for d in Descriptor}
ROW = {name: name in {"arthritis", "rash", "low_complement"} for name in WEIGHTS}


def measured() -> list[Result]:
    return [importing(), *one_visit(), *one_patient(), *one_derivation(), *one_screen()]


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


def one_patient() -> list[Result]:
    """Hold a step of a course against reading the visit of that step, which all input goes through.

    Each round follows visits that were not followed before, so that nothing is kept of them.
    """
    complete = [_visit(n, unknown=()) for n in range(VISITS)]
    partly = [_visit(n, unknown=list(WEIGHTS)[n % 9 :: 9]) for n in range(VISITS)]
    answers = [{"date": row["date"], "assessment": row["assessment"]} for row in complete]
    bare = [{"date": row["date"]} for row in complete]
    recorded = [{**row, "total_score": n % 13} for n, row in enumerate(bare)]

    def followed(rows: list[dict[str, Any]]) -> Callable[[], object]:
        def follow() -> object:
            return course(next(histories))

        histories = iter([_history(rows) for _ in range(ROUNDS + 1)])
        return follow

    def step(what: str, rows: list[dict[str, Any]], aim: float) -> Result:
        return compare(
            f"`course`, {VISITS} visits, {what}",
            followed(rows),
            "pydantic reads complete visits",
            lambda: _history(complete),
            rounds=ROUNDS,
            aim=aim,
        )

    return [
        step("all known", complete, aim=7.0),
        step("three answers unknown at each", partly, aim=8.0),
        step("answers alone", answers, aim=7.0),
        step("nothing known", bare, aim=8.0),
        step("recorded totals alone", recorded, aim=8.0),
    ]


VISITS, ROUNDS = 20, 41


def _visit(number: int, unknown: Iterable[str]) -> dict[str, Any]:
    names = list(WEIGHTS)
    present = {names[number % 24], names[number * 7 % 24]}
    signs = [
        name for name, field in Visit.model_fields.items() if field.annotation == (bool | None)
    ]
    return {
        "date": f"{2000 + number}-01-16",
        "assessment": {n: None if n in unknown else n in present for n in names},
        **dict.fromkeys(signs, False),
        "physician_global": f"{number % 31 / 10}",
        "prednisone_mg_day": f"{number % 17 * 2.5}",
        "weight_kg": f"{45 + number}",
        "platelets": f"{50 + number} K/uL",
        "hemoglobin": f"{7 + number % 9} g/dL",
    }


def _history(rows: list[dict[str, Any]]) -> History:
    return History(visits=tuple(Visit.model_validate(row) for row in rows))


def one_derivation() -> list[Result]:
    few = {"platelets": "92 K/uL", "temperature": "100.4 [degF]"}
    many = {
        **few,
        "white_cells": "2.5 K/uL",
        "urine_protein_24h": "0.7 g/24h",
        "previous_urine_protein_24h": "0.1 g/24h",
        "urine_red_cells": "3 /[HPF]",
        "urine_white_cells": "9 /[HPF]",
        "inflamed_painful_joints": 3,
        "rash": True,
        "alopecia": False,
        "mucosal_ulcers": False,
        "c3": {"value": "0.7 g/L", "lower": "90 mg/dL"},
        "anti_dsdna": {"value": "40 [IU]/mL", "upper": "30 [IU]/mL"},
    }

    def derivation(what: str, found: dict[str, Any], aim: float) -> Result:
        findings = Findings.model_validate(found)
        return compare(
            f"`derive`, {what}",
            lambda: derive(findings, edition=Edition.SELENA),
            "pydantic reads the findings",
            lambda: Findings.model_validate(found),
            repeat=500,
            aim=aim,
        )

    return [
        derivation("two laboratory values", few, aim=4.0),
        derivation(f"{len(many)} findings", many, aim=2.0),
    ]


def one_screen() -> list[Result]:
    known = {"informed_consent": True, "age": 34, "acr_1997": True, "ana_positive": True}

    def screened(what: str, answers: dict[str, Any], aim: float) -> Result:
        candidate = Candidate.model_validate(answers)
        return compare(
            f"`screen`, {what}",
            lambda: screen(candidate),
            "`str` of its report",
            lambda: str(report),
            repeat=5,
            aim=aim,
        )

    report = screen(Candidate())
    return [screened("nothing known", {}, aim=4.0), screened("four answers", known, aim=4.0)]


if __name__ == "__main__":
    measured()
