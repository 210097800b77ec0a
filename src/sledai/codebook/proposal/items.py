"""Which column is which descriptor: by name, by a family of names, by what shortens a name.

What rests on a name alone is said; what rests on the order of the columns is asked.
"""

import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from itertools import pairwise

from sledai.codebook.names import (
    ALSO_OTHER_COLUMNS,
    Family,
    beside_items,
    named_by,
    words_of,
)
from sledai.codebook.proposal.draft import Draft, counted
from sledai.codebook.proposal.sample import Column
from sledai.codebook.proposal.words import says_yes_or_no
from sledai.codebook.toml import toml_value
from sledai.descriptors import Descriptor
from sledai.errors import shorten

__all__ = ["called_as_items", "propose_items"]

_MOST_AFFIX = 40


def propose_items(draft: Draft, columns: Mapping[str, Column]) -> dict[str, Descriptor]:
    """Say which column holds which descriptor, or ask; give those that are said."""
    names = draft.free(columns)
    family, items, rivals = _family(names)
    if rivals:
        draft.ask("descriptors", "prefix", f"which are the items: {rivals}? or a suffix")
        return {}
    items = {n: d for n, d in items.items() if says_yes_or_no(columns[n])}
    if template := _numbered(names, items):
        _ask_numbered(draft, template)
        return {}
    if family:
        key = "prefix" if family.prefix else "suffix"
        said = f"{len(items)} columns are called so"
        draft.say("descriptors", key, family.prefix or family.suffix, said)
    items = _each_once(draft, items)
    draft.used |= {*items}
    if not family:
        draft.named += items
    _ask_the_others(draft, names, items, columns, family)
    if items:
        _no_items(draft, names, items, columns, family)
    return items


def called_as_items(names: Sequence[str]) -> list[str]:
    """Find the names that are those of items, by one family or by number.

    >>> called_as_items(["sle_rash", "sle_fever", "other"])
    ['sle_rash', 'sle_fever']
    """
    _, items, _ = _family(names)
    if template := _numbered(names, items):
        return [template.replace("{}", str(descriptor.number)) for descriptor in Descriptor]
    return [*items]


def _family(names: Sequence[str]) -> tuple[Family | None, dict[str, Descriptor], str]:
    """Find the most columns that one prefix or suffix makes names of descriptors of.

    Says which there are where others are about as many.
    """
    bare = {name: d for name in names if (d := named_by(name))}
    before, behind = Counter[str](), Counter[str]()
    for name in names:
        for n in range(1, min(len(name), _MOST_AFFIX)):
            if named_by(name[n:], ALSO_OTHER_COLUMNS):
                before[name[:n].lower()] += 1
            if named_by(name[:-n], ALSO_OTHER_COLUMNS):
                behind[name[-n:].lower()] += 1
    found: list[tuple[int, int, Family | None, dict[str, Descriptor]]] = [
        (len({*bare.values()}), 0, None, bare)
    ]
    for affixes, key in ((before, "prefix"), (behind, "suffix")):
        for affix, count in affixes.items():
            if count > 1:
                called = Family(**{key: affix}).columns(names)
                spelled = _spelled(affix, [*called], key)
                said_so = Family(**{key: spelled})
                found.append((len({*called.values()}), len(affix), said_so, called))
    count, _, family, items = max(found, key=lambda one: one[:2])
    others = {frozenset(called): n for n, _, _, called in found if not {*called} & {*items}}
    rivals = [called for called, n in others.items() if n > 1 and 2 * n > count]
    said = ""
    if rivals:
        first = (next(name for name in names if name in called) for called in (items, *rivals))
        said = ", or those such as ".join(map(shorten, first))
    return family, items, said


def _spelled(affix: str, names: Sequence[str], key: str) -> str:
    """Write a prefix or suffix as most columns do."""
    n = len(affix)
    cut = Counter(name[:n] if key == "prefix" else name[-n:] for name in names)
    return cut.most_common(1)[0][0]


def _each_once(draft: Draft, items: Mapping[str, Descriptor]) -> dict[str, Descriptor]:
    """Ask where two columns go by names of one descriptor."""
    columns: dict[Descriptor, list[str]] = defaultdict(list)
    for name, descriptor in items.items():
        columns[descriptor].append(name)
    for descriptor, names in columns.items():
        if len(names) > 1:
            said = f"which of {', '.join(map(shorten, names))} is it?"
            draft.ask("descriptors", descriptor.value, said, columns=names)
    return {names[0]: d for d, names in columns.items() if len(names) == 1}


def _numbered(names: Iterable[str], items: Mapping[str, Descriptor]) -> str:
    """Find 24 columns that differ by a number from 1 to 24, where names say less."""
    numbers: dict[tuple[str, str], set[int]] = defaultdict(set)
    for name in names:
        if match := re.fullmatch(r"(.*?)([1-9][0-9]?)(\D*)", name):
            numbers[match[1], match[3]].add(int(match[2]))
    whole = [
        f"{a}{{}}{b}" for (a, b), n in numbers.items() if n == {*range(1, len(Descriptor) + 1)}
    ]
    return whole[0] if len(whole) == 1 and len(items) < len(Descriptor) // 2 else ""


