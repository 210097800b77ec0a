"""What is no answer, no name, no score or no amount, and must not be made into one."""

from collections.abc import Iterator
from typing import Any

from conformance.vector import THEMSELVES, Vector, answers
from spec_tables import NAMES

WHOLE = dict.fromkeys(NAMES, False)
ANSWER = "an answer is true, false or null, and nothing else"


def refused(ask: str, asked: dict[str, Any], note: str, locator: str) -> Vector:
    return Vector(
        kind="refusals",
        ask=ask,
        input=asked,
        expect="refused",
        note=note,
        publication=THEMSELVES,
        locator=f"refusals: {locator}",
    )


def refusals() -> Iterator[Vector]:
    for part in (answers_refused, names_refused, scores_refused, findings_refused, visits_refused):
        yield from part()


def answers_refused() -> Iterator[Vector]:
    no_answers: tuple[Any, ...] = (1, 0, 8, 1.0, "yes", "no", "true", "", "NaN", "8", [True], {})
    for value in no_answers:
        for ask in ("total", "bounds"):
            asked = {"answers": {"others": False, "vasculitis": value}}
            yield refused(ask, asked, f"vasculitis: {value!r}", ANSWER)
    for name in ("seizure", "leukopenia"):
        missing = {other: answer for other, answer in WHOLE.items() if other != name}
        for ask in ("total", "clinical", "bounds"):
            yield refused(
                ask,
                {"answers": missing},
                f"no answer for {name}, and nothing is said of others",
                "silence is not absence",
            )
    for others in (0, 1, "no"):
        asked = {"answers": {"others": others}}
        yield refused("total", asked, f"others: {others!r}", ANSWER)


def names_refused() -> Iterator[Vector]:
    asked: dict[str, Any]
    for name in ("raynaud", "artritis", "anemia", "low complement ", "total", ""):
        asked = {"answers": {**answers({"rash"}), name: True}}
        yield refused("total", asked, f"{name!r} is no descriptor", "no name outside the 24")
        asked = {"answers": answers({"rash"}), "excluding": [name]}
        yield refused("clinical", asked, f"without {name!r}", "no name outside the 24")
    for trial in ("NCT00000000", "", "relma-cel"):
        asked = {"trial": trial, "answers": answers({"seizure"})}
        yield refused("verdict", asked, f"trial {trial!r}", "no rule that is not in the catalog")


def scores_refused() -> Iterator[Vector]:
    no_visit_has = (
        (8, 7, "no serologic points are 1"),
        (8, 9, "a clinical score above the total"),
        (10, 4, "serologic points are 4 at most"),
        (106, 102, "above 105"),
        (-1, -1, "below 0"),
        (8.5, 8.5, "no whole number"),
        ("8", "8", "text"),
        (True, True, "no number"),
        (103, 103, "a clinical score above 101"),
    )
    for total, clinical, note in no_visit_has:
        asked = {"trial": "NCT05765006", "scores": {"total": total, "clinical": clinical}}
        yield refused("verdict", asked, note, "no scores that no visit can have")


def findings_refused() -> Iterator[Vector]:
    no_findings: tuple[tuple[dict[str, Any], str], ...] = (
        ({"platelets": 92}, "a number without a unit"),
        ({"platelets": "92"}, "text without a unit"),
        ({"platelets": "NaN K/uL"}, "no number"),
        ({"platelets": "inf K/uL"}, "no number"),
        ({"platelets": "1e400 K/uL"}, "no number of platelets"),
        ({"platelets": "92 parsecs"}, "no unit"),
        ({"platelets": "92 mg/dL"}, "a unit of something else"),
        ({"platelets": "-92 K/uL"}, "below 0"),
        ({"platelets": "92,5 K/uL"}, "a decimal comma"),
        ({"platelets": True}, "no amount"),
        ({"platelet_count": "92 K/uL"}, "no finding of this name"),
    )
    for findings, note in no_findings:
        asked = {
            "edition": "SELENA-SLEDAI",
            "descriptor": "thrombocytopenia",
            "findings": findings,
        }
        yield refused("descriptor", asked, note, "no amount without a number and its unit")
    for edition in ("SLEDAI", "SLEDAI-3K", ""):
        asked = {
            "edition": edition,
            "descriptor": "thrombocytopenia",
            "findings": {"platelets": "92 K/uL"},
        }
        yield refused("descriptor", asked, f"edition {edition!r}", "no edition that is not named")
    for value in (2, "yes", "NaN"):
        asked = {"edition": "SELENA-SLEDAI", "descriptor": "rash", "findings": {"rash": value}}
        yield refused("descriptor", asked, f"rash: {value!r}", ANSWER)


def visits_refused() -> Iterator[Vector]:
    visit = {"date": "2024-03-01", "answers": answers({"rash"}), "physician_global": 0.2}
    no_visits: tuple[tuple[list[dict[str, Any]], str], ...] = (
        ([{**visit, "physician_global": 3.1}], "a physician's global assessment above 3"),
        ([{**visit, "physician_global": "NaN"}], "a physician's global assessment of NaN"),
        ([{**visit, "prednisone_mg_day": -5}], "a dose below 0"),
        ([{**visit, "total_score": 8}], "a recorded total that the answers cannot give"),
        ([{**visit, "date": "2024-02-30"}], "no date"),
        ([{**visit, "maintenance_doses": 1}], "no answer"),
        ([{**visit, "pga": 1}], "no field of a visit"),
    )
    for visits, note in no_visits:
        asked = {"index": "DORIS", "parameters": {}, "visits": visits}
        yield refused("index", asked, note, "no visit that cannot be")
    swapped = [visit, {**visit, "date": "2024-02-01"}]
    for index in ("LLDAS", "SFI", "BICLA", "SRI"):
        asked = {"index": index, "parameters": {}, "visits": swapped}
        yield refused("index", asked, "the earlier visit second", "no visits out of order")
    asked = {"index": "remission", "parameters": {}, "visits": [visit]}
    yield refused("index", asked, "no index of this name", "no index that is not named")
