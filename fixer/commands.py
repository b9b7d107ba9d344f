"""What the command line can ask for: run, list_transforms, explain."""

import os
import sys
from argparse import Namespace
from collections.abc import Iterable, Mapping
from contextlib import nullcontext
from dataclasses import replace
from pathlib import Path
from typing import Any

from fixer import baseline, pool
from fixer.arguments import names
from fixer.config import PROFILES, Options, UsageError, check_names, known_name
from fixer.config_file import load
from fixer.discover import Discovery, common_folder, common_root, discover, targets
from fixer.journal import NotWritten
from fixer.lock import locked
from fixer.model import Impact, Outcome, Problem, Status
from fixer.output import catalogue, json, text
from fixer.output.patch import BadPatch, patch
from fixer.paths import real
from fixer.transform import registry
from fixer.tree import place_in_work_tree
from fixer.verify import verified
from fixer.write import interrupted_beneath, recover, refused, written

PENDING, WRONG = 1, 2


def list_transforms(args: Namespace) -> int:
    emit(catalogue.markdown() if args.markdown else catalogue.text())
    return 0


def explain(args: Namespace) -> int:
    emit(catalogue.explain(registry()[known_name(args.id, registry(), "transform", "explain")]))
    return 0


def run(args: Namespace) -> int:
    """Look at everything that is named, show or write the repairs, and say how it went."""
    cwd = current_folder()
    named = targets(args.paths, cwd)
    options = override(load(common_folder(named.values()), args.config and cwd / args.config), args)
    options = replace(options, baseline=known_findings(args, cwd), report_unused_ignores=args.report_unused_ignores)
    options = replace(options, **verification(args))
    root = common_root(named.values(), cwd)
    out = text.console(args.no_color)
    outcomes, patches = [], {}
    try:
        with locked(root) if args.apply else nullcontext():
            found = looked_through(named, root, options, args.apply)
            for outcome in text.progress(pool.run(found.units, root, options, args.jobs), len(found.units), out):
                settled, patches[outcome.unit] = settle(verified(outcome, root, options), root, args.apply)
                outcomes.append(settled)
    except NotWritten as error:
        raise UsageError(error.path, error.what, error.advice) from error
    problems = [*found.problems, *(problem for outcome in outcomes for problem in outcome.problems)]
    if args.write_baseline:
        target = cwd / args.write_baseline
        emit(baseline.written(outcomes, root, target), str(target))
    elif options.baseline:
        ran = frozenset(transform.id() for transform in options.transforms())
        problems += baseline.load(options.baseline).stale(outcomes, root, ran)
    status = exit_status(outcomes, problems, args.exit_zero or bool(args.write_baseline))
    if args.output_format == "json":
        emit(json.document(root, outcomes, patches, problems, status), args.output_file)
    elif args.output_file or not (args.apply or args.check or args.write_baseline):
        emit_patch("".join(patches.values()), args)
    text.report(outcomes, problems, out, applied=args.apply)
    return status


def looked_through(named: Mapping[str, Path], root: Path, options: Options, apply: bool) -> Discovery:
    """What there is to repair, once all is whole that interrupted runs left half written, in the root or beneath it."""
    problems = recover(root, held=apply)
    found = discover(named, root, options.excludes)
    if inner := interrupted_beneath(root, found.units):
        problems += [problem for place in inner for problem in recover(root, place, held=apply)]
        found = discover(named, root, options.excludes)
    return replace(found, problems=(*problems, *found.problems))


def current_folder() -> Path:
    try:
        return real(Path.cwd())
    except FileNotFoundError as error:
        raise UsageError(".", "the current folder is gone", "change to one that is there") from error


def known_findings(args: Namespace, cwd: Path) -> Path | None:
    """The baseline that is named; UsageError where it can't be read."""
    return baseline.load(cwd / args.baseline).path if args.baseline else None


def override(options: Options, args: Namespace) -> Options:
    """The configured options with what the command line says instead."""
    impacts = (impact.label for impact in Impact)
    return options.override(
        select=check_names(names(args.select), "--select"),
        ignore=check_names(names(args.ignore), "--ignore"),
        allow=Impact.named(known_name(args.allow, impacts, "impact", "--allow")) if args.allow else None,
        new=args.new,
        profile=known_name(args.profile, PROFILES, "profile", "--profile") if args.profile else None,
    )


def verification(args: Namespace) -> dict[str, Any]:
    """Only the command line asks for it: a folder that is looked at must not say by itself that its programs be run."""
    verify = args.verify or args.verify_cdk
    return {"verify": verify, "verify_cdk": args.verify_cdk, "verify_timeout": args.verify_timeout}


def settle(outcome: Outcome, root: Path, apply: bool) -> tuple[Outcome, str]:
    """The outcome and its patch; on disk where that is asked for and the patch says what is written."""
    try:
        made = patch(outcome, place_in_work_tree(root))
    except BadPatch as error:
        return refused(outcome, Problem(outcome.unit.path, 0, 0, f"internal error: {error}", "please report it")), ""
    return (written(outcome, root) if apply else outcome), made


def exit_status(outcomes: Iterable[Outcome], problems: Iterable[Problem], zero: bool) -> int:
    """2 where something went wrong, 1 where a fix is still to be made; advice and what is ignored count for nothing."""
    statuses = {result.status for outcome in outcomes for result in outcome.results}
    if Status.FAILED in statuses or any(problem.error for problem in problems):
        return WRONG
    return PENDING if statuses & {Status.PENDING, Status.HELD_BACK} and not zero else 0


def emit_patch(made: str, args: Namespace) -> None:
    emit(made if args.output_file else text.coloured(made, args.no_color), args.output_file)


def emit(made: str, path: str | None = None) -> None:
    """To stdout or the file, as UTF-8 with the newlines that it has."""
    data = made.encode("utf-8", "surrogateescape")
    try:
        if path is not None:
            Path(path).write_bytes(data)
            return
        sys.stdout.buffer.write(data)
        sys.stdout.buffer.flush()  # before what stderr says about it
    except BrokenPipeError:
        raise
    except OSError as error:
        if path is None:
            os.dup2(os.open(os.devnull, os.O_WRONLY), 1)  # what is still held can't be written at the end either
        what = error.strerror or str(error)
        raise UsageError(path or "standard output", what, "name a file that can be written") from error
