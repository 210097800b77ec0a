"""What else the columns of a visit hold: the patient, the date, the fields, recorded scores."""

import re
from collections.abc import Mapping
from datetime import datetime

from sledai.codebook.fields import ALIASES, FIELDS, SCALED
from sledai.codebook.names import plain_name
from sledai.codebook.proposal.draft import Draft
from sledai.codebook.proposal.sample import Column, Sample
from sledai.codebook.toml import toml_value
from sledai.errors import shorten
from sledai.quantities import UNITS, converted, plausible, written
from sledai.scoring import MAX_TOTAL
from sledai.visits.visit import MOST_GLOBAL

__all__ = ["propose_fields", "propose_findings", "propose_recorded", "propose_visit"]

SUBJECTS = (
    *("usubjid", "subjid", "subject_id", "subject", "patient_id", "patientid", "patient", "pat_id"),
    *("pt_id", "ptid", "ptno", "pt_no", "patient_no", "participant_id", "participant", "pid"),
    *("id_paciente", "paciente", "patientennummer", "record_id", "person_id", "studynumber"),
    *("study_id", "studyid", "case_id", "mrn", "id"),
)
"""Names of the column of the patient, the surest first."""

_VISIT_DATE = re.compile("visit|assess|exam|sledai|fecha_v|datum|asd|dtc|vdate|^date$|^fecha$")
FORMATS = (
    *("%d/%m/%Y", "%m/%d/%Y", "%d.%m.%Y", "%d-%m-%Y", "%m-%d-%Y", "%Y/%m/%d", "%Y%m%d"),
    *("%d-%b-%Y", "%d%b%Y", "%d %b %Y", "%d/%m/%y", "%m/%d/%y", "%d.%m.%y", "%d-%b-%y"),
)
"""Formats of dates that are tried beside that of ISO 8601."""
_DAYS = re.compile("day|study_day|vsdy|qsdy|rsdy|visitdy|visit_day|dy")
_WEEKS = re.compile("week|wk|visit_week|study_week")
_SHARE = 0.95  # of the cells of a column of dates are dates
_TOTAL = re.compile("tot|score|result|sum|^c?sledai$")
_CLINICAL = re.compile("clin|csledai")

ANALYTE_NAMES = {
    "platelets": "platelets|plt|plts|platelet_count|thrombocytes",
    "white_cells": "wbc|white_cells|white_cell_count|white_blood_cells|leukocytes|leucocytes",
    "temperature": "temp|temperature",
    "urine_protein_24h": "urine_protein|protein_24h|proteinuria_24h|urine_protein_24h",
    "c3": "c3",
    "c4": "c4",
    "ch50": "ch50",
    "anti_dsdna": "anti_dsdna|dsdna|anti_dna|dna|ds_dna|antidsdna",
}
"""Names, as they are compared, of columns that may hold a laboratory value."""


def propose_visit(draft: Draft, sample: Sample) -> None:
    """Say which columns hold the patient and the date, and how dates are written."""
    plain = {name: plain_name(name) for name in draft.free(sample.columns)}
    known = [name for wanted in SUBJECTS for name, text in plain.items() if text == wanted]
    if known:
        repeated = [n for n in known if len(sample.columns[n].counts) < sample.columns[n].filled]
        subject = (repeated or known)[0]
        column = sample.columns[subject]
        said = f"cells: {column.filled:,}, of different texts: {len(column.counts):,}"
        draft.say("visit", "subject", subject, said, [subject])
    dates = {
        name: formats
        for name in draft.free(sample.columns)
        if (formats := _formats(sample.columns[name]))
    }
    _propose_date(draft, sample, dates)
    if not dates:
        _propose_day(draft, sample, plain)


def _propose_date(draft: Draft, sample: Sample, dates: Mapping[str, Mapping[str, int]]) -> None:
    named = [name for name in dates if _VISIT_DATE.search(plain_name(name))]
    one = list(dates) if len(dates) == 1 else named
    if len(one) != 1:
        if dates:
            said = f"which is the date of the visit: {', '.join(map(shorten, dates))}?"
            draft.ask("visit", "date", said, columns=dates)
        return
    (name,) = one
    column, formats = sample.columns[name], dates[name]
    best = max(formats.values())
    fits = [form for form, count in formats.items() if count == best]
    said = f"{best:,} of {column.filled:,} cells are dates"
    draft.say("visit", "date", name, said, dates)
    if len(fits) > 1:
        draft.ask(
            "visit",
            "date_format",
            f"{' and '.join(fits)} fit all of {shorten(name)}, such as "
            f"{shorten(next(iter(column.spelled.values())))}",
        )
    elif fits != [""]:
        draft.say("visit", "date_format", fits[0], said)


def _formats(column: Column) -> dict[str, int]:
    """Say how many cells are dates, by format; "" is that of ISO 8601."""
    found: dict[str, int] = {}
    needed = _SHARE * column.filled
    for form in ("", *FORMATS):
        count = sum(n for text, n in column.counts.items() if _is_date(text, form))
        if count and count >= needed:
            found[form] = count
    return {"": found[""]} if "" in found else found


def _is_date(text: str, form: str) -> bool:
    try:
        if form:
            datetime.strptime(text, form)  # noqa: DTZ007 - no time
        else:
            datetime.fromisoformat(text.upper())
    except ValueError:
        return False
    return form != "" or re.match(r"\d{4}-\d\d-\d\d", text) is not None


