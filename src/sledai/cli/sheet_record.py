"""What `sledai sheet` makes of one record of JSON: a visit, findings, a candidate or a response."""

import json
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path
from typing import Annotated, Any, TypeVar, cast

from pydantic import BaseModel, BeforeValidator, ValidationError

from sledai.assessment import Assessment
from sledai.codebook import Codebook
from sledai.definitions import Edition
from sledai.definitions.editions import edition_named
from sledai.descriptors import Descriptor
from sledai.errors import (
    InvalidInputError,
    cut,
    escaped,
    file_name,
    problems_listed,
    require_file,
)
from sledai.fhir import read_response
from sledai.findings import Findings, derive
from sledai.quantities.fields import Day, Record
from sledai.records import message_of
from sledai.sheets import Sheet, derivation_sheet, screening_sheet, visit_sheet
from sledai.strict_json import decoder
from sledai.trials.catalog import Trial
from sledai.trials.nct05765006.candidate import Candidate, read_candidate
from sledai.trials.nct05765006.screening import screen
from sledai.visits import Visit

__all__ = ["Asked", "record_sheet", "record_text"]

_RESPONSE = "QuestionnaireResponse"


class _RatedVisit(Record):
    """A visit with who was seen and who rated, as the form and `sledai visit` keep it.

    The assessment is what counts; what it was made of is not looked at.
    """

    subject: str | None = None
    date: Day | None = None
    rater: str | None = None
    edition: Annotated[Edition, BeforeValidator(edition_named)]
    assessment: Assessment
    answered: Any = None
    findings: Any = None


# Of the first that has most of a record's fields, it is one.
_KINDS: dict[str, frozenset[str]] = {
    "findings": frozenset(Findings.model_fields),
    "a visit": frozenset(Descriptor),
    "a candidate": frozenset(Candidate.model_fields),
    "a visit with its date": frozenset(Visit.model_fields),
    "a rated visit": frozenset(_RatedVisit.model_fields),
}
_Model = TypeVar("_Model", bound=BaseModel)
_Value = TypeVar("_Value")
_LONGEST = 40


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """What is asked of a sheet beside what stands in the file."""

    subject: str | None
    rater: str | None
    edition: str | None
    trials: tuple[Trial, ...]

    @property
    def rated_by(self) -> Edition:
        """The edition by whose definitions a visit was rated, SELENA where nobody says it."""
        return Edition.SELENA if self.edition is None else edition_named(self.edition)

    def sheet_of(
        self,
        visit: Assessment | Visit,
        edition: Edition,
        day: date | None = None,
        codebook: Codebook | None = None,
    ) -> Sheet:
        """Put a visit on a sheet."""
        return visit_sheet(
            visit,
            edition=edition,
            subject=self.subject,
            date=day,
            rater=self.rater,
            trials=self.trials,
            codebook=codebook,
        )


def record_text(source: Path) -> str | None:
    """Give the text of a file of one record of JSON, None for any other file.

    Raises `InvalidInputError` for a file that begins like one, and is no text in UTF-8.
    """
    if source.suffix.lower() != ".json":
        return None
    require_file(source)
    with source.open("rb") as file:
        start = file.read(1024).removeprefix(b"\xef\xbb\xbf").lstrip()
    if not start.startswith(b"{"):
        return None
    try:
        return source.read_text(encoding="utf-8-sig")
    except UnicodeDecodeError:
        said = f"{file_name(source)}: no text in UTF-8; save it as UTF-8"
        raise InvalidInputError(said) from None


