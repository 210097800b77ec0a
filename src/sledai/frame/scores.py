"""The same scores on data frames: one row a visit, one column a descriptor.

The expressions are generated from the descriptor table and from each rule's own table, and are the
same on every engine. Each cell is read by when/then, and whatever is neither 1 nor 0 falls on the
side of not assessed: a cast, a horizontal sum or a bare comparison would make a missing answer
present or absent on some engine. Needs the extra `frame`.
"""

from collections.abc import Iterable
from typing import Any, cast

from narwhals.typing import IntoFrameT

from sledai.codebook import Codebook
from sledai.descriptors import SEROLOGIC
from sledai.errors import InvalidInputError, require_one_of
from sledai.frame.missing import deciding, missing
from sledai.frame.result_columns import (
    INVALID_COLUMN,
    MISSING_COLUMN,
    POLICY_COLUMN,
    SCORE_COLUMNS,
    deciding_column,
    verdict_column,
)
from sledai.frame.row_points import Policy, Range, RowPoints, add_columns, total_columns
from sledai.frame.three_valued import any_of
from sledai.rules import ActivityRule
from sledai.trials.catalog import rules_of
from sledai.verdict import Verdict

__all__ = ["judge", "score"]


def score(
    df: IntoFrameT,
    codebook: Codebook | None = None,
    *,
    rules: ActivityRule | str | Iterable[ActivityRule | str] = (),
    policy: Policy = "strict",
    missing_names: bool = False,
) -> IntoFrameT:
    """Add scores, bounds and verdicts to a data frame with a row for each visit.

    The frame is one of an engine among `sledai.engines.ENGINES`. It has a column for each of the 24
    descriptors with the values true, false, 1, 0 or null (not assessed; NaN is null). `codebook`
    says how it stands otherwise: which column holds which descriptor, which was not collected or is
    asserted absent, what columns of text and codes mean. A descriptor of which nothing is known is
    an error. The columns of `SCORE_COLUMNS` are added, and for each of `rules`, an `ActivityRule`
    or the registry number of a trial or several of either, the column that `verdict_column` names,
    holding met, not_met or undetermined. A result whose name is there already gets `_computed`
    behind it. Other columns stay, and so do rows and their order where the engine keeps an order;
    the input is not modified.

    Under `policy="absent"` whatever was not assessed is taken for absent; that is on the caller. A
    row without one answered descriptor stays open all the same. `sledai_not_assessed` still counts
    it, and the column `sledai_policy` says so in every row.

    With `missing_names` the column `sledai_missing` names the descriptors not assessed, in form
    order, and for each rule the column that `deciding_column` names those of them that decide, as
    `Judgement.deciding` does: an empty text where there are none. (Text takes several times as long
    as all the scores, so it is made only for who asks.)

    On a lazy frame nothing is computed here, so neither cells nor a coding are checked: the column
    `sledai_invalid`, added there, counts the cells of each row that are no answer. They count as
    not assessed, under each policy.

    Raises `InvalidInputError` for missing or doubled columns, for columns that may not be the
    items, for a rule that is neither an `ActivityRule` nor a registry number that is known and,
    unless the frame is lazy, for a cell that is no answer and for a coding that was not stated.

    >>> import polars as pl
    >>> from sledai import Descriptor
    >>> visits = pl.DataFrame({"arthritis": [True, None], "rash": [1, 0]})
    >>> book = Codebook(descriptors={"absent": set(Descriptor) - set(visits.columns)})
    >>> score(visits, book).select("sledai_total", "sledai_low", "sledai_high").rows()
    [(6, 6, 6), (None, 0, 4)]
    """
    require_one_of(missing_names, (False, True), "missing_names")
    asked = rules_of(rules)

    def results(row: RowPoints) -> dict[str, Any]:
        engine, clinical, total = row.engine, row.clinical, row.total
        return {
            **total_columns(engine, total, clinical),
            "sledai_not_assessed": row.not_assessed,
            **(missing(row) if missing_names else {}),
            **_verdicts(row, asked, missing_names=missing_names),
        }

    return cast(
        "IntoFrameT",
        add_columns(
            df,
            results,
            integers=SCORE_COLUMNS,
            added=[
                *SCORE_COLUMNS,
                *map(verdict_column, asked),
                *([MISSING_COLUMN, *map(deciding_column, asked)] if missing_names else []),
                POLICY_COLUMN,
                INVALID_COLUMN,
            ],
            codebook=codebook,
            policy=policy,
        ),
    )


