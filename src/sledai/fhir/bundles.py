"""What a Bundle holds: whole, each resource once and in one state, and one patient's Observations.

Of a Bundle of which something may be missing, or may be another's, nothing is taken.
"""

from collections import deque
from collections.abc import Iterator, Mapping
from typing import Any, NamedTuple

from sledai.errors import InvalidInputError
from sledai.fhir.elements import Element, refuse_modified
from sledai.fhir.references import kind_named, named_by

__all__ = ["Entry", "observations_of", "resources_of"]


class Entry(NamedTuple):
    """A resource of a Bundle, and the address that is its own, where it has one."""

    resource: Element
    url: str | None


def resources_of(whole: Element) -> Iterator[Entry]:
    """Give the resources of a Bundle, each once; those of Bundles in it follow its own.

    Raises `InvalidInputError`, with the path, for a page of more, for a Bundle of versions, for
    one resource in two states, for an error of the server that answered, and for what changes the
    meaning of a Bundle.
    """
    seen: dict[str, Element] = {}
    waiting = deque([whole])
    while waiting:
        for entry in _entries(waiting.popleft()):
            resource = entry.one("resource")
            if resource is None:
                continue
            kind = resource.content.get("resourceType")
            if kind == "OperationOutcome":
                _refuse_error(resource)
            if kind == "Bundle":
                waiting.append(resource)
            elif not _stood_before(entry, resource, seen):
                yield Entry(resource, entry.text("fullUrl"))


def _entries(bundle: Element) -> Iterator[Element]:
    """Give the entries of one Bundle, or refuse one of which something may be missing."""
    refuse_modified(bundle)
    if bundle.text("type") == "history":
        raise InvalidInputError.found("history", "the newest versions alone", bundle.at("type"))
    for link in bundle.several("link"):
        if link.text("relation") == "next":
            raise InvalidInputError.in_words(
                "a link to a next page", "all pages in one Bundle", link.path
            )
    for entry in bundle.several("entry"):
        refuse_modified(entry)
        response = entry.one("response")
        outcome = None if response is None else response.one("outcome")
        if outcome is not None:
            _refuse_error(outcome)
        yield entry


def _refuse_error(outcome: Element) -> None:
    for issue in outcome.several("issue"):
        if (severity := issue.text("severity")) in {"error", "fatal"}:
            raise InvalidInputError.found(
                severity, "none, since what is missing is not known", issue.at("severity")
            )


def _stood_before(entry: Element, resource: Element, seen: dict[str, Element]) -> bool:
    name = entry.text("fullUrl")
    if name is None and (own := resource.text("id")) is not None:
        name = f"{resource.content.get('resourceType')}/{own}"
    if name is None:
        return False
    before = seen.setdefault(name, resource)
    if before.content != resource.content:
        raise InvalidInputError.in_words(
            f"another state of {before.path}", "one state of a resource", resource.path
        )
    return before is not resource


def observations_of(bundle: Mapping[str, Any]) -> Iterator[Element]:
    """Give the Observations of a Bundle, and those that stand within other resources of it.

    Raises `InvalidInputError`, with the path, for what is no Bundle, as `resources_of` does, for
    what changes the meaning of an Observation as a whole, for Observations of two subjects, and
    for several of which it is not known whether they are of one.
    """
    first: _Of | None = None
    for entry in resources_of(Element.resource(bundle, "Bundle")):
        for observation in _observations(entry.resource):
            if "implicitRules" in observation:
                refuse_modified(observation)
            of = _subject(observation, entry.url)
            first = first or of
            if of is not first:
                _refuse_another(of, first)
            yield observation


def _observations(resource: Element) -> Iterator[Element]:
    if resource.content.get("resourceType") == "Observation":
        yield resource
    for contained in resource.several("contained"):
        if contained.content.get("resourceType") == "Observation":
            yield _within(resource, contained)


_SETTLED = ("final", "amended", "corrected", "appended")
_RESULTS = ("Observation", "DiagnosticReport")


def _within(whole: Element, contained: Element) -> Element:
    """Give an Observation that stands in another resource: it is that one's subject and state."""
    around = {name: whole.content[name] for name in ("subject", "focus") if name in whole}
    content = {**around, **contained.content}
    if "modifierExtension" in whole:
        content["modifierExtension"] = whole.content["modifierExtension"]
    if whole.content.get("resourceType") in _RESULTS:
        status = whole.content.get("status")
        content["status"] = content.get("status") if status in _SETTLED else status
    return Element(content, contained.path)


class _Of(NamedTuple):
    """Whose an Observation is: what tells the subject apart, None where nothing does."""

    observation: Element
    has_subject: bool
    named: str | None


def _subject(observation: Element, url: str | None) -> _Of:
    subject = observation.one("subject")
    if subject is None:
        return _Of(observation, has_subject=False, named="")
    kind = kind_named(subject)
    if kind not in {None, "Patient"}:
        raise InvalidInputError.found(kind, "Patient", subject.path)
    return _Of(observation, has_subject=True, named=named_by(subject, url))


def _refuse_another(of: _Of, first: _Of) -> None:
    if of.named is not None and of.named == first.named:
        return
    if of.has_subject and first.has_subject:
        same = of.named is None or first.named is None
        found = "perhaps another subject than" if same else "another subject than"
    else:
        found = "a subject, and none" if of.has_subject else "no subject, and one"
    raise InvalidInputError.in_words(
        f"{found} in {first.observation.path}",
        "one patient's Observations",
        of.observation.at("subject"),
    )
