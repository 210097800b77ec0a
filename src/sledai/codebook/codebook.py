"""Codebook: one object that states how a data set says what it says.

The same object serves files and data frames, and every function of `sledai.frame` and
`sledai.audit` takes it as the second argument. In a file it is TOML, each key on a line of its own.
It states and never guesses: what it does not say is read by canonical names and words alone.
"""

import json
import tomllib
from collections.abc import Iterable, Mapping
from hashlib import sha256
from os import PathLike
from pathlib import Path
from secrets import token_hex
from typing import Any, Self, cast

from pydantic import BaseModel, ConfigDict, PrivateAttr, ValidationError, model_validator

from sledai.codebook.contents import (
    AnswerWords,
    DescriptorColumns,
    FieldColumns,
    FindingColumns,
    RecordedColumns,
)
from sledai.codebook.layout import FileFormat, LongLayout, RowConditions, VisitColumns
from sledai.codebook.proposal import Draft, drafted, sample_of_file, sample_of_frame
from sledai.codebook.questions import OPEN, Place, Question, refuse_open, without_open
from sledai.codebook.sections import Part, Section, by_column
from sledai.codebook.toml import commented, written_toml
from sledai.codebook.words import Words
from sledai.descriptors import Descriptor
from sledai.displays import Value
from sledai.errors import InvalidInputError, closest, file_name, require, require_file, shorten
from sledai.records import FrozenDict, message_of

__all__ = ["Codebook"]

_NOTHING = FrozenDict[str, Any]()
_NOTHING_SAID = FrozenDict[Place, str]()


