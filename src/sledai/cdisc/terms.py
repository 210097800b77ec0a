"""The codes and words in the rows: tests of SDTM and parameters of ADaM, each a row.

No list of CDISC with codes for any edition of the SLEDAI was found, so these are defined here, in
the shape of the rules for names of such instruments: a few letters, 1, and the number on the form.
Whether CDISC publishes any could not be verified; `CODES_ARE` says so beside them. Needs the extra
`frame`.
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import NamedTuple

import polars as pl

from sledai.definitions import OBSERVATION_WINDOW, Edition
from sledai.descriptors import Descriptor
from sledai.frame.result_columns import (
    BASELINE_COLUMNS,
    SCORE_COLUMNS,
    response_column,
)
from sledai.indices.missing_visits import Missing
from sledai.indices.sri import FALLS, name_of
from sledai.indices.states import STATES, Readings
from sledai.sources import ADAM_TERMINOLOGY, ADAMIG, QRS_DRAFTS, Citation, Read
from sledai.verdict import Verdict

__all__ = [
    "ABSENT",
    "CODES_ARE",
    "DERIVATION_TYPES",
    "EVALUATION_INTERVAL",
    "ITEMS",
    "NOT_DONE",
    "NOT_DONE_CITATION",
    "PRESENT",
    "SCORES",
    "VERDICT",
    "DerivationType",
    "Parameter",
    "Test",
    "code_of",
    "parameters",
    "verdict_values",
]

CODES_ARE = "sponsor-defined; no codes of CDISC for the SLEDAI were found"
"""What the codes of tests and parameters are."""

PRESENT, ABSENT, NOT_DONE = "PRESENT", "ABSENT", "NOT DONE"

NOT_DONE_CITATION = Citation(QRS_DRAFTS, "COMFORT-B, items with no data", Read.IN_WORK)
"""Where an item without data is a record with NOT DONE, and an absent derived score is none."""

EVALUATION_INTERVAL = f"-P{OBSERVATION_WINDOW.days}D"
"""The window of the instrument as ISO 8601 has a time before a date."""


_NAMED = "SLED1-"
"""What stands before the name of each test: RS and QS hold many instruments."""


class Test(NamedTuple):
    """A test of SDTM: its code of at most 8 characters, its name of at most 40, its subcategory."""

    code: str
    name: str
    subcategory: str | None


ITEMS: Mapping[Descriptor, Test] = {
    d: Test(f"SLED1{d.number:02}", f"{_NAMED}{d.label}", d.system.label.upper()) for d in Descriptor
}
"""The tests of the 24 items, in form order."""

SCORES = {
    "total_score": Test("SLEDTOT", f"{_NAMED}Total score", None),
    "clinical_score": Test("SLEDCLIN", f"{_NAMED}Clinical score", None),
}
"""The tests of the scores, by the field of a visit that can hold a recorded one."""


class DerivationType(NamedTuple):
    """A value of DTYPE, and where it is published; None where it is defined here."""

    code: str
    citation: Citation | None


DERIVATION_TYPES: dict[Missing, DerivationType] = {
    "last observation carried forward": DerivationType(
        "LOCF", Citation(ADAMIG, "DTYPE, examples", Read.IN_REPRODUCTION, "CDISC's wiki")
    ),
    "non-responder": DerivationType("NRI", None),
    "worst case": DerivationType("WC", Citation(ADAM_TERMINOLOGY, "DTYPE", Read.NOT_READ)),
}
"""What DTYPE says of a value that counts by a way in place of a missing one."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Parameter:
    """A parameter of the analysis data set: code, name, and the result column that it holds.

    `has_change` where its change from baseline is one number; `is_since` where it is about that
    change, so that there are no rows up to the baseline; `is_verdict` where it is met or not.
    """

    code: str
    name: str
    column: str
    has_change: bool = False
    is_since: bool = False
    is_verdict: bool = False


