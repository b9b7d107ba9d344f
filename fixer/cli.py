"""The command `iacfix`: arguments to one call, and the exit status. Nothing is imported before it is needed."""

import os
import sys
from collections.abc import Sequence

from fixer import __version__

WRONG = 2
INTERRUPTED = 130


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command; the exit status is 0, 1 or 2 as the help says, 130 after Ctrl-C."""
    if sys.stdout is None:  # closed by whoever started us: they want none of it
        sys.stdout = os.fdopen(os.open(os.devnull, os.O_WRONLY), "w")
    try:
        status = command(list(sys.argv[1:] if arguments is None else arguments))
        sys.stdout.flush()
        return status
    except BrokenPipeError:
        # Who read our output has seen enough; Python's own flush at exit must not complain about it.
        os.dup2(os.open(os.devnull, os.O_WRONLY), 1)
        return 1
    except KeyboardInterrupt:
        print("iacfix: interrupted", file=sys.stderr)
        return INTERRUPTED


def command(arguments: list[str]) -> int:
    if arguments == ["--version"]:
        print(f"iacfix {__version__}")
        return 0
    from fixer.arguments import parse

    args = parse(arguments)
    from fixer import commands
    from fixer.config import UsageError

    try:
        status: int = getattr(commands, args.command)(args)
        return status
    except UsageError as error:
        print(f"iacfix: {error.problem}", file=sys.stderr)
        return WRONG
