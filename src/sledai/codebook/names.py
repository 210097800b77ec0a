"""The names by which columns are found to hold descriptors, and names that leave it open.

A column is a descriptor's by its own name or an alias, and only where no other column of the file
could be meant: a name that other columns go by too is never taken, and two families of names, such
as `arthritis` beside `sledai_arthritis`, are an error that shows both.
"""

import re
from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping
from typing import NamedTuple

from sledai.descriptors import Descriptor, descriptor_set
from sledai.errors import InvalidInputError, require, shorten
from sledai.findings import Findings
from sledai.visits import Visit

__all__ = [
    "ALIASES",
    "ALSO_OTHER_COLUMNS",
    "Family",
    "answer_columns",
    "beside_items",
    "descriptor_named",
    "named_by",
    "plain_name",
    "refuse_no_items",
    "refuse_two_families",
    "words_of",
]

ALIASES = {
    "seizures": Descriptor.SEIZURE,
    "visual_disturbances": Descriptor.VISUAL_DISTURBANCE,
    "cranial_nerve": Descriptor.CRANIAL_NERVE_DISORDER,
    "cranial_nerve_disorders": Descriptor.CRANIAL_NERVE_DISORDER,
    "cva": Descriptor.CEREBROVASCULAR_ACCIDENT,
    "cerebrovascular_accidents": Descriptor.CEREBROVASCULAR_ACCIDENT,
    "urinary_cast": Descriptor.URINARY_CASTS,
    "haematuria": Descriptor.HEMATURIA,
    "new_rash": Descriptor.RASH,
    "mucosal_ulcer": Descriptor.MUCOSAL_ULCERS,
    "low_c3_c4": Descriptor.LOW_COMPLEMENT,
    "hypocomplementemia": Descriptor.LOW_COMPLEMENT,
    "hypocomplementaemia": Descriptor.LOW_COMPLEMENT,
    "increased_dna": Descriptor.INCREASED_DNA_BINDING,
    "pyrexia": Descriptor.FEVER,
    "thrombocytopaenia": Descriptor.THROMBOCYTOPENIA,
    "leucopenia": Descriptor.LEUKOPENIA,
    "leucopaenia": Descriptor.LEUKOPENIA,
    "leukopaenia": Descriptor.LEUKOPENIA,
}
"""Other names under which descriptors are met in files."""

ALSO_OTHER_COLUMNS = {
    "obs": Descriptor.ORGANIC_BRAIN_SYNDROME,  # or the number of an observation
    "oral_ulcers": Descriptor.MUCOSAL_ULCERS,  # or a criterion of classification
    "dsdna": Descriptor.INCREASED_DNA_BINDING,  # or a titre
    "dna_binding": Descriptor.INCREASED_DNA_BINDING,  # or a percentage
}
"""Names of descriptors that other columns go by too: understood where a person says them, only."""

_CANONICAL = {d.value: d for d in Descriptor}
_NUMBERED = re.compile(r"^\s*[0-9]{1,2}\s*[.)]\s*")  # "1. Seizure"
_WEIGHED = re.compile(r"\s*[(\[]\s*([0-9])\s*(?:points?|pts?)?\s*[)\]]\s*$")  # "Seizure (8)"
_BY_NAME = _CANONICAL | ALIASES
_OF_OTHERS = {*Visit.model_fields, *Findings.model_fields} - _BY_NAME.keys()
_BESIDE = re.compile(
    "24h|cause|comments?|complete|count|date|days|desc|description|details|dt|duration|g|location|"
    "max|mg|min|notes?|onset|query|reason|site|specify|text|tit(er|re)|txt|type|units?"
)
"""What ends the name of a column that stands beside an item and is none."""
_BEFORE = re.compile("acr|discoid|family|history|history_of|hx|malar|neonatal|past|prior|slicc")
"""What begins the name of a column that holds something like an item at another time or place."""
_OF_A_SCORE = re.compile("(sledai|selena|2k|v|visit|[0-9])*")


def descriptor_named(name: str) -> Descriptor:
    """Find a descriptor by its name or an alias, without regard to case, spaces and punctuation.

    Raises `InvalidInputError`, with the closest names, where there is none; for no text, too.

    >>> descriptor_named("CVA"), descriptor_named("New Rash")
    (<Descriptor.CEREBROVASCULAR_ACCIDENT: 'cerebrovascular_accident'>, <Descriptor.RASH: 'rash'>)
    """
    require(name, str, "descriptor", "its name, as text")
    if (found := named_by(name, ALSO_OTHER_COLUMNS)) is not None:
        return found
    return next(iter(descriptor_set([plain_name(name)])))  # which names the closest ones


