"""How all pictures look: colors, symbols, panels, titles, legends and the notes under them.

The colors are Okabe and Ito's, which the color-blind tell apart, and nothing is said by color
alone: what is known is filled, what is not is hollow or a question mark.
"""

from collections.abc import Iterable, Mapping, Sequence
from math import ceil
from textwrap import wrap
from typing import Any, NamedTuple

import sledai
from sledai.errors import cut, escaped
from sledai.pictures.picture import Picture, Row
from sledai.sources import Citation

__all__ = [
    "BLUE",
    "FAINT",
    "GREEN",
    "GRID",
    "HOLLOW",
    "INK",
    "LEFT",
    "NARROW",
    "RED",
    "WIDTH",
    "Layer",
    "Symbol",
    "by_system",
    "counted",
    "layer",
    "legend",
    "legend_at_the_left",
    "numbers",
    "panel",
    "picture",
    "rows_of",
    "short",
    "source_names",
    "symbols_of",
    "top_of",
    "where",
]

Layer = dict[str, Any]
"""A part of a description in Vega-Lite."""

BLUE, RED, GREEN = "#0072B2", "#D55E00", "#009E73"
INK, FAINT, GRID = "#222222", "#6E6E6E", "#E2E2E2"

LEFT = 178
"""The width of the names at the left of each panel, so that the panels stand in line."""
NARROW = 45
"""That width where the names are numbers."""
WIDTH = 420
"""The width of the panels."""
HOLLOW: Layer = {"fill": "white", "stroke": INK, "strokeDash": [3, 2]}
"""How an area is drawn of which something is not known."""
LONGEST_NAME = 28
_LEAST_TOP, _HEADROOM = 12, 1.5
_NOTE_SIZE = 10
_NOTE_CHARACTER = 4.9  # the width of one in a note, on average
_CHARACTER = 5.6  # the width of one in a legend, on average
_LINE, _FIRST = 17, 8.0  # of a legend: the height of a line, and where the first symbol is

_CONFIG: Mapping[str, Any] = {
    "aria": False,
    "background": "white",
    "font": "Arial, Helvetica, Liberation Sans, Arimo, Nimbus Sans, sans-serif",
    # Where none of these fonts is there, another may be wider.
    "padding": {"left": 12, "top": 6, "right": 24, "bottom": 6},
    "view": {"stroke": None},
    "concat": {"spacing": 8},
    "axis": {
        "grid": False,
        "domainColor": FAINT,
        "tickColor": FAINT,
        "labelColor": INK,
        "titleColor": INK,
        "labelFontSize": 11,
        "titleFontSize": 11,
        "titleFontWeight": "normal",
    },
    "text": {"fontSize": 11, "color": INK},
    "title": {
        "anchor": "start",
        "fontSize": 15,
        "color": INK,
        "subtitleFontSize": 11,
        "subtitleColor": INK,
        "offset": 8,
    },
}


class Symbol(NamedTuple):
    """How a word is drawn: a shape of Vega-Lite or one character, its color, and its look."""

    shape: str
    color: str = INK
    filled: bool = True
    size: int = 70

    @property
    def mark(self) -> Layer:
        """The mark of Vega-Lite."""
        if len(self.shape) == 1:
            bold = {"fontSize": 13, "fontWeight": "bold"}
            return {"type": "text", "text": self.shape, "color": self.color, **bold}
        return {
            "type": "point",
            "shape": self.shape,
            "size": self.size,
            "filled": self.filled,
            "color": self.color,
            "strokeWidth": 1.5,
            "opacity": 1,
        }

    @property
    def marks(self) -> list[Layer]:
        """The mark, and where it is a character an edge below it."""
        return [self.mark | _EDGE, self.mark] if len(self.shape) == 1 else [self.mark]


def short(text: object) -> str:
    r"""Give a name of somebody else's in a picture: escaped, and cut where it is long.

    >>> print(short("P01\n"), short("a name that goes on and on and on"))
    P01\n a name that goes on and o...
    """
    return cut(escaped(str(text)), LONGEST_NAME)


