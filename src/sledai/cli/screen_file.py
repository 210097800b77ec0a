"""`sledai screen`: the whole screen of NCT05765006 for one candidate."""

import re
from pathlib import Path
from typing import Annotated

import typer

from sledai.cli.printing import STYLES, colored, width
from sledai.errors import InvalidInputError, file_name, require_file
from sledai.trials.nct05765006.candidate import read_candidate, template
from sledai.trials.nct05765006.report import ScreeningReport
from sledai.trials.nct05765006.screening import screen as judge
from sledai.verdict import Verdict

__all__ = ["screen"]


def _print(report: ScreeningReport) -> None:
    """Print a report as wide as the terminal, its verdicts in color there."""
    found = [(report.trial, report.verdict), *((r.criterion, r.verdict) for r in report.criteria)]
    for line in report.lines(width()):
        for name, verdict in found:
            if said := re.match(rf"{re.escape(name)}:? +(not met|\S+)", line):
                start, end = said.span(1)
                print(line[:start] + colored(said[1], STYLES[verdict]) + line[end:])
                break
        else:
            print(line)


_EXIT_CODES = {Verdict.MET: 0, Verdict.NOT_MET: 1, Verdict.UNDETERMINED: 3}


def screen(
    candidate: Annotated[
        Path | None, typer.Argument(metavar="CANDIDATE.json", help="What is known, as JSON.")
    ] = None,
    *,
    form: Annotated[
        bool,
        typer.Option("--template", help="Print a candidate to fill in, each field explained."),
    ] = False,
    as_json: Annotated[bool, typer.Option("--json", help="Print the report as JSON.")] = False,
) -> None:
    """Screen a candidate for NCT05765006; exit code 0: met, 1: not met, 3: undetermined."""
    if form is (candidate is not None) or (form and as_json):
        raise InvalidInputError("accepted: either CANDIDATE.json or --template")
    if candidate is None:
        print(template())
        return
    require_file(candidate)
    try:
        known = read_candidate(candidate.read_text(encoding="utf-8-sig"))
    except UnicodeDecodeError:
        raise InvalidInputError(
            f"{file_name(candidate)}: no text in UTF-8; save it as UTF-8"
        ) from None
    except InvalidInputError as error:
        raise InvalidInputError(f"{file_name(candidate)}: {error}") from None
    report = judge(known)
    if as_json:
        print(report.model_dump_json(indent=2))
    else:
        _print(report)
    raise typer.Exit(_EXIT_CODES[report.verdict])
