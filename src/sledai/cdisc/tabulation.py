"""Visits as rows of SDTM, in the domain RS or QS: one row an item, and one for each score.

An item that was not assessed is a row without a result and with NOT DONE. A score that is open is
no row: nothing was recorded, and there is no number to derive; its bounds are parameters of the
analysis data set. One that was derived is flagged, and not read back as a recorded one. Needs the
extra `frame`.
"""

from collections.abc import Sequence
from typing import Any

import polars as pl

from sledai.cdisc.study_visits import (
    CAPTURED,
    DATE,
    DAY,
    PATIENT,
    REASON,
    UNNAMED,
    Study,
    StudyVisits,
)
from sledai.cdisc.tables import as_dataset
from sledai.cdisc.terms import (
    ABSENT,
    EVALUATION_INTERVAL,
    ITEMS,
    NOT_DONE,
    PRESENT,
    SCORES,
    Test,
)
from sledai.cdisc.variables import Domain, prefixed, require_domain
from sledai.codebook import Codebook
from sledai.definitions import Edition
from sledai.definitions.editions import edition_named
from sledai.descriptors import Descriptor
from sledai.errors import require_several

__all__ = ["codebook", "tabulation_rows"]

_ORDER = "the place"
_NO_TEXT = pl.lit(None, pl.String)


def tabulation_rows(
    df: Any,
    codebook: Codebook | None = None,
    study: Study = UNNAMED,
    *,
    domain: Domain,
) -> pl.DataFrame:
    """Give the visits of a frame as rows of RS or QS, in the order of patients, visits and items.

    `df` is eager, of polars or pandas, and read by the codebook as `sledai.frame.by_visit` reads
    it; `study` says what is not in the answers. Columns are those of `variables(domain)`.

    Raises `InvalidInputError` for another domain, for days in place of dates, and as `by_visit`
    does.

    Source: SDTMIG 3.4, specifications of RS and QS, as reproduced; drafts of CDISC's supplements
    for instruments, for items that were not done and for scores that are not there.

    >>> visits = pl.DataFrame({
    ...     "id": ["A"], "seen": ["2024-01-16"], "rash": [True], "fever": [None]
    ... })
    >>> book = Codebook(
    ...     visit={"subject": "id", "date": "seen"},
    ...     descriptors={"absent": set(Descriptor) - {"rash", "fever"}},
    ... )
    >>> rows = tabulation_rows(visits, book, Study(name="S1"), domain="RS")
    >>> rows.filter(pl.col("RSTESTCD").is_in(["SLED115", "SLED122"])).select(
    ...     "RSTEST", "RSORRES", "RSSTRESN", "RSSTAT").rows()
    [('SLED1-Rash', 'PRESENT', 2, None), ('SLED1-Fever', None, None, 'NOT DONE')]
    """
    name = require_domain(domain)
    visits = StudyVisits.of(df, codebook, study).table
    category = study.rated_by.value
    rows = [_item(visits, place, d) for place, d in enumerate(Descriptor)]
    rows += [_score(visits, len(Descriptor) + n, score) for n, score in enumerate(SCORES)]
    table = pl.concat(rows).sort(PATIENT, DATE, _ORDER)
    shared = {
        "DOMAIN": pl.lit(name),
        "--SEQ": pl.int_range(1, pl.len() + 1).over(PATIENT),
        "--CAT": pl.lit(category),
        "--DTC": pl.col(DATE).dt.to_string("%Y-%m-%d"),
        "--DY": pl.col(DAY),
        "--EVLINT": pl.lit(EVALUATION_INTERVAL),
    }
    table = table.with_columns(**shared)
    table = table.rename({c: prefixed(name, c) for c in table.columns if c.startswith("--")})
    return as_dataset(table, name)


def _row(place: int, test: Test, **results: pl.Expr) -> list[pl.Expr]:
    named = {
        "--TESTCD": pl.lit(test.code),
        "--TEST": pl.lit(test.name),
        "--SCAT": pl.lit(test.subcategory, pl.String),
        _ORDER: pl.lit(place),
    } | {f"--{result}": value for result, value in results.items()}
    shared = (PATIENT, "STUDYID", "USUBJID", "VISITNUM", "VISIT", DATE, DAY)
    return [*map(pl.col, shared), *(value.alias(column) for column, value in named.items())]


def _item(visits: pl.DataFrame, place: int, descriptor: Descriptor) -> pl.DataFrame:
    answer, points = pl.col(descriptor.value), pl.lit(descriptor.weight, pl.Int64)
    scored = pl.when(answer).then(points).when(~answer).then(pl.lit(0, pl.Int64))
    undone = answer.is_null()
    return visits.select(
        _row(
            place,
            ITEMS[descriptor],
            ORRES=pl.when(answer).then(pl.lit(PRESENT)).when(~answer).then(pl.lit(ABSENT)),
            STRESC=scored.cast(pl.String),
            STRESN=scored,
            STAT=pl.when(undone).then(pl.lit(NOT_DONE)),
            REASND=pl.when(undone).then(pl.col(REASON)),
            DRVFL=_NO_TEXT,
        )
    )


def _score(visits: pl.DataFrame, place: int, score: str) -> pl.DataFrame:
    points, captured = pl.col(score), pl.col(CAPTURED[score])
    return visits.filter(points.is_not_null()).select(
        _row(
            place,
            SCORES[score],
            ORRES=points.cast(pl.String),
            STRESC=points.cast(pl.String),
            STRESN=points,
            STAT=_NO_TEXT,
            REASND=_NO_TEXT,
            DRVFL=pl.when(captured.is_null()).then(pl.lit("Y")),
        )
    )


def codebook(
    domain: Domain, *, edition: Edition | str | None = None, keeping: Sequence[str] = ()
) -> Codebook:
    """Give the codebook by which rows of RS or QS are read, by their codes and words.

    With it every function of `sledai.frame`, and the command line, takes such rows. Rows of one
    patient, date and category are a visit. Rows of other tests are left out, derived scores too,
    and so are those of other editions where `edition` names the one to read. `keeping` names
    variables that are the same in all rows of a visit, as VISITNUM and VISIT, and are columns of
    what is read; they are empty in no row. A score that was recorded is read where its code is
    stated, as in `.stating({"recorded": {"total": "SLEDTOT"}})`.

    Raises `InvalidInputError` for another domain, another edition, and for what are no names.

    >>> codebook("QS", keeping=["VISIT"]).lines()["long"]
    {'visit': ['USUBJID', 'QSDTC', 'QSCAT', 'VISIT'], 'item': 'QSTESTCD', 'answer': 'QSORRES'}
    """
    name = require_domain(domain)
    require_several(keeping, "keeping", "a list of variables")
    subject, category = "USUBJID", prefixed(name, "--CAT")
    when, item = prefixed(name, "--DTC"), prefixed(name, "--TESTCD")
    tests = [test.code for test in (*ITEMS.values(), *SCORES.values())]
    of_edition = {} if edition is None else {category: [edition_named(edition).value]}
    return Codebook(
        file={"missing": [""]},  # all that a transport file has for nothing
        rows={"only_where": {item: tests, prefixed(name, "--DRVFL"): [""], **of_edition}},
        long={
            "visit": [subject, when, category, *keeping],
            "item": item,
            "answer": prefixed(name, "--ORRES"),
        },
        visit={"subject": subject, "date": when},
        answers={"present": [PRESENT], "absent": [ABSENT]},
        descriptors={d: test.code for d, test in ITEMS.items()},
    )
