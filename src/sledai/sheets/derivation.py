"""The sheet of a derivation: how findings became the 24 answers, with a reason for each."""

from collections.abc import Iterable
from datetime import date as Date  # noqa: N812 - the argument has the name of its kind

from sledai.codebook import Codebook
from sledai.errors import require
from sledai.findings import Derivation, Reason
from sledai.sheets.content import (
    INTENDED_USE,
    Lines,
    Sheet,
    identified,
    made_with,
    plain,
    signed_by,
)
from sledai.sheets.visit import day_of, items, rules_judged, scores, system_points
from sledai.trials.catalog import Trial

__all__ = ["derivation_sheet"]


def derivation_sheet(
    derivation: Derivation,
    *,
    subject: str | None = None,
    date: Date | None = None,
    rater: str | None = None,
    trials: Iterable[Trial] = (),
    codebook: Codebook | None = None,
) -> Sheet:
    """Put a derivation on a sheet: each descriptor with what its answer rests on, and the scores.

    The arguments beside it are those of `visit_sheet`; the edition is that of the derivation.

    Raises `InvalidInputError` for what is no derivation, a name without letters, and a rule about
    another edition.

    >>> from sledai.findings import Findings, derive
    >>> made = derive(Findings(platelets="92 K/uL"), edition="SELENA")
    >>> derivation_sheet(made, subject="P01").parts[0].rows[22][-1]
    'platelets 92 K/uL < 100 K/uL'
    """
    require(derivation, Derivation, "derivation", "a Derivation (sledai.findings.derive makes one)")
    answers, edition = derivation.assessment, derivation.edition
    unused = Lines("Not used, since not of this time", tuple(map(str, derivation.not_used)))
    return Sheet(
        title=f"{edition} derivation",
        identity=identified(
            subject=subject,
            date_of_visit=day_of(date),
            edition=edition.value,
            window=f"{derivation.window_days} days before the visit",
            rater=rater,
        ),
        parts=(
            items(
                derivation.assessment,
                "Descriptors, and what each answer rests on",
                "Findings",
                lambda d: _grounds(derivation.reasons[d]),
            ),
            *([unused] if unused.lines else []),
            system_points(answers),
            scores(answers),
            *rules_judged(answers, edition, trials),
        ),
        signatures=signed_by(rater),
        foot=(
            "The definitions by which the answers were derived: sledai explain.",
            f"{INTENDED_USE} Made with {made_with(codebook)}.",
        ),
    )


def _grounds(reason: Reason) -> str:
    """Say what an answer rests on; another cause is said in the words in which it was given."""
    given = reason.other_cause
    return "; ".join(
        said if given and said.endswith(given) else plain(said) for said in reason.grounds
    )
