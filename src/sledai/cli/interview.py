"""A visit asked question by question: what may be answered, and what an answer comes to.

Nothing is decided here: a value is read and judged by `findings.derive`, a date by `visits`, and
silence is not assessed.
"""

import datetime as dt
import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, Protocol

from pydantic import ValidationError

from sledai.assessment import Assessment
from sledai.cli.reference import definition_said
from sledai.definitions import Edition
from sledai.definitions.editions import DEFINITIONS, edition_named
from sledai.descriptors import Descriptor
from sledai.displays import ANSWERS
from sledai.errors import InvalidInputError
from sledai.findings import Findings, Reason, derive
from sledai.quantities import UNITS
from sledai.records import message_of
from sledai.rules import ActivityRule
from sledai.rules.editions import require_edition
from sledai.sheets.content import LONGEST_NAME
from sledai.visits.visit import day

__all__ = ["BACK", "END", "EXPLAIN", "ITEMS", "QUESTIONS", "Entered", "Item", "Question"]

BACK, END, EXPLAIN = "b", "q", "?"
"""What may be typed at every question in place of an answer."""

_ANSWERS = {key: answer for answer, said in ANSWERS.items() for key in (said.word[0], said.word)}
_CASTS = ("heme_granular_casts", "red_cell_casts")
_YES_OR_NO = {"yes": True, "no": False}


@dataclass(slots=True)
class Entered:
    """What is known of a visit so far; `rules` are judged on it, each about one edition.

    `measured` has what was typed as values, `by_value` the descriptors whose answers come of them.
    """

    rules: tuple[ActivityRule, ...] = ()
    subject: str | None = None
    date: dt.date | None = None
    rater: str | None = None
    edition: Edition = Edition.SELENA
    answers: dict[Descriptor, bool | None] = field(default_factory=dict[Descriptor, bool | None])
    measured: dict[str, Any] = field(default_factory=dict[str, Any])
    by_value: set[Descriptor] = field(default_factory=set[Descriptor])

    def __post_init__(self) -> None:
        if self.rules:
            self.edition = self.rules[0].edition

    @property
    def assessment(self) -> Assessment:
        """The 24 answers; who was not asked is not assessed."""
        return Assessment.model_validate({d.value: self.answers.get(d) for d in Descriptor})

    def choose(self, edition: Edition) -> None:
        """Take an edition; answers that come of values are those by its definitions.

        Raises `InvalidInputError` where a rule is about another one.
        """
        for rule in self.rules:
            require_edition(rule, edition)
        self.edition = edition
        self.answers |= {d: self.reason(d).answer for d in self.by_value}

    def reason(self, descriptor: Descriptor) -> Reason:
        """Say what the values that were typed come to."""
        return derive(_findings(self.measured), edition=self.edition).reasons[descriptor]

    def measure(self, descriptor: Descriptor, values: Mapping[str, Any]) -> None:
        """Take up values, which answer for a descriptor until somebody says otherwise.

        Raises `InvalidInputError` for what is no value of theirs.
        """
        _findings(measured := {**self.measured, **values})
        self.measured = measured
        self.by_value.add(descriptor)
        self.answers[descriptor] = self.reason(descriptor).answer

    def rate(self, descriptor: Descriptor, answer: bool | None) -> None:  # noqa: FBT001 - no switch
        """Take the answer of a person, which stands beside values that say something else."""
        self.by_value.discard(descriptor)
        self.answers[descriptor] = answer


def _findings(values: Mapping[str, Any]) -> Findings:
    try:
        return Findings.model_validate(values)
    except ValidationError as error:
        said = [": ".join([*map(str, line["loc"]), message_of(line)]) for line in error.errors()]
        raise InvalidInputError("; ".join(said)) from None


class Question(Protocol):
    """Something that is asked: what stands above it, what it is called, and what enter means."""

    @property
    def name(self) -> str:
        """What is asked for, in a word."""
        ...

    def kept(self, visit: Entered) -> str:
        """Say what enter means."""
        ...

    def take(self, text: str, visit: Entered) -> bool:
        """Take an answer, and say whether the next question is due; else this one comes again.

        Raises `InvalidInputError` for what is no answer.
        """
        ...

    def explained(self, visit: Entered) -> Iterator[tuple[str, int]]:
        """Explain it in full: paragraphs, and how far all but their first lines are indented."""
        ...


