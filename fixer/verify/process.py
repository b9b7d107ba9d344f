"""Programs that are run to their end, within a time limit."""

import os
import signal
import subprocess
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from shutil import which

from fixer.verify.judge import NotVerified


@dataclass(frozen=True, slots=True)
class Done:
    """A program that ended."""

    status: int
    stdout: str
    stderr: str


def ran(
    command: Sequence[str | Path], folder: Path, seconds: int, environment: Mapping[str, str] | None = None
) -> Done:
    """A program run to its end; NotVerified where it does not start or takes too long.

    It gets a process group of its own, so that what it started ends with it.
    """
    name = Path(command[0]).name
    program = Path(which(command[0]) or command[0]).absolute()  # from the user's folder, not from the one it runs in
    try:
        process = subprocess.Popen(
            [program, *command[1:]], cwd=folder, env=environment, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
            stderr=subprocess.PIPE, text=True, encoding="utf-8", errors="replace", start_new_session=True,
        )  # fmt: skip
    except OSError as error:
        raise NotVerified(f"{name} does not start: {error.strerror or error}", "see that it can be run") from error
    try:
        out, err = process.communicate(timeout=seconds)
    except BaseException as error:
        with suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGKILL)
        process.wait()
        if isinstance(error, subprocess.TimeoutExpired):
            raise NotVerified(f"{name} took longer than {seconds} s", "give it more with --verify-timeout") from error
        raise
    return Done(process.returncode, out, err)
