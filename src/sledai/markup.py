"""HTML that is safe by how it is made: text is escaped, and only what is asked for is an element.

For displays in notebooks and for pages of one file: no script, no handler, nothing from elsewhere.
"""

import re
from collections.abc import Iterable, Sequence
from html import escape

from sledai.errors import InvalidInputError, escaped, is_number

__all__ = ["Html", "element", "joined", "page", "table"]


class Html(str):
    """Markup that needs no escaping, because `element` or its kin made it."""

    __slots__ = ()


Child = object
"""What stands in an element: markup as it is, all else as the text of it, and None as nothing."""

_VOID = frozenset({"br", "col", "hr", "img", "meta"})
_ELEMENTS = _VOID | {
    *("abbr", "article", "aside", "b", "caption", "code", "colgroup", "dd", "details", "div"),
    *("dl", "dt", "em", "figcaption", "figure", "footer", "h1", "h2", "h3", "h4", "header", "i"),
    *("kbd", "li", "main", "nav", "ol", "p", "pre", "section", "small", "span", "strong", "sub"),
    *("summary", "sup", "table", "tbody", "td", "tfoot", "th", "thead", "time", "tr", "ul", "a"),
}
_ATTRIBUTES = frozenset(
    {
        *("alt", "class", "colspan", "content", "datetime", "dir", "headers", "height", "href"),
        *("id", "lang", "name", "open", "role", "rowspan", "scope", "span", "src", "start"),
        *("style", "tabindex", "title", "value", "width"),
    }
)
_ARIA_OR_DATA = re.compile("(?:aria|data)(?:-[a-z0-9]+)+")
_HELD = {
    "href": (re.compile(r"(?:https?://|mailto:|#)\S*"), "http://, https://, mailto: or #"),
    "src": (re.compile(r"data:image/(?:png|svg\+xml);base64,[\w+/=]*"), "data:image/ in base64"),
    "style": (re.compile(r"[\w\s:;,.%#-]*"), "properties with plain values, no function"),
}


def _text(value: object) -> Html:
    return value if isinstance(value, Html) else Html(escape(escaped(str(value))))


def joined(*children: Child) -> Html:
    r"""Give markup of several in turn: markup as it is, other values as text, None as nothing.

    What cannot be seen, or would move what can be, is shown as in messages of errors.

    >>> joined("1 < 2", element("br"), "a\tb")
    '1 &lt; 2<br>a\\tb'
    """
    return Html("".join(_text(child) for child in children if child is not None))


def element(tag: str, /, *children: Child, **attributes: object) -> Html:
    """Give one element, with its children as `joined` makes them.

    The name of an attribute is written with `_` for `-`, and with a `_` behind where it is a word
    of Python. An attribute of True has no value; of None or False it is left out.

    Raises `InvalidInputError` for an element or an attribute that a document needs not (scripts,
    handlers, frames), a link that is no http, mailto or place in the page, a picture that is not in
    the page, and a child of an element that can have none.

    >>> element("td", "<b>", class_="open", aria_label='"fever"')
    '<td class="open" aria-label="&quot;fever&quot;">&lt;b&gt;</td>'
    >>> element("a", "here", href="javascript:alert(1)")
    Traceback (most recent call last):
    ...
    sledai.errors.InvalidInputError: href: found 'javascript:alert(1)'; accepted: http://, \
https://, mailto: or #
    """
    if tag not in _ELEMENTS:
        raise InvalidInputError.found(tag, sorted(_ELEMENTS), "element")
    opened = f"<{tag}{''.join(map(_attribute, attributes, attributes.values()))}>"
    if tag not in _VOID:
        return Html(f"{opened}{joined(*children)}</{tag}>")
    if children:
        raise InvalidInputError.in_words(f"{len(children)} children", "none", tag)
    return Html(opened)


def _attribute(name: str, value: object) -> str:
    plain = name.rstrip("_").replace("_", "-")
    if plain not in _ATTRIBUTES and not _ARIA_OR_DATA.fullmatch(plain):
        accepted = [*sorted(_ATTRIBUTES), "aria-...", "data-..."]
        raise InvalidInputError.found(plain, accepted, "attribute")
    if value is None or value is False:
        return ""
    if value is True:
        return f" {plain}"
    text = escaped(str(value))
    pattern, accepted_values = _HELD.get(plain, (None, ""))
    if pattern and not pattern.fullmatch(text):
        raise InvalidInputError.found(text, accepted_values, plain)
    return f' {plain}="{escape(text)}"'


def table(
    header: Sequence[Child],
    rows: Iterable[Sequence[Child]],
    *,
    caption: Child = None,
    **attributes: object,
) -> Html:
    """Give a table with a header: the first cell of a row heads it, numbers stand to the right.

    >>> table(["item", "points"], [["rash", 2]], class_="items").partition("<tbody>")[0]
    '<table class="items"><thead><tr><th scope="col" style="text-align:left">item</th>\
<th scope="col" style="text-align:left">points</th></tr></thead>'
    """
    head = element("tr", *(_cell("th", name, scope="col") for name in header))
    body = (
        element(
            "tr",
            *(
                _cell("td", cell) if i else _cell("th", cell, scope="row")
                for i, cell in enumerate(row)
            ),
        )
        for row in rows
    )
    return element(
        "table",
        None if caption is None else element("caption", caption, style="text-align:left"),
        element("thead", head),
        element("tbody", *body),
        **attributes,
    )


def _cell(tag: str, value: Child, **attributes: object) -> Html:
    # Notebooks put all cells to the right, unless the cell itself says otherwise.
    side = "right" if is_number(value) else "left"
    return element(tag, value, **attributes, style=f"text-align:{side}")


_POLICY = (
    "default-src 'none'; style-src 'unsafe-inline'; img-src data:; base-uri 'none'; "
    "form-action 'none'"
)


def page(title: str, *body: Child, style: str = "", lang: str = "en") -> Html:
    """Give a whole document in one file, whose policy lets it load and run nothing.

    `style` is a style sheet, written by the caller and never from data. Raises `InvalidInputError`
    where it has a `<`, which could end it.

    >>> page("Visit", element("p", "8 points")).splitlines()[0]
    '<!DOCTYPE html>'
    """
    if "<" in style:
        raise InvalidInputError.found("<", "a style sheet without it", "style")
    lines = [
        "<!DOCTYPE html>",
        f'<html lang="{escape(escaped(lang))}">',
        "<head>",
        '<meta charset="utf-8">',
        f'<meta http-equiv="Content-Security-Policy" content="{_POLICY}">',
        '<meta name="viewport" content="width=device-width, initial-scale=1">',
        f"<title>{_text(title)}</title>",
        f"<style>{style}</style>",
        "</head>",
        f"<body>{joined(*body)}</body>",
        "</html>\n",
    ]
    return Html("\n".join(lines))
