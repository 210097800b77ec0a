"""Recorded scores against computed ones in one picture."""

from collections import Counter
from typing import Any

from sledai.audit import Agreement, Check, compare
from sledai.audit.agreement import (
    AGREEMENT_WORDS,
    added_columns,
    bounds_columns,
    recorded_columns,
)
from sledai.codebook import Codebook
from sledai.descriptors import Descriptor
from sledai.engines import opened, result_names
from sledai.errors import InvalidInputError
from sledai.pictures.frames import in_memory, plain_values
from sledai.pictures.picture import Picture, Row
from sledai.pictures.style import (
    BLUE,
    FAINT,
    INK,
    NARROW,
    RED,
    Layer,
    Symbol,
    counted,
    layer,
    legend,
    numbers,
    panel,
    picture,
    source_names,
    top_of,
    where,
)
from sledai.scoring import ScoreBounds

__all__ = ["audit"]

_SYMBOLS = {
    Agreement.AGREES.value: Symbol("circle", BLUE, size=50),
    Agreement.POSSIBLE.value: Symbol("diamond", INK, filled=False, size=80),
    Agreement.DISAGREES.value: Symbol("triangle-up", RED, size=80),
}
_SCORES = {
    Check.TOTAL: "total",
    Check.CLINICAL: "clinical score",
    Check.SEROLOGIC: "serologic points",
}
_OPEN: Layer = {"filter": "datum.low !== datum.high"}
_BEYOND = Symbol("triangle-right", INK, size=45)
_GAP = 12
_SIDES = {1: 300, 3: 175}
"""How wide and high a panel is, by how many there are: on both axes a point is as long."""
_FEW = 25
"""Up to how many differences are written beside their symbols."""


def audit(df: Any, codebook: Codebook) -> Picture:
    """Draw the recorded scores of a frame against those computed from its answers.

    The frame and the codebook are those of `sledai.audit.compare`. On the line both are the same.
    A visit whose score is open has a range from the lowest to the highest, and its symbol where the
    recorded score is, or as near to it as the range comes; the number beside a score that disagrees
    is by how much it is off.

    Raises `InvalidInputError` as `compare` does, and for a frame without a recorded score.

    >>> import polars as pl
    >>> visits = pl.DataFrame({"arthritis": [1, 1, None], "leukopenia": [0, 1, 1], "recorded": 5})
    >>> book = Codebook(
    ...     descriptors={"absent": set(Descriptor) - set(visits.columns)},
    ...     recorded={"total": "recorded"},
    ... )
    >>> for row in audit(visits, book).data["scores"]:
    ...     print(row["recorded"], "against", row["said"], row["agreement"])
    5.0 against 1 to 5 possible
    5.0 against 4 disagrees
    5.0 against 5 agrees
    """
    df = in_memory(df)
    compared: Any = opened(compare(df, codebook))
    columns = recorded_columns(codebook)
    checks = list(Check) if Check.CLINICAL in columns else [Check.TOTAL]
    names = result_names(opened(df).columns, added_columns(checks, []))
    recorded = {check: plain_values(compared, column) for check, column in columns.items()}
    if Check.CLINICAL in columns:
        pairs = zip(recorded[Check.TOTAL], recorded[Check.CLINICAL], strict=True)
        recorded[Check.SEROLOGIC] = [None if None in pair else pair[0] - pair[1] for pair in pairs]
    rows: list[Row] = []
    said: list[str] = []
    for check in checks:
        ends = (plain_values(compared, names[name]) for name in bounds_columns(check))
        agreement, difference = (
            plain_values(compared, names[f"sledai_{check}_{what}"])
            for what in ("agreement", "difference")
        )
        cells = Counter(zip(*ends, recorded[check], agreement, difference, strict=True))
        rows += [
            _row(check, ScoreBounds(low, high), float(score), agreed, off, visits)
            for (low, high, score, agreed, off), visits in cells.items()
            if off is not None
        ]
        counts = Counter(agreement)
        told = (
            f"{counts[one.value]:,} {AGREEMENT_WORDS[one]}"
            for one in Agreement
            if counts[one.value]
        )
        said.append(f"{check}: {', '.join(told)}")
    if not rows:
        raise InvalidInputError.in_words("none", "one at least", "recorded scores")
    visits = counted(len(compared), "visit")
    rows.sort(
        key=lambda row: (checks.index(row["check"]), row["recorded"], row["low"], row["high"])
    )
    equal = _equal(rows)
    tops = {row["check"]: row["score"] for row in equal}
    goes_on = any(row["high"] > tops[row["check"]] for row in rows)
    symbols = _SYMBOLS | ({"beyond the axis": _BEYOND} if goes_on else {})
    return picture(
        "Recorded against computed scores",
        [visits, *said],
        [{"hconcat": _panels(checks, rows, equal), "spacing": _GAP}, legend(symbols)],
        {"scores": rows, "equal": equal},
        notes=[
            "A larger symbol stands for more visits.",
            f"Source of the score: {source_names(d.citation for d in Descriptor)}.",
        ],
        description=f"{visits}. {'. '.join(said)}.",
        left=NARROW,
        said="computed",
    )


