"""The canonical URLs of our own resources, and the release of FHIR in which they are written.

Nobody publishes the SLEDAI in FHIR, so the systems and forms here are our own. Their addresses are
names and lead nowhere: they stand under `.invalid`, a domain that nobody can own (RFC 2606), so
that no name of somebody else's is taken. Who publishes them elsewhere gives them their address by
`rebased`.
"""

from typing import Any, Literal, cast, get_args

from sledai.definitions import Edition
from sledai.errors import require, require_one_of

__all__ = ["BASE", "FORM_VERSIONS", "Release", "Resource", "canonical", "rebased"]

BASE = "https://sledai.invalid/fhir"
"""What every canonical URL of ours begins with."""

FORM_VERSIONS = ("0.1.0", "1.0.0rc1")
"""The versions of our forms that ask what they ask today: responses to others are not read.

A version stays here for as long as no later one asks anything else.
"""

Release = Literal["R4", "R5"]
"""The release of FHIR: R4 (4.0.1; all here is valid in R4B too) or R5 (5.0.0)."""

Resource = dict[str, Any]
"""A resource, or a part of one, as JSON has it."""

_SLUGS = {
    Edition.SLEDAI_1992: "sledai-1992",
    Edition.SELENA: "selena-sledai",
    Edition.HYBRID: "selena-sledai-hybrid",
    Edition.SLEDAI_2K: "sledai-2k",
}


def canonical(kind: str, name: str) -> str:
    """Give the canonical URL of a resource of ours by its type and id.

    >>> canonical("Questionnaire", "selena-sledai")
    'https://sledai.invalid/fhir/Questionnaire/selena-sledai'
    """
    return f"{BASE}/{kind}/{name}"


def form_id(edition: Edition) -> str:
    """Give the id of the questionnaire of an edition."""
    return _SLUGS[edition]


def require_release(release: str) -> None:
    """Refuse a release that is not written here."""
    require_one_of(release, get_args(Release), "release")


def head(kind: str, name: str, title: str, description: str) -> Resource:
    """Begin a resource that is published: who it is, which version, in what state."""
    from sledai import __version__  # noqa: PLC0415 - the package is not yet read to its end

    return {
        "resourceType": kind,
        "id": name,
        "url": canonical(kind, name),
        "version": __version__,
        "name": "".join(part.capitalize() for part in name.split("-")),
        "title": title,
        "status": "active",
        "experimental": False,
        "description": description,
    }


def rebased(resource: Resource, base: str, *, of: str = BASE) -> Resource:
    """Give the same resource with its own canonical URLs under another base.

    `base` is what they begin with then, and `of` what they begin with now; URLs of others stay.
    What comes back from there is read after `rebased(resource, BASE, of=base)`.

    Raises `InvalidInputError` for a base that is no text.

    >>> from sledai.fhir import questionnaire
    >>> rebased(questionnaire("SELENA"), "https://fhir.example.org")["url"]
    'https://fhir.example.org/Questionnaire/selena-sledai'
    """
    require(resource, dict, "resource", "a resource of FHIR, as a dict")
    for url, name in ((base, "base"), (of, "of")):
        require(url, str, name, "the begin of a URL")
    return cast("Resource", _moved(resource, f"{of.rstrip('/')}/", f"{base.rstrip('/')}/"))


def _moved(part: object, old: str, new: str) -> object:
    if isinstance(part, str):
        return new + part.removeprefix(old) if part.startswith(old) else part
    if isinstance(part, dict):
        members = cast("dict[str, object]", part)
        return {key: _moved(value, old, new) for key, value in members.items()}
    if isinstance(part, list):
        return [_moved(value, old, new) for value in cast("list[object]", part)]
    return part
