"""What a codebook may be, from a look at the data: with evidence, and with questions left open.

A proposal guesses and a codebook states; so what only a person can know is asked.
`Codebook.propose` and `sledai codebook` are made of this.
"""

from sledai.codebook.proposal.dictionary import is_dictionary, propose_from_dictionary
from sledai.codebook.proposal.draft import Draft
from sledai.codebook.proposal.items import propose_items
from sledai.codebook.proposal.layout import propose_rows, widened
from sledai.codebook.proposal.sample import Sample, sample_of_file, sample_of_frame
from sledai.codebook.proposal.visits import (
    propose_fields,
    propose_findings,
    propose_recorded,
    propose_visit,
)
from sledai.codebook.proposal.words import propose_words
from sledai.errors import shorten

__all__ = ["Draft", "Sample", "drafted", "sample_of_file", "sample_of_frame"]

_SHOWN = 40
_THOUSAND = 3  # digits of a group


def drafted(sample: Sample) -> Draft:
    """Look at a sample, and say and ask what its codebook is."""
    draft = Draft()
    for key, (value, said) in sample.file.items():
        draft.say("file", key, value, said)
    if is_dictionary(sample):
        propose_from_dictionary(draft, sample)
        return draft
    wide = widened(draft, sample)
    if not wide.columns:
        return draft
    _propose_decimal(draft, wide)
    propose_recorded(draft, wide, sure=True)
    propose_visit(draft, wide)
    items = propose_items(draft, wide.columns)
    propose_words(draft, items, wide.columns)
    propose_rows(draft, wide, items)
    propose_recorded(draft, wide, sure=False)
    propose_fields(draft, wide)
    propose_findings(draft, wide)
    if draft.named:
        draft.remarks.append(f"read by their names: {', '.join(map(shorten, draft.named))}")
    others = draft.free(wide.columns)
    if others:
        more = f" and {len(others) - _SHOWN} more" if len(others) > _SHOWN else ""
        named = ", ".join(map(shorten, others[:_SHOWN]))
        draft.remarks.append(f"columns of which nothing is said: {named}{more}")
    return draft


def _propose_decimal(draft: Draft, sample: Sample) -> None:
    """See whether numbers have a comma before decimals."""
    commas, points, thousands = 0, 0, 0
    for column in sample.columns.values():
        for text, count in column.counts.items():
            whole, comma, decimals = text.partition(",")
            if comma and whole.lstrip("-").isdigit() and decimals.isdigit():
                commas += count
                thousands += count if len(decimals) == _THOUSAND else 0
            whole, point, decimals = text.partition(".")
            if point and whole.lstrip("-").isdigit() and decimals.isdigit():
                points += count
    if commas and thousands == commas:
        said = f"{commas:,} numbers such as 1,200, with three digits behind a comma"
        draft.ask("file", "decimal", f'{said}: "," before decimals, or "." and thousands?')
    elif commas and not points:
        draft.say("file", "decimal", ",", f"{commas:,} numbers with a comma, none with a point")
    elif commas:
        said = (
            f"{commas:,} numbers with a comma and {points:,} with a point; which before decimals?"
        )
        draft.ask("file", "decimal", said)
