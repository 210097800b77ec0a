"""The same scores on data frames: one row a visit, one column a descriptor.

The expressions are generated from the descriptor table and from each rule's own table, and are the
same on every engine. Each cell is read by when/then, and whatever is neither 1 nor 0 falls on the
side of not assessed: a cast, a horizontal sum or a bare comparison would make a missing answer
present or absent on some engine. Needs the extra `frame`.
"""

import re
from collections.abc import Iterable, Mapping
from typing import Any, cast

from sledai.errors import extra_advice

try:
    from narwhals.typing import IntoFrameT

    from sledai.codes import Words
    from sledai.columns import Layout
    from sledai.derived import add_descriptors, reason_column
    from sledai.finding_columns import SIGNS
    from sledai.follow_up import by_patient, by_visit, histories
    from sledai.parts import INVALID_COLUMN, POLICY_COLUMN, Parts, Policy, Range, add_columns
except ModuleNotFoundError as error:
    error.msg = extra_advice("sledai.frame", error.name, "frame")
    raise

from sledai.definitions import Edition
from sledai.definitions.editions import edition_named
from sledai.descriptors import SEROLOGIC, Descriptor
from sledai.entry_rules import ActivityRule
from sledai.errors import InvalidInputError, require
from sledai.laboratory import Lab, any_of
from sledai.trials.catalog import rule_of, rules_of
from sledai.verdict import Verdict

__all__ = [
    "INVALID_COLUMN",
    "POLICY_COLUMN",
    "SCORE_COLUMNS",
    "SIGNS",
    "Lab",
    "Policy",
    "by_patient",
    "by_visit",
    "derive",
    "histories",
    "judge",
    "reason_column",
    "score",
    "verdict_column",
]

SCORE_COLUMNS = {
    "sledai_total": "total score; null where not-assessed descriptors leave it open",
    "sledai_clinical": "clinical score; null where not-assessed descriptors leave it open",
    "sledai_low": "lowest possible total",
    "sledai_high": "highest possible total",
    "sledai_clinical_low": "lowest possible clinical score",
    "sledai_clinical_high": "highest possible clinical score",
    "sledai_not_assessed": "number of descriptors not assessed",
}
"""The columns that `score` adds, with their meaning."""


def verdict_column(rule: ActivityRule | str) -> str:
    """Name the column that holds the verdict on a rule, or on a trial's by its registry number.

    Raises `InvalidInputError` for what is neither.

    >>> verdict_column("NCT05765006")
    'sledai_nct05765006'
    """
    return "sledai_" + re.sub(r"\W+", "_", rule_of(rule).name.lower()).strip("_")


def score(
    df: IntoFrameT,
    *,
    rules: ActivityRule | str | Iterable[ActivityRule | str] = (),
    columns: Mapping[str, Descriptor | str] | None = None,
    not_collected: Iterable[Descriptor | str] = (),
    absent: Iterable[Descriptor | str] = (),
    no_items: Iterable[str] = (),
    words: Words | None = None,
    policy: Policy = "strict",
) -> IntoFrameT:
    """Add scores, bounds and verdicts to a data frame with a row for each visit.

    The frame is one of polars (eager or lazy), pandas, pyarrow, DuckDB, Dask, Ibis or PySpark. It
    has a column for each of the 24 descriptors with the values true, false, 1, 0 or null (not
    assessed; NaN is null). `columns` maps other column names to descriptors. A descriptor without
    a column is an error unless named in `not_collected` (not assessed at any visit) or in `absent`
    (asserted absent at every visit). `no_items` names columns that look like a descriptor's and are
    none, and `words` says what cells mean in place of 1 and 0: `{"ja": True, "nein": False,
    "NK": None}`, or `{2: True, 1: False}`. The columns of `SCORE_COLUMNS` are added, and for each
    of `rules`, an `ActivityRule` or the registry number of a trial or several of either, the column
    that `verdict_column` names, holding met, not_met or undetermined. Other columns stay, and so do
    rows and their order where the engine keeps an order; the input is not modified.

    Under `policy="absent"` whatever was not assessed is taken for absent; that is on the caller. A
    row without one answered descriptor stays open all the same. `sledai_not_assessed` still counts
    it, and the column `sledai_policy` says so in every row.

    On a lazy frame nothing is computed here, so neither cells nor a coding are checked: the column
    `sledai_invalid`, added there, counts the cells of each row that are no answer. They count as
    not assessed, under each policy.

    Raises `InvalidInputError` for missing or doubled columns, for a result column that is there
    already, for columns that may or may not be the items, for a rule that is neither an
    `ActivityRule` nor a registry number that is known and, unless the frame is lazy, for a cell
    that is no answer and for a coding that was not stated.

    >>> import polars as pl
    >>> visits = pl.DataFrame({"arthritis": [True, None], "rash": [1, 0]})
    >>> others = [d for d in Descriptor if d not in visits.columns]
    >>> score(visits, absent=others).select("sledai_total", "sledai_low", "sledai_high").rows()
    [(6, 6, 6), (None, 0, 4)]
    """
    asked = rules_of(rules)

    def results(parts: Parts) -> dict[str, Any]:
        engine, clinical, total = parts.engine, parts.clinical, parts.total
        return {
            "sledai_total": engine.when(total.low == total.high).then(total.low),
            "sledai_clinical": engine.when(clinical.low == clinical.high).then(clinical.low),
            "sledai_low": total.low,
            "sledai_high": total.high,
            "sledai_clinical_low": clinical.low,
            "sledai_clinical_high": clinical.high,
            "sledai_not_assessed": parts.not_assessed,
            **{verdict_column(rule): _verdict(parts, rule) for rule in asked},
        }

    return cast(
        "IntoFrameT",
        add_columns(
            df,
            results,
            integers=SCORE_COLUMNS,
            added=[*SCORE_COLUMNS, *map(verdict_column, asked), POLICY_COLUMN, INVALID_COLUMN],
            layout=Layout(
                columns=_named(columns),
                not_collected=not_collected,
                absent=absent,
                no_items=no_items,
                words=words,
            ),
            policy=policy,
        ),
    )


