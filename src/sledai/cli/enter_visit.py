"""`sledai visit`: one visit, typed answer by answer, its scores as they come, and a file of it."""

import io
import json
import signal
import sys
from collections.abc import Generator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Annotated, Any

import polars as pl
import typer

from sledai import frame
from sledai.cli.exit_codes import STOPPED, say
from sledai.cli.interview import BACK, END, EXPLAIN, QUESTIONS, Entered, Item, Question
from sledai.cli.options import refuse_outputs
from sledai.cli.printing import STYLES, colored, wrapped
from sledai.cli.provenance import Provenance
from sledai.cli.reference import points
from sledai.cli.score_file import Trials
from sledai.cli.score_table import missing_said, print_scores
from sledai.codebook import Codebook
from sledai.definitions.editions import DEFINITIONS
from sledai.descriptors import SEROLOGIC, Descriptor, listed
from sledai.displays import VERDICTS
from sledai.errors import InvalidInputError, file_name
from sledai.files import OUTPUT_FORMATS, Output, together, write_provenance, write_text
from sledai.files.source import STANDARD_INPUT
from sledai.scoring import score_bounds
from sledai.trials.catalog import find
from sledai.verdict import Verdict

__all__ = ["visit"]

_JSON = ".json"
_NAMED = 5
"""How many descriptors that decide are named; of more the number is said."""

OutputOption = Annotated[
    Path | None,
    typer.Option(
        "--output",
        "-o",
        help=f"Write the visit to this file: {_JSON}, of which `sledai sheet` makes a score sheet, "
        "and which the form opens if it asks for each of its values, or as a row for the other "
        f"commands: {', '.join(OUTPUT_FORMATS)}.",
    ),
]


def visit(trial: Trials = [], output: OutputOption = None) -> None:
    """Enter one visit, question by question, with its scores after each answer.

    Answers are p (present), a (absent) and n (not assessed), or a laboratory value with its unit
    where the definition asks for one: what it comes to is said with the reason, and counts when
    the next answer confirms it. Enter takes what stands in brackets, which at first is "not
    assessed", never absent. At every question ? explains, b goes back, and q ends: what was not
    asked is not assessed. Ctrl-C stops, and nothing is written.

    Where standard input is no terminal an answer is a line, and its end is a q.
    """
    rules = tuple(dict.fromkeys(find(name).rule for name in trial))
    refuse_outputs(STANDARD_INPUT, output, formats={**OUTPUT_FORMATS, _JSON: "JSON"})
    entered = Entered(rules)
    for rule in rules:
        entered.choose(rule.edition)
    with _stoppable():
        _ask(entered, _Lines())
    made = Provenance(
        Codebook(),
        edition=entered.edition.value,
        rules={rule.name: str(rule) for rule in rules},
    )
    _print_scores(entered)
    if output is not None:
        _write(entered, output, made)
        print(wrapped(f"visit written to {file_name(output)}"))
    print(made)


@contextmanager
def _stoppable() -> Generator[None]:
    """Take Ctrl-C for what it is while somebody is asked, at once."""
    if signal.getsignal(signal.SIGINT) is signal.default_int_handler:
        with suppress(ValueError):  # another thread than the main one
            # Polars puts its own in front, behind which a line is read on until enter.
            signal.signal(signal.SIGINT, signal.default_int_handler)
    try:
        yield
    except KeyboardInterrupt:
        say("\nstopped: nothing was written")
        raise SystemExit(STOPPED) from None


class _Lines:
    """The lines that are typed, or stand on standard input; questions are for a terminal alone."""

    def __init__(self) -> None:
        self._input = sys.stdin or io.StringIO()
        self._number = 0
        self.asks = self._input.isatty()

    def next(self, prompt: str) -> str | None:
        """Give the next answer; None at the end.

        Raises `InvalidInputError` for what is no text.
        """
        if self.asks:
            print(prompt, end="", file=sys.stderr, flush=True)
        self._number += 1
        try:
            line = self._input.readline()
        except UnicodeDecodeError as error:
            raise InvalidInputError(f"standard input: no text in {error.encoding}") from None
        return line.strip() if line else None

    def refuse(self, error: InvalidInputError) -> None:
        """Say what is no answer; where nobody is asked again, the visit is refused."""
        if not self.asks:
            where = f"standard input, line {self._number}"
            raise InvalidInputError(f"{where}: {error}") from None
        for line in str(error).splitlines():
            self.tell(line, style="red")

    def tell(self, text: str, indent: int = 2, style: str = "") -> None:
        """Show a line beside the questions, to whoever is asked."""
        if self.asks:
            for line in wrapped(text, indent=indent, stream=sys.stderr).splitlines() or [""]:
                say(colored(line, style, sys.stderr) if style else line)


