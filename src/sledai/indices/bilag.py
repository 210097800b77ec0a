"""Letters of BILAG at two visits: in which organ systems an A or a B is new.

The letters are the caller's, given as fields of a `Visit`; this library does not compute them. What
a new letter is, no publication that was read says. Here a new A is an A that was none at the
baseline, and a new B one that was C, D or E there: from A to B is no new B.
"""

from collections.abc import Callable

from sledai.quantities.fields import LETTERS
from sledai.visits import Visit
from sledai.visits.visit import BILAG

__all__ = ["any_letters", "is_new", "letters_said", "systems_with"]

NEW_AFTER = {"A": "BCDE", "B": "CDE"}
"""The letters at baseline after which a letter is new."""


def is_new(letter: str) -> Callable[[str, str], bool]:
    """Say of a letter at baseline and one now whether the one now is this letter, and new.

    >>> is_new("B")("C", "B"), is_new("B")("A", "B")
    (True, False)
    """
    return lambda before, now: now == letter and before in NEW_AFTER[letter]


def any_letters(*visits: Visit) -> bool:
    """Say whether a letter of any organ system is known at one of the visits."""
    return any(getattr(visit, field) is not None for visit in visits for field in BILAG)


def systems_with(
    holds: Callable[[str, str], bool], baseline: Visit, visit: Visit
) -> tuple[list[str], list[str]]:
    """Name the organ systems in which something holds of both letters, and those where it may.

    >>> before = Visit(date="2024-01-16", bilag_renal="C", bilag_ophthalmic="E")
    >>> after = Visit(date="2024-07-16", bilag_renal="A")
    >>> certain, possible = systems_with(is_new("A"), before, after)
    >>> certain, len(possible)
    (['renal'], 9)
    """
    certain: list[str] = []
    possible: list[str] = []
    for field in BILAG:
        ways = {
            holds(before, now)
            for before in _may_be(baseline, field)
            for now in _may_be(visit, field)
        }
        system = field.removeprefix("bilag_")
        certain += [system] if ways == {True} else []
        possible += [system] if True in ways else []
    return certain, possible


def letters_said(certain: list[str], possible: list[str]) -> str:
    """Say in which organ systems something is so, and in which it is not known.

    >>> letters_said(["renal"], ["renal", "ophthalmic"])
    'renal; not known: ophthalmic'
    """
    others = [system for system in possible if system not in certain]
    said = ", ".join(certain) or "none"
    return f"{said}; not known: {', '.join(others)}" if others else said


def _may_be(visit: Visit, field: str) -> tuple[str, ...]:
    known = getattr(visit, field)
    return LETTERS if known is None else (known,)