def _propose_day(draft: Draft, sample: Sample, plain: Mapping[str, str]) -> None:
    for pattern, unit in ((_DAYS, "days"), (_WEEKS, "weeks")):
        for name, text in plain.items():
            column = sample.columns[name]
            whole = all(re.fullmatch(r"-?\d+", said) for said in column.counts)
            if pattern.fullmatch(text) and column.filled and whole:
                said = f"whole numbers from {_ends(column)}"
                draft.say("visit", "day", name, said, [name])
                if unit != "days":
                    draft.say("visit", "day_unit", unit, "by its name")
                return


def _by_text(column: Column) -> dict[str, float]:
    """Give the numbers among the texts of a column, whatever stands before decimals."""
    numbers = {text: written(text.replace(",", ".")) for text in column.counts}
    return {text: float(number) for text, number in numbers.items() if number is not None}


def _numbers(column: Column) -> list[float]:
    return [*_by_text(column).values()]


def _ends(column: Column) -> str:
    texts = sorted((numbers := _by_text(column)), key=numbers.__getitem__)
    return f"{texts[0]} to {texts[-1]}"


def _all_numbers(column: Column) -> bool:
    return 0 < len(_by_text(column)) == len(column.counts)


def _mostly_numbers(column: Column) -> bool:
    """Whether all cells are numbers but for texts that stand for none, such as "not available"."""
    texts = _by_text(column)
    return len(texts) > 0 and 2 * sum(column.counts[text] for text in texts) > column.filled


def propose_fields(draft: Draft, sample: Sample) -> None:
    """Ask on which scale a global assessment is; others are only remarked, or read by name."""
    for name in draft.free(sample.columns):
        column, plain = sample.columns[name], plain_name(name)
        if plain in FIELDS:
            draft.named.append(name)
            draft.used.add(name)
        elif plain in ALIASES and _all_numbers(column):
            _ask_scale(draft, name, column)
        elif _all_numbers(column):
            for pattern, field, value in (
                ("predni|steroid|ster_?dose|glucocort", "prednisone_mg_day", name),
                ("global|_vas$|^vas_", SCALED, {"column": name, "scale": "?"}),
                ("^weight|_weight$", "weight_kg", name),
            ):
                if re.search(pattern, plain):
                    said = f"[fields] {field} = {toml_value(value)}"
                    draft.remarks.append(f"perhaps {said}  # numbers {_ends(column)}")
                    draft.used.add(name)
                    break


def _ask_scale(draft: Draft, name: str, column: Column) -> None:
    field, most = ALIASES[plain_name(name)], max(_numbers(column))
    said = f"numbers {_ends(column)}"
    scales = [[0, end] for end in (MOST_GLOBAL, 10, 100) if most <= end]
    if draft.asks("fields", field) or field in draft.sections.get("fields", {}):
        draft.remarks.append(f"{shorten(name)} may be {field} too: {said}")
    elif len(scales) == 1:
        draft.say("fields", field, {"column": name, "scale": scales[0]}, said, [name])
    else:
        accepted = ", ".join(map(str, scales)) or "0 to 3, 10 or 100 do not reach so far"
        value = {"column": name, "scale": "?"}
        draft.ask("fields", field, f"{said}; the scale: {accepted}?", value, [name])


def propose_recorded(draft: Draft, sample: Sample, *, sure: bool) -> None:
    """Say which columns hold recorded scores: first what is `sure` by its name, then the rest."""
    own = {"sledai_low", "sledai_high", "sledai_total"}
    if own <= sample.columns.keys():
        ours = [name for name in sample.columns if name.startswith("sledai_")]
        draft.say("recorded", "total", "sledai_total", "a result of this library", ours)
        return
    found = [
        name
        for name in draft.free(sample.columns)
        if "sledai" in plain_name(name)
        and _is_total(sample.columns[name])
        and (_TOTAL.search(plain_name(name)) if sure else _passes_one(sample.columns[name]))
    ]
    clinical = [name for name in found if _CLINICAL.search(plain_name(name))]
    for key, names in (
        ("total", [name for name in found if name not in clinical]),
        ("clinical", clinical),
    ):
        if key in draft.sections.get("recorded", {}) or draft.asks("recorded", key):
            continue
        if len(names) == 1:
            said = f"by its name; numbers {_ends(sample.columns[names[0]])}"
            draft.say("recorded", key, names[0], said, names)
        elif names:
            said = f"which of {', '.join(map(shorten, names))} is it?"
            draft.ask("recorded", key, said, columns=names)


def _is_total(column: Column) -> bool:
    numbers = _numbers(column)
    return _all_numbers(column) and all(0 <= n <= MAX_TOTAL and n == int(n) for n in numbers)


def _passes_one(column: Column) -> bool:
    return any(number > 1 for number in _numbers(column))


def propose_findings(draft: Draft, sample: Sample) -> None:
    """Remark which columns may hold laboratory values, and in which units they are plausible."""
    for name in draft.free(sample.columns):
        column = sample.columns[name]
        for analyte, names in ANALYTE_NAMES.items():
            if re.fullmatch(names, plain_name(name)) and _mostly_numbers(column):
                units = [unit for unit in UNITS[analyte] if _fits(analyte, unit, column)]
                beside = [n for n in sample.columns if n in {f"{name}_unit", f"{name}_units"}]
                unit = {"unit_column": beside[0]} if beside else {"unit": "?"}
                said = f"[findings] {analyte} = {toml_value({'column': name, **unit})}"
                draft.remarks.append(
                    f"perhaps {said}  # numbers {_ends(column)}; plausible in "
                    f"{', '.join(units) or 'no single unit'}"
                )
                draft.used |= {name, *beside}


def _fits(analyte: str, unit: str, column: Column) -> bool:
    least, most = (converted(analyte, end, unit) for end in plausible(analyte, unit))
    return all(n == 0 or least <= n <= most for n in _numbers(column))
