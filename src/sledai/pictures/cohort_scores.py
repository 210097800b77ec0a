"""Totals of a cohort: who is where, how often each total is there, and how totals changed."""

from collections import Counter
from itertools import accumulate

from sledai.descriptors import Descriptor
from sledai.pictures.cohort_visits import Cohort, Drawn
from sledai.pictures.picture import Row
from sledai.pictures.style import (
    BLUE,
    FAINT,
    HOLLOW,
    INK,
    NARROW,
    WIDTH,
    Layer,
    Symbol,
    counted,
    layer,
    legend,
    panel,
    source_names,
    top_of,
)
from sledai.scoring import ScoreBounds
from sledai.visits.change import ScoreChange

__all__ = ["distribution", "heatmap", "waterfall"]

_SOURCE = f"Source of the score: {source_names(d.citation for d in Descriptor)}."
_EXACT: Layer = {"filter": "datum.low === datum.high"}
_OPEN: Layer = {"filter": "datum.low !== datum.high"}
_LIGHT, _DARK = "#DCEAF5", "#08306B"
_HALF = 0.62
"""From which share of the highest total numbers are white on their cells."""
_DASH = 0.4
"""How much of its cell a dash takes: a longer one would look like a high total."""
_WIDEST_CELL = 50
_HEIGHT = 190
_LINE = 15
_FEW = 25
"""Up to how many are named, or have a number beside them."""


def heatmap(cohort: Cohort) -> Drawn:
    """Draw who is where: a line for each patient, a cell for each visit, dark where active."""
    rows: list[Row] = [
        {name: visit[name] for name in ("patient", "visit", "low", "high", "said")}
        for visit in cohort.visits
    ]
    most = max(row["visit"] for row in rows)
    top = max(row["low"] for row in rows)
    x: Layer = {
        "field": "visit",
        "type": "ordinal",
        "sort": None,
        "scale": {"domain": list(range(1, most + 1)), "padding": 0 if cohort.many else 0.04},
        "axis": {
            "title": "visit",
            "labelAngle": 0,
            "labelOverlap": True,
            "orient": "top",
            "domain": False,
            "ticks": False,
        },
    }
    at = {"x": x, "y": cohort.lines()}
    color: Layer = {
        "field": "low",
        "type": "quantitative",
        "scale": {"range": [_LIGHT, _DARK], "domain": [0, max(top, 1)]},
        "legend": None
        if all(row["low"] != row["high"] for row in rows)
        else {"title": "total", "gradientLength": 120, "tickMinStep": 1},
    }
    thin: Layer = {"type": "tick", "orient": "horizontal", "color": INK, "thickness": 1}
    thin["width"] = {"band": _DASH}
    hollow: Layer = thin if cohort.many else {"type": "rect", **HOLLOW}
    layers = [
        layer("visits", {"type": "rect"}, {**at, "color": color}, _EXACT),
        layer("visits", hollow, at, _OPEN),
    ]
    if not cohort.many:
        number = {**at, "text": {"field": "said"}}
        small: Layer = {"type": "text", "fontSize": 10}
        dark = {"filter": f"datum.low >= {_HALF * top}"}
        light = {"filter": f"datum.low < {_HALF * top}"}
        layers += [
            layer("visits", small, number, _OPEN),
            layer("visits", {**small, "color": "black"}, number, _EXACT, light),
            layer("visits", {**small, "color": "white"}, number, _EXACT, dark),
        ]
    open_ = sum(row["low"] != row["high"] for row in rows)
    symbol = (
        Symbol("stroke", INK, filled=False, size=60)
        if cohort.many
        else Symbol("square", INK, filled=False)
    )
    said = f"open, {counted(open_, 'visit')}: lowest to highest total"
    legends = [legend({said: symbol})] if open_ else []
    width = min(WIDTH, _WIDEST_CELL * most)
    return Drawn(
        title="Total score by patient and visit",
        panels=[{**panel(*layers, height=cohort.height), "width": width}, *legends],
        data={"visits": rows},
        notes=[_SOURCE],
        description=[f"The total of {open_:,} is open. The highest that is certain is {top}."],
        left=cohort.left,
    )