def named_by(name: str, others: Mapping[str, Descriptor] | None = None) -> Descriptor | None:
    """Find the descriptor that a column goes by, or None: its name or an alias, run together too.

    A number before it counts for nothing, nor does its weight in brackets behind it. `others` are
    names that are taken too.

    >>> [named_by(name) for name in ("1. Seizure (8)", "lowComplement", "arthritis_2")]
    [<Descriptor.SEIZURE: 'seizure'>, <Descriptor.LOW_COMPLEMENT: 'low_complement'>, None]
    """
    bare = _NUMBERED.sub("", name)
    weight = _WEIGHED.search(bare)
    joined = plain_name(_WEIGHED.sub("", bare)).replace("_", "")
    found = _JOINED.get(joined)
    if found is None and others:
        found = {plain.replace("_", ""): d for plain, d in others.items()}.get(joined)
    if found is None or (weight and int(weight[1]) != found.weight):
        return None
    return found


class Family(NamedTuple):
    """How the columns of the items are called: what stands before and behind, or their number."""

    prefix: str = ""
    suffix: str = ""
    numbered: str = ""

    def columns(self, columns: Iterable[str]) -> dict[str, Descriptor]:
        """Say which columns are so called, and which descriptor each holds.

        >>> Family(prefix="sledai").columns(["sledaiObs", "sledai_total", "rash"])
        {'sledaiObs': <Descriptor.ORGANIC_BRAIN_SYNDROME: 'organic_brain_syndrome'>}
        """
        found: dict[str, Descriptor] = {}
        by_number = {self.numbered.replace("{}", str(d.number)): d for d in Descriptor}
        for column in columns:
            descriptor = by_number.get(column) if self.numbered else self._within(column)
            if descriptor is not None:
                found[column] = descriptor
        return found

    def inside(self, column: str) -> str | None:
        """Give what stands between prefix and suffix, or None where a column has not both.

        >>> Family(prefix="SLE_").inside("sle_rash"), Family(suffix="_v").inside("rash")
        ('rash', None)
        """
        name = str(column)  # pandas has numbers for names
        before, behind = self.prefix.lower(), self.suffix.lower()
        if not (name.lower().startswith(before) and name.lower().endswith(behind)):
            return None
        return name[len(before) : len(name) - len(behind)]

    def _within(self, column: str) -> Descriptor | None:
        inside = self.inside(column)
        return None if inside is None else named_by(inside, ALSO_OTHER_COLUMNS)


def plain_name(name: str) -> str:
    """Write a name as it is compared: in small letters, with one "_" for all that is between.

    >>> plain_name(" New Rash?")
    'new_rash'
    """
    return re.sub(r"[\W_]+", "_", name.lower()).strip("_")


def answer_columns(
    columns: Iterable[str],
    named: Mapping[str, Descriptor],
    no_items: Collection[str] = (),
    *,
    family: Family | None = None,
    how: str = "",
) -> dict[str, Descriptor]:
    """Say which column holds which descriptor: those in `named`, then by name or alias.

    Where a `family` is stated, only columns that are called so are found by name. Columns in
    `no_items` hold none. Raises `InvalidInputError` when a column of either is not
    there, when two columns go by names of one descriptor, and as `refuse_two_families` does; `how`
    tells people how to say what is meant.

    >>> answer_columns(["id", "Eruption", "Arthritis"], {"Eruption": Descriptor.RASH})
    {'Eruption': <Descriptor.RASH: 'rash'>, 'Arthritis': <Descriptor.ARTHRITIS: 'arthritis'>}
    """
    columns = list(columns)
    for theirs, descriptor in named.items():
        if theirs not in columns:
            raise InvalidInputError.no_column(theirs, descriptor)
    refuse_no_items(columns, named, no_items)
    bare: dict[str, Descriptor] = {}
    called = family.columns(columns) if family else _bare(columns)
    for column, found in called.items():
        if column in {*named, *no_items} or found in named.values():
            continue
        if others := [other for other, d in bare.items() if d is found]:
            raise InvalidInputError(
                f"columns {shorten(others[0])} and {shorten(column)} both go by names of {found}; "
                f"say which one is meant{how}"
            )
        bare[column] = found
    if family is None:
        refuse_two_families(columns, bare, named, no_items, how=how)
    return {**named, **bare}


def _bare(columns: Iterable[str]) -> dict[str, Descriptor]:
    found = {column: named_by(str(column)) for column in columns}  # pandas has numbers for names
    return {column: descriptor for column, descriptor in found.items() if descriptor is not None}


def refuse_no_items(
    columns: Collection[str], named: Collection[str], no_items: Collection[str]
) -> None:
    """Refuse columns said to be no items that are not there, or are named for a descriptor."""
    for theirs in no_items:
        if theirs not in columns:
            raise InvalidInputError(f"no column {shorten(theirs)}, said to be no item")
        if theirs in named:
            raise InvalidInputError(
                f"column {shorten(theirs)} is named for a descriptor and said to be no item"
            )


class _Family(NamedTuple):
    """What stands before and after the descriptor in the names of some columns."""

    before: str
    after: str
    joined: bool = False


