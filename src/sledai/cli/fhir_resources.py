"""Resources of FHIR in a file: one, a Bundle of them, or one a line, as servers export them.

A file of lines is read line by line, and may be larger than memory.
"""

import json
import sys
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from hashlib import blake2b
from pathlib import Path
from typing import Any, NamedTuple

from sledai.definitions import Edition
from sledai.errors import (
    SHOWN,
    InvalidInputError,
    file_name,
    problems_listed,
    require_file,
    shorten,
)
from sledai.fhir import Response, read_response
from sledai.fhir.answered import ROOT
from sledai.fhir.bundles import resources_of
from sledai.fhir.canonical import canonical, form_id
from sledai.fhir.elements import Element
from sledai.files.json_lines import json_record
from sledai.files.source import PACKINGS, STANDARD_INPUT, Source, piped, unpacked
from sledai.rules import ActivityRule, require_edition

__all__ = ["Given", "Responses"]

_FORMS = frozenset(canonical("Questionnaire", form_id(edition)) for edition in Edition)
_WITHDRAWN = "entered-in-error"


class Given(NamedTuple):
    """A response, its id where it has one, and the place where it stands in the file."""

    response: Response
    id: str | None
    place: str


@dataclass(slots=True)
class Responses:
    """The responses of a file to forms of the SLEDAI, and how many other resources there are.

    Iterating gives each response once: a response stands in a file in one state, and a Bundle of
    pages, of versions, or with an error of the server is refused. In the end `InvalidInputError` is
    raised for those that cannot be read or that the `rules` are not about, each with its place, and
    where there is none at all.
    """

    path: Path
    rules: Sequence[ActivityRule] = ()
    count: int = 0
    others: Counter[str] = field(default_factory=Counter[str])
    _wrong: int = 0
    _seen: dict[str, tuple[str, bytes]] = field(default_factory=dict[str, tuple[str, bytes]])
    _first: list[str] = field(default_factory=list[str])

    def __iter__(self) -> Iterator[Given]:
        """Give the responses in the order of the file."""
        for place, resource in self._resources():
            try:
                given = self._read(place, resource)
            except InvalidInputError as error:
                self._refuse(place, str(error))
                continue
            if given is not None:
                self.count += 1
                yield given
        if self._wrong:
            cannot = "be read or judged" if self.rules else "be read"
            what = f"{file_name(self.path)}: responses that cannot {cannot}: {self._wrong:,}"
            raise InvalidInputError(problems_listed(what, self._first, self._wrong))
        if not self.count:
            found = ", ".join(self.others) or "no resource"
            raise InvalidInputError.in_words(found, f"a {ROOT} of the SLEDAI", self.path)

    @property
    def sound(self) -> bool:
        """Whether all that was read so far could be."""
        return not self._wrong

    def said(self) -> list[str]:
        """Say what the file has beside them."""
        others = (f"{count:,} {name}" for name, count in self.others.items())
        return [f"passed over: {', '.join(others)}"] if self.others else []

    def _read(self, place: str, resource: Mapping[str, Any]) -> Given | None:
        kind = resource.get("resourceType")
        if kind != ROOT:
            self.others[kind if isinstance(kind, str) else "resources of no type"] += 1
            return None
        form = resource.get("questionnaire")
        if isinstance(form, str) and form.partition("|")[0] not in _FORMS:
            self.others[f"responses to {shorten(form)}"] += 1
            return None
        named = resource.get("id")
        named = named if isinstance(named, str) else None
        if named is not None and self._stood_before(named, place, resource):
            self.others["responses that stand there again"] += 1
            return None
        if resource.get("status") == _WITHDRAWN:
            self.others["responses that were entered in error"] += 1
            return None
        response = read_response(resource)
        for rule in self.rules:
            require_edition(rule, response.edition)
        return Given(response, named, place)

    def _stood_before(self, name: str, place: str, resource: Mapping[str, Any]) -> bool:
        """Say whether a response stood before; refuse one that stood there in another state."""
        text = json.dumps(resource, sort_keys=True, default=str).encode()
        state = blake2b(text, digest_size=16).digest()
        where, before = self._seen.setdefault(name, (place, state))
        if before != state:
            raise InvalidInputError.in_words(
                f"{ROOT}/{name} in another state than in {where}", "one state of a response"
            )
        return where != place

    def _refuse(self, place: str, reason: str) -> None:
        self._wrong += 1
        if len(self._first) < SHOWN:
            lines = reason.splitlines()
            more = [f"and {len(lines) - SHOWN:,} more"] if len(lines) > SHOWN else []
            said = "; ".join([*lines[:SHOWN], *more])
            self._first.append(f"{place}: {said}" if place else said)

    def _resources(self) -> Iterator[tuple[str, Mapping[str, Any]]]:
        """Give each resource with its place, those of Bundles one by one."""
        for place, resource in self._records():
            if resource.get("resourceType") != "Bundle":
                yield place, resource
                continue
            try:
                whole = Element.resource(resource, "Bundle")
                parts = [entry.resource for entry in resources_of(whole)]
            except InvalidInputError as error:
                self._refuse(place, str(error))
                continue
            for part in parts:
                yield f"{place}, {part.path}" if place else part.path, part.content

    def _records(self) -> Iterator[tuple[str, Mapping[str, Any]]]:
        """Give the record of each line or, where the first line is none, of the whole file."""
        source, line, first = _opened(self.path), 0, True
        try:
            with source.content.open(encoding="utf-8-sig") as file:
                for line, text in enumerate(file, 1):
                    if not text.strip():
                        continue
                    try:
                        yield f"line {line}", json_record(text)
                    except (ValueError, RecursionError) as error:
                        if first:
                            yield "", self._whole(text + file.read())
                            return
                        self._refuse(f"line {line}", f"not readable as JSON: {error}")
                    first = False
            source.require_unchanged()
        except UnicodeDecodeError:
            place = f"line {line + 1} or soon after"
            raise InvalidInputError(f"{file_name(self.path)}: {place}: not UTF-8 text") from None

    def _whole(self, text: str) -> Mapping[str, Any]:
        try:
            return json_record(text)
        except (ValueError, RecursionError) as error:
            reason = f"neither JSON nor one resource a line: {error}"
            raise InvalidInputError(f"{file_name(self.path)}: {reason}") from None


def _opened(path: Path) -> Source:
    if path == STANDARD_INPUT:
        return piped(Path("standard input"), sys.stdin.buffer)
    require_file(path)
    packing = PACKINGS.get(path.suffix.lower())
    return unpacked(path, packing) if packing else Source.at(path)
