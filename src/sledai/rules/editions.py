"""Whether a rule is about the answers at hand: they were given by the edition that it names.

An assessment does not say by which edition it was rated. Where that is known, as of a filled form,
there is no verdict by a rule about another one. Each edition lets count what others do not, the
hybrid and SELENA differ in proteinuria, so that the same arithmetic would judge another score.
"""

from sledai.definitions import Edition
from sledai.definitions.editions import edition_named
from sledai.errors import InvalidInputError, require
from sledai.rules.activity import ActivityRule

__all__ = ["require_edition"]


def require_edition(rule: ActivityRule, edition: Edition | str) -> None:
    """Refuse answers that were given by another edition than the rule's.

    Raises `InvalidInputError` with both editions, and for an unknown one.

    >>> rule = ActivityRule(name="example", edition=Edition.SELENA, least_total=8)
    >>> require_edition(rule, "selena")
    >>> require_edition(rule, "SLEDAI-2K")
    Traceback (most recent call last):
    sledai.errors.InvalidInputError: example: found answers by SLEDAI-2K; accepted: answers by \
SELENA-SLEDAI
    """
    require(rule, ActivityRule, "rule", "an ActivityRule (a trial of the catalog has one)")
    given = edition_named(edition)
    if given is not rule.edition:
        raise InvalidInputError.in_words(
            f"answers by {given}", f"answers by {rule.edition}", rule.name
        )
