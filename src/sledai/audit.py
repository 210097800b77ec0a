"""Recorded totals against recomputed ones, and laboratory values against items.

Somebody once added these totals up by hand, in a form or a spreadsheet. `compare` says row by row,
on every engine, whether a recorded score can be the score of its row. `audit` goes through the rows
of a frame in memory and says of each that disagrees what would explain it, and of each that is
possible what it implies. Laboratory values give queries, never corrections: whether a finding is
due to lupus is the rater's to say. Needs the extra `frame`.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, cast

from sledai.errors import InvalidInputError, extra_advice

try:
    import narwhals as nw
    from narwhals.typing import IntoFrameT
except ModuleNotFoundError as error:
    error.msg = extra_advice("sledai.audit", error.name, "frame")
    raise

from sledai.agreement import (
    LEFT_OUT,
    Agreement,
    Check,
    Query,
    add_agreement,
    bounds_columns,
    query_column,
)
from sledai.assessment import Assessment
from sledai.codes import Words
from sledai.columns import Layout
from sledai.descriptors import Descriptor
from sledai.explanations import Explanation, Implication, explain, imply
from sledai.laboratory import LAB_LIMITS, Lab
from sledai.parts import Parts
from sledai.scoring import ScoreBounds

__all__ = [
    "LAB_LIMITS",
    "Agreement",
    "Audit",
    "Check",
    "Finding",
    "Lab",
    "Query",
    "audit",
    "compare",
    "query_column",
]


def compare(  # noqa: PLR0913 - each by keyword
    df: IntoFrameT,
    *,
    recorded: str,
    clinical: str | None = None,
    labs: Iterable[Lab] = (),
    columns: Mapping[str, Descriptor | str] | None = None,
    not_collected: Iterable[Descriptor | str] = (),
    absent: Iterable[Descriptor | str] = (),
    no_items: Iterable[str] = (),
    words: Words | None = None,
) -> IntoFrameT:
    """Add to a data frame, row by row, whether its recorded scores can be those of the row.

    `recorded` names a column of recorded totals and `clinical` one of clinical scores: numbers, or
    null where none is recorded. The frame is of any engine that `sledai.frame.score` takes, with
    descriptors as there; lazy frames stay lazy. Added are, for the total,

    - `sledai_low`, `sledai_high`: the lowest and the highest possible score;
    - `sledai_total_agreement`: a value of `Agreement`;
    - `sledai_total_difference`: recorded less computed, from the nearer of the bounds; null where
      none is recorded;

    with `clinical` the same for the clinical score and for the serologic points (see `Check`), and
    for each of `labs` the column that `query_column` names, holding a value of `Query` or null. A
    missing value, or an item that was not assessed, gives no query.

    Raises `InvalidInputError` as `score` does, and for a column that is not there or holds no
    numbers.

    >>> import polars as pl
    >>> visits = pl.DataFrame({"arthritis": [1, 1, None], "leukopenia": [0, 1, 1], "recorded": 5})
    >>> others = [d for d in Descriptor if d not in visits.columns]
    >>> compare(visits, recorded="recorded", absent=others)["sledai_total_agreement"].to_list()
    ['disagrees', 'agrees', 'possible']
    """
    return cast(
        "IntoFrameT",
        add_agreement(
            df,
            recorded=recorded,
            clinical=clinical,
            labs=tuple(labs),
            layout=Layout(
                columns=columns,
                not_collected=not_collected,
                absent=absent,
                no_items=no_items,
                words=words,
            ),
        ),
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """One thing that an audit says of one row, counted from 0.

    A recorded score that disagrees has an `explanation`, one that is possible an `implication`;
    a laboratory value has a `lab` and a `query`.
    """

    row: int
    check: Check | None = None
    recorded: float
    computed: ScoreBounds | None = None
    difference: float | None = None
    explanation: Explanation | None = None
    implication: Implication | None = None
    lab: Lab | None = None
    query: Query | None = None

    @property
    def disagrees(self) -> bool:
        """Whether a recorded score cannot be that of the row."""
        return self.explanation is not None

    @property
    def reason(self) -> str:
        """What explains the recorded score, what it implies, or what is asked."""
        if self.lab is None:
            return str(self.explanation or self.implication)
        _, limit = LAB_LIMITS[self.lab.analyte]
        if self.query is Query.ABSENT_PAST_LIMIT:
            return (
                f"past the limit ({limit}), yet {self.lab.descriptor} is absent: overlooked, or of "
                "another cause?"
            )
        return (
            f"not past the limit ({limit}), yet {self.lab.descriptor} is present: by which value?"
        )

    def __str__(self) -> str:
        if self.lab is not None:
            return f"{self.lab.analyte} {self.recorded:g} {self.lab.unit}, {self.reason}"
        difference = f", difference {self.difference:+g}" if self.difference else ""
        return (
            f"{self.check} recorded {self.recorded:g}, computed {self.computed}{difference}: "
            f"{self.reason}"
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Audit:
    """What an audit of a frame found: counts of rows by agreement, for each check, and findings."""

    rows: int
    agreement: Mapping[Check, Mapping[Agreement, int]]
    queries: Mapping[Lab, Mapping[Query, int]]
    findings: tuple[Finding, ...]

    @property
    def disagreements(self) -> tuple[Finding, ...]:
        """The recorded scores that cannot be those of their rows."""
        return tuple(finding for finding in self.findings if finding.disagrees)


def audit(  # noqa: PLR0913 - each by keyword
    df: Any,
    *,
    recorded: str,
    clinical: str | None = None,
    labs: Iterable[Lab] = (),
    columns: Mapping[str, Descriptor | str] | None = None,
    not_collected: Iterable[Descriptor | str] = (),
    absent: Iterable[Descriptor | str] = (),
    no_items: Iterable[str] = (),
    words: Words | None = None,
) -> Audit:
    """Audit the recorded scores of a frame in memory: of polars, pandas or pyarrow.

    The arguments are those of `compare`. There is a finding for each recorded score that disagrees,
    with the smallest sets of descriptors that explain it; for each that is possible, with what it
    implies; and for each query on a laboratory value. The serologic points of a row are reported
    only where neither of its scores disagrees by itself.

    Raises `InvalidInputError` as `compare` does, and for a frame that is not in memory.

    >>> import polars as pl
    >>> visits = pl.DataFrame({"arthritis": [1, 1], "leukopenia": [1, 0], "recorded": [4, 4]})
    >>> others = [d for d in Descriptor if d not in visits.columns]
    >>> for finding in audit(visits, recorded="recorded", absent=others).findings:
    ...     print(finding)
    total recorded 4, computed 5, difference -1: leukopenia present but not added
    """
    labs = tuple(labs)
    compared: Any = nw.from_native(
        add_agreement(
            df,
            _answers,
            recorded=recorded,
            clinical=clinical,
            labs=labs,
            layout=Layout(
                columns=columns,
                not_collected=not_collected,
                absent=absent,
                no_items=no_items,
                words=words,
            ),
        )
    )
    if isinstance(compared, nw.LazyFrame):
        raise InvalidInputError(
            f"audit needs a frame in memory, found {type(df).__name__}: collect it, or use compare"
        )
    scores = {Check.TOTAL: recorded} | ({} if clinical is None else {Check.CLINICAL: clinical})
    checks = [Check.TOTAL] if clinical is None else list(Check)
    said = [f"sledai_{check}_agreement" for check in checks]
    told = nw.any_horizontal(
        *(nw.col(name).is_in([Agreement.DISAGREES, Agreement.POSSIBLE]) for name in said),
        *(nw.col(query_column(lab)).is_in(list(Query)) for lab in labs),
        ignore_nulls=True,
    )
    findings: list[Finding] = []
    for row in compared.with_row_index(_ROW).filter(told).iter_rows(named=True):
        findings += _of_scores(row, checks, scores)
        findings += [
            Finding(
                row=int(row[_ROW]), recorded=float(row[lab.column]), lab=lab, query=Query(query)
            )
            for lab in labs
            if (query := row[query_column(lab)]) in set(Query)
        ]
    return Audit(
        rows=len(compared),
        agreement={
            check: _counts(compared[f"sledai_{check}_agreement"], Agreement) for check in checks
        },
        queries={lab: _counts(compared[query_column(lab)], Query) for lab in labs},
        findings=tuple(findings),
    )


_ROW = "_sledai_row"
_ANSWER = "_sledai_answer_"
_CODES = {1: True, 0: False, -1: None}


def _answers(parts: Parts) -> dict[str, Any]:
    """Add the answers themselves, in one code whatever the columns hold."""
    engine = parts.engine
    return {
        f"{_ANSWER}{descriptor}": engine.when(reading.points(engine) > 0)
        .then(engine.lit(1))
        .otherwise(
            engine.when(reading.absent(engine)).then(engine.lit(0)).otherwise(engine.lit(-1))
        )
        for descriptor, reading in parts.readings.items()
    }


def _of_scores(
    row: Mapping[str, Any], checks: Iterable[Check], recorded: Mapping[Check, str]
) -> list[Finding]:
    assessment = Assessment.model_validate({d: _CODES[row[f"{_ANSWER}{d}"]] for d in Descriptor})
    found: list[Finding] = []
    for check in checks:
        agreement = row[f"sledai_{check}_agreement"]
        if agreement not in {Agreement.DISAGREES, Agreement.POSSIBLE}:
            continue
        if check is Check.SEROLOGIC and any(finding.disagrees for finding in found):
            continue  # it follows from the score that disagrees
        if check is Check.SEROLOGIC:
            value = float(row[recorded[Check.TOTAL]]) - float(row[recorded[Check.CLINICAL]])
        else:
            value = float(row[recorded[check]])
        low, high = (int(row[name]) for name in bounds_columns(check))
        disagrees = agreement == Agreement.DISAGREES
        found.append(
            Finding(
                row=int(row[_ROW]),
                check=check,
                recorded=value,
                computed=ScoreBounds(low, high),
                difference=float(row[f"sledai_{check}_difference"]),
                explanation=explain(assessment, value, excluding=LEFT_OUT[check])
                if disagrees
                else None,
                implication=None
                if disagrees
                else imply(assessment, value, excluding=LEFT_OUT[check]),
            )
        )
    return found


def _counts(values: Any, kinds: type[StrEnum]) -> dict[Any, int]:
    return {kind: int((values == kind.value).sum()) for kind in kinds}
