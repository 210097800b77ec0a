"""Descriptors from columns of findings, as expressions for every engine.

The expressions behind `sledai.frame.derive`. The rules are those of `sledai.definitions`: a clause
that is read from columns becomes flags, whether it holds and whether it does not, and the others
combine them. Needs the extra `frame`.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from functools import reduce
from importlib import import_module
from itertools import combinations, groupby
from operator import add
from typing import Any, assert_never

import narwhals as nw

from sledai.codes import Codes
from sledai.columns import Reading, number, refuse_invalid, selected
from sledai.definitions import Definition, Edition
from sledai.definitions.clauses import (
    SPECIAL_CASES,
    AllOf,
    AnyOf,
    AtLeast,
    BeyondLaboratory,
    Clause,
    IfGiven,
    Leaf,
    Measured,
    NewOnset,
    Sign,
    findings_of,
    leaves,
)
from sledai.definitions.editions import DEFINITIONS
from sledai.descriptors import Descriptor
from sledai.errors import InvalidInputError, shorten
from sledai.finding_columns import read_labs, read_signs
from sledai.laboratory import BOUNDS, Answer, Lab, LabValues, all_of, any_of
from sledai.parts import INVALID_COLUMN, opened, refuse_collisions
from sledai.quantities import plausible_range

__all__ = ["add_descriptors", "reason_column"]

_PART = "_sledai_"  # begins the names of columns that are there only in between


def reason_column(descriptor: Descriptor) -> str:
    """Name the column that holds the reason for a derived descriptor.

    >>> reason_column(Descriptor.FEVER)
    'sledai_fever_reason'
    """
    return f"sledai_{descriptor}_reason"


def add_descriptors(
    df: Any,
    *,
    edition: Edition,
    labs: Iterable[Lab],
    signs: Mapping[str, str],
    words: Mapping[Any, bool | None] | None,
) -> Any:
    """Add the descriptors that columns of findings decide, and their reasons, to any frame."""
    frame = opened(df)
    polars = frame.implementation.is_polars()
    engine: Any = import_module("polars") if polars else nw
    findings = _Findings(
        engine=engine,
        schema=frame.collect_schema(),
        labs=read_labs(frame, engine, labs),
        signs=read_signs(frame, signs, Codes.of(words)),
    )
    given = findings.labs.keys() | findings.signs.keys()
    given |= {sign for pair in SPECIAL_CASES.items() if given & set(pair) for sign in pair}
    rules = {
        descriptor: definition
        for descriptor, definition in DEFINITIONS[edition].items()
        if given & set(definition.findings)
    }
    if not rules:
        raise InvalidInputError(f"nothing that a definition of {edition} asks for is given")
    lazy = isinstance(frame, nw.LazyFrame)
    added = [name for descriptor in rules for name in (descriptor.value, reason_column(descriptor))]
    refuse_collisions(frame.collect_schema().names(), [*added, *([INVALID_COLUMN] if lazy else [])])
    if not lazy:
        findings.refuse_wrong_cells(frame)
    results: dict[str, Any] = {}
    for descriptor, definition in rules.items():
        answer = findings.answer(definition.rule)
        results[descriptor.value] = _three_valued(engine, answer)
        results[reason_column(descriptor)] = findings.reason(definition, answer, edition)
    if lazy:
        results[INVALID_COLUMN] = findings.invalid()
    result = _with_columns(df if polars else frame, findings.flags, results)
    if polars:
        return result
    result = nw.to_native(result)
    if frame.implementation.is_pandas() or frame.implementation.is_dask():
        result = result.astype({descriptor.value: "boolean" for descriptor in rules})
    if frame.implementation.is_pandas():
        result.attrs.update(df.attrs)
    return result


def _with_columns(frame: Any, flags: Mapping[str, Any], results: Mapping[str, Any]) -> Any:
    if not flags:  # nothing can be decided
        return frame.with_columns(**results)
    return frame.with_columns(**flags).with_columns(**results).drop(*flags)


def _one_if(engine: Any, condition: Any) -> Any:
    return engine.when(condition).then(number(engine, 1)).otherwise(number(engine, 0))


def _three_valued(engine: Any, answer: Answer) -> Any:
    present, absent = engine.lit(value=True), engine.lit(value=False)
    if answer.no is False:
        return engine.when(answer.yes).then(present)
    if answer.yes is False:
        return engine.when(answer.no).then(absent)
    return engine.when(answer.yes).then(present).otherwise(engine.when(answer.no).then(absent))


@dataclass(frozen=True, slots=True)
class _Findings:
    """The columns of findings, and the flags that are made of them for each clause."""

    engine: Any
    schema: Mapping[str, Any]
    labs: Mapping[str, LabValues]
    signs: Mapping[str, Reading]
    flags: dict[str, Any] = field(default_factory=dict[str, Any])
    places: dict[Clause, int] = field(default_factory=dict[Clause, int])

    def answer(self, clause: Clause) -> Answer:
        """Hold a clause against the columns."""
        match clause:
            case Sign() | Measured() | NewOnset() | BeyondLaboratory():
                return self._flagged(clause)
            case IfGiven():
                return self._if_given(clause.clause)
            case AllOf():
                return _at_least(len(clause.clauses), [self.answer(c) for c in clause.clauses])
            case AnyOf():
                return _at_least(1, [self.answer(c) for c in clause.clauses])
            case AtLeast():
                needed = int(clause.limit.value)
                return _at_least(needed, [self.answer(c) for c in clause.clauses])
            case _:
                assert_never(clause)

    def _if_given(self, clause: Clause) -> Answer:
        inner = self.answer(clause)
        given: list[Any] = [
            self.labs[finding].there for finding in findings_of(clause) if finding in self.labs
        ]
        return Answer(inner.yes, any_of(inner.no, ~any_of(*given) if given else True))

    def _flagged(self, clause: Leaf) -> Answer:
        """Compute a clause once, as columns of 1 and 0."""
        answer = self._read(clause)
        place = self.places.setdefault(clause, len(self.places))
        yes, no = f"{_PART}{place}_yes", f"{_PART}{place}_no"
        for name, condition in ((yes, answer.yes), (no, answer.no)):
            if condition is not False:
                self.flags[name] = _one_if(self.engine, condition)
        return Answer(*(self.engine.col(n) == 1 if n in self.flags else False for n in (yes, no)))

    def _read(self, clause: Leaf) -> Answer:
        match clause:
            case Sign():
                return self._sign(clause.finding)
            case Measured() if clause.since:
                now, before = self.labs.get(clause.finding), self.labs.get(clause.since)
                return now.increase(before, clause.limit) if now and before else _NEVER
            case Measured():
                values = self.labs.get(clause.finding)
                return values.measured(clause.limit) if values else _NEVER
            case NewOnset():
                return self._new_onset(clause)
            case BeyondLaboratory():
                values = self.labs.get(clause.finding)
                return (
                    values.beyond(clause.operator, self.engine, self.schema) if values else _NEVER
                )
            case _:
                assert_never(clause)

    def _new_onset(self, clause: NewOnset) -> Answer:
        stated, before = self._sign(clause.finding), self.labs.get(clause.since)
        if before is None:
            return stated
        past, unstated = before.measured(clause.limit), _not(any_of(stated.yes, stated.no))
        return Answer(
            any_of(stated.yes, all_of(unstated, past.no)),
            any_of(stated.no, all_of(unstated, past.yes)),
        )

    def _sign(self, finding: str) -> Answer:
        def said(sign: str, *, yes: bool) -> Any:
            if (reading := self.signs.get(sign)) is None:
                return False
            return reading.points(self.engine) > 0 if yes else reading.absent(self.engine)

        there, not_there = said(finding, yes=True), said(finding, yes=False)
        for special, general in SPECIAL_CASES.items():  # where both contradict, neither counts
            if finding == general and (case := said(special, yes=True)) is not False:
                there = all_of(any_of(there, case), _not(not_there))
                not_there = all_of(not_there, _not(case))
            if finding == special and (none := said(general, yes=False)) is not False:
                not_there = all_of(any_of(not_there, none), _not(there))
                there = all_of(there, _not(none))
        return Answer(there, not_there)

    def reason(self, definition: Definition, answer: Answer, edition: Edition) -> Any:
        """Say what the answer is, of each clause whether it holds, and by whose definition."""
        said = [_choice(self.engine, answer, "present", "absent", "not assessed")]
        for n, clause in enumerate(leaves(definition.rule)):
            said += ["; " if n else ": ", self._said(clause)]
        if definition.exclusions:
            assumed = f"; assumed not to be the cause: {', '.join(definition.exclusions)}"
            said.append(_choice(self.engine, answer, assumed, "", ""))
        return _joined(self.engine, [*said, f" [{edition}]"])

    def _said(self, clause: Leaf) -> Any:
        yes, no = f"{clause}: yes", f"{clause}: no"
        if not isinstance(clause, Sign | NewOnset):
            yes, no = str(clause), f"not {clause}"
            values = self.labs.get(clause.finding)
            if isinstance(clause, Measured) and values and not values.has(clause.limit):
                no = f"{clause}: not measured so"
        return _choice(self.engine, self._flagged(clause), yes, no, f"{clause}: not known")

    def wrong(self) -> list["_Wrong"]:
        """Say which cells are no findings."""
        engine = self.engine
        wrong: list[_Wrong] = []
        for values in self.labs.values():
            lab = values.lab
            accepted = plausible_range(lab.analyte, lab.unit)
            wrong.append(_Wrong(lab.column, values.there & ~values.plausible, accepted))
            if lab.bound is not None:
                bounds = f"{', '.join(BOUNDS)} or nothing"
                wrong.append(_Wrong(lab.bound, values.there & ~values.readable, bounds))
            for column, where in values.wrong_limits(engine, self.schema).items():
                wrong.append(_Wrong(column, where, f"{accepted}, and lower not above upper"))
        for special, general in SPECIAL_CASES.items():
            if special in self.signs and general in self.signs:
                one, other = self.signs[special], self.signs[general]
                wrong.append(
                    _Wrong(
                        one.column,
                        (one.points(engine) > 0) & other.absent(engine),
                        f"{special} only where there is {general} ({shorten(other.column)})",
                    )
                )
        return wrong

    def invalid(self) -> Any:
        """Count the cells of each row that are no findings."""
        counts = [_one_if(self.engine, one.where) for one in self.wrong()]
        counts += [reading.invalid(self.engine) for reading in self.signs.values()]
        return reduce(add, counts).cast(self.engine.Int32)

    def refuse_wrong_cells(self, frame: Any) -> None:
        """Raise `InvalidInputError` for the cells of an eager frame that are no findings."""
        refuse_invalid(frame, list(self.signs.values()))
        wrong = self.wrong()
        if not wrong:
            return
        flags = selected(
            frame,
            lambda engine: {str(n): _one_if(engine, one.where) for n, one in enumerate(wrong)},
        )
        problems: list[str] = []
        for n, one in enumerate(wrong):
            if count := int(flags[str(n)].cast(nw.Int64).sum()):
                row = int(flags[str(n)].to_list().index(1))
                (found,) = frame.get_column(one.column)[row : row + 1].to_list()
                problems.append(
                    f"column {shorten(one.column)}: found {shorten(found)} in row {row}, counting "
                    f"from 0 ({count} such {'cell' if count == 1 else 'cells'}); accepted: "
                    f"{one.accepted}"
                )
        if problems:
            raise InvalidInputError("; ".join(problems))


_NEVER = Answer(yes=False, no=False)


def _not(condition: Any) -> Any:
    return not condition if isinstance(condition, bool) else ~condition


@dataclass(frozen=True, slots=True)
class _Wrong:
    """Cells of a column that are no findings: where, and what is accepted."""

    column: str
    where: Any
    accepted: str


def _at_least(needed: int, answers: list[Answer]) -> Answer:
    """Combine clauses of which as many are needed."""

    def some(of_which: list[Any], number_: int) -> Any:
        return any_of(*(all_of(*chosen) for chosen in combinations(of_which, number_)))

    return Answer(
        some([answer.yes for answer in answers], needed),
        some([answer.no for answer in answers], len(answers) - needed + 1),
    )


def _choice(engine: Any, answer: Answer, yes: str, no: str, neither: str) -> Any:
    """Say which it is: an expression, or a text where it is the same in every row."""
    if answer.yes is False and answer.no is False:
        return neither
    said = engine.lit(neither)
    if answer.no is not False:
        said = engine.when(answer.no).then(engine.lit(no)).otherwise(said)
    if answer.yes is not False:
        said = engine.when(answer.yes).then(engine.lit(yes)).otherwise(said)
    return said


def _joined(engine: Any, parts: Iterable[Any]) -> Any:
    """Join texts and expressions; engines would take literals alone for one row to repeat."""
    joined: list[Any] = []
    for texts, group in groupby(parts, key=lambda part: isinstance(part, str)):
        same = list(group)
        joined += [engine.lit("".join(same))] if texts else same
    return engine.concat_str(*joined, separator="") if len(joined) > 1 else joined[0]
