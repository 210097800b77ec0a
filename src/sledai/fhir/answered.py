"""What a QuestionnaireResponse answers to the questions of a form, with the place of each answer.

Items may stand in groups, flat, or within answers. All problems are gathered, so that who filled in
the form hears of them at once.
"""

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from typing import Any, cast

from sledai.descriptors import Descriptor
from sledai.errors import InvalidInputError, escaped, require, require_one_of
from sledai.fhir.elements import Element, refuse_modified
from sledai.fhir.terminology import ANSWERS, DESCRIPTORS, SCORES, Answer, Score

__all__ = ["ROOT", "VISIT_DATE", "Answered", "Question", "opened", "questions"]

ROOT = "QuestionnaireResponse"

VISIT_DATE = "visit_date"
"""The linkId of the date of the visit, which need not be the day on which the form was filled."""

_STATUSES = ("completed", "amended", "in-progress", "stopped")
"""Of which answers are read; what was entered in error says nothing."""

_READ = {Answer.PRESENT: True, Answer.ABSENT: False, Answer.NOT_ASSESSED: None}


def without_version(url: object) -> str:
    """Give a canonical URL without its version; empty where it is none."""
    return url.partition("|")[0] if isinstance(url, str) else ""


def require_version(url: str, versions: Collection[str], place: str) -> None:
    """Refuse a canonical URL with another version than these; any is, where none is known."""
    name, _, version = url.partition("|")
    if version and versions and version not in versions:
        raise InvalidInputError.found(version, versions, f"{place}, version of {name}")


def opened(resource: object, forms: Mapping[str, Collection[str]]) -> tuple[Mapping[str, Any], str]:
    """Refuse what is no response to one of some forms, or says nothing, and give its form.

    `forms` are their URLs, each with the versions that are known, if any.

    Raises `InvalidInputError` for another resource, another form or version of it, another status,
    and for what changes the meaning of a response.
    """
    require(resource, Mapping, "response", f"a {ROOT} as a dict")
    given = cast("Mapping[str, Any]", resource)
    require_one_of(given.get("resourceType"), [ROOT], "resourceType")
    named = without_version(given.get("questionnaire"))
    require_one_of(named, forms, f"{ROOT}.questionnaire")
    require_version(given["questionnaire"], forms[named], f"{ROOT}.questionnaire")
    require_one_of(given.get("status"), _STATUSES, f"{ROOT}.status")
    refuse_modified(Element(given, ROOT))
    return given, named


@dataclass(frozen=True, slots=True)
class Question:
    """A question of a form: its name here, and where the value of an answer to it stands.

    What is no part of ours, as in a form of somebody else, has no name.
    """

    name: str
    value: str
    repeats: bool = False


_VALUES = {
    "boolean": "valueBoolean",
    "choice": "valueCoding",
    "integer": "valueInteger",
    "quantity": "valueQuantity",
}
"""Where the value of an answer stands, by the type of its item."""

_CODED: dict[str, tuple[type[Descriptor | Score], str]] = {
    DESCRIPTORS: (Descriptor, "valueCoding"),
    SCORES: (Score, "valueInteger"),
}


def questions(form: Mapping[str, Any], *, coded: bool) -> dict[str, Question | None]:
    """Say what is asked under each linkId of a form; None for a group and for a text.

    A question goes by its code where that is one of ours, and else by its linkId. Where they are
    `coded`, as in a form of somebody else, those without such a code are none of ours.

    Raises `InvalidInputError` for items that are not as FHIR has them, for a linkId that stands
    twice, for an unknown code, and for what changes the meaning of a question of ours.
    """
    found: dict[str, Question | None] = {}
    try:
        for link, question in _questions(form["item"], coded=coded):
            if link in found:
                raise InvalidInputError.found(link, "each linkId once", "Questionnaire.item")
            found[link] = question
    except (AttributeError, LookupError, RecursionError, TypeError):
        accepted = "a list of items with linkId, type and code as FHIR has them"
        raise InvalidInputError.in_words("none", accepted, "Questionnaire.item") from None
    return found


def _questions(
    items: list[Mapping[str, Any]], *, coded: bool
) -> Iterator[tuple[str, Question | None]]:
    for item in items:
        yield item["linkId"], _question(item, coded=coded)
        yield from _questions(item.get("item", []), coded=coded)


def _question(item: Mapping[str, Any], *, coded: bool) -> Question | None:
    link: str = item["linkId"]
    ours = [code for code in item.get("code", []) if code.get("system") in _CODED]
    place = f"Questionnaire, {link}"
    for code in ours:
        kind, value = _CODED[code["system"]]
        require_one_of(code.get("code"), [one.value for one in kind], f"{place}, code")
        if len(ours) > 1:
            raise InvalidInputError.in_words(f"{len(ours)} codes", "one of ours", place)
        refuse_modified(Element(item, place))
        return Question(code["code"], value)
    if item["type"] in {"group", "display"}:
        return None
    if link == VISIT_DATE:
        return Question(link, "valueDate")
    if coded:
        return Question("", "")
    return Question(link, _VALUES[item["type"]], item.get("repeats", False))


