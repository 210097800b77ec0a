"""A sheet as one page of HTML that loads nothing, to be read on a screen and printed."""

from typing import Literal, assert_never, get_args

from sledai.errors import require, require_one_of
from sledai.markup import Html, element, joined, page
from sledai.sheets.content import Answer, Cell, Fact, Facts, Lines, Part, Sheet, Signature, Table

__all__ = ["Paper", "html"]

Paper = Literal["a4", "letter"]
"""The sizes of paper for which sheets are made."""


def html(sheet: Sheet, *, paper: Paper = "a4") -> str:
    """Show a sheet as HTML, in one file without script, which prints on the paper that is named.

    Raises `InvalidInputError` for what is no sheet, and another paper.

    >>> from sledai import Assessment
    >>> from sledai.sheets import visit_sheet
    >>> sheet = visit_sheet(Assessment.of(), edition="SELENA", subject="<b>P01</b>")
    >>> "&lt;b&gt;P01&lt;/b&gt;" in html(sheet)
    True
    """
    require(sheet, Sheet, "sheet", "a Sheet (visit_sheet and its kin make one)")
    require_one_of(paper, get_args(Paper), "paper")
    main = element(
        "main",
        element("h1", sheet.title),
        element("dl", *map(_fact, sheet.identity), class_="identity"),
        *map(_part, sheet.parts),
        element("section", *map(_signature, sheet.signatures), aria_label="Signatures"),
        element("footer", *(element("p", line) for line in sheet.foot)),
    )
    names = [f.value for f in sheet.identity if isinstance(f.value, str) and f.name == "Subject"]
    return page(", ".join([sheet.title, *names]), main, style=_style(sheet, paper))


def _style(sheet: Sheet, paper: Paper) -> str:
    """Give the style, in which letters are smaller on paper the more there is to print."""
    rows = sum(len(part.rows) for part in sheet.parts if isinstance(part, Table))
    letters = sum(map(len, sheet.texts())) + _LETTERS_OF_A_ROW * rows
    size = max(_SMALLEST, min(_LARGEST, _LARGEST * (_LETTERS_OF_A_PAGE / letters) ** 0.5))
    return _STYLE.replace("PAPER", paper).replace("SIZE", f"{size:.1f}")


# A page of paper: how many letters it has room for at the largest size, and what a row takes up
# beside them. A browser on another machine has other fonts, so that a tenth is left empty.
_LARGEST, _SMALLEST = 8.0, 5.8
_LETTERS_OF_A_PAGE = 4600
_LETTERS_OF_A_ROW = 60


def _fact(fact: Fact) -> Html:
    value = element("dd", element("span", "to be filled in", class_="unseen"))
    if fact.value is not None:
        kind = "main" if fact.main else None
        value = element("dd", _cell(fact.value), class_=kind, dir="auto")
    return element("div", element("dt", fact.name), value)


def _part(part: Part) -> Html:
    match part:
        case Table():
            return _table(part)
        case Facts():
            heading, inner = element("h2", part.caption), element("dl", *map(_fact, part.facts))
            return element("section", heading, inner, class_="facts")
        case Lines():
            items = [element("li", line) for line in part.lines]
            return element("section", element("h2", part.caption), element("ul", *items))
        case _:
            assert_never(part)


def _table(part: Table) -> Html:
    shares = sum(column.share for column in part.columns)
    head = [
        element(
            "th",
            column.name,
            scope="col",
            class_=_kind(numbers=column.numbers, narrow=not column.share),
            style=f"width:{100 * column.share // shares}%" if column.share else "width:1%",
        )
        for column in part.columns
    ]
    rows = [
        element(
            "tr",
            *(
                element(
                    "td",
                    _cell(cell),
                    class_=_kind(numbers=column.numbers, narrow=not column.share),
                )
                for column, cell in zip(part.columns, row, strict=True)
            ),
            class_=" ".join({cell.mark for cell in row if isinstance(cell, Answer)}) or None,
        )
        for row in part.rows
    ]
    table = element(
        "table",
        element("caption", part.caption),
        element("thead", element("tr", *head)),
        element("tbody", *rows),
    )
    return element(
        "div", table, class_="wide", tabindex="0", role="region", aria_label=part.caption
    )


def _kind(*, numbers: bool, narrow: bool) -> str | None:
    return " ".join(["number"] * numbers + ["narrow"] * narrow) or None


