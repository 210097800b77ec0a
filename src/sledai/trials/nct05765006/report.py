"""What a screen says: the verdict on a candidate and on every criterion, as data and as text."""

import textwrap
from collections.abc import Iterable, Iterator
from typing import Never

from pydantic import BaseModel, ConfigDict

from sledai.descriptors import Descriptor
from sledai.displays import VERDICTS, Displayed, Mark, Table
from sledai.verdict import Verdict

__all__ = ["CriterionResult", "MissingAnswer", "ScreeningReport"]


_WIDTH = 80


class _Result(Displayed, BaseModel):
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

    def _headline(self) -> str:
        answers = "1 answer" if self.answers == 1 else f"{self.answers} answers"
        return f"{self.field} ({self.criterion}): {answers} could settle it"


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

    def _headline(self) -> str:
        return f"{self.criterion} {_WORDS[self.verdict]}: {self.reason}"


class ScreeningReport(_Result):
    """The verdict on a candidate with every criterion's, and what is missing to settle it.

    `missing` stands in the order in which answers could settle the verdict, and is empty once
    it is settled. `notes` show where one answer pulls two ways. `str` gives it as text of 80
    columns, `lines` in another width, `model_dump_json` as JSON. A report has no truth value: ask
    for its `verdict`.
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
        return "\n".join(self.lines())

    def lines(self, width: int = _WIDTH) -> Iterator[str]:
        """Give the report as text, no line of which is longer than `width` columns."""
        for text, indent in _text(self):
            yield _wrapped(text, width, indent=indent) if text.strip() else text

    def _tables(self) -> Iterable[Table]:
        yield Table(
            ("criterion", "result", "because"),
            [
                (one.criterion, Mark(VERDICTS[one.verdict].shape, _WORDS[one.verdict]), one.reason)
                for one in self.criteria
            ],
        )
        if self.missing:
            rows = [
                (one.field, one.criterion, one.answers, ", ".join(one.descriptors))
                for one in self.missing
            ]
            yield Table(("missing", "criterion", "fewest answers", "descriptors"), rows)
        if self.notes:
            yield Table(("notes",), [(note,) for note in self.notes])


_WORDS = {Verdict.MET: "passes", Verdict.NOT_MET: "fails", Verdict.UNDETERMINED: "open"}
_MISSING = "missing, by the fewest answers, this one among them, that could settle it:"


def _text(report: ScreeningReport) -> Iterator[tuple[str, int]]:
    """Give paragraphs, and how far all but their first lines are indented."""
    counts = [
        f"{number} {word}"
        for verdict, word in (("met", "passed"), ("not_met", "failed"), ("undetermined", "open"))
        if (number := sum(result.verdict == verdict for result in report.criteria))
    ]
    said = VERDICTS[report.verdict].word
    yield f"{report.trial}: {said} (criteria: {', '.join(counts)})", 2
    yield "", 0
    for result in report.criteria:
        start = f"{result.criterion:13}{_WORDS[result.verdict]:8}"
        yield start + result.reason, len(start)
        if result.verdict is not Verdict.MET and result.statement not in result.reason:
            asked = "asked" if result.criterion.startswith("inclusion") else "excludes"
            yield f"{'':{len(start)}}({asked}: {result.statement})", len(start)
    if report.missing:
        yield "", 0
        yield _MISSING, 2
        for answer in report.missing:
            named = f": {', '.join(answer.descriptors)}" if answer.descriptors else ""
            yield f"{answer.answers:4}  {answer.field} ({answer.criterion}){named}", 6
    if report.notes:
        yield "", 0
        yield "notes:", 2
        yield from ((f"  {note}", 4) for note in report.notes)
    yield "", 0
    yield "readings that the registered text leaves open:", 2
    for result in report.criteria:
        yield from ((f"  {result.criterion}: {reading}", 4) for reading in result.readings)


def _wrapped(text: str, width: int, *, indent: int) -> str:
    hanging = indent if 3 * indent <= width else 4
    return textwrap.fill(
        text, width, subsequent_indent=" " * hanging, break_long_words=False, break_on_hyphens=False
    )