class Answered:
    """The answers of a response to each question by its name, and all problems with them.

    A question that stands twice is a problem, and so are two answers to one that does not repeat.
    """

    def __init__(self, resource: Mapping[str, Any], asked: Mapping[str, Question | None]) -> None:
        self._problems: list[InvalidInputError] = []
        self._asked = asked
        self._stands: dict[str, str] = {}
        self._given: dict[str, list[tuple[str, Any]]] = {}
        try:
            self._read_items(resource.get("item", []), ROOT)
        except RecursionError:
            self.refuse_words("items", "items that are not nested so deep", f"{ROOT}.item")

    def __contains__(self, name: str) -> bool:
        return bool(self._given.get(name))

    def all(self, name: str) -> list[tuple[str, Any]]:
        """Give each answer to a question: its place, and its value."""
        return self._given.get(name, [])

    def value(self, name: str) -> Any:
        """Give the one answer to a question; None without one."""
        return self._given[name][0][1] if name in self else None

    def place(self, name: str) -> str:
        """Give the place of the one answer to a question."""
        return self._given[name][0][0]

    def descriptors(self) -> dict[Descriptor, bool | None]:
        """Give what is answered of descriptors; of those that nobody answered, nothing."""
        return {d: self._descriptor(d) for d in Descriptor if d in self}

    def _descriptor(self, descriptor: Descriptor) -> bool | None:
        place, value = self.place(descriptor), self.value(descriptor)
        code = self.code(place, value, ANSWERS, _READ)
        return None if code is None else _READ[Answer(code)]

    def code(self, place: str, value: Any, system: str, codes: Collection[str]) -> str | None:
        """Give the code of a Coding of a system, None with a problem where it is none of those."""
        if not isinstance(value, Mapping):
            self.refuse_kind(value, "a Coding", place)
            return None
        coding = cast("Mapping[str, Any]", value)
        code = coding.get("code")
        if coding.get("system") != system:
            self.refuse(coding.get("system"), system, f"{place}.system")
        elif not isinstance(code, str) or code not in codes:
            self.refuse(code, ", ".join(codes), f"{place}.code")
        else:
            return code
        return None

    @property
    def sound(self) -> bool:
        """Whether there was no problem so far."""
        return not self._problems

    def refuse(self, value: object, accepted: str, place: str) -> None:
        """Add a problem with a value."""
        self._problems.append(InvalidInputError.found(value, accepted, place))

    def refuse_kind(self, value: object, accepted: str, place: str) -> None:
        """Add a problem with a value of another type, of which the type alone is said."""
        self.refuse_words(type(value).__name__, accepted, place)

    def refuse_because(self, message: str, place: str) -> None:
        """Add a problem that says by itself what was found and what is accepted."""
        self._problems.append(InvalidInputError(f"{place}: {message}"))

    def refuse_error(self, error: InvalidInputError) -> None:
        """Add a problem that was raised with its place."""
        self._problems.append(error)

    def refuse_words(self, found: str, accepted: str, place: str) -> None:
        """Add a problem where words stand in place of a value."""
        self._problems.append(InvalidInputError.in_words(found, accepted, place))

    def raise_problems(self) -> None:
        """Raise all problems as one `InvalidInputError`, a line each, if there are any."""
        if self._problems:
            raise InvalidInputError("\n".join(map(str, self._problems)))

    def _read_items(self, items: object, parent: str) -> None:
        for place, item in self._parts(items, f"{parent}.item"):
            answers = list(self._parts(item.get("answer", []), f"{place}.answer"))
            for where, part in ((place, item), *answers):
                self._refuse_modified(part, where)
            link = item.get("linkId")
            if not isinstance(link, str) or link not in self._asked:
                self.refuse(link, "a linkId of the form", f"{place}.linkId")
            elif (question := self._asked[link]) is None:
                if answers:
                    self.refuse_words("an answer", "none, since it is no question", place)
            elif question.name:
                self._read_question(question, answers, place)
            self._read_items(item.get("item", []), place)
            for where, answer in answers:
                self._read_items(answer.get("item", []), where)

    def _refuse_modified(self, part: Mapping[str, Any], place: str) -> None:
        try:
            refuse_modified(Element(part, place))
        except InvalidInputError as error:
            self.refuse_error(error)

    def _parts(self, parts: object, place: str) -> Iterator[tuple[str, Mapping[str, Any]]]:
        if not isinstance(parts, list):
            self.refuse_kind(parts, "a list", place)
            return
        for index, part in enumerate(cast("list[object]", parts)):
            if isinstance(part, Mapping):
                yield f"{place}[{index}]", cast("Mapping[str, Any]", part)
            else:
                self.refuse_kind(part, "an object", f"{place}[{index}]")

    def _read_question(
        self, question: Question, answers: list[tuple[str, Mapping[str, Any]]], place: str
    ) -> None:
        name = question.name
        if name in self._stands:
            found = f"{name} again, as in {self._stands[name]}"
            self.refuse_words(found, "each question once", place)
            return
        self._stands[name] = place
        if len(answers) > 1 and not question.repeats:
            self.refuse_words(f"{len(answers)} answers", "one", f"{place}.answer")
            return
        self._given[name] = []
        for where, answer in answers:
            there = [key for key in answer if key.startswith("value")]
            if there == [question.value]:
                self._given[name].append((f"{where}.{question.value}", answer[question.value]))
            else:
                found = escaped(", ".join(there)) or "no value"
                self.refuse_words(found, question.value, where)
