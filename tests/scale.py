"""Ten times the work costs ten times as much: `python -m tests.scale` looks at one copy of the corpus and at ten.

Time is that of the processors, the children's too, so that others on the machine count for little; memory is the most
that all processes of a run held at once.
"""

import argparse
import os
import shutil
import subprocess
import sys
import time
from dataclasses import dataclass
from pathlib import Path

from tests.corpus.projects import BUILD, CORPUS, PLATFORMS, unpacked

WORK = BUILD.parent / "scale"
TIMES = 10
TOLERANCE = 0.2
LIMIT = 500_000_000
BUSY = 2.0
EVERY = 0.05
PAGE = os.sysconf("SC_PAGE_SIZE")


@dataclass(frozen=True)
class Cost:
    """What a run took: seconds of processors and of a clock, and the most bytes at once."""

    processors: float
    clock: float
    memory: int


def copies(count: int, projects: int) -> Path:
    """A folder with so many copies of the first projects of each platform that is served."""
    root = WORK / str(count)
    shutil.rmtree(root, ignore_errors=True)
    for platform in PLATFORMS:
        for before in sorted((unpacked() / platform).glob("*/before"))[:projects]:
            for copy in range(count):
                shutil.copytree(before, root / f"copy-{copy}" / platform / before.parent.name)
    return root


def cost(root: Path, jobs: int) -> Cost:
    """Of a dry run in a folder."""
    command = [sys.executable, "-m", "fixer", "--jobs", str(jobs), "--exit-zero"]
    environment = {**os.environ, "PYTHONPATH": str(Path(__file__).parents[1])}
    start, most = time.monotonic(), 0
    process = subprocess.Popen(
        command, cwd=root, env=environment, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, start_new_session=True
    )
    while os.waitid(os.P_PID, process.pid, os.WEXITED | os.WNOHANG | os.WNOWAIT) is None:
        most = max(most, memory(process.pid))
        time.sleep(EVERY)
    _, status, usage = os.wait4(process.pid, 0)
    process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode not in (0, 2):  # 2: the corpus holds files that can't be read
        raise RuntimeError(f"exit status {process.returncode}")
    alone = usage.ru_maxrss * 1024
    return Cost(usage.ru_utime + usage.ru_stime, time.monotonic() - start, max(most, alone))


def memory(session: int) -> int:
    """The bytes that the processes of a session hold in memory now; what they share counts for each."""
    total = 0
    for folder in Path("/proc").glob("[0-9]*"):
        try:
            fields = (folder / "stat").read_text().rpartition(")")[2].split()
        except OSError:  # gone in between
            continue
        if int(fields[3]) == session:
            total += int(fields[21]) * PAGE
    return total


def show(jobs: int, one: Cost, ten: Cost) -> bool:
    """Whether the figures are within the limits."""
    ratio = ten.processors / one.processors / TIMES
    even, small = ratio <= 1 + TOLERANCE, ten.memory < LIMIT
    print(f"--jobs {jobs}")
    for copies, found in ((1, one), (TIMES, ten)):
        print(
            f"  {copies:2} copies  {found.processors:7.1f} s of processors  {found.clock:7.1f} s  "
            f"{found.memory / 1e6:5.0f} MB"
        )
    print(f"  a copy costs {ratio:.2f} times as much among {TIMES} as alone: {'ok' if even else 'OVER THE LIMIT'}")
    print(f"  at most {LIMIT / 1e6:.0f} MB: {'ok' if small else 'OVER THE LIMIT'}", flush=True)
    return even and small


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m tests.scale", description=__doc__)
    parser.add_argument("--projects", type=int, default=10_000, help="of each platform (default: all)")
    parser.add_argument("--jobs", type=int, nargs="+", default=[1, 2])
    parser.add_argument("--busy-too", action="store_true", help="measure even if the machine is busy")
    arguments = parser.parse_args()
    if not (CORPUS / "unpack").is_file():
        print(f"NOT MEASURED: no corpus at {CORPUS} (IACFIX_CORPUS names another)")
        return 1
    if os.getloadavg()[0] > BUSY and not arguments.busy_too:
        print(f"NOT MEASURED: the machine is busy (load {os.getloadavg()[0]:.1f}, over {BUSY:.0f})")
        return 1
    single, several = copies(1, arguments.projects), copies(TIMES, arguments.projects)
    within = [show(jobs, cost(single, jobs), cost(several, jobs)) for jobs in arguments.jobs]
    shutil.rmtree(WORK)
    return 0 if all(within) else 1


if __name__ == "__main__":
    sys.exit(main())