def _row(
    check: Check, computed: ScoreBounds, recorded: float, agreement: str, off: float, visits: int
) -> Row:
    return {
        "check": check.value,
        "low": computed.low,
        "high": computed.high,
        "said": str(computed),
        "recorded": recorded,
        "nearest": recorded - off,
        "difference": f"{off:+g}" if off else "",
        "agreement": agreement,
        "visits": visits,
    }


def _equal(rows: list[Row]) -> list[Row]:
    """Give the ends of the line on which both scores are the same, and of the axes."""
    ends: list[Row] = []
    for check in dict.fromkeys(row["check"] for row in rows):
        scores = [
            number
            for row in rows
            if row["check"] == check
            for number in (row["recorded"], row["nearest"])
        ]
        ranges = [(row["low"], row["high"]) for row in rows if row["check"] == check]
        top = min(top_of(ranges), max(high for _, high in ranges))
        ends += [{"check": check, "score": at} for at in (min(0, *scores), max(1, top, *scores))]
    return ends


def _panels(checks: list[Check], rows: list[Row], equal: list[Row]) -> list[Layer]:
    side = _SIDES[len(checks)]
    most = max(row["visits"] for row in rows)
    panels: list[Layer] = []
    for check in checks:
        mine = where("check", check.value)
        ends = [row["score"] for row in equal if row["check"] == check.value]
        low, top = ends or (0, 1)
        axis: Layer = {"tickCount": max(1, min(5, top - low))}
        scale: Layer = {"domain": [low, top], "clamp": True, "nice": False}
        above = {"titleAngle": 0, "titleAlign": "left", "titleX": -30, "titleY": -14}
        x: Layer = {
            "field": "nearest",
            "type": "quantitative",
            "scale": scale,
            "axis": {**axis, "title": f"computed {_SCORES[check]}"},
        }
        y: Layer = {
            "field": "recorded",
            "type": "quantitative",
            "scale": scale,
            "axis": {**axis, **above, "title": f"recorded {_SCORES[check]}"},
        }
        ranges = {"x": {**x, "field": "low"}, "x2": {"field": "high"}, "y": y}
        beyond = {"filter": f"datum.high > {top}"}
        end = {"x": {**x, "field": "high"}, "y": y}
        same = {"x": {**x, "field": "score"}, "y": {**y, "field": "score"}}
        size: Layer = {
            "field": "visits",
            "type": "quantitative",
            "scale": {"domain": [1, max(most, 2)], "range": [45, 45 if most == 1 else 300]},
            "legend": None,
        }
        line: Layer = {"type": "line", "color": FAINT, "strokeDash": [4, 3]}
        layers = [
            layer("equal", line, same, mine),
            layer("scores", {"type": "rule", "color": INK}, ranges, mine, _OPEN),
            layer("scores", _BEYOND.mark, end, mine, beyond),
            *(
                layer("scores", symbol.mark, {"x": x, "y": y, "size": size}, mine, one)
                for word, symbol in _SYMBOLS.items()
                for one in ({"filter": {"field": "agreement", "equal": word}},)
            ),
        ]
        off = [row for row in rows if row["check"] == check and row["difference"]]
        if len(off) <= _FEW:
            at = {"x": x, "y": y, "text": {"field": "difference"}}
            beside = numbers(0, align="left", dx=8, fontSize=10)
            layers += [layer("scores", text, at, mine) for text in beside]
        panels.append({**panel(*layers, height=side), "width": side})
    return panels