def _cell(cell: Cell) -> Html:
    if isinstance(cell, Answer):
        mark = element("span", class_=f"mark {cell.mark}", aria_hidden="true")
        return joined(mark, " ", element("span", cell.word, class_="word"))
    return joined(cell)


def _signature(signature: Signature) -> Html:
    name = element("span", signature.name or "", class_="name", dir="auto")
    lines = [
        joined(element("span", word), element("span", class_="blank"))
        for word in ("Signature", "Date")
    ]
    return element("p", element("span", signature.role, class_="role"), name, *lines, class_="sign")


_STYLE = """
@page { size: PAPER; margin: 9mm 11mm; }
:root { color-scheme: light dark; --ink: #16191d; --soft: #4a525b; --line: #b4bcc4;
  --band: #f0f3f5; --paper: #fff; }
@media (prefers-color-scheme: dark) { :root { --ink: #e8ebee; --soft: #b3bcc5; --line: #59636d;
  --band: #262d33; --paper: #171b1f; } }
* { box-sizing: border-box; }
body { margin: 0; background: var(--paper); color: var(--ink);
  font: 13px/1.35 "Helvetica Neue", Helvetica, Arial, "Liberation Sans", "Noto Sans",
    "DejaVu Sans Condensed", sans-serif; }
main { max-width: 60rem; margin: 0 auto; padding: 1.2em; }
h1 { font-size: 1.7em; line-height: 1.2; margin: 0 0 .4em; }
h2, caption { font-size: 1em; font-weight: 700; text-align: left; margin: 0; padding: .7em 0 .2em; }
dl, ul { margin: 0; }
ul { padding-left: 1.2em; }
dl { display: flex; flex-wrap: wrap; gap: .3em 1.6em; }
dl > div { flex: 1 1 auto; min-width: 7em; max-width: 100%; }
dt { color: var(--soft); font-size: .88em; }
dd { margin: 0; font-weight: 600; overflow-wrap: anywhere; min-height: 1.35em; }
.main { font-size: 1.3em; line-height: 1.1; }
.identity { border-top: 1.5px solid var(--ink); padding-top: .4em; }
.identity dd { border-bottom: 1px solid var(--line); }
.facts dl { background: var(--band); border: 1px solid var(--line); padding: .4em .7em; }
.facts div { flex: 0 1 auto; }
.wide { overflow-x: auto; }
table { border-collapse: collapse; width: 100%; min-width: 46rem; }
th, td { text-align: left; vertical-align: top; padding: .13em .45em .13em 0;
  border-bottom: 1px solid var(--line); overflow-wrap: anywhere; }
th { color: var(--soft); font-size: .88em; vertical-align: bottom;
  border-bottom-color: var(--ink); }
.narrow { white-space: nowrap; overflow-wrap: normal; }
.number { text-align: right; font-variant-numeric: tabular-nums; }
td.number + td:not(.number), th.number + th:not(.number) { padding-left: .5em; }
tr.yes .word { font-weight: 700; }
tr.open .word { font-style: italic; }
.mark { display: inline-block; width: .8em; height: .8em; border: 1.2px solid;
  vertical-align: -.06em; }
.mark.yes { width: 0; height: 0; border-width: .4em; }
.unseen { position: absolute; width: 1px; height: 1px; overflow: hidden; clip-path: inset(50%); }
.mark.open::after { content: ""; display: block; border-top: 1.4px solid; margin-top: .22em; }
.sign { display: flex; flex-wrap: wrap; gap: .2em .6em; align-items: flex-end; margin: 1.3em 0 0; }
.sign .role { font-weight: 700; min-width: 9em; }
.sign .name { flex: 1 1 8em; overflow-wrap: anywhere; min-width: 0; }
.sign .blank { flex: 2 1 9em; border-bottom: 1px solid var(--ink); }
footer { color: var(--soft); font-size: .88em; margin-top: 1.2em; }
footer p { margin: 0; }
@media screen and (max-width: 46rem) {
  h1 { font-size: 1.4em; }
  th:not(.narrow) { min-width: 8em; }
}
@media print {
  :root { color-scheme: light; --ink: #000; --soft: #333; --line: #999; --band: #fff;
    --paper: #fff; }
  body { font-size: SIZEpt; line-height: 1.2; }
  main { max-width: none; padding: 0; }
  table { min-width: 0; }
  .wide { overflow: visible; }
  thead { display: table-header-group; }
  tr, .sign, .facts { break-inside: avoid; }
}
"""
