"""How an answer that is missing counts in an endpoint: one of four ways, by name, and stated.

An answer is missing where a planned visit was missed, and where what is known of it leaves the
answer open. What is missing stays open unless somebody chooses otherwise, and what was chosen
stands beside each answer that came about by it. These ways are conventions of analysis: none of
them tells what would have been observed.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal, get_args

from sledai.displays import Displayed
from sledai.errors import InvalidInputError, require, require_one_of
from sledai.records import FrozenDict
from sledai.sources import KIM_2019, Citation, Read
from sledai.verdict import Verdict

__all__ = ["WAYS", "Counted", "Missing", "Way", "count_missing"]

Missing = Literal["open", "non-responder", "last observation carried forward", "worst case"]
"""How an answer that is missing counts."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Way(Displayed):
    """A way to count what is missing: its name, its meaning, and where it is in use.

    `citation` is None for the reading of this library that counts nothing, and where no source was
    read.
    """

    name: Missing
    meaning: str
    citation: Citation | None

    def _headline(self) -> str:
        return f"{self.name}: {self.meaning}"


_IN_USE = Citation(KIM_2019, "abstract, methods", Read.IN_ABSTRACT)

WAYS: dict[Missing, Way] = {
    way.name: way
    for way in (
        Way(name="open", meaning="it is undetermined", citation=None),
        Way(
            name="non-responder",
            meaning="it is not met; for endpoints that are good for the patient",
            citation=_IN_USE,
        ),
        Way(
            name="last observation carried forward",
            meaning="it is the last answer before it that is not open, and open without one",
            citation=_IN_USE,
        ),
        Way(
            name="worst case",
            meaning="it is what is bad for the patient: a response not met, a flare met",
            citation=None,
        ),
    )
}
"""The ways, by name. Where an answer is missing in part, none of the sources says anything: here it
counts like one of a missed visit."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Counted(Displayed):
    """What counts at a planned visit, and how it came about.

    `answer` is what was known, None where the visit was missed; `verdict` is what counts.
    """

    answer: Verdict | None
    verdict: Verdict
    how: str

    def __str__(self) -> str:
        return f"{self.verdict.replace('_', ' ')} ({self.how})"


def count_missing(
    answers: Mapping[str, Verdict | None],
    *,
    good: Literal[Verdict.MET, Verdict.NOT_MET],
    missing: Missing = "open",
) -> Mapping[str, Counted]:
    """Say what counts at each planned visit, by the way that is chosen for what is missing.

    `answers` are verdicts by planned visit, in the order of time; None is a missed visit. `good` is
    the verdict that is good for the patient: MET of a response or a state, NOT_MET of a flare. An
    answer that is not missing counts as it is.

    Raises `InvalidInputError` for another way, for what is no verdict, and for "non-responder"
    where MET is bad for the patient: it would count a missed visit as one without a flare.

    Source: Kim 2019, abstract, for non-responder imputation and last observation carried forward of
    SRI-5; no source was read for the worst case.

    >>> answers = {"week 4": Verdict.MET, "week 8": None}
    >>> print(count_missing(answers, good=Verdict.MET)["week 8"])
    undetermined (visit missed)
    >>> way = "last observation carried forward"
    >>> print(count_missing(answers, good=Verdict.MET, missing=way)["week 8"])
    met (visit missed; last observation carried forward: week 4)
    """
    require_one_of(missing, get_args(Missing), "missing")
    require_one_of(good, (Verdict.MET, Verdict.NOT_MET), "good")
    if missing == "non-responder" and good is Verdict.NOT_MET:
        raise InvalidInputError.found(
            missing, 'an endpoint that is good to meet; of others "worst case"', "missing"
        )
    require(answers, Mapping, "answers", "verdicts by planned visit")
    bad = Verdict.NOT_MET if good is Verdict.MET else Verdict.MET
    counted: dict[str, Counted] = {}
    carried, carried_from = Verdict.UNDETERMINED, "nothing before it"
    for name, answer in answers.items():
        if answer is not None:
            require(answer, Verdict, f"answers, {name}", "a Verdict, or None for a missed visit")
            if answer is not Verdict.UNDETERMINED:
                counted[name] = Counted(answer=answer, verdict=answer, how="observed")
                carried, carried_from = answer, name
                continue
        what = "visit missed" if answer is None else "answer open"
        verdict, how = {
            "open": (Verdict.UNDETERMINED, what),
            "non-responder": (Verdict.NOT_MET, f"{what}; {missing}"),
            "last observation carried forward": (carried, f"{what}; {missing}: {carried_from}"),
            "worst case": (bad, f"{what}; {missing}"),
        }[missing]
        counted[name] = Counted(answer=answer, verdict=verdict, how=how)
    return FrozenDict(counted)
