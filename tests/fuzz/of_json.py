"""Doors of JSON documents: a response to the form, a Bundle of results, a candidate."""

import json
from pathlib import Path
from typing import Any

import polars as pl
from pydantic import ValidationError

from sledai import Descriptor, fhir, frame, score_bounds
from sledai.errors import InvalidInputError
from sledai.fhir.response import scores_of
from sledai.fhir.terminology import Score
from sledai.strict_json import JSON
from sledai.trials.nct05765006.candidate import Candidate, read_candidate
from sledai.trials.nct05765006.screening import screen
from sledai.verdict import Verdict

__all__ = ["bundle", "candidate", "response"]


def _document(data: bytes) -> Any:
    """Read JSON as strictly as the library does where it reads it itself."""
    try:
        return JSON.decode(data.decode("utf-8-sig"))
    except (ValueError, RecursionError):
        raise InvalidInputError("no JSON") from None


def response(data: bytes, _: Path) -> None:
    """A response to the form: written and read again, and scored as a row of a frame is."""
    read = fhir.read_response(_document(data))
    written = fhir.response(
        read.visit, read.edition, subject=read.subject, author=read.author, authored=read.authored
    )
    again = fhir.read_response(json.loads(json.dumps(written)))
    assert (again.visit, again.edition) == (read.visit, read.edition)
    answers = read.visit.answers
    scored = frame.score(pl.DataFrame([answers.model_dump()], schema=_SCHEMA))
    bounds = score_bounds(answers)
    assert scored.select("sledai_low", "sledai_high").row(0) == (bounds.low, bounds.high)
    assert scores_of(answers)[Score.HIGHEST_TOTAL] == bounds.high
    fhir.observations(read.visit, read.edition, subject=read.subject or "Patient/7")


_SCHEMA: dict[str, Any] = dict.fromkeys((d.value for d in Descriptor), pl.Boolean)


def bundle(data: bytes, _: Path) -> None:
    """A Bundle of results: what is used and what is left out are all that it has."""
    try:
        read = fhir.read_observations(_document(data), "SELENA", "2024-01-16")
    except ValidationError:
        return  # findings that contradict each other, as documented
    assert all(one.observed.isoformat() <= "2024-01-16" for one in read.used)
    str(read), repr(read), read.derivation.assessment
    for left_out in read.left_out:
        str(left_out)


def candidate(data: bytes, _: Path) -> None:
    """A candidate as JSON: a verdict of each criterion, and none that less would turn round."""
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError:
        raise InvalidInputError("no UTF-8") from None
    known = read_candidate(text)
    report = screen(known)
    again = read_candidate(known.model_dump_json())
    assert screen(again) == report
    for line in "\n".join(report.lines(80)).split("\n"):
        assert line.isprintable(), line
    if report.verdict is Verdict.UNDETERMINED:
        assert report.missing
    assert screen(Candidate()).verdict is Verdict.UNDETERMINED
