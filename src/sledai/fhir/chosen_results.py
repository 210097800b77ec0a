"""Of several results of a finding the one that counts, and the descriptors that come of those.

What was measured in the window before the visit counts, as the instrument has it: a descriptor is
present when it was at the visit or in the days before. So where a finding has several values in the
window, the one is taken by which its descriptor is present, if there is any. A ratio of urine
protein speaks of the days of which there is no 24 h amount.
"""

from collections.abc import Iterable, Mapping
from datetime import date
from typing import Any, NamedTuple, cast

from sledai.definitions import Edition
from sledai.definitions.editions import DEFINITIONS
from sledai.errors import InvalidInputError
from sledai.fhir.laboratory import LaboratoryCode
from sledai.fhir.observation_values import unknown
from sledai.fhir.observed_days import Period
from sledai.findings import Derivation, Findings, derive
from sledai.findings.evaluation import asked_by
from sledai.quantities import Quantity

__all__ = ["Choice", "ResultRead"]


class ResultRead(NamedTuple):
    """A value of a finding, or one that may be."""

    code: LaboratoryCode
    value: Any
    path: str
    period: Period
    certain: bool

    @property
    def observed(self) -> date:
        """The day that is said of it."""
        return self.period.end


_PROTEIN, _RATIO = "urine_protein_24h", "urine_protein_creatinine_ratio"
_RANKS = {False: 0, None: 1, True: 2}


def _of_days(one: ResultRead, others: Iterable[ResultRead]) -> bool:
    """Say whether there is another result of a day of this one."""
    return any(other.period.meets(one.period) for other in others)


class Choice:
    """Of several results of a finding, the one by which its descriptor is present, if any.

    Findings of which one makes a descriptor present are chosen one after the other: since more is
    never less, none of them can undo what another one has decided. The ratio of urine protein is
    the exception, since it does not count beside a 24 h amount: of these two one is chosen.
    """

    def __init__(
        self,
        beside: Findings,
        edition: Edition,
        visit: date,
        window_days: int,
        ratio_limit: Quantity | str | None,
    ) -> None:
        if beside.visit_date not in {None, visit}:
            raise InvalidInputError.in_words(
                f"findings of {beside.visit_date}", f"of {visit}, the visit", "beside"
            )
        self._beside, self._edition, self._visit = beside, edition, visit
        self._window_days, self._ratio_limit = window_days, ratio_limit
        self._asking = {
            finding: descriptor.value
            for descriptor, definition in DEFINITIONS[edition].items()
            for finding in asked_by(definition.rule)
        }

    def made(self, results: Mapping[str, list[ResultRead]]) -> list[ResultRead]:
        """Choose a result of each finding, or none where none is certain and none matters.

        Raises `InvalidInputError` for a finding that is given beside the Bundle, too.
        """
        self._refuse_what_is_twice(results)
        chosen: dict[str, ResultRead] = {}
        results = dict(results)
        protein = self._protein(results.pop(_PROTEIN, []), results.pop(_RATIO, []))
        certain = {
            finding: sorted(sure, key=lambda one: one.observed, reverse=True)
            for finding, several in results.items()
            if (sure := [one for one in several if one.certain])
        }
        for finding, several in certain.items():
            chosen[finding] = several[0]
        for finding, several in certain.items():
            chosen[finding] = max(several, key=lambda one: self._rank(one, chosen))
        for finding, several in results.items():
            best = self._answer(finding, chosen)
            for one in several:
                if not one.certain and self._matters(one, chosen, best):
                    chosen[finding] = one._replace(value=unknown(finding))
                    break
        return [*chosen.values(), *protein]

    def _refuse_what_is_twice(self, results: Iterable[str]) -> None:
        for finding in results:
            if getattr(self._beside, finding) is not None:
                raise InvalidInputError(
                    f"{finding}: found beside the Bundle and in it; accepted: one"
                )
            if finding == _PROTEIN and self._beside.urine_protein_creatinine_ratio is not None:
                found = f"it beside the Bundle, and {_PROTEIN} in it"
                raise InvalidInputError.in_words(found, "both in one", _RATIO)

    def _protein(self, amounts: list[ResultRead], ratios: list[ResultRead]) -> list[ResultRead]:
        """Choose an amount, or a ratio of days of which there is no amount; none where none counts.

        An amount that may not count may hide the ratios of its days. One that is given beside the
        Bundle is of the visit, and decides.
        """
        if self._beside.urine_protein_24h is not None and not any(
            unused.finding == _PROTEIN for unused in self.derived(()).not_used
        ):
            return []
        sure = [one for one in amounts if one.certain]
        alone = [one for one in ratios if not _of_days(one, sure)]
        answers = [
            (one, self._answer(_PROTEIN, {one.code.finding: one}))
            for several in (amounts, alone)
            for one in sorted(several, key=lambda one: one.observed, reverse=True)
        ]
        certain = [(one, answer) for one, answer in answers if one.certain]
        hiding = [one for one, answer in answers if one in amounts and not answer]
        for one, answer in certain:
            if answer and (one in amounts or not _of_days(one, hiding)):
                return [one]
        if certain and all(answer is False for _, answer in answers):
            return [certain[0][0]]
        open_ = [one for one, answer in certain if answer is None]
        doubtful = [one for one, _ in answers if not one.certain]
        unread = [one._replace(value=unknown(one.code.finding)) for one in doubtful]
        return [*open_, *unread][:1]

    def _matters(
        self,
        one: ResultRead,
        chosen: Mapping[str, ResultRead],
        best: bool | None,  # noqa: FBT001 - an answer, no switch
    ) -> bool:
        """Say whether the answer would be another with a result that may count or not."""
        answer = self._answer(one.code.finding, {**chosen, one.code.finding: one})
        if one.code.finding in chosen:  # that one counts whether this one does or not
            return best is False and answer is not False
        return answer is not best

    def findings(self, chosen: Iterable[ResultRead]) -> Findings:
        """Give all findings, those beside the Bundle too."""
        values = {one.code.finding: one.value for one in chosen}
        dates = {one.code.finding: one.observed for one in chosen if one.certain}
        return self._beside.model_copy(
            update={**values, "visit_date": self._visit, "dates": {**self._beside.dates, **dates}}
        )

    def derived(self, chosen: Iterable[ResultRead]) -> Derivation:
        """Derive the descriptors."""
        return derive(
            self.findings(chosen),
            edition=self._edition,
            window_days=self._window_days,
            ratio_limit=self._ratio_limit,
        )

    def _rank(self, one: ResultRead, chosen: Mapping[str, ResultRead]) -> int:
        return _RANKS[self._answer(one.code.finding, {**chosen, one.code.finding: one})]

    def _answer(self, finding: str, chosen: Mapping[str, ResultRead]) -> bool | None:
        """Answer the descriptor that asks for a finding."""
        answers = self.derived(chosen.values()).assessment
        return cast("bool | None", getattr(answers, self._asking[finding]))