def refuse_two_families(
    columns: Iterable[str],
    bare: Mapping[str, Descriptor],
    named: Collection[str],
    no_items: Collection[str],
    *,
    how: str,
) -> None:
    """Raise `InvalidInputError` where columns read by their `bare` names may not be the items.

    That is so where another column, which nobody `named` for something, looks like an item for the
    same descriptor; where as many columns look like items by one prefix or suffix; and where the
    columns that are named have a prefix in common that others have too, or most columns.

    >>> bare = {"arthritis": Descriptor.ARTHRITIS}
    >>> refuse_two_families(["arthritis", "sledai_arthritis"], bare, (), (), how="")
    Traceback (most recent call last):
    sledai.errors.InvalidInputError: two families of names: 'arthritis' beside 'sledai_arthritis'; \
say which columns are the items, and which are none
    """
    others = [column for column in columns if column not in {*bare, *no_items}]
    doubtful: dict[str, None] = {}  # in order, each once
    beside: dict[str, None] = {}
    for some, more in (*_by_name(others, bare, named), *_by_prefix(others, bare, named)):
        doubtful |= dict.fromkeys(some)
        beside |= dict.fromkeys(more)
    if doubtful:
        raise InvalidInputError(
            f"two families of names: {_some(doubtful)} beside {_some(beside)}; say which columns "
            f"are the items, and which are none{how}"
        )


def beside_items(others: Collection[str], bare: Mapping[str, Descriptor]) -> list[str]:
    """Name the columns that look like items beside those that are read by their `bare` names.

    >>> beside_items(["id", "sledai_rash"], {"rash": Descriptor.RASH})
    ['sledai_rash']
    """
    members = (more for _, more in _by_name([*others], bare, ()))
    return list(dict.fromkeys(column for more in members for column in more))


_Doubt = Iterator[tuple[Iterable[str], Iterable[str]]]  # bare columns, and those beside them


def _by_name(others: list[str], bare: Mapping[str, Descriptor], named: Collection[str]) -> _Doubt:
    """Find columns that look like items by the name of a descriptor in theirs."""
    families: dict[_Family, dict[str, Descriptor]] = defaultdict(dict)
    for column in others:
        if column not in _CANONICAL:  # else it is one of a descriptor whose column was named
            for family, descriptor in _families(str(column)):  # pandas has numbers for names
                families[family][column] = descriptor
    for family, members in families.items():
        if family.joined and len(members) == 1 and not _OF_A_SCORE.fullmatch("".join(family[:2])):
            continue  # osteoarthritis is no item
        unnamed = {d for other, d in members.items() if other not in named}
        same = [column for column, descriptor in bare.items() if descriptor in unnamed]
        if same or 1 < len(members) >= len(bare):
            yield same or bare, members


def _by_prefix(others: list[str], bare: Mapping[str, Descriptor], named: Collection[str]) -> _Doubt:
    """Find columns with a prefix that several have which were named for something."""
    for prefix in {_first_word(column) for column in named} - {""}:
        members = [column for column in others if _first_word(column) == prefix]
        stated = [column for column in members if column in named]
        unread = [c for c in members if c not in named and not _stands_beside(c)]
        if len(stated) > 1 and (unread or len(stated) >= len(bare)):
            yield bare, unread or stated


def _first_word(column: object) -> str:
    first, _, rest = words_of(str(column)).partition("_")
    return first if rest else ""


def words_of(column: str) -> str:
    """Write a name as it is compared, with its camelCase as words.

    >>> words_of("sledaiLowC3")
    'sledai_low_c3'
    """
    return plain_name(re.sub(r"(?<=[a-z0-9])(?=[A-Z])", "_", column))


def _stands_beside(column: object) -> bool:
    return bool(_BESIDE.fullmatch(words_of(str(column)).rpartition("_")[2]))


def _some(columns: Iterable[str]) -> str:
    names = [shorten(column) for column in columns]
    more = f" and {len(names) - _NAMED} more" if len(names) > _NAMED else ""
    return ", ".join(names[:_NAMED]) + more


_NAMED = 6


_JOINED = {name.replace("_", ""): d for name, d in _BY_NAME.items()}
_PATTERNS = {name: re.compile(rf"(?:(.*)_)?{name}(?:_(.*))?") for name in _BY_NAME}


def _families(column: str) -> Iterable[tuple[_Family, Descriptor]]:
    """Say as an item of which families a name can be read, each with the descriptor."""
    plain = words_of(column)
    if plain in _OF_OTHERS or _stands_beside(column):
        return
    found = {name: match for name in _BY_NAME if (match := _PATTERNS[name].fullmatch(plain))}
    if found:
        name = max(found, key=len)
        before, after = found[name].groups("")
        if not _BEFORE.fullmatch(before):
            yield _Family(before, after), _BY_NAME[name]
        return
    joined = plain.replace("_", "")
    for name, descriptor in _CANONICAL.items():
        before, there, after = joined.rpartition(name.replace("_", ""))
        if there:
            yield _Family(before, after, joined=True), descriptor