_EDGE: Layer = {"stroke": "white", "strokeWidth": 3, "strokeJoin": "round"}
"""Keeps text from what is drawn behind it."""


def counted(number: int, noun: str) -> str:
    """Say how many there are of something.

    >>> counted(1, "visit"), counted(1200, "visit")
    ('1 visit', '1,200 visits')
    """
    return f"{number:,} {noun}{'' if number == 1 else 's'}"


def source_names(citations: Iterable[Citation]) -> str:
    """Name the works that are cited, each once.

    >>> from sledai import Descriptor
    >>> source_names(d.citation for d in Descriptor)
    'Bombardier 1992'
    """
    return ", ".join(dict.fromkeys(citation.source.name for citation in citations))


def top_of(ranges: Iterable[tuple[int, int]]) -> int:
    """Say where an axis of scores ends, by their bounds: what goes on beyond ends in an arrow.

    It is half as high again as the highest score that is certain. So one visit at which nothing was
    assessed does not press all others to the bottom.

    >>> top_of([(8, 8), (0, 105)]), top_of([(20, 20), (4, 24)])
    (12, 24)
    """
    ranges = list(ranges)
    most = max(high for _, high in ranges)
    return max(_LEAST_TOP, min(most, ceil(_HEADROOM * max(low for low, _ in ranges))))


def where(field: str, value: object) -> Layer:
    """Take just the rows that have a value in a field."""
    return {"filter": {"field": field, "equal": value}}


def layer(data: str, mark: Layer, encoding: Layer, *transforms: Layer) -> Layer:
    """Draw the rows of `Picture.data` that go by a name."""
    made: Layer = {"data": {"name": data}, "mark": mark, "encoding": encoding}
    return {**made, "transform": list(transforms)} if transforms else made


def rows_of(names: Sequence[str], field: str) -> Layer:
    """Place something in the row of its name."""
    return {
        "field": field,
        "type": "nominal",
        "sort": None,
        "scale": {"domain": list(names)},
        "axis": {"title": None, "domain": False, "ticks": False},
    }


def by_system(rows: Sequence[Row]) -> Layer:
    """Place something in the row of its descriptor, under that of the organ system."""
    names = dict.fromkeys(name for row in rows for name in (row["system"], row["descriptor"]))
    y = rows_of(list(names), "descriptor")
    systems = sorted({row["system"] for row in rows})
    is_system: Layer = {"test": f"indexof({systems}, datum.value) >= 0"}
    y["axis"] |= {
        "labelFontStyle": {"condition": {**is_system, "value": "italic"}, "value": "normal"},
        "labelColor": {"condition": {**is_system, "value": FAINT}, "value": INK},
    }
    return y


def symbols_of(symbols: Mapping[str, Symbol], data: str, encoding: Layer) -> list[Layer]:
    """Draw rows, each as the symbol of what it has in `said`."""
    return [
        layer(data, mark, encoding, where("said", word))
        for word, symbol in symbols.items()
        for mark in symbol.marks
    ]


def numbers(above: int, **more: Any) -> list[Layer]:
    """Write text above a point, or where else it is said."""
    text: Layer = {"type": "text", "dy": above, **more}
    return [text | _EDGE, text]


def _pointed_at(panel: Layer, data: Mapping[str, list[Row]], said: str) -> Layer:
    """Let each mark of a panel say its row under the pointer.

    A line and an area are of many rows, and would say the first of them.
    """
    if "hconcat" in panel:
        return {**panel, "hconcat": [_pointed_at(one, data, said) for one in panel["hconcat"]]}
    return {**panel, "layer": [_saying(one, data, said) for one in panel["layer"]]}


