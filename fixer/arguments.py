"""The command line: what may be asked for, and how it is spelled."""

from argparse import ArgumentParser, ArgumentTypeError, Namespace, RawDescriptionHelpFormatter
from collections.abc import Sequence
from typing import NoReturn

from fixer import __version__

DESCRIPTION = """\
Finds known defects in Terraform, CloudFormation and CDK sources and repairs the source.
Without --apply nothing is written: the patch goes to stdout, the summary to stderr."""
COMMANDS = """\
commands:
  iacfix list [--markdown]   the transforms
  iacfix explain ID          what one transform repairs, and what deploying that does
  (a folder of that name is ./list)

exit status:
  0  nothing to do, or everything is applied
  1  fixes are pending or were held back
  2  wrong usage or configuration, a file that can't be read, an internal error"""
IMPACTS = "none, in-place, replacement (default), interruption, data-loss"


class Parser(ArgumentParser):
    """An ArgumentParser that says what is wrong on one line."""

    def error(self, message: str) -> NoReturn:
        self.exit(2, f"{self.prog}: {message}; see {self.prog} --help\n")


def parse(arguments: Sequence[str]) -> Namespace:
    """The arguments as a namespace with `command`, a function of fixer.commands."""
    match arguments:
        case ["list", *rest]:
            return list_parser().parse_args(rest)
        case ["explain", *rest]:
            return explain_parser().parse_args(rest)
        case _:
            return run_parser().parse_args(arguments)


def list_parser() -> Parser:
    parser = Parser(prog="iacfix list", description="List the transforms.", allow_abbrev=False)
    parser.add_argument("--markdown", action="store_true", help="as a Markdown table")
    parser.set_defaults(command="list_transforms")
    return parser


def explain_parser() -> Parser:
    parser = Parser(prog="iacfix explain", description="Explain a transform.", allow_abbrev=False)
    parser.add_argument("id", metavar="ID")
    parser.set_defaults(command="explain")
    return parser


def run_parser() -> Parser:
    parser = Parser(
        prog="iacfix",
        description=DESCRIPTION,
        epilog=COMMANDS,
        formatter_class=RawDescriptionHelpFormatter,
        allow_abbrev=False,
    )
    parser.set_defaults(command="run")
    add = parser.add_argument
    add("paths", nargs="*", metavar="PATH", help="folders, or files: each for its module or app (default: this folder)")
    mode = parser.add_mutually_exclusive_group()
    mode.add_argument("--apply", action="store_true", help="write the fixes")
    mode.add_argument("--check", action="store_true", help="no patch: only the summary and the exit status")
    mode.add_argument("--write-baseline", metavar="FILE", help="no patch: the findings go there, known from now on")
    add("--select", action="append", default=[], metavar="NAMES", help="only these: ids, categories or ALL, by comma")
    add("--ignore", action="append", default=[], metavar="NAMES", help="not these")
    add("--allow", metavar="IMPACT", help=f"hold back fixes above this impact: {IMPACTS}")
    add("--baseline", metavar="FILE", help="leave alone what --write-baseline wrote there")
    add("--report-unused-ignores", action="store_true", help="name each `iacfix: ignore` that ignores nothing")
    add("--verify", action="store_true", help="keep only fixes that terraform validate or cfn-lint takes as well")
    add("--verify-cdk", action="store_true", help="the same, and CDK apps are run to compare what they synthesize")
    add("--verify-timeout", type=positive, default=120, metavar="SECONDS", help="for one run of these (default: 120)")
    add("--new", action="store_true", help="not deployed yet: nothing is held back, completing transforms are on")
    add("--profile", metavar="NAME", help="production (default) protects data, ephemeral eases teardown")
    add("--config", metavar="FILE", help="this file, not the nearest .iacfix.toml or pyproject.toml")
    add("--jobs", type=count, default=0, metavar="N", help="processes at most (default: one a processor)")
    add("--output-format", choices=("text", "json"), default="text", help="patch, or JSON report (default: text)")
    add("--output-file", metavar="FILE", help="the patch or report goes there, not to stdout")
    add("--exit-zero", action="store_true", help="exit with 0 also when fixes are pending or held back")
    add("--no-color", action="store_true", help="no colours (as with NO_COLOR set)")
    add("--version", action="version", version=f"iacfix {__version__}", help="print the version")
    return parser


def count(text: str) -> int:
    if not text.isascii() or not text.isdigit():
        raise ArgumentTypeError(f"a whole number is wanted, not {text!r}")
    return int(text)


def positive(text: str) -> int:
    if not (number := count(text)):
        raise ArgumentTypeError("a number above 0 is wanted")
    return number


def names(given: Sequence[str]) -> tuple[str, ...]:
    """The names of repeated and comma-separated flags."""
    return tuple(name.strip() for text in given for name in text.split(",") if name.strip())
