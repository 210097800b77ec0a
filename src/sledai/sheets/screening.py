"""The sheet of a screen: a verdict on each criterion and on all, and what is missing."""

from datetime import date as Date  # noqa: N812 - the argument has the name of its kind
from itertools import groupby

from sledai.errors import require
from sledai.sheets.content import (
    INTENDED_USE,
    MARKS,
    Answer,
    Column,
    Fact,
    Facts,
    Lines,
    Part,
    Sheet,
    Table,
    identified,
    judged,
    labels,
    made_with,
    plain,
    signed_by,
)
from sledai.sheets.visit import day_of
from sledai.trials.nct05765006.report import ScreeningReport
from sledai.verdict import Verdict

__all__ = ["screening_sheet"]

_PASSES = {Verdict.MET: "passes", Verdict.NOT_MET: "fails", Verdict.UNDETERMINED: "open"}


def screening_sheet(
    report: ScreeningReport,
    *,
    subject: str | None = None,
    date: Date | None = None,
    rater: str | None = None,
) -> Sheet:
    """Put a screening report on a sheet: each criterion, what it rests on, and what is missing.

    What is None is a blank line to be filled in; `date` is that of the screening.

    Raises `InvalidInputError` for what is no report, and a name without letters.

    >>> from sledai.trials.nct05765006.screening import Candidate, screen
    >>> sheet = screening_sheet(screen(Candidate(age=17)), subject="P01")
    >>> str(sheet.parts[0].facts[0].value)
    'not met'
    """
    require(report, ScreeningReport, "report", "a ScreeningReport (screen makes one)")
    parts: list[Part] = [_verdict(report), _criteria(report)]
    if report.missing:
        parts.append(_missing(report))
    if report.notes:
        parts.append(Lines("Notes", report.notes))
    return Sheet(
        title=f"{report.trial} screening report",
        identity=identified(subject=subject, date_of_screening=day_of(date), rater=rater),
        parts=(*parts, _readings(report)),
        signatures=signed_by(rater),
        foot=(f"{INTENDED_USE} Made with {made_with(None)}.",),
    )


def _verdict(report: ScreeningReport) -> Facts:
    counts = [
        Fact(f"Criteria {word}", str(sum(one.verdict is verdict for one in report.criteria)))
        for verdict, word in (
            (Verdict.MET, "passed"),
            (Verdict.NOT_MET, "failed"),
            (Verdict.UNDETERMINED, "open"),
        )
    ]
    return Facts("Verdict", (Fact("All criteria", judged(report.verdict), main=True), *counts))


def _criteria(report: ScreeningReport) -> Table:
    return Table(
        "Criteria: an exclusion passes when it does not exclude",
        (
            Column("Criterion"),
            Column("Verdict"),
            Column("What it asks, or what excludes", 45),
            Column("What is known", 55),
        ),
        tuple(
            (
                one.criterion,
                Answer(_PASSES[one.verdict], MARKS[one.verdict]),
                one.statement,
                plain(one.reason),
            )
            for one in report.criteria
        ),
    )


def _missing(report: ScreeningReport) -> Table:
    return Table(
        "Missing: of each the fewest answers, its own among them, that could settle the verdict",
        (
            Column("Answers", numbers=True),
            Column("What is not known", 60),
            Column("Criterion"),
            Column("Descriptors that matter", 40),
        ),
        tuple(
            (
                str(answers),
                ", ".join(plain(one.field) for one in several),
                criterion,
                labels(frozenset(matter)) if matter else "",
            )
            for (answers, criterion, matter), several in groupby(
                report.missing, lambda one: (one.answers, one.criterion, one.descriptors)
            )
        ),
    )


def _readings(report: ScreeningReport) -> Lines:
    return Lines(
        "How the registered text is read where it leaves something open",
        tuple(f"{one.criterion}: {said}" for one in report.criteria for said in one.readings),
    )
