"""Visits in the data sets of CDISC: rows of SDTM, analysis rows of ADaM, and files of both.

They adapt: what they hold is computed by `sledai.frame` and `sledai.indices`. Needs the extra
`frame`; SAS transport files need `stat`.
"""

from sledai.errors import extra_advice

try:
    from sledai.cdisc.analysis import analysis_rows
    from sledai.cdisc.datasets import DATASETS, Dataset, variables
    from sledai.cdisc.events import event_rows
    from sledai.cdisc.planned import Plan
    from sledai.cdisc.study_visits import Study
    from sledai.cdisc.tabulation import codebook, tabulation_rows
    from sledai.cdisc.variables import Domain, Origin, Type, Variable
    from sledai.cdisc.writing import write
except ModuleNotFoundError as error:
    error.msg = extra_advice("sledai.cdisc", error.name, "frame")
    raise

__all__ = [
    "DATASETS",
    "Dataset",
    "Domain",
    "Origin",
    "Plan",
    "Study",
    "Type",
    "Variable",
    "analysis_rows",
    "codebook",
    "event_rows",
    "tabulation_rows",
    "variables",
    "write",
]


def __dir__() -> list[str]:
    return __all__
