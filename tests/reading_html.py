"""How tests read HTML: as a browser would, and refusing what is not balanced; hostile texts."""

from html.parser import HTMLParser

from hypothesis import strategies as st

VOID = {"br", "col", "hr", "img", "meta"}


class Reader(HTMLParser):
    """Reads markup as a browser would, and refuses what is not balanced."""

    def __init__(self, markup: str) -> None:
        super().__init__(convert_charrefs=True)
        self.elements: list[tuple[str, dict[str, str | None]]] = []
        self.text = ""
        self.open: list[str] = []
        self.feed(markup)
        self.close()
        assert self.open == []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        assert len(dict(attrs)) == len(attrs)
        self.elements.append((tag, dict(attrs)))
        if tag not in VOID:
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag

    def handle_data(self, data: str) -> None:
        self.text += data

    def handle_comment(self, data: str) -> None:
        raise AssertionError(data)

    def handle_pi(self, data: str) -> None:
        raise AssertionError(data)


HOSTILE = st.sampled_from(
    [
        "<script>alert(1)</script>",
        '"><img src=x onerror=alert(1)>',
        "' onmouseover='alert(1)",
        "</td></table><h1>",
        "<!-- ",
        "]]>",
        "&lt;b&gt;",
        "&amp",
        "\u202eevil",
        "a\x00b\x1b[31m\r\n\t",
        "\ud800",
    ]
)
texts = st.text() | HOSTILE | st.lists(st.text() | HOSTILE, max_size=3).map("".join)
"""Any text, and many that would do harm where they are not escaped."""
