"""Which words and codes stand for present and absent: proposed where a pair of words is known."""

import re
from collections import Counter
from collections.abc import Mapping
from itertools import chain

from sledai.codebook.proposal.draft import Draft, counted
from sledai.codebook.proposal.sample import Column
from sledai.codebook.words import ANSWER_WORDS, NUMBER
from sledai.descriptors import Descriptor

__all__ = ["propose_words", "says_yes_or_no"]

PAIRS = (
    *(("checked", "unchecked"), ("positive", "negative"), ("pos", "neg"), ("+", "-"), ("t", "f")),
    *(("ja", "nein"), ("j", "n"), ("ja", "nee"), ("si", "no"), ("sí", "no"), ("sì", "no")),
    *(("s", "n"), ("oui", "non"), ("o", "n"), ("sim", "não"), ("sim", "nao"), ("ja", "nej")),
    *(("tak", "nie"), ("evet", "hayır"), ("да", "нет"), ("是", "否"), ("有", "无"), ("有", "無")),  # noqa: RUF001
    *(("あり", "なし"), ("はい", "いいえ"), ("present", "not present"), ("true", "false")),
    *(("yes", "no"), ("y", "n"), ("present", "absent"), ("1", "0")),
)
"""Words of a yes and a no that are met together; one of a pair alone says nothing."""

NOTHING = (
    *("na", "n/a", "n.a.", "nan", "null", "none given", "nd", "n/d", "n.d.", "ni", "nk", "n/k"),
    *("unk", "unknown", "not done", "not assessed", "not available", "not known", "missing", "."),
)
"""Words that say that nobody knows, whatever is asked."""

_YES = {yes for yes, _ in PAIRS}
_NO = {no for _, no in PAIRS}
_ODD = 3  # one of so many columns may be written in its own way


def says_yes_or_no(column: Column) -> bool:
    """Whether a column may hold answers: a handful of texts, and no amounts.

    >>> says_yes_or_no(Column(["ja", "nein"])), says_yes_or_no(Column(["35.2", "0"]))
    (True, False)
    """
    texts = [text for text in column.counts if text not in NOTHING]
    return len(texts) <= _FEW and not any(re.fullmatch(r"-?\d+[.,]\d+", text) for text in texts)


_FEW = 5
_CODES = 2  # 0, 1 and 2 are codes too


def propose_words(
    draft: Draft, items: Mapping[str, Descriptor], columns: Mapping[str, Column]
) -> None:
    """Say what the cells of items hold, or ask."""
    texts = Counter[str]()
    for name in items:
        texts.update(columns[name].counts)
    spelled = dict(chain.from_iterable(columns[name].spelled.items() for name in items))
    nothing = {text: texts[text] for text in texts if text in NOTHING}
    answers = {text: count for text, count in texts.items() if text not in nothing}
    odd = _odd_columns(items, columns, answers)
    for name in odd:
        answers = _less(answers, columns[name].counts)
    if nothing:
        written = [spelled[text] for text in nothing]
        draft.say("answers", "not_assessed", written, counted(nothing))
    if _points(draft, items, columns, answers):
        return
    silent = sum(not columns[name].filled for name in items)
    _words(draft, answers, spelled, silent)
    for name in odd:
        draft.questions = [q for q in draft.questions if q.key != items[name].value]
        draft.sections.get("descriptors", {}).pop(items[name].value, None)
        value = {"column": name, "present": "?", "absent": "?"}
        said = f"{counted(columns[name].counts)}, which is not written as the other items are"
        draft.ask("descriptors", items[name].value, said, value, [name])


def _less(counts: Mapping[str, int], others: Mapping[str, int]) -> dict[str, int]:
    left = {text: count - others.get(text, 0) for text, count in counts.items()}
    return {text: count for text, count in left.items() if count > 0}


def _odd_columns(
    items: Mapping[str, Descriptor], columns: Mapping[str, Column], answers: Mapping[str, int]
) -> list[str]:
    """Find the few columns with a text that no other column holds."""
    held = Counter(text for name in items for text in columns[name].counts)
    rare = {text for text in answers if text not in _YES | _NO and held[text] == 1}
    weights = {str(d.weight) for d in items.values()}
    odd = [n for n in items if rare & columns[n].counts.keys() - weights]
    return odd if len(odd) * _ODD <= len(items) else []


def _points(
    draft: Draft,
    items: Mapping[str, Descriptor],
    columns: Mapping[str, Column],
    answers: Mapping[str, int],
) -> bool:
    """Propose points where cells hold 0 or just the weight, and ask where a weight is another."""
    if not answers or not all(re.fullmatch("[0-8]", text) for text in answers):
        return False
    held = {d: {*columns[name].counts} & answers.keys() for name, d in items.items()}
    other = [d for d, texts in held.items() if texts - {"0", str(d.weight)}]
    shown = [d for d, texts in held.items() if d.weight > 1 and str(d.weight) in texts]
    if not any(int(text) > _CODES for text in answers) and other:
        return False
    if not other and shown:
        said = f"every item holds 0 or its weight, {len(shown)} of them one above 1"
        draft.say("answers", "points", value=True, evidence=said)
        return True
    if not other:
        return False
    wrong = ", ".join(
        f"{d} {'/'.join(sorted(held[d] - {'0'}))}, published {d.weight}" for d in other[:_FEW]
    )
    draft.ask("answers", "points", f"numbers that are no weights: {wrong}")
    return True


def _words(
    draft: Draft,
    answers: Mapping[str, int],
    spelled: Mapping[str, str],
    silent: int,
) -> None:
    says = {"0": False} | {text: yes for text, yes in ANSWER_WORDS.items() if text.isalpha()}
    for pair in PAIRS:
        if all(text in answers for text in pair):
            says |= dict(zip(pair, (True, False), strict=True))
    unread = [text for text in answers if text not in says]
    if not unread:
        if any(ANSWER_WORDS.get(text) is not says[text] for text in answers):
            for side, yes in (("present", True), ("absent", False)):
                texts = {text: count for text, count in answers.items() if says[text] is yes}
                draft.say("answers", side, [spelled[text] for text in texts], counted(texts))
        return
    said = counted(answers)
    if unread == ["1"]:
        said += f"; no cell says no, and {silent} items have no answer at all"
    elif all(re.fullmatch(NUMBER, text) for text in unread):
        said += "; a code, and nothing in the file says what it means"
    draft.ask("answers", "present", said)
    draft.ask("answers", "absent", "what of these means that it was looked for and not there")
