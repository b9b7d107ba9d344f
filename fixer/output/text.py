"""The summary for people, on stderr: what was met, what became of each finding, how many there are of each."""

import sys
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn
from rich.text import Text

from fixer.model import Impact, Outcome, Problem, Result, Status, Verdict
from fixer.output import plain

STYLES = {
    Status.FIXED: "green",
    Status.PENDING: "green",
    Status.HELD_BACK: "yellow",
    Status.SUPPRESSED: "dim",
    Status.ADVICE: "cyan",
    Status.FAILED: "red",
}
VERDICTS = {Verdict.VERIFIED: "green", Verdict.NOT_VERIFIED: "yellow"}  # the reason says who rejected a fix
COLOURS = (("diff ", "1"), ("--- ", "1"), ("+++ ", "1"), ("@@ ", "36"), ("+", "32"), ("-", "31"), ("#", "2"))


def console(no_color: bool) -> Console:
    """A console on stderr; NO_COLOR and FORCE_COLOR are honoured by rich."""
    return Console(stderr=True, no_color=no_color or None, highlight=False, soft_wrap=True, markup=False, emoji=False)


def progress(outcomes: Iterator[Outcome], total: int, out: Console) -> Iterator[Outcome]:
    """The outcomes, with a bar on long work when somebody watches."""
    if not sys.stderr.isatty() or not out.is_terminal or total < 2:
        yield from outcomes
        return
    columns = (BarColumn(), MofNCompleteColumn(), TextColumn("{task.description}"))
    with Progress(*columns, console=out, transient=True) as bar:
        task = bar.add_task("", total=total)
        for outcome in outcomes:
            bar.update(task, advance=1, description=plain(outcome.unit.path))
            yield outcome


def coloured(patch: str, no_color: bool) -> str:
    """The patch with the colours of a diff when stdout is a terminal that has any, else as it is."""
    out = Console(no_color=no_color or None)
    if not sys.stdout.isatty() or out.color_system is None or out.no_color:
        return patch
    return "".join(f"\x1b[{paint(line)}m{line}\x1b[0m\n" for line in patch.split("\n")[:-1])


def paint(line: str) -> str:
    """The colour of a line of a diff, as git has it."""
    return next((code for start, code in COLOURS if line.startswith(start)), "0")


def report(outcomes: Sequence[Outcome], problems: Sequence[Problem], out: Console, *, applied: bool) -> None:
    """A line for each problem and each finding that somebody may want to act on, then the counts."""
    for problem in problems:
        out.print(Text(plain(str(problem)), style="red" if problem.error else "dim"))
    told = {problem.what for problem in problems}
    for outcome in outcomes:
        if outcome.verification and outcome.verification not in told:
            out.print(Text(plain(f"{outcome.unit.path}: {outcome.verification}"), style="dim"))
    results = [result for outcome in outcomes for result in outcome.results]
    for result in sorted(results, key=lambda r: (r.finding.path, r.line, r.column, r.finding.transform)):
        if result.status is not Status.SUPPRESSED:
            out.print(line(result))
    for reason in reasons(results):
        out.print(Text(plain(reason), style="dim"))
    out.print(summary(results, outcomes, applied=applied))


def reasons(results: Iterable[Result]) -> list[str]:
    """Why impacts are what they are, each fact once; that something changes in place goes without saying."""
    fixes = [result.finding.fix for result in results if result.status is not Status.SUPPRESSED]
    graver = [fix for fix in fixes if fix and fix.impact > Impact.IN_PLACE and fix.impact_reason]
    return list(dict.fromkeys(f"{fix.impact.label} because {fix.impact_reason}" for fix in graver))


def line(result: Result) -> Text:
    """`path:line:col: id subject: message (impact) status - reason`."""
    finding = result.finding
    text = Text.assemble(
        f"{plain(finding.path)}:{result.line}:{result.column}: ",
        (finding.transform, "bold"),
        f" {plain(finding.subject)}: {plain(finding.message)}",
    )
    if finding.fix:
        text.append(f" ({finding.fix.impact.label})", style="dim")
    if result.status is not Status.PENDING:
        text.append(f" {result.status}", style=STYLES[result.status])
    if result.verdict in VERDICTS:
        text.append(f" {result.verdict}", style=VERDICTS[result.verdict])
    if result.reason:
        text.append(f" - {plain(result.reason)}")
    if result.status is Status.HELD_BACK and finding.fix and finding.fix.note:
        text.append(f": {plain(finding.fix.note)}")  # what has to be weighed before it is allowed; no patch says it
    return text


def summary(results: Iterable[Result], outcomes: Sequence[Outcome], *, applied: bool) -> Text:
    counts = Counter(result.status for result in results)
    if not outcomes:
        return Text("No Terraform, CloudFormation or CDK source was found.")
    where = counted(len(outcomes), "unit")
    if not counts:
        return Text(f"Nothing to do in {where}.")
    text = Text(f"{counted(counts.total(), 'finding')} in {where}: ")
    text.append_text(Text(", ").join(Text(f"{counts[s]} {s}", style=STYLES[s]) for s in Status if counts[s]))
    text.append(".")
    if counts[Status.PENDING] and not applied:
        text.append(" --apply writes what is pending.")
    return text


def counted(number: int, noun: str) -> str:
    return f"{number} {noun}" if number == 1 else f"{number} {noun}s"
