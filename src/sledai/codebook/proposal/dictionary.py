"""The data dictionary of REDCap: which variable is which descriptor, and what its codes say."""

import re
from collections.abc import Iterator

from sledai.codebook.names import ALSO_OTHER_COLUMNS, named_by
from sledai.codebook.proposal.draft import Draft
from sledai.codebook.proposal.sample import Sample
from sledai.codebook.proposal.words import NOTHING, PAIRS
from sledai.codebook.words import ANSWER_WORDS, compared
from sledai.descriptors import Descriptor

__all__ = ["is_dictionary", "propose_from_dictionary"]

_VARIABLE = "Variable / Field Name"
_LABEL = "Field Label"
_TYPE = "Field Type"
_CHOICES = "Choices, Calculations, OR Slider Labels"
_NUMBERED = re.compile(r"^\s*[0-9]{1,2}\s*[.)]\s*")


def is_dictionary(sample: Sample) -> bool:
    """Whether a file is a data dictionary as REDCap exports it."""
    return {_VARIABLE, _LABEL, _TYPE} <= sample.columns.keys()


def propose_from_dictionary(draft: Draft, sample: Sample) -> None:
    """Say how an export with this dictionary is to be read."""
    words: dict[Descriptor, tuple[str, dict[str, str]]] = {}
    for variable, kind, label, choices in _fields(sample):
        if kind == "checkbox":
            for code, said in choices.items():
                if descriptor := _descriptor(said):
                    name = f"{variable}___{code.lower().replace('-', '_')}"
                    draft.say("descriptors", descriptor.value, name, f"a box, {said!r}")
        elif kind in {"radio", "dropdown", "yesno", "truefalse"} and (d := _descriptor(label)):
            draft.say("descriptors", d.value, variable, f"labelled {label!r}")
            words[d] = (variable, choices)
    _say_words(draft, words)
    for descriptor in Descriptor:
        known = draft.sections.get("descriptors", {})
        if descriptor.value not in known and not draft.asks("descriptors", descriptor.value):
            draft.ask("descriptors", descriptor.value, "no label names it")


def _fields(sample: Sample) -> Iterator[tuple[str, str, str, dict[str, str]]]:
    empty = [""] * sample.rows
    columns = [sample.columns[name].cells for name in (_VARIABLE, _TYPE, _LABEL)]
    choices = sample.columns[_CHOICES].cells if _CHOICES in sample.columns else empty
    for variable, kind, label, said in zip(*columns, choices, strict=True):
        plain = re.sub("<[^>]*>", "", label).strip()
        yield variable.strip(), kind.strip().lower(), plain, _choices(kind.strip().lower(), said)


def _choices(kind: str, said: str) -> dict[str, str]:
    """Read the choices of a field, as "1, Yes | 0, No".

    >>> _choices("radio", "1, Yes | 2, No")
    {'1': 'Yes', '2': 'No'}
    """
    if kind in {"yesno", "truefalse"}:
        return {"1": "Yes", "0": "No"}
    pairs = (choice.partition(",") for choice in said.split("|"))
    return {code.strip(): label.strip() for code, comma, label in pairs if comma}


def _descriptor(label: str) -> Descriptor | None:
    """Read a label, or its first words, as a descriptor."""
    bare = re.split(r"\s[-:\u2013]\s|:|\(", label, maxsplit=1)[0]
    return named_by(label, ALSO_OTHER_COLUMNS) or named_by(bare, ALSO_OTHER_COLUMNS)


def _say_words(draft: Draft, words: dict[Descriptor, tuple[str, dict[str, str]]]) -> None:
    """Say what the codes mean, once where all fields have the same, or ask."""
    yes = {*(yes for yes, _ in PAIRS), *(w for w, says in ANSWER_WORDS.items() if says)}
    no = {*(no for _, no in PAIRS), *(w for w, says in ANSWER_WORDS.items() if not says)}
    for descriptor, (variable, choices) in words.items():
        sides: dict[str, list[str]] = {"present": [], "absent": [], "not_assessed": []}
        for code, label in choices.items():
            text = compared(label)
            for side, texts in (("present", yes), ("absent", no), ("not_assessed", NOTHING)):
                if text in texts:
                    sides[side] += [code] if compared(code) == text else [code, label]
        known = sum(map(len, sides.values()))
        said = " | ".join(f"{code}, {label}" for code, label in choices.items())
        if not sides["present"] or not sides["absent"] or known < len(choices):
            draft.sections["descriptors"].pop(descriptor.value)
            value = {"column": variable, "present": "?", "absent": "?"}
            draft.ask("descriptors", descriptor.value, said, value)
        elif choices not in ({"1": "Yes", "0": "No"}, {"0": "No", "1": "Yes"}):
            line = {"column": variable, **{side: texts for side, texts in sides.items() if texts}}
            draft.say("descriptors", descriptor.value, line, said)
