"""How a patient's course is laid out: one panel under the other, on one axis of time."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from math import inf

from sledai.pictures.picture import Row
from sledai.pictures.style import (
    BLUE,
    FAINT,
    GREEN,
    GRID,
    HOLLOW,
    INK,
    RED,
    WIDTH,
    Layer,
    Symbol,
    by_system,
    layer,
    legend,
    legend_at_the_left,
    numbers,
    panel,
    rows_of,
    symbols_of,
    top_of,
    where,
)

__all__ = ["FLARES", "SCORES", "course_panels"]

SCORES = {
    "total": Symbol("circle", BLUE),
    "clinical": Symbol("square", RED, filled=False, size=45),
}
_RANGE = {"lowest to highest": Symbol("stroke", BLUE, filled=False, size=150)}
_BEYOND = {"beyond the axis": Symbol("triangle-up", BLUE, size=40)}
_DASHES = {"total": [1, 0], "clinical": [4, 3]}
_ASIDE: dict[str, Layer] = {"total": {}, "clinical": {"xOffset": 5}}
"""The range of the clinical score stands beside that of the total."""
FLARES = {
    "severe": Symbol("triangle-up", RED, size=110),
    "mild/moderate": Symbol("triangle-up", RED, filled=False, size=90),
    "mild/moderate or severe": Symbol("diamond", RED, filled=False, size=90),
    "none": Symbol("circle", FAINT, size=14),
    "open": Symbol("?"),
}
_STATES = {
    "yes": Symbol("circle", GREEN),
    "no": Symbol("circle", FAINT, size=14),
    "open": Symbol("?"),
}
_SPANS: dict[str, Layer] = {
    "yes": {"color": GREEN, "opacity": 0.4},
    "open": HOLLOW,
}
_WORDS = {
    ("flares", "severe"): "severe flare",
    ("flares", "mild/moderate"): "mild/moderate flare",
    ("flares", "mild/moderate or severe"): "flare, of which kind is open",
    ("flares", "none"): "no",
    ("flares", "open"): "open",
    ("states", "yes"): "in the state",
    ("states", "no"): "no",
    ("states", "open"): "open",
}
_ANSWERS = {
    "present": Symbol("square", INK, size=90),
    "absent": Symbol("circle", FAINT, size=9),
    "not assessed": Symbol("?"),
}
_ROW = 19
_SCORES_HEIGHT = 190
_WORDS_HEIGHT = 13
_DOSES_HEIGHT = 50
_EMPTY_DAYS = 4
"""How many days are left empty at each end, at least, so that no symbol is cut."""
_EPOCH, _MILLISECONDS = date(1970, 1, 1), 24 * 60 * 60 * 1000  # how Vega counts days
_DIGIT = 6.5  # the width of a character beside a point

_TICKS = 6
_DATES = ((_TICKS * 14.5, "%Y-%m-%d"), (_TICKS * 181.3, "%Y-%m"), (inf, "%Y"))
"""Up to how many days an axis writes dates so; Vega has ticks at weeks, at months, and at years."""

Data = Mapping[str, list[Row]]


def course_panels(data: Data) -> list[Layer]:
    """Lay out the rows of a course; the last panel has the axis of time too."""
    days = _Days.of(data)
    beside = {
        said: symbol
        for what, symbols in (("flares", FLARES), ("states", _STATES))
        for word, symbol in symbols.items()
        if any(row["said"] == word for row in data.get(what, []))
        for said in (_WORDS[what, word],)
    }
    panels = [_scores(data, days)]
    if beside:
        panels += [_states(data, days), legend(beside)]
    if "doses" in data:
        panels.append(_doses(data, days))
    if "descriptors" in data:
        panels += [_descriptors(data, days), legend(_ANSWERS)]
    return panels


@dataclass(frozen=True, slots=True)
class _Days:
    """The axis of time that all panels share: of dates, or of days since one."""

    first: int
    last: int
    dated: bool

    @classmethod
    def of(cls, data: Data) -> "_Days":
        dated = "date" in data["scores"][0]
        days = [_day(row) for row in data["scores"]]
        first, last = min(days), max(days)
        beyond = max(_EMPTY_DAYS, (last - first) // 25)
        return cls(first - beyond, last + beyond, dated)

    def x(self, *, shown: bool = False) -> Layer:
        """Place something by its date; days are those of the calendar, in no time zone."""
        axis: Layer = {"tickCount": _TICKS, "labels": shown, "ticks": shown, "domain": shown}
        if self.dated:
            ends = [_EPOCH + timedelta(day) for day in (self.first, self.last)]
            domain = [
                {"year": day.year, "month": day.month, "date": day.day, "utc": True} for day in ends
            ]
            scale: Layer = {"type": "utc", "domain": domain}
            format_ = next(f for most, f in _DATES if self.last - self.first < most)
            axis["labelSeparation"] = 8
            return {
                "field": "date",
                "type": "temporal",
                "scale": scale,
                "axis": {**axis, "title": None, "format": format_},
            }
        scale = {"domain": [self.first, self.last], "nice": False, "zero": False}
        axis["title"] = "day" if shown else None
        return {"field": "day", "type": "quantitative", "scale": scale, "axis": axis}

    def visits(self, *, shown: bool = False) -> Layer:
        """Draw a line at each visit, behind all else."""
        x = {"x": self.x(shown=shown)}
        return layer("scores", {"type": "rule", "color": GRID}, x, where("score", "total"))

    def roomy(self, rows: list[Row]) -> Layer:
        """Take just the rows beside which there is room for what is said of them."""
        chosen: list[int] = []
        taken = -float(WIDTH)
        for row in rows:
            place = WIDTH * (_day(row) - self.first) / (self.last - self.first)
            half = _DIGIT * (len(row["said"]) + 1) / 2
            if place - half >= taken:
                chosen.append(_day(row) * (_MILLISECONDS if self.dated else 1))
                taken = place + half
        return {"filter": f"indexof({chosen}, +datum.{'date' if self.dated else 'day'}) >= 0"}


def _day(row: Row) -> int:
    """Give the day of a row, counted as Vega does or as it is given."""
    if "day" in row:
        return int(row["day"])
    return (date.fromisoformat(row["date"]) - _EPOCH).days


def _scores(data: Data, days: _Days) -> Layer:
    totals = [row for row in data["scores"] if row["score"] == "total"]
    thresholds = data.get("thresholds", [])
    top = max(top_of((r["low"], r["high"]) for r in totals), *(t["at"] + 1 for t in thresholds), 0)
    y: Layer = {
        "field": "high",
        "type": "quantitative",
        "scale": {"domain": [0, top], "clamp": True, "nice": False},
        "axis": {"title": None, "tickCount": 5},
    }
    low, y2, x = {**y, "field": "low"}, {"field": "high"}, days.x(shown=True)
    ends, beyond = ({"filter": f"datum.high {sign} {top}"} for sign in ("<=", ">"))
    layers = [days.visits(shown=True)]
    for score, symbol in SCORES.items():
        mine, open_ = where("score", score), {"filter": "datum.exact === null"}
        line: Layer = {"type": "line", "color": symbol.color, "strokeDash": _DASHES[score]}
        aside = _ASIDE[score]
        rule: Layer = {"type": "rule", "color": symbol.color, "strokeWidth": 2, **aside}
        tick: Layer = {"type": "tick", "color": symbol.color, "size": 9, "thickness": 2, **aside}
        tick["orient"] = "horizontal"
        if score == "total":
            area: Layer = {"type": "area", "color": symbol.color, "opacity": 0.15}
            layers.append(layer("scores", area, {"x": x, "y": low, "y2": y2}, mine))
        layers += [layer("scores", line, {"x": x, "y": end}, mine) for end in (low, y)]
        layers.append(layer("scores", rule, {"x": x, "y": low, "y2": y2}, mine, open_))
        layers.append(layer("scores", tick, {"x": x, "y": low}, mine, open_))
        layers.append(layer("scores", tick, {"x": x, "y": y}, mine, open_, ends))
        exact = {**y, "field": "exact"}
        known = {"filter": "datum.exact !== null"}
        layers.append(layer("scores", symbol.mark, {"x": x, "y": exact}, mine, known))
        arrow = {**_BEYOND["beyond the axis"].mark, "color": symbol.color, **aside}
        layers.append(layer("scores", arrow, {"x": x, "y": y}, mine, beyond))
    total = where("score", "total")
    if thresholds:
        at = {**y, "field": "at"}
        dashed: Layer = {"type": "rule", "color": INK, "strokeDash": [6, 3]}
        words: Layer = {"type": "text", "align": "left", "dx": 5}
        layers.append(layer("thresholds", dashed, {"y": at}))
        texts = {"x": {"value": WIDTH}, "text": {"field": "said"}}
        layers += [
            layer("thresholds", words, {**texts, "y": {"value": place}}, where("said", said))
            for said, place in _apart(thresholds, top)
        ]
    texts = {"x": x, "y": y, "text": {"field": "said"}}
    layers += [layer("scores", one, texts, total, days.roomy(totals)) for one in numbers(-11)]
    goes_on = any(row["high"] > top for row in data["scores"])
    layers += legend_at_the_left(SCORES | _RANGE | (_BEYOND if goes_on else {}))
    return panel(*layers, title="Score, points", height=_SCORES_HEIGHT)


def _apart(thresholds: list[Row], top: int) -> list[tuple[str, float]]:
    """Say beside the axis where the words of each threshold stand, none over another."""
    places: list[tuple[str, float]] = []
    for row in sorted(thresholds, key=lambda row: row["at"]):
        place = _SCORES_HEIGHT * (1 - row["at"] / top)
        if places:
            place = min(place, places[-1][1] - _WORDS_HEIGHT)
        places.append((row["said"], place))
    return places


def _states(data: Data, days: _Days) -> Layer:
    names = list(
        dict.fromkeys(row["what"] for what in ("flares", "states") for row in data.get(what, []))
    )
    at = {"x": days.x(), "y": rows_of(names, "what")}
    layers = [days.visits()]
    if "spans" in data:
        for word, look in _SPANS.items():
            bar: Layer = {"type": "bar", "height": 9, **look}
            layers.append(
                layer("spans", bar, {**at, "x2": {"field": "until"}}, where("said", word))
            )
    if "flares" in data:
        layers += symbols_of(FLARES, "flares", at)
    if "states" in data:
        layers += symbols_of(_STATES, "states", at)
    title = "Flares since the visit before, and states"
    return panel(*layers, title=title, height=_ROW * len(names))


def _doses(data: Data, days: _Days) -> Layer:
    y: Layer = {
        "field": "mg_day",
        "type": "quantitative",
        "scale": {"domainMin": 0},
        "axis": {"title": None, "tickCount": 3},
    }
    at = {"x": days.x(), "y": y}
    rule: Layer = {"type": "rule", "color": INK, "strokeWidth": 2}
    known = {"filter": "datum.mg_day !== null"}
    layers = [
        days.visits(),
        layer("doses", rule, {**at, "y2": {"datum": 0}}, known),
        layer("doses", Symbol("circle", INK, size=40).mark, at, known),
        *(
            layer("doses", one, {**at, "text": {"field": "said"}}, known, days.roomy(data["doses"]))
            for one in numbers(-10)
        ),
        layer(
            "doses",
            Symbol("?").mark,
            {"x": days.x(), "y": {"value": _DOSES_HEIGHT - 7}},
            {"filter": "datum.mg_day === null"},
        ),
    ]
    return panel(*layers, title="Prednisone, mg a day", height=_DOSES_HEIGHT)


def _descriptors(data: Data, days: _Days) -> Layer:
    y = by_system(data["descriptors"])
    at = {"x": days.x(shown=True), "y": y}
    title = "Descriptors by organ system (points)"
    return panel(
        days.visits(shown=True),
        *symbols_of(_ANSWERS, "descriptors", at),
        title=title,
        height=_ROW * len(y["scale"]["domain"]),
    )