def judge(
    df: IntoFrameT,
    codebook: Codebook | None = None,
    *,
    rules: ActivityRule | str | Iterable[ActivityRule | str],
    policy: Policy = "strict",
    missing_names: bool = False,
) -> IntoFrameT:
    """Add the verdict on a rule or several to a data frame, and no scores.

    `rules` is an `ActivityRule`, the registry number of a trial, or several of either. For each the
    column that `verdict_column` names holds met, not_met or undetermined, exactly as
    `ActivityRule.judge` gives it for the assessment of that row. All else is as in `score`, and
    with `missing_names` there are the columns that `deciding_column` names.

    Raises `InvalidInputError` for no rule at all, and as `score` does.

    >>> import polars as pl
    >>> from sledai import Descriptor
    >>> visits = pl.DataFrame({"vasculitis": [True, None], "fever": [True, True]})
    >>> book = Codebook(descriptors={"absent": set(Descriptor) - set(visits.columns)})
    >>> judge(visits, book, rules="NCT05765006")["sledai_nct05765006"].to_list()
    ['met', 'undetermined']
    """
    require_one_of(missing_names, (False, True), "missing_names")
    asked = rules_of(rules)
    if not asked:
        raise InvalidInputError("rules: found none; accepted: an ActivityRule or more")
    return cast(
        "IntoFrameT",
        add_columns(
            df,
            lambda row: _verdicts(row, asked, missing_names=missing_names),
            integers=(),
            added=[
                *map(verdict_column, asked),
                *(map(deciding_column, asked) if missing_names else ()),
                POLICY_COLUMN,
                INVALID_COLUMN,
            ],
            codebook=codebook,
            policy=policy,
        ),
    )


def _verdicts(
    row: RowPoints, rules: Iterable[ActivityRule], *, missing_names: bool
) -> dict[str, Any]:
    """Give the verdict on each rule and, where names were asked for, what decides beside it."""
    names = deciding(row, rules) if missing_names else {}
    made: dict[str, Any] = {}
    for rule in rules:
        made[verdict_column(rule)] = _verdict(row, rule)
        if missing_names:
            made[deciding_column(rule)] = names[deciding_column(rule)]
    return made


def _verdict(row: RowPoints, rule: ActivityRule) -> Any:
    """Judge a rule from the bounds of both scores as it counts them."""
    engine, beside = row.engine, row.serologic
    clinical = row.without(rule.uncounted)
    if others := rule.beside_clinical - SEROLOGIC:
        counted, clinical = clinical, row.without(rule.uncounted | others)
        beside = Range(
            beside.low + counted.low - clinical.low, beside.high + counted.high - clinical.high
        )
    can_be_met, can_fail = rule.outcomes(clinical, beside)
    if rule.one_of:
        one_of = [row.columns[descriptor] for descriptor in rule.one_of]
        there = any_of(*(column.present(engine) for column in one_of))
        can_fail |= ~there
        can_be_met &= any_of(there, *(row.is_open(column) > 0 for column in one_of))
    return (
        engine.when(can_be_met & can_fail)
        .then(engine.lit(Verdict.UNDETERMINED.value))
        .otherwise(
            engine.when(can_be_met)
            .then(engine.lit(Verdict.MET.value))
            .otherwise(engine.lit(Verdict.NOT_MET.value))
        )
    )
