"""How visits stand in rows: one row an item, rows that are none, and what a form says of a row."""

import re
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence

from sledai.codebook.names import plain_name
from sledai.codebook.proposal.draft import Draft, counted
from sledai.codebook.proposal.items import called_as_items
from sledai.codebook.proposal.sample import Column, Sample
from sledai.codebook.proposal.words import NOTHING, says_yes_or_no
from sledai.codebook.toml import toml_value
from sledai.codebook.words import compared
from sledai.descriptors import Descriptor
from sledai.errors import shorten

__all__ = ["propose_rows", "widened"]

_LEAST_ITEMS = 12  # names of so many descriptors in a column are no accident
_KEYS = re.compile(
    "usubjid|subjid|subject(_id)?|patient(_id)?|ptno|record_id|id|visit|visitnum|avisit|epoch|"
    "visit_date|date|[a-z]{2}dtc|[a-z]{2}dy|encounter(_id)?|visit_id"
)


def widened(draft: Draft, sample: Sample) -> Sample:
    """Propose one row an item where a column holds the names of items, and give it a column each.

    A sample of another layout is given as it is.
    """
    items = {name: _items(column) for name, column in sample.columns.items()}
    best = max(items, key=lambda name: len(items[name]), default=None)
    if best is None or len(items[best]) < _LEAST_ITEMS:
        return sample
    is_item = [cell.strip() in items[best] for cell in sample.columns[best].cells]
    answers = [
        name
        for name, column in sample.columns.items()
        if name != best and not _KEYS.fullmatch(plain_name(name)) and _answers(column, is_item)
    ]
    answers = [
        n for n in answers if re.search("orres$|answer|value|response", n.lower())
    ] or answers
    visit = [name for name in sample.columns if _KEYS.fullmatch(plain_name(name))]
    draft.say("long", "item", best, f"names of {len(items[best])} items", [best])
    said = f"perhaps {', '.join(map(shorten, answers))}" if answers else "no column looks like it"
    apart = _apart(sample, visit, best)
    if len(answers) != 1 or not apart:
        draft.sections.pop("long")
        draft.ask("long", "item", f"{shorten(best)}: names of {len(items[best])} items")
        draft.ask("long", "answer", said)
        draft.ask("long", "visit", "the columns that tell visits apart, as a list")
        return Sample({}, sample.rows, sample.whole, sample.file)
    (answer,) = answers
    draft.say("long", "answer", answer, counted(sample.columns[answer].counts), [answer])
    draft.say("long", "visit", visit, "no item stands twice at one visit", [])
    return _pivoted(draft, sample, visit, best, answer)


def _items(column: Column) -> frozenset[str]:
    """Give the texts that are names of items."""
    if len(column.counts) > len(Descriptor) * 10:
        return frozenset()
    return frozenset(called_as_items([*filter(None, column.spelled.values())]))


def _answers(column: Column, is_item: Sequence[bool]) -> bool:
    cells = [cell for cell, item in zip(column.cells, is_item, strict=True) if item and cell]
    held = Column(cells)
    return len(held.counts) > 1 and says_yes_or_no(held)


def _apart(sample: Sample, visit: Iterable[str], item: str) -> bool:
    keys = [sample.columns[name].cells for name in (*visit, item)]
    return bool(keys[1:]) and max(Counter(zip(*keys, strict=True)).values()) == 1


def _pivoted(draft: Draft, sample: Sample, visit: Sequence[str], item: str, answer: str) -> Sample:
    """Give each item a column, beside what is the same in all rows of a visit."""
    keys = [*zip(*(sample.columns[name].cells for name in visit), strict=True)]
    rows: dict[tuple[str, ...], dict[str, str]] = {key: {} for key in keys}
    cells = zip(keys, sample.columns[item].cells, sample.columns[answer].cells, strict=True)
    for key, name, said in cells:
        rows[key][name] = said
    names = dict.fromkeys(name for row in rows.values() for name in row)
    columns = {name: Column([row.get(name, "") for row in rows.values()]) for name in names}
    for name, column in sample.columns.items():
        of_visit = dict(zip(keys, column.cells, strict=True))
        if name not in columns and [of_visit[key] for key in keys] == [*column.cells]:
            columns[name] = Column([of_visit[key] for key in rows])
        else:
            draft.used.add(name)
    return Sample(columns, len(rows), sample.whole, sample.file)


def propose_rows(draft: Draft, sample: Sample, items: Mapping[str, Descriptor]) -> None:
    """Say which rows are visits, and ask of which rows a form says that none is present."""
    columns = sample.columns
    answers = [columns[name].cells for name in items]
    rows = [*zip(*answers, strict=True)] if items else [()] * sample.rows
    held = [any(map(compared, cells)) for cells in rows]
    open_ = [any(compared(cell) in {"", *NOTHING} for cell in cells) for cells in rows]
    for name in draft.free(columns):
        plain = plain_name(name)
        if plain == "redcap_repeat_instrument":
            _propose_instrument(draft, name, columns[name], held)
        elif re.search("none|no_items|all_absent|keine|ninguno", plain):
            _ask_none(draft, name, columns[name], open_)
        elif plain.endswith("_complete") or re.search("not_done|notdone", plain):
            _ask_status(draft, name, columns[name], held)


def _propose_instrument(draft: Draft, name: str, column: Column, held: Sequence[bool]) -> None:
    forms = Counter(cell for cell, any_ in zip(column.cells, held, strict=True) if any_)
    if len(forms) == 1 and (form := next(iter(forms))):
        others = len(column.cells) - column.counts[compared(form)]
        if others:
            said = f"items stand in the rows of {shorten(form)} alone; {others:,} other rows"
            draft.say("rows", "only_where", {name: [form]}, said, [name])


def _ask_none(draft: Draft, name: str, column: Column, open_: Sequence[bool]) -> None:
    draft.used.add(name)
    silent = Column([cell for cell, some in zip(column.cells, open_, strict=True) if some])
    if silent.filled:
        said = toml_value({name: ["1"]})
        draft.ask(
            "rows",
            "none_present_where",
            f"in rows with empty items column {shorten(name)} holds {counted(silent.counts)}; if "
            f"one of these says that no other item is present: {said}; else remove the line",
        )


def _ask_status(draft: Draft, name: str, column: Column, held: Sequence[bool]) -> None:
    draft.used.add(name)
    answered = Column([c for c, any_ in zip(column.cells, held, strict=True) if any_])
    doubtful = {t: n for t, n in answered.counts.items() if t not in _WHOLE}
    if doubtful:
        draft.ask(
            "rows",
            "not_assessed_where",
            f"rows with answers hold {counted(doubtful)} in column {shorten(name)}; if answers of "
            f"such rows do not count: {toml_value({name: [*doubtful]})}; else remove the line",
        )


_WHOLE = {"2", "complete", "completed"}