def distribution(cohort: Cohort) -> Drawn:
    """Draw how often each total is there, and below it the ranges of the visits that are open."""
    ranges = Counter((visit["low"], visit["high"]) for visit in cohort.visits)
    exact: list[Row] = [
        {"total": low, "visits": count}
        for (low, high), count in sorted(ranges.items())
        if low == high
    ]
    several = sorted((ends, count) for ends, count in ranges.items() if ends[0] != ends[1])
    before = list(accumulate((count for _, count in several), initial=0))
    open_: list[Row] = [
        {
            "low": low,
            "high": high,
            "visits": count,
            "line": line,
            "before": before[line],
            "said": f"{ScoreBounds(low, high)}"
            + (f", {counted(count, 'visit')}" if count > 1 else ""),
        }
        for line, ((low, high), count) in enumerate(several)
    ]
    known, unknown = (sum(row["visits"] for row in rows) for rows in (exact, open_))
    top = top_of(ranges)
    panels: list[Layer] = []
    if exact:
        y: Layer = {
            "field": "visits",
            "type": "quantitative",
            "axis": {"tickMinStep": 1, "title": None},
        }
        bar: Layer = {"type": "bar", "color": BLUE, "width": max(1, 0.8 * WIDTH / (top + 2))}
        bars = layer("totals", bar, {"x": _points("total", top), "y": y})
        panels.append(panel(bars, title=f"Visits with an exact total: {known:,}", height=_HEIGHT))
    if open_:
        title = f"Visits whose total is open, lowest to highest: {unknown:,}"
        drawn = _ranges(len(open_), top) if len(open_) <= _FEW else _many_ranges(unknown, top)
        panels.append({**drawn, "title": panel(title=title)["title"]})
    return Drawn(
        title="Distribution of the total score",
        panels=panels,
        data={what: rows for what, rows in (("totals", exact), ("open", open_)) if rows},
        notes=[_SOURCE],
        description=[f"The total is exact at {known:,} and open at {unknown:,}."],
        left=NARROW,
    )


def _points(field: str, top: int) -> Layer:
    return {
        "field": field,
        "type": "quantitative",
        "scale": {"domain": [-0.9, top + 0.9], "nice": False, "clamp": True, "padding": 0},
        "axis": {"title": "total score, points", "tickMinStep": 1},
    }


def _ranges(count: int, top: int) -> Layer:
    y: Layer = {
        "field": "line",
        "type": "quantitative",
        "scale": {"domain": [-0.7, count - 0.3], "nice": False, "reverse": True},
        "axis": {"labels": False, "ticks": False, "domain": False, "title": None},
    }
    low, high = ({"x": _points(end, top), "y": y} for end in ("low", "high"))
    rule: Layer = {"type": "rule", "color": INK, "strokeWidth": 2}
    tick: Layer = {"type": "tick", "color": INK, "orient": "vertical", "size": 8, "thickness": 2}
    ends, beyond = ({"filter": f"datum.high {sign} {top}"} for sign in ("<=", ">"))
    beside: Layer = {"type": "text", "align": "left", "dx": 7, "fontSize": 10}
    return panel(
        layer("open", rule, {**low, "x2": {"field": "high"}}),
        layer("open", tick, low),
        layer("open", tick, high, ends),
        layer("open", Symbol("triangle-right").mark, high, beyond),
        layer("open", beside, {**high, "text": {"field": "said"}}),
        height=_LINE * count,
    )


def _many_ranges(visits: int, top: int) -> Layer:
    """Draw each range as high as it has visits, and a long one at least to the end of the axis."""
    y: Layer = {
        "field": "before",
        "type": "quantitative",
        "scale": {"domain": [0, visits], "nice": False, "reverse": True},
        "axis": {"title": None, "tickMinStep": 1},
    }
    places = {"x": _points("low", top), "x2": {"field": "high"}, "y": y, "y2": {"field": "after"}}
    after = {"calculate": "datum.before + datum.visits", "as": "after"}
    middle = {"calculate": "datum.before + datum.visits / 2", "as": "before"}
    beyond = {"filter": f"datum.high > {top}"}
    arrow = Symbol("triangle-right", size=45).mark
    end = {"x": _points("high", top), "y": y}
    return panel(
        layer("open", {"type": "rect", "color": FAINT, "opacity": 0.55}, places, after),
        layer("open", arrow, end, beyond, middle),
        height=_HEIGHT,
    )