def _saying(one: Layer, data: Mapping[str, list[Row]], said: str) -> Layer:
    rows = data.get(one["data"].get("name", ""))
    if not rows or one["mark"]["type"] in {"line", "area"}:
        return one
    names = {name: name.replace("_", " ") for name in rows[0]} | {"said": said}
    told = (
        f"'{names[name]}': {_TOLD.get(name, f'datum.{name}')}"
        for name in rows[0]
        if name not in _UNTOLD
    )
    return {**one, "mark": {**one["mark"], "tooltip": {"expr": f"{{{', '.join(told)}}}"}}}


_DAY = "utcFormat(toDate(datum.{}), '%Y-%m-%d')"
_TOLD = {name: _DAY.format(name) for name in ("date", "until")}
_UNTOLD = {"low", "high", "exact", "mg_day", "line", "before", "nearest"}
"""What a row says in words too, or just places it."""


def panel(*layers: Layer, title: str = "", **more: Any) -> Layer:
    """Lay marks over each other in a panel as wide as the others, under a title of its own."""
    made: Layer = {"width": WIDTH, "layer": list(layers), **more}
    if title:
        made["title"] = {"text": title, "fontSize": 12, "offset": 6}
    return made


def legend(symbols: Mapping[str, Symbol]) -> Layer:
    """Say what symbols mean, in a line as wide as the panels, or in several."""
    layers: list[Layer] = []
    x, line = _FIRST, 0
    for word, symbol in symbols.items():
        room = 30 + _CHARACTER * len(word)
        if x + room > WIDTH and x > _FIRST:
            x, line = _FIRST, line + 1
        layers += _entry(word, symbol, x, _FIRST + _LINE * line)
        x += room
    return panel(*layers, height=_LINE * (line + 1))


def legend_at_the_left(symbols: Mapping[str, Symbol]) -> list[Layer]:
    """Say what symbols mean, at the left of a panel."""
    entries = enumerate(symbols.items())
    return [
        one
        for line, (word, symbol) in entries
        for one in _entry(word, symbol, _FIRST - LEFT, 10 + _LINE * line)
    ]


def _entry(word: str, symbol: Symbol, x: float, y: float) -> list[Layer]:
    at: Layer = {"x": {"value": x}, "y": {"value": y}}
    beside: Layer = {"type": "text", "align": "left", "text": word, "dx": 12}
    return [
        {"data": {"values": [{}]}, "mark": mark, "encoding": at} for mark in (symbol.mark, beside)
    ]


def picture(
    title: str,
    subtitle: Sequence[str],
    panels: Iterable[Layer],
    data: Mapping[str, list[Row]],
    *,
    notes: Iterable[str],
    description: str,
    left: int = LEFT,
    said: str = "title",
) -> Picture:
    """Put panels under each other, with a title above and notes below, the version the last.

    `left` is how wide the names at the left of the panels are, and `said` what heads the words of a
    row under the pointer.
    """
    version = f"Drawn by sledai {sledai.__version__}."
    most = int((left + WIDTH) / _NOTE_CHARACTER)
    lines = [
        line for note in (*notes, version) for line in wrap(note, most, break_on_hyphens=False)
    ]
    names = {"minExtent": left, "maxExtent": left, "labelLimit": left - 8}
    small = {"fontSize": _NOTE_SIZE, "color": FAINT, "lineHeight": 14}
    foot: Layer = {
        "data": {"values": [{}]},
        "mark": {"type": "text", "align": "left", "baseline": "top", **small},
        "encoding": {"x": {"value": -left}, "y": {"value": 4}, "text": {"value": lines}},
    }
    return Picture(
        {
            "$schema": "https://vega.github.io/schema/vega-lite/v6.json",
            "config": {**_CONFIG, "axisLeft": names},
            "title": {"text": title, "subtitle": list(subtitle), "frame": "bounds"},
            "description": description,
            "datasets": dict(data),
            "resolve": {"scale": {"color": "independent"}},
            "vconcat": [
                *(_pointed_at(one, data, said) for one in panels),
                panel(foot, height=14 * len(lines)),
            ],
        }
    )
