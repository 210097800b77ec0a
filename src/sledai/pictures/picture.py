"""Picture: one description in Vega-Lite, and what is made of it: SVG, PNG, and one file of HTML.

The description is plain JSON that holds the values it draws. It is rendered in this process, by
`vl-convert-python`, which asks for nothing over a network. Needs the extra `pictures`.
"""

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from hashlib import sha256
from html import escape
from importlib import import_module
from pathlib import Path
from typing import Any
from xml.etree import ElementTree as ET

from sledai.displays import Displayed
from sledai.errors import InvalidInputError, MissingExtraError, escaped, extra_advice
from sledai.files.output import write_bytes

__all__ = ["PICTURE_FORMATS", "Picture", "require_renderer"]

Row = dict[str, Any]
"""What is drawn at one place, as plain values by name."""

_SVG = "http://www.w3.org/2000/svg"
_PIXELS = 2
"""How many pixels of a PNG stand for one unit of the SVG, so that print and screens show it."""


@dataclass(frozen=True, slots=True, repr=False)
class Picture(Displayed):
    """A picture as its description in Vega-Lite; `svg`, `html` and `save` draw it.

    Two pictures of the same values are the same text. A notebook shows it by itself.

    >>> from sledai import Assessment
    >>> from sledai.pictures import course
    >>> from sledai.visits import History, Visit
    >>> visit = Visit(date="2024-01-16", assessment=Assessment.of(present={"rash"}))
    >>> picture = course(History(visits=[visit]), name="P01")
    >>> picture
    <Picture: Course of P01: scores 2, states 2, descriptors 1>
    >>> picture.data["scores"][0]
    {'date': '2024-01-16', 'score': 'total', 'low': 2, 'high': 2, 'exact': 2, 'said': '2'}
    """

    spec: Mapping[str, Any]

    @property
    def title(self) -> str:
        """What the picture is of."""
        return str(self.spec["title"]["text"])

    @property
    def description(self) -> str:
        """What the picture shows, for who does not see it."""
        return str(self.spec["description"])

    @property
    def data(self) -> Mapping[str, list[Row]]:
        """The values that are drawn, as plain rows by what they are."""
        found: Mapping[str, list[Row]] = self.spec["datasets"]
        return found

    def svg(self) -> str:
        """Draw it as SVG, with its title and description for screen readers.

        Raises `MissingExtraError` without the extra `pictures`.
        """
        return _described(_renderer().vegalite_to_svg(dict(self.spec)), self)

    def html(self) -> str:
        """Draw it as one page of HTML that says the values under the pointer, and asks for nothing.

        Raises `MissingExtraError` without the extra `pictures`.
        """
        return _PAGE.format(
            title=escape(self.title),
            description=escape(self.description),
            library=_renderer().javascript_bundle(),
            # "<" never begins a tag there, whatever a patient is called.
            spec=json.dumps(self.spec).replace("<", "\\u003c"),
        )

    def save(self, path: str | Path) -> None:
        """Write it to a file, as its suffix says: `PICTURE_FORMATS`.

        The file gets its name when it is whole. Raises `InvalidInputError` for another suffix,
        `MissingExtraError` without the extra `pictures`, and `OSError` where nothing can be
        written.
        """
        path = Path(path)
        if (made := PICTURE_FORMATS.get(path.suffix.lower())) is None:
            raise InvalidInputError.found(path.suffix, PICTURE_FORMATS, escaped(str(path)))
        write_bytes(made(self), path)

    def _repr_html_(self) -> str:
        return self.svg()

    def __str__(self) -> str:
        return f"{self.title}\n{self.description}"

    def _headline(self) -> str:
        counts = ", ".join(f"{name} {len(rows)}" for name, rows in self.data.items())
        return f"{self.title}: {counts}"


def _png(picture: Picture) -> bytes:
    made: bytes = _renderer().vegalite_to_png(dict(picture.spec), scale=_PIXELS)
    return made


PICTURE_FORMATS: dict[str, Callable[[Picture], bytes]] = {
    ".svg": lambda picture: picture.svg().encode(),
    ".png": _png,
    ".html": lambda picture: picture.html().encode(),
}
"""The suffixes of files that a picture is written to."""


def require_renderer() -> None:
    """Refuse to begin where the library that draws is not there.

    Raises `MissingExtraError` without the extra `pictures`.
    """
    _renderer()


def _renderer() -> Any:
    try:
        return import_module("vl_convert")
    except ModuleNotFoundError as error:
        advice = extra_advice("sledai.pictures", "vl-convert-python", "pictures")
        raise MissingExtraError(advice) from error


def _described(svg: str, picture: Picture) -> str:
    """Say title and description in an SVG, under names that no other SVG of a page has."""
    ET.register_namespace("", _SVG)
    root = ET.fromstring(svg)  # noqa: S314 - made here
    mark = f"sledai-{sha256(svg.encode()).hexdigest()[:12]}"
    for element in root.iter():
        for spoken in [key for key in element.attrib if key == "role" or key.startswith("aria-")]:
            del element.attrib[spoken]  # the picture is said as a whole
        if (name := element.get("id")) is not None:
            element.set("id", f"{mark}-{name}")
        for key, value in element.items():
            if value.startswith("url(#"):
                element.set(key, value.replace("url(#", f"url(#{mark}-", 1))
    root.set("role", "img")
    root.set("aria-labelledby", f"{mark}-title {mark}-description")
    root.set("style", "max-width: 100%; height: auto; overflow: visible")
    for place, (kind, name, text) in enumerate(
        (("title", "title", picture.title), ("desc", "description", picture.description))
    ):
        said = ET.Element(f"{{{_SVG}}}{kind}", id=f"{mark}-{name}")
        said.text = text
        root.insert(place, said)
    return ET.tostring(root, encoding="unicode") + "\n"


_PAGE = """<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; \
script-src 'unsafe-inline'; style-src 'unsafe-inline'">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>{title}</title>
<style>
:root {{ color-scheme: light; }}
body {{ margin: 0; background: #fff; color: #222; font: 1rem/1.4 Arial, Helvetica, sans-serif; }}
main {{ padding: 1rem; }}
h1, p {{ position: absolute; width: 1px; height: 1px; overflow: hidden; clip-path: inset(50%); }}
svg {{ max-width: 100%; height: auto; }}
</style>
<script>{library}</script>
</head>
<body>
<main>
<h1>{title}</h1>
<p id="description">{description}</p>
<div role="img" aria-label="{title}" aria-describedby="description">
<div id="picture" aria-hidden="true"></div>
</div>
</main>
<script>
vegaEmbed("#picture", {spec}, {{renderer: "svg", actions: false, ast: true}});
</script>
</body>
</html>
"""