_SCORE_CODES = {
    "sledai_total": "SLEDAI",
    "sledai_clinical": "SLEDAIC",
    "sledai_low": "SLEDLO",
    "sledai_high": "SLEDHI",
    "sledai_clinical_low": "SLEDCLO",
    "sledai_clinical_high": "SLEDCHI",
}
_CHANGE_CODES = {
    "sledai_baseline_change_low": "SLCHGLO",
    "sledai_baseline_change_high": "SLCHGHI",
    "sledai_baseline_clinical_change_low": "SLCCHGLO",
    "sledai_baseline_clinical_change_high": "SLCCHGHI",
    "sledai_baseline_percent_low": "SLPCTLO",
    "sledai_baseline_percent_high": "SLPCTHI",
}


def parameters(readings: Readings, edition: Edition, *, baseline: bool) -> tuple[Parameter, ...]:
    """Give the parameters: scores, their bounds, states, and with a baseline change and SRI-n.

    Raises `InvalidInputError` for the edition of 1992 with a baseline, on which SRI is not in use.

    >>> [p.code for p in parameters(Readings(), Edition.SELENA, baseline=False)]
    ['SLEDAI', 'SLEDAIC', 'SLEDLO', 'SLEDHI', 'SLEDCLO', 'SLEDCHI', 'LLDAS', 'DORIS']
    """
    since = tuple(_since(edition)) if baseline else ()
    return (*_scores(edition), *_states(readings), *since)


def _scores(edition: Edition) -> Iterator[Parameter]:
    for column, code in _SCORE_CODES.items():
        yield Parameter(
            code=code,
            name=f"{edition}: {_meaning(SCORE_COLUMNS[column].meaning)}",
            column=column,
            has_change=column in {"sledai_total", "sledai_clinical"},
        )


def _states(readings: Readings) -> Iterator[Parameter]:
    for state in map(STATES.__getitem__, readings.states):
        yield Parameter(
            code=code_of(state.name),
            name=f"{state.name}: {state.meaning}",
            column=state.column,
            is_verdict=True,
        )


def _since(edition: Edition) -> Iterator[Parameter]:
    for column, code in _CHANGE_CODES.items():
        meaning = _meaning(BASELINE_COLUMNS[column].meaning)
        since = "" if "baseline" in meaning else " from baseline"
        name = f"{edition}: {meaning}{since}"
        yield Parameter(code=code, name=name, column=column, is_since=True)
    for n in FALLS:
        yield Parameter(
            code=f"SRI{n}",
            name=f"{name_of(n, edition)}: response",
            column=response_column(n),
            is_since=True,
            is_verdict=True,
        )


VERDICT: dict[str, pl.DataType] = {"AVAL": pl.Float64(), "AVALC": pl.String()}
_VALUES = {Verdict.MET: (1.0, "Y"), Verdict.NOT_MET: (0.0, "N"), Verdict.UNDETERMINED: (None, None)}


def verdict_values(verdict: Verdict) -> dict[str, object]:
    """Give what AVAL and AVALC hold of a verdict; nothing of one that is open.

    >>> verdict_values(Verdict.NOT_MET)
    {'AVAL': 0.0, 'AVALC': 'N'}
    """
    return dict(zip(VERDICT, _VALUES[verdict], strict=True))


def _meaning(said: str) -> str:
    return said.partition(";")[0].partition(", in the same way")[0]


def code_of(state: str) -> str:
    """Give the code of a state, of at most 6 characters: its name, or else its initials.

    >>> [code_of(name) for name in ("DORIS", "DORIS 2017 complete", "cCR-0")]
    ['DORIS', 'D17C', 'CCR0']
    """
    words = re.findall(r"[a-z]+|[0-9]+", state.lower())
    whole = "".join(words)
    if len(whole) <= _SHORT:
        return whole.upper()
    return "".join(word[-2:] if word.isdigit() else word[0] for word in words).upper()


_SHORT = 6
"""Characters of a state's code, so that what stands before and behind it fits into 8."""
