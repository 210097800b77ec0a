"""The data sets, each a row with its variables: writers, checks and the reference read this table.

Needs no engine.
"""

from dataclasses import dataclass, replace

from sledai.cdisc.variables import MOST_TEXT, Domain, Variable, number, prefixed, text
from sledai.definitions import OBSERVATION_WINDOW
from sledai.displays import Displayed
from sledai.errors import InvalidInputError
from sledai.indices.sri import FALLS
from sledai.sources import ADAMIG, SDTMIG, Citation, Read

__all__ = ["DATASETS", "Dataset", "dataset_named", "variables"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Dataset(Displayed):
    """A data set: name, label, what a row is, the variables that tell rows apart, and all of them.

    >>> DATASETS["ADTTE"].structure
    'one record per subject per event per bound'
    """

    name: str
    label: str
    structure: str
    keys: tuple[str, ...]
    variables: tuple[Variable, ...]
    citation: Citation

    def _headline(self) -> str:
        return f"{self.name}: {self.label}, {self.structure}; {len(self.variables)} variables"


_STUDYID = text("STUDYID", "Study Identifier", MOST_TEXT, "Assigned", "as stated; empty without")
_USUBJID = text(
    "USUBJID", "Unique Subject Identifier", MOST_TEXT, "Assigned", "the column of the patient"
)

_LABELS: dict[str, dict[Domain, str]] = {
    "--TESTCD": {"RS": "Assessment Short Name", "QS": "Question Short Name"},
    "--TEST": {"RS": "Assessment Name", "QS": "Question Name"},
    "--CAT": {"RS": "Category for Assessment", "QS": "Category of Question"},
    "--SCAT": {"RS": "Subcategory", "QS": "Subcategory for Question"},
    "--ORRES": {"RS": "Result or Finding in Original Units", "QS": "Finding in Original Units"},
    "--STRESN": {
        "RS": "Numeric Result/Finding in Standard Units",
        "QS": "Numeric Finding in Standard Units",
    },
    "--REASND": {"RS": "Reason Not Done", "QS": "Reason Not Performed"},
    "--DTC": {"RS": "Date/Time of Assessment", "QS": "Date/Time of Finding"},
    "--DY": {"RS": "Study Day of Assessment", "QS": "Study Day of Finding"},
}
"""The labels that differ between the two domains."""


def _tabulation(domain: Domain) -> tuple[Variable, ...]:
    def label(name: str) -> str:
        return _LABELS[name][domain]

    rows = (
        _STUDYID,
        text("DOMAIN", "Domain Abbreviation", 2, "Assigned", "the domain"),
        _USUBJID,
        number("--SEQ", "Sequence Number", "Derived", "1, 2, 3, ... within the subject"),
        text("--TESTCD", label("--TESTCD"), 8, "Assigned", "the code of the item or score"),
        text("--TEST", label("--TEST"), 40, "Assigned", "its name"),
        text("--CAT", label("--CAT"), 40, "Assigned", "the edition of the instrument"),
        text("--SCAT", label("--SCAT"), 40, "Assigned", "the organ system of an item"),
        text(
            "--ORRES",
            label("--ORRES"),
            40,
            "Collected",
            "of an item PRESENT or ABSENT; of a score its points, recorded or derived",
        ),
        text(
            "--STRESC",
            "Character Result/Finding in Std Format",
            8,
            "Derived",
            "the points",
        ),
        number("--STRESN", label("--STRESN"), "Derived", "the points"),
        text(
            "--STAT",
            "Completion Status",
            8,
            "Derived",
            "NOT DONE where an item was not assessed",
        ),
        text(
            "--REASND",
            label("--REASND"),
            MOST_TEXT,
            "Collected",
            "the column of the reason, of items that were not assessed",
        ),
        text("--DRVFL", "Derived Flag", 1, "Derived", "Y for a score that is computed"),
        number(
            "VISITNUM",
            "Visit Number",
            "Assigned",
            "the column of the visit's number; without it 1, 2, 3, ... by date within the subject, "
            "or empty where a column has the visit's name",
            "float",
        ),
        text("VISIT", "Visit Name", MOST_TEXT, "Assigned", "the column of the visit's name"),
        Variable(
            name="--DTC",
            label=label("--DTC"),
            type="ISO 8601",
            length=10,
            origin="Collected",
            source="the date of the visit",
        ),
        number(
            "--DY",
            label("--DY"),
            "Derived",
            "days from the reference date, which is day 1; there is no day 0",
        ),
        text(
            "--EVLINT",
            "Evaluation Interval",
            8,
            "Assigned",
            f"the {OBSERVATION_WINDOW.days} days before the visit",
        ),
    )
    return tuple(replace(row, name=prefixed(domain, row.name)) for row in rows)


def _criteria() -> tuple[Variable, ...]:
    found: list[Variable] = []
    for place, points in enumerate(FALLS, 1):
        found += [
            text(
                f"CRIT{place}",
                f"Analysis Criterion {place}",
                40,
                "Assigned",
                f"SRI-{points} by its name, of rows of the total where a baseline is stated",
            ),
            text(
                f"CRIT{place}FL",
                f"Criterion {place} Evaluation Result Flag",
                1,
                "Derived",
                f"Y where SRI-{points} is met, N where it is not, empty where it is open and up "
                "to the baseline",
            ),
        ]
    return tuple(found)


_ASEQ = number("ASEQ", "Analysis Sequence Number", "Derived", "1, 2, 3, ... within the subject")
_PARAMCD = text("PARAMCD", "Parameter Code", 8, "Assigned", "the code of the parameter")
_PARAM = text("PARAM", "Parameter", MOST_TEXT, "Assigned", "its name")

_ANALYSIS = (
    _STUDYID,
    _USUBJID,
    _ASEQ,
    _PARAMCD,
    _PARAM,
    number("PARAMN", "Parameter (N)", "Assigned", "the place of the parameter, from 1"),
    text(
        "AVISIT",
        "Analysis Visit",
        MOST_TEXT,
        "Assigned",
        "the planned visit; else the visit's name, or Visit 1, Visit 2, ... without one",
    ),
    number(
        "AVISITN",
        "Analysis Visit (N)",
        "Assigned",
        "its number; of planned visits their place in time, where the baseline is 0",
        "float",
    ),
    number("ADT", "Analysis Date", "Derived", "the date of the visit", "date"),
    number(
        "ADY",
        "Analysis Relative Day",
        "Derived",
        "days from the reference date, or else from the baseline, which is day 1; there is no "
        "day 0",
    ),
    number(
        "AVAL",
        "Analysis Value",
        "Derived",
        "the number; 1 for met and 0 for not met; empty where it is open",
        "float",
    ),
    text("AVALC", "Analysis Value (C)", 1, "Derived", "Y for met, N for not met, empty where open"),
    number("BASE", "Baseline Value", "Derived", "AVAL at the baseline", "float"),
    number(
        "CHG",
        "Change from Baseline",
        "Derived",
        "AVAL - BASE, after the baseline, of total and clinical score",
        "float",
    ),
    number(
        "PCHG",
        "Percent Change from Baseline",
        "Derived",
        "100 * CHG / BASE, empty where BASE is 0",
        "float",
    ),
    text("ABLFL", "Baseline Record Flag", 1, "Derived", "Y at the baseline"),
    text(
        "ANL01FL",
        "Analysis Flag 01",
        1,
        "Derived",
        "Y for the one record that stands for its analysis visit",
    ),
    text(
        "DTYPE",
        "Derivation Type",
        8,
        "Derived",
        "LOCF, WC or NRI where a missing answer counts so",
    ),
    *_criteria(),
    number(
        "AWTARGET", "Analysis Window Target", "Assigned", "of a planned visit, numbered as ADY is"
    ),
    number("AWLO", "Analysis Window Beginning Timepoint", "Assigned", "its first day"),
    number("AWHI", "Analysis Window Ending Timepoint", "Assigned", "its last day"),
    text("AWU", "Analysis Window Unit", 8, "Assigned", "DAYS, of a planned visit"),
)

_EVENTS = (
    _STUDYID,
    _USUBJID,
    _ASEQ,
    _PARAMCD,
    _PARAM,
    number(
        "STARTDT",
        "Time-to-Event Origin Date for Subject",
        "Derived",
        "the baseline; of a loss the first visit in the state",
        "date",
    ),
    number("ADT", "Analysis Date", "Derived", "of the event, or of the last visit", "date"),
    number("AVAL", "Analysis Value", "Derived", "days from STARTDT to ADT", "float"),
    Variable(
        name="AVALU",
        label="Analysis Value Unit",
        type="text",
        length=8,
        origin="Assigned",
        source="DAYS",
        standard=False,
    ),
    number("CNSR", "Censor", "Derived", "0 for an event, 1 for none by the last visit"),
    text("EVNTDESC", "Event or Censoring Description", MOST_TEXT, "Derived", "in words"),
)

_TABLES = Citation(SDTMIG, "specifications of RS and QS", Read.IN_REPRODUCTION, "CDISC's wiki")
_BDS = Citation(ADAMIG, "tables of section 3.3", Read.IN_REPRODUCTION, "CDISC's wiki")

DATASETS = {
    dataset.name: dataset
    for dataset in (
        Dataset(
            name="RS",
            label="Disease Response and Clin Classification",
            structure="one record per subject per visit per item or score",
            keys=("STUDYID", "USUBJID", "RSTESTCD", "VISITNUM", "RSDTC"),
            variables=_tabulation("RS"),
            citation=_TABLES,
        ),
        Dataset(
            name="QS",
            label="Questionnaires",
            structure="one record per subject per visit per item or score",
            keys=("STUDYID", "USUBJID", "QSTESTCD", "VISITNUM", "QSDTC"),
            variables=_tabulation("QS"),
            citation=_TABLES,
        ),
        Dataset(
            name="ADSLEDAI",
            label="SLEDAI Analysis Dataset",
            structure="one record per subject per parameter per visit",
            keys=("STUDYID", "USUBJID", "PARAMCD", "ADT", "AVISIT", "DTYPE"),
            variables=_ANALYSIS,
            citation=_BDS,
        ),
        Dataset(
            name="ADTTE",
            label="Time-to-Event Analysis Dataset",
            structure="one record per subject per event per bound",
            keys=("STUDYID", "USUBJID", "PARAMCD"),
            variables=_EVENTS,
            citation=_BDS,
        ),
    )
}
"""The data sets, by name."""


def dataset_named(name: str) -> Dataset:
    """Find a data set by its name, in any case.

    Raises `InvalidInputError` for another one.

    >>> dataset_named("adsledai").label
    'SLEDAI Analysis Dataset'
    """
    found = DATASETS.get(str(name).upper())
    if found is None:
        raise InvalidInputError.found(name, DATASETS, "dataset")
    return found


def variables(dataset: str) -> tuple[Variable, ...]:
    """Give the variables of a data set, by its name in any case, in their order.

    Raises `InvalidInputError` for another one.

    Source: SDTMIG and ADaMIG, as reproduced; `Variable.standard` says what is in neither.

    >>> variables("RS")[4].name, variables("RS")[4].label, variables("RS")[4].length
    ('RSTESTCD', 'Assessment Short Name', 8)
    """
    return dataset_named(dataset).variables