def judge(
    df: IntoFrameT,
    rules: ActivityRule | str | Iterable[ActivityRule | str],
    *,
    columns: Mapping[str, Descriptor | str] | None = None,
    not_collected: Iterable[Descriptor | str] = (),
    absent: Iterable[Descriptor | str] = (),
    no_items: Iterable[str] = (),
    words: Words | None = None,
    policy: Policy = "strict",
) -> IntoFrameT:
    """Add the verdict on a rule or several to a data frame, and no scores.

    `rules` is an `ActivityRule`, the registry number of a trial, or several of either. For each the
    column that `verdict_column` names holds met, not_met or undetermined, exactly as
    `ActivityRule.judge` gives it for the assessment of that row. All else is as in `score`.

    Raises `InvalidInputError` for no rule at all, and as `score` does.

    >>> import polars as pl
    >>> visits = pl.DataFrame({"vasculitis": [True, None], "fever": [True, True]})
    >>> others = [d for d in Descriptor if d not in visits.columns]
    >>> judge(visits, "NCT05765006", absent=others)["sledai_nct05765006"].to_list()
    ['met', 'undetermined']
    """
    asked = rules_of(rules)
    if not asked:
        raise InvalidInputError("rules: found none; accepted: an ActivityRule or more")
    return cast(
        "IntoFrameT",
        add_columns(
            df,
            lambda parts: {verdict_column(rule): _verdict(parts, rule) for rule in asked},
            integers=(),
            added=[*map(verdict_column, asked), POLICY_COLUMN, INVALID_COLUMN],
            layout=Layout(
                columns=_named(columns),
                not_collected=not_collected,
                absent=absent,
                no_items=no_items,
                words=words,
            ),
            policy=policy,
        ),
    )


def derive(
    df: IntoFrameT,
    *,
    edition: Edition | str,
    labs: Iterable[Lab] = (),
    signs: Mapping[str, str] | None = None,
    words: Words | None = None,
) -> IntoFrameT:
    """Add descriptors that columns of findings decide, by the definitions of an edition.

    `labs` says which column holds which laboratory value, in which unit and with which limits;
    `signs` maps signs such as `proteinuria_new_onset`, as `sledai.findings.Findings` names them, to
    columns of true, false, 1, 0, null or what `words` says, as in `score`. For each descriptor
    whose definition asks for one of them a column with its name is added, true, false or null (not
    assessed), and the column that `reason_column` names. Row by row it is the answer of
    `sledai.findings.derive`. Joint counts, flags, dates, other causes and the ratio of urine
    protein are for that function alone.

    On a lazy frame nothing is computed here: the added column `sledai_invalid` counts the cells of
    each row that are no findings, and these count as not known.

    Raises `InvalidInputError` for an unknown edition, for missing or doubled columns, where no
    descriptor can be derived and, unless the frame is lazy, for a value that no patient has.

    >>> import polars as pl
    >>> visits = pl.DataFrame({"plt": [92.0, 100.0, None]})
    >>> derived = derive(visits, edition="SELENA", labs=[Lab("platelets", "plt", "10*9/L")])
    >>> derived["thrombocytopenia"].to_list()
    [True, False, None]
    >>> derived["sledai_thrombocytopenia_reason"][0]
    'present: platelets < 100,000 per mm3 [SELENA-SLEDAI]'
    """
    return cast(
        "IntoFrameT",
        add_descriptors(
            df,
            edition=edition_named(edition),
            labs=labs,
            signs={} if signs is None else signs,
            words=words,
        ),
    )


def _named(columns: Any) -> Any:
    if columns is not None:
        require(columns, Mapping, "columns", "a mapping of columns to descriptors")
    return columns


def _verdict(parts: Parts, rule: ActivityRule) -> Any:
    """Judge a rule from the bounds of both scores as it counts them."""
    engine, beside = parts.engine, parts.serologic
    clinical = parts.without(rule.uncounted)
    if others := rule.beside_clinical - SEROLOGIC:
        counted, clinical = clinical, parts.without(rule.uncounted | others)
        beside = Range(
            beside.low + counted.low - clinical.low, beside.high + counted.high - clinical.high
        )
    can_be_met, can_fail = rule.outcomes(clinical, beside)
    if rule.one_of:
        one_of = [parts.readings[descriptor] for descriptor in rule.one_of]
        there = any_of(*(reading.points(engine) > 0 for reading in one_of))
        can_fail |= ~there
        can_be_met &= any_of(there, *(parts.is_open(reading) > 0 for reading in one_of))
    return (
        engine.when(can_be_met & can_fail)
        .then(engine.lit(Verdict.UNDETERMINED.value))
        .otherwise(
            engine.when(can_be_met)
            .then(engine.lit(Verdict.MET.value))
            .otherwise(engine.lit(Verdict.NOT_MET.value))
        )
    )
