"""Entry rules as rows in tests/spec/trials.csv say them: plain code, and not the library's."""

import spec_tables

Kind = tuple[int, bool, bool]  # points that count, whether one of `one_of`, in the total alone


def row_of(registry_id: str) -> dict[str, str]:
    (row,) = (r for r in spec_tables.rows("trials.csv") if r["registry_id"] == registry_id)
    return row


def kinds_of(row: dict[str, str]) -> dict[Kind, list[str]]:
    """The descriptors that a rule sees alike."""
    kinds: dict[Kind, list[str]] = {}
    beside = row["clinical_excluding"].split(";") if row["clinical_excluding"] else []
    for name in spec_tables.NAMES:
        counts = name not in row["uncounted"].split(";")
        asked_for = name in row["one_of"].split(";")
        if counts or asked_for:
            weight = spec_tables.WEIGHTS[name] if counts else 0
            kind = (weight, asked_for, name in (beside or spec_tables.SEROLOGIC))
            kinds.setdefault(kind, []).append(name)
    return kinds


def met(row: dict[str, str], clinical: int, beside: int, *, one_there: bool) -> bool:
    """The rule as its row says; where serology is asked for, nothing else is beside it."""
    total = clinical + beside
    if not int(row["least_total"] or 0) <= total <= int(row["most_total"] or 105):
        return False
    if beside < int(row["least_serologic"] or 0) or (row["one_of"] and not one_there):
        return False
    if row["clinical_applies"] == "serology scored" and not beside:
        return True
    return clinical >= int(row["least_clinical"] or 0)
