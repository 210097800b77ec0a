"""What a screen says: the verdict on a candidate and on every criterion, as data and as text."""

import textwrap
from collections.abc import Iterator
from typing import Never

from pydantic import BaseModel, ConfigDict

from sledai.descriptors import Descriptor
from sledai.verdict import Verdict

__all__ = ["CriterionResult", "MissingAnswer", "ScreeningReport"]


class _Result(BaseModel):
    model_config = ConfigDict(frozen=True)


class MissingAnswer(_Result):
    """A field that is not known, or not well enough, and could settle the verdict.

    `answers` is the size of the smallest set of answers, of which this is one and each is needed,
    that could settle it: 1 where this answer alone could. For the assessment it is the fewest
    `descriptors`, which are those that matter, the heaviest first.
    """

    field: str
    criterion: str
    answers: int
    descriptors: tuple[Descriptor, ...] = ()


class CriterionResult(_Result):
    """What one criterion comes to.

    The verdict is on letting the candidate in: MET when the criterion lets the candidate pass,
    which for an exclusion means that it does not exclude.
    """

    criterion: str
    statement: str
    verdict: Verdict
    reason: str
    missing: tuple[str, ...]
    source: str
    readings: tuple[str, ...]


class ScreeningReport(_Result):
    """The verdict on a candidate with every criterion's, and what is missing to settle it.

    `missing` stands in the order in which answers could settle the verdict, and is empty once
    it is settled. `notes` show where one answer pulls two ways. `str` gives it as text of 80
    columns, `model_dump_json` as JSON. A report has no truth value: ask for its `verdict`.
    """

    trial: str
    verdict: Verdict
    criteria: tuple[CriterionResult, ...]
    missing: tuple[MissingAnswer, ...]
    notes: tuple[str, ...]

    def __bool__(self) -> Never:
        """Refuse a truth value: an unmet report would count as true."""
        raise TypeError("a ScreeningReport has three values: ask `.verdict is Verdict.MET`")

    def __str__(self) -> str:
        return "\n".join(_text(self))


_WORDS = {Verdict.MET: "passes", Verdict.NOT_MET: "fails", Verdict.UNDETERMINED: "open"}
_WIDTH = 80
_MISSING = "\nmissing, by the fewest answers, this one among them, that could settle it:"


def _text(report: ScreeningReport) -> Iterator[str]:
    counts = [
        f"{number} {word}"
        for verdict, word in (("met", "passed"), ("not_met", "failed"), ("undetermined", "open"))
        if (number := sum(result.verdict == verdict for result in report.criteria))
    ]
    yield f"{report.trial}: {report.verdict.replace('_', ' ')} (criteria: {', '.join(counts)})"
    yield ""
    for result in report.criteria:
        start = f"{result.criterion:13}{_WORDS[result.verdict]:8}"
        yield _wrapped(start + result.reason, indent=len(start))
        if result.verdict is not Verdict.MET and result.statement not in result.reason:
            asked = "asked" if result.criterion.startswith("inclusion") else "excludes"
            yield _wrapped(f"{'':{len(start)}}({asked}: {result.statement})", indent=len(start))
    if report.missing:
        yield _MISSING
        for answer in report.missing:
            named = f": {', '.join(answer.descriptors)}" if answer.descriptors else ""
            yield _wrapped(
                f"{answer.answers:4}  {answer.field} ({answer.criterion}){named}", indent=6
            )
    if report.notes:
        yield "\nnotes:"
        yield from (_wrapped(f"  {note}", indent=4) for note in report.notes)
    yield "\nreadings that the registered text leaves open:"
    for result in report.criteria:
        for reading in result.readings:
            yield _wrapped(f"  {result.criterion}: {reading}", indent=4)


def _wrapped(text: str, *, indent: int) -> str:
    return textwrap.fill(
        text, _WIDTH, subsequent_indent=" " * indent, break_long_words=False, break_on_hyphens=False
    )