class Codebook(Value, BaseModel):
    """How a data set is written: a section for each thing that columns can hold.

    `file` says how text is written and what stands for nothing; `rows` which rows are visits, and
    what a form says of a whole row; `long` where the items are if each has a row; `visit` names the
    columns of patient and date; `answers` has the words for present and absent; `descriptors`,
    `fields` (of a visit), `findings` (laboratory values and signs) and `recorded` (scores) say
    which column holds what. Keys are those of the TOML.

    Raises `InvalidInputError`, with the place and what is accepted, for an unknown key, for a value
    that is none, and for a column that is named for two things.

    >>> book = Codebook(
    ...     answers={"present": ["ja"], "absent": ["nein"]},
    ...     descriptors={"arthritis": "Gelenke", "absent": set(Descriptor) - {"arthritis"}},
    ... )
    >>> book.descriptors.columns[Descriptor.ARTHRITIS]
    'Gelenke'
    >>> Codebook(answers={"presnt": ["ja"]})
    Traceback (most recent call last):
    sledai.errors.InvalidInputError: [answers] no key 'presnt'; accepted: present, absent, \
not_assessed, points; closest: present
    """

    model_config = ConfigDict(frozen=True, strict=True, extra="forbid", hide_input_in_errors=True)

    file: FileFormat = FileFormat()
    rows: RowConditions = RowConditions()
    long: LongLayout = LongLayout()
    visit: VisitColumns = VisitColumns()
    answers: AnswerWords = AnswerWords()
    descriptors: DescriptorColumns = DescriptorColumns()
    fields: FieldColumns = FieldColumns()
    findings: FindingColumns = FindingColumns()
    recorded: RecordedColumns = RecordedColumns()

    _questions: tuple[Question, ...] = PrivateAttr(default=())
    _comments: Mapping[Place, str] = PrivateAttr(default=FrozenDict())  # above their lines
    _remarks: tuple[str, ...] = PrivateAttr(default=())  # above all

    def __init__(  # noqa: PLR0913 - a section each
        self,
        *,
        file: FileFormat | Section = _NOTHING,
        rows: RowConditions | Section = _NOTHING,
        long: LongLayout | Section = _NOTHING,
        visit: VisitColumns | Section = _NOTHING,
        answers: AnswerWords | Section = _NOTHING,
        descriptors: DescriptorColumns | Section = _NOTHING,
        fields: FieldColumns | Section = _NOTHING,
        findings: FindingColumns | Section = _NOTHING,
        recorded: RecordedColumns | Section = _NOTHING,
        **unknown: object,
    ) -> None:
        sections = {
            "file": file,
            "rows": rows,
            "long": long,
            "visit": visit,
            "answers": answers,
            "descriptors": descriptors,
            "fields": fields,
            "findings": findings,
            "recorded": recorded,
        }
        for name in unknown:
            raise InvalidInputError(f"no section {shorten(name)}; {closest(name, sections)}")
        try:
            super().__init__(**sections)
        except ValidationError as error:
            raise InvalidInputError("; ".join(map(_said, error.errors()))) from None

    @model_validator(mode="after")
    def _say_one_thing(self) -> Self:
        for open_ in without_open(self.lines())[1]:
            accepted = f"a value; {OPEN} in a file stands for one that nobody has stated yet"
            raise InvalidInputError.found(OPEN, accepted, str(open_))
        self.words.checked()
        for descriptor in Descriptor if self.answers.points else self.descriptors.words:
            self.words_of(descriptor).checked()
        descriptors, scores = self.descriptors.columns_named(), self._scores()
        numbers = [*self.findings.numbers_named(), *scores]
        for named in (
            [*self._columns_of_visits(), *descriptors, *scores],
            [*descriptors, *numbers],
        ):
            for column, uses in by_column(named).items():
                if len(uses) > 1:
                    raise InvalidInputError(
                        f"column {shorten(column)} is named both for {' and for '.join(uses)}"
                    )
        if self.long:
            for column in {*self.rows.not_assessed_where, *self.rows.none_present_where}:
                if column not in self.long.visit:
                    said = f"{', '.join(map(shorten, self.long.visit))}, the columns of a visit"
                    raise InvalidInputError.found(column, said, "[rows] of a [long] layout")
        return self

    def _columns_of_visits(self) -> list[tuple[str, str]]:
        named = [
            ("the patient", self.visit.subject),
            ("the date", self.visit.date),
            ("the day", self.visit.day),
        ]
        named += [(field.name, field.column) for field in self.fields.columns]
        return [(what, column) for what, column in named if column is not None]

    def _scores(self) -> list[tuple[str, str]]:
        recorded = [
            ("the recorded total", self.recorded.total),
            ("the recorded clinical score", self.recorded.clinical),
        ]
        return [(what, column) for what, column in recorded if column is not None]

    @property
    def words(self) -> Words:
        """What cells of signs say, and those of descriptors unless they hold points."""
        return Words.of(
            present=self.answers.present,
            absent=self.answers.absent,
            not_assessed=self.answers.not_assessed,
            missing=self.file.missing,
        )

    def words_of(self, descriptor: Descriptor) -> Words:
        """Give the words in which the cells of a descriptor are read."""
        own = self.descriptors.words.get(descriptor)
        if own is not None:
            return Words.of(
                present=own.present,
                absent=own.absent,
                not_assessed=own.not_assessed,
                missing=self.file.missing,
            )
        return self.words.of_points(descriptor.weight) if self.answers.points else self.words

    @property
    def used(self) -> frozenset[str]:
        """The columns that are named for something else than a descriptor."""
        visits = [column for _, column in self._columns_of_visits()]
        scores = [column for _, column in self._scores()]
        return frozenset([*visits, *self.findings.columns, *scores, *self.rows.columns])

    @classmethod
    def load(cls, path: str | PathLike[str]) -> Self:
        """Read a codebook from a file of TOML.

        Raises `InvalidInputError`, with the place, for what is no TOML and as `Codebook` does, for
        a named pipe or a device, and `OSError` for a file that cannot be read.
        """
        require_file(path)
        try:
            sections = tomllib.loads(Path(path).read_text(encoding="utf-8-sig"))
        except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
            raise InvalidInputError(f"{file_name(path)}: no TOML in UTF-8: {error}") from None
        known, questions = without_open(sections)
        try:
            book = cls(**known)
        except InvalidInputError as error:
            raise InvalidInputError(f"{file_name(path)}: {error}") from None
        return book._with(questions)

    @classmethod
    def propose(cls, data: object, **file: Any) -> Self:
        """Look at a data frame, or at the file of a path, and propose how it is written.

        What only a person can know is left open in `questions`; no function takes the codebook
        before `stating` answers them. `dump` writes what speaks for each line beside it. The first
        100,000 rows are looked at. `file` are lines of [file] that are known, as the separator.

        Raises `InvalidInputError` and `OSError` as reading the data does.
        """
        if isinstance(data, str | PathLike):
            sample = sample_of_file(Path(cast("str", data)), file)
        else:
            sample = sample_of_frame(data)
        draft = drafted(sample)
        remarks = (f"Proposed from {sample.said}.", *_how(draft), *draft.remarks)
        book = cls(**draft.sections)
        return book._with(draft.questions, draft.evidence, remarks)

    def _with(
        self,
        questions: Iterable[Question],
        comments: Mapping[Place, str] = _NOTHING_SAID,
        remarks: tuple[str, ...] = (),
    ) -> Self:
        self._questions = tuple(questions)
        self._comments = FrozenDict(comments)
        self._remarks = remarks
        return self

    @property
    def questions(self) -> tuple[Question, ...]:
        """The lines that are open: only a person can say what is so."""
        return self._questions

    def settled(self) -> Self:
        """Give the codebook itself, or raise `InvalidInputError` where a question is open."""
        refuse_open(self._questions)
        return self

    def dump(self, path: str | PathLike[str]) -> None:
        """Write the codebook to a file of TOML, as `load` reads it.

        Where it cannot be written a file that is there stays as it is. Raises `OSError` then, and
        `InvalidInputError` for text that UTF-8 has not.
        """
        try:
            written = self.written().encode()
        except UnicodeEncodeError as error:
            found = str(error.object)[error.start : error.end]
            raise InvalidInputError.found(found, "text in UTF-8", path) from None
        whole = Path(path)
        part = whole.parent / f".{whole.name}.{token_hex(4)}.part"
        try:
            part.write_bytes(written)
            part.replace(whole)
        except OSError as error:
            raise OSError(error.errno, error.strerror, str(whole)) from None
        finally:
            part.unlink(missing_ok=True)

    def written(self) -> str:
        """Write the codebook as TOML: open lines with "?", and above a line what speaks for it."""
        sections = self.lines()
        comments = dict(self._comments)
        for question in self._questions:
            sections.setdefault(question.section, {})[question.key] = question.value
            comments[question.section, question.key] = question.said
        order = [name for name in type(self).model_fields if name in sections]
        text = written_toml({name: sections[name] for name in order}, comments)
        remarks = [line for remark in self._remarks for line in commented(remark)]
        return "\n".join([*remarks, "", text] if remarks else [text])

    def lines(self) -> dict[str, dict[str, Any]]:
        """Give what is stated, section by section, as TOML has it.

        >>> Codebook(fields={"platelets": {"column": "plt", "unit": "10*9/L"}}).lines()
        {'fields': {'platelets': {'column': 'plt', 'unit': '10*9/L'}}}
        """
        sections = {
            name: cast("Part", getattr(self, name)).lines() for name in type(self).model_fields
        }
        return {name: lines for name, lines in sections.items() if lines}

    @property
    def sha256(self) -> str:
        """The hash of what is stated: two codebooks that say the same have one hash.

        >>> Codebook().sha256[:12]
        '44136fa355b3'
        """
        text = json.dumps(self.lines(), sort_keys=True, ensure_ascii=False)
        return sha256(text.encode("utf-8", "surrogatepass")).hexdigest()

    def stating(self, lines: Mapping[str, Section]) -> Self:
        """Give the codebook with these lines in place of its own.

        A descriptor that gets a column, or is said to have none, has what was said of it before no
        more, and so has a column that is said to be an item, or none.

        >>> book = Codebook(descriptors={"absent": ["rash"]})
        >>> book.stating({"descriptors": {"rash": "new_rash"}}).lines()
        {'descriptors': {'rash': 'new_rash'}}
        """
        require(lines, Mapping, "lines", "a table of sections")
        sections = self.lines()
        for name, said in lines.items():
            new = _checked(name, said)
            section, added = sections.setdefault(name, {}), dict(said)
            if isinstance(new, DescriptorColumns):
                added = new.lines()
                again = {*new.columns, *new.absent, *new.not_collected}
                for side in ("absent", "not_collected"):
                    kept = [d for d in section.get(side, ()) if d not in again]
                    section[side] = [*kept, *getattr(new, side)]
                named = new.columns.values()
                kept = [column for column in section.get("no_items", ()) if column not in named]
                section["no_items"] = [*kept, *new.no_items]
                again |= {d for d, c in self.descriptors.columns.items() if c in new.no_items}
                for descriptor in again:
                    section.pop(descriptor.value, None)
                for side in ("absent", "not_collected", "no_items"):
                    added.pop(side, None)
            if name == "visit" and added:  # a date is stated in place of a day, and so is a day
                for one, other in (("date", "day"), ("day", "date")):
                    section.pop(other if one in added else "", None)
            section.update(added)
        book = type(self)(**sections)
        nowhere = {*book.descriptors.absent, *book.descriptors.not_collected}
        answered = {(name, key) for name, said in lines.items() for key in said}
        answered |= {("descriptors", descriptor.value) for descriptor in nowhere}
        open_ = [q for q in self._questions if (q.section, q.key) not in answered]
        comments = {at: said for at, said in self._comments.items() if at not in answered}
        return book._with(open_, comments, self._remarks)  # noqa: SLF001 - our own


def _how(draft: Draft) -> list[str]:
    """Say how open lines are completed."""
    if not draft.questions:
        return []
    said = ['Put what is so in place of each "?"; nothing is scored before.']
    keys = {question.key for question in draft.questions if question.section == "descriptors"}
    if keys & {*Descriptor}:
        said.append(
            "A descriptor that no column holds goes into not_collected (nobody assessed it) or "
            'absent (never present), as in: not_collected = ["fever"]'
        )
    return said


def _checked(name: str, said: object) -> Part:
    """Read one section, whatever the others say."""
    if name not in Codebook.model_fields:
        raise InvalidInputError(
            f"no section {shorten(name)}; {closest(name, Codebook.model_fields)}"
        )
    section = cast("type[Part]", Codebook.model_fields[name].annotation)
    try:
        return section.model_validate(said)
    except ValidationError as error:
        raise InvalidInputError("; ".join(_said(e, name) for e in error.errors())) from None


def _said(line: Any, *within: str) -> str:
    """Say one error of pydantic with its place in the TOML."""
    section, *keys = [str(part) for part in (*within, *line["loc"])] or [""]
    message = message_of(line)
    place = f"[{section}] {''.join(f'{key}: ' for key in keys)}" if section else ""
    return f"{place}{message}"
