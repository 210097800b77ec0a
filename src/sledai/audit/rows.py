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

import narwhals as nw
from narwhals.typing import IntoFrameT

from sledai.assessment import Assessment
from sledai.audit.agreement import (
    LEFT_OUT,
    Agreement,
    Check,
    Query,
    add_agreement,
    added_columns,
    bounds_columns,
    checked_labs,
    query_column,
    recorded_columns,
)
from sledai.audit.weights import CountedWeight, Differences, counted_weights
from sledai.codebook import Codebook, Lab
from sledai.codebook.lab import LAB_LIMITS
from sledai.descriptors import Descriptor
from sledai.displays import Displayed, Table
from sledai.engines import opened, result_names
from sledai.errors import InvalidInputError, problems_listed, require
from sledai.frame.row_points import ANSWER_OF_CODE, coded_answer, coded_answers
from sledai.scoring import ScoreBounds
from sledai.scoring.recorded_scores import Explanation, Implication, explain, imply

__all__ = ["Audit", "Finding", "audit", "compare"]


def compare(
    df: IntoFrameT,
    codebook: Codebook,
) -> IntoFrameT:
    """Add to a data frame, row by row, whether its recorded scores can be those of the row.

    The codebook names in `recorded` a column of totals, and may name one of clinical scores:
    numbers, or null where none is recorded. The frame is of any engine that `sledai.frame.score`
    takes, with descriptors as there; lazy frames stay lazy. Added are, for the total,

    - `sledai_low`, `sledai_high`: the lowest and the highest possible score;
    - `sledai_total_agreement`: a value of `Agreement`;
    - `sledai_total_difference`: recorded less computed, from the nearer of the bounds; null where
      none is recorded;

    with a clinical score the same for it and for the serologic points (see `Check`), and for each
    laboratory value among the `findings` of the codebook that has a limit in `LAB_LIMITS` the
    column that `query_column` names, holding a value of `Query` or null. A missing value, or an
    item that was not assessed, gives no query.

    Raises `InvalidInputError` as `score` does, and for a column that is not there or holds no
    numbers.

    >>> import polars as pl
    >>> visits = pl.DataFrame({"arthritis": [1, 1, None], "leukopenia": [0, 1, 1], "recorded": 5})
    >>> book = Codebook(
    ...     descriptors={"absent": set(Descriptor) - set(visits.columns)},
    ...     recorded={"total": "recorded"},
    ... )
    >>> compare(visits, book)["sledai_total_agreement"].to_list()
    ['disagrees', 'agrees', 'possible']
    """
    return cast(
        "IntoFrameT",
        add_agreement(
            df,
            codebook=_required(codebook),
        ),
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding(Displayed):
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
class Audit(Displayed):
    """What an audit of a frame found: counts of rows by agreement, for each check, and findings.

    `differences` counts, for each recorded score, how far the rows are off that have a descriptor:
    what `weights` are found from.
    """

    rows: int
    agreement: Mapping[Check, Mapping[Agreement, int]]
    queries: Mapping[Lab, Mapping[Query, int]]
    findings: tuple[Finding, ...]
    differences: Mapping[Check, Differences]

    def __str__(self) -> str:
        return problems_listed(self._headline(), map(str, self.findings), len(self.findings))

    def _headline(self) -> str:
        counts = [
            f"{check}: {', '.join(f'{n} {_word(which)}' for which, n in of.items() if n)}"
            for check, of in self.agreement.items()
        ]
        queries = sum(sum(of.values()) for of in self.queries.values())
        asked = [f"{queries} queries on laboratory values"] if queries else []
        return "; ".join([f"{self.rows} rows", *counts, *asked])

    def _tables(self) -> Iterable[Table]:
        yield Table(
            ("check", *map(_word, Agreement)),
            [(check, *(of[one] for one in Agreement)) for check, of in self.agreement.items()],
        )
        if self.findings:
            yield Table(("row", "finding"), [(one.row, one) for one in self.findings])

    @property
    def disagreements(self) -> tuple[Finding, ...]:
        """The recorded scores that cannot be those of their rows."""
        return tuple(finding for finding in self.findings if finding.disagrees)

    @property
    def weights(self) -> Mapping[Check, tuple[CountedWeight, ...]]:
        """Which weight, counted otherwise, explains most rows of each score that disagree.

        >>> import polars as pl
        >>> visits = pl.DataFrame({"lupus_headache": [1, 1, 1, 0], "recorded": [4, 4, 4, 0]})
        >>> book = Codebook(
        ...     descriptors={"absent": set(Descriptor) - set(visits.columns)},
        ...     recorded={"total": "recorded"},
        ... )
        >>> print(*audit(visits, book).weights[Check.TOTAL])
        lupus_headache counted 4, not 8, in all 3 visits that have it: explains 3 of 3
        """
        return {check: counted_weights(counts) for check, counts in self.differences.items()}


def _word(which: Agreement) -> str:
    return which.replace("_", " ")


def audit(
    df: Any,
    codebook: Codebook,
) -> Audit:
    """Audit the recorded scores of a frame in memory: of polars, pandas or pyarrow.

    The codebook is that of `compare`. There is a finding for each recorded score that disagrees,
    with the smallest sets of descriptors that explain it; for each that is possible, with what it
    implies; and for each query on a laboratory value. The serologic points of a row are reported
    only where neither of its scores disagrees by itself.

    Raises `InvalidInputError` as `compare` does, and for a frame that is not in memory.

    >>> import polars as pl
    >>> visits = pl.DataFrame({"arthritis": [1, 1], "leukopenia": [1, 0], "recorded": [4, 4]})
    >>> book = Codebook(
    ...     descriptors={"absent": set(Descriptor) - set(visits.columns)},
    ...     recorded={"total": "recorded"},
    ... )
    >>> for finding in audit(visits, book).findings:
    ...     print(finding)
    total recorded 4, computed 5, difference -1: leukopenia present but not added
    """
    compared: Any = nw.from_native(
        add_agreement(
            df,
            coded_answers,
            codebook=_required(codebook),
        )
    )
    if isinstance(compared, nw.LazyFrame):
        raise InvalidInputError(
            f"audit needs a frame in memory, found {type(df).__name__}: collect it, or use compare"
        )
    scores, labs = recorded_columns(codebook), checked_labs(codebook)
    checks = list(Check) if Check.CLINICAL in scores else [Check.TOTAL]
    names = result_names(opened(df).columns, added_columns(checks, labs))
    agreements = {check: names[f"sledai_{check}_agreement"] for check in checks}
    queries = {lab: names[query_column(lab)] for lab in labs}
    told = nw.any_horizontal(
        *(
            nw.col(name).is_in([Agreement.DISAGREES, Agreement.POSSIBLE])
            for name in agreements.values()
        ),
        *(nw.col(name).is_in(list(Query)) for name in queries.values()),
        ignore_nulls=True,
    )
    findings: list[Finding] = []
    off: dict[Check, list[tuple[float, frozenset[Descriptor]]]] = {check: [] for check in scores}
    for row in compared.with_row_index(_ROW).filter(told).iter_rows(named=True):
        assessment = _assessment(row)
        for check, rows_off in off.items():
            low, high = (row[names[name]] for name in bounds_columns(check))
            if low == high and row[agreements[check]] == Agreement.DISAGREES:
                difference = float(row[names[f"sledai_{check}_difference"]])
                rows_off.append((difference, assessment.present - LEFT_OUT[check]))
        findings += _of_scores(row, assessment, checks, scores, names)
        findings += [
            Finding(
                row=int(row[_ROW]), recorded=float(row[lab.column]), lab=lab, query=Query(query)
            )
            for lab, name in queries.items()
            if (query := row[name]) in set(Query)
        ]
    return Audit(
        rows=len(compared),
        agreement={check: _counts(compared[name], Agreement) for check, name in agreements.items()},
        queries={lab: _counts(compared[name], Query) for lab, name in queries.items()},
        findings=tuple(findings),
        differences={
            check: Differences.of(_having(compared, check, agreements[check]), off[check])
            for check in scores
        },
    )


def _having(compared: Any, check: Check, agreement: str) -> dict[Descriptor, int]:
    """Count the rows that agree and have a descriptor, for each that the score counts."""
    agreeing = compared.filter(nw.col(agreement) == Agreement.AGREES.value)
    return {
        d: int((agreeing[coded_answer(d)] == 1).sum())
        for d in Descriptor
        if d not in LEFT_OUT[check]
    }


def _required(codebook: object) -> Codebook:
    require(codebook, Codebook, "codebook", "a Codebook with [recorded] (sledai.codebook)")
    return cast("Codebook", codebook).settled()


_ROW = "_sledai_row"


def _assessment(row: Mapping[str, Any]) -> Assessment:
    return Assessment.model_validate({d: ANSWER_OF_CODE[row[coded_answer(d)]] for d in Descriptor})


def _of_scores(
    row: Mapping[str, Any],
    assessment: Assessment,
    checks: Iterable[Check],
    recorded: Mapping[Check, str],
    names: Mapping[str, str],
) -> list[Finding]:
    found: list[Finding] = []
    for check in checks:
        agreement = row[names[f"sledai_{check}_agreement"]]
        if agreement not in {Agreement.DISAGREES, Agreement.POSSIBLE}:
            continue
        if check is Check.SEROLOGIC and any(finding.disagrees for finding in found):
            continue  # it follows from the score that disagrees
        if check is Check.SEROLOGIC:
            value = float(row[recorded[Check.TOTAL]]) - float(row[recorded[Check.CLINICAL]])
        else:
            value = float(row[recorded[check]])
        low, high = (int(row[names[name]]) for name in bounds_columns(check))
        disagrees = agreement == Agreement.DISAGREES
        found.append(
            Finding(
                row=int(row[_ROW]),
                check=check,
                recorded=value,
                computed=ScoreBounds(low, high),
                difference=float(row[names[f"sledai_{check}_difference"]]),
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