def _ask_numbered(draft: Draft, template: str) -> None:
    columns = [template.replace("{}", str(descriptor.number)) for descriptor in Descriptor]
    said = (
        f"{len(columns)} columns from {shorten(columns[0])} to {shorten(columns[-1])}; if they are "
        "numbered as on the form (1 seizure, 9 arthritis, 24 leukopenia): "
        f"{toml_value(template)}"
    )
    draft.ask("descriptors", "numbered", said, columns=columns)


def _ask_the_others(
    draft: Draft,
    names: Sequence[str],
    items: dict[str, Descriptor],
    columns: Mapping[str, Column],
    family: Family | None,
) -> None:
    """Find the descriptors that no column is named for by what shortens their names, or ask."""
    missing = [
        d for d in Descriptor if d not in items.values() and not draft.asks("descriptors", d)
    ]
    free = [name for name in draft.free(names) if says_yes_or_no(columns[name])]
    within = {name: None if family is None else family.inside(name) for name in free}
    short = {name: _shortened(within[name] or name, missing) for name in free}
    placed = _by_order(names, items, missing, free)
    if not items and len(placed) < len(Descriptor):
        draft.remarks.append("No column looks like a descriptor.")
        return
    for descriptor in missing:
        meant = [name for name in free if short[name] == [descriptor]]
        there = placed.get(descriptor)
        column = meant[0] if len(meant) == 1 else None
        if column is not None and (column == there or within[column]):
            said = f"{shorten(within[column] or column)} shortens it"
            draft.say("descriptors", descriptor.value, column, said, [column])
            items[column] = descriptor
            continue
        perhaps = meant if there is None or there in meant else [*meant, there]
        held = "; ".join(f"{shorten(c)} ({counted(columns[c].counts) or 'empty'})" for c in perhaps)
        also = [
            name
            for name in names
            if named_by(name, ALSO_OTHER_COLUMNS) is descriptor and name not in perhaps
        ]
        said = f"perhaps {held}" if held else ""
        if also:
            said += f"{'; ' if held else ''}{', '.join(map(shorten, also))}: it or another column?"
        draft.ask("descriptors", descriptor.value, said)


def _shortened(text: str, missing: Sequence[Descriptor]) -> list[Descriptor]:
    """Say which descriptors' names a text shortens: initials, or words cut off or left out.

    >>> _shortened("vd", list(Descriptor)), _shortened("inc_dna_bind", list(Descriptor))
    ([<Descriptor.VISUAL_DISTURBANCE: 'visual_disturbance'>], \
[<Descriptor.INCREASED_DNA_BINDING: 'increased_dna_binding'>])
    """
    words = words_of(text).split("_")
    return [d for d in missing if _shortens(words, d.value.split("_"))]


def _shortens(words: Sequence[str], name: Sequence[str]) -> bool:
    if len(words) == 1 and len(name) > 1 and words[0] == "".join(word[0] for word in name):
        return True
    rest = iter(name)
    return all(
        len(word) >= _LEAST and any(full.startswith(word) for full in rest) for word in words
    )


_LEAST = 3


def _by_order(
    names: Sequence[str],
    items: Mapping[str, Descriptor],
    missing: Sequence[Descriptor],
    free: Sequence[str],
) -> dict[Descriptor, str]:
    """Say which column stands where a descriptor would by the order of the form."""
    at = {d.number: names.index(name) for name, d in items.items()}
    at |= {0: min(at.values(), default=len(names)) - 25, len(Descriptor) + 1: len(names) + 25}
    found: dict[Descriptor, str] = {}
    known = sorted(at)
    for low, high in pairwise(known):
        gap = [d for d in Descriptor if low < d.number < high and d in missing]
        if not gap:
            continue
        if low == 0:
            between = [n for n in names[: at[high]] if n in free][-len(gap) :]
        elif high == len(Descriptor) + 1:
            between = [n for n in names[at[low] + 1 :] if n in free][: len(gap)]
        else:
            between = [n for n in names[at[low] + 1 : at[high]] if n in free]
        if len(between) == len(gap):
            found |= dict(zip(gap, between, strict=True))
    return found


def _no_items(
    draft: Draft,
    names: Sequence[str],
    items: Mapping[str, Descriptor],
    columns: Mapping[str, Column],
    family: Family | None,
) -> None:
    """Name the columns that look like items too and are none."""
    others = [name for name in names if name not in items]
    if family is None:
        stated = draft.sections.get("descriptors", {}).values()
        bare = {name: d for name, d in items.items() if name not in stated}
        looking = beside_items(others, bare)
    else:
        looking = [name for name in others if named_by(name)]
    free = [name for name in looking if name not in draft.used]
    if free:
        held = "; ".join(f"{shorten(n)}: {counted(columns[n].counts) or 'empty'}" for n in free[:6])
        draft.say("descriptors", "no_items", free, f"they have names as items have; {held}", free)
