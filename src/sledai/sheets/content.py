"""What stands on a sheet, in order, as plain data: each rendering shows all of it, and no more."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum
from typing import assert_never

import sledai
from sledai.codebook import Codebook
from sledai.descriptors import Descriptor, in_form_order
from sledai.displays import ANSWERS, VERDICTS, Displayed, Value
from sledai.displays import Table as Shown
from sledai.errors import InvalidInputError, require
from sledai.verdict import Verdict

__all__ = [
    "INTENDED_USE",
    "LONGEST_NAME",
    "MARKS",
    "Answer",
    "Cell",
    "Column",
    "Fact",
    "Facts",
    "Lines",
    "Mark",
    "Part",
    "Sheet",
    "Signature",
    "Table",
    "answered",
    "identified",
    "judged",
    "labels",
    "made_with",
    "plain",
    "signed_by",
]

INTENDED_USE = "For research and for building software. Not a medical device."


class Mark(StrEnum):
    """The shape beside a word: a full square, an empty one, and one with a line through it."""

    YES = "yes"
    NO = "no"
    OPEN = "open"


@dataclass(frozen=True, slots=True)
class Answer(Value):
    """A word, and the mark beside it."""

    word: str
    mark: Mark

    def __str__(self) -> str:
        return self.word


Cell = str | Answer


@dataclass(frozen=True, slots=True)
class Column(Value):
    """A column: its name, its share of the width, and whether numbers stand in it.

    Without a share it is as wide as what stands in it.
    """

    name: str
    share: int = 0
    numbers: bool = False


@dataclass(frozen=True, slots=True)
class Table(Value):
    """A table, of which each row has a cell for each column."""

    caption: str
    columns: tuple[Column, ...]
    rows: tuple[tuple[Cell, ...], ...]


@dataclass(frozen=True, slots=True)
class Fact(Value):
    """Something that has a name; None is a blank line, to be filled in by hand.

    What the sheet is read for is the `main` thing on it, and is printed larger.
    """

    name: str
    value: Cell | None
    main: bool = False


@dataclass(frozen=True, slots=True)
class Facts(Value):
    """What the sheet comes to."""

    caption: str
    facts: tuple[Fact, ...]


@dataclass(frozen=True, slots=True)
class Lines(Value):
    """Remarks, one after the other."""

    caption: str
    lines: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Signature(Value):
    """A line to sign on, with a date; `name` is printed where it is known."""

    role: str
    name: str | None = None


Part = Table | Facts | Lines


@dataclass(frozen=True, slots=True, kw_only=True)
class Sheet(Displayed):
    """A sheet: its title, whose it is, its parts in order, who signs, and how it was made."""

    title: str
    identity: tuple[Fact, ...]
    parts: tuple[Part, ...]
    signatures: tuple[Signature, ...]
    foot: tuple[str, ...]

    def __str__(self) -> str:
        facts = (fact for part in self.parts if isinstance(part, Facts) for fact in part.facts)
        said = [f"{fact.name}: {fact.value or 'left blank'}" for fact in (*self.identity, *facts)]
        return "\n".join([self._headline(), *said])

    def _headline(self) -> str:
        facts = (fact for part in self.parts if isinstance(part, Facts) for fact in part.facts)
        said = (f"{fact.name}: {fact.value}" for fact in facts if fact.main)
        return "; ".join([self.title, *said])

    def _tables(self) -> Iterator[Shown]:
        for part in self.parts:
            if isinstance(part, Table):
                header = [column.name for column in part.columns]
                yield Shown(header, [list(map(str, row)) for row in part.rows], part.caption)

    def texts(self) -> Iterator[str]:
        """Give every text that stands on it, in order.

        >>> sheet = Sheet(
        ...     title="Score sheet",
        ...     identity=(Fact("Subject", "P01"), Fact("Rater", None)),
        ...     parts=(Lines("Notes", ("none",)),),
        ...     signatures=(Signature("Rater"),),
        ...     foot=(),
        ... )
        >>> list(sheet.texts())
        ['Score sheet', 'Subject', 'P01', 'Rater', 'Notes', 'none', 'Rater']
        """
        yield self.title
        yield from _of_facts(self.identity)
        for part in self.parts:
            yield part.caption
            match part:
                case Table():
                    yield from (column.name for column in part.columns)
                    yield from (str(cell) for row in part.rows for cell in row)
                case Facts():
                    yield from _of_facts(part.facts)
                case Lines():
                    yield from part.lines
                case _:
                    assert_never(part)
        for signature in self.signatures:
            yield signature.role
            if signature.name is not None:
                yield signature.name
        yield from self.foot


def _of_facts(facts: tuple[Fact, ...]) -> Iterator[str]:
    for fact in facts:
        yield fact.name
        if fact.value is not None:
            yield str(fact.value)


_MARKS = {True: Mark.YES, False: Mark.NO, None: Mark.OPEN}
MARKS = {Verdict.MET: Mark.YES, Verdict.NOT_MET: Mark.NO, Verdict.UNDETERMINED: Mark.OPEN}
"""The shape beside a verdict."""


def answered(answer: bool | None) -> Answer:  # noqa: FBT001 - an answer, no switch
    """Say the answer to a descriptor.

    >>> str(answered(None))
    'not assessed'
    """
    return Answer(ANSWERS[answer].word, _MARKS[answer])


def judged(verdict: Verdict) -> Answer:
    """Say a verdict.

    >>> str(judged(Verdict.NOT_MET))
    'not met'
    """
    return Answer(VERDICTS[verdict].word, MARKS[verdict])


def plain(words: str) -> str:
    """Write names of the library as words of people.

    >>> plain("not known: low_complement, increased_dna_binding")
    'not known: low complement, increased DNA binding'
    """
    return _SHORT.sub(lambda found: _CAPITALS[found[0]], words.replace("_", " "))


_CAPITALS = {
    short.lower(): short
    for short in ("ACR", "ANA", "C3", "C4", "CH50", "CNS", "DNA", "IgA", "NSAID", "dsDNA")
}
_SHORT = re.compile(rf"\b(?:{'|'.join(_CAPITALS)})\b")


def labels(descriptors: frozenset[Descriptor]) -> str:
    """Name descriptors for people, in form order.

    >>> labels(frozenset({Descriptor.RASH, Descriptor.LUPUS_HEADACHE})), labels(frozenset())
    ('Lupus headache, Rash', 'none')
    """
    if len(descriptors) == len(Descriptor):
        return f"all {len(Descriptor)}"
    return ", ".join(d.label for d in in_form_order(descriptors)) or "none"


def identified(*, rater: str | None, subject: str | None, **others: str | None) -> tuple[Fact, ...]:
    """Say whose sheet it is, refusing names that are none."""
    facts = [_named("subject", subject)]
    facts += [Fact(name.replace("_", " ").capitalize(), value) for name, value in others.items()]
    return (*facts, _named("rater", rater))


def signed_by(rater: str | None) -> tuple[Signature, ...]:
    """Give the lines on which the rater and somebody beside the rater sign."""
    return Signature("Rater", rater), Signature("Second signature")


def made_with(codebook: Codebook | None) -> str:
    """Say with which version a sheet was made, and by which codebook, as a short hash.

    >>> made_with(None).endswith("no codebook")
    True
    """
    if codebook is not None:
        require(codebook, Codebook, "codebook", "a Codebook (sledai.codebook)")
    known = codebook is not None and codebook.lines()
    book = f"codebook {codebook.sha256[:12]}" if codebook is not None and known else "no codebook"
    return f"sledai {sledai.__version__}, {book}"


LONGEST_NAME = 200
"""How many characters a name may have; no identifier of a subject has more in an SDTM data set."""


def _named(name: str, value: str | None) -> Fact:
    if value is not None:
        require(value, str, name, "text, or None for a blank line")
        if not value.strip() or len(value) > LONGEST_NAME:
            accepted = f"a name of at most {LONGEST_NAME} characters, or None for a blank line"
            raise InvalidInputError.found(value, accepted, name)
    return Fact(name.capitalize(), value)
