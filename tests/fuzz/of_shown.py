"""The door of what is shown: a hostile text stands there as text, and nowhere as anything else."""

import re
from pathlib import Path

from reading_html import Reader

from sledai import Assessment, Descriptor
from sledai.displays import Displayed, Table, in_words
from sledai.errors import InvalidInputError, escaped, shorten
from sledai.markup import element, joined, page, table
from sledai.sheets import html, visit_sheet

__all__ = ["shown"]

_VISIT = Assessment.of(present={"rash"}, not_assessed={Descriptor.LOW_COMPLEMENT})
_SHORTENED = 40
_ALLOWED = re.compile("[a-z][a-z0-9]*")
_RAW = re.compile("[\x00-\x1f\x7f-\x9f\u200b-\u200f\u2028-\u202e\u2066-\u2069\ufeff\ud800-\udfff]")


class _Shown(Displayed):
    def __init__(self, text: str) -> None:
        self.text = text

    def __str__(self) -> str:
        return self.text

    def _tables(self) -> list[Table]:
        return [Table((self.text, "b"), [(self.text, {self.text: [self.text]})], self.text)]


def shown(data: bytes, _: Path) -> None:
    text = data.decode("utf-8", "surrogateescape")
    plain = escaped(text)
    assert not _RAW.search(plain), ascii(plain)
    assert escaped(plain) == plain
    for short in (shorten(text), repr(_Shown(text)), str(InvalidInputError.found(text, "b"))):
        assert not _RAW.search(short), ascii(short)
    assert len(shorten(text)) <= _SHORTENED
    in_words({text: [text, None]})
    for markup in (
        joined(text, element("p", text, title=text, class_=text)),
        table([text, "b"], [[text, 1]], caption=text),
        page(text, element("h1", text), style="p { color: red }"),
        _Shown(text)._repr_html_(),
    ):
        _as_text(str(markup), plain)
    named = visit_sheet(_VISIT, edition="SELENA", subject=text, rater=text)
    _as_text(html(named), plain)


def _as_text(markup: str, plain: str) -> None:
    assert not _RAW.search(markup.replace("\n", "")), ascii(markup)
    read = Reader(markup.removeprefix("<!DOCTYPE html>"))
    for tag, attributes in read.elements:
        assert tag in _TAGS, tag
        for name, value in attributes.items():
            assert not name.startswith("on"), name
            assert name not in {"src", "href"}, (name, value)
    assert " ".join(plain.split())[:9] in " ".join(read.text.split()), plain


_TAGS = {
    *("html", "head", "meta", "title", "style", "body", "p", "h1", "h2", "h3", "table", "thead"),
    *("tbody", "tr", "th", "td", "caption", "div", "strong", "section", "article", "header"),
    *("footer", "span", "dl", "dt", "dd", "ul", "li", "small", "em", "main", "colgroup", "col"),
}
