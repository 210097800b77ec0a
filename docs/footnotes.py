"""Tables and lists in Markdown, with the source of what they say in footnotes of the page."""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from sledai.sources import Citation, Source

# Where the places differ by what the row says anyway, one footnote names them all.
_NUMBERED = re.compile(r"(?:(?<=descriptor )|(?<=criterion )|(?<=, item ))\d+")
_PAGES = {
    "pmid": "https://pubmed.ncbi.nlm.nih.gov/{}/",
    "pmcid": "https://pmc.ncbi.nlm.nih.gov/articles/{}/",
    "doi": "https://doi.org/{}",
    "url": "https://{}",
}


@dataclass(frozen=True, slots=True)
class Cited:
    """What a cell says, and where it is published."""

    said: object
    citation: Citation | None


def look_up(source: Source) -> str:
    """The identifier of a source, linked to the page that it leads to."""
    if (source.registry_id or "").startswith("NCT"):
        page = f"https://clinicaltrials.gov/study/{source.registry_id}"
    elif source.registry_id:
        return source.identifier
    else:
        known = ((form, getattr(source, kind)) for kind, form in _PAGES.items())
        page = next((form.format(value) for form, value in known if value and " " not in value), "")
    return f"[{source.identifier}]({page})" if page else source.identifier


def _ranges(numbers: Iterable[int]) -> str:
    """Write numbers short: 1 to 3, 5, 6."""
    runs: list[list[int]] = []
    for number in sorted(set(numbers)):
        if runs and number == runs[-1][-1] + 1:
            runs[-1].append(number)
        else:
            runs.append([number])
    shown = (f"{r[0]} to {r[-1]}" if r[2:] else ", ".join(map(str, r)) for r in runs)
    return ", ".join(shown)


def cite(citation: Citation, place: str = "") -> str:
    """Write a citation, its identifier linked; `place` stands for its own locator."""
    name = str(citation.source)
    if citation.source.identifier:
        name = name.replace(citation.source.identifier, look_up(citation.source))
    return f"{name}, {place or citation.locator} {citation.mark}".rstrip()


def _kind(citation: Citation) -> tuple[Source, str, str]:
    return citation.source, citation.mark, _NUMBERED.sub("#", citation.locator)


@dataclass(slots=True)
class Notes:
    """The footnotes of one table: those of a kind share one, in the order of the rows.

    Their labels are numbers, to be told apart from those of other tables by whoever joins them.
    """

    cited: dict[tuple[Source, str, str], list[Citation]] = field(default_factory=dict)

    def mark(self, citation: Citation | None) -> str:
        """Take up a citation, and refer to its footnote."""
        if citation is None:
            return ""
        self.cited.setdefault(_kind(citation), []).append(citation)
        return f"[^{list(self.cited).index(_kind(citation)) + 1}]"

    def __str__(self) -> str:
        return "\n".join(
            f"[^{number}]: {self._said(citations)}"
            for number, citations in enumerate(self.cited.values(), 1)
        )

    @staticmethod
    def _said(citations: list[Citation]) -> str:
        first = citations[0]
        found = [int(n) for one in citations for n in _NUMBERED.findall(one.locator)[:1]]
        place = _NUMBERED.sub(lambda _: _ranges(found), first.locator, count=1)
        return cite(first, place)


def _cell(value: object, notes: Notes) -> str:
    if isinstance(value, Cited):
        return f"{value.said}{notes.mark(value.citation)}"
    return str(value)


def table(header: Sequence[str], rows: Iterable[Sequence[object]]) -> str:
    """Write a table, and the footnotes of its cells that are `Cited` below it."""
    notes = Notes()
    lines = [header, ["---"] * len(header)]
    lines += [[_cell(cell, notes) for cell in row] for row in rows]
    shown = "\n".join(
        "| " + " | ".join(cell.replace("|", "\\|") for cell in line) + " |" for line in lines
    )
    return f"{shown}\n\n{notes}".rstrip()


def entries(found: Mapping[str, Sequence[tuple[object, Mapping[str, object]]]]) -> str:
    """Write what is too long for a table: a heading for each, paragraphs, and their particulars.

    Particulars that are empty are left out.
    """
    notes = Notes()
    lines: list[str] = []
    for heading, paragraphs in found.items():
        lines.append(f"### {heading}\n")
        for said, particulars in paragraphs:
            lines.append(f"{_cell(said, notes)}\n")
            lines += [f"- {name}: {value}" for name, value in particulars.items() if value]
            lines.append("")
    shown = "\n".join(lines)
    return f"{shown}\n{notes}".rstrip()