def _ask(entered: Entered, lines: _Lines) -> None:
    """Ask until all is answered, or nobody answers any more."""
    lines.tell(
        "Answer p (present), a (absent) or n (not assessed); enter takes what stands in brackets. "
        f"{EXPLAIN} explains, {BACK} goes back, {END} ends: what was not asked is not assessed. "
        "Ctrl-C stops, and nothing is written."
    )
    at, shown = 0, -1
    while at < len(QUESTIONS):
        question = QUESTIONS[at]
        if shown != at:
            _introduce(question, entered, lines)
            shown = at
        text = lines.next(f"{question.name} [{question.kept(entered)}]: ")
        if text is None or text.lower() == END:
            lines.tell("")
            return
        if text.lower() == BACK:
            at = max(at - 1, 0)
        elif text == EXPLAIN:
            for line, indent in question.explained(entered):
                lines.tell(line, indent)
        else:
            try:
                done = question.take(text, entered)
            except InvalidInputError as error:
                lines.refuse(error)
                continue
            if isinstance(question, Item):
                _say_where_it_stands(question.descriptor, entered, lines, done=done)
            at += done


def _introduce(question: Question, entered: Entered, lines: _Lines) -> None:
    """Show what a question is about; the head of an organ system stands above its first."""
    if not isinstance(question, Item):
        return
    d = question.descriptor
    lines.tell("")
    if d.number == 1 or list(Descriptor)[d.number - 2].system is not d.system:
        lines.tell(d.system.label, style="bold")
    lines.tell(f"{d.number} of {len(Descriptor)}  {d.label}, {points(d)}")
    lines.tell(f"    {DEFINITIONS[entered.edition][d].text}", 4, "dim")
    if amounts := question.amounts(entered):
        lines.tell(f"    a value, with its unit, answers too: {', '.join(amounts)}", 4, "dim")
    if d in entered.by_value:
        lines.tell(f"    {entered.reason(d)}", 4)


def _say_where_it_stands(d: Descriptor, entered: Entered, lines: _Lines, *, done: bool) -> None:
    """Say the scores so far, and what could still change a verdict; of a value what it comes to."""
    if not done:
        reason = f"{entered.reason(d)}"
        if lines.asks:
            lines.tell(f"    {reason}; enter takes it", 4)
        else:
            print(wrapped(f"{d}: {reason}", indent=4))
        return
    assessment = entered.assessment
    total = score_bounds(assessment)
    clinical = score_bounds(assessment, excluding=SEROLOGIC)
    open_ = f"; not assessed: {len(assessment.not_assessed)}" if assessment.not_assessed else ""
    lines.tell(f"    total {total}, clinical {clinical}{open_}", 4, "cyan")
    for rule in entered.rules:
        judgement = rule.judge(assessment)
        said = f"    {rule.name}: {VERDICTS[judgement.verdict].word}"
        if judgement.verdict is Verdict.UNDETERMINED:
            deciding = judgement.deciding
            few = len(deciding) <= _NAMED
            said += f"; worth asking: {listed(deciding) if few else f'{len(deciding)} descriptors'}"
        lines.tell(said, 4, STYLES[judgement.verdict])


def _row(entered: Entered) -> pl.DataFrame:
    """Give the visit as a row, which every command reads."""
    row: dict[str, Any] = {
        "subject": entered.subject,
        "date": entered.date,
        "rater": entered.rater,
        "edition": entered.edition.value,
        **entered.assessment.model_dump(),
    }
    texts = dict.fromkeys(("subject", "rater", "edition"), pl.String)
    answers = dict.fromkeys((d.value for d in Descriptor), pl.Boolean)
    schema = dict.fromkeys(row, pl.Date) | texts | answers
    return pl.DataFrame([row], schema=schema)


def _print_scores(entered: Entered) -> None:
    row = _row(entered)
    scored = frame.score(row, rules=entered.rules, missing_names=True)
    (scores,) = scored.rows(named=True)
    known_by = {name: [scores[name]] for name in ("subject", "date", "edition")}
    print_scores(known_by, [scores], entered.rules, widest=20, more="")
    if scores["sledai_not_assessed"]:
        print(wrapped(f"not assessed: {missing_said(scores, entered.rules)}"))
    for rule in entered.rules:
        judgement = rule.judge(entered.assessment)
        verdict = VERDICTS[judgement.verdict].word
        print(wrapped(f"{rule.name}: {verdict}; {judgement.reason}"))


def _write(entered: Entered, output: Path, made: Provenance) -> None:
    if output.suffix.lower() != _JSON:
        with Output(output, made.facts) as file:
            file.write(_row(entered))
            file.finish()
        return
    findings = {"findings": entered.measured} if entered.measured else {}
    document = {
        "subject": entered.subject,
        "date": None if entered.date is None else entered.date.isoformat(),
        "rater": entered.rater,
        "edition": entered.edition.value,
        "assessment": entered.assessment.model_dump(),
        **findings,
    }
    with together():
        write_text(json.dumps(document, ensure_ascii=False, indent=2) + "\n", output)
        write_provenance(made.facts, output)