@dataclass(frozen=True, slots=True)
class _Field:
    """A question about the visit as a whole."""

    name: str
    help: str
    read: Callable[[str], object]

    def kept(self, visit: Entered) -> str:
        value = getattr(visit, self.name)
        return "not known" if value is None else str(value)

    def take(self, text: str, visit: Entered) -> bool:
        if text:
            value = self.read(text)
            if isinstance(value, Edition):
                visit.choose(value)
            else:
                setattr(visit, self.name, value)
        return True

    def explained(self, visit: Entered) -> Iterator[tuple[str, int]]:
        yield f"{self.help} Enter takes: {self.kept(visit)}.", 2


@dataclass(frozen=True, slots=True)
class Item:
    """A question about a descriptor."""

    descriptor: Descriptor

    @property
    def name(self) -> str:
        """The name of the descriptor."""
        return self.descriptor.value

    def kept(self, visit: Entered) -> str:
        """Say the answer that was given before; nobody who was not asked is absent."""
        return ANSWERS[visit.answers.get(self.descriptor)].word

    def take(self, text: str, visit: Entered) -> bool:
        """Take an answer in a word or a letter; a value comes back with its reason."""
        word = text.lower()
        if not word:
            visit.answers.setdefault(self.descriptor, None)
        elif word in _ANSWERS:
            visit.rate(self.descriptor, _ANSWERS[word])
        elif re.match(r"[0-9<>≤≥]|\w+ *=", text):
            visit.measure(self.descriptor, self._values(text, visit))
            return False
        else:
            raise InvalidInputError.found(text, self.accepted(visit), self.name)
        return True

    def accepted(self, visit: Entered) -> str:
        """Say what may be answered."""
        values = self.amounts(visit)
        value = f", or a value of {', '.join(values)}" if values else ""
        return f"p (present), a (absent), n (not assessed){value}"

    def amounts(self, visit: Entered) -> tuple[str, ...]:
        """Name the amounts that the definition asks for."""
        asked = DEFINITIONS[visit.edition][self.descriptor].findings
        return tuple(name for name in asked if name in UNITS or name in _CASTS)

    def _values(self, text: str, visit: Entered) -> dict[str, Any]:
        """Read NAME=VALUE, several with ";" between them; of one amount the name may be left out.

        Behind a value may stand lower=, upper= or flag= of its laboratory.
        """
        asked, amounts = DEFINITIONS[visit.edition][self.descriptor].findings, self.amounts(visit)
        values: dict[str, Any] = {}
        for part in text.split(";"):
            given = re.fullmatch(r"\s*(?:(\w+)\s*=)?\s*(.*?)\s*", part)
            name, said = (given[1], given[2]) if given else (None, part)
            name = amounts[0] if name is None and len(amounts) == 1 else name
            if name not in asked:
                form = ", ".join(f"{one}=VALUE" for one in asked)
                raise InvalidInputError.found(text, form, self.name)
            value, *limits = re.split(r"\s+(?=(?:lower|upper|flag)\s*=)", said)
            if limits:
                pairs = [limit.split("=", 1) for limit in limits]
                values[name] = {"value": value, **{k.strip(): v.strip() for k, v in pairs}}
            elif name in amounts:
                values[name] = _YES_OR_NO.get(value.lower(), value)
            else:
                count = int(value) if re.fullmatch("[0-9]{1,9}", value) else value
                values[name] = _YES_OR_NO.get(value.lower(), count)
        return values

    def explained(self, visit: Entered) -> Iterator[tuple[str, int]]:
        """Give the definition in full, with its source, and what a value may be."""
        yield from definition_said(self.descriptor, [visit.edition])
        for name in self.amounts(visit):
            units = UNITS.get(name, UNITS["urine_casts"])
            yield f"{name}: a number and a unit: {', '.join(units)}", 2
        others = [
            name
            for name in DEFINITIONS[visit.edition][self.descriptor].findings
            if name not in self.amounts(visit)
        ]
        if others:
            yield f"as findings, each NAME=yes, =no or a count: {', '.join(others)}", 2
        yield f"answers: {self.accepted(visit)}; enter: {self.kept(visit)}", 2


def _name(text: str) -> str:
    if len(text) > LONGEST_NAME:
        raise InvalidInputError.found(text, f"a name of at most {LONGEST_NAME} characters")
    return text


ITEMS = tuple(map(Item, Descriptor))
QUESTIONS: tuple[Question, ...] = (
    _Field("subject", "Who was seen: a number or a name, as you know them.", _name),
    _Field("date", "The date of the visit, such as 2024-01-16.", day),
    _Field("rater", "Who rated the visit.", _name),
    _Field(
        "edition",
        f"By whose definitions the descriptors are rated: {', '.join(e.name for e in Edition)}.",
        edition_named,
    ),
    *ITEMS,
)
"""What is asked, in order."""