def record_sheet(text: str, asked: Asked, day: date | None) -> tuple[str, Sheet]:
    """Say what a record is, and put it on a sheet; `day` is the date that is stated beside it.

    Raises `InvalidInputError` for what is none of the records, with what is wrong with it.
    """
    record = _record(text)
    if "resourceType" in record:
        return f"a {_RESPONSE}", _of_response(record, asked, day)
    counts = {kind: len(names & record.keys()) for kind, names in _KINDS.items()}
    kind = max(counts, key=counts.__getitem__)
    if not counts[kind]:
        accepted = f"those of {', '.join(_KINDS)}, or a {_RESPONSE}"
        raise InvalidInputError.in_words("no known field", accepted)
    if kind == "a candidate":
        return kind, _of_candidate(text, asked, day)
    if kind == "findings":
        return kind, _of_findings(_read(Findings, record), asked, day)
    if kind == "a rated visit":
        return kind, _of_rated(_read(_RatedVisit, record), asked, day)
    visit = _read(Assessment, record) if kind == "a visit" else _read(Visit, record)
    return kind, asked.sheet_of(visit, asked.rated_by, day)


def _record(text: str) -> dict[str, Any]:
    try:
        record: object = decoder(remarks="#").decode(text)
    except json.JSONDecodeError as error:
        where = f"line {error.lineno}, column {error.colno}"
        raise InvalidInputError(f"{where}: no JSON: {error.msg}") from None
    except RecursionError:
        raise InvalidInputError("objects nested too deep") from None
    except InvalidInputError:
        raise
    except ValueError:  # of int
        raise InvalidInputError("a number has too many digits") from None
    return cast("dict[str, Any]", record)


def _read(model: type[_Model], record: Mapping[str, Any]) -> _Model:
    try:
        return model.model_validate(record)
    except ValidationError as error:
        lines = error.errors()
        said = [
            f"{'.'.join(map(str, line['loc'])) or 'the record'}: {message_of(line)}"
            for line in lines
        ]
        raise InvalidInputError(problems_listed("not accepted:", said, len(said))) from None


def _of_candidate(text: str, asked: Asked, day: date | None) -> Sheet:
    if asked.trials or asked.edition is not None:
        flag = "--trial" if asked.trials else "--edition"
        raise InvalidInputError(f"{flag}: accepted with a visit or findings, not with a candidate")
    report = screen(read_candidate(text))
    return screening_sheet(report, subject=asked.subject, date=day, rater=asked.rater)


def _of_findings(findings: Findings, asked: Asked, day: date | None) -> Sheet:
    return derivation_sheet(
        derive(findings, edition=asked.rated_by),
        subject=asked.subject,
        date=_same("--visit", day, findings.visit_date),
        rater=asked.rater,
        trials=asked.trials,
    )


def _of_rated(visit: _RatedVisit, asked: Asked, day: date | None) -> Sheet:
    _same("--edition", asked.edition and asked.rated_by, visit.edition)
    named = replace(
        asked,
        subject=_same("--patient", asked.subject, visit.subject),
        rater=_same("--rater", asked.rater, visit.rater),
    )
    return named.sheet_of(visit.assessment, visit.edition, _same("--visit", day, visit.date))


def _of_response(record: Mapping[str, Any], asked: Asked, day: date | None) -> Sheet:
    given = read_response(record)
    subject, rater = (_named_in(reference) for reference in (given.subject, given.author))
    _same("--edition", asked.edition and asked.rated_by, given.edition)
    named = replace(
        asked,
        subject=_same("--patient", asked.subject, subject),
        rater=asked.rater or rater,  # a name beside the reference of whoever filled in the form
    )
    return named.sheet_of(given.visit, given.edition, day)


def _same(flag: str, stated: _Value | None, written: _Value | None) -> _Value | None:
    """Give what stands in the record, or else what is stated, which must be the same."""
    if stated is not None and written is not None and stated != written:
        raise InvalidInputError.in_words(_said(stated), _said(written), flag)
    return stated if written is None else written


def _said(value: object) -> str:
    return cut(escaped(str(value)), _LONGEST)


def _named_in(reference: Mapping[str, Any] | None) -> str | None:
    """Give the text by which a Reference of FHIR names somebody, if it has one."""
    if reference is None:
        return None
    return reference.get("reference") or reference.get("display")
