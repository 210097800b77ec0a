"""What `sledai visits` makes of whole patients: courses, who is set aside, and what is said of all.

Groups of patients come in any order, and what is said does not depend on it.
"""

from dataclasses import KW_ONLY, dataclass, field
from heapq import nsmallest

import polars as pl
from pydantic import ValidationError

from sledai import frame
from sledai.assessment import Assessment
from sledai.cli.dataset_options import Exchange
from sledai.cli.printing import ROWS_SHOWN
from sledai.cli.visit_cells import (
    DATE,
    MARKED,
    PLACE,
    REASON,
    RECORD,
    VisitsReader,
)
from sledai.cli.whole_patients import ROW, SUBJECT, Found
from sledai.codebook.dates import DAY_ZERO, date_said
from sledai.errors import SHOWN, InvalidInputError, problems_listed
from sledai.frame.visit_rows import VisitRows, read_visit_rows
from sledai.indices.states import STATES, Readings
from sledai.records import message_of
from sledai.scoring import MAX_TOTAL
from sledai.visits.visit import Visit

__all__ = ["Assumed", "Courses"]

_FIRST = "the first row"
_ANOTHER = "another row of this patient cannot be read"


@dataclass(slots=True)
class Assumed:
    """At how many visits something counts as no that nobody answered, and what that is."""

    visits: int = 0
    texts: dict[str, tuple[object, ...]] = field(default_factory=dict[str, tuple[object, ...]])

    @property
    def names(self) -> list[str]:
        """What counts as no, in the order in which it first comes, patient by patient."""
        texts = sorted(self.texts, key=self.texts.__getitem__)
        return list(dict.fromkeys(name for text in texts for name in text.split(", ")))


