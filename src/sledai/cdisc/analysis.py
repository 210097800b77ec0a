"""Visits as analysis rows of ADaM: a parameter for each score, bound, state and response.

What is open has no value: AVAL is empty, never 0, and the bounds are parameters of their own. What
is computed comes from `sledai.frame.by_visit`, and BASE, CHG and PCHG are its totals at the
baseline and the differences from them. Needs the extra `frame`.
"""

from typing import Any

import narwhals as nw
import polars as pl

from sledai.cdisc.planned import CHOSEN, WHEN, Plan, counted_rows, planned_columns
from sledai.cdisc.study_visits import DATE, DAY, PATIENT, ROW, UNNAMED, Study, StudyVisits
from sledai.cdisc.tables import as_dataset
from sledai.cdisc.terms import VERDICT, Parameter, parameters, verdict_values
from sledai.codebook import Codebook
from sledai.engines import result_names
from sledai.errors import InvalidInputError, require
from sledai.frame import BaselineRows, by_visit, response_column
from sledai.indices.sri import FALLS, name_of
from sledai.indices.states import DEFAULT, Readings
from sledai.verdict import Verdict

__all__ = ["analysis_rows"]

_DAYS = "sledai_baseline_days"


def analysis_rows(
    df: Any,
    codebook: Codebook | None = None,
    study: Study = UNNAMED,
    *,
    baseline: BaselineRows | None = None,
    plan: Plan | None = None,
    readings: Readings = DEFAULT,
) -> pl.DataFrame:
    """Give the visits of a frame as analysis rows, in the order of patients, parameters and visits.

    `df` is eager, of polars or pandas; it, `baseline` and `readings` are those of
    `sledai.frame.by_visit`. Without a baseline BASE, CHG, PCHG, ABLFL and CRITy are empty, and
    there are no responses. `plan` says which visits stand for the planned ones; without it each
    visit is one, and of visits with one name none is flagged by ANL01FL. Columns are those of
    `variables("ADSLEDAI")`.

    Raises `InvalidInputError` for a plan without a baseline, for days in place of dates, for the
    edition of 1992 with a baseline, on which SRI is not in use, and as `by_visit` and
    `sledai.visits.windows.planned_visits` do.

    Source: ADaMIG 1.3, tables of section 3.3, as reproduced.

    >>> from sledai import Descriptor
    >>> visits = pl.DataFrame({
    ...     "id": ["A", "A"], "seen": ["2024-01-01", "2024-03-01"], "seizure": [True, False]
    ... })
    >>> book = Codebook(
    ...     visit={"subject": "id", "date": "seen"},
    ...     descriptors={"absent": set(Descriptor) - {"seizure"}},
    ... )
    >>> rows = analysis_rows(visits, book, baseline=BaselineRows.first())
    >>> total = rows.filter(pl.col("PARAMCD") == "SLEDAI")
    >>> total.select("AVISIT", "AVAL", "BASE", "CHG", "CRIT1", "CRIT1FL").rows()
    [('Visit 1', 8.0, 8.0, None, 'SRI-4', None), ('Visit 2', 0.0, 8.0, -8.0, 'SRI-4', None)]
    """
    require(study, Study, "study", "a Study")
    require(readings, Readings, "readings", "Readings")
    if baseline is not None:
        require(baseline, BaselineRows, "baseline", "BaselineRows, such as BaselineRows.first()")
    if plan is not None:
        require(plan, Plan, "plan", "a Plan")
        if baseline is None:
            raise InvalidInputError.in_words(
                "none beside a plan", "BaselineRows, from which days are counted", "baseline"
            )
    asked = parameters(readings, study.rated_by, baseline=baseline is not None)
    visits = StudyVisits.of(df, codebook, study, baseline)
    followed = by_visit(df, codebook, readings=readings, baseline=baseline)
    columns = [parameter.column for parameter in asked]
    if baseline is not None:
        columns.append(_DAYS)
    names = result_names(visits.read.input_.columns, columns)
    results = nw.from_native(followed, eager_only=True).select(*names.values()).to_polars()
    results = results.rename({called: name for name, called in names.items()})
    table = visits.table.hstack(results[visits.table[ROW]])
    if baseline is None:
        table = table.with_columns(pl.lit(None, pl.Int64).alias(_DAYS))
    table = table.with_columns(pl.col(DATE).alias(WHEN))
    if plan is None:
        table = table.with_columns(**_visits_as_named(study))
    else:
        table = table.join(planned_columns(visits, plan), on=ROW, how="left", maintain_order="left")
    rows = [_rows(table, parameter) for parameter in asked]
    if baseline is not None:
        rows[0] = rows[0].with_columns(**_criteria(study))
    if plan is not None:
        counted = counted_rows(table, visits, plan, asked)
        rows = [*(_without(one, counted) for one in rows), counted]
    return _finished(pl.concat(rows, how="diagonal"), asked, study)


