"""Descriptors from columns of findings, as expressions for every engine.

The rules are those of `sledai.definitions`: a clause that is read from columns becomes flags,
whether it holds and whether it does not, and the others combine them. Needs the extra `frame`.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from functools import partial, reduce
from itertools import groupby
from operator import add
from typing import Any, assert_never, cast

import narwhals as nw
from narwhals.typing import IntoFrameT

from sledai.codebook import Codebook
from sledai.codebook.lab import BOUNDS, unit_of_row
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
from sledai.definitions.editions import DEFINITIONS, edition_named
from sledai.engines import (
    BETWEEN,
    expressions_of,
    finished,
    opened,
    result_names,
    selected,
)
from sledai.errors import InvalidInputError, shorten
from sledai.frame.answer_columns import AnswerColumn, flag, refuse_cells, refuse_invalid
from sledai.frame.descriptor_columns import codebook_of, words_of
from sledai.frame.lab_columns import LabValues, read_flags, read_labs, read_signs
from sledai.frame.result_columns import INVALID_COLUMN, reason_column
from sledai.frame.rows import visits_only
from sledai.frame.three_valued import (
    Answer,
    all_of,
    any_of,
    at_least,
    chosen,
    negated,
    three_valued,
)
from sledai.quantities import plausible_range

__all__ = ["derive"]


def derive(
    df: IntoFrameT,
    codebook: Codebook | None = None,
    *,
    edition: Edition | str,
) -> IntoFrameT:
    """Add descriptors that columns of findings decide, by the definitions of an edition.

    The `findings` of the codebook say which column holds which laboratory value, in which unit and
    with which limits, and which one a sign such as `proteinuria_new_onset`, as
    `sledai.findings.Findings` names them, in the words of `score`. For each descriptor whose
    definition asks for one of them a column with its name is added, true, false or null (not
    assessed), and the column that `reason_column` names. Row by row it is the answer of
    `sledai.findings.derive`, increases to 12 decimals of a gram. Joint counts, dates, other causes
    and the ratio of protein are for that function alone. Units in a column need a frame in memory.

    On a lazy frame nothing is computed here: the added column `sledai_invalid` counts the cells of
    each row that are no findings, and these count as not known.

    Raises `InvalidInputError` for an unknown edition, for missing or doubled columns, where no
    descriptor can be derived and, unless the frame is lazy, for a value that no patient has.

    >>> import polars as pl
    >>> visits = pl.DataFrame({"plt": [92.0, 100.0, None]})
    >>> book = Codebook(findings={"platelets": {"column": "plt", "unit": "10*9/L"}})
    >>> derived = derive(visits, book, edition="SELENA")
    >>> derived["thrombocytopenia"].to_list()
    [True, False, None]
    >>> derived["sledai_thrombocytopenia_reason"][0]
    'present: platelets < 100,000 per mm3 [SELENA-SLEDAI]'
    """
    by = edition_named(edition)
    if any(lab.unit_column is not None for lab in codebook_of(codebook).findings.labs):
        return cast("IntoFrameT", _by_units(df, codebook_of(codebook), by))
    return cast("IntoFrameT", _add_descriptors(df, edition=by, codebook=codebook))


def _by_units(df: Any, book: Codebook, edition: Edition) -> Any:
    """Derive the rows of each unit apart, and put them together in their order."""
    frame = opened(df)
    if isinstance(frame, nw.LazyFrame):
        raise InvalidInputError(
            "unit_column: found a lazy frame; accepted: one in memory (collect it)"
        )
    labs = [lab for lab in book.findings.labs if lab.unit_column is not None]
    if lacking := [c for lab in labs for c in lab.columns if c not in frame.columns]:
        raise InvalidInputError.no_column(lacking[0])
    groups: dict[tuple[str, ...], list[int]] = {}
    words = book.words
    columns = [frame.get_column(str(lab.unit_column)).to_list() for lab in labs]
    values = [frame.get_column(lab.column).to_list() for lab in labs]
    for row, units in enumerate(zip(*columns, strict=True)):
        found: list[str] = []
        for lab, unit, value in zip(labs, units, (cells[row] for cells in values), strict=True):
            try:
                stated = None if words.says_nothing(unit) else unit
                there = not words.says_nothing(value)
                found.append(unit_of_row(lab.analyte, stated, there=there))
            except InvalidInputError as error:
                raise InvalidInputError(
                    f"column {shorten(lab.unit_column)}, row {row}, counting from 0: {error}"
                ) from None
        groups.setdefault(tuple(found), []).append(row)
    parts: list[Any] = []
    for units, rows in groups.items():
        named = dict(zip((lab.analyte for lab in labs), units, strict=True))
        one = Codebook(file=book.file, answers=book.answers, findings=book.findings.in_units(named))
        part = _add_descriptors(frame[rows].to_native(), edition=edition, codebook=one)
        parts.append(nw.from_native(part))
    rows_in_order = [row for rows in groups.values() for row in rows]
    together = nw.concat(parts)
    back = sorted(range(len(rows_in_order)), key=rows_in_order.__getitem__)
    return together[back].to_native()


def _add_descriptors(
    df: Any,
    *,
    edition: Edition,
    codebook: Codebook | None,
) -> Any:
    """Add the descriptors that columns of findings decide, and their reasons, to any frame."""
    frame = opened(df)
    lazy = isinstance(frame, nw.LazyFrame)
    adding = partial(_added, edition=edition, codebook=codebook, lazy=lazy)
    if frame.implementation.is_dask():  # whose own expressions are slow, many and apart
        return df.map_partitions(adding, meta=adding(df._meta))  # noqa: SLF001 - how Dask is told
    return adding(df)


def _added(df: Any, *, edition: Edition, codebook: Codebook | None, lazy: bool) -> Any:
    """Add them to a frame, or to a part of one that is `lazy`, in which no cell is refused."""
    book = codebook_of(codebook)
    df, frame = visits_only(df, opened(df), book)
    engine = expressions_of(frame)
    findings = _Findings(
        engine=engine,
        schema=frame.collect_schema(),
        labs=read_labs(frame, engine, book.findings.labs, book.file.missing),
        signs=read_signs(frame, book.findings.signs, words_of(codebook)),
        lab_flags=read_flags(frame, book.findings.flags),
    )
    given = findings.labs.keys() | findings.lab_flags.keys() | findings.signs.keys()
    given |= {sign for pair in SPECIAL_CASES.items() if given & set(pair) for sign in pair}
    rules = {
        descriptor: definition
        for descriptor, definition in DEFINITIONS[edition].items()
        if given & set(definition.findings)
    }
    if not rules:
        raise InvalidInputError(f"nothing that a definition of {edition} asks for is given")
    added = [name for descriptor in rules for name in (descriptor.value, reason_column(descriptor))]
    added += [INVALID_COLUMN] if lazy else []
    names = result_names(frame.collect_schema().names(), added)
    if not lazy:
        findings.refuse_wrong_cells(frame)
    results: dict[str, Any] = {}
    for descriptor, definition in rules.items():
        answer = findings.answer(definition.rule)
        results[descriptor.value] = three_valued(engine, answer)
        results[reason_column(descriptor)] = findings.reason(definition, answer, edition)
    if lazy:
        results[INVALID_COLUMN] = findings.invalid()
    results = {names[name]: column for name, column in results.items()}
    if frame.implementation.is_polars():
        return _with_columns(df, findings.flags, results)
    result = _with_columns(frame, findings.flags, results)
    return finished(df, frame, result, {names[d.value]: "boolean" for d in rules})


def _with_columns(frame: Any, flags: Mapping[str, Any], results: Mapping[str, Any]) -> Any:
    if not flags:  # nothing can be decided
        return frame.with_columns(**results)
    return frame.with_columns(**flags).with_columns(**results).drop(*flags)


@dataclass(frozen=True, slots=True)
class _Findings:
    """The columns of findings, and the flags that are made of them for each clause."""

    engine: Any
    schema: Mapping[str, Any]
    labs: Mapping[str, LabValues]
    signs: Mapping[str, AnswerColumn]
    lab_flags: Mapping[str, AnswerColumn]
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
                return at_least(len(clause.clauses), [self.answer(c) for c in clause.clauses])
            case AnyOf():
                return at_least(1, [self.answer(c) for c in clause.clauses])
            case AtLeast():
                needed = int(clause.limit.value)
                return at_least(needed, [self.answer(c) for c in clause.clauses])
            case _:
                assert_never(clause)

    def _if_given(self, clause: Clause) -> Answer:
        inner = self.answer(clause)
        given: list[Any] = [
            self.labs[finding].there
            if finding in self.labs
            else self.lab_flags[finding].answered(self.engine)
            for finding in findings_of(clause)
            if finding in self.labs or finding in self.lab_flags
        ]
        return Answer(inner.yes, any_of(inner.no, ~any_of(*given) if given else True))

    def _flagged(self, clause: Leaf) -> Answer:
        """Compute a clause once, as columns of 1 and 0."""
        answer = self._read(clause)
        place = self.places.setdefault(clause, len(self.places))
        yes, no = f"{BETWEEN}{place}_yes", f"{BETWEEN}{place}_no"
        for name, condition in ((yes, answer.yes), (no, answer.no)):
            if condition is not False:
                self.flags[name] = flag(self.engine, condition)
        return Answer(*(self.engine.col(n) == 1 if n in self.flags else False for n in (yes, no)))

    def _read(self, clause: Leaf) -> Answer:
        match clause:
            case Sign():
                return self._sign(clause.finding)
            case Measured() if clause.since:
                now, before = self.labs.get(clause.finding), self.labs.get(clause.since)
                return now.increase(before, clause.limit, self.engine) if now and before else _NEVER
            case Measured():
                return self._measured(clause)
            case NewOnset():
                return self._new_onset(clause)
            case BeyondLaboratory():
                return self._beyond(clause)
            case _:
                assert_never(clause)

    def _measured(self, clause: Measured) -> Answer:
        if (flag := self.lab_flags.get(clause.finding)) is not None:
            return Answer(yes=False, no=flag.answered(self.engine))  # a flag has no number
        values = self.labs.get(clause.finding)
        return values.measured(clause.limit) if values else _NEVER

    def _beyond(self, clause: BeyondLaboratory) -> Answer:
        if (flag := self.lab_flags.get(clause.finding)) is not None:
            return Answer(flag.present(self.engine), flag.absent(self.engine))
        values = self.labs.get(clause.finding)
        return values.beyond(clause.operator, self.engine, self.schema) if values else _NEVER

    def _new_onset(self, clause: NewOnset) -> Answer:
        stated, before = self._sign(clause.finding), self.labs.get(clause.since)
        if before is None:
            return stated
        past, unstated = before.measured(clause.limit), negated(any_of(stated.yes, stated.no))
        return Answer(
            any_of(stated.yes, all_of(unstated, past.no)),
            any_of(stated.no, all_of(unstated, past.yes)),
        )

    def _sign(self, finding: str) -> Answer:
        def said(sign: str, *, yes: bool) -> Any:
            if (reading := self.signs.get(sign)) is None:
                return False
            return reading.present(self.engine) if yes else reading.absent(self.engine)

        there, not_there = said(finding, yes=True), said(finding, yes=False)
        for special, general in SPECIAL_CASES.items():  # where both contradict, neither counts
            if finding == general and (case := said(special, yes=True)) is not False:
                there = all_of(any_of(there, case), negated(not_there))
                not_there = all_of(not_there, negated(case))
            if finding == special and (none := said(general, yes=False)) is not False:
                not_there = all_of(any_of(not_there, none), negated(there))
                there = all_of(there, negated(none))
        return Answer(there, not_there)

    def reason(self, definition: Definition, answer: Answer, edition: Edition) -> Any:
        """Say what the answer is, of each clause whether it holds, and by whose definition."""
        said = [chosen(self.engine, answer, "present", "absent", "not assessed")]
        for n, clause in enumerate(leaves(definition.rule)):
            said += ["; " if n else ": ", self._said(clause)]
        if definition.exclusions:
            assumed = f"; assumed not to be the cause: {', '.join(definition.exclusions)}"
            said.append(chosen(self.engine, answer, assumed, "", ""))
        return _joined(self.engine, [*said, f" [{edition}]"])

    def _said(self, clause: Leaf) -> Any:
        yes, no = f"{clause}: yes", f"{clause}: no"
        if not isinstance(clause, Sign | NewOnset):
            yes, no = str(clause), f"not {clause}"
            values = self.labs.get(clause.finding)
            flagged = clause.finding in self.lab_flags
            unfit = values and isinstance(clause, Measured) and not values.has(clause.limit)
            if isinstance(clause, Measured) and (flagged or unfit):
                no = f"{clause}: not measured so"
        return chosen(self.engine, self._flagged(clause), yes, no, f"{clause}: not known")

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
                        one.present(engine) & other.absent(engine),
                        f"{special} only where there is {general} ({shorten(other.column)})",
                    )
                )
        return wrong

    def invalid(self) -> Any:
        """Count the cells of each row that are no findings."""
        counts = [flag(self.engine, one.where) for one in self.wrong()]
        answers = (*self.signs.values(), *self.lab_flags.values())
        counts += [column.invalid(self.engine) for column in answers]
        return reduce(add, counts).cast(self.engine.Int32)

    def refuse_wrong_cells(self, frame: Any) -> None:
        """Raise `InvalidInputError` for the cells of an eager frame that are no findings."""
        refuse_invalid(frame, list(self.signs.values()))
        refuse_cells(frame, self.lab_flags.values())
        wrong = self.wrong()
        if not wrong:
            return
        flags = selected(
            frame,
            lambda engine: {str(n): flag(engine, one.where) for n, one in enumerate(wrong)},
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


@dataclass(frozen=True, slots=True)
class _Wrong:
    """Cells of a column that are no findings: where, and what is accepted."""

    column: str
    where: Any
    accepted: str


def _joined(engine: Any, parts: Iterable[Any]) -> Any:
    """Join texts and expressions; engines would take literals alone for one row to repeat."""
    joined: list[Any] = []
    for texts, group in groupby(parts, key=lambda part: isinstance(part, str)):
        same = list(group)
        joined += [engine.lit("".join(same))] if texts else same
    return engine.concat_str(*joined, separator="") if len(joined) > 1 else joined[0]
