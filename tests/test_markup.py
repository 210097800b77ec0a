"""Markup is safe by how it is made: any text comes out as text, and nothing else becomes of it."""

import pytest
from hypothesis import given
from reading_html import Reader, texts

from sledai import InvalidInputError
from sledai.errors import escaped
from sledai.markup import Html, element, joined, page, table


class TestText:
    """A text that is given is shown, with what cannot be seen escaped, and makes no element."""

    @given(texts)
    def test_as_a_child(self, text: str) -> None:
        read = Reader(element("p", text, element("b", text)))
        assert read.elements == [("p", {}), ("b", {})]
        assert read.text == escaped(text) * 2

    @given(texts)
    def test_in_an_attribute(self, text: str) -> None:
        read = Reader(element("span", title=text, data_name=text))
        assert read.elements == [("span", {"title": escaped(text), "data-name": escaped(text)})]
        assert read.text == ""

    @given(texts)
    def test_in_a_table(self, text: str) -> None:
        read = Reader(table([text, "b"], [[text, text], [1, text]], caption=text))
        tags = [tag for tag, _ in read.elements]
        row = ["tr", "th", "td"]
        assert tags == ["table", "caption", "thead", "tr", "th", "th", "tbody", *row, *row]
        shown = escaped(text)
        assert read.text == f"{shown}{shown}b{shown}{shown}1{shown}"

    @given(texts)
    def test_in_a_page(self, text: str) -> None:
        read = Reader(page(text, element("p", text), lang=text, style="p > b { color: red }"))
        tags = [tag for tag, _ in read.elements]
        assert tags == ["html", "head", "meta", "meta", "meta", "title", "style", "body", "p"]
        assert read.elements[0] == ("html", {"lang": escaped(text)})
        # Of a style sheet the reader tells the text too.
        assert (
            read.text.replace("\n", "") == f"{escaped(text)}p > b {{ color: red }}{escaped(text)}"
        )

    def test_what_cannot_be_seen_is_shown(self) -> None:
        assert element("p", "a\u202eb\n") == r"<p>a\u202eb\n</p>"

    def test_none_is_nothing_and_numbers_are_text(self) -> None:
        assert joined(None, 1, "&", Html("<br>")) == "1&amp;<br>"
        assert type(joined("a")) is Html

    def test_what_is_made_of_markup_by_hand_is_text_again(self) -> None:
        made = element("b", "x")
        assert element("p", made + "<i>") == "<p>&lt;b&gt;x&lt;/b&gt;&lt;i&gt;</p>"
        assert element("p", f"{made}") == "<p>&lt;b&gt;x&lt;/b&gt;</p>"


class TestElements:
    """No script, no handler, nothing from elsewhere can be asked for."""

    @pytest.mark.parametrize(
        "tag",
        ["script", "style", "iframe", "object", "link", "base", "form", "P", "p ", "p><b", ""],
    )
    def test_others_are_refused(self, tag: str) -> None:
        with pytest.raises(InvalidInputError, match=r"^element: found "):
            element(tag)

    @pytest.mark.parametrize(
        "name",
        ["onclick", "ONCLICK", "srcdoc", "a b", 'x"', "", "data", "aria-", "aria->", "action"],
    )
    def test_other_attributes_are_refused(self, name: str) -> None:
        with pytest.raises(InvalidInputError, match=r"^attribute: found "):
            element("p", **{name: "x"})

    @pytest.mark.parametrize(
        ("name", "value"),
        [
            ("href", "javascript:alert(1)"),
            ("href", " https://example.org"),
            ("href", "https://example.org/ x"),
            ("href", "JAVASCRIPT:alert(1)"),
            ("href", "data:text/html,x"),
            ("href", "//example.org"),
            ("href", ""),
            ("src", "https://example.org/x.png"),
            ("src", "data:text/html;base64,AA=="),
            ("src", "data:image/png;base64,A\nA"),
            ("style", "background:url(https://example.org)"),
            ("style", "x:\\75rl"),
            ("style", "@import"),
        ],
    )
    def test_values_that_would_reach_out_are_refused(self, name: str, value: str) -> None:
        with pytest.raises(InvalidInputError, match=f"^{name}: found "):
            element("a", **{name: value})

    @pytest.mark.parametrize(
        ("name", "value"),
        [
            ("href", "https://doi.org/10.1002/art.1780350606"),
            ("href", "#reasons"),
            ("href", "mailto:someone@example.org"),
            ("src", "data:image/png;base64,iVBORw0KGgo="),
            ("src", "data:image/svg+xml;base64,AA+/"),
            ("style", "text-align:right; width: 1.5em; color:#333"),
        ],
    )
    def test_others_are_not(self, name: str, value: str) -> None:
        assert Reader(element("a", **{name: value})).elements == [("a", {name: value})]

    def test_an_attribute_may_stand_alone_or_be_left_out(self) -> None:
        assert element("details", open=True, id=None, title=False) == "<details open></details>"
        assert element("p", class_="a b", aria_label="c") == '<p class="a b" aria-label="c"></p>'

    def test_some_have_no_end_and_no_children(self) -> None:
        assert element("hr") == "<hr>"
        with pytest.raises(InvalidInputError, match=r"^br: found 1 children; accepted: none$"):
            element("br", "x")


class TestTables:
    """A table has a header and a head in each row, and numbers stand to the right."""

    def test_cells(self) -> None:
        made = table(["item", "points"], [["rash", 2], ["fever", "?"]], class_="items")
        assert made == (
            '<table class="items"><thead><tr><th scope="col" style="text-align:left">item</th>'
            '<th scope="col" style="text-align:left">points</th></tr></thead><tbody>'
            '<tr><th scope="row" style="text-align:left">rash</th>'
            '<td style="text-align:right">2</td></tr>'
            '<tr><th scope="row" style="text-align:left">fever</th>'
            '<td style="text-align:left">?</td></tr></tbody></table>'
        )


class TestPages:
    """A page is one file that loads and runs nothing."""

    def test_it_is_a_whole_document(self) -> None:
        assert page("T", "x", style="p {}") == (
            '<!DOCTYPE html>\n<html lang="en">\n<head>\n<meta charset="utf-8">\n'
            '<meta http-equiv="Content-Security-Policy" content="default-src \'none\'; '
            "style-src 'unsafe-inline'; img-src data:; base-uri 'none'; form-action 'none'\">\n"
            '<meta name="viewport" content="width=device-width, initial-scale=1">\n'
            "<title>T</title>\n<style>p {}</style>\n</head>\n<body>x</body>\n</html>\n"
        )

    def test_a_style_sheet_that_could_end_itself_is_refused(self) -> None:
        with pytest.raises(InvalidInputError, match=r"^style: found '<'"):
            page("T", style="</style><script>")
