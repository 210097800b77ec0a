"""`python -m sledai.conformance.answer`: the library as a program that answers the vectors.

Questions come in on standard input, one JSON object a line, and answers go out, one a line. It is
thin: it reads a question, asks the public function, and writes what that says.
"""

import json
import sys
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from pydantic import ValidationError

from sledai.assessment import Assessment, IncompleteAssessmentError
from sledai.descriptors import Descriptor, in_form_order
from sledai.displays import ANSWERS, VERDICTS
from sledai.errors import SledaiError, require_one_of
from sledai.findings import Findings, derive
from sledai.indices import (
    adjusted_mean,
    bicla,
    change_grade,
    loss_of_improvement,
    sfi,
    sri,
    steroid_sparing,
)
from sledai.indices.states import STATES, Readings
from sledai.quantities.fields import YesOrNo
from sledai.scoring import clinical_score, score_bounds, total_score
from sledai.strict_json import JSON
from sledai.trials.catalog import find
from sledai.verdict import Verdict
from sledai.visits import History, Visit

__all__ = ["ASKED", "INDICES", "REFUSED", "answer", "main"]

REFUSED = "refused"
"""What is answered to what is not accepted."""


def answer(ask: str, asked: Mapping[str, Any]) -> Any:
    """Answer a question as a value of JSON; what the library refuses is "refused".

    Raises `InvalidInputError` for what is not asked by any vector.

    >>> answer("total", {"answers": {"others": False, "rash": True, "fever": True}})
    3
    >>> answer("total", {"answers": {"others": False, "rash": 2}})
    'refused'
    """
    require_one_of(ask, ASKED, "ask")
    try:
        return ASKED[ask](asked)
    except (SledaiError, ValidationError):
        return REFUSED


def _total(asked: Mapping[str, Any]) -> int | None:
    try:
        return total_score(_assessment(asked["answers"]))
    except IncompleteAssessmentError:
        return None


def _clinical(asked: Mapping[str, Any]) -> int | None:
    try:
        return clinical_score(_assessment(asked["answers"]), excluding=asked["excluding"])
    except IncompleteAssessmentError:
        return None


def _bounds(asked: Mapping[str, Any]) -> dict[str, int]:
    found = score_bounds(_assessment(asked["answers"]), excluding=asked.get("excluding", ()))
    return {"low": found.low, "high": found.high}


def _verdict(asked: Mapping[str, Any]) -> str:
    rule = find(asked["trial"]).rule
    if "scores" in asked:
        return _word(rule.judge_scores(**asked["scores"]).verdict)
    return _word(rule.judge(_assessment(asked["answers"])).verdict)


def _deciding(asked: Mapping[str, Any]) -> list[str]:
    judgement = find(asked["trial"]).rule.judge(_assessment(asked["answers"]))
    return [descriptor.value for descriptor in in_form_order(judgement.deciding)]


def _descriptor(asked: Mapping[str, Any]) -> str:
    findings = Findings.model_validate(asked["findings"])
    derived = derive(findings, edition=asked["edition"]).assessment
    return ANSWERS[getattr(derived, Descriptor(asked["descriptor"]))].word


def _index(asked: Mapping[str, Any]) -> Any:
    require_one_of(asked["index"], INDICES, "index")
    return INDICES[asked["index"]]([_visit(one) for one in asked["visits"]], asked["parameters"])


ASKED: Mapping[str, Callable[[Mapping[str, Any]], Any]] = {
    "total": _total,
    "clinical": _clinical,
    "bounds": _bounds,
    "verdict": _verdict,
    "deciding": _deciding,
    "descriptor": _descriptor,
    "index": _index,
}
"""What is asked, and what answers it."""
_Visits = Sequence[Visit]
_Parameters = Mapping[str, Any]
_Assess = Callable[[_Visits, _Parameters], Any]


def _flares(visits: _Visits, parameters: _Parameters) -> list[str]:
    earlier, later = visits
    possible = sfi.assess(earlier, later, **parameters).possible
    return [flare.value for flare in sfi.Flare if flare in possible]


def _grades(visits: _Visits, _: _Parameters) -> list[str]:
    earlier, later = visits
    possible = change_grade.assess(earlier, later).possible
    return [grade.value for grade in change_grade.Grade if grade in possible]


def _mean(visits: _Visits, _: _Parameters) -> dict[str, float]:
    found = adjusted_mean.assess(History.of(visits))
    return {"low": float(found.low), "high": float(found.high)}


def _state(name: str) -> _Assess:
    def judge(visits: _Visits, parameters: _Parameters) -> str:
        *previous, visit = visits
        before = previous[0] if previous else None
        return _word(STATES[name].judge(before, visit, Readings(**parameters)).verdict)

    return judge


INDICES: Mapping[str, _Assess] = {
    "SFI": _flares,
    "SRI": lambda visits, parameters: _word(sri.assess(*visits, **parameters).verdict),
    "BICLA": lambda visits, _: _word(bicla.assess(*visits).verdict),
    **{name: _state(name) for name in STATES},
    "grade of change": _grades,
    "loss of improvement": lambda visits, _: _word(
        loss_of_improvement.assess(History.of(visits)).verdict
    ),
    "steroid sparing": lambda visits, _: _word(steroid_sparing.assess(History.of(visits)).verdict),
    "adjusted mean": _mean,
}
"""The indices, by the names that they have in the vectors."""


def _word(verdict: Verdict) -> str:
    return VERDICTS[verdict].word


_SIGNS = [name for name, kind in Visit.__annotations__.items() if kind is YesOrNo]


def _assessment(answers: Mapping[str, Any]) -> Assessment:
    return Assessment.model_validate(_with_others(answers, [d.value for d in Descriptor]))


def _visit(fields: Mapping[str, Any]) -> Visit:
    given = dict(_with_others(fields, _SIGNS))
    if "answers" in given:
        answers = given.pop("answers")
        given["assessment"] = None if answers is None else _assessment(answers)
    return Visit.model_validate(given)


def _with_others(given: Mapping[str, Any], names: Sequence[str]) -> Mapping[str, Any]:
    """Write out what `others` says of the names that are not there."""
    if "others" not in given:
        return given
    named = {name: value for name, value in given.items() if name != "others"}
    return dict.fromkeys(names, given["others"]) | named


def main() -> None:
    """Answer each line of standard input; what is no question ends it with exit code 2."""
    for number, line in enumerate(sys.stdin, start=1):
        try:
            question = JSON.decode(line)
            said = {"id": question["id"]}
            said |= {"answer": answer(question["ask"], question["input"])}
        except (ValueError, TypeError, KeyError) as error:
            sys.stderr.write(f"line {number}: no question ({error})\n")
            raise SystemExit(2) from None
        sys.stdout.write(f"{json.dumps(said)}\n")


if __name__ == "__main__":
    main()