def waterfall(cohort: Cohort) -> Drawn:
    """Draw how the total changed from the baseline to the last visit, from rise to fall."""
    last = [visits[-1] for visits in cohort.patients.values()]
    changed = [visit for visit in last if visit["change_low"] is not None]
    changed.sort(key=lambda visit: -(visit["change_low"] + visit["change_high"]))
    rows: list[Row] = [
        {
            "patient": visit["patient"],
            "low": visit["change_low"],
            "high": visit["change_high"],
            "said": str(ScoreChange(visit["change_low"], visit["change_high"])),
        }
        for visit in changed
    ]
    few = len(rows) <= _FEW
    x: Layer = {
        "field": "patient",
        "type": "nominal",
        "sort": None,
        "scale": {"domain": [row["patient"] for row in rows], "padding": 0.2 if few else 0},
        "axis": {
            "title": None if few else f"{len(rows):,} patients",
            "labels": few,
            "labelAngle": -90,
            "labelPadding": 6,
            "ticks": False,
            "domain": False,
        },
    }
    top = top_of([(row["low"], row["high"]) for row in rows] or [(0, 0)])
    bottom = -top_of([(-row["high"], -row["low"]) for row in rows] or [(0, 0)])
    y: Layer = {
        "field": "low",
        "type": "quantitative",
        "scale": {"domain": [bottom, top], "clamp": True, "nice": False},
        "axis": {"title": None, "tickMinStep": 1},
    }
    end: Layer = {"type": "tick", "color": BLUE, "thickness": 2, "width": {"band": 1}}
    zero: Layer = {"type": "rule", "color": FAINT}
    open_bar: Layer = {"type": "bar", **HOLLOW} if few else {"type": "rule", "color": INK}
    layers: list[Layer] = [
        layer("changes", {"type": "bar", "color": BLUE}, {"x": x, "y": y, "y2": {"datum": 0}}),
        layer("changes", end, {"x": x, "y": y}),
        layer("changes", open_bar, {"x": x, "y": y, "y2": {"field": "high"}}),
        {"data": {"values": [{}]}, "mark": zero, "encoding": {"y": {"datum": 0}}},
    ]
    for one, which in zip(layers, (_EXACT, _EXACT, _OPEN), strict=False):
        one["transform"] = [which]
    open_ = sum(row["low"] != row["high"] for row in rows)
    symbols = {"exact change": Symbol("square", BLUE)}
    if open_:
        hollow = Symbol("square", INK, filled=False)
        line = Symbol("stroke", INK, filled=False)
        symbols["open: lowest to highest"] = hollow if few else line
    small = 70 if few else 20
    for shape, end_of, sign in (("up", "high", f"> {top}"), ("down", "low", f"< {bottom}")):
        if any(row["high"] > top or row["low"] < bottom for row in rows):
            arrow = Symbol(f"triangle-{shape}", INK, size=small)
            beyond = {"filter": f"datum.{end_of} {sign}"}
            layers.append(
                layer("changes", arrow.mark, {"x": x, "y": {**y, "field": end_of}}, beyond)
            )
            symbols["beyond the axis"] = Symbol("triangle-up", INK)
    without = len(last) - len(rows)
    said = f"Not drawn: {counted(without, 'patient')} without a visit after a baseline"
    return Drawn(
        title="Change of the total score, from baseline to the last visit",
        panels=[panel(*layers, title="Change, points", height=_HEIGHT + 40), legend(symbols)],
        data={"changes": rows},
        notes=[_SOURCE, f"Baseline: {cohort.baseline}."],
        said=[said] if without else [],
        description=[f"Drawn: the change of {counted(len(rows), 'patient')}, open of {open_:,}."],
        left=NARROW,
    )
