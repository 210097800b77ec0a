"""Parts of a resource that was read, each with the path by which an error names it."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Self, cast

from sledai.errors import InvalidInputError, require

__all__ = ["Element", "codings", "refuse_modified"]

_MODIFIERS = ("implicitRules", "modifierExtension")
"""What may change the meaning of all that stands beside it, so that nothing of it can be read."""


@dataclass(frozen=True, slots=True)
class Element:
    """An object of JSON, and where it stands.

    What is asked of it is refused with its path where it is of another type than FHIR says.

    >>> observation = Element({"code": {"text": 7}}, "Observation")
    >>> observation.one("code").text("text")
    Traceback (most recent call last):
    sledai.errors.InvalidInputError: Observation.code.text: found 7; accepted: text
    """

    content: Mapping[str, Any]
    path: str

    @classmethod
    def resource(cls, content: object, kind: str) -> Self:
        """Begin with a resource of a type, or refuse what is none."""
        require(content, Mapping, kind.lower(), f"a resource of type {kind}, as a dict")
        resource = cast("Mapping[str, Any]", content)
        if (found := resource.get("resourceType")) != kind:
            raise InvalidInputError.found(found, kind, f"{kind}.resourceType")
        return cls(resource, kind)

    def __contains__(self, name: str) -> bool:
        return name in self.content

    def at(self, name: str) -> str:
        """Give the path of a part."""
        return f"{self.path}.{name}"

    def one(self, name: str) -> Self | None:
        """Give a part that is an object, or None where there is none."""
        content = self.content.get(name)
        return None if content is None else self._part(content, self.at(name))

    def several(self, name: str) -> list[Self]:
        """Give the objects of a part that is a list of them."""
        return [self._part(part, path) for path, part in self._listed(name)]

    def readable(self, name: str, problems: list[str]) -> list[Self]:
        """Give what can be read of a part that is a list of objects, and name what cannot."""
        found: list[Self] = []
        try:
            listed = self._listed(name)
        except InvalidInputError as error:
            problems.append(str(error))
            return found
        for path, part in listed:
            try:
                found.append(self._part(part, path))
            except InvalidInputError as error:
                problems.append(str(error))
        return found

    def text(self, name: str) -> str | None:
        """Give a part that is text, or None where there is none."""
        content = self.content.get(name)
        if content is not None and (not isinstance(content, str) or not content):
            raise InvalidInputError.found(content, "text", self.at(name))
        return content

    def choice(self, name: str) -> str | None:
        """Name the part of a choice of types, `value[x]`, that is there; None where there is none.

        >>> Element({"valueBoolean": True}, "Observation").choice("value")
        'valueBoolean'
        """
        there = [
            key
            for key in self.content
            if key.startswith(name) and key[len(name) : len(name) + 1].isupper()
        ]
        if len(there) > 1:
            raise InvalidInputError.in_words(", ".join(sorted(there)), "one of them", self.path)
        return there[0] if there else None

    def _listed(self, name: str) -> list[tuple[str, object]]:
        content = self.content.get(name)
        if content is None:
            return []
        if not isinstance(content, list):
            raise InvalidInputError.in_words(_kind(content), "a list", self.at(name))
        parts = cast("list[object]", content)
        return [(f"{self.at(name)}[{n}]", part) for n, part in enumerate(parts)]

    def _part(self, content: object, path: str) -> Self:
        if not isinstance(content, Mapping):
            raise InvalidInputError.in_words(_kind(content), "an object", path)
        return type(self)(cast("Mapping[str, Any]", content), path)


def codings(concept: Element | None) -> list[tuple[str, str]]:
    """Give system and code of each coding of a CodeableConcept; without a system it is empty."""
    if concept is None:
        return []
    return [
        (coding.text("system") or "", code)
        for coding in concept.several("coding")
        if (code := coding.text("code")) is not None
    ]


def refuse_modified(element: Element) -> None:
    """Refuse what has something beside it that may change its meaning.

    >>> refuse_modified(Element({"implicitRules": "https://example.org/rules"}, "Bundle"))
    Traceback (most recent call last):
    sledai.errors.InvalidInputError: Bundle.implicitRules: found one; accepted: none, since it may \
change the meaning
    """
    for name in _MODIFIERS:
        if element.content.get(name) is not None:
            accepted = "none, since it may change the meaning"
            raise InvalidInputError.in_words("one", accepted, element.at(name))


def _kind(content: object) -> str:
    return type(content).__name__