def _visits_as_named(study: Study) -> dict[str, pl.Expr]:
    """Take each visit for an analysis visit, by its name, or by its number where it has none."""
    nothing = pl.lit(None, pl.Int64)
    number = pl.int_range(1, pl.len() + 1).over(PATIENT)
    named = study.visit is not None
    numbered = not named or study.visit_number is not None
    name = pl.col("VISIT") if named else pl.format("Visit {}", number)
    return {
        "AVISIT": name,
        "AVISITN": pl.col("VISITNUM") if numbered else pl.lit(None, pl.Float64),
        CHOSEN: name.is_not_null() & (pl.len().over(PATIENT, name) == 1),
        "AWTARGET": nothing,
        "AWLO": nothing,
        "AWHI": nothing,
        "AWU": pl.lit(None, pl.String),
    }


def _rows(table: pl.DataFrame, parameter: Parameter) -> pl.DataFrame:
    """Give the rows of a parameter."""
    days, value = pl.col(_DAYS), pl.col(parameter.column)
    if parameter.is_since:
        table = table.filter(days > 0)
    values = {"AVAL": value.cast(pl.Float64), "AVALC": pl.lit(None, pl.String)}
    if parameter.is_verdict:
        said = {verdict.value: verdict_values(verdict) for verdict in Verdict}
        values = {
            name: value.replace_strict(
                {verdict: of[name] for verdict, of in said.items()}, return_dtype=dtype
            )
            for name, dtype in VERDICT.items()
        }
    return table.with_columns(PARAMCD=pl.lit(parameter.code), **values)


def _criteria(study: Study) -> dict[str, pl.Expr]:
    """Say of the rows of the total whether each response is met."""
    found: dict[str, pl.Expr] = {}
    for number, n in enumerate(FALLS, 1):
        found[f"CRIT{number}"] = pl.lit(name_of(n, study.edition))
        found[f"CRIT{number}FL"] = pl.col(response_column(n)).replace_strict(
            {verdict.value: verdict_values(verdict)["AVALC"] for verdict in Verdict},
            return_dtype=pl.String,
        )
    return found


def _without(rows: pl.DataFrame, counted: pl.DataFrame) -> pl.DataFrame:
    """Let rows whose answer counts in another row stand for no visit."""
    keys = [PATIENT, "PARAMCD", "AVISIT"]
    replaced = counted.select(*keys, pl.lit(value=True).alias(_REPLACED)).unique()
    rows = rows.join(replaced, on=keys, how="left", maintain_order="left")
    chosen = pl.col(CHOSEN) & pl.col(_REPLACED).is_null()
    return rows.with_columns(chosen.alias(CHOSEN)).drop(_REPLACED)


_REPLACED = "counts in another row"


def _finished(rows: pl.DataFrame, asked: tuple[Parameter, ...], study: Study) -> pl.DataFrame:
    """Put rows in order, and give them the variables of the data set."""
    days = pl.col(_DAYS)
    codes = [parameter.code for parameter in asked]
    since_baseline = pl.when(days >= 0).then(days + 1).otherwise(days)
    rows = rows.with_columns(
        PARAM=pl.col("PARAMCD").replace_strict({p.code: p.name for p in asked}),
        PARAMN=pl.col("PARAMCD").replace_strict(codes, range(1, len(codes) + 1)),
        ADT=pl.col(DATE),
        ADY=since_baseline if study.reference is None else pl.col(DAY),
        ABLFL=pl.when(days == 0).then(pl.lit("Y")),
        ANL01FL=pl.when(CHOSEN).then(pl.lit("Y")),
        BASE=pl.col("AVAL").filter(days == 0).first().over(PATIENT, "PARAMCD"),
    )
    changes = pl.col("PARAMCD").is_in([p.code for p in asked if p.has_change]) & (days > 0)
    rows = rows.with_columns(
        CHG=pl.when(changes).then(pl.col("AVAL") - pl.col("BASE"))
    ).with_columns(PCHG=pl.when(pl.col("BASE") != 0).then(100 * pl.col("CHG") / pl.col("BASE")))
    rows = rows.sort(PATIENT, "PARAMN", WHEN, maintain_order=True)
    rows = rows.with_columns(ASEQ=pl.int_range(1, pl.len() + 1).over(PATIENT))
    return as_dataset(rows, "ADSLEDAI")
