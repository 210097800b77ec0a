"""The code systems of what is computed of a visit beside the scores: its parts, and verdicts."""

from collections.abc import Sequence
from enum import StrEnum

from sledai.fhir.canonical import Release, Resource, canonical, head, require_release
from sledai.verdict import Verdict

__all__ = ["RESULTS", "VERDICTS", "Result", "result_code_systems", "result_coding"]

_RESULTS_ID, _VERDICTS_ID = "sledai-results", "sledai-verdicts"

RESULTS = canonical("CodeSystem", _RESULTS_ID)
"""The system whose codes are the values of `Result`."""

VERDICTS = canonical("CodeSystem", _VERDICTS_ID)
"""The system whose codes are the values of `Verdict`."""


class Result(StrEnum):
    """What an Observation, or a component of one, is; its value is the code.

    >>> result_coding(Result.DECIDING)["display"]
    'Deciding descriptor'
    """

    DESCRIPTORS = "descriptors"
    CRITERION = "activity_criterion"
    RULE = "activity_rule"
    DECIDING = "deciding_descriptor"


_MEANINGS: dict[Result | Verdict, str] = {
    Result.DESCRIPTORS: "What was answered of each of the 24 descriptors.",
    Result.CRITERION: "Whether the activity rule of a trial is met.",
    Result.RULE: "The name of the activity rule: the trial's number in its registry.",
    Result.DECIDING: "A descriptor that was not assessed and could change the verdict.",
    Verdict.MET: "Met, whatever the answers that are missing.",
    Verdict.NOT_MET: "Not met, whatever the answers that are missing.",
    Verdict.UNDETERMINED: "The answers that are missing decide.",
}


def result_coding(of: Result | Verdict) -> Resource:
    """Give a result or a verdict as a Coding.

    >>> result_coding(Verdict.NOT_MET)["display"]
    'Not met'
    """
    system = VERDICTS if isinstance(of, Verdict) else RESULTS
    return {"system": system, "code": of.value, "display": _label(of)}


def _label(of: Result | Verdict) -> str:
    return of.value.replace("_", " ").capitalize()


def result_code_systems(*, release: Release = "R4") -> tuple[Resource, ...]:
    """Write the CodeSystems of results and of verdicts.

    Raises `InvalidInputError` for an unknown release.

    >>> [system["id"] for system in result_code_systems()]
    ['sledai-results', 'sledai-verdicts']
    """
    require_release(release)
    results = head(
        "CodeSystem", _RESULTS_ID, "Results of the SLEDAI", "What is computed of a visit."
    )
    verdicts = head(
        "CodeSystem", _VERDICTS_ID, "Verdicts of the SLEDAI", "Whether a rule on the score is met."
    )
    return _complete(results, list(Result)), _complete(verdicts, list(Verdict))


def _complete(system: Resource, codes: Sequence[Result | Verdict]) -> Resource:
    concepts = [
        {"code": one.value, "display": _label(one), "definition": _MEANINGS[one]} for one in codes
    ]
    return system | {
        "caseSensitive": True,
        "content": "complete",
        "count": len(concepts),
        "concept": concepts,
    }