@dataclass(slots=True)
class Courses:
    """Follows patients group by group, and gathers what is said of all of them.

    `writes_visits` and `writes_patients` say what is wanted of each group; with an `exchange` rows
    of a data set stand in place of those of patients. If it `shows` them, `shown` has the visits of
    the first patients, as many as are printed.
    """

    reader: VisitsReader
    readings: Readings
    _: KW_ONLY
    writes_visits: bool
    writes_patients: bool
    shows: bool
    exchange: Exchange | None = None
    visits: int = 0
    patients: int = 0
    without_baseline: int = 0
    others: int = 0
    nameless: int = 0
    assumed: dict[str, Assumed] = field(default_factory=dict[str, Assumed])
    shown: pl.DataFrame = field(default_factory=pl.DataFrame)
    _untrue: list[tuple[int, str]] = field(default_factory=list[tuple[int, str]])
    _twice: list[tuple[tuple[int, ...], str]] = field(
        default_factory=list[tuple[tuple[int, ...], str]]
    )
    _times: int = 0
    _two: list[tuple[int, str]] = field(default_factory=list[tuple[int, str]])

    def follow(self, rows: pl.DataFrame) -> Found:
        """Follow some patients, or set aside those of whom a row cannot be read.

        Where nothing is set aside, what is wrong is gathered for `refuse`.
        """
        rows = rows.with_columns(pl.col(ROW).min().over(SUBJECT).alias(_FIRST))
        if self.reader.problems.rejects.wanted:
            rows = self._set_aside(rows)
        else:
            self._look(rows)
            if self._wrong:
                return Found(None, None)
        is_kept = rows[REASON].is_null()
        kept = rows.filter(is_kept)
        followed = frame.by_visit(
            kept.select(self._read(rows)),
            self.reader.as_read,
            readings=self.readings,
            baseline=self.reader.baseline_read,
        )
        added = followed.select(name for name in followed.columns if name.startswith("sledai_"))
        self._count(kept, added)
        visits = patients = None
        if self.writes_visits:
            visits = pl.concat([kept.hstack(added), rows.filter(~is_kept)], how="diagonal")
            visits = visits.drop(self._read(rows))
        if self.writes_patients:
            read = kept.select(self._read(rows))
            if self.exchange is not None:
                baseline = self.reader.baseline_read
                patients = self.exchange.rows(read, self.reader.as_read, baseline)
                patients = patients.with_columns(pl.col("USUBJID").alias(SUBJECT))
            else:
                patients = frame.by_patient(read, self.reader.as_read, readings=self.readings)
            first = kept.group_by(SUBJECT).agg(pl.col(ROW).min())
            patients = patients.join(first, on=SUBJECT, how="left", maintain_order="left")
        if self.shows:
            self._show(kept.select(ROW, _FIRST, *self._read(rows)))
        return Found(visits, patients)

    def refuse(self) -> None:
        """Raise `InvalidInputError` for rows that contradict themselves or each other."""
        if self._untrue:
            raise InvalidInputError(min(self._untrue)[1])
        if self._times:
            said = f"visits of one patient on one date: {self._times}"
            lines = (line for _, line in self._twice)
            accepted = "accepted: one visit of a date"
            raise InvalidInputError(problems_listed(f"{said}; {accepted}", lines, self._times))
        if self._two:
            raise InvalidInputError(min(self._two)[1])

    @property
    def _wrong(self) -> bool:
        return bool(self._untrue or self._times or self._two)

    @property
    def _place(self) -> str:
        return self.reader.input_.visits.place

    @staticmethod
    def _read(rows: pl.DataFrame) -> list[str]:
        """Name the columns that are followed."""
        others = (ROW, _FIRST, PLACE, REASON, RECORD)
        return [n for n in rows.columns if n not in others and not n.startswith("cell ")]

    def _look(self, rows: pl.DataFrame) -> None:
        """Take up what is wrong, where nothing is set aside."""
        untrue = rows.with_columns(self._contradictions(rows)).filter(pl.col(REASON).is_not_null())
        for row, place, said in untrue.select(ROW, PLACE, REASON).head(1).iter_rows():
            self._untrue.append((row, f"{self._place} {place}, {said}"))
        before = pl.col(SUBJECT, DATE, PLACE).shift(1).name.prefix("earlier ")
        doubled = (
            rows.lazy()
            .filter(self._is_doubled)
            .select(_FIRST, SUBJECT, DATE, ROW, PLACE)
            .sort(_FIRST, DATE, ROW)
            .with_columns(before)
            .filter(
                pl.col(SUBJECT) == pl.col(f"earlier {SUBJECT}"),
                pl.col(DATE) == pl.col(f"earlier {DATE}"),
            )
            .collect()
        )
        self._times += doubled.height
        found = [
            (
                (one[_FIRST], one[DATE].toordinal(), one[ROW]),
                self._both(one[f"earlier {PLACE}"], one[PLACE])
                + f"one patient twice on {one[DATE]}",
            )
            for one in doubled.head(SHOWN).iter_rows(named=True)
        ]
        self._twice = nsmallest(SHOWN, [*self._twice, *found])
        two = rows.filter(self._is_two(rows)).sort(ROW)
        for row, patient in two.select(ROW, SUBJECT).head(1).iter_rows():
            one, other = two.filter(pl.col(SUBJECT) == patient)[PLACE].head(2)
            said = f"two baselines of one patient; accepted: one, {self.reader.baseline}"
            self._two.append((row, self._both(one, other) + said))

    def _both(self, one: int, other: int) -> str:
        return f"{self._place} {one} and {self._place} {other}: "

    def _set_aside(self, rows: pl.DataFrame) -> pl.DataFrame:
        """Give a reason to each row of a patient of whom one row has a reason."""
        visit = self.reader.input_.book.visit
        days = rows.filter(self._is_doubled)[DATE].unique().to_list()
        said = {
            day: f"{self.reader.date}: another visit of the patient on {date_said(day, visit)}; "
            "accepted: one visit of a date"
            for day in days
        }
        twice = pl.col(DATE).replace_strict(said, default=None, return_dtype=pl.String)
        two = f"another baseline of the patient; accepted: one, {self.reader.baseline}"
        reasons = [
            pl.col(REASON),
            pl.when(self._is_doubled).then(twice),
            pl.lit(self._contradictions(rows)),
            pl.when(self._is_two(rows)).then(pl.lit(two)),
        ]
        listed = pl.concat_list(r.alias(f"reason {n}") for n, r in enumerate(reasons))
        rows = rows.with_columns(listed.list.drop_nulls().list.join("; ").alias(REASON))
        rows = rows.with_columns(pl.col(REASON).replace("", None))
        wrong = pl.col(REASON).is_not_null()
        others = (wrong.any().over(SUBJECT) & pl.col(SUBJECT).is_not_null() & ~wrong).alias("other")
        self.nameless += rows.filter(wrong)[SUBJECT].null_count()
        self.others += int(rows.select(others)["other"].sum())
        return rows.with_columns(
            pl.when(others).then(pl.lit(_ANOTHER)).otherwise(REASON).alias(REASON)
        )

    @property
    def _is_doubled(self) -> pl.Expr:
        """Say which rows are visits of a patient on one date, where that is refused."""
        if self.reader.input_.book.visit.same_day != "refuse":
            return pl.lit(value=False)
        known = pl.col(SUBJECT).is_not_null() & pl.col(DATE).is_not_null()
        return known & pl.struct(SUBJECT, DATE).is_duplicated()

    def _is_two(self, rows: pl.DataFrame) -> pl.Series:
        """Say which rows are marked as baselines of a patient who has another one."""
        nothing = pl.repeat(value=False, n=rows.height, dtype=pl.Boolean, eager=True)
        if MARKED not in rows.columns:
            return nothing
        visits = rows.filter(pl.col(SUBJECT).is_not_null())
        if (keep := self.reader.input_.book.visit.same_day) != "refuse":
            visits = visits.unique([SUBJECT, DATE], keep=keep, maintain_order=True)
        marked = visits.filter(pl.col(MARKED).is_not_null())
        return rows[ROW].is_in(marked.filter(marked[SUBJECT].is_duplicated())[ROW].implode())

    def _contradictions(self, rows: pl.DataFrame) -> pl.Series:
        """Say what is wrong with recorded scores that the answers of their row cannot give."""
        input_, recorded = self.reader.input_, self.reader.recorded
        if not recorded:
            return pl.repeat(None, rows.height, dtype=pl.String, eager=True).alias(REASON)
        sources = input_.sources
        constant = dict.fromkeys(sources.absent, False) | dict.fromkeys(sources.not_collected)
        answered = [d.value for d in input_.columns.values()]
        table = rows.select(*recorded.values(), *answered)
        different = table.unique()
        reasons: list[str | None] = []
        for row in different.iter_rows(named=True):
            scores = {name: _score(row[column]) for name, column in recorded.items()}
            answers = Assessment.model_validate(constant | {name: row[name] for name in answered})
            try:
                Visit.model_validate({"date": DAY_ZERO, "assessment": answers, **scores})
            except ValidationError as error:
                reasons.append(message_of(error.errors()[0]))
            else:
                reasons.append(None)
        return table.join(
            different.with_columns(pl.Series(REASON, reasons, dtype=pl.String)),
            on=table.columns,
            how="left",
            nulls_equal=True,
            maintain_order="left",
        )[REASON]

    def _count(self, kept: pl.DataFrame, added: pl.DataFrame) -> None:
        self.visits += added["sledai_low"].count()
        patients = kept[SUBJECT].n_unique()
        self.patients += patients
        if self.reader.baseline is not None:
            has_one = added["sledai_baseline_days"].is_not_null()
            self.without_baseline += patients - kept[SUBJECT].filter(has_one).n_unique()
        for name in self.readings.states:
            if not STATES[name].assumes:
                continue
            said = added[f"{STATES[name].column}_assumed"].alias("text")
            some = kept.select(_FIRST, DATE, said).filter(pl.col("text") != "")
            assumed = self.assumed.setdefault(name, Assumed())
            assumed.visits += some.height
            for first, day, text in some.sort(_FIRST, DATE).unique("text", keep="first").rows():
                assumed.texts[text] = min((first, day), assumed.texts.get(text, (first, day)))

    def histories(self) -> VisitRows:
        """Read the visits of the patients who are shown."""
        visits = self.shown.drop(ROW, _FIRST)
        baseline = self.reader.baseline_read
        return read_visit_rows(visits, self.reader.as_read, None, None, baseline=baseline)

    def _show(self, kept: pl.DataFrame) -> None:
        """Keep the visits of the patients who come first."""
        together = pl.concat([self.shown, kept], how="diagonal") if self.shown.width else kept
        first = together[_FIRST].unique().sort().head(ROWS_SHOWN)
        self.shown = together.filter(pl.col(_FIRST).is_in(first.implode())).sort(ROW)


def _score(number: float | None) -> int | None:
    """Give a score; a number that is none is reported already."""
    is_score = number is not None and number % 1 == 0 and 0 <= number <= MAX_TOTAL
    return int(number) if number is not None and is_score else None
