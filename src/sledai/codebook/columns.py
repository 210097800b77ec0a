"""Which column of a data set holds which descriptor and which field, by its codebook and its names.

First come the columns that the codebook names, then those that go by the name of a descriptor or a
field. A name that leaves something open is an error that says how to state it.
"""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass

from sledai.codebook.codebook import Codebook
from sledai.codebook.fields import ALIASES, FIELDS, FieldColumn
from sledai.codebook.names import answer_columns, plain_name
from sledai.descriptors import Descriptor, in_form_order, listed
from sledai.errors import InvalidInputError, shorten

__all__ = ["BY_CODEBOOK", "DescriptorSources", "descriptor_sources", "field_sources"]

BY_CODEBOOK = {
    "items": " ([descriptors] of a codebook, and its no_items)",
    "scale": "in [fields] of a codebook, as {column}, scale = [0, 3] (or [0, 10], [0, 100])",
    "none": "no_items of a codebook",
    "field": "[fields] of a codebook",
}
"""How somebody says what is meant, where a codebook is the way; the command line has flags too."""


@dataclass(frozen=True, slots=True, kw_only=True)
class DescriptorSources:
    """What is known of the descriptors of a data set: which column each is in, or that it has none.

    Of those in `unknown` nothing is said.
    """

    columns: Mapping[str, Descriptor]
    not_collected: frozenset[Descriptor]
    absent: frozenset[Descriptor]
    unknown: frozenset[Descriptor]

    def said(self) -> list[str]:
        """Say what was asserted of descriptors without a column."""
        sides = {
            "not collected": self.not_collected,
            "asserted absent at every visit": self.absent,
        }
        return [
            f"{what}: {listed(which) if len(which) < len(Descriptor) else 'all 24 descriptors'}"
            for what, which in sides.items()
            if which
        ]


def descriptor_sources(
    names: Iterable[str], book: Codebook, how: Mapping[str, str] = BY_CODEBOOK
) -> DescriptorSources:
    """Find the column of each descriptor; where recorded scores stand alone none was collected.

    Raises `InvalidInputError` for a column that is not there, for names that leave it open which
    columns are the items, and for a descriptor that has a column though it is said to have none.
    """
    there = [name for name in names if name not in book.used]
    said = book.descriptors
    named = {column: d for d, column in said.columns.items()}
    none = [name for name in said.no_items if name not in book.used]
    columns = answer_columns(there, named, none, family=said.family, how=how["items"])
    constant = said.absent | said.not_collected
    if both := {d: name for name, d in columns.items() if d in constant}:
        held = ", ".join(f"column {shorten(both[d])} holds {d}" for d in in_form_order(both))
        raise InvalidInputError(
            f"named not collected or absent, yet {held}; if that is no item, say so ({how['none']})"
        )
    unknown = frozenset(Descriptor) - constant - {*columns.values()}
    scores_alone = not columns and bool(book.recorded.scores)
    return DescriptorSources(
        columns=columns,
        not_collected=said.not_collected | unknown if scores_alone else said.not_collected,
        absent=said.absent,
        unknown=frozenset() if scores_alone else unknown,
    )


def field_sources(
    names: Collection[str], book: Codebook, how: Mapping[str, str] = BY_CODEBOOK
) -> tuple[FieldColumn, ...]:
    """Find the columns of the fields of a visit: those that the codebook names, then by name.

    Raises `InvalidInputError` for a column that is not there, for two that go by names of one
    field, and for a name that leaves the scale open.
    """
    found = {field.name: field for field in book.fields.columns}
    settled = frozenset(found) | frozenset(book.fields.asserted)
    for field in book.fields.columns:
        if field.column not in names:
            raise InvalidInputError.no_column(field.column, field.name)
    taken = {*book.used, *book.descriptors.no_items, *book.descriptors.columns.values()}
    for theirs in names:
        plain = plain_name(str(theirs))
        name = plain if plain in FIELDS else ALIASES.get(plain)
        if name is None or name in settled or theirs in taken:
            continue
        if name in found:
            raise InvalidInputError(
                f"columns {shorten(found[name].column)} and {shorten(theirs)} both go by names of "
                f"{name}; say which one is meant ({how['field']})"
            )
        if plain != name:
            stated_so = how["scale"].format(column=theirs)
            raise InvalidInputError(
                f"column {shorten(theirs)} goes by a name of {name}; say on which scale it is, "
                f"{stated_so}, or that it is none ({how['none']})"
            )
        found[name] = FieldColumn(name, theirs)
    return tuple(found.values())
