"""Descriptors and states of a cohort: how often each is present, and who is in which state when."""

from itertools import pairwise

from sledai.descriptors import Descriptor
from sledai.errors import InvalidInputError
from sledai.indices.course import between
from sledai.indices.report import SAID
from sledai.indices.states import STATES, Carry
from sledai.pictures.cohort_visits import Cohort, Drawn
from sledai.pictures.picture import Row
from sledai.pictures.style import (
    BLUE,
    FAINT,
    GREEN,
    GRID,
    HOLLOW,
    INK,
    WIDTH,
    Layer,
    Symbol,
    by_system,
    counted,
    layer,
    legend,
    panel,
    source_names,
    where,
)
from sledai.verdict import Verdict

__all__ = ["prevalence", "swimmer"]

_ROW = 18
_STATES = {
    "yes": Symbol("circle", GREEN),
    "no": Symbol("circle", FAINT, size=14),
    "open": Symbol("?"),
}
_SPANS: dict[str, Layer] = {
    "no": {"color": GRID},
    "yes": {"color": GREEN, "opacity": 0.6},
    "open": HOLLOW,
}
_LEGEND = {
    "in the state": Symbol("square", GREEN),
    "open": Symbol("square", INK, filled=False),
    "not in it": Symbol("stroke", FAINT, filled=False),
}
_THIN, _THICK, _GAP = 2, 10, 16
_TITLE_CHARACTER = 7


def prevalence(cohort: Cohort) -> Drawn:
    """Draw at which share of the visits each descriptor is present, and at which not assessed."""
    answers = cohort.answers()
    count = len(answers)
    rows: list[Row] = []
    for d in Descriptor:
        present = sum(one[d] is True for one in answers)
        unknown = sum(one[d] is None for one in answers)
        said = f"{present:,} present" + (f", {unknown:,} not assessed" if unknown else "")
        rows.append(
            {
                "descriptor": d.label,
                "system": d.system.label,
                "visits": count,
                "present": present,
                "not_assessed": unknown,
                "low": 100 * present / count,
                "high": 100 * (present + unknown) / count,
                "said": said,
            }
        )
    x: Layer = {
        "field": "low",
        "type": "quantitative",
        "scale": {"domain": [0, 100]},
        "axis": {"title": "% of visits"},
    }
    y = by_system(rows)
    solid: Layer = {"type": "bar", "color": BLUE, "height": 11}
    hollow: Layer = {"type": "bar", "height": 10, **HOLLOW}
    text: Layer = {"type": "text", "align": "left", "dx": 6, "fontSize": 10}
    some = {"filter": "datum.not_assessed > 0"}
    end = {"x": {**x, "field": "high"}, "y": y}
    layers = [
        layer("descriptors", solid, {"x": x, "x2": {"datum": 0}, "y": y}),
        layer("descriptors", hollow, {"x": x, "x2": {"field": "high"}, "y": y}, some),
        layer("descriptors", text, {**end, "text": {"field": "said"}}),
    ]
    symbols = {
        "present": Symbol("square", BLUE),
        "not assessed": Symbol("square", INK, filled=False),
    }
    sources = source_names(d.citation for d in Descriptor)
    systems = source_names(d.system.citation for d in Descriptor)
    return Drawn(
        title="Descriptors at the visits",
        panels=[panel(*layers, height=_ROW * len(y["scale"]["domain"])), legend(symbols)],
        data={"descriptors": rows},
        notes=[f"Sources: descriptors: {sources}; organ systems: {systems}."],
        description=[f"{row['descriptor']}: {row['said']}." for row in rows if row["high"]],
    )


def swimmer(cohort: Cohort) -> Drawn:
    """Draw a lane for each patient, with the time in each state.

    Raises `InvalidInputError` where no state is followed.
    """
    states, readings = cohort.readings.states, cohort.readings
    if not states:
        raise InvalidInputError.in_words("none", "one at least", "states")
    spans: list[Row] = []
    visits: list[Row] = []
    for name in states:
        for patient, rows in cohort.patients.items():
            visits += [
                {
                    "patient": patient,
                    "state": name,
                    "day": row["day"],
                    "said": SAID[Verdict(row[name])],
                }
                for row in rows
            ]
            spans += _spans(patient, name, rows, readings.carry)
    most = max(row["day"] for row in visits)
    # Of many there are spans alone, and one visit has none.
    alone = sum(len(rows) == 1 for rows in cohort.patients.values()) if cohort.many else 0
    width = (WIDTH - _GAP * (len(states) - 1)) // len(states)
    width = max(width, _TITLE_CHARACTER * max(map(len, states)))  # no title runs into the next
    x: Layer = {
        "field": "day",
        "type": "quantitative",
        "scale": {"domain": [0, max(most, 1)], "nice": False},
        "axis": {"title": "days since the first visit", "tickCount": 4, "tickMinStep": 1},
    }
    columns: list[Layer] = []
    for name in states:
        y = cohort.lines()
        if columns:
            y["axis"] = None
        at = {"x": x, "y": y}
        mine = where("state", name)
        until = {**at, "x2": {"field": "until"}}
        layers = [
            layer("spans", _bar(word, many=cohort.many), until, mine, where("said", word))
            for word in _SPANS
        ]
        if not cohort.many:
            layers += [
                layer("visits", mark, at, mine, where("said", word))
                for word, symbol in _STATES.items()
                for mark in symbol.marks
            ]
        made: Layer = {**panel(*layers, title=name, height=cohort.height), "width": width}
        made["title"]["frame"] = "group"
        columns.append(made)
    sources = "; ".join(
        f"{name}: {source_names(one.citation for one in STATES[name].requirements(readings))}"
        for name in states
    )
    return Drawn(
        title=f"Time in {' and '.join(states)}",
        panels=[{"hconcat": columns, "spacing": _GAP}, legend(_LEGEND)],
        data={
            what: rows
            for what, rows in (("spans", spans), ("visits", [] if cohort.many else visits))
            if rows
        },
        notes=[f"Sources: {sources}.", f"Readings: {readings}."],
        description=[
            f"{name}: in it at {_count(visits, name, 'yes'):,} visits, open at "
            f"{_count(visits, name, 'open'):,}."
            for name in states
        ],
        said=[f"Not drawn: {counted(alone, 'patient')} with one visit"] if alone else [],
        left=cohort.left,
    )


def _spans(patient: str, state: str, visits: list[Row], carry: Carry) -> list[Row]:
    """Give the time between visits by whether it is in a state, as long as that stays the same."""
    spans: list[Row] = []
    for a, b in pairwise(visits):
        said = SAID[between(Verdict(a[state]), Verdict(b[state]), carry=carry)]
        if spans and spans[-1]["said"] == said:
            spans[-1]["until"] = b["day"]
        else:
            found = {"day": a["day"], "until": b["day"], "said": said}
            spans.append({"patient": patient, "state": state, **found})
    return spans


def _bar(word: str, *, many: bool) -> Layer:
    if many:
        return {"type": "bar", "height": {"band": 1}, **_SPANS[word], "strokeWidth": 0.5}
    height = _THIN if word == "no" else _THICK
    return {"type": "bar", "height": height, **_SPANS[word]}


def _count(visits: list[Row], state: str, said: str) -> int:
    return sum((row["state"], row["said"]) == (state, said) for row in visits)
