"""The score sheet of a visit, and what it shares with that of a derivation: scores and verdicts."""

from collections.abc import Callable, Iterable
from datetime import date as Date  # noqa: N812 - the argument has the name of its kind

from sledai.assessment import Assessment
from sledai.codebook import Codebook
from sledai.definitions import OBSERVATION_WINDOW, Edition
from sledai.definitions.editions import DEFINITIONS, edition_named
from sledai.descriptors import SEROLOGIC, Descriptor, OrganSystem, listed
from sledai.errors import InvalidInputError, require, require_several
from sledai.rules import require_edition
from sledai.scoring import MAX_TOTAL, score_bounds
from sledai.sheets.content import (
    INTENDED_USE,
    Cell,
    Column,
    Fact,
    Facts,
    Lines,
    Sheet,
    Table,
    answered,
    identified,
    judged,
    labels,
    made_with,
    plain,
    signed_by,
)
from sledai.trials.catalog import Trial
from sledai.visits import Visit

__all__ = ["day_of", "items", "rules_judged", "scores", "system_points", "visit_sheet"]

_IN_DOUBT = "\N{DAGGER}"


def visit_sheet(
    visit: Assessment | Visit,
    *,
    edition: Edition | str,
    subject: str | None = None,
    date: Date | None = None,
    rater: str | None = None,
    trials: Iterable[Trial] = (),
    codebook: Codebook | None = None,
) -> Sheet:
    """Put a visit on a sheet: 24 answers, scores, and what the rules of trials say of them.

    `edition` is the one by whose definitions the visit was rated; a trial's rule about another one
    is refused. What is None, of `subject`, `date` and `rater`, is a blank line to be filled in. A
    `Visit` has its own date. The scores are those of the answers; what was recorded stands beside
    them. `codebook` is the one by which the answers were read, and is named by its hash.

    Raises `InvalidInputError` for what is no visit, an unknown edition, a date that is not that of
    the visit, a name without letters, and a rule about another edition.

    >>> pending = Assessment.of(present={"arthritis", "rash"}, not_assessed={"low_complement"})
    >>> sheet = visit_sheet(pending, edition="SELENA", subject="P01")
    >>> sheet.parts[2].facts[0].value, sheet.parts[2].facts[1].value
    ('6 to 8', '6')
    """
    edition = edition_named(edition)
    kind = Visit if isinstance(visit, Visit) else Assessment
    require(visit, kind, "visit", "an Assessment or a Visit (their model_validate reads a dict)")
    answers = visit.answers if isinstance(visit, Visit) else visit
    recorded: list[str] = []
    if isinstance(visit, Visit):
        if date is not None and date != visit.date:
            raise InvalidInputError.in_words(str(date), str(visit.date), "date")
        date = visit.date
        if visit.assessment is None:
            recorded.append("Nobody rated the descriptors of this visit.")
        recorded += [
            f"The {name} score that was recorded is {score}."
            for name, score in (("total", visit.total_score), ("clinical", visit.clinical_score))
            if score is not None
        ]
    rules = rules_judged(answers, edition, trials)
    return Sheet(
        title=f"{edition} score sheet",
        identity=identified(
            subject=subject, date_of_visit=day_of(date), edition=edition.value, rater=rater
        ),
        parts=(
            items(
                answers,
                f"Descriptors: each counts when {OBSERVATION_WINDOW}",
                "Definition in short",
                lambda d: _definition(d, edition),
            ),
            system_points(answers),
            scores(answers),
            *rules,
            *([Lines("Remarks", tuple(recorded))] if recorded else []),
        ),
        signatures=signed_by(rater),
        foot=(
            f"{_IN_DOUBT} A part of this wording could not be verified; sledai explain says which.",
            f"{INTENDED_USE} Made with {made_with(codebook)}.",
        ),
    )


def items(
    answers: Assessment, title: str, heading: str, said: Callable[[Descriptor], str]
) -> Table:
    """Give the 24 items with their points, and beside each what is said of it."""
    return Table(
        title,
        (
            Column("No.", numbers=True),
            Column("Descriptor", 24),
            Column("Weight", numbers=True),
            Column("Answer"),
            Column("Points", numbers=True),
            Column(heading, 95),
        ),
        tuple(
            (
                str(d.number),
                d.label,
                str(d.weight),
                answered(getattr(answers, d)),
                points(d, answers),
                said(d),
            )
            for d in Descriptor
        ),
    )


def _definition(descriptor: Descriptor, edition: Edition) -> str:
    definition = DEFINITIONS[edition][descriptor]
    return f"{definition.text} {_IN_DOUBT}" if definition.unverified else definition.text


def day_of(date: Date | None) -> str | None:
    """Write a date as 2024-01-16.

    Raises `InvalidInputError` for what is no date.
    """
    if date is None:
        return None
    require(date, Date, "date", "a date, or None for a blank line")
    return date.isoformat()[:10]


def points(descriptor: Descriptor, answers: Assessment) -> str:
    """Say what a descriptor scores, or can score where nobody answered it.

    >>> points(Descriptor.RASH, Assessment.of(not_assessed={"rash"}))
    '0 or 2'
    """
    answer = getattr(answers, descriptor)
    if answer is None:
        return f"0 or {descriptor.weight}"
    return str(descriptor.weight if answer else 0)


def system_points(answers: Assessment) -> Table:
    """Give the points of each organ system, from the lowest to the highest that is possible."""
    return Table(
        "Points by organ system",
        tuple(Column(system.label.capitalize(), 1, numbers=True) for system in OrganSystem),
        (tuple(str(score_bounds(answers, excluding=_ELSEWHERE[s])) for s in OrganSystem),),
    )


_ELSEWHERE = {
    system: frozenset(d for d in Descriptor if d.system is not system) for system in OrganSystem
}


def scores(answers: Assessment) -> Facts:
    """Give total and clinical score, exact over what nobody answered, and what that is."""
    return Facts(
        "Scores",
        (
            Fact(f"Total, of 0 to {MAX_TOTAL}", str(score_bounds(answers)), main=True),
            Fact(
                f"Clinical: without {plain(listed(SEROLOGIC))}",
                str(score_bounds(answers, excluding=SEROLOGIC)),
                main=True,
            ),
            Fact("Not assessed", labels(answers.not_assessed)),
        ),
    )


def rules_judged(
    answers: Assessment, edition: Edition, trials: Iterable[Trial]
) -> tuple[Table, ...]:
    """Judge the rules of trials, if there are any, and say what decides each.

    Raises `InvalidInputError` for a rule about another edition.
    """
    rows: list[tuple[Cell, ...]] = []
    require_several(trials, "trials", "trials of the catalog (sledai.trials.catalog.find)")
    for trial in trials:
        require(trial, Trial, "trials", "trials of the catalog (sledai.trials.catalog.find)")
        require_edition(trial.rule, edition)
        judgement = trial.rule.judge(answers)
        open_ = f"Open until known: {labels(judgement.deciding)}." if judgement.deciding else ""
        rows.append(
            (
                trial.registry_id,
                trial.name,
                judged(judgement.verdict),
                f"{plain(judgement.reason)}. {open_}".strip(),
                plain(trial.clinical),
                trial.note,
            )
        )
    columns = (
        Column("Trial"),
        Column("Name", 14),
        Column("Verdict"),
        Column("Why: the scores as the rule counts them", 36),
        Column("What clinical leaves out", 24),
        Column("Not judged here", 24),
    )
    return (Table("Rules of trials on the score", columns, tuple(rows)),) if rows else ()
